"""The law of the room on plain values."""

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.elders.rules import (
    FIRST_PACES,
    STANDARDS,
    Category,
    Gift,
    Hours,
    Next,
    Way,
    Wish,
    fit,
    harm_of,
    is_possible,
    keeps_floor,
    next_contact,
    risk_of,
    tenths,
    walking_order,
    words_in,
)
from mulin.ground.community.rules import Harm
from mulin.kit.coordinates import Position, metres_between

pytestmark = pytest.mark.once

PACES = {(category, way): days for category, way, days in FIRST_PACES}
DAY = date(2026, 11, 2)


def test_the_shortest_of_several_lines_counts_and_a_visit_before_a_call():
    both = [Category.VERY_OLD, Category.ALONE]
    assert next_contact(both, PACES, {}, since=DAY) == Next(Way.PHONE, DAY + timedelta(days=4))
    called = {Way.PHONE: DAY + timedelta(days=12)}
    assert next_contact(both, PACES, called, since=DAY) == Next(Way.DOOR, DAY + timedelta(days=14))
    assert next_contact([], PACES, {}, since=DAY) is None


def test_a_meeting_in_the_street_is_a_visit_and_a_visit_is_also_a_call():
    met = {Way.MET: DAY}
    assert next_contact([Category.ALONE], PACES, met, since=date(2026, 1, 1)) == Next(
        Way.PHONE, DAY + timedelta(days=4)
    )
    video = {Way.VIDEO: DAY}
    late = next_contact([Category.ALONE], PACES, video, since=date(2026, 1, 1))
    assert late == Next(Way.DOOR, date(2026, 1, 15))


def test_the_table_of_the_beginning_keeps_the_monthly_floor_and_a_longer_one_does_not():
    assert keeps_floor(PACES)
    assert not keeps_floor(PACES | {(Category.LEFT_BEHIND, Way.DOOR): 29})
    assert keeps_floor(PACES | {(Category.VERY_OLD, Way.DOOR): 90})


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_four_weeks_leave_no_month_out(day):
    following = next_contact([Category.LEFT_BEHIND], PACES, {Way.DOOR: day}, since=day).day
    months = following.year * 12 + following.month - day.year * 12 - day.month
    assert months <= 1


def test_whoever_was_not_found_comes_first_then_the_grave_who_are_late():
    assert harm_of(0, is_late=False, misses=1) is Harm.LIFE
    assert harm_of(3, is_late=True, misses=0) is Harm.LIFE
    assert harm_of(2, is_late=True, misses=0) is Harm.FRAIL
    assert harm_of(3, is_late=False, misses=0) is Harm.FRAIL
    assert harm_of(2, is_late=False, misses=0) is Harm.PROMISE
    assert risk_of([Category.ALONE, Category.VERY_OLD, Category.ALONE]) == 3


@pytest.mark.parametrize(
    ("score", "level", "may"),
    [
        (90, 0, True), (89, 1, True), (89, 0, False), (66, 1, True), (65, 2, True), (66, 2, True),
        (66, 3, False), (46, 2, True), (45, 3, True), (30, 3, True), (29, 4, True), (88, 4, True),
        (0, 4, True), (91, 0, False), (-1, 4, False), (None, 2, True), (None, 5, False),
    ],
)  # fmt: skip
def test_a_level_stands_beside_its_score_or_one_worse_or_the_worst(score, level, may):
    assert is_possible(STANDARDS["GB/T 42195-2022"], score, level) is may


def test_the_old_standard_has_four_levels_and_no_sum():
    assert is_possible(STANDARDS["MZ/T 039-2013"], None, 3)
    assert not is_possible(STANDARDS["MZ/T 039-2013"], None, 4)


def test_a_wish_that_cannot_be_met_is_no_pair():
    wish = Wish("海盐话", "f", frozenset({"morning"}), frozenset({"越剧"}))
    same = Gift(frozenset({"海盐话"}), "f", frozenset({"morning", "weekend"}), frozenset({"越剧"}))
    assert fit(wish, same).speaks == "海盐话"
    assert fit(wish, same).shared == ("越剧",)
    assert fit(wish, Gift(sex="m")) is None
    assert fit(wish, Gift(sex="f", times=frozenset({"evening"}))) is None
    assert fit(wish, Gift(sex="f", load=2, most=2)) is None


def test_nearer_alike_and_less_loaded_costs_less():
    here, there = Position(120.93, 30.52), Position(120.95, 30.52)
    wish = Wish(at=here, dialect="海盐话", interests=frozenset({"棋"}))
    near = fit(wish, Gift(at=here, most=3))
    assert near.metres == 0
    assert near.cost < fit(wish, Gift(at=there, most=3)).cost
    assert fit(wish, Gift(at=here, dialects=frozenset({"海盐话"}))).cost < near.cost
    assert fit(wish, Gift(at=here, interests=frozenset({"棋"}))).cost < near.cost
    assert near.cost < fit(wish, Gift(at=here, load=1, most=3)).cost


def test_words_are_parted_as_people_type_them():
    assert words_in(" 越剧、种花, 下棋 ") == {"越剧", "种花", "下棋"}
    assert words_in("") == frozenset()


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.builds(Position, st.floats(120.9, 121.0), st.floats(30.5, 30.6)),
        ),
        max_size=7,
    )
)
def test_a_round_goes_to_every_door_once_and_no_stretch_of_it_is_better_turned_round(doors):
    start = Position(120.95, 30.55)
    order = walking_order(start, doors)
    assert sorted(order) == list(range(len(doors)))
    known = [place for place in order if doors[place] is not None]
    assert order[: len(known)] == known

    def straight(places):
        way = [start, *(doors[place] for place in places)]
        return sum(metres_between(one, other) for one, other in pairwise(way))

    turned = [
        known[:first] + known[first:last][::-1] + known[last:]
        for first, last in combinations(range(len(known) + 1), 2)
    ]
    assert all(straight(known) <= straight(other) + 1e-6 for other in turned)


def test_a_round_is_walked_along_the_street_and_not_across():
    street = [Position(120.90 + n / 1000, 30.5) for n in (3, 1, 2, 0)]
    assert walking_order(Position(120.899, 30.5), street) == [3, 1, 2, 0]


def test_hours_are_added_and_rounded_down_to_a_tenth():
    assert Hours(10, 5) + Hours(1, 2) == Hours(11, 7)
    assert [tenths(59), tenths(60), tenths(95)] == [0.9, 1.0, 1.5]
