"""What is told of a survey: nothing of fewer than five, nor what tells of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.parlour.survey.telling import of_one, together, told

pytestmark = pytest.mark.once


def figures(**changed):
    """60 of 100 households answered; nothing of it is small."""
    line = {
        "field": "overall", "words": "满意吗？", "is_shown": True,
        "steps": {"5": 30, "4": 10, "3": 6, "2": 5, "1": 0}, "unsure": 9, "blank": 0,
        "satisfied": 40, "answered": 51, "percent": "78.4", "low": "70.0", "high": "85.0",
        "grids": [grid("一", 22, 26), grid("二", 18, 25)],
    }  # fmt: skip
    response = {
        "returned": 60, "refused": 10, "unable": 5, "not_reached": 15, "waiting": 10, "empty": 2,
        "sampled": 102, "eligible": 100, "reached": 75, "rate": "60.0", "rate_of_reached": "80.0",
    }  # fmt: skip
    return {
        "frame": 500, "population": 498, "standard": {"top": ["5", "4"], "least": 10},
        "ways": [["qr", 30], ["paper", 20], ["phone", 10]],
        "response": response | changed.pop("response", {}),
        "questions": [line | changed.pop("line", {})],
        "grids": [
            {"name": "一", "returned": 35, "eligible": 60},
            {"name": "二", "returned": 25, "eligible": 40},
        ],
    } | changed  # fmt: skip


def grid(name, satisfied, answered):
    return {
        "name": name, "is_shown": True, "satisfied": satisfied, "answered": answered,
        "percent": "80.0", "low": "1.0", "high": "99.0",
    }  # fmt: skip


@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=2),
        st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=8,
    )
)  # fmt: skip
def test_groups_hold_each_row_once_and_no_number_from_one_to_four(rows):
    groups = together(rows)
    told_of = [key for keys, _counts in groups for key in keys]
    if not groups:
        sums = [sum(row[place] for row in rows.values()) for place in (0, 1)]
        assert not rows or any(0 < one < 5 for one in sums)
        return
    assert sorted(told_of) == sorted(rows)
    for keys, counts in groups:
        assert counts == tuple(sum(rows[key][place] for key in keys) for place in (0, 1))
        assert not any(0 < one < 5 for one in counts)


def test_a_way_of_a_few_stands_with_another_so_that_the_total_tells_nothing():
    assert of_one({"qr": 30, "paper": 20, "phone": 10}) == [
        (("qr",), 30), (("paper",), 20), (("phone",), 10),
    ]  # fmt: skip
    assert of_one({"qr": 30, "paper": 20, "phone": 2}) == [(("qr",), 30), (("paper", "phone"), 22)]
    assert of_one({"qr": 30, "paper": 3, "phone": 2}) == [(("qr",), 30), (("paper", "phone"), 5)]
    assert of_one({"paper": 3, "phone": 0}) == []


def test_what_is_not_small_is_told_as_it_was_published():
    found = told(figures())
    assert found["response"]["others"] == [
        (("refused",), 10), (("unable",), 5), (("not_reached",), 15), (("waiting",), 10),
    ]  # fmt: skip
    assert (found["response"]["returned"], found["response"]["reached"]) == (60, 75)
    assert [(one["names"], one["returned"]) for one in found["grids"]] == [
        (("一",), 35),
        (("二",), 25),
    ]
    (line,) = found["questions"]
    assert line["faces"] == [((5,), 30), ((4,), 10), ((3,), 6), ((2,), 5), ((0,), 9)]
    assert [one["is_shown"] for one in line["grids"]] == [True, True]


def test_who_did_not_answer_is_not_told_by_the_few_nor_by_those_who_were_met():
    one = told(figures(response={"refused": 1, "unable": 2, "not_reached": 27, "reached": 63}))
    assert one["response"]["others"] == [
        (("refused", "unable", "waiting"), 13),
        (("not_reached",), 27),
    ]
    assert (one["response"]["reached"], one["response"]["rate_of_reached"]) == (None, None)
    few = told(figures(response={"returned": 4, "rate": "4.0"}))["response"]
    assert (few["returned"], few["rate"], few["reached"]) == (None, None, None)


def test_a_grid_of_which_few_answered_stands_with_another():
    grids = [
        {"name": "一", "returned": 3, "eligible": 20}, {"name": "二", "returned": 30, "eligible": 40},
        {"name": "三", "returned": 27, "eligible": 40},
    ]  # fmt: skip
    assert [(one["names"], one["returned"], one["eligible"], str(one["rate"]))
            for one in told(figures(grids=grids))["grids"]] == [
        (("一", "三"), 30, 60, "50.0"), (("二",), 30, 40, "75.0"),
    ]  # fmt: skip


def test_faces_of_a_few_stand_with_others_of_the_same_part():
    steps = {"5": 38, "4": 2, "3": 6, "2": 3, "1": 2}
    (line,) = told(figures(line={"steps": steps, "unsure": 8, "blank": 1}))["questions"]
    assert line["faces"] == [((5, 4), 40), ((3,), 6), ((2, 1), 5), ((0, "blank"), 9)]
    # Three were not satisfied: that follows from the share, and is said of no face.
    of_three = {"steps": {"5": 38, "4": 10, "3": 2, "2": 1, "1": 0}, "satisfied": 48}
    (line,) = told(figures(line=of_three))["questions"]
    assert line["faces"] == [((5,), 38), ((4,), 10), ((0,), 9)]


def test_a_share_of_a_few_is_not_told_nor_found_through_the_other_grids():
    (line,) = told(figures(line={"satisfied": 4}))["questions"]
    assert line == {"field": "overall", "words": "满意吗？", "is_shown": False, "grids": []}
    grids = [grid("一", 3, 20), grid("二", 12, 15), grid("三", 25, 16)]
    (line,) = told(figures(line={"grids": grids}))["questions"]
    assert line["grids"] == [
        {"name": "一", "is_shown": False}, {"name": "二", "is_shown": False}, grids[2],
    ]  # fmt: skip
