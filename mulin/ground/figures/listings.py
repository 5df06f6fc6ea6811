"""The figures of a period as they are taken away, each with what it means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.figures.queries import Reading, figures_for, readings
from mulin.ground.figures.registry import is_staff
from mulin.ground.figures.rules import Period
from mulin.ground.figures.telling import held_back
from mulin.kit.clock import local_day


def _readings(actor: Actor, values: Mapping[str, Any], now: datetime) -> list[Reading]:
    today = local_day(now)
    first = values.get("first") or today.replace(day=1)
    period = Period(first, max(values.get("last") or today, first))
    return readings(figures_for(actor), period, actor=actor)


def _held_back(reading: Reading) -> str:
    if reading.is_held_back:
        return held_back(reading.figure)
    return ""


def _columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(gettext_lazy("Group"), lambda row: row.figure.group),
        Column(gettext_lazy("Name of the figure"), lambda row: row.figure.label),
        Column(gettext_lazy("Value"), lambda row: row.number),
        Column(
            gettext_lazy("Measured in"), lambda row: "%" if row.figure.is_rate else row.figure.unit
        ),
        Column(gettext_lazy("Held back"), _held_back),
        Column(gettext_lazy("Counted"), lambda row: row.parts.get("rows")),
        Column(gettext_lazy("Of all"), lambda row: row.parts.get("of")),
        Column(gettext_lazy("Not reached"), lambda row: row.parts.get("unreachable")),
        Column(gettext_lazy("Not yet asked"), lambda row: row.parts.get("not-yet-asked")),
        Column(gettext_lazy("From"), lambda row: row.period.first),
        Column(gettext_lazy("Until"), lambda row: row.period.last),
        Column(gettext_lazy("What it means"), lambda row: row.figure.definition),
    )


LISTINGS = (
    Listing(
        name="figures.period", label=gettext_lazy("Figures of a period"), columns=_columns,
        rows=_readings, may=is_staff, form=PeriodForm, about_persons=False, order=30,
    ),
)  # fmt: skip
