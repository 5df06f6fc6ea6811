"""What is shown of buildings and places, and to whom."""

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.ground.places.actions import add_building, add_place, move_in, print_code, set_hours
from mulin.ground.places.models import Building, Dwelling, OpeningHours, Place, Residence, Unit
from mulin.ground.places.rules import Hours
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"places:{name}", args=args)


def read(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def send(client, url, status=302, **values):
    response = client.post(url, values)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


@pytest.fixture
def at_home(xinjie):
    return move_in(
        xinjie.wang.person, xinjie.dwelling_12_301, by=xinjie.chen.actor, now=NOW,
        since=date(2020, 7, 1),
    )  # fmt: skip


def test_the_desk_and_the_officer_of_the_grid_see_who_lives_where(cast, client, at_home):
    url = address("building", cast.building_12.pk)
    for who, is_seen in ((cast.chen, True), (cast.sun, True), (cast.wu, False)):
        cast.enter(client, who)
        assert ("王秀英" in read(client, url)) is is_seen


@pytest.mark.parametrize("who", ["li", "yong", "shen", "street", "auditor", "installer"])
def test_a_building_does_not_exist_for_others(cast, client, at_home, who):
    cast.enter(client, getattr(cast, who))
    home = address("home", cast.wang.person.pk)
    for url in (address("building", cast.building_12.pk), home):
        assert "王秀英" not in read(client, url, status=404)
    for url in (home, address("leave", cast.wang.person.pk)):
        assert client.post(url, {"until": "2026-11-25"}).status_code == 404
    page = client.get(address("list"))
    assert page.status_code == (200 if who == "li" else 404)
    assert "12幢" not in page.content.decode()


def test_the_query_count_is_the_same_for_two_rows_and_twenty(cast, client, xinjie):
    cast.enter(client, cast.chen)
    by, counts = cast.chen.actor, []
    for size in (2, 18):
        for n in range(size):
            add_building(by=by, now=NOW, name=f"{size}{n}号楼", grid=cast.grid_1)
            place = add_place(by=by, now=NOW, name=f"客厅{size}{n}", kind="hall")
            set_hours(place, [Hours(3, time(9), time(17))], by=by, now=NOW)
        for url in (address("list"), address("building", cast.building_12.pk), address("codes")):
            with CaptureQueriesContext(connection) as queries:
                read(client, url)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_a_building_is_put_up_by_the_desk(cast, client, xinjie):
    cast.enter(client, cast.chen)
    read(client, address("new-building"))
    send(client, address("new-building"), name="2幢", grid=cast.grid_1.pk, token="t")
    send(client, address("new-building"), status=422, name="2幢", grid=cast.grid_1.pk)
    building = Building.objects.get(name="2幢")
    send(client, address("add-unit", building.pk), name="1单元", token="u")
    send(client, address("add-unit", building.pk), status=422, name="1单元")
    unit = Unit.objects.get(building=building)
    send(client, address("add-dwellings", unit.pk), floors="1-2, 4", rooms_per_floor="2", token="v")
    send(client, address("add-dwellings", unit.pk), room="501", token="w")
    for wrong in ({}, {"floors": "eins", "rooms_per_floor": "2"}, {"floors": "1"}):
        send(client, address("add-dwellings", unit.pk), status=422, **wrong)
    assert Dwelling.objects.filter(unit=unit).count() == 7
    assert "501" in read(client, address("building", building.pk))
    cast.enter(client, cast.sun)
    assert client.get(address("new-building")).status_code == 404
    assert client.post(address("add-unit", building.pk), {"name": "2单元"}).status_code == 404


def test_somebody_moves_in_and_out(cast, client, xinjie):
    person = cast.yong.person
    cast.enter(client, cast.sun)
    read(client, address("home", person.pk))
    send(client, address("home", person.pk), status=422, dwelling="99-101", since="2026-01-01")
    send(client, address("home", person.pk), dwelling="12-301", since="2026年1月1日", token="t")
    assert Residence.objects.get().dwelling == cast.dwelling_12_301
    send(client, address("leave", person.pk), status=422, until="2025-01-01")
    send(client, address("leave", person.pk), until="2026-11-25", token="u")
    assert client.post(address("leave", person.pk), {"until": "2026-11-25"}).status_code == 404


def test_a_place_is_added_with_hours_in_words(cast, client, xinjie):
    cast.enter(client, cast.sun)
    send(client, address("new-place"), name="睦邻客厅", kind="hall", token="t")
    place = Place.objects.get()
    url = address("hours", place.pk)
    send(client, url, day_3="8:30-11:30，13：30-17:00", day_7="20-24:00", token="u")
    assert list(OpeningHours.objects.values_list("weekday", "opens", "closes")) == [
        (3, time(8, 30), time(11, 30)), (3, time(13, 30), time(17)), (7, time(20), time(23, 59)),
    ]  # fmt: skip
    for wrong in ("früh", "8:30-25:00", "8-12, 11-13", "12-8"):
        send(client, url, status=422, day_3=wrong)
    assert OpeningHours.objects.count() == 3
    assert "8:30" in read(client, address("place", place.pk))
    send(client, address("close", place.pk))
    read(client, address("place", place.pk), status=404)


def test_codes_are_made_once_and_printed_as_a_sheet(cast, client, xinjie):
    cast.enter(client, cast.sun)
    assert "code-sheet" not in read(client, address("codes"))
    send(client, address("codes"))
    page = read(client, address("codes"))
    assert page.count('class="code-sheet"') == 2
    code = print_code(cast.building_12, by=cast.sun.actor, now=NOW).code
    assert code in page
    assert code in read(client, address("building", cast.building_12.pk))
    response = client.get(f"/q/{code}/")
    assert (response.status_code, response.url) == (302, f"/reception/tell/?at={code}")


def test_homes_are_found_after_a_file(cast, client, xinjie):
    cast.enter(client, cast.chen)
    send(client, address("settle"))
    assert Residence.objects.get().person == cast.wang.person
    cast.enter(client, cast.sun)
    assert client.post(address("settle")).status_code == 404
