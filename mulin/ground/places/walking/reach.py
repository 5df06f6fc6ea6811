"""Who reaches what on foot in so many minutes: the shortest ways from each place, no farther.

From the places, not from the homes: there are fewer. The work grows with the streets around the
places and not with the size of the county.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mulin.ground.places.walking.doors import Door
from mulin.ground.places.walking.network import Class, Edge, Network

_FAR: Final = float("inf")
#: A home on an edge: metres from its start, the gap, the home.
_Hung = tuple[float, float, int]
#: Of each home: seconds and metres.
_Homes = dict[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How somebody walks: metres a second, seconds more for a flight of steps, or none at all.

    An adult walks 1.2 m/s, an old person 0.8, a very old one or one with a stick 0.5. GB 50180's
    own ten minutes are 500 m, 0.83 m/s: the pace of the old.
    """

    speed: float
    flight_seconds: float = 0.0
    steps: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.speed < _FAR or self.flight_seconds < 0:
            msg = "a pace is more than nothing"
            raise ValueError(msg)


class Reached(NamedTuple):
    """A home within reach of a place; `seconds` and `metres` with the gaps at both doors."""

    home: int
    place: int
    seconds: float
    metres: float


def reach(
    network: Network, homes: Sequence[Door | None], places: Sequence[Door | None], pace: Pace,
    within: float,
) -> Iterator[Reached]:  # fmt: skip
    """The homes that each place is reached from within so many seconds, place by place.

    Walked from the home to the place. What has no door is reached by nobody. A home and a place
    behind the same closed gate reach each other; nobody walks through a compound.
    """
    at_edge: dict[int, list[_Hung]] = {}
    for number, door in enumerate(homes):
        if door is not None:
            at_edge.setdefault(door.edge, []).append((door.along, door.gap, number))
    search = _Search(network, at_edge, pace, within)
    for number, door in enumerate(places):
        if door is not None:
            for home, (seconds, metres) in sorted(search.of(door).items()):
                yield Reached(home, number, seconds, metres)


class _Search:
    """Dijkstra's search backwards from a place, over what it needs to know of the network."""

    def __init__(
        self, network: Network, at_edge: Mapping[int, Sequence[_Hung]], pace: Pace, within: float
    ) -> None:
        self._edges = network.edges
        self._at_edge = at_edge
        self._pace = pace
        self._within = within
        #: The edges by which one comes to each joint, with the joint one comes from.
        self._arriving: dict[int, list[tuple[int, int]]] = {joint: [] for joint in network.leaving}
        for joint, edges in network.leaving.items():
            for edge, other in edges:
                self._arriving[other].append((edge, joint))

    def of(self, door: Door) -> _Homes:
        """Seconds and metres of each home within reach of this place."""
        found: _Homes = {}
        if not self._may(self._edges[door.edge], inside=False):
            return found
        self._on_own_edge(door, found)
        ready = self._first(door)
        settled: set[tuple[int, bool]] = set()
        while ready and ready[0].seconds <= self._within:
            at = heapq.heappop(ready)
            if (at.joint, at.inside) in settled:
                continue
            settled.add((at.joint, at.inside))
            for number, other in self._arriving[at.joint]:
                edge = self._edges[number]
                if not self._may(edge, inside=at.inside):
                    continue
                more = at.seconds - at.metres / self._pace.speed + self._flight(edge)
                self._on_edge(number, at, more, found)
                is_private = edge.kind is Class.PRIVATE
                if (other, is_private) not in settled:
                    heapq.heappush(ready, self._at(at.metres + edge.metres, more, other, edge))
        return found

    def _may(self, edge: Edge, *, inside: bool) -> bool:
        """Whether the edge is walked: once inside a compound, on its own paths only, for who lives
        there may go out and nobody goes through.
        """
        if edge.is_steps and not self._pace.steps:
            return False
        return not inside or edge.kind is Class.PRIVATE

    def _flight(self, edge: Edge) -> float:
        return self._pace.flight_seconds if edge.is_steps else 0.0

    def _on_own_edge(self, door: Door, found: _Homes) -> None:
        """Homes on the place's edge, without a joint between."""
        own = self._edges[door.edge]
        for along, gap, home in self._at_edge.get(door.edge, ()):
            if own.is_open_ahead if along <= door.along else own.is_open_back:
                metres = door.gap + abs(along - door.along) + gap
                self._keep(found, home, metres, self._flight(own))

    def _first(self, door: Door) -> "list[_At]":
        """The ends of the place's edge from which one may walk to it."""
        own = self._edges[door.edge]
        ready = []
        if own.is_open_ahead:
            ready.append(self._at(door.gap + door.along, self._flight(own), own.start, own))
        if own.is_open_back:
            rest = own.metres - door.along
            ready.append(self._at(door.gap + rest, self._flight(own), own.end, own))
        heapq.heapify(ready)
        return ready

    def _on_edge(self, number: int, at: "_At", more: float, found: _Homes) -> None:
        """Homes on an edge that leads to this joint; one that begins where it ends does so twice."""
        edge = self._edges[number]
        for along, gap, home in self._at_edge.get(number, ()):
            if edge.is_open_ahead and edge.end == at.joint:
                self._keep(found, home, at.metres + edge.metres - along + gap, more)
            if edge.is_open_back and edge.start == at.joint:
                self._keep(found, home, at.metres + along + gap, more)

    def _at(self, metres: float, more: float, joint: int, by: Edge) -> "_At":
        seconds = metres / self._pace.speed + more
        return _At(seconds, metres, joint, by.kind is Class.PRIVATE)

    def _keep(self, found: _Homes, home: int, metres: float, more: float) -> None:
        seconds = metres / self._pace.speed + more
        if seconds <= self._within and seconds < found.get(home, (_FAR, 0.0))[0]:
            found[home] = (seconds, metres)


class _At(NamedTuple):
    """A joint that a search has come to; `inside` a compound or not."""

    seconds: float
    metres: float
    joint: int
    inside: bool
