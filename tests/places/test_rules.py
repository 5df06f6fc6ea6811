"""How dwellings are written and when a door is open."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.places.rules import (
    LAST_MINUTE,
    Hours,
    Opening,
    Parts,
    Season,
    Timetable,
    can_roll_in,
    closing_words,
    grouped,
    natural_key,
    opening,
    overlap,
    parse_dwelling,
    rooms_in,
)
from mulin.kit.clock import SHANGHAI


def test_buildings_are_sorted_by_their_numbers():
    names = ["12幢", "2幢", "１幢", "20幢", "A座", "3号楼", "002幢B"]
    assert sorted(names, key=natural_key) == [
        "１幢",
        "2幢",
        "002幢B",
        "3号楼",
        "12幢",
        "20幢",
        "A座",
    ]


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_numbers_order_names(one, other):
    assert (natural_key(f"{one}幢") < natural_key(f"{other}幢")) == (one < other)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("12幢2单元301室", Parts("12幢", "2单元", "301")),
        ("12幢2单元301", Parts("12幢", "2单元", "301")),
        ("12 幢 301", Parts("12幢", "", "301")),
        ("１２-2-301", Parts("12幢", "2单元", "301")),
        ("12—301室", Parts("12幢", "", "301")),
        ("3号楼101", Parts("3号楼", "", "101")),
        ("桂苑5幢1单元102A", Parts("桂苑5幢", "1单元", "102A")),
        ("12幢", Parts("12幢", "", "")),
        ("新街48号", Parts("新街48号", "", "")),
        ("河边的平房", None),
        ("12幢2单元301室旁边", None),
        ("", None),
    ],
)
def test_a_dwelling_is_read_in_parts(typed, parts):
    assert parse_dwelling(typed) == parts


@given(st.integers(1, 200), st.integers(1, 9), st.integers(101, 3299))
def test_what_is_written_is_read_back(building, unit, room):
    parts = Parts(f"{building}幢", f"{unit}单元", str(room))
    assert parse_dwelling(parts.words) == parts
    assert parse_dwelling(f"{building}-{unit}-{room}") == parts


def test_rooms_are_counted_floor_by_floor():
    assert rooms_in([1, 10], 2) == ["101", "102", "1001", "1002"]
    for floors, doors in (([0], 2), ([1], 0), ([100], 1), ([1], 100)):
        with pytest.raises(ValueError, match="no such house"):
            rooms_in(floors, doors)


WEEK = [
    Hours(day, opens, closes)
    for day in range(1, 6)
    for opens, closes in ((time(8, 30), time(11, 30)), (time(13, 30), time(17)))
] + [Hours(6, time(9), time(11))]


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-11-25 08:29", Opening(False, time(8, 30), 0)),
        ("2026-11-25 08:30", Opening(True, time(11, 30))),
        ("2026-11-25 11:29", Opening(True, time(11, 30))),
        ("2026-11-25 11:30", Opening(False, time(13, 30), 0)),  # lunch
        ("2026-11-25 13:30", Opening(True, time(17))),
        ("2026-11-25 17:00", Opening(False, time(8, 30), 1)),
        ("2026-11-27 18:00", Opening(False, time(9), 1)),  # Friday evening: Saturday
        ("2026-11-28 12:00", Opening(False, time(8, 30), 2)),  # Saturday noon: Monday
    ],
)
def test_open_now_or_when(moment, state):
    now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    assert opening(WEEK, now) == state


def test_a_place_open_once_a_week_opens_next_week():
    only = [Hours(3, time(9), time(10))]
    now = datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)  # a Wednesday
    assert opening(only, now) == Opening(False, time(9), 7)
    assert opening([], now) == Opening(False)


def test_hours_that_touch_are_one_opening():
    day = [Hours(3, time(9), time(12)), Hours(3, time(12), time(15))]
    assert opening(day, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)) == Opening(True, time(15))
    assert not overlap(day)
    assert overlap([Hours(3, time(9), time(12)), Hours(3, time(11), time(15))])
    assert overlap([Hours(3, time(12), time(12))])


def test_days_that_are_alike_share_a_line():
    assert grouped(WEEK) == [
        ([1, 2, 3, 4, 5], [(time(8, 30), time(11, 30)), (time(13, 30), time(17))]),
        ([6], [(time(9), time(11))]),
    ]


# ── all that is known of when a door is open ─────────────────────────────────────────────────


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


BAR = [Hours(day, time(17), time(1, 30)) for day in range(1, 8)]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("2026-11-25 16:59", Opening(False, time(17), 0)),
        ("2026-11-25 23:59", Opening(True, time(1, 30))),
        ("2026-11-26 01:29", Opening(True, time(1, 30))),
        ("2026-11-26 01:30", Opening(False, time(17), 0)),
    ],
)
def test_what_closes_before_it_opens_closes_after_midnight(text, state):
    assert opening(BAR, moment(text)) == state


def test_until_twenty_four_is_until_midnight_and_day_and_night_has_no_end():
    """Columns of times know no 24:00: it is the last minute of the day."""
    late = [Hours(day, time(8), LAST_MINUTE) for day in range(1, 8)]
    assert opening(late, moment("2026-11-25 23:59")) == Opening(True, time(0))
    assert opening(late, moment("2026-11-26 00:00")) == Opening(False, time(8), 0)
    always = [Hours(day, time(0), LAST_MINUTE) for day in range(1, 8)]
    for text in ("2026-11-25 23:59", "2026-11-26 00:00", "2026-11-29 12:00"):
        assert opening(always, moment(text)).is_round_the_clock
    # Into the weekend that is shut it is open for hours, and no more day and night.
    working = [Hours(day, time(0), LAST_MINUTE) for day in range(1, 6)]
    assert opening(working, moment("2026-11-27 12:00")) == Opening(True, time(0))
    assert [closing_words(one) for one in (LAST_MINUTE, time(0), time(9, 5))] == [
        "24:00", "24:00", "9:05",
    ]  # fmt: skip


def test_hours_may_not_cross_themselves_over_midnight_or_the_end_of_the_week():
    assert not overlap(BAR)
    assert overlap([*BAR, Hours(2, time(1), time(3))])
    assert overlap([Hours(7, time(22), time(3)), Hours(1, time(2), time(4))])
    assert not overlap([Hours(7, time(22), time(2)), Hours(1, time(2), time(4))])
    # 17:00-8:00 is a slip, 22:00-6:00 a night.
    assert overlap([Hours(1, time(17), time(8))])
    assert not overlap([Hours(1, time(22), time(6))])


def test_a_day_outranks_a_holiday_that_a_season_that_the_week():
    table = Timetable(
        WEEK,
        [Season((12, 20), (1, 10), (Hours(5, time(10), time(12)),))],
        {date(2026, 12, 25): [(time(14), time(15))], date(2026, 11, 25): []},
        lambda day: day == date(2027, 1, 1),
    )
    assert table.on(date(2026, 11, 25)) == []
    assert [opens.time() for opens, _closes in table.on(date(2026, 11, 26))] == [time(8, 30), time(13, 30)]  # fmt: skip
    assert [opens.time() for opens, _closes in table.on(date(2026, 12, 25))] == [time(14)]
    assert table.on(date(2027, 1, 1)) == []
    assert [opens.time() for opens, _closes in table.on(date(2027, 1, 8))] == [time(10)]
    # The next opening is found behind the longest holidays.
    shut = Timetable(WEEK, is_shut=lambda day: day < date(2026, 12, 3))
    assert shut.opening(moment("2026-11-25 10:00")) == Opening(False, time(8, 30), 8)


@pytest.mark.parametrize(
    ("steps", "has_ramp", "comes_in"),
    [(0, False, True), (3, True, True), (3, False, False), (None, False, None), (None, True, True)],
)
def test_whether_a_pram_comes_in(steps, has_ramp, comes_in):
    assert can_roll_in(steps, has_ramp=has_ramp) is comes_in
