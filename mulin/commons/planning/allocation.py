"""Who gets which lots of work: fair by the share of the time that each has asked for. Pure.

A room makes a `Work` from its rows and calls, in the evening's job and never in a web process:

- `allocate(work, seconds=20)` → `Allocation`: lots left over → the worst-off worker's share →
  wishes, in this order; each stage with its value and what can't be beaten. Without the solver, or
  where it found nothing better in its time, it is by hand, and `made_by` says so.
- `trade(work, first)` → what giving back 3 % of the worst share buys in wishes met. The manager
  sees both and chooses.
- `by_hand(work)`, `first_come(work)`: for the counter, and to be shown beside.
- `measured(work, given)`: what any allocation comes to, at once, while rows are moved by hand.
- `faults(work, given)`: every hard rule, read off the answer; nothing leaves here that breaks one.
- `able(work, lot)`: who could have a lot; `why(work, given, lot)`: why they do not.

Shares are in thousandths of the minutes asked for. What somebody has had already this month counts
with what they asked for in it, so that the month is fair and not the day.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from mulin.commons.planning.linear import Model
from mulin.commons.planning.solving import (
    CP_SAT,
    EXCHANGE,
    RELAXED,
    Answer,
    NothingFound,
    SolverMissing,
    Stage,
    has_solver,
    solve,
)

WHOLE: Final = 1000
#: What is given back of the worst share for wishes, in hundredths: the one choice that is shown.
GIVEN_BACK: Final = 3
_ROUNDS: Final = 400
_ALMOST: Final = 1e-6
_BOUND_ROUNDS: Final = 2_000
_PRICE_STEP: Final = 0.2
_FULL_STEP: Final = 0.05
#: Of the time that is left the solver gets so much; loading it and evening out take the rest.
_SOLVERS_PART: Final = 0.75
BY_SOLVER: Final = "solver"
BY_HAND: Final = "by hand"

#: lot → worker; a lot that is not in it is left over
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Worker:
    """Who wants work: `minutes` is what they offer now, `pace` their speed in hundredths.

    `had` and `wanted_before` are the minutes of earlier allocations of this month. `quality` is the
    part of pieces accepted at once, in hundredths. `likes` are skills they would rather use.
    """

    id: str
    skills: frozenset[str]
    minutes: int
    pace: int = 100
    had: int = 0
    wanted_before: int = 0
    quality: int = 100
    likes: frozenset[str] = frozenset()

    @property
    def wanted(self) -> int:
        """All minutes asked for this month."""
        return self.minutes + self.wanted_before


@dataclass(frozen=True, slots=True)
class Lot:
    """A piece of work: the skill it needs, its minutes at ordinary pace, and what quality."""

    id: str
    skill: str
    minutes: int
    least_quality: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """All that an allocation depends on. `pinned` are lots that stay where they are."""

    workers: tuple[Worker, ...]
    lots: tuple[Lot, ...]
    pinned: Mapping[str, str]
    #: (worker, lot) that were declined
    declined: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        if len({one.id for one in self.workers}) < len(self.workers) or len(
            {one.id for one in self.lots}
        ) < len(self.lots):
            raise ValueError("a worker or a lot stands there twice")
        if any(one.minutes <= 0 or one.pace <= 0 for one in self.workers):
            raise ValueError("a worker without minutes or pace is not asked")
        told = faults(self, self.pinned)
        if told:
            raise ValueError("; ".join(told))

    def snapshot(self) -> str:
        """To be kept beside the allocation."""

        def plain(value: object) -> object:
            return sorted(value) if isinstance(value, frozenset) else value

        return json.dumps(
            {
                "workers": [{k: plain(v) for k, v in asdict(one).items()} for one in self.workers],
                "lots": [asdict(one) for one in self.lots],
                "pinned": dict(self.pinned),
                "declined": sorted(self.declined),
            },
            ensure_ascii=False,
            sort_keys=True,
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """What an allocation comes to: the worst share and whose it is, and what else is asked."""

    worst_share: int
    worst_off: str
    idle: tuple[str, ...]
    left_over: tuple[str, ...]
    wishes_met: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A proposal that breaks no hard rule."""

    given: Given
    measure: Measure
    stages: tuple[Stage, ...]
    made_by: str
    solver_version: str
    seed: int
    seconds: float
    peak_kb: int

    #: No allocation has a greater worst share; also known of one made by hand.
    bound: int


def minutes_of(worker: Worker, lot: Lot) -> int:
    """How long this worker is at it, up to the full minute."""
    return -(-lot.minutes * 100 // worker.pace)


def may_have(work: Work, worker: Worker, lot: Lot) -> bool:
    """Whether a worker can have a lot at all, whatever else they have."""
    return (
        lot.skill in worker.skills
        and worker.quality >= lot.least_quality
        and (worker.id, lot.id) not in work.declined
    )


def able(work: Work, lot: Lot) -> list[Worker]:
    """All who can have a lot at all."""
    return [worker for worker in work.workers if may_have(work, worker, lot)]


def faults(work: Work, given: Given) -> list[str]:
    """Every hard rule that an allocation breaks."""
    workers, lots = {one.id: one for one in work.workers}, {one.id: one for one in work.lots}
    told = []
    used = dict.fromkeys(workers, 0)
    for lot, worker in given.items():
        if lot not in lots or worker not in workers:
            told.append(f"{lot} to {worker}: one of them is not there")
            continue
        if not may_have(work, workers[worker], lots[lot]):
            told.append(f"{lot}: not for {worker}")
        used[worker] += minutes_of(workers[worker], lots[lot])
    told += [
        f"{worker}: {minutes} minutes, {workers[worker].minutes} offered"
        for worker, minutes in used.items()
        if minutes > workers[worker].minutes
    ]
    told += [
        f"{lot}: stays with {worker}"
        for lot, worker in work.pinned.items()
        if given.get(lot) != worker
    ]
    return told


def measured(work: Work, given: Given) -> Measure:
    """What an allocation comes to."""
    lots = {one.id: one for one in work.lots}
    workers = {one.id: one for one in work.workers}
    shares = _shares(work, given)
    worst = min(work.workers, key=lambda one: (shares[one.id], one.id), default=None)
    return Measure(
        worst_share=shares[worst.id] if worst else 0,
        worst_off=worst.id if worst else "",
        idle=tuple(one.id for one in work.workers if one.id not in given.values()),
        left_over=tuple(one.id for one in work.lots if one.id not in given),
        wishes_met=sum(lots[lot].skill in workers[who].likes for lot, who in given.items()),
    )


def _shares(work: Work, given: Given) -> dict[str, int]:
    lots = {one.id: one for one in work.lots}
    minutes = {one.id: one.had for one in work.workers}
    workers = {one.id: one for one in work.workers}
    for lot, worker in given.items():
        minutes[worker] += minutes_of(workers[worker], lots[lot])
    return {one.id: minutes[one.id] * WHOLE // one.wanted for one in work.workers}


def why(work: Work, given: Given, lot: str) -> dict[str, str]:
    """For each worker who has not this lot: skill, quality, declined, time, or their share.

    A share in thousandths says that they could have it, and how they stand without it.
    """
    one = next(each for each in work.lots if each.id == lot)
    lots = {each.id: each for each in work.lots}
    shares = _shares(work, given)
    told = {}
    for worker in work.workers:
        if given.get(lot) == worker.id:
            continue
        used = sum(minutes_of(worker, lots[own]) for own, who in given.items() if who == worker.id)
        if one.skill not in worker.skills:
            told[worker.id] = "skill"
        elif worker.quality < one.least_quality:
            told[worker.id] = "quality"
        elif (worker.id, lot) in work.declined:
            told[worker.id] = "declined"
        elif used + minutes_of(worker, one) > worker.minutes:
            told[worker.id] = "time"
        else:
            told[worker.id] = str(shares[worker.id])
    return told


def first_come(work: Work) -> dict[str, str]:
    """Who comes first takes the best lots that fit: how it is done where nobody plans."""
    given = dict(work.pinned)
    for worker in work.workers:
        left = worker.minutes - sum(
            minutes_of(worker, lot) for lot in work.lots if given.get(lot.id) == worker.id
        )
        liked_first = sorted(
            work.lots, key=lambda lot: (lot.skill not in worker.likes, -lot.minutes)
        )
        for lot in liked_first:
            takes = minutes_of(worker, lot)
            if lot.id not in given and takes <= left and may_have(work, worker, lot):
                given[lot.id] = worker.id
                left -= takes
    return given


def by_hand(work: Work) -> dict[str, str]:
    """The scarcest skill first, the longest lot first, to whoever has relatively least; then evened.

    For the counter, and where the solver is missing.
    """
    given = dict(work.pinned)
    book = _Book(work, given)
    holders = {
        lot.skill: sum(one.minutes for one in work.workers if lot.skill in one.skills)
        for lot in work.lots
    }
    asked = {
        skill: sum(lot.minutes for lot in work.lots if lot.skill == skill) for skill in holders
    }
    order = sorted(
        work.lots, key=lambda lot: (holders[lot.skill] / max(asked[lot.skill], 1), -lot.minutes)
    )
    for lot in order:
        if lot.id not in given:
            free = [one for one in able(work, lot) if book.fits(one, lot)]
            if free:
                book.give(lot, min(free, key=lambda one: (book.share(one), one.id)))
    for lot in order:
        if lot.id not in given:
            book.squeeze_in(lot)
    return evened(work, given)


def evened(work: Work, given: Given) -> dict[str, str]:
    """The same lots given, exchanged among workers until no exchange helps the worse off of two."""
    after = dict(given)
    book = _Book(work, after)
    for _round in range(_ROUNDS):
        if not book.even_out():
            break
    return after


def pleased(work: Work, given: Given, floor: int) -> dict[str, str]:
    """The same lots given, exchanged as long as more wishes are met and no share is below floor."""
    after = dict(given)
    book = _Book(work, after)
    for _round in range(_ROUNDS):
        if not book.please(floor):
            break
    return after


class _Book:
    """Who has what and how much, kept while lots move."""

    def __init__(self, work: Work, given: dict[str, str]) -> None:
        self._work = work
        self._given = given
        self._lots = {one.id: one for one in work.lots}
        self._workers = {one.id: one for one in work.workers}
        self._used = {one.id: 0 for one in work.workers}
        for lot, worker in given.items():
            self._used[worker] += minutes_of(self._workers[worker], self._lots[lot])

    def share(self, worker: Worker, more: int = 0) -> float:
        """A worker's share with so many more minutes."""
        return (worker.had + self._used[worker.id] + more) / worker.wanted

    def fits(self, worker: Worker, lot: Lot, instead_of: int = 0) -> bool:
        used = self._used[worker.id] - instead_of + minutes_of(worker, lot)
        return used <= worker.minutes

    def give(self, lot: Lot, worker: Worker) -> None:
        """Give a lot, and take it from whoever has it."""
        if lot.id in self._given:
            before = self._workers[self._given[lot.id]]
            self._used[before.id] -= minutes_of(before, lot)
        self._given[lot.id] = worker.id
        self._used[worker.id] += minutes_of(worker, lot)

    def squeeze_in(self, lot: Lot) -> bool:
        """Give a lot that fits nowhere to somebody who hands one of theirs to a third."""
        for worker in able(self._work, lot):
            own = [self._lots[one] for one, who in self._given.items() if who == worker.id]
            for back in own:
                if self._is_fixed(back) or not self.fits(worker, lot, minutes_of(worker, back)):
                    continue
                third = next(
                    (
                        one
                        for one in able(self._work, back)
                        if one.id != worker.id and self.fits(one, back)
                    ),
                    None,
                )
                if third is not None:
                    self.give(back, third)
                    self.give(lot, worker)
                    return True
        return False

    def even_out(self) -> bool:
        """One lot moved or two exchanged, so that of the two the worse off is better off."""
        for poor in sorted(self._work.workers, key=self.share):
            best: tuple[float, Lot, Worker, Lot | None] | None = None
            for lot, other, back in self._exchanges(poor):
                worse = self._after(poor, other, lot, back)
                if (
                    worse is not None
                    and worse > max(self.share(poor), best[0] if best else 0) + _ALMOST
                ):
                    best = worse, lot, other, back
            if best:
                self._exchange(poor, *best[1:])
                return True
        return False

    def please(self, floor: int) -> bool:
        """Every exchange that meets more wishes and leaves both at the floor; whether any was made."""
        is_any = False
        for worker in self._work.workers:
            for lot, other, back in list(self._exchanges(worker)):
                if self._given[lot.id] != other.id:
                    continue
                if back is not None and self._given[back.id] != worker.id:
                    continue
                if self._joy(worker, lot, back) + self._joy(other, back, lot) <= 0:
                    continue
                worse = self._after(worker, other, lot, back)
                if worse is not None and worse * WHOLE >= floor:
                    self._exchange(worker, lot, other, back)
                    is_any = True
        return is_any

    @staticmethod
    def _joy(worker: Worker, gets: Lot | None, gives: Lot | None) -> int:
        return (gets is not None and gets.skill in worker.likes) - (
            gives is not None and gives.skill in worker.likes
        )

    def _exchanges(self, worker: Worker) -> Iterator[tuple[Lot, Worker, Lot | None]]:
        """A lot of somebody else's that a worker could have, and what they might give for it."""
        own = [None, *(self._lots[lot] for lot, who in self._given.items() if who == worker.id)]
        for lot in self._work.lots:
            other = self._given.get(lot.id)
            if other is None or other == worker.id or self._is_fixed(lot):
                continue
            if may_have(self._work, worker, lot):
                for back in own:
                    yield lot, self._workers[other], back

    def _exchange(self, worker: Worker, lot: Lot, other: Worker, back: Lot | None) -> None:
        self.give(lot, worker)
        if back is not None:
            self.give(back, other)

    def _is_fixed(self, lot: Lot) -> bool:
        return lot.id in self._work.pinned

    def _after(self, poor: Worker, other: Worker, lot: Lot, back: Lot | None) -> float | None:
        """The worse share of the two after an exchange; None where it can't be."""
        gains, loses = minutes_of(poor, lot), minutes_of(other, lot)
        if back is None:
            if not self.fits(poor, lot):
                return None
            return min(self.share(poor, gains), self.share(other, -loses))
        if self._is_fixed(back) or not may_have(self._work, other, back):
            return None
        gives, gets = minutes_of(poor, back), minutes_of(other, back)
        if not self.fits(poor, lot, gives) or not self.fits(other, back, loses):
            return None
        return min(self.share(poor, gains - gives), self.share(other, gets - loses))


def share_bound(work: Work) -> int:
    """No allocation has a greater worst share than this, with or without lots left over.

    The dual of dividing lots among workers: with prices on workers, each lot is worth at most what
    it is worth to whom it is worth most, less what a worker's full time would cost. Any prices give
    a bound; they go from who gets much to who gets little, and up where more than all time is used.
    """
    import numpy as np  # noqa: PLC0415  only the process that plans loads it

    if not work.workers:
        return WHOLE
    wanted = np.array([one.wanted for one in work.workers], dtype=float)
    had = np.array([one.had for one in work.workers], dtype=float)
    offered = np.array([one.minutes for one in work.workers], dtype=float)
    minutes = np.array(
        [
            [minutes_of(worker, lot) if may_have(work, worker, lot) else 0 for lot in work.lots]
            for worker in work.workers
        ],
        dtype=float,
    ).reshape(len(work.workers), len(work.lots))
    if not work.lots:
        return min(WHOLE, int((had * WHOLE / wanted).min()))
    powers, full, best = np.zeros(len(wanted)), np.zeros(len(wanted)), float("inf")
    for step in range(1, _BOUND_ROUNDS + 1):
        prices = np.exp(powers)
        prices /= prices @ wanted
        priced = (prices * (1 - full))[:, None] * minutes
        value = float(priced.max(axis=0).sum() + (prices * full) @ offered + prices @ had)
        best = min(best, value)
        owners = priced.argmax(axis=0)
        got = np.bincount(owners, minutes[owners, np.arange(len(owners))], minlength=len(wanted))
        shares = ((1 - full) * got + full * offered + had) / wanted
        powers -= _PRICE_STEP * np.clip(shares - value, -1, 1) / step**0.5
        full += _FULL_STEP * np.clip(got / offered - 1, -1, 1) / step**0.5
        full = full.clip(0, 1)
    return min(WHOLE, math.floor(best * WHOLE + _ALMOST))


@dataclass(frozen=True, slots=True)
class _Posed:
    model: Model
    cells: Mapping[tuple[str, str], int]
    left: Mapping[str, int]
    worst: int

    def hint(self, work: Work, given: Given) -> list[int]:
        values = list(self.model.lows)
        for lot, worker in given.items():
            values[self.cells[worker, lot]] = 1
        for lot, unknown in self.left.items():
            values[unknown] = int(lot not in given)
        values[self.worst] = min(WHOLE, measured(work, given).worst_share)
        return values

    def given(self, values: Sequence[int]) -> dict[str, str]:
        return {lot: worker for (worker, lot), cell in self.cells.items() if values[cell]}


def _pose(work: Work) -> _Posed:
    model = Model()
    cells = {
        (worker.id, lot.id): model.unknown()
        for worker in work.workers
        for lot in work.lots
        if may_have(work, worker, lot)
    }
    for worker in work.workers:
        offered = [cells[worker.id, lot.id] for lot in work.lots if (worker.id, lot.id) in cells]
        if offered:
            model.parts.append(range(offered[0], offered[-1] + 1))
    for lot_id, worker_id in work.pinned.items():
        model.pin(cells[worker_id, lot_id], 1)
    left = {lot.id: model.unknown() for lot in work.lots}
    worst = model.unknown(0, WHOLE)
    for worker in work.workers:
        own = [
            (cells[worker.id, lot.id], minutes_of(worker, lot))
            for lot in work.lots
            if (worker.id, lot.id) in cells
        ]
        model.hold(own, high=worker.minutes)
        model.hold(
            [*((cell, WHOLE * minutes) for cell, minutes in own), (worst, -worker.wanted)],
            low=-WHOLE * worker.had,
        )
    for lot in work.lots:
        mine = [cells[one.id, lot.id] for one in work.workers if (one.id, lot.id) in cells]
        model.hold([*((cell, 1) for cell in mine), (left[lot.id], 1)], low=1, high=1)
    model.aim("left over", ((one, 1) for one in left.values()))
    return _Posed(model, cells, left, worst)


def _aim_for_wishes(work: Work, posed: _Posed) -> None:
    skill = {one.id: one.skill for one in work.lots}
    likes = {one.id: one.likes for one in work.workers}
    posed.model.aim(
        "wishes",
        ((cell, -1) for (who, lot), cell in posed.cells.items() if skill[lot] in likes[who]),
    )


def allocate(work: Work, *, seconds: float = 20.0, seed: int = 0) -> Allocation:
    """The fairest allocation found in the time, with its bound.

    What the solver finds is evened out by exchange, and what was evened out is where it goes on.
    """
    began = time.monotonic()
    until = began + seconds
    known: Given = by_hand(work)
    if has_solver() and len(known) < len(work.lots):
        posed = _pose(work)
        first = _solved(work, posed, known, seconds=(until - time.monotonic()) / 3, seed=seed)
        known = known if first is None else evened(work, posed.given(first.values))
    posed = _pose(work)
    posed.model.aim("worst share", [(posed.worst, -1)])
    answer = _solved(
        work, posed, known, seconds=(until - time.monotonic()) * _SOLVERS_PART, seed=seed
    )
    if answer is not None:
        known = max(
            (evened(work, each) for each in (known, posed.given(answer.values))),
            key=lambda each: (len(each), measured(work, each).worst_share),
        )
    return _allocation(work, known, answer, seed=seed, began=began)


def trade(work: Work, first: Allocation, *, seconds: float = 10.0, seed: int = 0) -> Allocation:
    """As many wishes met as 3 % of the first one's worst share buy."""
    began = time.monotonic()
    posed = _pose(work)
    posed.model.lows[posed.worst] = first.measure.worst_share * (100 - GIVEN_BACK) // 100
    _aim_for_wishes(work, posed)
    answer = _solved(
        work, posed, first.given, seconds=seconds, seed=seed, engines=(EXCHANGE, RELAXED)
    )
    given = first.given if answer is None else posed.given(answer.values)
    return _allocation(work, given, answer, seed=seed, began=began)


def _solved(
    work: Work,
    posed: _Posed,
    known: Given,
    *,
    seconds: float,
    seed: int,
    engines: Sequence[str] = (CP_SAT,),
) -> Answer | None:
    """The solver's answer, checked; None where there is no solver or it found nothing."""
    try:
        answer = solve(
            posed.model, seconds=seconds, seed=seed, hint=posed.hint(work, known), engines=engines
        )
    except (SolverMissing, NothingFound):
        return None
    return None if faults(work, posed.given(answer.values)) else answer


def _allocation(
    work: Work, given: Given, answer: Answer | None, *, seed: int, began: float
) -> Allocation:
    measure, bound = measured(work, given), share_bound(work)
    stages = []
    for stage in () if answer is None else answer.stages:
        if stage.name == "worst share":
            # Exchange went on after the solver: the stage tells what came out in the end.
            bound = min(bound, WHOLE if stage.bound is None else -stage.bound)
            value = -min(WHOLE, measure.worst_share)
            is_proved = stage.is_proved or value == -bound
            stages.append(Stage(stage.name, value, -bound, is_proved))
        else:
            stages.append(stage)
    return Allocation(
        given=given,
        measure=measure,
        stages=tuple(stages),
        made_by=BY_HAND if answer is None else BY_SOLVER,
        solver_version="" if answer is None else answer.solver_version,
        seed=seed,
        seconds=time.monotonic() - began,
        peak_kb=0 if answer is None else answer.peak_kb,
        bound=bound,
    )
