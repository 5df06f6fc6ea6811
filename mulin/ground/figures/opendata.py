"""The open data of a year: CSV files in one ZIP, with a text that says what each column means.

Everything in them is counted by the registered figures. `figures.csv` has the year's values, the
others a figure month by month; see `folding` for what is put together so that nobody is told of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.ground.figures.folding import TOGETHER, Folded, fold
from mulin.ground.figures.queries import Measured, measured, open_rows, plain, public_figures
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import MIN_COUNT, Period
from mulin.kit.sheets import Cell, write_csv

_YEAR_FILE: Final = "figures.csv"
_TEXT_FILE: Final = "README.txt"
#: Two makings of the same year are the same bytes.
_MADE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class File:
    """One table: its name, what it holds in words, its columns, its lines."""

    name: str
    label: str
    words: str
    columns: list[tuple[str, str]]
    lines: list[list[Cell]]
    notes: list[str]


def files_of(year: int) -> list[File]:
    """The tables of a year of the community in scope."""
    period = Period.of_year(year)
    chosen = public_figures()
    return [
        _of_the_year(period, chosen),
        *(_by_month(figure, period) for figure in chosen if figure.opened is not None),
    ]


def names_of_files() -> list[tuple[str, str, str]]:
    """(name, label, what it holds) of every table, for a page that offers them."""
    return [
        (_YEAR_FILE, _("Figures of the year"), _about_the_year()),
        *(
            (_name_of(figure), str(figure.label), _about(figure))
            for figure in public_figures()
            if figure.opened is not None
        ),
    ]


def zip_of(year: int, *, community: str) -> bytes:
    """All files of a year in one."""
    files = files_of(year)
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as packed:
        text = "\ufeff" + "\r\n".join(_dictionary(files, year, community)) + "\r\n"
        packed.writestr(ZipInfo(_TEXT_FILE, _MADE), text, ZIP_DEFLATED)
        for one in files:
            header = [name for name, _words in one.columns]
            table = b"".join(write_csv(header, one.lines))
            packed.writestr(ZipInfo(one.name, _MADE), table, ZIP_DEFLATED)
    return content.getvalue()


def _of_the_year(period: Period, chosen: list[Figure]) -> File:
    found = measured(period, chosen)
    held = [one for one in found if one.is_telling(least=_least(one.figure))]
    return File(
        name=_YEAR_FILE,
        label=_("Figures of the year"),
        words=_about_the_year(),
        columns=[
            (pgettext("column of a file", "Name"), _("the name by which programs ask for it")),
            (_("Group"), _("the room it belongs to")),
            (_("Name of the figure"), _("as pages call it")),
            (_("Value"), _("the number; empty where it is held back or there was nothing")),
            (_("Measured in"), _("the sign of per cent for a share")),
            (
                pgettext("column of a file", "Held back"),
                _("“yes” where it would tell of too few persons"),
            ),
            (_("What it means"), _("what exactly is counted")),
        ],
        lines=[_line(one, is_held=one in held) for one in found],
        notes=[
            _("%(count)d of %(all)d figures are held back.")
            % {"count": len(held), "all": len(found)}
        ],
    )


def _least(figure: Figure) -> int:
    return max(MIN_COUNT, figure.min_count)


def _line(one: Measured, *, is_held: bool) -> list[Cell]:
    figure = one.figure
    return [
        figure.name, str(figure.group), str(figure.label), None if is_held else one.value,
        "%" if figure.is_rate else str(figure.unit), _("yes") if is_held else "",
        str(figure.definition),
    ]  # fmt: skip


def _by_month(figure: Figure, period: Period) -> File:
    opened = figure.opened
    if opened is None:
        raise ValueError(figure.name)
    least = 0 if opened.is_of_nobody else _least(figure)
    folded = fold(open_rows(figure, period), width=1 + len(opened.by), least=least)
    amount = str(figure.unit) or pgettext("column of a file", "How many")
    return File(
        name=_name_of(figure),
        label=str(figure.label),
        words=_about(figure),
        columns=[
            (_("Month"), _("year and month")),
            *((str(by.label), _("as the community calls it")) for by in opened.by),
            (amount, str(figure.definition)),
        ],
        lines=[[*one.key, plain(one.amount)] for one in folded.told],
        notes=list(_notes(folded, least)),
    )


def _notes(folded: Folded, least: int) -> Iterator[str]:
    if least == 0:
        yield _("It tells of no person, so nothing is put together.")
    elif folded.is_left_out:
        yield _("Left out: in the whole year fewer than %(least)d persons stand behind it.") % {
            "least": least
        }
    else:
        yield _("%(count)d finer lines were put together.") % {"count": folded.put_together}


def _name_of(figure: Figure) -> str:
    return figure.name.replace(".", "-") + ".csv"


def _about_the_year() -> str:
    return _("Every public figure with its value of the year and what it means.")


def _about(figure: Figure) -> str:
    by = figure.opened.by if figure.opened else ()
    if not by:
        return _("By month.")
    return _("By month, %(by)s.") % {
        "by": pgettext("between columns", ", ").join(str(one.label) for one in by)
    }


def _dictionary(files: list[File], year: int, community: str) -> Iterator[str]:
    yield _("Open data of %(community)s, %(year)d") % {"community": community, "year": year}
    yield ""
    yield _(
        "Text is UTF-8, commas part the columns, days and months are those of Shanghai. Every number is"
        " counted from the community's records by the definition beside it."
    )
    yield ""
    yield _(
        "No line tells of fewer than %(least)d persons. Where fewer stand behind one, it is put together"
        " with its neighbours: the last column is given up first, the month last; “%(sign)s” stands in"
        " its place. If what was put together still tells of too few, the smallest other line goes"
        " along. So each thing counted stands in exactly one line, and a total less the other lines"
        " tells of nobody. Whoever left no name counts as one person each time."
    ) % {"least": MIN_COUNT, "sign": TOGETHER}
    yield _(
        "In %(file)s a share is held back, too, where those it does not count are fewer than that; and a"
        " figure that is a part of another where what is left of the other is."
    ) % {"file": _YEAR_FILE}
    for one in files:
        yield ""
        yield f"{one.name}: {one.label}"
        yield f"  {one.words} {_('%(count)d lines.') % {'count': len(one.lines)}}"
        for name, words in one.columns:
            yield f"  - {name}: {words}"
        for note in one.notes:
            yield f"  {note}"
