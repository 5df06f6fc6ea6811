"""Sheets printed by the press and filled in by a hand: ticks, and words in a font."""

import os
import tempfile
from io import BytesIO
from pathlib import Path
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mulin.commons.paper.models import Sheet
from mulin.commons.paper.registry import ABOUT, Taken
from mulin.kit.paper.definition import LINE_MM, Form, pages_of
from mulin.kit.paper.printed import sheet_context
from mulin.kit.paper.printing import pdf_of
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of, text_of
from tests.support.hardphotos import ORDINARY, PX, drawn, photographed, tick

FONTS = Path(os.environ.get("BENCH_FONTS", "/usr/share/fonts"))
#: Two fonts drawn by hand, a Kai and a Song: the file, the face in it, Debian's package that has it.
#: All are neater than a hurried hand: see docs/paper.md.
HANDS = {
    "Seto, drawn by hand": ("truetype/seto/setofont.ttf", 0, "fonts-seto"),
    "LXGW WenKai, drawn by pencil": (
        "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0, "fonts-lxgw-wenkai",
    ),
    "AR PL UKai, a Kai": ("truetype/arphic/ukai.ttc", 0, "fonts-arphic-ukai"),
    "Noto Serif, a Song": ("opentype/noto/NotoSerifCJK-Regular.ttc", 2, "fonts-noto-cjk"),
}  # fmt: skip
WHOSE = {"community": {"name": "新街社区", "phone": "0573-86021234"}}
_SIZE = 44


def printed(form: Form, serial: str) -> bytes:
    """The PDF of one sheet."""
    return pdf_of("kit/form_sheet.html", sheet_context(form, [serial]) | WHOSE)


def written(blank: np.ndarray, form: Form, answers: dict, *, font=None, seed="hand") -> np.ndarray:
    """The sheet with these answers: words by their field, boxes by the value ticked."""
    wobble = Random(seed)
    sheet = blank.copy()
    page = pages_of(form)[0]
    for placed in page.placed:
        answer = answers.get(placed.field.name)
        for mark in placed.marks:
            if answer is not None and mark.value in (
                answer if isinstance(answer, list) else [answer]
            ):
                tick(sheet, mark.box, wobble)
    picture = Image.fromarray(sheet)
    pen = ImageDraw.Draw(picture)
    face = font or hand("Noto Serif, a Song")
    for placed in page.placed:
        answer = answers.get(placed.field.name)
        if not answer or placed.marks:
            continue
        if placed.cells:
            for cell, character in zip(placed.cells, answer, strict=False):
                pen.text((cell.x * PX + 18, cell.y * PX + 10), character, font=face, fill=40)
            continue
        for number, line in enumerate(str(answer).split("\n")):
            y = placed.area.y + number * LINE_MM
            pen.text((placed.area.x * PX + 12, y * PX + 10), line, font=face, fill=40)
    return np.array(picture)


def hand(name: str) -> ImageFont.FreeTypeFont | None:
    """One of HANDS to write with; None where its package is not installed."""
    file, index, _package = HANDS[name]
    path = FONTS / file
    return ImageFont.truetype(str(path), _SIZE, index=index) if path.exists() else None


def jpeg(picture: np.ndarray) -> bytes:
    """The picture as a phone sends it."""
    done, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done
    return packed.tobytes()


def photo(sheet: np.ndarray, light, seed="camera") -> bytes:
    """The sheet on a table, photographed."""
    return jpeg(photographed(sheet, light, Random(seed)))


def scanned(*pages: np.ndarray) -> bytes:
    """What a scanner makes of several sheets: one PDF."""
    pictures = [Image.fromarray(page) for page in pages]
    out = BytesIO()
    pictures[0].save(out, "PDF", resolution=200, save_all=True, append_images=pictures[1:])
    return out.getvalue()


def read_back(form: Form, answers: dict) -> dict:
    """The form printed, filled in with these answers, photographed and read, as its typed form cleans
    what was read: what the room is given when somebody has looked at it.
    """
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "photo.jpg")
        path.write_bytes(photo(written(blank_of(form, "ABCDEFGHJK"), form, answers), ORDINARY))
        (page,) = reader.pages(path)
    read = {one.name: one.values for one in page.fields}
    typed = form_class_of(form)({one.name: text_of(one, read[one.name]) for one in form.fields})
    assert typed.is_valid(), typed.errors
    return {one.name: typed.cleaned_data[one.name] for one in form.fields}


def said_on(sheet: Sheet, values: dict) -> Taken:
    """What a room is given of a sheet when somebody has looked at it."""
    rows = dict(sheet.rows)
    about = rows.pop(ABOUT, "")
    return Taken(values, sheet=sheet, about=about, rows=rows)


def blank_of(form: Form, serial: str) -> np.ndarray:
    """An empty sheet as a scanner sees it."""
    return drawn(printed(form, serial))
