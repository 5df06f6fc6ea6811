"""Who is paired with whom: each elder with one helper, each helper with as many as they have places.

Exact and without a solver. `pair(costs, places)` pairs as many as can be, then as cheaply as can be
(shortest augmenting paths; Kuhn 1955, Jonker and Volgenant 1987). With `worst_first` the dearest pair
is made as cheap as can be before the sum: a cap is found by bisection on matchings. A pair is
proposed to both, and who refuses is a pair that can't be: infinite in `costs`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each elder's helper, or None; what all pairs cost, and the dearest of them."""

    helpers: tuple[int | None, ...]
    total: float
    worst: float

    @property
    def alone(self) -> tuple[int, ...]:
        """Elders without a helper: fewer can't be."""
        return tuple(elder for elder, helper in enumerate(self.helpers) if helper is None)


def pair(costs: Costs, places: Sequence[int], *, worst_first: bool = False) -> Pairs:
    """`costs[elder, helper]`, infinite where they can't be paired; none below nothing.

    Raises ValueError for costs or places that are not such.
    """
    if costs.ndim != 2 or costs.shape[1] != len(places):  # noqa: PLR2004  elders and helpers
        raise ValueError("a row for each elder and a column for each helper are expected")
    if np.isnan(costs).any() or (costs < 0).any() or any(one < 0 for one in places):
        raise ValueError("costs and places are at least nothing")
    owner = np.repeat(np.arange(len(places)), places)
    seats = costs[:, owner]
    if worst_first:
        seats = np.where(seats <= _cap(seats), seats, np.inf)
    chosen = _cheapest(seats)
    helpers = tuple(int(owner[seat]) if seat >= 0 else None for seat in chosen)
    paid = [float(costs[elder, one]) for elder, one in enumerate(helpers) if one is not None]
    return Pairs(helpers, sum(paid), max(paid, default=0.0))


def faults(costs: Costs, places: Sequence[int], helpers: Sequence[int | None]) -> list[str]:
    """Every rule that pairs break."""
    told = [] if len(helpers) == len(costs) else ["not one entry for each elder"]
    for elder, helper in enumerate(helpers[: len(costs)]):
        if helper is not None and not (
            0 <= helper < len(places) and np.isfinite(costs[elder, helper])
        ):
            told.append(f"{elder} can't be with {helper}")
    told += [
        f"{helper} has {helpers.count(helper)}, places for {most}"
        for helper, most in enumerate(places)
        if helpers.count(helper) > most
    ]
    return told


def _cap(seats: Costs) -> float:
    """The smallest greatest cost with which as many are paired as without a cap."""
    levels = np.unique(seats[np.isfinite(seats)])
    if not levels.size:
        return float("inf")
    most = _matched(np.isfinite(seats))
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        if _matched(seats <= levels[middle]) == most:
            high = middle
        else:
            low = middle + 1
    return float(levels[low])


def _matched(allowed: NDArray[np.bool_]) -> int:
    """How many can be paired at once."""
    return int((_cheapest(np.where(allowed, 0.0, np.inf)) >= 0).sum())


def _cheapest(seats: Costs) -> NDArray[np.int64]:
    """The seat of each elder, the sum as small as can be; -1 without one.

    Everybody may also stand, which costs more than all that can be together, and what can't be
    costs more than that: as few as can be stand, and nobody sits where they can't.
    """
    elders = len(seats)
    finite = seats[np.isfinite(seats)]
    dear = float(finite.sum()) + 1.0 if finite.size else 1.0
    table = np.hstack(
        [np.where(np.isfinite(seats), seats, 2 * dear), np.full((elders, elders), dear)]
    )
    width = table.shape[1]
    row_price, seat_price = np.zeros(elders), np.zeros(width)
    taken = np.full(width, -1)
    for elder in range(elders):
        shortest = np.full(width, np.inf)
        before = np.full(width, -1)
        is_done = np.zeros(width, dtype=bool)
        row, seat, reached = elder, -1, 0.0
        while True:
            step = reached + table[row] - row_price[row] - seat_price
            better = ~is_done & (step < shortest)
            shortest[better], before[better] = step[better], seat
            seat = int(np.where(is_done, np.inf, shortest).argmin())
            reached = float(shortest[seat])
            is_done[seat] = True
            if taken[seat] < 0:
                break
            row = int(taken[seat])
        others = np.flatnonzero(is_done & (taken >= 0))
        row_price[taken[others]] += reached - shortest[others]
        seat_price[is_done] += shortest[is_done] - reached
        row_price[elder] += reached
        while seat >= 0:
            earlier = int(before[seat])
            taken[seat] = elder if earlier < 0 else taken[earlier]
            seat = earlier
    chosen = np.full(elders, -1)
    real = np.flatnonzero(taken[: seats.shape[1]] >= 0)
    chosen[taken[real]] = real
    return chosen
