"""Rules that the database itself keeps, where a row is judged by the rows around it.

A constraint sees one row; a gate is a trigger that sees all of a community's. Who runs into one gets
an IntegrityError with its name. SQLite builds a changed table afresh and loses its gates: whatever
changes a table that a gate looks at drops the gate before and makes it anew afterwards.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

#: How each database says on which day of a room a moment of the clock lies: until four in the
#: morning of Shanghai it is the day before.
_ROOM_DAY = {
    "sqlite": "date({}, '+4 hours')",
    "postgresql": "(({} AT TIME ZONE 'UTC') + INTERVAL '4 hours')::date",
}


class MakeGate(Operation):
    """Refuse a row of `table` where, after it was written, `wrong` is so.

    `when` is INSERT or UPDATE OF a column; `only_if` judges the row alone, as OLD and NEW; `wrong`
    may look into tables. Both are SQL that either database reads, but for ROOM_DAY(moment).
    Gates of one `lock` judge one after the other in each community, so that two rows written at the
    same time see each other.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(
        self, name: str, *, table: str, when: str, only_if: str, wrong: str, lock: str
    ) -> None:
        self.name, self.table, self.when = name, table, when
        self.only_if, self.wrong, self.lock = only_if, wrong, lock

    def state_forwards(self, app_label: str, state: Any) -> None:  # Any: Django's signature
        """The models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        vendor = schema_editor.connection.vendor
        only_if, wrong = (_said_for(vendor, words) for words in (self.only_if, self.wrong))
        head = f"CREATE TRIGGER {self.name} AFTER {self.when} ON {self.table} FOR EACH ROW"
        if vendor == "sqlite":
            schema_editor.execute(
                f"{head} WHEN {only_if} BEGIN SELECT RAISE(ABORT, '{self.name}') WHERE {wrong}; END"
            )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $gate$ BEGIN"
            f" PERFORM pg_advisory_xact_lock(hashtextextended('{self.lock}', NEW.community_id));"
            f" IF {wrong} THEN RAISE EXCEPTION '{self.name}'"
            f" USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}'; END IF;"
            " RETURN NULL; END $gate$"
        )
        schema_editor.execute(f"{head} WHEN ({only_if}) EXECUTE FUNCTION {self.name}()")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {self.name}")
            return
        schema_editor.execute(f"DROP TRIGGER {self.name} ON {self.table}")
        schema_editor.execute(f"DROP FUNCTION {self.name}()")

    def describe(self) -> str:
        return f"Make the gate {self.name} of {self.table}"


def _said_for(vendor: str, words: str) -> str:
    """The words with ROOM_DAY(…) as this database says it."""
    first, *rest = words.split("ROOM_DAY(")
    return first + "".join(
        _ROOM_DAY[vendor].format(moment) + after
        for moment, after in (part.split(")", 1) for part in rest)
    )
