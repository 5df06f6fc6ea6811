"""A picture for a chat group: large words and a code to scan, in the colours of the house.

A phone shows it whole, and it still reads when it has been passed on three times. It is drawn
here, not photographed from a page: no browser stands on a community's server.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings

WIDTH, HEIGHT = 1080, 1440
_EDGE: Final = 84
_PAPER, _CARD, _INK, _SOFT, _LINE, _PERSIMMON = (
    "#FBF8F3", "#FFFFFF", "#23201B", "#6A6358", "#E6DFD3", "#B8431E",
)  # fmt: skip
_TITLE_SIZES: Final = (84, 72, 60)
_MOST_TITLE_LINES: Final = 3
_CODE: Final = 300
_FOOT: Final = 420
#: What may not begin a line.
_NOT_FIRST: Final = frozenset("，。、；：？！）】》”’…,.;:?!)]%")

#: Where systems keep a font with Chinese, heavy and plain; in a collection, which one of it.
_FONTS: Final = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-{}.ttc", "Bold", "Regular", 2),
    ("/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-{}.otf", "Bold", "Regular", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-{}.ttc", "zenhei", "zenhei", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-{}.ttc", "microhei", "microhei", 0),
)


class FontMissing(Exception):  # noqa: N818  states what is so
    """No font with Chinese is installed: the picture would be empty squares."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What the picture says. `url` is what its code opens, `scan` the words beside it."""

    community: str
    title: str
    lines: Sequence[str]
    url: str
    scan: str
    phone: str


def fonts() -> tuple[str, str, int] | None:
    """A heavy and a plain font with Chinese, and its place in the file; None if there is none."""
    if settings.MULIN_FONT:
        return settings.MULIN_FONT, settings.MULIN_FONT, 0
    for pattern, heavy, plain, place in _FONTS:
        found = pattern.format(heavy), pattern.format(plain)
        if all(Path(path).exists() for path in found):
            return *found, place
    return None


def png(poster: Poster) -> bytes:
    """The picture. Raises FontMissing."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  drawing is for the few who make a picture

    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    _eaves(pen)
    pen.text((_EDGE, 96), poster.community, font=_font(40, heavy=True), fill=_PERSIMMON)
    down = _title(pen, poster.title, top=196)
    _words(pen, poster.lines, top=down + 40, bottom=HEIGHT - _FOOT - 40)
    _foot(pen, poster)
    content = BytesIO()
    # Few colours: a fifth of the size, which a village's network thanks for.
    picture.quantize(64).save(content, "PNG", optimize=True)
    return content.getvalue()


def wrapped(text: str, *, width: float, measure: Any) -> Iterator[str]:
    """Lines no wider than this; a mark that ends a phrase never begins one."""
    line = ""
    for letter in text:
        if letter == "\n" or (
            line and measure(line + letter) > width and letter not in _NOT_FIRST
        ):  # fmt: skip
            yield line
            line = ""
        if letter != "\n" and (line or not letter.isspace()):
            line += letter
    if line:
        yield line


@cache
def _font(size: int, *, heavy: bool = False) -> Any:
    from PIL import ImageFont  # noqa: PLC0415  as above

    found = fonts()
    if found is None:
        raise FontMissing
    path = found[0] if heavy else found[1]
    return ImageFont.truetype(path, size, index=found[2], layout_engine=ImageFont.Layout.BASIC)


def _eaves(pen: Any) -> None:
    """The edge of the roof under which all of this stands."""
    pen.rectangle((0, 0, WIDTH, 28), fill=_PERSIMMON)
    step = WIDTH // 18
    for left in range(0, WIDTH, step):
        pen.ellipse((left, 10, left + step, 10 + step * 0.6), fill=_PERSIMMON)


def _title(pen: Any, title: str, *, top: int) -> int:
    width = WIDTH - 2 * _EDGE
    for size in _TITLE_SIZES:
        font = _font(size, heavy=True)
        lines = list(wrapped(title, width=width, measure=font.getlength))
        if len(lines) <= _MOST_TITLE_LINES:
            break
    for line in _cut(lines, _MOST_TITLE_LINES):
        pen.text((_EDGE, top), line, font=font, fill=_INK)
        top += round(size * 1.35)
    return top


def _words(pen: Any, texts: Sequence[str], *, top: int, bottom: int) -> None:
    font, height = _font(44), 68
    pen.line((_EDGE, top - 16, WIDTH - _EDGE, top - 16), fill=_LINE, width=3)
    for text in texts:
        lines = list(wrapped(text, width=WIDTH - 2 * _EDGE, measure=font.getlength))
        room = max((bottom - top) // height, 0)
        for line in _cut(lines, room):
            pen.text((_EDGE, top), line, font=font, fill=_INK)
            top += height
        top += height // 3


def _cut(lines: Sequence[str], most: int) -> Sequence[str]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[most - 1][:-1] + "…"] if most else []


def _foot(pen: Any, poster: Poster) -> None:
    top = HEIGHT - _FOOT
    pen.rounded_rectangle(
        (_EDGE - 24, top, WIDTH - _EDGE + 24, HEIGHT - 60), radius=28, fill=_CARD, outline=_LINE,
        width=3,
    )  # fmt: skip
    left, code_top = WIDTH - _EDGE - _CODE - 8, top + 30
    _code(pen, poster.url, left=left, top=code_top)
    width = left - _EDGE - 24
    down = top + 56
    for text, size, heavy, ink in (
        (poster.scan, 46, True, _INK),
        (poster.phone, 56, True, _PERSIMMON),
    ):
        font = _font(size, heavy=heavy)
        for line in wrapped(text, width=width, measure=font.getlength):
            pen.text((_EDGE + 12, down), line, font=font, fill=ink)
            down += round(size * 1.4)
        down += 26


def _code(pen: Any, url: str, *, left: int, top: int) -> None:
    rows = [list(row) for row in segno.make_qr(url, error="m").matrix]
    size = _CODE // len(rows)
    left, top = (start + (_CODE - size * len(rows)) // 2 for start in (left, top))
    for down, row in enumerate(rows):
        for right, is_dark in enumerate(row):
            if is_dark:
                x, y = left + right * size, top + down * size
                pen.rectangle((x, y, x + size - 1, y + size - 1), fill="black")
