"""What everybody is told: nothing of fewer than five, and nothing to be found by subtracting."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.figures.folding import TOGETHER, Folded, Row, Told, fold

LEAST = 5
KEYS = st.tuples(
    st.sampled_from(["2026-01", "2026-02", "2026-03"]),
    st.sampled_from(["lamp", "road", "noise"]),
    st.sampled_from(["grid 1", "grid 2"]),
)
NAMED = st.builds(Row, key=KEYS, amount=st.integers(1, 9), who=st.integers(1, 14))
NAMELESS = st.builds(lambda key, amount: Row(key, amount, unknown=amount), KEYS, st.integers(1, 6))
ROWS = st.lists(st.one_of(NAMED, NAMELESS), max_size=60)


def is_in(key, wider):
    return all(theirs in (own, TOGETHER) for own, theirs in zip(key, wider, strict=True))


def persons(rows):
    """Slowly: how many people these rows are of."""
    return len({row.who for row in rows if row.who is not None}) + sum(row.unknown for row in rows)


def cells(count, key=("2026-01", "road", "grid 1"), start=1):
    return [Row(key, 1, who=number) for number in range(start, start + count)]


@given(ROWS)
def test_every_row_is_told_once_or_nothing_is(rows):
    folded = fold(rows, width=3, least=LEAST)
    if folded.told:
        assert sum(one.amount for one in folded.told) == sum(row.amount for row in rows)
        assert not folded.is_left_out
    else:
        assert persons(rows) < LEAST
        assert folded.is_left_out is bool(rows)


@given(ROWS)
def test_no_class_and_no_difference_tells_of_fewer_than_five(rows):
    """Amounts that are powers of two say which rows a sum is made of."""
    marked = [replace(row, amount=1 << number) for number, row in enumerate(rows)]
    told = fold(marked, width=3, least=LEAST).told
    behind = [{row for row in marked if row.amount & one.amount} for one in told]
    assert all(persons(one) >= LEAST for one in behind)
    assert len({one.key for one in told}) == len(told)
    # The classes part the rows: a total less any of them is the others, whole.
    assert not told or sorted(row.amount for one in behind for row in one) == sorted(
        row.amount for row in marked
    )


@given(ROWS)
def test_what_was_put_together_takes_only_what_lies_under_it(rows):
    folded = fold(rows, width=3, least=LEAST)
    for key in {row.key for row in rows} if folded.told else ():
        assert any(is_in(key, one.key) for one in folded.told)


def test_four_are_put_together_and_five_are_told():
    five = cells(5, ("2026-01", "road", "grid 1"))
    four = cells(4, ("2026-01", "road", "grid 2"), start=10)
    one = cells(1, ("2026-01", "road", "grid 3"), start=20)
    assert fold([*five, *four], width=3, least=LEAST).told == [Told((TOGETHER,) * 3, 9)]
    assert fold([*five, *four, *one], width=3, least=LEAST) == Folded(
        [Told(("2026-01", "road", TOGETHER), 5), Told(("2026-01", "road", "grid 1"), 5)], 2
    )


def test_the_smallest_goes_along_so_that_a_total_betrays_nobody():
    small = cells(2, ("2026-02", "lamp", "grid 1"), start=50)
    six, nine = cells(6, start=1), cells(9, ("2026-03", "lamp", "grid 1"), start=10)
    folded = fold([*small, *six, *nine], width=3, least=LEAST)
    assert folded.told == [Told((TOGETHER,) * 3, 8), Told(("2026-03", "lamp", "grid 1"), 9)]


def test_ten_visits_of_one_person_are_one_person():
    rows = [Row(("2026-01", "road", "grid 1"), 1, who=7)] * 10
    assert fold(rows, width=3, least=LEAST) == Folded([], is_left_out=True)
    assert fold([], width=3, least=LEAST) == Folded([])
