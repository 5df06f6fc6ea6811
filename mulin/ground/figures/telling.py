"""Figures as words: a number with its unit, beside last year's, in the paragraph of a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.ground.figures.queries import Compared, Number, Reading
from mulin.ground.figures.registry import Figure, sentences
from mulin.ground.figures.rules import address_of

#: Nobody reads more places than these on a page; a file has all of them.
_READ: Final = Decimal("0.01")


def plain(number: Number) -> str:
    """A number as one reads it: grouped, with two places at most."""
    if isinstance(number, Decimal) and number != number.quantize(_READ, ROUND_HALF_UP):
        number = number.quantize(_READ, ROUND_HALF_UP)
    return str(number_format(number, force_grouping=True))


def told(found: Figure, number: Number) -> str:
    """A number of this figure, a share with its sign."""
    if found.is_rate:
        return pgettext("a share", "%(number)s %%") % {"number": plain(number)}
    return _amount(found, number)


def _amount(found: Figure, number: Number) -> str:
    """Money with its two places and its thousands parted, as on every bill; the rest plain."""
    return f"{number:,.2f}" if found.is_money else plain(number)


def held_back(found: Figure) -> str:
    """What stands where a number would tell of too few persons."""
    if found.is_count:
        return _("fewer than %(least)s") % {"least": found.min_count}
    return _("not told (of fewer than %(least)s people)") % {"least": found.min_count}


def number_words(reading: Reading) -> str:
    """The number of a reading, or why there is none."""
    if reading.is_held_back:
        return held_back(reading.figure)
    if reading.number is None:
        return pgettext("a rate of nothing", "–")
    return told(reading.figure, reading.number)


def beside_a_year_before(both: Compared) -> str:
    """What it was a year before, and by how much it grew; nothing where nothing was counted."""
    before = both.before
    if before.number is None and not before.is_held_back:
        return ""
    change = both.change
    if change is None:
        return _("A year before: %(number)s") % {"number": number_words(before)}
    words = _amount(both.now.figure, change if change > 0 else -change)
    if both.now.figure.is_rate:
        words = _("%(number)s points") % {"number": words}
    values = {"number": number_words(before), "change": words}
    if change > 0:
        return _("A year before: %(number)s; %(change)s more now") % values
    if change < 0:
        return _("A year before: %(number)s; %(change)s less now") % values
    return _("A year before: just as much")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the paragraph, and the figure that comes after them."""

    words: str
    name: str = ""
    label: str = ""
    number: str = ""
    address: str = ""


def paragraph(readings: Mapping[str, Reading]) -> list[list[Piece]]:
    """The sentences whose figures are all among these readings, and that have something to say."""
    found = []
    for sentence in sentences():
        pieces = sentence.pieces()
        named = [readings.get(name) for _words, name in pieces if name]
        told = [one for one in named if one is not None and _is_told(one)]
        if len(told) == len(named) and any(one.is_held_back or one.number for one in told):
            found.append([_piece(words, readings.get(name)) for words, name in pieces])
    return [[*pieces, Piece(_after(pieces))] for pieces in found]


def _is_told(reading: Reading) -> bool:
    """“Fewer than five” has its place in a sentence; a sum that is held back, or a share of nothing,
    has none.
    """
    return reading.figure.is_count if reading.is_held_back else reading.number is not None


def _after(pieces: list[Piece]) -> str:
    """What parts a sentence from the next: nothing, after a Chinese full stop."""
    return " " if pieces[-1].words.isascii() else ""


def _piece(words: str, reading: Reading | None) -> Piece:
    if reading is None:
        return Piece(words)
    return Piece(
        words, reading.figure.name, str(reading.figure.label), number_words(reading),
        address_of(reading.period),
    )  # fmt: skip
