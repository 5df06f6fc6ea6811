"""Restoring a backup: unpacked beside the data, proved there by a process of its own, put in place."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.ground.upkeep import keys, placing, postgres
from mulin.ground.upkeep.archive import Manifest, unpack
from mulin.ground.upkeep.erased import LEDGER, known_erasures, ledgers_beside, write_ledger
from mulin.ground.upkeep.making import alone, working_folder
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.staged import Proved
from mulin.kit.clock import SHANGHAI
from mulin.kit.failpoints import failpoint

SCHEMA: Final = "mulin_proving"


def try_restore(file: Path, *, keys_from: Path | None = None) -> Proved:
    """Restore into a place that is gone afterwards, and prove everything; touches nothing.

    Raises NotDone with what is not right.
    """
    with alone():
        placing.finish_if_cut_off()
        with _proved(file, keys_from) as (_staged, _schema, proved):
            return proved


def restore(
    file: Path, *, now: datetime, replace: bool = False, keys_from: Path | None = None
) -> tuple[Proved, str]:
    """Put a backup in place; what was found in it, and where what was there before lies now.

    Raises NotDone; then everything is as it was.
    """
    with alone():
        placing.finish_if_cut_off()
        is_in_use = placing.is_in_use()
        if is_in_use and not replace:
            raise NotDone(
                _("A community lives here already. To put it aside and restore: --replace")
            )
        if is_in_use and keys_from is not None:
            _refuse_other_keys(keys_from)
        with placing.nobody_else():
            pass  # said before the long work rather than after it
        data = Path(settings.DATA_DIR)
        aside = data / f"before-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
        with _proved(file, keys_from) as (staged, schema, proved):
            if keys_from is not None and not is_in_use:
                keys.replace_keys(keys.read_copy(keys_from))
            placing.put_in_place(staged, aside, schema=schema)
        where = str(aside)
        if schema:
            where = _("%(folder)s and the schema %(schema)s") % {
                "folder": where,
                "schema": aside.name.replace("-", "_"),
            }
        return proved, where


def finish_if_cut_off() -> None:
    """Before Mulin opens: end what a restore that was killed left. Raises NotDone during one."""
    if placing.is_cut_off():
        with alone():
            placing.finish_if_cut_off()


@contextmanager
def _proved(file: Path, keys_from: Path | None) -> Iterator[tuple[Path, str, Proved]]:
    """The backup unpacked and proved: its folder, its schema if it is on PostgreSQL, what was found."""
    key = keys.backup_key_in(keys_from) if keys_from else keys.backup_key()
    with working_folder() as work:
        try:
            with file.open("rb") as opened:
                manifest = unpack(opened, key, work)
        except OSError as error:
            raise NotDone(
                _("%(path)s cannot be read: %(why)s") % {"path": file, "why": error.strerror}
            ) from error
        failpoint("restore.after_unpacking")
        schema = _schema_for(manifest)
        try:
            _put_beside(work, file, keys_from)
            if schema:
                placing.make_schema(schema)
            yield work, schema, _ask_child(work, schema)
        finally:
            if schema:
                placing.drop_schema(schema)


def _schema_for(manifest: Manifest) -> str:
    here = connection.vendor
    if manifest.database != here:
        raise NotDone(
            _(
                "The backup is of %(theirs)s and the settings here name %(ours)s. Restore it on"
                " %(theirs)s; mulin move goes from one to the other."
            )
            % {"theirs": manifest.database, "ours": here}
        )
    return SCHEMA if here == "postgresql" else ""


def _put_beside(work: Path, file: Path, keys_from: Path | None) -> None:
    """The keys, and every erasure that is known of anywhere."""
    kept = (
        keys.read_copy(keys_from) if keys_from else json.loads(keys.keys_file().read_text("utf-8"))
    )
    path = work / keys.keys_file().name
    path.touch(0o600)
    path.write_text(json.dumps(kept), "utf-8")
    try:
        entries = known_erasures(file.parent / LEDGER)
    except DatabaseError:  # damaged, which may be why it is to be replaced
        entries = ledgers_beside(file.parent / LEDGER)
    write_ledger(work / LEDGER, entries)


def _ask_child(work: Path, schema: str) -> Proved:
    done = subprocess.run(
        [sys.executable, "-m", "mulin", "restore", "--staged"],
        env=_environment(work, schema), stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise NotDone(
            _("The backup could not be proved (code %(code)d); the reason stands above.")
            % {"code": done.returncode}
        ) from None
    if "refused" in told:
        raise NotDone(told["refused"])
    return Proved(**told)


def _environment(work: Path, schema: str) -> Mapping[str, str]:
    """What the child is told: the same settings on another folder, with no way to ours."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.removesuffix("_FILE")
        not in {"MULIN_DATABASE_URL", "MULIN_BACKUP_DIR", "MULIN_DEMO", "MULIN_DATABASE_SCHEMA"}
    }
    kept["MULIN_DATA_DIR"] = str(work)
    # Why not, it says in the language in which it is asked.
    speaks_chinese = (get_language() or "").startswith("zh")
    kept["LC_ALL"] = "zh_CN.UTF-8" if speaks_chinese else "C.UTF-8"
    if schema:
        kept |= {"MULIN_DATABASE_URL": postgres.address(), "MULIN_DATABASE_SCHEMA": schema}
    return kept


def _refuse_other_keys(keys_from: Path) -> None:
    if keys.marks(keys.read_copy(keys_from)) != keys.marks(keys.present_keys()):
        raise NotDone(
            _(
                "This folder has other keys than those of the backup. Restore into an empty"
                " folder: MULIN_DATA_DIR"
            )
        )
