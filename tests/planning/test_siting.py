"""The best sites are found and proved: against every choice there is, and the published optima."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.cli import main
from mulin.commons.planning.orlib import InstanceRefused, read_instance
from mulin.commons.planning.siting import _Proof, covering, nearest

#: Published by Beasley (shared/data/facility/SOURCES.md).
OPTIMA = {
    "pmed1": 5819, "pmed2": 4093, "pmed3": 4250, "pmed4": 3034, "pmed5": 1355, "pmed6": 7824,
    "pmed11": 7696, "pmed16": 8162,
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("name", OPTIMA)
def test_published_optima_are_reached_and_proved(shared, name, capsys):
    assert main(["site", str(shared / "data" / "facility" / f"{name}.txt"), "--seconds", "60",
                 "--json"]) == 0  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert told["objective"] == OPTIMA[name]
    assert told["bound"] == OPTIMA[name]
    costs, most = read_instance(shared / "data" / "facility" / f"{name}.txt")
    assert len(set(told["sites"])) == most
    chosen = [site - 1 for site in told["sites"]]
    assert costs[:, chosen].min(axis=1).sum() == OPTIMA[name]


@st.composite
def towns(draw):
    homes, sites = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    cells = draw(st.lists(st.integers(0, 30), min_size=homes * sites, max_size=homes * sites))
    most = draw(st.integers(1, sites))
    kept = draw(st.lists(st.integers(0, sites - 1), max_size=most, unique=True))
    return np.array(cells, float).reshape(homes, sites), most, kept


@settings(max_examples=60)
@given(towns())
def test_no_choice_is_better_and_the_bound_says_so(town):
    costs, most, kept = town
    best = min(
        costs[:, list(choice)].min(axis=1).sum()
        for choice in itertools.combinations(range(costs.shape[1]), most)
        if set(kept) <= set(choice)
    )
    found = nearest(costs, most, kept=kept, seconds=5)
    assert found.objective == best
    assert found.bound == best
    assert set(kept) <= set(found.sites)
    assert costs[:, list(found.sites)].min(axis=1).sum() == best


@settings(max_examples=40)
@given(towns(), st.integers(5, 20))
def test_as_many_as_can_be_are_reached(town, far):
    costs, most, kept = town
    people = costs[:, 0] + 1
    covers = [[int(i) for i in np.nonzero(costs[:, j] <= far)[0]] for j in range(costs.shape[1])]
    best = max(
        people[sorted(set().union(*(covers[j] for j in choice)))].sum()
        for choice in itertools.combinations(range(costs.shape[1]), most)
        if set(kept) <= set(choice)
    )
    found = covering(covers, people, most, kept=kept, seconds=5)
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)


def test_a_poor_answer_is_mended_by_branching_and_never_called_proved_before():
    """Towns where prices alone prove nothing: every choice is tried, and tells what is right."""
    gaps = 0
    for seed in range(12):
        dice = np.random.default_rng(seed)
        # Any cost from anywhere to anywhere: on a plane the prices alone would nearly do.
        costs = np.floor(dice.uniform(0, 100, (30, 16)))
        choices = [list(choice) for choice in itertools.combinations(range(16), 4)]
        totals = [costs[:, choice].min(axis=1).sum() for choice in choices]
        poor, best = int(np.argmax(totals)), min(totals)
        found = _Proof(costs, 4, totals[poor], choices[poor], 30).of(())
        assert (found.objective, found.bound) == (best, best)
        assert costs[:, list(found.sites)].min(axis=1).sum() == best
        cut_off = _Proof(costs, 4, totals[poor], choices[poor], 0).of(())
        assert cut_off.bound <= best <= cut_off.objective
        gaps += cut_off.bound < best
    assert gaps > 6


def test_without_time_for_a_proof_the_bound_is_a_bound():
    dice = np.random.default_rng(5)
    costs = np.floor(dice.uniform(0, 1000, (60, 60)))
    rough, proved = nearest(costs, 9, seconds=0), nearest(costs, 9, seconds=60)
    assert proved.is_proved
    assert rough.bound <= proved.objective <= rough.objective


@pytest.mark.parametrize(("most", "kept"), [(0, []), (4, []), (1, [0, 1])])
def test_a_number_of_sites_that_cannot_be_is_refused(most, kept):
    with pytest.raises(ValueError, match="sites can't be chosen"):
        nearest(np.ones((2, 3)), most, kept=kept)
    with pytest.raises(ValueError, match="sites can't be chosen"):
        covering([[0], [1], [0, 1]], np.ones(2), most, kept=kept)


def test_nobody_and_nowhere_are_refused():
    with pytest.raises(ValueError, match="no people"):
        nearest(np.ones((0, 3)), 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("3 1\n", 1), ("3 1 1\n1 2\n", 2), ("3 1 1\n\n1 4 5\n", 3), ("3 1 1\n1 x 5\n", 2)],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path, text, line):
    path = tmp_path / "wrong.txt"
    path.write_text(text)
    with pytest.raises(InstanceRefused, match=f"^line {line}:"):
        read_instance(path)
    assert main(["site", str(path)]) == 2


def test_an_edge_that_stands_twice_costs_what_it_costs_last(tmp_path):
    path = tmp_path / "two.txt"
    path.write_text("2 2 1\n1 2 9\n2 1 4\n")
    costs, most = read_instance(path)
    assert (costs.tolist(), most) == ([[0, 4], [4, 0]], 1)
