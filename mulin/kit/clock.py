"""Time: the one place that reads the wall clock, and local days in Shanghai.

Rules and actions get the time passed in. Moments are aware; compare and subtract them freely,
but add hours through UTC (`kit.calendar.deadline_in_hours`): between two moments of one zone
Python counts on the face of the clock, which in the Shanghai summers of 1986–1991 is an hour off.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: What a device noted without network is believed for so long.
NOTED_WITHIN = timedelta(days=7)

_stopped_at: list[datetime] = []

_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<packed>\d{4}))"
    r"(?:(?:\s*T\s*|\s+|(?<=日))(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|[时点](?:(?P<minutes_said>\d{1,2})分?)?)"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)


def now() -> datetime:
    """The present moment, aware, in UTC. Nothing else in Mulin reads the wall clock."""
    return _stopped_at[-1] if _stopped_at else datetime.now(UTC)


@contextmanager
def standing_still(moment: datetime) -> Iterator[datetime]:
    """Let `now()` answer `moment` in the whole process: for tests and for making the demo."""
    _stopped_at.append(_aware(moment).astimezone(UTC))
    try:
        yield moment
    finally:
        _stopped_at.pop()


def believed(claimed: datetime | None, now: datetime) -> datetime:
    """When something happened that a device noted without network and sent later.

    A clock that is wrong by days is not believed, and what it noted is dated by its arrival: lost
    it is not.
    """
    if claimed is None or not now - NOTED_WITHIN <= claimed <= now:
        return now
    return claimed


def local_day(moment: datetime, zone: tzinfo = SHANGHAI) -> date:
    """The day on the wall calendar. 00:30 in Shanghai is the day before in UTC."""
    return _aware(moment).astimezone(zone).date()


def start_of_day(day: date, zone: tzinfo = SHANGHAI) -> datetime:
    """00:00 of that day."""
    return datetime.combine(day, time(), zone)


def end_of_day(day: date, zone: tzinfo = SHANGHAI) -> datetime:
    """24:00 of that day, which is 00:00 of the next: a limit that is itself no longer in time."""
    return start_of_day(day + timedelta(days=1), zone)


def last_day_of(limit: datetime, zone: tzinfo = SHANGHAI) -> date:
    """The day a limit is spoken of: one that ends at midnight is 「20日24:00」, not the 21st."""
    return local_day(limit - timedelta(microseconds=1), zone)


def parse_local(text: str, zone: tzinfo = SHANGHAI, *, layout: str | None = None) -> datetime:
    """Read a moment as people and files write it: `2026-02-20 24:00`, `2026年2月20日9时30分`,
    `2026/2/20`, `20260220`, full-width digits, ISO 8601 with or without an offset.

    The answer is in UTC. Without an offset the time is on the clock of `zone`; with one, it is
    taken at its word. Layouts that can't be known by looking, such as
    `%m/%d/%Y %I:%M:%S %p`, are passed in. An hour that happens twice when summer time ends is
    the first one; one that never happens is read as if the clock had not yet been put forward.
    Raises ValueError.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if layout is not None:
        read = datetime.strptime(typed, layout)  # noqa: DTZ007  the zone comes on the next line
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    match = _WRITTEN.fullmatch(typed)
    if match is None:
        raise ValueError("not a date or time")
    part = match.groupdict()
    day = _day_of(part)
    if part["hour"] is None:
        return start_of_day(day, zone).astimezone(UTC)
    hour, second = int(part["hour"]), int(part["second"] or 0)
    minute = int(part["minute"] or part["minutes_said"] or 0)
    micro = int((part["fraction"] or "0").ljust(6, "0")[:6])
    if (hour, minute, second, micro) == (24, 0, 0, 0):
        day, hour = day + timedelta(days=1), 0
    told = datetime.combine(day, time(hour, minute, second, micro))
    return told.replace(tzinfo=_offset(part["offset"]) or zone).astimezone(UTC)


def parse_day(text: str) -> date:
    """Read a day without a time: `1944-02-29`, `1944.2.29`, `1944年2月29日`, `19440229`.

    Raises ValueError, also when a time stands with it.
    """
    match = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None or match["hour"] is not None:
        raise ValueError("not a date")
    return _day_of(match.groupdict())


def _day_of(part: dict[str, str | None]) -> date:
    packed = part["packed"]
    month, day = (packed[:2], packed[2:]) if packed else (part["month"] or "", part["day"] or "")
    return date(int(part["year"] or ""), int(month), int(day))


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment
