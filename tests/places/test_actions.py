"""What happens to buildings and places."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from mulin.ground.audit.models import Act
from mulin.ground.community.models import ShortLink
from mulin.ground.people.actions.persons import register_person
from mulin.ground.people.models import Person
from mulin.ground.places.actions import (
    add_building,
    add_dwelling,
    add_dwellings,
    add_place,
    add_unit,
    close_place,
    move_in,
    move_out,
    print_code,
    set_hours,
    settle_by_addresses,
)
from mulin.ground.places.models import Building, Dwelling, OpeningHours, Place, Residence
from mulin.ground.places.queries import (
    building_behind,
    buildings,
    dwelling_at,
    home_of,
    place_behind,
    places,
    staircases,
)
from mulin.ground.places.rules import Hours
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def fresh(person):
    return Person.objects.get(pk=person.pk)


def test_a_building_is_put_up_with_its_homes(xinjie):
    by = xinjie.chen.actor
    two = add_building(by=by, now=NOW, name="2幢", grid=xinjie.grid_1)
    unit = add_unit(two, by=by, now=NOW, name="1单元")
    add_dwelling(unit, by=by, now=NOW, room="102室")
    add_dwellings(unit, by=by, now=NOW, floors=[1, 2, 11], rooms_per_floor=2)
    add_dwellings(unit, by=by, now=NOW, floors=[1, 2, 11], rooms_per_floor=2)
    (staircase,) = staircases(two, day=TODAY)
    assert [home.dwelling.room for home in staircase.homes] == [
        "101", "102", "201", "202", "1101", "1102",
    ]  # fmt: skip
    assert [one.name for one in buildings()] == ["2幢", "12幢", "20幢"]
    assert [one.dwelling_count for one in buildings()] == [6, 1, 1]
    for again in (
        lambda: add_building(by=by, now=NOW, name=" 2幢 ", grid=xinjie.grid_1),
        lambda: add_unit(two, by=by, now=NOW, name="1单元"),
        lambda: add_dwelling(unit, by=by, now=NOW, room="101"),
        lambda: add_dwellings(unit, by=by, now=NOW, floors=[0], rooms_per_floor=2),
    ):
        with pytest.raises(Refused):
            again()


@pytest.mark.parametrize("who", ["sun", "yong", "auditor"])
def test_only_the_desk_builds(xinjie, who):
    with pytest.raises(NotPermitted):
        add_building(by=getattr(xinjie, who).actor, now=NOW, name="2幢", grid=xinjie.grid_1)


def test_whoever_moves_in_has_an_address_and_a_grid_and_is_found_by_room(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="李四")
    first = move_in(
        person, xinjie.dwelling_12_301, by=xinjie.chen.actor, now=NOW, since=date(2026, 1, 1)
    )
    assert (fresh(person).address, fresh(person).grid) == ("12幢1单元301", xinjie.grid_1)
    assert list(Person.objects.search("12-301")) == [person]
    second = move_in(person, xinjie.dwelling_20_101, by=xinjie.chen.actor, now=NOW, since=TODAY)
    first.refresh_from_db()
    assert first.until == TODAY
    assert home_of(person) == second
    assert (fresh(person).address, fresh(person).grid) == ("20幢1单元101", xinjie.grid_2)
    assert list(Person.objects.search("12-301")) == []
    move_out(second, by=xinjie.chen.actor, now=NOW, until=TODAY)
    assert (fresh(person).address, fresh(person).grid) == ("", xinjie.grid_2)
    assert home_of(person) is None


def test_moving_is_refused_where_the_days_cannot_be(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="李四")
    by, home = xinjie.chen.actor, xinjie.dwelling_12_301
    with pytest.raises(Refused):
        move_in(person, home, by=by, now=NOW, since=date(2026, 11, 26))
    residence = move_in(person, home, by=by, now=NOW, since=date(2026, 5, 1))
    for dwelling, since in ((home, TODAY), (xinjie.dwelling_20_101, date(2026, 4, 1))):
        with pytest.raises(Refused):
            move_in(person, dwelling, by=by, now=NOW, since=since)
    with pytest.raises(Refused):
        move_out(residence, by=by, now=NOW, until=date(2026, 4, 1))
    move_out(residence, by=by, now=NOW, until=TODAY)
    with pytest.raises(Refused):
        move_out(residence, by=by, now=NOW, until=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Residence.objects.bulk_create(
            [
                Residence(community=xinjie.xinjie, person=person, dwelling=home, since=TODAY)
                for _ in range(2)
            ]
        )


def test_an_officer_settles_their_own_grid(xinjie):
    person = register_person(by=xinjie.sun.actor, now=NOW, name="李四")
    move_in(person, xinjie.dwelling_12_301, by=xinjie.sun.actor, now=NOW, since=TODAY)
    for who in (xinjie.wu, xinjie.li, xinjie.yong):
        with pytest.raises(NotPermitted):
            move_in(person, xinjie.dwelling_12_301, by=who.actor, now=NOW, since=TODAY)
    with pytest.raises(NotPermitted):
        move_in(person, xinjie.dwelling_20_101, by=xinjie.sun.actor, now=NOW, since=TODAY)


@pytest.mark.parametrize("typed", ["12幢1单元301", "12-1-301", "12-301", "１２幢３０１室"])
def test_a_dwelling_is_found_as_it_is_typed(xinjie, typed):
    assert dwelling_at(typed) == xinjie.dwelling_12_301


def test_a_dwelling_that_may_be_two_is_not_guessed(xinjie):
    unit = add_unit(xinjie.building_12, by=xinjie.chen.actor, now=NOW, name="2单元")
    add_dwelling(unit, by=xinjie.chen.actor, now=NOW, room="301")
    assert dwelling_at("12-301") is None
    assert dwelling_at("12-2-301") == Dwelling.objects.get(unit=unit)
    assert dwelling_at("12幢") is dwelling_at("桥边") is None


def test_after_a_file_everybody_finds_their_home(xinjie):
    by = xinjie.chen.actor
    known = register_person(by=by, now=NOW, name="李一", address="12幢301室")
    there = register_person(
        by=by, now=NOW, name="李二", address="20-1-101", grid_id=xinjie.grid_1.pk
    )
    register_person(by=by, now=NOW, name="李三", address="99幢101")
    # 王奶奶 of the cast has an address in words too.
    assert settle_by_addresses(by=by, now=NOW) == 3
    assert settle_by_addresses(by=by, now=NOW) == 0
    assert home_of(known).dwelling == xinjie.dwelling_12_301
    assert (fresh(known).grid, fresh(there).grid) == (xinjie.grid_1, xinjie.grid_1)


def test_a_place_has_hours_and_closes_for_good(xinjie):
    by = xinjie.sun.actor
    hall = add_place(by=by, now=NOW, name="睦邻客厅", kind="hall", building=xinjie.building_12)
    assert hall.grid == xinjie.grid_1
    for kind, name in (("hall", "睦邻客厅"), ("castle", "别的"), ("hall", " ")):
        with pytest.raises(Refused):
            add_place(by=by, now=NOW, name=name, kind=kind)
    week = [Hours(1, time(8, 30), time(11, 30)), Hours(1, time(13, 30), time(17))]
    set_hours(hall, week, by=by, now=NOW)
    set_hours(hall, week, by=by, now=NOW)
    assert OpeningHours.objects.count() == 2
    with pytest.raises(Refused):
        set_hours(hall, [*week, Hours(1, time(11), time(12))], by=by, now=NOW)
    assert [one.name for one in places()] == ["睦邻客厅"]
    close_place(hall, by=by, now=NOW)
    assert list(places()) == []
    with pytest.raises(Refused):
        close_place(hall, by=by, now=NOW)


def test_a_code_is_printed_once_and_leads_to_its_place_in_its_community(xinjie):
    by = xinjie.chen.actor
    lamp = add_place(by=by, now=NOW, name="3号路灯", kind="lamp")
    codes = {
        record.pk: {print_code(record, by=by, now=NOW).code for _ in range(3)}
        for record in (xinjie.building_12, lamp)
    }
    assert [len(code) for code in codes.values()] == [1, 1]
    (door,), (lit,) = codes.values()
    assert building_behind(door) == building_behind(door.lower()) == xinjie.building_12
    assert place_behind(lit) == lamp
    assert building_behind(lit) is place_behind(door) is building_behind("NOTHERE2") is None
    with in_community(xinjie.linli):
        assert building_behind(door) is place_behind(lit) is None
    ShortLink.objects.filter(code=door).update(revoked_at=NOW)
    assert building_behind(door) is None
    assert Act.objects.filter(verb="print_code").count() == 2
    with pytest.raises(NotPermitted):
        print_code(lamp, by=xinjie.yong.actor, now=NOW)


def test_a_form_sent_twice_puts_up_one_building(xinjie):
    for _ in range(5):
        add_building(by=xinjie.chen.actor, now=NOW, name="2幢", grid=xinjie.grid_1, token="t")
    assert Building.objects.filter(name="2幢").count() == 1


@pytest.mark.parametrize(("weekday", "opens", "closes"), [(0, 8, 9), (8, 8, 9), (1, 9, 9)])
def test_the_database_refuses_hours_that_cannot_be(xinjie, weekday, opens, closes):
    place = Place.objects.create(community=xinjie.xinjie, name="客厅", kind="hall")
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(
            community=xinjie.xinjie, place=place, weekday=weekday,
            opens=time(opens), closes=time(closes),
        )  # fmt: skip
