"""The chain is tried from end to end; the second box hears of it only when it holds."""

from datetime import timedelta

import pytest

from mulin.circle.alarms.actions.chain import audit_and_ping, start_trial
from mulin.circle.alarms.actions.setting import set_duty
from mulin.circle.alarms.models import Alarm, Chain
from mulin.circle.alarms.queries import health
from mulin.circle.alarms.rules import State
from mulin.ground.audit.models import Act
from mulin.ground.notify.actions import deliver_due
from mulin.ground.notify.models import Message
from mulin.kit import clock
from tests.clock import NOW
from tests.support.outside import Outside, answering


class Box(Outside):
    """The second box: how often it heard."""

    def __init__(self):
        super().__init__()
        self.heard = 0
        self.status = 200

    def meet(self, handler):
        self.heard += 1
        handler.send_response(self.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def box(house):
    with answering(Box()) as there:
        set_duty(
            phone="", answer_minutes=30, second_box=there.url, by=house.cast.chen.actor, now=NOW
        )
        yield there


def send(house, at):
    with clock.standing_still(at):
        deliver_due(house.cast.xinjie, clock=lambda: at, only_alarms=True)


def test_the_second_box_hears_only_when_the_trial_came_back(house, box):
    community, acts = house.cast.xinjie, Act.objects.count()
    assert start_trial(community, now=NOW)
    assert not start_trial(community, now=NOW + timedelta(minutes=4))
    assert not audit_and_ping(community, now=NOW)
    assert box.heard == 0
    send(house, NOW)
    assert audit_and_ping(community, now=NOW)
    assert (box.heard, Chain.objects.get().pinged_at) == (1, NOW)
    assert health(community, NOW).is_proven
    # Nobody's need: no number that people say, no act, no line on the screen.
    trial = Alarm.objects.get()
    assert (trial.state, trial.is_synthetic) == (State.ENDED, True)
    assert Act.objects.count() == acts
    assert house.press().number == 1
    # The next one does not come back: silence is how the box knows.
    start_trial(community, now=NOW + timedelta(minutes=5))
    assert not audit_and_ping(community, now=NOW + timedelta(minutes=8))
    assert box.heard == 1


def test_a_clock_that_is_put_back_neither_silences_the_trial_nor_proves_anything(house, box):
    community = house.cast.xinjie
    fast = NOW + timedelta(hours=1)
    start_trial(community, now=fast)
    send(house, fast)
    assert audit_and_ping(community, now=fast)
    assert not audit_and_ping(community, now=NOW)
    assert start_trial(community, now=NOW)
    send(house, NOW)
    assert audit_and_ping(community, now=NOW)
    # An hour later a trial has the number of none before it.
    assert start_trial(community, now=fast)
    send(house, fast)
    assert audit_and_ping(community, now=fast)
    assert Alarm.objects.filter(is_synthetic=True).count() == 3


def test_the_second_box_hears_nothing_while_an_alarm_stands_still(house, box):
    community = house.cast.xinjie
    start_trial(community, now=NOW)
    send(house, NOW)
    alarm = house.press()
    Alarm.objects.filter(pk=alarm.pk).update(next_step_at=NOW - timedelta(minutes=2))
    assert not audit_and_ping(community, now=NOW)
    assert (box.heard, Chain.objects.get().standing_still) == (0, 1)


def test_a_box_that_does_not_answer_is_told_of(house, box):
    box.status = 500
    start_trial(house.cast.xinjie, now=NOW)
    send(house, NOW)
    assert audit_and_ping(house.cast.xinjie, now=NOW)
    assert Chain.objects.get().ping_fault == "500"


def test_old_trials_are_forgotten(house):
    community = house.cast.xinjie
    start_trial(community, now=NOW)
    send(house, NOW)
    start_trial(community, now=NOW + timedelta(hours=7))
    assert Alarm.objects.filter(is_synthetic=True).count() == 1
    assert Message.objects.filter(way="echo").count() == 1
