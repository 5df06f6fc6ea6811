"""Asks solvers in processes of their own, and proves what they say.

A web process never loads a solver, and neither does the process that waits here: each engine runs
in a child that is killed when its time is over; the best answer it told until then is kept.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final, NamedTuple

from mulin.commons.planning.linear import Model, total_of

#: What reads a linear model; the default tells each better answer at once and takes a hint.
CP_SAT: Final = "cp-sat"
HIGHS: Final = "highs"
#: Looks around a known answer with HiGHS, part by part; for models that name their parts.
EXCHANGE: Final = "exchange"
#: No answer, only bounds, and soon: the model with parts of its unknowns.
RELAXED: Final = "relaxed"
#: CP-SAT's eight workers step back where another engine runs beside them.
_STEPS_BACK: Final = 15
#: What a child may take beyond its time to end, in seconds: a second and a tenth, up to so many.
_MOST_GRACE: Final = 4.0
_ROOT: Final = Path(__file__).resolve().parents[3]
_ALMOST: Final = 1e-6


class SolverMissing(RuntimeError):  # noqa: N818  states what is so
    """The extra is not installed; `make planning` adds it."""


class Impossible(ValueError):  # noqa: N818  states what is so
    """It is proved that no answer exists."""


class NothingFound(RuntimeError):  # noqa: N818  states what is so
    """The time was over before there was any answer."""


class Stage(NamedTuple):
    """One goal: what was reached, and what can't be beaten (None: nothing is known)."""

    name: str
    value: int
    bound: int | None
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Values that keep every row, each goal's stage, and by whom and in what time.

    `is_whole` is false when the time was over before each goal had its turn.
    """

    values: tuple[int, ...]
    stages: tuple[Stage, ...]
    engine: str
    solver_version: str
    seed: int
    seconds: float
    peak_kb: int
    cpu_seconds: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Own:
    """An engine of one kind of model: its job, and what its lines say of the model (values of the
    one goal and a bound, or that there is no answer).
    """

    name: str
    job: Mapping[str, Any]  # Any: a job is JSON
    read: Callable[[Mapping[str, Any]], dict[str, Any]]


def has_solver() -> bool:
    """Whether the extra is installed. Loads nothing."""
    return find_spec("ortools") is not None


def has_router() -> bool:
    """Whether the router of the extra is installed. Loads nothing."""
    return find_spec("pyvrp") is not None


def version_of(package: str) -> str:
    """The installed version, or nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def solve(
    model: Model,
    *,
    seconds: float,
    engines: Sequence[str] = (CP_SAT,),
    seed: int = 0,
    hint: Sequence[int] | None = None,
    own: Own | None = None,
) -> Answer:
    """The best answer that one of these engines finds in the time; they run side by side.

    Raises SolverMissing, Impossible (proved) or NothingFound. Every row is checked here again: an
    answer that breaks one is not an answer, whatever the engine says.
    """
    if not has_solver():
        raise SolverMissing
    began = time.monotonic()
    runs = [_Run(model, engine) for engine in engines]
    jobs = [
        {
            "job": "solve",
            "model": _as_json(model),
            "engine": engine,
            "until": began + seconds,
            "seed": seed,
            "hint": None if hint is None else list(hint),
            "nice": _STEPS_BACK if engine == CP_SAT and HIGHS in engines else 0,
        }
        for engine in engines
    ]

    if own is not None:
        runs.append(_Run(model, own.name))
        jobs.append({**own.job, "until": began + seconds, "seed": seed})

    def hear(which: int, told: dict[str, Any]) -> bool:
        if own is not None and which == len(engines):
            told = {**told, **own.read(told)}
        return runs[which].hear(told) or _is_met(runs)

    # What was not proved by one engine may be by another: go on until one has, or both are done.
    _children(jobs, seconds, hear)
    answered = [run for run in runs if run.values is not None]
    if not answered:
        if any(run.is_impossible for run in runs):
            raise Impossible
        raise NothingFound
    best = min(answered, key=lambda run: (run.reached, -run.told_stages))
    assert best.values is not None  # noqa: S101  chosen among those
    return Answer(
        values=tuple(best.values),
        stages=best.stages(runs),
        engine=best.engine,
        solver_version=f"ortools {version_of('ortools')}",
        seed=seed,
        seconds=time.monotonic() - began,
        peak_kb=max(run.peak_kb for run in runs),
        cpu_seconds=sum(run.cpu_seconds for run in runs),
        is_whole=best.told_stages == len(model.goals),
    )


def _is_met(runs: Sequence["_Run"]) -> bool:
    """Whether one engine's answer reaches another's bound, where there is one goal."""
    bounds = [run.bounds[0] for run in runs if run.bounds and run.bounds[0] is not None]
    reached = [run.reached for run in runs if run.values is not None]
    return (
        bool(bounds) and bool(reached) and len(reached[0]) == 1 and min(reached)[0] <= max(bounds)
    )


class _Run:
    """What one engine told so far."""

    def __init__(self, model: Model, engine: str) -> None:
        self._model = model
        self.engine = engine
        self.values: list[int] | None = None
        self.bounds: list[int | None] = []
        #: goal → a bound that holds for it whatever comes before
        self.relaxed: dict[int, int | None] = {}
        self._proved: list[bool] = []
        self.is_impossible = False
        self.peak_kb = 0
        self.cpu_seconds = 0.0

    @property
    def told_stages(self) -> int:
        return len(self.bounds)

    @property
    def reached(self) -> tuple[int, ...]:
        """The value of each goal, in their order."""
        assert self.values is not None  # noqa: S101  asked of those that answered
        return tuple(
            goal.constant + total_of(goal.terms, self.values) for goal in self._model.goals
        )

    def hear(self, told: dict[str, Any]) -> bool:
        """Take a line; true if nothing can be better."""
        self.peak_kb = max(self.peak_kb, told["peak_kb"])
        self.cpu_seconds = told["cpu_seconds"]
        if "bound_of" in told:
            self.relaxed[told["bound_of"]] = told["bound"]
            return False
        if "stage" not in told:
            return False
        if told["values"] is None:
            self.is_impossible |= told["proved"] and self.values is None
            return self.is_impossible
        if self._model.faults(told["values"]):
            return False
        stage = told["stage"]
        self.values = told["values"]
        bound = None if told["bound"] is None else int(told["bound"])
        self.bounds[stage:] = [bound]
        self._proved[stage:] = [told["proved"]]
        return len(self._proved) == len(self._model.goals) and all(self._proved)

    def stages(self, runs: Sequence["_Run"]) -> tuple[Stage, ...]:
        """Each goal that had its turn, with the best bound that any engine told for it.

        What another engine said of a goal holds here if it holds whatever comes before, or if
        nothing comes before.
        """
        told = []
        for place, goal in enumerate(self._model.goals[: self.told_stages]):
            value = self.reached[place]
            bounds = [self.bounds[place], *(run.relaxed.get(place) for run in runs)]
            if place == 0:
                bounds += [run.bounds[0] for run in runs if run.bounds]
            bound = max((int(one) for one in bounds if one is not None), default=None)
            is_proved = self._proved[place] or (bound is not None and bound >= value)
            told.append(Stage(goal.name, value, bound, is_proved))
        return tuple(told)


def smallest_conflict(
    model: Model, wishes: Sequence[int], *, seconds: float
) -> tuple[int, ...] | None:
    """The fewest of these yes-or-no unknowns that can't all be yes; none if all can be.

    Returns None when the time was over before it was proved.
    """
    if not has_solver():
        raise SolverMissing
    found: list[tuple[int, ...]] = []

    def hear(_which: int, told: dict[str, Any]) -> bool:
        if "conflict" in told:
            found.append(tuple(told["conflict"]))
        return bool(found)

    job = {
        "job": "conflict",
        "model": _as_json(model),
        "wishes": list(wishes),
        "until": time.monotonic() + seconds,
    }
    _children([job], seconds, hear)
    return found[0] if found else None


# Any: a job is JSON.
def ask(job: Mapping[str, Any], *, seconds: float) -> list[dict[str, Any]]:
    """Every line that a child says to this job within the time."""
    job = {**job, "until": time.monotonic() + seconds}
    lines: list[dict[str, Any]] = []

    def hear(_which: int, told: dict[str, Any]) -> bool:
        lines.append(told)
        return False

    _children([job], seconds, hear)
    return lines


def _children(
    jobs: Sequence[Mapping[str, Any]],
    seconds: float,
    hear: Callable[[int, dict[str, Any]], bool],
) -> None:
    """Run these jobs side by side until one is enough, all are done or the time is over."""
    said: Queue[tuple[int, dict[str, Any] | None]] = Queue()
    children = [_child() for _job in jobs]
    until = time.monotonic() + seconds + min(_MOST_GRACE, 1 + seconds / 10)
    try:
        for which, (child, job) in enumerate(zip(children, jobs, strict=True)):
            threading.Thread(target=_talk, args=(which, child, job, said), daemon=True).start()
        open_ = len(children)
        while open_ and time.monotonic() < until:
            try:
                which, told = said.get(timeout=max(until - time.monotonic(), 0.0))
            except Empty:
                return
            if told is None:
                open_ -= 1
            elif hear(which, told):
                return
    finally:
        for child in children:
            child.kill()
            child.wait()


def _child() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mulin.commons.planning.solver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What a solver has to say goes to the log of whoever started this.
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        text=True,
        encoding="utf-8",
    )


def _talk(
    which: int,
    child: subprocess.Popen[str],
    job: Mapping[str, Any],
    said: "Queue[tuple[int, dict[str, Any] | None]]",
) -> None:
    assert child.stdin is not None  # noqa: S101  both are pipes
    assert child.stdout is not None  # noqa: S101
    try:
        with child.stdin, child.stdout:
            json.dump(job, child.stdin)
            child.stdin.close()
            for line in child.stdout:
                said.put((which, json.loads(line)))
    except (OSError, ValueError):
        # The child was killed in mid-sentence: what it said before stands.
        pass
    finally:
        said.put((which, None))


def _as_json(model: Model) -> dict[str, Any]:
    return {
        "lows": model.lows,
        "highs": model.highs,
        "rows": model.rows,
        "goals": model.goals,
        "parts": [(part.start, part.stop) for part in model.parts],
    }
