"""What other people's voting software was reported for, and must not happen here: the count."""

import json

import pytest

from mulin.commons.ballots.counting.board import publish
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import Method, Rule
from mulin.commons.ballots.counting.explain import steps
from mulin.commons.ballots.counting.result import How
from tests.ballots.counting.elections import FLOOR, LOT, election

pytestmark = pytest.mark.once


def test_bettervoting_1099_the_board_tells_no_order_of_casting():
    """Ballots were listed in the order of casting."""
    first, _ = publish("v", election(all=["b", "a", "", "ab"]), FLOOR, seed="s")
    other, _ = publish("v", election(all=["ab", "", "a", "b"]), FLOOR, seed="s")
    assert json.dumps(first) == json.dumps(other)
    assert first["constituencies"][0]["ballots"] == [[], ["a"], ["a", "b"], ["b"]]


@pytest.mark.parametrize("ballots", [["a", "b"], ["ab", "ab"], ["ab"]])
def test_bettervoting_1065_a_perfect_tie_is_a_tie_and_not_no_votes(ballots):
    result = count(election(all=ballots), Rule(Method.FLOOR_EQUAL, seats=1), LOT)
    assert len(result.winners) == 1
    assert any(set(tie.projects) == {"a", "b"} and tie.decides for tie in result.ties)


@pytest.mark.parametrize("rule", [FLOOR, Rule(Method.TOP), Rule(Method.PHRAGMEN)])
def test_bettervoting_1065_no_votes_at_all_elect_nobody(rule):
    for ballots in ([], ["", ""]):
        result = count(election(all=ballots, projects="ab"), rule, LOT)
        assert result.winners == ()
        assert {row.how for row in result.rows} == {How.NOBODY}


def test_bettervoting_1478_a_ballot_with_fewer_marks_counts_and_a_blank_one_is_valid():
    result = count(election(all=["a", "", "abcde"]), FLOOR, LOT)
    assert [(one.valid, one.blank) for one in result.turnout] == [(3, 1)]
    assert result.row("a").approvals == {"all": 2}


def test_electionguard_457_percent_are_of_the_ballots_of_the_constituency():
    """Percentages over the wrong denominator: ours is on the sheet beside each share."""
    result = count(election(party=["a", ""], local=["a", "b", "b", "b"], void=7), FLOOR, LOT)
    assert {key: str(share) for key, share in result.row("a").shares.items()} == {
        "party": "1/2", "local": "1/4",
    }  # fmt: skip
    (floor,) = [
        one for one in steps(result) if one.code == "floor" and one.facts["project"][-1] == "a"
    ]
    assert (floor.facts["approvals"], floor.facts["valid"]) == (1, 2)


def test_loomio_4102_seven_voters_never_give_nine():
    result = count(election(all=["ab"] * 4 + ["b"] * 3), FLOOR, LOT)
    assert sum(one.valid for one in result.turnout) == 7
    assert all(row.total <= 7 for row in result.rows)


def test_decidim_6744_one_source_for_the_order():
    """The sort by votes was wrong: ours is the order of the result, nowhere sorted again."""
    cast = election(party=["c"] * 3 + ["b"], local=["b"] * 9 + ["c"])
    board, result = publish("v", cast, Rule(Method.EQUAL, seats=2), seed="s")
    assert board["result"]["winners"] == list(result.winners) == ["b", "c"]
    assert steps(result)[-1].facts["projects"] == ["name b", "name c"]
