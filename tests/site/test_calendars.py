"""One's limits in one's own calendar, at an address nobody guesses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.models import Category, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.community.models import CalendarAddress, Membership
from mulin.ground.community.rules import system
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import accept_demand, answer_demand, receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW


@pytest.fixture
def xinjie(cast):
    with standing_still(NOW), in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        yield cast.xinjie


def lamp(cast, **more):
    said = Said(
        words="王奶奶家的灯", person=cast.wang.person, building=cast.building_12,
        category=Category.objects.get(code="repair.lamp"), **more,
    )  # fmt: skip
    by = cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk)
    return receive_demand(said, by=by, now=NOW)


def address_of(cast, member):
    """The path that somebody takes from their page."""
    page = cast.enter(Client(), member)
    page.post("/account/calendar/")
    return page.get("/account/calendar/").context["link"].partition("testserver")[2]


def lines(path):
    answer = Client().get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


def test_my_limits_stand_in_it_with_number_and_kind_and_nothing_else(cast, xinjie):
    demand = lamp(cast)
    written = lines(address_of(cast, cast.sun))
    assert f"SUMMARY:时限：{demand.need.number} 路灯楼道灯" in written
    assert f"UID:limit-{demand.need.number}-{xinjie.pk}@mulin" in written
    assert "DTEND;TZID=Asia/Shanghai:20261126T100000" in written
    assert not any(word in "\n".join(written) for word in ("王", "奶奶家的灯", "12幢", "单元"))


def test_a_moved_limit_keeps_its_uid_and_its_sequence_grows(cast, xinjie):
    demand = lamp(cast)
    path = address_of(cast, cast.sun)
    before = lines(path)
    accept_demand(demand, by=cast.sun.actor, now=NOW)
    after = lines(path)

    def of(name, written):
        return next(line for line in written if line.startswith(name))

    assert of("UID", before) == of("UID", after)
    assert of("SEQUENCE", before) < of("SEQUENCE", after)
    assert of("DTEND", before) != of("DTEND", after)


def test_what_is_confidential_has_its_number_alone(cast, xinjie):
    demand = lamp(cast, visibility=Visibility.CONFIDENTIAL)
    written = lines(address_of(cast, cast.chen))
    assert f"SUMMARY:时限：{demand.need.number} " in written


def test_return_calls_stand_in_the_desks(cast, xinjie):
    demand = lamp(cast)
    answer_demand(demand, by=cast.sun.actor, words="好了", now=NOW)
    assert f"SUMMARY:电话回访：{demand.need.number}" in lines(address_of(cast, cast.chen))
    assert not any("SUMMARY" in line for line in lines(address_of(cast, cast.sun)))


def test_a_new_address_ends_the_old_and_taking_it_back_ends_both(cast, xinjie):
    first = address_of(cast, cast.sun)
    second = address_of(cast, cast.sun)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert CalendarAddress.objects.get().fetched_at == NOW
    cast.enter(Client(), cast.sun).post("/account/calendar/", {"do": "take-back"})
    assert Client().get(second).status_code == 404
    assert [act.verb for act in Act.objects.order_by("-seq")[:3]] == [
        "take_calendar_address_back", "give_calendar_address", "give_calendar_address",
    ]  # fmt: skip


def test_the_secret_is_not_to_be_read_in_the_database(cast, xinjie):
    path = address_of(cast, cast.sun)
    secret = path.rpartition("/")[2].removesuffix(".ics")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM community_calendaraddress")
        assert not any(secret in str(value) for row in cursor.fetchall() for value in row)


def test_whoever_holds_no_role_any_more_finds_nothing(cast, xinjie):
    path = address_of(cast, cast.sun)
    Membership.objects.filter(account=cast.sun.account).update(
        since=NOW - timedelta(days=9), until=NOW - timedelta(days=1)
    )
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/calendar/xinjie/guessed.ics", "/calendar/nowhere/x.ics"])
def test_a_guess_finds_nothing(cast, xinjie, path):
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("count", [2, 20])
def test_it_takes_the_same_queries_however_much_is_owed(cast, xinjie, count):
    for _number in range(count):
        lamp(cast)
    path = address_of(cast, cast.sun)
    with CaptureQueriesContext(connection) as asked:
        written = lines(path)
    assert written.count("BEGIN:VEVENT") == count
    own = [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"] and "_setting" not in q["sql"]
           and "set_config" not in q["sql"]]  # fmt: skip
    assert len(own) == 9, own
