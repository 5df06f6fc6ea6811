"""Rosters from whole months: each person's best month at a price for each shift, again and again.

Column generation (Gilmore, Gomory 1961; for rosters Curtois, Qu 2014): a linear model chooses among
known months; its prices say what a shift on a day is worth; the best month at these prices joins
them, until none is better. That leaves hardly anything between the relaxed answer and a whole one:
fixing the clearest choice and going on so (a dive) ends near the best in seconds. Loads no solver:
the linear model is handed in.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from types import EllipsisType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

_WEEK: Final = 7
_SATURDAY, _SUNDAY = 5, 6
_NEVER: Final = 1e9
_ALMOST: Final = 1e-6
#: So many months of a person, of different lengths of work, join at once.
_AT_ONCE: Final = 3
#: Prices are held back toward the best known ones by this share while the gap is wide.
_HELD_BACK, _WIDE = 0.4, 2.0
#: While diving prices are asked for anew so often after each choice.
_ASKS: Final = 10
#: So often at most everybody has a turn before that.
_TURNS: Final = 8
#: A choice that makes all dearer by this share is taken back.
_DEAR: Final = 0.003
#: A gap so narrow is closed by rounding up, mostly.
_CLOSE: Final = 0.5
#: After so many rounds there is an answer; of the time so much at most goes to settling prices.
_ROUNDS, _SHARE_OF_PRICES = 10, 0.5
#: The last of the time is not for asking: a dive that has begun comes to its end in it.
_TO_END: Final = 0.15
_SURE: Final = 0.999
#: After the first dive so many at least are free at once, and so many dives may be in vain.
_LEAST_FREE: Final = 4
_IN_VAIN: Final = 60

#: The number of the shift on each day, -1 for a day off.
Month = tuple[int, ...]
Prices = NDArray[np.float64]
#: Which part of an array, from its last axes backwards.
Cut = tuple[EllipsisType | slice, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What a month of somebody may be. Shifts are numbers; work is counted in units of time.

    `before[shift]` are the shifts that may stand on the day before it. `wish` is what each shift on
    each day costs (below nothing: wished for), `constant` what is added to the whole month.
    """

    most_of: Mapping[int, int]
    units: tuple[int, int]
    run: tuple[int, int]
    least_off: int
    most_weekends: int
    days_off: frozenset[int]
    wish: Prices
    constant: int

    def cost(self, month: Month) -> int:
        """What a month costs by the person's own wishes."""
        told = sum(self.wish[day, shift] for day, shift in enumerate(month) if shift >= 0)
        return self.constant + round(float(told))


@dataclass(frozen=True, slots=True)
class Task:
    """A whole roster: (wanted, cost of each too few, of each too many) by day and shift."""

    lengths: tuple[int, ...]
    before: tuple[frozenset[int], ...]
    people: tuple[Person, ...]
    cover: NDArray[np.float64]

    @property
    def days(self) -> int:
        return int(self.cover.shape[0])


# Any: JSON of our own.
def task_of(told: Mapping[str, Any]) -> Task:
    """The task as it was handed to the process."""
    return Task(
        tuple(told["lengths"]),
        tuple(frozenset(one) for one in told["before"]),
        tuple(
            Person(
                {int(shift): most for shift, most in one["most_of"].items()}, tuple(one["units"]),
                tuple(one["run"]), one["least_off"], one["most_weekends"],
                frozenset(one["days_off"]), np.array(one["wish"], dtype=float), one["constant"],
            )
            for one in told["people"]
        ),
        np.array(told["cover"], dtype=float),
    )  # fmt: skip


class Master(Protocol):
    """The linear model that chooses one month for each person, in parts."""

    def add(self, person: int, month: Month, cost: int) -> None:
        """One more month to choose from."""

    def fix(self, person: int, month: Month) -> None:
        """From now on it is this one."""

    def free(self, person: int, month: Month) -> None:
        """It need not be this one any more."""

    def solve(self) -> tuple[float, Prices, NDArray[np.float64]]:
        """The value, what one more in each shift of each day is worth, and each person's share."""

    def shares(self) -> list[tuple[float, int, Month]]:
        """How much of which month was chosen, the most first."""


class Months:
    """The best months of one person: the shortest way through days, by length of run, work done and
    weekends. How often a shift was had is only counted where a best month had it too often.
    """

    def __init__(self, task: Task, person: Person) -> None:
        self._task, self._person = task, person
        self._shifts = [shift for shift, most in sorted(person.most_of.items()) if most > 0]
        place = {shift: at for at, shift in enumerate(self._shifts)}
        self._before = [
            [place[one] for one in sorted(task.before[shift]) if one in place]
            for shift in self._shifts
        ]
        self._counted: list[int] = []

    def best(self, prices: Prices) -> list[tuple[float, Month]]:
        """The cheapest month at what each shift on each day costs, and the cheapest with other
        amounts of work; nothing where no month keeps the rules.
        """
        while True:
            found = _Walk(
                self._task, self._person, self._shifts, self._before, self._counted, prices
            )
            months = found.cheapest()
            over = {
                shift
                for _value, month in months
                for shift in self._shifts
                if month.count(shift) > self._person.most_of[shift]
            }
            if not over:
                return months
            self._counted = sorted({*self._counted, *over})


@dataclass(slots=True)
class _Day:
    """What it costs at least to stand somewhere on a day: off so long, or in a run so long with this
    shift; at the edge (`early`: a run from the first day) a run may be shorter than the least.
    """

    off: Prices
    work: Prices
    early: Prices | None


@dataclass(slots=True)
class _Walk:
    """One go through all days at given prices."""

    task: Task
    person: Person
    shifts: Sequence[int]
    before: Sequence[Sequence[int]]
    counted: Sequence[int]
    prices: Prices
    shape: tuple[int, ...] = ()
    days: list[_Day] = field(default_factory=list)
    #: steps along each count → where to, where from
    moves: dict[tuple[int, ...], tuple[Cut, Cut]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shape = (
            self.person.units[1] + 1,
            self.person.most_weekends + 1,
            *(self.person.most_of[shift] + 1 for shift in self.counted),
        )
        for day in range(self.task.days):
            self.days.append(self._first() if day == 0 else self._next(day))

    def _empty(self, *before: int) -> Prices:
        return np.full((*before, *self.shape), _NEVER)

    def _first(self) -> _Day:
        longest, least_off = self.person.run[1], self.person.least_off
        nothing = (0,) * len(self.shape)
        off, work = self._empty(least_off), self._empty(len(self.shifts), longest)
        early = self._empty(len(self.shifts), longest)
        # What came before is unknown: whoever is off may have been so for long.
        off[(least_off - 1, *nothing)] = 0
        start = self._empty()
        start[nothing] = 0
        if 0 not in self.person.days_off:
            for at in range(len(self.shifts)):
                self._add(early[at, 0], start, 0, at, is_first=True)
        return _Day(off, work, early)

    def _next(self, day: int) -> _Day:
        least, longest = self.person.run
        was = self.days[-1]
        stop = was.work[:, least - 1 :].min(axis=(0, 1))
        if was.early is not None:
            stop = np.minimum(stop, was.early.min(axis=(0, 1)))
        off = self._empty(self.person.least_off)
        off[0] = stop
        off[1:] = was.off[:-1]
        off[-1] = np.minimum(off[-1], was.off[-1])
        work = self._empty(len(self.shifts), longest)
        early = self._empty(len(self.shifts), longest) if day < longest else None
        if day not in self.person.days_off:
            for at, before in enumerate(self.before):
                self._add(work[at, 0], was.off[-1], day, at, is_first=True)
                if not before:
                    continue
                goes_on = was.work[before, :-1].min(axis=0)
                self._add(work[at, 1:], goes_on, day, at, is_first=False)
                if early is not None and was.early is not None:
                    goes_on = was.early[before, :-1].min(axis=0)
                    self._add(early[at, 1:], goes_on, day, at, is_first=False)
        return _Day(off, work, early)

    def _add(self, into: Prices, known: Prices, day: int, at: int, *, is_first: bool) -> None:
        """What was known, with this shift on this day added; what would be too much stays never."""
        steps = self._steps(day, at, is_first=is_first)
        if steps not in self.moves:
            sizes = list(zip(self.shape, steps, strict=True))
            self.moves[steps] = (
                (..., *(slice(step, None) for _size, step in sizes)),
                (..., *(slice(max(size - step, 0)) for size, step in sizes)),
            )
        to, out_of = self.moves[steps]
        np.add(known[out_of], self.prices[day, self.shifts[at]], out=into[to])

    def _steps(self, day: int, at: int, *, is_first: bool) -> tuple[int, ...]:
        """By how much this shift on this day moves along each count."""
        weekday, shift = day % _WEEK, self.shifts[at]
        is_weekend = weekday == _SATURDAY or (weekday == _SUNDAY and is_first)
        return (
            self.task.lengths[shift], int(is_weekend), *[int(shift == one) for one in self.counted]
        )  # fmt: skip

    def cheapest(self) -> list[tuple[float, Month]]:
        last = self.days[-1]
        ends = np.minimum(last.off.min(axis=0), last.work.min(axis=(0, 1)))
        if last.early is not None:
            ends = np.minimum(ends, last.early.min(axis=(0, 1)))
        by_units = ends.reshape(self.shape[0], -1)
        cheap = [
            int(units) for units in by_units.min(axis=1).argsort(kind="stable")
            if units >= self.person.units[0] and by_units[units].min() < _NEVER / 2
        ][:_AT_ONCE]  # fmt: skip
        found = []
        for units in cheap:
            rest = np.unravel_index(int(by_units[units].argmin()), self.shape[1:])
            at = (units, *(int(one) for one in rest))
            found.append((float(by_units[units].min()), self._month(at)))
        return found

    def _month(self, at: tuple[int, ...]) -> Month:
        """The way that led there, backwards."""
        month = [-1] * self.task.days
        day = self.task.days - 1
        where, shift, length = self._cheapest_of(day, at, ("off", "work", "early"))
        while True:
            if where != "off":
                month[day] = self.shifts[shift]
                steps = self._steps(day, shift, is_first=length == 0)
                at = tuple(one - step for one, step in zip(at, steps, strict=True))
            if day == 0:
                return tuple(month)
            where, shift, length = self._came_from(day, at, where, shift, length)
            day -= 1

    def _came_from(
        self, day: int, at: tuple[int, ...], where: str, shift: int, length: int
    ) -> tuple[str, int, int]:
        least_off = self.person.least_off
        if where != "off" and length > 0:
            known = self.days[day - 1].work if where == "work" else self.days[day - 1].early
            assert known is not None  # noqa: S101  such a run began on the first day
            before = self.before[shift]
            costs = [known[(one, length - 1, *at)] for one in before]
            return where, before[int(np.argmin(costs))], length - 1
        if where != "off":
            return "off", 0, least_off - 1
        # `length` counts days off here, the last standing for all that are long enough.
        ways = [("off", 0, length - 1)] if length > 0 else []
        if length == least_off - 1:
            ways.append(("off", 0, length))
        costs = [self.days[day - 1].off[(days_off, *at)] for _off, _none, days_off in ways]
        best = min(zip(costs, ways, strict=True), default=(_NEVER, ("off", 0, 0)))
        if length > 0:
            return best[1]
        work = self._cheapest_of(day - 1, at, ("work", "early"), is_over=True)
        return min(best, (self._cost_of(day - 1, at, work), work))[1]

    def _cost_of(self, day: int, at: tuple[int, ...], place: tuple[str, int, int]) -> float:
        where, shift, length = place
        known = getattr(self.days[day], where)
        return float(known[(length, *at)] if where == "off" else known[(shift, length, *at)])

    def _cheapest_of(
        self, day: int, at: tuple[int, ...], wheres: Sequence[str], *, is_over: bool = False
    ) -> tuple[str, int, int]:
        """Where on a day it is cheapest to stand; `is_over`: a run that may end there."""
        ways = []
        for where in wheres:
            known = getattr(self.days[day], where)
            if known is None:
                continue
            if where == "off":
                ways += [("off", 0, length) for length in range(known.shape[0])]
                continue
            least = self.person.run[0] - 1 if is_over and where == "work" else 0
            ways += [
                (where, shift, length)
                for shift in range(known.shape[0])
                for length in range(least, known.shape[1])
            ]
        return min(ways, key=lambda one: self._cost_of(day, at, one))


@dataclass(frozen=True, slots=True)
class Found:
    """A month for each person, what they cost in all, and what none can beat (None: unknown)."""

    months: list[Month]
    cost: int
    bound: int | None


class NoMonth(ValueError):  # noqa: N818  states what is so
    """Somebody has no month that keeps the rules."""


def fill(task: Task, master: Master, *, until: float, seed: int = 0) -> Iterator[Found]:
    """A month for each, near the best, and each better one that is found.

    After the first dive some are freed again and dive beside the others, until the bound is reached
    or nothing better was found for a while. `until` is of `time.monotonic`. Raises NoMonth.
    """
    everybody = [Months(task, person) for person in task.people]
    until -= (until - time.monotonic()) * _TO_END
    search = _Search(task, master, everybody, until)
    best = search.begin()
    if best is None:
        return
    yield best
    last = time.monotonic() + (until - time.monotonic()) * _SHARE_OF_PRICES
    is_settled = False
    while not is_settled:
        # Something soon, from what is known so far.
        is_settled = search.converge(until=last)
        found = search.dive({}, asks=0)
        if found.cost < best.cost:
            best = found
            yield best
        search.release()
    found = search.dive({})
    best = replace(min(found, best, key=lambda one: one.cost), bound=search.bound)
    yield best
    dice, in_vain = Random(seed), 0  # noqa: S311  no secrets
    while in_vain < _IN_VAIN and time.monotonic() < until and best.cost > (best.bound or -_NEVER):
        held = dice.sample(range(len(everybody)), len(everybody) - _some_of(everybody))
        found = search.dive({person: best.months[person] for person in held})
        in_vain = 0 if found.cost < best.cost else in_vain + 1
        if found.cost < best.cost:
            yield found
        if found.cost <= best.cost:
            best = found


def _some_of(everybody: Sequence[Months]) -> int:
    return max(min(_LEAST_FREE, len(everybody)), len(everybody) * 2 // 5)


@dataclass(slots=True)
class _Search:
    task: Task
    master: Master
    everybody: list[Months]
    until: float
    known: set[tuple[int, Month]] = field(default_factory=set)
    fixed: dict[int, Month] = field(default_factory=dict)
    best_bound: float = -_NEVER
    #: the prices that gave the best bound
    center: Prices | None = None

    @property
    def bound(self) -> int | None:
        """A sum of whole numbers above this is at least the next whole number."""
        if self.best_bound <= -_NEVER:
            return None
        return int(-((-self.best_bound + _ALMOST) // 1))

    def begin(self) -> Found | None:
        """A first month for everybody, each the best beside those of the others, again and again
        until nobody has a better one. Nothing where the time was too short for the first turn.
        """
        task = self.task
        there = np.zeros(task.cover.shape[:2])
        chosen: dict[int, Month] = {}
        for turn in range(_TURNS):
            before = dict(chosen)
            for person, months in enumerate(self.everybody):
                if turn == 0 and time.monotonic() > self.until:
                    return None
                self._count(there, chosen.pop(person, ()), -1)
                # One more where they are too few is worth what that costs; where enough are, it costs.
                prices = np.where(
                    there < task.cover[..., 0], -task.cover[..., 1], task.cover[..., 2]
                )
                found = months.best(task.people[person].wish + prices)
                if not found:
                    raise NoMonth
                for _value, month in found:
                    self._know(person, month)
                chosen[person] = found[0][1]
                self._count(there, chosen[person], 1)
            if chosen == before or time.monotonic() > self.until:
                break
        short = np.maximum(task.cover[..., 0] - there, 0) * task.cover[..., 1]
        over = np.maximum(there - task.cover[..., 0], 0) * task.cover[..., 2]
        wishes = sum(task.people[person].cost(month) for person, month in chosen.items())
        months_of_all = [chosen[person] for person in range(len(self.everybody))]
        return Found(months_of_all, round(float(short.sum() + over.sum())) + wishes, None)

    def _count(self, there: Prices, month: Month, by: int) -> None:
        for day, shift in enumerate(month):
            if shift >= 0:
                there[day, shift] += by

    def _know(self, person: int, month: Month) -> bool:
        """One more month to choose from; whether it is new."""
        if (person, month) in self.known:
            return False
        self.known.add((person, month))
        self.master.add(person, month, self.task.people[person].cost(month))
        return True

    def converge(self, *, until: float) -> bool:
        """Prices settle for some rounds; whether no month is better than those that are known, or
        the time is over.
        """
        for _round in range(_ROUNDS):
            if time.monotonic() > until:
                return True
            value, prices, _persons = self.master.solve()
            is_wide = self.center is not None and value - self.best_bound > _WIDE
            asked = prices
            if is_wide and self.center is not None:
                asked = (1 - _HELD_BACK) * prices + _HELD_BACK * self.center
            before = self.best_bound
            is_new = self._ask(asked, None)
            if self.center is None or self.best_bound > before:
                self.center = asked
            if not is_new and not is_wide:
                return True
            if not is_new:
                # Held back too far: at the true prices there may be more.
                self.center = None
            if value - self.best_bound < _CLOSE:
                return True
        return False

    def dive(self, held: Mapping[int, Month], *, asks: int = _ASKS) -> Found:
        """Beside those that are held the clearest choices are fixed, the rest is asked anew, until
        all are. A choice that costs much is taken back; so many may be as there are people.
        """
        self.release()
        for person, month in held.items():
            self._fix(person, month)
        value = self.master.solve()[0]
        avoided: set[tuple[int, Month]] = set()
        while len(self.fixed) < len(self.everybody):
            chosen, before = self._choose(avoided), value
            for person, month in chosen:
                self._fix(person, month)
            value = self._settle(asks)
            is_dear = value > before * (1 + _DEAR) + _WIDE
            is_first_time = len(avoided) < len(self.everybody) and avoided.isdisjoint(chosen)
            if is_dear and is_first_time and asks:
                for person, month in chosen:
                    self.master.free(person, month)
                    del self.fixed[person]
                avoided.update(chosen)
                value = self._settle(1)
        months = [self.fixed[person] for person in range(len(self.everybody))]
        return Found(months, round(value), self.bound)

    def _settle(self, asks: int) -> float:
        """The value once prices were asked for so often at most."""
        for _ask in range(asks):
            value, prices, persons = self.master.solve()
            if not self._ask(prices, persons):
                return value
        return self.master.solve()[0]

    def release(self) -> None:
        """Nobody's month is fixed any more."""
        for person, month in self.fixed.items():
            self.master.free(person, month)
        self.fixed = {}

    def _choose(self, avoided: Collection[tuple[int, Month]]) -> list[tuple[int, Month]]:
        """All that are as good as whole, or else the one that is nearest to it."""
        open_ones = [one for one in self.master.shares() if one[1] not in self.fixed]
        sure = [(person, month) for share, person, month in open_ones if share >= _SURE]
        others = [(person, month) for _share, person, month in open_ones]
        return sure or [one for one in others if one not in avoided][:1] or others[:1]

    def _fix(self, person: int, month: Month) -> None:
        self.fixed[person] = month
        self.master.fix(person, month)

    def _ask(self, prices: Prices, persons: NDArray[np.float64] | None) -> bool:
        """Everybody's best months at these prices join; whether any is new. With what each person
        is charged for by the master, only those that cost less.

        Asked of everybody, what all cost together at these prices is a bound.
        """
        cover = self.task.cover
        prices = np.clip(prices, -cover[..., 2], cover[..., 1])
        bound, is_new = float((prices * cover[..., 0]).sum()), False
        for person, months in enumerate(self.everybody):
            if person in self.fixed:
                continue
            if time.monotonic() > self.until:
                return is_new
            who = self.task.people[person]
            found = months.best(who.wish - prices)
            if not found:
                raise NoMonth
            bound += found[0][0] + who.constant
            for value, month in found:
                if persons is not None and value + who.constant > persons[person] - _ALMOST:
                    continue
                is_new |= self._know(person, month)
        if not self.fixed:
            self.best_bound = max(self.best_bound, bound)
        return is_new
