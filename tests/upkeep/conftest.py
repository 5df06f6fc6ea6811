"""Installations of their own to back up, restore and move: made once, copied for each test."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import traceback
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from mulin.cli import main
from mulin.ground.upkeep.archive import unpack
from tests.support.environment import TEST_ROOT
from tests.support.serving import environment

_numbers = count()
#: Rows of these are other ones after a restore, and why.
NOT_COMPARED = {
    "django_session": "everybody signs in again",
    "django_migrations": "with the time at which each was applied",
}


@dataclass
class Town:
    """A data folder with its database, and what was found when it was made."""

    folder: Path
    address: str  # of the database; empty for the file in the folder
    ids: dict

    @property
    def environment(self):
        more = {"MULIN_DATABASE_URL": self.address} if self.address else {}
        return environment(self.folder, DJANGO_SETTINGS_MODULE="mulin.settings", **more)

    def run(self, *arguments, **more):
        """Run a module of Python on it."""
        return subprocess.run(
            [sys.executable, "-m", *map(str, arguments)], env=self.environment | more,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def mulin(self, *arguments, code=0, failpoint=""):
        """Run a command, in a process that has Mulin loaded already; it must end as `failpoint` or
        `code` say. What it told.
        """
        told = self.folder.parent / "told"
        child = os.fork()
        if child == 0:
            self._become([str(one) for one in arguments], told, failpoint)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        text = told.read_text("utf-8")
        assert ended == (-signal.SIGKILL if failpoint else code), text
        return text

    def _become(self, arguments, told, failpoint):
        """The child: the settings that this folder would give, and nothing of the tests' own."""
        code = 70
        try:
            output = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.stdout, sys.stderr = (os.fdopen(number, "w") for number in (1, 2))
            os.environ.clear()
            os.environ.update(self.environment | {"MULIN_FAILPOINT": failpoint})
            settings.DATA_DIR, settings.FILES_DIR = self.folder, self.folder / "files"
            # The tests' own connection is left alone: closed here, it would be closed there too.
            self.inherited = connections["default"]
            connections["default"] = self.inherited.copy()
            name = urlsplit(self.address).path[1:] or str(self.folder / "mulin.sqlite3")
            connections["default"].settings_dict["NAME"] = name
            code = main(arguments)
        except BaseException:  # noqa: BLE001  told to whoever waits, and nothing runs on
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def rows(self, schema="public"):
        """Every row of every table as the database holds it, read as somebody whom no rule binds."""
        if not self.address:
            return rows_of_sqlite(self.folder / "mulin.sqlite3")
        return rows_of_postgres(self.address, schema)

    def sql(self, statement, *values):
        """Change something past the product."""
        if not self.address:
            with closing(sqlite3.connect(self.folder / "mulin.sqlite3")) as database, database:
                return database.execute(statement.replace("%s", "?"), values).fetchall()
        with psycopg.connect(as_superuser(self.address)) as database:
            cursor = database.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def keys(self):
        return json.loads((self.folder / "keys.json").read_text("utf-8"))

    def files(self):
        return sorted(
            path.relative_to(self.folder / "files")
            for path in (self.folder / "files").rglob("*")
            if path.is_file()
        )


def rows_of_sqlite(path):
    with closing(sqlite3.connect(path)) as database:
        names = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
                " AND name NOT LIKE 'sqlite%'"
            )
        ]
        return {
            name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"')))  # noqa: S608
            for name in names
        }


def rows_of_postgres(address, schema="public"):
    with psycopg.connect(as_superuser(address)) as database:
        names = database.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = %s::regnamespace",
            [schema],
        ).fetchall()
        return {
            name: sorted(
                map(repr, database.execute(
                    sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, name))
                ))
            )
            for (name,) in names
        }  # fmt: skip


def compared(rows):
    """What must be the same before and after."""
    return {name: found for name, found in rows.items() if name not in NOT_COMPARED}


def as_superuser(address):
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=f"postgres@{parts.hostname}:{parts.port}"))


@pytest.fixture(scope="session")
def template(django_db_setup, django_db_blocker, tmp_path_factory):
    """The installation that each test has a copy of."""
    folder = tmp_path_factory.mktemp("street")
    shutil.copy(TEST_ROOT / "keys.json", folder)
    with django_db_blocker.unblock():
        connections.close_all()
        if connection.vendor == "sqlite":
            source = str(connection.settings_dict["NAME"])
            with (
                closing(sqlite3.connect(source)) as tables,
                closing(sqlite3.connect(folder / "mulin.sqlite3")) as copy,
            ):
                tables.backup(copy)
            town = Town(folder, "", {})
        else:
            town = Town(folder, copy_of_database(connection.settings_dict["NAME"]), {})
    made = town.run("tests.upkeep.street")
    assert made.returncode == 0, made.stderr
    town.ids = json.loads(made.stdout)
    if not town.address:
        with closing(sqlite3.connect(folder / "mulin.sqlite3")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield town
    if town.address:
        drop_database(town.address)


def copy_of_database(name):
    """A copy of a database of the tests' cluster; nobody may be connected to it."""
    at = connection.settings_dict
    copy = f"{name}_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], user="postgres", dbname="postgres", autocommit=True
    ) as cluster:
        cluster.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(copy), sql.Identifier(name), sql.Identifier(at["USER"])
            )
        )
    return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{copy}"


def empty_database(town):
    """A database without a table beside the town's; nothing for a town that lives in a file."""
    if not town.address:
        return ""
    parts = urlsplit(town.address)
    name = f"{parts.path[1:]}_fresh"
    with psycopg.connect(as_superuser(town.address), autocommit=True) as cluster:
        cluster.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(parts.username)
            )
        )
    return urlunsplit(parts._replace(path=f"/{name}"))


def drop_database(address):
    parts = urlsplit(as_superuser(address))
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as cluster:
        cluster.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(parts.path[1:]))
        )


@pytest.fixture
def towns(template, tmp_path):
    """`towns()` is a fresh copy of the installation."""
    made = []

    def copy():
        folder = tmp_path / f"town{len(made)}"
        shutil.copytree(template.folder, folder)
        address = ""
        if template.address:
            address = copy_of_database(urlsplit(template.address).path[1:])
        made.append(Town(folder, address, template.ids))
        return made[-1]

    yield copy
    for town in made:
        if town.address:
            drop_database(town.address)


@pytest.fixture
def town(towns):
    return towns()


def unpacked(file, town, into):
    """What lies in a backup, for whoever has the town's keys."""
    key = hashlib.sha256(town.keys()["backup"].encode()).digest()
    with file.open("rb") as opened:
        return unpack(opened, key, into)


@pytest.fixture
def backups(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder
