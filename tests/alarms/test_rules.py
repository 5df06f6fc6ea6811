"""States, the ladder, what devices say, what is to be heard of: values in, values out."""

import json
from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mulin.circle.alarms.models import Event
from mulin.circle.alarms.rules import (
    DEFAULT_LADDER,
    LONGEST_NUMBER,
    LOOP,
    MOST_LITRES,
    MOVES,
    NotUnderstood,
    Rung,
    Said,
    Signal,
    State,
    Who,
    after_rung,
    begins_anew,
    broker_digest,
    chain_is_proven,
    check_ins,
    counted_anew,
    digest_of,
    fresh_key,
    in_topic,
    is_key,
    is_ladder,
    is_mapping,
    is_sent_again,
    number_kept,
    receipt_topic,
    signal_in,
    stands_still,
    water_spans,
)
from mulin.kit.clock import SHANGHAI
from tests.clock import NOW

pytestmark = pytest.mark.once


def test_only_a_persons_deed_ends_an_alarm():
    assert {deed.value for (_state, deed), to in MOVES.items() if to is State.ENDED} == {"end"}
    assert {state for (state, deed) in MOVES if deed.value == "end"} == {
        State.OPEN, State.GOING, State.THERE
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "minutes", "anew"),
    [
        (State.OPEN, 4, False),
        (State.OPEN, 5, False),
        (State.OPEN, 6, True),
        (State.GOING, 1, True),
        (State.THERE, 1, True),
    ],
)
def test_a_press_begins_the_ladder_anew_after_an_answer_or_after_five_minutes(state, minutes, anew):
    assert begins_anew(state, NOW - timedelta(minutes=minutes), NOW) is anew


@given(
    ladder=some.lists(some.integers(1, 3000), min_size=0, max_size=6, unique=True).map(
        lambda times: tuple(Rung(at, (Who.DUTY,)) for at in [0, *sorted(times)])
    ),
    late=some.integers(0, 7200),
)
def test_after_every_rung_there_is_a_next_step_ahead(ladder, late):
    assert is_ladder(ladder)
    for place in range(len(ladder)):
        now = NOW + timedelta(seconds=late)
        step = after_rung(ladder, place, 0, began=NOW, now=now)
        assert step.at > now
        assert not stands_still(step.at, now)
        assert step.rung == min(place + 1, len(ladder) - 1)


def test_the_last_rung_is_told_again_and_again():
    step = after_rung(DEFAULT_LADDER, 3, 7, began=NOW, now=NOW)
    assert (step.rung, step.loop, step.at) == (3, 8, NOW + LOOP)


@pytest.mark.parametrize(
    "rungs",
    [
        (),
        (Rung(5, (Who.DUTY,)),),
        (Rung(0, (Who.DUTY,)), Rung(60, ())),
        (Rung(0, (Who.DUTY,)), Rung(60, (Who.HEAD,)), Rung(60, (Who.ALL,))),
        (Rung(0, (Who.DUTY,)), Rung(9000, (Who.ALL,))),
    ],
    ids=["none", "late", "nobody", "no order", "too long"],
)
def test_no_ladder_has_a_hole(rungs):
    assert not is_ladder(rungs)


@pytest.mark.parametrize(
    ("at", "still"),
    [
        (None, True),
        (NOW - timedelta(seconds=61), True),
        (NOW - timedelta(seconds=59), False),
        (NOW + timedelta(minutes=120), False),
        (NOW + timedelta(hours=3), True),
    ],
)
def test_an_alarm_stands_still_without_a_step_near(at, still):
    assert stands_still(at, NOW) is still


def test_the_chain_is_proven_by_what_came_back():
    ago = lambda minutes: NOW - timedelta(minutes=minutes)  # noqa: E731  a table
    assert not chain_is_proven(None, None, NOW)
    assert not chain_is_proven(ago(1), None, NOW)
    assert chain_is_proven(ago(1), ago(1), NOW)
    assert chain_is_proven(ago(1), ago(6), NOW)  # on its way
    assert not chain_is_proven(ago(3), ago(8), NOW)  # it should be back
    assert not chain_is_proven(ago(8), ago(8), NOW)  # none was sent since
    assert not chain_is_proven(ago(-60), ago(-60), NOW)  # the clock was put back since


def test_a_device_is_understood():
    said = signal_in(json.dumps({"said": "sos", "id": 7, "at": NOW.timestamp()}).encode())
    assert said == Signal(Said.SOS, "7", "", said.at)
    assert abs(said.at - NOW) < timedelta(seconds=1)
    assert signal_in(b'{"said": "water", "litres": "3.5"}').litres == Decimal("3.5")
    assert signal_in(b'{"said": "something new"}').said is Said.SOS
    assert signal_in(b"").said is Said.SOS
    for wrong in (b"\xff", b"[1]", b"x" * 5000, b"[" * 4000):
        with pytest.raises(NotUnderstood):
            signal_in(wrong)


@given(some.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(content):
    with suppress(NotUnderstood):
        assert signal_in(content).said in Said


def test_a_number_that_nobody_could_keep_is_written_out():
    """A NUL is no text for PostgreSQL, half a letter none for anybody, # and + no topic."""
    odd = signal_in(b'{"id": "a\\u0000#\\ud800+"}')
    assert odd.message_id == "a~0#~d800+"
    assert receipt_topic("xinjie", "AB12", odd.message_id) == "sos/xinjie.AB12/rcpt/a~0-~d800-"
    assert signal_in(b'{"id": "a\\u0001"}') != signal_in(b'{"id": "a\\u0002"}')


def test_two_long_numbers_that_begin_alike_are_two_presses():
    first, second = (number_kept("https://cloud.example/events/2026/11/24/" + end) for end in "12")
    assert first != second
    assert len(first) == len(second) == LONGEST_NUMBER


def test_a_number_counts_for_a_day_and_then_the_device_has_begun_to_count_anew():
    assert is_sent_again(NOW, NOW + timedelta(hours=23))
    assert is_sent_again(NOW, NOW - timedelta(hours=1))
    assert not is_sent_again(NOW, NOW + timedelta(days=1))
    longest = counted_anew("9" * LONGEST_NUMBER, NOW)
    assert len(longest) <= Event._meta.get_field("message_id").max_length


@pytest.mark.parametrize("litres", ["1e999999", "999999999999", "1e-999999"])
def test_no_reading_is_too_large_or_too_small_to_be_added(litres):
    read = signal_in(json.dumps({"said": "water", "litres": litres}).encode()).litres
    assert 0 <= read <= MOST_LITRES
    assert read.as_tuple().exponent == -3


def test_a_vendor_speaks_by_its_mapping():
    mapping = {
        "device": "data.sn", "id": "msgId", "said": "data.type", "litres": "data.flow",
        "words": {"sos": ["1", "fall"], "beat": ["0"]},
    }  # fmt: skip
    assert is_mapping(mapping)
    told = {"msgId": "a", "data": {"sn": "SN9", "type": 0, "flow": "-1"}}
    assert signal_in(json.dumps(told).encode(), mapping) == Signal(Said.BEAT, "a", "SN9")
    for lacking in ({}, {"device": "x"}, mapping | {"words": {"beat": ["0"]}}, mapping | {"id": 3}):
        assert not is_mapping(lacking)


def test_of_a_key_only_digests_are_kept():
    key = fresh_key()
    assert is_key(key, digest_of(key))
    assert not is_key(key, digest_of(key + "x"))
    assert not is_key("", "")
    assert broker_digest(key).startswith("$7$101$")
    assert key not in digest_of(key) + broker_digest(key)


def test_a_topic_names_community_and_device():
    assert in_topic("sos/xinjie.ab12cd34/press") == ("xinjie", "ab12cd34", "press")
    for other in ("sos/xinjie/press", "sos/a.bcde/rcpt/1", "sos/a.bcde/press/x"):
        assert in_topic(other) is None


def test_check_ins_are_expected_across_the_end_of_a_year():
    begin = datetime(2026, 12, 31, 12, tzinfo=SHANGHAI)
    found = list(
        check_ins(
            [time(8, 30), time(23, 30)], grace=timedelta(hours=1), begin=begin,
            until=begin + timedelta(days=1),
        )
    )  # fmt: skip
    assert [one.alarm_at for one in found] == [
        datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI),
        datetime(2027, 1, 1, 9, 30, tzinfo=SHANGHAI),
    ]
    # No moment lies between two of them: an early word counts for the next.
    assert found[1].since == found[0].until


def test_water_is_counted_from_midnight():
    found = list(water_spans(12, begin=NOW, until=NOW + timedelta(days=1)))
    assert [(one.since.hour, one.until.hour) for one in found] == [(0, 12), (12, 0)]
