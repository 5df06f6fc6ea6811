"""From SQLite to PostgreSQL and back: every row of every table, each compared after it arrived.

Rows are read and written as the databases hold them, past the models: what is encrypted stays as
it was encrypted. Each column has one common value (`_Column`), which both sides know how to read
and to write; the digest of a table is the sum of the digests of its rows in that form, so it does
not depend on their order.
"""

import hashlib
import json
import os
import shutil
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
from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext as _
from psycopg import sql

from mulin.ground.community.models import Account, Community
from mulin.ground.community.tenancy import is_word_index, tenant_models
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

    def rows(self, table: str, columns: Sequence[_Column], only: str = "") -> Iterator[Row]: ...

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


def _carry(
    table: str, columns: Sequence[_Column], source: _Side, target: _Side, only: str = ""
) -> int:
    left = _Sum()
    target.put(table, columns, left.over(source.rows(table, columns, only)))
    arrived = _Sum().of(target.rows(table, columns, only))
    if arrived != left:
        raise NotDone(
            _("%(table)s did not arrive as it left (%(left)d rows, %(arrived)d arrived).")
            % {"table": table, "left": left.rows, "arrived": arrived.rows}
        )
    return left.rows


# ── one community alone ──────────────────────────────────────────────────────────────────────


def move_community(url: str, slug: str, files: Path | None = None) -> Moved:
    """Carry one community into the database at this address, beside those that live there.

    What goes along of the shared tables: the community and its street, the accounts that its rows
    name, what belongs to those accounts, and what names the community. An account that is there
    already stays as it is there. Both installations must have the same keys. The files that its rows
    name are copied into the folder `files`, each compared. Nothing here is changed.

    Raises NotDone for an unknown community, one that is there already, and whatever did not arrive
    as it left; then the other database is as it was.
    """
    target = _parsed(url)
    with alone():
        with placing.nobody_else():
            pass  # what is written from now on would be left behind
        community = Community.objects.filter(slug=slug).first()
        if community is None:
            raise NotDone(_("There is no community “%(slug)s”.") % {"slug": slug})
        _migrate(url)
        plan = _plan()
        with (
            _source(str(community.pk)) as source,
            _target(target, list(plan), keeps=True) as arriving,
        ):
            picked = _picked(community, plan, source)
            if any(
                True for _row in arriving.rows(_COMMUNITY, plan[_COMMUNITY], picked[_COMMUNITY])
            ):
                raise NotDone(_("This community lives in that database already."))
            rows = 0
            for table, which in picked.items():
                is_met = table in _MET_THERE
                only = _not_there(table, plan[table], which, arriving) if is_met else which
                rows += _carry(table, plan[table], source, arriving, only)
            if files is not None:
                _copy_files(picked, plan, source, files)
        return Moved(tables=len(picked), rows=rows)


_COMMUNITY: Final = "community_community"
_ACCOUNT: Final = "community_account"
_STREET: Final = "community_street"
#: Another community of that database may have brought these along already; so may the calendar.
_MET_THERE: Final = (_ACCOUNT, _STREET)


def _picked(community: Community, plan: dict[str, list[_Column]], source: _Side) -> dict[str, str]:
    """Table → which of its rows go along, as a condition of SQL over our own numbers."""
    models_of = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
    }
    of_tenants = {model._meta.db_table for model in tenant_models()}
    here = f"community_id = {community.pk:d}"
    found: dict[str, str] = {}
    for table, columns in plan.items():
        names = {column.name for column in columns}
        model = models_of[table]
        if is_word_index(model):
            record = model._meta.get_field("record").related_model._meta.db_table  # type: ignore[union-attr]
            found[table] = f'record_id IN (SELECT id FROM "{record}" WHERE {here})'  # noqa: S608
        elif "community_id" in names and (table in of_tenants or _is_of_mulin(model)):
            found[table] = here
    accounts = _accounts_of(found, models_of, plan, source)
    among = f"IN ({', '.join(map(str, sorted(accounts)))})" if accounts else "IN (NULL)"
    for table, model in models_of.items():
        if table in found or table not in plan:
            continue
        owner = next((one.column for one in _keys_to_accounts(model)), None)
        if owner and not model._meta.auto_created and table not in _LEFT:
            found[table] = f'"{owner}" {among}'
    return {
        _STREET: f"id = {community.street_id:d}", _COMMUNITY: f"id = {community.pk:d}",
        _ACCOUNT: f"id {among}", **found,
    }  # fmt: skip


#: Of an account, but of an installation too.
_LEFT: Final = frozenset({"django_admin_log"})


def _is_of_mulin(model: type[models.Model]) -> bool:
    return model.__module__.startswith("mulin.")


def _keys_to_accounts(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [one for one in model._meta.concrete_fields if one.related_model is Account]


def _accounts_of(
    found: dict[str, str],
    models_of: dict[str, type[models.Model]],
    plan: dict[str, list[_Column]],
    source: _Side,
) -> set[int]:
    """Every account that a row of the community names."""
    accounts = set[int]()
    for table, only in found.items():
        for key in _keys_to_accounts(models_of[table]):
            column = next(one for one in plan[table] if one.name == key.column)
            accounts.update(
                row[0]
                for row in source.rows(table, [column], f'{only} AND "{key.column}" IS NOT NULL')
            )
    return accounts


def _not_there(table: str, columns: Sequence[_Column], only: str, arriving: _Side) -> str:
    """The same rows without those that are there already."""
    number = [one for one in columns if one.name == "id"]
    there = ", ".join(str(row[0]) for row in arriving.rows(table, number, only))
    return f"{only} AND id NOT IN ({there})" if there else only


def _copy_files(
    picked: dict[str, str], plan: dict[str, list[_Column]], source: _Side, files: Path
) -> None:
    """Each file that a picked row names, where it is there and not there yet."""
    for model in apps.get_models():
        table = model._meta.db_table
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.FileField) or table not in picked:
                continue
            column = [one for one in plan[table] if one.name == field.column]
            for (name,) in source.rows(table, column, picked[table]):
                here = Path(settings.FILES_DIR) / str(name)
                if not name or not here.is_file():
                    continue
                there = files / str(name)
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(here, there)
                if here.read_bytes() != there.read_bytes():
                    raise NotDone(_("%(name)s did not arrive as it left.") % {"name": name})


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
    def __init__(self, database: sqlite3.Connection, *, keeps: bool = False) -> None:
        self._database = database
        self._keeps = keeps

    def tables(self) -> set[str]:
        return set(sqlite_tables(self._database))

    def rows(self, table: str, columns: Sequence[_Column], only: str = "") -> Iterator[Row]:
        names = ", ".join(f'"{column.name}"' for column in columns)
        question = f'SELECT {names} FROM "{table}"{_where(only)}'  # noqa: S608  our own tables
        for row in self._database.execute(question):
            yield [
                None if value is None else column.from_sqlite(value)
                for column, value in zip(columns, row, strict=True)
            ]

    def put(self, table: str, columns: Sequence[_Column], rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{column.name}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        if not self._keeps:
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
    def __init__(
        self, database: postgres.Connection, filling: postgres.Filling | None, scope: str = ""
    ) -> None:
        self._database = database
        self._filling = filling
        self._scope = scope

    def tables(self) -> set[str]:
        return set(postgres.tables(self._database))

    def rows(self, table: str, columns: Sequence[_Column], only: str = "") -> Iterator[Row]:
        names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
        question = sql.SQL("SELECT {} FROM {}{}").format(
            names, sql.Identifier(table), sql.SQL(_where(only))
        )
        scopes = [self._scope] if self._scope else postgres.scopes(self._database, table)
        for scope in scopes:
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


def _where(only: str) -> str:
    return f" WHERE {only}" if only else ""


def _common(value: Any) -> Any:  # Any: whatever columns hold
    # An address of the net is text to SQLite.
    known = (bool, int, float, str, bytes, datetime, date, time, Decimal, dict, list, type(None))
    return value if isinstance(value, known) else str(value)


def _for_copy(value: Any) -> Any:  # Any: whatever columns hold
    return json.dumps(value) if isinstance(value, dict | list) else value


# ── both ends ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _source(scope: str = "") -> Iterator[_Side]:
    """What is here, at one moment; of the tables of communities, what this scope shows."""
    if connection.vendor == "sqlite":
        with closing(_sqlite(str(connection.settings_dict["NAME"]))) as database:
            database.execute("BEGIN IMMEDIATE")  # whoever would write has to wait
            yield _OfSQLite(database)
        return
    with closing(postgres.connect()) as database:
        postgres.begin_snapshot(database)
        postgres.prove_all_is_seen(database)
        yield _OfPostgreSQL(database, None, scope)


@contextmanager
def _target(  # Any: settings
    parsed: dict[str, Any], tables: list[str], *, keeps: bool = False
) -> Iterator[_Side]:
    """The new database, within one transaction: all arrives or nothing. It is emptied first unless
    it `keeps` what it has.
    """
    if parsed["ENGINE"].endswith("sqlite3"):
        with closing(_sqlite(parsed["NAME"])) as database:
            database.execute("PRAGMA foreign_keys=OFF")
            database.execute("BEGIN IMMEDIATE")
            gates = _opened_gates(database)
            yield _OfSQLite(database, keeps=keeps)
            for gate in gates:
                database.execute(gate)
            dangling = database.execute("PRAGMA foreign_key_check").fetchone()
            if dangling is not None:
                raise NotDone(_("A row of %(table)s points at nothing.") % {"table": dangling[0]})
            database.execute("COMMIT")
        return
    with closing(_postgres(parsed)) as server, server.transaction():
        filling = postgres.Filling(server, tables, keeps=keeps)
        yield _OfPostgreSQL(server, filling)
        filling.close()


def _opened_gates(database: sqlite3.Connection) -> list[str]:
    """How to make the gates (`kit.gates`) again that are taken away here: what once was written comes
    in, in whatever order.
    """
    found = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
    ).fetchall()
    for name, _made in found:
        database.execute(f'DROP TRIGGER "{name}"')
    return [made for _name, made in found]


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
