"""The one sheet: its numbers are the result's, and a calculator repeats them."""

from fractions import Fraction

import pytest
from django.utils import translation

from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import Lot, Method, Rule
from mulin.commons.ballots.counting.explain import percent, places_needed, steps
from mulin.commons.ballots.counting.words import step_in_words
from tests.ballots.counting.elections import FLOOR, LOT, election

pytestmark = pytest.mark.once
CAST = election(
    party=["ab", "a", "a", "b"], local=["cd", "cd", "cb", "c", "e"], new=["g", "g", "d", ""]
)


def test_the_sheet_says_each_step_with_its_numbers():
    with translation.override("en"):
        told = [step_in_words(one) for one in steps(count(CAST, FLOOR, LOT))]
    assert told == [
        "party: 4 valid ballots, 0 of them blank; 0 void ones do not count.",
        "local: 5 valid ballots, 0 of them blank; 0 void ones do not count.",
        "new: 4 valid ballots, 1 of them blank; 0 void ones do not count.",
        "The first of “party” is in for certain: name a, on 3 of 4 ballots.",
        "The first of “local” is in for certain: name c, on 4 of 5 ballots.",
        "The first of “new” is in for certain: name g, on 2 of 4 ballots.",
        (
            "name b is in by its shares: party 2 ÷ 4 = 50.0 + local 1 ÷ 5 = 20.0 + new 0 ÷ 4 = 0.0"
            " = 70.0."
        ),
        (
            "name d is in by its shares: party 0 ÷ 4 = 0.0 + local 2 ÷ 5 = 40.0 + new 1 ÷ 4 = 25.0"
            " = 65.0."
        ),
        (
            "The next, no longer in, is name e: party 0 ÷ 4 = 0.0 + local 1 ÷ 5 = 20.0"
            " + new 0 ÷ 4 = 0.0 = 20.0."
        ),
        "Chosen are: name c, name a, name g, name b, name d.",
    ]


def test_a_tie_is_told_with_its_lots():
    result = count(election(all=["a", "b"]), Rule(Method.TOP, seats=1), Lot("r", "s"))
    with translation.override("en"):
        (told,) = [step_in_words(one) for one in steps(result) if one.code == "tie"]
    assert told.startswith("Equal were name ")
    assert all(result.lot.ticket(one)[:8] in told for one in "ab")


def test_numbers_that_differ_look_different():
    assert str(percent(Fraction(2, 3))) == "66.7"
    assert places_needed([Fraction(1, 3), Fraction(3334, 10_000)]) == 2
    assert places_needed([Fraction(1, 3), Fraction(1, 3)]) == 1
