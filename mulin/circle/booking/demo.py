"""Believable years of the banquet centre and a room for everybody. All invented."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from mulin.circle.booking.actions.bookings import Wish, book, book_series
from mulin.circle.booking.actions.doors import hand_key
from mulin.circle.booking.actions.ending import cancel, note_came, note_missed
from mulin.circle.booking.actions.groups import check_group
from mulin.circle.booking.actions.money import note_money
from mulin.circle.booking.actions.rooms import (
    DiscountValues,
    PriceValues,
    RoomValues,
    keep_room,
    set_discount,
    set_hours,
    set_price,
)
from mulin.circle.booking.models import Booking, OpensBy, Room
from mulin.circle.booking.rules import (
    ELDER_FROM,
    Basis,
    Group,
    Money,
    Purpose,
    Span,
    Window,
    dates_of,
    laid_over,
)
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.people.rules import age_on
from mulin.ground.places.models import Place
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately
from mulin.kit.refusals import Refused

_POLICY = "家宴中心优惠政策（居民议事会 2024 年通过）"
_FEASTS = ("七十大寿", "满月酒", "谢师宴", "乔迁酒", "订婚酒")
_NOON, _EVENING = 11, 17
_HALL, _CLUB = "大厅", "活动室"
#: From this day on the residents' own prices hold.
_AGREED_ON = date(2024, 3, 1)


def open_rooms(*, desk: Actor, since: datetime, now: datetime) -> None:
    """Two rooms with their hours; the prices of the first years, and those the residents agreed on."""
    hall, _club = _rooms(desk, since)
    first = local_day(since)
    _set_prices(hall, (20, 50), since=first, source="社区会议纪要（2020 年）", by=desk, now=since)
    agreed = max(_AGREED_ON, first + timedelta(days=1))
    if agreed > local_day(now):
        return
    _set_prices(hall, (20, 30), since=agreed, source=_POLICY, by=desk, now=at(agreed, 9))
    for group, percent, only_idle in (
        (Group.ELDER, 100, True), (Group.LOW_INCOME, 50, False), (Group.VETERAN, 20, False),
        (Group.DISABLED, 30, False),
    ):  # fmt: skip
        values = DiscountValues(
            group=group, percent=Decimal(percent), only_idle=only_idle, since=agreed, source=_POLICY
        )
        set_discount(hall, values, by=desk, now=at(agreed, 9))


def use_rooms(
    *, desk: Actor, people: Sequence[Person], seed: int, since: datetime, now: datetime
) -> None:
    """Tea in idle hours on Wednesdays, banquets at the weeks' ends."""
    stretch = Stretch(since, now)
    hall = Room.objects.get(name=_HALL)
    for day in stretch.days():
        chance = dice(seed, "rooms", day)
        if at(day, 22) not in stretch:
            continue
        made_at = at(day - timedelta(days=3), 10, 20)
        if day.isoweekday() == 3:  # noqa: PLR2004  Wednesday
            old = [one for one in people if one.born_on and age_on(one.born_on, day) >= ELDER_FROM]
            _live(_tea(hall, chance.choice(old), day, by=desk, now=made_at), desk, chance)
        if day.isoweekday() == 6 or (day.isoweekday() == 7 and chance.random() < 0.3):  # noqa: PLR2004
            young = [one for one in people if one.born_on and 22 <= age_on(one.born_on, day) < 60]  # noqa: PLR2004
            _live(
                _banquet(hall, chance.choice(young), day, chance, by=desk, now=made_at),
                desk,
                chance,
            )


def use_rooms_now(
    *, desk: Actor, people: Sequence[Person], own: Person, seed: int, now: datetime
) -> None:
    """Two weeks ahead; a dance every Wednesday; two families want one evening. `own` has an account."""
    chance = dice(seed, "rooms of today")
    hall, club = Room.objects.get(name=_HALL), Room.objects.get(name=_CLUB)
    begun = ago(now, 60, 9, 30)
    for person, group, paper in (
        (people[2], Group.VETERAN, "退役军人优待证"), (people[5], Group.LOW_INCOME, "最低生活保障证"),
    ):  # fmt: skip
        check_group(person, group, paper=paper, until=None, by=desk, now=begun)
    today = local_day(now)
    day_of_born = [one for one in people if one.born_on is not None]
    old = [one for one in day_of_born if age_on(one.born_on, today) >= ELDER_FROM]
    young = [one for one in day_of_born if one not in old]
    for shift in range(1, 15):
        day = today + timedelta(days=shift)
        made_at = min(lately(now), at(day - timedelta(days=3), 10, 20))
        # Of the idle hours to come most are still free.
        if old and day.isoweekday() <= 5 and chance.random() < 0.3:  # noqa: PLR2004
            _tea(hall, chance.choice(old), day, by=desk, now=made_at)
        if day.isoweekday() >= 5 or chance.random() < 0.2:  # noqa: PLR2004  banquets are at week's end
            _banquet(hall, chance.choice(young), day, chance, by=desk, now=made_at)
    _dance(club, people[8], today, by=desk, now=lately(now))
    _two_at_once(hall, own, young, today, by=desk, now=now)


def _rooms(desk: Actor, now: datetime) -> tuple[Room, Room]:
    place = Place.objects.get(name="家宴中心")
    hall = keep_room(
        None,
        RoomValues(
            name=_HALL, seats=120, tables=12, has_kitchen=True, cleaning_minutes=60,
            longest_minutes=360, opens_by=OpensBy.KEY,
            words="灶具、碗筷齐全，菜自己带。用完请擦桌扫地，关好煤气。",
        ),
        place=place, by=desk, now=now,
    )  # fmt: skip
    week = [Window(day, 9 * 60, 21 * 60) for day in range(1, 8)]
    for day in range(1, 6):
        week = laid_over(week, Window(day, 13 * 60 + 30, 16 * 60 + 30, is_idle=True))
    set_hours(hall, week, by=desk, now=now)
    club = keep_room(
        None,
        RoomValues(name=_CLUB, seats=30, cleaning_minutes=15, opens_by=OpensBy.CODE),
        place=Place.objects.get(name="睦邻客厅"), by=desk, now=now,
    )  # fmt: skip
    set_hours(club, [Window(day, 8 * 60 + 30, 21 * 60) for day in range(1, 8)], by=desk, now=now)
    return hall, club


def _set_prices(
    hall: Room, yuan: tuple[int, int], *, since: date, source: str, by: Actor, now: datetime
) -> None:
    """An hour, and a table of a banquet, from a day on."""
    hour, table = yuan
    for purpose, basis, price, deposit in (
        ("", Basis.HOUR, hour, 0), (Purpose.BANQUET, Basis.TABLE, table, 200),
    ):  # fmt: skip
        values = PriceValues(
            purpose=purpose, basis=basis, yuan=Decimal(price), deposit=Decimal(deposit),
            since=since, source=source,
        )  # fmt: skip
        set_price(hall, values, by=by, now=now)


def _tea(hall: Room, person: Person, day: date, *, by: Actor, now: datetime) -> Booking | None:
    midnight = start_of_day(day)
    span = Span(midnight + timedelta(hours=14), midnight + timedelta(hours=16))
    return _try(
        Wish(room=hall, span=span, people=12, purpose=Purpose.REST, called="老姐妹茶话"),
        person, by=by, now=now,
    )  # fmt: skip


def _banquet(
    hall: Room, person: Person, day: date, chance: random.Random, *, by: Actor, now: datetime
) -> Booking | None:
    begins = start_of_day(day) + timedelta(hours=chance.choice((_NOON - 1, _EVENING)))
    span = Span(begins, begins + timedelta(hours=3))
    tables = chance.randint(3, 9)
    return _try(
        Wish(
            room=hall, span=span, people=tables * 9, tables=tables, purpose=Purpose.BANQUET,
            wants_kitchen=True, called=chance.choice(_FEASTS),
        ),
        person, by=by.by(Channel.PHONE), now=now,
    )  # fmt: skip


def _try(wish: Wish, person: Person, *, by: Actor, now: datetime) -> Booking | None:
    try:
        return book(wish, person=person, by=by, now=now, waits=False)
    except Refused:
        return None  # the hall has somebody already, or the day is half over


def _dance(club: Room, person: Person, today: date, *, by: Actor, now: datetime) -> None:
    first = today + timedelta(days=(2 - today.weekday()) % 7 or 7)  # the next Wednesday
    midnight = start_of_day(first)
    wish = Wish(
        room=club, span=Span(midnight + timedelta(hours=19), midnight + timedelta(hours=20, minutes=30)),
        people=20, purpose=Purpose.GROUP, called="周三舞蹈队",
    )  # fmt: skip
    dates = dates_of(first, first + timedelta(weeks=7), 1)
    book_series(wish, dates, every_weeks=1, waits=True, person=person, by=by, now=now)


def _live(one: Booking | None, desk: Actor, chance: random.Random) -> None:
    """It took place, or did not; money and keys went with it."""
    if one is None:
        return
    if one.price_yuan:
        note_money(one, Money.DEPOSIT, Decimal(200), by=desk, now=one.starts_at)
        note_money(one, Money.PAID, one.price_yuan, by=desk, now=one.starts_at)
    if chance.random() < 0.06:  # noqa: PLR2004  the share is made up
        note_missed(one, by=desk, now=one.ends_at)
    elif one.purpose == Purpose.BANQUET:
        hand_key(one, is_out=True, by=desk, now=one.starts_at)
        hand_key(one, is_out=False, by=desk, now=one.ends_at)
    else:
        note_came(one, by=desk, now=one.starts_at)
    if one.price_yuan:
        note_money(one, Money.RETURNED, Decimal(200), by=desk, now=one.ends_at)


def _two_at_once(
    hall: Room, own: Person, young: Sequence[Person], today: date, *, by: Actor, now: datetime
) -> None:
    """Two families want the same evening; the first cancels, and `own` finds an offer."""
    midnight = start_of_day(today + timedelta(days=20))
    wish = Wish(
        room=hall, span=Span(midnight + timedelta(hours=17), midnight + timedelta(hours=20)),
        people=40, tables=4, purpose=Purpose.BANQUET, wants_kitchen=True, called=_FEASTS[0],
    )  # fmt: skip
    first = book(wish, person=young[0], by=by, now=lately(now, hours=2))
    book(wish, person=own, by=by, now=lately(now, hours=1))
    book(wish, person=young[1], by=by, now=lately(now, minutes=30))
    cancel(first, by=by, now=lately(now), reason="日子改了", is_theirs=True)
