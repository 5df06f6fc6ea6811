"""Each night a backup, each Sunday a try of it; what fails is seen."""

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.ground.notify.models import SweepRun
from mulin.ground.upkeep.jobs import run_due
from mulin.ground.upkeep.making import back_up
from mulin.ground.upkeep.rules import file_name, moment_of
from mulin.kit.clock import SHANGHAI
from tests.clock import NOW
from tests.support.environment import TEST_ROOT

pytestmark = pytest.mark.django_db(transaction=True)

#: A Thursday noon: last night's backup is due, and last Sunday's try.
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path, settings):
    """A data folder of the test's own beside the tests' database, and one for backups."""
    data, backups = tmp_path / "data", tmp_path / "backups"
    for made in (data, data / "files", backups):
        made.mkdir()
    shutil.copy(TEST_ROOT / "keys.json", data)
    settings.DATA_DIR, settings.FILES_DIR = data, data / "files"
    settings.MULIN_BACKUP_DIR = str(backups)
    return backups


def at(moment):
    return run_due(clock=lambda: moment)


def fault_of(name):
    run = SweepRun.objects.get(name=name)
    return run.failures_in_a_row, run.last_error


def test_without_a_folder_for_backups_nothing_is_done(settings):
    settings.MULIN_BACKUP_DIR = ""
    assert at(NOW) == []


def test_a_night_a_backup_and_old_ones_go(folder, cast):
    tonight = NOW.astimezone(SHANGHAI)
    SweepRun.objects.create(name="restore_try", started_at=NOW)  # not this one's matter
    old = [tonight - timedelta(days=days) for days in range(1, 20)]
    for moment in old:
        (folder / file_name(moment)).touch()
    (folder / "letter.txt").touch()
    assert at(NOW) == ["backup"]
    assert at(NOW + timedelta(hours=2)) == []
    assert fault_of("backup") == (0, "")
    found = sorted(moment_of(path.name) for path in folder.glob("*.mulin"))
    assert found[-1] == tonight.replace(tzinfo=None, microsecond=0)
    assert len(found) < len(old)
    assert (folder / "letter.txt").exists()
    assert at(NOW + DAY) == ["backup"]


def test_a_disk_that_is_away_is_told_and_tried_again_within_the_hour(folder):
    SweepRun.objects.create(name="restore_try", started_at=NOW)
    folder.rmdir()
    assert at(NOW) == ["backup"]
    failures, words = fault_of("backup")
    assert failures == 1
    assert str(folder) in words
    assert at(NOW + timedelta(minutes=59)) == []
    folder.mkdir()
    assert at(NOW + timedelta(minutes=60)) == ["backup"]
    assert fault_of("backup") == (0, "")


def test_a_backup_that_cannot_be_restored_is_told_on_the_page_of_what_failed(folder, client, cast):
    SweepRun.objects.create(name="backup", started_at=NOW)
    assert at(NOW) == ["restore_try"]
    assert "没有备份" in fault_of("restore_try")[1]
    made = back_up(None, now=NOW).path
    content = bytearray(made.read_bytes())
    content[-1] ^= 1
    made.write_bytes(content)
    assert at(NOW + timedelta(hours=1)) == ["restore_try"]
    failures, words = fault_of("restore_try")
    assert failures == 2
    assert "损坏" in words
    page = cast.enter(client, cast.installer).get(reverse("notify:deliveries")).content.decode()
    assert words in page


def test_a_backup_that_can_be_restored_is_proved_and_leaves_nothing(folder, cast, on_postgres):
    if on_postgres:
        pytest.skip("its child makes every table anew; test_restore does that here")
    back_up(None, now=NOW)
    SweepRun.objects.create(name="backup", started_at=NOW)
    assert at(NOW) == ["restore_try"]
    assert fault_of("restore_try") == (0, "")
    assert list(folder.parent.glob("data/upkeep-*")) == []
