"""The door with real rows: codes, twins, a number of today, a court's word, nobody came."""

from datetime import timedelta

import pytest

from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.childcare.actions.enrolment import (
    add_guardian,
    add_picker,
    block,
    change_phone,
    object_to,
    stop_picker,
)
from mulin.workshop.childcare.actions.handover import (
    Shown,
    answer_alarm,
    hand_over,
    make_code,
)
from mulin.workshop.childcare.actions.staff import keep_carer
from mulin.workshop.childcare.jobs import ring_late
from mulin.workshop.childcare.models import Booking, DayCode, Guardian, HandOver, Stay
from mulin.workshop.childcare.rules import Answer, Call, Code, Who
from tests.childcare.conftest import TODAY
from tests.clock import NOW
from tests.factories.people import PersonFactory


@pytest.fixture
def stay(room):
    return room.in_room()


def key(guardian):
    return f"g{guardian.pk}"


def come_for(room, stay, now=NOW, **shown):
    return hand_over(stay, Shown(**shown), by=room.duty, now=now)


def test_rock_3426_a_child_taken_in_without_a_place_goes_like_any_other(room, stay):
    """SparkDevNetwork/Rock#3426: who was let in past the rule could not be signed out again."""
    assert not Booking.objects.filter(child=room.child).exists()
    assert come_for(room, stay, key=key(room.mother), id_seen=True).answer == Answer.GOES
    assert not Stay.objects.here().exists()


def test_the_days_code_opens_once_and_only_its_digest_is_kept(room, stay):
    code = make_code([room.child], TODAY, by=room.cast.yong.actor, now=NOW)
    row = DayCode.objects.get()
    assert len(code) == 6
    assert code not in (row.digest, "")
    wrong = come_for(room, stay, key=key(room.mother), code="000000" if code != "000000" else "1")
    assert (wrong.answer, wrong.code) == (Answer.MORE, "wrong")
    gone = come_for(room, stay, key=key(room.mother), code=f"{code[:3]} {code[3:]}")
    assert (gone.answer, gone.code) == (Answer.GOES, "right")
    with pytest.raises(TakenMeanwhile):
        come_for(room, stay, key=key(room.mother), code=code)
    back = room.in_room(now=NOW + timedelta(hours=1))
    again = come_for(room, back, key=key(room.mother), code=code, now=NOW + timedelta(hours=2))
    assert again.answer == Answer.MORE


def test_a_code_of_yesterday_and_one_that_was_replaced_open_nothing(room, stay):
    old = make_code([room.child], TODAY - timedelta(days=1), by=room.lead, now=NOW)
    first = make_code([room.child], TODAY, by=room.lead, now=NOW)
    second = make_code([room.child], TODAY, by=room.lead, now=NOW)
    for dead in {old, first} - {second}:
        assert come_for(room, stay, key=key(room.mother), code=dead).answer == Answer.MORE
    assert come_for(room, stay, key=key(room.mother), code=second).answer == Answer.GOES


def test_five_wrong_codes_kill_the_right_one(room, stay):
    code = make_code([room.child], TODAY, by=room.lead, now=NOW)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _try in range(5):
        assert come_for(room, stay, key=key(room.mother), code=wrong).answer == Answer.MORE
    assert come_for(room, stay, key=key(room.mother), code=code).answer == Answer.MORE
    assert come_for(room, stay, key=key(room.mother), id_seen=True).answer == Answer.GOES


def test_twins_go_with_one_code_each_once(room, stay):
    twin = room.make_child("张小寒")
    other = room.in_room(twin)
    code = make_code([room.child, twin], TODAY, by=room.cast.yong.actor, now=NOW)
    digests = set(DayCode.objects.values_list("digest", flat=True))
    assert len(digests) == 2
    assert come_for(room, stay, key=key(room.mother), code=code).answer == Answer.GOES
    mother_of_twin = Guardian.objects.get(child=twin)
    assert come_for(room, other, key=key(mother_of_twin), code=code).answer == Answer.GOES


def test_nobody_makes_a_code_for_a_child_of_others(room):
    other = room.make_child("别家的孩子", phone="13800000099", guardian="别人")
    with pytest.raises(NotPermitted):
        make_code([room.child, other], TODAY, by=room.cast.yong.actor, now=NOW)
    assert DayCode.objects.count() == 0


def test_a_code_form_sent_twice_shows_nothing_and_keeps_the_first(room, stay):
    code = make_code([room.child], TODAY, by=room.lead, now=NOW, token="t" * 20)
    assert make_code([room.child], TODAY, by=room.lead, now=NOW, token="t" * 20) == ""
    assert come_for(room, stay, key=key(room.mother), code=code).answer == Answer.GOES


def test_somebody_on_the_list_shows_an_identity_card(room, stay):
    picker = add_picker(
        room.child, name="奶奶", relation="奶奶", guardian=room.mother, by=room.lead, now=NOW
    )
    assert come_for(room, stay, key=f"p{picker.pk}").answer == Answer.MORE
    gone = come_for(room, stay, key=f"p{picker.pk}", id_seen=True)
    assert (gone.answer, gone.who) == (Answer.GOES, Who.LISTED)
    told = Message.objects.filter(topic="childcare", recipient_kind="person")
    assert {one.recipient_id for one in told} == {room.cast.yong.person.pk}


def test_a_stranger_needs_the_call_the_card_and_a_second_adult(room, stay):
    stranger = {
        "name": "同事小王",
        "id_seen": True,
        "call": Call.AGREED,
        "called": key(room.mother),
    }
    alone = come_for(room, stay, **stranger)
    assert (alone.answer, alone.who) == (Answer.MORE, Who.STRANGER)
    with pytest.raises(Refused) as refusal:  # the second is oneself
        come_for(room, stay, **stranger, second=room.zhu)
    assert refusal.value.field == "second"
    assert come_for(room, stay, **stranger, second=room.shen).answer == Answer.GOES


def test_a_second_adult_who_is_not_in_the_room_is_none(room, stay):
    away = keep_carer(
        PersonFactory(community=room.cast.xinjie, name="远"), checked_on=TODAY, is_lead=True,
        first_aid_until=None, by=room.cast.zhou.actor, now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused):
        come_for(
            room, stay, name="同事", id_seen=True, call=Call.AGREED, called=key(room.mother),
            second=away,
        )  # fmt: skip
    assert HandOver.objects.count() == 0


def test_a_blocked_person_with_the_right_code_is_refused_loudly(room, stay):
    block(room.child, name="李大力", phone="13700000001", paper="民保令", by=room.lead, now=NOW)
    code = make_code([room.child], TODAY, by=room.lead, now=NOW)
    everything = {
        "code": code, "id_seen": True, "call": Call.AGREED, "called": key(room.mother),
        "second": room.shen,
    }  # fmt: skip
    by_name = come_for(room, stay, name="李 大力", **everything)
    # With the right code in hand it is as loud as without.
    assert (by_name.who, by_name.code) == (Who.BLOCKED, Code.RIGHT)
    assert Message.objects.filter(topic="childcare", is_alarm=True).exists()
    by_phone = come_for(room, stay, name="化名", phone="137-0000-0001", **everything)
    assert {by_name.answer, by_phone.answer} == {Answer.BLOCKED}
    assert Stay.objects.here().get() == stay
    accounts = {room.cast.zhou.account.pk, room.cast.shen.account.pk, room.duty_account.pk}
    loud = Message.objects.filter(topic="childcare", is_alarm=True)
    assert {one.recipient_id for one in loud} == accounts
    assert all("李大力" not in f"{one.subject}{one.body}{one.path}" for one in loud)


def test_a_picker_whom_a_block_of_this_minute_means_is_loud_to_the_staff(room, stay):
    picker = add_picker(
        room.child, name="舅舅", relation="舅舅", phone="13911110001", guardian=room.mother,
        by=room.lead, now=NOW,
    )  # fmt: skip
    block(room.child, name="另一个名字", phone="13911110001", paper="民保令", by=room.lead, now=NOW)
    # The page at the door was opened before: its key is still sent.
    row = come_for(room, stay, key=f"p{picker.pk}", id_seen=True)
    assert (row.answer, row.who, row.name) == (Answer.BLOCKED, Who.BLOCKED, "舅舅（舅舅）")
    assert Message.objects.filter(topic="childcare", is_alarm=True).exists()
    assert Stay.objects.here().get() == stay


def test_who_was_only_taken_off_the_list_is_no_alarm(room, stay):
    picker = add_picker(
        room.child, name="舅舅", relation="舅舅", guardian=room.mother, by=room.lead, now=NOW
    )
    stop_picker(picker, by=room.lead, now=NOW)
    for key_sent in (f"p{picker.pk}", "p1", "x", ""):
        with pytest.raises(Refused):
            come_for(room, stay, key=key_sent, id_seen=True)
    assert not Message.objects.filter(topic="childcare", is_alarm=True).exists()


def test_a_code_in_wrong_hands_is_dead(room, stay):
    block(room.child, name="李大力", paper="民保令", by=room.lead, now=NOW)
    code = make_code([room.child], TODAY, by=room.lead, now=NOW)
    assert come_for(room, stay, name="李大力", code=code).answer == Answer.BLOCKED
    assert come_for(room, stay, key=key(room.mother), code=code).answer == Answer.MORE
    assert come_for(room, stay, key=key(room.mother), id_seen=True).answer == Answer.GOES


def test_a_call_to_a_number_changed_today_proves_nothing_by_itself(room, stay):
    change_phone(room.mother, "13712345678", by=room.lead, now=NOW)
    called = {"call": Call.AGREED, "called": key(room.mother)}
    doubtful = come_for(room, stay, key=key(room.mother), **called)
    assert (doubtful.answer, doubtful.call) == (Answer.MORE, Call.DOUBTFUL)
    stranger = come_for(room, stay, name="同事", id_seen=True, second=room.shen, **called)
    assert stranger.answer == Answer.MORE
    tomorrow = NOW + timedelta(days=1)
    assert come_for(room, stay, key=key(room.mother), now=tomorrow, **called).answer == Answer.GOES


def test_guardians_who_forbid_each_other_show_a_card_to_two(room, stay):
    father = add_guardian(
        room.child, name="李大力", relation="爸爸", phone="13700000001", by=room.lead, now=NOW
    )
    object_to(room.child, father, by=room.cast.yong.actor, now=NOW)
    object_to(room.child, room.mother, guardian=father, by=room.lead, now=NOW)
    code = make_code([room.child], TODAY, by=room.lead, now=NOW)
    assert come_for(room, stay, key=key(father), code=code, id_seen=True).answer == Answer.MORE
    stranger = come_for(
        room, stay, name="叔叔", id_seen=True, call=Call.AGREED, called=key(father),
        second=room.shen,
    )  # fmt: skip
    assert stranger.answer == Answer.MORE
    gone = come_for(room, stay, key=key(father), id_seen=True, second=room.shen)
    assert (gone.answer, gone.who) == (Answer.GOES, Who.DISPUTED)


def test_a_guardian_who_says_no_is_obeyed(room, stay):
    picker = add_picker(
        room.child, name="姑姑", relation="姑姑", guardian=room.mother, by=room.lead, now=NOW
    )
    refused = come_for(
        room, stay, key=f"p{picker.pk}", id_seen=True, call=Call.REFUSED, called=key(room.mother)
    )
    assert refused.answer == Answer.FORBIDDEN


def test_whom_one_called_and_who_came_must_be_said(room, stay):
    with pytest.raises(Refused) as refusal:
        come_for(room, stay, key=key(room.mother), call=Call.AGREED)
    assert refusal.value.field == "called"
    with pytest.raises(Refused) as refusal:
        come_for(room, stay)
    assert refusal.value.field == "name"


def test_without_leave_to_read_nobody_hands_over(room, stay, cast):
    for other in (cast.zhou.actor, cast.chen.actor, cast.yong.actor, cast.li.actor):
        with pytest.raises(NotPermitted):
            hand_over(stay, Shown(key=key(room.mother), id_seen=True), by=other, now=NOW)


def test_a_hand_over_sent_twice_happens_once(room, stay):
    shown = Shown(key=key(room.mother), id_seen=True)
    first = hand_over(stay, shown, by=room.duty, now=NOW, token="t" * 20)
    assert hand_over(stay, shown, by=room.duty, now=NOW, token="t" * 20) == first
    assert HandOver.objects.count() == 1


# ── nobody came ──────────────────────────────────────────────────────────────────────────────


def told(**more):
    return sorted(
        (one.recipient_kind, one.recipient_id)
        for one in Message.objects.filter(topic="childcare", is_alarm=True, way="in_app", **more)
    )


def test_the_ladder_goes_up_until_the_child_is_handed_over(room, stay, cast):
    closing = stay.closing_at
    minutes = lambda count: closing + timedelta(minutes=count)  # noqa: E731
    ring_late(cast.xinjie, minutes(9))
    assert told() == []
    ring_late(cast.xinjie, minutes(10))
    ring_late(cast.xinjie, minutes(11))
    room_accounts = {cast.shen.account.pk, room.duty_account.pk}
    family = ("person", cast.yong.person.pk)
    assert set(told()) == {("account", one) for one in room_accounts} | {family}
    first = len(told())
    ring_late(cast.xinjie, minutes(20))
    assert ("account", cast.zhou.account.pk) in told()
    assert len(told()) == 2 * first + 1
    answer_alarm(stay, "妈妈在路上", by=room.duty, now=minutes(21))
    ring_late(cast.xinjie, minutes(50))
    assert len(told()) == 2 * first + 1
    ring_late(cast.xinjie, minutes(51))
    assert len(told()) == 3 * first + 2
    stay.refresh_from_db()
    assert (stay.rung, stay.left_at) == (5, None)
    come_for(room, stay, key=key(room.mother), id_seen=True, now=minutes(55))
    ring_late(cast.xinjie, minutes(120))
    assert len(told()) == 3 * first + 2
    assert Act.objects.filter(verb="childcare.ring").count() == 3


def test_no_message_names_a_child(room, stay, cast):
    ring_late(cast.xinjie, stay.closing_at + timedelta(minutes=25))
    come_for(room, stay, key=key(room.mother), id_seen=True)
    assert Message.objects.filter(topic="childcare").count() > 3
    for one in Message.objects.filter(topic="childcare"):
        assert "张小满" not in f"{one.subject}{one.body}{one.path}"


def test_an_answer_needs_words_and_counts_half_an_hour_at_most(room, stay):
    late = stay.closing_at + timedelta(minutes=15)
    with pytest.raises(Refused):
        answer_alarm(stay, " ", by=room.duty, now=late)
    row = answer_alarm(stay, "来了", until=late + timedelta(hours=5), by=room.duty, now=late)
    assert row.until == late + timedelta(minutes=30)
