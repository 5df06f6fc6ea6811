"""What bookings can be asked for in numbers."""

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Booking
from mulin.circle.booking.rules import State
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period

_GROUP = _("Rooms")
_ROW = "booking/figures/booking_row.html"
_HOURS = Sum(
    ExpressionWrapper(
        F("minutes") / 60.0, output_field=DecimalField(max_digits=12, decimal_places=2)
    )
)


def _used(period: Period) -> "QuerySet[Booking]":
    rows: QuerySet[Booking] = Booking.objects.filter(state=State.CAME, **period.during("starts_at"))
    return rows


def _ready(rows: "QuerySet[Booking]") -> "QuerySet[Booking]":
    return rows.select_related("room__place", "person")


FIGURES = (
    Figure(
        name="booking.hours",
        label=_("Hours rooms were used"),
        definition=_("Bookings to which somebody came, from their beginning to their end, without"
                     " the cleaning."),
        unit=_("hours"), group=_GROUP, rows=_used, measure=_HOURS, date_field="starts_at",
        row_template=_ROW, ready=_ready, opened=Opened((By(_("Place"), "room__place__name"),), person="person"),
        is_public=True, about_persons=True,
        persons="person",
        order=80,
    ),
    Figure(
        name="booking.idle_elders",
        label=_("Idle hours used by the old"),
        definition=_("Of the hours rooms were used, those wholly within idle hours and booked by"
                     " somebody of sixty years or more on that day."),
        unit=_("hours"), group=_GROUP,
        rows=lambda period: _used(period).filter(is_idle=True, is_elder=True),
        measure=_HOURS, date_field="starts_at", row_template=_ROW, ready=_ready, is_public=True, about_persons=True,
        persons="person",
        order=81,
    ),
    Figure(
        name="booking.by_group",
        label=_("Bookings with a discount for a group"),
        definition=_("Of the bookings to which somebody came, those whose price was lower because"
                     " the booker belongs to a group; the rows say to which."),
        group=_GROUP,
        rows=lambda period: _used(period).filter(discount__isnull=False),
        of=_used, of_label=_("bookings that took place"), date_field="starts_at",
        row_template=_ROW, ready=_ready, is_public=True, about_persons=True,
        order=82,
    ),
    Figure(
        name="booking.missed",
        label=_("Bookings nobody came to"),
        definition=_("Bookings whose time is over and to which nobody came, nor were they cancelled."),
        unit=_("bookings"), group=_GROUP,
        rows=lambda period: Booking.objects.filter(
            state=State.MISSED, **period.during("starts_at")
        ),
        date_field="starts_at", row_template=_ROW, ready=_ready, about_persons=True,
        persons="person",
        order=83,
    ),
)  # fmt: skip
