"""Paces, directions, gates, and what may be told of people."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.proximity.rules import (
    PACES,
    Kind,
    OnFoot,
    Walk,
    Walker,
    Wind,
    estimated,
    is_gate_open,
    people_of,
    told,
    wind,
)
from mulin.kit.coordinates import Position, metres_between

pytestmark = pytest.mark.once
HOME = Position(120.9461, 30.5264)


def test_ten_minutes_are_720_480_and_300_metres_and_each_value_has_its_source():
    assert [Walker(walk).metres_in_time for walk in (Walk.ADULT, Walk.ELDER, Walk.SLOW)] == [
        720,
        480,
        300,
    ]
    assert all(value.source and value.since for value in PACES.values())
    assert not Walker(steps=False).pace.steps


@pytest.mark.parametrize(
    ("seconds", "minutes", "is_near"), [(0, 1, True), (60, 1, True), (61, 2, True), (600, 10, True), (601, 11, False)]
)  # fmt: skip
def test_minutes_are_rounded_up_so_that_nobody_comes_too_late(seconds, minutes, is_near):
    way = OnFoot(seconds, seconds * 0.8)
    assert (way.minutes, way.is_near) == (minutes, is_near)


@given(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_an_estimate_is_two_fifths_longer_than_the_way_of_a_bird(east, north):
    there = Position(HOME.lon + east, HOME.lat + north)
    guess = estimated(HOME, there, Walker(Walk.ADULT))
    assert guess.is_estimate
    assert guess.metres == pytest.approx(metres_between(HOME, there) * 1.4)
    assert guess.seconds == pytest.approx(guess.metres / 1.2)


@pytest.mark.parametrize(
    ("east", "north", "where"),
    [
        (0, 1, Wind.NORTH), (1, 1.1, Wind.NORTH_EAST), (1, 0, Wind.EAST), (0, -1, Wind.SOUTH),
        (-1, -1.1, Wind.SOUTH_WEST), (-1, 0.05, Wind.WEST),
    ],
)  # fmt: skip
def test_which_way(east, north, where):
    there = Position(HOME.lon + east / 95_850, HOME.lat + north / 111_195)
    assert wind(HOME, there) is where


@pytest.mark.parametrize(
    ("opens", "closes", "clock", "is_open"),
    [
        ((5, 0), (22, 0), (5, 0), True), ((5, 0), (22, 0), (22, 0), False),
        ((5, 0), (22, 0), (2, 0), False), ((17, 0), (1, 0), (0, 30), True),
        ((17, 0), (1, 0), (1, 0), False), ((17, 0), (1, 0), (12, 0), False),
        ((5, 0), (0, 0), (23, 59), True),
    ],
)  # fmt: skip
def test_a_gate_closes_also_after_midnight(opens, closes, clock, is_open):
    assert is_gate_open(time(*opens), time(*closes), time(*clock)) is is_open


def test_people_are_counted_by_the_year_of_their_birth():
    sums = people_of(
        [(1940, False, 3), (1966, True, 2), (1967, False, 5), (2013, True, 4), (None, True, 1)],
        date(2026, 11, 25),
    )
    assert sums == {Kind.ALL: 15, Kind.OLD: 5, Kind.OLDEST: 3, Kind.YOUNG: 4, Kind.NEW: 7}


@given(st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_told_of_fewer_than_ten_nor_by_what_is_left(lacking, others):
    said = told(lacking, lacking + others)
    if said is not None:
        assert said in {0} | set(range(10, 61))
        assert lacking + others - said in {0} | set(range(10, 61))
