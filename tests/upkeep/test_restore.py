"""A backup goes out of a running installation and comes back whole, or not at all."""

import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from mulin.ground.upkeep.archive import ArchiveWriter
from tests.upkeep.conftest import Town, compared, unpacked
from tests.upkeep.street import CANARY

# The tables of the template are those that the tests' database was migrated to.
pytestmark = pytest.mark.django_db


def only(folder):
    (found,) = folder.glob("*.mulin")
    return found


@pytest.fixture
def quickly(on_postgres):
    """On PostgreSQL each proof makes all tables anew; what is proved there is in the other tests."""
    if on_postgres:
        pytest.skip("costs the making of all tables, and is the same code on both databases")


@pytest.fixture
def backup(town, backups):
    town.mulin("backup", backups)
    return only(backups)


def test_everything_comes_back_row_by_row_and_file_by_file(town, backup):
    before, files = town.rows(), town.files()
    walls = walled_tables(town) if town.address else []
    town.sql("DELETE FROM people_personwords")
    (town.folder / "files" / files[0]).unlink()
    town.mulin("restore", backup, "--replace")
    after = town.rows()
    acts = {name: set(after[name]) - set(before[name]) for name in ("audit_act", "audit_actdetail")}
    assert {name: len(rows) for name, rows in acts.items()} == {
        "audit_act": 2,
        "audit_actdetail": 2,
    }
    for name in ("audit_act", "audit_actdetail"):
        after[name] = sorted(set(after[name]) - acts[name])
    after["audit_chainhead"] = before["audit_chainhead"]
    assert compared(after) == compared(before)
    assert after["django_session"] == []
    assert town.files() == files
    assert "nothing missing" in town.mulin("audit", "verify")
    assert leftovers(town) == []
    if town.address:  # the wall between communities stands again
        assert walled_tables(town) == walls


def test_a_lost_machine_is_made_again_from_backup_and_keys(town, backup, tmp_path, quickly):
    """On a fresh folder, with the keys out of the safe; without them nothing is done."""
    before = town.rows()
    town.mulin("keys", tmp_path / "safe.json")
    fresh = Town(tmp_path / "fresh", "", town.ids)
    assert "--keys" in fresh.run("mulin", "restore", backup).stderr
    assert fresh.run("mulin", "restore", backup, "--keys", tmp_path / "safe.json").returncode == 0
    assert fresh.rows()["people_person"] == before["people_person"]
    assert fresh.rows()["people_personwords"] == before["people_personwords"]
    assert fresh.files() == town.files()
    assert fresh.keys() == town.keys()
    assert "nothing missing" in fresh.mulin("audit", "verify")


def test_a_community_that_lives_here_is_not_overwritten_unasked(town, backup):
    before = town.rows()
    assert "--replace" in town.mulin("restore", backup, code=1)
    assert town.rows() == before


def test_a_damaged_backup_changes_nothing(town, backup):
    before = town.rows()
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    assert "damaged" in town.mulin("restore", backup, "--replace", code=1)
    assert "damaged" in town.mulin("restore", "--try", backup, code=1)
    backup.write_bytes(content[: len(content) // 3])
    assert "cut off" in town.mulin("restore", backup, "--replace", code=1)
    assert town.rows() == before
    assert leftovers(town) == []


def test_while_somebody_has_the_database_open_nothing_is_replaced(town, backup):
    before = town.rows()
    with someone_inside(town):
        assert "Stop it first" in town.mulin("restore", backup, "--replace", code=1)
    assert town.rows() == before


def test_a_database_that_broke_is_replaced_and_kept(town, backup, quickly):
    before, broken = town.rows(), b"no database any more" * 1000
    (town.folder / "mulin.sqlite3").write_bytes(broken)
    assert "--replace" in town.mulin("restore", backup, code=1)
    town.mulin("restore", backup, "--replace")
    assert town.rows()["people_person"] == before["people_person"]
    (aside,) = town.folder.glob("before-*")
    assert (aside / "mulin.sqlite3").read_bytes() == broken


def test_rows_that_are_missing_in_it_are_missed(town, backup, tmp_path, quickly):
    """The list says more rows than the database has: somebody took one out before it was sealed."""
    told = unpacked(backup, town, tmp_path / "into")
    told.rows["people_consent"] += 1
    key = hashlib.sha256(town.keys()["backup"].encode()).digest()
    with backup.open("wb") as file:
        writer = ArchiveWriter(file, key, secrets=())
        for name in told.members:
            writer.add(name, [(tmp_path / "into" / name).read_bytes()], packed=True)
        writer.close(told)
    assert "people_consent" in town.mulin("restore", "--try", backup, code=1)
    assert leftovers(town) == []


def test_a_chain_that_was_tampered_with_is_seen_before_it_is_restored(town, backups, quickly):
    town.sql("UPDATE audit_act SET verb = 'erase_person' WHERE seq = 3")
    town.mulin("backup", backups)
    assert "act 3" in town.mulin("restore", "--try", only(backups), code=1)


@pytest.mark.once  # what erases again is told in Python
def test_who_was_erased_since_stays_erased_even_if_the_restore_is_killed_after_its_switch(
    town, backup
):
    before, bird, other = town.rows(), town.ids["xinjie_bird"], town.ids["linli_bird"]
    photo = Path(town.ids["xinjie_photo"])
    extra = town.folder / "files" / "needs" / "later.jpg"
    extra.write_bytes(b"taken after the backup")
    town.sql("UPDATE community_community SET phone = 'new'")
    assert photo in town.files()
    assert town.run("tests.upkeep.erasing", bird).returncode == 0
    assert photo not in town.files()

    town.mulin("restore", backup, "--replace", failpoint="restore.after_switch")
    assert town.rows()["community_community"] == before["community_community"]
    names = dict(town.sql("SELECT id, name FROM people_person"))
    assert (names[bird], names[other]) == ("", CANARY)
    assert town.sql("SELECT person_id FROM people_erasure") == [(bird,)]
    assert photo not in town.files()
    assert extra.exists()

    # Whoever comes next finishes what does not belong to the moment of the switch.
    town.mulin("backup", backup.parent / "again.mulin")
    assert not extra.exists()
    (aside,) = town.folder.glob("before-*")
    assert (aside / "files/needs/later.jpg").read_bytes() == b"taken after the backup"
    assert "nothing missing" in town.mulin("audit", "verify")
    assert leftovers(town) == []


@pytest.mark.parametrize("point", ["restore.after_unpacking", "restore.before_switch"])
def test_a_restore_that_is_killed_leaves_the_old_state_at_work(town, backup, point):
    town.sql("UPDATE community_community SET phone = 'new'")
    before, files = town.rows(), town.files()
    town.mulin("restore", backup, "--replace", failpoint=point)
    assert town.rows() == before
    assert set(files) <= set(town.files())
    town.mulin("backup", backup.parent / "again.mulin")
    assert leftovers(town) == []
    assert town.rows() == before


def leftovers(town):
    """What a restore must not leave behind."""
    names = [path.name for path in town.folder.glob("upkeep-*")]
    names += [path.name for path in town.folder.glob(".*.restored")]
    names += [path.name for path in town.folder.glob("restore.json")]
    if town.address:
        names += [
            row[0]
            for row in town.sql("SELECT nspname FROM pg_namespace WHERE nspname = 'mulin_proving'")
        ]
    return names


def walled_tables(town):
    """The tables whose rows of other communities nobody sees."""
    found = town.sql(
        "SELECT relname FROM pg_class WHERE relforcerowsecurity"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    assert len(found) > 50
    return found


@contextmanager
def someone_inside(town):
    if town.address:
        with psycopg.connect(town.address) as inside:
            inside.execute("SELECT 1")
            yield
        return
    with closing(sqlite3.connect(town.folder / "mulin.sqlite3")) as inside:
        inside.execute("PRAGMA journal_mode=WAL")
        inside.execute("SELECT count(*) FROM community_community").fetchone()
        yield
