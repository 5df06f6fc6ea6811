"""A community whose desk has printed slips, and slips as people fill them in."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from mulin.commons.paper.actions.scans import Incoming, keep_page, read_waiting, take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import Reading, Scan
from mulin.commons.paper.registry import use_of
from mulin.commons.paper.rules import ScanState
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import open_reader
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

SERIAL = "ABCDEFGHJK"
ANSWERS = {
    "words": "三楼楼道灯不亮\n晚上走路怕摔",
    "place": "12幢1单元3楼",
    "kind": "repair",
    "contact": "door",
    "visibility": "named",
    "name": "王秀英",
    "phone": "13857301234",
    "day": "20261124",
}
OTHER = ANSWERS | {"words": "垃圾没有人收", "kind": "clean", "phone": "13857309999"}


@pytest.fixture
def slip(cast):
    """The demand sheet of reception, whose community has its categories."""
    with in_community(cast.xinjie):
        open_reception(by=cast.zhou.actor, now=NOW)
        yield use_of("DEMAND")


@pytest.fixture(scope="session")
def seen():
    """What the reader sees on photos of filled-in slips, each read once: `seen(answers, seed)`."""
    form, pages = use_of("DEMAND").form, {}
    shots = [(ANSWERS, "camera"), (ANSWERS, "another"), (OTHER, "camera")]
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        for answers, seed in shots:
            path = Path(folder, "photo.jpg")
            sheet = written(blank_of(form, SERIAL), form, answers)
            path.write_bytes(photo(sheet, ORDINARY, seed))
            (pages[answers["words"], seed],) = reader.pages(path)

    def page(serial, answers=ANSWERS, seed="camera"):
        found = pages[answers["words"], seed]
        return replace(found, code=SheetCode(form.code, form.version, 1, serial))

    return page


@pytest.fixture
def photographed(cast):
    """Put pages that the reader has seen where a photo of them would have come."""

    def kept(*pages, by=None):
        who = by or cast.chen
        files = [Incoming(page.sheet, is_pdf=False) for page in pages]
        scans = take_in(files, community=who.community, by=who.actor, now=NOW)
        for scan, page in zip(scans, pages, strict=True):
            keep_page(scan, page, now=NOW)
        Scan.objects.update(state=ScanState.READ)
        return list(Reading.objects.filter(scan__in=scans).select_related("version", "scan"))

    return kept


@pytest.fixture
def read_really(cast):
    """Take files in and have them read by the reader itself; gives their readings."""

    def read(*contents, is_pdf=False):
        files = [
            Incoming(one if is_pdf else clean_photo(one, longest_px=3400).content, is_pdf)
            for one in contents
        ]
        scans = take_in(files, community=cast.xinjie, by=cast.chen.actor, now=NOW)
        read_waiting(cast.xinjie, now=NOW)
        return list(Reading.objects.filter(scan__in=scans).select_related("version", "scan"))

    return read


@pytest.fixture
def fresh(cast, slip):
    """Serials of freshly printed slips."""

    def serials(count=1):
        sheets = print_sheets(slip, count=count, by=cast.chen.actor, now=NOW)
        return [sheet.serial for sheet in sheets]

    return serials
