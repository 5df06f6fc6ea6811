"""What a figure is in a period, how it went, and the rows behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import CharField, Count, DecimalField, QuerySet, Value
from django.db.models.functions import Cast, Trunc

from mulin.ground.community.rules import Actor
from mulin.ground.figures.models import Snapshot
from mulin.ground.figures.registry import Figure, Rows, figures
from mulin.ground.figures.rules import (
    Period,
    Span,
    Trend,
    is_too_small,
    share_percent,
    start_of_bar,
    trend_of,
)
from mulin.kit.clock import local_day

Number = int | Decimal

#: How many counts one question to the database adds up: SQLite takes no more than 500 in one.
_PARTS_AT_ONCE: Final = 200
_SMALLEST: Final = Decimal("0.0001")
_ANY_NUMBER: Final = DecimalField(max_digits=24, decimal_places=4)


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
        if _is_held_back(figure, _size(figure, period, sees_rows=sees_rows), sees_rows=sees_rows):
            return Reading(figure, period, None, {}, is_held_back=True)
        return Reading(figure, period, _measured(figure, figure.rows(period)), {})
    counts = {name: rows(period).count() for name, rows in figure.parts.items()}
    parts = {
        name: None if _is_held_back(figure, count, sees_rows=sees_rows) else count
        for name, count in counts.items()
    }
    if parts["of"] is None or parts["rows"] is None:  # the share would tell what is held back
        return Reading(figure, period, None, parts, is_held_back=True)
    return Reading(figure, period, share_percent(counts["rows"], counts["of"]), parts)


def measure_all(figure: Figure, period: Period) -> tuple[Number | None, int | None]:
    """Value and denominator as they are, for the snapshot; nothing is held back."""
    if figure.of is None:
        return _measured(figure, figure.rows(period)), None
    of = figure.of(period).count()
    return share_percent(figure.rows(period).count(), of), of


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure as it is, nothing held back: its value, the rows behind it, what they are a share of.

    The value is None for a rate of nothing.
    """

    figure: Figure
    value: Number | None
    rows: int
    of: int | None = None
    persons: int = 0

    def is_held_back(self, *, least: int | None = None) -> bool:
        """Whether it tells of too few persons for whoever may not see them.

        Of a share, too, whose other side is so small: the rest of all is told by it.
        """
        figure = self.figure
        least = max(figure.min_count, least or 0)
        sizes = [self.persons] if self.of is None else [self.rows, self.of, self.of - self.rows]
        return any(
            is_too_small(size, about_persons=figure.about_persons, sees_rows=False, least=least)
            for size in sizes
        )


def measured(period: Period, chosen: Iterable[Figure]) -> list[Measured]:
    """These figures of a period, in one question to the database for each hundred of them.

    No row is loaded. Nothing is held back: whoever shows it to somebody asks `is_held_back`.
    """
    wanted = list(chosen)
    parts: dict[str, tuple[QuerySet[Any], Any]] = {}  # Any: rows of any table; what adds them up
    for figure in wanted:
        for name, rows in (("rows", figure.rows), ("of", figure.of)):
            if rows is not None:
                parts[f"{figure.name}/{name}"] = (rows(period), Count("pk"))
        if figure.measure is not None:
            parts[f"{figure.name}/value"] = (figure.rows(period), figure.measure)
        if figure.persons:
            parts[f"{figure.name}/persons"] = (figure.rows(period), _persons(figure))
    numbers = _numbers(parts)
    return [_put_together(figure, numbers) for figure in wanted]


def values_of(period: Period, chosen: Iterable[Figure] | None = None) -> dict[str, Number | None]:
    """{name: value} of every figure of the community in scope, or of these; as `measured`."""
    found = measured(period, figures() if chosen is None else chosen)
    return {one.figure.name: one.value for one in found}


def by_group(found: Iterable[Measured]) -> list[tuple[str, list[Measured]]]:
    """The figures of each room together, the rooms in the order of their first figure."""
    groups: dict[str, list[Measured]] = {}
    for one in found:
        groups.setdefault(str(one.figure.group), []).append(one)
    return list(groups.items())


def _put_together(figure: Figure, numbers: Mapping[str, Decimal]) -> Measured:
    rows = int(numbers.get(f"{figure.name}/rows", 0))
    persons = int(numbers.get(f"{figure.name}/persons", 0)) if figure.persons else rows
    if figure.is_rate:
        of = int(numbers.get(f"{figure.name}/of", 0))
        return Measured(figure, share_percent(rows, of), rows, of, persons)
    if figure.measure is None:
        return Measured(figure, rows, rows, persons=persons)
    value = _plain(numbers.get(f"{figure.name}/value"))
    return Measured(figure, value, rows, persons=persons)


def _plain(number: Decimal | None) -> Number:
    """A whole number as such, whatever the column it was added up from; nothing is nought."""
    if number is None:
        return 0
    number = number.quantize(_SMALLEST, ROUND_HALF_UP)
    return int(number) if number == number.to_integral_value() else number.normalize()


# Any: rows of any table, and whatever adds them up.
def _numbers(parts: "Mapping[str, tuple[QuerySet[Any], Any]]") -> dict[str, Decimal]:
    """What each part adds up to, by its name; one that has no row may be missing."""
    asked = [
        rows.order_by()
        .values(part_=Cast(Value(name), CharField(max_length=120)))
        .annotate(number_=Cast(measure, _ANY_NUMBER))
        for name, (rows, measure) in parts.items()
    ]
    found: dict[str, Decimal] = {}
    for begin in range(0, len(asked), _PARTS_AT_ONCE):
        first, *more = asked[begin : begin + _PARTS_AT_ONCE]
        found.update(
            (name, number)
            for name, number in first.union(*more, all=True).values_list("part_", "number_")
            if number is not None
        )
    return found


def trend(figure: Figure, period: Period, *, actor: Actor) -> list[Bar]:
    """How the figure went up to this period; nothing, if a bar would have to be held back."""
    shape = trend_of(period)
    if figure.at_end:
        return _stands(figure, shape, actor=actor)
    counted = _by_bar(figure, figure.rows, shape.stretch, shape.width)
    if figure.of is None:
        bars = [Bar(first, counted.get(first, 0)) for first in shape.bars()]
        sizes = (
            counted
            if figure.measure is None and not figure.persons
            else _sizes_by_bar(figure, shape.stretch, shape.width)
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


def _persons(figure: Figure) -> Count:
    return Count(figure.persons or "pk", distinct=True)


def _size(figure: Figure, period: Period, *, sees_rows: bool) -> int:
    """How many people a number tells of: a sum may be large and still be one person's."""
    if not figure.about_persons or sees_rows:
        return 0
    found: int = figure.rows(period).order_by().aggregate(size=_persons(figure))["size"]
    return found


def _is_held_back(figure: Figure, count: int, *, sees_rows: bool) -> bool:
    return is_too_small(
        count, about_persons=figure.about_persons, sees_rows=sees_rows, least=figure.min_count
    )


def _by_bar(figure: Figure, rows: Rows, stretch: Period, width: Span) -> dict[date, Number]:
    measure = figure.measure if figure.measure is not None else Count("pk", distinct=True)
    return _grouped(figure, rows(stretch), width, measure)


def _sizes_by_bar(figure: Figure, stretch: Period, width: Span) -> dict[date, Number]:
    return _grouped(figure, figure.rows(stretch), width, _persons(figure))


def _stands(figure: Figure, shape: Trend, *, actor: Actor) -> list[Bar]:
    """What there was at the end of each bar, in one question to the database."""
    starts = shape.bars()
    ends = [*(first - timedelta(days=1) for first in starts[1:]), shape.stretch.last]
    parts: dict[str, tuple[QuerySet[Any], Any]] = {}  # Any: rows of any table; what adds them up
    for first, last in zip(starts, ends, strict=True):
        rows = figure.rows(Period.of_day(last))
        parts[f"{first}/value"] = (rows, figure.measure or Count("pk"))
        parts[f"{first}/persons"] = (rows, _persons(figure))
    numbers = _numbers(parts)
    sees_rows = figure.sees_rows(actor)
    if any(
        _is_held_back(figure, int(numbers.get(f"{first}/persons", 0)), sees_rows=sees_rows)
        for first in starts
    ):
        return []
    return [Bar(first, _plain(numbers.get(f"{first}/value"))) for first in starts]


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
