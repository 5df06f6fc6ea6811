"""Names on the little map: streets along their line, houses below their square. Pure.

None lies over another, none over a mark; what finds no room is left out, the longest street and the
house nearest to the middle come first. Streets that run north are written letter below letter, as
Chinese maps do; letters of other scripts are turned.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

#: Letters, in the units of a phone's glass.
STREET_SIZE: Final = 13
HOUSE_SIZE: Final = 11
_MOST_STREETS: Final = 40
_MOST_HOUSES: Final = 60
#: Houses that are looked at; of five thousand most find no room.
_TRIED: Final = 400
#: A letter of Latin is so much narrower.
_NARROW: Final = 0.6
#: A line that is bent more than this carries no name.
_STRAIGHT: Final = 0.94
#: Steeper than so many degrees letters stand below each other.
_STEEP: Final = 50.0
_EDGE: Final = 4.0
_CELL: Final = 24.0
_WIDE_FROM: Final = "\u2e80"
#: Where along a street a name is tried.
_SHARES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A name at a point of the map. `letters` are what is written where, in the units of the glass
    from that point; `turn` are degrees clockwise.
    """

    x: int
    y: int
    letters: tuple[tuple[str, str, str], ...]
    turn: int = 0


@dataclass(slots=True)
class _Room:
    """What of the glass is taken: squares by their middle and half their side."""

    width: float
    height: float
    taken: dict[tuple[int, int], list[tuple[float, float, float]]] = field(default_factory=dict)

    def take(self, x: float, y: float, half: float) -> None:
        for cell in self._cells(x, y, half):
            self.taken.setdefault(cell, []).append((x, y, half))

    def has(self, x: float, y: float, half: float) -> bool:
        """Whether a square is free, and wholly on the glass."""
        if not (half + _EDGE <= x <= self.width - half - _EDGE):
            return False
        if not (half + _EDGE <= y <= self.height - half - _EDGE):
            return False
        return not any(
            abs(x - at_x) < half + other and abs(y - at_y) < half + other
            for cell in self._cells(x, y, half)
            for at_x, at_y, other in self.taken.get(cell, ())
        )

    def give(self, squares: Sequence[tuple[float, float, float]]) -> bool:
        """Take all of them, or none."""
        if not all(self.has(*one) for one in squares):
            return False
        for one in squares:
            self.take(*one)
        return True

    @staticmethod
    def _cells(x: float, y: float, half: float) -> Iterator[tuple[int, int]]:
        for i in range(math.floor((x - half) / _CELL), math.floor((x + half) / _CELL) + 1):
            for j in range(math.floor((y - half) / _CELL), math.floor((y + half) / _CELL) + 1):
                yield i, j


def labels(
    streets: Iterable[tuple[str, Sequence[Point]]], houses: Iterable[tuple[str, Point]],
    taken: Iterable[tuple[float, float, float]], *, size: Point, scale: float,
) -> tuple[list[Label], list[Label]]:  # fmt: skip
    """The names of streets and of houses that find room on a map of this size.

    Points are in units of the map, `scale` of which are one of the glass; `taken` are squares of
    the glass where marks stand.
    """
    room = _Room(size[0] / scale, size[1] / scale)
    for square in taken:
        room.take(*square)
    return _streets(room, streets, scale), _houses(room, houses, scale)


def _streets(
    room: _Room, streets: Iterable[tuple[str, Sequence[Point]]], scale: float
) -> list[Label]:
    lines = [
        (name, [(x / scale, y / scale) for x, y in line]) for name, line in streets if len(line) > 1
    ]
    lines.sort(key=lambda one: (-_length(one[1]), one[0]))
    found: dict[str, Label] = {}
    for name, line in lines:
        if name in found or len(found) == _MOST_STREETS:
            continue
        label = _along(room, name, line, scale)
        if label is not None:
            found[name] = label
    return list(found.values())


def _along(room: _Room, name: str, line: Sequence[Point], scale: float) -> Label | None:
    """The name on the first straight piece of this line that is free."""
    widths = [STREET_SIZE * (1.0 if letter >= _WIDE_FROM else _NARROW) for letter in name]
    wide, whole = sum(widths), _length(line)
    if whole < wide:
        return None
    for share in _SHARES:
        middle = min(max(share * whole, wide / 2), whole - wide / 2)
        start, end = _at(line, middle - wide / 2), _at(line, middle + wide / 2)
        if math.dist(start, end) < _STRAIGHT * wide:
            continue
        if (end[0], end[1]) < (start[0], start[1]):
            start, end = end, start
        turn = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
        is_upright = abs(turn) > _STEEP and all(letter >= _WIDE_FROM for letter in name)
        if is_upright and end[1] < start[1]:
            start, end = end, start
        squares, along = [], 0.0
        for width in widths:
            part = (along + width / 2) / wide
            along += width
            squares.append(
                (
                    start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]),
                    STREET_SIZE / 2,
                )
            )  # fmt: skip
        if not room.give(squares):
            continue
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        if is_upright:
            letters = tuple(
                (letter, f"{at_x - x:.1f}", f"{at_y - y + STREET_SIZE * 0.36:.1f}")
                for letter, (at_x, at_y, _half) in zip(name, squares, strict=True)
            )
            return Label(round(x * scale), round(y * scale), letters)
        flat = ((name, "0", f"{STREET_SIZE * 0.36:.1f}"),)
        return Label(round(x * scale), round(y * scale), flat, round(turn))
    return None


def _houses(room: _Room, houses: Iterable[tuple[str, Point]], scale: float) -> list[Label]:
    middle = room.width / 2, room.height / 2
    near = sorted(
        (math.dist(middle, at), name, at)
        for name, (x, y) in houses
        if 0 <= (at := (x / scale, y / scale))[0] <= room.width and 0 <= at[1] <= room.height
    )
    found: list[Label] = []
    for _far, name, (x, y) in near[:_TRIED]:
        if len(found) == _MOST_HOUSES:
            break
        wide = sum(HOUSE_SIZE * (1.0 if letter >= _WIDE_FROM else _NARROW) for letter in name)
        below = y + HOUSE_SIZE
        count = max(1, math.ceil(wide / HOUSE_SIZE))
        squares = [
            (x + (n - (count - 1) / 2) * HOUSE_SIZE, below, HOUSE_SIZE / 2) for n in range(count)
        ]
        if room.give(squares):
            letters = ((name, "0", f"{HOUSE_SIZE * 1.36:.1f}"),)
            found.append(Label(round(x * scale), round(y * scale), letters))
    return found


def _length(line: Sequence[Point]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(line))


def _at(line: Sequence[Point], far: float) -> Point:
    """The point so far along a line."""
    for one, other in pairwise(line):
        piece = math.dist(one, other)
        if far <= piece and piece:
            share = far / piece
            return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
        far -= piece
    return line[-1]
