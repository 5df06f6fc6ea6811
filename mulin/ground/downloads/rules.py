"""How long a file that was made lies ready, and when making it is given up."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: A file of persons lies about no longer than it takes to fetch it.
KEPT: Final = timedelta(hours=24)
#: Asked for this long ago and still not made, its job died with its machine: it is asked again.
OVERDUE: Final = timedelta(minutes=15)
MOST_TRIES: Final = 3


class State(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


#: What several files lie in.
ARCHIVE: Final = "zip"


class Format(StrEnum):
    """What a file is written as."""

    XLSX = "xlsx"
    CSV = "csv"


def forgotten_from(asked_at: datetime) -> datetime:
    """When a file is deleted, fetched or not."""
    return asked_at + KEPT


def is_overdue(state: str, tried_at: datetime, now: datetime) -> bool:
    """Whether the job that was to make the file must be taken for lost."""
    return state == State.WAITING and now - tried_at >= OVERDUE
