"""The room's law: how often a door is knocked at, why today, in which order; who walks for whom."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

#: 《老年人权益保障法》第2条.
OLD_FROM: Final = 60
VERY_OLD_FROM: Final = 80
#: Doors of one day's round.
DOORS_A_DAY: Final = 15
#: Who did not open is not pressed: for so many days only a wish, news or a demand leads there.
REST_AFTER_REFUSAL_DAYS: Final = 14
LONGEST_HAND_OVER: Final = timedelta(days=92)


class Outcome(StrEnum):
    """What came of a knock at a door."""

    SEEN = "seen"
    NOBODY_HOME = "nobody_home"
    REFUSED = "refused"


class Kind(StrEnum):
    """Whom a pace is for; the first that fits a home counts."""

    VERY_OLD = "very_old"
    ALONE = "alone"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Pace:
    """A home of this kind is seen at least every so many days."""

    days: int
    source: str = ""


#: Until the community sets its own. Old people alone or among old people at least once a month,
#: as the ministries of 2022 ask for (民发〔2022〕73号: 月探访率 100%); the rest once a quarter.
FIRST_PACES: Final[Mapping[Kind, Pace]] = {
    Kind.VERY_OLD: Pace(30, "民发〔2022〕73号"),
    Kind.ALONE: Pace(30, "民发〔2022〕73号"),
    Kind.EVERYBODY: Pace(90, "社区自定"),
}


class Why(StrEnum):
    """What leads the officer to a door today, the most pressing first."""

    ASKED = "asked"
    NEWS = "news"
    LATE = "late"
    OLD = "old"
    OPEN = "open"
    LONG = "long"


_ORDER: Final = {why: number for number, why in enumerate(Why)}


@dataclass(frozen=True, slots=True)
class Home:
    """What the round needs to know of a home; `rank` is its place on the way (house, stairs, door).

    `birth_years` has None for whoever's year is not known.
    """

    id: int
    rank: tuple[str, ...]
    birth_years: tuple[int | None, ...]
    last_seen: date | None = None
    last_refused: date | None = None
    known_since: date | None = None
    wished_since: date | None = None
    news: int = 0
    open_demands: int = 0
    late_demands: int = 0
    is_done_today: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and how many days it has waited; for pace reasons how many days it may."""

    why: Why
    days: int = 0
    pace: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """A door of the round with its reasons, the most pressing first."""

    home: Home
    reasons: tuple[Reason, ...]
    kind: Kind = field(default=Kind.EVERYBODY)


def kind_of(birth_years: Iterable[int | None], today: date) -> Kind:
    """Whom a home is visited for: somebody of eighty, old people by themselves, or everybody.

    Of the birth only the year is known, so somebody counts as old from New Year on.
    """
    years = tuple(birth_years)
    ages = [today.year - year for year in years if year is not None]
    if any(age >= VERY_OLD_FROM for age in ages):
        return Kind.VERY_OLD
    if ages and len(ages) == len(years) and all(age >= OLD_FROM for age in ages):
        return Kind.ALONE
    return Kind.EVERYBODY


def reasons_for(home: Home, paces: Mapping[Kind, Pace], today: date) -> tuple[Reason, ...]:
    """Why somebody should knock at this door today; empty where nothing asks for it."""
    reasons = []
    if home.wished_since is not None:
        reasons.append(Reason(Why.ASKED, days=(today - home.wished_since).days))
    if home.news:
        reasons.append(Reason(Why.NEWS, count=home.news))
    if home.late_demands:
        reasons.append(Reason(Why.LATE, count=home.late_demands))
    waiting = home.open_demands - home.late_demands
    if waiting > 0:
        reasons.append(Reason(Why.OPEN, count=waiting))
    kind = kind_of(home.birth_years, today)
    paced = _paced(home, kind, paces[kind].days, today)
    if paced is not None:
        reasons.append(paced)
    return tuple(sorted(reasons, key=lambda reason: _ORDER[reason.why]))


def _paced(home: Home, kind: Kind, pace: int, today: date) -> Reason | None:
    """Not seen for longer than its pace, and not pressed after a refusal."""
    if not home.birth_years:
        return None
    refused = home.last_refused
    if refused is not None and (today - refused).days < REST_AFTER_REFUSAL_DAYS:
        return None
    since = home.last_seen or home.known_since
    days = (today - since).days if since is not None else pace
    if days < pace:
        return None
    return Reason(Why.LONG if kind is Kind.EVERYBODY else Why.OLD, days=days, pace=pace)


def round_of(
    homes: Iterable[Home], paces: Mapping[Kind, Pace], today: date, *, most: int = DOORS_A_DAY
) -> tuple[list[Stop], int]:
    """Today's doors in the order of the way, and how many more had a reason.

    The most pressing are chosen; then they are walked house by house, the house with the most
    pressing door first, and inside it by staircase and floor.
    """
    stops = [
        Stop(home, reasons, kind_of(home.birth_years, today))
        for home in homes
        if not home.is_done_today and (reasons := reasons_for(home, paces, today))
    ]
    stops.sort(key=_press)
    chosen, left = stops[:most], len(stops[most:])
    first_of_house: dict[str, int] = {}
    for place, stop in enumerate(chosen):
        first_of_house.setdefault(stop.home.rank[0], place)
    chosen.sort(key=lambda stop: (first_of_house[stop.home.rank[0]], stop.home.rank))
    return chosen, left


def _press(stop: Stop) -> tuple[int, float, tuple[str, ...]]:
    first = stop.reasons[0]
    # How much longer than it may: a month over a month presses as a quarter over a quarter.
    waited = first.days / first.pace if first.pace else float(first.days)
    return (_ORDER[first.why], -waited, stop.home.rank)


def floor_of(room: str) -> int:
    """301 is on floor 3, 1002 on floor 10; 0 where a room's name does not tell."""
    digits = re.match(r"\d+", room)
    return int(digits[0]) // 100 if digits and len(digits[0]) > 2 else 0  # noqa: PLR2004  two for the door


# ── who walks for whom ───────────────────────────────────────────────────────────────────────


class HandOverState(StrEnum):
    """How far the hand-over of a round has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


class Deed(StrEnum):
    """What is done to a hand-over."""

    ACCEPT = "accept"
    DECLINE = "decline"
    TAKE_BACK = "take_back"
    END = "end"


#: (state, deed) → next state. The deputy accepts or declines; who proposed it takes it back; the
#: officer who is back early ends it.
MOVES: Final = {
    (HandOverState.PROPOSED, Deed.ACCEPT): HandOverState.ACCEPTED,
    (HandOverState.PROPOSED, Deed.DECLINE): HandOverState.DECLINED,
    (HandOverState.PROPOSED, Deed.TAKE_BACK): HandOverState.TAKEN_BACK,
    (HandOverState.ACCEPTED, Deed.END): HandOverState.ENDED,
}


def fault_of_span(since: datetime, until: datetime, now: datetime) -> str | None:
    """What is wrong with a span of days: "order", "over", "long", or nothing."""
    if until <= since:
        return "order"
    if until <= now:
        return "over"
    return "long" if until - since > LONGEST_HAND_OVER else None


def overlap(spans: Sequence[tuple[datetime, datetime]], since: datetime, until: datetime) -> bool:
    """Whether a span meets one of these; one may begin when another ends."""
    return any(begins < until and since < ends for begins, ends in spans)
