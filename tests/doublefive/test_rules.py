"""The law of the room on plain values."""

from datetime import date, datetime, timedelta

import pytest

from mulin.parlour.doublefive.rules import (
    MOVES,
    OPEN,
    Act,
    Reach,
    Stage,
    State,
    decides_appeals,
    first_words,
    is_year,
    may_appeal,
    river,
)

pytestmark = pytest.mark.once
AT = datetime(2026, 11, 2, 9, 0)  # noqa: DTZ001  plain values


def test_there_is_one_appeal_and_nothing_after_it():
    assert [after for (_s, act), after in MOVES.items() if act is Act.APPEAL] == [State.APPEALED]
    assert not {state for state, _act in MOVES} & {State.CLOSED, State.PASSED, State.MERGED}
    assert {State.OFFERED, State.APPEALED} == OPEN


def test_an_appeal_is_in_time_until_its_days_are_over():
    assert may_appeal(AT, 5, AT + timedelta(days=5, seconds=-1))
    assert not may_appeal(AT, 5, AT + timedelta(days=5))


def test_nobody_decides_about_their_own_refusal():
    assert decides_appeals(1, 2)
    assert not decides_appeals(1, 1)
    assert not decides_appeals(1, None)


def test_the_river_has_seven_stages_and_one_of_them_is_now():
    reached = river(Stage.PUBLISH)
    assert [one.reach for one in reached] == [Reach.DONE] * 2 + [Reach.NOW] + [Reach.NEXT] * 4
    assert [one.stage for one in reached] == list(Stage)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("装路灯。晚上黑。", "装路灯"),
        ("  两行\n第二行", "两行"),
        ("长" * 50, "长" * 39 + "…"),
        ("", ""),
    ],
)
def test_a_name_is_made_of_the_first_words(words, name):
    assert first_words(words) == name


def test_a_season_is_of_this_year_or_the_next():
    today = date(2026, 11, 2)
    assert [is_year(year, today) for year in (1999, 2025, 2027, 2028)] == [
        False, True, True, False,
    ]  # fmt: skip
