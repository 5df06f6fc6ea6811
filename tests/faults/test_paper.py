"""A worker that is killed over a stack of sheets: what it read stands, and the next goes on."""

import signal
from datetime import UTC, datetime

import numpy as np
import pytest

from mulin.commons.paper.actions.folder import folder_of, pick_up
from mulin.commons.paper.actions.scans import Incoming, read_waiting, take_in, take_up
from mulin.commons.paper.models import Reading, Scan
from mulin.commons.paper.rules import GIVEN_UP, SILENT, ScanState
from mulin.kit.scoping import in_community
from tests.cast import make_cast
from tests.clock import NOW
from tests.support.filledin import scanned

pytestmark = pytest.mark.django_db(transaction=True)


def read(community):
    read_waiting(community, now=NOW)


def test_pages_that_were_read_stand_once_and_the_rest_follows(fork):
    cast = make_cast()
    leaves = scanned(*(np.full((1200, 850), 240, np.uint8) for _page in range(3)))
    with in_community(cast.xinjie):
        (scan,) = take_in(
            [Incoming(leaves, is_pdf=True)], community=cast.xinjie, by=cast.chen.actor, now=NOW
        )
    assert fork(read, cast.xinjie, failpoint="paper.after_page").wait(180) == -signal.SIGKILL
    with in_community(cast.xinjie):
        assert list(Reading.objects.values_list("number", flat=True)) == [1]
        scan.refresh_from_db()
        assert (scan.state, scan.pages_read) == (ScanState.READING, 1)
        take_up(community=cast.xinjie, now=NOW + SILENT)
    read_waiting(cast.xinjie, now=NOW + 2 * SILENT)
    with in_community(cast.xinjie):
        assert list(Reading.objects.values_list("number", flat=True)) == [1, 2, 3]
        assert (Scan.objects.get().state, Scan.objects.get().kept_as) == (ScanState.READ, "")


def picked_up(community, moment):
    pick_up(community, now=moment)


def test_a_file_of_the_scanner_is_taken_in_once_though_the_worker_dies_over_it(
    fork, settings, tmp_path
):
    settings.MULIN_SCANNER_DIR = tmp_path
    cast = make_cast()
    folder = folder_of(cast.xinjie)
    file = folder / "a.pdf"
    file.write_bytes(scanned(np.full((120, 85), 240, np.uint8)))
    moment = datetime.fromtimestamp(file.stat().st_ctime, UTC) + GIVEN_UP
    child = fork(picked_up, cast.xinjie, moment, failpoint="paper.before_move")
    assert child.wait(60) == -signal.SIGKILL
    assert file.exists()
    pick_up(cast.xinjie, now=moment)
    with in_community(cast.xinjie):
        assert Scan.objects.count() == 1
    assert [path.name for path in (folder / "done").iterdir()] == ["a.pdf"]
    assert not file.exists()
