"""OpenStreetMap extracts (.osm.pbf, .osm): the ways that can be walked, and what can't be crossed.

Read once when a map is taken in; a web process never loads the library. © OpenStreetMap
contributors, ODbL: whoever shows what is made of it says so.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mulin.ground.places.walking.network import Way
from mulin.kit.coordinates import Position

_WALLS: Final = frozenset({"wall", "fence", "city_wall", "retaining_wall", "guard_rail", "hedge"})
_WATER: Final = frozenset({"river", "canal", "stream", "ditch", "drain"})
_RAIL: Final = frozenset({"rail", "subway", "light_rail", "tram"})
_UNDER: Final = frozenset({"yes", "culvert", "building_passage", "covered"})


class ExtractRefused(ValueError):  # noqa: N818  states what is so
    """The file is no extract that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Barrier:
    """A line that nobody walks through; `building` is its number where it is the wall of one,
    `is_water` where it is a river or the shore of a pond.
    """

    line: tuple[Position, ...]
    building: int | None = None
    is_water: bool = False


@dataclass(slots=True)
class Extract:
    """What was read: ways to walk, positions of their points, barriers."""

    ways: list[Way] = field(default_factory=list)
    positions: dict[int, Position] = field(default_factory=dict)
    barriers: list[Barrier] = field(default_factory=list)


def read_extract(path: Path) -> Extract:
    """Read an extract. Raises ExtractRefused for what is none, OSError where there is no file."""
    import osmium  # noqa: PLC0415  eleven megabytes, needed here alone

    if not path.is_file():
        raise FileNotFoundError(2, "no such file", str(path))
    found = Extract()
    points: dict[int, Position] = {}
    try:
        for thing in osmium.FileProcessor(str(path)):
            if isinstance(thing, osmium.osm.Node):
                points[thing.id] = Position(thing.lon, thing.lat)
            elif isinstance(thing, osmium.osm.Way):
                _take(found, thing.id, [node.ref for node in thing.nodes], dict(thing.tags), points)
    except (RuntimeError, ValueError) as error:
        raise ExtractRefused(str(error)) from error
    return found


def _take(
    found: Extract, way: int, refs: list[int], tags: dict[str, str], points: dict[int, Position]
) -> None:
    if "highway" in tags:
        found.ways.append(Way(way, tuple(refs), tags))
        found.positions.update((ref, points[ref]) for ref in refs if ref in points)
    elif _bars(tags):
        line = tuple(points[ref] for ref in refs if ref in points)
        building = way if tags.get("building", "no") != "no" else None
        if len(line) > 1:
            found.barriers.append(Barrier(line, building, is_water=_is_water(tags)))


def _bars(tags: dict[str, str]) -> bool:
    """Whether nobody walks across: water, rails, walls, buildings, unless they run below."""
    if tags.get("tunnel") in _UNDER or tags.get("location") == "underground":
        return False
    return (
        _is_water(tags)
        or tags.get("railway") in _RAIL
        or tags.get("barrier") in _WALLS
        or tags.get("building", "no") != "no"
    )


def _is_water(tags: dict[str, str]) -> bool:
    return tags.get("waterway") in _WATER or tags.get("natural") == "water"
