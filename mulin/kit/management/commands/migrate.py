"""Django's `migrate`, which makes the tables of an empty database at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from mulin.kit.migrations import make_tables


class Command(migrate.Command):
    """An empty database gets the tables as they are at the end; every other one goes step by step."""

    def handle(self, *app_labels: str, **options: Any) -> None:
        connection = connections[options["database"]]
        is_whole = not any(
            options[name]
            for name in ("app_label", "migration_name", "fake", "plan", "check_unapplied")
        )
        if is_whole and not connection.introspection.table_names():
            make_tables(connection)
        super().handle(*app_labels, **options)
