"""As many are paired as can be, then as cheaply as can be: against every pairing there is."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.commons.planning.pairing import faults, pair


@st.composite
def towns(draw):
    elders, helpers = draw(st.integers(0, 4)), draw(st.integers(1, 3))
    cell = st.one_of(st.integers(0, 20), st.just(float("inf")))
    cells = draw(st.lists(cell, min_size=elders * helpers, max_size=elders * helpers))
    places = draw(st.lists(st.integers(0, 2), min_size=helpers, max_size=helpers))
    return np.array(cells, float).reshape(elders, helpers), places


def _every(costs, places):
    choices = [None, *range(len(places))]
    for helpers in itertools.product(choices, repeat=len(costs)):
        if not faults(costs, places, helpers):
            paid = [costs[elder, one] for elder, one in enumerate(helpers) if one is not None]
            yield helpers.count(None), sum(paid), max(paid, default=0.0)


@settings(max_examples=150, deadline=None)
@given(towns())
def test_no_pairing_is_better(town):
    costs, places = town
    found = pair(costs, places)
    assert faults(costs, places, found.helpers) == []
    assert (len(found.alone), found.total) == min(every[:2] for every in _every(costs, places))
    fair = pair(costs, places, worst_first=True)
    assert faults(costs, places, fair.helpers) == []
    assert (len(fair.alone), fair.worst, fair.total) == min(
        (alone, worst, total) for alone, total, worst in _every(costs, places)
    )


@pytest.mark.parametrize(
    ("helpers", "what"),
    [
        ((0, 0), "0 has 2, places for 1"),
        ((1, None), "0 can't be with 1"),
        ((5, None), "0 can't be with 5"),
        ((0,), "not one entry for each elder"),
    ],
)
def test_each_broken_rule_is_named(helpers, what):
    assert what in faults(np.array([[1, np.inf], [2, 3]]), [1, 1], helpers)


def test_what_is_no_cost_is_refused():
    for costs, places in (([[-1.0]], [1]), ([[float("nan")]], [1]), ([[1.0]], [-1]), ([[1.0]], [])):
        with pytest.raises(ValueError, match=r"expected|at least nothing"):
            pair(np.array(costs), places)
