"""What of reception a head may let the street look at: sums by grid, demands without persons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Visibility
from mulin.ground.figures.rules import Period
from mulin.ground.street.registry import Opening
from mulin.ground.street.rules import is_hidden
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.parlour.reception.models import Demand


def _by_grid(_typed: Mapping[str, Any], now: datetime) -> dict[str, object]:
    """Demands of this year by the grid they came from, in one question. Small counts are held back."""
    year = Period.of_year(local_day(now).year)
    rows = (
        Demand.objects.filter(need__is_sealed=False, **year.during("received_at"))
        .order_by()
        .values("grid__number", "grid__name")
        .annotate(
            received=Count("id"),
            answered=Count("id", filter=Q(answered_at__isnull=False)),
            late=Count("id", filter=Q(was_late=True)),
        )
        .order_by("grid__number")
    )
    lines = [(row["grid__name"], [row["received"], row["answered"], row["late"]]) for row in rows]
    heads = (_("Demands received"), _("Demands answered"), _("Demands that missed a limit"))
    drawn = [
        (
            name,
            [
                (head, None if is_hidden(count) else count)
                for head, count in zip(heads, counts, strict=True)
            ],
        )
        for name, counts in lines
    ]
    return {"lines": drawn, "heads": heads, "year": year.first.year}


def _demands(typed: Mapping[str, Any], _now: datetime) -> dict[str, object]:
    """Every demand by number, kind, grid and state. Neither words nor names: words tell of people.

    What is sealed or was told in confidence is not among them. The latest received stand first.
    """
    rows = (
        Demand.objects.filter(need__is_sealed=False)
        .exclude(need__visibility=Visibility.CONFIDENTIAL)
        .select_related("need__category", "grid")
        .order_by("-received_at", "-id")
    )
    return {"page": page_of(rows, typed)}


OPENINGS = (
    Opening(
        name="grids", label=_("Sums by grid"),
        hint=_("demands of this year, how many were answered and how many were late, in each grid"),
        template="reception/street_grids.html", load=_by_grid,
    ),
    Opening(
        name="demands", label=_("List of demands"),
        hint=_("number, kind, grid, state and days of each demand; no words and no names"),
        template="reception/street_demands.html", load=_demands,
    ),
)  # fmt: skip
