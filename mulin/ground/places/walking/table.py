"""How far it is on foot from each of some points to each other, for whoever plans a way.

The circle registers who knows its walking network; without one, and for what hangs on no path, a way
is estimated (估算) as a straight line × 1.4 and marked so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from mulin.kit.coordinates import Position, metres_between

#: Median on real streets 1.31 and 1.33 (Beijing Haidian 2017, Liechtenstein 2015).
DETOUR: Final = 1.4

#: (points, now, whether stairs may be taken) → metres on the network by the places of both points;
#: without pairs it cannot tell.
Network = Callable[[Sequence[Position], datetime, bool], Mapping[tuple[int, int], float]]

_networks: list[Network] = []


@dataclass(frozen=True, slots=True)
class Table:
    """Whole metres from each point to each, and the pairs that are estimated."""

    metres: tuple[tuple[int, ...], ...]
    estimated: frozenset[tuple[int, int]]


def register_network(network: Network) -> None:
    """Called once by whoever keeps a walking network."""
    _networks[:] = [network]


def table_of(points: Sequence[Position], now: datetime, *, steps: bool = False) -> Table:
    """The ways between all of them, at this hour; over stairs where whoever goes pushes no wheels."""
    known: Mapping[tuple[int, int], float] = _networks[0](points, now, steps) if _networks else {}
    rows, estimated = [], set()
    for one, here in enumerate(points):
        row = []
        for other, there in enumerate(points):
            metres = known.get((one, other)) if here != there else 0.0
            if metres is None:
                estimated.add((one, other))
                metres = metres_between(here, there) * DETOUR
            row.append(ceil(metres))
        rows.append(tuple(row))
    return Table(tuple(rows), frozenset(estimated))
