"""A community whose desk has printed slips, and slips as people fill them in."""

import pytest

from mulin.commons.paper.actions.scans import Incoming, read_scan, take_in
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import Reading, Scan
from mulin.commons.paper.registry import use_of
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

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
    """The slip of reception, whose community has its categories."""
    with in_community(cast.xinjie):
        open_reception(by=cast.zhou.actor, now=NOW)
        yield use_of("DEMAND")


@pytest.fixture(scope="session")
def photos():
    """Photos of filled-in slips, each drawn once: `photos(serial, answers)`."""
    made = {}

    def photographed(form, serial, answers, seed="camera"):
        key = (serial, str(answers), seed)
        if key not in made:
            sheet = written(blank_of(form, serial), form, answers)
            made[key] = photo(sheet, ORDINARY, seed)
        return made[key]

    return photographed


@pytest.fixture
def hand_in(cast, photos):
    """Take photos in and have them read by the reader; gives their readings."""

    def taken(*contents, by=None, is_pdf=False):
        actor = (by or cast.chen).actor
        community = (by or cast.chen).community
        files = [
            Incoming(content if is_pdf else clean_photo(content, longest_px=3400).content, is_pdf)
            for content in contents
        ]
        scans = take_in(files, community=community, by=actor, now=NOW)
        for scan in scans:
            read_scan(scan.pk, community=community, now=NOW)
        return list(Reading.objects.filter(scan__in=scans).select_related("version", "scan"))

    return taken


@pytest.fixture
def fresh(cast, slip):
    """Serials of freshly printed slips."""

    def serials(count=1, by=None):
        sheets = print_sheets(slip, count=count, by=(by or cast.chen).actor, now=NOW)
        return [sheet.serial for sheet in sheets]

    return serials


def scan_now(scan):
    return Scan.objects.get(pk=scan.pk)
