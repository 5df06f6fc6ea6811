"""The picture of twelve months: bars as numbers, drawn by the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mulin.commons.rota.rules import MONTHS_SHOWN, Share, month_of, spread

#: The picture in its own units: a bar a month, and the sum beside it.
HEIGHT: Final = 28
BAR: Final = 8
STEP: Final = 10
SUM_WIDTH: Final = 120


@dataclass(frozen=True, slots=True)
class Strip:
    """One person's twelve months: (left, top, height) of each bar, the sum's width, the numbers."""

    name: str
    member: int
    share: Share
    bars: tuple[tuple[int, int, int], ...]
    width: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All strips, the greatest sum first; where the mean lies; the months."""

    strips: tuple[Strip, ...]
    mean_at: int
    least: int
    mean: int
    most: int
    months: tuple[date, ...]


def picture_of(shares: Iterable[Share], names: Mapping[int, str], until: date) -> Picture:
    """How the duty of twelve months was shared. All strips have one scale."""
    told = sorted(shares, key=lambda one: (-one.total, names.get(one.member, "")))
    least, mean, most = spread(told)
    tallest = max((points for one in told for points in one.months), default=0) or 1
    widest = most or 1
    strips = tuple(
        Strip(
            names.get(one.member, ""), one.member, one,
            tuple(
                (place * STEP, HEIGHT - round(points * HEIGHT / tallest),
                 round(points * HEIGHT / tallest))
                for place, points in enumerate(one.months)
            ),
            round(one.total * SUM_WIDTH / widest),
        )
        for one in told
    )  # fmt: skip
    months = tuple(month_of(until, back - MONTHS_SHOWN + 1) for back in range(MONTHS_SHOWN))
    return Picture(strips, round(mean * SUM_WIDTH / widest), least, mean, most, months)
