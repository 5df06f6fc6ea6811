"""Believable years of the watch: some old people, who comes, their buttons, what was pressed. All invented."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from mulin.circle.alarms.actions.answering import arrive, end, go
from mulin.circle.alarms.actions.devices import Thing, take_up_device
from mulin.circle.alarms.actions.ladder import climb
from mulin.circle.alarms.actions.raising import press_for, take_signal
from mulin.circle.alarms.actions.setting import (
    Care,
    add_contact,
    say_away,
    set_care,
    set_duty,
    watch_over,
)
from mulin.circle.alarms.models import ContactKind, Device, Outcome, Watch
from mulin.circle.alarms.queries import running_alarm_of
from mulin.circle.alarms.rules import Said, Signal
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, ago, at, dice

_KEYS = ("对门沈阿姨处", "楼下小店老板处", "社区窗口钥匙柜 7 号", "")
_NOTES = ("耳背，请大声说话；讲海盐话。", "家里有一条小狗，不咬人。", "心脏不好，药在床头柜。", "")
_STORIES = (
    (Outcome.WELL, "转身碰到了按钮，人好好的。"),
    (Outcome.HELPED, "下床时滑倒，扶起来了，没有受伤，女儿已到。"),
    (Outcome.AMBULANCE, "胸闷，家属拨了120，送中医院观察。"),
    (Outcome.AWAY, "在女儿家，忘了说一声。"),
    (Outcome.WELL, "孙子拿着玩，按了一下。"),
    (Outcome.WELL, "电话打通了，刚才在浇花没听见。"),
    (Outcome.HELPED, "药瓶拧不开，帮着开了，看着吃下去。"),
    (Outcome.HELPED, "家里跳闸，合上了，陪着坐了一会儿。"),
)


def keep_watch(
    *, desk: Actor, people: Sequence[Person], neighbours: Sequence[Person], own: Person, seed: int,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """Eight old people and `own`, who has an account, each with the day on which it began and who
    comes: one meter, five buttons.
    """
    chance = dice(seed, "watch")
    set_duty(phone="13800000120", answer_minutes=30, second_box=None, by=desk, now=since)
    for place, person in enumerate([own, *people[:8]]):
        begun = min(since + timedelta(days=20 + place * 150), ago(now, 40, 9, 20))
        watch = watch_over(person, by=desk, now=begun)
        set_care(
            watch,
            Care(
                key_where=_KEYS[place % len(_KEYS)], note=_NOTES[place % len(_NOTES)],
                morning=time(8, 30) if place % 3 == 1 else None,
                water_litres=Decimal(8) if place == 2 else None,  # noqa: PLR2004  one has a meter
            ),
            by=desk, now=now,  # what is awaited begins today: the past is told by its alarms
        )  # fmt: skip
        neighbour = neighbours[place % len(neighbours)]
        add_contact(
            watch, kind=ContactKind.NEIGHBOUR, name=neighbour.name, person=neighbour,
            phone=neighbour.phone or f"1380000{chance.randrange(10**4):04d}", by=desk, now=begun,
        )  # fmt: skip
        add_contact(
            watch, kind=ContactKind.FAMILY, name=f"{person.name[0]}家女儿",
            phone=f"1390000{chance.randrange(10**4):04d}", by=desk, now=begun,
        )  # fmt: skip
        if place < 5:  # noqa: PLR2004  the others call
            _button(watch, desk, ago(now, 40, 10))
        if place == 2:  # noqa: PLR2004  as above
            take_up_device(
                Thing("meter", watch=watch, beat_minutes=720), by=desk, now=ago(now, 3, 10)
            )


def answer_calls(
    *, desk: Actor, officers: Sequence[Actor], seed: int, since: datetime, now: datetime
) -> None:
    """One or two alarms a month, by the telephone: told, somebody goes, is there, says what it was.

    What their buttons said in the last weeks is `calls_now`'s.
    """
    stretch = Stretch(since, now)
    watches = list(Watch.objects.select_related("person").order_by("pk"))
    for first in stretch.months():
        for place in range(1 + first.month % 2):
            chance = dice(seed, "alarm", first, place)
            moment = at(
                first + timedelta(days=chance.randrange(14) + 14 * place), chance.randint(5, 22),
                chance.randrange(60),
            )  # fmt: skip
            there = [one for one in watches if one.since < moment - timedelta(days=1)]
            if moment not in stretch or not there:
                continue
            outcome, words = chance.choice(_STORIES)
            whose = chance.choice(there)
            if running_alarm_of(whose.person, None, is_trial=False):
                continue  # a visitor has just pressed for them: no story of the past ends that
            _live_through(
                whose, None, outcome=outcome, words=words, desk=desk,
                officers=officers, moment=moment,
            )  # fmt: skip


def calls_now(*, desk: Actor, officers: Sequence[Actor], seed: int, now: datetime) -> None:
    """Four presses of the last weeks; devices heard of just now, one not for a while; one is away."""
    chance = dice(seed, "calls of today")
    watches = list(Watch.objects.select_related("person").order_by("pk"))
    buttons = {one.watch_id: one for one in Device.objects.filter(kind="button").order_by("pk")}
    for place, (outcome, words) in enumerate(_STORIES[:4]):
        moment = ago(now, 33 - place * 9, 20 - chance.randrange(10), 15 + place)
        _live_through(
            watches[place], buttons[watches[place].pk], outcome=outcome, words=words, desk=desk,
            officers=officers, moment=moment,
        )  # fmt: skip
    for watch in watches[:4]:
        device = buttons[watch.pk]
        take_signal(Signal(Said.BEAT), device=device, now=now - timedelta(minutes=12))
    left = ago(now, 2, 9)
    say_away(
        watches[6], since=left, until=at(local_day(now) + timedelta(days=5), 18), where="上海儿子家",
        by=desk, now=left,
    )  # fmt: skip


def _button(watch: Watch, desk: Actor, now: datetime) -> Device:
    thing = Thing("button", watch=watch, beat_minutes=60, hears_receipt=True)
    made = take_up_device(thing, by=desk, now=now)
    if made.device is None:
        msg = "a device was taken up"
        raise ValueError(msg)
    return made.device


def _live_through(
    watch: Watch, device: Device | None, *, outcome: Outcome, words: str, desk: Actor,
    officers: Sequence[Actor], moment: datetime,
) -> None:  # fmt: skip
    """Pressed, told, somebody goes, is there, says what it was."""
    if outcome == Outcome.HELPED or device is None:
        alarm = press_for(watch.person, by=desk, now=moment)
        climb(alarm.pk, now=moment + timedelta(seconds=61))
    else:
        alarm = take_signal(
            Signal(Said.SOS, message_id=f"{moment:%y%m%d%H%M}"), device=device, now=moment
        )  # type: ignore[assignment]  # a press raises one
    near = (one for one in officers if watch.person.grid_id in one.grid_ids)
    goes = next(near, desk)
    go(alarm, by=goes, now=moment + timedelta(seconds=80))
    arrive(alarm, by=goes, now=moment + timedelta(minutes=7))
    end(alarm, outcome=outcome, words=words, by=goes, now=moment + timedelta(minutes=25))
