"""One linear model in whole numbers that any engine can read, and its goals in their order.

It knows no engine. `Model.faults` looks every row up in plain Python, so that whatever an engine
says is proved before anybody sees it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: Beyond this a bound means none.
FREE: Final = 10**9


class Row(NamedTuple):
    """A sum of unknowns that lies between two whole numbers."""

    terms: tuple[tuple[int, int], ...]
    low: int
    high: int


class Goal(NamedTuple):
    """A sum that is to be small; what comes first is never given up for what comes after.

    `slack` is by how much it may be missed for the sake of later goals.
    """

    name: str
    terms: tuple[tuple[int, int], ...]
    constant: int = 0
    slack: int = 0


@dataclass(slots=True)
class Model:
    """Unknowns are numbers of their place; each is a whole number between its bounds.

    `parts` are unknowns that belong together, one person's for instance: an engine may hold all
    parts but a few and look for something better there.
    """

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    parts: list[range] = field(default_factory=list)

    def unknown(self, low: int = 0, high: int = 1) -> int:
        """One more unknown; without bounds it is yes or no."""
        self.lows.append(low)
        self.highs.append(high)
        return len(self.lows) - 1

    def pin(self, unknown: int, value: int) -> None:
        """Hold an unknown at a value."""
        self.lows[unknown] = self.highs[unknown] = value

    def hold(
        self,
        terms: Mapping[int, int] | Iterable[tuple[int, int]],
        *,
        low: int = -FREE,
        high: int = FREE,
    ) -> None:
        """Hold a sum between two bounds."""
        self.rows.append(Row(gathered(terms), low, high))

    def aim(
        self,
        name: str,
        terms: Mapping[int, int] | Iterable[tuple[int, int]],
        *,
        constant: int = 0,
        slack: int = 0,
    ) -> None:
        """Make a sum small, after all goals before it."""
        self.goals.append(Goal(name, gathered(terms), constant, slack))

    def faults(self, values: Sequence[int]) -> list[str]:
        """What these values break; nothing, if they are an answer."""
        if len(values) != len(self.lows):
            return [f"{len(values)} values for {len(self.lows)} unknowns"]
        bounds = zip(values, self.lows, self.highs, strict=True)
        told = [
            f"unknown {place}: {value} is not in {low}..{high}"
            for place, (value, low, high) in enumerate(bounds)
            if not low <= value <= high
        ]
        for place, row in enumerate(self.rows):
            total = total_of(row.terms, values)
            if not row.low <= total <= row.high:
                told.append(f"row {place}: {total} is not in {row.low}..{row.high}")
        return told


def gathered(terms: Mapping[int, int] | Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Each unknown once, with all its weight."""
    weights: dict[int, int] = {}
    for unknown, weight in terms.items() if isinstance(terms, Mapping) else terms:
        weights[unknown] = weights.get(unknown, 0) + weight
    return tuple((unknown, weight) for unknown, weight in weights.items() if weight)


def total_of(terms: Iterable[tuple[int, int]], values: Sequence[int]) -> int:
    """What a sum is with these values."""
    return sum(weight * values[unknown] for unknown, weight in terms)
