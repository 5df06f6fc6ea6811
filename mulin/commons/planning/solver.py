"""The process in which solvers run: `python -m mulin.commons.planning.solver`, one job, then gone.

The only module that imports a solver. One job as JSON on its input, one line of JSON for each
better answer on its output; whoever started it may kill it at any moment and keep the last line.
CP-SAT takes eight workers also on two processors: with fewer it hardly ever proves anything
(google/or-tools#3662).
"""

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple

from mulin.commons.planning.linear import FREE, Goal, Model, Row, total_of

_WORKERS: Final = 8
_LEAST_SECONDS: Final = 0.2
#: Of the parts of a model so many are free at first, and so long is looked at a choice of them.
_FREE_PARTS: Final = 6
_PARTS_AT_ONCE: Final = 4
_LOOK_SECONDS: Final = 8.0
_QUICK_SECONDS: Final = 2.0
_ENDLESS: Final = 1e30


class _Turn(NamedTuple):
    """How long an engine may look at one goal, from what number and what known answer."""

    seconds: float
    seed: int = 0
    hint: list[int] | None = None
    #: Below 0 nothing is told until the end.
    stage: int = -1


class _Found(NamedTuple):
    """What an engine says of one goal; no values, no answer."""

    values: list[int] | None
    bound: float | None
    is_proved: bool


def main() -> int:
    """Do the one job that stands on the input."""
    asked = json.load(sys.stdin)
    os.nice(asked.get("nice", 0))
    jobs = {"solve": _solve, "conflict": _conflict, "route": _route, "months": _months}
    jobs[asked["job"]](asked)
    _tell(done=True)
    return 0


# Any: what json takes.
def _tell(**told: Any) -> None:
    """One line, and what memory and processor it took so far."""
    told["cpu_seconds"] = time.process_time()
    told["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _model(told: dict[str, Any]) -> Model:
    def terms(pairs: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
        return tuple((unknown, weight) for unknown, weight in pairs)

    return Model(
        told["lows"],
        told["highs"],
        [Row(terms(pairs), low, high) for pairs, low, high in told["rows"]],
        [
            Goal(name, terms(pairs), constant, slack)
            for name, pairs, constant, slack in told["goals"]
        ],
        [range(first, end) for first, end in told["parts"]],
    )


def _solve(asked: dict[str, Any]) -> None:
    """One goal after the other; what is reached of one is held in all that follow."""
    model = _model(asked["model"])
    if asked["engine"] == "relaxed":
        _relaxed(model, asked["until"])
        return
    engine = _ENGINES[asked["engine"]]
    hint, until = asked["hint"], asked["until"]
    for place, goal in enumerate(model.goals):
        left = (until - time.monotonic()) / (len(model.goals) - place)
        if hint is not None and not model.faults(hint):
            # Nothing can be below what the bounds of the unknowns alone allow.
            value, is_least = total_of(goal.terms, hint), _is_least(model, goal, hint)
            bound = value + goal.constant if is_least else None
            _tell(stage=place, values=hint, bound=bound, proved=is_least)
            if is_least:
                model.hold(goal.terms, high=value + goal.slack)
                continue
        turn = _Turn(max(left, _LEAST_SECONDS), asked["seed"], hint, place)
        found = engine(model, goal, turn)
        if found.values is None:
            _tell(stage=place, values=None, bound=None, proved=found.is_proved)
            return
        value = total_of(goal.terms, found.values)
        _tell(
            stage=place,
            values=found.values,
            bound=None if found.bound is None else found.bound + goal.constant,
            proved=found.is_proved,
        )
        hint = found.values
        model.hold(goal.terms, high=value + goal.slack)


def _is_least(model: Model, goal: Goal, values: Sequence[int]) -> bool:
    least = sum(
        weight * (model.lows if weight > 0 else model.highs)[unknown]
        for unknown, weight in goal.terms
    )
    return total_of(goal.terms, values) == least


def _cp_sat(model: Model, goal: Goal, turn: _Turn) -> _Found:
    from ortools.sat.python import cp_model  # noqa: PLC0415  only the process that needs it loads it

    posed = cp_model.CpModel()
    unknowns = [
        posed.new_int_var(low, high, "") for low, high in zip(model.lows, model.highs, strict=True)
    ]

    def sum_of(terms: Sequence[tuple[int, int]]) -> Any:  # Any: ortools types its sums loosely
        return cp_model.LinearExpr.weighted_sum(
            [unknowns[place] for place, _weight in terms], [weight for _place, weight in terms]
        )

    for row in model.rows:
        posed.add_linear_constraint(sum_of(row.terms), row.low, row.high)
    posed.minimize(sum_of(goal.terms))
    for unknown, value in zip(unknowns, turn.hint or (), strict=bool(turn.hint)):
        posed.add_hint(unknown, value)

    class Said(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            if turn.stage < 0:
                return
            _tell(
                stage=turn.stage,
                values=[self.value(one) for one in unknowns],
                bound=round(self.best_objective_bound) + goal.constant,
                proved=False,
            )

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = _WORKERS
    solver.parameters.max_time_in_seconds = turn.seconds
    solver.parameters.random_seed = turn.seed
    status = solver.solve(posed, Said())
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return _Found(None, None, is_proved=status == cp_model.INFEASIBLE)
    return _Found(
        [solver.value(one) for one in unknowns],
        _up(solver.best_objective_bound),
        is_proved=status == cp_model.OPTIMAL,
    )


def _highs(model: Model, goal: Goal, turn: _Turn) -> _Found:
    from ortools.math_opt.python import mathopt  # noqa: PLC0415  as above

    posed, unknowns = _in_math_opt(model, is_whole=True)
    posed.minimize(mathopt.fast_sum([weight * unknowns[at] for at, weight in goal.terms]))
    limits = mathopt.SolveParameters(
        time_limit=timedelta(seconds=turn.seconds),
        random_seed=turn.seed,
        relative_gap_tolerance=0.0,
    )
    result = mathopt.solve(posed, mathopt.SolverType.HIGHS, params=limits)
    reason = result.termination.reason
    if not result.has_primal_feasible_solution():
        return _Found(None, None, is_proved=reason == mathopt.TerminationReason.INFEASIBLE)
    # It answers 827.9999: round, and whoever asked checks every row.
    values = [round(value) for value in result.variable_values(unknowns)]
    return _Found(
        values,
        _up(result.termination.objective_bounds.dual_bound),
        is_proved=reason == mathopt.TerminationReason.OPTIMAL,
    )


def _up(bound: float) -> float | None:
    """A sum of whole numbers above this is at least the next whole number."""
    if abs(bound) >= _ENDLESS:
        return None
    return float(-((-bound + 1e-6) // 1))


def _relaxed(model: Model, until: float) -> None:
    """Only bounds, by parts of unknowns: what not even halves of lots can beat.

    Each goal is looked at without those before it, so its bound holds for any answer.
    """
    from ortools.math_opt.python import mathopt  # noqa: PLC0415  as above

    posed, unknowns = _in_math_opt(model, is_whole=False)
    for place, goal in enumerate(model.goals):
        posed.minimize(mathopt.fast_sum([weight * unknowns[at] for at, weight in goal.terms]))
        limits = mathopt.SolveParameters(time_limit=timedelta(seconds=_left(until).seconds))
        result = mathopt.solve(posed, mathopt.SolverType.GLOP, params=limits)
        if result.termination.reason == mathopt.TerminationReason.OPTIMAL:
            bound = _up(result.termination.objective_bounds.dual_bound)
            _tell(bound_of=place, bound=None if bound is None else bound + goal.constant)


def _in_math_opt(model: Model, *, is_whole: bool) -> tuple[Any, list[Any]]:  # Any: no types there
    from ortools.math_opt.python import mathopt  # noqa: PLC0415  as above

    posed = mathopt.Model()
    unknowns = [
        posed.add_variable(lb=low, ub=high, is_integer=is_whole)
        for low, high in zip(model.lows, model.highs, strict=True)
    ]
    for row in model.rows:
        posed.add_linear_constraint(
            lb=row.low if row.low > -FREE else -_ENDLESS,
            ub=row.high if row.high < FREE else _ENDLESS,
            expr=mathopt.fast_sum([weight * unknowns[at] for at, weight in row.terms]),
        )
    return posed, unknowns


def _exchange(model: Model, goal: Goal, turn: _Turn) -> _Found:
    """Parts in turn for a start; then a few are free and all others held, again and again.

    Large neighbourhood search (Shaw 1998). It proves nothing.
    """
    until, dice = time.monotonic() + turn.seconds, Random(turn.seed)  # noqa: S311  no secrets
    known = turn.hint
    values = known if known and not model.faults(known) else _in_turn(model, goal, until)
    free = min(_FREE_PARTS, len(model.parts))
    while values is not None and time.monotonic() < until:
        best = total_of(goal.terms, values)
        _tell(stage=turn.stage, values=values, bound=None, proved=False)
        began = time.monotonic()
        held = dice.sample(range(len(model.parts)), len(model.parts) - free)
        trial = _held(model, values, held)
        look = min(_LOOK_SECONDS, max(until - began, _LEAST_SECONDS))
        found = _highs(trial, goal, _Turn(look, turn.seed))
        if found.values is not None and total_of(goal.terms, found.values) <= best:
            values = found.values
        if not found.is_proved:
            free = max(1, free - 1)
        elif time.monotonic() - began < _QUICK_SECONDS and free < len(model.parts):
            free += 1
    return _Found(values, None, is_proved=False)


def _left(until: float) -> _Turn:
    """The time that is left; an engine that is given none looks at nothing."""
    return _Turn(max(until - time.monotonic(), _LEAST_SECONDS))


def _held(model: Model, values: Sequence[int], held: Sequence[int]) -> Model:
    trial = Model(list(model.lows), list(model.highs), model.rows)
    for part in held:
        for unknown in model.parts[part]:
            trial.pin(unknown, values[unknown])
    return trial


def _in_turn(model: Model, goal: Goal, until: float) -> list[int] | None:
    """A first answer: a few parts at once, those before held, those after not asked yet."""
    owner = {unknown: part for part, unknowns in enumerate(model.parts) for unknown in unknowns}
    values: list[int] = [0] * len(model.lows)
    for first in range(0, len(model.parts), _PARTS_AT_ONCE):
        later = set(range(first + _PARTS_AT_ONCE, len(model.parts)))
        trial = _held(model, values, range(first))
        trial.rows = [
            row
            for row in model.rows
            if not {owner.get(unknown, -1) for unknown, _weight in row.terms} <= later
        ]
        for part in later:
            for unknown in model.parts[part]:
                trial.pin(unknown, 0)
        found = _highs(trial, goal, _left(until))
        if found.values is None:
            return None
        values = found.values
    return values


_ENGINES: Final = {"cp-sat": _cp_sat, "highs": _highs, "exchange": _exchange}


def _conflict(asked: dict[str, Any]) -> None:
    """The smallest set of wishes that can't be met together.

    A set that meets each complement of a set that can be met is a conflict if it can't be met
    itself, and the smallest such set is the smallest conflict (hitting sets; Ignatiev, Previti,
    Liffiton, Marques-Silva 2015).
    """
    model, wishes = _model(asked["model"]), asked["wishes"]
    until = asked["until"]
    refused: list[list[int]] = []
    while time.monotonic() < until:
        chosen = _smallest_meeting(refused, until) if refused else []
        if chosen is None:
            break
        trial = Model(list(model.lows), list(model.highs), model.rows)
        for wish in chosen:
            trial.pin(wish, 1)
        goal = Goal("given up", tuple((wish, -1) for wish in wishes))
        found = _cp_sat(trial, goal, _left(until))
        if found.values is None:
            if found.is_proved:
                _tell(conflict=chosen)
            break
        given_up = [wish for wish in wishes if not found.values[wish]]
        if not given_up:
            _tell(conflict=[])
            break
        refused.append(given_up)


def _smallest_meeting(sets: Sequence[Sequence[int]], until: float) -> list[int] | None:
    """The smallest choice with a member of each set."""
    members = sorted({one for group in sets for one in group})
    place = {one: at for at, one in enumerate(members)}
    model = Model([0] * len(members), [1] * len(members))
    for group in sets:
        model.hold(((place[one], 1) for one in group), low=1)
    goal = Goal("size", tuple((at, 1) for at in range(len(members))))
    found = _cp_sat(model, goal, _left(until))
    if found.values is None or not found.is_proved:
        return None
    return [one for one in members if found.values[place[one]]]


def _months(asked: dict[str, Any]) -> None:
    """A roster from whole months; everything in whole numbers."""
    from mulin.commons.planning import months  # noqa: PLC0415  arrays: only this job needs them

    task = months.task_of(asked["task"])
    master = _Master(task.cover, len(task.people))
    try:
        for found in months.fill(task, master, until=asked["until"], seed=asked["seed"]):
            _tell(months=found.months, bound=found.bound)
    except months.NoMonth:
        _tell(impossible=True)


class _Master:
    """Chooses one month for each person, in parts, by GLOP (`months.Master`)."""

    def __init__(self, cover: Any, people: int) -> None:  # Any: arrays
        from ortools.math_opt.python import mathopt  # noqa: PLC0415  as above

        self._model = mathopt.Model()
        self._people = [self._model.add_linear_constraint(lb=1, ub=1) for _one in range(people)]
        self._cells, self._shape = [], cover.shape[:2]
        for wanted, under, over in cover.reshape(-1, 3):
            cell = self._model.add_linear_constraint(lb=wanted, ub=wanted)
            for cost, way in ((under, 1), (over, -1)):
                unknown = self._model.add_variable(lb=0)
                cell.set_coefficient(unknown, way)
                self._model.objective.set_linear_coefficient(unknown, cost)
            self._cells.append(cell)
        self._known: dict[tuple[int, tuple[int, ...]], Any] = {}
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        self._result: Any = None

    def add(self, person: int, month: tuple[int, ...], cost: int) -> None:
        unknown = self._model.add_variable(lb=0)
        self._people[person].set_coefficient(unknown, 1)
        for day, shift in enumerate(month):
            if shift >= 0:
                self._cells[day * self._shape[1] + shift].set_coefficient(unknown, 1)
        self._model.objective.set_linear_coefficient(unknown, cost)
        self._known[person, month] = unknown

    def fix(self, person: int, month: tuple[int, ...]) -> None:
        self._known[person, month].lower_bound = 1

    def free(self, person: int, month: tuple[int, ...]) -> None:
        self._known[person, month].lower_bound = 0

    def solve(self) -> tuple[float, Any, Any]:
        import numpy as np  # noqa: PLC0415  as above

        self._result = self._solver.solve()
        prices = np.array(self._result.dual_values(self._cells)).reshape(self._shape)
        charged = np.array(self._result.dual_values(self._people))
        return self._result.objective_value(), prices, charged

    def shares(self) -> list[tuple[float, int, tuple[int, ...]]]:
        told = self._result.variable_values(list(self._known.values()))
        return sorted(
            ((share, *key) for share, key in zip(told, self._known, strict=True) if share > 0),
            reverse=True,
        )


def _route(asked: dict[str, Any]) -> None:
    """Delivery rounds, by PyVRP; everything in whole numbers."""
    import pyvrp  # noqa: PLC0415  as above
    from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement  # noqa: PLC0415

    model = pyvrp.Model()
    places = [model.add_location(0, 0) for _place in asked["distances"]]
    opens, shuts = asked["windows"][0]
    depot = model.add_depot(places[0], tw_early=opens, tw_late=shuts)
    for place in range(1, len(places)):
        opens, shuts = asked["windows"][place]
        model.add_client(
            places[place],
            delivery=asked["demands"][place],
            service_duration=asked["service"][place],
            tw_early=opens,
            tw_late=shuts,
        )
    limits = {} if asked["longest"] is None else {"shift_duration": asked["longest"]}
    model.add_vehicle_type(
        asked["vehicles"], asked["capacity"], start_depot=depot, end_depot=depot, **limits
    )
    for at, row in enumerate(asked["distances"]):
        for to, distance in enumerate(row):
            if at != to:
                model.add_edge(places[at], places[to], distance, distance)
    stop = MultipleCriteria(
        [
            MaxRuntime(_left(asked["until"]).seconds),
            NoImprovement(asked["patience"]),
        ]
    )
    result = model.solve(stop, seed=asked["seed"], display=False, collect_stats=False)
    if not result.is_feasible():
        _tell(routes=None)
        return
    _tell(
        routes=[
            [step.idx + 1 for step in route if step.is_client()] for route in result.best.routes()
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
