"""A sheet from the press to the record: printed, filled in, photographed, read, looked at, taken."""

import json

import numpy as np
import pytest

from mulin.commons.flow.models import NeedPhoto, PhotoMoment
from mulin.commons.paper.actions.readings import (
    finish,
    forget_old,
    look_after_all,
    name_sheet,
    throw_away,
)
from mulin.commons.paper.actions.scans import Incoming, read_waiting, take_in, take_up
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import FormVersion, ReadField, Reading, Scan, Sheet
from mulin.commons.paper.queries import likely_persons, looked_fields, proposed
from mulin.commons.paper.rules import (
    KEPT,
    MOST_TRIES,
    PAUSE,
    SILENT,
    Matter,
    ReadingState,
    ScanState,
)
from mulin.ground.audit.models import Act
from mulin.ground.people.actions.erasure import erase_person
from mulin.ground.people.actions.persons import change_person
from mulin.kit.paper import reading
from mulin.kit.paper.definition import FormFault
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.clock import NOW
from tests.paper.conftest import ANSWERS, OTHER
from tests.support.filledin import blank_of, hand, scanned, written

pytestmark = pytest.mark.django_db

LOOKED = {"words", "visibility", "name", "phone", "day"}


def typed(reading, **changes):
    """What the desk hands in: what was read, through the typed form of the sheet."""
    form = reading.version.form
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    posted = {name: list(values) for name, values in read.items()}
    data = {name: values[0] if values else "" for name, values in posted.items()} | changes
    bound = form_class_of(form)(data)
    assert bound.is_valid(), bound.errors
    return {field.name: bound.cleaned_data[field.name] for field in form.fields}


def test_a_slip_becomes_the_demand_that_stands_on_it(cast, slip, fresh, seen, photographed):
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    assert (reading.matter, reading.state, reading.is_flat) == ("", ReadingState.WAITING, True)
    assert Scan.objects.get().state == ScanState.READ
    assert Demand.objects.count() == 0  # never saved unseen
    done = finish(
        reading, values=typed(reading), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW,
        token="t",
    )  # fmt: skip
    demand = Demand.objects.get()
    need = demand.need
    assert (need.words, need.place_words, need.category.code, need.contact_wish) == (
        "三楼楼道灯不亮晚上走路怕摔", "12幢1单元3楼", "repair", "door",
    )  # fmt: skip
    assert (need.contact_name, need.contact_phone, need.channel) == (
        "王秀英", "13857301234", "paper",
    )  # fmt: skip
    assert (need.entered_by, demand.received_at) == (cast.chen.account, NOW)
    assert need.said_at.date().isoformat() == "2026-11-24" or need.said_at < NOW
    assert (done.state, done.record_number, done.record_id) == (
        ReadingState.DONE, need.number, demand.pk,
    )  # fmt: skip
    (sheet,) = NeedPhoto.objects.filter(need=need)
    assert (sheet.moment, sheet.is_public) == (PhotoMoment.SHEET, False)
    fields = {one.name: one for one in ReadField.objects.filter(reading=reading)}
    assert {name for name, one in fields.items() if one.looked_by == cast.chen.account} == LOOKED
    assert json.loads(fields["phone"].value) == "13857301234"
    again = finish(
        reading, values={}, looked=(), person=None, by=cast.chen.actor, now=NOW, token="t"
    )
    assert (again, Demand.objects.count()) == (done, 1)


def test_a_stack_from_the_scanner_is_read_by_one_reader_and_what_is_no_sheet_is_told(
    cast, slip, fresh, read_really
):
    one, other = fresh(2)
    faces = [hand("Seto, drawn by hand"), hand("AR PL UKai, a Kai")]
    if not all(faces):
        pytest.skip("fonts-seto or fonts-arphic-ukai is not installed")
    sheets = [
        written(blank_of(slip.form, serial), slip.form, ANSWERS, font=face)
        for serial, face in zip((one, other), faces, strict=True)
    ]
    leaflet = np.full_like(sheets[0], 255)
    pdf = scanned(sheets[0], leaflet, np.rot90(sheets[1], 2))
    readings = read_really(pdf, is_pdf=True)
    assert [(each.number, each.matter) for each in readings] == [
        (1, ""),
        (2, Matter.NOTHING),
        (3, ""),
    ]
    assert [each.sheet.serial for each in readings if each.sheet] == [one, other]
    for each in readings[::2]:
        fields = ReadField.objects.filter(reading=each)
        read = {field.name: proposed(field) for field in fields}
        expected = ANSWERS | {"words": ANSWERS["words"].replace("\n", "")}
        assert read == {name: (value,) for name, value in expected.items()}
    (scan,) = Scan.objects.all()
    assert (scan.state, scan.kept_as, scan.pages_read, scan.pages) == ("read", "", 3, 3)
    read_waiting(cast.xinjie, now=NOW)  # brought twice
    assert Reading.objects.count() == 3


def test_a_file_that_does_not_open_is_said(cast, slip, fresh, read_really):
    assert read_really(b"%PDF-nothing", is_pdf=True) == []
    scan = Scan.objects.get()
    assert (scan.state, scan.why) == (ScanState.FAILED, "这个文件打不开。")


def test_a_reader_that_dies_is_tried_again_and_then_a_person_types(
    cast, slip, fresh, seen, read_really, monkeypatch
):
    monkeypatch.setenv("MULIN_FAILPOINT", "reader.after_page")
    one, other = fresh(2)
    # It dies after the first page of two: that one is kept, the file is tried again.
    sheet = written(blank_of(slip.form, one), slip.form, {})
    pdf = scanned(sheet, sheet)
    assert [reading.number for reading in read_really(pdf, is_pdf=True)] == [1]
    scan = Scan.objects.get()
    assert (scan.state, scan.tries, scan.pages_read) == (ScanState.WAITING, 1, 1)
    take_up(community=cast.xinjie, now=NOW + PAUSE)
    monkeypatch.delenv("MULIN_FAILPOINT")
    read_waiting(cast.xinjie, now=NOW + PAUSE)
    scan.refresh_from_db()
    assert (scan.state, scan.tries, Reading.objects.count()) == (ScanState.READ, 0, 2)
    # At the third time the picture itself waits for a person.
    (lost,) = take_in(
        [Incoming(seen(other).sheet, is_pdf=False)], community=cast.xinjie, by=cast.chen.actor,
        now=NOW,
    )  # fmt: skip
    Scan.objects.filter(pk=lost.pk).update(tries=MOST_TRIES - 1)
    monkeypatch.setattr(reading, "LIBRARIES", ())
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    read_waiting(cast.xinjie, now=NOW + PAUSE)
    (by_hand,) = Reading.objects.filter(scan=lost)
    assert (by_hand.matter, bool(by_hand.picture)) == (Matter.UNREAD, True)


def test_a_page_over_which_the_worker_dies_is_left_to_a_person(cast, slip, fresh, seen):
    (serial,) = fresh()
    files = [Incoming(seen(serial).sheet, is_pdf=False)]
    (scan,) = take_in(files, community=cast.xinjie, by=cast.chen.actor, now=NOW)
    for time in range(1, MOST_TRIES + 1):
        Scan.objects.filter(pk=scan.pk).update(state=ScanState.READING)
        take_up(community=cast.xinjie, now=NOW + time * SILENT - PAUSE)
        assert Scan.objects.get().state == ScanState.READING  # it may still be at it
        take_up(community=cast.xinjie, now=NOW + time * SILENT)
    assert (Scan.objects.get().state, Reading.objects.get().matter) == ("read", Matter.UNREAD)


def test_what_nobody_looked_at_is_not_taken(cast, slip, fresh, seen, photographed):
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    with pytest.raises(Refused) as refusal:
        finish(
            reading, values=typed(reading), looked=LOOKED - {"phone"}, person=None,
            by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "phone"
    assert (Demand.objects.count(), Act.objects.filter(verb="paper.finish").count()) == (0, 0)
    # Whoever puts a field right has looked at it.
    values = typed(reading, phone="13857301235")
    finish(
        reading, values=values, looked=LOOKED - {"phone"}, person=None, by=cast.chen.actor, now=NOW
    )
    assert Demand.objects.get().need.contact_phone == "13857301235"


def test_the_same_sheet_twice_is_one_record_and_a_photocopy_is_told(
    cast, slip, fresh, seen, photographed
):
    (serial,) = fresh()
    (first,) = photographed(seen(serial))
    finish(first, values=typed(first), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    (again,) = photographed(seen(serial, seed="another"))
    assert (again.state, again.twin) == (ReadingState.AGAIN, first)
    with pytest.raises(Refused, match=Demand.objects.get().need.number):
        finish(again, values=typed(again), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    (copy,) = photographed(seen(serial, OTHER))
    assert (copy.state, copy.matter, copy.twin) == (ReadingState.WAITING, Matter.COPY, first)
    finish(copy, values=typed(copy), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    assert Demand.objects.count() == 2
    back = look_after_all(again, by=cast.chen.actor, now=NOW)
    assert (back.state, back.matter) == (ReadingState.WAITING, Matter.COPY)


def test_two_pictures_of_one_sheet_that_both_wait_give_one_record(
    cast, slip, fresh, seen, photographed
):
    (serial,) = fresh()
    first, second = photographed(seen(serial), seen(serial, seed="another"))
    assert (first.state, second.state) == (ReadingState.WAITING, ReadingState.AGAIN)
    Reading.objects.filter(pk=second.pk).update(state=ReadingState.WAITING, matter="")
    finish(first, values=typed(first), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    second.refresh_from_db()
    with pytest.raises(Refused, match=Demand.objects.get().need.number):
        finish(
            second, values=typed(second), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW
        )
    assert Demand.objects.count() == 1


def test_a_neighbours_sheet_is_not_ours(cast, slip, fresh, seen, photographed):
    with in_community(cast.linli):
        (theirs,) = (
            sheet.serial for sheet in print_sheets(slip, count=1, by=cast.li.actor, now=NOW)
        )
    fresh()  # the form itself was printed here, too
    (reading,) = photographed(seen(theirs))
    assert (reading.matter, reading.sheet, reading.version) == (Matter.ELSEWHERE, None, None)
    assert ReadField.objects.count() == 0
    with in_community(cast.linli):
        assert Reading.objects.count() == 0
        (own,) = photographed(seen(theirs), by=cast.li)
        assert (own.matter, own.sheet.serial) == ("", theirs)


def test_without_the_reader_the_picture_waits_beside_empty_fields(
    cast, slip, fresh, seen, read_really, settings
):
    settings.MULIN_READER = False
    (serial,) = fresh()
    (reading,) = read_really(seen(serial).sheet)
    assert (reading.matter, reading.version, bool(reading.picture)) == (Matter.UNREAD, None, True)
    with pytest.raises(Refused) as refusal:
        name_sheet(reading, slip, code="MULIN-DEMAND-1-1-22222222222", by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "code"
    name_sheet(reading, slip, code="", by=cast.chen.actor, now=NOW)
    looked = looked_fields(reading, reading.version.form)
    assert [(one.read.read, one.needs_look) for one in looked] == [(None, True)] * 8
    values = typed(reading, words="灯不亮", name="", phone="", day="")
    finish(
        reading, values=values, looked={one.field.name for one in looked}, person=None,
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    assert Demand.objects.get().need.words == "灯不亮"
    with pytest.raises(Refused) as refusal:
        take_in(
            [Incoming(b"%PDF-1.4", is_pdf=True)], community=cast.xinjie, by=cast.chen.actor, now=NOW
        )
    assert refusal.value.field == "sheets"


def test_a_definition_that_changed_under_its_version_is_not_printed(cast, slip, fresh):
    fresh()
    FormVersion.objects.update(fingerprint="0" * 16)
    with pytest.raises(FormFault):
        print_sheets(slip, count=1, by=cast.chen.actor, now=NOW)


def test_sheets_are_printed_once_for_one_press(cast, slip):
    first = print_sheets(slip, count=3, by=cast.chen.actor, now=NOW, token="t")
    again = print_sheets(slip, count=3, by=cast.chen.actor, now=NOW, token="t")
    assert [one.serial for one in again] == [one.serial for one in first]
    assert Sheet.objects.count() == len({one.serial for one in first}) == 3
    with pytest.raises(Refused):
        print_sheets(slip, count=0, by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        print_sheets(slip, count=1, by=cast.sun.actor, now=NOW)


def test_who_it_is_is_proposed_by_name_and_phone_and_linked_by_the_desk_alone(
    cast, slip, fresh, seen, photographed
):
    change_person(cast.wang.person, by=cast.chen.actor, now=NOW, phone="13857301234")
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    form, read = reading.version.form, {"name": "王秀英", "phone": "13857301234"}
    assert likely_persons(cast.chen.actor, form, read) == [cast.wang.person]
    assert likely_persons(cast.chen.actor, form, {"name": "", "phone": ""}) == []
    assert likely_persons(cast.wu.actor, form, read) == []  # not on the roll of grid 2
    # One character misread, or another of the same sound.
    for near in ("王秀莫", "壬秀英", "王莠英", "王修英"):
        assert likely_persons(cast.chen.actor, form, {"name": near}) == [cast.wang.person]
    assert likely_persons(cast.chen.actor, form, {"name": "王建国"}) == []
    assert reading.person is None
    finish(
        reading, values=typed(reading), looked=LOOKED, person=cast.wang.person, by=cast.chen.actor,
        now=NOW,
    )  # fmt: skip
    need = Demand.objects.get().need
    assert (need.person, need.contact_name) == (cast.wang.person, None)


def test_what_was_read_of_an_erased_person_is_gone(cast, slip, fresh, seen, photographed):
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    values = typed(reading)
    finish(
        reading, values=values, looked=LOOKED, person=cast.wang.person, by=cast.chen.actor, now=NOW
    )
    reading.refresh_from_db()
    path = reading.picture.storage.path(reading.picture.name)
    erase_person(cast.wang.person, by=cast.chen.actor, now=NOW)
    reading.refresh_from_db()
    assert (bool(reading.picture), reading.person) == (False, None)
    with pytest.raises(FileNotFoundError):
        open(path)  # noqa: PTH123, SIM115  only whether it is there
    left = ReadField.objects.filter(reading=reading).values_list("raw", "read", "value")
    assert set(left) == {(None, None, None)}


def test_pictures_are_forgotten_after_their_time(cast, slip, fresh, seen, photographed):
    one, other = fresh(2)
    first, second = photographed(seen(one), seen(other, OTHER))
    throw_away(second, why="拍重了", by=cast.chen.actor, now=NOW)
    second.refresh_from_db()
    assert (second.state, second.why, bool(second.picture)) == ("thrown", "拍重了", False)
    assert forget_old(NOW + KEPT * 2) == 0  # what waits is kept
    finish(first, values=typed(first), looked=LOOKED, person=None, by=cast.chen.actor, now=NOW)
    assert forget_old(NOW + KEPT) == 0
    assert forget_old(NOW + KEPT * 2) == 1
