"""The draw, the rate, the interval, what is hidden, the code: values in, values out."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mulin.kit.ids import READABLE
from mulin.parlour.survey.rules import (
    MOVES,
    Act,
    Answers,
    Disposition,
    Outcome,
    Response,
    State,
    Tally,
    allot,
    check_digits,
    closes_itself_on,
    code_from,
    differs_clearly,
    digest_of_frame,
    disposition_after,
    draw,
    in_fours,
    interval,
    letter_parts,
    may_be_asked,
    next_state,
    read_code,
    showable,
    takes_answers,
)

STRATA = st.dictionaries(st.integers(1, 12), st.integers(0, 60), min_size=1, max_size=8)
CODES = st.text(READABLE, min_size=10, max_size=10)


def homes(sizes):
    return {key: [f"{key}幢{number}" for number in range(count)] for key, count in sizes.items()}


# ── states ───────────────────────────────────────────────────────────────────────────────────


def test_a_published_survey_cannot_be_moved_and_a_drafted_one_not_closed():
    assert [act for act in Act if next_state(State.PUBLISHED, act)] == []
    assert next_state(State.DRAFTED, Act.CLOSE) is None
    assert {state for state, _act in MOVES} == set(State) - {State.PUBLISHED}


def test_households_answer_through_the_last_day_and_paper_has_five_more():
    last = date(2026, 11, 20)
    assert takes_answers(State.OPEN, last, last)
    assert not takes_answers(State.OPEN, last, date(2026, 11, 21))
    assert not takes_answers(State.CLOSED, last, last)
    assert not takes_answers(State.OPEN, None, last)
    assert closes_itself_on(last) == date(2026, 11, 26)


# ── the draw ─────────────────────────────────────────────────────────────────────────────────


@given(STRATA, st.data())
def test_the_draw_is_exactly_as_large_as_wanted_and_within_one_of_the_proportion(sizes, data):
    total = sum(sizes.values())
    size = data.draw(st.integers(0, total))
    given_to = allot(sizes, size)
    assert sum(given_to.values()) == size
    for key, count in sizes.items():
        assert 0 <= given_to[key] <= count
        if total:
            assert abs(given_to[key] - size * count / total) < 1


@given(STRATA, st.data())
def test_the_largest_remainders_are_served(sizes, data):
    total = sum(sizes.values())
    assume(total)
    size = data.draw(st.integers(0, total))
    given_to = allot(sizes, size)
    remainders = {key: size * count % total for key, count in sizes.items()}
    rounded_up = [key for key in sizes if given_to[key] > size * sizes[key] // total]
    rounded_down = [key for key in sizes if key not in rounded_up]
    if rounded_up and rounded_down:
        assert min(remainders[key] for key in rounded_up) >= max(
            remainders[key] for key in rounded_down
        )


def test_the_allotment_of_hamilton_by_hand():
    # Quotas 5.31, 3.41, 1.28 of ten: the seat that is left goes to 0.41.
    assert allot({"a": 531, "b": 341, "c": 128}, 10) == {"a": 5, "b": 4, "c": 1}
    # Equal remainders: the larger stratum first.
    assert allot({"a": 3, "b": 1}, 2) == {"a": 2, "b": 0}


@pytest.mark.parametrize("size", [-1, 11])
def test_more_than_there_are_cannot_be_drawn(size):
    with pytest.raises(ValueError, match="cannot be drawn"):
        allot({"a": 10}, size)


@given(STRATA, st.text(max_size=8), st.randoms())
def test_who_is_drawn_depends_on_the_seed_and_not_on_the_order_of_the_list(sizes, seed, dice):
    frame = homes(sizes)
    shuffled = {key: dice.sample(listed, len(listed)) for key, listed in frame.items()}
    size = sum(sizes.values()) // 2
    drawn = draw(frame, size, seed)
    assert drawn == draw(shuffled, size, seed)
    assert digest_of_frame(frame) == digest_of_frame(shuffled)
    assert sum(map(len, drawn.values())) == size
    for key, chosen in drawn.items():
        assert len(set(chosen)) == len(chosen)
        assert set(chosen) <= set(frame[key])


def test_every_household_has_the_same_chance_inside_its_stratum():
    frame = homes({1: 20, 2: 10})
    rounds = 4_000
    seen = Counter(
        home
        for seed in range(rounds)
        for chosen in draw(frame, 15, str(seed)).values()
        for home in chosen
    )
    # One half of each stratum; 4,000 fair coins stay within 5 standard deviations (158).
    assert set(seen) == {home for listed in frame.values() for home in listed}
    assert all(abs(count - rounds / 2) < 158 for count in seen.values())


# ── who counts ───────────────────────────────────────────────────────────────────────────────


def test_after_three_tries_nobody_counts_as_met():
    assert disposition_after(Outcome.NOBODY, 2, most=3) is Disposition.WAITING
    assert disposition_after(Outcome.NOBODY, 3, most=3) is Disposition.NOT_REACHED
    assert disposition_after(Outcome.EMPTY, 1, most=3) is Disposition.EMPTY


def test_only_the_empty_leave_the_denominator():
    response = Response(
        returned=60, refused=10, unable=5, not_reached=15, waiting=10, empty=20
    )  # fmt: skip
    assert (response.sampled, response.eligible, response.reached) == (120, 100, 75)
    assert (response.rate, response.rate_of_reached) == (Decimal("60.0"), Decimal("80.0"))


def test_nobody_drawn_has_no_rate():
    assert (Response().rate, Response().rate_of_reached) == (None, None)


@given(*(st.integers(0, 500) for _each in Disposition))
def test_asking_fewer_never_betters_the_rate(
    returned, refused, unable, not_reached, waiting, empty
):
    some = Response(returned, refused, unable, not_reached, waiting, empty)
    more = Response(returned, refused, unable, not_reached, waiting + 1, empty)
    assert some.sampled == returned + refused + unable + not_reached + waiting + empty
    assert some.rate is None or more.rate <= some.rate


@pytest.mark.parametrize(
    ("born", "asked"), [(None, True), (1945, True), (2007, True), (2008, False), (2019, False)]
)
def test_children_are_not_asked(born, asked):
    assert may_be_asked(born, 2026) is asked


# ── the figure ───────────────────────────────────────────────────────────────────────────────


def test_satisfied_are_the_two_best_of_those_with_an_opinion():
    tally = Tally({5: 50, 4: 30, 3: 10, 2: 5, 1: 5}, unsure=40, blank=7)
    assert (tally.answered, tally.satisfied(2), tally.satisfied(1)) == (100, 80, 50)


def test_wilson_without_end_as_in_the_books():
    # 81 of 263 is the worked example of Newcombe, Stat. Med. 17 (1998): 0.2553 to 0.3662.
    low, high = interval(81, 263, 10**12)
    assert (low, high) == (Decimal("25.5"), Decimal("36.7"))


def test_when_everybody_answered_nothing_is_left_to_chance():
    assert interval(95, 100, 100) == (Decimal("95.0"), Decimal("95.0"))
    assert interval(1, 3, 3) == (Decimal("33.3"), Decimal("33.4"))
    assert interval(0, 0, 100) is None


@given(st.integers(1, 400), st.integers(0, 3_000), st.data())
def test_the_interval_holds_the_share_and_narrows_with_a_smaller_community(whole, more, data):
    part = data.draw(st.integers(0, whole))
    low, high = interval(part, whole, whole + more)
    share = Decimal(part) * 100 / whole
    assert 0 <= low <= high <= 100
    assert low - Decimal("0.1") <= share <= high + Decimal("0.1")
    wide_low, wide_high = interval(part, whole, whole + more + 500)
    assert wide_low <= low
    assert high <= wide_high


@given(st.integers(1, 60), st.integers(0, 200), st.data())
def test_satisfied_and_not_satisfied_have_mirrored_intervals(whole, more, data):
    part = data.draw(st.integers(0, whole))
    low, high = interval(part, whole, whole + more)
    other_low, other_high = interval(whole - part, whole, whole + more)
    assert (low + other_high, high + other_low) == (100, 100)


def test_a_difference_within_chance_is_said_to_be_one():
    a, b, c = ((Decimal(low), Decimal(high)) for low, high in ((80, 90), (88, 95), (91, 97)))
    assert not differs_clearly(a, b)
    assert differs_clearly(a, c)
    assert differs_clearly(c, a)
    assert not differs_clearly(None, a)


# ── what is hidden ───────────────────────────────────────────────────────────────────────────


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 40), max_size=10))
def test_nothing_below_ten_can_be_seen_or_found_by_subtraction(counts):
    shown = showable(counts, 10)
    hidden = {key for key in counts if key not in shown and counts[key]}
    assert all(counts[key] >= 10 for key in shown)
    if hidden and shown:
        assert len(hidden) >= 2
        assert sum(counts[key] for key in hidden) >= 10


def test_no_more_is_hidden_than_must_be():
    assert showable({"a": 40, "b": 20, "c": 12}, 10) == {"a", "b", "c"}
    assert showable({"a": 40, "b": 20, "c": 12, "d": 4}, 10) == {"a", "b"}  # c hides d
    assert showable({"a": 40, "b": 20, "c": 6, "d": 4}, 10) == {"a", "b"}  # ten between them
    assert showable({"a": 40, "b": 20, "c": 5, "d": 4}, 10) == {"a"}  # nine: b hides both
    assert showable({"a": 40, "b": 0}, 10) == {"a"}  # nobody is nobody's secret
    assert showable({"a": 5, "b": 4}, 10) == frozenset()


# ── letters ──────────────────────────────────────────────────────────────────────────────────


def test_letters_are_printed_sixty_at_once_and_none_is_left_out():
    assert letter_parts(0) == [(1, 1, 1)]
    assert letter_parts(60) == [(1, 1, 60)]
    assert letter_parts(125) == [(1, 1, 60), (2, 61, 120), (3, 121, 125)]


# ── the code ─────────────────────────────────────────────────────────────────────────────────


@given(CODES)
def test_a_code_is_read_however_it_is_typed(body):
    code = body + check_digits(body)
    assert read_code(code) == code
    assert read_code(f" {in_fours(code).lower()} ") == code
    assert read_code(code.replace("0", "O")[10:].join([code[:10], ""])) == code


@given(CODES, st.integers(0, 11), st.data())
def test_one_wrong_sign_is_always_noticed(body, place, data):
    code = body + check_digits(body)
    signs = READABLE if place < 10 else "0123456789"
    wrong = data.draw(st.sampled_from([sign for sign in signs if sign != code[place]]))
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


@given(CODES, st.integers(0, 8), st.integers(1, 9))
def test_two_swapped_signs_are_always_noticed(body, first, apart):
    second = first + apart
    assume(second < 10 and body[first] != body[second])
    signs = list(body)
    signs[first], signs[second] = signs[second], signs[first]
    assert read_code("".join(signs) + check_digits(body)) is None


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 12, "一二三四五六七八九十01", "ABCD-EFGH-JK"])
def test_nonsense_is_no_code(typed):
    assert read_code(typed) is None


def test_a_code_follows_from_its_digest():
    digest = "ab" * 16
    assert code_from(digest) == code_from(digest)
    assert read_code(code_from(digest)) == code_from(digest)
    assert len({code_from(f"{number:032x}") for number in range(2_000)}) == 2_000


def test_an_empty_sheet_says_nothing():
    assert Answers({1: None, 2: None}).is_empty
    assert not Answers({1: None}, "多种树").is_empty
    assert not Answers({1: 0}).is_empty
