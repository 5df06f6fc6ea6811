"""A knock, what is heard, a wish, a pace: state, act, refusal, twice."""

from datetime import date, timedelta

import pytest

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act, ActDetail
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand, Visit
from mulin.parlour.rounds.actions.visits import hear, note_visit, set_pace, wish_for_visit
from mulin.parlour.rounds.models import PaceSetting, RoundVisit, Wish
from mulin.parlour.rounds.queries import paces
from mulin.parlour.rounds.rules import Kind, Outcome
from tests.clock import NOW


def knock(cast, **more):
    values = {"by": cast.sun.actor, "outcome": Outcome.SEEN, "now": NOW} | more
    return note_visit(cast.dwelling_12_301, **values)


def test_a_knock_is_a_row_with_its_act_and_no_place_but_the_door(cast, xinjie):
    visit = knock(cast, note="血压药够吃到月底")
    assert (visit.officer, visit.grid, visit.outcome, visit.at, visit.note) == (
        cast.sun.account, cast.grid_1, "seen", NOW, "血压药够吃到月底",
    )  # fmt: skip
    act = Act.objects.get(verb="rounds.note_visit")
    assert (act.account, act.channel, act.record_id) == (cast.sun.account, "door", visit.pk)
    assert "血压" not in ActDetail.objects.get(act=act).changes


def test_a_knock_sent_twice_is_one_even_after_the_round_went_to_somebody_else(cast, xinjie):
    first = knock(cast, token="on the phone")
    cast.sun.account.memberships.update(until=NOW - timedelta(minutes=1))
    assert knock(cast, token="on the phone") == first
    assert RoundVisit.objects.count() == 1


def test_what_was_noted_without_network_is_dated_by_the_phone_while_it_can_be_believed(
    cast, xinjie
):
    assert knock(cast, at=NOW - timedelta(hours=3)).at == NOW - timedelta(hours=3)
    assert knock(cast, at=NOW - timedelta(days=400)).at == NOW
    assert knock(cast, at=NOW + timedelta(days=1)).at == NOW


def test_a_door_of_another_grid_is_refused_and_what_was_noted_can_be_given_on(cast, xinjie):
    with pytest.raises(Refused):
        note_visit(cast.dwelling_20_101, by=cast.sun.actor, outcome=Outcome.SEEN, now=NOW)
    with pytest.raises(Refused):
        knock(cast, by=cast.chen.actor)
    assert RoundVisit.objects.count() == 0


def test_what_is_heard_at_a_door_is_typed_once(cast, xinjie):
    said = Said(
        words="楼道灯又不亮了", person=cast.wang.person, building=cast.building_12,
        said_at=NOW - timedelta(hours=2),
    )  # fmt: skip
    by = cast.sun.actor.by(Channel.DOOR, on_behalf_of=cast.wang.person.pk)
    need = hear(cast.dwelling_12_301, said, by=by, now=NOW, token="t")
    again = hear(cast.dwelling_12_301, said, by=by, now=NOW, token="t")
    assert again == need == Need.objects.get()
    demand = Demand.objects.get()
    assert (demand.need, demand.owner, demand.received_at) == (
        need, cast.sun.account, NOW - timedelta(hours=2),
    )  # fmt: skip
    assert (need.channel, need.entered_by, need.person) == (
        "door", cast.sun.account, cast.wang.person,
    )  # fmt: skip
    visit = RoundVisit.objects.get()
    assert (visit.need, visit.outcome, visit.at) == (need, "seen", NOW - timedelta(hours=2))
    assert Visit.objects.count() == 1  # reception counts who said it once, too


def test_what_is_heard_in_the_street_belongs_to_no_door(cast, xinjie):
    said = Said(words="路口积水", place_words="南门口")
    by = cast.sun.actor.by(Channel.DOOR)
    need = hear(None, said, by=by, now=NOW, token="t")
    assert hear(None, said, by=by, now=NOW, token="t") == need
    assert (Demand.objects.count(), RoundVisit.objects.count()) == (1, 0)


def test_a_wish_leads_to_the_door_until_somebody_is_seen_there(cast, xinjie):
    wish = wish_for_visit(
        cast.dwelling_12_301, by=cast.chen.actor, words="女儿打电话没人接", now=NOW
    )
    knock(cast, outcome=Outcome.NOBODY_HOME, now=NOW + timedelta(hours=1))
    assert Wish.objects.get().fulfilled_at is None
    visit = knock(cast, now=NOW + timedelta(hours=2))
    wish.refresh_from_db()
    assert (wish.fulfilled_by, wish.fulfilled_at) == (visit, NOW + timedelta(hours=2))


def test_a_visit_before_the_wish_does_not_fulfil_it(cast, xinjie):
    wish_for_visit(cast.dwelling_12_301, by=cast.chen.actor, words="请去看看", now=NOW)
    knock(cast, at=NOW - timedelta(hours=1), now=NOW + timedelta(hours=1))
    assert Wish.objects.get().fulfilled_at is None


def test_only_who_sees_a_home_asks_for_a_visit_and_says_why(cast, xinjie):
    with pytest.raises(NotPermitted):
        wish_for_visit(cast.dwelling_12_301, by=cast.wu.actor, words="看看", now=NOW)
    with pytest.raises(Refused) as refusal:
        wish_for_visit(cast.dwelling_12_301, by=cast.chen.actor, words=" ", now=NOW)
    assert refusal.value.field == "words"


def test_the_head_sets_how_often_from_a_day_on_and_the_older_stays_for_its_days(cast, xinjie):
    set_pace(
        by=cast.zhou.actor, kind=Kind.ALONE, days=7, since=date(2026, 11, 20),
        source="居民代表会议 11 月", now=NOW,
    )  # fmt: skip
    assert paces(date(2026, 11, 19))[Kind.ALONE].days == 30
    assert paces(date(2026, 11, 20))[Kind.ALONE].days == 7
    with pytest.raises(Refused) as refusal:
        set_pace(
            by=cast.zhou.actor, kind=Kind.ALONE, days=9, since=date(2026, 11, 20), source="又",
            now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "since"
    with pytest.raises(NotPermitted):
        set_pace(
            by=cast.sun.actor, kind=Kind.ALONE, days=400, since=NOW.date(), source="我", now=NOW
        )
    assert PaceSetting.objects.count() == 1


def test_the_neighbour_sees_nothing(cast, xinjie):
    knock(cast)
    with in_community(cast.linli):
        assert list(RoundVisit.objects.all()) == []
