"""What of a form is kept, how much of it, and for how long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.drafts.rules import (
    KEPT,
    LONGEST,
    MOST_FIELDS,
    NEVER,
    forgotten_before,
    keepable,
    person_named_in,
)
from tests.clock import NOW

FIELD = st.tuples(
    st.text(max_size=90) | st.sampled_from(sorted(NEVER)),
    st.text(max_size=40),
    st.none() | st.booleans(),
).map(list)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(JSON | st.lists(FIELD, max_size=12))
def test_whatever_comes_no_key_is_kept_and_nothing_breaks(sent):
    kept = keepable(sent)
    assert kept is None or not {name for name, _value, _ticked in kept} & NEVER


@pytest.mark.parametrize(
    "sent",
    [
        [["words", "字" * (LONGEST + 1), False]],
        [["words", "x", False]] * (MOST_FIELDS + 1),
        [["words", "x"]], [["words", 1, False]], {"words": "x"}, None,
    ],
    ids=["too long", "too many", "no tick", "a number", "an object", "nothing"],
)  # fmt: skip
def test_what_is_no_form_or_too_much_is_not_kept(sent):
    assert keepable(sent) is None


def test_the_person_a_form_is_about_is_known_by_the_form_or_its_address():
    assert person_named_in([("person", "12", False)], {"person": "7"}) == 12
    assert person_named_in([("words", "12", False)], {"person": "7"}) == 7
    assert person_named_in([("person", "", False)], {}) is None
    assert person_named_in([], {"person": "7; drop"}) is None
    assert person_named_in([], {"person": "9" * 30}) is None


def test_a_draft_outlives_the_longest_holiday():
    assert timedelta(days=10) < KEPT
    assert forgotten_before(NOW) == NOW - KEPT
