"""Seats, the time of signing in, minutes, lines of a list."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.gatherings.rules import (
    Stand,
    free_seats,
    may_sign_in,
    minutes_present,
    read_lines,
    stand_for,
    stepped,
    without_empty_headings,
)
from tests.clock import NOW

HOUR = timedelta(hours=1)


def test_the_last_seat_goes_to_the_next_and_then_one_waits():
    assert [stand_for(2, going) for going in (0, 1, 2, 9)] == [
        Stand.GOING, Stand.GOING, Stand.WAITING, Stand.WAITING,
    ]  # fmt: skip
    assert stand_for(None, 10_000) is Stand.GOING
    assert (free_seats(None, 3), free_seats(5, 3), free_seats(2, 3)) == (None, 2, 0)


@pytest.mark.parametrize(
    ("hours", "counts"), [(-1.1, False), (-1, True), (0, True), (4, True), (4.1, False)]
)
def test_the_code_at_the_door_counts_from_an_hour_before_until_two_after(hours, counts):
    assert may_sign_in(NOW, NOW + 2 * HOUR, NOW + hours * HOUR) is counts


def test_minutes_are_counted_within_the_gathering_only():
    ends = NOW + 2 * HOUR
    assert minutes_present(NOW, ends, NOW - HOUR) == 120
    assert minutes_present(NOW, ends, NOW + HOUR / 2) == 90
    assert minutes_present(NOW, ends, NOW, NOW + HOUR) == 60
    assert minutes_present(NOW, ends, ends + HOUR) == 0


def test_lines_are_read_as_people_type_them():
    assert read_lines("1-3, 8 12、8；15至16") == (1, 2, 3, 8, 12, 15, 16)
    assert read_lines("") == ()
    for wrong in ("x", "3-1", "0", "1-9999"):
        with pytest.raises(ValueError, match=wrong):
            read_lines(wrong)


@given(st.lists(st.integers(), min_size=1, unique=True), st.data())
def test_a_point_that_goes_up_and_down_again_is_where_it_was(order, data):
    moved = data.draw(st.sampled_from(order[1:] or order))
    up = stepped(order, moved, -1)
    assert sorted(up) == sorted(order)
    if order.index(moved) > 0:
        assert stepped(up, moved, 1) == order
    assert stepped(order, order[0], -1) == order
    assert stepped(order, order[-1], 1) == order


def test_headings_of_the_minutes_with_nothing_under_them_are_left_out():
    headings = "提出：\n支持：\n反对：\n决定："
    assert without_empty_headings(headings, headings) == ""
    written = "提出：\n\n支持：\n老人多。\n\n反对：\n决定：装两把"
    assert without_empty_headings(written, headings) == "支持：\n老人多。\n\n决定：装两把"
    assert without_empty_headings("自己写的\n两行", headings) == "自己写的\n两行"
    assert without_empty_headings("自己写的", "") == "自己写的"
