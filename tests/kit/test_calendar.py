from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.calendar import WorkCalendar, deadline_in_hours
from mulin.kit.clock import SHANGHAI, end_of_day, last_day_of, local_day

PLAIN = WorkCalendar()


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_spring_festival_2026_is_off_and_paid_back_on_saturdays():
    off = [day for day in range(9, 29) if not PLAIN.is_workday(date(2026, 2, day))]
    # The Saturdays 14 and 28 are worked.
    assert off == [15, 16, 17, 18, 19, 20, 21, 22, 23]


def test_three_working_days_across_the_spring_festival():
    # Friday the 13th; counted are Saturday the 14th (made up), the 24th and the 25th.
    limit = PLAIN.deadline_in_workdays(shanghai(2026, 2, 13, 16), 3)
    assert limit == shanghai(2026, 2, 26)
    assert last_day_of(limit) == date(2026, 2, 25)


@pytest.mark.parametrize(
    ("received", "limit"),
    [
        # The day of receipt never counts: first second, last second, day off.
        (shanghai(2026, 3, 2), shanghai(2026, 3, 4)),
        (shanghai(2026, 3, 2, 23, 59, 59), shanghai(2026, 3, 4)),
        (shanghai(2026, 3, 3), shanghai(2026, 3, 5)),
        (shanghai(2026, 2, 18, 12), shanghai(2026, 2, 25)),
        # 00:30 in Shanghai, still the day before in UTC.
        (datetime(2026, 3, 2, 16, 30, tzinfo=UTC), shanghai(2026, 3, 5)),
    ],
)
def test_one_working_day_after_receipt(received, limit):
    assert PLAIN.deadline_in_workdays(received, 1) == limit


def test_29_february_is_a_day_like_any_other():
    assert PLAIN.deadline_in_workdays(shanghai(2024, 2, 28, 9), 1) == end_of_day(date(2024, 2, 29))
    assert PLAIN.deadline_in_workdays(shanghai(2024, 2, 28, 9), 2) == end_of_day(date(2024, 3, 1))
    assert PLAIN.workdays_between(date(2024, 2, 28), date(2024, 3, 1)) == 2


def test_calendar_days_end_on_a_working_day():
    # Seven days from 10 February end on the 17th, New Year's Day; the 24th is worked again.
    assert PLAIN.deadline_in_days(shanghai(2026, 2, 10, 9), 7) == end_of_day(date(2026, 2, 24))
    assert PLAIN.deadline_in_days(shanghai(2026, 3, 2, 9), 7) == end_of_day(date(2026, 3, 9))


def test_hours_run_through_the_night_and_the_festival():
    assert deadline_in_hours(shanghai(2026, 2, 16, 23, 30), 2) == shanghai(2026, 2, 17, 1, 30)
    assert deadline_in_hours(shanghai(2026, 2, 16, 9), 24) == shanghai(2026, 2, 17, 9)


def test_an_hour_is_an_hour_when_summer_time_ends():
    received = shanghai(1990, 9, 16, 0, 30)
    limit = deadline_in_hours(received, 24)
    assert limit.astimezone(UTC) - received.astimezone(UTC) == timedelta(hours=24)
    assert (limit.hour, limit.minute) == (23, 30)


def test_the_table_of_exceptions_outranks_the_notice():
    calendar = WorkCalendar({date(2026, 2, 24): False, date(2026, 2, 15): True})
    assert not calendar.is_workday(date(2026, 2, 24))
    assert calendar.is_workday(date(2026, 2, 15))
    assert last_day_of(calendar.deadline_in_workdays(shanghai(2026, 2, 14, 9), 2)) == date(
        2026, 2, 25
    )


def test_beyond_the_notices_only_weekends_are_known_and_it_is_said():
    assert PLAIN.is_workday(date(2027, 2, 5))
    assert not PLAIN.is_workday(date(2027, 2, 6))
    assert PLAIN.certain_until() == date(2026, 12, 31)
    assert [PLAIN.is_certain(date(year, 6, 1)) for year in (2003, 2004, 2026, 2027)] == [
        False, True, True, False,
    ]  # fmt: skip
    entered = WorkCalendar({date(2028, 2, 6): True}, complete_years={2027})
    assert entered.certain_until() == date(2027, 12, 31)
    assert entered.is_certain(date(2027, 6, 1))
    assert entered.is_certain(date(2028, 2, 6))
    assert not entered.is_certain(date(2028, 2, 7))


def test_the_same_time_of_day_some_working_days_later_or_earlier():
    assert PLAIN.add_workdays(shanghai(2026, 2, 14, 9, 30), 1) == shanghai(2026, 2, 24, 9, 30)
    assert PLAIN.add_workdays(shanghai(2026, 2, 24, 9, 30), -1) == shanghai(2026, 2, 14, 9, 30)
    assert PLAIN.add_workdays(shanghai(2026, 2, 17, 9, 30), 0) == shanghai(2026, 2, 17, 9, 30)


def test_a_limit_is_at_least_one():
    for days in (0, -1):
        with pytest.raises(ValueError, match="at least one"):
            PLAIN.deadline_in_workdays(shanghai(2026, 3, 2), days)
        with pytest.raises(ValueError, match="at least one"):
            deadline_in_hours(shanghai(2026, 3, 2), days)


calendars = st.dictionaries(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.booleans(), max_size=40
).map(WorkCalendar)
moments = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001  the zone comes with the draw
    datetime(2028, 6, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, SHANGHAI]),
)
counts = st.integers(1, 40)


@given(calendars, moments, counts)
def test_a_limit_in_working_days_ends_with_a_working_day_ahead(calendar, moment, days):
    limit = calendar.deadline_in_workdays(moment, days)
    assert limit > moment
    assert calendar.is_workday(last_day_of(limit))
    assert calendar.workdays_between(local_day(moment), last_day_of(limit)) == days
    assert calendar.is_workday(last_day_of(calendar.deadline_in_days(moment, days)))


@given(calendars, moments, moments, counts, counts)
def test_later_receipt_or_more_days_never_end_earlier(calendar, one, other, days, more):
    early, late = sorted((one, other))
    for deadline in (calendar.deadline_in_workdays, calendar.deadline_in_days):
        assert deadline(early, days) <= deadline(late, days)
        assert deadline(early, days) <= deadline(early, days + more)


@given(calendars, st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(-40, 40))
def test_counting_undoes_adding(calendar, day, days):
    there = calendar.workday_after(day, days)
    if days >= 0:
        assert calendar.workdays_between(day, there) == days
    assert calendar.workdays_between(there, day) == -calendar.workdays_between(day, there)


def test_a_holiday_is_no_weekend_and_a_make_up_day_is_a_weekend_worked():
    days = WorkCalendar({date(2026, 11, 3): False, date(2026, 2, 14): False})
    assert days.is_holiday(date(2026, 2, 21))  # a Saturday within the Spring Festival
    assert not days.is_holiday(date(2026, 11, 21))  # an ordinary Saturday
    assert days.is_holiday(date(2026, 11, 3))  # by the community's own table
    assert [days.is_make_up_day(date(2026, 2, day)) for day in (14, 26, 28)] == [False, False, True]
