"""Where homes and places hang on the network: on the nearest edge, at its nearest point.

Not on the nearest joint, which lies 32 m away in the middle and makes ten minutes meaningless. The
line from the door to the path may not cross water, rails, walls or a building other than its own;
and what lies more than sixty metres from every path is not connected, and said so.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mulin.ground.places.walking.network import Network
from mulin.ground.places.walking.osm import Barrier
from mulin.kit.coordinates import EARTH, Position, metres_between

#: Farther from every path a home is not connected. Median and 95th percentile of the gap are 6 and
#: 26 m on real streets.
FARTHEST: Final = 60.0
_CELL: Final = 50.0


@dataclass(frozen=True, slots=True)
class Door:
    """A point of the network: metres along an edge, and the gap between it and what hangs there."""

    edge: int
    along: float
    gap: float


@dataclass(frozen=True, slots=True)
class Flat:
    """Metres around one latitude; exact enough within a town."""

    lon: float
    lat: float
    east: float
    north: float

    @classmethod
    def around(cls, positions: Iterable[Position]) -> "Flat":
        first = next(iter(positions), Position(0.0, 0.0))
        north = math.radians(EARTH)
        return cls(first.lon, first.lat, north * math.cos(math.radians(first.lat)), north)

    def __call__(self, at: Position) -> tuple[float, float]:
        return (at.lon - self.lon) * self.east, (at.lat - self.lat) * self.north


_Segment = tuple[float, float, float, float]


class Doors:
    """Finds the door of any point; made once for a network."""

    def __init__(
        self, network: Network, barriers: Iterable[Barrier] = (), *, allowed: set[int] | None = None
    ) -> None:
        """`allowed`: the edges that may be hung on; all where it is not given. On one that runs in a
        tunnel below nothing hangs.
        """
        self._network = network
        self._flat = Flat.around(edge.line[0] for edge in network.edges)
        self._pieces: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._walls: dict[tuple[int, int], list[tuple[_Segment, int | None]]] = {}
        self._buildings: dict[int, list[tuple[float, float]]] = {}
        for number, edge in enumerate(network.edges):
            if not edge.is_under and (allowed is None or number in allowed):
                self._hang(number, [self._flat(at) for at in edge.line])
        for place, barrier in enumerate(barriers):
            line = [self._flat(at) for at in barrier.line]
            inside = place if barrier.building is not None else None
            if inside is not None:
                self._buildings[inside] = line
            for one, other in pairwise(line):
                for cell in self._cells(one, other):
                    self._walls.setdefault(cell, []).append(((*one, *other), inside))

    def _hang(self, number: int, line: list[tuple[float, float]]) -> None:
        for at, (one, other) in enumerate(pairwise(line)):
            for cell in self._cells(one, other):
                self._pieces.setdefault(cell, []).append((number, at))

    def door(self, at: Position) -> Door | None:
        """The nearest door that can be walked to in a straight line; None if there is none."""
        x, y = self._flat(at)
        own = self._building_at(x, y)
        for gap, number, place, share in sorted(self._near(x, y)):
            edge = self._network.edges[number]
            there = between(edge.line[place], edge.line[place + 1], share)
            if self._is_barred((x, y), self._flat(there), own):
                continue
            piece = edge.along[place + 1] - edge.along[place]
            # The gap as it is measured elsewhere, not as the flat map has it.
            exact = metres_between(at, there)
            return Door(
                number, edge.along[place] + share * piece, exact if exact < gap * 2 else gap
            )
        return None

    def _near(self, x: float, y: float) -> Iterator[tuple[float, int, int, float]]:
        seen: set[tuple[int, int]] = set()
        reach = math.ceil(FARTHEST / _CELL)
        column, row = math.floor(x / _CELL), math.floor(y / _CELL)
        for i in range(column - reach, column + reach + 1):
            for j in range(row - reach, row + reach + 1):
                for number, place in self._pieces.get((i, j), ()):
                    if (number, place) in seen:
                        continue
                    seen.add((number, place))
                    line = self._network.edges[number].line
                    gap, share = gap_of(x, y, self._flat(line[place]), self._flat(line[place + 1]))
                    if gap <= FARTHEST:
                        yield gap, number, place, share

    def _is_barred(
        self, here: tuple[float, float], there: tuple[float, float], own: int | None
    ) -> bool:
        return any(one is None or one != own for one in self._between(here, there))

    def between(self, one: Position, other: Position) -> set[int | None]:
        """What a straight line crosses: buildings by their place in the list of barriers, None for
        a wall, water or rails.
        """
        return set(self._between(self._flat(one), self._flat(other)))

    def _between(
        self, here: tuple[float, float], there: tuple[float, float]
    ) -> Iterator[int | None]:
        for cell in self._cells(here, there):
            for wall, building in self._walls.get(cell, ()):
                if _cross((*here, *there), wall):
                    yield building

    def _building_at(self, x: float, y: float) -> int | None:
        cell = (math.floor(x / _CELL), math.floor(y / _CELL))
        # A point inside a building may lie in a cell that none of its walls touches.
        around = {
            building
            for i in range(cell[0] - 2, cell[0] + 3)
            for j in range(cell[1] - 2, cell[1] + 3)
            for _wall, building in self._walls.get((i, j), ())
            if building is not None
        }
        return next((one for one in sorted(around) if _holds(self._buildings[one], x, y)), None)

    @staticmethod
    def _cells(one: tuple[float, float], other: tuple[float, float]) -> Iterator[tuple[int, int]]:
        """The cells of the box around a short line."""
        left, right = sorted((one[0], other[0]))
        low, high = sorted((one[1], other[1]))
        for i in range(math.floor(left / _CELL), math.floor(right / _CELL) + 1):
            for j in range(math.floor(low / _CELL), math.floor(high / _CELL) + 1):
                yield i, j


def between(one: Position, other: Position, share: float) -> Position:
    """The point at a share of the way from one to the other."""
    return Position(
        one.lon + (other.lon - one.lon) * share, one.lat + (other.lat - one.lat) * share
    )


def gap_of(
    x: float, y: float, one: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float]:
    """How far a point is from a line, and at which share of it the nearest point lies."""
    east, north = other[0] - one[0], other[1] - one[1]
    length = east * east + north * north
    share = 0.0
    if length:
        share = min(1.0, max(0.0, ((x - one[0]) * east + (y - one[1]) * north) / length))
    return math.hypot(one[0] + share * east - x, one[1] + share * north - y), share


def _cross(one: _Segment, other: _Segment) -> bool:
    """Whether two lines cross; to touch at an end is not to cross."""

    def side(line: _Segment, x: float, y: float) -> float:
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    first, second = side(other, one[0], one[1]), side(other, one[2], one[3])
    third, fourth = side(one, other[0], other[1]), side(one, other[2], other[3])
    return first * second < 0 and third * fourth < 0


def _holds(ring: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    """Whether a point lies inside a ring, by counting the walls east of it."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
