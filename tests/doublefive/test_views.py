"""What is shown, to whom, and that what was typed is not lost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.kit.clock import local_day
from mulin.parlour.doublefive.actions.ideas import offer_idea, propose_merge
from mulin.parlour.doublefive.actions.screening import pass_idea, refuse_idea
from mulin.parlour.doublefive.actions.seasons import go_on
from mulin.parlour.doublefive.models import STAGE_LABELS, Appraisal, Idea, Season
from mulin.parlour.doublefive.rules import Stage
from mulin.parlour.doublefive.views.stages import river_steps
from tests.clock import NOW
from tests.doublefive.conftest import public
from tests.support.pdfs import Pdf


def text(page):
    return page.content.decode()


@pytest.fixture
def desk(cast, client):
    return cast.enter(client, cast.chen)


@pytest.fixture
def street(cast, season):
    return Client()


def test_a_passer_by_offers_an_idea_and_follows_it(street):
    page = street.post("/doublefive/offer/", {"title": "种一排桂花树", "phone": "13900000001",
                                              "cost_yuan": "", "token": "t"})  # fmt: skip
    idea = Idea.objects.get()
    assert page["Location"] == f"/doublefive/mine/{idea.follow_code}/"
    assert "种一排桂花树" in text(street.get(page["Location"]))
    assert street.get("/doublefive/mine/abcdefgh/").status_code == 404


def test_what_is_missing_is_said_and_nothing_typed_is_lost(street):
    page = street.post("/doublefive/offer/", {"title": "", "words": "夏天很晒", "cost_yuan": "x"})
    assert page.status_code == 422
    assert "夏天很晒" in text(page)
    assert not Idea.objects.exists()


def test_the_street_reads_no_idea_before_the_list_is_published(cast, street, screening, lamp):
    page = text(street.get("/doublefive/river/"))
    assert lamp.title not in page
    assert "公共的" in page
    Idea.objects.exclude(pk=lamp.pk).delete()
    pass_idea(lamp, by=cast.chen.actor, now=NOW)
    go_on(screening, by=cast.zhou.actor, now=NOW)
    page = text(street.get("/doublefive/river/2026/"))
    assert lamp.title in page
    assert lamp.words not in page


def test_the_river_before_any_season(cast):
    assert Client().get("/doublefive/river/").status_code == 200


@pytest.mark.usefixtures("clock_stands")
def test_an_author_agrees_and_appeals_on_their_own_page(cast, street, season, lamp, bench):
    merge = propose_merge(lamp, bench, by=cast.chen.actor, now=NOW)
    address = f"/doublefive/mine/{lamp.follow_code}/"
    assert bench.title in text(street.get(address))
    street.post(f"{address}merge/", {"merge": merge.pk, "answer": "yes", "token": "s"})
    assert "现在等另一位答复" in text(street.get(address))
    other = f"/doublefive/mine/{bench.follow_code}/"
    assert "现在等另一位答复" not in text(street.get(other))
    street.post(f"{other}merge/", {"merge": merge.pk, "answer": "no", "token": "t"})
    assert "现在等另一位答复" not in text(street.get(address))
    merge.refresh_from_db()
    assert merge.declined_at is not None
    assert street.post(f"{address}merge/", {"merge": "x"}).status_code == 422
    go_on(season, by=cast.zhou.actor, now=NOW)
    refuse_idea(
        Idea.objects.get(pk=lamp.pk), season.criteria.first(), "太贵。", by=cast.chen.actor, now=NOW
    )
    assert "太贵。" in text(street.get(address))
    assert street.post(f"{address}appeal/", {"words": ""}).status_code == 422
    street.post(f"{address}appeal/", {"words": "少装几盏。", "token": "u"})
    assert Idea.objects.get(pk=lamp.pk).appeal == "少装几盏。"


def test_the_desk_screens_and_the_head_goes_on(cast, desk, screening, lamp, bench):
    assert desk.get("/doublefive/").status_code == 200
    assert lamp.title in text(desk.get(f"/doublefive/{screening.pk}/"))
    desk.post(f"/doublefive/ideas/{lamp.pk}/pass/", {"token": "a"})
    page = desk.post(f"/doublefive/ideas/{bench.pk}/refuse/", {"reason": "没有地方"})
    assert (page.status_code, "没有地方" in text(page)) == (422, True)
    desk.post(
        f"/doublefive/ideas/{bench.pk}/refuse/",
        {"criterion": screening.criteria.first().pk, "reason": "没有地方", "token": "b"},
    )
    assert dict(Idea.objects.values_list("pk", "state")) == {lamp.pk: "passed", bench.pk: "refused"}
    head = cast.enter(Client(), cast.zhou)
    page = head.post(f"/doublefive/{screening.pk}/go-on/", {"token": "c"})
    assert page.status_code == 422  # the days for an appeal still run
    assert Season.objects.get().is_screening


def test_the_desk_puts_in_order_asks_for_a_merge_and_notes_the_answers(cast, desk, lamp, bench):
    address = f"/doublefive/ideas/{lamp.pk}/"
    values = {"title": "路灯", "site": "南门", "gains": "", "cost_yuan": "99.5", "token": "a"}
    desk.post(address, values)
    assert Idea.objects.get(pk=lamp.pk).title == "路灯"
    assert desk.post(address, {"title": ""}).status_code == 422
    desk.post(f"{address}merge/", {"into": bench.pk, "token": "b"})
    merge = lamp.merges.get()
    for idea, token in ((lamp, "c"), (bench, "d")):
        desk.post(
            f"/doublefive/ideas/{idea.pk}/merge/answer/",
            {"merge": merge.pk, "answer": "yes", "token": token},
        )
    assert Idea.objects.get(pk=lamp.pk).part_of == bench


def test_the_author_words_are_for_the_desk_and_not_for_an_officer(cast, client, lamp):
    address = f"/doublefive/ideas/{lamp.pk}/"
    assert lamp.words in text(cast.enter(client, cast.chen).get(address))
    assert lamp.words not in text(cast.enter(Client(), cast.sun).get(address))
    assert cast.enter(Client(), cast.yong).get(address).status_code == 404
    assert cast.enter(Client(), cast.li).get(address).status_code == 404


def test_the_booklet_has_the_published_list_and_nothing_before(cast, desk, screening, lamp):
    address = f"/doublefive/{screening.pk}/booklet/"
    assert desk.get(address).status_code == 404
    Idea.objects.exclude(pk=lamp.pk).delete()
    pass_idea(lamp, by=cast.chen.actor, now=NOW)
    go_on(screening, by=cast.zhou.actor, now=NOW)
    page = desk.get(address)
    assert page["Content-Type"] == "application/pdf"
    assert lamp.title in Pdf(page.getvalue()).packed


@pytest.mark.parametrize("address", ["/doublefive/{}/", "/doublefive/river/"])
def test_more_ideas_ask_no_more_questions(cast, desk, season, address):
    asked = []
    desk.get(address.format(season.pk))
    for total in (2, 12):
        while Idea.objects.count() < total:
            offer_idea(public(), words="", by=cast.yong.actor, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            desk.get(address.format(season.pk))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_stage_tells_nothing_of_what_there_is_none_of(five, lamp, bench):
    def told():
        return {one["title"]: one["text"] for one in river_steps(five, NOW)}

    assert told()[STAGE_LABELS[Stage.SCREEN]] == "2 个通过。"
    Idea.objects.filter(pk=bench.pk).update(state="merged", part_of=lamp)
    assert told()[STAGE_LABELS[Stage.SCREEN]] == "1 个通过，1 个并入别的点子。"


def test_a_year_that_was_appraised_is_told_as_over(desk, five):
    Season.objects.filter(pk=five.pk).update(stage="appraise")
    appraisal = Appraisal.objects.create(
        community_id=five.community_id, season=five, first_day=local_day(NOW),
        last_day=local_day(NOW), roll_digest="0",
    )  # fmt: skip
    assert "办完，评过了" not in text(desk.get("/doublefive/"))
    Appraisal.objects.filter(pk=appraisal.pk).update(published_at=NOW)
    assert "办完，评过了" in text(desk.get("/doublefive/"))


def test_the_next_year_to_open_is_one_that_is_not_open_yet(cast, client, season):
    page = cast.enter(client, cast.zhou).get("/doublefive/")
    assert page.context["form"].initial["year"] == season.year + 1
