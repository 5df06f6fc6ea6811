"""The evening's plan: lots and hands as the engine takes them, and the reason of each row. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from mulin.commons.planning.allocation import (
    WHOLE,
    Allocation,
    Given,
    Lot,
    Measure,
    Work,
    Worker,
    able,
    measured,
    minutes_of,
)
from mulin.workshop.production.rules import Batch, Because, Hand, Proposal, Task, late

#: The skill of a lot that everybody can do.
ANY: Final = ""
FAIR: Final = "fair"
WISHES: Final = "wishes"
COUNTER: Final = "counter"


def work_of(lots: Iterable[Batch], hands: Iterable[Hand]) -> Work:
    """What the engine is asked: who has time left this week, and what they had this month.

    A share is of all the minutes she asked for since the month began and for the week to come, so
    that what she earned already counts, and the month is fair and not the day.
    """
    listed, asked = list(lots), [one for one in hands if one.wished > one.load]
    there = {one.id for one in listed}
    return Work(
        workers=tuple(
            Worker(
                id=str(one.id), skills=frozenset({ANY, *map(str, one.skills)}),
                minutes=one.wished - one.load, had=one.made + one.load,
                wanted_before=one.asked + one.load, quality=int(one.good * 100),
                likes=frozenset(map(str, one.likes)),
            )
            for one in asked
        ),
        lots=tuple(
            Lot(
                str(one.id), ANY if one.skill is None else str(one.skill), one.minutes,
                one.least_quality,
            )
            for one in listed
        ),
        pinned={},
        declined=frozenset(
            (str(one.id), str(lot)) for one in asked for lot in one.declined if lot in there
        ),
    )  # fmt: skip


def still(work: Work, given: Mapping[str, str]) -> dict[str, str]:
    """Of a plan what can be done now: a lot that is gone or a worker who has enough is left out."""
    workers, lots = {one.id for one in work.workers}, {one.id for one in work.lots}
    return {lot: who for lot, who in given.items() if lot in lots and who in workers}


def proposals(work: Work, given: Given, hands: Mapping[int, Hand]) -> dict[int, Proposal]:
    """Each lot with its worker, or nobody, and why: what the lowest share would be otherwise."""
    lots, workers = {one.id: one for one in work.lots}, {one.id: one for one in work.workers}
    used = dict.fromkeys(workers, 0)
    for number, holder in given.items():
        used[holder] += minutes_of(workers[holder], lots[number])
    shares = {one.id: _share(one, used[one.id]) for one in work.workers}
    lowest = sorted((share, who) for who, share in shares.items())[:3]
    found = {}
    for lot in work.lots:
        could = able(work, lot)
        who = given.get(lot.id)
        if who is None:
            found[int(lot.id)] = Proposal(int(lot.id), None, able=len(could))
            continue
        own = workers[who]
        without = _share(own, used[who] - minutes_of(own, lot))
        otherwise = []
        for other in could:
            more = used[other.id] + minutes_of(other, lot)
            if other.id != who and more <= other.minutes:
                rest = next((s for s, one in lowest if one not in {who, other.id}), WHOLE)
                otherwise.append(min(rest, without, _share(other, more)))
        best = max(otherwise, default=None)
        found[int(lot.id)] = Proposal(
            lot=int(lot.id), worker=int(who), able=len(could), income=hands[int(who)].income,
            because=_because(
                len(could), best, lowest[0][0], is_liked=lot.skill in own.likes
            ),
            share_before=percent(without), share_after=percent(shares[who]),
            otherwise=None if best is None else percent(best),
        )  # fmt: skip
    return found


def _share(worker: Worker, used: int) -> int:
    return (worker.had + used) * WHOLE // worker.wanted


def _because(could: int, otherwise: int | None, lowest: int, *, is_liked: bool) -> Because:
    if could == 1:
        return Because.ONLY
    if otherwise is None:
        return Because.TIME
    if otherwise < lowest:
        return Because.WORST
    return Because.WISH if is_liked else Because.EQUAL


def percent(share: int) -> int:
    """Thousandths as percent, for a sentence."""
    return share * 100 // WHOLE


def measure_told(measure: Measure) -> dict[str, Any]:  # Any: what JSON holds
    """What a page says of an allocation."""
    return {
        "worst": percent(measure.worst_share), "worst_off": measure.worst_off,
        "idle": len(measure.idle), "left": len(measure.left_over),
        "wishes": measure.wishes_met,
    }  # fmt: skip


def allocation_told(one: Allocation) -> dict[str, Any]:  # Any: as above
    """An answer of the engine as it is kept: rows, value and bound of each stage, by whom."""
    return {
        **measure_told(one.measure), "given": dict(one.given), "bound": percent(one.bound),
        "stages": [list(stage) for stage in one.stages], "made_by": one.made_by,
        "solver": one.solver_version, "seed": one.seed, "seconds": round(one.seconds, 1),
    }  # fmt: skip


def stages_told(
    kept: Iterable[Sequence[Any]],
) -> list[tuple[str, int, int | None, bool]]:  # Any: what JSON holds
    """The stages of a kept answer as people count: name, value and bound, whether it is proved. What
    the engine makes as great as it can it counts below nothing; a share it counts in thousandths.
    """
    told = []
    for name, value, bound, is_proved in kept:
        counts = [None if one is None else abs(one) for one in (value, bound)]
        if name == "worst share":
            counts = [None if one is None else percent(one) for one in counts]
        told.append((name, counts[0] or 0, counts[1], is_proved))
    return told


def weighed(
    work: Work, given: Given, *, tasks: Mapping[int, Sequence[Task]], dues: Mapping[int, date],
    hands: Mapping[int, Hand], today: date,
) -> tuple[Measure, dict[int, int], dict[int, date]]:  # fmt: skip
    """What rows come to, as somebody moves them: measure, each worker's share in percent, and the
    lots that would be ready too late, with the day they would be.
    """
    lots = {one.id: one for one in work.lots}
    workers = {one.id: one for one in work.workers}
    used = dict.fromkeys(workers, 0)
    queues = {who: list(tasks.get(int(who), ())) for who in workers}
    for lot, who in given.items():
        minutes = minutes_of(workers[who], lots[lot])
        used[who] += minutes
        queues[who].append(Task(dues[int(lot)], minutes, int(lot)))
    too_late: dict[int, date] = {}
    for who, queue in queues.items():
        too_late |= late(queue, hands[int(who)].wished, today)
    shares = {int(one.id): percent(_share(one, used[one.id])) for one in work.workers}
    return measured(work, given), shares, too_late
