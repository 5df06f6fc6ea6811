"""The scanner's folder, and what residents send from home."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from mulin.commons.paper.actions.folder import folder_of, forget_moved, pick_up
from mulin.commons.paper.actions.readings import finish, throw_away
from mulin.commons.paper.actions.scans import keep_page
from mulin.commons.paper.models import Reading, Scan
from mulin.commons.paper.rules import (
    GIVEN_UP,
    KEPT,
    MOST_FROM_STREET,
    QUIET,
    TOLD_FOR,
    ScanState,
)
from mulin.ground.notify.sweeps import run_due_sweeps
from mulin.kit import clock
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.clock import NOW
from tests.paper.test_actions import LOOKED, typed

# What is read from a picture is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def folder(cast, settings, tmp_path):
    """The scanner's folder of our community."""
    settings.MULIN_SCANNER_DIR = tmp_path
    return folder_of(cast.xinjie)


def later(path, by=QUIET):
    """A moment so long after the file was written; its own clock is that of the disk."""
    return datetime.fromtimestamp(path.stat().st_ctime, UTC) + by


def picture(colour=200, kind="JPEG"):
    out = BytesIO()
    Image.new("L", (900, 1200), colour).save(out, kind)
    return out.getvalue()


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def lies(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_that_lies_whole_is_taken_in_once_and_moved(cast, slip, folder):
    one = put(folder, "单子 1.jpg", picture())
    put(folder, "2.pdf", picture(90, "PDF"))
    put(folder, ".3.jpg", picture(20))
    put(folder, "4.jpg.part", picture(30))
    (folder / "5.jpg").symlink_to(one)
    pick_up(cast.xinjie, now=later(one, QUIET - timedelta(seconds=1)))
    assert Scan.objects.count() == 0  # it may still be written
    pick_up(cast.xinjie, now=later(folder / "4.jpg.part"))
    kept = [".3.jpg", "4.jpg.part", "done/2.pdf", "done/单子 1.jpg"]
    assert [name for name in lies(folder) if name != "5.jpg"] == kept
    told = list(Scan.objects.values_list("came_by", "is_pdf", "state", "taken_in_by"))
    assert told == [("folder", True, "waiting", None), ("folder", False, "waiting", None)]
    # The same file again is moved beside the first and makes nothing.
    again = put(folder, "单子 1.jpg", (folder / "done" / "单子 1.jpg").read_bytes())
    pick_up(cast.xinjie, now=later(again))
    assert Scan.objects.count() == 2
    assert "done/单子 1-2.jpg" in lies(folder)
    pick_up(cast.linli, now=later(folder / "4.jpg.part"))
    with in_community(cast.linli):
        assert Scan.objects.count() == 0


@pytest.mark.parametrize("kind", ["JPEG", "PDF"])
def test_a_file_that_is_half_there_is_left_alone_until_it_is_whole(cast, slip, folder, kind):
    whole = picture(kind=kind)
    name = f"a.{kind.lower()}"
    half = put(folder, name, whole[: len(whole) // 2])
    pick_up(cast.xinjie, now=later(half))
    assert (lies(folder), Scan.objects.count()) == ([name], 0)
    with half.open("ab") as file:
        file.write(whole[len(whole) // 2 :])
    pick_up(cast.xinjie, now=later(half))
    assert (lies(folder), Scan.objects.get().state) == ([f"done/{name}"], ScanState.WAITING)
    cut = put(folder, "b.pdf", b"%PDF-1.4 never ended")
    pick_up(cast.xinjie, now=later(cut, GIVEN_UP - timedelta(seconds=1)))
    assert "b.pdf" in lies(folder)
    pick_up(cast.xinjie, now=later(cut, GIVEN_UP))
    assert "failed/b.pdf" in lies(folder)


def test_what_is_no_picture_is_told_to_the_desk_at_once(cast, slip, folder, client, settings):
    text = put(folder, "说明.txt", b"no picture")
    settings.MULIN_READER = False
    pdf = put(folder, "scan.pdf", picture(kind="PDF"))
    pick_up(cast.xinjie, now=later(pdf))
    assert lies(folder) == ["failed/scan.pdf", "failed/说明.txt"]
    Scan.objects.update(taken_in_at=clock.now())
    page = cast.enter(client, cast.chen).get("/paper/").content.decode()
    assert "说明.txt" in page
    assert "scan.pdf" in page
    assert not text.exists()
    Scan.objects.update(taken_in_at=clock.now() - TOLD_FOR)
    assert "说明.txt" not in desk_of(client)
    forget_moved(cast.xinjie, now=clock.now() + KEPT)
    assert set(Scan.objects.values_list("why", flat=True)) == {""}


def desk_of(client):
    return client.get("/paper/").content.decode()


def test_the_worker_looks_into_the_folder_of_each_community(cast, slip, folder, settings):
    one = put(folder, "a.jpg", picture())
    theirs = put(folder_of(cast.linli), "b.jpg", picture(90))
    late = later(theirs)
    assert run_due_sweeps(clock=lambda: late, only="paper.pick_up") == ["paper.pick_up"]
    assert [path.exists() for path in (one, theirs)] == [False, False]
    assert Scan.objects.count() == 1
    with in_community(cast.linli):
        assert Scan.objects.count() == 1


def test_what_was_moved_away_is_forgotten_in_its_time(cast, folder):
    done = put(folder / "done", "a.jpg", picture())
    forget_moved(cast.xinjie, now=later(done, KEPT - timedelta(seconds=1)))
    assert done.exists()
    forget_moved(cast.xinjie, now=later(done, KEPT))
    assert not done.exists()


def sent_by(client, *pages, token="t" * 16):
    files = [SimpleUploadedFile("IMG.jpg", page.sheet, "image/jpeg") for page in pages]
    return client.post(reverse("paper:send"), {"sheets": files, "token": token})


def read_as(*pages):
    """The reader has seen these pages on the photos that wait, in their order."""
    for scan, page in zip(Scan.objects.filter(state=ScanState.WAITING), pages, strict=True):
        keep_page(scan, page, now=NOW)
        Scan.objects.filter(pk=scan.pk).update(state=ScanState.READ)
    return list(Reading.objects.waiting())


def test_a_resident_sends_the_photo_and_the_desk_looks(cast, slip, fresh, seen, client):
    page = seen(fresh()[0])
    answer = sent_by(client, page)
    again = sent_by(client, page)
    assert (again["Location"], Scan.objects.count()) == (answer["Location"], 1)
    assert "有人核对" in client.get(answer["Location"]).content.decode()
    (reading,) = read_as(page)
    assert Demand.objects.count() == 0  # held for a look
    finish(reading, values=typed(reading), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    need = Demand.objects.get().need
    assert (need.channel, need.entered_by) == ("paper", cast.chen.account)
    assert need.number in client.get(answer["Location"]).content.decode()


def test_a_sheet_sent_from_home_and_handed_in_as_well_counts_once_and_says_so(
    cast, slip, fresh, seen, client, photographed, folder
):
    (serial,) = fresh()
    (first,) = photographed(seen(serial))
    finish(first, values=typed(first), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    answer = sent_by(client, seen(serial, seed="another"))
    assert read_as(seen(serial, seed="another")) == []
    told = client.get(answer["Location"]).content.decode()
    assert Demand.objects.get().need.number in told
    assert "这张单子之前已经收到" in told
    scanned = put(folder, "a.jpg", seen(serial).sheet)
    pick_up(cast.xinjie, now=later(scanned))
    assert read_as(seen(serial)) == []
    twins = Reading.objects.filter(state="again").values_list("twin", "scan__came_by")
    assert list(twins) == [(first.pk, "street"), (first.pk, "folder")]


def test_what_is_sent_is_checked_like_other_photos_and_the_desk_is_not_buried(
    cast, slip, fresh, seen, client
):
    page = seen(fresh()[0])
    empty = client.post(reverse("paper:send"), {"token": "a" * 16})
    text = SimpleUploadedFile("a.jpg", b"%PDF-1.4 no photo", "image/jpeg")
    other = client.post(reverse("paper:send"), {"sheets": [text], "token": "b" * 16})
    assert (empty.status_code, other.status_code, Scan.objects.count()) == (422, 422, 0)
    assert other.context["form"].errors.keys() == {"sheets"}
    sent_by(client, page)
    (one,) = Scan.objects.all()
    Scan.objects.bulk_create(
        Scan(
            community_id=one.community_id, taken_in_at=NOW, tried_at=NOW, batch=str(number),
            came_by="street",
        )
        for number in range(MOST_FROM_STREET - 1)
    )  # fmt: skip
    full = sent_by(client, page, token="c" * 16)
    assert (full.status_code, Scan.objects.count()) == (422, MOST_FROM_STREET)
    assert client.get(reverse("paper:sent", args=["222222222222"])).status_code == 404


def test_a_photo_that_was_thrown_away_is_said_without_the_desks_own_words(
    cast, slip, fresh, seen, client
):
    page = seen(fresh()[0])
    answer = sent_by(client, page)
    (reading,) = read_as(page)
    throw_away(reading, why="胡闹", by=cast.chen.actor, now=NOW)
    told = client.get(answer["Location"]).content.decode()
    assert "胡闹" not in told
    assert "没法用" in told
    with in_community(cast.linli):
        code = Path(answer["Location"]).name
        assert not Scan.objects.filter(receipt=code).exists()
