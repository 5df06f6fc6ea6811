"""Where the next places should go: by the people who newly reach one, or by the mean walk.

Several are found by exchange (Teitz and Bart 1968, from several starts), and a bound tells how far
from the best the answer can be at most: by Lagrangean relaxation (Geoffrion 1974; Beasley 1985 for
the p-median) and by branching on sites as long as there is time, which needs no solver. Where bound
and answer meet, the answer is proved.
"""

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_STARTS: Final = 10
_SEED: Final = 20
#: Rounds of moving prices: at first, and again for each choice that is tried.
_ROUNDS: Final = 1_500
_ROUNDS_AGAIN: Final = 80
#: After so many rounds without a better bound the step is halved.
_PATIENCE: Final = 25
_SMALLEST_STEP: Final = 0.0005
_ALMOST: Final = 1e-7
#: How long a proof is looked for, in seconds.
PROOF_SECONDS: Final = 10.0

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Siting:
    """The sites chosen, what they give, and what no choice can beat.

    By the mean walk `objective` is a sum to be small and `bound` lies below it; by cover it is a
    sum to be large and the bound lies above.
    """

    sites: tuple[int, ...]
    objective: float
    bound: float

    @property
    def is_proved(self) -> bool:
        """Whether no choice can be better."""
        return abs(self.objective - self.bound) <= _ALMOST * max(1.0, abs(self.objective))


def nearest(
    costs: Numbers, most: int, *, kept: Sequence[int] = (), seconds: float = PROOF_SECONDS
) -> Siting:
    """So many sites that the sum of everybody's way to their nearest is small (p-median).

    `costs[i, j]` is what it costs all the people at i together to go to site j; `kept` are sites
    that are there already and are counted in `most`; `seconds` is how long a proof is looked for,
    after the answer is found. Raises ValueError when fewer sites are to be chosen than are there,
    or more than there are.
    """
    _check(costs, most, kept)
    dice, best = Random(_SEED), None  # noqa: S311  starts, no secrets
    for _start in range(_STARTS):
        free = [j for j in range(costs.shape[1]) if j not in set(kept)]
        chosen = _exchanged(costs, [*kept, *dice.sample(free, most - len(kept))], len(kept))
        total = float(costs[:, chosen].min(axis=1).sum())
        if best is None or total < best[0] - _ALMOST:
            best = total, chosen
    assert best is not None  # noqa: S101  there is at least one start
    is_cover = bool(np.all((costs == 0.0) | (costs == costs.max(axis=1)[:, None])))
    kind = _CoverProof if is_cover else _Proof
    return kind(costs, most, best[0], best[1], seconds).of(kept)


def _check(costs: Numbers, most: int, kept: Sequence[int]) -> None:
    if costs.ndim != 2 or not costs.size:  # noqa: PLR2004  people and sites
        msg = "there are no people or no sites"
        raise ValueError(msg)
    if not max(len(kept), 1) <= most <= costs.shape[1]:
        msg = f"{most} sites can't be chosen of {costs.shape[1]}, {len(kept)} of which are kept"
        raise ValueError(msg)


def _exchanged(costs: Numbers, chosen: list[int], kept: int) -> list[int]:
    """Exchange one site for another as long as that makes the sum smaller; the first are kept."""
    people = np.arange(costs.shape[0])
    while True:
        given = costs[:, chosen]
        order = np.argsort(given, axis=1)
        first = given[people, order[:, 0]]
        second = given[people, order[:, 1]] if len(chosen) > 1 else np.full_like(first, np.inf)
        # What a new site saves those for whom it is nearer than their present one …
        gain = np.maximum(first[:, None] - costs, 0.0).sum(axis=0)
        best = (-_ALMOST * max(1.0, first.sum()), -1, -1)
        for place in range(kept, len(chosen)):
            own = order[:, 0] == place
            # … and what the old one's people lose, who go to the new one or to their second.
            loss = (np.minimum(costs[own], second[own, None]) - first[own, None]).clip(min=0.0)
            change = loss.sum(axis=0) - gain
            change[chosen] = np.inf
            site = int(change.argmin())
            if change[site] < best[0]:
                best = float(change[site]), place, site
        if best[1] < 0:
            return chosen
        chosen = [*chosen]
        chosen[best[1]] = best[2]


class _Branch(NamedTuple):
    """Choices that are still open: sites that are in, sites that are out, prices to begin with."""

    bound: float
    number: int
    inside: tuple[int, ...]
    outside: frozenset[int]
    prices: Numbers


class _Proof:
    """Looks for a bound that meets the answer, and takes a better answer where it meets one.

    Each person pays a price for being served; a site is worth what its people pay above their
    cost. With the most worthy sites, all prices less that worth are a bound, and prices move to
    where nobody is served twice or not at all. Where that does not suffice, a site is tried in and
    out, and what can't lead to better is cut.
    """

    def __init__(
        self, costs: Numbers, most: int, total: float, chosen: Sequence[int], seconds: float
    ) -> None:
        self._costs = costs
        self._most = most
        self._best = total, list(chosen)
        self._until = time.monotonic() + seconds
        # Among whole numbers a better answer is better by one.
        self._least_gain = 1.0 if bool(np.all(costs == np.floor(costs))) else 0.0

    def of(self, kept: Sequence[int]) -> Siting:
        """The best answer known at the end, and its bound."""
        prices = np.sort(self._costs, axis=1)[:, min(1, self._costs.shape[1] - 1)]
        first = self._weighed(tuple(kept), frozenset(), prices.astype(float), _ROUNDS, 0)
        open_: list[_Branch] = [first] if first is not None else []
        made = 1
        while open_ and time.monotonic() < self._until:
            branch = heapq.heappop(open_)
            if self._is_cut(branch.bound):
                continue
            site = self._next(branch)
            for inside, outside in (
                ((*branch.inside, site), branch.outside),
                (branch.inside, branch.outside | {site}),
            ):
                below = self._weighed(inside, outside, branch.prices, _ROUNDS_AGAIN, made)
                made += 1
                if below is not None:
                    heapq.heappush(open_, below)
        total, chosen = self._best
        left = [branch.bound for branch in open_ if not self._is_cut(branch.bound)]
        bound = min([total, *left])
        if left and self._least_gain:
            bound = min(total, float(np.ceil(bound - _ALMOST * max(1.0, abs(bound)))))
        return Siting(tuple(sorted(chosen)), total, bound)

    def _is_cut(self, bound: float) -> bool:
        """Whether nothing better than the best answer can lie above this bound."""
        total = self._best[0]
        return bound > total - self._least_gain + _ALMOST * max(1.0, abs(total)) or (
            not self._least_gain and bound >= total - _ALMOST * max(1.0, abs(total))
        )

    def _next(self, branch: _Branch) -> int:
        """The site to decide about: the most worthy one that is still open."""
        worth = self._worth(branch.prices)
        worth[list(branch.inside)] = np.inf
        worth[list(branch.outside)] = np.inf
        return int(worth.argmin())

    def _weighed(
        self, inside: tuple[int, ...], outside: frozenset[int], prices: Numbers, rounds: int,
        number: int,
    ) -> _Branch | None:  # fmt: skip
        """The branch with its bound, and with what is decided by it; None where it is cut."""
        costs, free = self._costs, self._most - len(inside)
        if free > costs.shape[1] - len(inside) - len(outside):
            return None
        if not free or free == costs.shape[1] - len(inside) - len(outside):
            sites = [j for j in range(costs.shape[1]) if j not in outside] if free else list(inside)
            self._take(sites)
            return None
        bound, step, waited, best_prices = -np.inf, 2.0, 0, prices
        for _round in range(rounds):
            worth = self._worth(prices)
            open_worth = worth.copy()
            open_worth[list(inside)] = np.inf
            open_worth[list(outside)] = np.inf
            taken = np.argpartition(open_worth, free - 1)[:free]
            sites = [*inside, *(int(j) for j in taken)]
            value = float(prices.sum() + worth[sites].sum())
            waited += 1
            if value > bound + _ALMOST:
                bound, waited, best_prices = value, 0, prices
                if self._is_cut(bound):
                    return None
            elif waited >= _PATIENCE:
                step, waited = step / 2, 0
                self._take(sites)
            off = 1.0 - self._served(prices, sites)
            length = float(off @ off)
            if not length:
                self._take(sites)
                break
            if step < _SMALLEST_STEP:
                break
            prices = self._within(
                prices + step * max(self._best[0] - value, _ALMOST) / length * off
            )
        inside, outside = self._decided(inside, outside, best_prices, bound)
        return _Branch(bound, number, inside, outside, best_prices)

    def _worth(self, prices: Numbers) -> Numbers:
        """What each site is worth at these prices, below nothing."""
        worth: Numbers = np.minimum(self._costs - prices[:, None], 0.0).sum(axis=0)
        return worth

    def _served(self, prices: Numbers, sites: list[int]) -> Numbers:
        """At how many of these sites each would be served at these prices."""
        served: Numbers = (self._costs[:, sites] < prices[:, None]).sum(axis=1).astype(float)
        return served

    def _within(self, prices: Numbers) -> Numbers:
        """The prices as far as they make sense."""
        return prices

    def _take(self, sites: list[int]) -> None:
        total = float(self._costs[:, sites].min(axis=1).sum())
        if total < self._best[0] - _ALMOST:
            self._best = total, list(sites)

    def _decided(
        self, inside: tuple[int, ...], outside: frozenset[int], prices: Numbers, bound: float
    ) -> tuple[tuple[int, ...], frozenset[int]]:
        """Sites that must be in, or out, in anything better than the best answer."""
        worth = self._worth(prices)
        free = [j for j in range(len(worth)) if j not in outside and j not in set(inside)]
        free.sort(key=lambda j: worth[j])
        count = self._most - len(inside)
        last_in, first_out = worth[free[count - 1]], worth[free[count]]
        must = [j for j in free[:count] if self._is_cut(bound - worth[j] + first_out)]
        never = [j for j in free[count:] if self._is_cut(bound + worth[j] - last_in)]
        return (*inside, *must), outside | set(never)


class _CoverProof(_Proof):
    """The same where whoever is served costs nothing and whoever is not the whole: then no price is
    below nothing or above that whole, and what sites are worth is one product of a table and prices.
    """

    def __init__(
        self, costs: Numbers, most: int, total: float, chosen: Sequence[int], seconds: float
    ) -> None:
        super().__init__(costs, most, total, chosen, seconds)
        self._whole = costs.max(axis=1)
        self._reached = (costs < self._whole[:, None]).astype(float)
        self._by_site = np.ascontiguousarray(self._reached.T)

    def _worth(self, prices: Numbers) -> Numbers:
        worth: Numbers = -(self._by_site @ prices)
        return worth

    def _served(self, prices: Numbers, sites: list[int]) -> Numbers:
        served: Numbers = self._by_site[sites].sum(axis=0) * (prices > 0)
        return served

    def _within(self, prices: Numbers) -> Numbers:
        return np.clip(prices, 0.0, self._whole)


def covering(
    covers: Sequence[Sequence[int]], people: Numbers, most: int, *, kept: Sequence[int] = (),
    seconds: float = PROOF_SECONDS,
) -> Siting:  # fmt: skip
    """So many sites that as many people as can be reach one (maximal covering).

    `covers[j]` are the homes that reach site j in time, `people[i]` how many live at i. Raises
    ValueError as `nearest` does.
    """
    if not max(len(kept), 1) <= most <= len(covers):
        msg = f"{most} sites can't be chosen of {len(covers)}, {len(kept)} of which are kept"
        raise ValueError(msg)
    reached = np.zeros((people.shape[0], len(covers)))
    for site, homes in enumerate(covers):
        reached[list(homes), site] = 1.0
    # Who is not reached pays for everybody there: the same sum as a median, of who is left out.
    left_out = people[:, None] * (1.0 - reached)
    merged = _merged(left_out)
    found = nearest(merged, most, kept=kept, seconds=seconds)
    whole = float(people.sum())
    return Siting(found.sites, whole - found.objective, whole - found.bound)


def _merged(left_out: Numbers) -> Numbers:
    """Homes that the same sites reach, as one; those that none or all reach change nothing."""
    rows: dict[bytes, Numbers] = {}
    for row in left_out:
        key = (row > 0).tobytes()
        rows[key] = rows[key] + row if key in rows else row.copy()
    return np.array([rows[key] for key in sorted(rows)])
