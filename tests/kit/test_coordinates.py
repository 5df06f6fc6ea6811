"""Positions are moved between the systems of maps as the published formula moves them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.coordinates import (
    Position,
    baidu_to_gcj,
    from_gcj,
    gcj_to_baidu,
    metres_between,
    to_gcj,
)

HAIYAN = Position(120.9458, 30.5256)
IN_CHINA = st.builds(Position, st.floats(74, 134), st.floats(19, 52))


def test_at_haiyan_the_two_systems_lie_488_metres_apart():
    """487.9 m on a globe as wide as the equator, on the mean one half a metre less."""
    gcj = to_gcj(HAIYAN)
    assert metres_between(HAIYAN, gcj) == pytest.approx(487.4, abs=0.1)
    assert metres_between(gcj, gcj_to_baidu(gcj)) == pytest.approx(935, abs=1)


def test_a_known_point():
    """Tiananmen as the formula's public implementations give it."""
    gcj = to_gcj(Position(116.3912757, 39.9060889))
    assert gcj.lon == pytest.approx(116.3975, abs=5e-5)
    assert gcj.lat == pytest.approx(39.9075, abs=5e-5)


@given(IN_CHINA)
def test_there_and_back_is_where_one_was(at):
    assert metres_between(at, from_gcj(to_gcj(at))) < 0.001
    gcj = to_gcj(at)
    assert metres_between(gcj, baidu_to_gcj(gcj_to_baidu(gcj))) < 0.001


@pytest.mark.parametrize("at", [Position(9.5, 47.1), Position(-70, 42), Position(151.2, -33.8)])
def test_outside_the_mainland_nothing_moves(at):
    assert to_gcj(at) == at
    assert from_gcj(at) == at


def test_metres_are_those_of_the_globe():
    assert metres_between(Position(0, 0), Position(0, 1)) == pytest.approx(111_195, abs=1)
    assert metres_between(Position(179.9, 0), Position(-179.9, 0)) == pytest.approx(22_239, abs=1)
