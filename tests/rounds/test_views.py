"""What stands on an officer's phone, for whom; queries counted at few and at many homes."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.models import Visibility
from mulin.commons.flow.said import Said
from mulin.ground.people.actions.persons import register_person
from mulin.ground.places.actions import move_in
from mulin.kit.channels import Channel
from mulin.kit.clock import SHANGHAI, standing_still
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.rounds.actions.visits import note_visit, wish_for_visit
from mulin.parlour.rounds.models import RoundVisit
from mulin.parlour.rounds.rules import Outcome
from tests.clock import NOW
from tests.factories.places import DwellingFactory


@pytest.fixture(autouse=True)
def _at_ten():
    with standing_still(NOW):
        yield


def said_by_wang(cast, words, **more):
    return receive_demand(
        Said(words=words, person=cast.wang.person, building=cast.building_12, **more),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk), now=NOW,
    )  # fmt: skip


def page_of(cast, client, member, path):
    return cast.enter(client, member).get(path).content.decode()


def test_todays_round_says_who_and_why(cast, xinjie, client):
    wish_for_visit(cast.dwelling_12_301, by=cast.chen.actor, words="女儿打电话没人接", now=NOW)
    said_by_wang(cast, "厨房水管漏")
    page = page_of(cast, client, cast.sun, "/rounds/")
    for text in ("12幢1单元301", "王秀英", "女儿打电话没人接", "324"):  # days since 5 January
        assert text in page
    assert "12幢1单元301" not in page_of(cast, client, cast.wu, "/rounds/")


def test_one_tap_and_the_door_is_done_for_today(cast, xinjie, client):
    officer = cast.enter(client, cast.sun)
    sent = {"outcome": "seen", "token": "one form, one tap"}
    for _time in "12":
        answer = officer.post(f"/rounds/homes/{cast.dwelling_12_301.pk}/", sent)
        assert answer.status_code == 302
    assert RoundVisit.objects.count() == 1
    page = officer.get("/rounds/")
    assert page.context["stops"] == []
    assert [visit.dwelling for visit in page.context["done"]] == [cast.dwelling_12_301]


def test_whoever_comes_second_hears_of_the_first(cast, xinjie, client):
    note_visit(cast.dwelling_12_301, by=cast.sun.actor, outcome=Outcome.NOBODY_HOME, now=NOW)
    cast.wu.account.memberships.update(grid=cast.grid_1)
    answer = cast.enter(client, cast.wu).post(
        f"/rounds/homes/{cast.dwelling_12_301.pk}/", {"outcome": "seen"}, follow=True
    )
    assert "小孙" in "".join(str(message) for message in answer.context["messages"])


def test_a_need_said_without_a_name_stands_at_no_door(cast, xinjie, client):
    """Who lives there would else be known to have said it."""
    said_by_wang(cast, "楼上吵", visibility=Visibility.ANONYMOUS)
    said_by_wang(cast, "家里的事", visibility=Visibility.CONFIDENTIAL)
    said_by_wang(cast, "灯不亮")
    page = page_of(cast, client, cast.sun, f"/rounds/homes/{cast.dwelling_12_301.pk}/")
    assert "灯不亮" in page
    assert "楼上吵" not in page
    assert "家里的事" not in page


def test_what_is_heard_at_a_door_asks_who_of_the_home_says_it(cast, xinjie, client):
    officer = cast.enter(client, cast.sun)
    page = officer.get(f"/rounds/hear/?home={cast.dwelling_12_301.pk}")
    assert "王秀英" in page.content.decode()
    sent = {
        "words": "楼道灯不亮", "home": cast.dwelling_12_301.pk, "person": cast.wang.person.pk,
        "token": "t",
    }  # fmt: skip
    assert officer.post("/rounds/hear/", sent).status_code == 302
    visit = RoundVisit.objects.get()
    assert (visit.need.words, visit.need.person) == ("楼道灯不亮", cast.wang.person)


def test_somebody_of_another_home_did_not_say_it_here(cast, xinjie, client):
    sent = {"words": "x", "home": cast.dwelling_12_301.pk, "person": cast.yong.person.pk}
    answer = cast.enter(client, cast.sun).post("/rounds/hear/", sent)
    assert answer.status_code == 422
    assert "person" in answer.context["form"].errors
    assert RoundVisit.objects.count() == 0


def test_nothing_typed_is_lost_when_words_are_missing(cast, xinjie, client):
    answer = cast.enter(client, cast.sun).post(
        "/rounds/hear/", {"words": "", "place_words": "南门口", "token": "kept"}
    )
    form = answer.context["form"]
    assert (form["place_words"].value(), form["token"].value()) == ("南门口", "kept")
    assert list(form.errors) == ["words"]


def queries_of(cast, client, path):
    officer = cast.enter(client, cast.sun)
    officer.get(path)  # what is remembered is remembered now
    with CaptureQueriesContext(connection) as asked:
        assert officer.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", ["/rounds/", "/rounds/houses/", "/rounds/houses/{}/"])
def test_a_round_asks_as_much_for_many_homes_as_for_few(cast, xinjie, client, path):
    path = path.format(cast.building_12.pk)
    unit = cast.dwelling_12_301.unit

    def fill(first, last):
        for number in range(first, last):
            person = register_person(
                by=cast.chen.actor, now=NOW, name="某某", grid_id=cast.grid_1.pk
            )
            home = DwellingFactory(community=cast.xinjie, unit=unit, room=f"4{number:02}")
            move_in(person, home, by=cast.chen.actor, now=NOW, since=date(2026, 1, 1))
            receive_demand(
                Said(words="灯", person=person, building=cast.building_12),
                by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=person.pk), now=NOW,
            )  # fmt: skip
            wish_for_visit(home, by=cast.chen.actor, words="看看", now=NOW)

    fill(1, 3)
    few = queries_of(cast, client, path)
    fill(3, 13)
    assert queries_of(cast, client, path) == few


def test_a_page_of_another_grid_or_community_does_not_exist(cast, xinjie, client):
    home = f"/rounds/homes/{cast.dwelling_12_301.pk}/"
    house = f"/rounds/houses/{cast.building_12.pk}/"
    for member, path in (
        (cast.wu, home), (cast.wu, house), (cast.li, home), (cast.yong, home), (cast.yong, "/rounds/"),
    ):  # fmt: skip
        assert cast.enter(client, member).get(path).status_code == 404
    assert cast.enter(client, cast.chen).get(home).status_code == 200


def test_a_house_says_the_day_on_which_a_door_was_seen_and_no_hour(cast, xinjie, client):
    officer = cast.enter(client, cast.sun)
    home = f"/rounds/homes/{cast.dwelling_12_301.pk}/"
    officer.post(home, {"outcome": "seen", "token": "t"})
    page = officer.get(f"/rounds/houses/{cast.building_12.pk}/").content.decode()
    houses = officer.get("/rounds/houses/").content.decode()
    local = NOW.astimezone(SHANGHAI)
    assert "上次见到" in page
    assert "最久没见的一户：" in houses
    assert f"{local.hour}:{local:%M}" not in page + houses
