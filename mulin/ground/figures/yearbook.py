"""The year book: what a year was in numbers, room by room, for whoever lives here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mulin.ground.figures.queries import (
    Compared,
    Number,
    Reading,
    before_of,
    public_figures,
    years_of,
)
from mulin.ground.figures.telling import (
    Piece,
    beside_a_year_before,
    number_words,
    paragraph,
)

#: How many years stand side by side.
SIDE_BY_SIDE: Final = 5
#: For how many years back anything is offered.
OFFERED: Final = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of the book: its number, last year's, and the years before as bars."""

    label: str
    number: str
    unit: str
    beside: str
    definition: str
    bars: list[tuple[str, Number]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The figures of one room."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Book:
    """A year: its paragraph and its chapters."""

    year: int
    paragraph: list[list[Piece]]
    chapters: list[Chapter]


def book_of(year: int, *, since: int, today: date) -> Book:
    """The book of a year of the community in scope, which was founded in the year `since`.

    A figure that is nought in this year and the one before is left out. A year that is not over
    stands beside the same days of the one before.
    """
    first = max(since, year - SIDE_BY_SIDE + 1)
    years = years_of(public_figures(), range(first, year + 1))
    before = before_of(public_figures(), year, today=today)
    chapters: dict[str, list[Entry]] = {}
    for name, reading in years[year].items():
        if _is_something(reading) or _is_something(before[name]):
            bars = [(at, years[at][name]) for at in range(first, year + 1)]
            entry = _entry(Compared(reading, before[name]), bars)
            chapters.setdefault(str(reading.figure.group), []).append(entry)
    return Book(
        year,
        paragraph(years[year]),
        [Chapter(title, entries) for title, entries in chapters.items()],
    )


def years_offered(today: date, *, since: int) -> list[int]:
    """The years that are over and in which something was counted, the last first."""
    ended = range(max(since, today.year - OFFERED), today.year)
    years = years_of([one for one in public_figures() if not one.at_end], ended)
    return [year for year in reversed(ended) if _is_lived_in(years[year])]


def _is_lived_in(readings: Mapping[str, Reading]) -> bool:
    return any(_is_something(one) for one in readings.values())


def _is_something(reading: Reading) -> bool:
    return reading.is_held_back or bool(reading.number)


def _entry(both: Compared, years: list[tuple[int, Reading]]) -> Entry:
    figure = both.now.figure
    told = [(f"{year}", one.number) for year, one in years if one.number is not None]
    is_whole = not any(one.is_held_back for _year, one in years)
    return Entry(
        label=str(figure.label),
        number=number_words(both.now),
        unit="" if both.now.number is None or figure.is_rate else str(figure.unit),
        beside=beside_a_year_before(both),
        definition=str(figure.definition),
        bars=told if is_whole and len(told) > 1 and any(number for _year, number in told) else [],
    )
