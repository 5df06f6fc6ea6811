from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.notify.rules import (
    DIGEST_WINDOW,
    LEASE,
    LONGEST_ALARM_WAIT,
    LONGEST_WAIT,
    MOST_TRIES,
    MOVES,
    SECONDS_TO_SEND,
    Act,
    QuietHours,
    Reach,
    State,
    chosen_ways,
    digest_due_at,
    fit,
    is_path,
    next_state,
    next_steps,
    row_key,
    send_not_before,
    topic_group,
    wait_after,
    wait_after_death,
)
from mulin.kit.clock import SHANGHAI
from tests.clock import NOW

NIGHT = QuietHours(21, 7)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_message_that_was_told_or_gathered_or_went_another_way_moves_no_more():
    ended = {State.TOLD, State.DIGESTED, State.PASSED_ON}
    assert {state for state, _ in MOVES} & ended == set()


def test_a_sent_message_moves_only_by_the_news_that_it_did_not_arrive():
    moves = {act for state, act in MOVES if state == State.SENT}
    assert moves == {Act.GIVE_UP, Act.GO_ON}
    assert next_state(State.SENT, Act.RETRY) is None
    assert next_state(State.FAILED, Act.RETRY) is State.WAITING


def test_a_lease_outlives_two_slow_tries():
    assert timedelta(seconds=2 * SECONDS_TO_SEND) < LEASE


def test_an_ordinary_message_waits_longer_each_time_and_is_then_given_up():
    waits = [wait_after(tries, is_alarm=False) for tries in range(1, MOST_TRIES + 1)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] == timedelta(seconds=30)
    assert max(waits[:-1]) == LONGEST_WAIT


@given(st.integers(min_value=1, max_value=60_000))
def test_an_alarm_is_never_given_up_and_never_waits_longer_than_a_minute(tries):
    wait = wait_after(tries, is_alarm=True, asked=timedelta(hours=3))
    assert timedelta() < wait <= LONGEST_ALARM_WAIT


@given(st.integers(min_value=1, max_value=MOST_TRIES - 1), st.integers(0, 10**9))
def test_what_the_gateway_asks_for_makes_a_wait_longer_but_not_endless(tries, seconds):
    plain = wait_after(tries, is_alarm=False)
    asked = wait_after(tries, is_alarm=False, asked=timedelta(seconds=seconds))
    assert plain <= asked <= LONGEST_WAIT


def test_the_first_death_of_a_sender_costs_no_time_and_the_eighth_ends_it():
    assert wait_after_death(1, is_alarm=False) == timedelta()
    assert wait_after_death(2, is_alarm=False) == timedelta(minutes=2)
    assert wait_after_death(MOST_TRIES, is_alarm=False) is None
    assert wait_after_death(MOST_TRIES, is_alarm=True) == LONGEST_ALARM_WAIT


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-25 20:59:59", "2026-11-25 20:59:59"),
        ("2026-11-25 21:00:00", "2026-11-26 07:00:00"),
        ("2026-11-26 00:00:00", "2026-11-26 07:00:00"),
        ("2026-11-26 06:59:59", "2026-11-26 07:00:00"),
        ("2026-11-26 07:00:00", "2026-11-26 07:00:00"),
        ("2026-12-31 23:30:00", "2027-01-01 07:00:00"),
    ],
)
def test_nothing_leaves_in_quiet_hours(now, leaves):
    assert send_not_before(at(now), quiet=NIGHT, passes=False) == at(leaves)


def test_an_alarm_leaves_at_midnight():
    assert send_not_before(at("2026-11-26 00:00"), quiet=NIGHT, passes=True) == at(
        "2026-11-26 00:00"
    )


def test_quiet_hours_are_local_hours_whatever_the_zone_of_the_moment():
    utc = datetime.fromisoformat("2026-11-25T13:30:00+00:00")  # 21:30 in Shanghai
    assert NIGHT.is_quiet(utc)
    assert send_not_before(utc, quiet=NIGHT, passes=False) == at("2026-11-26 07:00")


@given(
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=3000), timezones=st.just(SHANGHAI)),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_the_moment_a_message_leaves_is_never_quiet_and_never_in_the_past(moment, begin, end):
    quiet = QuietHours(begin, end)
    leaves = send_not_before(moment, quiet=quiet, passes=False)
    assert moment <= leaves <= moment + timedelta(days=1)
    assert not quiet.is_quiet(leaves)


def test_equal_hours_mean_that_no_hour_is_quiet():
    assert not any(QuietHours(0, 0).is_quiet(at(f"2026-11-25 {hour:02}:30")) for hour in range(24))


def test_the_first_text_goes_at_once_and_the_next_gather():
    now = at("2026-11-25 10:00")
    assert digest_due_at(now, last_at=None, gathering_at=None) == now
    earlier = now - timedelta(minutes=10)
    assert digest_due_at(now, last_at=earlier, gathering_at=None) == earlier + DIGEST_WINDOW
    soon = now + timedelta(minutes=5)
    assert digest_due_at(now, last_at=earlier, gathering_at=soon) == soon
    long_ago = now - timedelta(hours=2)
    assert digest_due_at(now, last_at=long_ago, gathering_at=None) == now


def test_topics_gather_by_their_first_word():
    assert topic_group("demand.accepted") == topic_group("demand") == "demand"


def test_a_digest_keeps_its_order_and_says_how_many_it_left_out():
    assert fit(["a" * 100, "b" * 100, "c" * 100]) == (["a" * 100, "b" * 100], 1)
    kept, left = fit(["x" * 1000, "y"])
    assert (len(kept[0]), kept[0][-1], left) == (280, "…", 1)


def ways(*, ways=(), account=False, looks=True, set_up=(), all_at_once=False):
    reach = Reach(tuple(ways), account, looks)
    return chosen_ways(reach, set_up=set_up, all_at_once=all_at_once)


BOTH = [("wechat", "o-1"), ("sms", "138")]


def test_wechat_comes_before_a_text_message_and_an_alarm_takes_both():
    assert ways(ways=BOTH, set_up={"wechat", "sms"}) == [("wechat", "o-1")]
    assert ways(ways=BOTH, set_up={"sms"}) == [("sms", "138")]
    assert ways(ways=BOTH, set_up={"wechat", "sms"}, all_at_once=True) == BOTH
    assert (next_steps("wechat"), next_steps("sms"), next_steps("email")) == (("sms",), (), ())


def test_where_another_way_is_left_nobody_waits_for_hours():
    waits = [wait_after(tries, is_alarm=False, has_next=True) for tries in range(1, 6)]
    assert waits[3:] == [None, None]
    assert sum(waits[:3], timedelta()) < timedelta(minutes=15)


def test_somebody_with_an_app_and_a_phone_gets_both():
    assert ways(ways=[("sms", "138")], account=True, set_up={"sms"}) == [
        ("in_app", ""),
        ("sms", "138"),
    ]


def test_somebody_without_a_phone_is_visited():
    assert ways(ways=[("door", "12-301")], set_up={"sms"}) == [("door", "12-301")]
    assert ways() == [("door", "")]


def test_somebody_with_a_landline_is_called():
    assert ways(ways=[("call", "0573-86110000")], set_up={"sms"}) == [("call", "0573-86110000")]


def test_a_mobile_no_gateway_can_write_to_is_called():
    assert ways(ways=[("sms", "13800000001")]) == [("call", "13800000001")]


def test_whoever_has_only_a_printed_card_is_visited_too():
    assert ways(account=True, looks=False) == [("in_app", ""), ("door", "")]


def test_the_key_is_the_same_at_every_try_and_differs_by_recipient_and_channel():
    key = row_key("step-1", kind="person", record_id=7, way="sms")
    assert key == row_key("step-1", kind="person", record_id=7, way="sms")
    others = {
        row_key("step-1", kind="person", record_id=8, way="sms"),
        row_key("step-1", kind="account", record_id=7, way="sms"),
        row_key("step-1", kind="person", record_id=7, way="email"),
        row_key("step-11", kind="person", record_id=7, way="sms"),
    }
    assert key not in others
    assert len(others) == 4
    assert max(map(len, others)) <= 100


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/\\evil", "", "x"])
def test_a_path_never_leads_elsewhere(path):
    assert not is_path(path)
