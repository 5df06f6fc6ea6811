"""Believable weeks of the watch: some old people, who comes, their buttons, what was pressed. All invented."""

import random
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
from mulin.circle.alarms.rules import Said, Signal
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person

_KEYS = ("对门沈阿姨处", "楼下小店老板处", "社区窗口钥匙柜 7 号", "")
_NOTES = ("耳背，请大声说话；讲海盐话。", "家里有一条小狗，不咬人。", "心脏不好，药在床头柜。", "")
_STORIES = (
    (Outcome.WELL, "转身碰到了按钮，人好好的。"),
    (Outcome.HELPED, "下床时滑倒，扶起来了，没有受伤，女儿已到。"),
    (Outcome.AMBULANCE, "胸闷，家属拨了120，送中医院观察。"),
    (Outcome.AWAY, "在女儿家，忘了说一声。"),
)


def keep_watch(
    *, desk: Actor, officer: Actor, people: Sequence[Person], neighbours: Sequence[Person],
    own: Person, seed: int, now: datetime,
) -> None:  # fmt: skip
    """Eight old people and `own`, who has an account: two buttons each pressed in the last weeks,
    one meter, one who is away, one device that nobody has heard of for a while.
    """
    dice = random.Random(f"{seed}-watch")  # noqa: S311  the same each time
    begun = now - timedelta(days=40)
    set_duty(phone="13800000120", answer_minutes=30, second_box=None, by=desk, now=begun)
    watches = []
    for place, person in enumerate([own, *people[:8]]):
        watch = watch_over(person, by=desk, now=begun)
        set_care(
            watch,
            Care(
                key_where=_KEYS[place % len(_KEYS)], note=_NOTES[place % len(_NOTES)],
                morning=time(8, 30) if place % 3 == 1 else None,
                water_litres=Decimal(8) if place == 2 else None,  # noqa: PLR2004  one has a meter
            ),
            by=desk, now=now,  # what is awaited begins today: the past is told below
        )  # fmt: skip
        neighbour = neighbours[place % len(neighbours)]
        add_contact(
            watch, kind=ContactKind.NEIGHBOUR, name=neighbour.name, person=neighbour,
            phone=neighbour.phone or f"1380000{dice.randrange(10**4):04d}", by=desk, now=begun,
        )  # fmt: skip
        add_contact(
            watch, kind=ContactKind.FAMILY, name=f"{person.name[0]}家女儿",
            phone=f"1390000{dice.randrange(10**4):04d}", by=desk, now=begun,
        )  # fmt: skip
        watches.append(watch)
    devices = [_button(watch, desk, begun) for watch in watches[:5]]
    take_up_device(
        Thing("meter", watch=watches[2], beat_minutes=720), by=desk, now=now - timedelta(days=3)
    )
    for place, (outcome, words) in enumerate(_STORIES):
        at = now - timedelta(days=33 - place * 9, hours=dice.randrange(10))
        _live_through(
            watches[place], devices[place], outcome=outcome, words=words, desk=desk,
            officer=officer, at=at,
        )  # fmt: skip
    for device in devices[:4]:
        take_signal(Signal(Said.BEAT), device=device, now=now - timedelta(minutes=12))
    say_away(
        watches[6], since=now - timedelta(days=2), until=now + timedelta(days=5), where="上海儿子家",
        by=desk, now=now - timedelta(days=2),
    )  # fmt: skip


def _button(watch: Watch, desk: Actor, now: datetime) -> Device:
    thing = Thing("button", watch=watch, beat_minutes=60, hears_receipt=True)
    made = take_up_device(thing, by=desk, now=now)
    if made.device is None:
        msg = "a device was taken up"
        raise ValueError(msg)
    return made.device


def _live_through(
    watch: Watch, device: Device, *, outcome: Outcome, words: str, desk: Actor, officer: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Pressed, told, somebody goes, is there, says what it was."""
    if outcome == Outcome.HELPED:
        alarm = press_for(watch.person, by=desk, now=at)
        climb(alarm.pk, now=at + timedelta(seconds=61))
    else:
        alarm = take_signal(Signal(Said.SOS, message_id=f"{at:%m%d}"), device=device, now=at)  # type: ignore[assignment]  # a press raises one
    goes = officer if officer.grid_ids & {watch.person.grid_id} else desk
    go(alarm, by=goes, now=at + timedelta(seconds=80))
    arrive(alarm, by=goes, now=at + timedelta(minutes=7))
    end(alarm, outcome=outcome, words=words, by=goes, now=at + timedelta(minutes=25))
