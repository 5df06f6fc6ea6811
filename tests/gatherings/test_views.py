"""What the pages of gatherings show, to whom, and how many queries they ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.commons.gatherings.actions.agenda import add_item
from mulin.commons.gatherings.actions.coming import invite, say_coming, sign_in
from mulin.commons.gatherings.actions.planning import (
    Plan,
    cancel_gathering,
    close_gathering,
    plan_gathering,
)
from mulin.commons.gatherings.calendars import mine
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.rules import Stand, State
from mulin.ground.community.calendars import events_of
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.people.actions.persons import index_words
from mulin.ground.people.rules import HOLDINGS, what_stays
from mulin.ground.places.models import Place
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.gatherings.conftest import BEGINS, ENDS
from tests.support.pdfs import Pdf


@pytest.fixture(autouse=True)
def _standing_clock():
    with standing_still(NOW):
        yield


def at(name, *args):
    return reverse(f"gatherings:{name}", args=args)


def test_the_time_typed_is_the_time_that_stands_there(cast, xinjie, client):
    """decidim#12518: the saved time differs from the typed one."""
    typed = {
        "kind": "meeting", "title": "碰头会", "starts_at": "2026-11-30T19:00",
        "ends_at": "2026-11-30T20:30", "is_public": "on",
    }  # fmt: skip
    done = cast.enter(client, cast.chen).post(at("new"), typed)
    gathering = Gathering.objects.get()
    assert done.url == at("gathering", gathering.pk)
    assert gathering.starts_at.isoformat() == "2026-11-30T11:00:00+00:00"
    event = client.get(at("event", gathering.code)).content.decode()
    assert "DTSTART;TZID=Asia/Shanghai:20261130T190000" in event
    wrong = client.post(at("new"), {**typed, "ends_at": "2026-11-30T18:00"})
    assert wrong.context["form"].errors["ends_at"]
    assert wrong.context["form"]["title"].value() == "碰头会"


def test_a_resident_says_that_they_come_and_looking_alone_says_nothing(cast, evening, client):
    """A preview that opens a link (FixMyStreet #4556) signs nobody up and nobody in."""
    page = cast.enter(client, cast.yong).get(at("notice", evening.code))
    assert page.status_code == 200
    assert client.get(at("come", evening.code)).status_code == 405
    assert not Attendance.objects.exists()
    client.post(at("come", evening.code), {"token": "a"})
    client.post(at("come", evening.code), {"token": "a"})
    assert Attendance.objects.get().stand == Stand.GOING
    client.post(at("decline", evening.code))
    assert Attendance.objects.get().stand == Stand.DECLINED


def test_the_code_at_the_door_signs_in_whoever_presses(cast, evening, client):
    with standing_still(BEGINS):
        cast.enter(client, cast.yong).get(at("here", evening.door_code))
        assert not Attendance.objects.here().exists()
        client.post(at("here", evening.door_code))
        client.post(at("here", evening.door_code))
    row = Attendance.objects.get()
    assert (row.person, row.came_by, row.came_at) == (cast.yong.person, "qr", BEGINS)
    assert client.get(at("here", evening.code)).status_code == 404


def test_the_street_reads_how_many_come_and_never_who(cast, evening, client):
    say_coming(evening, cast.yong.person, comes=True, by=cast.chen.actor, now=NOW)
    for path in (at("notice", evening.code), at("public"), at("feed")):
        page = client.get(path).content.decode()
        assert "路灯怎么装" in page
        assert "张勇" not in page


def test_what_is_not_public_is_seen_by_whoever_is_asked_to_it(cast, xinjie, client):
    closed = plan_gathering(
        "meeting", Plan("家事", BEGINS, ENDS, is_public=False), by=cast.chen.actor, now=NOW
    )
    assert client.get(at("notice", closed.code)).status_code == 404
    cast.enter(client, cast.yong)
    assert client.get(at("notice", closed.code)).status_code == 404
    invite(closed, [cast.yong.person], by=cast.chen.actor, now=NOW)
    assert client.get(at("notice", closed.code)).status_code == 200
    assert "家事" not in client.get(at("public")).content.decode()


def test_somebody_is_found_at_the_door_and_pressed(cast, evening, client):
    index_words([cast.wang.person])
    with standing_still(BEGINS):
        page = cast.enter(client, cast.chen).get(at("door", evening.pk) + "?q=王秀英")
        assert [one.name for one, _address, _line, _form in page.context["found"]] == ["王秀英"]
        client.post(at("arrive", evening.pk), {"person": cast.wang.person.pk})
        client.post(at("walk-ins", evening.pk), {"walk_ins": "4"})
        page = client.get(at("door", evening.pk))
    assert page.context["counts"].present == 5
    assert client.post(at("walk-ins", evening.pk), {"walk_ins": "-1"}).status_code == 422


def test_of_four_with_one_name_the_one_on_the_list_stands_first(cast, evening, client):
    namesakes = [
        PersonFactory(community=cast.xinjie, grid=cast.grid_1, name="王秀英") for _one in "123"
    ]
    index_words([cast.wang.person, *namesakes])
    expected = namesakes[-1]
    invite(evening, [cast.yong.person, expected], by=cast.chen.actor, now=NOW)
    with standing_still(BEGINS):
        page = cast.enter(client, cast.chen).get(at("door", evening.pk) + "?q=王秀英")
    found = [(one, line) for one, _address, line, _form in page.context["found"]]
    assert len(found) == 4
    assert found[0] == (expected, 2)
    assert {line for _one, line in found[1:]} == {None}
    assert "名单上 2 号" in page.content.decode()


def test_the_list_to_sign_has_numbers_and_names_and_comes_back(cast, evening, client):
    invite(evening, [cast.wang.person, cast.yong.person], by=cast.chen.actor, now=NOW)
    sheet = Pdf(cast.enter(client, cast.chen).post(at("list", evening.pk)).content)
    assert "1. 王秀英" in sheet.text
    assert evening.title in sheet.text
    wrong = client.post(at("lines", evening.pk), {"lines": "1, x"})
    assert "x" in str(wrong.context["form"].errors["lines"])
    client.post(at("lines", evening.pk), {"lines": "1-2", "walk_ins": "3"})
    assert Attendance.objects.here().count() == 2


def test_the_notice_for_the_board_is_an_official_document_with_agenda_and_code(
    cast, evening, client
):
    add_item(evening, title="装几盏", by=cast.chen.actor, now=NOW)
    desk = cast.enter(client, cast.chen)
    said = Pdf(desk.get(at("poster", evening.pk)).content).packed
    order = ["居民委员会", "通知：路灯怎么装", "二楼会议室", "会议议程", "1.装几盏", "扫码看全文"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "盖章处" in said
    door = Pdf(desk.get(at("poster", evening.pk) + "?at=door").content).packed
    assert "盖章处" not in door


def test_lists_ask_as_often_for_two_as_for_twenty(cast, evening, client):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            for name in ("people", "door"):
                assert client.get(at(name, evening.pk)).status_code == 200
            assert client.get(at("desk")).status_code == 200
            assert client.get(at("public")).status_code == 200
        return len(asked)

    def fill(count):
        for number in range(count):
            person = PersonFactory(community=cast.xinjie, grid=cast.grid_1)
            sign_in(evening, person, by=cast.chen.actor, now=BEGINS)
            plan_gathering(
                "meeting", Plan(f"会{number}", BEGINS, ENDS), by=cast.chen.actor, now=NOW
            )

    fill(2)
    cast.enter(client, cast.chen)
    queries()
    few = queries()
    fill(18)
    assert queries() == few


def test_a_list_nobody_closed_is_owed_by_whoever_holds_it(cast, evening):
    later = ENDS + timedelta(hours=1)
    for member, count in ((cast.chen, 1), (cast.sun, 0)):
        asked = Asked(member.actor, frozenset({member.account.pk}), later, later)
        kinds = [due.kind for due in owed_by(asked).dues]
        assert kinds.count("gatherings.close") == count


def test_it_stands_in_the_calendar_of_who_comes_until_it_is_called_off(cast, evening):
    say_coming(evening, cast.yong.person, comes=True, by=cast.yong.actor, now=NOW)
    events = events_of(cast.yong.actor, NOW, "https://x")
    assert [(event.title, event.location) for event in events] == [("路灯怎么装", "二楼会议室")]
    cancel_gathering(evening, why="停电", by=cast.chen.actor, now=NOW)
    assert events_of(cast.yong.actor, NOW, "https://x") == []
    assert Gathering.objects.get().state == State.CANCELLED


def test_each_calendar_says_where_a_gathering_is_and_how_one_gets_there(
    cast, evening, django_assert_num_queries
):
    evening.place = Place.objects.create(
        community=cast.xinjie,
        name="睦邻客厅",
        building=cast.building_12,
        kind="hall",
        way_in="新街路进门左手",
    )
    evening.save()
    say_coming(evening, cast.yong.person, comes=True, by=cast.yong.actor, now=NOW)
    told = "LOCATION:睦邻客厅 · 12幢 · 新街路进门左手 · 二楼会议室"
    with standing_still(NOW):
        for path in ("/gatherings/calendar.ics", f"/gatherings/{evening.code}/event.ics"):
            written = Client().get(path).content.decode().replace("\r\n ", "").split("\r\n")
            assert told in written
            assert "SUMMARY:路灯怎么装" in written
    actor = cast.yong.actor
    with django_assert_num_queries(1):
        (event,) = mine(actor, NOW, "")
    assert told == f"LOCATION:{event.location}"


def test_what_is_held_of_a_person_is_told_and_stays_without_a_name(cast, evening):
    sign_in(evening, cast.wang.person, by=cast.chen.actor, now=BEGINS)
    told = HOLDINGS.tellers["gatherings.attendance"](cast.wang.person.pk)
    assert [row["gathering"] for row in told] == ["路灯怎么装"]
    kinds = {kept.kind for kept in what_stays([cast.wang.person.pk])}
    assert "gatherings.attendance" in kinds


def test_a_list_says_what_is_not_as_one_expects_and_nothing_of_the_rest(cast, evening, client):
    cast.enter(client, cast.chen)
    assert "已安排" not in client.get(at("desk")).content.decode()
    assert "正在进行" not in client.get(at("public")).content.decode()
    with standing_still(BEGINS):
        cast.enter(client, cast.chen)
        assert "正在进行" in client.get(at("desk")).content.decode()
        assert "正在进行" in client.get(at("public")).content.decode()
        assert "正在进行" in client.get(at("gathering", evening.pk)).content.decode()
    with standing_still(ENDS + timedelta(hours=1)):
        cast.enter(client, cast.chen)
        assert "名单还没收" in client.get(at("desk") + "?show=past").content.decode()
        close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
        past = client.get(at("desk") + "?show=past").content.decode()
    assert evening.title in past
    assert "名单还没收" not in past
    assert "办过了" not in past


def test_nobody_is_said_to_be_out_of_reach_who_needed_no_notice(cast, evening, client):
    say_coming(evening, cast.wang.person, comes=True, by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.chen)
    page = client.get(at("people", evening.pk)).content.decode()
    assert cast.wang.person.name in page
    assert "没有办法联系到" not in page
    assert "到场" not in page  # nobody can have come yet
    Gathering.objects.filter(pk=evening.pk).update(noticed_at=NOW)
    assert "没有办法联系到" not in client.get(at("people", evening.pk)).content.decode()
    Attendance.objects.update(stand=Stand.INVITED, told_edition=1)
    assert "没有办法联系到" in client.get(at("people", evening.pk)).content.decode()


def test_the_door_counts_in_words_and_takes_no_count_before_it_opens(cast, evening, client):
    early = cast.enter(client, cast.chen).get(at("door", evening.pk)).content.decode()
    assert "还没有人来" in early
    assert at("walk-ins", evening.pk) not in early
    with standing_still(BEGINS):
        cast.enter(client, cast.chen).post(at("walk-ins", evening.pk), {"walk_ins": "4"})
        page = client.get(at("door", evening.pk)).content.decode()
    assert at("walk-ins", evening.pk) in page
    assert "来了 4 人，没留姓名" in page
    assert "0 人" not in page
