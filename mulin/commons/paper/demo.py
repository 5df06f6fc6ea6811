"""Sheets in the demonstration: printed, filled in by invented hands, read, waiting for a look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

import segno
from PIL import Image, ImageDraw, ImageFont

from mulin.commons.paper.actions.readings import finish
from mulin.commons.paper.actions.scans import Incoming, keep_pages, take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.actions.street import send_in
from mulin.commons.paper.models import Reading, Scan, Sheet
from mulin.commons.paper.registry import use_of
from mulin.commons.paper.rules import Matter
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.lifelike import lately
from mulin.kit.paper.definition import (
    FLAT_PX,
    LINE_MM,
    MARKER_MM,
    MARKERS,
    PAGE,
    QR_AT,
    QR_MM,
    Box,
    Form,
    SheetCode,
    pages_of,
)
from mulin.kit.paper.printed import lines_of
from mulin.kit.paper.reading import ReadField, ReadPage
from mulin.kit.paper.typed import form_class_of
from mulin.kit.photos import clean_photo
from mulin.kit.posters import fonts

#: How light paper, print and pen are, 0 to 255; and what the machine says when it is unsure or sure.
_PAPER: Final = 246
_INK: Final = 30
_PEN: Final = 90
_UNSURE: Final = 0.81
_SURE: Final = 0.97


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands on a sheet, and which fields the machine was not sure of."""

    answers: Mapping[str, str]
    unsure: frozenset[str] = frozenset()


_DONE: Final = _Said(
    {
        "words": "车库入口的减速带松了\n半夜车一过哐当响", "place": "南门车库入口", "kind": "repair",
        "contact": "call", "visibility": "named", "name": "吴桂芳", "phone": "13857300417",
    }
)  # fmt: skip
_WAITING: Final = (
    _Said(
        {
            "words": "三楼楼道灯不亮\n晚上走路怕摔", "place": "6幢1单元3楼", "kind": "repair",
            "contact": "door", "visibility": "named", "name": "陈阿毛", "phone": "13857300126",
        },
        frozenset({"words"}),
    ),
    _Said(
        {
            "words": "楼上十一点还在拖凳子\n说过两次了没用", "place": "9幢2单元", "kind": "neighbour",
            "contact": "call", "visibility": "anonymous", "phone": "13857300288",
        },
        frozenset({"kind", "phone"}),
    ),
)  # fmt: skip
_FROM_HOME: Final = _Said(
    {
        "words": "垃圾分类亭没有灯\n晚上看不清投哪个桶", "place": "中心花园东边", "kind": "clean",
        "contact": "message", "visibility": "named", "name": "何小妹", "phone": "13857300533",
    }
)  # fmt: skip


def lay_sheets(*, community: Community, desk: Actor, now: datetime) -> None:
    """Some sheets in every state; nothing where no font can draw them."""
    if fonts() is None:
        return
    use = use_of("DEMAND")
    early = lately(now, hours=3)
    sheets = print_sheets(use, count=10, by=desk, now=early - timedelta(days=2))
    form = use.form
    done, *waiting, from_home, torn = sheets[: len(_WAITING) + 3]
    for sheet, said in ((done, _DONE), *zip(waiting, _WAITING, strict=True)):
        page = _page(form, sheet, said, now)
        (scan,) = take_in([_file(page)], community=community, by=desk, now=early)
        keep_pages(scan, [page], now=early)
    _hand_in(form, _DONE, desk=desk, now=early + timedelta(minutes=4))
    page = _page(form, from_home, _FROM_HOME, now)
    photo = clean_photo(page.sheet)
    receipt = send_in([photo], community=community, by=Actor(community.pk), now=early)
    keep_pages(Scan.objects.get(receipt=receipt), [page], now=early)
    page = _torn(form, torn, now)
    (scan,) = take_in([_file(page)], community=community, by=desk, now=early)
    keep_pages(scan, [page], now=early)


def _file(page: ReadPage) -> Incoming:
    return Incoming(page.sheet, is_pdf=False)


def _hand_in(form: Form, said: _Said, *, desk: Actor, now: datetime) -> None:
    """The desk has looked at the first sheet of the stack."""
    reading = Reading.objects.waiting()[0]
    typed = form_class_of(form)({**said.answers, "words": said.answers["words"].replace("\n", "")})
    if typed.is_valid():
        values = {one.name: typed.cleaned_data[one.name] for one in form.fields}
        names = {one.name for one in form.fields}
        finish(reading, values=values, looked=names, person=None, by=desk, now=now)


def _page(form: Form, sheet: Sheet, said: _Said, now: datetime) -> ReadPage:
    """What the reader would have seen."""
    answers = {**said.answers, "day": local_day(now - timedelta(days=1)).strftime("%Y%m%d")}
    code = SheetCode(form.code, form.version, 1, sheet.serial)
    return ReadPage(
        code=code, trouble="", sheet=_picture(form, code, answers), is_flat=True, of=1,
        fields=tuple(_read(one.name, answers.get(one.name, ""), said) for one in form.fields),
    )  # fmt: skip


def _read(name: str, answer: str, said: _Said) -> ReadField:
    raw = answer.replace("\n", "")
    score = _UNSURE if name in said.unsure else _SURE
    return ReadField(
        name, (raw,) if raw else (), raw, score if raw else 1.0,
        is_sure=name not in said.unsure, is_empty=not raw,
    )  # fmt: skip


def _torn(form: Form, sheet: Sheet, now: datetime) -> ReadPage:
    """A sheet with a corner outside the picture."""
    code = SheetCode(form.code, form.version, 1, sheet.serial)
    whole = Image.open(BytesIO(_picture(form, code, {"words": "健身器材的螺丝松了"})))
    width, height = whole.size
    return ReadPage(
        code, Matter.TORN, _jpeg(whole.crop((0, 0, width, height * 9 // 10))), False, (), of=1
    )


def _picture(form: Form, code: SheetCode, answers: Mapping[str, str]) -> bytes:
    """The sheet as it lies flat, written on; drawn here, since the press may be missing."""
    sheet = Image.new("L", (round(PAGE[0] * FLAT_PX), round(PAGE[1] * FLAT_PX)), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for x, y in MARKERS:
        pen.rectangle(_px(Box(x, y, MARKER_MM, MARKER_MM)), fill=_INK)
    _qr(pen, str(code))
    pen.text(_at(30, 16), form.title, font=_font(46), fill=_INK)
    for placed in pages_of(form)[0].placed:
        answer = answers.get(placed.field.name, "")
        pen.text(_at(placed.label.x, placed.label.y), placed.field.label, font=_font(28), fill=_INK)
        for mark in placed.marks:
            box = mark.box
            pen.rectangle(_px(box), outline=_INK, width=2)
            pen.text(_at(box.x + box.width + 2, box.y), mark.label, font=_font(28), fill=_INK)
            if mark.value == answer:
                ends = [
                    (box.x + 1, box.y + 3.4),
                    (box.x + 2.8, box.y + 5.4),
                    (box.x + 6, box.y + 1),
                ]
                pen.line([_at(*end) for end in ends], fill=_PEN, width=5)
        for number, cell in enumerate(placed.cells):
            pen.rectangle(_px(cell), outline=_INK, width=2)
            pen.text(_at(cell.x + 2.5, cell.y + 1.5), answer[number : number + 1], font=_font(44), fill=_PEN)  # fmt: skip
        if not placed.marks and not placed.cells:
            for line in lines_of(placed.area):
                end = line.y + LINE_MM
                pen.line([_at(line.x, end), _at(line.x + line.width, end)], fill=_INK, width=1)
            pen.text(_at(placed.area.x + 1, placed.area.y + 2.5), answer, font=_font(42), fill=_PEN, spacing=22)  # fmt: skip
    return _jpeg(sheet)


def _qr(pen: ImageDraw.ImageDraw, text: str) -> None:
    matrix = segno.make_qr(text, error="m").matrix
    cell = QR_MM / len(matrix)
    for row, cells in enumerate(matrix):
        for column, is_dark in enumerate(cells):
            if is_dark:
                box = Box(QR_AT[0] + column * cell, QR_AT[1] + row * cell, cell, cell)
                pen.rectangle(_px(box), fill=_INK)


def _at(x: float, y: float) -> tuple[float, float]:
    return x * FLAT_PX, y * FLAT_PX


def _px(box: Box) -> tuple[float, float, float, float]:
    return (*_at(box.x, box.y), *_at(box.x + box.width, box.y + box.height))


def _font(size: int) -> Any:  # Any: what Pillow loads
    found = fonts()
    if found is None:
        raise LookupError("no font with Chinese")
    _heavy, plain, place = found
    return ImageFont.truetype(plain, size, index=place)


def _jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()
