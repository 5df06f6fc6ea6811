"""What the doctor says of the backups."""

from datetime import timedelta

import pytest
from django.utils import translation

from mulin import doctor
from mulin.ground.notify.models import SweepRun
from mulin.ground.upkeep.queries import worries
from mulin.ground.upkeep.rules import file_name
from mulin.kit.clock import SHANGHAI
from tests.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.MULIN_BACKUP_DIR = str(tmp_path)
    return tmp_path


def told(*, danger=True):
    with translation.override("en"):
        return [worry.text for worry in worries(NOW) if worry.is_danger is danger]


def back_up_before(folder, **ago):
    made = folder / file_name((NOW - timedelta(**ago)).astimezone(SHANGHAI))
    made.touch()
    return made


def test_an_installation_that_backs_nothing_up_is_advised(settings):
    settings.MULIN_BACKUP_DIR = ""
    assert told() == []
    assert len(told(danger=False)) == 1
    assert "backup" in {one.source for one in doctor.examine()}


def test_no_backup_then_an_old_one_then_one_that_nobody_tried(folder):
    assert told() == [f"There is no backup in {folder}."]
    back_up_before(folder, hours=37)
    assert ["The newest backup is of" in text for text in told()] == [True, False]
    made = back_up_before(folder, hours=3)
    assert told() == [
        f"For over a week no backup was tried. Run: mulin restore --try {made}",
    ]
    SweepRun.objects.create(name="restore_try", finished_at=NOW - timedelta(days=7))
    assert told() == []


def test_what_fails_is_told_in_its_own_words(folder):
    back_up_before(folder, hours=3)
    for name in ("backup", "restore_try"):
        SweepRun.objects.create(
            name=name, finished_at=NOW, failures_in_a_row=2, last_error=f"why {name}"
        )
    assert sorted(told()) == [
        "The newest backup cannot be restored: why restore_try",
        "The nightly backup fails: why backup",
    ]
