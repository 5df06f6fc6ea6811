"""The year's end: one answer each, apart from who answered, nothing that is too small."""

import json
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from django.db import connection

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.appraising import (
    answer_appraisal,
    note_answers,
    open_appraisal,
    publish_appraisal,
    put_in_box,
    type_sheet,
)
from mulin.parlour.doublefive.actions.rolls import FIRST_RULES
from mulin.parlour.doublefive.models import (
    Appraisal,
    Appraiser,
    Envelope,
    Remark,
    Representative,
    RollRule,
    Season,
    Verdict,
)
from mulin.parlour.doublefive.queries import fives_of, remarks_of
from mulin.parlour.doublefive.rules import Says
from tests.clock import NOW
from tests.factories.people import PersonFactory

DAY = timedelta(days=1)
UNTIL = (NOW + 10 * DAY).date()
AFTER = NOW + 12 * DAY


@pytest.fixture
def appraisal(cast, project):
    for number in range(14):
        PersonFactory(
            community=cast.xinjie,
            name=f"党{number}",
            is_party_member=True,
            residency="local",
            born_on=date(1960, 1, 1),
        )
    season = project.chosen.season
    for place, (code, rule) in enumerate(FIRST_RULES.items()):
        RollRule.objects.create(
            community=cast.xinjie, season=season, position=place, code=code, **asdict(rule)
        )
    for number in range(12):
        speaks = PersonFactory(
            community=cast.xinjie, name=f"新{number}", residency="new", born_on=date(1988, 1, 1)
        )
        if number < 11:
            Representative.objects.create(
                community=cast.xinjie, person=speaks, put_forward_by="邻居", chosen_how="举手",
                since=NOW.date(), until=UNTIL,
            )  # fmt: skip
    return open_appraisal(season, last_day=UNTIL, by=cast.zhou.actor, now=NOW)


def roll(appraisal, constituency):
    rows = Appraiser.objects.filter(appraisal=appraisal, constituency=constituency)
    return list(rows.select_related("appraisal__season", "person").order_by("id"))


def says(project, step=5, *, words=""):
    return {project.pk: Says(is_done=True, is_seen=False, step=step, words=words)}


def test_the_roll_has_everybody_once_by_the_rule_of_the_vote(cast, appraisal):
    assert appraisal.season.stage == "appraise"
    groups = {one: {row.person.name for row in roll(appraisal, one)} for one in
              ("party", "local", "new")}  # fmt: skip
    assert {f"党{number}" for number in range(14)} <= groups["party"]
    assert {f"新{number}" for number in range(11)} == groups["new"]
    assert "新11" not in groups["local"] | groups["party"]  # nobody chose them to speak for others
    total = sum(map(len, groups.values()))
    assert total == Appraiser.objects.values("person").distinct().count()
    assert len(appraisal.roll_digest) == 64
    with pytest.raises(TakenMeanwhile):
        open_appraisal(Season.objects.get(), last_day=UNTIL, by=cast.zhou.actor, now=NOW)


def test_only_the_head_opens_it_within_its_days(cast, project):
    season = project.chosen.season
    with pytest.raises(NotPermitted):
        open_appraisal(season, last_day=UNTIL, by=cast.chen.actor, now=NOW)
    for day in (NOW - DAY, NOW + 90 * DAY):
        with pytest.raises(Refused):
            open_appraisal(season, last_day=day.date(), by=cast.zhou.actor, now=NOW)


def test_one_person_answers_once_whichever_way(cast, appraisal, project):
    one = roll(appraisal, "party")[0]
    for _turn in range(2):
        note_answers(one, says(project), by=cast.chen.actor.by("phone"), now=NOW, token="t")
    for again in (
        lambda: note_answers(one, says(project), by=cast.chen.actor.by("door"), now=NOW),
        lambda: put_in_box(one, by=cast.chen.actor, now=NOW),
        lambda: answer_appraisal(
            one, says(project), by=Actor(cast.xinjie.pk, person_id=one.person_id), now=NOW
        ),
    ):
        with pytest.raises(TakenMeanwhile):
            again()
    assert Envelope.objects.count() == 1


def test_an_empty_answer_is_refused_and_counts_as_none(cast, appraisal, project):
    one = roll(appraisal, "party")[0]
    with pytest.raises(Refused):
        note_answers(one, {project.pk: Says()}, by=cast.chen.actor, now=NOW)
    one.refresh_from_db()
    assert one.answered_on is None


def test_nobody_answers_online_for_somebody_else_or_too_late(cast, appraisal, project):
    one, other = roll(appraisal, "party")[:2]
    themselves = Actor(cast.xinjie.pk, person_id=one.person_id)
    with pytest.raises(NotPermitted):
        answer_appraisal(other, says(project), by=themselves, now=NOW)
    with pytest.raises(Refused):
        answer_appraisal(one, says(project), by=themselves, now=AFTER)
    answer_appraisal(one, says(project), by=themselves, now=NOW)


def test_as_many_sheets_are_typed_as_were_put_in_or_somebody_says_why(cast, appraisal, project):
    for one in roll(appraisal, "party")[:11]:
        put_in_box(one, by=cast.chen.actor, now=NOW)
    for _sheet in range(10):
        type_sheet(appraisal, says(project), constituency="party", by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        publish_appraisal(appraisal, by=cast.zhou.actor, now=AFTER)
    type_sheet(appraisal, {}, constituency="party", by=cast.chen.actor, now=NOW)  # a blank one
    with pytest.raises(Refused):
        type_sheet(appraisal, says(project), constituency="party", by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        type_sheet(appraisal, {}, constituency="party", by=cast.sun.actor, now=NOW)
    found = publish_appraisal(appraisal, by=cast.zhou.actor, now=AFTER)
    assert found.report["box"] == {"in": 11, "typed": 11}


def published(cast, appraisal, project, *, party, new):
    for step, (group, count) in enumerate((("party", party), ("new", new)), start=4):
        for one in roll(appraisal, group)[:count]:
            note_answers(
                one, says(project, step, words=f"话{group}"), by=cast.chen.actor.by("door"),
                now=NOW,
            )  # fmt: skip
    return publish_appraisal(appraisal, by=cast.zhou.actor, now=AFTER)


def test_the_report_says_how_many_of_how_many_and_hides_groups_under_ten(cast, appraisal, project):
    size = Appraiser.objects.count()
    with pytest.raises(Refused):
        publish_appraisal(appraisal, by=cast.zhou.actor, now=NOW)
    found = published(cast, appraisal, project, party=12, new=3)
    report = found.report
    assert (report["answered"], report["roll"]) == (15, size)
    (line,) = report["projects"]
    assert (line["satisfied"], line["answered"], line["percent"]) == (15, 15, "100.0")
    assert (line["done"], line["not_done"], line["seen"], line["not_seen"]) == (15, 0, 0, 15)
    # Three new residents stand with the party members: no twelve from which they could be taken.
    assert [one["names"] for one in line["groups"] if one["answered"]] == [["new", "party"]]
    assert all(one["answered"] >= 10 for one in report["groups"] if one["answered"])
    assert {one.words for one in remarks_of(found.season)} == {"话party", "话new"}


def test_ways_by_which_fewer_than_ten_came_stand_together(cast, appraisal, project, client):
    """VOTING.md: a channel of fewer than ten is not told by itself."""
    rows = roll(appraisal, "party")[:12] + roll(appraisal, "new")[:3]
    ways = ["door"] * 11 + ["phone"] * 3 + ["walk_in"]
    for one, way in zip(rows, ways, strict=True):
        note_answers(one, says(project, 4), by=cast.chen.actor.by(way), now=NOW)
    found = publish_appraisal(appraisal, by=cast.zhou.actor, now=AFTER)
    page = client.get(f"/doublefive/river/{found.season.year}/appraised/")
    (told,) = page.context["ways"]
    assert (set(told[0].split("、")), told[1]) == ({"上门", "电话", "到访"}, 15)


def test_fewer_than_ten_answers_show_nothing_of_a_project(cast, appraisal, project):
    found = published(cast, appraisal, project, party=9, new=0)
    assert found.report["projects"] == [
        {"place": 1, "title": str(project), "kind": "project", "is_shown": False}
    ]
    assert not remarks_of(found.season).exists()


def test_after_publication_nothing_says_who_answered_and_nothing_ties_a_verdict(
    cast, appraisal, project
):
    people = {one.person_id for one in roll(appraisal, "party") + roll(appraisal, "new")}
    found = published(cast, appraisal, project, party=12, new=11)
    assert not Appraiser.objects.exists()
    assert not Envelope.objects.exists()
    columns = {one.name for one in Verdict._meta.fields}
    assert columns == {
        "id", "community", "project", "constituency", "is_done", "is_seen", "step",
    }  # fmt: skip
    assert {one.name for one in Remark._meta.fields} == {"id", "community", "project", "words"}
    # In the order of the table, steps of both groups lie mixed: they were not written as they came.
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM doublefive_verdict ORDER BY id")
        steps = [row[0] for row in cursor.fetchall()]
    assert sorted(steps) == [4] * 12 + [5] * 11
    assert steps not in ([4] * 12 + [5] * 11, [5] * 11 + [4] * 12)
    told = json.dumps(found.report, ensure_ascii=False)
    assert not any(str(pk) in told for pk in people)
    with pytest.raises(TakenMeanwhile):
        publish_appraisal(appraisal, by=cast.zhou.actor, now=AFTER)


def test_while_it_runs_no_answer_is_written_beside_who_gave_it(cast, appraisal, project):
    one = roll(appraisal, "party")[0]
    answer_appraisal(
        one, says(project, words="针眼"), now=NOW,
        by=Actor(cast.xinjie.pk, account_id=cast.yong.account.pk, person_id=one.person_id),
    )  # fmt: skip
    row = Appraiser.objects.get(pk=one.pk)
    assert row.entered_by_id is None
    sealed = Envelope.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM doublefive_envelope")
        assert "针眼" not in cursor.fetchone()[0]
    assert not {"person", "appraiser", "at"} & {field.name for field in sealed._meta.fields}


def test_the_years_stand_side_by_side_with_promise_and_verdict(cast, appraisal, project):
    published(cast, appraisal, project, party=12, new=11)
    (year,) = fives_of(Season.objects.all())
    (_project, fives), (_service, services) = year.fives
    assert services == []
    (five,) = [one for one in fives if one.project]
    assert (five.project.promise, five.verdict["percent"]) == ("年底前亮起来", "100.0")
    assert Appraisal.objects.get().digest


def test_after_its_last_day_staff_takes_no_answer_either(cast, appraisal, project):
    one = roll(appraisal, "party")[0]
    with pytest.raises(Refused):
        note_answers(one, says(project), by=cast.chen.actor.by("phone"), now=AFTER)
    with pytest.raises(Refused):
        put_in_box(one, by=cast.chen.actor, now=AFTER)
    assert not Envelope.objects.exists()
