"""Where things are: WGS-84 inside; what Chinese map apps speak, at the edges.

GCJ-02 is the system that map apps of mainland China must use; it lies 488 m from WGS-84 at Haiyan,
farther than an old person walks in ten minutes, so a position without its system is no position.
Baidu's BD-09 is GCJ-02 moved once more. The formula is the published one (as in eviltransform);
it is frozen, and so are the test points.
"""

import math
from typing import Final, NamedTuple

#: The mean radius of the Earth in metres (IUGG).
EARTH: Final = 6_371_008.8
# Krasovsky 1940, on which the formula is built.
_AXIS: Final = 6_378_245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BAIDU_TURN: Final = math.pi * 3000 / 180
_ROUNDS: Final = 8
#: Beyond this box (west, south, east, north) positions are not moved.
_MAINLAND: Final = (72.004, 0.8293, 137.8347, 55.8271)


class Position(NamedTuple):
    """Degrees east and north."""

    lon: float
    lat: float


def metres_between(one: Position, other: Position) -> float:
    """The way of a bird, by the haversine."""
    south, north = math.radians(one.lat), math.radians(other.lat)
    up = math.sin((north - south) / 2)
    across = math.sin(math.radians(other.lon - one.lon) / 2)
    half = up * up + math.cos(south) * math.cos(north) * across * across
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def to_gcj(wgs: Position) -> Position:
    """From WGS-84 to GCJ-02; outside the mainland's box it stays as it is."""
    west, south, east, north = _MAINLAND
    if not (west <= wgs.lon <= east and south <= wgs.lat <= north):
        return wgs
    move_lon, move_lat = _moved(wgs.lon - 105.0, wgs.lat - 35.0)
    turned = math.radians(wgs.lat)
    magic = 1 - _ECCENTRICITY_2 * math.sin(turned) ** 2
    root = math.sqrt(magic)
    lat = move_lat * 180.0 / (_AXIS * (1 - _ECCENTRICITY_2) / (magic * root) * math.pi)
    lon = move_lon * 180.0 / (_AXIS / root * math.cos(turned) * math.pi)
    return Position(wgs.lon + lon, wgs.lat + lat)


def from_gcj(gcj: Position) -> Position:
    """From GCJ-02 to WGS-84, by going back what the first guess was moved, until it stands still;
    off by less than a millimetre.
    """
    guess = gcj
    for _round in range(_ROUNDS):
        there = to_gcj(guess)
        guess = Position(guess.lon + gcj.lon - there.lon, guess.lat + gcj.lat - there.lat)
    return guess


def gcj_to_baidu(gcj: Position) -> Position:
    """From GCJ-02 to Baidu's BD-09."""
    far = math.hypot(gcj.lon, gcj.lat) + 0.00002 * math.sin(gcj.lat * _BAIDU_TURN)
    turn = math.atan2(gcj.lat, gcj.lon) + 0.000003 * math.cos(gcj.lon * _BAIDU_TURN)
    return Position(far * math.cos(turn) + 0.0065, far * math.sin(turn) + 0.006)


def baidu_to_gcj(baidu: Position) -> Position:
    """From BD-09 to GCJ-02; off by less than a millimetre."""
    guess = Position(baidu.lon - 0.0065, baidu.lat - 0.006)
    for _round in range(_ROUNDS):
        there = gcj_to_baidu(guess)
        guess = Position(guess.lon + baidu.lon - there.lon, guess.lat + baidu.lat - there.lat)
    return guess


def _moved(x: float, y: float) -> tuple[float, float]:
    """How far east and north the formula moves a point x° and y° from 105° E 35° N, in metres."""
    common = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += common
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += common
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (
        (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    )
    return east, north
