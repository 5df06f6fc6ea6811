"""A booking written by hand, for one room: what the sheet asks, and what becomes of it."""

import re
from datetime import datetime, time
from typing import Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.circle.booking.actions.bookings import Wish, book
from mulin.circle.booking.models import PURPOSE_LABELS, Booking, Room
from mulin.circle.booking.queries import rooms
from mulin.circle.booking.rules import Purpose, is_sensible, span_between
from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused

CODE: Final = "BOOKING"
VERSION: Final = 2
_TIME: Final = re.compile(r"\s*(\d{1,2})(?:\s*[:：.点时]\s*(\d{1,2})?)?\s*分?\s*")
_LAST_HOUR: Final = 24


def booking_sheet() -> Form:
    """The form, in the language that is active."""
    return Form(
        code=CODE,
        version=VERSION,
        title=_("I would like to use a room"),
        under=_("Hand it in at the desk, or put it into the box. If the time is taken, you are put on the waiting list."),
        fields=(
            Field("day", _("On which day?"), Kind.DAY, hint=_("year, month, day: 20261128"), is_required=True),
            Field("starts", _("From what time?"), Kind.TEXT, most=10, hint=_("like 13:30"), is_required=True),
            Field("ends", _("Until what time?"), Kind.TEXT, most=10, hint=_("An earlier time is that of the next day."), is_required=True),
            Field("people", _("How many people?"), Kind.NUMBER, is_required=True, is_whole=True, least=1),
            Field("tables", _("How many tables, if it is a banquet?"), Kind.NUMBER, is_whole=True),
            Field(
                "purpose", _("What for?"), Kind.ONE,
                tuple(Choice(one.value, str(label)) for one, label in PURPOSE_LABELS.items()),
                is_required=True,
            ),
            Field("called", _("Name of your group, if you are one"), Kind.TEXT, most=60),
            Field("name", _("Your name"), Kind.NAME),
            Field("phone", _("Your phone number"), Kind.PHONE),
        ),
    )  # fmt: skip


def take_sheet(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet becomes a booking or a waiting place. Raises Refused beside what cannot be read."""
    room = Room.objects.open().filter(pk=taken.about or 0).first()
    if room is None:
        raise Refused(_("This room can no longer be booked."))
    if taken.person is None:
        raise Refused(_("Choose who it is; a booking needs somebody on the roll."))
    values = taken.values
    if not is_sensible(values["day"]):
        raise Refused(_("Write the day like 2026-11-20."), field="day")
    span = span_between(
        values["day"], read_time(values["starts"], "starts"), read_time(values["ends"], "ends")
    )
    wish = Wish(
        room=room, span=span, people=int(values["people"] or 0),
        purpose=Purpose(values["purpose"]), tables=int(values.get("tables") or 0),
        called=values.get("called") or "",
    )  # fmt: skip
    return book(wish, person=taken.person, by=by, now=now)


def read_time(written: str, field: str) -> time:
    """A time as people write it: 9点, 9:30, 21.15, 24:00. Raises Refused beside its field."""
    match = _TIME.fullmatch(written or "")
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (-1, 0)
    if (hour, minute) == (_LAST_HOUR, 0):
        return time()
    try:
        return time(hour, minute)
    except ValueError:
        raise Refused(_("Write the time like 13:30."), field=field) from None


def number_of(record: models.Model) -> str:
    """What a sheet's record is called."""
    return record.code if isinstance(record, Booking) else ""


def _rooms(_actor: Actor, _now: datetime) -> list[tuple[str, str]]:
    return [(str(room.pk), str(room)) for room in rooms()]


BOOKING_SHEET: Final = PaperUse(
    code=CODE,
    define=booking_sheet,
    take=take_sheet,
    number=number_of,
    model="booking.booking",
    page="booking:booking",
    roles=DESK_ROLES,
    subjects=Subjects(due=_rooms),
)
