"""What upkeep does by itself: a backup each night, each Sunday a try of the newest one.

It runs in a process of its own (see `mulin.serving`), so that no alarm waits behind it. What
failed stands with the sweeps on the page of what was sent and what failed, and in `mulin doctor`.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from mulin.ground.notify.sweeps import Clock, run_once
from mulin.ground.upkeep.making import back_up, drop_old_backups, newest_backup
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.restoring import try_restore
from mulin.ground.upkeep.rules import BACKUP, TRY, last_night, last_sunday
from mulin.kit.clock import SHANGHAI

#: What failed is tried again after so long, not only the next night.
AGAIN: Final = timedelta(hours=1)


def run_due(*, clock: Clock) -> list[str]:
    """Do what is due; the names of what was done, or tried."""
    if not settings.MULIN_BACKUP_DIR:
        return []
    now = clock().astimezone(SHANGHAI)
    jobs = ((BACKUP, last_night(now), _back_up), (TRY, last_sunday(now), _try))
    with translation.override(settings.LANGUAGE_CODE):
        return [
            name
            for name, due, run in jobs
            if run_once(name, due=due, again=AGAIN, run=run, clock=clock, says=NotDone)
        ]


def _back_up(now: datetime) -> None:
    back_up(None, now=now)
    drop_old_backups(Path(settings.MULIN_BACKUP_DIR))


def _try(_now: datetime) -> None:
    folder = Path(settings.MULIN_BACKUP_DIR)
    newest = newest_backup(folder)
    if newest is None:
        raise NotDone(_("There is no backup in %(folder)s.") % {"folder": folder})
    try_restore(newest)
