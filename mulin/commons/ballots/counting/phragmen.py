"""Sequential Phragmén in exact numbers.

Electing a project costs its supporters its price, shared so that all of them end at the same load.
So every voter's load is one of the few levels reached so far, and voters can be counted by level
instead of looked at one by one. Source: Brill, Freeman, Janson, Lackner, "Phragmén's voting methods
and justified representation", AAAI 2017; with prices: Los, Christoff, Grossi, IJCAI 2022.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from mulin.commons.ballots.counting.order import Chain
from mulin.commons.ballots.counting.result import Tie

#: The weight of one ballot, and the ballots that weigh so.
Weighted = Sequence[tuple[Fraction, Sequence[Sequence[str]]]]


def elect(
    weighted: Weighted,
    standing: Sequence[str],
    costs: Mapping[str, Fraction],
    budget: Fraction,
    chain: Chain,
) -> tuple[list[str], list[Tie]]:
    """Winners in order, and ties met. Ends when the next project is dearer than what is left."""
    voters = _Voters(weighted, standing)
    winners: list[str] = []
    ties: list[Tie] = []
    left = budget
    while loads := voters.loads(costs):
        least = min(loads.values())
        equals = [one for one, load in loads.items() if load == least]
        # Not by lot: when the money is too short for one of equals, it ends for all of them.
        if any(costs[one] > left for one in equals):
            break
        ordered, by = chain.ordered(equals, from_step=0)
        if len(equals) > 1:
            ties.append(Tie(f"load:{len(winners) + 1}", least, tuple(ordered), by, decides=True))
        winners.append(ordered[0])
        left -= costs[ordered[0]]
        voters.bear(ordered[0], least)
    return winners, ties


class _Voters:
    """Voters, each at a level of load, and the weight behind each project by level.

    Weights are brought to integers once, so that a round adds whole numbers only.
    """

    def __init__(self, weighted: Weighted, standing: Sequence[str]) -> None:
        self._common = lcm(*(weight.denominator for weight, _ballots in weighted))
        self._voters = [
            (int(weight * self._common) * times, ballot)
            for weight, ballots in weighted
            for ballot, times in Counter(map(tuple, ballots)).items()
        ]
        self._levels = [Fraction(0)]
        self._at = [0] * len(self._voters)
        self._held: dict[str, dict[int, int]] = {one: {0: 0} for one in standing}
        self._supporters: dict[str, list[int]] = {one: [] for one in standing}
        for index, (weight, ballot) in enumerate(self._voters):
            for one in ballot:
                if one in self._held:
                    self._held[one][0] += weight
                    self._supporters[one].append(index)

    def loads(self, costs: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """The load at which the supporters of each project not yet elected would end."""
        return {
            one: (
                costs[one] * self._common
                + sum(self._levels[level] * weight for level, weight in by_level.items())
            )
            / sum(by_level.values())
            for one, by_level in self._held.items()
        }

    def bear(self, project: str, load: Fraction) -> None:
        """The project is elected; its supporters bear this load from now on."""
        del self._held[project]
        self._levels.append(load)
        new = len(self._levels) - 1
        for index in self._supporters[project]:
            weight, ballot = self._voters[index]
            old, self._at[index] = self._at[index], new
            for one in ballot:
                by_level = self._held.get(one)
                if by_level is not None:
                    by_level[new] = by_level.get(new, 0) + weight
                    by_level[old] -= weight
