"""Who belongs where: by rules as data, everybody in one constituency at most."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.ballots.membership import Belongs, Member, assigned, is_of_age

pytestmark = pytest.mark.once
DAY = date(2026, 11, 20)
RULES = (
    Belongs("party", is_party=True),
    Belongs("new", residency="new", is_representative=True),
    Belongs("local", residency="local"),
)


def member(number=1, **changed):
    values = {"birth_year": 1970, "residency": "local"}
    return Member(number, **(values | changed))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "local"),
        ({"is_party": True}, "party"),
        ({"is_party": True, "residency": "new", "is_representative": True}, "party"),
        ({"residency": "new", "is_representative": True}, "new"),
        ({"residency": "new"}, None),
        ({"residency": "visitor", "is_party": True}, None),
        ({"birth_year": 2010}, None),
    ],
)
def test_the_first_rule_that_fits_takes_a_person(changed, code):
    found = assigned([member(**changed)], RULES, DAY)
    assert [one for one, ids in found.of.items() if ids] == ([code] if code else [])
    assert found.age_unknown == []


@pytest.mark.parametrize(
    ("year", "born", "is_old"),
    [
        (2008, date(2008, 11, 20), True),
        (2008, date(2008, 11, 21), False),
        (2008, None, None),
        (2007, None, True),
        (2009, None, False),
        (None, None, None),
    ],
)
def test_eighteen_is_who_has_had_the_birthday(year, born, is_old):
    assert is_of_age(Member(1, year, born), 18, DAY) is is_old


def test_nobody_votes_by_guess():
    found = assigned([member(birth_year=None), member(2)], RULES, DAY)
    assert (found.of["local"], found.age_unknown) == ([2], [1])


@given(
    st.lists(
        st.builds(
            Member, st.integers(1, 99), st.none() | st.integers(1930, 2020),
            is_party=st.booleans(), residency=st.sampled_from(["local", "new", "visitor", ""]),
            is_representative=st.booleans(),
        ),
        unique_by=lambda one: one.id,
    )
)  # fmt: skip
def test_nobody_stands_twice(members):
    found = assigned(members, RULES, DAY)
    placed = [one for ids in found.of.values() for one in ids] + found.age_unknown
    assert len(placed) == len(set(placed))
    assert set(placed) <= {one.id for one in members}
