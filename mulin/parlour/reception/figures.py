"""Reception's figures: visits, demands, and the three rates, each with what it is a share of."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.parlour.reception.models import Confirmation, Demand, Outcome, Visit

_SATISFIED = 4  # of 5


def _visits(period: Period) -> "QuerySet[Visit]":
    rows: QuerySet[Visit] = Visit.objects.filter(**period.during("at"))
    return rows


def _demands(period: Period) -> "QuerySet[Demand]":
    rows: QuerySet[Demand] = Demand.objects.filter(
        **period.during("received_at"), need__is_sealed=False
    )
    return rows


def _asked(period: Period) -> "QuerySet[Confirmation]":
    rows: QuerySet[Confirmation] = Confirmation.objects.filter(
        **period.during("asked_at"), demand__need__is_sealed=False
    )
    return rows


def _heard(period: Period) -> "QuerySet[Confirmation]":
    return _asked(period).filter(outcome__in=[Outcome.SOLVED, Outcome.NOT_SOLVED])


def _ready_demands(rows: "QuerySet[Demand]") -> "QuerySet[Demand]":
    return rows.select_related("need__category", "need__building", "owner")


def _ready_asked(rows: "QuerySet[Confirmation]") -> "QuerySet[Confirmation]":
    return rows.select_related("demand__need__category", "handler")


_GROUP = _("Reception")
_VISIT_ROW = "reception/figures/visit_row.html"
_DEMAND_ROW = "reception/figures/demand_row.html"
_ASKED_ROW = "reception/figures/asked_row.html"

FIGURES = (
    Figure(
        name="reception.visits",
        label=_("Visits"),
        definition=_(
            "Everybody who came in, phoned, handed in paper or wrote by code or online, each time"
            " counted once, by the day it happened."
        ),
        unit=_("visits"),
        group=_GROUP,
        rows=_visits,
        date_field="at",
        row_template=_VISIT_ROW,
        ready=lambda rows: rows.select_related("person", "worker", "need"),
        order=10,
    ),
    Figure(
        name="reception.demands",
        label=_("Demands received"),
        definition=_("Every demand, by the day it was said, whatever became of it."),
        unit=_("demands"),
        group=_GROUP,
        rows=_demands,
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        order=11,
    ),
    Figure(
        name="reception.late",
        label=_("Demands that missed a limit"),
        definition=_(
            "Of the demands received: those whose first word or answer came after its limit, or"
            " has not come and the limit is past. Closing a demand does not take it away."
        ),
        unit=_("demands"),
        group=_GROUP,
        rows=lambda period: _demands(period).filter(was_late=True),
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        order=12,
    ),
    Figure(
        name="reception.response_rate",
        label=_("Response rate 响应率"),
        definition=_(
            "Demands whose asker had a first word within the limit, of all demands received that"
            " had such a limit: what another system's file brought had none."
        ),
        group=_GROUP,
        rows=lambda period: _demands(period).filter(responded_at__lte=F("respond_by")),
        of=lambda period: _demands(period).filter(respond_by__isnull=False),
        of_label=_("demands received"),
        date_field="received_at",
        row_template=_DEMAND_ROW,
        ready=_ready_demands,
        order=13,
    ),
    Figure(
        name="reception.solved_rate",
        label=_("Solved rate 解决率"),
        definition=_(
            "Answers that the asker confirmed as solved, of the answers whose asker was heard."
            " An answer that nobody confirmed is not counted as solved."
        ),
        group=_GROUP,
        rows=lambda period: _heard(period).filter(outcome=Outcome.SOLVED),
        of=_heard,
        of_label=_("answers whose asker was heard"),
        unreachable=lambda period: _asked(period).filter(outcome=Outcome.UNREACHABLE),
        not_yet_asked=lambda period: _asked(period).filter(outcome=""),
        date_field="asked_at",
        row_template=_ASKED_ROW,
        ready=_ready_asked,
        order=14,
    ),
    Figure(
        name="reception.satisfied_rate",
        label=_("Satisfaction rate 满意率"),
        definition=_("Answers rated 4 or 5 of 5, of the answers that were rated."),
        group=_GROUP,
        rows=lambda period: _heard(period).filter(rating__gte=_SATISFIED),
        of=lambda period: _heard(period).filter(rating__isnull=False),
        of_label=_("answers that were rated"),
        unreachable=lambda period: _asked(period).filter(outcome=Outcome.UNREACHABLE),
        not_yet_asked=lambda period: _asked(period).filter(outcome=""),
        date_field="asked_at",
        row_template=_ASKED_ROW,
        ready=_ready_asked,
        order=15,
    ),
)
