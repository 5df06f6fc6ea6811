"""The law of places: how dwellings are written and sorted, and whether a door is open now."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from mulin.kit.clock import SHANGHAI

MOST_DWELLINGS_AT_ONCE: Final = 2_000
_NUMBER: Final = re.compile(r"\d+")
_DIGITS: Final = 6
_BUILDING: Final = r"[^\d\s-]*\d+[^\d\s-]*?"
_PARTS: Final = (
    # 12幢2单元301室
    re.compile(
        rf"(?P<building>{_BUILDING}(?:幢|栋|号楼|座|楼|号))(?:(?P<unit>\d+)单元)?(?:(?P<room>\d+[A-Za-z]?)[室号]?)?"
    ),
    # 12-2-301 and 12-301
    re.compile(r"(?P<building>\d+)-(?:(?P<unit>\d+)-)?(?P<room>\d+[A-Za-z]?)"),
)
#: Hours over midnight end by then; 17:00-8:00 is a slip of the pen.
NIGHT_ENDS: Final = time(6)
#: A column of times knows no 24:00; this is it.
LAST_MINUTE: Final = time(23, 59)
#: How many days the next opening is looked for: longer than the longest holidays.
_LOOKED_AHEAD: Final = 14
_DAY: Final = 24 * 60
_NOTHING_LEFT: Final = re.compile(r"[室号\s]*")


def natural_key(name: str) -> str:
    """A key under which 2幢 comes before 12幢, at most forty characters."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    return _NUMBER.sub(lambda number: number[0].lstrip("0").rjust(_DIGITS, "0"), plain)[:40]


@dataclass(frozen=True, slots=True)
class Parts:
    """A dwelling as its parts; the unit is empty where a house has one staircase."""

    building: str
    unit: str = ""
    room: str = ""

    @property
    def words(self) -> str:
        """As it is written: 12幢2单元301."""
        return f"{self.building}{self.unit}{self.room}"


def parse_dwelling(typed: str) -> Parts | None:
    """12幢2单元301室, 12幢301, 12-2-301, 12-301 as parts in our spelling; None if it is none.

    >>> parse_dwelling("１２-2-301")
    Parts(building='12幢', unit='2单元', room='301')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed)).translate(_dashes())
    for pattern in _PARTS:
        match = pattern.match(plain)
        if match and _NOTHING_LEFT.fullmatch(plain[match.end() :]):
            building, unit, room = match["building"], match["unit"] or "", match["room"] or ""
            if building.isdigit():
                building += "幢"
            return Parts(building, f"{unit}单元" if unit else "", room)
    return None


def _dashes() -> dict[int, str]:
    return dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")


def rooms_in(floors: Sequence[int], rooms_per_floor: int) -> list[str]:
    """The rooms of a staircase: floor 3, second door is 302; from ten floors on 1002.

    Raises ValueError for what no house has.
    """
    if not 1 <= rooms_per_floor <= 99 or any(not 1 <= floor <= 99 for floor in floors):  # noqa: PLR2004  two digits each
        raise ValueError("no such house")
    return [f"{floor}{door:02}" for floor in floors for door in range(1, rooms_per_floor + 1)]


# ── what a place does for people ─────────────────────────────────────────────────────────────


class Service(StrEnum):
    """What people go to a place for."""

    AFFAIRS = "affairs"
    MEALS = "meals"
    DAY_CARE = "day_care"
    HEALTH = "health"
    CHILDREN = "children"
    LEARNING = "learning"
    NEWCOMERS = "newcomers"
    WORK = "work"
    MEDIATION = "mediation"
    FEASTS = "feasts"
    SPORT = "sport"
    REST = "rest"
    SHOPPING = "shopping"


#: What a place of a kind is taken to do as long as nobody has said it of this one.
USUAL_SERVICES: Final[Mapping[str, tuple[Service, ...]]] = {
    "hall": (Service.AFFAIRS,),
    "elder_station": (Service.DAY_CARE,),
    "workshop": (Service.WORK,),
    "banquet": (Service.FEASTS,),
    "clinic": (Service.HEALTH,),
    "school": (Service.LEARNING,),
    "shop": (Service.SHOPPING,),
    "square": (Service.REST,),
}


def can_roll_in(steps: int | None, *, has_ramp: bool) -> bool | None:
    """Whether one comes in with a pram or a wheelchair; None where nobody has counted the steps."""
    return True if has_ramp else None if steps is None else steps == 0


# ── opening hours ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on a weekday, 1 Monday to 7 Sunday, from, to; two of a day leave a lunch break. What
    closes before it opens closes in the night that follows.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from one day of the year to another, (month, day), both of them in it; they may
    run over New Year. No hours: closed for the season.
    """

    begins: tuple[int, int]
    ends: tuple[int, int]
    hours: tuple[Hours, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        at = (day.month, day.day)
        if self.begins <= self.ends:
            return self.begins <= at <= self.ends
        return at >= self.begins or at <= self.ends


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a door is open, and when that changes: the time it closes or opens next.

    `in_days` tells on which day it opens next, 0 for today; `changes_at` is None for a place
    without hours. `is_round_the_clock`: it closes at no time of the next day and night.
    """

    is_open: bool
    changes_at: time | None = None
    in_days: int = 0
    is_round_the_clock: bool = False


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that is known of when a door is open. A single day outranks a public holiday, that a
    season, that the ordinary week.
    """

    week: Sequence[Hours]
    seasons: Sequence[Season] = ()
    #: Single days: what is open then; nothing for closed.
    days: Mapping[date, Sequence[tuple[time, time]]] = field(default_factory=dict)
    #: Whether a day is a public holiday on which this door stays shut; None: holidays are as usual.
    is_shut: Callable[[date], bool] | None = None

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """What begins to be open on this day, from, to; the end may lie in the next."""
        if day in self.days:
            spans = list(self.days[day])
        elif self.is_shut is not None and self.is_shut(day):
            spans = []
        else:
            season = next((one for one in self.seasons if one.holds(day)), None)
            hours = season.hours if season is not None else self.week
            spans = [(one.opens, one.closes) for one in hours if one.weekday == day.isoweekday()]
        return sorted(
            (
                datetime.combine(day, opens, SHANGHAI),
                _ends(day, opens, closes),
            )
            for opens, closes in spans
        )

    def opening(self, now: datetime) -> Opening:
        """Whether it is open at this moment, on the clock in Shanghai."""
        local = now.astimezone(SHANGHAI)
        today = local.date()
        spans: list[tuple[datetime, datetime]] = []
        for days in range(-1, _LOOKED_AHEAD + 1):
            for opens, closes in self.on(today + timedelta(days=days)):
                if spans and opens <= spans[-1][1]:  # hours that touch are one opening
                    spans[-1] = spans[-1][0], max(closes, spans[-1][1])
                else:
                    spans.append((opens, closes))
        for opens, closes in spans:
            if local < opens:
                return Opening(
                    is_open=False,
                    changes_at=_on_the_clock(opens),
                    in_days=(opens.date() - today).days,
                )
            if local < closes:
                return Opening(
                    is_open=True,
                    changes_at=_on_the_clock(closes),
                    is_round_the_clock=closes - local > timedelta(minutes=_DAY),
                )
        return Opening(is_open=False)


def _ends(day: date, opens: time, closes: time) -> datetime:
    if closes == LAST_MINUTE:
        return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)
    return datetime.combine(day + timedelta(days=closes <= opens), closes, SHANGHAI)


def _on_the_clock(moment: datetime) -> time:
    return moment.timetz().replace(tzinfo=None)


def closing_words(closes: time) -> str:
    """When a door closes, as it is written: midnight is 24:00.

    >>> closing_words(time(23, 59)), closing_words(time(0)), closing_words(time(17))
    ('24:00', '24:00', '17:00')
    """
    return "24:00" if closes in {LAST_MINUTE, time.min} else f"{closes.hour}:{closes:%M}"


def opening(hours: Iterable[Hours], now: datetime) -> Opening:
    """Whether a door with these hours of a week is open at this moment."""
    return Timetable(tuple(hours)).opening(now)


def grouped(hours: Iterable[Hours]) -> list[tuple[list[int], list[tuple[time, time]]]]:
    """Days that have the same hours together, for one line each."""
    by_day: dict[int, list[tuple[time, time]]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_day.setdefault(one.weekday, []).append((one.opens, one.closes))
    lines: list[tuple[list[int], list[tuple[time, time]]]] = []
    for weekday, spans in by_day.items():
        if lines and lines[-1][1] == spans and lines[-1][0][-1] == weekday - 1:
            lines[-1][0].append(weekday)
        else:
            lines.append(([weekday], spans))
    return lines


def overlap(hours: Iterable[Hours]) -> bool:
    """Whether hours run into each other, also over midnight and over the end of the week, or end
    when they begin. What ends before it begins is a slip unless it is night by then.
    """
    spans = []
    for one in hours:
        if one.closes == one.opens or NIGHT_ENDS < one.closes < one.opens:
            return True
        starts, ends = _minute(one.weekday, one.opens), _minute(one.weekday, one.closes)
        spans.append((starts, ends if one.opens < one.closes else ends + _DAY))
    spans.sort()
    if any(later[0] < one[1] for one, later in pairwise(spans)):
        return True
    return bool(spans) and spans[-1][1] > spans[0][0] + 7 * _DAY


def _minute(weekday: int, clock: time) -> int:
    return (weekday - 1) * _DAY + clock.hour * 60 + clock.minute
