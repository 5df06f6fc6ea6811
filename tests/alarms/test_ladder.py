"""Rung after rung until somebody goes; nobody is forgotten, nobody is told after the end."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from mulin.circle.alarms.actions import ladder as ladder_actions
from mulin.circle.alarms.actions.answering import arrive, cannot_go, end, go
from mulin.circle.alarms.actions.expecting import forget_heard
from mulin.circle.alarms.actions.ladder import audit, climb_due
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import set_duty, set_ladder
from mulin.circle.alarms.demo import answer_calls
from mulin.circle.alarms.models import Alarm, Called, Event, Happened, Watch
from mulin.circle.alarms.rules import AFTER_FAULT, Rung, State, Who
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State as Sending
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.clock import NOW


def contacts_told():
    return set(Called.objects.values_list("name", flat=True))


def test_the_first_rung_is_told_with_the_press_the_others_when_nobody_goes(house):
    alarm = house.press()
    assert alarm.number == 1
    assert {kind for kind, _way in house.told(alarm)} == {"account", "desk", "alarms.staff"} - {
        "desk"
    }
    assert contacts_told() == {"小孙"}
    assert house.later(seconds=59) == 0
    assert house.later(seconds=60) == 1
    assert contacts_told() == {"小孙", "沈阿姨", "王丽华"}
    assert house.later(seconds=180) == 1
    assert "老周" in contacts_told()
    assert house.later(seconds=360) == 1
    # The last rung is told again every three minutes, for as long as it takes.
    for minutes in (9, 12, 15):
        before = Message.objects.filter(topic=alarm.topic).count()
        assert house.later(minutes=minutes) == 1
        assert Message.objects.filter(topic=alarm.topic).count() > before


def test_every_text_names_one_number(house):
    alarm = house.press()
    house.later(seconds=60)
    subjects = set(Message.objects.filter(topic=alarm.topic).values_list("subject", flat=True))
    assert len(subjects) == 1
    assert "1" in subjects.pop()


def test_whoever_goes_first_goes_and_the_second_sees_who(house):
    alarm = house.press()
    house.later(seconds=60)
    go(alarm, by=house.cast.sun.actor, now=NOW)
    second = go(alarm, by=house.cast.chen.actor, now=NOW)
    assert (second.state, second.going) == (State.GOING, "小孙")
    assert list(
        Event.objects.filter(what__in=(Happened.GOES, Happened.READY)).values_list("what", "who")
    ) == [("goes", "小孙"), ("ready", "小陈")]
    waiting = (Sending.WAITING, Sending.TASK, Sending.LEASED)
    assert not Message.objects.filter(topic=alarm.topic, state__in=waiting).exists()
    assert house.later(minutes=10) == 0


def test_an_answer_without_news_runs_out_and_everybody_is_told_anew(house):
    alarm = house.press()
    go(alarm, by=house.cast.sun.actor, now=NOW)
    assert house.later(minutes=29) == 0
    assert house.later(minutes=30) == 1
    again = house.fresh(alarm)
    assert (again.state, again.turn) == (State.OPEN, 2)
    assert Event.objects.filter(what=Happened.RAN_OUT, who="小孙").count() == 1
    arrive(again, by=house.cast.sun.actor, now=NOW + timedelta(minutes=31))
    assert house.later(minutes=62) == 1
    assert house.fresh(alarm).state == State.OPEN


def test_a_false_alarm_is_an_end_and_nobody_is_told_any_more(house):
    alarm = house.press()
    house.later(seconds=60)
    ended = end(alarm, outcome="well", by=house.cast.chen.actor, now=NOW + timedelta(minutes=2))
    assert (ended.state, ended.outcome, ended.next_step_at) == (State.ENDED, "well", None)
    assert house.later(hours=3) == 0
    assert not Message.objects.filter(
        topic=alarm.topic, state__in=(Sending.WAITING, Sending.LEASED, Sending.TASK)
    ).exists()
    with pytest.raises(TakenMeanwhile):
        end(alarm, outcome="helped", by=house.cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        go(alarm, by=house.cast.zhou.actor, now=NOW)


def test_no_machine_ends_an_alarm(house):
    alarm = house.press()
    with pytest.raises(NotPermitted):
        end(alarm, outcome="well", by=system(alarm.community_id), now=NOW)
    house.later(days=3)
    assert house.fresh(alarm).state == State.OPEN


def test_a_second_press_is_one_alarm_and_after_an_answer_it_opens_again(house):
    alarm = house.press("1")
    assert house.press("1") == alarm  # the device sent it twice
    assert house.press("2", at=NOW + timedelta(minutes=4)) == alarm
    assert house.fresh(alarm).turn == 1
    go(alarm, by=house.cast.sun.actor, now=NOW + timedelta(minutes=5))
    assert house.press("3", at=NOW + timedelta(minutes=6)) == alarm
    again = house.fresh(alarm)
    assert (again.state, again.turn) == (State.OPEN, 2)
    assert Event.objects.filter(what=Happened.PRESSED).count() == 3
    end(again, outcome="helped", by=house.cast.sun.actor, now=NOW + timedelta(minutes=7))
    assert house.press("4", at=NOW + timedelta(minutes=8)) != alarm


def test_a_form_sent_twice_raises_one_alarm(house):
    one = press_for(house.cast.wang.person, by=house.cast.chen.actor, now=NOW, token="t")
    assert press_for(house.cast.wang.person, by=house.cast.chen.actor, now=NOW, token="t") == one
    assert Act.objects.filter(verb="alarms.raise").count() == 1
    with pytest.raises(NotPermitted):
        press_for(house.cast.wang.person, by=house.cast.yong.actor, now=NOW)
    assert press_for(house.cast.yong.person, by=house.cast.yong.actor, now=NOW) != one


def test_whoever_cannot_go_any_more_gives_the_alarm_back(house):
    alarm = house.press()
    go(alarm, by=house.cast.sun.actor, now=NOW)
    cannot_go(alarm, by=house.cast.sun.actor, now=NOW + timedelta(minutes=1))
    assert house.fresh(alarm).state == State.OPEN
    assert house.later(minutes=1) == 1


def test_a_neighbour_without_an_account_goes_by_the_code_in_the_text(house):
    alarm = house.press()
    house.later(seconds=60)
    called = Called.objects.get(name="沈阿姨")
    nobody = house.cast.wang.actor
    go(alarm, by=nobody, called=called, now=NOW)
    assert house.fresh(alarm).going == "沈阿姨"
    with pytest.raises(NotPermitted):
        go(alarm, by=nobody, now=NOW)


def test_a_rung_without_anybody_is_passed_over_at_once(house):
    house.neighbour.delete()
    house.daughter.delete()
    alarm = house.press()
    house.later(seconds=60)
    assert Event.objects.filter(what=Happened.NOBODY).count() == 1
    assert house.later(seconds=60) == 1
    assert "老周" in contacts_told()
    assert house.fresh(alarm).rung == 3


def test_the_last_rung_is_never_empty(house):
    set_ladder([Rung(0, (Who.KEY,))], by=house.cast.chen.actor, now=NOW)
    alarm = house.press()
    told = Event.objects.get(alarm=alarm, what=Happened.TOLD).who
    assert {"老周", "小陈", "小孙", "小吴"} <= set(told.split("、"))


def test_the_ladder_of_an_alarm_is_the_one_it_began_with(house):
    alarm = house.press()
    set_ladder([Rung(0, (Who.HEAD,))], watch=house.watch, by=house.cast.chen.actor, now=NOW)
    assert len(house.fresh(alarm).ladder) == 4
    end(alarm, outcome="well", by=house.cast.chen.actor, now=NOW)
    assert len(house.press("2").ladder) == 1


def test_the_duty_phone_is_told_and_rung_last(house, settings):
    settings.MULIN_VOICE_URL = "http://127.0.0.1:9/"
    set_duty(
        phone="13800000099", answer_minutes=30, second_box=None, by=house.cast.chen.actor, now=NOW
    )
    alarm = house.press()
    for seconds in (60, 180, 360):
        house.later(seconds=seconds)
    assert {("alarms.duty", "sms"), ("alarms.duty", "voice")} <= set(house.told(alarm))
    assert ("alarms.contact.voice", "voice") in house.told(alarm)


def test_one_alarm_that_breaks_does_not_hold_up_the_others(house, monkeypatch):
    broken = house.press()
    other = press_for(house.cast.yong.person, by=house.cast.chen.actor, now=NOW)
    whole = ladder_actions.take_step

    def stumble(alarm, *, now):
        if alarm.pk == broken.pk:
            raise ValueError("poison")
        whole(alarm, now=now)

    monkeypatch.setattr(ladder_actions, "take_step", stumble)
    assert house.later(seconds=60) == 1
    assert house.fresh(other).rung == 2
    monkeypatch.setattr(ladder_actions, "take_step", whole)
    assert audit(house.cast.xinjie, now=NOW + timedelta(seconds=61)) == [broken.pk]
    house.later(seconds=61)
    assert (house.fresh(broken).faults, house.fresh(broken).rung) == (0, 2)


def test_who_could_not_be_told_for_a_full_disk_is_told_when_there_is_room(house):
    """Their rung is tried again: it is not passed over as one that has nobody."""
    set_ladder(
        [Rung(0, (Who.NEIGHBOUR,)), Rung(60, (Who.FAMILY,))], by=house.cast.chen.actor, now=NOW
    )

    def full(execute, sql, *rest):
        if sql.startswith("INSERT") and '"notify_message"' in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, *rest)

    with connection.execute_wrapper(full):
        alarm = house.press()
    assert contacts_told() == set()
    assert not Event.objects.filter(alarm=alarm, what=Happened.NOBODY).exists()
    house.later(seconds=AFTER_FAULT.seconds)
    assert contacts_told() == {"沈阿姨"}
    house.later(seconds=AFTER_FAULT.seconds + 60)
    assert contacts_told() == {"沈阿姨", "王丽华"}


def test_a_press_is_kept_though_its_first_text_cannot_be_written(house, monkeypatch):
    def stumble(alarm, *, now):
        raise ValueError("no text")

    monkeypatch.setattr("mulin.circle.alarms.actions.raising.take_step", stumble)
    alarm = house.press()
    monkeypatch.undo()
    assert house.told(alarm) == []
    assert house.later(seconds=1) == 1
    assert house.told(alarm) != []


def test_the_auditor_sets_a_ladder_going_that_stands_still(house):
    alarm = house.press()
    assert audit(house.cast.xinjie, now=NOW) == []
    Alarm.objects.filter(pk=alarm.pk).update(next_step_at=NOW + timedelta(days=1))
    assert audit(house.cast.xinjie, now=NOW) == [alarm.pk]
    assert house.later(seconds=1) == 1
    assert Event.objects.filter(what=Happened.MENDED).count() == 1


def test_a_clock_that_is_put_back_makes_every_step_due(house):
    alarm = house.press(at=NOW + timedelta(hours=1))
    assert house.fresh(alarm).next_step_at > NOW + timedelta(hours=1)
    assert house.later() == 1
    assert house.fresh(alarm).next_step_at < NOW + timedelta(minutes=5)


def test_alertmanager_1806_no_term_of_keeping_ends_or_hushes_an_alarm(house):
    """prometheus/alertmanager#1806, SigNoz#10043: after 120 hours "told already" was forgotten."""
    alarm = house.press()
    for seconds in (60, 180, 360):
        house.later(seconds=seconds)
    for day in (6, 45, 400):
        forget_heard(house.cast.xinjie, NOW + timedelta(days=day))
        before = Message.objects.filter(topic=alarm.topic).count()
        assert house.later(days=day) == 1
        told = Message.objects.filter(topic=alarm.topic).count()
        assert told > before
        # Told once in this turn, not once more for what was forgotten; and on after the pause.
        assert house.later(days=day, seconds=179) == 0
        assert Message.objects.filter(topic=alarm.topic).count() == told
    assert house.fresh(alarm).state == State.OPEN


def test_two_workers_take_each_step_once(house):
    alarm = house.press()
    moment = NOW + timedelta(seconds=60)
    assert climb_due(house.cast.xinjie, clock=lambda: moment) == 1
    assert climb_due(house.cast.xinjie, clock=lambda: moment) == 0
    assert house.fresh(alarm).rung == 2


def test_the_neighbour_community_sees_nothing(house):
    house.press()
    with in_community(house.cast.linli):
        assert list(Alarm.objects.all()) == []


def test_no_story_of_the_demonstration_ends_what_a_visitor_pressed(house):
    """The past is told while a visitor tries the present."""
    alarm = house.press()
    desk = house.cast.chen.actor
    Watch.objects.update(since=NOW - timedelta(days=400))
    answer_calls(desk=desk, officers=[desk], seed=1, since=NOW - timedelta(days=200), now=NOW)
    assert house.fresh(alarm).state == State.OPEN
    assert Alarm.objects.count() == 1
