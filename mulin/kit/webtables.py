"""The table in a web page that goes under the name of an Excel file, as many offices' systems and
Excel itself write one. Only rows and cells are looked for; whatever else the page says is left out.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

#: Read token by token, each of which ends before the next "<": no page makes this slow.
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z][\w:-]*)([^<>]*)>|<[^<>]*>|([^<]+)|<")
_SPAN: Final = re.compile(r"""\b(col|row)span\s*=\s*["']?(\d{1,5})""", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_HIDDEN: Final = frozenset({"script", "style", "title"})
_BREAKS: Final = frozenset({"br", "p", "div", "li"})
_MOST_ACROSS: Final = 1_000


@dataclass(slots=True)
class WebTable:
    """The rows of a table, each cell as text; a cell over several rows gives each its value, unless
    the row says nothing else. `tops` are the rows (from 0) from which a cell reaches down.
    """

    rows: list[list[str]]
    tops: frozenset[int]


@dataclass(slots=True)
class _Cell:
    across: int = 1
    down: int = 1
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        lines = html.unescape("".join(self.parts)).replace("\xa0", " ").split("\n")
        return "\n".join(line.strip() for line in lines).strip()


_Rows = list[list[_Cell]]


def largest_table(text: str, *, most_cells: int) -> WebTable | None:
    """The table with most cells of which a row has several; None where there is none.

    Raises OverflowError for one of more than `most_cells`.
    """
    tables = [one for one in _tables(text) if any(len(row) > 1 for row in one)]
    if not tables:
        return None
    return _spread(max(tables, key=lambda rows: sum(map(len, rows))), most_cells)


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return "".join([first, *(one.partition("-->")[2] for one in others)])


def _tables(text: str) -> Iterator[_Rows]:
    """Every table, also one within a cell of another; what is in it is said of the inner one only."""
    made: list[_Rows] = []
    opened: list[tuple[_Rows, list[_Cell]]] = []  # a table, and its cell that is open, if one is
    hidden = ""
    for token in _TOKEN.finditer(_without_comments(text)):
        shuts, tag, more, said = token[1], (token[2] or "").lower(), token[3], token[4]
        if hidden:
            hidden = "" if shuts and tag == hidden else hidden
        elif tag in _HIDDEN:
            hidden = "" if shuts else tag
        elif tag == "table" and shuts:
            del opened[-1:]
        elif tag == "table":
            made.append([])
            opened.append((made[-1], []))
        elif opened:
            _put(*opened[-1], tag, shuts=bool(shuts), more=more or "", said=said)
    yield from made


def _put(
    rows: _Rows, cell: list[_Cell], tag: str, *, shuts: bool, more: str, said: str | None
) -> None:
    """A token within a table. A cell that is not shut ends where the next one begins."""
    if tag in {"tr", "td", "th"}:
        cell.clear()
        if not shuts and (tag == "tr" or not rows):
            rows.append([])
        if not shuts and tag != "tr":
            spans = {name.lower(): int(count) for name, count in _SPAN.findall(more)}
            across = min(max(spans.get("col", 1), 1), _MOST_ACROSS)
            cell.append(_Cell(across, max(spans.get("row", 1), 1)))
            rows[-1].append(cell[0])
    elif cell and tag in _BREAKS:
        cell[0].parts.append("\n")
    elif cell and said is not None:
        cell[0].parts.append(_BLANKS.sub(" ", said))


def _spread(table: _Rows, most_cells: int) -> WebTable:
    """The cells in their columns: one over several columns is followed by empty ones."""
    rows, tops, count = [], set(), 0
    reaching: dict[int, tuple[int, str]] = {}  # column → the last row it reaches, what it says
    for number, cells in enumerate(table):
        row: list[str] = []
        carried: dict[int, str] = {}
        for cell in cells:
            _pass_over(row, carried, reaching, number)
            for text in [cell.text, *[""] * (cell.across - 1)]:
                if cell.down > 1:
                    tops.add(number)
                    reaching[len(row)] = (number + cell.down - 1, text)
                row.append(text)
        _pass_over(row, carried, reaching, number)
        if any(row):
            for column, text in carried.items():
                row[column] = text
        count += len(row)
        if count > most_cells:
            raise OverflowError
        rows.append(row)
    return WebTable(rows, frozenset(tops))


def _pass_over(
    row: list[str], carried: dict[int, str], reaching: dict[int, tuple[int, str]], number: int
) -> None:
    """Leave the columns free into which cells reach from above."""
    while (above := reaching.get(len(row), (-1, "")))[0] >= number:
        carried[len(row)] = above[1]
        row.append("")
