"""Who goes first among equals: the chain that was published, and nothing else.

(a) the higher sum of shares, (b) more approvals in absolute number, (c) the higher lowest share,
(d) the public lot. Never the id, the name or the time of entry.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

from mulin.commons.ballots.counting.election import Lot
from mulin.commons.ballots.counting.result import Broken

_STEPS: Final = (None, Broken.APPROVALS, Broken.LOWEST_SHARE, Broken.LOT)


def groups(
    projects: Iterable[str], value: Callable[[str], Fraction]
) -> Iterator[tuple[Fraction, list[str]]]:
    """Projects of the same value together, the highest value first."""
    found: dict[Fraction, list[str]] = {}
    for one in projects:
        found.setdefault(value(one), []).append(one)
    yield from sorted(found.items(), reverse=True)


class Chain:
    """The chain over one tally."""

    def __init__(
        self,
        approvals: Mapping[str, Mapping[str, int]],
        shares: Mapping[str, Mapping[str, Fraction]],
        lot: Lot,
    ) -> None:
        self._approvals = approvals
        self._shares = shares
        self._lot = lot

    def joint(self, project: str) -> Fraction:
        """The shares added up."""
        return sum((each[project] for each in self._shares.values()), Fraction(0))

    def ordered(
        self, projects: Iterable[str], *, from_step: int
    ) -> tuple[list[str], tuple[Broken, ...]]:
        """Put them in order, from this step of the chain on; and by which steps it was decided.

        `from_step` 0 is the sum of shares (not told as a step: it is the rule itself), 1 the
        absolute number.
        """
        keys = {
            one: (
                -self.joint(one),
                -sum(counts[one] for counts in self._approvals.values()),
                -min((each[one] for each in self._shares.values()), default=Fraction(0)),
                self._lot.place(one),
            )[from_step:]
            for one in projects
        }
        ordered = sorted(keys, key=keys.__getitem__)
        steps: list[Broken] = []
        for one, other in pairwise(ordered):
            pairs = zip(keys[one], keys[other], strict=True)
            step = _STEPS[from_step + next(i for i, (a, b) in enumerate(pairs) if a != b)]
            if step is not None and step not in steps:
                steps.append(step)
        return ordered, tuple(sorted(steps, key=_STEPS.index))
