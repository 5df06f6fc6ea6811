"""Ballots photographed out of the box: the machine reads first, a person blind, an observer decides."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    decide_sheet,
    draw_sample,
    explain_box,
    note_box,
    print_ballots,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.pictures import (
    keep_page,
    read_waiting,
    settle_picture,
    take_in_pictures,
)
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import BallotFile, RollEntry, Sheet, SheetPicture
from mulin.commons.ballots.queries import (
    board_file,
    lines_of,
    opened_of,
    published_ballots,
    sheets_to_count,
    sheets_to_decide,
    sheets_to_read,
)
from mulin.commons.ballots.rules import Kind, Mark, Matter, Settled, sample_of, sample_seed
from mulin.commons.ballots.sheets import CODE, ballot_form
from mulin.commons.paper.actions.scans import Incoming
from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.community.rules import system
from mulin.kit.paper import reading
from mulin.kit.paper.definition import SheetCode, pages_of
from mulin.kit.paper.reading import ReadField, ReadPage
from mulin.kit.photos import clean_photo
from mulin.kit.refusals import NotPermitted, Refused
from tests.ballots.conftest import AFTER, DURING
from tests.clock import NOW
from tests.support.filledin import blank_of, jpeg, photo, scanned, written
from tests.support.hardphotos import ORDINARY, scribble

pytestmark = pytest.mark.once
DAY = timedelta(days=1)


@dataclass
class Box:
    """A box on paper whose sheets can be photographed."""

    vote: object
    serials: list[str] = field(default_factory=list)

    @property
    def group(self):
        return self.vote.group("local")

    def sheet(self, serial, marks):
        """A sheet as a voter marked it."""
        form = ballot_form(self.group)
        return written(blank_of(form, serial), form, {f"o{one}": "yes" for one in marks})

    def take_in(self, *photos, is_pdf=False):
        files = [
            Incoming(one if is_pdf else clean_photo(BytesIO(one), longest_px=3400).content, is_pdf)
            for one in photos
        ]
        take_in_pictures(
            self.group, files, community=self.vote.cast.xinjie, by=self.vote.committee.actor,
            now=AFTER,
        )  # fmt: skip

    def read_by_machine(self):
        read_waiting(self.vote.cast.xinjie)

    def note(self, in_box, code="local"):
        note_box(
            self.vote.group(code), printed=0, cancelled=0, not_returned=0, in_box=in_box,
            by=self.vote.committee.actor, now=AFTER,
        )  # fmt: skip

    def read(self, sheet, choices, by=None, *, is_unclear=False):
        what = seen(self.group, choices=choices, is_unclear=is_unclear)
        return read_sheet(sheet, what, by=(by or self.vote.reader).actor, now=AFTER)

    def of(self, serial):
        return Sheet.objects.get(serial=serial)


@pytest.fixture
def box(vote):
    """Six took paper; the vote is over, and six sheets were counted in the box."""
    made = vote.draft(is_online=False).enrol(local=6, new=0).freeze()
    serials = print_ballots(made.group("local"), count=8, by=made.committee.actor, now=NOW)
    made.open()
    for row in RollEntry.objects.all():
        hand_out(row, way=Mark.PAPER, by=made.committee.actor, now=DURING)
    made.seal()
    box = Box(made, serials)
    box.note(6)
    return box


def test_a_stack_is_read_by_the_machine_then_blind_by_a_person_and_counted(box):
    one, other, third, fourth, *_rest = box.serials
    marked = {one: ["1", "3"], other: ["2"], third: [], fourth: ["1", "2", "3", "4", "5", "6"]}
    sheets = [box.sheet(serial, marks) for serial, marks in marked.items()]
    box.take_in(scanned(*sheets[1:]), is_pdf=True)
    box.take_in(photo(sheets[0], ORDINARY))
    box.read_by_machine()
    assert (BallotFile.objects.count(), SheetPicture.objects.filter(sheet=None).count()) == (0, 0)
    assert {serial: tuple(seen_by_machine(box.of(serial)).values())
            for serial in marked} == {
        one: ("valid", ["1", "3"]), other: ("valid", ["2"]), third: ("blank", []),
        fourth: ("void", []),
    }  # fmt: skip
    # The page of the second reader shows the rows of the picture, and nothing that was read.
    page = box.vote.cast.enter(Client(), box.vote.reader)
    at = f"/ballots/sheets/{box.vote.election.code}/local/"
    Sheet.objects.filter(serial="").delete()
    shown = page.get(at).content.decode()
    assert " checked" not in shown
    assert not any(serial in shown for serial in marked)
    picture = re.search(r"/ballots/pictures/\S+?/\d+/", shown).group()
    with Image.open(BytesIO(page.get(picture).content)) as rows:
        placed = pages_of(ballot_form(box.group))[0].placed
        height = placed[-1].label.y + placed[-1].label.height - placed[0].label.y + 6
        assert rows.size == (1260, pytest.approx(6 * height, abs=2))  # neither code nor head
        assert not rows.getexif()
    # One person's reading is enough where it says the same; where it does not, an observer decides.
    for serial in (one, third, fourth):
        box.read(box.of(serial), marked[serial])
    box.read(box.of(other), ["7"])
    assert sheets_to_decide(box.vote.election) == [box.of(other)]
    with pytest.raises(Refused):
        box.read(box.of(one), marked[one], by=box.vote.committee)
    assert not sheets_to_read(box.group, box.vote.committee.actor).exists()
    watching = box.vote.cast.enter(Client(), box.vote.observer)
    decide = f"/ballots/observed/{box.vote.election.code}/sheet/{box.of(other).pk}/"
    assert "/ballots/pictures/" in watching.get(decide).content.decode()
    watching.post(decide, {"choices": ["2"], "reason": "图上勾的是2号", "token": "d"})
    box.note(4)
    box.vote.election = draw_sample(
        box.vote.election, number="03 17", by=box.vote.observer.actor, now=AFTER
    )
    for sheet in sheets_to_count(box.vote.election):
        what = seen(box.group, choices=marked[sheet.serial], is_unclear=False)
        count_by_hand(sheet, what, by=box.vote.observer.actor, now=AFTER)
    (line,) = lines_of(box.vote.election)
    assert (line.paper.valid, line.paper.blank, line.paper.void, line.missing) == (2, 1, 1, 2)


def seen_by_machine(sheet):
    """What the machine read, as whoever has the lock sees it."""
    return opened_of(sheet, sheet.machine)


def strange_stack(box):
    """Struck out; a code twice; a code that is not ours; a leaflet."""
    one, other, *_rest = box.serials
    struck = box.sheet(one, ["1"])
    (field,) = [
        placed for placed in pages_of(ballot_form(box.group))[0].placed
        if placed.field.name == "o2"
    ]  # fmt: skip
    scribble(struck, field.marks[0].box, Random("hand"))
    return scanned(
        struck, box.sheet(other, ["2"]), box.sheet(other, ["3"]), box.sheet("ABCDEFGHJK", ["4"]),
        np.full_like(struck, 255),
    )  # fmt: skip


def test_an_unclear_mark_a_copy_and_a_strange_code_are_the_observers(
    box, django_capture_on_commit_callbacks
):
    one, other, *_rest = box.serials
    box.take_in(strange_stack(box), is_pdf=True)
    box.read_by_machine()
    by, observer = box.vote.committee.actor, box.vote.observer.actor
    assert box.of(one).machine["kind"] == Kind.SET_ASIDE
    foreign = box.of("ABCDEFGHJK")
    assert (foreign.matter, foreign.machine["kind"]) == (Matter.FOREIGN, Kind.SET_ASIDE)
    copy = SheetPicture.objects.get(sheet=None, matter=Matter.COPY)
    leaflet = SheetPicture.objects.get(sheet=None, matter=Matter.NOTHING)
    with pytest.raises(NotPermitted):
        settle_picture(copy, Settled.TWO_PAPERS, by=by, now=AFTER)
    settle_picture(copy, Settled.TWO_PAPERS, by=observer, now=AFTER)
    assert [
        (sheet.matter, sheet.machine["kind"]) for sheet in Sheet.objects.filter(serial=other)
    ] == [(Matter.COPY, Kind.SET_ASIDE)] * 2
    with pytest.raises(Refused):
        settle_picture(leaflet, Settled.TWO_PAPERS, by=observer, now=AFTER)
    path = Path(leaflet.picture.path)
    with django_capture_on_commit_callbacks(execute=True):
        settle_picture(leaflet, Settled.THROWN, by=by, now=AFTER)
    assert not path.exists()
    # Whatever the second reader says of them, an observer has the last word.
    laid = list(Sheet.objects.exclude(serial=""))
    for sheet in laid:
        box.read(sheet, ["1"])
    assert len(sheets_to_decide(box.vote.election)) == len(laid) == 4
    watching = box.vote.cast.enter(Client(), box.vote.observer)
    at = f"/ballots/observed/{box.vote.election.code}/sheet/{foreign.pk}/"
    assert str(foreign.get_matter_display()) in watching.get(at).content.decode()
    watching.post(at, {"choices": ["4"], "is_void": "on", "reason": "不是本次印的", "token": "v"})
    foreign.refresh_from_db()
    assert foreign.decided == {"kind": "void", "choices": []}


def read_pages(box, *shots):
    """Pages as a reader would tell them, without a reader: (serial, page, marks or None)."""
    form = ballot_form(box.group)
    flat = BytesIO()
    Image.new("RGB", (1260, 1782), "white").save(flat, "JPEG")
    for serial, number, marks in shots:
        placed = pages_of(form)[number - 1].placed
        fields = tuple(
            ReadField(
                one.field.name, ("yes",) if one.field.name[1:] in (marks or ()) else (), "", 1.0,
                is_sure=marks is not None, is_empty=False,
            )
            for one in placed
        )  # fmt: skip
        code = SheetCode(CODE, 1, number, serial)
        page = ReadPage(code, "", flat.getvalue(), is_flat=True, fields=fields, of=1)
        file = BallotFile.objects.create(
            community=box.vote.cast.xinjie, constituency=box.group, kept="x"
        )
        keep_page(file, page, form)
        file.delete()


def test_a_ballot_of_several_sides_is_read_when_all_are_there(vote):
    options = tuple((str(number), f"项目{number}") for number in range(1, 31))
    made = vote.draft(is_online=False, options=options).enrol(local=2, new=0).freeze()
    one, other = print_ballots(made.group("local"), count=2, by=made.committee.actor, now=NOW)
    box = Box(made.open().seal())
    box.note(2)
    read_pages(box, (one, 2, ["29"]), (other, 1, ["2"]))
    assert box.of(one).machine is None
    read_pages(box, (one, 1, ["3"]), (other, 2, None))
    assert seen_by_machine(box.of(one)) == {"kind": "valid", "choices": ["29", "3"]}
    assert box.of(other).machine["kind"] == Kind.SET_ASIDE


def test_more_sheets_than_were_counted_wait_until_the_box_is_counted_again(box):
    one, other, third, *_rest = box.serials
    box.note(2)
    read_pages(box, (one, 1, ["1"]), (other, 1, ["2"]), (third, 1, ["3"]))
    assert SheetPicture.objects.get(sheet=None).matter == Matter.MORE
    with pytest.raises(Refused):
        box.note(1)  # two were read already
    box.note(3)
    box.read_by_machine()
    assert not SheetPicture.objects.filter(sheet=None).exists()
    assert seen_by_machine(box.of(third)) == {"kind": "valid", "choices": ["3"]}
    assert sorted(Sheet.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_without_a_reader_two_people_read_beside_the_picture(box, monkeypatch):
    monkeypatch.setattr(reading, "LIBRARIES", ("no_such_library",))
    with pytest.raises(Refused):
        box.take_in(scanned(np.full((400, 300), 255, np.uint8)), is_pdf=True)
    box.take_in(jpeg(np.full((400, 300), 255, np.uint8)))
    page = box.vote.cast.enter(Client(), box.vote.reader)
    Sheet.objects.filter(pictures__isnull=True).update(first={}, second={})
    shown = page.get(f"/ballots/sheets/{box.vote.election.code}/local/").content.decode()
    assert "机器还在识读" in shown
    assert "没有要读的了" not in shown
    Sheet.objects.update(first=None, second=None)
    box.read_by_machine()
    (sheet,) = Sheet.objects.filter(pictures__isnull=False)
    Sheet.objects.filter(pictures__isnull=True).delete()
    shown = page.get(f"/ballots/sheets/{box.vote.election.code}/local/").content.decode()
    assert "/ballots/pictures/" in shown
    box.read(sheet, ["1"])
    assert sheet.machine is None
    box.read(sheet, ["1"], by=box.vote.committee)
    assert not sheets_to_read(box.group, box.vote.observer.actor).exists()


def test_the_sample_is_drawn_by_a_public_number_once_all_is_read_and_a_difference_blocks(box):
    serials = box.serials[:6]
    read_pages(box, *((serial, 1, ["1"]) for serial in serials))
    observer = box.vote.observer.actor

    def draw(number="03 17", by=observer):
        box.vote.election = draw_sample(box.vote.election, number=number, by=by, now=AFTER)

    with pytest.raises(Refused):
        draw()  # nobody has read them yet
    for serial in serials:
        box.read(box.of(serial), ["1"])
    with pytest.raises(Refused):
        publish(box.vote.election, by=box.vote.committee.actor, now=AFTER)
    with pytest.raises(NotPermitted):
        draw(by=box.vote.committee.actor)
    draw()
    with pytest.raises(Refused):
        draw("04 18")
    with pytest.raises(Refused):
        box.note(7)
    drawn = sheets_to_count(box.vote.election)
    urn, terms = box.vote.election.urn_digest, box.vote.election.terms_digest
    seed = sample_seed(urn, terms, "03 17", "local")
    assert [sheet.number for sheet in drawn] == sample_of(range(1, 7), seed)
    assert len(drawn) == 5
    watching = box.vote.cast.enter(Client(), box.vote.observer)
    at = f"/ballots/observed/{box.vote.election.code}/sheet/{drawn[0].pk}/"
    # From the paper, which its code tells from the others; the picture is not shown.
    shown = watching.get(at).content.decode()
    assert drawn[0].serial in shown
    assert "/ballots/pictures/" not in shown
    for sheet, marks in zip(drawn, [["2"], *[["1"]] * 4], strict=True):
        what = seen(box.group, choices=marks, is_unclear=False)
        count_by_hand(sheet, what, by=observer, now=AFTER)
    with pytest.raises(Refused):
        publish(box.vote.election, by=box.vote.committee.actor, now=AFTER)
    assert sheets_to_decide(box.vote.election) == [drawn[0]]
    what = seen(box.group, choices=["2"], is_unclear=False)
    decide_sheet(drawn[0], what, reason="复写纸印上了一笔", by=observer, now=AFTER)
    election = publish(box.vote.election, by=box.vote.committee.actor, now=AFTER)
    assert published_ballots(election)["local"] == [*[["1"]] * 5, ["2"]]
    told = board_file(election)["sample"]
    assert (told["every"], told["least"], told["number"]) == (20, 5, "03 17")
    assert told["boxes"] == []  # six ballots are few
    assert "复写纸" not in Client().get(f"/ballots/board/{election.code}/").content.decode()


def test_a_decided_sheet_that_the_hand_reads_otherwise_blocks_too(box):
    box.note(1)
    read_pages(box, (box.serials[0], 1, None))
    observer, (sheet,) = box.vote.observer.actor, Sheet.objects.all()
    box.read(sheet, ["1"])
    one, two = (seen(box.group, choices=[code], is_unclear=False) for code in "12")
    decide_sheet(sheet, one, reason="看得清", by=observer, now=AFTER)
    draw_sample(box.vote.election, number="1", by=observer, now=AFTER)
    count_by_hand(Sheet.objects.get(), two, by=observer, now=AFTER)
    assert sheets_to_decide(box.vote.election) == [sheet]
    decide_sheet(sheet, two, reason="再看是2号", by=observer, now=AFTER)
    assert sheets_to_decide(box.vote.election) == []


def test_neither_file_row_nor_act_says_what_was_on_a_sheet_or_when_it_was_read(
    box, django_capture_on_commit_callbacks
):
    one, other, *_rest = box.serials
    read_pages(box, (one, 1, ["1"]), (other, 1, ["2"]))
    box.take_in(jpeg(np.full((400, 300), 255, np.uint8)))
    numbers = {box.of(serial).number for serial in (one, other)}
    assert numbers <= set(range(1, 7))
    kept = [*(Path(one.kept.path) for one in BallotFile.objects.all()),
            *(Path(one.picture.path) for one in SheetPicture.objects.all())]  # fmt: skip
    assert len(kept) == 3
    assert {path.stat().st_mtime for path in kept} == {0}
    for path in kept:
        assert not any(serial in path.name for serial in (one, other))
    names = {one.name for one in SheetPicture._meta.get_fields()} | {
        one.name for one in BallotFile._meta.get_fields()
    }
    assert not any(word in name for name in names for word in ("_at", "_on", "_by", "account"))
    box.read(box.of(one), ["1"])
    act = Act.objects.get(verb="ballots.take_in_pictures")
    assert (act.kind, act.record_id) == ("ballots.constituency", box.group.pk)
    told = " ".join(ActDetail.objects.values_list("changes", flat=True))
    assert "in_box" in told
    assert one not in told
    assert "choices" not in told
    # The machine's reading is on no page but the observer's decision.
    for who in (box.vote.committee, box.vote.observer):
        page = box.vote.cast.enter(Client(), who)
        for at in ("held", "observed", "board"):
            shown = page.get(f"/ballots/{at}/{box.vote.election.code}/").content.decode()
            assert "valid 2" not in shown
            assert one not in shown
    # Pictures and serials go with the roll, once the days of complaint are over.
    box.read(box.of(other), ["2"])
    for held in SheetPicture.objects.filter(sheet=None):
        held.delete()
    BallotFile.objects.all().delete()
    box.note(2)
    drawn = draw_sample(box.vote.election, number="1", by=box.vote.observer.actor, now=AFTER)
    for sheet in sheets_to_count(drawn):
        what = seen(box.group, choices=opened_of(sheet, sheet.first)["choices"], is_unclear=False)
        count_by_hand(sheet, what, by=box.vote.observer.actor, now=AFTER)
    explain_box(box.group, words="四张没有投回", by=box.vote.committee.actor, now=AFTER)
    election = publish(box.vote.election, by=box.vote.committee.actor, now=AFTER)
    picture = f"/ballots/pictures/{election.code}/{SheetPicture.objects.first().pk}/"
    assert box.vote.cast.enter(Client(), box.vote.committee).get(picture).status_code == 404
    answer = box.vote.cast.enter(Client(), box.vote.observer).get(picture)
    assert answer.content
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_roll(election, by=system(box.vote.cast.xinjie.pk), now=AFTER + 7 * DAY)
    assert not any(path.exists() for path in kept[1:])
    assert not SheetPicture.objects.exists()
    assert set(Sheet.objects.values_list("serial", flat=True)) == {""}
