"""A day is chosen in a calendar; what cannot stand there stays as it was typed."""

from datetime import UTC, date, datetime

import pytest

from mulin.kit.clock import end_of_day, start_of_day
from mulin.kit.forms import ActForm, DayField

DAY = date(2026, 11, 20)


class Two(ActForm):
    first = DayField(label="first")
    last = DayField(label="last", is_last=True, required=False)


@pytest.mark.parametrize("typed", ["2026-11-20", "2026年11月20日", "2026.11.20"])
def test_a_day_is_understood_as_people_write_it(typed):
    form = Two({"first": typed, "last": typed})
    assert form.is_valid()
    assert form.cleaned_data["first"] == start_of_day(DAY)
    assert form.cleaned_data["last"] == end_of_day(DAY)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (DAY, "2026-11-20"),
        ("2026-11-20", "2026-11-20"),
        (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), "2026-11-20"),  # midnight in Shanghai
    ],
)
def test_a_calendar_shows_the_day(value, shown):
    drawn = str(Two(initial={"first": value})["first"])
    assert 'type="date"' in drawn
    assert f'value="{shown}"' in drawn


@pytest.mark.parametrize("typed", ["2026年11月20日", "明天", "2026-02-30", "20261120", "20"])
def test_what_no_calendar_could_show_stays_as_it_was_typed(typed):
    drawn = str(Two({"first": typed})["first"])
    assert 'type="text"' in drawn
    assert f'value="{typed}"' in drawn
