"""Which backups stay, and when the next is due."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.upkeep.rules import (
    KEPT_DAYS,
    KEPT_MONTHS,
    KEPT_WEEKS,
    file_name,
    last_night,
    last_sunday,
    moment_of,
    to_keep,
)

#: Local moments without a zone, as names of files tell them.
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


@given(moments)
def test_a_name_tells_its_moment(moment):
    assert moment_of(file_name(moment)) == moment


def test_other_files_tell_none():
    for name in ("mulin.sqlite3", "mulin-20261301-000000.mulin", "mulin-20261101-000000.mulin.part",
                 "erasures.jsonl", "x-mulin-20261101-000000.mulin"):  # fmt: skip
        assert moment_of(name) is None


def test_a_year_of_nights():
    nights = [datetime(2026, 12, 31, 2, 30) - timedelta(days=day) for day in range(400)]  # noqa: DTZ001
    kept = sorted(to_keep(nights), reverse=True)
    assert kept[:KEPT_DAYS] == nights[:KEPT_DAYS]
    # 31 December 2026 is a Thursday: last Sundays, then last days of months.
    assert [f"{moment:%m-%d}" for moment in kept[KEPT_DAYS:]] == [
        "12-20", "12-13", "11-30", "10-31", "09-30", "08-31", "07-31", "06-30", "05-31", "04-30",
        "03-31", "02-28", "01-31",
    ]  # fmt: skip


@given(st.sets(moments))
def test_what_is_kept(all_of_them):
    kept = to_keep(all_of_them)
    assert kept <= all_of_them
    assert len(kept) <= KEPT_DAYS + KEPT_WEEKS + KEPT_MONTHS
    assert to_keep(kept) == kept
    if all_of_them:
        assert max(all_of_them) in kept
    days = sorted({moment.date() for moment in all_of_them}, reverse=True)[:KEPT_DAYS]
    assert {moment.date() for moment in kept} >= set(days)
    months = sorted({(one.year, one.month) for one in all_of_them}, reverse=True)[:KEPT_MONTHS]
    assert {(one.year, one.month) for one in kept} >= set(months)


@given(st.sets(moments, min_size=1), moments)
def test_another_night_takes_away_at_most_one_of_each_kind(all_of_them, night):
    before = to_keep(all_of_them)
    after = to_keep(before | {night})
    assert len(before - after) <= 4


@given(moments)
def test_what_is_due_was_due_within_its_time(now):
    night, sunday = last_night(now), last_sunday(now)
    assert timedelta() <= now - night < timedelta(days=1)
    assert timedelta() <= now - sunday < timedelta(days=7)
    assert (night.hour, night.minute, sunday.weekday(), sunday.hour) == (2, 30, 6, 4)
    assert last_night(night) == night
    assert last_sunday(sunday) == sunday
