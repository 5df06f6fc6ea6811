"""The database at one moment, while it is being written to, as members of a backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from django.db import connection
from django.utils.translation import gettext as _

from mulin.ground.upkeep import postgres
from mulin.ground.upkeep.archive import chunks_of
from mulin.ground.upkeep.refusals import NotDone

#: The member that holds a whole SQLite database, and the folder of PostgreSQL's tables.
DATABASE: Final = "mulin.sqlite3"
TABLES: Final = "tables"
_SECONDS_TO_WAIT: Final = 60


class Snapshot(Protocol):
    """One moment of the database. `rows` is told in full once the members were read."""

    database: str
    migrations: dict[str, list[str]]
    columns: dict[str, list[str]]
    rows: dict[str, int]

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each member's name and content."""


@contextmanager
def snapshot(work: Path) -> Iterator[Snapshot]:
    """Hold the present moment. What must lie on a disk meanwhile lies in `work`.

    Raises NotDone when there is no database yet, or when not all of it can be seen.
    """
    if connection.vendor == "sqlite":
        yield _OfSQLite.taken(Path(connection.settings_dict["NAME"]), work)
        return
    with closing(postgres.connect()) as database:
        postgres.begin_snapshot(database)
        postgres.prove_all_is_seen(database)
        yield _OfPostgreSQL(database)


def sqlite_tables(database: sqlite3.Connection) -> list[str]:
    """The tables that hold rows: not SQLite's own, nor those behind a full-text index."""
    found = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' ORDER BY name"
    ).fetchall()
    virtual = {
        row[0]
        for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
        )
    }
    return [
        name
        for (name,) in found
        if not any(name.startswith(f"{one}_") or name == one for one in virtual)
    ]


def sqlite_counts(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  the database's own names
        for name in sqlite_tables(database)
    }


@dataclass
class _OfSQLite:
    """A copy by SQLite's online backup, which lets writers go on; it is one step, so no write of
    another process makes it start over.
    """

    copy: Path
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    database: str = "sqlite"
    columns: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def taken(cls, path: Path, work: Path) -> "_OfSQLite":
        if not path.exists():
            raise NotDone(_("There is no database at %(path)s yet.") % {"path": path})
        copy = work / DATABASE
        copy.touch(0o600)
        with (
            closing(sqlite3.connect(path, timeout=_SECONDS_TO_WAIT)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            # One file without a log beside it.
            target.execute("PRAGMA journal_mode=DELETE")
            return cls(copy, _migrations(target), sqlite_counts(target))

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        with self.copy.open("rb") as file:
            # Whatever happens now, no readable copy stays behind.
            self.copy.unlink()
            yield DATABASE, chunks_of(file)


class _OfPostgreSQL:
    """All tables by COPY, in one repeatable-read transaction that only reads."""

    def __init__(self, database: postgres.Connection) -> None:
        self._database = database
        self.database = "postgresql"
        self.columns = postgres.tables(database)
        self.rows: dict[str, int] = {}
        if "django_migrations" not in self.columns:
            raise NotDone(_("There is no database yet. Run: mulin migrate"))
        self.migrations = _migrations(database)

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        for table, columns in self.columns.items():
            yield (
                f"{TABLES}/{table}.copy",
                postgres.copied_out(self._database, table, columns, self.rows),
            )


def _migrations(database: "sqlite3.Connection | postgres.Connection") -> dict[str, list[str]]:
    try:
        rows = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    except sqlite3.OperationalError:
        raise NotDone(_("There is no database yet. Run: mulin migrate")) from None
    applied: dict[str, list[str]] = {}
    for app, name in rows:
        applied.setdefault(app, []).append(name)
    return applied
