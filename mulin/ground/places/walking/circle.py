"""A circle of files: homes, places and an extract in, pairs out. What `mulin circle` prints."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mulin.ground.places.walking.doors import Door, Doors
from mulin.ground.places.walking.network import Network, network_of
from mulin.ground.places.walking.osm import Extract
from mulin.ground.places.walking.reach import Pace, Reached, reach
from mulin.kit.coordinates import Position

_EAST_MOST: Final = 180.0
_NORTH_MOST: Final = 90.0


class TableRefused(ValueError):  # noqa: N818  states what is so
    """A table that can't be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A home or a place of a table."""

    id: str
    at: Position


@dataclass(frozen=True, slots=True)
class Circle:
    """Who reaches what, and what hangs on no path."""

    homes: Sequence[Spot]
    places: Sequence[Spot]
    pairs: list[Reached]
    unconnected: list[str]


def read_spots(path: Path) -> list[Spot]:
    """Homes or places with the columns id, lon, lat; others are left alone.

    Raises TableRefused for a missing column, a position that is none, an id that stands twice;
    OSError where there is no file.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        lacking = {"id", "lon", "lat"} - set(rows.fieldnames or ())
        if lacking:
            raise TableRefused(f"{path.name}: no column {', '.join(sorted(lacking))}")
        spots: dict[str, Spot] = {}
        for row in rows:
            place = f"{path.name}, line {rows.line_num}"
            try:
                at = Position(float(row["lon"]), float(row["lat"]))
            except (TypeError, ValueError):
                raise TableRefused(f"{place}: lon and lat must be numbers") from None
            if not (abs(at.lon) <= _EAST_MOST and abs(at.lat) <= _NORTH_MOST):
                raise TableRefused(f"{place}: no place on Earth")
            if not row["id"] or row["id"] in spots:
                raise TableRefused(f"{place}: the id is missing or stands twice")
            spots[row["id"]] = Spot(row["id"], at)
    return list(spots.values())


def doors_of(
    network: Network, extract: Extract, spots: Sequence[Spot], pace: Pace
) -> list[Door | None]:
    """Each on the nearest edge of the largest piece that this pace can use."""
    pieces = network.pieces(steps=pace.steps)
    doors = Doors(network, extract.barriers, allowed=pieces[0] if pieces else set())
    return [doors.door(spot.at) for spot in spots]


def circle(
    extract: Extract, homes: Sequence[Spot], places: Sequence[Spot], pace: Pace, within: float
) -> Circle:
    """Who reaches what within so many seconds."""
    network = network_of(extract.ways, extract.positions)
    found = doors_of(network, extract, [*homes, *places], pace)
    of_homes, of_places = found[: len(homes)], found[len(homes) :]
    pairs = list(reach(network, of_homes, of_places, pace, within))
    apart = [spot.id for spot, door in zip([*homes, *places], found, strict=True) if door is None]
    return Circle(homes, places, pairs, apart)
