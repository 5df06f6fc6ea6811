"""Large tables, parted by community on PostgreSQL; on SQLite they stay whole.

With the community in every unique key the planner opens one part for a community's question, and a
cluster (Citus) could lay each part on another machine.
"""

from typing import Any, Final, NamedTuple

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from mulin.kit.scoping import protect_tables

#: How many parts a table has. 400 communities lie fifty to a part; fewer parts are planned faster.
PARTS: Final = 8
COMMUNITY: Final = "community_id"


class _Key(NamedTuple):
    """A constraint as the catalogue tells it."""

    name: str
    kind: str  # c check, f foreign key, p primary key, u unique
    definition: str
    columns: list[str]


class _Pointing(NamedTuple):
    """A foreign key of some table at the one that is parted."""

    table: str
    name: str
    columns: list[str]


class PartByCommunity(Operation):
    """Part the table of this model into `PARTS` by the hash of its community; rows go along.

    Unique keys that lack the community get it in front, the primary key too, and what points at the
    table by its id points at community and id from now on: an id never has two communities, so both
    bind the same rows. A later table that would point here declares its key without a constraint.
    Running it again changes nothing, nor does going back: a parted table holds what a whole one did.
    """

    reduces_to_sql = False

    def __init__(self, name: str) -> None:
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django sees the same table."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        # Keys that wait for the end of the migration would come as those of a whole table.
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        with schema_editor.connection.cursor() as cursor:
            if not _is_parted(cursor, table):
                _part(cursor, table)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """What stands in its parts may stay there."""

    def describe(self) -> str:
        return f"Part {self.name} by community"

    @property
    def migration_name_fragment(self) -> str:
        return f"part_{self.name.lower()}"


def parts_of(table: str) -> list[str]:
    """The names of a table's parts."""
    return [f"{table}_part{number}" for number in range(PARTS)]


def _is_parted(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [table])
    return bool(cursor.fetchone()[0])


def _part(cursor: CursorWrapper, table: str) -> None:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    forced = _forced(cursor, table)
    for name in forced:
        # What checks a key looks through the walls of both tables, and would find nothing.
        cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    keys, indexes, pointing = (
        _keys(cursor, table),
        _indexes(cursor, table),
        _pointing(cursor, table),
    )
    for other in pointing:
        cursor.execute(f'ALTER TABLE "{other.table}" DROP CONSTRAINT "{other.name}"')
    _carry_over(cursor, table)
    for key in keys:
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{key.name}" {_with_community(key)}')
    for index in indexes:
        cursor.execute(index)
    for other in pointing:
        columns = ", ".join(f'"{column}"' for column in _behind_community(other.columns))
        cursor.execute(
            f'ALTER TABLE "{other.table}" ADD CONSTRAINT "{other.name}" FOREIGN KEY ({columns})'
            f' REFERENCES "{table}" ({COMMUNITY}, id) DEFERRABLE INITIALLY DEFERRED'
        )
    for name in forced:
        cursor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    if table in forced:
        protect_tables([table])


def _carry_over(cursor: CursorWrapper, table: str) -> None:
    """Put a parted table, bare of keys, with the same rows in the place of the whole one."""
    whole = f"{table}_whole"
    cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{whole}"')
    cursor.execute(
        f'CREATE TABLE "{table}" (LIKE "{whole}" INCLUDING DEFAULTS) PARTITION BY HASH ({COMMUNITY})'
    )
    for number, part in enumerate(parts_of(table)):
        cursor.execute(
            f'CREATE TABLE "{part}" PARTITION OF "{table}"'
            f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {number})"
        )
    cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{whole}"')  # noqa: S608  our own tables
    cursor.execute(f'DROP TABLE "{whole}"')


def _forced(cursor: CursorWrapper, table: str) -> list[str]:
    """Of this table, those that it points at and that point at it: which are walled in."""
    cursor.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity AND oid IN"
        " (SELECT unnest(ARRAY[conrelid, confrelid]) FROM pg_constraint"
        " WHERE contype = 'f' AND %s::regclass IN (conrelid, confrelid)) ORDER BY 1",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]


def _with_community(key: _Key) -> str:
    if key.kind not in "pu" or COMMUNITY in key.columns:
        return key.definition
    word = "PRIMARY KEY" if key.kind == "p" else "UNIQUE"
    columns = ", ".join(f'"{column}"' for column in _behind_community(key.columns))
    return f"{word} ({columns})"


def _behind_community(columns: list[str]) -> list[str]:
    return [COMMUNITY, *(column for column in columns if column != COMMUNITY)]


_COLUMNS: Final = """
ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place)
"""


def _keys(cursor: CursorWrapper, table: str) -> list[_Key]:
    """Keys and rules of the table; its foreign keys last, and those at itself not at all."""
    cursor.execute(
        f"SELECT conname, contype::text, pg_get_constraintdef(oid), {_COLUMNS}"  # noqa: S608
        " FROM pg_constraint c WHERE conrelid = %s::regclass AND confrelid <> conrelid"
        " AND conparentid = 0 ORDER BY contype = 'f', conname",
        [table],
    )
    return [_Key(*row) for row in cursor.fetchall()]


def _indexes(cursor: CursorWrapper, table: str) -> list[str]:
    """How the indexes are made that no key brings along."""
    cursor.execute(
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = %s::regclass"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid"
        " AND c.conrelid = i.indrelid) ORDER BY 1",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]


def _pointing(cursor: CursorWrapper, table: str) -> list[_Pointing]:
    cursor.execute(
        f"SELECT conrelid::regclass::text, conname, {_COLUMNS} FROM pg_constraint c"  # noqa: S608
        " WHERE confrelid = %s::regclass AND contype = 'f' AND conparentid = 0 ORDER BY 1, 2",
        [table],
    )
    rows: list[Any] = cursor.fetchall()
    return [_Pointing(*row) for row in rows]
