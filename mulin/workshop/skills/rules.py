"""What lacks next month, when a skill lapses, when an assessment is passed, how far a newcomer is."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from mulin.ground.figures.rules import MIN_COUNT
from mulin.workshop.production.rules import CALM, MINUTES_OF_A_HELPER

#: The kind of gathering that a course is.
KIND: Final = "course"
#: So soon whoever wishes to work begins, or is told why not.
BEGIN_WITHIN: Final = timedelta(days=7)
#: So long before a skill lapses it stands on the list of those to refresh.
REFRESH_AHEAD: Final = timedelta(days=60)
MOST_CRITERIA: Final = 12
LONGEST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class Example:
    """A skill that comes with the product: what must be shown, for how many months it counts."""

    name: str
    criteria: tuple[str, ...]
    months: int
    materials: str


class Stage(StrEnum):
    """How far a newcomer is, told by what happened and by nothing else."""

    TALKED = "talked"
    TAKEN_ON = "taken_on"
    TRIAL = "trial"
    EARNED = "earned"
    GIVEN_UP = "given_up"


class Brings(StrEnum):
    """What a partner gives."""

    ORDERS = "orders"
    TRAINING = "training"
    MATERIALS = "materials"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class Gap:
    """One skill until the end of next month, in minutes of standard time.

    `offered` is what the holders wish to work, less the rest that the workshop leaves them (`CALM`);
    `missing` lacks, and `helpers` more people of ten hours a week would make it good.
    """

    skill: int
    wanted: int
    offered: int
    holders: int
    lapsing: int
    missing: int
    helpers: int


def end_of_next_month(today: date) -> date:
    """The last day that a course held now can still be of use for."""
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=monthrange(first.year, first.month)[1])


def gap(
    skill: int, *, wanted: int, weekly: int, holders: int, lapsing: int, today: date, until: date
) -> Gap:
    """What lacks of a skill: `wanted` minutes against `weekly` minutes a week of its holders."""
    weeks = max((until - today).days, 1) / 7
    offered = int(weekly * weeks * float(CALM))
    missing = max(wanted - offered, 0)
    helpers = ceil(missing / (MINUTES_OF_A_HELPER * weeks * float(CALM)))
    return Gap(skill, wanted, offered, holders, lapsing, missing, helpers)


def last_day_of_skill(certified: date, months: int) -> date | None:
    """Until when a skill counts that holds for `months`; None where it never lapses."""
    if months <= 0:
        return None
    year, month = divmod(certified.year * 12 + certified.month - 1 + months, 12)
    day = min(certified.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def read_criteria(words: str) -> list[str]:
    """One criterion a line; empty lines don't count."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def is_passed(criteria: Sequence[str], met: Sequence[int]) -> bool:
    """Whether all of it was shown. `met`: places of the criteria that were, from nought."""
    return bool(criteria) and set(met) == set(range(len(criteria)))


def stage(*, is_taken_on: bool, has_lot: bool, has_earned: bool, has_given_up: bool) -> Stage:
    """How far somebody is on the way from the first talk to the first wage."""
    if has_given_up:
        return Stage.GIVEN_UP
    if has_earned:
        return Stage.EARNED
    if has_lot:
        return Stage.TRIAL
    return Stage.TAKEN_ON if is_taken_on else Stage.TALKED


@dataclass(frozen=True, slots=True)
class Told:
    """What of a gap is told to whoever may not see the holders; None is held back. Minutes as in
    `Gap`.
    """

    wanted: int | None
    offered: int | None
    holders: int | None


def told(one: Gap) -> Told:
    """Fewer than five holders are not counted, nor what they wish to work: what is wanted less what
    lacks would say it, so that is held back with it.
    """
    if 0 < one.holders < MIN_COUNT:
        return Told(None, None, None)
    return Told(one.wanted, one.offered, one.holders)
