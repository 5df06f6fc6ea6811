"""The room's law: days at their edges, ties and bonds, what is told of numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.mediation.rules import (
    Bond,
    Candidate,
    Counted,
    Kept,
    Known,
    Reason,
    Side,
    Term,
    Tie,
    committee_faults,
    confirmation_window,
    effective_on,
    keep_until,
    kept_of,
    names_somebody,
    propose,
    reminders_due,
    same_town,
    term_end,
    ties_of,
    told,
)
from mulin.kit.calendar import WorkCalendar

pytestmark = pytest.mark.once
CALENDAR = WorkCalendar()


def test_an_agreement_is_in_force_with_the_last_of_all_hands_and_the_seal():
    monday, tuesday, friday = (date(2026, 11, day) for day in (23, 24, 27))
    assert effective_on(signed=[monday, friday], mediator=tuesday, seal=monday) == friday
    assert effective_on(signed=[monday, monday], mediator=monday, seal=friday) == friday
    assert effective_on(signed=[monday, None], mediator=tuesday, seal=friday) is None
    assert effective_on(signed=[monday, monday], mediator=None, seal=friday) is None
    assert effective_on(signed=[monday, monday], mediator=tuesday, seal=None) is None
    assert effective_on(signed=[], mediator=tuesday, seal=friday) is None


@pytest.mark.parametrize(
    ("effective", "go_by", "lawful"),
    [
        (date(2026, 11, 2), date(2026, 12, 2), date(2026, 12, 2)),  # a Wednesday
        (date(2026, 11, 5), date(2026, 12, 5), date(2026, 12, 7)),  # a Saturday: Monday
        (date(2026, 1, 16), date(2026, 2, 15), date(2026, 2, 24)),  # into the Spring Festival
        (date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 8)),  # National Day
        (
            date(2025, 12, 2),
            date(2026, 1, 1),
            date(2026, 1, 4),
        ),  # a make-up Sunday is a working day
        (date(2024, 1, 30), date(2024, 2, 29), date(2024, 2, 29)),  # the leap day
        (date(2025, 12, 1), date(2025, 12, 31), date(2025, 12, 31)),  # the last day of the year
    ],
)
def test_thirty_days_are_counted_from_the_day_after_and_end_on_no_day_off(effective, go_by, lawful):
    window = confirmation_window(effective, CALENDAR)
    assert (window.go_by, window.lawful, window.is_certain) == (go_by, lawful, True)
    assert window.is_extended is (go_by != lawful)


def test_a_year_whose_holidays_nobody_entered_is_said_to_be_uncertain():
    assert not confirmation_window(date(2026, 12, 15), CALENDAR).is_certain
    known = WorkCalendar({date(2027, 1, 1): False}, complete_years=[2027])
    assert confirmation_window(date(2026, 12, 15), known).is_certain


@given(st.dates(date(2004, 1, 1), date(2026, 10, 1)))
def test_whoever_goes_by_the_thirtieth_day_is_never_late(effective):
    window = confirmation_window(effective, CALENDAR)
    assert window.go_by - effective == timedelta(days=30)
    assert window.go_by <= window.lawful
    assert CALENDAR.is_workday(window.lawful)


def test_reminders_come_on_the_fifteenth_the_twenty_third_and_the_twenty_seventh_day():
    effective = date(2026, 12, 20)
    days = [
        reminders_due(effective, effective + timedelta(days=n)) for n in (14, 15, 22, 23, 27, 30)
    ]
    assert days == [0, 1, 1, 2, 3, 3]


def test_a_dossier_is_kept_to_the_end_of_a_year_whenever_it_was_closed_in_its_year():
    for day in (date(2026, 1, 1), date(2026, 12, 31)):
        assert keep_until(day, Term.SHORT) == date(2036, 12, 31)
        assert keep_until(day, Term.LONG) == date(2056, 12, 31)
        assert keep_until(day, Term.FOREVER) is None


def test_promises_say_together_how_an_agreement_was_kept():
    assert kept_of([]) is None
    assert kept_of(["kept", ""]) is None
    assert kept_of(["kept", "kept"]) == Kept.KEPT
    assert kept_of(["kept", "broken"]) == Kept.PARTLY
    assert kept_of(["broken"]) == Kept.BROKEN


YONG = Known(person=1, household=10, address="12幢1单元501", staircase="12幢1单元",
             home_town="安徽阜阳颍上", is_new=True, employers=frozenset({7}), mark="y")  # fmt: skip
WANG = Known(person=2, household=20, address="12幢1单元301", staircase="12幢1单元",
             home_town="浙江海盐", groups=frozenset({9}), kin=frozenset({5}), mark="w")  # fmt: skip


@pytest.mark.parametrize(
    ("one", "party", "found"),
    [
        (Known(person=1), YONG, [Tie.SELF]),
        (Known(person=3, household=10), YONG, [Tie.HOUSEHOLD]),
        (Known(person=3, address="12幢1单元501", staircase="12幢1单元"), YONG, [Tie.HOUSEHOLD]),
        (Known(person=5), WANG, [Tie.KIN]),
        (Known(person=3, kin=frozenset({2})), WANG, [Tie.KIN]),
        (Known(person=3, employers=frozenset({7})), YONG, [Tie.EMPLOYER]),
        (Known(person=3, staircase="12幢1单元", address="12幢1单元201"), WANG, [Tie.NEIGHBOUR]),
        (Known(person=3), Known(person=4), []),
        (Known(), Known(), []),  # nothing known equals nothing
    ],
)
def test_a_tie_is_found_in_the_communitys_own_tables(one, party, found):
    assert ties_of(one, party) == found


def test_whoever_stood_against_a_party_before_is_told_to_both():
    assert ties_of(Known(person=3, mark="m"), YONG, earlier={"m"}) == [Tie.EARLIER]
    assert ties_of(Known(person=3, mark="m"), YONG, earlier={"x"}) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("安徽阜阳", "安徽省阜阳市", True),
        ("安徽阜阳", "安徽阜阳颍上", True),
        ("安徽", "安徽阜阳", False),  # a province is no home town
        ("安徽阜阳", "安徽六安", False),
        ("", "", False),
    ],
)
def test_home_towns(one, other, same):
    assert same_town(one, other) is same


def test_whom_both_sides_know_comes_first_and_a_townsman_of_new_residents_is_named_so():
    def candidate(number, load=0, kinds=(), **known):
        return Candidate(
            mediator=number, known=Known(person=100 + number, **known), load=load,
            kinds=frozenset(kinds),
        )  # fmt: skip

    group = frozenset({9})
    panel = [
        candidate(1, home_town="安徽阜阳", is_new=True),  # knows one side
        candidate(2, home_town="安徽阜阳", is_new=True, groups=group, load=3),  # knows both
        candidate(3, household=20, groups=group, home_town="安徽阜阳"),  # too near
        candidate(4, kinds=["noise"]),
        candidate(5, load=1),
        candidate(6),
    ]
    found = propose(panel, [Side("a", YONG), Side("b", WANG)], kind="noise", earlier={})
    assert [one.mediator for one in found] == [2, 1, 4, 6, 5, 3]
    assert found[0].bonds == (Reason("a", Bond.HOME_TOWN), Reason("b", Bond.GROUP))
    assert [one.mediator for one in found if one.is_new_for_new] == [2, 1]
    assert [one.mediator for one in found if one.is_barred] == [3]


def test_who_was_accepted_before_and_speaks_the_dialect_is_trusted():
    side = Side("a", Known(person=1, dialect="阜阳话"), frozenset({1}))
    one = Candidate(mediator=1, known=Known(person=9), dialects=frozenset({"阜阳话"}))
    (found,) = propose([one], [side], kind="other", earlier={})
    assert [reason.what for reason in found.bonds] == [Bond.BEFORE, Bond.DIALECT]


def test_no_number_below_five_is_told_nor_can_be_reckoned_out():
    lines = {one.name: one for one in told({
        "few": Counted(4, 4, 4, 3.0), "kept": Counted(9, 6, 6, 2.6), "mixed": Counted(12, 5, 10),
        "one broke": Counted(9, 8, 9), "one kept": Counted(9, 1, 9), "unjudged": Counted(6, 0, 2),
    })}  # fmt: skip
    assert (lines["few"].count, lines["few"].kept, lines["few"].days) == (None, None, None)
    assert (lines["kept"].days, lines["mixed"].days) == (3, None)
    assert (lines["kept"].kept, lines["kept"].share_percent) == (6, 100)
    assert (lines["mixed"].kept, lines["mixed"].share_percent) == (5, 50)
    for name in ("one broke", "one kept", "unjudged"):
        assert (lines[name].kept, lines[name].share_percent) == (None, None)


def test_a_name_stays_a_name_with_spaces_in_it():
    assert names_somebody("听说张 勇先让了一步", ["张勇", ""]) == "张勇"
    assert names_somebody("先让一步的那位", ["张勇", "13811119999"]) == ""


@pytest.mark.parametrize(
    ("members", "women", "has_chair", "until", "faults"),
    [
        (5, 2, True, date(2028, 1, 1), []),
        (2, 1, True, date(2028, 1, 1), ["few"]),
        (3, 0, True, date(2028, 1, 1), ["no_woman"]),
        (10, 1, False, date(2028, 1, 1), ["many", "no_chair"]),
        (3, 1, True, date(2026, 11, 25), ["over"]),
        (3, 1, True, date(2026, 11, 26), ["soon"]),
        (3, 1, True, date(2027, 2, 23), ["soon"]),
        (3, 1, True, date(2027, 2, 24), []),
        (0, 0, False, date(2028, 1, 1), ["few"]),
    ],
)
def test_what_the_law_asks_of_a_committee(members, women, has_chair, until, faults):
    today = date(2026, 11, 25)
    said = committee_faults(
        members=members, women=women, has_chair=has_chair, until=until, today=today
    )
    assert said == faults


def test_a_term_lasts_three_years_also_from_a_leap_day_on():
    assert term_end(date(2024, 3, 1)) == date(2027, 3, 1)
    assert term_end(date(2024, 2, 29)) == date(2027, 3, 1)
