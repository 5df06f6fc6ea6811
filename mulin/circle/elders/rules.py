"""The law of the room: how often whom, how urgent, who fits whom, what counts as an hour."""

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from mulin.ground.community.rules import Harm
from mulin.kit.coordinates import Position, metres_between

# ── categories, and how often somebody is looked in on ───────────────────────────────────────


class Category(StrEnum):
    """Why somebody is looked in on."""

    VERY_OLD = "very_old"
    ALONE = "alone"
    EMPTY_NEST = "empty_nest"
    LEFT_BEHIND = "left_behind"
    DISABLED = "disabled"
    SPECIAL_FAMILY = "special_family"


class Way(StrEnum):
    """How somebody is seen or heard."""

    DOOR = "door"
    PHONE = "phone"
    VIDEO = "video"
    MET = "met"


class Outcome(StrEnum):
    """What came of a visit or a call."""

    WELL = "well"
    WORRYING = "worrying"
    NOT_SEEN = "not_seen"


#: 《老年人权益保障法》第2条.
OLD_FROM: Final = 60
#: What a plan may ask for; a meeting in the street is as good as a visit, a video call as a call.
PLANNED_WAYS: Final = (Way.DOOR, Way.PHONE)
_COUNTS_AS: Final = {
    Way.DOOR: frozenset({Way.DOOR, Way.MET}),
    Way.PHONE: frozenset(Way),
}
#: Whom 民发〔2022〕73号 wants seen or heard every month. The very old are the community's own wish.
FLOORED: Final = frozenset(Category) - {Category.VERY_OLD}
#: An interval that leaves no calendar month out: February has four weeks.
FLOOR_DAYS: Final = 28
#: With what a community begins; each row may be changed by the head, with its source.
FIRST_PACES: Final[tuple[tuple[Category, Way, int], ...]] = (
    (Category.VERY_OLD, Way.DOOR, 28),
    (Category.ALONE, Way.DOOR, 14),
    (Category.ALONE, Way.PHONE, 4),
    (Category.EMPTY_NEST, Way.DOOR, 28),
    (Category.EMPTY_NEST, Way.PHONE, 14),
    (Category.LEFT_BEHIND, Way.DOOR, 28),
    (Category.DISABLED, Way.DOOR, 7),
    (Category.SPECIAL_FAMILY, Way.DOOR, 14),
)
_WEIGHTS: Final = {
    Category.VERY_OLD: 1, Category.ALONE: 2, Category.EMPTY_NEST: 1, Category.LEFT_BEHIND: 1,
    Category.DISABLED: 3, Category.SPECIAL_FAMILY: 1,
}  # fmt: skip
#: From so much risk on, a missed visit is a matter of life: disabled, or old and alone.
GRAVE_RISK: Final = 3

Paces = Mapping[tuple[Category, Way], int]


def risk_of(categories: Iterable[Category]) -> int:
    """How much could happen unseen: the weights of somebody's categories."""
    return sum(_WEIGHTS[one] for one in set(categories))


def keeps_floor(paces: Paces) -> bool:
    """Whether everybody who must be is seen or heard at least every month."""
    return all(
        any(paces.get((one, way), FLOOR_DAYS + 1) <= FLOOR_DAYS for way in PLANNED_WAYS)
        for one in FLOORED
    )


@dataclass(frozen=True, slots=True)
class Next:
    """The next visit or call: by which way, on which day at the latest."""

    way: Way
    day: date


def next_contact(
    categories: Iterable[Category], paces: Paces, seen: Mapping[Way, date], *, since: date
) -> Next | None:
    """What is due first; None for somebody whom no row of the table speaks of.

    `seen` is the last day by each way; before the first, the days count from `since`, when
    somebody was taken in. Of two on one day the visit comes first.
    """
    found = _due_days(categories, paces, seen, since)
    if not found:
        return None
    day, _place, way = min(found)
    return Next(way, day)


def is_visit_due(
    categories: Iterable[Category], paces: Paces, seen: Mapping[Way, date], *, since: date,
    by: date,
) -> bool:  # fmt: skip
    """Whether somebody is to be seen at their door by a day, whatever call is due before."""
    return any(
        way is Way.DOOR and day <= by
        for day, _place, way in _due_days(categories, paces, seen, since)
    )


def _due_days(
    categories: Iterable[Category], paces: Paces, seen: Mapping[Way, date], since: date
) -> list[tuple[date, int, Way]]:
    found: list[tuple[date, int, Way]] = []
    mine = set(categories)
    for place, way in enumerate(PLANNED_WAYS):
        days = [count for (one, by), count in paces.items() if by is way and one in mine]
        if days:
            last = max((seen[one] for one in _COUNTS_AS[way] if one in seen), default=since)
            found.append((last + timedelta(days=min(days)), place, way))
    return found


def harm_of(risk: int, *, is_late: bool, misses: int) -> Harm:
    """What happens if nobody goes. Whoever was not found at home comes first."""
    if misses or (is_late and risk >= GRAVE_RISK):
        return Harm.LIFE
    if is_late or risk >= GRAVE_RISK:
        return Harm.FRAIL
    return Harm.PROMISE


# ── assessment of abilities ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a standard: its levels from able on, and from which score each begins.

    `bounds` is empty for a standard without one sum.
    """

    code: str
    levels: tuple[int, ...]
    bounds: tuple[tuple[int, int], ...] = ()  # (least score, level), the highest score first
    most: int = 0


#: The result is what a trained assessor found; it is copied from their sheet, never reckoned here.
STANDARDS: Final = {
    one.code: one
    for one in (
        Standard(
            "GB/T 42195-2022", (0, 1, 2, 3, 4), ((90, 0), (66, 1), (46, 2), (30, 3), (0, 4)), 90
        ),
        Standard("MZ/T 039-2013", (0, 1, 2, 3)),
    )
}


def is_possible(standard: Standard, score: int | None, level: int) -> bool:
    """Whether a level can stand beside a score: its own, one worse (falls, choking, getting lost,
    dementia), or the worst (coma). Without a score any level of the standard.
    """
    if level not in standard.levels:
        return False
    if score is None or not standard.bounds:
        return True
    if not 0 <= score <= standard.most:
        return False
    own = next(found for least, found in standard.bounds if score >= least)
    return level in {own, own + 1, standard.levels[-1]}


# ── who fits whom ────────────────────────────────────────────────────────────────────────────


class Time(StrEnum):
    """When somebody likes a visit, or has time for one."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKEND = "weekend"


_BREAKS: Final = re.compile(r"[、，,；;\s]+")
#: What a pair costs beside the way, in hundreds of metres.
_OTHER_TONGUE, _NOTHING_SHARED, _EACH_MORE, _UNKNOWN_WAY = 4.0, 2.0, 1.5, 6.0
TRIAL_DAYS: Final = 30


def words_in(text: str) -> frozenset[str]:
    """The words of a list as people type it: 「越剧、种花」."""
    return frozenset(filter(None, _BREAKS.split(text.strip())))


@dataclass(frozen=True, slots=True)
class Wish:
    """What an elder wishes of whoever comes; empty means all the same."""

    dialect: str = ""
    sex: str = ""
    times: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """What a helper brings: `load` whom they have already, `most` whom they would take."""

    dialects: frozenset[str] = frozenset()
    sex: str = ""
    times: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    at: Position | None = None
    load: int = 0
    most: int = 2


@dataclass(frozen=True, slots=True)
class Fit:
    """How well two fit, and in what: the reason is said from this."""

    cost: float
    metres: int | None
    speaks: str
    shared: tuple[str, ...]
    times: tuple[str, ...]
    load: int


def fit(wish: Wish, gift: Gift) -> Fit | None:
    """How two fit; None where a wish can't be met: another sex, no time in common, no place left."""
    times = wish.times & gift.times
    if (
        gift.load >= gift.most
        or (wish.sex and wish.sex != gift.sex)
        or (wish.times and gift.times and not times)
    ):
        return None
    metres = walked(metres_between(wish.at, gift.at)) if wish.at and gift.at else None
    shared = wish.interests & gift.interests
    speaks = wish.dialect if wish.dialect and wish.dialect in gift.dialects else ""
    cost = metres / 100 if metres is not None else _UNKNOWN_WAY
    cost += _OTHER_TONGUE * bool(wish.dialect and not speaks)
    cost += _NOTHING_SHARED * (not shared) + _EACH_MORE * gift.load
    return Fit(cost, metres, speaks, tuple(sorted(shared)), tuple(sorted(times)), gift.load)


class PairState(StrEnum):
    """How two stand to each other."""

    TRIAL = "trial"
    LASTING = "lasting"
    ENDED = "ended"


#: A pair that ended is not taken up again: a new one begins with a trial.
ALIVE: Final = (PairState.TRIAL, PairState.LASTING)


# ── the way round ────────────────────────────────────────────────────────────────────────────

#: How far it is from one place to another, in metres.
Far = Callable[[Position, Position], float]
#: A way on foot is so much longer than the straight line; an estimate, said as such.
DETOUR: Final = 1.4


def walked(metres: float) -> int:
    """About how long the way on foot is, in metres."""
    return ceil(metres * DETOUR)


def walking_order(
    start: Position | None, doors: Sequence[Position | None], far: Far = metres_between
) -> list[int]:
    """The doors by the nearest next, crossings taken out; those whose place nobody knows come last.
    `far` says how far one place is from another; without it the straight line does.
    """
    known = [place for place, at in enumerate(doors) if at is not None]
    order: list[int] = []
    here, left = start, list(known)
    while left:
        nearest = (
            left[0]
            if here is None
            else min(left, key=lambda one: (_apart(here, doors[one], far), one))
        )
        left.remove(nearest)
        order.append(nearest)
        here = doors[nearest]
    order = _uncrossed(start, order, doors, far)
    return order + [place for place, at in enumerate(doors) if at is None]


def _uncrossed(
    start: Position | None, order: list[int], doors: Sequence[Position | None], far: Far
) -> list[int]:
    best, length = order, _length(start, order, doors, far)
    is_better = True
    while is_better:
        is_better = False
        for first in range(len(best) - 1):
            for last in range(first + 1, len(best)):
                turned = best[:first] + best[first : last + 1][::-1] + best[last + 1 :]
                shorter = _length(start, turned, doors, far)
                if shorter < length - 1e-6:
                    best, length, is_better = turned, shorter, True
    return best


def _length(
    start: Position | None, order: list[int], doors: Sequence[Position | None], far: Far
) -> float:
    way = [*([start] if start is not None else []), *(doors[place] for place in order)]
    return sum(_apart(one, other, far) for one, other in itertools.pairwise(way))


def _apart(one: Position | None, other: Position | None, far: Far) -> float:
    return far(one, other) if one is not None and other is not None else 0.0


# ── services and hours ───────────────────────────────────────────────────────────────────────


class Care(StrEnum):
    """The six kinds of service, 《老年人权益保障法》第37条 and the community's own."""

    MEDICAL = "medical"
    SAFETY = "safety"
    EMERGENCY = "emergency"
    MEALS = "meals"
    HOUSEWORK = "housework"
    COMPANY = "company"


class OrderState(StrEnum):
    """Where a service order stands."""

    ASKED = "asked"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


#: How long a visit or a call counts where nobody says how long it was, in minutes.
COUNTED_MINUTES: Final = {Way.DOOR: 30, Way.PHONE: 10, Way.VIDEO: 10, Way.MET: 10}
BEST: Final = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes given beside minutes received."""

    given: int = 0
    received: int = 0

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.given + other.given, self.received + other.received)

    @property
    def given_hours(self) -> float:
        """As it is shown."""
        return tenths(self.given)

    @property
    def received_hours(self) -> float:
        """As it is shown."""
        return tenths(self.received)


@dataclass(frozen=True, slots=True)
class MonthBars:
    """One month of the drawing of given beside received, in its units: where it begins, how high."""

    month: str
    hours: Hours
    left: int
    given: int
    received: int


MONTH_STEP: Final = 24
BARS_ROOM: Final = 72


def month_bars(months: Iterable[tuple[str, Hours]]) -> list[MonthBars]:
    """Both bars of every month by one scale, so that they can be compared; the highest fills it."""
    rows = list(months)
    highest = max((max(hours.given, hours.received) for _month, hours in rows), default=0)

    def height(minutes: int) -> int:
        return max(1, round(minutes / highest * BARS_ROOM)) if highest else 1

    return [
        MonthBars(
            month, hours, place * MONTH_STEP, height(hours.given), height(hours.received)
        )
        for place, (month, hours) in enumerate(rows)
    ]  # fmt: skip


def tenths(minutes: int) -> float:
    """Minutes as hours, rounded down to a tenth, as certificates of volunteers have them."""
    return minutes * 10 // 60 / 10


def are_free(times: Collection[str]) -> str:
    """Times as a column keeps them, in the order of a day."""
    return ",".join(one.value for one in Time if one in times)


#: Kinds of gathering of this room: of a mutual-aid group, and in the community's idle rooms.
GROUP_KIND: Final = "elders.group"
PROGRAMME_KIND: Final = "elders.programme"
KINDS: Final = (GROUP_KIND, PROGRAMME_KIND)
#: Services are delivered within a day where nothing else was said.
DELIVERED_WITHIN: Final = timedelta(days=1)
