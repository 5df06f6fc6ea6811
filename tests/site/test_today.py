"""What somebody owes today stands in one list over all rooms, the most harmful if late on top."""

import itertools
import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.ballots.models import Constituency, Election, RollEntry
from mulin.commons.flow.models import Category, ContactWish
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.community.models import Membership
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import OWING_ROLES, ROOM_ROLES, Harm, Role, by_harm, system
from mulin.ground.notify.actions import tell
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, local_day, standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    receive_demand,
    take_demand,
    wait_on,
)
from mulin.parlour.reception.actions.joint import ask_help, offer_demand, send_out
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.packs import make_pack
from mulin.parlour.reception.dues import demands_owed
from mulin.parlour.reception.models import Confirmation, Demand
from mulin.parlour.reception.rules import HARM, felt
from mulin.parlour.rounds.actions.hand_overs import propose_hand_over
from mulin.parlour.rounds.actions.visits import wish_for_visit
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.lots import issue, split_order
from mulin.workshop.production.actions.offers import offer as offer_lot
from mulin.workshop.production.actions.orders import (
    Terms as OrderTerms,
)
from mulin.workshop.production.actions.orders import (
    agree as agree_on_order,
)
from mulin.workshop.production.actions.orders import (
    bring_in,
    take_order,
)
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import Lot, StopKind
from tests.cast import Member
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

DAY = timedelta(days=1)
#: PostgreSQL is told the community besides, and marks where the request began.
OF_THE_WALL = re.compile("set_config|current_setting|SAVEPOINT|^BEGIN$|^COMMIT$")
MOMENTS = st.none() | st.datetimes().map(lambda moment: moment.replace(microsecond=0))


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW - 90 * DAY)
        yield cast.xinjie


def received(words, *, by, kind="", at=NOW, **more):
    category = Category.objects.get(code=kind) if kind else None
    return receive_demand(Said(words=words, category=category, **more), by=by, now=at)


def owed(member, now=NOW, accounts=()):
    own = frozenset({member.account.pk, *accounts})
    return owed_by(Asked(member.actor, own, now, end_of_day(local_day(now)))).dues


@given(st.lists(st.tuples(st.sampled_from(Harm), MOMENTS), max_size=12))
def test_harm_comes_before_time_and_no_limit_after_any(things):
    rows = sorted((by_harm(*thing, number) for number, thing in enumerate(things)))
    for one, other in itertools.pairwise(rows):
        assert one[0] <= other[0]
        if one[0] == other[0]:
            assert one[1] <= other[1]
            assert one[1] or other[1] or one[2] <= other[2]


def test_danger_before_children_and_elders_before_water_before_courtesy():
    assert list(Harm) == sorted(Harm)
    assert [one.name for one in Harm] == [
        "LIFE", "FRAIL", "BASICS", "PROMISE", "COLLEAGUE", "COURTESY",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        ("safety.fire", Harm.LIFE), ("elder", Harm.FRAIL), ("child", Harm.FRAIL),
        ("repair.lift", Harm.BASICS), ("repair.lamp", Harm.PROMISE), ("property", Harm.PROMISE),
        ("", Harm.PROMISE),
    ],
)  # fmt: skip
def test_the_database_feels_harm_as_the_rule_does(cast, xinjie, kind, harm):
    demand = received("有事", by=cast.chen.actor, kind=kind)
    assert felt(demand.harm, kind) == harm
    assert owed(cast.chen)[0].harm == harm


def test_life_comes_before_everything_even_for_an_elder():
    assert felt(HARM["life"], "elder") == Harm.LIFE
    assert felt(HARM["utilities"], "elder.care") == Harm.FRAIL
    assert felt(HARM["utilities"], "elders") == Harm.BASICS


def test_everything_owed_over_all_rooms_in_order_of_harm(cast, xinjie, client):
    chen, zhou = cast.chen.actor, cast.zhou.actor
    firm = found_organisation(name="春风物业", kind="unit", by=zhou, now=NOW)
    long_ago = NOW - 20 * DAY
    with standing_still(NOW):
        lamp = take_demand(received("路灯不亮", by=chen, kind="repair.lamp", at=long_ago),
                           by=chen, now=long_ago)  # fmt: skip
        received("消防通道堵了", by=chen, kind="safety.fire")
        received("老人吃饭没人送", by=chen, kind="elder")
        lift = take_demand(received("电梯停了", by=chen, kind="repair.lift"), by=chen, now=NOW)
        waiting = take_demand(received("等配件", by=chen), by=chen, now=NOW)
        wait_on(waiting, whom="物业", until=NOW + 2 * DAY, by=chen, now=NOW)
        send_out(lamp, to=firm, by=chen, asked="换灯", back_by=NOW + DAY, now=NOW)
        helped = received("树倒了", by=zhou, kind="clean.green")
        ask_help(
            helped, helper=cast.chen.account, asked="拍照", due_at=NOW + 2 * DAY, by=zhou, now=NOW
        )
        offered = received("台阶松了", by=zhou)
        offer_demand(offered, to=cast.chen.account, why="您熟", by=zhou, now=NOW)
        called = received(
            "水管修了", by=zhou, person=cast.wang.person, contact_wish=ContactWish.CALL
        )
        answer_demand(called, by=zhou, words="修好了", now=NOW)
        make_pack(by=zhou, now=NOW)
        propose_hand_over(
            Membership.objects.get(account=cast.sun.account), deputy=cast.chen.account,
            since=NOW + 3 * DAY, until=NOW + 5 * DAY, notes="", by=cast.sun.actor, now=NOW,
        )  # fmt: skip
    found = owed(cast.chen, NOW + 2 * DAY)
    assert [due.kind.partition(".")[2] for due in found if due.harm < Harm.PROMISE] == [
        "demand", "demand", "demand",
    ]  # fmt: skip
    assert [due.harm for due in found] == sorted(due.harm for due in found)
    words = [due.what.partition(" · ")[0] for due in found]
    assert words[:3] == ["消防通道堵了", "老人吃饭没人送", "电梯停了"]
    # The oldest limit of those of equal harm comes first.
    promised = [due for due in found if due.harm == Harm.PROMISE]
    assert promised[0].number == lamp.pk
    assert [due.due_at for due in promised] == sorted(due.due_at for due in promised)
    kinds = {due.kind for due in found}
    assert kinds >= {
        "reception.demand", "reception.sending", "reception.share", "reception.offer",
        "reception.call", "rounds.hand_over",
    }  # fmt: skip
    assert lift.pk in {due.number for due in found}
    waited = next(due for due in found if due.number == waiting.pk)
    assert str(waited.why) == "说好等到今天，日子到了"
    # The pack is today's paper, not that of two days ago.
    assert "reception.pack" not in kinds
    assert "reception.pack" in {due.kind for due in owed(cast.chen)}


def test_what_is_not_due_yet_or_somebody_elses_does_not_stand_there(cast, xinjie):
    mine = take_demand(received("不急", by=cast.chen.actor), by=cast.chen.actor, now=NOW)
    Demand.objects.filter(pk=mine.pk).update(due_at=end_of_day(local_day(NOW)) + DAY)
    received("老周的", by=cast.zhou.actor)
    assert owed(cast.chen) == []


def test_what_nobody_owns_is_the_desks(cast, xinjie):
    lost = received("没人管", by=cast.zhou.actor)
    Demand.objects.filter(pk=lost.pk).update(owner=None)
    assert [(due.number, due.holder_id) for due in owed(cast.chen)] == [(lost.pk, None)]
    assert owed(cast.sun) == []


def test_a_sealed_matter_stands_in_no_list(cast, xinjie):
    demand = received("密封", by=cast.chen.actor)
    demand.need.is_sealed = True
    demand.need.save()
    assert owed(cast.chen) == []


def test_the_neighbour_owes_nothing_of_ours(cast, xinjie):
    received("消防通道堵了", by=cast.chen.actor)
    with in_community(cast.linli):
        assert owed(cast.li) == []


def test_whoever_stands_in_finds_what_the_other_owes_and_reads_whose_it_is(cast, xinjie, client):
    received("路灯不亮", by=cast.chen.actor)
    place = Membership.objects.get(account=cast.chen.account)
    MembershipFactory(
        community=cast.xinjie, account=cast.zhou.account, role=Role.COMMUNITY_WORKER,
        stands_in_for=place,
    )  # fmt: skip
    with standing_still(NOW):
        page = cast.enter(client, cast.zhou).get(reverse("site:today"))
    assert [line.whose for line in page.context["lines"]] == ["替小陈（不在）"]


def test_an_officer_finds_homes_to_look_in_on(cast, xinjie):
    wish_for_visit(cast.dwelling_12_301, by=cast.chen.actor, words="三天没见她下楼", now=NOW)
    assert [(due.kind, due.harm) for due in owed(cast.sun)] == [("rounds.wish", Harm.FRAIL)]
    assert owed(cast.wu) == []


def test_an_alarm_to_be_told_is_a_danger(cast, xinjie):
    tell(
        ("person", cast.wang.person.pk), by=system(cast.xinjie.pk), topic="test", subject="停气",
        body="关阀", now=NOW, key="gas", is_alarm=True,
    )  # fmt: skip
    assert [(due.kind, due.harm) for due in owed(cast.sun)] == [("notify.task", Harm.LIFE)]


def test_the_first_screen_is_this_list_with_counts_that_open_and_keys(cast, xinjie, client):
    cast.enter(client, cast.chen)
    with standing_still(NOW):
        assert client.get("/").url == reverse("site:today")
        for number in range(12):
            received(f"路灯 {number}", by=cast.chen.actor)
        make_pack(by=cast.zhou.actor, now=NOW)
        page = client.get(reverse("site:today"))
        lines = page.context["lines"]
        assert [line.key for line in lines] == [*"123456789", "", "", "", ""]
        counts = {choice.url: choice.count for choice in page.context["choices"]}
        assert counts == {"?kind=reception.demand": "12", "?kind=reception.pack": "1"}
        for url, count in counts.items():
            opened = client.get(reverse("site:today") + url)
            assert len(opened.context["lines"]) == int(count)


def test_each_line_leads_to_the_page_of_its_thing(cast, xinjie, client):
    with standing_still(NOW):
        received("路灯", by=cast.chen.actor)
        called = received("水管", by=cast.zhou.actor, contact_wish=ContactWish.CALL,
                          person=cast.wang.person)  # fmt: skip
        answer_demand(called, by=cast.zhou.actor, words="好了", now=NOW)
        Confirmation.objects.update(call_from=NOW)
        cast.enter(client, cast.chen)
        urls = [due.url for due in owed(cast.chen)]
        assert len(urls) == 2
        assert [client.get(url).status_code for url in urls] == [200, 200]


def test_more_than_a_day_holds_is_cut_and_leads_to_the_rooms_own_list(cast, xinjie):
    for number in range(5):
        received(f"路灯 {number}", by=cast.chen.actor)
    own = frozenset({cast.chen.account.pk})
    asked = Asked(cast.chen.actor, own, NOW, end_of_day(local_day(NOW)), most=3)
    assert len(list(demands_owed(asked))) == 4
    tally = owed_by(asked).tallies[0]
    assert (tally.kind.name, tally.count, tally.is_more) == ("reception.demand", 3, True)


def test_what_the_one_question_leaves_out_is_said(cast, xinjie, monkeypatch):
    """Beyond the most rows of all rooms together every kind has more than it shows."""
    monkeypatch.setattr("mulin.ground.community.dues._MOST_ROWS", 2)
    for number in range(3):
        demand = received(f"路灯 {number}", by=cast.zhou.actor)
        offer_demand(demand, to=cast.chen.account, by=cast.zhou.actor, why="请看看", now=NOW)
    own = frozenset({cast.chen.account.pk})
    asked = Asked(cast.chen.actor, own, NOW, end_of_day(local_day(NOW)))
    more = {tally.kind.name: tally.is_more for tally in owed_by(asked).tallies}
    assert more["reception.offer"]
    monkeypatch.undo()
    more = {tally.kind.name: tally.is_more for tally in owed_by(asked).tallies}
    assert not more["reception.offer"]


@pytest.mark.parametrize("name", ["chen", "sun"])
def test_the_first_screen_asks_at_most_twelve_times_whatever_is_owed(cast, xinjie, client, name):
    member = getattr(cast, name)
    by = actor_of(member.account, cast.xinjie, now=NOW).by(Channel.PHONE)
    cast.enter(client, member)
    counts = []
    with standing_still(NOW):
        for more in (2, 18):
            for number in range(more):
                received(f"路灯不亮 {number}", by=by)
                wish_for_visit(cast.dwelling_12_301, by=cast.sun.actor, words="看看", now=NOW)
            client.get(reverse("site:today"))
            with CaptureQueriesContext(connection) as asked:
                page = client.get(reverse("site:today"))
            counts.append(len([one for one in asked if not OF_THE_WALL.search(one["sql"])]))
    assert len(page.context["lines"]) >= 20
    assert counts[0] == counts[1]
    assert counts[1] <= 12


@pytest.mark.parametrize("role", sorted(ROOM_ROLES))
def test_whoever_runs_a_room_begins_with_what_they_owe_and_reads_no_demand(
    cast, xinjie, client, role
):
    demand = received("三楼漏水", by=cast.chen.actor)
    account = AccountFactory()
    MembershipFactory(community=cast.xinjie, account=account, role=role)
    who = SimpleNamespace(account=account)
    page = cast.enter(client, who).get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/today/"
    assert demand.need.words not in page.content.decode()


def working(cast, role):
    """Somebody with this role, and with a record on the roll."""
    account = AccountFactory(display_name="某人")
    MembershipFactory(community=cast.xinjie, account=account, role=role)
    person = PersonFactory(community=cast.xinjie, account=account, grid=cast.grid_1)
    return Member(cast.xinjie, "某人", account=account, person=person, role=role)


def lots(cast, *, days):
    """Two lots of an order of aprons, to be given back within so many days."""
    head, then = cast.zhou.actor, NOW - 10 * DAY
    firm = found_organisation(name="布艺", kind="firm", by=head, now=then)
    sewing = add_operation(name="锁边", seconds=60, skill="", by=head, now=then)
    set_rate(sewing, yuan=Decimal("0.5"), since=then.date(), source="会议", by=head, now=then)
    order = take_order(
        OrderTerms(
            customer=firm, product="围裙", operation=sewing, quantity=40,
            due=(NOW + days * DAY).date(), price=Decimal(1), specification="",
        ),
        pictures=[], by=head, now=then,
    )  # fmt: skip
    agree_on_order(order, by=head, now=then)
    bring_in(order, quantity=Decimal(40), by=head, now=then)
    split_order(order, quantity=40, size=20, by=head, now=then)
    Lot.objects.update(due=(NOW + days * DAY).date())
    return Lot.objects.order_by("number")


def kinds(member, now=NOW):
    return {due.kind for due in owed(member, now)}


def test_a_carrier_and_a_worker_find_their_round_and_their_pieces(cast, xinjie):
    carrier, maker = (
        working(cast, role) for role in (Role.CARRIER, Role.WORKSHOP_WORKER)
    )  # fmt: skip
    worker = take_on(maker.person, minutes_wished=600, by=cast.zhou.actor, now=NOW - 9 * DAY)
    given, free = lots(cast, days=2)
    issue(given, worker, quantity=20, by=cast.zhou.actor, now=NOW)
    offer_lot(free, worker, by=cast.zhou.actor, now=NOW)
    plan_round(
        [Errand(StopKind.BRING, given, worker, 20)], carrier=carrier.account, day=local_day(NOW),
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    assert kinds(carrier) == {"production.round"}
    assert kinds(maker) == {"production.lot", "production.offer"}
    # Pieces that are to be given back next week are not owed yet; another's are nobody else's.
    assert kinds(maker, NOW - 5 * DAY) == {"production.offer"}
    assert kinds(working(cast, Role.WORKSHOP_WORKER)) == set()


def test_whoever_holds_a_lesson_or_was_invited_to_it_finds_it(cast, xinjie, client):
    teacher = working(cast, Role.CLASS_LEAD)
    lesson = plan_gathering(
        "meeting",
        Plan(title="防骗课", starts_at=NOW + DAY, ends_at=NOW + DAY + timedelta(hours=1)),
        by=cast.chen.actor,
        now=NOW,
    )
    Gathering.objects.filter(pk=lesson.pk).update(host=teacher.account)
    invite(lesson, [cast.yong.person], by=cast.chen.actor, now=NOW)
    assert kinds(teacher) == {"gatherings.hold"}
    assert kinds(cast.yong) == {"gatherings.invited"}
    with standing_still(NOW):
        assert cast.enter(client, teacher).get("/").url == reverse("site:today")
        assert client.get(owed(teacher)[0].url).status_code == 200
        page = cast.enter(client, cast.yong).get(reverse("site:mine"))
        assert "防骗课" in page.content.decode()
        assert "防骗课" in client.get(reverse("site:waiting")).content.decode()


def test_whoever_asked_finds_that_an_answer_waits_for_their_word(cast, xinjie, client):
    asked = received("路灯不亮", by=cast.chen.actor, person=cast.yong.person)
    received("别人的事", by=cast.chen.actor, person=cast.wang.person)
    assert kinds(cast.yong) == set()
    answer_demand(asked, by=cast.chen.actor, words="修好了", now=NOW)
    assert kinds(cast.yong) == {"reception.confirm"}
    with standing_still(NOW):
        (due,) = owed(cast.yong)
        assert cast.enter(client, cast.yong).get(due.url).status_code == 200


def test_each_hand_of_a_vote_finds_what_it_owes_and_no_other(cast, xinjie):
    committee, holder, observer = (
        working(cast, role) for role in (Role.ELECTION_COMMITTEE, Role.KEY_HOLDER, Role.OBSERVER)
    )
    vote = Election.objects.create(
        community=cast.xinjie, title="双五", max_choices=1, opens_at=NOW - DAY,
        closes_at=NOW + DAY, rule="x", complaint_days=1, state="open", urn_key="k",
    )  # fmt: skip
    part = Constituency.objects.create(
        community=cast.xinjie, election=vote, position=1, code="a", title="居民", rule="x"
    )
    entry = RollEntry.objects.create(
        community=cast.xinjie, election=vote, constituency=part, person=cast.yong.person
    )
    assert (kinds(cast.yong), kinds(observer), kinds(holder), kinds(committee)) == (
        {"ballots.vote"}, {"ballots.observe"}, set(), set(),
    )  # fmt: skip
    RollEntry.objects.filter(pk=entry.pk).update(mark="paper", taken_on=local_day(NOW))
    assert kinds(cast.yong) == set()
    stages = {"frozen": "ballots.share", "sealed": "ballots.open"}
    for stage, kind in stages.items():
        Election.objects.update(state=stage)
        assert kinds(holder) == {kind}
    Election.objects.update(state="opened")
    assert kinds(committee) == {"ballots.publish"}


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_has_a_day_with_a_bounded_number_of_questions(cast, xinjie, client, role):
    grid = cast.grid_1 if role == Role.GRID_OFFICER else None
    who = working(cast, role)
    Membership.objects.filter(account=who.account).update(grid=grid)
    with standing_still(NOW):
        cast.enter(client, who)
        address = "site:today" if role in OWING_ROLES else "site:waiting"
        client.get(reverse(address))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse(address))
    assert page.status_code == 200
    assert len([one for one in asked if not OF_THE_WALL.search(one["sql"])]) <= 14
