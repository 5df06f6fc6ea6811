"""PostgreSQL by its own means: every row of every table out by COPY, and in again.

Row-level security is forced on the tables of communities, so no ordinary role sees them whole.
Going out, each community is told to the database in turn, within one snapshot; that those are all
rows is proved from the schema first (`prove_all_is_seen`). Coming in, the owner lifts the force
within the one transaction that fills the tables and sets it again before the commit.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from mulin.ground.upkeep.refusals import NotDone
from mulin.kit.scoping import SETTING

Connection = psycopg.Connection[Any]  # Any: rows as they come

COMMUNITIES: Final = "community_community"
#: The rule of `kit.scoping.protect_tables`, as PostgreSQL tells it back.
_RULE: Final = (
    f"(community_id = (NULLIF(current_setting('{SETTING}'::text, true), ''::text))::bigint)"
)
_NOT_PROVED: Final = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND row_security_active(c.oid) AND NOT (
    (SELECT count(*) = 1 AND bool_and(p.qual = %s AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE'
              AND 'public' = ANY (p.roles))
       FROM pg_policies p WHERE p.schemaname = current_schema() AND p.tablename = c.relname)
    AND EXISTS (SELECT 1 FROM pg_constraint f
       JOIN pg_attribute a ON a.attrelid = c.oid AND f.conkey = ARRAY[a.attnum]
       WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.convalidated
         AND f.confrelid = (current_schema() || '.community_community')::regclass
         AND a.attname = 'community_id' AND a.attnotnull))
ORDER BY 1
"""


def connect() -> Connection:
    """A connection of its own to the database of the settings, past Django's."""
    return psycopg.connect(**connect_parameters(), autocommit=True)


def connect_parameters() -> dict[str, Any]:  # Any: whatever the driver takes
    """What Django's own connection is made with."""
    told = connection.get_connection_params()
    names = ("dbname", "host", "port", "user", "password", "options", "sslmode", "service")
    return {name: told[name] for name in names if told.get(name)}


def address() -> str:
    """The database as MULIN_DATABASE_URL would name it, for a child of ours."""
    at = connection.settings_dict
    who = quote(at["USER"] or "", safe="")
    if at["PASSWORD"]:
        who += ":" + quote(at["PASSWORD"], safe="")
    host = at["HOST"] or ""
    # A socket's folder cannot stand where a host does.
    place = quote(host, safe="") if host.startswith("/") else host
    port = f":{at['PORT']}" if at["PORT"] else ""
    query = urlencode({"sslmode": at["OPTIONS"]["sslmode"]}) if at["OPTIONS"].get("sslmode") else ""
    return f"postgres://{who}@{place}{port}/{quote(str(at['NAME']), safe='')}" + (
        f"?{query}" if query else ""
    )


def tables(database: Connection) -> dict[str, list[str]]:
    """All tables of the schema, each with its columns."""
    rows = database.execute(
        "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attgenerated = '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {name: list(columns) for name, columns in rows}


def begin_snapshot(database: Connection) -> None:
    """From here on this connection sees one moment."""
    database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    database.execute("SELECT 1 FROM community_community LIMIT 1")


def prove_all_is_seen(database: Connection) -> None:
    """Raise NotDone unless going through the communities shows every row of every table.

    It does if the one rule on a table is that of the community, every row has one, and a foreign
    key says that each stands in the table of communities, which no rule hides.
    """
    hidden = [row[0] for row in database.execute(_NOT_PROVED, [_RULE]).fetchall()]
    if hidden:
        raise NotDone(
            _(
                "Mulin's database role may not see all rows of %(tables)s, and a backup with rows"
                " missing is none. Run mulin migrate, or take rules away that are not Mulin's."
            )
            % {"tables": ", ".join(hidden)}
        )


def walled(database: Connection) -> list[str]:
    """The tables on which row-level security is forced."""
    rows = database.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        " AND relnamespace = current_schema()::regnamespace ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


def gated(database: Connection) -> list[str]:
    """The tables that have gates (`kit.gates`)."""
    rows = database.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


def scopes(database: Connection, table: str) -> list[str]:
    """What must be told to the database, one after the other, to see all rows of a table."""
    (is_hidden,) = _one(
        database.execute("SELECT row_security_active(%s::text)", [_quoted(database, table)])
    )
    if not is_hidden:
        return [""]
    rows = database.execute("SELECT id FROM community_community ORDER BY id").fetchall()
    return [str(row[0]) for row in rows]


def tell(database: Connection, scope: str) -> None:
    """Open the rows of one community, until the transaction ends."""
    database.execute("SELECT set_config(%s, %s, true)", [SETTING, scope])


def copied_out(
    database: Connection, table: str, columns: Sequence[str], counted: dict[str, int]
) -> Iterator[bytes]:
    """The rows of a table in COPY's text form; how many they were stands in `counted` after."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    question = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(names, sql.Identifier(table))
    counted[table] = 0
    for scope in scopes(database, table):
        tell(database, scope)
        with database.cursor() as cursor, cursor.copy(question) as copy:
            for piece in copy:
                # A line's end within a value is written as \n, so each is the end of a row.
                counted[table] += bytes(piece).count(b"\n")
                yield bytes(piece)
    tell(database, "")


class Filling:
    """Tables while they are filled, within the transaction that is open on the connection.

    They are emptied first unless they keep what they have. Row-level security and gates (`kit.gates`:
    what once was written comes in, in whatever order) are lifted from them at first and set again by
    `close`, which also lets every foreign key be checked and sets what counts up by itself past what
    came in.
    """

    def __init__(self, database: Connection, names: Iterable[str], *, keeps: bool = False) -> None:
        self._database = database
        self._names = list(names)
        self._forced = walled(database)
        self._gated = gated(database)
        for name in self._forced:
            self._alter(name, "NO FORCE ROW LEVEL SECURITY")
        for name in self._gated:
            self._alter(name, "DISABLE TRIGGER USER")
        if keeps:
            return
        everything = sql.SQL(", ").join(map(sql.Identifier, self._names))
        database.execute(sql.SQL("TRUNCATE {} CASCADE").format(everything))

    def put(self, table: str, columns: Sequence[str], pieces: Iterable[bytes]) -> None:
        """Rows in COPY's text form."""
        with self._database.cursor() as cursor, cursor.copy(_into(table, columns)) as copy:
            for piece in pieces:
                copy.write(piece)

    # Any: whatever a column holds.
    def put_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Rows as values."""
        with self._database.cursor() as cursor, cursor.copy(_into(table, columns)) as copy:
            for row in rows:
                copy.write_row(row)

    def counts(self) -> dict[str, int]:
        """How many rows each table has now."""
        return {name: count_of(self._database, name) for name in self._names}

    def close(self) -> None:
        self._database.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in self._gated:
            self._alter(name, "ENABLE TRIGGER USER")
        for name in self._forced:
            self._alter(name, "FORCE ROW LEVEL SECURITY")
        counters = self._database.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attidentity <> '' AND a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = current_schema()::regnamespace"
        ).fetchall()
        for table, column in counters:
            self._database.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence({}, {}),"
                    " (SELECT coalesce(max({}), 0) + 1 FROM {}), false)"
                ).format(
                    sql.Literal(_quoted(self._database, table)), sql.Literal(column),
                    sql.Identifier(column), sql.Identifier(table),
                )
            )  # fmt: skip

    def _alter(self, table: str, what: str) -> None:
        self._database.execute(
            sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), sql.SQL(what))
        )


def count_of(database: Connection, table: str) -> int:
    """How many rows the role sees of a table."""
    question = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    count: int = _one(database.execute(question))[0]
    return count


def others_connected(database: Connection) -> list[str]:
    """Who else has this database open, as far as the role may know."""
    rows = database.execute(
        "SELECT coalesce(nullif(application_name, ''), usename, '?') || ' (' || pid || ')'"
        " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' ORDER BY pid"
    ).fetchall()
    return [row[0] for row in rows]


def _into(table: str, columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _quoted(database: Connection, name: str) -> str:
    return sql.Identifier(name).as_string(database)


def _one(cursor: "psycopg.Cursor[Any]") -> tuple[Any, ...]:  # Any: one row of values
    row = cursor.fetchone()
    assert row is not None  # noqa: S101  the questions here always have one answer
    return tuple(row)
