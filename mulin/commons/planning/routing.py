"""Delivery rounds: who is visited in which round and in what order, the whole way short.

Everything in whole numbers, of whatever unit the caller keeps (metres, tenths of a minute). One
function, `rounds`, hides who does the work: PyVRP where the extra is installed, else cheapest
insertion and exchange, which are here. `faults` knows neither: it reads the rules off the answer.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mulin.commons.planning.solving import ask, has_router, version_of

#: So many tries without a better answer are enough, for each place to visit.
_PATIENCE: Final = 400
_LEAST_PATIENCE: Final = 2_000
_BOUND_ROUNDS: Final = 400
#: Of the time the router gets so much; loading it and the bound take the rest.
_ROUTERS_PART: Final = 0.92
_STEP: Final = 2.0
_STEPS_KEPT: Final = 20

Routes = tuple[tuple[int, ...], ...]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stops:
    """What is to be done: place 0 is where rounds begin and end.

    `windows` say when work at a place may begin (for place 0: when rounds may leave and must be
    back); who comes early waits. `longest` is the most a round may take with all work, if there is
    a limit. Distance and time are the same number, as on foot.
    """

    distances: Whole
    demands: tuple[int, ...]
    capacity: int
    vehicles: int
    windows: tuple[tuple[int, int], ...]
    service: tuple[int, ...]
    longest: int | None = None

    @property
    def least_rounds(self) -> int:
        """With fewer rounds the load does not fit."""
        return -(-sum(self.demands) // self.capacity) if any(self.demands) else 1


@dataclass(frozen=True, slots=True)
class Rounds:
    """An answer that keeps every rule, and what no answer can beat."""

    routes: Routes
    cost: int
    bound: int
    engine: str
    seconds: float


class NoRounds(ValueError):  # noqa: N818  states what is so
    """No rounds that keep every rule were found."""


def rounds(stops: Stops, *, seconds: float = 30.0, seed: int = 0) -> Rounds:
    """Short rounds to every place. Raises NoRounds; never returns any that break a rule."""
    began = time.monotonic()
    engine = "insertion and exchange"
    routes = _by_router(stops, seconds * _ROUTERS_PART, seed) if has_router() else None
    if routes is not None:
        engine = f"pyvrp {version_of('pyvrp')}"
    else:
        routes = by_hand(stops, seconds=seconds)
    told = faults(stops, routes) if routes is not None else ["none were found"]
    if routes is None or told:
        raise NoRounds("; ".join(told))
    cost = sum(way(stops, route) for route in routes)
    bound = lower_bound(stops, upper=cost)
    return Rounds(routes, cost, bound, engine, time.monotonic() - began)


def way(stops: Stops, route: Sequence[int]) -> int:
    """How long the way of one round is."""
    ends = [0, *route, 0]
    return int(sum(stops.distances[at, to] for at, to in pairwise(ends)))


def faults(stops: Stops, routes: Sequence[Sequence[int]]) -> list[str]:
    """Every hard rule that these rounds break."""
    told = []
    visited = sorted(place for route in routes for place in route)
    if visited != list(range(1, len(stops.demands))):
        told.append("not every place is visited once")
    if len(routes) > stops.vehicles:
        told.append(f"{len(routes)} rounds, there are {stops.vehicles} vehicles")
    for number, route in enumerate(routes, start=1):
        if not all(0 < place < len(stops.demands) for place in route):
            told.append(f"round {number}: a place that is not there")
            continue
        load = sum(stops.demands[place] for place in route)
        if load > stops.capacity:
            told.append(f"round {number}: {load} loaded, {stops.capacity} go in")
        told += [f"round {number}: {what}" for what in _late(stops, route)]
    return told


def _late(stops: Stops, route: Sequence[int]) -> list[str]:
    told = []
    now, at = stops.windows[0][0], 0
    for place in route:
        now += int(stops.distances[at, place])
        opens, shuts = stops.windows[place]
        if now > shuts:
            told.append(f"at {place} at {now}, until {shuts}")
        now, at = max(now, opens) + stops.service[place], place
    now += int(stops.distances[at, 0])
    if now > stops.windows[0][1]:
        told.append(f"back at {now}, until {stops.windows[0][1]}")
    busy = way(stops, route) + sum(stops.service[place] for place in route)
    if stops.longest is not None and busy > stops.longest:
        told.append(f"{busy} long, at most {stops.longest}")
    return told


def _by_router(stops: Stops, seconds: float, seed: int) -> Routes | None:
    job = {
        "job": "route",
        "distances": stops.distances.tolist(),
        "demands": stops.demands,
        "capacity": stops.capacity,
        "vehicles": stops.vehicles,
        "windows": stops.windows,
        "service": stops.service,
        "longest": stops.longest,
        "seed": seed,
        "patience": max(_LEAST_PATIENCE, _PATIENCE * len(stops.demands)),
    }
    for line in ask(job, seconds=seconds):
        if line.get("routes") is not None:
            return tuple(tuple(route) for route in line["routes"])
    return None


def by_hand(stops: Stops, *, seconds: float = 30.0) -> Routes | None:
    """Rounds without any router: far places first, each where it costs least, then moved about.

    Returns None where a place fits into no round.
    """
    until = time.monotonic() + seconds
    routes: list[list[int]] = []
    far_first = sorted(range(1, len(stops.demands)), key=lambda place: -stops.distances[0, place])
    for place in far_first:
        best = _cheapest(stops, routes, place)
        if best is None:
            return None
        _put(routes, place, best)
    while time.monotonic() < until and _moved(stops, routes):
        pass
    return tuple(tuple(route) for route in routes if route)


def _cheapest(
    stops: Stops, routes: Sequence[Sequence[int]], place: int
) -> tuple[int, int, int] | None:
    """What it costs to add a place, in which round and where there; a new round is the last."""
    best = None
    offered = [*routes, []] if len(routes) < stops.vehicles else routes
    for number, route in enumerate(offered):
        load = sum(stops.demands[one] for one in route)
        if load + stops.demands[place] > stops.capacity:
            continue
        ends = [0, *route, 0]
        for at in range(len(route) + 1):
            more = int(
                stops.distances[ends[at], place]
                + stops.distances[place, ends[at + 1]]
                - stops.distances[ends[at], ends[at + 1]]
            )
            if (best is None or more < best[0]) and not _late(
                stops, [*route[:at], place, *route[at:]]
            ):
                best = more, number, at
    return best


def _put(routes: list[list[int]], place: int, best: tuple[int, int, int]) -> None:
    _more, number, at = best
    if number == len(routes):
        routes.append([])
    routes[number].insert(at, place)


def _moved(stops: Stops, routes: list[list[int]]) -> bool:
    """Take each place out and put it where it costs least; turn stretches round. True if better."""
    before = sum(way(stops, route) for route in routes)
    for place in range(1, len(stops.demands)):
        for route in routes:
            if place in route:
                route.remove(place)
                break
        routes[:] = [route for route in routes if route]
        best = _cheapest(stops, routes, place)
        assert best is not None  # noqa: S101  where it was, it fits
        _put(routes, place, best)
    for number, route in enumerate(routes):
        routes[number] = _turned(stops, route)
    return sum(way(stops, route) for route in routes) < before


def _turned(stops: Stops, route: list[int]) -> list[int]:
    for start in range(len(route)):
        for end in range(start + 2, len(route) + 1):
            other = [*route[:start], *reversed(route[start:end]), *route[end:]]
            if way(stops, other) < way(stops, route) and not _late(stops, other):
                route = other
    return route


def lower_bound(stops: Stops, *, upper: int) -> int:
    """No rounds are shorter than this.

    Without one of its two ways to place 0 each round is a branch of a tree over all places; the
    ways left out lead to different places and are at least as many as rounds are needed. So the
    shortest tree and the shortest such ways are a bound, for any prices on places that add up to
    the same for each answer (Held and Karp 1970); prices go where it is visited too seldom.
    """
    ways = stops.distances.astype(np.float64)
    ways = np.minimum(ways, ways.T)
    places = len(ways)
    if places == 1:
        return 0
    prices, best, step, since = np.zeros(places), 0.0, _STEP, 0
    for _round in range(_BOUND_ROUNDS):
        priced = ways - prices[:, None] - prices[None, :]
        value, degrees = _tree(priced, stops.least_rounds)
        value += 2 * prices[1:].sum()
        if value > best + _STEPS_KEPT * 1e-6:
            best, since = value, 0
        else:
            since += 1
            if since == _STEPS_KEPT:
                step, since = step / 2, 0
        lack = 2.0 - degrees
        lack[0] = 0.0
        size = float((lack**2).sum())
        if size == 0 or best >= upper:
            break
        prices = prices + step * (upper - value) / size * lack
    return min(upper, math.ceil(best - 1e-6))


def _tree(priced: NDArray[np.float64], least: int) -> tuple[float, NDArray[np.float64]]:
    """The shortest tree and the shortest ways to place 0 beside it; how often each is touched."""
    places = len(priced)
    degrees = np.zeros(places)
    near, parent = priced[0].copy(), np.zeros(places, dtype=int)
    outside = np.ones(places, dtype=bool)
    outside[0] = False
    total = 0.0
    for _place in range(places - 1):
        to = int(np.where(outside, near, np.inf).argmin())
        total += near[to]
        degrees[to] += 1
        degrees[parent[to]] += 1
        outside[to] = False
        closer = outside & (priced[to] < near)
        near[closer], parent[closer] = priced[to][closer], to
    homeward = np.argsort(priced[0, 1:]) + 1
    for rank, place in enumerate(homeward):
        if rank >= least and priced[0, place] >= 0:
            break
        total += priced[0, place]
        degrees[place] += 1
        degrees[0] += 1
    return total, degrees
