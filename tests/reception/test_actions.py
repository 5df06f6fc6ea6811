"""What reception does: state, act, step, message; refusals; twice; two at once."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mulin.commons.flow import receivers
from mulin.commons.flow.actions import answer
from mulin.commons.flow.models import Category, ContactWish, Need, NeedPhoto, Step
from mulin.commons.flow.queries import needs_with
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.models import Message, Way
from mulin.kit.channels import Channel
from mulin.kit.clock import SHANGHAI
from mulin.kit.photos import clean_photo
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import (
    accept_demand,
    answer_demand,
    assign_demand,
    confirm_demand,
    escalate,
    note_on,
    pass_on,
    receive_demand,
    reclassify,
    record_return_call,
    remind_owner,
    resume,
    take_demand,
    wait_on,
)
from mulin.parlour.reception.actions.limits import set_limit
from mulin.parlour.reception.actions.moves import spoken
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.jobs import escalate_late
from mulin.parlour.reception.jobs import remind as remind_sweep
from mulin.parlour.reception.models import Confirmation, Demand, Outcome, Visit, VisitReason
from mulin.parlour.reception.queries import return_calls
from mulin.parlour.reception.rules import Limit, State
from tests.clock import NOW

HOUR = timedelta(hours=1)


def photo():
    picture = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(picture, "JPEG")
    return clean_photo(picture.getvalue())


def lines(demand):
    return list(
        Step.objects.filter(need=demand.need).order_by("id").values_list("kind", "is_for_asker")
    )


def test_what_is_said_on_the_phone_is_a_need_a_demand_and_a_visit_typed_once(cast, lamp):
    need = lamp.need
    assert (need.number, need.words, need.channel) == ("2026-00001", "楼下路灯坏了三天", "phone")
    assert need.person == cast.wang.person
    assert need.entered_by == cast.chen.account
    assert need.asked_by_account is None
    assert (lamp.state, lamp.urgency, lamp.is_open) == (State.RECEIVED, "ordinary", True)
    assert lamp.owner == cast.sun.account  # the officer of the grid the building stands in
    assert lamp.due_at == NOW + timedelta(hours=24)
    visit = Visit.objects.get()
    assert (visit.need, visit.person, visit.channel, visit.minutes, visit.worker) == (
        need, cast.wang.person, "phone", 6, cast.chen.account,
    )  # fmt: skip
    act = Act.objects.get(verb="reception.receive_demand")
    assert (act.account, act.on_behalf_of, act.channel, act.record_id) == (
        cast.chen.account, cast.wang.person.pk, "phone", lamp.pk,
    )  # fmt: skip
    assert lines(lamp) == [("received", True)]


def test_the_owner_hears_of_a_new_demand(cast, lamp):
    told = Message.objects.filter(recipient_kind="account", recipient_id=cast.sun.account.pk)
    assert [message.way for message in told] == [Way.IN_APP]


def test_who_has_no_phone_is_told_the_answer_in_person_and_not_every_line_before(cast, lamp):
    of_wang = Message.objects.filter(recipient_kind="person", recipient_id=cast.wang.person.pk)
    take_demand(lamp, by=cast.sun.actor, now=NOW)
    assert list(of_wang) == []
    answer_demand(lamp, by=cast.sun.actor, words="灯泡换了", now=NOW)
    told = of_wang.get()
    assert told.way in {Way.CALL, Way.DOOR}
    assert told.carrier == cast.sun.account


def test_a_form_sent_ten_times_does_its_work_once(cast, xinjie):
    said = Said(words="水管漏水", building=cast.building_12)
    by = cast.chen.actor.by(Channel.WALK_IN)
    made = {receive_demand(said, by=by, now=NOW, token="same").pk for _ in range(10)}
    assert len(made) == 1
    assert (Need.objects.count(), Demand.objects.count(), Visit.objects.count()) == (1, 1, 1)
    assert Act.objects.filter(verb="reception.receive_demand").count() == 1


def test_nothing_said_is_nothing_received(cast, xinjie):
    with pytest.raises(Refused) as refusal:
        receive_demand(Said(words=" \n "), by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "words"
    assert Need.objects.count() == 0


def test_a_passer_by_needs_no_name(cast, xinjie):
    passer_by = Actor(community_id=xinjie.pk, channel=Channel.QR)
    demand = receive_demand(
        Said(words="路灯不亮", building=cast.building_12, contact_phone="13800138000",
             photos=(photo(),)),
        by=passer_by, now=NOW,
    )  # fmt: skip
    need = demand.need
    assert (need.person, need.entered_by, need.asked_by_account) == (None, None, None)
    assert (need.channel, need.contact_phone) == ("qr", "13800138000")
    assert Visit.objects.get().worker is None
    assert NeedPhoto.objects.get(need=need).width == 40
    assert demand.owner == cast.sun.account


def test_numbers_count_within_the_year_they_were_said_in(cast, xinjie):
    by = cast.chen.actor.by(Channel.PAPER)
    old = datetime(2025, 12, 31, 23, 30, tzinfo=SHANGHAI)
    numbers = [
        receive_demand(Said(words="a", said_at=when), by=by, now=NOW).need.number
        for when in (old, NOW, old, NOW)
    ]
    assert numbers == ["2025-00001", "2026-00001", "2025-00002", "2026-00002"]


def test_the_officer_takes_mends_and_answers_and_the_asker_confirms(cast, lamp):
    take_demand(lamp, by=cast.sun.actor, now=NOW + HOUR)
    assert (lamp.state, lamp.owner_id, lamp.responded_at) == (
        State.IN_HAND, cast.sun.account.pk, NOW + HOUR,
    )  # fmt: skip
    assert lamp.due_at == datetime(2026, 12, 5, tzinfo=SHANGHAI)
    answer_demand(lamp, by=cast.sun.actor, words="灯泡换了", photos=[photo()], now=NOW + 5 * HOUR)
    assert (lamp.state, lamp.is_open, lamp.was_late) == (State.ANSWERED, False, False)
    assert NeedPhoto.objects.get(need=lamp.need).moment == "after"
    record_return_call(
        lamp, by=cast.chen.actor.by(Channel.PHONE), outcome=Outcome.SOLVED, rating=5,
        words="亮了", now=NOW + 6 * HOUR,
    )  # fmt: skip
    stored = Demand.objects.get(pk=lamp.pk)
    assert (stored.state, stored.due_at, stored.closed_at) == (
        State.CONFIRMED, None, NOW + 6 * HOUR,
    )  # fmt: skip
    heard = Confirmation.objects.get(demand=lamp)
    assert (heard.outcome, heard.rating, heard.words, heard.called_by, heard.channel) == (
        "solved", 5, "亮了", cast.chen.account, "phone",
    )  # fmt: skip
    assert [kind for kind, _ in lines(lamp)] == ["received", "taken", "answered", "confirmed"]


def test_two_workers_take_one_demand_and_the_first_has_it(cast, lamp):
    seen_by_chen = Demand.objects.select_related("need").get(pk=lamp.pk)
    take_demand(lamp, by=cast.sun.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        take_demand(seen_by_chen, by=cast.chen.actor, now=NOW)
    assert Demand.objects.get(pk=lamp.pk).owner == cast.sun.account
    assert Act.objects.filter(verb="reception.take_demand").count() == 1


def test_an_officer_of_another_grid_may_not_touch_it(cast, lamp):
    for act in (take_demand, accept_demand):
        with pytest.raises(NotPermitted):
            act(lamp, by=cast.wu.actor, now=NOW)
    with pytest.raises(NotPermitted):
        note_on(lamp, by=cast.wu.actor, words="x", now=NOW)
    with pytest.raises(NotPermitted):
        answer_demand(lamp, by=cast.yong.actor, words="x", now=NOW)


def test_the_neighbour_sees_no_demand_of_ours(cast, lamp):
    with in_community(cast.linli):
        assert list(Demand.objects.visible_to(cast.li.actor)) == []
        assert list(Need.objects.visible_to(cast.li.actor)) == []


def test_waiting_says_on_whom_and_until_when_and_the_promise_stays(cast, lamp):
    take_demand(lamp, by=cast.sun.actor, now=NOW)
    promised = lamp.answer_by
    wait_on(lamp, by=cast.sun.actor, whom="供电所", until=NOW + timedelta(days=20), now=NOW)
    assert (lamp.state, lamp.waiting_on, lamp.due_at) == (
        State.WAITING, "供电所", NOW + timedelta(days=20),
    )  # fmt: skip
    resume(lamp, by=cast.sun.actor, now=NOW + timedelta(days=19))
    assert (lamp.state, lamp.waiting_on, lamp.due_at) == (State.IN_HAND, "", promised)
    assert list(Demand.objects.late(NOW + timedelta(days=19))) == [lamp]


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_waiting_for_ever_or_for_yesterday_is_refused(cast, lamp, days):
    take_demand(lamp, by=cast.sun.actor, now=NOW)
    with pytest.raises(Refused) as refusal:
        wait_on(lamp, by=cast.sun.actor, whom="x", until=NOW + timedelta(days=days), now=NOW)
    assert refusal.value.field == "until"


def test_not_solved_opens_it_again_at_the_head(cast, xinjie):
    by = cast.yong.actor
    demand = receive_demand(
        Said(words="门禁坏了", person=cast.yong.person, building=cast.building_12), by=by, now=NOW
    )
    take_demand(demand, by=cast.sun.actor, now=NOW)
    answer_demand(demand, by=cast.sun.actor, words="修了", now=NOW + HOUR)
    confirm_demand(demand, by=by, solved=False, words="又坏了", rating=2, now=NOW + 2 * HOUR)
    assert (demand.state, demand.round, demand.owner_id, demand.is_open) == (
        State.NOT_SOLVED, 2, cast.zhou.account.pk, True,
    )  # fmt: skip
    assert demand.due_at == NOW + 26 * HOUR
    take_demand(demand, by=cast.zhou.actor, now=NOW + 3 * HOUR)
    answer_demand(demand, by=cast.zhou.actor, words="换了新的", now=NOW + 4 * HOUR)
    assert Confirmation.objects.filter(demand=demand).count() == 2


def test_satisfaction_is_asked_once_per_answer(cast, xinjie):
    by = cast.yong.actor
    demand = receive_demand(Said(words="灯"), by=by, now=NOW)
    answer_demand(demand, by=cast.chen.actor, words="好了", now=NOW)
    stale = Demand.objects.select_related("need").get(pk=demand.pk)
    confirm_demand(demand, by=by, solved=True, rating=5, now=NOW)
    with pytest.raises(TakenMeanwhile):
        confirm_demand(stale, by=by, solved=False, now=NOW)
    assert Confirmation.objects.get().outcome == "solved"


def test_only_the_asker_confirms(cast, lamp):
    answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW)
    for somebody in (cast.sun, cast.chen, cast.yong):
        with pytest.raises(NotPermitted):
            confirm_demand(lamp, by=somebody.actor, solved=True, now=NOW)
    holder = Actor(community_id=lamp.community_id, held_code=lamp.need.follow_code)
    confirm_demand(lamp, by=holder, solved=True, rating=4, now=NOW)
    assert Demand.objects.get(pk=lamp.pk).state == State.CONFIRMED


def test_the_return_call_is_made_by_somebody_other_than_the_handler(cast, lamp):
    answer_demand(lamp, by=cast.chen.actor, words="好了", now=NOW)
    with pytest.raises(NotPermitted):
        record_return_call(lamp, by=cast.chen.actor, outcome="solved", now=NOW)
    assert list(return_calls(cast.chen.actor, NOW)) == []
    assert [row.demand for row in return_calls(cast.zhou.actor, NOW)] == [lamp]
    record_return_call(lamp, by=cast.zhou.actor, outcome="solved", rating=5, now=NOW)
    assert list(return_calls(cast.zhou.actor, NOW)) == []


def test_after_three_calls_that_reach_nobody_it_is_closed_and_not_counted_as_solved(cast, lamp):
    answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW)
    moment = NOW
    for call in range(1, 4):
        record_return_call(lamp, by=cast.chen.actor, outcome="unreachable", now=moment)
        row = Confirmation.objects.get(demand=lamp)
        assert row.calls == call
        moment = row.call_from
    assert (row.outcome, Demand.objects.get(pk=lamp.pk).state) == ("unreachable", State.CLOSED)


def test_whoever_can_confirm_alone_is_called_only_after_two_days(cast, xinjie):
    demand = receive_demand(Said(words="灯", person=cast.yong.person), by=cast.yong.actor, now=NOW)
    answer_demand(demand, by=cast.chen.actor, words="好了", now=NOW)
    assert list(return_calls(cast.zhou.actor, NOW + timedelta(days=1))) == []
    assert len(return_calls(cast.zhou.actor, NOW + timedelta(days=2))) == 1


def test_whoever_wants_a_call_is_called(cast, xinjie):
    demand = receive_demand(
        Said(words="灯", person=cast.yong.person, contact_wish=ContactWish.CALL),
        by=cast.yong.actor, now=NOW,
    )  # fmt: skip
    answer_demand(demand, by=cast.chen.actor, words="好了", now=NOW)
    assert len(return_calls(cast.zhou.actor, NOW)) == 1


def test_the_clock_goes_on_when_it_is_given_to_a_colleague(cast, lamp):
    due = lamp.due_at
    assign_demand(lamp, to=cast.wu.account, by=cast.zhou.actor, why="在我那边", now=NOW)
    stored = Demand.objects.get(pk=lamp.pk)
    assert (stored.owner, stored.due_at) == (cast.wu.account, due)
    assert lines(lamp)[-1] == ("assigned", False)
    take_demand(lamp, by=cast.wu.actor, now=NOW)  # now it is his


def test_another_urgency_counts_from_the_day_it_was_received(cast, lamp):
    gas = Category.objects.get(code="repair.gas")
    reclassify(lamp, by=cast.chen.actor, category=gas, urgency="life", now=NOW + 3 * HOUR)
    stored = Demand.objects.get(pk=lamp.pk)
    assert (stored.urgency, stored.harm, stored.due_at) == ("life", 1, NOW + HOUR)
    assert stored.need.category == gas
    assert list(Need.objects.filter(pk__in=needs_with("燃气", most=9))) == [lamp.need]


def test_the_owner_is_reminded_once_and_the_head_hears_of_lateness_once(cast, lamp):
    community, near, after = cast.xinjie, lamp.remind_at, lamp.due_at + HOUR
    of_the_owner = Message.objects.filter(way=Way.IN_APP, account=cast.sun.account)
    before = of_the_owner.count()
    for _ in range(3):
        remind_sweep(community, near)
    assert of_the_owner.count() == before + 1
    for _ in range(3):
        escalate_late(community, after)
    stored = Demand.objects.get(pk=lamp.pk)
    assert (stored.was_late, stored.escalated_at, stored.owner) == (
        True, after, cast.sun.account,
    )  # fmt: skip
    late = Message.objects.filter(topic="late", way=Way.IN_APP)
    assert {message.account for message in late} == {cast.sun.account, cast.zhou.account}
    assert Act.objects.filter(verb="reception.escalate").count() == 1


def test_closing_does_not_wash_lateness_away(cast, lamp):
    escalate_late(cast.xinjie, lamp.due_at + HOUR)
    take_demand(lamp, by=cast.sun.actor, now=lamp.due_at + 2 * HOUR)
    answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW + timedelta(days=2))
    assert Demand.objects.get(pk=lamp.pk).was_late is True


def test_a_sweep_that_missed_a_night_catches_up(cast, xinjie):
    by = cast.chen.actor.by(Channel.PHONE)
    for number in range(5):
        receive_demand(Said(words=f"第{number}件"), by=by, now=NOW)
    escalate_late(cast.xinjie, NOW + timedelta(days=30))
    assert Demand.objects.filter(was_late=True).count() == 5


def test_only_the_system_escalates(cast, lamp):
    with pytest.raises(NotPermitted):
        escalate(lamp, by=cast.yong.actor, now=lamp.due_at + HOUR)
    lamp.remind_at = None
    assert remind_owner(lamp, by=system(lamp.community_id), now=NOW) is False


def test_a_visit_is_one_line(cast, xinjie):
    visit = record_visit(
        by=cast.chen.actor.by(Channel.WALK_IN), reason=VisitReason.CHAT, minutes=10, now=NOW,
        token="v",
    )  # fmt: skip
    again = record_visit(by=cast.chen.actor, reason=VisitReason.CHAT, now=NOW, token="v")
    assert (again, Visit.objects.count(), visit.person) == (visit, 1, None)
    with pytest.raises(NotPermitted):
        record_visit(by=cast.yong.actor, reason=VisitReason.CHAT, now=NOW)


def test_a_limit_needs_a_source_and_a_head_and_holds_from_its_day(cast, xinjie):
    rule = {"urgency": "ordinary", "limit": Limit(12, answer_workdays=3), "now": NOW}
    with pytest.raises(Refused):
        set_limit(by=cast.zhou.actor, since=NOW.date(), source=" ", **rule)
    with pytest.raises(NotPermitted):
        set_limit(by=cast.chen.actor, since=NOW.date(), source="居民会议", **rule)
    set_limit(by=cast.zhou.actor, since=NOW.date(), source="2026-11 居民会议", **rule)
    by = cast.chen.actor.by(Channel.PAPER)
    new = receive_demand(Said(words="新"), by=by, now=NOW)
    old = receive_demand(Said(words="旧", said_at=NOW - timedelta(days=1)), by=by, now=NOW)
    assert new.due_at == NOW + 12 * HOUR
    assert old.due_at == NOW


def test_confidential_is_seen_by_the_desk_and_not_by_the_grid(cast, xinjie):
    secret = receive_demand(
        Said(words="家里有事想说", building=cast.building_12, visibility="confidential",
             person=cast.yong.person),
        by=cast.yong.actor, now=NOW,
    )  # fmt: skip
    assert secret.owner != cast.sun.account
    assert list(Demand.objects.visible_to(cast.sun.actor)) == []
    assert list(Demand.objects.visible_to(cast.chen.actor)) == [secret]
    assert list(Demand.objects.visible_to(cast.yong.actor)) == [secret]


@pytest.fixture
def hall():
    """Another room that takes needs over; its record is the need itself."""
    receivers.register_receiver(receivers.Receiver("hall", "议事堂", lambda need, *_rest: need))
    yield
    receivers._receivers.pop("hall")


def test_a_demand_passed_on_and_answered_elsewhere_comes_back_to_be_confirmed(cast, lamp, hall):
    pass_on(lamp, to="hall", by=cast.sun.actor, why="大家商量", now=NOW + HOUR, token="p")
    assert (lamp.state, lamp.waiting_on, lamp.due_at) == (
        State.WAITING, "议事堂", lamp.answer_by,
    )  # fmt: skip
    assert Need.objects.get(pk=lamp.need_id).room == "hall"
    need = Need.objects.get(pk=lamp.need_id)
    answer(need, by=cast.xu.actor, words="议定：换成双头灯", record=need, now=NOW + 2 * HOUR)
    stored = Demand.objects.get(pk=lamp.pk)
    assert (stored.state, stored.is_open, stored.answered_at) == (
        State.ANSWERED, False, NOW + 2 * HOUR,
    )  # fmt: skip
    assert Confirmation.objects.get().handler == cast.xu.account
    assert [row.demand for row in return_calls(cast.chen.actor, NOW + 3 * HOUR)] == [lamp]


def test_passing_on_needs_a_reason_and_a_room(cast, lamp, hall):
    with pytest.raises(Refused):
        pass_on(lamp, to="hall", by=cast.sun.actor, why=" ", now=NOW)
    with pytest.raises(LookupError):
        pass_on(lamp, to="nowhere", by=cast.sun.actor, why="x", now=NOW)
    assert Demand.objects.get(pk=lamp.pk).state == State.RECEIVED


def test_a_grid_officer_sees_the_visits_of_their_grid_and_no_name_that_was_not_given(cast, xinjie):
    by = cast.chen.actor.by(Channel.WALK_IN)
    named = record_visit(by=by, reason=VisitReason.CHAT, person=cast.wang.person, now=NOW)
    receive_demand(
        Said(words="不想留名", person=cast.wang.person, visibility="anonymous"), by=by, now=NOW
    )
    nobody = record_visit(by=by, reason=VisitReason.CHAT, now=NOW)
    own = record_visit(by=cast.sun.actor.by(Channel.DOOR), reason=VisitReason.CHAT, now=NOW)
    assert set(Visit.objects.visible_to(cast.sun.actor)) == {named, own}
    assert set(Visit.objects.visible_to(cast.wu.actor)) == set()
    assert nobody in set(Visit.objects.visible_to(cast.zhou.actor))
    assert Visit.objects.visible_to(cast.chen.actor).count() == 4


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (datetime(2027, 3, 3, 9, 5, tzinfo=SHANGHAI), "3月3日 9:05"),
        (datetime(2027, 3, 4, tzinfo=SHANGHAI), "3月3日"),
        (datetime(2026, 11, 25, 14, 30, tzinfo=SHANGHAI), "11月25日 14:30"),
        (None, ""),
    ],
)
def test_a_limit_in_a_story_has_no_noughts_that_nobody_says(limit, said):
    assert spoken(limit) == said
