"""The law of volunteering: no minute counts twice, none that was not served."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.volunteers.rules import (
    Post,
    Span,
    Stand,
    counted,
    fits,
    hours_of,
    initial_of,
    is_clash,
    is_tight,
    merged,
    minutes_in,
    month_after,
    month_before,
    month_of,
    read_posts,
    read_words,
    slots_of,
    stand_for,
    stars_of,
    weekday_in_month,
    weeks_of,
    without,
)
from mulin.kit.clock import SHANGHAI

pytestmark = pytest.mark.once
AT = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)


def span(first, last):
    """Minutes after nine."""
    return Span(AT + timedelta(minutes=first), AT + timedelta(minutes=last))


def spans(most=6):
    pairs = st.tuples(st.integers(0, 3_600), st.integers(0, 3_600))
    one = pairs.map(
        lambda pair: Span(AT + timedelta(seconds=min(pair)), AT + timedelta(seconds=max(pair)))
    )
    return st.lists(one, max_size=most)


def seconds_of(some):
    """The slow, obvious count: each second once."""
    return {
        second
        for one in some
        for second in range(
            int((one.begins - AT).total_seconds()), int((one.ends - AT).total_seconds())
        )
    }


@given(spans(3), spans(2), spans(2))
def test_counted_minutes_never_exceed_real_ones_and_never_count_twice(stays, allowed, taken):
    pieces = counted(stays, allowed, taken)
    real = (seconds_of(stays) & seconds_of(allowed)) - seconds_of(taken)
    assert seconds_of(pieces) <= real
    assert 0 <= minutes_in(pieces) * 60 <= len(real)
    assert pieces == merged(pieces)


@given(st.lists(spans(2), max_size=4), spans(2))
def test_several_activities_together_never_exceed_the_time_somebody_was_there(places, allowed):
    taken = []
    for stays in places:
        taken += counted(stays, allowed, taken)
    everywhere = seconds_of([one for stays in places for one in stays])
    assert minutes_in(taken) * 60 <= len(everywhere)


@given(spans(), spans())
def test_what_is_taken_away_is_away(some, taken):
    assert seconds_of(without(some, taken)) == seconds_of(some) - seconds_of(taken)


def test_a_shift_over_midnight_counts_its_minutes():
    night = Span(
        datetime(2026, 12, 31, 22, 0, tzinfo=SHANGHAI), datetime(2027, 1, 1, 2, 30, tzinfo=SHANGHAI)
    )
    assert minutes_in(counted([night], [night], [])) == 270


def test_thirteen_hours_on_an_eight_hour_shift_are_eight():
    assert minutes_in(counted([span(-60, 720)], [span(0, 480)], [])) == 480


def test_seconds_are_cut_inwards():
    stay = Span(AT + timedelta(seconds=30), AT + timedelta(minutes=10, seconds=59))
    assert counted([stay], [span(0, 60)], []) == [span(1, 10)]


@pytest.mark.parametrize(("minutes", "hours"), [(0, "0.0"), (5, "0.0"), (6, "0.1"), (119, "1.9"), (120, "2.0")])  # fmt: skip
def test_hours_are_tenths_rounded_down(minutes, hours):
    assert hours_of(minutes) == Decimal(hours)


def test_stars_come_at_the_hours_of_the_rule():
    assert [stars_of(hours * 60) for hours in (99, 100, 300, 600, 1000, 1500)] == [0, 1, 2, 3, 4, 5]
    assert stars_of(100 * 60 - 1) == 0


def test_nobody_is_in_two_places_and_half_an_hour_between_is_tight():
    assert is_clash(span(0, 60), span(59, 90))
    assert not is_clash(span(0, 60), span(60, 90))
    assert is_tight(span(0, 60), span(60, 90))
    assert is_tight(span(60, 90), span(0, 31))
    assert not is_tight(span(0, 60), span(90, 120))
    assert not is_tight(span(0, 60), span(59, 90))


def test_a_full_post_gives_a_place_on_the_waiting_list():
    assert [stand_for(1, 0), stand_for(1, 1)] == [Stand.GOING, Stand.WAITING]


def test_times_fit_into_the_activity():
    assert slots_of(AT, AT + timedelta(minutes=50), 20) == [AT, AT + timedelta(minutes=20)]
    assert slots_of(AT, AT + timedelta(minutes=50), 0) == []


def test_posts_are_read_as_people_write_them():
    assert read_posts("理发师，2，理发\n\n 扫地 \n引导; 3") == [
        Post("理发师", 2, "理发"), Post("扫地", 1, ""), Post("引导", 3, ""),
    ]  # fmt: skip
    for wrong in ("2", "理发师 0，0", "a,b,c", "a,999"):
        with pytest.raises(ValueError, match=wrong[:1]):
            read_posts(f"好\n{wrong}")
    with pytest.raises(ValueError, match="n12"):
        read_posts("\n".join(f"n{number}" for number in range(13)))


def test_skills_are_words_and_fit_a_post():
    assert read_words(" 理发，修电器 、理发 急救") == ["理发", "修电器", "急救"]
    assert fits("", [])
    assert fits("理发", ["理发"])
    assert not fits("理发", ["急救"])


def test_months():
    assert month_of("2026-12", date(2026, 11, 5)) == date(2026, 12, 1)
    assert month_of("2026-13", date(2026, 11, 5)) == date(2026, 11, 1)
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_before(date(2027, 1, 1)) == date(2026, 12, 1)
    assert weeks_of(date(2026, 11, 1))[0][0] == date(2026, 10, 26)
    assert weekday_in_month(date(2026, 11, 21)) == (3, 6)
    assert weekday_in_month(date(2026, 11, 30)) == (5, 1)


def test_a_name_in_public_is_its_first_character():
    assert initial_of("王秀英") == "王**"
