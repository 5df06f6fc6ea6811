"""From SQLite to PostgreSQL and back: every row of every table, each compared after it arrived.

Rows are read and written as the databases hold them, past the models: what is encrypted stays as
it was encrypted. Each column has one common value (`_Column`), which both sides know how to read
and to write; the digest of a table is the sum of the digests of its rows in that form, so it does
not depend on their order.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import dj_database_url
import psycopg
from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext as _
from psycopg import sql

from mulin.ground.upkeep import placing, postgres
from mulin.ground.upkeep.making import alone
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.snapshot import sqlite_tables

Row = Sequence[Any]  # Any: whatever columns hold
ROWS_AT_ONCE: Final = 2_000
#: Both sides have been migrated, so both have their own.
_NOT_MOVED: Final = frozenset({"django_migrations"})


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived."""

    tables: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Column:
    """A column by its name, and how SQLite's form of it becomes the common one and back."""

    name: str
    from_sqlite: Callable[[Any], Any]
    to_sqlite: Callable[[Any], Any]


@dataclass(slots=True)
class _Sum:
    """Count and digest of the rows that went by."""

    rows: int = 0
    digest: int = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows += 1
            text = repr(tuple(_plain(value) for value in row)).encode()
            self.digest += int.from_bytes(hashlib.sha256(text).digest(), "big")
            yield row

    def of(self, rows: Iterable[Row]) -> "_Sum":
        for _row in self.over(rows):
            pass
        return self


class _Side(Protocol):
    """A database as a place to read rows from and to write them to."""

    def tables(self) -> set[str]: ...

    def rows(self, table: str, columns: Sequence[_Column]) -> Iterator[Row]: ...

    def put(self, table: str, columns: Sequence[_Column], rows: Iterable[Row]) -> None: ...


def move(url: str) -> Moved:
    """Carry everything into the database at this address, which must be empty.

    Raises NotDone while Mulin runs, for a database that is not empty, and when anything did not
    arrive as it left; then the new database is as it was.
    """
    target = _parsed(url)
    with alone():
        with placing.nobody_else():
            pass  # what is written from now on would be left behind
        _refuse_full(target)
        _migrate(url)
        plan = _plan()
        with _source() as source, _target(target, list(plan)) as arriving:
            strange = source.tables() - plan.keys() - _NOT_MOVED
            if strange:
                raise NotDone(
                    _("These tables are not Mulin's and would be left behind: %(tables)s")
                    % {"tables": ", ".join(sorted(strange))}
                )
            rows = sum(_carry(table, plan[table], source, arriving) for table in plan)
        return Moved(tables=len(plan), rows=rows)


def _carry(table: str, columns: Sequence[_Column], source: _Side, target: _Side) -> int:
    left = _Sum()
    target.put(table, columns, left.over(source.rows(table, columns)))
    arrived = _Sum().of(target.rows(table, columns))
    if arrived != left:
        raise NotDone(
            _("%(table)s did not arrive as it left (%(left)d rows, %(arrived)d arrived).")
            % {"table": table, "left": left.rows, "arrived": arrived.rows}
        )
    return left.rows


# ── what is moved ────────────────────────────────────────────────────────────────────────────


def _plan() -> dict[str, list[_Column]]:
    """Every table of every app with its columns."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            found[model._meta.db_table] = [_column(field) for field in model._meta.concrete_fields]
    return dict(sorted(found.items()))


# Any: a field holds anything.
def _column(field: "models.Field[Any, Any]") -> _Column:
    name = str(field.column)
    column = _Column(name, _same, _same)
    # By what the database holds, not by the class: an encrypted date is text.
    match field.get_internal_type():
        case "BooleanField":
            column = _Column(name, bool, int)
        case "DateTimeField":
            column = _Column(name, _moment, lambda at: str(at.astimezone(UTC).replace(tzinfo=None)))
        case "DateField":
            column = _Column(name, date.fromisoformat, str)
        case "TimeField":
            column = _Column(name, time.fromisoformat, str)
        case "DecimalField":
            assert isinstance(field, models.DecimalField)  # noqa: S101  what its type says
            unit = Decimal(1).scaleb(-field.decimal_places)
            column = _Column(name, lambda held: Decimal(str(held)).quantize(unit), str)
        case "JSONField":
            column = _Column(name, json.loads, json.dumps)
        case "BinaryField":
            column = _Column(name, bytes, bytes)
        case "DurationField":
            raise NotDone(_("Moving does not know columns like %(name)s.") % {"name": field})
    return column


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _same(value: Any) -> Any:  # Any: passed on as it is
    return value


def _plain(value: Any) -> Any:  # Any: whatever columns hold
    """The form of which the digest is taken: the same for equal values."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, Decimal):
        return str(value)
    return value


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────


class _OfSQLite:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def tables(self) -> set[str]:
        return set(sqlite_tables(self._database))

    def rows(self, table: str, columns: Sequence[_Column]) -> Iterator[Row]:
        names = ", ".join(f'"{column.name}"' for column in columns)
        for row in self._database.execute(f'SELECT {names} FROM "{table}"'):  # noqa: S608  our own tables
            yield [
                None if value is None else column.from_sqlite(value)
                for column, value in zip(columns, row, strict=True)
            ]

    def put(self, table: str, columns: Sequence[_Column], rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{column.name}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        self._database.execute(f'DELETE FROM "{table}"')  # noqa: S608  our own tables
        self._database.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608  our own tables
            (
                [
                    None if value is None else column.to_sqlite(value)
                    for column, value in zip(columns, row, strict=True)
                ]
                for row in rows
            ),
        )


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────


class _OfPostgreSQL:
    def __init__(self, database: postgres.Connection, filling: postgres.Filling | None) -> None:
        self._database = database
        self._filling = filling

    def tables(self) -> set[str]:
        return set(postgres.tables(self._database))

    def rows(self, table: str, columns: Sequence[_Column]) -> Iterator[Row]:
        names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
        question = sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table))
        for scope in postgres.scopes(self._database, table):
            postgres.tell(self._database, scope)
            with self._database.cursor("moving") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                for row in cursor.execute(question):
                    yield [_common(value) for value in row]

    def put(self, table: str, columns: Sequence[_Column], rows: Iterable[Row]) -> None:
        assert self._filling is not None  # noqa: S101  only a target is put into
        self._filling.put_rows(
            table,
            [column.name for column in columns],
            ([_for_copy(value) for value in row] for row in rows),
        )


def _common(value: Any) -> Any:  # Any: whatever columns hold
    # An address of the net is text to SQLite.
    known = (bool, int, float, str, bytes, datetime, date, time, Decimal, dict, list, type(None))
    return value if isinstance(value, known) else str(value)


def _for_copy(value: Any) -> Any:  # Any: whatever columns hold
    return json.dumps(value) if isinstance(value, dict | list) else value


# ── both ends ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _source() -> Iterator[_Side]:
    """What is here, at one moment."""
    if connection.vendor == "sqlite":
        with closing(_sqlite(str(connection.settings_dict["NAME"]))) as database:
            database.execute("BEGIN IMMEDIATE")  # whoever would write has to wait
            yield _OfSQLite(database)
        return
    with closing(postgres.connect()) as database:
        postgres.begin_snapshot(database)
        postgres.prove_all_is_seen(database)
        yield _OfPostgreSQL(database, None)


@contextmanager
def _target(parsed: dict[str, Any], tables: list[str]) -> Iterator[_Side]:  # Any: settings
    """The new database, within one transaction: all arrives or nothing."""
    if parsed["ENGINE"].endswith("sqlite3"):
        with closing(_sqlite(parsed["NAME"])) as database:
            database.execute("PRAGMA foreign_keys=OFF")
            database.execute("BEGIN IMMEDIATE")
            yield _OfSQLite(database)
            dangling = database.execute("PRAGMA foreign_key_check").fetchone()
            if dangling is not None:
                raise NotDone(_("A row of %(table)s points at nothing.") % {"table": dangling[0]})
            database.execute("COMMIT")
        return
    with closing(_postgres(parsed)) as server, server.transaction():
        filling = postgres.Filling(server, tables)
        yield _OfPostgreSQL(server, filling)
        filling.close()


def _parsed(url: str) -> dict[str, Any]:  # Any: Django's settings of a database
    try:
        parsed = dict(dj_database_url.parse(url))
    except (ValueError, dj_database_url.UnknownSchemeError):
        parsed = {"ENGINE": ""}
    if not str(parsed["ENGINE"]).endswith(("sqlite3", "postgresql")) or not parsed.get("NAME"):
        raise NotDone(
            _("%(url)s names no database. Write postgres://USER@HOST/NAME or sqlite:////PATH")
            % {"url": url}
        )
    return parsed


def _refuse_full(parsed: dict[str, Any]) -> None:  # Any: settings
    if parsed["ENGINE"].endswith("sqlite3"):
        if not Path(parsed["NAME"]).exists():
            return
        with closing(_sqlite(parsed["NAME"])) as file:
            tables = set(sqlite_tables(file))
            is_full = (
                "community_community" in tables
                and file.execute("SELECT 1 FROM community_community LIMIT 1").fetchone()
            )
    else:
        with closing(_postgres(parsed)) as database:
            tables = set(postgres.tables(database))
            is_full = (
                "community_community" in tables
                and database.execute("SELECT 1 FROM community_community LIMIT 1").fetchone()
            )
    if is_full:
        raise NotDone(_("A community lives in that database already. Name an empty one."))
    if tables and "django_migrations" not in tables:
        raise NotDone(_("That database holds something else already. Name an empty one."))


def _migrate(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mulin", "migrate"],
        env={**os.environ, "MULIN_DATABASE_URL": url}, stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotDone(_("The tables could not be made there; the reason stands above."))


def _sqlite(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _postgres(parsed: dict[str, Any]) -> postgres.Connection:  # Any: settings
    told = {
        "dbname": parsed["NAME"], "host": parsed["HOST"], "port": parsed["PORT"],
        "user": parsed["USER"], "password": parsed["PASSWORD"], **parsed.get("OPTIONS", {}),
    }  # fmt: skip
    try:
        return psycopg.connect(
            **{name: value for name, value in told.items() if value}, autocommit=True
        )
    except psycopg.OperationalError as error:
        raise NotDone(
            _("That database cannot be reached: %(why)s") % {"why": str(error).strip()}
        ) from error
