"""GPS files (.gpx, .kml): the way that somebody walked with a phone, and the points they marked.

Neither says in which system its numbers are; whoever hands one in says so (`kit.coordinates`).
GPX 1.1 <https://www.topografix.com/GPX/1/1/>, KML 2.2 (OGC 07-147r2) with Google's tracks.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mulin.kit.coordinates import EARTH, Position, metres_between

#: A day of a point a second is a third of it.
MOST_POINTS: Final = 250_000
#: Whoever stands still is moved about by the device: such points say nothing.
_STILL: Final = 2.0
_EAST_MOST: Final = 180.0
_NORTH_MOST: Final = 90.0


class TrackRefused(ValueError):  # noqa: N818  states what is so
    """No GPX and no KML, or one with numbers that are no place on Earth."""


@dataclass(frozen=True, slots=True)
class GpsFile:
    """What a file holds: lines that were walked or drawn, and single points, as they stand in it."""

    lines: tuple[tuple[Position, ...], ...]
    points: tuple[Position, ...]


def read_gps(content: bytes) -> GpsFile:
    """Raises TrackRefused for what can't be read."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise TrackRefused(str(error)) from error
    kind = _name(root)
    if kind == "gpx":
        found = _gpx(root)
    elif kind == "kml":
        found = _kml(root)
    else:
        raise TrackRefused(f"neither gpx nor kml: {kind}")
    if sum(map(len, found.lines)) + len(found.points) > MOST_POINTS:
        raise TrackRefused("too many points")
    return found


def thinned(line: Sequence[Position], within: float) -> list[Position]:
    """The line with as few of its points as leave none farther than so many metres from it
    (Ramer 1972, Douglas and Peucker 1973). Both ends stay.
    """
    kept = list(line[:1])
    for at in line[1:-1]:
        if metres_between(kept[-1], at) >= _STILL:
            kept.append(at)
    kept += line[1:][-1:]
    if len(kept) < 3:  # noqa: PLR2004  nothing between two ends
        return kept
    flat = _flat(kept)
    needed = {0, len(kept) - 1}
    waiting = [(0, len(kept) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, which = max(
            ((_gap(flat[n], flat[first], flat[last]), n) for n in range(first + 1, last)),
            default=(0.0, first),
        )
        if far > within:
            needed.add(which)
            waiting += [(first, which), (which, last)]
    return [kept[n] for n in sorted(needed)]


def _gpx(root: Any) -> GpsFile:  # Any: an element of the parser's
    lines = []
    for one, part in (("trk", "trkpt"), ("rte", "rtept")):
        # A pause ends a segment; the walk goes on.
        lines += [tuple(map(_attributes, _all(way, part))) for way in _all(root, one)]
    points = tuple(_attributes(point) for point in _all(root, "wpt"))
    return GpsFile(_long_enough(lines), points)


def _kml(root: Any) -> GpsFile:  # Any: as above
    lines = [_listed(_text(one, "coordinates").split(), ",") for one in _all(root, "LineString")]
    lines += [
        _listed([point.text or "" for point in _all(one, "coord")], None)
        for one in _all(root, "Track")
    ]
    points = [_listed(_text(one, "coordinates").split(), ",") for one in _all(root, "Point")]
    return GpsFile(_long_enough(lines), tuple(at for listed in points for at in listed[:1]))


def _long_enough(lines: Iterable[tuple[Position, ...]]) -> tuple[tuple[Position, ...], ...]:
    return tuple(line for line in lines if len(line) > 1)


def _name(element: Any) -> str:  # Any: as above
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _all(element: Any, name: str) -> list[Any]:  # Any: as above
    return [one for one in element.iter() if _name(one) == name]


def _text(element: Any, name: str) -> str:  # Any: as above
    return "".join(one.text or "" for one in _all(element, name)[:1])


def _attributes(element: Any) -> Position:  # Any: as above
    return _at(element.get("lon"), element.get("lat"))


def _listed(tuples: Iterable[str], between: str | None) -> tuple[Position, ...]:
    """Positions written east, north and perhaps the height."""
    found = []
    for said in tuples:
        parts = said.split(between)
        if len(parts) < 2:  # noqa: PLR2004  east, north
            raise TrackRefused(f"no position: {said}")
        found.append(_at(parts[0], parts[1]))
    return tuple(found)


def _at(lon: str | None, lat: str | None) -> Position:
    try:
        at = Position(float(lon or ""), float(lat or ""))
    except ValueError as error:
        raise TrackRefused(f"no position: {lon}, {lat}") from error
    if not (abs(at.lon) <= _EAST_MOST and abs(at.lat) <= _NORTH_MOST):
        raise TrackRefused(f"no place on Earth: {lon}, {lat}")
    return at


def _flat(line: Sequence[Position]) -> list[tuple[float, float]]:
    """Metres around the first point; exact enough for a walk."""
    first, north = line[0], math.radians(EARTH)
    east = north * math.cos(math.radians(first.lat))
    return [((at.lon - first.lon) * east, (at.lat - first.lat) * north) for at in line]


def _gap(at: tuple[float, float], one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far a point lies from the piece between two others."""
    east, north = other[0] - one[0], other[1] - one[1]
    length = east * east + north * north
    share = 0.0
    if length:
        share = ((at[0] - one[0]) * east + (at[1] - one[1]) * north) / length
        share = min(1.0, max(0.0, share))
    return math.hypot(one[0] + share * east - at[0], one[1] + share * north - at[1])
