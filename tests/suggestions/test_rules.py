"""What an idea must say, where it may go, until when it is answered."""

from datetime import date, datetime

import pytest

from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import SHANGHAI
from mulin.parlour.suggestions.rules import (
    MOVES,
    State,
    Times,
    answer_by,
    is_possible,
    look_by,
    month_of,
    says_something,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("多种树", True),
        ("好", False),
        ("👍👍👍", False),
        ("……！", False),
        ("好" * 2_000, True),
        ("", False),
    ],
)
def test_emoji_and_one_letter_are_no_idea(words, says):
    assert says_something(words) is says


def test_what_is_over_goes_nowhere():
    over = set(State) - {State.HELD, State.OPEN}
    assert [(act, state) for act in MOVES for state in over if is_possible(act, state)] == []


def test_the_spring_festival_counts_for_neither_limit():
    came = datetime(2026, 2, 13, 17, 0, tzinfo=SHANGHAI)  # the Friday before
    days = WorkCalendar()
    # 14 February is worked for the holiday of 15 to 23.
    assert look_by(came, Times(1, 2), days) == datetime(2026, 2, 15, tzinfo=SHANGHAI)
    assert answer_by(came, Times(1, 2), days) == datetime(2026, 2, 25, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("typed", "first", "following"),
    [
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-13", date(2026, 11, 1), date(2026, 12, 1)),
        ("yesterday", date(2026, 11, 1), date(2026, 12, 1)),
        ("", date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_month_is_read_or_it_is_this_one(typed, first, following):
    assert month_of(typed, date(2026, 11, 28)) == (first, following)
