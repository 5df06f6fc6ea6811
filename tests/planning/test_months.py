"""The best month of a person is the best of all months there are, at any price of the shifts."""

import itertools
import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from mulin.commons.planning.months import Months, NoMonth, fill, task_of
from mulin.commons.planning.rosters import Request, _task, faults, fill_roster, pose
from mulin.commons.planning.solving import Impossible
from tests.planning.test_rosters import EARLY, LATE, member, roster

DAYS = 8
LONG = replace(LATE, minutes=720)
CASES = {
    "runs": (member(run=(2, 3), least_off=2), (EARLY, LATE)),
    "single days": (member(run=(1, 1), least_off=1), (EARLY, LATE)),
    "long rest": (member(run=(1, 4), least_off=3, most_weekends=0), (EARLY, LATE)),
    "least work": (member(run=(2, 4), minutes=(3 * 480, 4 * 480)), (EARLY, LATE)),
    "few lates": (member(most_of={"E": 1, "L": 2}, run=(1, 3), least_off=1), (EARLY, LATE)),
    "no lates, days off": (member(most_of={"E": 9, "L": 0}, days_off=frozenset({0, 5})), (EARLY, LATE)),
    "two lengths": (member(minutes=(960, 2400), run=(1, 3)), (EARLY, LONG)),
}  # fmt: skip


def task(case):
    return task_of(json.loads(json.dumps(_task(case))))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_month_is_the_best_of_all_there_are(name, seed):
    who, shifts = CASES[name]
    dice = Random(seed)
    case = roster(who, shifts=shifts, days=DAYS)
    prices = np.array([[dice.randint(-9, 6) for _shift in shifts] for _day in range(DAYS)], float)
    every = {}
    for row in itertools.product([-1, 0, 1], repeat=DAYS):
        names = [shifts[shift].id if shift >= 0 else None for shift in row]
        if not faults(case, {who.id: names}):
            every[row] = sum(prices[day, shift] for day, shift in enumerate(row) if shift >= 0)
    found = Months(task(case), task(case).people[0]).best(prices)
    assert found[0][0] == min(every.values())
    # Each is possible and costs what is said of it; the others have other amounts of work.
    assert all(every[month] == value for value, month in found)
    assert [value for value, _month in found] == sorted(value for value, _month in found)


def test_what_a_month_costs_is_what_was_wished_in_vain():
    who = member(wanted=(Request(0, "L", 5), Request(1, "E", 2)), unwanted=(Request(1, "L", 3),))
    (person,) = task(roster(who)).people
    assert person.cost((1, 1, *[-1] * 6)) == 2 + 3
    assert person.cost((-1,) * DAYS) == 5 + 2


def test_an_answer_is_written_into_every_unknown_of_the_model():
    case = roster(member("A"), member("B", run=(1, 2), least_off=1, most_weekends=2))
    posed = pose(case)
    rows = {
        "A": ["E", "E", None, None, "E", "L", None, None],
        "B": [None, "L", None, "E", None, None, "L", "L"],
    }
    assert faults(case, rows) == []
    values = posed.values(case, rows)
    assert posed.model.faults(values) == []
    assert posed.assignments(case, values) == rows


def test_somebody_who_has_no_month_is_proved_to_have_none():
    case = roster(member(minutes=(480, 960), days_off=frozenset(range(DAYS))))
    with pytest.raises(Impossible):
        fill_roster(case, seconds=20)
    with pytest.raises(NoMonth):
        list(fill(task(case), None, until=float("inf")))
