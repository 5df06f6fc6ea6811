"""Where a gate that is not there yet would let people through: two paths close by and far on foot.

What lies between is a wall, a fence, a hedge, or something that a small bridge crosses; through a
building nobody makes a gate. Whether one may be made is for people to say, on the spot.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

from mulin.ground.places.walking.doors import Door, Doors, Flat, between
from mulin.ground.places.walking.network import Class, Edge, Network
from mulin.ground.places.walking.osm import Barrier
from mulin.ground.places.walking.reach import Pace, Paths
from mulin.kit.coordinates import Position, metres_between

#: From path to path through a gate at most, and on foot without it at least.
WIDEST: Final = 25.0
DETOUR: Final = 150.0
#: Paths are looked at so often, and of gaps so close to each other one is enough.
_EVERY: Final = 15.0
_APART: Final = 50.0
#: More than these nobody goes to look at.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """Two points of the network that a gate would join, so many metres from each other.
    `is_barred`: the map has a wall, water or rails between them.
    """

    one: Door
    other: Door
    ends: tuple[Position, Position]
    metres: float
    is_barred: bool

    @property
    def at(self) -> Position:
        """The middle, where the gate would be."""
        return between(*self.ends, 0.5)


@dataclass(frozen=True, slots=True)
class _Spot:
    edge: int
    along: float
    at: Position


def gaps(network: Network, barriers: Iterable[Barrier]) -> list[Gap]:
    """The gaps of a network, the narrowest first, at most MOST."""
    doors = Doors(network, barriers, allowed=set())
    close: dict[tuple[int, int], tuple[float, _Spot, _Spot]] = {}
    for one, other, metres in _pairs(network):
        key = one.edge, other.edge
        if key not in close or metres < close[key][0]:
            close[key] = metres, one, other
    found = []
    for metres, one, other in sorted(close.values(), key=lambda row: (row[0], row[1].edge)):
        crossed = doors.between(one.at, other.at)
        if crossed <= {None}:
            ends = one.at, other.at
            found.append(
                Gap(Door(one.edge, one.along, 0.0), Door(other.edge, other.along, 0.0), ends,
                    metres, bool(crossed))
            )  # fmt: skip
    return _thinned(network, found)


def may_cross(network: Network, to: Door) -> bool:
    """Whether a gate lets people through to this side: into a compound it lets nobody who does not
    live there, and its people come out of it by the other side.
    """
    return network.edges[to.edge].kind is Class.PUBLIC


def _pairs(network: Network) -> "Iterable[tuple[_Spot, _Spot, float]]":
    """Points within the widest gap of each other, and not by way of the next joint."""
    flat = Flat.around(edge.line[0] for edge in network.edges)
    cells: dict[tuple[int, int], list[tuple[float, float, _Spot]]] = {}
    for number, edge in enumerate(network.edges):
        for spot in _spots(number, edge):
            x, y = flat(spot.at)
            cell = math.floor(x / WIDEST), math.floor(y / WIDEST)
            cells.setdefault(cell, []).append((x, y, spot))
    for (column, row), here in cells.items():
        around = [
            spot
            for i, j in product((column - 1, column, column + 1), (row - 1, row, row + 1))
            for spot in cells.get((i, j), ())
        ]
        for x, y, one in here:
            for to_x, to_y, other in around:
                metres = math.hypot(to_x - x, to_y - y)
                if (one.edge, one.along) < (other.edge, other.along) and 1.0 < metres <= WIDEST:
                    first, second = network.edges[one.edge], network.edges[other.edge]
                    if _by_a_joint(one, first, other, second) > DETOUR:
                        yield one, other, metres


def _by_a_joint(one: _Spot, first: Edge, other: _Spot, second: Edge) -> float:
    """How far it is along the two paths themselves, where they are one or meet."""
    if one.edge == other.edge:
        return abs(one.along - other.along)
    ends = ((first.start, one.along), (first.end, first.metres - one.along))
    others = ((second.start, other.along), (second.end, second.metres - other.along))
    walks = [
        metres + more
        for joint, metres in ends
        for meets, more in others
        if joint == meets
    ]  # fmt: skip
    return min(walks, default=math.inf)


def _spots(number: int, edge: Edge) -> "Iterable[_Spot]":
    """The corners of a path, and points between them."""
    yield _Spot(number, 0.0, edge.line[0])
    for place in range(len(edge.line) - 1):
        length = edge.along[place + 1] - edge.along[place]
        pieces = max(1, math.ceil(length / _EVERY))
        for piece in range(1, pieces + 1):
            share = piece / pieces
            at = between(edge.line[place], edge.line[place + 1], share)
            yield _Spot(number, edge.along[place] + share * length, at)


def _is_far(paths: Paths, gap: Gap) -> bool:
    """Whether it is no short walk from one end to the other, either way."""
    ways = ((gap.one, gap.other), (gap.other, gap.one))
    return not any(any(paths.reach(paths.hang([home]), [place], DETOUR)) for home, place in ways)


def _thinned(network: Network, found: list[Gap]) -> list[Gap]:
    """Those that are far on foot; of several in one spot the narrowest."""
    paths = Paths(network, Pace(1.0))
    kept: list[Gap] = []
    for gap in found:
        if len(kept) == MOST:
            break
        is_apart = all(metres_between(gap.at, other.at) >= _APART for other in kept)
        if is_apart and _is_far(paths, gap):
            kept.append(gap)
    return kept
