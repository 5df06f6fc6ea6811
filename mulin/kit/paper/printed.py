"""A form as a sheet of paper: each field, box, marker and code where the definition places it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from math import ceil
from typing import Any, Final

import segno
from django.utils.safestring import SafeString, mark_safe

from mulin.kit.paper.definition import (
    LINE_MM,
    MARKER_MM,
    MARKERS,
    QR_AT,
    QR_MM,
    Box,
    Form,
    Page,
    SheetCode,
    pages_of,
)

#: ArUco DICT_4X4_50, ids 0 to 3: six by six cells, 1 is black.
_MARKER_CELLS: Final = (
    ("111111", "101001", "110101", "111001", "111011", "111111"),
    ("111111", "111111", "100001", "101101", "101011", "111111"),
    ("111111", "111001", "111001", "111011", "100101", "111111"),
    ("111111", "101101", "101101", "110111", "110011", "111111"),
)
#: Of what a sheet is about, in the size of the words under the title.
_ABOUT_CHARACTERS: Final = 52
#: Over the first line stands the head: its height, and of community, title, what it is about and the
#: words below it each how many characters a line holds and how high it is (paper.css).
_HEAD_MM: Final = 33.5
_WHOSE_MM: Final = 5.3
_TITLE, _ABOUT, _UNDER = (14, 9.8), (25, 5.8), (27, 5.3)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One side as the template draws it."""

    form: Form
    page: Page
    code: SheetCode
    qr: SafeString
    of: int
    words: Mapping[str, str] = field(default_factory=dict)
    about: str = ""

    @property
    def is_tight(self) -> bool:
        """Whether the head is set smaller, so that it does not run into what stands below it."""
        under = "" if self.is_about_much else self.form.under
        said = ((self.form.title, _TITLE), (self.about, _ABOUT), (under, _UNDER))
        height = sum(ceil(len(words) / a_line) * high for words, (a_line, high) in said)
        return _WHOSE_MM + height > _HEAD_MM

    @property
    def is_about_much(self) -> bool:
        """Whether what it is about takes the room of the words under the title, too."""
        return len(self.about) > _ABOUT_CHARACTERS


def printed_pages(
    form: Form, serial: str, words: Mapping[str, str] | None = None, about: str = ""
) -> list[PrintedPage]:
    """The sides of one sheet, each with its own code; `words` are those of its rows, `about` the
    thing it is about.
    """
    pages = pages_of(form)
    code = SheetCode(form.code, form.version, 1, serial)
    return [
        PrintedPage(form, page, here := replace(code, page=page.number), _qr(str(here)), len(pages),
                    words or {}, about)
        for page in pages
    ]  # fmt: skip


def sheet_context(
    form: Form, serials: list[str], words: Mapping[str, Mapping[str, str]] | None = None,
    about: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip  # Any: values of a template
    """What `kit/form_sheet.html` draws: one sheet for each serial; `words` are those of the rows of
    a list, by serial and field, `about` what a sheet is about, by serial.
    """
    said, of = words or {}, about or {}
    sides = [
        side for one in serials for side in printed_pages(form, one, said.get(one), of.get(one, ""))
    ]
    markers = [
        (style_of(Box(x, y, MARKER_MM, MARKER_MM)), _marker(cells))
        for (x, y), cells in zip(MARKERS, _MARKER_CELLS, strict=True)
    ]
    qr_style = style_of(Box(*QR_AT, QR_MM, QR_MM))
    return {"form": form, "sides": sides, "markers": markers, "qr_style": qr_style}


def style_of(box: Box) -> str:
    """Where a rectangle stands, as CSS."""
    return f"left:{box.x:.2f}mm;top:{box.y:.2f}mm;width:{box.width:.2f}mm;height:{box.height:.2f}mm"


def lines_of(area: Box) -> list[Box]:
    """The lines to write on, from top to bottom; of the last one, the foot is the field's."""
    count = round(area.height / LINE_MM)
    return [Box(area.x, area.y + n * LINE_MM, area.width, LINE_MM) for n in range(count)]


def _qr(text: str) -> SafeString:
    out = BytesIO()
    segno.make_qr(text, error="m").save(
        out, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True, svgclass=None, lineclass=None
    )  # fmt: skip
    return mark_safe(out.getvalue().decode("ascii"))  # noqa: S308  drawn by segno from a code of ours


def _marker(cells: tuple[str, ...]) -> SafeString:
    squares = "".join(
        f'<rect x="{x}" y="{y}" width="1.01" height="1.01"/>'
        for y, row in enumerate(cells)
        for x, cell in enumerate(row)
        if cell == "1"
    )
    return mark_safe(  # noqa: S308  the constants above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 6" shape-rendering="crispEdges">{squares}</svg>'
    )
