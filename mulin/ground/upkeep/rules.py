"""Which backups are kept, when the next is due, what their files are called: plain values only."""

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, time, timedelta
from pathlib import PurePath
from typing import Final

#: Of each kind of period the newest backup is kept, for so many periods that have one.
KEPT_DAYS: Final = 7
KEPT_WEEKS: Final = 4
KEPT_MONTHS: Final = 12

#: What the nightly backup and the weekly try are called among the sweeps.
BACKUP: Final = "backup"
TRY: Final = "restore_try"

#: On the clock of the community, when few are at work.
BACKUP_AT: Final = time(2, 30)
TRY_AT: Final = time(4, 0)
SUNDAY: Final = 6

SUFFIX: Final = ".mulin"
_NAME: Final = re.compile(r"mulin-(\d{8}-\d{6})\.mulin")
_STAMP: Final = "%Y%m%d-%H%M%S"


def file_name(moment: datetime) -> str:
    """What a backup of this local moment is called."""
    return f"mulin-{moment:{_STAMP}}{SUFFIX}"


def moment_of(name: str) -> datetime | None:
    """The local moment of a backup by its name, without a zone; none for any other file."""
    found = _NAME.fullmatch(PurePath(name).name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _STAMP)  # noqa: DTZ007  names speak local time
    except ValueError:
        return None


def to_keep(moments: Iterable[datetime]) -> set[datetime]:
    """Which backups stay: the newest of each of the last 7 days, 4 weeks and 12 months that have
    one. The newest of all always stays.
    """
    kept: set[datetime] = set()
    newest_first = sorted(set(moments), reverse=True)
    for period_of, most in _PERIODS:
        seen: set[Hashable] = set()
        for moment in newest_first:
            period = period_of(moment)
            if period in seen:
                continue
            if len(seen) == most:
                break
            seen.add(period)
            kept.add(moment)
    return kept


_PERIODS: Final[tuple[tuple[Callable[[datetime], Hashable], int], ...]] = (
    (lambda moment: moment.date(), KEPT_DAYS),
    (lambda moment: moment.isocalendar()[:2], KEPT_WEEKS),
    (lambda moment: (moment.year, moment.month), KEPT_MONTHS),
)


def last_night(now: datetime) -> datetime:
    """The latest moment at which the nightly backup was due; `now` and the answer are local."""
    due = now.replace(hour=BACKUP_AT.hour, minute=BACKUP_AT.minute, second=0, microsecond=0)
    return due if due <= now else due - timedelta(days=1)


def last_sunday(now: datetime) -> datetime:
    """The latest moment at which the weekly try of the restore was due; all local."""
    due = now.replace(hour=TRY_AT.hour, minute=TRY_AT.minute, second=0, microsecond=0)
    due -= timedelta(days=(due.weekday() - SUNDAY) % 7)
    return due if due <= now else due - timedelta(days=7)
