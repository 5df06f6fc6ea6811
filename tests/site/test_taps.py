"""Each main act takes as many taps and fields from the first page as docs/taps.md says."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import watch_over
from mulin.circle.alarms.models import Alarm
from mulin.circle.elders.actions.groups import plan_programme
from mulin.circle.elders.actions.pairs import Brings, pair_up, take_helper_on
from mulin.circle.elders.actions.records import take_in
from mulin.circle.elders.rules import Category
from mulin.circle.volunteers.actions.duties import sign_up
from mulin.circle.volunteers.models import Stay as HelpersStay
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.models import Attendance
from mulin.ground.community.rules import Role, system
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.actions.persons import index_words
from mulin.ground.street.models import HandedUp
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.street import hand_up
from mulin.parlour.reception.models import Demand, Visit, VisitKind
from mulin.workshop.childcare.models import Stay as ChildsStay
from mulin.workshop.production.actions.lots import split_order
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.actions.orders import Terms, agree, bring_in, take_order
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import Lot
from tests.ballots.conftest import make_vote
from tests.childcare.conftest import make_room
from tests.clock import NOW
from tests.factories.community import MembershipFactory
from tests.support.walking import Walk
from tests.volunteers.conftest import BEGINS, make_street

pytestmark = pytest.mark.once

DOCS = Path(__file__).resolve().parents[2] / "docs" / "taps.md"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie), standing_still(NOW):
        open_reception(by=system(cast.xinjie.pk), now=NOW - 90 * DAY)
        yield cast.xinjie


@pytest.fixture
def walk(cast, xinjie, client):
    """Somebody comes in by the first page; nobody is a passer-by."""

    def begin(member=None):
        if member is not None:
            cast.enter(client, member)
        return Walk(client).begin("/")

    return begin


def demand_of(cast, **said):
    return receive_demand(Said(words="路灯不亮", **said), by=cast.chen.actor, now=NOW)


def told(cast, walk):
    done = walk().tap("/reception/tell/").send("/reception/tell/", words="路灯不亮")
    assert Demand.objects.count() == 1
    return done


def confirmed(cast, walk):
    demand = demand_of(cast, person=cast.yong.person)
    answer_demand(demand, by=cast.chen.actor, words="好了", now=NOW)
    follow = f"/reception/follow/{demand.need.follow_code}/"
    done = walk(cast.yong).tap(follow).send(follow, solved="yes", rating="5")
    demand.refresh_from_db()
    assert demand.state == "confirmed"
    return done


def visited(cast, walk):
    kind = VisitKind.objects.filter(is_active=True).first()
    begun = walk(cast.chen).tap("/reception/visits/")
    done = begun.send("/reception/visits/", ("kind", str(kind.pk)))
    assert Visit.objects.exclude(worker=None).count() == 1
    return done


def taken(cast, walk):
    demand = demand_of(cast)
    page = f"/reception/demands/{demand.pk}/"
    done = walk(cast.chen).tap(page).send(f"{page}take/")
    demand.refresh_from_db()
    assert demand.state == "in_hand"
    return done


def answered(cast, walk):
    demand = demand_of(cast)
    page = f"/reception/demands/{demand.pk}/"
    done = walk(cast.chen).tap(page).send(f"{page}answer/", words="换了灯泡")
    demand.refresh_from_db()
    assert demand.state == "answered"
    return done


def signed_up(cast, walk):
    evening = plan_gathering(
        "meeting", Plan("板凳会", NOW + DAY, NOW + DAY + HOUR), by=cast.chen.actor, now=NOW
    )
    invite(evening, [cast.yong.person], by=cast.chen.actor, now=NOW)
    notice = f"/gatherings/{evening.code}/"
    done = walk(cast.yong).tap("/mine/").tap(notice).send(f"{notice}come/")
    assert Attendance.objects.get().stand == "going"
    return done


def took_a_lot(cast, walk):
    head, then = cast.zhou.actor, NOW - 10 * DAY
    firm = found_organisation(name="布艺", kind="firm", by=head, now=then)
    sewing = add_operation(name="锁边", seconds=60, skill="", by=head, now=then)
    set_rate(sewing, yuan=Decimal("0.5"), since=then.date(), source="会议", by=head, now=then)
    order = take_order(
        Terms(
            customer=firm, product="围裙", operation=sewing, quantity=20,
            due=(NOW + 9 * DAY).date(), price=Decimal(1), specification="",
        ),
        pictures=[], by=head, now=then,
    )  # fmt: skip
    agree(order, by=head, now=then)
    bring_in(order, quantity=Decimal(20), by=head, now=then)
    split_order(order, quantity=20, size=20, by=head, now=then)
    MembershipFactory(community=cast.xinjie, account=cast.yong.account, role=Role.WORKSHOP_WORKER)
    worker = take_on(cast.yong.person, minutes_wished=600, by=head, now=then)
    asked = offer(Lot.objects.get(), worker, by=head, now=NOW)
    begun = walk(cast.yong).tap("/mine/").tap("/production/mine/")
    done = begun.send(f"/production/mine/offers/{asked.pk}/", ("said", "yes"))
    asked.refresh_from_db()
    assert asked.state != "open"
    return done


def answered_an_alarm(cast, walk):
    watch_over(cast.wang.person, by=cast.chen.actor, now=NOW)
    alarm = press_for(cast.wang.person, by=cast.chen.actor, now=NOW)
    page = f"/alarms/{alarm.pk}/"
    done = walk(cast.zhou).tap(page).send(f"{page}go/")
    assert Alarm.objects.get().going
    return done


def in_care(cast):
    """王秀英 is in care, and 张勇 looks in on her."""
    by = cast.chen.actor
    index_words([cast.wang.person])
    alone = {"categories": [Category.ALONE], "source": "入户"}
    elder = take_in(cast.wang.person, has_agreed=True, by=by, now=NOW - 5 * DAY, **alone)
    pair_up(elder, take_helper_on(cast.yong.person, Brings(), by=by, now=NOW), by=by, now=NOW)
    return elder


def pressed_at_the_desk(cast, walk):
    watch_over(cast.wang.person, by=cast.chen.actor, now=NOW)
    done = walk(cast.chen).tap("/alarms/press/").send("/alarms/press/")
    assert Alarm.objects.get().person == cast.wang.person
    return done


def pressed_by_who_looks_in(cast, walk):
    in_care(cast)
    done = walk(cast.yong).tap("/alarms/mine/").send("/alarms/press/")
    assert Alarm.objects.get().person == cast.wang.person
    return done


def said_well(cast, walk):
    elder = in_care(cast)
    begun = walk(cast.yong).tap("/mine/").tap("/elders/round/")
    done = begun.send(f"/elders/people/{elder.pk}/contact/", ("outcome", "well"))
    assert elder.contacts.get().outcome == "well"
    return done


def signed_up_by_phone(cast, walk):
    in_care(cast)
    lunch = plan_programme(Plan("午饭", NOW + DAY, NOW + DAY + HOUR), by=cast.chen.actor, now=NOW)
    begun = walk(cast.chen).tap("/elders/call/")
    done = begun.send("/elders/call/", person="wxy", wanted=f"gathering-{lunch.pk}")
    assert Attendance.objects.get().person == cast.wang.person
    return done


def handed_up(cast, walk):
    page = f"/reception/demands/{demand_of(cast).pk}/"
    done = walk(cast.chen).tap(page).send(f"{page}hand-up/", back_by="2026-12-01")
    assert HandedUp.objects.count() == 1
    return done


def answered_for_the_street(cast, walk):
    hand_up(demand_of(cast), words="一片都不亮", back_by=NOW + 5 * DAY, by=cast.chen.actor, now=NOW)
    page = f"/street/handed/{HandedUp.objects.get().pk}/"
    done = walk(cast.street).tap(page).send(f"{page}answer/", words="周五修")
    assert HandedUp.objects.get().stand == "answered"
    return done


def cast_a_ballot(cast, walk):
    vote = make_vote(cast).draft(opens_at=NOW - HOUR, closes_at=NOW + DAY)
    vote.local = [cast.yong.person]
    code = vote.enrol(local=1, new=1).freeze().ready().open().election.code
    # What these buttons do, tests/journeys/test_ballots.py sees in a browser.
    marks = [f"choice-{number}" for number in range(1, 6)]
    begun = walk(cast.yong).tap("/mine/").tap(f"/ballots/vote/{code}/")
    return begun.press(*marks, "data-next", "data-send")


def came_to_help(cast, walk):
    street = make_street(cast)
    sign_up(street.shift, street.yong, by=street.by, now=NOW)
    with standing_still(BEGINS):
        door = f"/volunteers/door/{street.activity.gathering.door_code}/"
        done = walk(cast.yong).begin(door).send(door, ("said", "in"))
    assert HelpersStay.objects.get().came_at == BEGINS
    return done


def child_came(cast, walk):
    room = make_room(cast)
    room.book()
    done = walk(cast.shen).tap("/childcare/").send(f"/childcare/children/{room.child.pk}/arrive/")
    assert ChildsStay.objects.count() == 1
    return done


ACTS = {
    "tell a demand": told,
    "say that it is solved": confirmed,
    "register a visit": visited,
    "take a demand": taken,
    "answer a demand": answered,
    "sign up": signed_up,
    "take a lot": took_a_lot,
    "answer an alarm": answered_an_alarm,
    "call for help for somebody": pressed_at_the_desk,
    "call for help for whom one looks in on": pressed_by_who_looks_in,
    "say that an elder is well": said_well,
    "sign an elder up who calls": signed_up_by_phone,
    "cast a ballot of five": cast_a_ballot,
    "check in as a helper": came_to_help,
    "a child arrives": child_came,
    "hand up to the street": handed_up,
    "answer what was handed up": answered_for_the_street,
}


def written():
    """Act → taps and fields, as the page for people says."""
    rows = [line.split("|") for line in DOCS.read_text("utf-8").splitlines() if "|" in line][2:]
    return {row[1].strip(): (int(row[3]), int(row[4])) for row in rows}


def test_every_act_that_is_walked_is_written_down_and_the_other_way_round():
    assert set(written()) == set(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_takes_what_the_page_says(cast, walk, act):
    done = ACTS[act](cast, walk)
    assert (done.taps, done.fields) == written()[act]
