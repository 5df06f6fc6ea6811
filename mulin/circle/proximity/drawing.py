"""The little map: streets, homes, places and a way as lines of an SVG, in metres, nothing from outside.

The same drawing is a page's map (styled by the house's colours) and a sheet's (black on white).
Streets and houses carry their names where there is room (`labels`), water is drawn: one finds one's
way by them.
Beside each map stands the same as a list: for those who can't see it, and for the phone.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from mulin.circle.proximity.labels import Label, Point, labels
from mulin.circle.proximity.streets import Streets
from mulin.ground.places.walking.network import Class, Edge
from mulin.kit.coordinates import EARTH, Position

#: Metres around what is shown, and the least that is shown.
_EDGE: Final = 60.0
_LEAST: Final = 300.0
#: A map is as wide as a phone; marks are drawn for one of so many units.
_PHONE: Final = 390.0
_HOME: Final = 6
#: How wide a mark is, in its own units; how high "here" stands, and its letters.
_MARK: Final = 26
_HERE: Final = 32
_HERE_SIZE: Final = 15


#: A house by its name.
Named = tuple[str, Position]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place with the number it has in the list. `tone`: open, closed, or a candidate."""

    number: int
    name: str
    at: Position
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark at its point of the map."""

    x: int
    y: int
    number: int
    name: str
    url: str
    tone: str
    #: How far beside its point it is drawn: others stand in the same building.
    aside: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws. `west`, `north`, `east_metres` and `north_metres` tell the script
    where in the world a point of the map lies.
    """

    width: int
    height: int
    scale: str
    west: str
    north: str
    east_metres: str
    north_metres: str
    streets: str
    compound: str
    steps: str
    rivers: str
    lakes: str
    houses: str
    homes: str
    way: str
    street_names: list[Label]
    house_names: list[Label]
    marks: list[Drawn]
    here: Drawn | None
    bar: int
    has_network: bool


class _Plane:
    """Metres east and south of a corner."""

    def __init__(self, west: float, north: float, lat: float) -> None:
        self.west, self.north = west, north
        self.per_north = math.radians(EARTH)
        self.per_east = self.per_north * math.cos(math.radians(lat))

    def __call__(self, at: Position) -> tuple[int, int]:
        return (
            round((at.lon - self.west) * self.per_east),
            round((self.north - at.lat) * self.per_north),
        )


def draw(
    network: Streets | None, shown: Sequence[Position], *, homes: Sequence[Named] = (),
    marks: Sequence[Mark] = (), here: Mark | None = None, way: Sequence[Position] = (),
) -> Drawing | None:  # fmt: skip
    """A map around these points; None where there is nothing to show. `homes` are squares with the
    names of their houses.
    """
    if not shown:
        return None
    lons, lats = [at.lon for at in shown], [at.lat for at in shown]
    middle = (min(lats) + max(lats)) / 2
    plane = _Plane(0.0, 0.0, middle)
    wide = max((max(lons) - min(lons)) * plane.per_east, _LEAST) / 2 + _EDGE
    high = max((max(lats) - min(lats)) * plane.per_north, _LEAST) / 2 + _EDGE
    west = (min(lons) + max(lons)) / 2 - wide / plane.per_east
    north = middle + high / plane.per_north
    plane = _Plane(west, north, middle)
    width, height = round(2 * wide), round(2 * high)
    lines: dict[str, list[str]] = {"streets": [], "compound": [], "steps": []}
    houses: list[str] = []
    rivers: list[str] = []
    lakes: list[str] = []
    if network is not None:
        for edge in network.made.network.edges:
            points = [plane(at) for at in edge.line]
            if _touches(points, width, height):
                lines[_layer(edge)].append(_path(points))
        for barrier in network.barriers:
            points = [plane(at) for at in barrier.line]
            if not (barrier.is_water or barrier.building is not None):
                continue
            if _touches(points, width, height):
                is_ring = len(points) > 3 and points[0] == points[-1]  # noqa: PLR2004  a triangle
                if not barrier.is_water:
                    houses.append(_path(points) + "z")
                else:
                    (lakes if is_ring else rivers).append(_path(points) + ("z" if is_ring else ""))
    drawn = _beside([_drawn(mark, plane) for mark in marks])
    at_home = _drawn(here, plane) if here is not None else None
    scale = max(width, height) / _PHONE
    squares = [(name, plane(at)) for name, at in homes]
    street_names, house_names = labels(
        _named(network, plane, (width, height)) if network is not None else (), squares,
        _taken(drawn, at_home, scale), size=(width, height), scale=scale,
    )  # fmt: skip
    return Drawing(
        width, height, f"{scale:.2f}", f"{west:.7f}", f"{north:.7f}",
        f"{plane.per_east:.1f}", f"{plane.per_north:.1f}",
        "".join(lines["streets"]), "".join(lines["compound"]), "".join(lines["steps"]),
        "".join(rivers), "".join(lakes), "".join(houses), _squares(at for _name, at in squares),
        _path([plane(at) for at in way]) if way else "", street_names, house_names,
        drawn, at_home, _bar(width), network is not None,
    )  # fmt: skip


def _named(
    network: Streets, plane: _Plane, size: tuple[int, int]
) -> Iterator[tuple[str, list[Point]]]:
    """What of each named street lies on the map, joined where its pieces follow each other."""
    way, run = 0, list[Point]()
    for edge in network.made.network.edges:
        name = network.names.get(edge.way)
        if not name:
            continue
        points: list[Point] = [plane(at) for at in edge.line]
        if edge.way == way and run and run[-1] == points[0]:
            run += points[1:]
            continue
        yield from ((network.names.get(way, ""), part) for part in _clipped(run, size))
        way, run = edge.way, points
    yield from ((network.names.get(way, ""), part) for part in _clipped(run, size))


def _clipped(line: Sequence[Point], size: tuple[int, int]) -> Iterator[list[Point]]:
    """The parts of a line that lie within the map (Liang and Barsky 1984)."""
    part: list[Point] = []
    for one, other in pairwise(line):
        cut = _cut(one, other, size)
        if cut is None or (part and part[-1] != cut[0]):
            if part:
                yield part
            part = []
        if cut is not None:
            part = [*(part or cut[:1]), cut[1]]
    if part:
        yield part


def _cut(one: Point, other: Point, size: tuple[int, int]) -> tuple[Point, Point] | None:
    first, last = 0.0, 1.0
    across, down = other[0] - one[0], other[1] - one[1]
    for move, room in (
        (-across, one[0]), (across, size[0] - one[0]), (-down, one[1]), (down, size[1] - one[1]),
    ):  # fmt: skip
        if not move and room < 0:
            return None
        if move < 0:
            first = max(first, room / move)
        elif move > 0:
            last = min(last, room / move)
    if first > last:
        return None
    begin = one if not first else (one[0] + first * across, one[1] + first * down)
    end = other if last == 1.0 else (one[0] + last * across, one[1] + last * down)
    return begin, end


def _taken(
    marks: Sequence[Drawn], here: Drawn | None, scale: float
) -> Iterator[tuple[float, float, float]]:
    """Squares of the glass where marks stand, the one of "here" with its name above it."""
    for mark in marks:
        yield mark.x / scale + mark.aside, mark.y / scale, _MARK / 2
    if here is not None:
        x, y, half = here.x / scale, here.y / scale, _HERE_SIZE / 2
        yield x, y - _HERE / 2, _HERE / 2
        for place in range(len(here.name)):
            yield x + (place - (len(here.name) - 1) / 2) * _HERE_SIZE, y - _HERE - 10, half


def _layer(edge: Edge) -> str:
    if edge.is_steps:
        return "steps"
    return "compound" if edge.kind is Class.PRIVATE else "streets"


def _touches(points: Sequence[tuple[int, int]], width: int, height: int) -> bool:
    across, down = [x for x, _y in points], [y for _x, y in points]
    return min(across) <= width and max(across) >= 0 and min(down) <= height and max(down) >= 0


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Moves from point to point, each told from the last: half as long as told from the corner."""
    (x, y), steps = points[0], []
    for to_x, to_y in points[1:]:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    # A flight of steps has no length of its own.
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps) or '1 1'}"


def _squares(points: Iterable[tuple[int, int]]) -> str:
    half = _HOME // 2
    return "".join(f"M{x - half} {y - half}h{_HOME}v{_HOME}h-{_HOME}z" for x, y in points)


def _drawn(mark: Mark, plane: _Plane) -> Drawn:
    x, y = plane(mark.at)
    return Drawn(x, y, mark.number, mark.name, mark.url, mark.tone)


def _beside(marks: Sequence[Drawn]) -> list[Drawn]:
    """Marks of one point side by side."""
    seen: Counter[tuple[int, int]] = Counter()
    placed = []
    for mark in marks:
        placed.append(replace(mark, aside=_MARK * seen[mark.x, mark.y]))
        seen[mark.x, mark.y] += 1
    return placed


def _bar(width: int) -> int:
    """A round length that is about a quarter of the map."""
    return max(length for length in (50, 100, 200, 500, 1000, 2000) if length <= max(width / 3, 50))
