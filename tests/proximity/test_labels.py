"""Names on the map: along their street, none over another, none over a mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.circle.proximity.labels import HOUSE_SIZE, STREET_SIZE, labels

pytestmark = pytest.mark.once
SIZE = (390.0, 300.0)


def placed(streets=(), houses=(), taken=(), scale=1.0, size=SIZE):
    return labels(streets, houses, taken, size=size, scale=scale)


def test_a_street_carries_its_name_in_the_middle_turned_as_it_runs():
    ((label,), _houses) = placed([("新街路", [(50, 100), (350, 100)])])
    assert (label.x, label.y, label.turn) == (200, 100, 0)
    assert label.letters[0][:2] == ("新街路", "0")
    ((label,), _houses) = placed([("新街路", [(350, 200), (50, 100)])])
    assert label.turn == 18


def test_a_street_to_the_north_is_written_letter_below_letter_and_latin_is_turned():
    line = [(100, 250), (100, 50)]
    ((label,), _houses) = placed([("西港路", line)])
    heights = [float(y) for _letter, _x, y in label.letters]
    assert "".join(letter for letter, _x, _y in label.letters) == "西港路"
    assert heights == sorted(heights)
    assert label.turn == 0
    ((label,), _houses) = placed([("Landstrasse", line)])
    assert (len(label.letters), abs(label.turn)) == (1, 90)


@pytest.mark.parametrize(
    "line",
    [
        [(50, 100), (70, 100)],  # too short
        [(50, 100), (60, 110), (50, 120), (60, 130), (50, 140)],  # too bent
        [(50, 100)],
    ],
)
def test_where_a_name_finds_no_room_there_is_none(line):
    assert placed([("很长很长的路", line)]) == ([], [])


def test_one_name_stands_once_and_a_mark_is_not_covered():
    line = [(50, 100), (350, 100)]
    found, _houses = placed([("新街路", line), ("新街路", [(50, 200), (300, 200)])])
    assert len(found) == 1
    (label,), _houses = placed([("新街路", line)], taken=[(200, 100, 13)])
    assert abs(label.x - 200) > 13
    assert placed([("新街路", line)], taken=[(x, 100, 13) for x in range(50, 360, 20)]) == ([], [])


def test_the_house_in_the_middle_goes_first_and_what_lies_beside_the_map_is_left_out():
    houses = [("9幢", (195, 150)), ("10幢", (200, 152)), ("11幢", (40, 40)), ("12幢", (500, 40))]
    _streets, found = placed((), houses)
    assert [label.letters[0][0] for label in found] == ["9幢", "11幢"]


def test_letters_keep_their_size_however_large_the_map_is():
    """What is small on the map has no room for a name that a small map shows."""
    line = [(0, 100), (60, 100)]
    assert placed([("新街路", line)], size=(3900, 3000), scale=10)[0] == []
    assert len(placed([("新街路", line)])[0]) == 1


SPOTS = st.tuples(st.integers(0, 390), st.integers(0, 300))


@given(
    st.lists(st.tuples(SPOTS, SPOTS), max_size=12), st.lists(SPOTS, max_size=20),
    st.lists(SPOTS, max_size=6),
)  # fmt: skip
def test_no_name_lies_over_another_or_over_a_mark(streets, houses, marks):
    named = [(f"{chr(0x4E00 + n)}新路", list(line)) for n, line in enumerate(streets)]
    taken = [(float(x), float(y), 13.0) for x, y in marks]
    found, below = placed(named, [(f"{n}幢", at) for n, at in enumerate(houses)], taken)
    squares = list(taken)
    for label in below:
        mine = [(label.x, label.y + HOUSE_SIZE, HOUSE_SIZE / 2)]
        assert not any(covers(one, other) for one in mine for other in squares)
        squares += mine
    for label in found:
        if len(label.letters) > 1:
            mine = [
                (label.x + float(x), label.y + float(y) - STREET_SIZE * 0.36, STREET_SIZE / 2)
                for _letter, x, y in label.letters
            ]
        else:
            mine = [(label.x, label.y, STREET_SIZE / 2)]
        assert not any(covers(one, other) for one in mine for other in squares)
        squares += mine


def covers(one, other):
    """Whether two squares lie over each other by more than what is lost by rounding."""
    reach = one[2] + other[2] - 1.2
    return abs(one[0] - other[0]) < reach and abs(one[1] - other[1]) < reach
