"""Points, the record check, days: values in, values out."""

from datetime import date, datetime, time

import pytest

from mulin.commons.rota.rules import (
    Share,
    When,
    changes,
    check_ends,
    days_of,
    is_time_to_remind,
    month_of,
    points_of,
    span_of,
    spread,
    takes_place,
)
from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import SHANGHAI

CALENDAR = WorkCalendar()
pytestmark = pytest.mark.once


def test_a_month_with_make_up_days_has_its_shifts_where_work_is_done():
    """October 2026: the 1st to the 7th are off, Saturday the 10th makes up."""
    october = days_of(date(2026, 10, 1))
    worked = [day.day for day in october if takes_place(When.WORKDAYS, day, CALENDAR)]
    assert 10 in worked
    assert not set(range(1, 8)) & set(worked)
    off = [day.day for day in october if takes_place(When.DAYS_OFF, day, CALENDAR)]
    assert sorted(worked + off) == list(range(1, 32))
    saturdays = [day.day for day in october if takes_place(When.SATURDAY, day, CALENDAR)]
    assert saturdays == [3, 10, 17, 24, 31]


def test_a_shift_across_midnight_ends_on_the_next_day_and_weighs_one_more():
    night = span_of(date(2026, 12, 7), time(20), time(6))
    assert night == (
        datetime(2026, 12, 7, 20, tzinfo=SHANGHAI), datetime(2026, 12, 8, 6, tzinfo=SHANGHAI)
    )  # fmt: skip
    assert points_of(*night, CALENDAR) == 3
    assert points_of(*span_of(date(2026, 12, 7), time(20), time(0)), CALENDAR) == 2
    assert points_of(*span_of(date(2026, 12, 5), time(8), time(12)), CALENDAR) == 3
    assert points_of(*span_of(date(2026, 10, 1), time(8), time(12)), CALENDAR) == 4
    assert points_of(*span_of(date(2026, 10, 10), time(8), time(12)), CALENDAR) == 2


@pytest.mark.parametrize(
    ("checked", "ends"),
    [(date(2025, 12, 1), date(2026, 12, 1)), (date(2024, 2, 29), date(2025, 2, 28))],
)
def test_a_record_check_holds_for_twelve_months(checked, ends):
    assert check_ends(checked) == ends


def test_one_is_reminded_on_the_evening_before_and_not_later():
    day = date(2026, 12, 7)
    said = {
        hour: is_time_to_remind(day, datetime(2026, 12, on, hour, tzinfo=SHANGHAI))
        for on, hour in ((6, 16), (6, 17), (7, 8))
    }
    assert said == {16: False, 17: True, 8: False}


def test_twelve_months_are_summed_and_spread():
    shares = [Share(1, (2, 0, 4), 4), Share(2, (0, 0, 2), 0)]
    assert [one.total for one in shares] == [6, 2]
    assert spread(shares) == (2, 4, 6)
    assert spread([]) == (0, 0, 0)
    assert month_of(date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert month_of(date(2026, 12, 31), 1) == date(2027, 1, 1)


def test_what_changes_is_who_goes_and_who_comes():
    before, after = {"1": ("a", "b"), "2": ("a",)}, {"1": ("b", "c"), "2": ("a",)}
    assert changes(before, after) == ([("a", "1")], [("c", "1")])
