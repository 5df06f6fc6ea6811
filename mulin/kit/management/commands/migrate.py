"""Django's `migrate`, which makes the tables of new apps at once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from mulin.kit.migrations import make_tables, new_apps

#: Of Mulin's own choice; no other program locks by this number in its database.
LOCK = 0x6D756C696E


class Command(migrate.Command):
    """What an app of this database already has goes on step by step; an app that is new to it gets
    its tables as they are at the end. In an empty database all are new.

    Two at one moment, as when two machines are brought up together, go one after the other.
    """

    def handle(self, *app_labels: str, **options: Any) -> None:
        is_whole = not any(
            options[name]
            for name in ("app_label", "migration_name", "fake", "plan", "check_unapplied")
        )
        connection = connections[options["database"]]
        with _alone(connection):
            if is_whole:
                _make_what_is_new(connection)
            super().handle(*app_labels, **options)


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until nobody else changes the tables of this database; let go when its process ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    folder = Path(connection.settings_dict["NAME"]).parent
    if not folder.is_dir():  # a database in memory, which is nobody else's
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _make_what_is_new(connection: BaseDatabaseWrapper) -> None:
    new = new_apps(connection)
    if not new:
        return
    executor = MigrationExecutor(connection)
    known = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in new]
    plan = executor.migration_plan(known)
    executor.migrate(known, plan)
    # A step of an app that is known may have asked for steps of a new one: that one goes on so.
    make_tables(connection, new - {migration.app_label for migration, _back in plan})
