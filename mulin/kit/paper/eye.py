"""The eye: a photographed or scanned sheet in, its boxes and cut-out fields out.

Markers tell where the sheet lies in the picture; it is laid flat, and every field is cut out where
the definition has it. OpenCV, zxing-cpp and pypdfium2 come with the extra `reading` and are loaded
by the reader's process alone (kit/paper/reader.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp

from mulin.kit.paper.definition import (
    BOX_MM,
    FLAT_PX,
    LINE_MM,
    MARKER_MM,
    MARKERS,
    PAGE,
    Box,
    Form,
    Page,
    Placed,
    SheetCode,
    pages_of,
    sheet_code,
)
from mulin.kit.paper.marks import CROOKED_FROM_PX, SMALL_BELOW_PX, Answer, Seen, answer_of

Picture = np.ndarray[Any, np.dtype[Any]]  # Any: how large; the numbers are bytes

PX: Final = FLAT_PX
#: Larger pictures are made smaller first: nothing more is to be seen in them.
MOST_PX: Final = 3_400
#: Where a picture is this long, the markers are looked for in half of it first.
HALVED_FROM_PX: Final = 1_800
PDF_DPI: Final = 200
MOST_PAGES: Final = 200
#: Darker than this share of the paper around it is ink.
INK: Final = 0.80
#: How far a box is looked for around its place, and what of its inside is not measured.
AROUND_MM: Final = 1.0
INSET_MM: Final = 0.9
#: Fewer dark columns than this in a cell are dust, not a digit.
THINNEST_PX: Final = 3
_SIZE: Final = (round(PAGE[0] * PX), round(PAGE[1] * PX))


class Trouble(StrEnum):
    """Why a picture cannot be read as a sheet, or not without a person."""

    NOTHING = "nothing"  # no sheet of ours is in it
    TWO = "two"  # two sheets in one picture
    TORN = "torn"  # a corner is missing or covered
    CROOKED = "crooked"  # the paper is bent: boxes may not be where they should
    SMALL = "small"  # so few pixels that a speck may be a tick
    STRANGE = "strange"  # a form, version or page this house does not know


@dataclass(slots=True)
class CutOut:
    """A field as it was seen: its picture, its lines for the reader of words, its boxes."""

    placed: Placed
    picture: Picture
    lines: list[Picture] = field(default_factory=list)
    answer: Answer | None = None


@dataclass(slots=True)
class Sight:
    """One picture. `code` is None where none was found; `fields` are empty where it lies not flat."""

    code: SheetCode | None = None
    trouble: Trouble | None = None
    flat: Picture | None = None
    fields: list[CutOut] = field(default_factory=list)


def pictures_in(path: Path, *, start: int = 0) -> Iterator[tuple[Picture, int]]:
    """The pictures of a file from number `start` on, a photo or each page of a scanner's PDF, each
    with how many there are in all. Raises ValueError.
    """
    if path.read_bytes()[:5] == b"%PDF-":
        yield from _pdf_pages(path, start)
        return
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)  # turned upright as the camera noted
    if picture is None:
        raise ValueError("no picture")
    if start == 0:
        yield _smaller(picture), 1


def _pdf_pages(path: Path, start: int) -> Iterator[tuple[Picture, int]]:
    import pypdfium2  # noqa: PLC0415  photos do without it

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ValueError("no PDF that opens") from error
    count = min(len(document), MOST_PAGES)
    for number in range(start, count):
        page = document[number]
        scale = min(PDF_DPI / 72, MOST_PX / max(page.get_size()))
        shown = page.render(scale=scale, rev_byteorder=False).to_numpy()
        yield _smaller(np.ascontiguousarray(shown[:, :, :3])), count


def _smaller(picture: Picture) -> Picture:
    longest = max(picture.shape[:2])
    if longest <= MOST_PX:
        return picture
    factor = MOST_PX / longest
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def look_at(picture: Picture, known: dict[tuple[str, int], Form]) -> Sight:
    """What is on one picture. `known` are the definitions by code and version."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    codes = _codes(grey)
    corners, is_double = _markers(grey)
    if len(codes) > 1 or is_double:
        return Sight(trouble=Trouble.TWO)
    code = codes.pop() if codes else None
    if code is None and not corners:
        return Sight(trouble=Trouble.NOTHING)
    if len(corners) < len(MARKERS):
        return Sight(code=code, trouble=Trouble.TORN if code else Trouble.NOTHING)
    flat, error = _flattened(picture, corners)
    if code is None:  # once more, now that it lies flat and upright
        found = _codes(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY))
        code = found.pop() if len(found) == 1 else None
    if code is None:
        return Sight(trouble=Trouble.NOTHING, flat=flat)
    form = known.get((code.form, code.version))
    page = next((one for one in pages_of(form) if one.number == code.page), None) if form else None
    if page is None:
        return Sight(code=code, trouble=Trouble.STRANGE, flat=flat)
    trouble = Trouble.CROOKED if error > CROOKED_FROM_PX else None
    if _sharpness(corners) < SMALL_BELOW_PX:
        trouble = Trouble.SMALL
    return Sight(code, trouble, flat, list(_cut_out(flat, page, is_doubtful=trouble is not None)))


def _sharpness(corners: dict[int, Picture]) -> float:
    """Pixels a millimetre of the sheet in the photo, where it is farthest away."""
    sides = [np.linalg.norm(np.roll(one, 1, axis=0) - one, axis=1) for one in corners.values()]
    return float(np.min(sides)) / MARKER_MM


def _codes(grey: Picture) -> set[SheetCode]:
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    codes = (sheet_code(one.text) for one in found)
    return {code for code in codes if code is not None}


def _markers(grey: Picture) -> tuple[dict[int, Picture], bool]:
    """The corners of each marker by its id, and whether one of them is there twice.

    Most photos show them at half their size as well, in a third of the time.
    """
    if max(grey.shape) >= HALVED_FROM_PX:
        half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        corners, is_double = _markers_at(half)
        if is_double:
            return {}, True
        if len(corners) == len(MARKERS):
            # A pixel's middle is half a pixel from its edge, in either picture.
            return {number: found * 2 + 0.5 for number, found in corners.items()}, False
    return _markers_at(grey)


def _markers_at(grey: Picture) -> tuple[dict[int, Picture], bool]:
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _rejected = cv2.aruco.ArucoDetector(known, settings).detectMarkers(grey)
    found: dict[int, Picture] = {}
    is_double = False
    for corner, number in zip(corners, np.ravel(ids) if len(corners) else (), strict=True):
        if int(number) >= len(MARKERS):
            continue
        is_double = is_double or int(number) in found
        found[int(number)] = corner.reshape(4, 2)
    return found, is_double


def _flattened(picture: Picture, corners: dict[int, Picture]) -> tuple[Picture, float]:
    """The sheet as if scanned, and how far the corners of the markers lie from those of a flat sheet,
    in pixels: the median of the sixteen.
    """
    seen, meant = [], []
    for number, (x, y) in enumerate(MARKERS):
        seen.append(corners[number])
        square = [(0, 0), (MARKER_MM, 0), (MARKER_MM, MARKER_MM), (0, MARKER_MM)]
        meant.append([((x + dx) * PX, (y + dy) * PX) for dx, dy in square])
    points = np.concatenate(seen).astype(np.float64)
    places = np.concatenate([np.array(one) for one in meant]).astype(np.float64)
    turn, _used = cv2.findHomography(points, places)
    again = cv2.perspectiveTransform(points[None], turn)[0]
    error = float(np.median(np.linalg.norm(again - places, axis=1)))
    flat = cv2.warpPerspective(
        picture, turn, _SIZE, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return flat, error


def _cut_out(flat: Picture, page: Page, *, is_doubtful: bool) -> Iterator[CutOut]:
    paper = _even(flat)
    for placed in page.placed:
        picture = _crop(flat, placed.area, 2.0)
        if placed.marks:
            seen = {mark.value: _seen(paper, mark.box) for mark in placed.marks}
            answer = answer_of(placed.field, seen)
            if is_doubtful:
                answer = Answer(answer.values, is_sure=False)
            yield CutOut(placed, picture, answer=answer)
        elif placed.cells:
            yield CutOut(placed, picture, lines=_together(paper, placed.cells))
        else:
            yield CutOut(placed, picture, lines=list(_written(flat, paper, placed.area)))


def _even(flat: Picture) -> Picture:
    """The sheet as if lit evenly: 255 is paper, whatever shadow fell on it."""
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), 5)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(grey, np.maximum(ground, 1), scale=255)


def _crop(picture: Picture, box: Box, around: float = 0.0) -> Picture:
    top, bottom = round((box.y - around) * PX), round((box.y + box.height + around) * PX)
    left, right = round((box.x - around) * PX), round((box.x + box.width + around) * PX)
    height, width = picture.shape[:2]
    return picture[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]


def _seen(paper: Picture, box: Box) -> Seen:
    """A box where its frame is really seen, a little beside its place if need be."""
    dark = (_crop(paper, box, AROUND_MM + 0.5) < INK * 255).astype(np.uint8)
    side, wall, inset = round(BOX_MM * PX), 3, round(INSET_MM * PX)
    total = cv2.integral(dark)
    down, across = dark.shape[0] - side + 1, dark.shape[1] - side + 1

    def share(x: int, y: int, width: int, height: int) -> Any:  # Any: an array for every shift
        def corner(row: int, column: int) -> Any:
            return total[row : row + down, column : column + across]

        inked = corner(y + height, x + width) - corner(y, x + width)
        return (inked - corner(y + height, x) + corner(y, x)) / (width * height)

    far = side - wall
    walls = np.stack(
        [share(0, 0, side, wall), share(0, far, side, wall), share(0, 0, wall, side), share(far, 0, wall, side)]
    )  # fmt: skip
    best = np.unravel_index(np.argmax(walls.sum(axis=0)), (down, across))
    inside = share(inset, inset, side - 2 * inset, side - 2 * inset)
    return Seen(ink=float(inside[best]), frame=float(walls.min(axis=0)[best]))


def _together(paper: Picture, cells: tuple[Box, ...]) -> list[Picture]:
    """What was written into cells, moved together into one line without their frames."""
    parts = []
    for cell in cells:
        inside = Box(cell.x + 0.9, cell.y + 0.9, cell.width - 1.8, cell.height - 1.8)
        cut = _crop(paper, inside)
        columns = np.flatnonzero((cut < INK * 255).sum(axis=0) > 1)
        if len(columns) < THINNEST_PX:
            continue
        left, right = max(columns[0] - 4, 0), min(columns[-1] + 5, cut.shape[1])
        parts.append(cut[:, left:right])
    if not parts:
        return []
    line = np.concatenate(parts, axis=1)
    return [cv2.copyMakeBorder(line, 8, 8, 12, 12, cv2.BORDER_CONSTANT, value=255)]


def _written(flat: Picture, paper: Picture, area: Box) -> Iterator[Picture]:
    """The lines of a field on which something is written."""
    for n in range(round(area.height / LINE_MM)):
        line = Box(area.x, area.y + n * LINE_MM, area.width, LINE_MM)
        above_the_rule = Box(line.x + 0.5, line.y + 0.8, line.width - 1, line.height - 1.8)
        dark = _crop(paper, above_the_rule) < INK * 255
        columns = np.flatnonzero(dark.sum(axis=0) > 1)
        if len(columns) < PX:  # a speck is no word
            continue
        cut = _crop(flat, Box(line.x - 1, line.y - 0.8, line.width + 2, line.height + 0.6))
        yield cut[:, : min(int(columns[-1]) + 6 * PX, cut.shape[1])]
