"""Who reaches what on foot in so many minutes: the shortest ways from each place, no farther.

From the places, not from the homes: there are fewer. The work grows with the streets around the
places and not with the size of the county. What the search needs of a network is laid out once for
a pace (`Paths`) and searched as often as somebody asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from mulin.ground.places.walking.doors import Door
from mulin.ground.places.walking.network import Class, Network

_FAR: Final = float("inf")
_SEVERAL: Final = -1
#: A step of the search, or a home beside it: what it costs, its metres, whence.
_Arc = tuple[float, float, int]
#: Of each home what the way costs, and beside it the metres: numbers by number, and no pair for
#: each, which the memory's keeper would have to look after.
_Homes = tuple[dict[int, float], dict[int, float]]


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
    paths = Paths(network, pace)
    return paths.reach(paths.hang(homes), places, within)


@dataclass(frozen=True, slots=True)
class Hung:
    """Homes by number: on each edge (metres from its start, the gap), and at each stop that their
    edge leads to, the nearest first.
    """

    on_edge: dict[int, list[_Arc]]
    at_stop: dict[int, list[_Arc]]


class Paths:
    """Dijkstra's search backwards from places, over the network as one pace walks it.

    A stop is a joint: at twice its place in the list the way on is free, at the odd number after it
    one is inside a closed compound, and only its own paths lead on, for who lives there may go out
    and nobody goes through. What a step costs is in metres, so that seconds are one division: a
    flight costs what is walked in its seconds.
    """

    def __init__(self, network: Network, pace: Pace) -> None:
        self._edges, self._pace = network.edges, pace
        self._flight = pace.flight_seconds * pace.speed
        self._stops = {joint: 2 * number for number, joint in enumerate(network.leaving)}
        self._arcs: list[list[_Arc]] = [[] for _one in range(2 * len(self._stops))]
        #: The stops that each edge leads to by its end and by its start; none where it is closed.
        self._ahead: list[int | None] = [None] * len(self._edges)
        self._back: list[int | None] = [None] * len(self._edges)
        arrives = _only_arrivals(network)
        for joint, edges in network.leaving.items():
            # Who has come, backwards, to a joint that nothing else leads to has come to an end.
            only = arrives.get(joint)
            for number, other in edges:
                edge = self._edges[number]
                if edge.is_steps and not pace.steps:
                    continue
                at, come_from = self._stops[other], self._stops[joint]
                # One that ends where it begins leads there twice.
                is_ahead = joint == edge.start and (
                    joint != other or (edge.is_open_ahead and self._ahead[number] is None)
                )
                (self._ahead if is_ahead else self._back)[number] = at
                if joint == other or only is None or only == number:
                    continue
                metres = edge.metres
                cost = metres + self._flight if edge.is_steps else metres
                if edge.kind is Class.PRIVATE:
                    arc = cost, metres, come_from + 1
                    self._arcs[at].append(arc)
                    self._arcs[at + 1].append(arc)
                else:
                    self._arcs[at].append((cost, metres, come_from))

    def hang(self, homes: Sequence[Door | None]) -> Hung:
        """Lay homes out for the search; a home is its number in the sequence."""
        on_edge: dict[int, list[_Arc]] = {}
        at_stop: dict[int, list[_Arc]] = {}
        for home, door in enumerate(homes):
            if door is not None:
                on_edge.setdefault(door.edge, []).append((door.along, door.gap, home))
        for number, beside in on_edge.items():
            edge, ahead, back = self._edges[number], self._ahead[number], self._back[number]
            flight = self._flight if edge.is_steps else 0.0
            stops = [
                (ahead, [(edge.metres - along + gap, home) for along, gap, home in beside]),
                (back, [(along + gap, home) for along, gap, home in beside]),
            ]
            for stop, rests in stops:
                if stop is None:
                    continue
                arcs = [(metres + flight, metres, home) for metres, home in rests]
                at_stop.setdefault(stop, []).extend(arcs)
                if edge.kind is Class.PRIVATE:
                    at_stop.setdefault(stop + 1, []).extend(arcs)
        for listed in at_stop.values():
            listed.sort()
        return Hung(on_edge, at_stop)

    def reach(self, homes: Hung, places: Sequence[Door | None], within: float) -> Iterator[Reached]:
        """The homes that each place is reached from within so many seconds, place by place."""
        speed, new = self._pace.speed, tuple.__new__  # half the time of Reached(…)
        for number, door in enumerate(places):
            if door is not None:
                costs, metres = self._of(door, homes, within)
                for home in sorted(costs):
                    yield new(Reached, (home, number, costs[home] / speed, metres[home]))

    def _of(self, door: Door, homes: Hung, within: float) -> _Homes:
        """Cost and metres of each home within reach of this place."""
        found: dict[int, float] = {}
        far: dict[int, float] = {}
        own = self._edges[door.edge]
        if own.is_steps and not self._pace.steps:
            return found, far
        most = within * self._pace.speed
        self._on_own_edge(door, homes, most, (found, far))
        ready = self._first(door)
        best = {stop: cost for cost, _metres, stop in sorted(ready, reverse=True)}
        # Names of this function's own: it is where all the time goes.
        arcs, homes_at, least, known = self._arcs, homes.at_stop.get, best.get, found.get
        while ready:
            cost, metres, stop = heappop(ready)
            if cost > best[stop]:
                continue
            left = most - cost
            if left < 0:
                break
            for costs, length, home in homes_at(stop, ()):
                if costs > left:
                    break
                there = cost + costs
                if there < known(home, _FAR):
                    found[home] = there
                    far[home] = metres + length
            for costs, length, other in arcs[stop]:
                there = cost + costs
                if there <= most and there < least(other, _FAR):
                    best[other] = there
                    heappush(ready, (there, metres + length, other))
        return found, far

    def _on_own_edge(self, door: Door, homes: Hung, most: float, found: _Homes) -> None:
        """Homes on the place's edge, without a joint between."""
        own = self._edges[door.edge]
        for along, gap, home in homes.on_edge.get(door.edge, ()):
            if own.is_open_ahead if along <= door.along else own.is_open_back:
                metres = door.gap + abs(along - door.along) + gap
                cost = metres + self._flight if own.is_steps else metres
                if cost <= most:
                    found[0][home], found[1][home] = cost, metres

    def _first(self, door: Door) -> list[_Arc]:
        """The ends of the place's edge from which one may walk to it."""
        own = self._edges[door.edge]
        inside = 1 if own.kind is Class.PRIVATE else 0
        ready = []
        for is_open, joint, rest in (
            (own.is_open_ahead, own.start, door.along),
            (own.is_open_back, own.end, own.metres - door.along),
        ):
            if is_open:
                metres = door.gap + rest
                cost = metres + self._flight if own.is_steps else metres
                ready.append((cost, metres, self._stops[joint] + inside))
        heapify(ready)
        return ready


def _only_arrivals(network: Network) -> dict[int, int]:
    """By joint, the one edge that leads to it, or that there are several; none leads to the rest."""
    arrives: dict[int, int] = {}
    for edges in network.leaving.values():
        for number, other in edges:
            arrives[other] = number if arrives.get(other, number) == number else _SEVERAL
    return arrives
