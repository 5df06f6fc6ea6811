"""What is to be worried about: no backup, an old one, one that could not be restored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.ground.notify.models import SweepRun
from mulin.ground.upkeep.making import newest_backup
from mulin.ground.upkeep.rules import BACKUP, TRY, moment_of
from mulin.kit.clock import SHANGHAI

#: A night that was missed, and some hours.
OLD: Final = timedelta(hours=36)
UNTRIED: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Worry:
    """One thing about the backups that is not as it should be."""

    is_danger: bool
    text: str


def worries(now: datetime) -> Iterator[Worry]:
    """For `mulin doctor`, the most dangerous first."""
    if not settings.MULIN_BACKUP_DIR:
        yield Worry(
            is_danger=False,
            text=_("Nothing is backed up by itself. Set MULIN_BACKUP_DIR to a folder elsewhere."),
        )
        return
    folder = Path(settings.MULIN_BACKUP_DIR)
    newest = newest_backup(folder)
    if newest is None:
        yield Worry(
            is_danger=True, text=_("There is no backup in %(folder)s.") % {"folder": folder}
        )
    elif (made := moment_of(newest.name)) and made.replace(tzinfo=SHANGHAI) < now - OLD:
        yield Worry(
            is_danger=True,
            text=_("The newest backup is of %(when)s.") % {"when": f"{made:%Y-%m-%d %H:%M}"},
        )
    for run in SweepRun.objects.filter(name__in=(BACKUP, TRY), failures_in_a_row__gt=0):
        text = (
            _("The nightly backup fails: %(why)s")
            if run.name == BACKUP
            else _("The newest backup cannot be restored: %(why)s")
        )
        yield Worry(is_danger=True, text=text % {"why": run.last_error})
    tried = SweepRun.objects.filter(name=TRY, finished_at__gt=now - UNTRIED)
    if newest is not None and not tried.exists():
        yield Worry(
            is_danger=True,
            text=_("For over a week no backup was tried. Run: mulin restore --try %(file)s")
            % {"file": newest},
        )
    if folder.is_dir() and folder.stat().st_dev == Path(settings.DATA_DIR).stat().st_dev:
        yield Worry(
            is_danger=False,
            text=_("The backups lie on the disk of the data. Let MULIN_BACKUP_DIR be elsewhere."),
        )
