"""Tables from and for other programs: CSV and Excel, read without guessing away digits, written
so that no cell is taken for a formula.

Read: every cell is text, trimmed, as the person sees it: long numbers, leading zeros, ISO dates,
the cached value of a formula. A row that can't be trusted is set aside with its line and the
reason; all others go on.

Written: Excel for people, since there every text is marked as text. CSV is for programs: digits
stay bare, and only a text that a spreadsheet would run as a formula gets an apostrophe in
front, which `read_table` takes off again.
"""

import csv
import io
import math
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import Refused
from mulin.kit.webtables import largest_table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: The kind of file an Excel workbook is, to a browser.
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What was read of a file that nobody took in is thrown away: it holds what must not lie around.
PREVIEW_LASTS: Final = timedelta(days=7)

Cell = str | Promise | int | float | Decimal | date | time | None
"""What can be written. Amounts are Decimal and stay numbers; moments are told in Shanghai time."""

_REFUSALS: Final[dict[str, Promise]] = {
    # The whole file
    "empty": _("The file is empty."),
    "not_a_table": _(
        "“%(filename)s” is not a table. Save it as an Excel file (.xlsx) or as CSV and choose it again."
    ),
    "web_page": _(
        "“%(filename)s” is a web page under the name of a table."
        " Open it in Excel or WPS, save it as .xlsx and choose it again."
    ),
    "no_columns": _(
        "“%(filename)s” is a text without columns under the name of an Excel file."
        " Save it as an Excel file (.xlsx) or as CSV and choose it again."
    ),
    "locked": _("The file is protected by a password. Save it without one and choose it again."),
    "broken": _("The file is damaged. Save it again in Excel or WPS and choose it again."),
    "too_large": _("The table in the file is too large. Split it into smaller files."),
    "unreadable_text": _(
        "The characters in line %(line)d can't be read. Save the file as .xlsx and choose it again."
    ),
    "no_header": _("The table has no header row. Put the names of the columns in the first row."),
    "duplicate_header": _("Two columns are called “%(name)s”. Give each column a name of its own."),
    "header_in_two_rows": _(
        "The header in line %(line)d has cells merged over two rows. Keep one row of column names."
    ),
    "too_many_rows": _("A table holds at most %(most)d rows. Choose fewer."),
    # One row
    "too_many_cells": _(
        "Line %(line)d has more cells than the header. Perhaps a comma within a cell lacks its"
        " quotation marks."
    ),
    "open_quote": _("Line %(line)d opens a quotation mark that is never closed."),
    "stray_quote": _("Line %(line)d has a quotation mark in the wrong place."),
    "too_long": _("Line %(line)d has a cell that is too long."),
    "digits_lost": _(
        "Line %(line)d has a number of more than 15 digits; Excel has changed its last digits to"
        " zeros. Mark the column as text and type the number again."
    ),
}

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The streams of an OLE file in which Excel and WPS write a workbook.
_OLE_WORKBOOKS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
#: What else begins with letters: PDF, RTF, RAR.
_OTHERS: Final = (b"%PDF", b"{\\rtf", b"Rar!")
_NAMES_OF_WORKBOOKS: Final = (".xlsx", ".xls", ".xlsm", ".et")
#: No text has these.
_CONTROLS: Final = re.compile("[\0-\x08\x0e-\x19]")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MOST_BYTES_UNPACKED: Final = 200 * 1024 * 1024
_MOST_CELLS: Final = 5_000_000
_MOST_ROWS_WRITTEN: Final = 1_048_575  # Excel's limit, less the header
_LONGEST_WRITTEN: Final = 32_767  # characters in a cell of Excel
_EXACT_DIGITS: Final = 15  # of a number in Excel
_EXACT: Final = 10**_EXACT_DIGITS
_TAG: Final = re.compile(rb"<(?:\w+:)?(c|row)\b([^<>]*)>")
_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_LOOK_AHEAD: Final = 10  # rows among which the header is
_DELIMITERS: Final = ",;\t"
#: What people also put between cells; they stand within cells, too, so they must cut every line alike.
_RARE_DELIMITERS: Final = "|，；"
_FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠")
_INVISIBLE: Final = "\ufeff\u200b\u200e\u200f"
_CHUNK: Final = 64 * 1024

_Line = tuple[int, "list[str] | TableRefused"]
_Value = int | float | str | bool | time | date | datetime | timedelta


class TableRefused(Refused):
    """A file, or one line of it, that can't be taken; it belongs beside the field of the file.
    `code` names the reason, `line` the place.
    """

    def __init__(self, code: str, line: int | None = None, **values: str | int) -> None:
        if line is not None:
            values["line"] = line
        super().__init__(_REFUSALS[code], values, field="file")
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read. `rows` can be walked once; `problems` fills up on the way.

    `rows` are (line in the file, text by column). `other_sheets` are sheets of the same workbook
    that hold something and were not read.
    """

    header: list[str]
    rows: Iterator[tuple[int, dict[str, str]]]
    problems: list[TableRefused]
    other_sheets: list[str] = field(default_factory=list)

    def told(
        self, columns: Mapping[str, str], *, most: int,
        besides: Callable[[dict[str, str]], bool] | None = None,
    ) -> Iterator[tuple[int, dict[str, str]]]:  # fmt: skip
        """(line in the file, text by our own name) of each row that says anything. `columns` are
        theirs by our name; rows of which `besides` is true are passed over.

        Raises Refused at `file` when there are more than `most`.
        """
        count = 0
        for number, cells in self.rows:
            ours = {name: cells.get(column, "") for name, column in columns.items()}
            if not any(ours.values()) or (besides is not None and besides(ours)):
                continue
            count += 1
            if count > most:
                raise Refused(
                    _("The table has more than %(most)d lines. Split it into smaller files."),
                    {"most": most},
                    field="file",
                )
            yield number, ours


def read_table(content: bytes, filename: str, *, sheet: str | None = None) -> Table:
    """Read CSV (comma, semicolon or tab; UTF-8, UTF-16 or GB18030), .xlsx, .xls, or a web page.

    What it is, is told from the content: many systems hand out tab-separated text or a web page as
    .xls. Of a page the largest table is read.
    Titles above the header are passed over. Cells merged downwards give each row their value.
    `sheet` names the sheet of a workbook; without it the first visible one that isn't empty is
    read. Raises TableRefused for the file as a whole.
    """
    if not content:
        raise TableRefused("empty")
    if content.startswith((_ZIP, _OLE)):
        return _read_workbook(content, filename, sheet)
    text = _decoded(content, filename)
    if "\0" in text or content.startswith(_OTHERS):
        raise TableRefused("not_a_table", filename=filename)
    beginning = text[:4096].lstrip(_INVISIBLE + " \t\r\n").lower()
    if beginning.startswith("<") and re.search("<(html|table|workbook)", beginning):
        return _page_table(text, filename)
    if beginning.startswith("mime-version:"):
        raise TableRefused("web_page", filename=filename)
    table = _table(_csv_lines(text))
    if len(table.header) == 1 and filename.lower().endswith(_NAMES_OF_WORKBOOKS):
        raise TableRefused("no_columns", filename=filename)
    return table


def _page_table(text: str, filename: str) -> Table:
    try:
        found = largest_table(text, most_cells=_MOST_CELLS)
    except OverflowError:
        raise TableRefused("too_large") from None
    if found is None:
        raise TableRefused("web_page", filename=filename)
    lines = [(n, list(map(_trimmed, row))) for n, row in enumerate(found.rows, start=1)]
    return _table(iter(lines), header_lines=frozenset(top + 1 for top in found.tops))


def write_xlsx(header: Sequence[str | Promise], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An Excel file in which texts are texts, whatever they begin with.

    Numbers too long for Excel become texts. Raises TableRefused when there are too many rows.
    """
    import xlsxwriter  # noqa: PLC0415  8 MB that a process which writes no file does without

    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    # A closed workbook gives its temporary files back, also when a row was refused.
    with workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            time: workbook.add_format({"num_format": "hh:mm:ss"}),
        }
        worksheet = workbook.add_worksheet()
        worksheet.freeze_panes(1, 0)
        for column, name in enumerate(map(str, header)):
            worksheet.set_column(column, column, min(40, max(10, 2 * len(name) + 2)))
            worksheet.write_string(0, column, _fitting(name), bold)
        for number, row in enumerate(rows, start=1):
            if number > _MOST_ROWS_WRITTEN:
                raise TableRefused("too_many_rows", most=_MOST_ROWS_WRITTEN)
            for column, value in enumerate(row):
                _write_cell(worksheet, number, column, value, formats)
    return file.getvalue()


def write_csv(header: Sequence[str | Promise], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same table as CSV in UTF-8 with its mark, in pieces that can be sent as they come."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([guarded(str(name)) for name in header])
    for row in rows:
        writer.writerow([_csv_text(value) for value in row])
        if buffer.tell() >= _CHUNK:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def guarded(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would run it as a formula (CWE-1236).

    Blanks and control characters in front don't help a formula to hide, nor do full-width signs.
    A number written as text is guarded too: pass numbers as numbers.
    """
    return "'" + text if _looks_like_formula(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


def _looks_like_formula(text: str) -> bool:
    # Apostrophes are passed over too: so one more of them can always be told from none.
    first = next((c for c in text if c != "'" and unicodedata.category(c)[0] not in "ZC"), "")
    return first in _FORMULA_STARTS


# --- header and rows --------------------------------------------------------------------------


def _table(
    lines: Iterator[_Line],
    *,
    width: int = 0,
    header_lines: frozenset[int] = frozenset(),
    other_sheets: list[str] | None = None,
) -> Table:
    """`width` counts columns that hold something though the header doesn't name them;
    `header_lines` are lines a merged cell reaches down from.
    """
    filled = (
        (line, cells) for line, cells in lines if isinstance(cells, TableRefused) or any(cells)
    )
    first = list(islice(filled, _LOOK_AHEAD))
    if not first:
        raise TableRefused("no_header")
    place = next((n for n, (_line, cells) in enumerate(first) if _filled(cells) > 1), 0)
    line, cells = first[place]
    if isinstance(cells, TableRefused):
        raise cells
    if line in header_lines:
        raise TableRefused("header_in_two_rows", line)
    names = _column_names(cells, width)
    problems: list[TableRefused] = []
    rest = first[place + 1 :]

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        for source in (rest, filled):
            for line, cells in source:
                if isinstance(cells, TableRefused):
                    problems.append(cells)
                elif any(cells[len(names) :]):
                    problems.append(TableRefused("too_many_cells", line))
                else:
                    padding = [""] * (len(names) - len(cells))
                    yield line, dict(zip(names, cells + padding, strict=False))

    return Table(names, rows(), problems, other_sheets or [])


def _filled(cells: list[str] | TableRefused) -> int:
    return 0 if isinstance(cells, TableRefused) else sum(map(bool, cells))


def _column_names(cells: list[str], width: int) -> list[str]:
    """Unnamed columns go by their letter, as in the spreadsheet."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    cells = cells + [""] * (width - len(cells))
    names = [" ".join(name.split()) or _letter(n) for n, name in enumerate(cells)]
    for name, count in Counter(names).items():
        if count > 1:
            raise TableRefused("duplicate_header", name=name)
    return names


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _trimmed(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip().strip(_INVISIBLE).strip()


# --- CSV --------------------------------------------------------------------------------------


def _decoded(content: bytes, filename: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif (unmarked := _unmarked_utf16(content)) is not None:
        return unmarked
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # GB18030 can make characters of almost anything, of a damaged UTF-8 file too.
            if _is_mostly_utf8(content):
                raise _unreadable(content, error.start) from None
        codec = "gb18030"
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        if _CONTROLS.search(content[:_CHUNK].decode("latin-1")):
            raise TableRefused("not_a_table", filename=filename) from None
        raise _unreadable(content, error.start) from None


def _unmarked_utf16(content: bytes) -> str | None:
    """The text of a file in UTF-16 that lacks its mark: its commas and line ends have a zero, all on
    the same side.
    """
    beginning = content[:_CHUNK]
    zeros = beginning[::2].count(0), beginning[1::2].count(0)
    if min(zeros) > 0 or max(zeros) == 0:
        return None
    try:
        text = content.decode("utf-16-be" if zeros[0] else "utf-16-le")
    except UnicodeDecodeError:
        return None
    return None if _CONTROLS.search(text) else text


def _is_mostly_utf8(content: bytes) -> bool:
    text = content[: 1024 * 1024].decode("utf-8", "replace")
    lost = text.count("\ufffd")
    # GBK taken for UTF-8 is lost nearly whole.
    return lost * 3 < sum(c > "\x7f" for c in text) - lost


def _unreadable(content: bytes, position: int) -> TableRefused:
    return TableRefused("unreadable_text", content.count(b"\n", 0, position) + 1)


def _csv_lines(text: str) -> Iterator[_Line]:
    # Split as csv wants it: at line ends only, not at every character Unicode calls a break.
    physical = list(io.StringIO(text, newline=""))
    start = 0
    if physical and (said := re.fullmatch(r"sep=(.)\s*", physical[0], re.IGNORECASE)):
        # Excel's own note to itself.
        delimiter, start = said[1], 1
    else:
        delimiter = _delimiter_of(physical[:50])
    while start < len(physical):
        offset = begun = start
        reader = csv.reader(
            (physical[n] for n in range(start, len(physical))), delimiter=delimiter, strict=True
        )
        try:
            for cells in reader:
                yield begun + 1, [_trimmed(_unguarded(_trimmed(cell))) for cell in cells]
                begun = offset + reader.line_num
        except csv.Error as error:
            yield begun + 1, TableRefused(_csv_code(str(error)), begun + 1)
            # A quotation mark left open swallows the lines that follow: begin again behind it.
            start = begun + 1
        else:
            return


def _delimiter_of(lines: list[str]) -> str:
    """The mark that cuts the most lines into equally many cells, and then into more cells."""

    def widths_by(delimiter: str) -> Counter[int]:
        return Counter(map(len, csv.reader(lines, delimiter=delimiter)))

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = widths_by(delimiter)
        del widths[1]
        return max(((count, width) for width, count in widths.items() if width), default=(0, 0))

    try:
        best = max(_DELIMITERS, key=agreement)
        if agreement(best) == (0, 0):
            for rare in _RARE_DELIMITERS:
                widths = widths_by(rare).keys() - {0}
                if len(widths) == 1 and widths != {1} and len(lines) > 1:
                    return rare
    except csv.Error:
        return ","
    return best


def _csv_code(said: str) -> str:
    if "field larger" in said:
        return "too_long"
    return "open_quote" if "end of data" in said else "stray_quote"


def _csv_text(value: Cell) -> str:
    if isinstance(value, str | Promise):
        return guarded(str(value))
    return _text_of(value)


# --- Excel ------------------------------------------------------------------------------------


def _read_workbook(content: bytes, filename: str, wanted: str | None) -> Table:
    if content.startswith(_ZIP):
        _check_unpacked(content, filename)
    elif _ENCRYPTED in content:
        raise TableRefused("locked")
    elif not any(name in content for name in _OLE_WORKBOOKS):
        raise TableRefused("not_a_table", filename=filename)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {
            sheet.name: sheet
            for sheet in map(workbook.get_sheet_by_name, _visible_sheets(workbook))
            if sheet.end is not None
        }
    except PasswordError:
        raise TableRefused("locked") from None
    except (CalamineError, OSError, ValueError):
        raise TableRefused("broken") from None
    if not sheets or (wanted is not None and wanted not in sheets):
        raise TableRefused("no_header")
    sheet = sheets.pop(next(iter(sheets)) if wanted is None else wanted)
    merged = sheet.merged_cell_ranges or []
    return _table(
        _sheet_lines(sheet),
        width=sheet.width,
        header_lines=frozenset(
            top + 1 for (top, _left), (bottom, _right) in merged if bottom > top
        ),
        other_sheets=list(sheets),
    )


def _visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def _check_unpacked(content: bytes, filename: str) -> None:
    """Unpack once and look how far the sheets reach, before a reader makes room for all of it.

    One cell in the last corner of a sheet, a file of some kilobytes, makes the reader ask for
    half a terabyte and takes the process down with it.
    """
    left = _MOST_BYTES_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if not any(name.lower() == "xl/workbook.xml" for name in archive.namelist()):
                raise TableRefused("not_a_table", filename=filename)
            for entry in archive.infolist():
                rows = columns = 0
                with archive.open(entry) as part:
                    carried = b""
                    while piece := part.read(min(left + 1, 4 * 1024 * 1024)):
                        left -= len(piece)
                        if left < 0:
                            raise TableRefused("too_large")
                        piece = carried + piece  # a tag may lie across two
                        rows, columns = _reach(piece, rows, columns)
                        carried = piece[piece.rfind(b"<") :][:1024] if b"<" in piece else b""
                if rows * columns > _MOST_CELLS:
                    raise TableRefused("too_large")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError):
        raise TableRefused("broken") from None


def _reach(xml: bytes, rows: int, columns: int) -> tuple[int, int]:
    """How far the cells that hold something reach; formatted empty ones are closed at once."""
    for tag, attributes in _TAG.findall(xml):
        reference = _REFERENCE.search(attributes)
        if reference is None or (tag == b"c" and attributes.endswith(b"/")):
            continue
        rows = max(rows, int(reference[2])) if tag == b"c" else rows
        columns = max(columns, _number_of(reference[1]))
    return rows, columns


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet_lines(sheet: CalamineSheet) -> Iterator[_Line]:
    left_edge = sheet.start[1] if sheet.start else 0
    reaching_down = {
        (top, left - left_edge): bottom
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []
        if bottom > top and left >= left_edge
    }
    tops = {top for top, _left in reaching_down}
    # column → last row the merged cell covers, and its value
    carried: dict[int, tuple[int, str]] = {}
    for number, values in enumerate(sheet.iter_rows()):
        try:
            cells = [_trimmed(_seen(value)) for value in values]
        except _DigitsLost:
            yield number + 1, TableRefused("digits_lost", number + 1)
            continue
        # A row without anything of its own stays blank, even within a merged cell.
        if any(cells):
            for column, (bottom, value) in carried.items():
                if number <= bottom:
                    cells[column] = cells[column] or value
        if number in tops:
            for column, value in enumerate(cells):
                bottom = reaching_down.get((number, column), -1)
                if bottom > number:
                    carried[column] = (bottom, value)
        yield number + 1, cells


class _DigitsLost(Exception):  # noqa: N818  caught where it is raised
    pass


def _seen(value: _Value) -> str:
    """What the person sees in the cell. Raises _DigitsLost for a number Excel couldn't keep."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _text_of(value)
    if abs(value) >= _EXACT:
        raise _DigitsLost
    # As Excel shows it: fifteen digits at most.
    return _text_of(Decimal(format(value, f".{_EXACT_DIGITS}g")))


def _text_of(value: _Value | Decimal | None) -> str:  # noqa: PLR0911  one answer per type
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float() | Decimal():
            # Written out: a program may read 1E-07, a person does not.
            return format(Decimal(str(value)), "f") if math.isfinite(value) else ""
        case datetime():
            local = value.astimezone(SHANGHAI) if value.tzinfo else value
            if local.time() == time():
                return local.date().isoformat()
            return local.strftime("%Y-%m-%d %H:%M:%S")
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _write_cell(
    worksheet: "Worksheet", row: int, column: int, value: Cell, formats: dict[type, "Format"]
) -> None:
    match value:
        case None:
            return
        case bool():
            worksheet.write_boolean(row, column, value)
        case int() | float() | Decimal() if _fits_excel(value):
            worksheet.write_number(row, column, float(value))
        case datetime() if value.year > 1900:  # noqa: PLR2004  Excel's calendar begins there
            local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
            worksheet.write_datetime(row, column, local, formats[datetime])
        case date() if value.year > 1900:  # noqa: PLR2004
            worksheet.write_datetime(row, column, value, formats[date])
        case time():
            worksheet.write_datetime(row, column, value, formats[time])
        case str() | Promise():
            worksheet.write_string(row, column, _fitting(str(value)))
        case _:
            worksheet.write_string(row, column, _text_of(value))


def _fits_excel(value: float | Decimal) -> bool:
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) < _EXACT
    exact = Decimal(value)
    return (
        exact.is_finite()
        and abs(exact) < _EXACT
        and len(exact.normalize().as_tuple().digits) <= _EXACT_DIGITS
    )


def _fitting(text: str) -> str:
    """Excel drops a longer text without a word; half a character would break the file."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= _LONGEST_WRITTEN else whole[: _LONGEST_WRITTEN - 1] + "…"
