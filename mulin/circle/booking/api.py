"""Rooms that can be booked, for programs: how many they seat, and when they are free."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.actions.doors import open_by_code
from mulin.circle.booking.models import Booking, Room
from mulin.circle.booking.queries import free_of, room_behind, rooms
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.clock import local_day


@dataclass(frozen=True, slots=True)
class RoomAnswer:
    """A room of a place that can be booked by the hour."""

    code: str
    name: str
    place: str
    seats: int


@dataclass(frozen=True, slots=True)
class RoomsAnswer:
    """All of them."""

    rooms: list[RoomAnswer]


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """From a moment to a moment."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class FreeAnswer:
    """When a room can still be booked on a day; never who booked the rest."""

    code: str
    day: date
    free: list[SpanAnswer]


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """The code is right: open the door. Until when whoever typed it has the room; never who."""

    code: str
    until: datetime


class DoorForm(forms.Form):
    """What somebody typed at the lock."""

    code = forms.CharField(label=_("Opening code"), max_length=12)


class RoomDayForm(forms.Form):
    """Which day; without it, today."""

    day = forms.DateField(label=_("Day"), required=False)


def _shown(room: Room) -> RoomAnswer:
    return RoomAnswer(code=room.code, name=room.name, place=room.place.name, seats=room.seats)


def _all(_asked: Asked) -> RoomsAnswer:
    return RoomsAnswer([_shown(room) for room in rooms()])


def _free(asked: Asked) -> FreeAnswer:
    room = room_behind(asked.args["code"])
    if room is None:
        raise Http404
    day = asked.query["day"] or local_day(asked.now)
    if abs((day - local_day(asked.now)).days) > _FARTHEST_DAYS:
        return FreeAnswer(room.code, day, [])
    (found,) = free_of([room], day, day, asked.now)
    return FreeAnswer(room.code, day, [SpanAnswer(one.starts, one.ends) for one in found.spans])


def _open(asked: Asked) -> Booking:
    room = room_behind(asked.args["code"])
    if room is None:
        raise Http404
    return open_by_code(
        room, asked.values["code"], by=asked.actor, now=asked.now, token=asked.token
    )


def _opened(booking: Booking) -> DoorAnswer:
    return DoorAnswer(booking.room.code, booking.ends_at)


#: Nobody books so far ahead, and what is over is free for nobody.
_FARTHEST_DAYS: Final = 400

CALLS: Final = (
    Call(
        name="rooms", path="rooms/", summary=_("Rooms that can be booked"),
        scope=Scope.PUBLIC_READ, answer=RoomsAnswer, do=_all,
    ),
    Call(
        name="room-free", path="rooms/<str:code>/free/",
        summary=_("When a room is free on a day"),
        scope=Scope.PUBLIC_READ, answer=FreeAnswer, query=RoomDayForm, do=_free,
    ),
    Call(
        name="room-open", method="POST", path="rooms/<str:code>/open/",
        summary=_("An electronic lock asks whether a code opens the room now"),
        scope=Scope.DOORS, answer=DoorAnswer, body=DoorForm, do=_open, show=_opened,
    ),
)  # fmt: skip
