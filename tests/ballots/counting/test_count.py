"""The rules of VOTING.md, one by one and by chance."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import (
    CannotCount,
    Constituency,
    Election,
    Lot,
    Method,
    Project,
    Rule,
)
from mulin.commons.ballots.counting.result import Broken, How, publishable
from tests.ballots.counting.elections import FLOOR, LOT, RULES, election, elections, winners

pytestmark = pytest.mark.once
PEER = json.loads(
    Path(__file__).parents[2].joinpath("data/counting/pabutools.json").read_text("utf-8")
)


def test_floor_and_equal_weight_by_hand():
    cast = election(
        party=["ab", "a", "a", "b"],  # a 3/4, b 2/4
        local=["cd", "cd", "ce", "c", "d", "bd", "f", "f", "f", "c"],  # c 5/10, d 4, f 3, e 1, b 1
        new=["g", "g", ""],  # g 2/3
    )
    result = count(cast, FLOOR, LOT)
    assert result.winners == ("a", "g", "c", "b", "d")
    assert {row.id: row.how for row in result.rows if row.floor_of} == {
        "a": How.FLOOR, "c": How.FLOOR, "g": How.FLOOR,
    }  # fmt: skip
    assert result.row("b").joint == Fraction(2, 4) + Fraction(1, 10)
    assert [(one.valid, one.blank) for one in result.turnout] == [(4, 0), (10, 0), (3, 1)]


def test_the_floor_lets_the_first_of_a_small_constituency_in_before_a_higher_sum():
    cast = election(party=["a"] * 9 + ["z"] * 8, local=["b"] * 9 + ["z"] * 8, new=["c", "d", "e"])
    floor = Rule(Method.FLOOR_EQUAL, seats=3)
    assert "z" not in winners(cast, floor)
    assert "z" in winners(cast, replace(floor, method=Method.EQUAL))


def test_two_constituencies_with_the_same_first_take_one_seat():
    cast = election(party=["a"], local=["a", "a", "b"], new=["c"])
    result = count(cast, Rule(Method.FLOOR_EQUAL, seats=2), LOT)
    assert result.winners == ("a", "c")
    assert result.row("a").floor_of == ("party", "local")


def test_who_cast_no_valid_ballot_has_neither_floor_nor_share():
    result = count(election(party=["a"], local=["b", "bc"], new=[]), FLOOR, LOT)
    assert set(result.row("b").shares) == {"party", "local"}
    assert [note.facts["full"] for note in result.notes if note.code == "no_ballots"] == [2]


def test_more_floors_than_seats_are_told_and_the_higher_sums_win():
    cast = election(party=["ab"], local=["b", "c", "b"], new=["d", "d", "b"])
    result = count(cast, Rule(Method.FLOOR_EQUAL, seats=1), LOT)
    assert result.winners == ("b",)


@pytest.mark.parametrize("lot", [Lot("r", drawn=("b", "a")), Lot("r", drawn=("a", "b"))])
def test_a_lot_drawn_by_hand_decides_and_is_told(lot):
    cast = election(party=["a", "b"], local=["a", "b"], new=["a", "b"])
    result = count(cast, Rule(Method.TOP, seats=1), lot)
    assert result.winners == (lot.drawn[0],)
    (tie,) = result.ties
    assert (tie.projects, tie.by, tie.decides) == (lot.drawn, (Broken.LOT,), True)
    assert not result.notes


def test_a_tie_without_a_lot_is_called_provisional():
    result = count(election(all=["a", "b"]), Rule(Method.TOP, seats=1), Lot())
    assert [note.code for note in result.notes] == ["no_lot"]


def test_the_chain_goes_by_number_before_the_lowest_share_before_the_lot():
    # Shares of a and b: 1/2 + 1/4 = 1/4 + 1/2; in number a has 2 + 2, b has 1 + 4.
    cast = election(party=["a", "a", "b", ""], local=["a", "a", *["b"] * 4, "", ""])
    result = count(cast, Rule(Method.EQUAL, seats=1), Lot("r", drawn=("a", "b")))
    assert result.winners == ("b",)
    assert result.ties[0].by == (Broken.APPROVALS,)


def test_what_is_too_dear_is_passed_over_or_ends_it():
    cast = election({"a": 5, "b": 9, "c": 4}, all=["abc", "ab", "a", "b", "b", "c"])
    budget = Fraction(10)
    assert winners(cast, Rule(Method.GREEDY, budget=budget)) == ["b"]
    cast = election({"a": 8, "b": 9, "c": 2}, all=["abc", "ab", "a", "a"])
    assert winners(cast, Rule(Method.GREEDY, budget=budget)) == ["a", "c"]
    assert winners(cast, Rule(Method.GREEDY_NO_SKIP, budget=budget)) == ["a"]
    assert winners(cast, Rule(Method.GREEDY, budget=budget, threshold=Fraction(2))) == ["a"]


def test_money_rules_ask_for_the_budget():
    for method in (Method.GREEDY, Method.EQUAL_SHARES_ADD1):
        with pytest.raises(CannotCount):
            count(election(all=["a"]), Rule(method), LOT)


def test_phragmen_of_its_paper():
    """The example by which Phragmén explained it in 1894: 1034 ABC, 519 PQR, 90 ABQ, 47 APQ."""
    cast = election(all=["ABC"] * 1034 + ["PQR"] * 519 + ["ABQ"] * 90 + ["APQ"] * 47)
    assert winners(cast, Rule(Method.PHRAGMEN, seats=3)) == ["A", "Q", "B"]


@pytest.mark.parametrize("rule", [Method.GREEDY, Method.PHRAGMEN, Method.EQUAL_SHARES_ADD1])
def test_as_pabutools_counts(rule):
    compared = [one for one in PEER if rule.value in one]
    assert len(compared) >= 30
    for one in compared:
        cast = Election(
            tuple(Project(key, cost=Fraction(cost)) for key, cost in one["costs"].items()),
            (Constituency("", tuple(map(tuple, one["ballots"]))),),
        )
        found = winners(cast, Rule(rule, budget=Fraction(one["budget"])))
        assert sorted(found) == one[rule.value]


def slow_phragmen(cast, seats):
    """Voter by voter, in fractions, as the definition says; None when it meets a tie."""
    voters = [
        [Fraction(1, len(each.ballots)), set(ballot), Fraction(0)]
        for each in cast.constituencies for ballot in each.ballots
    ]  # fmt: skip
    left = {p.id for p in cast.projects if not p.is_withdrawn and any(p.id in v[1] for v in voters)}
    won = []
    while left and len(won) < seats:
        load = {
            p: (1 + sum(w * x for w, b, x in voters if p in b))
            / sum(w for w, b, _x in voters if p in b)
            for p in left
        }
        first = [p for p in left if load[p] == min(load.values())]
        if len(first) > 1:
            return None
        won += first
        left -= set(first)
        for voter in voters:
            if first[0] in voter[1]:
                voter[2] = load[first[0]]
    return won


@given(elections(), st.integers(1, 5))
@settings(deadline=None, max_examples=80)
def test_phragmen_with_weights_as_its_definition(cast, seats):
    slow = slow_phragmen(cast, seats)
    if slow is not None:
        assert winners(cast, Rule(Method.PHRAGMEN, seats=seats)) == slow


def told(row):
    """What is printed of a project beside its name."""
    return dict(row.approvals), dict(row.shares), row.total, row.how


@given(elections(), st.sampled_from(RULES), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=80)
def test_the_order_of_ballots_changes_nothing(cast, rule, dice):
    shuffled = replace(
        cast,
        constituencies=tuple(
            replace(one, ballots=tuple(dice.sample(one.ballots, len(one.ballots))))
            for one in dice.sample(cast.constituencies, 3)
        ),
    )
    found, before = count(shuffled, rule, LOT), count(cast, rule, LOT)
    assert found.winners == before.winners
    assert {row.id: told(row) for row in found.rows} == {row.id: told(row) for row in before.rows}


@given(elections(), st.sampled_from(RULES), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=80)
def test_the_naming_of_projects_changes_nothing(cast, rule, dice):
    ids = [one.id for one in cast.projects]
    new = dict(zip(ids, dice.sample([f"q{number}" for number in range(50)], len(ids)), strict=True))
    drawn = dice.sample(ids, len(ids))
    renamed = Election(
        tuple(replace(one, id=new[one.id]) for one in dice.sample(cast.projects, len(ids))),
        tuple(
            replace(one, ballots=tuple(tuple(sorted(new[p] for p in b)) for b in one.ballots))
            for one in cast.constituencies
        ),
    )
    found = count(renamed, rule, Lot(drawn=tuple(new[one] for one in drawn)))
    before = count(cast, rule, Lot(drawn=tuple(drawn)))
    assert list(found.winners) == [new[one] for one in before.winners]
    assert {row.id: told(row) for row in found.rows} == {
        new[row.id]: told(row) for row in before.rows
    }


@given(st.one_of(elections(), elections(most=3)), st.integers(1, 6), st.data())
@settings(deadline=None, max_examples=400)
def test_an_approval_more_never_harms_a_project_under_the_default_rule(cast, seats, data):
    """The lot is held still: it belongs to a board, and another ballot makes another board."""
    rule = Rule(Method.FLOOR_EQUAL, seats=seats)
    won = winners(cast, rule)
    places = [
        (group, place, project)
        for group, one in enumerate(cast.constituencies)
        for place, ballot in enumerate(one.ballots)
        for project in set(won) - set(ballot)
    ]
    if places:
        group, place, project = data.draw(st.sampled_from(sorted(places)))
        groups = list(cast.constituencies)
        ballots = list(groups[group].ballots)
        ballots[place] = tuple(sorted((*ballots[place], project)))
        groups[group] = replace(groups[group], ballots=tuple(ballots))
        assert project in winners(replace(cast, constituencies=tuple(groups)), rule)


def test_a_group_under_ten_is_not_told_and_cannot_be_subtracted():
    cast = election(party=["a"] * 9, local=["a", "b"] * 10)
    rows = publishable(count(cast, FLOOR, LOT), least=10)
    assert [(row.id, row.approvals, row.total, row.joint) for row in rows] == [
        ("a", {"party": None, "local": 10}, None, None),
        ("b", {"party": None, "local": 10}, None, None),
    ]
    enough = publishable(count(election(party=["a"] * 10), FLOOR, LOT), least=10)
    assert enough[0].total == 10
