"""Which way one walks from a home to a place: what a line on a map is drawn from.

The same rules and the same answer as `reach`, walked forwards and with the way kept; for one pair
only, since nobody looks at thousands of ways.
"""

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from mulin.ground.places.walking.corrections import sliced
from mulin.ground.places.walking.doors import Door
from mulin.ground.places.walking.network import Class, Edge, Network
from mulin.ground.places.walking.reach import Pace
from mulin.kit.coordinates import Position


@dataclass(frozen=True, slots=True)
class Route:
    """Seconds and metres with the gaps at both doors, the line between the doors."""

    seconds: float
    metres: float
    line: tuple[Position, ...]


class _At(NamedTuple):
    """A joint one has come to; `outside` a compound, or still in the one where the home is."""

    seconds: float
    metres: float
    joint: int
    outside: bool


def route(network: Network, home: Door, place: Door, pace: Pace, within: float) -> Route | None:
    """The shortest way; None where there is none within so many seconds."""
    return _Walk(network, home, place, pace).found(within)


class _Walk:
    """Dijkstra's search forwards from a home until it can only grow longer."""

    def __init__(self, network: Network, home: Door, place: Door, pace: Pace) -> None:
        self._network, self._edges = network, network.edges
        self._home, self._place, self._pace = home, place, pace
        #: How one came to each joint: from where, and by which edge.
        self._came: dict[tuple[int, bool], tuple[_At | None, int]] = {}
        self._ready: list[tuple[float, int, _At, _At | None, int]] = []
        self._turn = 0

    def found(self, within: float) -> Route | None:
        best = self._on_one_edge()
        if best is not None and best.seconds > within:
            best = None
        if not self._may(self._edges[self._home.edge], outside=False):
            return None
        self._begin()
        while self._ready and self._ready[0][0] <= (best.seconds if best else within):
            _seconds, _turn, at, before, number = heapq.heappop(self._ready)
            if (at.joint, at.outside) in self._came:
                continue
            self._came[at.joint, at.outside] = (before, number)
            here = self._arrived(at)
            if here is not None and here.seconds <= (best.seconds if best else within):
                best = here
            self._go_on(at)
        return best

    def _may(self, edge: Edge, *, outside: bool) -> bool:
        """Once outside, nobody goes into a compound again: they would go through another's."""
        if edge.is_steps and not self._pace.steps:
            return False
        return not outside or edge.kind is Class.PUBLIC

    def _seconds(self, metres: float, edge: Edge) -> float:
        return metres / self._pace.speed + (self._pace.flight_seconds if edge.is_steps else 0.0)

    def _begin(self) -> None:
        """To the ends of the home's own edge."""
        home, edge = self._home, self._edges[self._home.edge]
        outside = edge.kind is Class.PUBLIC
        for is_open, joint, rest in (
            (edge.is_open_ahead, edge.end, edge.metres - home.along),
            (edge.is_open_back, edge.start, home.along),
        ):
            # A closed gate is an edge that nobody leaves its joints by.
            if is_open and self._is_left_by(home.edge, edge, joint):
                metres = home.gap + rest
                at = _At(self._seconds(metres, edge), metres, joint, outside)
                self._wait(at, None, home.edge)

    def _is_left_by(self, number: int, edge: Edge, joint: int) -> bool:
        start = edge.start if joint == edge.end else edge.end
        return (number, joint) in self._network.leaving[start]

    def _go_on(self, at: _At) -> None:
        for number, other in self._network.leaving[at.joint]:
            edge = self._edges[number]
            outside = at.outside or edge.kind is Class.PUBLIC
            if self._may(edge, outside=at.outside) and (other, outside) not in self._came:
                seconds = at.seconds + self._seconds(edge.metres, edge)
                step = _At(seconds, at.metres + edge.metres, other, outside)
                self._wait(step, at, number)

    def _wait(self, at: _At, before: _At | None, number: int) -> None:
        self._turn += 1  # of two that are equally near, the first
        heapq.heappush(self._ready, (at.seconds, self._turn, at, before, number))

    def _on_one_edge(self) -> Route | None:
        home, place = self._home, self._place
        edge = self._edges[home.edge]
        is_open = edge.is_open_ahead if home.along <= place.along else edge.is_open_back
        if home.edge != place.edge or not is_open or not self._may(edge, outside=False):
            return None
        metres = home.gap + abs(place.along - home.along) + place.gap
        line = tuple(sliced(edge, home.along, place.along))
        return Route(self._seconds(metres, edge), metres, line)

    def _arrived(self, at: _At) -> Route | None:
        """The way from this joint to the place, if it hangs on an edge that leaves it."""
        place, edge = self._place, self._edges[self._place.edge]
        if not self._may(edge, outside=at.outside):
            return None
        tails = [
            (rest, begin)
            for is_open, joint, rest, begin in (
                (edge.is_open_ahead, edge.start, place.along, 0.0),
                (edge.is_open_back, edge.end, edge.metres - place.along, edge.metres),
            )
            if is_open and joint == at.joint
        ]
        if not tails:
            return None
        rest, begin = min(tails)
        metres = rest + place.gap
        line = [*self._traced(at), *sliced(edge, begin, place.along)]
        return Route(at.seconds + self._seconds(metres, edge), at.metres + metres, tuple(line))

    def _traced(self, at: _At) -> list[Position]:
        """The line from the home to a joint."""
        parts = []
        step: _At | None = at
        while step is not None:
            before, number = self._came[step.joint, step.outside]
            edge = self._edges[number]
            if before is None:
                end = edge.metres if edge.end == step.joint else 0.0
                parts.append(sliced(edge, self._home.along, end))
            else:
                ahead = edge.start == before.joint
                parts.append(list(edge.line if ahead else edge.line[::-1]))
            step = before
        return [point for part in reversed(parts) for point in part]
