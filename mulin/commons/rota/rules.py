"""The law of the rota: points, the record check, when who is called. Knows no framework."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from mulin.commons.planning.duty.rota import LEAST_ADULTS
from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import SHANGHAI

#: Nobody is alone with children; the engine holds the same number.
ADULTS_WITH_CHILDREN: Final = LEAST_ADULTS
#: What a shift weighs in fairness: working day, day off, public holiday; a night one more.
WORKDAY_POINTS: Final = 2
DAY_OFF_POINTS: Final = 3
HOLIDAY_POINTS: Final = 4
NIGHT_POINTS: Final = 1
#: Whoever is not there so long after the beginning is missed, and a substitute is called; one who
#: does not answer for so long is passed over.
MISSED_AFTER: Final = timedelta(minutes=10)
#: Whoever is called away from home gets so long to be there before they count as missed, too.
COMES_WITHIN: Final = timedelta(minutes=30)
#: So early somebody may be signed in.
SIGN_IN_FROM: Final = timedelta(minutes=30)
#: The day before, from this hour on, everybody is reminded.
REMIND_FROM_HOUR: Final = 17
#: Whoever was asked for a duty and says neither yes nor no is asked once more after so long.
NUDGE_AFTER: Final = timedelta(days=3)
#: How many seconds the engine may take for a month, and after a sick call.
PLAN_SECONDS: Final = 20.0
AGAIN_SECONDS: Final = 5.0
ASK_SECONDS: Final = 20.0
#: A job that said nothing for so long has died: it may be asked again.
JOB_LOST: Final = timedelta(minutes=5)
MONTHS_SHOWN: Final = 12


class Stand(StrEnum):
    """How it stands with one duty of one person."""

    PROPOSED = "proposed"
    ASKED = "asked"
    ACCEPTED = "accepted"
    CAME = "came"
    MISSED = "missed"
    CALLED = "called"
    DECLINED = "declined"
    SICK = "sick"
    SWAPPED = "swapped"
    TAKEN_OFF = "taken off"
    NO_ANSWER = "no answer"


#: Whoever stands so is on the shift.
ON: Final = frozenset({Stand.PROPOSED, Stand.ASKED, Stand.ACCEPTED, Stand.CAME})
#: Promised or to be promised, and not there yet.
EXPECTED: Final = frozenset({Stand.ASKED, Stand.ACCEPTED})
#: There is one row at most of a person in a shift that stands so.
ALIVE: Final = ON | {Stand.CALLED, Stand.MISSED}


class When(StrEnum):
    """On which days a weekly shift takes place."""

    WORKDAYS = "workdays"
    DAYS_OFF = "days off"
    MONDAY = "1"
    TUESDAY = "2"
    WEDNESDAY = "3"
    THURSDAY = "4"
    FRIDAY = "5"
    SATURDAY = "6"
    SUNDAY = "7"


class Wanted(StrEnum):
    """What somebody says about a day."""

    UNABLE = "unable"
    RATHER_NOT = "rather not"
    GLADLY = "gladly"


class Part(StrEnum):
    """Of which part of a day something is said; the empty one is the whole day."""

    WHOLE = ""
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


#: From when to when a part is; the night after midnight belongs to the evening before it.
_PARTS: Final[Mapping[Part, tuple[time, time | None]]] = {
    Part.MORNING: (time(0), time(12)),
    Part.AFTERNOON: (time(12), time(18)),
    Part.EVENING: (time(18), None),
}


def parts_of(day: date, starts: datetime, ends: datetime) -> list[Part]:
    """The parts of a day that a shift of that day touches."""
    found = []
    for part, (first, last) in _PARTS.items():
        begins = datetime.combine(day, first, SHANGHAI)
        over = datetime.combine(day, last, SHANGHAI) if last is not None else ends
        if starts < over and begins < ends:
            found.append(part)
    return found


def is_said_of(part: Part, day: date, starts: datetime, ends: datetime) -> bool:
    """Whether what is said of a part of a day is said of a shift."""
    return part is Part.WHOLE or part in parts_of(day, starts, ends)


@dataclass(frozen=True, slots=True)
class Span:
    """One shift to be laid into a month."""

    day: date
    starts: datetime
    ends: datetime
    adults: int
    leads: int
    first_aiders: int
    why: str = ""


def takes_place(when: When, day: date, calendar: WorkCalendar) -> bool:
    """Whether a weekly shift falls on this day.

    A make-up Saturday (调休) is a working day and a holiday is a day off; a shift of a named weekday
    takes place on it, whatever the State Council makes of the day.
    """
    if when is When.WORKDAYS:
        return calendar.is_workday(day)
    if when is When.DAYS_OFF:
        return not calendar.is_workday(day)
    return day.isoweekday() == int(when)


def span_of(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Begin and end as moments; one that ends at or before it begins ends on the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, SHANGHAI), datetime.combine(last, ends, SHANGHAI)


def points_of(starts: datetime, ends: datetime, calendar: WorkCalendar) -> int:
    """What a shift weighs: a holiday more than a day off, that more than a working day."""
    first, last = starts.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)
    day = first.date()
    if calendar.is_workday(day):
        points = WORKDAY_POINTS
    else:
        points = HOLIDAY_POINTS if calendar.is_holiday(day) else DAY_OFF_POINTS
    is_night = last.date() > day and (last.hour, last.minute) > (0, 0)
    return points + (NIGHT_POINTS if is_night else 0)


def check_ends(checked_on: date) -> date:
    """The first day for which a check of criminal record is too old: the same day a year later.

    《未成年人保护法》第62条: before work, and again every year.
    """
    try:
        return checked_on.replace(year=checked_on.year + 1)
    except ValueError:
        return checked_on.replace(year=checked_on.year + 1, day=28)  # 29 February


def month_of(day: date, months: int = 0) -> date:
    """The first of the month, so many months later or (below nothing) earlier."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_of(month: date) -> date:
    """The last day of a month."""
    return month_of(month, 1) - timedelta(days=1)


def days_of(month: date) -> list[date]:
    """All days of a month."""
    return [month + timedelta(days=number) for number in range(last_of(month).day)]


def is_time_to_remind(day: date, now: datetime) -> bool:
    """Whether whoever is on duty that day is reminded now: the evening before, and no later."""
    local = now.astimezone(SHANGHAI)
    return local.date() == day - timedelta(days=1) and local.hour >= REMIND_FROM_HOUR


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody did in twelve months: points of each, of holidays, and how far from the mean."""

    member: int
    months: tuple[int, ...]
    holidays: int

    @property
    def total(self) -> int:
        return sum(self.months)


def spread(shares: Iterable[Share]) -> tuple[int, int, int]:
    """(least, mean, most) points of all, whole numbers; nothing for nobody."""
    totals = [one.total for one in shares]
    if not totals:
        return 0, 0, 0
    return min(totals), round(sum(totals) / len(totals)), max(totals)


def changes(
    before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(off, on): which (person, shift) end and which begin, in a fixed order."""
    had = {(who, shift) for shift, people in before.items() for who in people}
    has = {(who, shift) for shift, people in after.items() for who in people}
    return sorted(had - has), sorted(has - had)
