"""Rounds keep every rule, none are shorter, and the bound lies below them."""

import itertools
import json
import math
import sys
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.cli import main
from mulin.commons.planning.cvrplib import DeliveriesRefused, read_deliveries
from mulin.commons.planning.routing import (
    NoRounds,
    Stops,
    by_hand,
    faults,
    lower_bound,
    rounds,
    way,
)

LINE = Stops(
    distances=np.abs(np.subtract.outer([0, 10, 20, 30], [0, 10, 20, 30])),
    demands=(0, 1, 1, 2),
    capacity=3,
    vehicles=3,
    windows=((0, 200), (0, 200), (0, 60), (0, 200)),
    service=(0, 5, 5, 5),
)


def test_rounds_that_keep_every_rule_have_no_fault():
    assert faults(LINE, [[1, 2], [3]]) == []


@pytest.mark.parametrize(
    ("rules", "routes", "what"),
    [
        ({}, [[1, 2]], "not every place is visited once"),
        ({}, [[1, 2], [3, 3]], "not every place is visited once"),
        ({}, [[1, 2], [3, 0]], "not every place is visited once"),
        ({}, [[1, 2, 3]], "round 1: 4 loaded, 3 go in"),
        ({"vehicles": 1}, [[1, 2], [3]], "2 rounds, there are 1 vehicles"),
        ({"windows": ((0, 200), (50, 200), (0, 60), (0, 200))}, [[1, 2], [3]],
         "round 1: at 2 at 65, until 60"),
        ({"windows": ((0, 49), (0, 200), (0, 60), (0, 200))}, [[1, 2], [3]],
         "round 1: back at 50, until 49"),
        ({"longest": 64}, [[1, 2], [3]], "round 2: 65 long, at most 64"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(rules, routes, what):
    assert what in faults(replace(LINE, **rules), routes)


def town(dice, places, capacity, limit=None):
    points = [(dice.randint(0, 30), dice.randint(0, 30)) for _place in range(places)]
    distances = np.array([[round(math.dist(a, b)) for b in points] for a in points])
    windows = ((0, 500), *((dice.randint(0, 60), dice.randint(80, 200)) for _p in points[1:]))
    return Stops(
        distances=distances,
        demands=(0, *(dice.randint(1, 3) for _place in points[1:])),
        capacity=capacity,
        vehicles=places,
        windows=windows,
        service=(0,) * places,
        longest=limit,
    )


def _best(stops):
    """Every order of places, cut into rounds in every way."""
    places = range(1, len(stops.demands))
    best = None
    for order in itertools.permutations(places):
        for cuts in itertools.product([False, True], repeat=len(order) - 1):
            routes, route = [], [order[0]]
            for place, is_cut in zip(order[1:], cuts, strict=True):
                if is_cut:
                    routes.append(route)
                    route = []
                route.append(place)
            routes.append(route)
            if not faults(stops, routes):
                cost = sum(way(stops, one) for one in routes)
                best = cost if best is None else min(best, cost)
    return best


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 5), st.integers(3, 7))
def test_no_rounds_lie_below_the_bound_and_by_hand_breaks_nothing(dice, places, capacity):
    stops = town(dice, places, capacity)
    best = _best(stops)
    routes = by_hand(stops)
    assert (routes is None) == (best is None)
    if routes is None:
        return
    assert faults(stops, routes) == []
    cost = sum(way(stops, route) for route in routes)
    assert lower_bound(stops, upper=cost) <= best <= cost


def test_no_rounds_are_shorter_than_those_found():
    stops = town(Random(4), 7, 6)
    found = rounds(stops, seconds=20)
    assert found.engine.startswith("pyvrp")
    assert found.cost == _best(stops) == sum(way(stops, route) for route in found.routes)


def test_without_the_router_rounds_are_made_by_hand_and_say_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvrp", None)
    found = rounds(LINE, seconds=1)
    assert (found.engine, found.cost) == ("insertion and exchange", 80)


def test_where_a_load_fits_nowhere_it_is_said():
    with pytest.raises(NoRounds):
        rounds(replace(LINE, demands=(0, 1, 1, 4)), seconds=0.5)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "best"), [("P-n16-k8", 450), ("E-n13-k4", 247), ("A-n32-k5", 784)]
)
def test_published_rounds_are_as_short_as_the_best_known(shared, name, best, capsys):
    path = shared / "data" / "scheduling" / "cvrp" / f"{name}.vrp"
    assert main(["plan", str(path), "--seconds", "20"]) == 0
    told = json.loads(capsys.readouterr().out)
    stops = read_deliveries(path).stops
    assert faults(stops, told["routes"]) == []
    assert sum(way(stops, route) for route in told["routes"]) == told["cost"] == best
    assert 0.75 * best < told["bound"] <= best


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "cost"), [("cvrp/CMT6", 555.43), ("vrptw/C101", 827.3), ("vrptw/RC208", 776.1),
                       ("cvrp/M-n101-k10", 820)]
)  # fmt: skip
def test_the_published_answers_keep_our_rules_and_cost_what_is_published(shared, name, cost):
    folder = shared / "data" / "scheduling"
    path = next(one for one in (folder / name).parent.glob(f"{(folder / name).name}.*")
                if one.suffix != ".sol")  # fmt: skip
    deliveries = read_deliveries(path)
    routes = [
        [int(place) for place in line.partition(":")[2].split()]
        for line in (folder / f"{name}.sol").read_text().splitlines()
        if line.startswith("Route")
    ]
    assert faults(deliveries.stops, routes) == []
    ours = sum(way(deliveries.stops, route) for route in routes) / deliveries.scale
    assert ours == pytest.approx(cost, abs=0.006)


@pytest.mark.parametrize(
    "text", ["", "DIMENSION : x\n", "NUMBER CAPACITY\n2 x\n", "DIMENSION : 3\n"]
)
def test_a_file_that_is_no_instance_is_refused_with_a_sentence(tmp_path, text, capsys):
    path = tmp_path / "no.vrp"
    path.write_text(text)
    with pytest.raises(DeliveriesRefused):
        read_deliveries(path)
    assert main(["plan", str(path), "--json"]) == 2
    assert capsys.readouterr().err


SQUARE = """NAME : square
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 0 0
2 0 10
3 10 10
4 10 0
DEMAND_SECTION
1 0
2 1
3 1
4 1
DEPOT_SECTION
1
-1
EOF
"""


def test_a_folder_of_instances_becomes_a_table_with_the_ratio_to_the_best_known(tmp_path, capsys):
    answer = tmp_path / "square.sol"
    (tmp_path / "square.vrp").write_text(SQUARE)
    (tmp_path / "unknown.vrp").write_text(SQUARE)
    answer.write_text("Route #1: 1 2\nRoute #2: 3\nCost 54\n")
    assert main(["plan", str(tmp_path), "--seconds", "1", "--json"]) == 0
    (told,) = map(json.loads, capsys.readouterr().out.splitlines())
    del told["seconds"], told["engine"], told["bound"]
    assert told == {
        "instance": "square", "customers": 3, "cost": 54, "best": 54, "ratio": 1.0, "faults": 0,
    }  # fmt: skip
    assert main(["plan", str(tmp_path), "--seconds", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    answer.write_text("Route #1: 1 2\n")
    assert main(["plan", str(tmp_path), "--seconds", "1"]) == 2
    answer.unlink()
    assert main(["plan", str(tmp_path)]) == 3
