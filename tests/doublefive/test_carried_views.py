"""The pages of carrying out and appraising: what is shown, to whom, and that nothing typed is lost."""

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.ground.community.rules import Actor
from mulin.kit.clock import standing_still
from mulin.parlour.doublefive.actions.appraising import open_appraisal, publish_appraisal
from mulin.parlour.doublefive.actions.carrying import finish_project, reach_milestone, spend
from mulin.parlour.doublefive.actions.following import comment
from mulin.parlour.doublefive.actions.rolls import FIRST_RULES
from mulin.parlour.doublefive.models import (
    Appraisal,
    Appraiser,
    Comment,
    Envelope,
    Expense,
    Follow,
    Milestone,
    Picture,
    Placing,
    Project,
    RollRule,
    Season,
)
from mulin.parlour.doublefive.views import stages
from tests.clock import NOW
from tests.doublefive.conftest import picture

DAY = timedelta(days=1)


def text(page):
    return page.content.decode()


@pytest.fixture(autouse=True)
def _clock():
    """Dates that are typed here stay ahead, whenever the tests are run."""
    with standing_still(NOW):
        yield


@pytest.fixture
def owner(cast, project, client):
    return cast.enter(client, cast.sun)


@pytest.fixture
def desk(cast, project):
    return cast.enter(Client(), cast.chen)


@pytest.fixture
def head(cast, project):
    return cast.enter(Client(), cast.zhou)


@pytest.fixture
def street(cast, project):
    return Client()


def test_a_project_with_a_step_past_its_day_is_late_on_the_list(desk, milestone):
    address = f"/doublefive/{milestone.project.chosen.season_id}/carrying/"
    assert ("正在做" in text(desk.get(address)), "超时" in text(desk.get(address))) == (True, False)
    Milestone.objects.update(due_at=NOW - DAY)
    assert "超时" in text(desk.get(address))


def test_the_head_begins_a_project_on_a_page(cast, head):
    page = text(head.get(f"/doublefive/{Project.objects.get().chosen.season_id}/carrying/"))
    assert "装几把长椅" in page
    chosen = Project.objects.get().chosen.season.chosen.get(place=2)
    address = f"/doublefive/chosen/{chosen.pk}/begin/"
    page = head.post(address, {"promise": "十把长椅", "budget_yuan": "很多", "owner": ""})
    assert (page.status_code, "十把长椅" in text(page)) == (422, True)
    values = {"promise": "十把长椅", "budget_yuan": "500.50", "owner": cast.sun.account.pk}
    page = head.post(address, values | {"token": "t"})
    begun = Project.objects.get(chosen=chosen)
    assert (page["Location"], begun.budget_yuan) == (
        f"/doublefive/projects/{begun.pk}/", Decimal("500.50"),
    )  # fmt: skip


def test_the_owner_works_through_a_project_on_its_page(owner, project):
    address = f"/doublefive/projects/{project.pk}/"
    page = owner.post(f"{address}milestone/", {"what": "立杆子", "due_on": ""})
    assert (page.status_code, "立杆子" in text(page)) == (422, True)
    owner.post(f"{address}milestone/", {"what": "立杆子", "due_on": "2026-12-20", "token": "a"})
    milestone = Milestone.objects.get()
    step = f"/doublefive/milestones/{milestone.pk}/"
    page = owner.post(f"{step}put-off/", {"due_on": "2026-12-01", "reason": "下雨下不停"})
    assert (page.status_code, "下雨下不停" in text(page)) == (422, True)
    owner.post(f"{step}put-off/", {"due_on": "2026-12-31", "reason": "下雨下不停", "token": "b"})
    photo = SimpleUploadedFile("a.jpg", picture().content, "image/jpeg")
    owner.post(f"{step}reach/", {"words": "", "photos": photo, "token": "c"})
    photo = SimpleUploadedFile("b.jpg", picture().content, "image/jpeg")
    owner.post(f"{address}picture/", {"moment": "before", "photos": photo, "token": "d"})
    owner.post(
        f"{address}spend/",
        {"spent_on": "2026-11-01", "yuan": "12.30", "what": "灯头", "token": "e"},
    )
    owner.post(f"{address}finish/", {"outcome": "都亮了", "token": "f"})
    assert Milestone.objects.get().done_at is not None
    assert sorted(Picture.objects.values_list("moment", flat=True)) == ["before", "step"]
    assert Expense.objects.get().yuan == Decimal("12.30")
    page = text(owner.get(address))
    for words in ("下雨下不停", "灯头", "都亮了", "12.30"):
        assert words in page


def test_another_officer_opens_the_page_and_changes_nothing(cast, project, milestone):
    other = cast.enter(Client(), cast.wu)
    assert other.get(f"/doublefive/projects/{project.pk}/").status_code == 200
    page = other.post(f"/doublefive/milestones/{milestone.pk}/reach/", {"words": "好了"})
    assert (page.status_code, Milestone.objects.open().count()) == (404, 1)
    assert cast.enter(Client(), cast.li).get(
        f"/doublefive/projects/{project.pk}/"
    ).status_code == 404  # fmt: skip


def test_a_passer_by_reads_it_comments_and_cannot_follow(cast, street, project):
    address = "/doublefive/river/2026/1/"
    assert project.promise in text(street.get(address))
    assert street.get("/doublefive/river/2026/9/").status_code == 404
    assert street.post(f"{address}comment/", {"words": ""}).status_code == 422
    street.post(f"{address}comment/", {"words": "多装两盏", "token": "t"})
    waits = text(street.get(address))
    assert "多装两盏" not in waits
    assert "还有 1 条留言" in waits
    desk = cast.enter(Client(), cast.chen)
    desk.post(f"/doublefive/comments/{Comment.objects.get().pk}/show/", {"token": "u"})
    assert "多装两盏" in text(street.get(address))
    assert "还有 1 条留言" not in text(street.get(address))
    why = {"why": "写了电话号码", "token": "v"}
    desk.post(f"/doublefive/comments/{Comment.objects.get().pk}/hide/", why)
    gone = text(street.get(address))
    assert "多装两盏" not in gone
    assert "写了电话号码" in gone
    assert street.post(f"{address}follow/", {}).status_code == 404


def test_whoever_signed_in_follows_and_the_desk_notes_who_calls(cast, desk, project):
    me = cast.enter(Client(), cast.yong)
    me.post("/doublefive/river/2026/1/follow/", {"token": "a"})
    assert Follow.objects.count() == 1
    me.post("/doublefive/river/2026/1/unfollow/", {"token": "b"})
    assert not Follow.objects.exists()
    address = f"/doublefive/projects/{project.pk}/"
    name = cast.wang.person.name
    assert name in text(desk.get(f"{address}?q={name}"))
    desk.post(f"{address}follow/", {"person": cast.wang.person.pk, "token": "c"})
    assert Follow.objects.get().person == cast.wang.person


def test_a_picture_is_seen_by_the_street_when_it_is_shown(cast, street, desk, project):
    Season.objects.update(stage="collect")
    photo = SimpleUploadedFile("a.jpg", picture().content, "image/jpeg")
    street.post("/doublefive/offer/", {"title": "装路灯", "photos": photo, "token": "p"})
    kept = Picture.objects.get()
    assert street.get(kept.url).status_code == 404
    assert desk.get(kept.small_url).getvalue()
    desk.post(
        f"/doublefive/ideas/{kept.idea_id}/pictures/", {"shown": [str(kept.pk)], "token": "q"}
    )
    assert street.get(kept.url).getvalue().startswith(b"\xff\xd8")


def test_the_river_tells_each_stage_and_the_desk_what_waits(cast, street, desk, project, milestone):
    season = project.chosen.season
    page = text(street.get("/doublefive/river/2026/"))
    assert project.promise in page
    late = milestone.due_at + DAY
    told = {one.words: one.count for one in stages.work_of(season, late)}
    assert list(told.values()) == [1, 1]  # one nobody carries out, one late step
    assert [one.count for one in stages.work_of(season, NOW)] == [1]
    assert "/carrying/" in text(desk.get(f"/doublefive/{season.pk}/"))
    steps = stages.river_steps(season, late)
    assert [one["state"] for one in steps] == ["done"] * 5 + ["now", "next"]


# ── the appraisal ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rules(cast, project):
    """Who votes, and so who appraises."""
    for place, (code, rule) in enumerate(FIRST_RULES.items()):
        RollRule.objects.create(
            community=cast.xinjie, season=project.chosen.season, position=place, code=code,
            **asdict(rule),
        )  # fmt: skip
    Placing.objects.create(
        community=cast.xinjie, season=project.chosen.season, person=cast.yong.person,
        rule=RollRule.objects.get(code="local"), reason="住在这里", placed_on=NOW.date(),
        placed_by=cast.chen.account,
    )  # fmt: skip


@pytest.fixture
def appraisal(cast, project, rules):
    """It runs: the clock of its pages stands within its days."""
    with standing_still(NOW):
        yield open_appraisal(
            project.chosen.season, last_day=(NOW + 5 * DAY).date(), by=cast.zhou.actor, now=NOW
        )


def test_the_head_opens_an_appraisal_and_nobody_else(cast, head, desk, project, rules):
    address = f"/doublefive/{project.chosen.season_id}/appraisal/"
    assert desk.post(address, {"last_day": "2026-12-01"}).status_code == 404
    assert head.post(address, {"last_day": "2020-01-01"}).status_code == 422
    head.post(address, {"last_day": "2026-12-01", "token": "t"})
    assert Appraisal.objects.count() == 1
    assert cast.wang.person.name in text(desk.get(address))


def test_somebody_on_the_roll_answers_once_on_their_phone(cast, appraisal, project):
    me = cast.enter(Client(), cast.yong)
    address = "/doublefive/river/2026/appraise/"
    page = me.post(address, {f"words_{project.pk}": ""})
    assert page.status_code == 422
    values = {f"done_{project.pk}": "yes", f"step_{project.pk}": "4", "token": "t"}
    assert me.post(address, values)["Location"] == address
    assert f"step_{project.pk}" not in text(me.get(address))
    assert Envelope.objects.count() == 1
    row = Appraiser.objects.get(person=cast.yong.person)
    assert (row.way, row.entered_by) == ("online", None)


def test_the_desk_writes_down_what_is_said_and_types_what_lies_in_the_box(
    cast, desk, appraisal, project
):
    wang = Appraiser.objects.get(person=cast.wang.person)
    address = f"/doublefive/appraisers/{wang.pk}/"
    page = desk.post(address, {f"words_{project.pk}": "灯要再亮些"})
    assert (page.status_code, "灯要再亮些" in text(page)) == (422, True)
    values = {f"step_{project.pk}": "5", "way": "phone", "token": "a"}
    desk.post(address, values)
    assert Appraiser.objects.get(pk=wang.pk).way == "phone"
    other = Appraiser.objects.filter(answered_on__isnull=True).first()
    desk.post(f"/doublefive/appraisers/{other.pk}/box/", {"token": "b"})
    season = f"/doublefive/{appraisal.season_id}/appraisal/"
    sheet = {f"step_{project.pk}": "2", "constituency": other.constituency, "token": "c"}
    desk.post(f"{season}sheet/", sheet)
    assert Appraisal.objects.get().sheets_typed == 1
    assert desk.post(f"{season}sheet/", sheet | {"token": "d"}).status_code == 422


def test_an_officer_asks_those_of_their_grid_alone(cast, appraisal):
    officer = cast.enter(Client(), cast.wu)  # of grid 2
    wang = Appraiser.objects.get(person=cast.wang.person)
    assert officer.get(f"/doublefive/appraisers/{wang.pk}/").status_code == 404


def test_the_published_report_is_read_by_everybody(cast, street, head, appraisal, project):
    address = "/doublefive/river/2026/appraised/"
    assert street.get(address).status_code == 404
    publish_appraisal(appraisal, by=cast.zhou.actor, now=NOW + 7 * DAY)
    for page in (address, "/doublefive/years/", "/doublefive/river/2026/"):
        assert street.get(page).status_code == 200
    assert project.promise in text(street.get("/doublefive/years/"))
    words = f"/doublefive/{appraisal.season_id}/appraisal/words/"
    assert head.get(words).status_code == 200


@pytest.mark.parametrize(
    "address", ["/doublefive/river/2026/1/", "/doublefive/projects/{}/", "/doublefive/years/"]
)
def test_more_steps_money_and_words_ask_no_more_questions(cast, desk, project, milestone, address):
    asked = []
    desk.get(address.format(project.pk))
    for count in (1, 6):
        while Comment.objects.count() < count:
            comment(project, "话", by=Actor(cast.xinjie.pk, person_id=cast.yong.person.pk), now=NOW)
            spend(
                project, spent_on=NOW.date(), yuan=Decimal(1), what="灯", by=cast.sun.actor, now=NOW
            )
            Milestone.objects.create(
                community=cast.xinjie, project=project, what="步", due_at=milestone.due_at
            )
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address.format(project.pk)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


# ── for the chat group ───────────────────────────────────────────────────────────────────────


def test_a_year_is_told_by_its_stage(cast, desk, project, milestone):
    def told():
        return text(desk.get(reverse("notify:share", args=["doublefive.season", "2026"])))

    assert "1. 楼下装一排路灯" in told()
    for stage, words in (("collect", "/doublefive/offer/"), ("screen", "已收到 2 个点子")):
        Season.objects.update(stage=stage)
        assert words in told()
    assert desk.get(reverse("notify:share", args=["doublefive.season", "1999"])).status_code == 404


def test_a_project_is_told_with_its_promise_and_next_step(cast, desk, project, milestone):
    address = reverse("notify:share", args=["doublefive.project", project.pk])
    page = text(desk.get(address))
    assert project.promise in page
    assert "立杆子" in page
    reach_milestone(milestone, words="好了", by=cast.sun.actor, now=NOW)
    finish_project(project, outcome="都亮了", by=cast.sun.actor, now=NOW)
    assert "都亮了" in text(desk.get(address))
    assert desk.get(reverse("notify:share", args=["doublefive.project", "x1"])).status_code == 404


def test_an_appraisal_is_told_while_it_runs_and_when_it_is_published(cast, desk, appraisal):
    address = reverse("notify:share", args=["doublefive.appraisal", "2026"])
    assert "/doublefive/river/2026/" in text(desk.get(address))
    publish_appraisal(appraisal, by=cast.zhou.actor, now=NOW + 7 * DAY)
    assert "/doublefive/river/2026/appraised/" in text(desk.get(address))


def test_when_it_is_over_nobody_is_asked_any_more(desk, appraisal):
    address = f"/doublefive/{appraisal.season_id}/appraisal/"
    with standing_still(NOW):
        assert "/doublefive/appraisers/" in text(desk.get(address))
    with standing_still(NOW + 30 * DAY):
        assert "/doublefive/appraisers/" not in text(desk.get(address))


def test_before_it_begins_the_rules_of_the_vote_are_named(cast, head, project):
    RollRule.objects.create(
        community=cast.xinjie, season=project.chosen.season, position=1, code="party",
        title="老党员组", words="党员",
    )  # fmt: skip
    assert "老党员组" in text(head.get(f"/doublefive/{project.chosen.season_id}/appraisal/"))
