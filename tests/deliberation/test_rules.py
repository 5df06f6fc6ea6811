"""Shares, seats, roll calls, states: values in, values out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.parlour.deliberation.rules import (
    MOVES,
    OVER,
    Choice,
    Count,
    Of,
    Seat,
    Share,
    State,
    counted,
    digest_of_roll,
    is_passed,
    same_words,
    seats_present,
)

HALF = Share(1, 2, is_more_than=True)


@given(
    st.integers(0, 12), st.integers(1, 12), st.booleans(), st.integers(0, 500),
    st.integers(0, 500),
)  # fmt: skip
def test_a_share_is_reached_as_exact_fractions_say(part, whole, more, count, of):
    share = Share(min(part, whole), whole, more)
    if of == 0:
        assert not share.is_met(count, of)
        return
    wanted = Fraction(share.part, share.whole)
    assert share.is_met(count, of) == (
        Fraction(count, of) > wanted if more else Fraction(count, of) >= wanted
    )
    least = share.least(of)
    assert share.is_met(least, of)
    assert least == 0 or not share.is_met(least - 1, of)


def test_half_of_an_even_number_is_not_more_than_half():
    assert (HALF.is_met(5, 10), HALF.is_met(6, 10), HALF.least(10)) == (False, True, 6)
    two_thirds = Share(2, 3, is_more_than=False)
    assert (two_thirds.least(9), two_thirds.least(10)) == (6, 7)


@pytest.mark.parametrize(("of", "passed"), [(Of.CAST, True), (Of.PRESENT, False), (Of.ROLL, False)])
def test_the_same_votes_pass_or_not_by_what_the_majority_is_taken_of(of, passed):
    count = Count(yes=5, no=3, abstain=2)
    assert is_passed(count, HALF, of, present=10, roll=18) is passed


def test_a_household_fills_its_seat_once_and_a_proxy_only_with_its_holder_in_the_room():
    roll = [Seat(1, 10), Seat(2, 10), Seat(3, 30), Seat(4, 40)]
    assert seats_present(roll, [1, 2], {}) == {10}
    assert seats_present(roll, [1], {3: 1}) == {10, 30}
    assert seats_present(roll, [4], {3: 1}) == {40}
    assert seats_present(roll, [1, 99], {98: 1}) == {10}


def test_a_roll_call_is_counted_by_seats_and_a_seat_has_one_voice():
    seat_of = {1: 10, 2: 10, 3: 30}
    voices = {1: Choice.YES, 2: Choice.YES, 3: Choice.NO}
    assert counted(voices, seat_of) == Count(1, 1, 0)
    with pytest.raises(ValueError, match="10"):
        counted({**voices, 2: Choice.NO}, seat_of)


def test_the_fingerprint_of_a_roll_knows_no_order_but_every_seat():
    assert digest_of_roll([(1, 1), (2, 2)]) == digest_of_roll([(2, 2), (1, 1)])
    assert digest_of_roll([(1, 1), (2, 2)]) != digest_of_roll([(1, 1), (2, 1)])


def test_the_same_reason_is_known_again_whatever_its_signs():
    assert same_words("太亮，睡不着！") == same_words(" 太亮 睡不着")
    assert same_words("太亮") != same_words("不亮")


def test_nothing_follows_what_is_over_and_everything_is_reached():
    assert {state for state, _act in MOVES} & OVER == set()
    assert set(MOVES.values()) | {State.SECONDING} == set(State)
