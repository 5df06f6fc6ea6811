"""Lists of bookings that can be taken away as a file."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.circle.booking.models import (
    Booking,
    Closure,
    Discount,
    Entitlement,
    Hours,
    KeyLine,
    MoneyLine,
    Price,
    Room,
    moment_words,
)
from mulin.circle.booking.permissions import may_keep
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.forms import DayField

#: A hall, not the room of a dwelling.
_ROOM = pgettext_lazy("to book", "Room")


class PeriodForm(forms.Form):
    """From which day to which."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), is_last=True, required=False)


def _columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_ROOM, lambda row: str(row.room)),
        Column(_("From"), lambda row: moment_words(row.starts_at)),
        Column(_("Until"), lambda row: moment_words(row.ends_at)),
        Column(_("What for"), lambda row: str(row.get_purpose_display())),
        Column(_("People"), lambda row: row.people),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Booked by"), lambda row: str(row.person)),
        Column(_("Price in yuan"), lambda row: row.price_yuan),
        Column(_("Paid in yuan"), lambda row: row.paid),
        Column(_("Deposit held in yuan"), lambda row: row.deposit_held),
    )


def _rows(_actor: Actor, typed: Any, _now: datetime) -> Iterable[Booking]:  # Any: cleaned values
    rows = Booking.objects.with_all()
    if typed.get("since"):
        rows = rows.filter(starts_at__gte=typed["since"])
    if typed.get("until"):
        rows = rows.filter(starts_at__lt=typed["until"])
    ordered: QuerySet[Booking] = rows.order_by("starts_at", "id")
    return ordered


LISTINGS = (
    Listing(
        name="booking.bookings",
        label=_("Bookings of rooms"),
        columns=_columns,
        rows=_rows,
        may=lambda actor: actor.is_desk,
        form=PeriodForm,
        order=60,
        holds=(Booking,),
    ),
)


TABLES = (
    table(
        "booking.money", _("Money of bookings"), MoneyLine, may=may_keep, order=60, when="at",
        related=("booking__room__place", "by"), columns=(
            (_("Day"), "at"), (_("Booking"), "booking"), (_("What"), "kind"),
            (_("Amount in yuan"), "yuan"), (_("Note"), "note"), (_("Written by"), "by.display_name"),
        ),
    ),
    table(
        "booking.keys", _("Keys of rooms, out and back"), KeyLine, may=may_keep, order=60, when="at",
        related=("booking__room__place", "by"), columns=(
            (_("When"), "at"), (_("Booking"), "booking"), (_("Given out"), "is_out"),
            (_("Written by"), "by.display_name"),
        ),
    ),
    table(
        "booking.rooms", _("Rooms that are booked"), Room, may=may_keep, order=60,
        rows=lambda _actor: Room.objects.prefetch_related("hours"), related=("place",),
        holds=(Hours,), about_persons=False, columns=(
            (_ROOM, str), (_("Code"), "code"), (_("Seats"), "seats"), (_("Tables"), "tables"),
            (_("Has a kitchen"), "has_kitchen"),
            (_("Opening hours"), lambda row: "；".join(one.words for one in row.hours.all())),
            (_("Closed since"), "closed_at"),
        ),
    ),
    table(
        "booking.prices", _("Prices of rooms"), Price, may=may_keep, order=60, related=("room__place",),
        about_persons=False, columns=(
            (_ROOM, "room"), (_("What for"), "purpose"),
            (pgettext_lazy("price", "Counted by"), "basis"),
            (_("Price in yuan"), "yuan"), (_("Deposit in yuan"), "deposit"), (_("Since"), "since"),
            (_("Until"), "until"), (_("Decided by"), "source"),
        ),
    ),
    table(
        "booking.discounts", _("Discounts of rooms"), Discount, may=may_keep, order=60,
        related=("room__place",), about_persons=False, columns=(
            (_ROOM, "room"), (_("For whom"), "group"), (_("Percent"), "percent"),
            (_("Since"), "since"), (_("Until"), "until"), (_("Decided by"), "source"),
        ),
    ),
    table(
        "booking.entitlements", _("Who pays less"), Entitlement, may=may_keep, order=60,
        related=("person", "checked_by"), columns=(
            (_("Name"), "person.name"), (_("For whom"), "group"), (_("Paper seen"), "paper"),
            (_("Seen by"), "checked_by.display_name"), (_("Since"), "checked_at"),
            (_("Until"), "until"), (_("Ended"), "ended_at"),
        ),
    ),
    table(
        "booking.closures", _("Days on which a room is closed"), Closure, may=may_keep, order=60,
        related=("room__place",), about_persons=False, columns=(
            (_ROOM, "room"), (_("First day"), "first_day"), (_("Last day"), "last_day"),
            (_("Why"), "reason"),
        ),
    ),
)  # fmt: skip
