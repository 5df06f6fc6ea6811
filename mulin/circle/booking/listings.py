"""Lists of bookings that can be taken away as a file."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Booking, moment_words
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.forms import DayField


class PeriodForm(forms.Form):
    """From which day to which."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), is_last=True, required=False)


def _columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Room"), lambda row: str(row.room)),
        Column(_("From"), lambda row: moment_words(row.starts_at)),
        Column(_("Until"), lambda row: moment_words(row.ends_at)),
        Column(_("What for"), lambda row: str(row.get_purpose_display())),
        Column(_("People"), lambda row: row.people),
        Column(_("Stands"), lambda row: str(row.get_state_display())),
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
    ),
)
