"""What the workshop can be asked for in numbers."""

from decimal import Decimal
from typing import Final

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, NullIf, Round, TruncMonth
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period
from mulin.workshop.production.models import (
    Movement,
    Order,
    OrderState,
    Worker,
    WorkerSkill,
)
from mulin.workshop.production.rules import KEEPERS, NOT_HERS, Spot

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


def _first_judged(period: Period) -> "QuerySet[Movement]":
    """First verdicts on pieces: what went out to be done again is not judged for the first time, and
    a fault of the material or a change by the customer says nothing of the hand.
    """
    again = Movement.objects.filter(
        lot=OuterRef("lot"), source=Spot.REWORK, target_worker=OuterRef("source_worker"),
        at__lt=OuterRef("at"),
    )  # fmt: skip
    return _judged(period).exclude(cause__in=NOT_HERS).filter(~Exists(again))


def _idle(period: Period) -> "QuerySet[WorkerSkill]":
    """Skills that count on the last day, of who works here, of which no piece was accepted."""
    last = period.last
    used = Movement.objects.filter(
        source=Spot.COUNTER, target=Spot.ACCEPTED, source_worker=OuterRef("worker"),
        lot__order__operation__skill=OuterRef("skill"), reversed_by__isnull=True,
        reverses__isnull=True, **period.during("at"),
    )  # fmt: skip
    same = WorkerSkill.objects.filter(worker=OuterRef("worker"), skill=OuterRef("skill"))
    rows: QuerySet[WorkerSkill] = (
        WorkerSkill.objects.filter(certified_on__lte=last, worker__joined_on__lte=last)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gte=last))
        .filter(Q(worker__left_on__isnull=True) | Q(worker__left_on__gt=last))
        # Shown twice it is one skill: the one shown last.
        .filter(
            ~Exists(same.filter(certified_on__gt=OuterRef("certified_on"), certified_on__lte=last)),
            ~Exists(used),
        )
    )
    return rows


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
        within="production.workers_at_end",
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
    Figure(
        name="production.first_pass",
        label=_("Pieces right the first time"),
        definition=_(
            "Of the pieces judged in the period for the first time, those that were accepted, in"
            " percent. A fault of the material and a change by the customer are left out; once pieces"
            " of a lot went out to a worker to be done again, what she gives back of it is no longer"
            " judged for the first time."
        ),
        unit="%",
        group=_GROUP,
        rows=_first_judged,
        # SQLite divides whole numbers to whole ones.
        measure=Round(
            Cast(
                Cast(
                    Sum(
                        Case(
                            When(target=Spot.ACCEPTED, then=F("quantity")),
                            default=Value(Decimal(0)),
                        )
                    ),
                    FloatField(),
                )
                * 100
                / NullIf(Cast(Sum("quantity"), FloatField()), 0.0),
                DecimalField(max_digits=14, decimal_places=6),
            ),
            precision=1,
        ),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        sees=_sees,
        sees_rows=_keeps,
        order=63,
    ),
    Figure(
        name="production.idle_skills",
        label=_("Skills that were not used"),
        definition=_(
            "Skills that count on the last day of the period, of workers who work here then, in which"
            " no piece of theirs was accepted in the period: each worker's each skill once."
        ),
        group=_GROUP,
        rows=_idle,
        date_field="certified_on",
        row_template="production/figures/skill_row.html",
        ready=lambda rows: rows.select_related("worker__person", "skill"),
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        at_end=True,
        order=65,
    ),
)
