"""Rounds in numbers: doors knocked at, households seen. No officer is counted or ranked by them."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.parlour.rounds.models import RoundVisit
from mulin.parlour.rounds.rules import Outcome


def _visits(period: Period) -> "QuerySet[RoundVisit]":
    rows: QuerySet[RoundVisit] = RoundVisit.objects.filter(**period.during("at"))
    return rows


def _ready(rows: "QuerySet[RoundVisit]") -> "QuerySet[RoundVisit]":
    return rows.select_related("dwelling__unit__building", "officer", "need")


_GROUP = _("Rounds")
_ROW = "rounds/figure_row.html"

FIGURES = (
    Figure(
        name="rounds.visits",
        label=_("Visits on rounds"),
        definition=_(
            "Every time a grid officer, or who stood in for them, knocked at a door, whatever came"
            " of it, by the day it happened."
        ),
        unit=_("visits"),
        group=_GROUP,
        rows=_visits,
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        order=20,
    ),
    Figure(
        name="rounds.households",
        label=_("Households seen"),
        definition=_(
            "Households where somebody was seen and spoken with on a round, each counted once in"
            " the period. Choose the last 90 days to see how many were reached in a quarter."
        ),
        unit=_("households"),
        group=_GROUP,
        rows=lambda period: _visits(period).filter(outcome=Outcome.SEEN),
        measure=Count("dwelling", distinct=True),
        date_field="at",
        row_template=_ROW,
        ready=_ready,
        is_public=True,
        about_persons=True,
        persons="dwelling",
        order=21,
    ),
)
