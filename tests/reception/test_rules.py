"""Limits, states, on time or late, and the three rates: values in, values out."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import SHANGHAI
from mulin.parlour.reception.rules import (
    FIRST_LIMITS,
    HARM,
    MOVES,
    OFFER_MOVES,
    OFFER_TIME,
    OPEN_STATES,
    Act,
    Limit,
    OfferState,
    OnTime,
    State,
    filled,
    is_on_time,
    metres_between,
    next_state,
    offer_deadline,
    on_time_of_row,
    possible_acts,
    reminder_moment,
    reply_deadline,
    respond_deadline,
    unknown_placeholders,
)

DAYS_40 = timedelta(days=40)

MOMENTS = st.integers(0, 3_600_000).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("urgency", "received", "respond", "reply"),
    [
        ("life", "2026-11-25 10:00", "2026-11-25 11:00", "2026-11-26 10:00"),
        ("utilities", "2026-11-25 23:30", "2026-11-26 01:30", "2026-11-26 23:30"),
        ("ordinary", "2026-11-25 10:00", "2026-11-26 10:00", "2026-12-05 00:00"),
        ("complex", "2026-11-25 10:00", "2026-11-26 10:00", "2026-12-17 00:00"),
        # Received at the last minute of a day: that day is not counted.
        ("ordinary", "2026-11-25 23:59", "2026-11-26 23:59", "2026-12-05 00:00"),
        # Over the Spring Festival of 2026: off 15 to 23 February, worked on the 14th and the 28th.
        ("ordinary", "2026-02-12 10:00", "2026-02-13 10:00", "2026-03-01 00:00"),
    ],
)
def test_limits_of_a_new_community(urgency, received, respond, reply):
    limit, moment = FIRST_LIMITS[urgency], at(received)
    assert respond_deadline(limit, moment) == at(respond)
    assert reply_deadline(limit, moment, WorkCalendar()) == at(reply)


def test_a_limit_without_days_or_hours_is_refused():
    with pytest.raises(ValueError, match="working days or hours"):
        reply_deadline(Limit(respond_hours=1), at("2026-11-25 10:00"), WorkCalendar())


@given(MOMENTS, st.sampled_from(sorted(FIRST_LIMITS)))
def test_the_answer_is_never_due_before_the_first_word(moment, urgency):
    limit = FIRST_LIMITS[urgency]
    respond = respond_deadline(limit, moment)
    reply = reply_deadline(limit, moment, WorkCalendar())
    assert moment < respond <= reply


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=40)))
def test_the_reminder_comes_before_the_limit_and_after_three_quarters(moment, span):
    due = moment + span
    reminder = reminder_moment(moment, due)
    assert moment + span * 3 / 4 <= reminder < due
    assert due - reminder <= timedelta(days=1)


def test_every_move_leads_somewhere_and_only_tabled_moves_exist():
    for state in State:
        for act in Act:
            after = next_state(state, act)
            if act in {Act.ASSIGN, Act.NOTE, Act.OFFER, Act.ASK_HELP}:
                assert after == (state if state in OPEN_STATES else None)
            else:
                assert after == (MOVES[(state, act)][0] if (state, act) in MOVES else None)
            assert (act in possible_acts(state)) == (after is not None)


def test_what_goes_with_another_is_answered_with_it_or_leaves_and_nothing_else():
    assert set(possible_acts(State.JOINED)) == {Act.ANSWER, Act.LEAVE}
    for state in OPEN_STATES:
        assert next_state(state, Act.JOIN) is State.JOINED


def test_an_offer_is_settled_once():
    assert {state for state, _act in OFFER_MOVES} == {OfferState.OPEN}
    assert set(OFFER_MOVES.values()) == set(OfferState) - {OfferState.OPEN}


@given(MOMENTS, st.sampled_from(sorted(HARM.values())), st.timedeltas(-DAYS_40, DAYS_40))
def test_an_offer_is_answered_while_some_of_the_demands_own_time_is_left(offered, harm, span):
    due = offered + span
    limit = offer_deadline(harm, offered, due)
    assert offered <= limit <= offered + OFFER_TIME[harm]
    if span > timedelta(0):
        assert limit < due
    assert offer_deadline(harm, offered, None) == offered + OFFER_TIME[harm]


@pytest.mark.parametrize(
    ("words", "filled_in"),
    [
        ("{称呼}您好，{地点}的灯已修好。", "王秀英您好，12幢 门口的灯已修好。"),
        ("｛ 编号 ｝已办", "2026-00001已办"),
        ("请打{电话}", "请打＿＿"),
        ("没有括号", "没有括号"),
        # What was filled in is not filled in again.
        ("{类别}", "{编号}"),
    ],
)
def test_a_template_is_filled_and_what_is_missing_is_seen(words, filled_in):
    values = {"asker": "王秀英", "where": "12幢 门口", "number": "2026-00001", "category": "{编号}"}
    assert filled(words, values) == filled_in


def test_unknown_placeholders_are_named():
    assert unknown_placeholders("{称呼}{身份证}｛电话｝{ }") == ["身份证", ""]


def test_metres():
    # Two corners of a block in Haiyan, measured on the sphere.
    assert round(metres_between((30.5200, 120.9400), (30.5209, 120.9400))) == 100
    assert round(metres_between((30.5200, 120.9400), (30.5200, 120.9410))) == 96
    assert metres_between((30.52, 120.94), (30.52, 120.94)) == 0


def test_confirmed_and_closed_are_the_end():
    assert possible_acts(State.CONFIRMED) == []
    assert possible_acts(State.CLOSED) == []


def test_from_every_open_state_an_answer_can_be_given():
    for state in OPEN_STATES:
        assert next_state(state, Act.ANSWER) is State.ANSWERED


@pytest.mark.parametrize(
    ("due", "done", "as_of", "expected"),
    [
        (None, None, "2026-01-01 00:00", True),
        ("2026-01-02 00:00", "2026-01-02 00:00", "2026-02-01 00:00", True),
        ("2026-01-02 00:00", "2026-01-02 00:01", "2026-02-01 00:00", False),
        ("2026-01-02 00:00", None, "2026-01-02 00:00", True),
        ("2026-01-02 00:00", None, "2026-01-02 00:01", False),
    ],
)
def test_on_time(due, done, as_of, expected):
    assert is_on_time(due and at(due), done and at(done), at(as_of)) is expected


def test_a_row_its_source_did_not_judge_is_not_judged_in_its_place():
    dates = {"due": at("2026-01-02 00:00"), "closed": None, "as_of": at("2026-02-01 00:00")}
    assert on_time_of_row(**dates, states_on_time=True, stated="") is OnTime.NOT_STATED
    assert on_time_of_row(**dates, states_on_time=True, stated="ONTIME") is OnTime.OVERDUE
    assert on_time_of_row(**dates, states_on_time=False, stated="") is OnTime.OVERDUE
