"""Rooms, somebody's booking in the evening of the day, idle hours that anybody may take."""

from mulin.circle.booking.actions.bookings import Wish, book
from mulin.circle.booking.actions.groups import check_group
from mulin.circle.booking.actions.rooms import RoomValues, keep_room, set_hours
from mulin.circle.booking.models import Room
from mulin.circle.booking.rules import Group, Purpose, Span, Window
from mulin.kit.clock import local_day, start_of_day
from tests.clock import NOW
from tests.matrix.people import DESK, EVERYBODY, HOLDERS, ON_ROLL, RESIDENT, Canary, Line

LINES = {
    "booking:rooms": Line(EVERYBODY),
    "booking:wall": Line(EVERYBODY),
    "booking:room": Line(HOLDERS, about="booking room code"),
    "booking:feed": Line(HOLDERS, about="booking room code"),
    "booking:book": Line(ON_ROLL, about="booking room code"),
    "booking:mine": Line(ON_ROLL),
    "booking:mine-act": Line(RESIDENT, about="own booking deed", method="POST"),
    "booking:slip": Line(DESK | RESIDENT, about="booking"),
    "booking:plan": Line(DESK),
    "booking:new": Line(DESK),
    "booking:series": Line(DESK),
    "booking:booking": Line(DESK, about="booking"),
    "booking:act": Line(DESK, about="booking deed", method="POST"),
    "booking:rooms-keep": Line(DESK),
    "booking:room-keep": Line(DESK, about="booking room"),
    "booking:room-act": Line(DESK, about="booking room deed", method="POST"),
    "booking:groups": Line(DESK),
    "booking:group-end": Line(DESK, about="booking group", method="POST"),
}

KWARGS = {
    "booking room": lambda _world, side: {"pk": side.room["booking.room"].pk},
    "booking room code": lambda _world, side: {"code": side.room["booking.room"].code},
    "booking room deed": lambda _world, side: {"pk": side.room["booking.room"].pk, "deed": "price"},
    "booking": lambda _world, side: {"pk": side.room["booking.booking"].pk},
    "booking deed": lambda _world, side: {
        "pk": side.room["booking.booking"].pk,
        "deed": "money",
    },
    "own booking deed": lambda _world, side: {
        "pk": side.room["booking.booking"].pk,
        "deed": "move",
    },
    "booking group": lambda _world, side: {"pk": side.room["booking.group"].pk},
}

CANARIES = {
    # what somebody's banquet is called; the person themselves, on their slip and in their file
    "宴名{}": Canary(DESK | RESIDENT, "booking:plan"),
    # the paper somebody showed to pay less
    "证件{}": Canary(DESK | RESIDENT, "booking:groups"),
}

NOTICES = ("booking:rooms",)


def fill(community, sides, *, head, desk, actors):
    """A room of each side with a booking tonight."""
    evening = start_of_day(local_day(NOW))
    for side in sides:
        room = keep_room(
            None, RoomValues(name=f"厅{side.sign}", seats=20, opens_by="key"), place=side.place,
            by=desk, now=NOW,
        )  # fmt: skip
        set_hours(
            room,
            [
                Window(day, opens * 60, closes * 60, is_idle)
                for day in range(1, 8)
                for opens, closes, is_idle in ((9, 13, False), (13, 16, True), (16, 21, False))
            ],
            by=desk, now=NOW,
        )  # fmt: skip
        side.room["booking.room"] = room = Room.objects.open().get(pk=room.pk)
        side.room["booking.group"] = check_group(
            side.person, Group.VETERAN, paper=f"证件{side.sign}", until=None, by=desk, now=NOW
        )
        wish = Wish(
            room=room, people=8, purpose=Purpose.BANQUET, called=f"宴名{side.sign}",
            span=Span(evening.replace(hour=18), evening.replace(hour=20)),
        )  # fmt: skip
        side.room["booking.booking"] = book(wish, person=side.person, by=desk, now=NOW)
