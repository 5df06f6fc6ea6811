"""One line for each claim: what was promised, what was measured, how they compare."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Line:
    """A claim beside its measure; `note` says what else should be known of it."""

    claim: str
    target: float
    measured: float
    unit: str
    is_most: bool = True
    note: str = ""

    @property
    def passes(self) -> bool:
        """Whether the measure is at most (or at least) what was promised."""
        if self.is_most:
            return self.measured <= self.target
        return self.measured >= self.target

    def __str__(self) -> str:
        sign = "≤" if self.is_most else "≥"
        return (
            f"{'pass' if self.passes else 'MISS'}  {self.claim}: target {sign} {_short(self.target)}"
            f" {self.unit}, measured {_short(self.measured)} {self.unit}"
            f"{f', ratio {self.measured / self.target:.2f}' if self.target else ''}"
            f"{f' ({self.note})' if self.note else ''}"
        )

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[ceil(len(values) * 0.95) - 1]


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
