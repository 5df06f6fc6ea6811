"""Makes plans: by the solver in stages, or by hand; and asks what would have to change."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mulin.commons.planning.duty.byhand import least_loaded
from mulin.commons.planning.duty.checks import faults
from mulin.commons.planning.duty.posing import (
    Posed,
    Wish,
    aim_for_cover,
    aim_for_fairness,
    aim_for_few_changes,
    aim_for_wishes,
    pose,
)
from mulin.commons.planning.duty.rota import (
    BY_HAND,
    BY_SOLVER,
    Duties,
    Pin,
    Plan,
    Rota,
    lacks,
)
from mulin.commons.planning.solving import (
    Answer,
    NothingFound,
    SolverMissing,
    Stage,
    smallest_conflict,
    solve,
)


def make_plan(rota: Rota, *, seconds: float = 20.0, seed: int = 0) -> Plan:
    """A proposal for the whole rota.

    Raises Impossible where it is proved that what is pinned breaks a rule, NothingFound where
    neither the solver nor a hand found a way round it.
    """
    began = time.monotonic()
    by_hand = _by_hand(rota)
    posed = pose(rota)
    aim_for_cover(posed)
    aim_for_fairness(posed)
    aim_for_wishes(posed)
    return _plan(posed, by_hand, seconds=seconds, seed=seed, began=began)


def make_again(
    rota: Rota,
    before: Duties,
    *,
    away: str,
    since: datetime,
    until: datetime | None = None,
    seconds: float = 3.0,
    seed: int = 0,
) -> Plan:
    """The rota after somebody called in sick from `since` on: as few others as possible change.

    Shifts that began before `since` stay as they were, whatever they lack. Raises as `make_plan`.
    """
    began = time.monotonic()
    again = without(rota, before, away=away, since=since, until=until)
    posed = pose(again)
    aim_for_cover(posed)
    aim_for_few_changes(posed, before, [away])
    aim_for_fairness(posed)
    aim_for_wishes(posed)
    kept = {
        shift.id: tuple(
            one
            for one in before.get(shift.id, ())
            if one != away or not _is_away(shift.starts, since, until)
        )
        for shift in again.shifts
    }
    return _plan(posed, _by_hand(again, kept), seconds=seconds, seed=seed, began=began)


def without(
    rota: Rota, before: Duties, *, away: str, since: datetime, until: datetime | None = None
) -> Rota:
    """The rota with what has begun pinned as it was and somebody away from then on."""
    rota.person(away)
    own = {shift.id for shift in rota.shifts if _is_away(shift.starts, since, until)}
    # A wish of the moment before ends where the person is ill: their pins there do, too.
    pins = [pin for pin in rota.pins if not (pin.person == away and pin.shift in own)]
    pins += [Pin(away, shift, is_on=False) for shift in sorted(own)]
    past = {shift.id for shift in rota.shifts if shift.starts < since}
    pins = [pin for pin in pins if pin.shift not in past]
    pins += [
        Pin(person.id, shift, person.id in before.get(shift, ()))
        for shift in sorted(past)
        for person in rota.people
    ]
    # What somebody did they could do, whatever they said since.
    people = [
        replace(
            person,
            unable=person.unable - {shift for shift in past if person.id in before.get(shift, ())},
        )
        for person in rota.people
    ]
    return replace(rota, people=tuple(people), pins=tuple(pins))


def _is_away(starts: datetime, since: datetime, until: datetime | None) -> bool:
    return starts >= since and (until is None or starts < until)


def _by_hand(rota: Rota, start: Duties | None = None) -> Duties | None:
    try:
        return least_loaded(rota, start=start)
    except ValueError:
        return None


def _plan(posed: Posed, by_hand: Duties | None, *, seconds: float, seed: int, began: float) -> Plan:
    """By the solver, from what was made by hand; that itself where there is no solver or no time."""
    try:
        hint = None if by_hand is None else posed.hint(by_hand)
        answer: Answer | None = solve(posed.model, seconds=seconds, seed=seed, hint=hint)
    except (SolverMissing, NothingFound):
        answer = None
    if answer is not None:
        duties = posed.duties(answer.values)
        # An answer that breaks a rule is none, whoever gave it (google/or-tools#3842).
        if not faults(posed.rota, duties):
            return Plan(
                duties=duties,
                lacks=lacks(posed.rota, duties),
                stages=answer.stages,
                made_by=BY_SOLVER,
                solver_version=answer.solver_version,
                seed=seed,
                seconds=time.monotonic() - began,
                is_whole=answer.is_whole,
                peak_kb=answer.peak_kb,
                cpu_seconds=answer.cpu_seconds,
            )
    if by_hand is None:
        raise NothingFound
    return Plan(
        duties=by_hand,
        lacks=lacks(posed.rota, by_hand),
        stages=(),
        made_by=BY_HAND,
        solver_version="",
        seed=seed,
        seconds=time.monotonic() - began,
        is_whole=False,
    )


@dataclass(frozen=True, slots=True)
class Training:
    """Whom to train, and each stage before and after; nobody (""), where it changes nothing."""

    person: str
    before: tuple[Stage, ...]
    after: tuple[Stage, ...]


def one_more(rota: Rota, skill: str, *, seconds: float = 20.0, seed: int = 0) -> Training:
    """What one more person with a skill would change, and who that should be.

    Raises SolverMissing, NothingFound or Impossible: by hand it can't be answered.
    """
    stages = []
    person, known = "", _by_hand(rota)
    for train in ("", skill):
        posed = pose(rota, train=train)
        aim_for_cover(posed)
        aim_for_fairness(posed)
        if train:
            # Nobody is trained for nothing.
            posed.model.aim("trained", ((one, 1) for one in posed.trained.values()))
        hint = None if known is None else posed.hint(known)
        answer = solve(posed.model, seconds=seconds / 2, seed=seed, hint=hint)
        known = posed.duties(answer.values)
        stages.append(tuple(stage for stage in answer.stages if stage.name != "trained"))
        person = next((who for who, one in posed.trained.items() if answer.values[one]), "")
    return Training(person, stages[0], stages[1])


def conflict(rota: Rota, missing: int, *, seconds: float = 10.0) -> tuple[Wish, ...]:
    """The smallest set of what people can't or won't do that keeps so many places empty.

    `missing` is what the best plan lacks in all (its stage "cover"). Empty where even giving up
    every wish would fill no place: then people, skills or checks are lacking. Raises SolverMissing,
    NothingFound when the time was too short, ValueError where nothing is missing or fewer could be.
    """
    if missing < 1:
        raise ValueError("no place is empty")
    posed = pose(rota, as_wishes=True)
    posed.model.hold(((one, 1) for one in posed.missing.values()), high=missing - 1)
    found = smallest_conflict(posed.model, list(posed.wishes.values()), seconds=seconds)
    if found is None:
        raise ValueError("fewer places could be empty")
    names = {unknown: wish for wish, unknown in posed.wishes.items()}
    return tuple(names[unknown] for unknown in found)


def missing_in(plan: Plan) -> int:
    """How many places and skills a plan lacks in all."""
    return sum(lack.number for lack in plan.lacks)


def values_of(stages: Sequence[Stage]) -> Mapping[str, int]:
    """Each stage's value by its name; the smallest load as it is read, not as it is minimised."""
    return {
        stage.name: -stage.value if stage.name == "smallest load" else stage.value
        for stage in stages
    }
