"""Figures for programs: the same numbers as on the page, and nothing of the rows behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.ground.figures.queries import Reading, figures_for, read, readings
from mulin.ground.figures.registry import Figure, figure_of
from mulin.ground.figures.rules import EARLIEST, LATEST, Period
from mulin.kit.clock import local_day


@dataclass(frozen=True, slots=True)
class FigureAnswer:
    """A figure of a span of days; `number` is null where it is held back or has no share to take.

    `parts` are the counts behind a rate: whatever is null is held back.
    """

    name: str
    label: str
    definition: str
    unit: str
    first: date
    last: date
    number: Decimal | None
    is_rate: bool
    is_held_back: bool
    parts: list["PartAnswer"]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """One count behind a rate."""

    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class FiguresAnswer:
    """Every figure that this program may read."""

    figures: list[FigureAnswer]


class DaysForm(forms.Form):
    """From a day to a day; without any, the month of today."""

    first = forms.DateField(label=_("First day"), required=False)
    last = forms.DateField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if (first is None) != (last is None):
            raise forms.ValidationError(_("Give both days, or none."))
        if first and last and not EARLIEST <= first.year <= last.year <= LATEST:
            raise forms.ValidationError(_("The last day comes after the first."))
        if first and last and last < first:
            raise forms.ValidationError(_("The last day comes after the first."))
        return values


def _period(asked: Asked) -> Period:
    if asked.query["first"] is None:
        today = local_day(asked.now)
        return Period.of_month(today.year, today.month)
    return Period(asked.query["first"], asked.query["last"])


def _all(asked: Asked) -> FiguresAnswer:
    period = _period(asked)
    found = readings(figures_for(asked.actor), period, actor=asked.actor)
    return FiguresAnswer([_told(one) for one in found])


def _one(asked: Asked) -> FigureAnswer:
    try:
        found: Figure = figure_of(asked.args["name"])
    except LookupError as missing:
        raise Http404 from missing
    if not found.sees(asked.actor):
        raise Http404
    return _told(read(found, _period(asked), actor=asked.actor))


def _told(reading: Reading) -> FigureAnswer:
    figure, parts = reading.figure, reading.parts
    return FigureAnswer(
        name=figure.name, label=str(figure.label), definition=str(figure.definition),
        unit=str(figure.unit), first=reading.period.first, last=reading.period.last,
        number=None if reading.number is None else Decimal(reading.number),
        is_rate=figure.is_rate, is_held_back=reading.is_held_back,
        parts=[PartAnswer(name, count) for name, count in _counts(parts)],
    )  # fmt: skip


def _counts(parts: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    return sorted(parts.items())


CALLS: Final = (
    Call(
        name="figures", path="figures/", summary=_("Every figure of a span of days"),
        scope=Scope.FIGURES_READ, answer=FiguresAnswer, query=DaysForm, do=_all,
    ),
    Call(
        name="figure", path="figures/<str:name>/", summary=_("One figure of a span of days"),
        scope=Scope.FIGURES_READ, answer=FigureAnswer, query=DaysForm, do=_one,
    ),
)  # fmt: skip
