from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.figures.rules import (
    Period,
    Span,
    address_of,
    is_too_small,
    period_from,
    share_percent,
    start_of_bar,
    trend_of,
)
from mulin.kit.clock import SHANGHAI
from tests.clock import NOW

TODAY = date(2026, 11, 25)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def periods():
    free = st.tuples(DAYS, st.integers(0, 4000)).map(
        lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
    )
    return st.one_of(
        DAYS.map(Period.of_day),
        DAYS.map(lambda day: Period.of_month(day.year, day.month)),
        DAYS.map(lambda day: Period.of_year(day.year)),
        free,
    )


def asked(**typed):
    return period_from(typed, today=TODAY)


def test_a_period_is_whole_local_days():
    period = Period.of_day(TODAY)
    assert period.starts_at == NOW.replace(hour=0)
    assert period.ends_at == NOW.replace(hour=0) + timedelta(days=1)
    assert period.starts_at.tzinfo is SHANGHAI
    assert period.during("at") == {"at__gte": period.starts_at, "at__lt": period.ends_at}
    assert period.on_days("day") == {"day__gte": TODAY, "day__lte": TODAY}


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ({}, date(2026, 11, 1), date(2026, 11, 30)),
        ({"day": "2024-02-29"}, date(2024, 2, 29), date(2024, 2, 29)),
        ({"month": "2024-02"}, date(2024, 2, 1), date(2024, 2, 29)),
        ({"month": "2026-12"}, date(2026, 12, 1), date(2026, 12, 31)),
        ({"year": "2026"}, date(2026, 1, 1), date(2026, 12, 31)),
        ({"from": "2026年11月3日", "to": "2026.11.9"}, date(2026, 11, 3), date(2026, 11, 9)),
        ({"from": "2026-11-20"}, date(2026, 11, 20), TODAY),
        ({"to": "2026-11-20"}, date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_what_an_address_asks_for(typed, first, last):
    period = asked(**typed)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "2026-02-30"},
        {"month": "2026-13"},
        {"month": "november"},
        {"year": "0003"},
        {"year": "99999"},
        {"from": "2026-11-09", "to": "2026-11-03"},
        {"day": "1944-02-29 10:00"},
    ],
)
def test_nonsense_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011  whichever part of it is wrong
        asked(**typed)


@given(periods())
def test_an_address_leads_back_to_its_period(period):
    typed = dict(pair.split("=") for pair in address_of(period).split("&"))
    assert period_from(typed, today=TODAY) == period


@given(periods())
def test_before_and_after_meet_without_a_gap(period):
    assert period.before().last + timedelta(days=1) == period.first
    assert period.last + timedelta(days=1) == period.after().first
    if period.span in {Span.MONTH, Span.YEAR}:
        assert period.after().before() == period


@given(periods())
def test_a_year_before_has_the_same_days(period):
    before = period.a_year_before()
    assert (before.first.month, before.last.month) == (period.first.month, period.last.month)
    assert {before.first.year - period.first.year, before.last.year - period.last.year} == {-1}
    assert abs(before.days - period.days) <= 1
    assert before.span is period.span


def test_of_a_period_that_is_not_over_counts_what_is():
    year = Period.of_year(2026)
    assert year.until(TODAY).a_year_before() == Period(date(2025, 1, 1), date(2025, 11, 25))
    assert year.until(date(2026, 12, 31)) is year
    assert Period.of_year(2025).until(TODAY).a_year_before() == Period.of_year(2024)
    leap = Period.of_day(date(2024, 2, 29))
    assert leap.a_year_before() == Period.of_day(date(2023, 2, 28))


@given(periods())
def test_every_day_of_a_trend_lies_in_exactly_one_bar(period):
    trend = trend_of(period)
    bars = trend.bars()
    assert bars == sorted(set(bars))
    assert 1 <= len(bars) <= 400
    for day in (trend.stretch.first, period.first, period.last):
        assert start_of_bar(day, trend.width) in bars


def test_how_far_a_trend_reaches():
    assert trend_of(Period.of_day(TODAY)).stretch.days == 14
    month = trend_of(Period.of_month(2026, 2))
    assert (month.stretch.first, len(month.bars())) == (date(2025, 3, 1), 12)
    assert len(trend_of(Period.of_year(2026)).bars()) == 5
    week = Period(date(2026, 11, 2), date(2026, 11, 8))
    assert trend_of(week).bars()[0] == week.first
    assert len(trend_of(week).bars()) == 7


def test_a_rate_of_nothing_is_no_number():
    assert share_percent(0, 0) is None
    assert share_percent(2, 3) == Decimal("66.7")
    assert share_percent(1, 8) == Decimal("12.5")
    assert share_percent(19, 20) == Decimal("95.0")


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_few_people_are_held_back_but_nobody_is_nought(count, hidden):
    assert is_too_small(count, about_persons=True, sees_rows=False, least=5) is hidden
    assert not is_too_small(count, about_persons=True, sees_rows=True, least=5)
    assert not is_too_small(count, about_persons=False, sees_rows=False, least=5)
