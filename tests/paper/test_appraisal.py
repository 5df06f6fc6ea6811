"""The year's end by its four ways: page, desk, sheet read, sheet typed. The envelopes are equal."""

import json
import tempfile
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from mulin.commons.paper.actions.readings import finish
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import ReadField, Sheet
from mulin.commons.paper.queries import asked_on, proposed
from mulin.commons.paper.registry import Taken, use_of
from mulin.ground.audit.models import ActDetail
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of, text_of
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from mulin.parlour.doublefive.actions.appraising import (
    open_appraisal,
    publish_appraisal,
    put_in_box,
    type_sheet,
)
from mulin.parlour.doublefive.actions.carrying import begin_project
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea
from mulin.parlour.doublefive.actions.rolls import FIRST_RULES
from mulin.parlour.doublefive.actions.seasons import open_season
from mulin.parlour.doublefive.models import Appraiser, Chosen, Envelope, Idea, RollRule
from mulin.parlour.doublefive.queries import projects_of, taken_out
from mulin.parlour.doublefive.rules import A_SHEET, Constituency, Says
from mulin.parlour.doublefive.sheets import about_of, names_in, says_in, slot
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DAY = timedelta(days=1)
TITLES = (
    "楼道装扶手",
    "中心花园铺防滑地砖，再放四张有靠背的长椅",
    "垃圾亭装灯",
    "议事亭翻新",
    "西门装道闸",
)
#: By the place of a project: what is said of it on every way.
SAID = {
    1: Says(is_done=True, is_seen=True, step=5, words="扶手很稳"),
    2: Says(is_done=False, is_seen=None, step=2),
    4: Says(is_done=None, is_seen=False, step=1),
    5: Says(is_done=True, is_seen=None, step=None, words="灯不亮"),
}  # fmt: skip


@pytest.fixture
def appraisal(cast):
    """Five projects, which are two sheets, and people on the roll of the local residents."""
    with in_community(cast.xinjie), standing_still(NOW):
        season = open_season(
            2026, collects_until=date(2026, 12, 31), criteria=["公共的"], appeal_days=5,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
        ideas = []
        for title in TITLES:
            about = Public(title=title, site="12幢南", gains="大家", cost_yuan=Decimal(8000))
            ideas.append(offer_idea(about, words="好。", by=cast.yong.actor, now=NOW))
        season.stage = "carry_out"
        season.save()
        for place, idea in enumerate(ideas, 1):
            Idea.objects.filter(pk=idea.pk).update(state="passed")
            chosen = Chosen.objects.create(
                community=cast.xinjie, season=season, idea=idea, place=place, total=20, chosen_at=NOW,
            )  # fmt: skip
            begin_project(
                chosen, owner=cast.sun.account, promise="年底前做好，" * place,
                budget_yuan=Decimal(8000), by=cast.zhou.actor, now=NOW,
            )  # fmt: skip
        for place, (code, rule) in enumerate(FIRST_RULES.items()):
            RollRule.objects.create(
                community=cast.xinjie, season=season, position=place, code=code, **asdict(rule)
            )
        for number in range(4):
            PersonFactory(
                community=cast.xinjie, name=f"党{number}", is_party_member=True, residency="local",
                born_on=date(1960, 1, 1),
            )  # fmt: skip
        season.refresh_from_db()
        yield open_appraisal(season, last_day=(NOW + 5 * DAY).date(), by=cast.zhou.actor, now=NOW)


def members(appraisal):
    rows = Appraiser.objects.filter(appraisal=appraisal, constituency="party").order_by("id")
    return list(rows.select_related("person", "appraisal"))


def printed(cast, appraisal, count=1):
    about = about_of(appraisal, Constituency.PARTY)
    return print_sheets(use_of("APPRAISE"), count=count, about=about, by=cast.chen.actor, now=NOW)


def on_side(first):
    """What is written on the sheet whose first project stands in this place, by its fields."""
    told = {}
    for place, says in SAID.items():
        if first <= place < first + A_SHEET:
            done, seen, step, words = names_in(slot(place - first + 1))
            told |= {
                name: value
                for name, value in (
                    (done, {True: "yes", False: "no"}.get(says.is_done)),
                    (seen, {True: "yes", False: "no"}.get(says.is_seen)),
                    (step, str(says.step) if says.step else None),
                    (words, says.words),
                )
                if value
            }
    return told


def on_the_page(appraisal):
    """The same as a page sends it."""
    told = {}
    for place, project in enumerate(projects_of(appraisal.season), 1):
        says = SAID.get(place, Says())
        told |= {
            f"done_{project.pk}": {True: "yes", False: "no"}.get(says.is_done, ""),
            f"seen_{project.pk}": {True: "yes", False: "no"}.get(says.is_seen, ""),
            f"step_{project.pk}": says.step or "", f"words_{project.pk}": says.words,
        }  # fmt: skip
    return told


def sealed():
    """All that lies in the envelopes, by project; what nothing was said of is left out."""
    found = []
    for envelope in Envelope.objects.all():
        said = {int(pk): Says(**one) for pk, one in json.loads(envelope.sealed).items()}
        found += [(pk, envelope.constituency, one) for pk, one in said.items() if not one.is_empty]
    return sorted(found, key=str)


@pytest.fixture(scope="module")
def pages():
    """What the reader sees on photos of both sheets, filled in."""
    form = use_of("APPRAISE").form
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        read = []
        for first in (1, 5):
            path = Path(folder, f"{first}.jpg")
            filled_in = written(blank_of(form, "ABCDEFGHJK"), form, on_side(first))
            path.write_bytes(photo(filled_in, ORDINARY, str(first)))
            read += reader.pages(path)
    return read


def hand_in(cast, page, sheet, photographed):
    """A photo of this sheet is looked at and handed in, as the desk does it; whose it is the desk says,
    and it is noted nowhere.
    """
    code = SheetCode("APPRAISE", 1, 1, sheet.serial)
    (reading,) = photographed(replace(page, code=code))
    asked = asked_on(reading, cast.chen.actor)
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    posted = {one.name: text_of(one, read[one.name]) for one in asked.fields}
    typed = form_class_of(asked)(posted)
    assert typed.is_valid(), typed.errors
    values = {one.name: typed.cleaned_data[one.name] for one in asked.fields}
    return finish(
        reading, values=values, looked=set(read), person=cast.wang.person, by=cast.chen.actor,
        now=NOW,
    )  # fmt: skip


def test_page_desk_sheet_and_typed_sheet_seal_the_same(
    cast, appraisal, pages, photographed, django_capture_on_commit_callbacks
):
    one, two, three, four = members(appraisal)
    told = on_the_page(appraisal)
    desk = cast.enter(Client(), cast.chen)
    by_page = []
    with standing_still(NOW):
        # What the desk writes down, and the page of the year, are the same form.
        asked = {"way": "phone", "token": "a" * 16}
        assert desk.post(reverse("doublefive:ask", args=[one.pk]), told | asked).status_code == 302
        by_page.append(sealed())
        Envelope.objects.all().delete()
        me = cast.enter(Client(), cast.yong)
        Appraiser.objects.filter(pk=two.pk).update(person=cast.yong.person)
        assert me.post(reverse("doublefive:appraise", args=[2026]), told | {"token": "b" * 16}).status_code == 302  # fmt: skip
        by_page.append(sealed())
        Envelope.objects.all().delete()

        put_in_box(three, by=cast.chen.actor, now=NOW)
        sheets = printed(cast, appraisal)
        assert [len(sheet.rows) for sheet in sheets] == [A_SHEET + 1, 2]
        for page, sheet in zip(pages, sheets, strict=True):
            assert taken_out(appraisal) == 0
            with django_capture_on_commit_callbacks(execute=True):
                done = hand_in(cast, page, sheet, photographed)
            appraisal.refresh_from_db()
            assert (done.person, bool(done.picture), ReadField.objects.count()) == (None, False, 0)
        assert taken_out(appraisal) == 1
        by_page.append(sealed())
        Envelope.objects.all().delete()

        put_in_box(four, by=cast.chen.actor, now=NOW)
        address = reverse("doublefive:appraisal-sheet", args=[appraisal.season_id])
        typed = told | {"constituency": "party", "token": "c" * 16}
        assert desk.post(address, typed).status_code == 302
        by_page.append(sealed())
    expected = [
        (project.pk, "party", SAID[place])
        for place, project in enumerate(projects_of(appraisal.season), 1)
        if place in SAID
    ]
    assert by_page == [sorted(expected, key=str)] * 4
    assert "扶手很稳" not in str(list(ActDetail.objects.values_list("changes", flat=True)))


def test_no_side_is_taken_in_more_often_than_there_are_sheets_in_the_box(cast, appraisal):
    take, by = use_of("APPRAISE").take, cast.chen.actor
    three, four = members(appraisal)[2:]
    sheets = printed(cast, appraisal, count=3)
    assert [len(sheet.rows) for sheet in sheets] == [A_SHEET + 1, 2] * 3

    def hand(sheet):
        return take(Taken({}, sheet=sheet, about=sheet.rows["about"]), by=by, now=NOW)

    with pytest.raises(Refused):
        hand(sheets[0])  # nobody has put one in
    put_in_box(three, by=by, now=NOW)
    assert hand(sheets[0]) == appraisal.season
    with pytest.raises(Refused):
        hand(sheets[2])
    # The whole of one person's is typed only when no side of it was read.
    with pytest.raises(Refused):
        type_sheet(appraisal, {}, constituency="party", by=by, now=NOW)
    put_in_box(four, by=by, now=NOW)
    type_sheet(appraisal, {}, constituency="party", by=by, now=NOW)
    appraisal.refresh_from_db()
    assert taken_out(appraisal) == 1
    with pytest.raises(Refused) as unequal:
        publish_appraisal(appraisal, by=cast.zhou.actor, now=NOW + 7 * DAY)
    assert unequal.value.field == "explanation"
    hand(sheets[1])
    found = publish_appraisal(appraisal, by=cast.zhou.actor, now=NOW + 7 * DAY)
    assert found.report["box"] == {"in": 2, "typed": 2}
    with pytest.raises(Refused):
        hand(sheets[3])


def test_a_sheet_names_its_projects_and_whose_it_is_and_nobody(cast, appraisal, slip):
    use, by = use_of("APPRAISE"), cast.chen.actor
    sheet, _second = printed(cast, appraisal)
    words = use.words_on(sheet, by)
    assert words["p1"].startswith("1. 楼道装扶手")
    assert all(len(one) <= 46 for one in words.values())
    assert "年底前做好" in words["p1"]
    assert use.subjects.due(by, NOW)[0][1] == "2026 年双五测评 · 党员"
    assert use.subjects.due(by, NOW + 7 * DAY) == []
    desk = cast.enter(Client(), cast.chen)
    with standing_still(NOW):
        page = desk.get(reverse("doublefive:appraisal", args=[appraisal.season_id]))
        assert f'value="{about_of(appraisal, Constituency.NEW)}"' in page.content.decode()
        assert desk.get(reverse("paper:type", args=["APPRAISE"])).status_code == 404
        told = {"count": 2, "about": about_of(appraisal, Constituency.NEW), "token": "p" * 16}
        assert desk.post(reverse("paper:print", args=["APPRAISE"]), told).status_code == 200
    assert Sheet.objects.filter(rows__about=told["about"]).count() == 4


def test_what_is_left_open_says_nothing():
    names = names_in(slot(3))
    assert names == ("p3", "p3_seen", "p3_step", "p3_words")
    assert says_in({"p3": "", "p3_seen": None, "p3_words": " "}, names) == Says()
    assert says_in({"p3": "no", "p3_step": "3"}, names) == Says(is_done=False, step=3)
