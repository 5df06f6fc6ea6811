"""What the workshop can be asked for in numbers."""

from decimal import Decimal
from typing import Final

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import NullIf, TruncMonth
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period
from mulin.workshop.production.models import Movement, Order, OrderState, Worker
from mulin.workshop.production.rules import KEEPERS, Spot

_GROUP = _("Workshop")
#: Hours of a full-time post in a month: 21.75 days of eight (劳社部发〔2008〕3号).
FULL_TIME_HOURS: Final = Decimal(174)
_HOURS = ExpressionWrapper(
    F("quantity") * F("lot__order__operation__seconds") / 3600,
    output_field=DecimalField(max_digits=14, decimal_places=1),
)
_ROW = "production/figures/movement_row.html"


def _sees(actor: Actor) -> bool:
    return (
        actor.has(*HANDLER_ROLES, *KEEPERS, Role.STREET_OVERSEER)
        or Scope.FIGURES_READ in actor.scopes
    )


def _keeps(actor: Actor) -> bool:
    return actor.has(*KEEPERS)


def _judged(period: Period) -> "QuerySet[Movement]":
    """Verdicts that stand: those turned round are left out, with the row that did it."""
    rows: QuerySet[Movement] = Movement.objects.filter(
        source=Spot.COUNTER, reversed_by__isnull=True, reverses__isnull=True,
        target__in=[Spot.ACCEPTED, Spot.REWORK, Spot.SCRAP], **period.during("at"),
    )  # fmt: skip
    return rows


def _accepted(period: Period) -> "QuerySet[Movement]":
    return _judged(period).filter(target=Spot.ACCEPTED)


def _ended(period: Period) -> "QuerySet[Order]":
    rows: QuerySet[Order] = Order.objects.filter(state=OrderState.DONE, **period.during("ended_at"))
    return rows


def _ready(rows: "QuerySet[Movement]") -> "QuerySet[Movement]":
    return rows.select_related("lot__order", "item")


FIGURES = (
    Figure(
        name="production.workers_at_end",
        label=_("Workers on the last day 在册工人"),
        definition=_(
            "Persons who had joined the workshop and not left it at the end of the period's last"
            " day, whether they took work that day or not."
        ),
        unit=_("persons"),
        group=_GROUP,
        rows=lambda period: Worker.objects.filter(joined_on__lte=period.last).filter(
            Q(left_on__isnull=True) | Q(left_on__gt=period.last)
        ),
        date_field="joined_on",
        row_template="production/figures/worker_row.html",
        ready=lambda rows: rows.select_related("person"),
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        at_end=True,
        is_public=True,
        order=59,
    ),
    Figure(
        name="production.workers",
        label=_("Workers of the workshop"),
        definition=_(
            "Persons of whom at least one piece was accepted in the period, each counted once."
        ),
        unit=_("persons"),
        group=_GROUP,
        rows=_accepted,
        measure=Count("source_worker", distinct=True),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        persons="source_worker",
        is_public=True,
        order=60,
    ),
    Figure(
        name="production.hours",
        label=_("Hours of work, by the standard"),
        definition=_(
            "Accepted pieces × the standard time of their operation, in hours. Divided by 174 it is"
            " the number of full-time posts of a month."
        ),
        unit=_("hours"),
        group=_GROUP,
        rows=_accepted,
        measure=Sum(_HOURS),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        persons="source_worker",
        order=61,
    ),
    Figure(
        name="production.full_time",
        label=_("Full-time posts that the work would fill 折合全职"),
        definition=_(
            "Accepted pieces × the standard time of their operation, divided by the 174 hours of a"
            " full-time post; of the months in which pieces were accepted, on average. Beside the"
            " number of workers it says how much work there is for each."
        ),
        unit=_("posts"),
        group=_GROUP,
        rows=_accepted,
        measure=ExpressionWrapper(
            Sum(_HOURS) / FULL_TIME_HOURS / NullIf(Count(TruncMonth("at"), distinct=True), 0),
            output_field=DecimalField(max_digits=14, decimal_places=2),
        ),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        persons="source_worker",
        is_public=True,
        order=61,
    ),
    Figure(
        name="production.output",
        label=_("Output of the workshop"),
        definition=_("Accepted pieces × the price agreed with the customer, in yuan, by the day."),
        unit=_("yuan"),
        group=_GROUP,
        rows=_accepted,
        measure=Sum(
            ExpressionWrapper(
                F("quantity") * F("lot__order__price"),
                output_field=DecimalField(max_digits=14, decimal_places=2),
            )
        ),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        persons="source_worker",
        opened=Opened((By(_("Work"), "lot__order__operation__name"),), person="source_worker"),
        is_public=True,
        order=62,
    ),
    Figure(
        name="production.on_time",
        label=_("Orders delivered in time"),
        definition=_(
            "Of the orders whose last piece was delivered in the period, those delivered on the day"
            " they were due, or before. Cancelled orders are not counted."
        ),
        group=_GROUP,
        rows=lambda period: _ended(period).filter(Q(ended_at__date__lte=F("due"))),
        of=_ended,
        of_label=_("orders delivered"),
        date_field="ended_at",
        row_template="production/figures/order_row.html",
        ready=lambda rows: rows.select_related("customer"),
        sees=_sees,
        sees_rows=_keeps,
        is_public=True,
        order=63,
    ),
)
