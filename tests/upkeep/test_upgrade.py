"""A community that began with the first version keeps everything when it comes up to this one."""

import json
import lzma
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.support.postgres import programs
from tests.support.serving import environment
from tests.upkeep.tables import tables

REPOSITORY = Path(__file__).resolve().parents[2]
FIRST = REPOSITORY / "tests" / "data" / "upgrade"
DATABASE = "mulin_first_version"
#: What Django keeps for itself grows with the code.
DJANGOS = ("django_", "sqlite_", "auth_permission")


def run(env, *arguments):
    """A command in a process of its own: the first version's keys are not the tests' keys."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def counts_on_sqlite(path):
    import sqlite3  # noqa: PLC0415  the one that Mulin puts in the standard one's place

    with closing(sqlite3.connect(path)) as database:
        tables = [
            row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in tables
            if not table.startswith(DJANGOS)
        }


def counts_on_postgres(address):
    """Summed over the communities: no role reads past row-level security."""
    with psycopg.connect(address, autocommit=True) as database:
        tables = [
            row[0]
            for row in database.execute("SELECT tablename FROM pg_tables WHERE schemaname='public'")
            if not row[0].startswith(DJANGOS)
        ]
        walled = {
            row[0] for row in database.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        }
        communities = [row[0] for row in database.execute("SELECT id FROM community_community")]
        found = dict.fromkeys(tables, 0)
        for community in communities:
            database.execute("SELECT set_config('mulin.community', %s, false)", [str(community)])
            for table in walled & set(tables):
                found[table] += count(database, table)
        return found | {table: count(database, table) for table in tables if table not in walled}


def count(database, table):
    return database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608


@pytest.fixture(scope="module")
def first(tmp_path_factory, django_db_setup):
    """The first version's installation: its environment, and how its rows are counted."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copy(FIRST / "keys.json", folder)
    if connection.vendor == "sqlite":
        path = folder / "mulin.sqlite3"
        path.write_bytes(lzma.decompress((FIRST / "mulin-0.1.sqlite3.xz").read_bytes()))
        yield environment(folder), lambda: counts_on_sqlite(path)
        return
    server = settings.DATABASES["default"]
    whole = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}"
    with psycopg.connect(f"{whole}/{server['USER']}", autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        database.execute(f"CREATE DATABASE {DATABASE}")
        address = f"{whole}/{DATABASE}"
        subprocess.run(
            [programs() / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", address],
            input=lzma.decompress((FIRST / "mulin-0.1.sql.xz").read_bytes()),
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        yield environment(folder, MULIN_DATABASE_URL=address), lambda: counts_on_postgres(address)
        database.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.mark.django_db
def test_the_first_version_comes_up_to_this_one_and_keeps_everything(first):
    env, counts = first
    before = counts()
    assert before["people_person"] == 60
    assert before["audit_act"] > 100
    run(env, "mulin", "migrate")

    after = counts()
    assert {table: after[table] for table in before} == before

    reports = json.loads(run(env, "mulin", "audit", "verify", "--json"))
    assert [report["findings"] for report in reports] == [[], []]
    assert sum(report["acts"] for report in reports) == before["audit_act"]

    read = json.loads(run(env, "tests.upkeep.reading"))
    expected = json.loads((FIRST / "expected.json").read_text("utf-8"))
    assert read["people"] == expected["people"]
    assert read["needs"] == expected["needs"][connection.vendor]
    assert read["pages"] == dict.fromkeys(read["pages"], 200)
    assert len(read["pages"]) == 11

    # A database that starts today gets its tables at once (kit/migrations.py): the very same.
    at_once = tables()
    assert {
        name: [row for row in rows if row not in at_once[name]]
        for name, rows in read["tables"].items()
    } == {name: [] for name in at_once}
    assert read["tables"] == at_once


def test_the_files_are_small_enough_to_lie_in_the_repository():
    assert sum(path.stat().st_size for path in FIRST.iterdir()) < 400_000
