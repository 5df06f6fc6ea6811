"""The law of the childcare room: every combination at the door, adults, checks, the ladder."""

from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.clock import SHANGHAI
from mulin.workshop.childcare.rules import (
    BANDS,
    Answer,
    Band,
    Call,
    Code,
    Lack,
    Ordered,
    Proof,
    Sign,
    Span,
    Watch,
    Who,
    adults_needed,
    band_on,
    bands_on,
    check_counts_until,
    clashes,
    decide,
    free_places,
    has_room,
    is_head_told,
    kept_until,
    lacks,
    may_book,
    may_give,
    may_mind,
    months_on,
    most_adults,
    next_rung,
    rung_now,
    same_name,
)

DAY = date(2026, 11, 25)
YES, NO = True, False

# ── the door ─────────────────────────────────────────────────────────────────────────────────

#: Written by hand from the house rules, one line for each person × code × identity card × call, and
#: what it comes to alone and with a second adult: G goes, M more is needed, F the guardian said no,
#: B blocked. Read with the law, not with the code.
#:
#:             call:    none   agreed  doubtful  unreached  refused
TABLE = """
guardian  none  no      M M    G G     M M       M M        M M
guardian  none  yes     G G    G G     G G       G G        M G
guardian  right no      G G    G G     G G       G G        M M
guardian  right yes     G G    G G     G G       G G        M G
guardian  wrong no      M M    G G     M M       M M        M M
guardian  wrong yes     G G    G G     G G       G G        M G
listed    none  no      M M    G G     M M       M M        F F
listed    none  yes     G G    G G     G G       G G        F F
listed    right no      G G    G G     G G       G G        F F
listed    right yes     G G    G G     G G       G G        F F
listed    wrong no      M M    G G     M M       M M        F F
listed    wrong yes     G G    G G     G G       G G        F F
disputed  none  no      M M    M M     M M       M M        M M
disputed  none  yes     M G    M G     M G       M G        M G
disputed  right no      M M    M M     M M       M M        M M
disputed  right yes     M G    M G     M G       M G        M G
disputed  wrong no      M M    M M     M M       M M        M M
disputed  wrong yes     M G    M G     M G       M G        M G
stranger  none  no      M M    M M     M M       M M        F F
stranger  none  yes     M M    M G     M M       M M        F F
stranger  right no      M M    M M     M M       M M        F F
stranger  right yes     M M    M G     M M       M M        F F
stranger  wrong no      M M    M M     M M       M M        F F
stranger  wrong yes     M M    M G     M M       M M        F F
blocked   none  no      B B    B B     B B       B B        B B
blocked   none  yes     B B    B B     B B       B B        B B
blocked   right no      B B    B B     B B       B B        B B
blocked   right yes     B B    B B     B B       B B        B B
blocked   wrong no      B B    B B     B B       B B        B B
blocked   wrong yes     B B    B B     B B       B B        B B
"""
CALLS = (Call.NONE, Call.AGREED, Call.DOUBTFUL, Call.UNREACHED, Call.REFUSED)
LETTERS = {"G": Answer.GOES, "M": Answer.MORE, "F": Answer.FORBIDDEN, "B": Answer.BLOCKED}


def combinations():
    """Proof → answer, from the table."""
    for line in TABLE.strip().splitlines():
        who, code, id_seen, *answers = line.split()
        cells = zip(product(CALLS, (NO, YES)), answers, strict=True)
        for (call, second), letter in cells:
            proof = Proof(Who(who), Code(code), id_seen == "yes", call, second)
            yield proof, LETTERS[letter]


def test_the_table_names_every_combination_once():
    every = {Proof(*one) for one in product(Who, Code, (NO, YES), Call, (NO, YES))}
    named = [proof for proof, _answer in combinations()]
    assert len(named) == len(every) == 300
    assert set(named) == every


def test_every_combination_at_the_door_comes_to_what_the_table_says():
    wrong = {
        proof: decide(proof).answer
        for proof, answer in combinations()
        if decide(proof).answer is not answer
    }
    assert wrong == {}


PROOFS = st.builds(
    Proof, st.sampled_from(Who), st.sampled_from(Code), st.booleans(), st.sampled_from(Call),
    st.booleans(),
)  # fmt: skip


def test_of_two_ways_the_card_is_asked_for_before_a_call():
    for who in (Who.GUARDIAN, Who.LISTED):
        assert decide(Proof(who, code=Code.WRONG)).lacking == {Sign.ID}


@given(PROOFS)
def test_what_is_lacking_is_enough_when_it_is_added(proof):
    verdict = decide(proof)
    assert verdict.goes is (verdict.answer is Answer.GOES)
    if verdict.answer is not Answer.MORE:
        assert verdict.lacking == frozenset()
        return
    more = Proof(
        proof.who,
        Code.RIGHT if Sign.CODE in verdict.lacking else proof.code,
        proof.id_seen or Sign.ID in verdict.lacking,
        Call.AGREED if Sign.CALL in verdict.lacking else proof.call,
        proof.second or Sign.SECOND in verdict.lacking,
    )
    assert decide(more).goes


@given(PROOFS)
def test_nobody_leaves_by_default_and_no_proof_takes_a_child_from_a_court(proof):
    nothing = Proof(proof.who)
    assert not decide(nothing).goes
    blocked = Proof(Who.BLOCKED, proof.code, proof.id_seen, proof.call, proof.second)
    assert decide(blocked).answer is Answer.BLOCKED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("张 伟", "张伟", True), ("阿依古丽·买买提", "阿依古丽买买提", True), ("张伟", "张玮", False), ("", "", False)],
)  # fmt: skip
def test_names_are_the_same_whatever_stands_between(one, other, same):
    assert same_name(one, other) is same


# ── adults ───────────────────────────────────────────────────────────────────────────────────


def born(months):
    """A birthday so many months before the day."""
    total = DAY.year * 12 + DAY.month - 1 - months
    return date(total // 12, total % 12 + 1, DAY.day)


@pytest.mark.parametrize(
    ("months", "per_adult"),
    [(5, None), (6, 3), (11, 3), (12, 5), (24, 7), (35, 7), (36, 9), (71, 9), (72, 15), (215, 15), (216, None)],
)  # fmt: skip
def test_each_age_has_its_band(months, per_adult):
    found = band_on(born(months), DAY)
    assert (found and found.per_adult) == per_adult


def test_a_month_is_full_on_its_day_and_the_31st_on_the_next_first():
    assert months_on(date(2026, 5, 25), DAY) == 6
    assert months_on(date(2026, 5, 26), DAY) == 5
    assert months_on(date(2026, 5, 31), date(2026, 11, 30)) == 5
    assert months_on(date(2026, 5, 31), date(2026, 12, 1)) == 6


@pytest.mark.parametrize(
    ("months", "adults"),
    [
        ([], 0), ([80], 2), ([80] * 30, 2), ([80] * 31, 3), ([8] * 3, 2), ([8] * 7, 3),
        ([8, 14, 30, 50, 90], 5), ([2], 2), ([2] * 7, 3),
    ],
)  # fmt: skip
def test_so_many_adults_are_needed(months, adults):
    assert adults_needed([born(one) for one in months], DAY) == adults


@given(st.lists(st.integers(0, 300), max_size=40))
def test_one_child_more_never_needs_fewer_and_nobody_is_alone(months):
    births = [born(one) for one in months]
    needed = adults_needed(births, DAY)
    assert needed == 0 or needed >= 2
    assert adults_needed([*births, born(9)], DAY) >= needed


def test_a_newer_rule_counts_from_its_day():
    stricter = (*BANDS, Band(72, 216, 10, date(2027, 1, 1), "地方规定"))
    children = [born(90)] * 30
    assert adults_needed(children, DAY, stricter) == 2
    assert adults_needed(children, date(2027, 1, 1), stricter) == 3


def test_the_fullest_moment_of_a_day_counts():
    morning = [Span(born(90), time(8), time(12))] * 31
    noon = [Span(born(90), time(12), time(18))] * 20
    assert most_adults([*morning, *noon], DAY) == 3
    assert most_adults([*noon], DAY) == 2
    assert most_adults([], DAY) == 0


@pytest.mark.parametrize(
    ("starts", "ends", "has"),
    [(9, 12, True), (9, 13, False), (8, 10, False), (12, 13, False), (10, 11, True)],
)
def test_a_place_needs_its_adults_at_each_moment(starts, ends, has):
    """Two adults from nine to twelve, one of them until one; a baby is there already."""
    day, baby = date(2026, 11, 26), date(2026, 1, 10)
    watches = [Watch(time(9), time(12)), Watch(time(9), time(13))]
    held = [Span(baby, time(9), time(12))]
    assert has_room(Span(baby, time(starts), time(ends)), held, watches, day) is has


def test_the_seventh_baby_has_no_room_beside_two_adults():
    day, baby = date(2026, 11, 26), date(2026, 1, 10)
    watches = [Watch(time(9), time(12))] * 2
    held = [Span(baby, time(9), time(12))] * 5
    wanted = Span(baby, time(10), time(11))
    assert has_room(wanted, held, watches, day)
    assert not has_room(wanted, [*held, wanted], watches, day)


_HOURS = st.integers(8, 16)


@st.composite
def spans(draw, births):
    starts = draw(_HOURS)
    return Span(draw(births), time(starts), time(draw(st.integers(starts + 1, 17))))


@given(
    held=st.lists(spans(st.sampled_from([born(8), born(20), born(50), born(90)])), max_size=12),
    shifts=st.lists(st.tuples(_HOURS, st.integers(1, 9)), max_size=4),
    band=st.sampled_from(BANDS), starts=_HOURS,
)  # fmt: skip
def test_free_places_are_as_many_as_have_room_one_after_the_other(held, shifts, band, starts):
    """The count of `free_places` is what `has_room` lets in, child by child."""
    watches = [Watch(time(first), time(min(first + hours, 17))) for first, hours in shifts]
    during = Watch(time(starts), time(starts + 1))
    wanted = Span(born(band.from_months), during.starts, during.ends)
    free = free_places(band, held, watches, during, DAY)
    let_in = [*held]
    while len(let_in) - len(held) < 100 and has_room(wanted, let_in, watches, DAY):
        let_in.append(wanted)
    assert free == len(let_in) - len(held)


def test_bands_of_a_day_are_those_in_force_and_of_one_age_the_newest():
    assert bands_on(DAY) == list(BANDS)
    assert [one.from_months for one in bands_on(date(2013, 6, 1))] == [36]
    newer = Band(36, 72, 8, date(2026, 1, 1), "")
    assert newer in bands_on(DAY, (*BANDS, newer))
    assert len(bands_on(DAY, (*BANDS, newer))) == len(BANDS)


@pytest.mark.parametrize(
    ("count", "adults", "leads", "lacking"),
    [
        (0, 0, 0, set()), (1, 2, 1, set()), (1, 2, 0, {Lack.LEADER}),
        (1, 1, 1, {Lack.TWO, Lack.RATIO}), (31, 2, 1, {Lack.RATIO}),
        (31, 0, 0, {Lack.TWO, Lack.RATIO, Lack.LEADER}),
    ],
)  # fmt: skip
def test_the_room_says_what_it_lacks(count, adults, leads, lacking):
    assert lacks([born(90)] * count, adults=adults, leads=leads, day=DAY) == lacking


@pytest.mark.parametrize(
    ("checked", "day", "may"),
    [
        (None, DAY, False), (DAY, DAY, True), (date(2025, 11, 26), DAY, True),
        (date(2025, 11, 25), DAY, False), (date(2026, 11, 26), DAY, False),
        (date(2024, 2, 29), date(2025, 2, 28), True), (date(2024, 2, 29), date(2025, 3, 1), False),
    ],
)  # fmt: skip
def test_a_check_counts_for_twelve_months(checked, day, may):
    assert may_mind(checked, day) is may


def test_a_check_ends_on_its_day_of_the_next_year():
    assert check_counts_until(date(2026, 3, 8)) == date(2027, 3, 8)


# ── the ladder ───────────────────────────────────────────────────────────────────────────────

CLOSING = datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)


def test_it_rings_after_ten_and_twenty_minutes_and_on():
    assert [next_rung(CLOSING, rung) - CLOSING for rung in (0, 1, 2, 5)] == [
        timedelta(minutes=minutes) for minutes in (10, 20, 30, 60)
    ]
    assert [is_head_told(rung) for rung in (1, 2, 3)] == [False, True, True]


@given(st.integers(0, 20), st.integers(0, 40))
def test_a_sweep_that_was_missed_rings_the_rung_of_now_and_never_an_earlier_one(rung, tens):
    now = next_rung(CLOSING, rung) + timedelta(minutes=10 * tens)
    assert rung_now(CLOSING, rung, now) == rung + 1 + tens


# ── the rest ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "given_today", "is_stopped", "may"),
    [
        (DAY, 0, False, True), (DAY, 1, False, True), (DAY, 2, False, False),
        (DAY, 0, True, False), (DAY - timedelta(1), 0, False, False),
        (DAY + timedelta(3), 0, False, False), (DAY + timedelta(2), 0, False, True),
    ],
)  # fmt: skip
def test_medicine_follows_the_written_order(day, given_today, is_stopped, may):
    order = Ordered(DAY, DAY + timedelta(2), 2, is_stopped)
    assert may_give(order, day=day, given_today=given_today) is may


def test_a_meal_is_held_against_what_a_child_does_not_bear():
    assert clashes(["milk", "egg"], ["egg", "fish"]) == {"egg"}
    assert clashes([], ["egg"]) == frozenset()


def test_a_place_is_booked_from_today_on_and_not_next_year():
    assert [may_book(DAY + timedelta(days=n), DAY) for n in (-1, 0, 62, 63)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_what_is_kept_three_years_is_gone_then():
    assert kept_until(date(2026, 11, 25)) == date(2023, 11, 25)
    assert kept_until(date(2028, 2, 29)) == date(2025, 2, 28)
