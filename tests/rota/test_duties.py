"""What becomes of a duty: answered, swapped, sick, signed in, missed, replaced."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from mulin.commons.planning.duty.checks import faults
from mulin.commons.rota import registry
from mulin.commons.rota.actions.duties import (
    answer,
    apply_changes,
    call_in_sick,
    miss,
    set_aside,
    sign_in,
)
from mulin.commons.rota.actions.members import Said, Terms, change_member, say_wishes
from mulin.commons.rota.actions.months import publish, put_on, take_off
from mulin.commons.rota.actions.swaps import answer_swap, ask_to_swap, take_swap_back
from mulin.commons.rota.jobs import remind_all, watch, work_out
from mulin.commons.rota.models import Duty, Run, RunState, Shift, Swap, SwapState
from mulin.commons.rota.queries import (
    duties_between,
    duties_of,
    lacking_soon,
    on_duty,
    rota_of,
)
from mulin.commons.rota.rules import Stand, Wanted
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.clock import NOW
from tests.rota.conftest import DESK

BEGINS = datetime(2026, 12, 7, 8, 30, tzinfo=SHANGHAI)


@pytest.fixture
def month(turns):
    """Published, with 阿勇 and 兰英 on Monday the 7th, 水根 and 彩娣 on Tuesday the 8th."""
    month = turns.begin()
    for day, names in ((7, ("阿勇", "兰英")), (8, ("水根", "彩娣"))):
        for name in names:
            put_on(turns.shift(month, day), turns.members[name], by=turns.by, now=NOW)
    return publish(month, by=turns.by, now=NOW)


def sent(member, words):
    told = Message.objects.filter(recipient_id=member.person_id, topic="rota")
    return sum(words in message.subject for message in told)


def test_each_says_yes_or_no_and_after_a_no_somebody_else_is_looked_for(turns, cast, month):
    monday = turns.shift(month, 7)
    mine, hers = turns.duty(monday, "阿勇"), turns.duty(monday, "兰英")
    answer(mine, accepts=True, by=cast.yong.actor, now=NOW, token="y")
    answer(mine, accepts=True, by=cast.yong.actor, now=NOW, token="y")
    assert Act.objects.filter(verb="rota.answer").count() == 1
    with pytest.raises(NotPermitted):
        answer(hers, accepts=True, by=cast.yong.actor, now=NOW)
    answer(hers, accepts=False, by=turns.by.by("phone"), now=NOW)
    with pytest.raises(TakenMeanwhile):
        answer(hers, accepts=True, by=turns.by, now=NOW)
    assert turns.on(monday) == {"张勇"}
    run = Run.objects.get()
    assert (run.away, run.since, run.until) == (hers.member, monday.starts_at, monday.ends_at)


def test_after_a_sick_call_few_change_and_a_manager_puts_it_into_the_rota(turns, cast, month):
    yong = turns.members["阿勇"]
    since = datetime(2026, 12, 6, tzinfo=SHANGHAI)
    call_in_sick(yong, since=since, until=None, by=cast.yong.actor, now=NOW, token="s")
    call_in_sick(yong, since=since, until=None, by=cast.yong.actor, now=NOW, token="s")
    run = Run.objects.get()
    work_out(cast.xinjie, NOW, run=run.pk)
    run.refresh_from_db()
    monday = str(turns.shift(month, 7).pk)
    assert run.state == RunState.DONE
    # 水根 or 彩娣 may come on Monday, too: nobody else's day changes.
    assert run.told["off"] == []
    assert [shift for _who, shift in run.told["on"]].count(monday) == 1
    apply_changes(run, by=turns.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        apply_changes(run, by=turns.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        set_aside(run, by=turns.by, now=NOW)
    assert len(turns.on(turns.shift(month, 7))) == 2
    assert "张勇" not in turns.on(turns.shift(month, 7))
    assert faults(rota_of(month), duties_of(month)) == []
    with pytest.raises(Refused, match="没有值日"):
        call_in_sick(yong, since=since, until=None, by=cast.yong.actor, now=NOW)


def test_two_swap_when_both_say_so_and_both_are_told(turns, cast, month):
    monday, tuesday = turns.shift(month, 7), turns.shift(month, 8)
    mine, his = turns.duty(monday, "阿勇"), turns.duty(tuesday, "水根")
    shui = turns.members["水根"]
    swap = ask_to_swap(mine, shui, for_duty=his, by=cast.yong.actor, now=NOW, token="a")
    assert ask_to_swap(mine, shui, for_duty=his, by=cast.yong.actor, now=NOW, token="a") == swap
    assert turns.on(monday) == {"张勇", "兰英"}
    with pytest.raises(Refused, match="已经问过"):
        ask_to_swap(mine, turns.members["彩娣"], by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        answer_swap(swap, agrees=True, by=cast.yong.actor, now=NOW)
    answer_swap(swap, agrees=True, by=turns.by.by("phone"), now=NOW)
    assert (turns.on(monday), turns.on(tuesday)) == ({"水根", "兰英"}, {"张勇", "彩娣"})
    assert (sent(turns.members["阿勇"], "换好"), sent(shui, "换好")) == (1, 1)
    assert set(
        Duty.objects.filter(shift__in=[monday, tuesday], member__in=[mine.member, shui])
        .exclude(stand=Stand.SWAPPED).values_list("stand", flat=True)
    ) == {Stand.ACCEPTED}  # fmt: skip
    assert faults(rota_of(month), duties_of(month)) == []


def test_a_swap_that_breaks_rest_is_refused(turns, cast, month):
    # Monday evening until ten: less than eleven hours before Tuesday's half past eight.
    monday = turns.shift(month, 7)
    late = Shift.objects.create(
        community=cast.xinjie, month=month, day=monday.day, adults=1, points=2,
        starts_at=datetime.combine(monday.day, time(18), SHANGHAI),
        ends_at=datetime.combine(monday.day, time(22), SHANGHAI),
    )  # fmt: skip
    turns.take("金根")
    put_on(late, turns.members["金根"], by=turns.by, now=NOW)
    asks = turns.duty(late, "金根")
    for name in ("水根", "彩娣"):
        with pytest.raises(Refused, match="休息") as refusal:
            ask_to_swap(asks, turns.members[name], by=turns.by, now=NOW)
        assert refusal.value.field == "other"
    assert not Swap.objects.exists()


def test_a_swap_is_checked_again_when_it_is_agreed_to(turns, cast, month):
    mine = turns.duty(turns.shift(month, 7), "阿勇")
    cai = turns.members["彩娣"]
    swap = ask_to_swap(mine, cai, by=cast.yong.actor, now=NOW)
    change_member(cai, Terms(most_shifts=1), by=turns.by, now=NOW)
    with pytest.raises(Refused, match="班次"):
        answer_swap(swap, agrees=True, by=turns.by, now=NOW)
    assert Swap.objects.get().state == SwapState.ASKED
    take_swap_back(swap, by=cast.yong.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        answer_swap(swap, agrees=True, by=turns.by, now=NOW)


def test_a_colleague_or_a_manager_signs_somebody_in_and_others_do_not(turns, cast, month):
    monday = turns.shift(month, 7)
    mine, hers = turns.duty(monday, "阿勇"), turns.duty(monday, "兰英")
    with pytest.raises(Refused, match="半小时"):
        sign_in(mine, by=cast.yong.actor, now=NOW)
    early = BEGINS - timedelta(minutes=20)
    sign_in(mine, by=cast.yong.actor, now=early, token="i")
    sign_in(mine, by=cast.yong.actor, now=early, token="i")
    sign_in(hers, by=cast.yong.actor, now=BEGINS)
    with pytest.raises(NotPermitted):
        sign_in(hers, by=cast.xu.actor, now=BEGINS)
    told = on_duty(DESK, BEGINS)
    assert sorted((one.name, one.is_here) for one in told) == [("兰英", True), ("张勇", True)]
    assert on_duty(DESK, BEGINS - timedelta(hours=1)) == []
    week = duties_between(date(2026, 12, 7), date(2026, 12, 8), DESK)
    assert [row.day.day for row in week] == [7, 7, 8, 8]
    assert duties_between(date(2026, 12, 7), date(2026, 12, 8), "other").count() == 0


def test_ten_minutes_late_calls_a_substitute_and_silence_the_next(turns, cast, month):
    monday = turns.shift(month, 7)
    for name in ("凤仙", "云"):
        turns.take(name, is_substitute=True, most_shifts=1)
    sign_in(turns.duty(monday, "阿勇"), by=cast.yong.actor, now=BEGINS)
    watch(cast.xinjie, BEGINS + timedelta(minutes=9))
    # Whoever asks too early is not believed either.
    early = turns.duty(monday, "兰英")
    miss(early, by=system(cast.xinjie.pk), now=BEGINS + timedelta(minutes=9))
    assert turns.duty(monday, "兰英").stand == Stand.ASKED
    late = BEGINS + timedelta(minutes=10)
    watch(cast.xinjie, late)
    watch(cast.xinjie, late)
    assert turns.duty(monday, "兰英").stand == Stand.MISSED
    called = Duty.objects.get(stand=Stand.CALLED)
    assert called.member == turns.members["凤仙"]
    assert Message.objects.filter(recipient_kind="account", is_alarm=True).exists()
    watch(cast.xinjie, late + timedelta(minutes=10))
    second = Duty.objects.select_related("shift__month", "member__person").get(stand=Stand.CALLED)
    assert second.member == turns.members["云"]
    answer(second, accepts=True, by=turns.by.by("phone"), now=late + timedelta(minutes=12))
    assert turns.on(monday) == {"张勇", "云"}
    watch(cast.xinjie, late + timedelta(minutes=40))
    assert turns.duty(monday, "凤仙").stand == Stand.NO_ANSWER
    assert turns.duty(monday, "云").stand == Stand.ACCEPTED


def test_a_substitute_who_said_yes_and_does_not_come_is_missed_too(turns, cast, month):
    monday = turns.shift(month, 7)
    for name in ("凤仙", "云", "桂芳"):
        turns.take(name, is_substitute=True, most_shifts=1)
    sign_in(turns.duty(monday, "阿勇"), by=cast.yong.actor, now=BEGINS)
    early = BEGINS - timedelta(hours=2)
    call_in_sick(turns.members["兰英"], since=BEGINS, until=None, by=turns.by, now=early)
    answer(turns.duty(monday, "凤仙"), accepts=True, by=turns.by, now=early)
    late = BEGINS + timedelta(minutes=10)
    watch(cast.xinjie, late - timedelta(minutes=1))
    assert turns.duty(monday, "凤仙").stand == Stand.ACCEPTED
    watch(cast.xinjie, late)
    assert turns.duty(monday, "凤仙").stand == Stand.MISSED
    # Whoever is called away from home only now has half an hour to come.
    answer(turns.duty(monday, "云"), accepts=True, by=turns.by, now=late)
    watch(cast.xinjie, late + timedelta(minutes=29))
    assert turns.duty(monday, "云").stand == Stand.ACCEPTED
    watch(cast.xinjie, late + timedelta(minutes=30))
    assert turns.duty(monday, "云").stand == Stand.MISSED
    assert turns.duty(monday, "桂芳").stand == Stand.CALLED


def test_who_is_ill_at_the_last_moment_is_replaced_at_once(turns, cast, month):
    sub = turns.take("凤仙", is_substitute=True)
    now = BEGINS - timedelta(hours=2)
    call_in_sick(
        turns.members["阿勇"], since=BEGINS, until=BEGINS + timedelta(hours=1), by=cast.yong.actor,
        now=now,
    )  # fmt: skip
    called = Duty.objects.get(stand=Stand.CALLED)
    assert (called.member, called.is_stand_in) == (sub, True)
    assert not Run.objects.exists()


def test_the_substitute_who_brings_what_the_shift_lacks_is_called_first(turns, cast, month):
    monday = turns.shift(month, 7)
    Shift.objects.filter(pk=monday.pk).update(leads=1)
    turns.take("凤仙", is_substitute=True)
    turns.take("云", is_substitute=True, is_lead=True)
    assert [one.pk for one in lacking_soon(BEGINS - timedelta(days=1), [DESK], 1)] == [monday.pk]
    watch(cast.xinjie, BEGINS + timedelta(minutes=10))
    first, second = Duty.objects.filter(stand=Stand.CALLED).order_by("asked_at", "pk")
    assert {first.member, second.member} == {turns.members["云"], turns.members["凤仙"]}
    assert first.member == turns.members["云"]


def test_whom_a_room_has_signed_in_is_on_duty_and_nobody_is_called_for_them(
    turns, cast, month, monkeypatch
):
    monday = turns.shift(month, 7)
    turns.take("凤仙", is_substitute=True)
    there = {turns.members["兰英"].person_id}
    monkeypatch.setitem(
        registry._kinds, DESK, replace(registry.kind_of(DESK), here=lambda _now: there)
    )
    watch(cast.xinjie, BEGINS - timedelta(minutes=31))
    assert turns.duty(monday, "兰英").stand == Stand.ASKED
    watch(cast.xinjie, BEGINS - timedelta(minutes=5))
    assert turns.duty(monday, "兰英").stand == Stand.CAME
    watch(cast.xinjie, BEGINS + timedelta(minutes=10))
    assert turns.duty(monday, "阿勇").stand == Stand.MISSED
    # Late is better than not: whoever comes after all is on duty as well.
    there.add(cast.yong.person.pk)
    watch(cast.xinjie, BEGINS + timedelta(minutes=15))
    assert turns.duty(monday, "阿勇").stand == Stand.CAME


def test_whoever_says_neither_yes_nor_no_is_asked_once_more_after_days(turns, cast, month):
    evening = datetime(2026, 11, 28, 17, 5, tzinfo=SHANGHAI)
    answer(turns.duty(turns.shift(month, 8), "水根"), accepts=True, by=turns.by, now=NOW)
    for now in (NOW + timedelta(hours=8), evening, evening + timedelta(minutes=10)):
        remind_all(cast.xinjie, now)
    told = {name: sent(turns.members[name], "还等着") for name in ("阿勇", "兰英", "水根", "彩娣")}
    # Who gets no messages stands on the manager's page; nobody is sent to knock.
    assert told == {"阿勇": 1, "兰英": 0, "水根": 0, "彩娣": 0}
    remind_all(cast.xinjie, evening + timedelta(days=3))
    assert sent(turns.members["阿勇"], "还等着") == 2
    assert Act.objects.filter(verb="rota.nudge").count() == 6


def test_everybody_is_reminded_once_on_the_evening_before(turns, cast, month):
    evening = datetime(2026, 12, 6, 17, 5, tzinfo=SHANGHAI)
    remind_all(cast.xinjie, evening - timedelta(hours=1))
    assert sent(turns.members["阿勇"], "明天") == 0
    for now in (evening, evening + timedelta(minutes=10)):
        remind_all(cast.xinjie, now)
    assert sent(turns.members["阿勇"], "明天") == 1
    assert Duty.objects.filter(reminded_at__isnull=False).count() == 2


def test_erased_somebody_s_wishes_are_gone_and_their_past_duty_stays(turns, cast, month):
    after = turns.begin(first=date(2027, 1, 1))
    yong = turns.members["阿勇"]
    say_wishes(after, yong, Said({date(2027, 1, 4): Wanted.UNABLE}), by=cast.yong.actor, now=NOW)
    sign_in(turns.duty(turns.shift(month, 7), "阿勇"), by=cast.yong.actor, now=BEGINS)
    erase_person(cast.yong.person, by=cast.zhou.actor, now=BEGINS)
    yong.refresh_from_db()
    assert yong.left_on is not None
    assert not yong.wishes.exists()
    assert Duty.objects.filter(member=yong, stand=Stand.CAME).count() == 1
    assert not take_off_is_open(yong)


def take_off_is_open(member):
    return Duty.objects.expected().filter(member=member, shift__starts_at__gt=BEGINS).exists()


def test_by_hand_nobody_is_taken_off_twice(turns, cast, month):
    duty = turns.duty(turns.shift(month, 7), "兰英")
    take_off(duty, by=turns.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        take_off(duty, by=turns.by, now=NOW)
    assert turns.on(turns.shift(month, 7)) == {"张勇"}
