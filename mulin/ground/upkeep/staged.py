"""What was unpacked is proved here, in a data folder of its own, by a process of its own
(`mulin restore --staged`, with MULIN_DATA_DIR set to that folder).

So the product's own code runs on it as it would once it is in place, and nothing of what is in
place can be touched.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from mulin.ground.audit.actions import recording
from mulin.ground.audit.anchors import anchor, anchored
from mulin.ground.audit.commands import in_words
from mulin.ground.audit.queries import check_chain
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.ground.community.tenancy import tenant_models
from mulin.ground.people.actions.erasure import ledger_beside_database, replay_erasures
from mulin.ground.upkeep import keys, postgres
from mulin.ground.upkeep.archive import MANIFEST, Manifest, chunks_of
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.snapshot import DATABASE, TABLES, sqlite_counts
from mulin.kit.scoping import in_community


@dataclass(frozen=True, slots=True)
class Proved:
    """What was found in a backup that may be put in place."""

    made_at: str
    communities: int
    tables: int
    rows: int
    acts: int
    files: int
    files_missing: int
    erased_again: int


def prove(now: datetime) -> Proved:
    """Fill the database of this data folder from what was unpacked into it, and prove all of it.

    Raises NotDone with the first thing that is not right.
    """
    folder = Path(settings.DATA_DIR)
    manifest = Manifest.of_json((folder / MANIFEST).read_bytes())
    if lacking := keys.missing(manifest.keys):
        raise NotDone(
            _(
                "These keys are not those of the backup: %(names)s. Name the keys that were kept"
                " apart: --keys FILE"
            )
            % {"names": ", ".join(lacking)}
        )
    _refuse_what_is_newer(manifest.migrations)
    if manifest.database == "sqlite":
        _prove_sqlite(folder, manifest.rows)
    else:
        _fill_postgres(folder, manifest)
    connections.close_all()
    call_command("migrate", interactive=False, verbosity=0)
    _prove_walls()
    acts = _prove_chains()
    erased = _erase_again(now)
    _open_anew(manifest.made_at, now)

    files = sum(len(names) for _folder, _folders, names in os.walk(settings.FILES_DIR))
    return Proved(
        made_at=manifest.made_at, communities=Community.objects.count(), tables=len(manifest.rows),
        rows=sum(manifest.rows.values()), acts=acts, files=files,
        files_missing=sum(1 for _name in _files_missing()), erased_again=erased,
    )  # fmt: skip


def _refuse_what_is_newer(migrations: dict[str, list[str]]) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {}
    strange = [
        f"{app}.{name}"
        for app, names in migrations.items()
        for name in names
        if (app, name) not in known and app in apps.app_configs
    ]
    if strange:
        raise NotDone(
            _("The backup is of a newer Mulin, which has %(name)s. Install that one first.")
            % {"name": strange[-1]}
        )


# ── the database ─────────────────────────────────────────────────────────────────────────────


def _prove_sqlite(folder: Path, rows: dict[str, int]) -> None:

    with closing(sqlite3.connect(folder / DATABASE)) as database:
        try:
            (answer,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            dangling = database.execute("PRAGMA foreign_key_check").fetchone()
            found = sqlite_counts(database)
        except sqlite3.DatabaseError as error:
            raise NotDone(_("The database in it is damaged: %(why)s") % {"why": error}) from None
    if answer != "ok":
        raise NotDone(_("The database in it is damaged: %(why)s") % {"why": answer})
    if dangling is not None:
        raise NotDone(
            _("The database in it is damaged: a row of %(table)s points at nothing.")
            % {"table": dangling[0]}
        )
    _compare(rows, found)


def _fill_postgres(folder: Path, manifest: Manifest) -> None:

    _migrate_as_it_was(manifest.migrations)
    with closing(postgres.connect()) as database:
        missing = manifest.columns.keys() - postgres.tables(database).keys()
        if missing:
            raise NotDone(
                _("The backup holds tables that this Mulin does not know: %(tables)s")
                % {"tables": ", ".join(sorted(missing))}
            )
        with database.transaction():
            filling = postgres.Filling(database, manifest.columns)
            for table, columns in manifest.columns.items():
                member = folder / TABLES / f"{table}.copy"
                with member.open("rb") as file:
                    filling.put(table, columns, chunks_of(file))
                member.unlink()
            _compare(manifest.rows, filling.counts())
            filling.close()


def _migrate_as_it_was(migrations: dict[str, list[str]]) -> None:
    """Tables as the backup knew them; the newer ones come after the rows."""
    executor = MigrationExecutor(connection)
    leaves = set(executor.loader.graph.leaf_nodes())
    if all(name in migrations.get(app, ()) for app, name in leaves):
        call_command("migrate", interactive=False, verbosity=0)
        return
    for app, names in migrations.items():
        if app in executor.loader.migrated_apps:
            call_command("migrate", app, names[-1], interactive=False, verbosity=0)


def _compare(told: dict[str, int], found: dict[str, int]) -> None:
    for table in sorted(told.keys() | found.keys()):
        if told.get(table, 0) != found.get(table, 0):
            raise NotDone(
                _("%(table)s has %(found)d rows, not the %(told)d that were backed up.")
                % {"table": table, "found": found.get(table, 0), "told": told.get(table, 0)}
            )


# ── what only Mulin can know ─────────────────────────────────────────────────────────────────


def _prove_walls() -> None:
    """No community may see another one's rows, not even for the moment until somebody looks."""
    if connection.vendor != "postgresql":
        return
    with closing(postgres.connect()) as database:
        walled = set(postgres.walled(database))
    if not_walled := {model._meta.db_table for model in tenant_models()} - walled:
        raise NotDone(
            _("Tables without row-level security: %(tables)s. Run: mulin migrate")
            % {"tables": ", ".join(sorted(not_walled))}
        )


def _prove_chains() -> int:

    kept, acts = anchored(), 0
    for community in Community.objects.order_by("id"):
        with in_community(community):
            seen, findings = check_chain(community.pk, kept.get(community.pk, {}))
        acts += seen
        if findings:
            raise NotDone(
                _("The record of acts in it is not whole. %(community)s: %(what)s")
                % {"community": community.name, "what": in_words(findings[0])}
            )
    return acts


def _erase_again(now: datetime) -> int:

    entries, again = list(ledger_beside_database()), 0
    for community in Community.objects.order_by("id"):
        with in_community(community):
            again += replay_erasures(entries, by=system(community.pk), now=now)
    return again


def _open_anew(made_at: str, now: datetime) -> None:
    """Everybody signs in again: who may was decided since. The chain says what happened to it."""
    Session.objects.all().delete()
    for community in Community.objects.order_by("id"):
        with (
            in_community(community),
            recording(system(community.pk), "restore_backup", now=now) as act,
        ):
            act.on(community, after={"made_at": made_at})
        anchor(community, now)


def _files_missing() -> Iterator[str]:
    """Files that rows name and that are not there."""
    for model in apps.get_models():
        columns = [one for one in model._meta.concrete_fields if isinstance(one, models.FileField)]
        for scope in _scopes_of(model) if columns else ():
            with scope:
                names: models.QuerySet[Any, Any] = models.QuerySet(model).values_list(
                    *(one.attname for one in columns)
                )
                for row in names.iterator():
                    yield from (name for name in row if name and not default_storage.exists(name))


def _scopes_of(model: type[models.Model]) -> list[AbstractContextManager[None]]:
    if model not in tenant_models():
        return [nullcontext()]
    return [in_community(community) for community in Community.objects.order_by("id")]
