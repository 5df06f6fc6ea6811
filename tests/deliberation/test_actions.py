"""A matter from its first word to what became of it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from mulin.commons.flow.actions import hand_over
from mulin.commons.flow.models import Step
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.agenda import remove_item
from mulin.commons.gatherings.actions.coming import leave, sign_in
from mulin.commons.gatherings.actions.planning import Plan, cancel_gathering, close_gathering
from mulin.commons.gatherings.models import Attendance
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.photos import clean_photo
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.deliberation.actions.arguing import argue, hide_argument, weigh
from mulin.parlour.deliberation.actions.deciding import (
    decide_by_hands,
    decide_by_roll_call,
    vote_amendment,
)
from mulin.parlour.deliberation.actions.following import (
    add_task,
    answer_objection,
    appraise,
    finish,
    finish_task,
    object_to,
    publish,
    read_objection,
)
from mulin.parlour.deliberation.actions.matters import propose, screen, second
from mulin.parlour.deliberation.actions.meetings import (
    call_meeting,
    freeze_roll,
    give_proxy,
    put_on_agenda,
    set_practice,
    set_rule,
)
from mulin.parlour.deliberation.jobs import end_publications, escalate_late
from mulin.parlour.deliberation.models import (
    Argument,
    Matter,
    Objection,
    Point,
    RollEntry,
    Task,
    TaskPhoto,
    Voice,
)
from mulin.parlour.deliberation.queries import arguments_of, quorum_of, story_of, who_votes
from mulin.parlour.deliberation.rules import Choice, Count, State
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.models import Confirmation
from tests.clock import NOW
from tests.deliberation.conftest import BEGINS, DAY, ENDS, rule_values
from tests.factories.people import PersonFactory
from tests.factories.places import ResidenceFactory

YES_3 = Count(3, 0, 0)


@pytest.fixture
def adopted(cast, point, neighbours, come):
    """Three of five came, all for it; the meeting is closed."""
    come(*neighbours[:3])
    decide_by_hands(point, YES_3, by=cast.chen.actor, now=BEGINS)
    close_gathering(point.item.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    return Matter.objects.get(pk=point.matter.pk)


# ── brought in ───────────────────────────────────────────────────────────────────────────────


def test_a_motion_needs_others_who_second_it_each_once(cast, xinjie):
    set_practice(seconders=2, since=NOW.date(), source="议事规则", by=cast.zhou.actor, now=NOW)
    motion = propose(
        title="遛狗要牵绳", words="小区里遛狗牵绳", proposer=cast.yong.person, by=cast.yong.actor,
        now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):
        second(motion, cast.yong.person, by=cast.yong.actor, now=NOW)
    by = cast.chen.actor.by(Channel.PHONE)
    second(motion, cast.wang.person, by=by, now=NOW)
    with pytest.raises(Refused):
        second(motion, cast.wang.person, by=by, now=NOW)
    with pytest.raises(NotPermitted):
        second(motion, cast.wang.person, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        screen(motion, is_admitted=True, reason="好", by=cast.chen.actor, now=NOW)
    assert motion.state == State.SECONDING
    other = PersonFactory(community=cast.xinjie, name="街坊")
    assert second(motion, other, by=by, now=NOW).state == State.PROPOSED


def test_a_form_sent_twice_brings_one_matter_in_and_a_resident_only_their_own(cast, xinjie):
    values = {"title": "路", "words": "修", "proposer": cast.yong.person, "now": NOW}
    first = propose(**values, by=cast.yong.actor, token="t")
    assert propose(**values, by=cast.yong.actor, token="t") == first
    assert Act.objects.filter(verb="deliberation.propose").count() == 1
    with pytest.raises(NotPermitted):
        propose(**values | {"origin": "committee"}, by=cast.yong.actor)


def test_not_taken_up_the_proposer_reads_the_reason(cast, xinjie):
    """comhairle#892: no record why a statement was refused."""
    matter = propose(
        title="挖个湖", words="挖湖", origin="suggestion", proposer=cast.wang.person,
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):
        screen(matter, is_admitted=False, reason=" ", by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        screen(matter, is_admitted=False, reason="不行", by=cast.sun.actor, now=NOW)
    screen(matter, is_admitted=False, reason="这块地不归社区", by=cast.chen.actor, now=NOW)
    bodies = Message.objects.filter(recipient_id=cast.wang.person.pk).values_list("body", flat=True)
    assert set(bodies) == {"这块地不归社区"}
    with pytest.raises(TakenMeanwhile):
        screen(matter, is_admitted=True, reason="行", by=cast.chen.actor, now=NOW)


# ── rules and rolls ──────────────────────────────────────────────────────────────────────────


def test_a_rule_has_a_source_and_only_the_head_enters_it(cast, xinjie):
    with pytest.raises(NotPermitted):
        set_rule(rule_values(), by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused) as refusal:
        set_rule(rule_values(source=" "), by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == "source"
    with pytest.raises(Refused):
        set_rule(rule_values(quorum_part=3), by=cast.zhou.actor, now=NOW)
    set_rule(rule_values(), by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        set_rule(rule_values(), by=cast.zhou.actor, now=NOW)


def test_the_notice_is_as_long_as_the_rule_says(cast, rule):
    soon = Plan("会", NOW + 2 * DAY, NOW + 2 * DAY + timedelta(hours=1))
    with pytest.raises(Refused) as refusal:
        call_meeting(soon, rule=rule, by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "starts_at"


def test_a_frozen_roll_is_not_changed_by_whoever_comes_later(cast, meeting, neighbours, come):
    """helios-server#55: the roll was replaced while the vote was open."""
    stranger = PersonFactory(community=cast.xinjie, grid=cast.grid_1, name="后来的")
    come(stranger, *neighbours[:2])
    quorum = quorum_of(meeting)
    assert (quorum.seats, quorum.present, quorum.needed, quorum.is_met) == (5, 2, 3, False)
    with pytest.raises(Refused):
        freeze_roll(meeting, by=cast.chen.actor, now=BEGINS)
    come(neighbours[2])
    assert quorum_of(meeting).is_met
    row = Attendance.objects.get(gathering=meeting.gathering, person=neighbours[2])
    leave(row, by=cast.chen.actor, now=BEGINS)
    assert not quorum_of(meeting).is_met
    come(neighbours[2])
    assert RollEntry.objects.count() == 5


def test_a_household_has_one_seat(cast, xinjie, neighbours):
    rule = set_rule(rule_values(name="户代表会", basis="households"), by=cast.zhou.actor, now=NOW)
    for person in neighbours[:2]:
        ResidenceFactory(community=xinjie, person=person, dwelling=cast.dwelling_12_301)
    ResidenceFactory(community=xinjie, person=neighbours[2], dwelling=cast.dwelling_20_101)
    called = call_meeting(Plan("户会", BEGINS, ENDS), rule=rule, by=cast.chen.actor, now=NOW)
    freeze_roll(called, by=cast.chen.actor, now=NOW)
    for person in neighbours[:2]:
        sign_in(called.gathering, person, by=cast.chen.actor, now=BEGINS)
    quorum = quorum_of(called)
    assert (quorum.seats, quorum.present) == (2, 1)


def test_a_proxy_counts_while_its_holder_is_in_the_room(cast, meeting, neighbours, come):
    one, two, three, four, _five = neighbours
    by = cast.chen.actor
    give_proxy(meeting, giver=one, holder=two, by=by, now=NOW)
    for giver, holder in ((one, three), (three, one), (three, two), (cast.wang.person, three)):
        with pytest.raises(Refused):
            give_proxy(meeting, giver=giver, holder=holder, by=by, now=NOW)
    come(three, four)
    assert quorum_of(meeting).present == 2
    come(two)
    assert quorum_of(meeting).present == 4
    assert [entry.person for entry in who_votes(meeting)] == [one, two, three, four]


def test_where_the_rule_knows_no_proxies_there_are_none(cast, meeting, neighbours):
    meeting.rule.most_proxies = 0
    with pytest.raises(Refused):
        give_proxy(meeting, giver=neighbours[0], holder=neighbours[1], by=cast.chen.actor, now=NOW)


# ── decided ──────────────────────────────────────────────────────────────────────────────────


def test_without_quorum_nothing_is_decided(cast, point, neighbours, come):
    come(*neighbours[:2])
    with pytest.raises(Refused, match="2"):
        decide_by_hands(point, Count(2, 0, 0), by=cast.chen.actor, now=BEGINS)
    assert point.matter.state == State.LISTED


def test_there_are_no_more_hands_than_seats(cast, point, neighbours, come):
    """loomio#4102: seven voters gave nine votes."""
    come(*neighbours[:3])
    with pytest.raises(Refused):
        decide_by_hands(point, Count(3, 1, 0), by=cast.chen.actor, now=BEGINS)
    resolution = decide_by_hands(point, Count(2, 1, 0), by=cast.chen.actor, now=BEGINS)
    assert (resolution.is_passed, resolution.present, resolution.seats) == (True, 3, 5)
    with pytest.raises(Refused):
        decide_by_hands(point, Count(3, 0, 0), by=cast.chen.actor, now=BEGINS)


def test_other_words_that_pass_are_what_is_voted_on(cast, point, neighbours, come):
    come(*neighbours[:3])
    vote_amendment(point, "装一盏", Count(1, 2, 0), by=cast.chen.actor, now=BEGINS)
    vote_amendment(point, "装三盏", Count(2, 1, 0), by=cast.chen.actor, now=BEGINS)
    assert decide_by_hands(point, YES_3, by=cast.chen.actor, now=BEGINS).words == "装三盏"


def test_a_roll_call_is_written_down_voice_by_voice(cast, point, meeting, neighbours, come):
    come(*neighbours[:4])
    entries = list(who_votes(meeting))
    voices = dict(
        zip([one.pk for one in entries], [Choice.YES, Choice.YES, Choice.NO], strict=False)
    )
    resolution = decide_by_roll_call(point, voices, by=cast.chen.actor, now=BEGINS)
    assert resolution.count == Count(2, 1, 0)
    assert resolution.is_passed is False  # two are not more than half of four present
    assert Voice.objects.count() == 3
    assert Matter.objects.get(pk=point.matter.pk).state == State.TURNED_DOWN


def test_taken_off_called_off_or_not_reached_a_matter_waits_for_the_next(cast, meeting, lamp):
    by = cast.chen.actor

    def put():
        fresh = Matter.objects.get(pk=lamp.pk)
        return put_on_agenda(fresh, meeting, by=by, now=NOW)

    remove_item(put().item, by=by, now=NOW)
    assert Matter.objects.get(pk=lamp.pk).state == State.ADMITTED
    assert not Point.objects.exists()
    put()
    cancel_gathering(meeting.gathering, why="台风", by=by, now=NOW)
    assert Matter.objects.get(pk=lamp.pk).state == State.ADMITTED


# ── seen through ─────────────────────────────────────────────────────────────────────────────


def test_it_hangs_out_for_its_days_and_stands_when_every_objection_is_answered(cast, adopted):
    publication = publish(adopted, by=cast.chen.actor, now=ENDS)
    assert (publication.last_day - publication.first_day).days == 7
    objection = object_to(publication, words="太亮", by=cast.yong.actor, now=ENDS + DAY)
    over = ENDS + 8 * DAY
    end_publications(cast.xinjie, ENDS + 7 * DAY)
    end_publications(cast.xinjie, over)
    assert Matter.objects.get(pk=adopted.pk).state == State.PUBLISHED
    with pytest.raises(Refused):
        object_to(publication, words="晚了", by=cast.yong.actor, now=over)
    answer_objection(objection, words="装罩子", is_upheld=False, by=cast.chen.actor, now=over)
    with pytest.raises(TakenMeanwhile):
        answer_objection(objection, words="又", is_upheld=True, by=cast.chen.actor, now=over)
    end_publications(cast.xinjie, over)
    assert Matter.objects.get(pk=adopted.pk).state == State.STANDING


def test_an_objection_nobody_reads_in_time_comes_before_the_head_once_and_an_answer_shows_it(
    cast, adopted, client
):
    publication = publish(adopted, by=cast.chen.actor, now=ENDS)
    objection = object_to(publication, words="太亮", by=cast.yong.actor, now=ENDS)
    told = object_to(publication, words="太暗", by=cast.chen.actor, now=ENDS)
    assert (objection.read_at, told.read_at) == (None, ENDS)  # who writes it down has read it
    with pytest.raises(NotPermitted):
        read_objection(objection, by=cast.yong.actor, now=ENDS)
    escalate_late(cast.xinjie, ENDS + 2 * DAY)
    assert Objection.objects.get(pk=objection.pk).escalated_at is None
    late = ENDS + 2 * DAY + DAY / 24
    before = Message.objects.count()
    escalate_late(cast.xinjie, late)
    new = Message.objects.order_by("id")[before:]
    assert cast.zhou.account.pk in {
        one.recipient_id for one in new if one.recipient_kind == "account"
    }
    told_so = Message.objects.count()
    escalate_late(cast.xinjie, late + DAY)
    assert Message.objects.count() == told_so
    with standing_still(late):
        page = client.get(f"/deliberation/m/{adopted.code}/").content.decode()
        assert "已报告主任" in page
        answer_objection(objection, words="装罩子", is_upheld=False, by=cast.chen.actor, now=late)
        page = client.get(f"/deliberation/m/{adopted.code}/").content.decode()
    assert "太亮" in page
    assert "已报告主任" not in page


def test_an_objection_that_is_right_takes_it_back_to_a_meeting(cast, adopted):
    publication = publish(adopted, by=cast.chen.actor, now=ENDS)
    objection = object_to(publication, words="那是消防通道", by=cast.yong.actor, now=ENDS)
    answer_objection(objection, words="对", is_upheld=True, by=cast.chen.actor, now=ENDS)
    assert Matter.objects.get(pk=adopted.pk).state == State.ADMITTED
    end_publications(cast.xinjie, ENDS + 30 * DAY)
    assert Matter.objects.get(pk=adopted.pk).state == State.ADMITTED


def test_a_task_is_its_owners_is_escalated_once_and_all_done_the_matter_is(
    cast, adopted, neighbours
):
    publish(adopted, by=cast.chen.actor, now=ENDS)
    matter = Matter.objects.get(pk=adopted.pk)
    due = (ENDS + 10 * DAY).date()
    task = add_task(
        matter, what="买灯", owner=cast.sun.account, due_on=due, by=cast.chen.actor, now=ENDS
    )
    end_publications(cast.xinjie, ENDS + 8 * DAY)
    matter.refresh_from_db()
    late = ENDS + 12 * DAY
    with pytest.raises(Refused):
        finish(matter, outcome="好了", by=cast.chen.actor, now=late)
    for _time in range(2):
        escalate_late(cast.xinjie, late)
    assert Act.objects.filter(verb="deliberation.escalate_task").count() == 1
    with pytest.raises(NotPermitted):
        finish_task(task, evidence="装了", by=cast.wu.actor, now=late)
    taken = BytesIO()
    Image.new("RGB", (400, 300)).save(taken, "JPEG")
    taken.seek(0)
    finish_task(
        task, evidence="两盏都亮了", photos=[clean_photo(taken)], by=cast.sun.actor, now=late
    )
    photo, street = TaskPhoto.objects.get(), Client()
    page = street.get(f"/deliberation/m/{matter.code}/").content.decode()
    for at in (f"/deliberation/photos/{photo.code}/", f"/deliberation/photos/{photo.code}/small/"):
        assert at in page
        assert b"".join(street.get(at).streaming_content).startswith(b"\xff\xd8")
    state = Matter.objects.get(pk=matter.pk).state
    Matter.objects.filter(pk=matter.pk).update(state="proposed")  # nobody reads it then
    assert street.get(f"/deliberation/photos/{photo.code}/").status_code == 404
    Matter.objects.filter(pk=matter.pk).update(state=state)
    finish(matter, outcome="两盏灯装好了", by=cast.chen.actor, now=late)
    with pytest.raises(Refused):
        appraise(matter, cast.yong.person, 5, by=cast.yong.actor, now=late)  # was not there
    appraise(matter, neighbours[0], 5, by=cast.chen.actor, now=late)
    with pytest.raises(Refused):
        appraise(matter, neighbours[0], 1, by=cast.chen.actor, now=late)
    assert (story_of(matter).rated, story_of(matter).ratings) == (1, {})  # too few to be shown


def test_a_demand_becomes_a_matter_and_its_asker_is_asked_whether_it_is_solved(
    cast, meeting, neighbours, come
):
    """decidim#3974: the proposer is never told what became of it."""
    open_reception(by=system(cast.xinjie.pk), now=NOW)
    by = cast.chen.actor
    demand = receive_demand(Said(words="路灯第三次坏了", person=cast.wang.person), by=by, now=NOW)
    matter = hand_over(demand.need, to="deliberation", by=by, why="路灯要不要换新的", now=NOW)
    assert (matter.title, matter.words, matter.need) == ("路灯要不要换新的", "", demand.need)
    screen(matter, is_admitted=True, reason="一起议", by=by, now=NOW)
    point = put_on_agenda(matter, meeting, draft="换新灯", by=by, now=NOW)
    come(*neighbours[:3])
    decide_by_hands(point, YES_3, by=by, now=BEGINS)
    matter.refresh_from_db()
    publish(matter, by=by, now=BEGINS)
    end_publications(cast.xinjie, BEGINS + 9 * DAY)
    matter.refresh_from_db()
    finish(matter, outcome="新灯亮了", by=by, now=BEGINS + 9 * DAY)
    lines = list(
        Step.objects.filter(need=demand.need, is_for_asker=True).values_list("kind", flat=True)
    )
    assert lines[-1] == "answered"
    assert "deliberation" in lines
    assert Confirmation.objects.filter(demand=demand).exists()


# ── for and against ──────────────────────────────────────────────────────────────────────────


def test_each_reason_is_said_once_and_weighed_by_readers(cast, lamp):
    first = argue(
        lamp, cast.yong.person, side="for", words="晚上看不见", by=cast.yong.actor, now=NOW
    )
    with pytest.raises(Refused) as refusal:
        argue(
            lamp, cast.wang.person, side="for", words="晚上，看不见！", by=cast.chen.actor, now=NOW
        )
    assert refusal.value.field == "words"
    argue(lamp, cast.wang.person, side="against", words="太亮", by=cast.chen.actor, now=NOW)
    weigh(first, cast.wang.person, by=cast.chen.actor, now=NOW, token="t")
    weigh(first, cast.wang.person, by=cast.chen.actor, now=NOW, token="t")
    sides = [[(one.words, one.weight) for one in rows] for _label, rows in arguments_of(lamp)]
    assert sides == [[("晚上看不见", 1)], [("太亮", 0)]]
    weigh(first, cast.wang.person, by=cast.chen.actor, now=NOW)
    hide_argument(first, why="写了人名", by=cast.chen.actor, now=NOW)
    assert [len(rows) for _label, rows in arguments_of(lamp)] == [0, 1]


def test_one_argues_until_the_meeting_has_decided(cast, adopted):
    with pytest.raises(Refused):
        argue(adopted, cast.yong.person, side="for", words="好", by=cast.yong.actor, now=ENDS)


def test_erased_somebodys_words_are_gone_and_the_count_stays(cast, adopted, neighbours, lamp):
    publication = publish(adopted, by=cast.chen.actor, now=ENDS)
    object_to(
        publication, words="太亮", person=neighbours[0], contact="139", by=cast.chen.actor, now=ENDS
    )
    Argument.objects.create(
        community=cast.xinjie, matter=adopted, side="for", words="好", digest="d",
        person=neighbours[0], at=NOW,
    )  # fmt: skip
    erase_person(neighbours[0], by=cast.zhou.actor, now=ENDS)
    objection = Objection.objects.get()
    assert (objection.person, objection.contact, "太亮" in objection.words) == (None, None, False)
    assert Argument.objects.get().person is None
    assert RollEntry.objects.count() == 5


def test_the_neighbour_sees_nothing(cast, point):
    with in_community(cast.linli):
        assert list(Matter.objects.all()) == []
        assert list(Task.objects.all()) == []
