"""What solvers say is proved again; they run in a process of their own that may be killed."""

import itertools
import json
import subprocess
import sys
from random import Random

import pytest

from mulin.commons.planning.linear import Model
from mulin.commons.planning.solving import (
    CP_SAT,
    EXCHANGE,
    HIGHS,
    RELAXED,
    Impossible,
    SolverMissing,
    _Run,
    has_solver,
    smallest_conflict,
    solve,
)
from tests.support.serving import environment


def small():
    """Two unknowns from 0 to 5 that make 4 at least: their sum small, then the second great."""
    model = Model()
    one, other = model.unknown(0, 5), model.unknown(0, 5)
    model.hold([(one, 1), (other, 1)], low=4)
    model.aim("sum", [(one, 1), (other, 1)])
    model.aim("second", [(other, -1)], constant=10)
    return model


@pytest.mark.parametrize("engines", [(CP_SAT,), (HIGHS,), (HIGHS, CP_SAT, RELAXED)])
def test_goals_are_reached_in_their_order(engines):
    answer = solve(small(), seconds=10, engines=engines)
    assert answer.values == (0, 4)
    assert [tuple(stage) for stage in answer.stages] == [
        ("sum", 4, 4, True),
        ("second", 6, 6, True),
    ]
    assert answer.is_whole
    assert answer.solver_version.startswith("ortools ")


def test_slack_is_given_up_for_what_comes_after():
    model = small()
    model.goals[0] = model.goals[0]._replace(slack=1)
    assert solve(model, seconds=10).values == (0, 5)


def test_what_can_not_be_is_proved():
    model = small()
    model.hold([(0, 1), (1, 1)], high=3)
    with pytest.raises(Impossible):
        solve(model, seconds=10)


def test_parts_are_exchanged_until_nothing_is_better():
    model, dice = Model(), Random(2)
    for _part in range(8):
        first = model.unknown(0, 3)
        model.unknown(0, 3)
        model.parts.append(range(first, first + 2))
    weights = [dice.randint(1, 9) for _unknown in model.lows]
    model.hold(enumerate(weights), low=60)
    model.aim("cost", ((one, dice.randint(5, 20)) for one in range(16)))
    exact = solve(model, seconds=20)
    start = [3] * len(weights)  # even a machine with much to do has something to better
    found = solve(model, seconds=1, engines=(EXCHANGE,), hint=start)
    assert model.faults(found.values) == []
    assert not found.stages[0].is_proved
    assert found.stages[0].value >= exact.stages[0].value
    both = solve(model, seconds=5, engines=(EXCHANGE, RELAXED), hint=start)
    assert both.stages[0].bound is not None


def test_a_solver_that_is_cut_short_leaves_its_best_so_far():
    # Known to be hard to prove: equal items into equal boxes, one too many.
    model = Model()
    boxes, things = 11, 34
    cells = [[model.unknown() for _box in range(boxes)] for _thing in range(things)]
    over = model.unknown(0, things)
    for row in cells:
        model.hold(((one, 1) for one in row), low=1, high=1)
    for box in range(boxes):
        model.hold([*((row[box], 7) for row in cells), (over, -7)], high=21)
    model.aim("over", [(over, 1)])
    model.aim("order", ((cells[thing][box], (thing * box) % 13) for thing in range(things)
                        for box in range(boxes)))  # fmt: skip
    hint = [0] * len(model.lows)
    for row in cells:
        hint[row[0]] = 1
    hint[over] = things - 3
    answer = solve(model, seconds=0.2, hint=hint)
    assert model.faults(answer.values) == []
    assert answer.stages[0].value <= things - 3


def test_an_answer_that_breaks_a_row_is_thrown_away_whoever_says_it():
    run = _Run(small(), HIGHS)
    line = {"stage": 0, "bound": 3, "proved": True, "peak_kb": 1, "cpu_seconds": 0.1}
    assert not run.hear({**line, "values": [0, 3]})
    assert run.values is None
    assert not run.hear({**line, "values": [0, 5]})
    assert run.values == [0, 5]


def test_faults_are_found_in_any_answer():
    model = small()
    assert model.faults([0, 4]) == []
    assert model.faults([0, 3]) == ["row 0: 3 is not in 4..1000000000"]
    assert model.faults([-1, 6]) == ["unknown 0: -1 is not in 0..5", "unknown 1: 6 is not in 0..5"]
    assert model.faults([4]) == ["1 values for 2 unknowns"]


@pytest.mark.parametrize("seed", range(2))
def test_no_smaller_set_of_wishes_conflicts(seed):
    dice = Random(seed)
    model = Model()
    things = [model.unknown() for _thing in range(4)]
    wishes = [model.unknown() for _wish in range(6)]
    model.hold(((one, 1) for one in things), low=2)
    for wish in wishes:
        out = dice.sample(things, 2)
        model.hold([*((one, 1) for one in out), (wish, 2)], high=2)
    found = smallest_conflict(model, wishes, seconds=20)

    def can_be(chosen):
        return any(
            not model.faults([*cells, *(int(wish in chosen) for wish in wishes)])
            for cells in itertools.product([0, 1], repeat=4)
        )

    sizes = [
        size
        for size in range(len(wishes) + 1)
        for chosen in itertools.combinations(wishes, size)
        if not can_be(chosen)
    ]
    if not sizes:
        assert found is None
    else:
        assert len(found) == min(sizes)
        assert not can_be(found)


def test_without_the_extra_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert not has_solver()
    with pytest.raises(SolverMissing):
        solve(small(), seconds=1)
    with pytest.raises(SolverMissing):
        smallest_conflict(small(), [0], seconds=1)


def test_no_web_process_loads_a_solver(tmp_path):
    # All addresses, and every module of planning but the child's.
    code = (
        "import django, json, sys; django.setup(); import mulin.urls, mulin.cli;"
        "from django.urls import get_resolver; get_resolver().reverse_dict;"
        "from mulin.commons.planning import allocation, commands, routing, rosters, solving;"
        "from mulin.commons.planning.duty import planning, reasons;"
        "print(json.dumps([name for name in ('ortools', 'pyvrp', 'pandas', 'matplotlib')"
        " if name in sys.modules] + [str('mulin.urls' in sys.modules)]))"
    )
    env = environment(tmp_path, DJANGO_SETTINGS_MODULE="mulin.settings")
    said = subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
    )
    assert json.loads(said.stdout) == ["True"]
