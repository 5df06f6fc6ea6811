"""How often whom, why today, in which order; who walks for whom. Values in, values out."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.clock import SHANGHAI
from mulin.parlour.rounds.rules import (
    FIRST_PACES,
    LONGEST_HAND_OVER,
    MOVES,
    REST_AFTER_REFUSAL_DAYS,
    Deed,
    HandOverState,
    Home,
    Kind,
    Reason,
    Why,
    fault_of_span,
    floor_of,
    kind_of,
    overlap,
    reasons_for,
    round_of,
)

TODAY = date(2026, 11, 25)
YOUNG, OLD, VERY_OLD = 1990, 1960, 1945


def days_ago(days):
    return TODAY - timedelta(days=days)


def home(number=1, *, years=(YOUNG,), seen=0, house="000012幢", **more):
    """A home that was seen so many days ago."""
    return Home(
        id=number, rank=(house, "000001单元", f"{number:06}"), birth_years=tuple(years),
        last_seen=days_ago(seen), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("years", "kind"),
    [
        ((VERY_OLD,), Kind.VERY_OLD),
        ((VERY_OLD, YOUNG), Kind.VERY_OLD),  # who is looked after is visited too
        ((OLD,), Kind.ALONE),
        ((OLD, OLD), Kind.ALONE),
        ((OLD, YOUNG), Kind.EVERYBODY),
        ((OLD, None), Kind.EVERYBODY),  # nobody is called alone whose company is not known
        ((None,), Kind.EVERYBODY),
        ((), Kind.EVERYBODY),
    ],
)
def test_whom_a_home_is_visited_for(years, kind):
    assert kind_of(years, TODAY) is kind


@pytest.mark.parametrize(
    ("one", "reasons"),
    [
        (home(seen=89), ()),
        (home(seen=90), (Reason(Why.LONG, days=90, pace=90),)),
        (home(years=(OLD,), seen=29), ()),
        (home(years=(OLD,), seen=30), (Reason(Why.OLD, days=30, pace=30),)),
        (
            home(wished_since=days_ago(2), news=1, open_demands=3, late_demands=2),
            (
                Reason(Why.ASKED, days=2), Reason(Why.NEWS, count=1), Reason(Why.LATE, count=2),
                Reason(Why.OPEN, count=1),
            ),
        ),
    ],
)  # fmt: skip
def test_why_somebody_should_knock_today_the_most_pressing_first(one, reasons):
    assert reasons_for(one, FIRST_PACES, TODAY) == reasons


def test_who_was_never_seen_has_waited_since_they_moved_in():
    moved_in = Home(id=1, rank=("a",), birth_years=(OLD,), known_since=days_ago(31))
    assert reasons_for(moved_in, FIRST_PACES, TODAY) == (Reason(Why.OLD, days=31, pace=30),)


def test_an_empty_home_has_no_pace():
    assert reasons_for(home(years=(), seen=400), FIRST_PACES, TODAY) == ()


def test_who_did_not_open_is_not_pressed_but_a_wish_still_leads_there():
    refused = home(years=(OLD,), seen=300, last_refused=days_ago(REST_AFTER_REFUSAL_DAYS - 1))
    rested = home(years=(OLD,), seen=300, last_refused=days_ago(REST_AFTER_REFUSAL_DAYS))
    wished = home(years=(OLD,), seen=300, last_refused=days_ago(1), wished_since=TODAY)
    assert reasons_for(refused, FIRST_PACES, TODAY) == ()
    assert [one.why for one in reasons_for(rested, FIRST_PACES, TODAY)] == [Why.OLD]
    assert [one.why for one in reasons_for(wished, FIRST_PACES, TODAY)] == [Why.ASKED]


def test_the_most_pressing_are_chosen_and_walked_house_by_house():
    asked = home(1, house="000020幢", wished_since=days_ago(1))
    beside = home(2, house="000020幢", seen=95)
    long_ago = home(3, house="000012幢", seen=200)
    longer_than_it_may = home(4, house="000012幢", years=(OLD,), seen=90)
    stops, left = round_of(
        [beside, long_ago, longer_than_it_may, asked], FIRST_PACES, TODAY, most=3
    )
    # The wish leads to house 20; the old come before the long unseen, who come before `beside`.
    assert [stop.home.id for stop in stops] == [1, 3, 4]
    assert left == 1


def test_a_door_of_today_is_not_knocked_at_again():
    assert round_of([home(seen=300, is_done_today=True)], FIRST_PACES, TODAY) == ([], 0)


HOMES = st.builds(
    Home,
    id=st.integers(1, 10**6),
    rank=st.tuples(st.sampled_from("abc"), st.sampled_from("12"), st.text(max_size=3)),
    birth_years=st.lists(st.none() | st.integers(1920, 2026), max_size=4).map(tuple),
    last_seen=st.none() | st.integers(0, 500).map(days_ago),
    last_refused=st.none() | st.integers(0, 500).map(days_ago),
    known_since=st.none() | st.integers(0, 500).map(days_ago),
    wished_since=st.none() | st.integers(0, 50).map(days_ago),
    news=st.integers(0, 3),
    open_demands=st.integers(2, 4),
    late_demands=st.integers(0, 2),
    is_done_today=st.booleans(),
)


@given(st.lists(HOMES, max_size=30), st.integers(1, 20))
def test_no_door_with_a_reason_is_lost_and_none_without_is_bothered(homes, most):
    stops, left = round_of(homes, FIRST_PACES, TODAY, most=most)
    with_reason = [
        one for one in homes
        if not one.is_done_today and reasons_for(one, FIRST_PACES, TODAY)
    ]  # fmt: skip
    assert len(stops) + left == len(with_reason)
    assert len(stops) <= most
    assert all(stop.home in with_reason for stop in stops)
    # Each house is entered once.
    entered = [stop.home.rank[0] for stop in stops]
    assert entered == sorted(entered, key=entered.index)


@pytest.mark.parametrize(
    ("room", "floor"), [("301", 3), ("1002", 10), ("302A", 3), ("A3", 0), ("5", 0), ("", 0)]
)
def test_the_floor_of_a_room(room, floor):
    assert floor_of(room) == floor


# ── who walks for whom ───────────────────────────────────────────────────────────────────────


NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "until", "fault"),
    [
        (NOW + DAY, NOW + 3 * DAY, None),
        (NOW - DAY, NOW + DAY, None),  # somebody fell ill yesterday
        (NOW + DAY, NOW + DAY, "order"),
        (NOW - 3 * DAY, NOW, "over"),
        (NOW, NOW + LONGEST_HAND_OVER + DAY, "long"),
    ],
)
def test_what_is_wrong_with_a_span(since, until, fault):
    assert fault_of_span(since, until, NOW) == fault


def test_one_hand_over_may_begin_when_another_ends():
    taken = [(NOW, NOW + 2 * DAY)]
    assert not overlap(taken, NOW + 2 * DAY, NOW + 3 * DAY)
    assert overlap(taken, NOW + DAY, NOW + 3 * DAY)


def test_what_was_answered_is_not_answered_again():
    ended = set(HandOverState) - {HandOverState.PROPOSED, HandOverState.ACCEPTED}
    assert [(state, deed) for state in ended for deed in Deed if (state, deed) in MOVES] == []
