"""Lots go to whoever can have them; no allocation is fairer than its bound."""

import itertools
import json
import sys
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.commons.planning.allocation import (
    Lot,
    Work,
    Worker,
    able,
    allocate,
    by_hand,
    evened,
    faults,
    first_come,
    measured,
    pleased,
    share_bound,
    trade,
    why,
)
from tests.support.lots import week

WEAVE, SEW = frozenset({"weave"}), frozenset({"sew"})
ANNA = Worker("anna", WEAVE | SEW, 300, likes=SEW)
BERT = Worker("bert", WEAVE, 200, pace=50)
CORA = Worker("cora", SEW, 100, quality=80)
LOTS = (Lot("a", "weave", 80), Lot("b", "sew", 90), Lot("c", "sew", 100, least_quality=90))
WORK = Work((ANNA, BERT, CORA), LOTS, {})
GOOD = {"a": "bert", "b": "cora", "c": "anna"}


def test_an_allocation_that_keeps_every_rule_has_no_fault():
    assert faults(WORK, GOOD) == []
    # bert is half as fast: 160 of 200 minutes.
    told = measured(WORK, GOOD)
    assert (told.worst_share, told.worst_off, told.wishes_met) == (333, "anna", 1)
    assert (told.idle, told.left_over) == ((), ())


@pytest.mark.parametrize(
    ("work", "given_", "what"),
    [
        (WORK, {"a": "cora"}, "a: not for cora"),
        (WORK, {"c": "cora"}, "c: not for cora"),
        (replace(WORK, declined=frozenset({("bert", "a")})), {"a": "bert"}, "a: not for bert"),
        (replace(WORK, workers=(ANNA, replace(BERT, minutes=159), CORA)), {"a": "bert"},
         "bert: 160 minutes, 159 offered"),
        (WORK, {"x": "bert"}, "x to bert: one of them is not there"),
        (replace(WORK, pinned={"a": "anna"}), GOOD, "a: stays with anna"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(work, given_, what):
    assert what in faults(work, given_)


def _best(work):
    choices = [[None, *(one.id for one in able(work, lot))] for lot in work.lots]
    best = None
    for them in itertools.product(*choices):
        given_ = {lot.id: who for lot, who in zip(work.lots, them, strict=True) if who}
        if not faults(work, given_):
            told = measured(work, given_)
            reached = (len(told.left_over), -told.worst_share)
            best = reached if best is None else min(best, reached)
    return best


@pytest.mark.parametrize("seed", range(2))
def test_no_allocation_is_fairer_than_the_one_found(seed):
    work = week(seed, workers=4, lots=7)
    found = allocate(work, seconds=20)
    best = _best(work)
    assert (len(found.measure.left_over), -found.measure.worst_share) == best
    assert found.bound == found.measure.worst_share <= share_bound(work)
    assert found.made_by == "solver"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(0, 5))
def test_no_allocation_at_all_lies_above_the_bound(seed, workers, lots):
    dice = Random(seed)
    work = week(seed, workers=workers, lots=max(lots, 1))
    work = replace(
        work,
        workers=tuple(
            replace(one, had=dice.randint(0, 200), wanted_before=dice.randint(0, 300))
            for one in work.workers
        ),
        lots=work.lots[:lots],
    )
    choices = [[None, *(one.id for one in able(work, lot))] for lot in work.lots]
    every = (
        {lot.id: who for lot, who in zip(work.lots, them, strict=True) if who}
        for them in itertools.product(*choices)
    )
    best = max(measured(work, one).worst_share for one in every if not faults(work, one))
    assert share_bound(work) >= min(best, 1000)


def test_what_somebody_had_this_month_counts():
    twins = (
        Worker("a", SEW, 100, had=100, wanted_before=100),
        Worker("b", SEW, 100, wanted_before=100),
    )
    found = allocate(Work(twins, (Lot("x", "sew", 60),), {}), seconds=20)
    assert found.given == {"x": "b"}
    assert found.measure.worst_share == 300


def test_wishes_are_bought_with_three_parts_in_a_hundred_and_no_more():
    work = week(5, workers=8, lots=24)
    first = allocate(work, seconds=4)
    second = trade(work, first, seconds=2)
    assert faults(work, second.given) == []
    assert len(second.measure.left_over) <= len(first.measure.left_over)
    assert second.measure.worst_share >= first.measure.worst_share * 97 // 100
    assert second.measure.wishes_met >= first.measure.wishes_met


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(0, 16))
def test_by_hand_no_rule_is_broken_and_evening_out_takes_from_nobody_who_is_worse_off(
    seed, workers, lots
):
    work = week(seed, workers=workers, lots=max(1, lots))
    came, hand = first_come(work), by_hand(work)
    assert faults(work, came) == faults(work, hand) == []
    after = evened(work, came)
    assert faults(work, after) == []
    assert after.keys() == came.keys()
    assert measured(work, after).worst_share >= measured(work, came).worst_share
    happy = pleased(work, hand, measured(work, hand).worst_share)
    assert faults(work, happy) == []
    assert measured(work, happy).worst_share >= measured(work, hand).worst_share
    assert measured(work, happy).wishes_met >= measured(work, hand).wishes_met


def test_a_pinned_lot_stays_and_a_declined_one_goes_elsewhere():
    work = replace(WORK, pinned={"b": "anna"}, declined=frozenset({("bert", "a")}))
    found = allocate(work, seconds=20)
    assert found.given == {"a": "anna", "b": "anna", "c": "anna"}


def test_why_others_have_not_a_lot():
    work = replace(WORK, declined=frozenset({("anna", "b")}))
    assert why(work, GOOD, "a") == {"anna": "333", "cora": "skill"}
    assert why(work, GOOD, "c") == {"bert": "skill", "cora": "quality"}
    assert why(work, GOOD, "b") == {"anna": "declined", "bert": "skill"}
    full = replace(WORK, workers=(replace(ANNA, minutes=150), BERT, CORA))
    assert why(full, GOOD, "b") == {"anna": "time", "bert": "skill"}


def test_without_the_solver_it_is_by_hand_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    found = allocate(WORK)
    assert (found.made_by, found.stages, found.bound) == ("by hand", (), 540)
    assert (faults(WORK, found.given), found.measure.left_over) == ([], ())
    assert json.loads(WORK.snapshot())["workers"][0]["skills"] == ["sew", "weave"]


def test_work_that_can_not_be_is_refused():
    for wrong in (
        {"workers": (ANNA, ANNA)},
        {"lots": (LOTS[0], LOTS[0])},
        {"workers": (replace(ANNA, minutes=0),)},
        {"pinned": {"a": "cora"}},
    ):
        with pytest.raises(ValueError, match=r"."):
            replace(WORK, **wrong)
