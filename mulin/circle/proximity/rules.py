"""The law of the circle: paces with their source, whom services are for, what may be told of people."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from mulin.ground.places.rules import Service
from mulin.ground.places.walking.reach import Pace
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.coordinates import Position, metres_between

MINUTES: Final = 10
#: How far is looked for what is not within ten minutes, so that it can be said how far it is.
FARTHEST_MINUTES: Final = 40
#: Where no network is: a way on foot is so much longer than a bird's. Median on real streets 1.31
#: and 1.33 (Beijing Haidian 2017, Liechtenstein 2015, measured November 2026).
DETOUR: Final = 1.4
#: Of fewer people than this nothing is told: a neighbour would know who is meant.
FEWEST: Final = 10


# ── how people walk ──────────────────────────────────────────────────────────────────────────


class Walk(StrEnum):
    """Whose pace."""

    ELDER = "elder"
    ADULT = "adult"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class PaceValue:
    """A pace as it is used: metres a second, seconds more for a flight of steps, since when and
    from where the value comes.
    """

    speed: float
    flight_seconds: float
    since: date
    source: str


_SINCE: Final = date(2026, 11, 1)
_SWISS: Final = (
    "PMC5536437: 70–79 岁平时步速 1.19±0.24 米/秒、80 岁以上 0.94±0.27 米/秒（瑞士，120 人）"
)
#: Steps: no source was found for how much longer the old take on a flight; a cautious guess.
PACES: Final[Mapping[Walk, PaceValue]] = {
    Walk.ADULT: PaceValue(
        1.2, 0.0, _SINCE, "PMC7869711: 60 岁以上平均 1.24±0.28 米/秒（克罗地亚，565 人）"
    ),
    Walk.ELDER: PaceValue(
        0.8, 15.0, _SINCE, f"GB 50180-2018 十分钟生活圈 500 米即 0.83 米/秒；{_SWISS}"
    ),
    Walk.SLOW: PaceValue(0.5, 30.0, _SINCE, f"{_SWISS}；0.5 米/秒约 95% 的 80 岁以上老人走得到"),
}


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody on foot: whose pace, and whether steps can be walked (no pram, no wheelchair)."""

    walk: Walk = Walk.ELDER
    steps: bool = True

    @property
    def pace(self) -> Pace:
        value = PACES[self.walk]
        return Pace(value.speed, value.flight_seconds, self.steps)

    @property
    def metres_in_time(self) -> int:
        """How far they come in ten minutes."""
        return round(PACES[self.walk].speed * MINUTES * 60)


@dataclass(frozen=True, slots=True)
class OnFoot:
    """How far a place is from a home. `is_estimate`: counted without a network."""

    seconds: float
    metres: float
    is_estimate: bool = False

    @property
    def minutes(self) -> int:
        """Whole minutes, at least one, rounded up: nobody comes too late by our word."""
        return max(1, math.ceil(self.seconds / 60 - 1e-9))

    @property
    def is_near(self) -> bool:
        """Within ten minutes."""
        return self.seconds <= MINUTES * 60

    @property
    def metres_said(self) -> int:
        """To the nearest ten."""
        return round(self.metres, -1).__int__()


def estimated(home: Position, place: Position, walker: Walker) -> OnFoot:
    """How far it is as long as no network is known."""
    metres = metres_between(home, place) * DETOUR
    return OnFoot(metres / PACES[walker.walk].speed, metres, is_estimate=True)


def can_enter(walker: Walker, can_roll_in: bool | None) -> bool:  # noqa: FBT001  a fact of the place
    """Whether this walker gets through a door: on wheels not over steps without a ramp. Where nobody
    has counted the steps it is taken to be level, and the page says that nobody has.
    """
    return walker.steps or can_roll_in is not False


class Wind(StrEnum):
    """Which way."""

    NORTH = "n"
    NORTH_EAST = "ne"
    EAST = "e"
    SOUTH_EAST = "se"
    SOUTH = "s"
    SOUTH_WEST = "sw"
    WEST = "w"
    NORTH_WEST = "nw"


def wind(home: Position, place: Position) -> Wind:
    """In which direction a place lies from a home."""
    east = (place.lon - home.lon) * math.cos(math.radians(home.lat))
    turn = math.degrees(math.atan2(east, place.lat - home.lat)) % 360
    return tuple(Wind)[int((turn + 22.5) // 45) % 8]


# ── gates ────────────────────────────────────────────────────────────────────────────────────


def is_gate_open(opens: time, closes: time, clock: time) -> bool:
    """Whether a gate stands open at this time of day; 22:00 to 5:00 closed is open over the day."""
    if opens <= closes:
        return opens <= clock < closes
    return clock >= opens or clock < closes


#: When gates that close at night stand open.
_BY_DAY: Final = time(12)


def by_day(now: datetime) -> datetime:
    """Noon of the day: sums for a report must not hang on the hour at which somebody looks."""
    return datetime.combine(local_day(now), _BY_DAY, SHANGHAI)


# ── whom it is for ───────────────────────────────────────────────────────────────────────────


class Kind(StrEnum):
    """Kinds of people that are counted. The old from 60 (《老年人权益保障法》第2条), the young under
    14 (《刑法》第262条之儿童), by the year they were born.
    """

    ALL = "all"
    OLD = "old"
    OLDEST = "oldest"
    YOUNG = "young"
    NEW = "new"


OLD_FROM: Final = 60
OLDEST_FROM: Final = 80
YOUNG_UNDER: Final = 14
#: Whom a service is for above all: 一老一小一新.
FOR: Final[Mapping[Service, Kind]] = {
    Service.MEALS: Kind.OLD,
    Service.DAY_CARE: Kind.OLD,
    Service.CHILDREN: Kind.YOUNG,
    Service.LEARNING: Kind.YOUNG,
    Service.NEWCOMERS: Kind.NEW,
    Service.WORK: Kind.NEW,
}

#: 一老一小一新, as somebody asks who sets out with them.
WHOM: Final = (Kind.OLD, Kind.YOUNG, Kind.NEW)

People = Mapping[Kind, int]


def services_for(asked: str) -> frozenset[Service]:
    """What was asked for, a service or those for a kind of people; all where nothing was."""
    if not asked:
        return frozenset(Service)
    if asked in WHOM:
        return frozenset(service for service, kind in FOR.items() if kind == asked)
    return frozenset({Service(asked)})


def people_of(years: Iterable[tuple[int | None, bool, int]], today: date) -> dict[Kind, int]:
    """Sums by kind of (year of birth, new here, how many)."""
    sums = dict.fromkeys(Kind, 0)
    for born, is_new, count in years:
        age = today.year - born if born else None
        for kind, holds in (
            (Kind.ALL, True),
            (Kind.OLD, age is not None and age >= OLD_FROM),
            (Kind.OLDEST, age is not None and age >= OLDEST_FROM),
            (Kind.YOUNG, age is not None and age < YOUNG_UNDER),
            (Kind.NEW, is_new),
        ):
            sums[kind] += count if holds else 0
    return sums


def may_be_told(count: int) -> bool:
    """Whether a sum says nothing of anybody: nobody, or ten and more."""
    return count == 0 or count >= FEWEST


def told(lacking: int, of: int) -> int | None:
    """How many lack something; None where it, or what is left of the whole, would be too few to tell:
    whoever knows the whole could count the rest.
    """
    return lacking if may_be_told(lacking) and may_be_told(of - lacking) else None


# ── what is shown first ──────────────────────────────────────────────────────────────────────


def spread(points: Sequence[Position]) -> tuple[Position, Position] | None:
    """The south-western and north-eastern corner around these points."""
    if not points:
        return None
    lons, lats = [at.lon for at in points], [at.lat for at in points]
    return Position(min(lons), min(lats)), Position(max(lons), max(lats))
