"""Django's `migrate`, which makes the tables of new apps at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from mulin.kit.migrations import make_tables, new_apps


class Command(migrate.Command):
    """What an app of this database already has goes on step by step; an app that is new to it gets
    its tables as they are at the end. In an empty database all are new.
    """

    def handle(self, *app_labels: str, **options: Any) -> None:
        is_whole = not any(
            options[name]
            for name in ("app_label", "migration_name", "fake", "plan", "check_unapplied")
        )
        if is_whole:
            _make_what_is_new(connections[options["database"]])
        super().handle(*app_labels, **options)


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
