"""Who is not heard of is looked after; who is away is left in peace."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from mulin.circle.alarms.actions.answering import go
from mulin.circle.alarms.actions.expecting import plan_ahead, scan
from mulin.circle.alarms.actions.raising import check_in, take_signal
from mulin.circle.alarms.actions.setting import Care, say_away, say_back, set_care
from mulin.circle.alarms.models import Alarm, Expectation
from mulin.circle.alarms.rules import Said, Signal
from mulin.kit.refusals import NotPermitted, Refused
from tests.clock import NOW

TOMORROW = NOW.replace(hour=9, minute=31) + timedelta(days=1)


@pytest.fixture
def awaited(house):
    """Heard of each morning by half past eight; an hour later it is an alarm."""
    care = Care(morning=time(8, 30), water_litres=Decimal(8), water_hours=12)
    set_care(house.watch, care, by=house.cast.chen.actor, now=NOW)
    return house


def look(house, at):
    return scan(house.cast.xinjie, clock=lambda: at)


def states(cause):
    return list(
        Expectation.objects.filter(cause=cause).order_by("until").values_list("state", flat=True)
    )


def test_rows_are_made_ahead_once(awaited):
    assert states("silence") == ["waiting"] * 2
    assert states("water") == ["waiting"] * 3
    assert plan_ahead(awaited.cast.xinjie, NOW) == 0


def test_who_did_not_check_in_is_an_alarm_once(awaited):
    Expectation.objects.filter(cause="water").delete()
    assert look(awaited, TOMORROW - timedelta(minutes=2)) == 0
    assert look(awaited, TOMORROW) == 1
    assert look(awaited, TOMORROW) == 0
    assert Alarm.objects.get().cause == "silence"


def test_a_night_off_is_caught_up_as_one_alarm(awaited):
    assert look(awaited, NOW + timedelta(days=3)) == 5
    assert Alarm.objects.count() == 1  # the same person: one alarm with several causes heard


def test_a_silence_calls_nobody_back_who_goes_but_a_press_does(awaited):
    assert look(awaited, TOMORROW) == 2
    alarm = Alarm.objects.get()
    go(alarm, by=awaited.cast.sun.actor, now=TOMORROW)
    assert look(awaited, TOMORROW + timedelta(hours=3)) == 1
    assert awaited.fresh(alarm).state == "going"
    awaited.press(at=TOMORROW + timedelta(minutes=1))
    again = awaited.fresh(alarm)
    assert (again.state, again.cause, again.turn) == ("open", "press", 2)


@pytest.mark.parametrize("by", ["button", "desk"])
def test_a_word_is_enough(awaited, by):
    Expectation.objects.filter(cause="water").delete()
    early = TOMORROW - timedelta(hours=3)
    if by == "button":
        take_signal(Signal(Said.OK, "9"), device=awaited.device, now=early)
    else:
        check_in(awaited.watch, by=awaited.cast.chen.actor, now=early)
    assert look(awaited, TOMORROW) == 0
    assert states("silence") == ["met", "waiting"]


def test_water_is_summed_and_the_sum_forgotten(awaited):
    Expectation.objects.filter(cause="silence").delete()
    noon = NOW.replace(hour=13)
    for litres in ("5", "2.9"):
        take_signal(Signal(Said.WATER, litres=Decimal(litres)), device=awaited.device, now=noon)
    assert states("water")[0] == "waiting"
    take_signal(Signal(Said.WATER, litres=Decimal("0.1")), device=awaited.device, now=noon)
    first = Expectation.objects.order_by("until").first()
    assert (first.state, first.seen) == ("met", 0)
    assert look(awaited, NOW + timedelta(hours=14)) == 0
    assert look(awaited, NOW + timedelta(hours=26)) == 1
    assert Alarm.objects.get().cause == "water"


def test_who_is_away_is_left_in_peace_but_a_press_counts(awaited):
    by = awaited.cast.chen.actor
    say_away(awaited.watch, since=NOW, until=NOW + timedelta(days=7), by=by, now=NOW)
    assert look(awaited, NOW + timedelta(days=2)) == 0
    assert set(states("silence") + states("water")) == {"away"}
    assert awaited.press() is not None
    assert say_back(awaited.watch, by=by, now=NOW + timedelta(days=2)) == 1


def test_only_whoever_belongs_to_them_says_that_they_are_away(awaited):
    with pytest.raises(NotPermitted):
        say_away(awaited.watch, since=NOW, until=None, by=awaited.cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        say_away(
            awaited.watch, since=NOW, until=NOW - timedelta(days=1),
            by=awaited.cast.chen.actor, now=NOW,
        )  # fmt: skip
