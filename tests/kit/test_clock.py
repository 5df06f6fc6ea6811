from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit import clock
from mulin.kit.clock import (
    SHANGHAI,
    end_of_day,
    last_day_of,
    local_day,
    parse_day,
    parse_local,
    start_of_day,
)


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_now_is_aware_and_stands_still_when_told():
    moment = shanghai(2026, 2, 17, 9)
    with clock.standing_still(moment):
        assert clock.now() == moment
        with clock.standing_still(moment + timedelta(hours=1)):
            assert clock.now() == moment + timedelta(hours=1)
        assert clock.now() == moment
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() > moment


def test_half_past_midnight_belongs_to_the_day_on_the_wall():
    moment = datetime(2026, 2, 16, 16, 30, tzinfo=UTC)
    assert local_day(moment) == date(2026, 2, 17)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2026, 2, 17))  # noqa: DTZ001  that is the point


def test_24_00_is_midnight_of_the_next_day():
    assert end_of_day(date(2026, 2, 20)) == shanghai(2026, 2, 21)
    assert parse_local("2026-02-20 24:00") == end_of_day(date(2026, 2, 20))
    assert last_day_of(end_of_day(date(2026, 2, 20))) == date(2026, 2, 20)
    assert end_of_day(date(2024, 2, 29)) == shanghai(2024, 3, 1)
    assert last_day_of(shanghai(2026, 2, 20, 17)) == date(2026, 2, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-20 09:30", shanghai(2026, 2, 20, 9, 30)),
        ("2026/2/20 9:30:05", shanghai(2026, 2, 20, 9, 30, 5)),
        ("2026.2.20", shanghai(2026, 2, 20)),
        ("20260220", shanghai(2026, 2, 20)),
        ("2026年2月20日", shanghai(2026, 2, 20)),
        ("2026年2月20日9时30分", shanghai(2026, 2, 20, 9, 30)),
        ("2026年2月20日 9点", shanghai(2026, 2, 20, 9)),
        ("２０２６－０２－２０　０９：３０", shanghai(2026, 2, 20, 9, 30)),
        ("2026-02-20T09:30:00.25", shanghai(2026, 2, 20, 9, 30, 0, 250_000)),
        ("2026-02-20T01:30:00Z", shanghai(2026, 2, 20, 9, 30)),
        ("2026-02-19T17:30:00-08:00", shanghai(2026, 2, 20, 9, 30)),
        ("2026-02-29T00:00", None),
        ("2024-02-29", shanghai(2024, 2, 29)),
        ("2026-02-20 24:01", None),
        ("2026-02-20 9:3", None),
        ("2026-02-20 9:", None),
        ("2026-13-01", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_moments_are_read_as_people_write_them(text, expected):
    if expected is None:
        with pytest.raises(ValueError):  # noqa: PT011  the message is the form's affair
            parse_local(text)
    else:
        assert parse_local(text) == expected


def test_a_municipal_file_is_read_on_its_own_clock():
    boston = ZoneInfo("America/New_York")
    read = parse_local("07/02/2015 03:37:49 PM", boston, layout="%m/%d/%Y %I:%M:%S %p")
    assert read == datetime(2015, 7, 2, 19, 37, 49, tzinfo=UTC)
    assert parse_local("11/01/2015 01:30:00 AM", boston, layout="%m/%d/%Y %I:%M:%S %p") == (
        datetime(2015, 11, 1, 5, 30, tzinfo=UTC)
    )
    assert parse_local("2015-07-02 +0800", boston, layout="%Y-%m-%d %z") == shanghai(2015, 7, 2)


def test_shanghai_had_summer_time_in_1988():
    assert parse_local("1988-07-01") == datetime(1988, 6, 30, 15, tzinfo=UTC)
    assert local_day(parse_local("1988-07-01")) == date(1988, 7, 1)
    assert parse_local("1992-07-01") == datetime(1992, 6, 30, 16, tzinfo=UTC)


def test_days_are_read_without_a_time():
    assert parse_day("1944年2月29日") == date(1944, 2, 29)
    assert parse_day(" 19440229 ") == date(1944, 2, 29)
    for wrong in ("1943-02-29", "1944-02-29 10:00", "44-2-29"):
        with pytest.raises(ValueError):  # noqa: PT011  the message is the form's affair
            parse_day(wrong)


@given(st.dates(date(1912, 1, 1), date(2100, 1, 1)))
def test_a_day_holds_its_first_and_not_its_last_moment(day):
    assert local_day(start_of_day(day)) == day == last_day_of(end_of_day(day))
    assert local_day(end_of_day(day)) == day + timedelta(days=1)


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_iso_writes_is_read_back(moment):
    assert parse_local(moment.isoformat()) == moment
