"""A backup is of one moment, while others write; it holds no key, and half of one is none."""

import resource
import subprocess
import sys

import pytest

from tests.upkeep.conftest import unpacked
from tests.upkeep.street import CANARY, OPENLY

# The tables of the template are those that the tests' database was migrated to.
pytestmark = pytest.mark.django_db


WRITTEN_TOGETHER = ("people_person", "people_personwords", "audit_act", "audit_actdetail")


def only(folder):
    (found,) = folder.glob("*.mulin")
    return found


def test_a_backup_amid_writing_is_of_one_moment_and_stops_nobody(town, backups, tmp_path):
    before = town.rows()
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.upkeep.writing"], env=town.environment, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        for _line in range(3):
            assert writer.stdout.readline()
        town.mulin("backup", backups)
        # What was written before and during the backup has been printed; what comes now is later.
        written = int(writer.stdout.readline())
        for line in writer.stdout:
            written += 1
            assert int(line) == written
            if written > 30:
                break
    finally:
        writer.kill()
        writer.communicate()
    rows = unpacked(only(backups), town, tmp_path / "into").rows
    new = {table: rows[table] - len(before[table]) for table in WRITTEN_TOGETHER}
    assert new["people_person"] >= 3
    assert len(set(new.values())) == 1


def test_nothing_is_readable_and_no_key_is_in_it(town, backups, tmp_path):
    told = town.mulin("backup", backups).splitlines()
    file = only(backups)
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_bytes()
    members = unpacked(file, town, tmp_path / "into").members
    inside = b"".join((tmp_path / "into" / name).read_bytes() for name in members)
    keys = [key.encode() for key in town.keys().values()]
    assert all(word.encode() in inside for word in (OPENLY, CANARY))
    assert len(keys) == 5
    assert [key for key in keys if key in inside or key in text] == []
    assert [word for word in (OPENLY, CANARY) if word.encode() in text] == []
    assert str(town.folder / "keys.json") in told[-1]
    assert "apart" in told[-1]
    assert {f"files/{path}" for path in town.files()} < members.keys()


def test_a_key_among_the_files_stops_it(town, backups):
    (town.folder / "files" / "notes.txt").write_text(f"our key: {town.keys()['index']}")
    assert "files/notes.txt" in town.mulin("backup", backups, code=1)
    assert list(backups.iterdir()) == []


def test_the_copy_of_the_keys_does_not_go_to_the_backups(town, backups, tmp_path):
    (backups / "mulin-20261120-023000.mulin").touch()
    assert "apart" in town.mulin("keys", backups / "keys.json", code=1)
    copy = tmp_path / "safe.json"
    town.mulin("keys", copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert town.mulin("keys", copy, code=1)


@pytest.mark.parametrize("point", ["backup.after_snapshot", "backup.before_rename"])
def test_a_backup_that_is_killed_leaves_none_and_the_next_one_nothing_of_it(town, backups, point):
    town.mulin("backup", backups, failpoint=point)
    assert list(backups.glob("*.mulin")) == []
    town.mulin("backup", backups)
    assert only(backups)
    assert [path.name for path in town.folder.glob("upkeep-*")] == []


def test_a_full_disk_leaves_no_backup_and_a_sentence(town, backups):
    done = subprocess.run(
        [sys.executable, "-m", "mulin", "backup", backups], env=town.environment, text=True,
        capture_output=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "could not be" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(backups.iterdir()) == []
    assert list(town.folder.glob("upkeep-*")) == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    "hiding",
    [
        "CREATE POLICY half ON people_person AS RESTRICTIVE USING (id > 5)",
        "ALTER POLICY one_community ON people_person USING (community_id = 1)",
        "ALTER TABLE people_person ALTER community_id DROP NOT NULL",
    ],
)
def test_a_role_that_may_not_see_every_row_makes_no_backup(town, backups, hiding):
    town.sql(hiding)
    assert "people_person" in town.mulin("backup", backups, code=1)
    assert list(backups.iterdir()) == []
