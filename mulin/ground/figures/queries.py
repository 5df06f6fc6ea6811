"""What a figure is in a period, how it went, and the rows behind it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, Final

from django.db.models import CharField, Count, DecimalField, QuerySet, Value
from django.db.models.functions import Cast, Trunc
from django.utils.translation import gettext as _

from mulin.ground.community.rules import Actor
from mulin.ground.figures.folding import TOGETHER, Row
from mulin.ground.figures.models import Snapshot
from mulin.ground.figures.registry import By, Figure, Rows, figure_of, figures
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
from mulin.kit.memory import give_back

Number = int | Decimal

#: How many counts one question to the database adds up. SQLite takes no more than 500 in one, and
#: what a process once needed for such a question it keeps.
_PARTS_AT_ONCE: Final = 50
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
class Compared:
    """A reading beside that of a year before, as the same reader may see it."""

    now: Reading
    before: Reading

    @property
    def change(self) -> Number | None:
        """By how much it grew; None where one of the two is not told."""
        if self.now.number is None or self.before.number is None:
            return None
        return self.now.number - self.before.number


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a trend. None where a rate had nothing to be a share of."""

    first: date
    number: Number | None


def public_figures() -> list[Figure]:
    """The figures that everybody may read, where enough persons stand behind them."""
    return [figure for figure in figures() if figure.is_public]


def figures_for(actor: Actor) -> list[Figure]:
    """The figures this actor sees."""
    return [figure for figure in figures() if figure.sees(actor)]


def read(figure: Figure, period: Period, *, actor: Actor) -> Reading:
    """The figure in this period. The number equals the rows that `rows_behind` opens."""
    return readings([figure], period, actor=actor)[0]


def readings(chosen: Iterable[Figure], period: Period, *, actor: Actor) -> list[Reading]:
    """These figures in this period, in one question to the database."""
    return [
        reading_of(one, period, sees_rows=one.figure.sees_rows(actor))
        for one in measured(period, chosen)
    ]


def compared(
    chosen: Iterable[Figure], period: Period, *, actor: Actor, today: date
) -> list[Compared]:
    """These figures beside those of the same days a year before, in two questions.

    Of a period that is not over, the year before counts up to the same day.
    """
    wanted = list(chosen)
    return [
        Compared(now, before)
        for now, before in zip(
            readings(wanted, period, actor=actor),
            readings(wanted, period.until(today).a_year_before(), actor=actor),
            strict=True,
        )
    ]


def years_of(chosen: Iterable[Figure], years: Iterable[int]) -> dict[int, dict[str, Reading]]:
    """Each of these years, by the figures' names, as everybody may read it; a question for each."""
    wanted = list(chosen)
    found = {}
    for year in years:
        period = Period.of_year(year)
        told = [reading_of(one, period) for one in measured(period, wanted)]
        found[year] = {one.figure.name: one for one in told}
    return found


def before_of(chosen: Iterable[Figure], year: int, *, today: date) -> dict[str, Reading]:
    """The year before, by the figures' names, as everybody may read it; as far as this one is."""
    period = Period.of_year(year).until(today).a_year_before()
    return {one.figure.name: reading_of(one, period) for one in measured(period, chosen)}


def reading_of(one: "Measured", period: Period, *, sees_rows: bool = False) -> Reading:
    """What may be told of a figure to somebody who may see its rows, or may not."""
    figure = one.figure
    if not figure.is_rate:
        is_told_by_rest = not sees_rows and 0 < one.rest < figure.min_count
        if is_told_by_rest or _is_held_back(figure, one.persons, sees_rows=sees_rows):
            return Reading(figure, period, None, {}, is_held_back=True)
        return Reading(figure, period, one.value, {})
    parts = {
        name: None if _is_held_back(figure, count, sees_rows=sees_rows) else count
        for name, count in one.parts.items()
    }
    if parts["of"] is None or parts["rows"] is None:  # the share would tell what is held back
        return Reading(figure, period, None, parts, is_held_back=True)
    return Reading(figure, period, one.value, parts)


def measure_all(figure: Figure, period: Period) -> tuple[Number | None, int | None]:
    """Value and denominator as they are, for the snapshot; nothing is held back."""
    one = measured(period, [figure])[0]
    return one.value, one.parts.get("of")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure as it is, nothing held back: its value, the rows behind it, of how many persons.

    The value is None for a rate of nothing; `parts` are the counts behind a rate. `rest` is how many
    more the figure counts that this one lies within; 0 without one.
    """

    figure: Figure
    value: Number | None
    rows: int
    persons: int
    parts: Mapping[str, int]
    rest: int = 0

    def is_telling(self, *, least: int) -> bool:
        """Whether it tells of fewer persons than that: the rest of a share is told by it, too, and so
        is the rest of the figure it lies within.
        """
        if 0 < self.rest < least:
            return True
        sizes = [self.persons]
        if self.figure.is_rate:
            of = self.parts["of"]
            sizes = [of, self.rows, of - self.rows]
        return any(
            is_too_small(
                size, about_persons=self.figure.about_persons, sees_rows=False, least=least
            )
            for size in sizes
        )


def measured(period: Period, chosen: Iterable[Figure]) -> list[Measured]:
    """These figures of a period, in one question to the database for some dozens of them.

    No row is loaded. Nothing is held back: whoever shows it to somebody asks `reading_of`.
    """
    wanted = list(chosen)
    if not wanted:
        return []
    named = {figure.name for figure in wanted}
    around = {figure.within for figure in wanted if figure.within} - named
    parts: dict[str, tuple[QuerySet[Any], Any]] = {}  # Any: rows of any table; what adds them up
    for figure in (*wanted, *map(figure_of, sorted(around))):
        for name, rows in figure.parts.items():
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
    counts = {name: int(numbers.get(f"{figure.name}/{name}", 0)) for name in figure.parts}
    rows = counts["rows"]
    persons = int(numbers.get(f"{figure.name}/persons", 0)) if figure.persons else rows
    value: Number | None = rows
    if figure.is_rate:
        value = share_percent(rows, counts["of"])
    elif figure.measure is not None:
        value = plain(numbers.get(f"{figure.name}/value"))
    rest = 0
    if figure.within:
        whole = _put_together(figure_of(figure.within), numbers)
        rest = max(0, int(whole.value or 0) - int(value or 0))
    return Measured(figure, value, rows, persons, counts if figure.is_rate else {}, rest)


def plain(number: Number | None) -> Number:
    """A whole number as such, whatever the column it was added up from; nothing is nought."""
    if number is None:
        return 0
    number = Decimal(number).quantize(_SMALLEST, ROUND_HALF_UP)
    return int(number) if number == number.to_integral_value() else number.normalize()


# Any: rows of any table, and whatever adds them up.
def _numbers(parts: "Mapping[str, tuple[QuerySet[Any], Any]]") -> dict[str, Decimal]:
    """What each part adds up to, by its name; one that has no row may be missing."""
    found: dict[str, Decimal] = {}
    waiting = iter(parts.items())
    while some := list(islice(waiting, _PARTS_AT_ONCE)):
        first, *more = (
            rows.order_by()
            .values(part_=Cast(Value(name), CharField(max_length=120)))
            .annotate(number_=Cast(measure, _ANY_NUMBER))
            for name, (rows, measure) in some
        )
        found.update(
            (name, number)
            for name, number in first.union(*more, all=True).values_list("part_", "number_")
            if number is not None
        )
    if len(parts) > _PARTS_AT_ONCE:
        give_back()  # their wording is thrown away
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
    told = [*sizes.values(), *(counted.values() if figure.is_rate else ())]
    if any(_is_held_back(figure, int(size), sees_rows=sees_rows) for size in told):
        return []
    return bars


def rows_behind(figure: Figure, period: Period, part: str) -> "QuerySet[Any]":  # Any: any table
    """The rows of one part of a figure, newest first. Raises KeyError for no such part."""
    rows = figure.parts[part](period)
    return figure.ready(rows.order_by(f"-{figure.date_field}", "-pk"))


def open_rows(figure: Figure, period: Period) -> Iterator[Row]:
    """What the open data are made of: sums of a month, of every way it is cut, of each person.

    `figure.opened` must be set.
    """
    opened = figure.opened
    if opened is None:
        raise ValueError(figure.name)
    columns = [by.column for by in opened.by]
    grouped = (
        figure.rows(period)
        .order_by()
        .annotate(month_=Trunc(figure.date_field, Span.MONTH.value))
        .values("month_", *columns, *([opened.person] if opened.person else []))
        .annotate(count_=Count("pk"), amount_=figure.measure or Count("pk"))
        .values_list(
            "month_", "count_", "amount_", *([opened.person] if opened.person else []), *columns
        )
    )
    for month, count, amount, *others in grouped:
        who = others.pop(0) if opened.person else None
        key = (f"{month:%Y-%m}", *_said(opened.by, others))
        number = plain(None if amount is None else Decimal(str(amount)))
        unknown = int(number) if opened.adds_persons else count
        yield Row(key, number, who, 0 if who is not None else unknown)


# Any: what a column of any kind holds.
def _said(by: Iterable[By], values: Iterable[Any]) -> Iterator[str]:
    for one, value in zip(by, values, strict=True):
        words = str(one.labels.get(value, "") or ("" if value is None else value))
        yield words.replace(TOGETHER, "＊") or _("not known")


def snapshots_of(days: Iterable[date]) -> set[tuple[str, date]]:
    """Of these days, which figures' values were kept."""
    return set(Snapshot.objects.filter(day__in=list(days)).values_list("name", "day"))


def _persons(figure: Figure) -> Count:
    return Count(figure.persons or "pk", distinct=True)


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
        day = Period.of_day(last)
        parts[f"{first}/value"] = (figure.rows(day), figure.measure or Count("pk"))
        if figure.of is not None:
            parts[f"{first}/of"] = (figure.of(day), Count("pk"))
        if figure.persons:
            parts[f"{first}/persons"] = (figure.rows(day), _persons(figure))
    numbers = _numbers(parts)
    counted = {first: plain(numbers.get(f"{first}/value")) for first in starts}
    wholes = {first: int(numbers.get(f"{first}/of", 0)) for first in starts}
    sizes = [
        *(numbers.get(f"{first}/persons", 0) for first in starts if figure.persons),
        *(counted.values() if not figure.persons else ()),
        *(wholes.values() if figure.is_rate else ()),
    ]
    sees_rows = figure.sees_rows(actor)
    if any(_is_held_back(figure, int(size), sees_rows=sees_rows) for size in sizes):
        return []
    if not figure.is_rate:
        return [Bar(first, number) for first, number in counted.items()]
    return [
        Bar(first, share_percent(int(number), wholes[first])) for first, number in counted.items()
    ]


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
        start_of_bar(bar if not isinstance(bar, datetime) else local_day(bar), width): plain(
            None if number is None else Decimal(str(number))
        )
        for bar, number in found
        if bar is not None
    }
