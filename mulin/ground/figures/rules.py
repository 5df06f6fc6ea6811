"""The law of figures: what a period is, when a number is too small to be shown, what a rate is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from mulin.kit.clock import end_of_day, parse_day, start_of_day

#: A count of people below this could be counted off on the stairs, so it is not shown to whoever
#: may not see the people themselves.
MIN_COUNT: Final = 5
#: A trend by days has at most as many bars; longer ones go by months, then by years.
MOST_DAYS: Final = 31
MOST_MONTHS: Final = 24
_LEAP_DAY: Final = (2, 29)
#: Years in which something may have been counted.
EARLIEST, LATEST = 1900, 2200


class Span(StrEnum):
    """How a period was asked for; also the width of a trend's bars (without DAYS)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days, the last one included."""

    first: date
    last: date
    span: Span = Span.DAYS

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends after it begins")

    @classmethod
    def of_day(cls, day: date) -> "Period":
        return cls(day, day, Span.DAY)

    @classmethod
    def of_month(cls, year: int, month: int) -> "Period":
        first = date(year, month, 1)
        return cls(first, _month_after(first) - timedelta(days=1), Span.MONTH)

    @classmethod
    def of_year(cls, year: int) -> "Period":
        return cls(date(year, 1, 1), date(year, 12, 31), Span.YEAR)

    @property
    def starts_at(self) -> datetime:
        """00:00 of the first day: `field__gte=period.starts_at`."""
        return start_of_day(self.first)

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day, no longer in the period: `field__lt=period.ends_at`."""
        return end_of_day(self.last)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def during(self, field: str) -> dict[str, datetime]:
        """The filter for a column of moments: `rows.filter(**period.during("said_at"))`."""
        return {f"{field}__gte": self.starts_at, f"{field}__lt": self.ends_at}

    def on_days(self, field: str) -> dict[str, date]:
        """The filter for a column of days."""
        return {f"{field}__gte": self.first, f"{field}__lte": self.last}

    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        last = self.first - timedelta(days=1)
        if self.span is Span.MONTH:
            return Period.of_month(last.year, last.month)
        if self.span is Span.YEAR:
            return Period.of_year(last.year)
        return Period(last - timedelta(days=self.days - 1), last, self.span)

    def after(self) -> "Period":
        """The period of the same length that begins where this one ends."""
        first = self.last + timedelta(days=1)
        if self.span is Span.MONTH:
            return Period.of_month(first.year, first.month)
        if self.span is Span.YEAR:
            return Period.of_year(first.year)
        return Period(first, first + timedelta(days=self.days - 1), self.span)

    def until(self, day: date) -> "Period":
        """As much of it as is over at the end of that day; all of it, where none is."""
        if not self.first <= day < self.last:
            return self
        return Period(self.first, day)

    def a_year_before(self) -> "Period":
        """The same days of the year before; a February ends with its last day."""
        if self.span is Span.YEAR:
            return Period.of_year(self.first.year - 1)
        if self.span is Span.MONTH:
            return Period.of_month(self.first.year - 1, self.first.month)
        return Period(_year_before(self.first), _year_before(self.last), self.span)


def _year_before(day: date) -> date:
    if (day.month, day.day) == _LEAP_DAY:
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def period_from(typed: Mapping[str, str], *, today: date) -> Period:
    """The period an address asks for: `day=2026-11-25`, `month=2026-11`, `year=2026`, or
    `from=…&to=…`; without any of them the month of today. Raises ValueError for nonsense.
    """
    found = _typed(typed, today)
    if found.first.year < EARLIEST or found.last.year > LATEST:
        raise ValueError("nothing was counted then")
    return found


def _typed(typed: Mapping[str, str], today: date) -> Period:
    if text := typed.get("day"):
        return Period.of_day(parse_day(text))
    if text := typed.get("month"):
        year, _dash, month = text.strip().partition("-")
        return Period.of_month(int(year), int(month))
    if text := typed.get("year"):
        return Period.of_year(int(text))
    if typed.get("from") or typed.get("to"):
        last = parse_day(typed.get("to") or today.isoformat())
        return Period(parse_day(typed.get("from") or last.isoformat()), last)
    return Period.of_month(today.year, today.month)


def address_of(period: Period) -> str:
    """The query by which `period_from` finds this period again."""
    if period.span is Span.DAY:
        return f"day={period.first:%Y-%m-%d}"
    if period.span is Span.MONTH:
        return f"month={period.first:%Y-%m}"
    if period.span is Span.YEAR:
        return f"year={period.first:%Y}"
    return f"from={period.first:%Y-%m-%d}&to={period.last:%Y-%m-%d}"


# ── trends ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Trend:
    """The stretch of time that a trend shows, and how wide its bars are."""

    stretch: Period
    width: Span

    def bars(self) -> list[date]:
        """The first day of every bar, in order; also of those in which nothing happened."""
        found, day = [], start_of_bar(self.stretch.first, self.width)
        while day <= self.stretch.last:
            found.append(day)
            day = _next_bar(day, self.width)
        return found


def trend_of(period: Period) -> Trend:
    """The trend beside a period: two weeks up to a day, a year up to a month, five years up to a
    year, and a free stretch by itself.
    """
    if period.span is Span.DAY:
        return Trend(Period(period.last - timedelta(days=13), period.last), Span.DAY)
    if period.span is Span.MONTH:
        first = period.first
        for _ in range(11):
            first = (first - timedelta(days=1)).replace(day=1)
        return Trend(Period(first, period.last), Span.MONTH)
    if period.span is Span.YEAR:
        return Trend(Period(date(period.first.year - 4, 1, 1), period.last), Span.YEAR)
    if period.days <= MOST_DAYS:
        return Trend(period, Span.DAY)
    if period.days <= MOST_MONTHS * 31:
        return Trend(period, Span.MONTH)
    return Trend(period, Span.YEAR)


def start_of_bar(day: date, width: Span) -> date:
    """The first day of the bar in which this day lies."""
    if width is Span.YEAR:
        return day.replace(month=1, day=1)
    if width is Span.MONTH:
        return day.replace(day=1)
    return day


def _next_bar(day: date, width: Span) -> date:
    if width is Span.YEAR:
        return date(day.year + 1, 1, 1)
    if width is Span.MONTH:
        return _month_after(day)
    return day + timedelta(days=1)


# ── rates and small numbers ──────────────────────────────────────────────────────────────────


def share_percent(part: int, whole: int) -> Decimal | None:
    """A share with one place, or None where there is nothing to have a share of."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def is_too_small(count: int, *, about_persons: bool, sees_rows: bool, least: int) -> bool:
    """Whether a number must be held back. Nought may be said: it is nobody."""
    return about_persons and not sees_rows and 0 < count < least
