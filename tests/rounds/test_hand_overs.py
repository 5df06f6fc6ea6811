"""A deputy walks a round from a day to a day: asked, accepted, ended; reads no minute longer."""

from datetime import date, timedelta

import pytest

from mulin.commons.flow.said import Said
from mulin.ground.community.models import Membership
from mulin.ground.community.queries import actor_of, officer_of
from mulin.ground.notify.models import Message
from mulin.ground.notify.topics import topic_name
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.actions.demands import receive_demand, take_demand
from mulin.parlour.reception.jobs import remind
from mulin.parlour.reception.models import Demand
from mulin.parlour.rounds.actions.hand_overs import do_to_hand_over, propose_hand_over
from mulin.parlour.rounds.actions.visits import note_visit
from mulin.parlour.rounds.models import HandOver
from mulin.parlour.rounds.queries import watch_of
from mulin.parlour.rounds.rules import Deed, HandOverState, Outcome
from tests.clock import NOW

DAY = timedelta(days=1)


def the_round(cast):
    return Membership.objects.get(account=cast.sun.account)


def propose(cast, **more):
    values = {
        "deputy": cast.wu.account, "since": NOW + DAY, "until": NOW + 3 * DAY,
        "notes": "301 的奶奶耳朵不好", "by": cast.sun.actor, "now": NOW,
    } | more  # fmt: skip
    return propose_hand_over(the_round(cast), **values)


@pytest.fixture
def accepted(cast, xinjie):
    """小吴 walks 小孙's round tomorrow and the day after."""
    return do_to_hand_over(propose(cast), Deed.ACCEPT, by=cast.wu.actor, now=NOW)


def wu_at(cast, moment):
    return actor_of(cast.wu.account, cast.xinjie, now=moment)


@pytest.mark.parametrize(
    ("moment", "reads"),
    [
        (NOW, False),
        (NOW + DAY - timedelta(seconds=1), False),
        (NOW + DAY, True),
        (NOW + 3 * DAY - timedelta(seconds=1), True),
        (NOW + 3 * DAY, False),
    ],
)
def test_the_deputy_reads_and_walks_exactly_that_time(cast, accepted, moment, reads):
    deputy = wu_at(cast, moment)
    assert Person.objects.visible_to(deputy).filter(pk=cast.wang.person.pk).exists() is reads
    assert (officer_of(cast.grid_1, moment) == cast.wu.account) is reads
    if reads:
        note_visit(cast.dwelling_12_301, by=deputy, outcome=Outcome.SEEN, now=moment)
    else:
        with pytest.raises(Refused):
            note_visit(cast.dwelling_12_301, by=deputy, outcome=Outcome.SEEN, now=moment)


def test_nothing_is_given_before_the_deputy_says_yes(cast, xinjie):
    propose(cast)
    assert wu_at(cast, NOW + 2 * DAY).grid_ids == {cast.grid_2.pk}
    told = Message.objects.get(recipient_kind="account", recipient_id=cast.wu.account.pk)
    assert told.path == f"/rounds/hand-overs/{HandOver.objects.get().pk}/"
    assert topic_name(told.topic) == "请人代走网格"


@pytest.mark.usefixtures("clock_stands")
def test_the_last_day_is_the_one_that_was_typed(cast, xinjie, client):
    page = cast.enter(client, cast.sun).post(
        "/rounds/hand-overs/",
        {
            "membership": the_round(cast).pk, "deputy": cast.wu.account.pk, "since": "2026-11-27",
            "until": "2026-11-29", "notes": "",
        },
        follow=True,
    )  # fmt: skip
    assert HandOver.objects.get().last_day == date(2026, 11, 29)
    assert "11月29日（周日）" in page.content.decode()
    assert "11月27日到11月29日" in Message.objects.get().body


def test_nobody_is_asked_who_was_not_chosen(cast, xinjie, client):
    page = cast.enter(client, cast.sun).post(
        "/rounds/hand-overs/",
        {"membership": the_round(cast).pk, "since": "2026-11-27", "until": "2026-11-29"},
    )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["deputy"]


def test_only_the_deputy_says_yes_and_a_no_says_why(cast, xinjie):
    asked = propose(cast)
    for stranger in (cast.sun, cast.zhou, cast.chen):
        with pytest.raises(NotPermitted):
            do_to_hand_over(asked, Deed.ACCEPT, by=stranger.actor, now=NOW)
    with pytest.raises(Refused) as refusal:
        do_to_hand_over(asked, Deed.DECLINE, by=cast.wu.actor, now=NOW)
    assert refusal.value.field == "words"
    do_to_hand_over(asked, Deed.DECLINE, by=cast.wu.actor, words="那几天我也不在", now=NOW)
    with pytest.raises(Refused):
        do_to_hand_over(asked, Deed.ACCEPT, by=cast.wu.actor, now=NOW)
    assert Membership.objects.filter(stands_in_for__isnull=False).count() == 0


def test_a_yes_sent_twice_gives_one_place(cast, xinjie):
    asked = propose(cast)
    for _time in "12":
        do_to_hand_over(asked, Deed.ACCEPT, by=cast.wu.actor, now=NOW, token="yes")
    assert Membership.objects.filter(stands_in_for=the_round(cast)).count() == 1


def test_who_may_hand_over_what_to_whom(cast, xinjie):
    with pytest.raises(NotPermitted):
        propose(cast, by=cast.chen.actor)
    with pytest.raises(Refused) as refusal:
        propose(cast, deputy=cast.yong.account)  # a resident reads no neighbours' names
    assert refusal.value.field == "deputy"
    with pytest.raises(Refused):
        propose(cast, deputy=cast.li.account)  # nor does a worker of the community next door
    with pytest.raises(Refused):
        propose(cast, deputy=cast.sun.account)
    propose(cast, by=cast.zhou.actor)  # the officer lies in hospital: the head asks for them
    with pytest.raises(Refused) as refusal:
        propose(cast, since=NOW + 2 * DAY, until=NOW + 5 * DAY)
    assert refusal.value.field == "since"


def test_a_deputy_hands_nothing_on(cast, accepted):
    place = Membership.objects.get(stands_in_for=the_round(cast))
    with pytest.raises(NotPermitted):
        propose_hand_over(
            place, deputy=cast.chen.account, since=NOW + DAY, until=NOW + 2 * DAY, notes="",
            by=wu_at(cast, NOW + DAY), now=NOW + DAY,
        )  # fmt: skip


def test_an_officer_who_left_hands_over_no_more(cast, xinjie):
    asked = propose(cast)
    Membership.objects.filter(account=cast.sun.account).update(until=NOW + timedelta(hours=1))
    with pytest.raises(Refused):
        do_to_hand_over(asked, Deed.ACCEPT, by=cast.wu.actor, now=NOW + timedelta(hours=2))
    asked.refresh_from_db()
    assert asked.state == HandOverState.PROPOSED


def test_the_officer_is_back_early_and_the_deputy_reads_no_more(cast, accepted):
    noon = NOW + DAY + timedelta(hours=2)
    do_to_hand_over(accepted, Deed.END, by=cast.sun.actor, now=noon)
    accepted.refresh_from_db()
    assert (accepted.state, accepted.until) == (HandOverState.ENDED, noon)
    assert wu_at(cast, noon).grid_ids == {cast.grid_2.pk}


def test_one_that_has_not_begun_is_ended_without_a_trace_in_the_roles(cast, accepted):
    do_to_hand_over(accepted, Deed.END, by=cast.sun.actor, now=NOW)
    accepted.refresh_from_db()
    assert (accepted.state, accepted.place) == (HandOverState.ENDED, None)
    assert Membership.objects.filter(stands_in_for__isnull=False).count() == 0


def _demand(cast, now, **more):
    return receive_demand(
        Said(words="水管漏", person=cast.wang.person, building=cast.building_12, **more),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk), now=now,
    )  # fmt: skip


def test_the_clock_goes_on_and_the_deputy_hears_of_the_limit_too(cast, xinjie):
    demand = _demand(cast, NOW)
    due = demand.due_at
    propose(cast, since=NOW, until=NOW + 3 * DAY)
    do_to_hand_over(HandOver.objects.get(), Deed.ACCEPT, by=cast.wu.actor, now=NOW)
    demand.refresh_from_db()
    assert (demand.owner, demand.due_at) == (cast.sun.account, due)
    near = demand.remind_at + timedelta(minutes=1)
    remind(cast.xinjie, near)
    told = Message.objects.filter(created_at=near, topic="demand")
    assert set(told.values_list("recipient_id", flat=True)) == {
        cast.sun.account.pk, cast.wu.account.pk,
    }  # fmt: skip
    assert _demand(cast, NOW + DAY).owner == cast.wu.account  # what comes now is the deputy's


def test_the_list_says_who_stands_in(cast, accepted, client):
    _demand(cast, NOW)
    with standing_still(NOW + DAY):
        page = cast.enter(client, cast.zhou).get("/reception/").content.decode()
    assert "小吴" in page
    with standing_still(NOW + 3 * DAY):
        page = cast.enter(client, cast.zhou).get("/reception/").content.decode()
    assert "小吴" not in page


def test_who_is_back_finds_everything_that_was_done(cast, accepted):
    demand = _demand(cast, NOW)
    meanwhile = NOW + DAY + timedelta(hours=1)
    deputy = wu_at(cast, meanwhile)
    visit = note_visit(cast.dwelling_12_301, by=deputy, outcome=Outcome.SEEN, now=meanwhile)
    take_demand(Demand.objects.get(pk=demand.pk), by=deputy, now=meanwhile)
    later = NOW + 4 * DAY
    back = watch_of(accepted, cast.sun.actor, later)
    assert [one.pk for one in back.visits] == [visit.pk]
    assert [(step.kind, step.by_name) for step in back.steps] == [("taken", "小吴")]
    assert [need.pk for need, _standing in back.open_needs] == [demand.need_id]
    # The deputy, whose days are over, reads none of it.
    gone = watch_of(accepted, wu_at(cast, later), later)
    assert (gone.visits, gone.steps, gone.open_needs, gone.wishes) == ([], [], [], [])


def test_the_deputy_stays_signed_in_when_they_say_yes(cast, xinjie, client):
    asked = propose(cast)
    with standing_still(NOW):
        page = cast.enter(client, cast.wu)
        answer = page.post(f"/rounds/hand-overs/{asked.pk}/accept/", {"words": "放心"})
        assert answer.status_code == 302
        assert page.get(answer.url).status_code == 200
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("accepted", "放心")
