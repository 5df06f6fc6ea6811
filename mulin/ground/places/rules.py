"""The law of places: how dwellings are written and sorted, and whether a door is open now."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
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


# ── opening hours ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hours:
    """Open on a weekday, 1 Monday to 7 Sunday, from, to; two of a day leave a lunch break."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a door is open, and when that changes: the time it closes or opens next.

    `in_days` tells on which day it opens next, 0 for today; `changes_at` is None for a place
    without hours.
    """

    is_open: bool
    changes_at: time | None = None
    in_days: int = 0


def opening(hours: Iterable[Hours], now: datetime) -> Opening:
    """Whether it is open at this moment, on the clock in Shanghai."""
    local = now.astimezone(SHANGHAI)
    clock = local.timetz().replace(tzinfo=None)
    week = sorted(hours, key=lambda one: (one.weekday, one.opens))
    for days in range(8):
        weekday = (local.isoweekday() - 1 + days) % 7 + 1
        for one in (one for one in week if one.weekday == weekday):
            if days or clock < one.opens:
                return Opening(is_open=False, changes_at=one.opens, in_days=days)
            if clock < one.closes:
                return Opening(is_open=True, changes_at=_end_of(one, week))
    return Opening(is_open=False)


def _end_of(one: Hours, week: Sequence[Hours]) -> time:
    """When it closes: hours that follow without a gap are one opening."""
    closes = one.closes
    for later in week:
        if later.weekday == one.weekday and later.opens == closes:
            closes = later.closes
    return closes


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
    """Whether hours of one day run into each other, or end before they begin."""
    week = sorted(hours, key=lambda one: (one.weekday, one.opens))
    if any(one.closes <= one.opens for one in week):
        return True
    return any(
        one.weekday == later.weekday and later.opens < one.closes for one, later in pairwise(week)
    )
