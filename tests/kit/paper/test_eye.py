"""The eye on hard photos: which sheet, lying how, and what is ticked on it."""

from random import Random

import cv2
import numpy as np
import pytest

from mulin.kit.paper.definition import Choice, Field, Form, Kind, pages_of
from mulin.kit.paper.eye import PX, Trouble, look_at, pictures_in
from mulin.kit.paper.printed import _MARKER_CELLS
from tests.support.filledin import blank_of, scanned
from tests.support.hardphotos import CARELESS, DPI, ORDINARY, mark, photographed

pytestmark = pytest.mark.once

FORM = Form(
    "BOXES", 1, "格子",
    tuple(
        Field(f"q{i}", f"第{i}题", Kind.MANY, tuple(Choice(str(j), f"选{j}") for j in range(6)))
        for i in range(9)
    ),
)  # fmt: skip
KNOWN = {("BOXES", 1): FORM}
SERIAL = "ABCDEFGHJK"
SHEET_PX = DPI / 25.4


@pytest.fixture(scope="module")
def blank():
    return blank_of(FORM, SERIAL)


@pytest.fixture(scope="module")
def photo(blank):
    return photographed(blank, ORDINARY, Random("photo"))


def test_the_printed_markers_are_those_that_are_looked_for():
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, cells in enumerate(_MARKER_CELLS):
        picture = cv2.aruco.generateImageMarker(known, number, 6)
        assert ["".join("1" if one == 0 else "0" for one in row) for row in picture] == list(cells)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_sheet_is_read_whichever_way_it_lies(photo, turns):
    sight = look_at(np.ascontiguousarray(np.rot90(photo, turns)), KNOWN)
    assert (sight.code.serial, sight.trouble, len(sight.fields)) == (SERIAL, None, 9)
    assert all(one.answer.is_sure and one.answer.values == () for one in sight.fields)


def test_a_corner_that_is_missing_is_told(photo, blank):
    torn = blank.copy()
    torn[-round(40 * SHEET_PX) :, : round(40 * SHEET_PX)] = 110
    sight = look_at(photographed(torn, ORDINARY, Random("torn")), KNOWN)
    assert (sight.code.serial, sight.trouble, sight.fields) == (SERIAL, Trouble.TORN, [])


def test_two_sheets_in_one_picture_are_told(blank):
    two = np.concatenate([blank, blank_of(FORM, "KJHGFEDCBA")], axis=1)
    assert look_at(cv2.cvtColor(two, cv2.COLOR_GRAY2BGR), KNOWN).trouble == Trouble.TWO


def test_what_is_no_sheet_of_ours_is_told(blank):
    assert look_at(np.full((800, 600, 3), 200, np.uint8), KNOWN).trouble == Trouble.NOTHING
    other = blank.copy()
    other[: round(45 * SHEET_PX), round(140 * SHEET_PX) : round(182 * SHEET_PX)] = 255  # no code
    colour = cv2.cvtColor(other, cv2.COLOR_GRAY2BGR)
    assert look_at(colour, KNOWN).trouble == Trouble.NOTHING


def test_a_version_that_was_never_printed_is_told(photo):
    sight = look_at(photo, {("BOXES", 2): FORM})
    assert (sight.code.version, sight.trouble, sight.fields) == (1, Trouble.STRANGE, [])


def test_bent_paper_is_never_sure(blank):
    height, width = blank.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = 9 * SHEET_PX * np.sin(across / width * np.pi) * (down / height)
    bent = cv2.remap(blank, across, down + bend - 4, cv2.INTER_LINEAR, borderValue=255)
    sheet = photographed(bent, ORDINARY, Random("bent"))
    sight = look_at(sheet, KNOWN)
    assert sight.trouble == Trouble.CROOKED
    assert not any(one.answer.is_sure for one in sight.fields)


def test_a_photo_that_a_chat_has_shrunk_too_far_is_never_sure(photo):
    small = cv2.resize(photo, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    sight = look_at(small, KNOWN)
    assert sight.trouble == Trouble.SMALL
    assert not any(one.answer.is_sure for one in sight.fields)
    half = cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert look_at(half, KNOWN).trouble is None


def test_a_scanners_pdf_with_pages_any_way_up_is_read(blank, tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(blank, np.rot90(blank, 2), np.full_like(blank, 255), np.rot90(blank)))
    found = [(look_at(picture, KNOWN).trouble, count) for picture, count in pictures_in(path)]
    assert found == [(None, 4), (None, 4), (Trouble.NOTHING, 4), (None, 4)]
    assert len(list(pictures_in(path, start=3))) == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-nothing", b"\xff\xd8\xffbroken"])
def test_what_does_not_open_is_said(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"no (picture|PDF that opens)"):
        list(pictures_in(path))


@pytest.mark.parametrize(("name", "light"), [("ordinary", ORDINARY), ("careless", CARELESS)])
def test_no_box_is_read_wrongly_and_few_pages_need_a_person(blank, name, light):
    """864 boxes; `python -m bench.reading` reads 9,600 and the bad photos (docs/paper.md)."""
    wrong, needless, plain = [], 0, 0
    page = pages_of(FORM)[0]
    for seed in range(8):
        hand, sheet, truth = Random(f"{name}{seed}"), blank.copy(), {}
        for placed in page.placed:
            for box in placed.marks:
                meaning = mark(sheet, box.box, hand) if hand.random() < 0.4 else False
                truth[placed.field.name, box.value] = meaning
        sight = look_at(photographed(sheet, light, hand), KNOWN)
        for one in sight.fields:
            for value in (str(j) for j in range(6)):
                meant = truth[one.placed.field.name, value]
                read = value in one.answer.values
                if one.answer.is_sure and meant is not None and read != meant:
                    wrong.append((seed, one.placed.field.name, value))
            odd = any(truth[one.placed.field.name, str(j)] is None for j in range(6))
            plain += not odd
            needless += not odd and not one.answer.is_sure
        assert sight.fields
    assert wrong == []
    assert needless <= 0.02 * plain


def test_pixels_of_a_flat_sheet_are_those_the_pieces_are_cut_by(photo):
    flat = look_at(photo, KNOWN).flat
    assert flat.shape[:2] == (297 * PX, 210 * PX)
