"""The duty rota: hard rules are read off the answer, stages are reached in their order."""

import itertools
import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.commons.planning.duty import byhand
from mulin.commons.planning.duty.checks import Fault, changed, faults, new_faults, swap_faults
from mulin.commons.planning.duty.planning import (
    conflict,
    make_again,
    make_plan,
    missing_in,
    one_more,
    values_of,
)
from mulin.commons.planning.duty.posing import aim_for_cover, fair_level, pose, reachable
from mulin.commons.planning.duty.reasons import why
from mulin.commons.planning.duty.rota import (
    Lack,
    Need,
    Person,
    Pin,
    Rota,
    Shift,
    adults_for,
    carried_over,
    from_snapshot,
    lacks,
    loads,
    snapshot,
)
from mulin.commons.planning.solving import Impossible, NothingFound
from tests.support.duty import month

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHECKED = date(2026, 1, 10)


def shift(day, hour=8, *, hours=6, adults=2, needs=(), points=1, with_children=True):
    starts = datetime(2026, 3, day, hour, tzinfo=SHANGHAI)
    return Shift(
        f"{day}-{hour}", starts, starts + timedelta(hours=hours), adults, needs, points,
        with_children,
    )  # fmt: skip


def person(name, **other):
    return Person(name, **{"checked_on": CHECKED, **other})


#: A Friday, a Saturday with an evening across midnight, and a Sunday.
FRIDAY, SATURDAY, NIGHT, SUNDAY = shift(6), shift(7), shift(7, 20), shift(8)
LEAD = (Need("lead", 1),)


def house(*, shifts=(FRIDAY, SATURDAY, NIGHT, SUNDAY), **other):
    people = other.pop("people", tuple(person(name) for name in "ABCDEF"))
    return Rota(shifts, people, **other)


GOOD = {"6-8": ("A", "B"), "7-8": ("C", "D"), "7-20": ("E", "F"), "8-8": ("A", "C")}


def test_duties_that_keep_every_rule_have_no_fault():
    assert faults(house(), GOOD) == []
    assert lacks(house(), GOOD) == ()


@pytest.mark.parametrize(
    ("given_", "duties", "fault"),
    [
        ({}, {"9-8": ("A",)}, Fault("unknown", "", "9-8")),
        ({}, {"6-8": ("A", "X")}, Fault("unknown", "X", "6-8")),
        ({}, {"6-8": ("A", "A")}, Fault("twice", "A", "6-8")),
        ({"people": (person("A", unable=frozenset({"6-8"})), person("B"))},
         {"6-8": ("A", "B")}, Fault("unable", "A", "6-8")),
        ({"people": (Person("A"), person("B"))}, {"6-8": ("A", "B")}, Fault("unchecked", "A", "6-8")),
        ({"people": (person("A", checked_on=date(2025, 3, 6)), person("B"))},
         {"6-8": ("A", "B")}, Fault("unchecked", "A", "6-8")),
        ({"people": (person("A", checked_on=date(2026, 3, 7)), person("B"))},
         {"6-8": ("A", "B")}, Fault("unchecked", "A", "6-8")),
        ({}, {"7-8": ("A", "B"), "7-20": ("A", "C")}, Fault("day", "A", "7-20")),
        ({}, {"7-20": ("A", "B"), "8-8": ("A", "C")}, Fault("rest", "A", "8-8")),
        ({"people": (person("A", most_shifts=1), person("B"))},
         {"6-8": ("A", "B"), "8-8": ("A", "B")}, Fault("shifts", "A", "")),
        ({"people": (person("A", most_weekends=0), person("B"))},
         {"8-8": ("A", "B")}, Fault("weekends", "A", "")),
        ({"apart": (frozenset("AB"),)}, {"6-8": ("A", "B")}, Fault("apart", "A", "6-8")),
        ({}, {"6-8": ("A",)}, Fault("alone", "A", "6-8")),
        ({}, {"6-8": ("A", "B", "C")}, Fault("crowd", "", "6-8")),
        ({"pins": (Pin("A", "6-8", is_on=True),)}, {"6-8": ("B", "C")}, Fault("pinned", "A", "6-8")),
        ({"pins": (Pin("A", "6-8", is_on=False),)}, {"6-8": ("A", "B")}, Fault("pinned", "A", "6-8")),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(given_, duties, fault):
    assert fault in faults(house(**given_), duties)


def test_a_check_counts_for_twelve_months_and_not_a_day_more():
    at = shift(6)
    assert person("A", checked_on=date(2025, 3, 7)).is_cleared_for(at)
    assert not person("A", checked_on=date(2025, 3, 6)).is_cleared_for(at)
    assert person("A", checked_on=date(2024, 2, 29)).is_cleared_for(
        replace(at, starts=datetime(2025, 2, 27, 8, tzinfo=SHANGHAI))
    )
    assert Person("A").is_cleared_for(replace(at, with_children=False))


def test_nobody_is_alone_with_children_whatever_the_shift_says():
    assert shift(6, adults=1).places == 2
    assert shift(6, adults=1, with_children=False).places == 1
    assert shift(6, adults=4).places == 4
    # One able person is no shift: rather nobody, and it is said.
    alone = house(people=(person("A"), Person("B")), shifts=(FRIDAY,))
    for plan in (make_plan(alone).duties, byhand.least_loaded(alone)):
        assert plan == {"6-8": ()}
    plan = make_plan(alone)
    assert (plan.made_by, plan.lacks) == ("solver", (Lack("6-8", "", 2),))


def test_two_shifts_on_one_day_are_possible_where_that_is_wanted():
    volunteers = house(one_a_day=False, rest=timedelta(0))
    assert faults(volunteers, {**GOOD, "7-20": ("C", "D")}) == []
    overlap = house(one_a_day=False, rest=timedelta(0), shifts=(SATURDAY, shift(7, 12)))
    assert Fault("rest", "A", "7-12") in faults(overlap, {"7-8": ("A", "B"), "7-12": ("A", "C")})


def test_adults_by_age_band_are_rounded_up_in_each():
    ratios = {"baby": 3, "toddler": 5}
    assert adults_for({"baby": 4, "toddler": 6}, ratios) == 4
    assert adults_for({"baby": 1}, ratios) == 2
    assert adults_for({"baby": 0}, ratios) == 0
    with pytest.raises(KeyError):
        adults_for({"school": 3}, ratios)


def test_the_fair_level_fills_up_from_below():
    # 8 points for 1, 1 and 4: 5, 5 and 4 after; for one who carries 20 it stays beside.
    assert fair_level(house(people=(person("A", carried=1), person("B", carried=1),
                                    person("C", carried=4), person("D", carried=20)))) == 5  # fmt: skip
    assert fair_level(house(people=())) == 0


def _outcome(rota, duties):
    """The stages of an answer, counted from it alone."""
    level = fair_level(rota)
    points = {
        one.id: min(one.carried, level) - one.carried + loads(rota, duties)[one.id]
        for one in rota.people
    }
    weekends = [
        sum(one.weekend is not None and who.id in duties[one.id] for one in rota.shifts)
        for who in rota.people
    ]
    wishes = sum(
        weight for who in rota.people for name, weight in who.dislikes.items()
        if who.id in duties[name]
    ) + sum(
        weight for who in rota.people for name, weight in who.likes.items()
        if who.id not in duties[name]
    )  # fmt: skip
    missing = sum(lack.number for lack in lacks(rota, duties))
    # Who can't reach the level by their own limits does not hold the smallest load down.
    asked = [points[one.id] for one in rota.people if one.carried + reachable(rota, one) >= level]
    return (missing, max(points.values()), -min(asked), max(weekends), wishes)


def _every(rota):
    names = [one.id for one in rota.people]
    choices = [
        [who for size in range(one.places + 1) for who in itertools.combinations(names, size)]
        for one in rota.shifts
    ]
    for them in itertools.product(*choices):
        duties = {one.id: who for one, who in zip(rota.shifts, them, strict=True)}
        if not faults(rota, duties):
            yield duties


SMALL = (
    house(
        people=(
            person("A", skills=frozenset({"lead"}), carried=1),
            person("B", unable=frozenset({"7-8"}), dislikes={"8-8": 2}),
            person("C", skills=frozenset({"lead"}), likes={"7-20": 1}),
            person("D", dislikes={"6-8": 1}),
        ),
        shifts=(
            replace(FRIDAY, needs=LEAD), replace(SATURDAY, needs=LEAD),
            replace(NIGHT, points=2), SUNDAY,
        ),
        apart=(frozenset("AD"),),
    ),
    house(
        people=(person("A"), person("B"), person("C"), Person("D")),
        shifts=(FRIDAY, replace(SATURDAY, adults=3), replace(SUNDAY, with_children=False)),
        pins=(Pin("A", "7-8", is_on=False), Pin("B", "6-8", is_on=True)),
    ),
)  # fmt: skip


@pytest.mark.parametrize("rota", SMALL)
def test_no_rota_is_better_than_the_one_found_stage_by_stage(rota):
    plan = make_plan(rota, seconds=30)
    assert faults(rota, plan.duties) == []
    best = min(_outcome(rota, duties) for duties in _every(rota))
    assert _outcome(rota, plan.duties) == best
    assert tuple(stage.value for stage in plan.stages) == best
    assert all(stage.is_proved and stage.bound == stage.value for stage in plan.stages)
    assert (plan.made_by, plan.is_whole) == ("solver", True)
    assert json.loads(plan.as_json())["stages"][0] == {
        "name": "cover", "value": best[0], "bound": best[0], "is_proved": True,
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 8), st.integers(0, 4))
def test_by_hand_no_hard_rule_is_ever_broken(seed, people, days, leads):
    rota = month(seed, people=people, days=days, leads=leads)
    duties = byhand.least_loaded(rota)
    assert faults(rota, duties) == []
    assert from_snapshot(snapshot(rota)) == rota
    # The model says the same of it as the rules do, and of what breaks them.
    posed = pose(rota)
    aim_for_cover(posed)
    assert posed.model.faults(posed.hint(duties)) == []
    for cell, unknown in posed.cells.items():
        values = posed.hint(duties)
        if not values[unknown]:
            worse = changed(duties, on=[cell])
            assert bool(posed.model.faults(posed.hint(worse))) == bool(faults(rota, worse))


def test_who_carries_more_than_a_fair_share_gets_nothing_and_hides_nothing():
    rota = house(people=(person("A", carried=9), *(person(name) for name in "BCDE")))
    plan = make_plan(rota, seconds=20)
    assert loads(rota, plan.duties) == {"A": 9, "B": 2, "C": 2, "D": 2, "E": 2}
    assert values_of(plan.stages)["greatest load"] == 2
    assert carried_over(rota, plan.duties) == {"A": 6, "B": -1, "C": -1, "D": -1, "E": -1}


def test_after_a_sick_call_as_few_others_as_possible_change():
    rota = house(people=tuple(person(name) for name in "ABCDEFG"))
    plan = make_again(rota, GOOD, away="A", since=SATURDAY.starts, seconds=20)
    # What was on Friday stays; on Sunday one comes instead, and nobody else moves.
    assert plan.duties["6-8"] == ("A", "B")
    assert {name: plan.duties[name] for name in ("7-8", "7-20")} == {
        name: GOOD[name] for name in ("7-8", "7-20")
    }
    assert "A" not in plan.duties["8-8"]
    assert values_of(plan.stages)["changes"] == 1
    back = make_again(rota, GOOD, away="A", since=SATURDAY.starts, until=SUNDAY.starts, seconds=20)
    assert {name: set(who) for name, who in back.duties.items()} == {
        name: set(who) for name, who in GOOD.items()
    }


def test_a_sick_call_nobody_can_take_is_named():
    rota = house(people=tuple(person(name) for name in "AB"), shifts=(FRIDAY,))
    before = {"6-8": ("A", "B")}
    plan = make_again(rota, before, away="A", since=FRIDAY.starts, seconds=20)
    assert plan.duties == {"6-8": ()}
    assert plan.lacks == (Lack("6-8", "", 2),)


def test_a_swap_keeps_the_same_rules():
    assert swap_faults(house(), GOOD, ("B", "6-8"), ("D", "7-8")) == []
    assert swap_faults(house(), GOOD, ("A", "6-8"), ("E", "7-20")) == [Fault("rest", "A", "8-8")]
    led = house(
        people=tuple(person(name, skills=frozenset({"lead"} if name in "BE" else ()))
                     for name in "ABCDEF"),
        shifts=(replace(FRIDAY, needs=LEAD), SATURDAY, NIGHT, SUNDAY),
    )  # fmt: skip
    assert swap_faults(led, GOOD, ("B", "6-8"), ("D", "7-8")) == [Fault("lack", "lead", "6-8")]
    assert swap_faults(led, GOOD, ("B", "6-8"), ("E", "7-20")) == []
    with pytest.raises(ValueError, match="not their duty"):
        swap_faults(house(), GOOD, ("B", "7-8"), ("D", "7-8"))


def test_the_smallest_set_of_wishes_that_keeps_a_place_empty_is_named():
    rota = house(
        people=(person("A", unable=frozenset({"6-8"})), person("B", unable=frozenset({"7-8"})),
                person("C", most_shifts=0), Person("D")),
        shifts=(FRIDAY,),
    )  # fmt: skip
    plan = make_plan(rota, seconds=20)
    assert plan.lacks == (Lack("6-8", "", 2),)
    # A and B would do, or B and C: that A can't and that C won't stand against it together.
    found = conflict(rota, missing_in(plan))
    assert found == (("unable", "A", "6-8"), ("shifts", "C", ""))
    with pytest.raises(ValueError, match="no place is empty"):
        conflict(rota, 0)
    nobody = house(people=(Person("D"),), shifts=(FRIDAY,))
    assert conflict(nobody, 2) == ()


def test_one_more_lead_changes_what_the_lack_of_leads_holds_back():
    rota = house(
        people=(person("A", skills=frozenset({"lead"})), *(person(name) for name in "BCD")),
        shifts=tuple(replace(one, needs=LEAD) for one in (FRIDAY, SATURDAY, NIGHT)),
    )
    told = one_more(rota, "lead", seconds=40)
    assert told.person in "BCD"
    assert (values_of(told.before)["cover"], values_of(told.after)["cover"]) == (1, 0)
    assert one_more(house(), "lead", seconds=40).person == ""


def test_why_somebody_has_a_duty_is_told_in_facts():
    rota = house(
        people=(
            person("A", skills=frozenset({"lead"}), likes={"6-8": 1}), person("B"), person("C"),
            person("D", unable=frozenset({"6-8"})), person("E", skills=frozenset({"lead"})),
            person("F", most_shifts=1),
        ),
        shifts=(replace(FRIDAY, needs=LEAD), SATURDAY, NIGHT, SUNDAY),
        pins=(Pin("A", "6-8", is_on=True),),
    )  # fmt: skip
    told = why(rota, GOOD, "A", "6-8")
    assert (told.is_pinned, told.is_wished, told.load, told.needed_for) == (
        True,
        True,
        2,
        ("lead",),
    )
    assert told.others == {
        "C": ("lack",), "D": ("lack", "unable"), "F": ("lack", "shifts"),
    }  # fmt: skip
    assert told.instead == (("E", 2),)
    assert why(rota, GOOD, "B", "6-8").instead == (("E", 2), ("C", 3))
    with pytest.raises(ValueError, match="not their duty"):
        why(rota, GOOD, "C", "6-8")


def test_without_the_solver_a_rota_is_made_by_hand_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    plan = make_plan(house())
    assert (plan.made_by, plan.is_whole, plan.stages, plan.lacks) == ("by hand", False, (), ())
    again = make_again(house(), GOOD, away="A", since=SATURDAY.starts)
    assert new_faults(house(), GOOD, again.duties) == []
    kept = [name for name in ("6-8", "7-8", "7-20") if set(again.duties[name]) == set(GOOD[name])]
    assert kept == ["6-8", "7-8", "7-20"]


def test_when_the_solver_is_killed_before_it_said_anything_the_rota_made_by_hand_stands():
    rota = month(3)
    plan = make_plan(rota, seconds=-60)
    assert plan.duties == byhand.least_loaded(rota)
    assert (plan.made_by, plan.is_whole) == ("by hand", False)


def test_what_is_pinned_against_a_rule_is_no_rota():
    against = house(pins=(Pin("A", "7-8", is_on=True), Pin("A", "7-20", is_on=True)))
    with pytest.raises(Impossible):
        make_plan(against)


def test_what_is_pinned_against_a_rule_is_no_rota_by_hand_either(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools", None)
    against = house(pins=(Pin("A", "7-8", is_on=True), Pin("A", "7-20", is_on=True)))
    with pytest.raises(NothingFound):
        make_plan(against)


def test_a_rota_that_names_what_is_not_there_is_refused():
    for wrong in (
        {"pins": (Pin("X", "6-8", is_on=True),)},
        {"apart": (frozenset("AX"),)},
        {"people": (person("A", likes={"9-8": 1}),)},
        {"people": (person("A"), person("A"))},
        {"shifts": (replace(FRIDAY, ends=FRIDAY.starts),)},
    ):
        with pytest.raises(ValueError, match=r"there|before it begins"):
            house(**wrong)


def test_plain_turns_ask_for_no_skill():
    rota = month(1)
    duties = byhand.in_turn(rota)
    assert sum(lack.skill == "lead" for lack in lacks(rota, duties)) > 5
    assert not [lack for lack in lacks(rota, byhand.least_loaded(rota)) if lack.skill == "lead"]
