"""What staff know better than the map: paths it lacks, gates with hours, stairs, a path that is shut.

A correction is kept by where it is, not by the number the map gave something, so it is made again
on a renewed extract. What fits nowhere any more is said so, never dropped in silence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count, pairwise
from typing import Final

from mulin.ground.places.walking.doors import Flat, between, gap_of
from mulin.ground.places.walking.network import Class, Edge, Network
from mulin.kit.coordinates import Position, metres_between

#: How far a mark may lie from the path it belongs to, and the end of a drawn path from its joint.
MARK_REACH: Final = 25.0
END_REACH: Final = 15.0
#: A point of a drawn path that lies this near another path is a joint of both.
_ON_IT: Final = 2.0
_NOTHING: Final = 0.01


class Fix(StrEnum):
    """What is corrected. The first two are lines, the others points on a path."""

    PATH = "path"
    CROSSING = "crossing"
    GATE = "gate"
    STAIRS = "stairs"
    SHUT = "shut"

    @property
    def is_line(self) -> bool:
        return self in {Fix.PATH, Fix.CROSSING}


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that staff put on the map. `is_private`: a path for those who live there alone."""

    id: int
    fix: Fix
    line: tuple[Position, ...]
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """The network with its corrections; gates by correction, as the edge that they close."""

    network: Network
    gates: dict[int, int]
    misfits: tuple[int, ...]


def corrected(network: Network, corrections: Iterable[Correction]) -> Corrected:
    """The network as it is. Lines come first, so that gates and stairs can stand on them."""
    works = _Works(network)
    misfits = []
    listed = list(corrections)
    for one in sorted(listed, key=lambda one: (not one.fix.is_line, listed.index(one))):
        done = works.draw(one) if one.fix.is_line else works.mark(one)
        if not done:
            misfits.append(one.id)
    return works.done(tuple(misfits))


def closed(network: Network, edges: Iterable[int]) -> Network:
    """The same network while these edges can't be walked; the numbers of edges stay."""
    shut = set(edges)
    if not shut:
        return network
    return Network(
        edges=network.edges,
        leaving={
            joint: [(edge, other) for edge, other in leaving if edge not in shut]
            for joint, leaving in network.leaving.items()
        },
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    """A point on an edge, and how far it was from what was asked for."""

    edge: int
    along: float
    gap: float
    at: Position


class _Works:
    """Edges that are cut and added to; what was cut is None afterwards."""

    def __init__(self, network: Network) -> None:
        self._edges: list[Edge | None] = list(network.edges)
        self._flat = Flat.around(edge.line[0] for edge in network.edges)
        self._boxes = [self._box(edge) for edge in network.edges]
        self._fresh = count(-1, -1)
        self._gates: dict[int, int] = {}

    def draw(self, correction: Correction) -> bool:
        """Add a path; it must meet the network with one end at least."""
        line = correction.line
        ends = [self._spot(at, END_REACH) for at in (line[0], line[-1])]
        if not any(ends) or len(line) < 2:  # noqa: PLR2004  from, to
            return False
        points: list[tuple[Position, int | None]] = []
        for number, at in enumerate(line):
            is_end = number in {0, len(line) - 1}
            spot = self._spot(at, END_REACH if is_end else _ON_IT)
            joint = self._cut(spot) if spot is not None else None
            if spot is not None and is_end and spot.gap > _NOTHING:
                # The last step from the drawn end to the path.
                there = (spot.at, joint)
                points += [there, (at, None)] if number == 0 else [(at, None), there]
            else:
                points.append((at, joint))
        run: list[Position] = []
        start = 0
        for number, (at, joint) in enumerate(points):
            run.append(at)
            if number == 0:
                start = joint if joint is not None else next(self._fresh)
            elif joint is not None or number == len(points) - 1:
                end = joint if joint is not None else next(self._fresh)
                self._add(
                    _edge(
                        run, start, end, way=-correction.id,
                        kind=Class.PRIVATE if correction.is_private else Class.PUBLIC,
                    )
                )  # fmt: skip
                run, start = [at], end
        return True

    def mark(self, correction: Correction) -> bool:
        """Put a gate, stairs or an end on the path at this point."""
        spot = self._spot(correction.line[0], MARK_REACH)
        if spot is None:
            return False
        edge = self._edges[spot.edge]
        assert edge is not None  # noqa: S101  a spot lies on an edge that is there
        first, second = _halves(edge, spot.along)
        one = next(self._fresh) if first else edge.start
        other = next(self._fresh) if second else edge.end
        self._edges[spot.edge] = None
        for half in first:
            self._add(replace(half, end=one))
        for half in second:
            self._add(replace(half, start=other))
        if correction.fix is not Fix.SHUT:
            number = self._add(
                replace(
                    edge, way=-correction.id, start=one, end=other, line=(spot.at, spot.at),
                    along=(0.0, 0.0), is_steps=correction.fix is Fix.STAIRS or edge.is_steps,
                )
            )  # fmt: skip
            if correction.fix is Fix.GATE:
                self._gates[correction.id] = number
        return True

    def done(self, misfits: tuple[int, ...]) -> Corrected:
        network, numbers = Network(), {}
        for number, edge in enumerate(self._edges):
            if edge is not None:
                numbers[number] = network.add(edge)
        gates = {gate: numbers[edge] for gate, edge in self._gates.items() if edge in numbers}
        return Corrected(network, gates, misfits)

    def _add(self, edge: Edge) -> int:
        self._edges.append(edge)
        self._boxes.append(self._box(edge))
        return len(self._edges) - 1

    def _box(self, edge: Edge) -> tuple[float, float, float, float]:
        points = [self._flat(at) for at in edge.line]
        east, north = [x for x, _y in points], [y for _x, y in points]
        return min(east), min(north), max(east), max(north)

    def _near(self, x: float, y: float, reach: float) -> Iterator[tuple[int, Edge]]:
        for number, (west, south, east, north) in enumerate(self._boxes):
            edge = self._edges[number]
            # A gate or a flight that was put there is no path to put another on.
            if edge is None or edge.metres <= _NOTHING:
                continue
            if west - reach <= x <= east + reach and south - reach <= y <= north + reach:
                yield number, edge

    def _spot(self, at: Position, reach: float) -> _Spot | None:
        """The nearest point of the network within so many metres."""
        x, y = self._flat(at)
        best: tuple[float, int, int, float] | None = None
        for number, edge in self._near(x, y, reach):
            for place, (one, other) in enumerate(pairwise(edge.line)):
                gap, share = gap_of(x, y, self._flat(one), self._flat(other))
                if gap <= reach and (best is None or gap < best[0]):
                    best = gap, number, place, share
        if best is None:
            return None
        gap, number, place, share = best
        found = self._edges[number]
        assert found is not None  # noqa: S101  it was near
        along = found.along[place] + share * (found.along[place + 1] - found.along[place])
        return _Spot(number, along, gap, between(found.line[place], found.line[place + 1], share))

    def _cut(self, spot: _Spot) -> int:
        """The joint at this point of an edge, which is made in two where it has none there."""
        edge = self._edges[spot.edge]
        assert edge is not None  # noqa: S101  a spot lies on an edge that is there
        if spot.along <= _NOTHING:
            return edge.start
        if edge.metres - spot.along <= _NOTHING:
            return edge.end
        joint = next(self._fresh)
        (first,), (second,) = _halves(edge, spot.along)
        self._edges[spot.edge] = None
        self._add(replace(first, end=joint))
        self._add(replace(second, start=joint))
        return joint


def _halves(edge: Edge, along: float) -> tuple[list[Edge], list[Edge]]:
    """The edge up to a point and from there on, each with the joints of the whole; nothing for a
    half without length.
    """
    halves: list[list[Edge]] = []
    for start, end in ((0.0, along), (along, edge.metres)):
        if end - start <= _NOTHING:
            halves.append([])
            continue
        line = sliced(edge, start, end)
        halves.append([_edge(line, edge.start, edge.end, like=edge)])
    return halves[0], halves[1]


def sliced(edge: Edge, start: float, end: float) -> list[Position]:
    """The line of an edge from so many metres to so many; backwards where the end comes first."""
    if end < start:
        return sliced(edge, end, start)[::-1]
    inner = [at for at, metres in zip(edge.line, edge.along, strict=True) if start < metres < end]
    return [_at(edge, start), *inner, _at(edge, end)]


def _at(edge: Edge, along: float) -> Position:
    for place in range(len(edge.line) - 1):
        length = edge.along[place + 1] - edge.along[place]
        if along <= edge.along[place + 1] or place == len(edge.line) - 2:
            share = (along - edge.along[place]) / length if length else 0.0
            return between(edge.line[place], edge.line[place + 1], min(max(share, 0.0), 1.0))
    return edge.line[0]


def _edge(
    line: Sequence[Position], start: int, end: int, *, like: Edge | None = None, way: int = 0,
    kind: Class = Class.PUBLIC,
) -> Edge:  # fmt: skip
    along = [0.0]
    for one, other in pairwise(line):
        along.append(along[-1] + metres_between(one, other))
    if like is not None:
        return replace(like, start=start, end=end, line=tuple(line), along=tuple(along))
    return Edge(
        way=way, start=start, end=end, line=tuple(line), along=tuple(along), kind=kind,
        is_steps=False, is_open_ahead=True, is_open_back=True,
    )  # fmt: skip
