"""Hours, slots, prices at their edges, pauses, answers: values in, values out."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.booking.rules import (
    Asked,
    Basis,
    DiscountRule,
    Group,
    PriceRule,
    Span,
    Window,
    answer_by,
    dates_of,
    faults_of,
    fits,
    free_spans,
    groups_on,
    is_late,
    laid_over,
    merged,
    open_spans,
    pause_until,
    quote,
    slots_of,
    span_between,
)
from mulin.kit.clock import SHANGHAI

DAY = date(2026, 12, 4)  # a Friday
ALL_DAYS = [Window(day, 9 * 60, 21 * 60) for day in range(1, 8)]


def moment(hour, minute=0, day=DAY):
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour, minutes=minute)


def never(_day):
    return False


def test_a_booking_and_its_cleaning_take_whole_quarters():
    taken = slots_of(Span(moment(10), moment(11)), 20)
    assert len(taken) == 4 + 2
    after = slots_of(Span(moment(11, 30), moment(12)), 0)
    assert not set(taken) & set(after)
    assert set(taken) & set(slots_of(Span(moment(11, 15), moment(12)), 0))


def test_an_earlier_end_is_that_of_the_next_day():
    span = span_between(DAY, time(22), time(1))
    assert (span.starts, span.ends, span.minutes) == (moment(22), moment(25), 180)
    assert len(slots_of(span, 0)) == 12


def test_friday_night_is_open_past_midnight_though_saturday_is_shut():
    windows = [Window(5, 18 * 60, 25 * 60)]
    saturday = DAY + timedelta(days=1)
    assert fits(windows, Span(moment(22), moment(25)), is_closed=lambda day: day == saturday)
    assert not fits(windows, Span(moment(22), moment(25, 15)), is_closed=never)
    assert not fits(windows, Span(moment(22), moment(25)), is_closed=lambda day: day == DAY)


def test_hours_that_touch_are_one_even_over_midnight():
    windows = [Window(5, 9 * 60, 24 * 60), Window(6, 0, 3 * 60)]
    assert not faults_of(windows)
    assert fits(windows, Span(moment(23), moment(26)), is_closed=never)


@pytest.mark.parametrize(
    "windows",
    [
        [Window(1, 600, 600)],
        [Window(1, 600, 500)],
        [Window(1, 600, 720), Window(1, 700, 800)],
        [Window(1, 18 * 60, 26 * 60), Window(2, 60, 120)],
        [Window(7, 18 * 60, 26 * 60), Window(1, 60, 120)],
        [Window(1, 0, 48 * 60 + 1)],
    ],
)
def test_hours_that_cross_themselves_are_refused(windows):
    assert faults_of(windows)


def test_idle_hours_are_laid_into_a_long_day():
    week = laid_over([Window(5, 540, 1260), Window(6, 540, 1260)], Window(5, 780, 960, True))
    assert week == [
        Window(5, 540, 780), Window(5, 780, 960, True), Window(5, 960, 1260), Window(6, 540, 1260),
    ]  # fmt: skip
    assert not faults_of(week)
    # The same hours again change nothing.
    assert laid_over(week, Window(5, 780, 960, True)) == week


def test_what_is_free_leaves_room_for_cleaning_on_both_sides():
    opened = open_spans(ALL_DAYS, DAY, DAY, is_closed=never)
    free = free_spans(opened, [Span(moment(12), moment(14))], cleaning_minutes=30, since=moment(10))
    assert free == [Span(moment(10), moment(11, 30)), Span(moment(14, 30), moment(21))]


quarters = st.integers(0, 95)
SOME = st.lists(st.tuples(quarters, st.integers(1, 8)), max_size=6)


@given(taken=SOME, cleaning=st.sampled_from([0, 15, 20, 45]))
def test_whatever_is_called_free_overlaps_nothing(taken, cleaning):
    """Against the slow, obvious way: the slots of both, cleaning included."""
    bookings = [Span(moment(0, 15 * q), moment(0, 15 * (q + n))) for q, n in taken]
    opened = open_spans(ALL_DAYS, DAY, DAY, is_closed=never)
    held = {slot for one in bookings for slot in slots_of(one, cleaning)}
    free = free_spans(opened, bookings, cleaning_minutes=cleaning, since=moment(0))
    for span in free:
        assert not held & set(slots_of(span, cleaning))
    # and nothing that could be had is left out: every half hour that fits lies in a free span
    for quarter in range(36, 83):
        wanted = Span(moment(0, 15 * quarter), moment(0, 15 * quarter + 30))
        if not held & set(slots_of(wanted, cleaning)):
            assert any(span.covers(wanted) for span in free)


@given(SOME)
def test_merged_spans_stand_apart(taken):
    spans = merged(Span(moment(0, 15 * q), moment(0, 15 * (q + n))) for q, n in taken)
    assert all(one.ends < other.starts for one, other in pairwise(spans))


# ── prices ───────────────────────────────────────────────────────────────────────────────────


def price(number, yuan, *, purpose="", basis=Basis.ONCE, since=DAY, until=None, deposit="0"):
    return PriceRule(number, purpose, basis, Decimal(yuan), Decimal(deposit), since, until)


def off(number, group, percent, *, only_idle=False, since=DAY, until=None):
    return DiscountRule(number, group, Decimal(percent), only_idle, since, until)


def asked(**more):
    values = {
        "day": DAY, "purpose": "banquet", "minutes": 90, "tables": 3, "is_idle": False,
        "groups": frozenset({Group.EVERYBODY}),
    } | more  # fmt: skip
    return Asked(**values)


def test_by_the_hour_by_the_table_for_a_time():
    for basis, yuan in ((Basis.HOUR, "75.00"), (Basis.TABLE, "150.00"), (Basis.ONCE, "50.00")):
        assert quote(asked(), [price(1, 50, basis=basis)], []).yuan == Decimal(yuan)
    assert quote(asked(tables=0), [price(1, 50, basis=Basis.TABLE)], []).yuan == 50


def test_a_price_counts_on_its_first_and_on_its_last_day():
    rules = [
        price(1, 10, since=DAY - timedelta(days=9), until=DAY - timedelta(days=1)),
        price(2, 20),
    ]
    assert [
        quote(asked(day=DAY + timedelta(days=shift)), rules, []).yuan
        for shift in (-10, -9, -1, 0, 1)
    ] == [0, 10, 10, 20, 20]
    ended = [price(1, 10, until=DAY)]
    assert quote(asked(), ended, []).price_id == 1
    assert quote(asked(day=DAY + timedelta(days=1)), ended, []).price_id is None


def test_its_own_purpose_goes_before_any_and_the_later_before_the_earlier():
    rules = [
        price(1, 99, since=DAY), price(2, 10, purpose="banquet", since=DAY - timedelta(days=9)),
        price(3, 12, purpose="banquet", since=DAY - timedelta(days=3)),
    ]  # fmt: skip
    assert quote(asked(), rules, []).price_id == 3
    assert quote(asked(purpose="rest"), rules, []).price_id == 1


def test_the_best_discount_counts_and_they_do_not_add_up():
    both = frozenset({Group.EVERYBODY, Group.VETERAN, Group.LOW_INCOME})
    rules = [off(1, Group.VETERAN, 20), off(2, Group.LOW_INCOME, 50), off(3, Group.ELDER, 100)]
    found = quote(asked(groups=both), [price(1, 100)], rules)
    assert (found.yuan, found.group, found.discount_id) == (Decimal("50.00"), Group.LOW_INCOME, 2)
    assert quote(asked(), [price(1, 100)], rules).discount == 0


def test_a_discount_for_idle_hours_counts_in_them_only():
    elder = frozenset({Group.EVERYBODY, Group.ELDER})
    rules = [off(1, Group.ELDER, 100, only_idle=True)]
    assert quote(asked(groups=elder, is_idle=True), [price(1, 80)], rules).yuan == 0
    assert quote(asked(groups=elder), [price(1, 80)], rules).yuan == 80


def test_a_discount_counts_from_its_day_to_its_day():
    group = frozenset({Group.EVERYBODY, Group.CLUB})
    rules = [off(1, Group.CLUB, 10, since=DAY, until=DAY)]
    assert [
        quote(asked(day=DAY + timedelta(days=shift), groups=group), [price(1, 100, since=date(2026, 1, 1))], rules).discount
        for shift in (-1, 0, 1)
    ] == [0, 10, 0]  # fmt: skip


@pytest.mark.parametrize(
    ("yuan", "percent", "price_yuan", "discount"),
    [
        ("0.01", "50", "0.01", "0.01"),  # 0.005 rounds up, in favour of the booker
        ("0.10", "4.9", "0.10", "0.00"),  # 0.0049 does not
        ("10.01", "50", "10.01", "5.01"),
        ("99.99", "33.33", "99.99", "33.33"),
    ],
)
def test_half_a_fen_is_rounded_up(yuan, percent, price_yuan, discount):
    found = quote(asked(), [price(1, yuan)], [off(1, Group.EVERYBODY, percent)])
    assert (found.base, found.discount) == (Decimal(price_yuan), Decimal(discount))


def test_a_third_of_an_hour_s_price_is_rounded_once():
    found = quote(asked(minutes=45), [price(1, "0.02", basis=Basis.HOUR)], [])
    assert found.base == Decimal("0.02")  # 0.015
    assert quote(asked(minutes=15), [price(1, "0.02", basis=Basis.HOUR)], []).base == Decimal(
        "0.01"
    )


@given(
    yuan=st.decimals(0, 9999, places=2), percent=st.decimals(0, 100, places=2).filter(bool),
    minutes=st.integers(1, 2000),
)  # fmt: skip
def test_nobody_is_paid_for_coming_and_fen_are_whole(yuan, percent, minutes):
    found = quote(
        asked(minutes=minutes), [price(1, yuan, basis=Basis.HOUR)],
        [off(1, Group.EVERYBODY, percent)],
    )  # fmt: skip
    assert 0 <= found.yuan <= found.base
    assert found.yuan == found.yuan.quantize(Decimal("0.01"))


# ── who, and when ────────────────────────────────────────────────────────────────────────────


def test_sixty_on_the_day_is_old():
    assert Group.ELDER not in groups_on(59, [])
    assert groups_on(60, [Group.VETERAN]) == {Group.EVERYBODY, Group.ELDER, Group.VETERAN}
    assert groups_on(None, []) == {Group.EVERYBODY}


def test_two_misses_within_ninety_days_are_a_pause_of_thirty():
    first, second = date(2026, 9, 1), date(2026, 11, 30)
    assert (second - first).days == 90
    assert pause_until([first], second) is None
    assert pause_until([second, first], second) == date(2026, 12, 30)
    assert pause_until([first, second], date(2026, 12, 29)) == date(2026, 12, 30)
    assert pause_until([first, second], date(2026, 12, 30)) is None
    assert pause_until([first - timedelta(days=1), second], second) is None


def test_the_time_to_say_yes():
    now = moment(10)
    assert answer_by(now, now + timedelta(days=3)) == now + timedelta(hours=24)
    assert answer_by(now, now + timedelta(hours=5)) == now + timedelta(hours=4)
    assert answer_by(now, now + timedelta(hours=2)) == now + timedelta(hours=2)


def test_late_is_later_than_the_notice():
    starts = moment(10)
    assert not is_late(starts - timedelta(hours=24), starts, 24)
    assert is_late(starts - timedelta(hours=24) + timedelta(seconds=1), starts, 24)


def test_a_series_goes_on_for_a_year_at_most():
    assert dates_of(DAY, DAY + timedelta(days=15), 2) == [DAY, DAY + timedelta(days=14)]
    assert len(dates_of(DAY, DAY + timedelta(weeks=52), 1)) == 53
    for until in (DAY - timedelta(days=1), DAY + timedelta(weeks=53)):
        with pytest.raises(ValueError, match=r"."):
            dates_of(DAY, until, 1)
