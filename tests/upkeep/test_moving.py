"""From PostgreSQL to SQLite and back again: every row is the same in the end."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from tests.upkeep.conftest import (
    NOT_COMPARED,
    Town,
    compared,
    drop_database,
    empty_database,
    rows_of_postgres,
    rows_of_sqlite,
)

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
def test_there_and_back_again(town, tmp_path):
    before, file = town.rows(), tmp_path / "moved.sqlite3"
    told = town.mulin("move", "--to", f"sqlite:///{file}")
    assert "MULIN_DATABASE_URL" in told
    assert town.rows() == before
    there = rows_of_sqlite(file)
    assert {name: len(rows) for name, rows in compared(there).items()} == {
        name: len(rows) for name, rows in compared(before).items()
    }
    address = empty_database(town)
    small = Town(town.folder, f"sqlite:///{file}", town.ids)
    assert small.run("mulin", "move", "--to", address).returncode == 0
    assert compared(rows_of_postgres(address)) == compared(before)
    assert len(gates_of(file)) == 3
    assert there["django_session"] == rows_of_sqlite(file)["django_session"] != []
    moved = Town(town.folder, address, town.ids)
    # The walls stand, the chain is whole under the same keys, and what counts up goes on.
    assert moved.sql("SELECT count(*) FROM pg_class WHERE relforcerowsecurity") == town.sql(
        "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"
    )
    gated = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' ORDER BY 1"
    assert len(moved.sql(gated)) == 3
    assert moved.sql(gated) == town.sql(gated)
    (last,) = moved.sql("SELECT max(id) FROM django_q_ormq")
    (following,) = moved.sql("SELECT nextval(pg_get_serial_sequence('django_q_ormq', 'id'))")
    assert following[0] == last[0] + 1
    assert "lives in that database already" in town.mulin("move", "--to", address, code=1)
    drop_database(address)


def test_every_row_goes_over_and_is_compared(town, tmp_path, on_postgres):
    """Between two files, which takes the same way and needs no server."""
    if on_postgres:
        pytest.skip("there and back again does it here")
    before, file = town.rows(), tmp_path / "moved.sqlite3"
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as tables,
        closing(sqlite3.connect(file)) as copy,
    ):
        tables.backup(copy)
    gates = gates_of(file)
    assert gates
    assert "compared row by row" in town.mulin("move", "--to", f"sqlite:///{file}")
    assert compared(rows_of_sqlite(file)) == compared(before)
    assert gates_of(file) == gates
    assert town.rows() == before


def gates_of(file):
    """What the database itself refuses."""
    with closing(sqlite3.connect(file)) as database:
        return database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'"
            " ORDER BY name"
        ).fetchall()


def of_community(rows, number):
    """The rows that name this community, by table."""
    return {
        name: [row for row in found if str(number) in row]
        for name, found in rows.items()
        if name not in NOT_COMPARED
    }


def sizes(rows):
    return {name: len(found) for name, found in rows.items() if found}


@pytest.mark.postgres
def test_one_community_goes_to_a_file_and_comes_back_beside_its_neighbour(town, tmp_path):
    xinjie, linli = town.ids["xinjie"], town.ids["linli"]
    before, files = town.rows(), tmp_path / "moved" / "files"
    file = tmp_path / "moved" / "mulin.sqlite3"
    files.mkdir(parents=True)
    shutil.copy(town.folder / "keys.json", file.parent)
    town.mulin("move", "--to", f"sqlite:///{file}", "--community", "xinjie", "--files", files)
    assert town.rows() == before
    alone = rows_of_sqlite(file)
    assert sizes(of_community(alone, xinjie)) == sizes(of_community(before, xinjie))
    assert sizes(of_community(alone, linli)) == {}
    assert [row.split("'")[1] for row in alone["community_account"] if "小李" in row] == []
    # Its files went along, and nobody else's.
    small = Town(file.parent, f"sqlite:///{file}", town.ids)
    ours = town.ids["xinjie_photo"].removesuffix(".jpg")
    assert small.files() == [one for one in town.files() if str(one).startswith(ours)]
    assert (files / town.ids["xinjie_photo"]).read_bytes() == (
        town.folder / "files" / town.ids["xinjie_photo"]
    ).read_bytes()
    # Back to a database in which the neighbour lives alone.
    address = empty_database(town)
    town.mulin("move", "--to", address, "--community", "linli")
    assert small.run("mulin", "move", "--to", address, "--community", "xinjie").returncode == 0
    after = rows_of_postgres(address)
    for number in (xinjie, linli):
        assert of_community(after, number) == of_community(before, number)
    both = Town(file.parent, address, town.ids)
    assert both.run("mulin", "audit", "verify").returncode == 0
    again = small.run("mulin", "move", "--to", address, "--community", "xinjie")
    assert again.returncode == 1
    assert "already" in again.stderr
    assert rows_of_postgres(address) == after
    drop_database(address)


@pytest.mark.parametrize("address", ["mysql://x@y/z", "nonsense", "postgres://", ""])
def test_an_address_that_names_no_database_is_refused(town, address):
    assert "postgres://USER@HOST/NAME" in town.mulin("move", "--to", address, code=1)


def test_somebody_elses_database_is_left_alone(town, tmp_path):
    other = sqlite3.connect(tmp_path / "other.sqlite3")
    with other:
        other.execute("CREATE TABLE letters (words)")
    other.close()
    told = town.mulin("move", "--to", f"sqlite:///{tmp_path / 'other.sqlite3'}", code=1)
    assert "something else" in told
    assert list(rows_of_sqlite(tmp_path / "other.sqlite3")) == ["letters"]


def test_a_town_does_not_move_into_a_full_house(towns):
    town, other = towns(), towns()
    address = other.address or f"sqlite:///{other.folder / 'mulin.sqlite3'}"
    before = other.rows()
    assert "already" in town.mulin("move", "--to", address, code=1)
    assert other.rows() == before
