"""The pages: a resident books, the desk books for somebody in a few steps, rooms are kept."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.circle.booking.actions.bookings import book
from mulin.circle.booking.actions.ending import cancel
from mulin.circle.booking.models import (
    Booking,
    Discount,
    Entitlement,
    Hours,
    MoneyLine,
    Price,
    Room,
)
from mulin.circle.booking.queries import own_events
from mulin.circle.booking.rules import State
from mulin.ground.audit.models import Act
from mulin.ground.people.actions.persons import index_words
from mulin.kit.clock import standing_still
from tests.booking.conftest import at, span
from tests.clock import NOW

TYPED = {
    "day": "2026-11-26", "starts": "10:00", "ends": "12:00", "people": "10", "purpose": "group",
    "waits": "on", "token": "t1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def desk(cast, hall, client):
    return cast.enter(client, cast.chen)


@pytest.fixture
def yong(cast, hall, client):
    return cast.enter(client, cast.yong)


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_a_resident_books_every_week_where_the_room_allows_it(hall, yong):
    at = f"/booking/places/{hall.room.code}/book/"
    assert "every_weeks" not in yong.get(at).content.decode()
    Room.objects.update(most_dates=3)
    weekly = TYPED | {"every_weeks": "1", "until": "2026-12-10"}
    assert "请填写重复到哪一天。" in yong.post(at, weekly | {"until": ""}).content.decode()
    asked = yong.post(at, weekly | {"ask": "price"}).content.decode()
    assert asked.count("可以约") >= 3
    assert not Booking.objects.exists()
    page = yong.post(at, weekly, follow=True).content.decode()
    assert "3 个日子订好了" in page
    assert Booking.objects.filter(series__isnull=False).count() == 3


def test_a_resident_sees_what_is_free_asks_the_price_and_books(hall, yong):
    page = yong.get("/booking/").content.decode()
    assert "家宴中心 大厅" in page
    code = hall.room.code
    page = yong.get(f"/booking/places/{code}/?day=2026-11-26").content.decode()
    address = f"/booking/places/{code}/book/"
    assert f"{address}?day=2026-11-26&amp;starts=09%3A00" in page
    form = yong.get(f"{address}?day=2026-11-26&starts=10:00&ends=12:00").content.decode()
    assert 'value="10:00"' in form
    asked = yong.post(address, TYPED | {"ask": "price"})
    assert asked.context["terms"].quote.yuan == 100
    assert Booking.objects.count() == 0
    for _twice in range(2):
        assert yong.post(address, TYPED).url == "/booking/mine/"
    one = Booking.objects.get()
    mine = yong.get("/booking/mine/").content.decode()
    assert "100.00" in mine
    slip = yong.get(f"/booking/slips/{one.pk}/").content.decode()
    assert one.code in slip
    wrong = yong.post(address, TYPED | {"token": "t2", "people": "90", "starts": "10:07"})
    assert wrong.status_code == 422
    assert "id_starts_error" in wrong.content.decode()
    assert 'value="90"' in wrong.content.decode()


def test_whoever_is_second_reads_their_place_and_says_yes_when_it_comes_free(hall, yong, cast):
    first = hall.book(span(1, 10, 12))
    page = yong.post(f"/booking/places/{hall.room.code}/book/", TYPED, follow=True)
    assert [str(message) for message in page.context["messages"]] != []
    own = Booking.objects.get(state=State.WAITING)
    cancel(first, by=hall.by, now=NOW)
    page = yong.get("/booking/mine/").content.decode()
    assert f"/booking/mine/{own.pk}/yes/" in page
    yong.post(f"/booking/mine/{own.pk}/yes/", {"token": "y"})
    assert hall.state(own) == State.BOOKED
    refused = yong.post(
        f"/booking/mine/{own.pk}/move/",
        {"day": "2026-11-26", "starts": "10:00", "ends": "10:15", "token": "m"},
    )
    assert refused.status_code == 422
    assert "move_ends_error" in refused.content.decode()
    yong.post(
        f"/booking/mine/{own.pk}/move/",
        {"day": "2026-11-27", "starts": "10:00", "ends": "11:00", "token": "m"},
    )
    assert Booking.objects.get(pk=own.pk).span == span(2, 10, 11)
    yong.post(f"/booking/mine/{own.pk}/cancel/", {"reason": "下雨", "token": "c"})
    assert hall.state(own) == State.CANCELLED
    assert yong.post(f"/booking/mine/{own.pk}/cancel/", {}).status_code == 404


def test_the_code_is_shown_once_on_the_page_of_the_booker_alone(hall, yong, cast):
    Room.objects.update(opens_by="code")
    hall.again()
    own = hall.book(span(0, 10.25, 11), cast.yong.person)
    other = hall.book(span(0, 12, 13))
    shown = yong.post(f"/booking/mine/{own.pk}/code/", {"token": "k"})
    assert len(shown.context["code"]) == 6
    assert shown.headers["Cache-Control"] == "no-store"
    assert yong.post(f"/booking/mine/{own.pk}/code/", {"token": "k"}).status_code == 302
    assert yong.post(f"/booking/mine/{other.pk}/code/", {"token": "z"}).status_code == 404
    cast.enter(yong, cast.chen)
    opened = yong.post(
        f"/booking/desk/?room={hall.room.pk}", {"code": shown.context["code"], "token": "o"}
    )
    assert opened.url == f"/booking/desk/{own.pk}/"
    assert hall.state(own) == State.CAME
    wrong = yong.post(f"/booking/desk/?room={hall.room.pk}", {"code": "1", "token": "p"})
    assert wrong.status_code == 422


def test_the_desk_picks_a_person_a_room_a_time(hall, desk, cast):
    index_words([cast.yong.person])
    base = f"/booking/desk/new/?room={hall.room.pk}&day=2026-11-26&starts=10:00&ends=12:00"
    found = desk.get(base + "&who=" + cast.yong.person.name).content.decode()
    assert f"person={cast.yong.person.pk}&amp;room={hall.room.pk}&amp;day=2026-11-26" in found
    form = desk.get(f"{base}&person={cast.yong.person.pk}").content.decode()
    assert 'value="12:00"' in form
    address = f"/booking/desk/new/?room={hall.room.pk}&person={cast.yong.person.pk}"
    for _twice in range(2):
        made = desk.post(address, TYPED | {"channel": "phone"})
    one = Booking.objects.get()
    assert made.url == f"/booking/desk/{one.pk}/"
    act = Act.objects.get(verb="booking.book")
    assert (act.channel, act.on_behalf_of) == ("phone", cast.yong.person.pk)
    assert "10:00–12:00" in desk.get("/booking/desk/?day=2026-11-26").content.decode()
    assert f"/booking/desk/{one.pk}/cancel/" in desk.get(made.url).content.decode()
    refused = desk.post(f"/booking/desk/{one.pk}/cancel/", {"token": "c"})
    assert refused.status_code == 422
    for deed, typed in (
        ("money", {"kind": "paid", "yuan": "100", "token": "m"}),
        ("move", {"day": "2026-11-26", "starts": "10:00", "ends": "13:00", "token": "v"}),
    ):
        assert desk.post(f"/booking/desk/{one.pk}/{deed}/", typed).status_code == 302
    assert MoneyLine.objects.get().yuan == Decimal(100)
    assert Booking.objects.get().minutes == 180
    assert desk.post(f"/booking/desk/{one.pk}/nonsense/", {}).status_code == 404


def test_every_week_is_looked_at_before_it_is_booked(hall, desk):
    hall.book(span(8, 10, 12), hall.people[1])
    address = f"/booking/desk/series/?room={hall.room.pk}&person={hall.people[0].pk}"
    typed = TYPED | {
        "channel": "walk_in",
        "every_weeks": "1",
        "until": "2026-12-10",
        "called": "舞蹈队",
    }
    looked = desk.post(address, typed)
    assert [why for _line, why in looked.context["dates"]] == ["", "taken", ""]
    assert Booking.objects.count() == 1
    for _twice in range(2):
        desk.post(address, typed | {"book": "yes"})
    states = Booking.objects.filter(called="舞蹈队").values_list("state", flat=True)
    assert sorted(states) == ["booked", "booked", "waiting"]
    page = desk.get(f"/booking/desk/{Booking.objects.filter(called='舞蹈队')[0].pk}/")
    assert len(page.context["dates"]) == 3
    too_long = desk.post(address, typed | {"until": "2029-01-01"})
    assert "id_until_error" in too_long.content.decode()


def test_a_room_is_written_down_with_hours_prices_and_days_it_is_shut(hall, desk):
    typed = {
        "place": hall.room.place_id, "name": "包厢", "seats": "12", "tables": "1",
        "cleaning_minutes": "15", "longest_minutes": "240", "days_ahead": "30",
        "days_ahead_first": "60", "notice_hours": "24", "most_open": "3", "opens_by": "desk",
        "token": "r1",
    }  # fmt: skip
    twin = desk.post("/booking/desk/rooms/", typed | {"name": "大厅", "token": "r0"})
    assert "id_name_error" in twin.content.decode()
    for _twice in range(2):
        made = desk.post("/booking/desk/rooms/", typed)
    room = Room.objects.get(name="包厢")
    base = f"/booking/desk/rooms/{room.pk}/"
    assert made.url == base
    for name, values in (
        ("hours", {"weekdays": ["5"], "opens": "18:00", "closes": "01:00"}),
        ("hours", {"weekdays": ["5"], "opens": "19:00", "closes": "20:00", "is_idle": "on"}),
        ("price", {"yuan": "88.5", "basis": "once", "since": "2026-11-26", "source": "居委会"}),
        ("discount", {"group": "elder", "percent": "100", "only_idle": "on", "since": "2026-11-26", "source": "居委会"}),
        ("shut", {"first": "2026-12-01", "last": "2026-12-02", "reason": "消毒"}),
    ):  # fmt: skip
        assert desk.post(f"{base}{name}/", values).status_code == 302, name
    assert [one.words for one in room.hours.all()] == ["18:00–19:00", "19:00–20:00", "20:00–1:00"]
    page = desk.get(base).content.decode()
    assert "88.50" in page
    assert "居委会" in page
    wrong = desk.post(f"{base}price/", {"yuan": "1.234", "basis": "once", "since": "x"})
    assert wrong.status_code == 422
    assert 'value="1.234"' in wrong.content.decode()
    price, off = Price.objects.get(room=room), Discount.objects.get(room=room)
    for name, line in (("end-price", price.pk), ("end-discount", off.pk)):
        desk.post(f"{base}{name}/", {"line": line, "last": "2026-12-31"})
    desk.post(f"{base}open-again/", {"line": room.closures.get().pk})
    desk.post(f"{base}drop-hours/", {"line": Hours.objects.filter(room=room, is_idle=True)[0].pk})
    price.refresh_from_db()
    assert (str(price.until), room.closures.count(), room.hours.count()) == ("2026-12-31", 0, 2)
    # A rule of another room is not found by this one's page.
    other = Price.objects.filter(room=hall.room)[0].pk
    assert desk.post(f"{base}end-price/", {"line": other, "last": "2026-12-31"}).status_code == 404


def test_a_paper_is_seen_and_ends(hall, desk):
    person = hall.people[0]
    index_words([person])
    found = desk.get("/booking/desk/groups/?who=邻居0").content.decode()
    assert f"?person={person.pk}" in found
    assert "邻居0" in desk.get(f"/booking/desk/groups/?person={person.pk}").content.decode()
    typed = {"person": person.pk, "group": "veteran", "paper": "优待证", "token": "g"}
    for _twice in range(2):
        desk.post("/booking/desk/groups/", typed)
    row = Entitlement.objects.get()
    assert "优待证" in desk.get("/booking/desk/groups/").content.decode()
    desk.post(f"/booking/desk/groups/{row.pk}/end/", {"token": "e"})
    assert "优待证" not in desk.get("/booking/desk/groups/").content.decode()


def test_the_wall_and_the_calendar_name_nobody(hall, client):
    hall.book(span(0, 18, 20), called="王家寿宴")
    for path in ("/booking/wall/", f"/booking/places/{hall.room.code}/calendar.ics"):
        page = client.get(path).content.decode()
        assert "18" in page
        assert "寿宴" not in page
        assert "邻居0" not in page
    assert b"DTSTART;TZID=Asia/Shanghai:20261125T180000" in client.get(path).content


def test_a_booking_says_in_both_calendars_where_the_room_is(hall, cast, client):
    place = hall.room.place
    place.building, place.way_in = cast.building_12, "院子里，红灯笼下"
    place.save()
    booked = hall.book(span(0, 18, 20))
    told = f"{hall.room.name} · {place.name} · 12幢 · 院子里，红灯笼下"
    path = f"/booking/places/{hall.room.code}/calendar.ics"
    assert f"LOCATION:{told}" in client.get(path).content.decode().replace("\r\n ", "")
    actor = replace(cast.yong.actor, person_id=booked.person_id)
    assert [one.location for one in own_events(actor, NOW, "")] == [told]


def test_a_list_asks_the_database_no_more_often_when_it_is_long(hall, desk, cast):
    paths = (
        "/booking/desk/?day=2026-11-26",
        "/booking/",
        "/booking/desk/groups/",
        "/booking/wall/",
    )
    hall.book(span(1, 10, 11), cast.yong.person)
    few = [queries_of(desk, path) for path in paths]
    for hour in (12, 13, 14, 16, 18):
        hall.book(span(1, hour, hour + 0.5), hall.people[1])
    assert [queries_of(desk, path) for path in paths] == few


def test_my_page_is_long_without_more_questions(hall, yong, cast):
    for number in range(2):
        hall.book(span(1 + number, 10, 11), cast.yong.person)
    few = queries_of(yong, "/booking/mine/")
    for number in range(6):
        hall.book(span(4 + number, 10, 11), cast.yong.person)
    assert queries_of(yong, "/booking/mine/") == few


def test_the_neighbour_finds_no_such_page(hall, cast, client):
    one = book(hall.wish(span(1, 10, 12)), person=hall.people[0], by=hall.by, now=NOW)
    li = cast.enter(client, cast.li)
    for path in (
        f"/booking/desk/{one.pk}/", f"/booking/slips/{one.pk}/",
        f"/booking/places/{hall.room.code}/", f"/booking/desk/rooms/{hall.room.pk}/",
    ):  # fmt: skip
        assert li.get(path).status_code == 404
    assert at(1, 10) - NOW == timedelta(days=1)


def test_before_somebody_is_chosen_the_page_says_what_is_being_booked(hall, desk):
    asked = f"room={hall.room.pk}&day=2026-11-26&starts=10:00&ends=12:00"
    page = desk.get(f"/booking/desk/new/?{asked}").content.decode()
    assert "<h1>登记预约</h1>" in page
    assert "11月26日（周四） 10:00–12:00" in page
    page = desk.get(f"/booking/desk/series/?room={hall.room.pk}&day=soon&starts=10&ends=").content
    assert "<h1>定期预约</h1>" in page.decode()


def test_the_plan_of_a_day_says_what_began_the_day_before(hall, desk):
    hall.book(span(2, 23, 25))  # a Friday, open until one
    friday, saturday = (
        desk.get(f"/booking/desk/?day={day}").content.decode()
        for day in ("2026-11-27", "2026-11-28")
    )
    assert "23:00–次日 01:00" in friday
    assert "前一天 23:00–01:00" in saturday


def test_a_price_whose_place_was_taken_says_so_and_is_not_ended_again(hall, desk, client):
    old = Price.objects.get(room=hall.room, purpose="")
    values = {"yuan": "60", "basis": "hour", "since": "2026-11-25", "source": "议事会"}
    base = f"/booking/desk/rooms/{hall.room.pk}/"
    assert desk.post(f"{base}price/", values).status_code == 302
    page = desk.get(base).content.decode()
    assert page.count("已换新价") == 1
    assert f'id="price_{old.pk}"' not in page
    assert "2026年1月1日起" in page
    # To the neighbours: one line for all that one decision made.
    shown = client.get(f"/booking/places/{hall.room.code}/").content.decode()
    assert (shown.count("议事会"), shown.count("家宴中心优惠政策")) == (1, 2)
