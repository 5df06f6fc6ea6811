"""What a figure is in a period, how it went, and the rows behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Trunc

from mulin.ground.community.rules import Actor
from mulin.ground.figures.models import Snapshot
from mulin.ground.figures.registry import Figure, Rows, figures
from mulin.ground.figures.rules import (
    Period,
    Span,
    is_too_small,
    share_percent,
    start_of_bar,
    trend_of,
)
from mulin.kit.clock import local_day

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure in a period, as one reader may see it.

    `number` is None where it is held back (`is_held_back`), and for a rate without anything it
    could be a share of. `parts` are the counts behind a rate, by their name in the address; one
    that is held back is None.
    """

    figure: Figure
    period: Period
    number: Number | None
    parts: dict[str, int | None]
    is_held_back: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a trend. None where a rate had nothing to be a share of."""

    first: date
    number: Number | None


def figures_for(actor: Actor) -> list[Figure]:
    """The figures this actor sees."""
    return [figure for figure in figures() if figure.sees(actor)]


def read(figure: Figure, period: Period, *, actor: Actor) -> Reading:
    """The figure in this period. The number equals the rows that `rows_behind` opens."""
    sees_rows = figure.sees_rows(actor)
    if not figure.is_rate:
        number = _measured(figure, figure.rows(period))
        count = _size_for_holding_back(figure, period, number, sees_rows=sees_rows)
        if _is_held_back(figure, count, sees_rows=sees_rows):
            return Reading(figure, period, None, {}, is_held_back=True)
        return Reading(figure, period, number, {})
    counts = {name: rows(period).count() for name, rows in figure.parts.items()}
    parts = {
        name: None if _is_held_back(figure, count, sees_rows=sees_rows) else count
        for name, count in counts.items()
    }
    if _is_held_back(figure, counts["of"], sees_rows=sees_rows):
        return Reading(figure, period, None, parts, is_held_back=True)
    return Reading(figure, period, share_percent(counts["rows"], counts["of"]), parts)


def measure_all(figure: Figure, period: Period) -> tuple[Number | None, int | None]:
    """Value and denominator as they are, for the snapshot; nothing is held back."""
    if figure.of is None:
        return _measured(figure, figure.rows(period)), None
    of = figure.of(period).count()
    return share_percent(figure.rows(period).count(), of), of


def trend(figure: Figure, period: Period, *, actor: Actor) -> list[Bar]:
    """How the figure went up to this period; nothing, if a bar would have to be held back."""
    shape = trend_of(period)
    counted = _by_bar(figure, figure.rows, shape.stretch, shape.width)
    if figure.of is None:
        bars = [Bar(first, counted.get(first, 0)) for first in shape.bars()]
        sizes = (
            counted if figure.measure is None else _sizes_by_bar(figure, shape.stretch, shape.width)
        )
    else:
        sizes = _by_bar(figure, figure.of, shape.stretch, shape.width)
        bars = [
            Bar(first, share_percent(int(counted.get(first, 0)), int(sizes.get(first, 0))))
            for first in shape.bars()
        ]
    sees_rows = figure.sees_rows(actor)
    if any(_is_held_back(figure, int(size), sees_rows=sees_rows) for size in sizes.values()):
        return []
    return bars


def rows_behind(figure: Figure, period: Period, part: str) -> "QuerySet[Any]":  # Any: any table
    """The rows of one part of a figure, newest first. Raises KeyError for no such part."""
    rows = figure.parts[part](period)
    return figure.ready(rows.order_by(f"-{figure.date_field}", "-pk"))


def days_without_snapshot(figure: Figure, days: Iterable[date]) -> list[date]:
    """Of these days, those whose value was not kept yet."""
    wanted = list(days)
    kept = set(
        Snapshot.objects.filter(name=figure.name, day__in=wanted).values_list("day", flat=True)
    )
    return [day for day in wanted if day not in kept]


def _measured(figure: Figure, rows: "QuerySet[Any]") -> Number:
    if figure.measure is None:
        return rows.count()
    return rows.order_by().aggregate(number=figure.measure)["number"] or 0


def _size_for_holding_back(
    figure: Figure, period: Period, number: Number, *, sees_rows: bool
) -> int:
    """How many people a sum tells of: the sum itself may be large and still be one person's."""
    if figure.measure is None:
        return int(number)
    if not figure.about_persons or sees_rows:
        return 0
    return figure.rows(period).count()


def _is_held_back(figure: Figure, count: int, *, sees_rows: bool) -> bool:
    return is_too_small(
        count, about_persons=figure.about_persons, sees_rows=sees_rows, least=figure.min_count
    )


def _by_bar(figure: Figure, rows: Rows, stretch: Period, width: Span) -> dict[date, Number]:
    measure = figure.measure if figure.measure is not None else Count("pk", distinct=True)
    return _grouped(figure, rows(stretch), width, measure)


def _sizes_by_bar(figure: Figure, stretch: Period, width: Span) -> dict[date, Number]:
    return _grouped(figure, figure.rows(stretch), width, Count("pk", distinct=True))


def _grouped(
    figure: Figure,
    rows: "QuerySet[Any]",
    width: Span,
    measure: Any,
) -> dict[date, Number]:
    found = (
        rows.order_by()
        # In the zone of the settings; naming it here would refuse columns of days.
        .annotate(bar_of=Trunc(figure.date_field, width.value))
        .values("bar_of")
        .annotate(bar_number=measure)
        .values_list("bar_of", "bar_number")
    )
    # A column of days gives days, one of moments gives moments at 00:00.
    return {
        start_of_bar(bar if not isinstance(bar, datetime) else local_day(bar), width): number or 0
        for bar, number in found
        if bar is not None
    }
