"""Whether a box is ticked. Pure: shares of ink in, an answer or a doubt out.

The thresholds were measured on ticks, crosses, circles, faint pencil, stray dots and scribbled-out
boxes (bench/reading.py): an empty box holds no ink, up to 6 % of its inside on bad photos, a stray
dot 8 to 15 %, faint pencil 20 to 36 %, ticks and crosses 24 to 71 %, a box struck out or filled
more. What lies between goes to a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mulin.kit.paper.definition import Field, Kind

#: Shares of the inside of a box that is dark.
EMPTY_BELOW: Final = 0.03
MARKED_FROM: Final = 0.17
MARKED_TO: Final = 0.66
#: The printed frame must be found where it is looked for, on each side, at least by this share.
FRAME_FROM: Final = 0.55
#: How far the corners of the markers may lie from a flat sheet (their median), in pixels of a sheet
#: 1,260 wide.
CROOKED_FROM_PX: Final = 2.0
#: Pixels a millimetre of the sheet, below which a photo is too small to trust any box.
SMALL_BELOW_PX: Final = 2.0
#: What the reader of words says of itself; below it a person looks.
SURE_FROM: Final = 0.90


class Ink(StrEnum):
    EMPTY = "empty"
    MARKED = "marked"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Seen:
    """One box as it was measured: dark share of its inside, and of the worst side of its frame."""

    ink: float
    frame: float

    @property
    def verdict(self) -> Ink:
        if self.frame < FRAME_FROM:
            return Ink.UNCLEAR
        if self.ink < EMPTY_BELOW:
            return Ink.EMPTY
        if MARKED_FROM <= self.ink <= MARKED_TO:
            return Ink.MARKED
        return Ink.UNCLEAR


@dataclass(frozen=True, slots=True)
class Answer:
    """What the boxes of a field say; an unsure one is only a proposal to a person."""

    values: tuple[str, ...]
    is_sure: bool


def is_read_surely(scores: Iterable[float]) -> bool:
    """Whether the reader of words is sure of every line of a field. Of no line it is not."""
    return min(scores, default=0.0) >= SURE_FROM


def answer_of(field: Field, seen: Mapping[str, Seen]) -> Answer:
    """The choices marked in a field of boxes. `seen` has every choice by its value.

    Two marks where one is asked for are nobody's to decide but a person's. Raises KeyError for a
    choice that was not measured.
    """
    verdicts = {choice.value: seen[choice.value].verdict for choice in field.choices}
    marked = tuple(value for value, verdict in verdicts.items() if verdict is Ink.MARKED)
    is_sure = Ink.UNCLEAR not in verdicts.values()
    if field.kind is Kind.ONE and len(marked) > 1:
        return Answer((), is_sure=False)
    return Answer(marked, is_sure=is_sure)
