"""The room's law: values in, values out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.workshop.production.evening import proposals, weighed, work_of
from mulin.workshop.production.rules import (
    MINUTES_A_DOOR,
    MINUTES_A_LOAD,
    Asked,
    Batch,
    Bearer,
    Because,
    Call,
    Cause,
    Colour,
    Hand,
    Maker,
    Moved,
    Sampling,
    Spot,
    Task,
    arrivals,
    bears,
    below_zero,
    delivered_yuan,
    filled,
    is_paid,
    late,
    light,
    lights_by_promise,
    lights_of,
    margin,
    one_after_another,
    propose,
    ridden,
    sampling_for,
    shares,
    split_even,
    standing_of,
)

TODAY = date(2026, 11, 25)


def test_the_cause_decides_what_is_paid():
    paid = {
        (verdict, cause)
        for verdict in (Spot.ACCEPTED, Spot.REWORK, Spot.SCRAP, Spot.LOSS)
        for cause in Cause
        if is_paid(verdict, cause)
    }
    assert paid == {
        *((Spot.ACCEPTED, cause) for cause in Cause),
        (Spot.REWORK, Cause.MATERIAL), (Spot.REWORK, Cause.CHANGE),
        (Spot.SCRAP, Cause.MATERIAL), (Spot.SCRAP, Cause.CHANGE),
    }  # fmt: skip


def test_the_cause_decides_who_bears_it():
    assert bears(Cause.CARELESS) is Bearer.WORKER
    assert bears(Cause.TRANSPORT) is bears(Cause.SHORT) is bears(Cause.FORCE) is Bearer.WORKSHOP
    assert bears(Cause.CHANGE) is Bearer.CUSTOMER
    assert bears(Cause.NONE) is bears(Cause.YIELD) is None


def test_what_was_given_out_is_somewhere():
    way = [
        Moved(Spot.STORE, Spot.WORKER, Decimal(10), None, 1),
        Moved(Spot.WORKER, Spot.COUNTER, Decimal(6), 1, 1),
        Moved(Spot.COUNTER, Spot.ACCEPTED, Decimal(4), 1, None),
        Moved(Spot.COUNTER, Spot.SCRAP, Decimal(1), 1, None),
        Moved(Spot.WORKER, Spot.STORE, Decimal(2), 1, None),
        Moved(Spot.ACCEPTED, Spot.CUSTOMER, Decimal(3)),
    ]
    stands = standing_of(way)
    assert (stands.issued, stands.accepted, stands.scrap, stands.returned, stands.out) == (
        10, 4, 1, 2, 3,
    )  # fmt: skip
    assert stands.shipped == 3
    assert stands.is_balanced
    assert not below_zero(way)
    assert below_zero([*way, Moved(Spot.WORKER, Spot.STORE, Decimal(3), 1, None)])


def test_what_one_worker_has_another_does_not():
    given_out = [Moved(Spot.STORE, Spot.WORKER, Decimal(5), None, 1)]
    assert below_zero([*given_out, Moved(Spot.WORKER, Spot.COUNTER, Decimal(5), 2, 2)])


def test_the_light_says_what_would_make_it_green():
    calm = light(wanted=800, weekly=1000, committed=0, today=TODAY, due=TODAY + timedelta(days=7))
    assert calm.colour is Colour.GREEN
    just = light(wanted=900, weekly=1000, committed=0, today=TODAY, due=TODAY + timedelta(days=7))
    assert (just.colour, just.missing_minutes, just.helpers) == (Colour.AMBER, 100, 1)
    late = light(
        wanted=2000, weekly=1000, committed=500, today=TODAY, due=TODAY + timedelta(days=7)
    )
    assert (late.colour, late.missing_minutes, late.helpers, late.days) == (Colour.RED, 1700, 4, 15)


@given(
    wanted=st.integers(60, 20_000), weekly=st.integers(300, 5_000), committed=st.integers(0, 5_000),
    days=st.integers(1, 60),
)  # fmt: skip
def test_with_the_days_it_asks_for_an_order_is_green(wanted, weekly, committed, days):
    due = TODAY + timedelta(days=days)
    found = light(wanted=wanted, weekly=weekly, committed=committed, today=TODAY, due=due)
    if found.colour is not Colour.GREEN:
        again = light(
            wanted=wanted, weekly=weekly, committed=committed, today=TODAY,
            due=due + timedelta(days=found.days),
        )  # fmt: skip
        assert again.colour is Colour.GREEN


def test_a_worker_with_two_skills_makes_one_of_two_orders_green_and_not_both():
    week = TODAY + timedelta(days=7)
    both = Maker(1000, frozenset({1, 2}))
    orders = [Asked(1, 700, 1, week), Asked(2, 700, 2, week)]
    colours = {key: one.colour for key, one in lights_of(orders, [both], TODAY).items()}
    assert colours == {1: Colour.GREEN, 2: Colour.RED}
    # What is due first comes first, and work without a skill takes of the same minutes.
    early = [Asked(1, 700, 1, week), Asked(2, 560, 2, week - timedelta(days=1))]
    assert lights_of(early, [both], TODAY)[1].colour is Colour.RED
    plain = [Asked(1, 700, None, week), Asked(2, 700, 2, week)]
    assert lights_of(plain, [both], TODAY)[2].colour is Colour.RED
    # Whoever can do one thing alone is asked first: then both are green.
    one_alone = Maker(1000, frozenset({1}))
    lit = lights_of(orders, [both, one_alone], TODAY)
    assert {one.colour for one in lit.values()} == {Colour.GREEN}


def test_a_quote_makes_nothing_late_that_was_agreed_and_says_what_it_would():
    week, hands = TODAY + timedelta(days=7), [Maker(1000, frozenset({1}))]
    agreed = Asked(1, 500, 1, week)
    early, small = Asked(2, 700, 1, week - timedelta(days=1)), Asked(3, 200, 1, week)
    lit = lights_by_promise([agreed], [early, small], hands, TODAY)
    assert lit[1] == lights_of([agreed], hands, TODAY)[1]
    # By itself it could be done in time; but then the agreed one could not.
    assert lights_of([early], hands, TODAY)[2].colour is not Colour.RED
    assert (lit[2].colour, lit[2].spoils, lit[2].wanted_minutes) == (Colour.RED, (1,), 700)
    assert lit[2].missing_minutes == 400
    # A quote is lit as if no other were taken.
    assert (lit[3].colour, lit[3].spoils) == (Colour.GREEN, ())


@given(
    makers=st.lists(
        st.tuples(st.integers(0, 3_000), st.frozensets(st.integers(1, 3))), max_size=5
    ),
    orders=st.lists(
        st.tuples(
            st.integers(0, 5_000), st.sampled_from([None, 1, 2, 3]), st.integers(0, 30)
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_all_that_is_green_together_fits_into_the_minutes_there_are(makers, orders):
    hands = [Maker(weekly, skills) for weekly, skills in makers]
    asked = [
        Asked(number, minutes, skill, TODAY + timedelta(days=days))
        for number, (minutes, skill, days) in enumerate(orders)
    ]
    lit = lights_of(asked, hands, TODAY)
    green = [one for one in asked if lit[one.id].colour is Colour.GREEN]
    last = max((one.due for one in green), default=TODAY)
    there = sum(one.weekly for one in hands) * (last - TODAY).days
    assert sum(one.minutes for one in green) * 7 <= there


def test_nobody_with_the_skill_makes_it_red_and_says_so():
    found = light(wanted=10, weekly=0, committed=0, today=TODAY, due=TODAY + timedelta(days=90))
    assert found.colour is Colour.RED
    assert found.lacks_skill


def test_the_margin_is_what_is_left_of_a_piece():
    assert margin(
        price=Decimal("1.2"), rate=Decimal("0.35"), transport=Decimal("0.05"), loss_percent=Decimal(2)
    ) == Decimal("0.7760")  # fmt: skip


def lot(number, minutes=60, skill=None):
    return Batch(number, minutes, skill, TODAY)


def hand(number, **more):
    values = {"wished": 600, "load": 0, "skills": frozenset()} | more
    return Hand(number, **values)


def test_each_lot_goes_to_whoever_has_least_of_her_wish_with_the_reason():
    found = propose([lot(1)], [hand(1, load=300), hand(2, load=60)])
    assert [(one.worker, one.because, one.share_before, one.share_after) for one in found] == [
        (2, Because.SHARE, 10, 20)
    ]


def test_equals_are_told_apart_by_income_then_quality_then_distance():
    pair = [hand(1, income=Decimal(900)), hand(2, income=Decimal(300))]
    assert (propose([lot(1)], pair)[0].worker, propose([lot(1)], pair)[0].because) == (
        2, Because.INCOME,
    )  # fmt: skip
    pair = [hand(1, good=Decimal("0.9")), hand(2, good=Decimal("0.99"))]
    assert propose([lot(1)], pair)[0].because is Because.QUALITY
    pair = [hand(1, metres=900), hand(2, metres=100)]
    assert (propose([lot(1)], pair)[0].worker, propose([lot(1)], pair)[0].because) == (
        2, Because.NEAR,
    )  # fmt: skip


def test_the_rarest_skill_is_given_first_and_nobody_gets_what_she_declined_or_more_than_she_wished():
    hands = [hand(1, skills=frozenset({7}), wished=60), hand(2)]
    found = {one.lot: one.worker for one in propose([lot(1), lot(2, skill=7)], hands)}
    assert found == {2: 1, 1: 2}
    assert propose([lot(3)], [hand(1, declined=frozenset({3}))])[0].worker is None
    assert propose([lot(4)], [hand(1, wished=60, load=30)])[0].worker is None


@given(
    st.lists(st.tuples(st.integers(30, 240), st.sampled_from([None, 1, 2])), max_size=25),
    st.lists(st.tuples(st.integers(0, 1200), st.frozensets(st.sampled_from([1, 2]))), max_size=8),
)
def test_a_proposal_is_never_to_somebody_who_cannot(lots, people):
    batches = [Batch(n, minutes, skill, TODAY) for n, (minutes, skill) in enumerate(lots, 1)]
    hands = [Hand(n, wished, 0, skills) for n, (wished, skills) in enumerate(people, 1)]
    found = propose(batches, hands)
    assert sorted(one.lot for one in found) == [one.id for one in batches]
    skills = {one.id: one.skills for one in hands}
    wants = {one.id: one.skill for one in batches}
    for one in found:
        if one.worker is not None:
            assert wants[one.lot] is None or wants[one.lot] in skills[one.worker]


def test_a_lot_that_needs_good_hands_goes_to_none_that_is_not():
    careful = Batch(1, 60, None, TODAY, least_quality=95)
    pair = [hand(1, good=Decimal("0.94")), hand(2, good=Decimal("0.95"), load=500)]
    assert propose([careful], pair)[0].worker == 2
    assert propose([careful], pair[:1])[0].worker is None


def test_lots_in_hand_are_done_in_the_order_they_are_due_and_what_is_too_late_is_named():
    soon = Task(TODAY + timedelta(days=7), 300, 1)
    later = Task(TODAY + timedelta(days=14), 600, 2)
    assert late([later, soon], 600, TODAY) == {}
    more = Task(TODAY + timedelta(days=14), 600, 3)
    assert late([more, later, soon], 600, TODAY) == {3: TODAY + timedelta(days=18)}
    assert late([soon], 0, TODAY) == {1: date.max}


def test_the_evening_counts_what_the_month_brought_and_gives_each_row_its_reason():
    rich = hand(1, wished=600, made=600, asked=600)
    poor = hand(2, wished=600, made=0, asked=600)
    work = work_of([lot(1, 300)], [rich, poor])
    people = {1: rich, 2: poor}
    found = proposals(work, {"1": "2"}, people)[1]
    assert (found.because, found.share_before, found.share_after, found.otherwise) == (
        Because.WORST, 0, 25, 0,
    )  # fmt: skip
    measure, shares, too_late = weighed(
        work, {"1": "2"}, tasks={}, dues={1: TODAY}, hands=people, today=TODAY
    )
    assert (measure.worst_share, shares) == (250, {1: 50, 2: 25})
    assert list(too_late) == [1]  # 300 minutes at 600 a week are not ready today
    assert proposals(work_of([lot(1, 300)], [poor]), {"1": "2"}, people)[1].because is Because.ONLY
    full = hand(1, load=500)
    told = proposals(work_of([lot(1, 300)], [full, poor]), {"1": "2"}, people | {1: full})[1]
    assert told.because is Because.TIME


def test_the_tricycle_waits_for_a_door_that_opens_later_and_holds_what_is_on_it_at_once():
    calls = [Call(1, 10, 0), Call(2, 0, 10, opens=9 * 3600)]
    assert arrivals(calls, [150, 300], 8 * 3600) == [8 * 3600 + 60, 9 * 3600]
    assert [call.load for call in calls] == [10, 10]


@pytest.mark.parametrize(("count", "sample"), [(49, 13), (50, 8), (90, 8), (91, 13), (13, None)])
def test_so_many_are_looked_at_as_the_table_says_and_few_are_all_looked_at(count, sample):
    rows = [Sampling(50, 8, 0, "会"), Sampling(91, 13, 1, "会"), Sampling(10, 13, 1, "会")]
    found = sampling_for(count, rows)
    assert (found.sample if found else None) == sample


def test_a_line_of_a_customer_is_rounded_once_half_a_fen_up():
    assert delivered_yuan(Decimal("0.035"), Decimal(237)) == Decimal("8.30")  # 8.295


@given(st.integers(1, 5_000), st.integers(1, 700))
def test_lots_are_even_and_lose_no_piece(quantity, size):
    lots = split_even(quantity, size)
    assert sum(lots) == quantity
    assert max(lots) - min(lots) <= 1
    assert max(lots) <= size


def test_a_lot_has_pieces():
    with pytest.raises(ValueError, match="has pieces"):
        split_even(0, 5)


@pytest.mark.parametrize(
    ("amounts", "capacity", "loads"),
    [
        ([30, 50], None, [[30, 50]]),
        ([30, 50], 80, [[30, 50]]),
        ([30, 50], 40, [[30, 10], [0, 40]]),
        ([100], 40, [[40], [40], [20]]),
        ([], 40, [[]]),
    ],
)
def test_amounts_are_laid_into_loads_to_the_piece(amounts, capacity, loads):
    assert shares(amounts, capacity) == loads


@pytest.mark.parametrize(
    ("loads", "capacity", "begun", "trips"),
    [
        ([30, 30, 30], None, 0, [0, 0, 0]),
        ([30, 30, 30], 60, 0, [0, 0, 1]),
        ([30, 30, 30], 60, 40, [1, 1, 2]),
        ([60], 60, 0, [0]),
    ],
)
def test_loads_go_on_the_trip_that_has_room(loads, capacity, begun, trips):
    assert filled(loads, capacity, begun=begun) == trips


def test_a_trip_leaves_when_the_one_before_is_back_and_loaded_anew():
    eight = 8 * 3600
    there = ridden(600)
    way = there + MINUTES_A_DOOR * 60 + there
    two = [[Call(1, 0, 30)], [Call(2, 0, 30)]]
    second = eight + way + MINUTES_A_LOAD * 60 + there
    back = second + MINUTES_A_DOOR * 60 + there
    when = {"legs": [[600, 600], [600, 600]], "leaves": eight}
    assert one_after_another(two, back_by=back, **when) == [[eight + there], [second]]
    assert one_after_another(two, back_by=back - 1, **when) is None
    shut = [two[0], [Call(2, 0, 30, 0, second - 1)]]
    assert one_after_another(shut, back_by=back, **when) is None
