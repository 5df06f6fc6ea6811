"""The law of gatherings: who gets a seat, when one may sign in, how long somebody was there, on
which day what comes every month takes place.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from mulin.kit.calendar import WorkCalendar


class State(StrEnum):
    """Where a gathering stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"


class Stand(StrEnum):
    """How somebody stands to a gathering before it begins."""

    INVITED = "invited"
    GOING = "going"
    WAITING = "waiting"
    DECLINED = "declined"


class Group(StrEnum):
    """Whom a notice goes to, as it can be read from the roll."""

    ADULTS = "adults"
    PARTY = "party"
    NEW = "new"


#: The code at the door counts from so long before the beginning until so long after the end.
SIGN_IN_BEFORE: Final = timedelta(hours=1)
SIGN_IN_AFTER: Final = timedelta(hours=2)
#: The longest list that one reads back at once.
LONGEST_LIST: Final = 2000

_LINES: Final = re.compile(r"(\d{1,4})(?:\s*[-–—~～至到]\s*(\d{1,4}))?")


def stand_for(capacity: int | None, going: int) -> Stand:
    """A seat, or a place on the waiting list, for whoever signs up next."""
    return Stand.GOING if capacity is None or going < capacity else Stand.WAITING


def free_seats(capacity: int | None, going: int) -> int | None:
    """Seats that are left; None where nobody counts them."""
    return None if capacity is None else max(capacity - going, 0)


def may_sign_in(starts: datetime, ends: datetime, now: datetime) -> bool:
    """Whether the code at the door counts at this moment."""
    return starts - SIGN_IN_BEFORE <= now <= ends + SIGN_IN_AFTER


def minutes_present(
    starts: datetime, ends: datetime, came: datetime, left: datetime | None = None
) -> int:
    """Whole minutes between beginning and end during which somebody was there."""
    begun, over = max(starts, came), min(ends, left) if left is not None else ends
    return max(int((over - begun).total_seconds() // 60), 0)


def read_lines(typed: str) -> tuple[int, ...]:
    """The numbers of a paper list as somebody types them: `1-5, 8 12、15`, in order, each once.

    Raises ValueError with what cannot be read.
    """
    found: set[int] = set()
    for piece in re.split(r"[\s,，、;；。]+", typed.strip()):
        if not piece:
            continue
        match = _LINES.fullmatch(piece)
        if match is None:
            raise ValueError(piece)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= LONGEST_LIST:
            raise ValueError(piece)
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def stepped(order: list[int], moved: int, by: int) -> list[int]:
    """The order after one of it went up (-1) or down (+1); at the edge it stays."""
    place = order.index(moved)
    goal = place + by
    if not 0 <= goal < len(order):
        return order
    rest = order[:place] + order[place + 1 :]
    return [*rest[:goal], moved, *rest[goal:]]


def without_empty_headings(record: str, headings: str) -> str:
    """Minutes without the headings of their template under which nothing was written; what stands
    in the line of a heading is written under it.
    """
    known = tuple(filter(None, (line.strip() for line in headings.splitlines())))
    kept: list[str] = []
    has_words = False
    for line in reversed(record.strip().splitlines()):
        words = line.strip()
        if words in known:
            if has_words:
                kept.append(line)
            has_words = False
        else:
            kept.append(line)
            has_words = not words.startswith(known) and (has_words or bool(words))
    return "\n".join(reversed(kept)).strip()


# ── what comes every month ───────────────────────────────────────────────────────────────────


class Shift(StrEnum):
    """What happens when the day of the rule falls on a holiday, or on a make-up day."""

    KEEP = "keep"
    EARLIER = "earlier"
    LATER = "later"
    SKIP = "skip"


class Why(StrEnum):
    """What the day of the rule is in the Chinese calendar."""

    ORDINARY = ""
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


#: The place of a weekday in its month that means the last one, fourth or fifth.
LAST: Final = 5
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Monthly:
    """The rule: the `day` of the month (the 20th; the 31st is the last day of a shorter month), or
    with `day` 0 the `nth` `weekday` (1 Monday to 7 Sunday; `LAST` is the last one).
    """

    day: int = 0
    nth: int = 1
    weekday: int = 6
    on_holiday: Shift = Shift.LATER
    on_make_up: Shift = Shift.KEEP


@dataclass(frozen=True, slots=True)
class Coming:
    """What a rule gives for a month: its own day, the day it is held (None: not at all), and why
    they differ. `is_certain` is False while the State Council's notice for that year is unknown.
    """

    regular: date
    held: date | None
    why: Why
    is_certain: bool


def coming_in(rule: Monthly, month: date, days: WorkCalendar) -> Coming:
    """When it takes place in the month of this day.

    By the day of the month: a holiday gives way to the nearest working day, a make-up day to the
    nearest day off. By the weekday: both give way to the same weekday of another week.
    """
    regular = _regular(rule, month)
    why = Why.ORDINARY
    if days.is_make_up_day(regular):
        why = Why.MAKE_UP
    elif days.is_holiday(regular):
        why = Why.HOLIDAY
    shift = {Why.ORDINARY: Shift.KEEP, Why.HOLIDAY: rule.on_holiday, Why.MAKE_UP: rule.on_make_up}
    return Coming(regular, _shifted(rule, regular, shift[why], why, days), why,
                  days.is_certain(regular))  # fmt: skip


def following_month(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _regular(rule: Monthly, month: date) -> date:
    first = month.replace(day=1)
    length = calendar.monthrange(month.year, month.month)[1]
    if rule.day:
        return first.replace(day=min(rule.day, length))
    day = first + timedelta(days=(rule.weekday - first.isoweekday()) % 7)
    day += _WEEK * (rule.nth - 1)
    return day if day.month == month.month else day - _WEEK


def _shifted(rule: Monthly, day: date, shift: Shift, why: Why, days: WorkCalendar) -> date | None:
    if shift is Shift.SKIP:
        return None
    if shift is Shift.KEEP:
        return day
    step = (_DAY if rule.day else _WEEK) * (-1 if shift is Shift.EARLIER else 1)
    while _gives_way(rule, day, why, days):
        day += step
    return day


def _gives_way(rule: Monthly, day: date, why: Why, days: WorkCalendar) -> bool:
    if not rule.day:
        return days.is_holiday(day) or days.is_make_up_day(day)
    return days.is_workday(day) is (why is Why.MAKE_UP)
