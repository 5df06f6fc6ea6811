"""A banquet hall of 新街社区: open 9 to 21, on Fridays until 1; an idle hour for the old each afternoon."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from mulin.circle.booking.actions.bookings import Wish, book
from mulin.circle.booking.actions.rooms import (
    DiscountValues,
    PriceValues,
    RoomValues,
    keep_room,
    set_discount,
    set_hours,
    set_price,
)
from mulin.circle.booking.models import Booking, Room
from mulin.circle.booking.rules import Basis, Group, Purpose, Span, Window, laid_over
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.actions import add_place
from mulin.kit.clock import SHANGHAI
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026; day 0 is the day of the tests, 25 November."""
    base = datetime(2026, 11, 25, tzinfo=SHANGHAI) + timedelta(days=day)
    return base + timedelta(hours=hour, minutes=minute)


def span(day: int, starts: float, ends: float) -> Span:
    return Span(at(day, 0, int(starts * 60)), at(day, 0, int(ends * 60)))


@dataclass
class Hall:
    """A room, whoever keeps it, and neighbours who want it."""

    room: Room
    by: Actor
    community: object
    people: list[Person] = field(default_factory=list)

    def wish(self, when: Span, **more) -> Wish:
        values = {"people": 10, "purpose": Purpose.GROUP} | more
        return Wish(room=self.room, span=when, **values)

    def book(self, when: Span, person=None, *, by=None, now=NOW, waits=True, token=None, **more):
        return book(
            self.wish(when, **more), person=person or self.people[0], by=by or self.by, now=now,
            waits=waits, token=token,
        )  # fmt: skip

    def again(self) -> Room:
        """The room as it stands in the database."""
        self.room = Room.objects.open().get(pk=self.room.pk)
        return self.room

    def state(self, booking: Booking) -> str:
        return Booking.objects.get(pk=booking.pk).state


def make_hall(cast, **more) -> Hall:
    """Inside the scope of the community."""
    by = cast.chen.actor
    place = add_place(by=by, now=NOW, name="家宴中心", kind="banquet", grid=cast.grid_1)
    values = {
        "name": "大厅", "seats": 80, "tables": 10, "has_kitchen": True, "cleaning_minutes": 30,
        "opens_by": "key",
    } | more  # fmt: skip
    room = keep_room(None, RoomValues(**values), place=place, by=by, now=NOW)
    windows = [Window(day, 9 * 60, (25 if day == 5 else 21) * 60) for day in range(1, 8)]
    for day in range(1, 6):
        windows = laid_over(windows, Window(day, 13 * 60, 16 * 60, is_idle=True))
    set_hours(room, windows, by=by, now=NOW)
    for purpose, basis, yuan, deposit in (
        ("", Basis.HOUR, "50", "0"), ("banquet", Basis.TABLE, "30", "200"),
    ):  # fmt: skip
        set_price(
            room,
            PriceValues(
                purpose=purpose, basis=basis, yuan=Decimal(yuan), deposit=Decimal(deposit),
                since=date(2026, 1, 1), source="家宴中心优惠政策",
            ),
            by=by, now=NOW,
        )  # fmt: skip
    for group, percent, only_idle in (
        (Group.ELDER, "100", True), (Group.LOW_INCOME, "50", False), (Group.VETERAN, "20", False),
    ):  # fmt: skip
        set_discount(
            room,
            DiscountValues(
                group=group, percent=Decimal(percent), only_idle=only_idle,
                since=date(2026, 1, 1), source="家宴中心优惠政策",
            ),
            by=by, now=NOW,
        )  # fmt: skip
    people = [
        PersonFactory(community=cast.xinjie, name=f"邻居{number}", born_on=date(1990, 1, 1))
        for number in range(4)
    ]
    hall = Hall(room, by, cast.xinjie, people)
    hall.again()
    return hall


@pytest.fixture
def hall(cast):
    with in_community(cast.xinjie):
        yield make_hall(cast)
