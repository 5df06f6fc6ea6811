"""Ways become a network: joints, edges with their length, and who may walk them how.

Ways join only where they share a point of the map: a bridge above a path is no crossing. One-way
streets are open on foot; only what is said of walkers counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Final

from mulin.kit.coordinates import Position, metres_between

#: Ways of these kinds are not for walking, or not there yet.
_NOT_WALKED: Final = frozenset({
    "motorway", "motorway_link", "construction", "proposed", "raceway", "busway", "bus_guideway",
    "abandoned", "razed", "no",
})  # fmt: skip
_YES: Final = frozenset({"yes", "designated", "permissive", "destination", "official"})


class Class(IntEnum):
    """Who may walk an edge."""

    PUBLIC = 0
    #: Inside a compound: for those who live there and whoever visits them, no way through.
    PRIVATE = 1


@dataclass(frozen=True, slots=True)
class Way:
    """A path as the map has it: its points by number, and what is said of it."""

    id: int
    points: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of a way between two joints; `line` runs from `start` to `end`, `along` holds the
    metres from the start at each of its points.
    """

    way: int
    start: int
    end: int
    line: tuple[Position, ...]
    along: tuple[float, ...]
    kind: Class
    is_steps: bool
    is_open_ahead: bool
    is_open_back: bool
    #: It runs in a tunnel: nobody comes out of a house above it.
    is_under: bool = False

    @property
    def metres(self) -> float:
        return self.along[-1]


@dataclass(slots=True)
class Network:
    """Joints by their number in the map, and the edges between them.

    `leaving[j]` lists what may be walked from joint j: (edge, the joint at its other end).
    """

    edges: list[Edge] = field(default_factory=list)
    leaving: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, edge: Edge) -> int:
        """Add an edge; its number."""
        number = len(self.edges)
        self.edges.append(edge)
        self.leaving.setdefault(edge.start, [])
        self.leaving.setdefault(edge.end, [])
        if edge.is_open_ahead:
            self.leaving[edge.start].append((number, edge.end))
        if edge.is_open_back:
            self.leaving[edge.end].append((number, edge.start))
        return number

    def pieces(self, *, steps: bool = True) -> list[set[int]]:
        """The edges in connected pieces, the longest piece first; without steps where they can't
        be used. Whoever is on one piece can't reach another.
        """
        parent: dict[int, int] = {}

        def root(joint: int) -> int:
            while parent.setdefault(joint, joint) != joint:
                parent[joint] = parent[parent[joint]]
                joint = parent[joint]
            return joint

        used = [n for n, edge in enumerate(self.edges) if steps or not edge.is_steps]
        for number in used:
            parent[root(self.edges[number].start)] = root(self.edges[number].end)
        found: dict[int, set[int]] = {}
        for number in used:
            found.setdefault(root(self.edges[number].start), set()).add(number)
        length = {key: sum(self.edges[n].metres for n in piece) for key, piece in found.items()}
        return [found[key] for key in sorted(found, key=lambda key: (-length[key], key))]


def class_of(tags: Mapping[str, str]) -> Class | None:
    """Who may walk a way with these tags; None for nobody.

    Every highway but motorways and what is not there yet. What is said of walkers (`foot`) goes
    before what is said of everybody (`access`).
    """
    highway = tags.get("highway", "")
    foot, access = tags.get("foot", ""), tags.get("access", "")
    if not highway or highway in _NOT_WALKED or tags.get("motorroad") == "yes":
        return None
    if foot in {"no", "use_sidepath"}:
        return None
    if foot in _YES:
        return Class.PUBLIC
    if foot == "private" or access in {"private", "customers", "residents"}:
        return Class.PRIVATE
    return None if access == "no" else Class.PUBLIC


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether it may be walked ahead and back: a street that is one-way for cars is not for feet."""
    if tags.get("conveying") == "forward":
        return True, False
    if tags.get("conveying") == "backward":
        return False, True
    one_way = tags.get("oneway:foot", "")
    ahead = one_way != "-1" and tags.get("foot:forward") != "no"
    back = one_way not in {"yes", "1", "true"} and tags.get("foot:backward") != "no"
    return ahead, back


def network_of(ways: Iterable[Way], positions: Mapping[int, Position]) -> Network:
    """The network of these ways.

    A point without a position (an extract that was cut there) ends a piece of the way; nothing is
    joined across the gap.
    """
    runs: list[tuple[Way, Class, list[int]]] = []
    uses: Counter[int] = Counter()
    for way in ways:
        kind = class_of(way.tags)
        if kind is None:
            continue
        for run in _unbroken(way.points, positions):
            runs.append((way, kind, run))
            uses.update(run)
            # Ends are joints, wherever else they are used.
            uses.update((run[0], run[-1]))
    network = Network()
    for way, kind, run in runs:
        ahead, back = directions(way.tags)
        for piece in _cut(run, uses):
            line = tuple(positions[point] for point in piece)
            network.add(
                Edge(
                    way=way.id, start=piece[0], end=piece[-1], line=line, along=_along(line),
                    kind=kind, is_steps=way.tags.get("highway") == "steps",
                    is_open_ahead=ahead, is_open_back=back, is_under=way.tags.get("tunnel") == "yes",
                )
            )  # fmt: skip
    return network


def _unbroken(points: tuple[int, ...], positions: Mapping[int, Position]) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for point in points:
        if point not in positions:
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != point:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _cut(run: list[int], uses: Counter[int]) -> list[list[int]]:
    """The run in pieces from joint to joint."""
    pieces, begun = [], 0
    for at in range(1, len(run)):
        if uses[run[at]] > 1:
            pieces.append(run[begun : at + 1])
            begun = at
    return pieces


def _along(line: tuple[Position, ...]) -> tuple[float, ...]:
    along = [0.0]
    for one, other in pairwise(line):
        along.append(along[-1] + metres_between(one, other))
    return tuple(along)
