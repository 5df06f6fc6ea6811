"""The method of equal shares with money, completed by add1, in exact numbers.

Every voter is given the same part of the budget. A project is bought when its supporters can pay
for it together; of several, the one with the lowest price per unit of satisfaction, which is its
cost for whoever approved it. Then every part grows by one unit of money and all begins anew, until
the budget would be overspent: the outcome before that stands. Source: Peters, Pierczyński,
Skowron, NeurIPS 2021; Faliszewski et al., IJCAI 2023 (add1).

Money is counted in whole numbers over one common denominator, which grows with every purchase.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from mulin.commons.ballots.counting.order import Chain
from mulin.commons.ballots.counting.result import Tie


def elect(
    ballots: Mapping[tuple[str, ...], int],
    standing: Sequence[str],
    costs: Mapping[str, Fraction],
    budget: Fraction,
    chain: Chain,
) -> tuple[list[str], list[Tie], Fraction]:
    """Winners in order, ties met, and the part of each voter at which it ended."""
    voters = sum(ballots.values())
    candidates = [one for one in standing if costs[one] <= budget]
    if not voters or not candidates:
        return [], [], Fraction(0)
    part = budget / voters
    winners, ties = _with_parts(ballots, candidates, costs, part, chain)
    while not _is_full(winners, candidates, costs, budget):
        more, tied = _with_parts(ballots, candidates, costs, part + 1, chain)
        if sum((costs[one] for one in more), Fraction(0)) > budget:
            break
        winners, ties, part = more, tied, part + 1
    return winners, ties, part


def _is_full(
    winners: Sequence[str], candidates: Sequence[str], costs: Mapping[str, Fraction],
    budget: Fraction,
) -> bool:  # fmt: skip
    """Whether nothing that is not bought could still be paid."""
    left = budget - sum((costs[one] for one in winners), Fraction(0))
    return all(one in winners or costs[one] > left for one in candidates)


def _with_parts(
    ballots: Mapping[tuple[str, ...], int],
    candidates: Sequence[str],
    costs: Mapping[str, Fraction],
    part: Fraction,
    chain: Chain,
) -> tuple[list[str], list[Tie]]:
    """One run with this part for everybody."""
    purses = _Purses(ballots, candidates, costs, part)
    winners: list[str] = []
    ties: list[Tie] = []
    while (cheapest := purses.cheapest()) is not None:
        price, equals = cheapest
        ordered, by = chain.ordered(equals, from_step=0)
        if len(equals) > 1:
            ties.append(Tie(f"price:{len(winners) + 1}", price, tuple(ordered), by, decides=True))
        winners.append(ordered[0])
        purses.pay(ordered[0], price)
    return winners, ties


class _Purses:
    """What every voter still owns. Voters of the same ballot own the same throughout."""

    def __init__(
        self,
        ballots: Mapping[tuple[str, ...], int],
        candidates: Sequence[str],
        costs: Mapping[str, Fraction],
        part: Fraction,
    ) -> None:
        self._costs = costs
        # Money is counted in 1/unit.
        self._unit = lcm(part.denominator, *(costs[one].denominator for one in candidates))
        self._owned = [int(part * self._unit)] * len(ballots)
        self._times = list(ballots.values())
        self._supporters: dict[str, list[int]] = {one: [] for one in candidates}
        for index, ballot in enumerate(ballots):
            for one in ballot:
                if one in self._supporters:
                    self._supporters[one].append(index)
        # Purses only empty: what a project cost last is the least it costs now.
        self._known = dict.fromkeys(candidates, Fraction(0))

    def cheapest(self) -> tuple[Fraction, list[str]] | None:
        """The lowest price of those that can be paid, and whose it is."""
        best: Fraction | None = None
        equals: list[str] = []
        for one in sorted(self._known, key=self._known.__getitem__):
            if best is not None and self._known[one] > best:
                break
            price = self._price(one)
            if price is None:
                del self._known[one]
                continue
            self._known[one] = price
            if best is None or price < best:
                best, equals = price, [one]
            elif price == best:
                equals.append(one)
        return None if best is None else (best, equals)

    def _price(self, project: str) -> Fraction | None:
        """What a supporter pays at most for one unit of satisfaction; None: they can't pay.

        The poorest give all they own as long as that is less than an even part of what is missing.
        """
        cost = self._costs[project]
        if not cost:
            return Fraction(0)
        missing = int(cost * self._unit)
        payers = sum(self._times[index] for index in self._supporters[project])
        for index in sorted(self._supporters[project], key=self._owned.__getitem__):
            money = self._owned[index]
            if money * payers >= missing:
                return Fraction(missing, payers) / (cost * self._unit)
            missing -= money * self._times[index]
            payers -= self._times[index]
        return None

    def pay(self, project: str, price: Fraction) -> None:
        """The supporters pay; nobody more than they own."""
        del self._known[project]
        each = price * self._costs[project] * self._unit
        owned = [money * each.denominator for money in self._owned]
        for index in self._supporters[project]:
            owned[index] -= min(owned[index], each.numerator)
        shrink = gcd(self._unit * each.denominator, *owned)
        self._owned = [money // shrink for money in owned]
        self._unit = self._unit * each.denominator // shrink
