"""Planted groups are told exactly, one-minded conversations are not cut up, nothing jumps."""

import numpy as np
import pytest

from mulin.parlour.suggestions.rules import LEAST_GROUP
from mulin.parlour.suggestions.rules.opinions import (
    AGREE,
    DISAGREE,
    UNSEEN,
    Doubt,
    directions,
    likeness,
    looked_for,
    opinion_map,
    table_of,
)

pytestmark = pytest.mark.once


def planted(groups, *, people=240, statements=80, share=0.6, seed=1):
    """People of so many camps, each voting nine times in ten with its camp; and who is in which."""
    dice = np.random.default_rng(seed)
    profiles = dice.choice([AGREE, DISAGREE], size=(groups, statements))
    camp = np.arange(people) % groups
    votes = np.where(dice.random((people, statements)) < 0.9, profiles[camp], -profiles[camp])
    table = np.where(dice.random((people, statements)) < share, votes, UNSEEN)
    return table.astype(np.int8), camp


def camps_of(drawn, people):
    found = np.zeros(people, dtype=np.int64)
    for at, group in enumerate(drawn.groups, start=1):
        found[group.members] = at
    return found


@pytest.mark.parametrize("groups", [2, 3, 5])
@pytest.mark.parametrize("seed", [1, 2])
def test_planted_groups_are_told_exactly(groups, seed):
    table, camp = planted(groups, seed=seed)
    drawn = opinion_map(table)
    assert len(drawn.groups) == groups
    assert likeness(camps_of(drawn, len(camp)), camp) == 1.0


@pytest.mark.parametrize("seed", [1, 2])
def test_one_planted_group_is_not_cut_up(seed):
    table, _camp = planted(1, seed=seed)
    drawn = opinion_map(table)
    assert (drawn.groups, drawn.doubt) == ([], Doubt.NOT_APART)
    assert len(drawn.ungrouped) == table.shape[0]
    assert drawn.consensus  # what unites is told all the same


def test_the_same_votes_in_another_order_give_the_same_groups():
    table, _camp = planted(3)
    turned = np.random.default_rng(2).permutation(table.shape[0])
    one, other = opinion_map(table), opinion_map(table[turned])
    assert [set(group.members) for group in one.groups] != []
    assert {frozenset(group.members) for group in one.groups} == {
        frozenset(int(turned[row]) for row in group.members) for group in other.groups
    }
    assert opinion_map(table) == one


def test_the_largest_group_comes_first_and_more_votes_do_not_mirror_the_map():
    table, camp = planted(2, people=200)
    fewer = np.concatenate([table[camp == 0], table[camp == 1][:40]])
    before, after = opinion_map(fewer[:-1]), opinion_map(fewer)
    assert [len(group.members) for group in after.groups] == [100, 40]
    for old, new in zip(before.groups, after.groups, strict=True):
        assert np.allclose(old.centre, new.centre, atol=0.5)


def test_what_unites_stands_first_and_what_sets_apart_is_named():
    table, camp = planted(2, people=100, statements=30, share=1)
    table[:, 0] = AGREE
    table[:, 1] = DISAGREE
    table[camp == 0, 2], table[camp == 1, 2] = AGREE, DISAGREE
    drawn = opinion_map(table)
    assert {(one.statement, one.agrees) for one in drawn.consensus[:2]} == {(0, True), (1, False)}
    # (50 + 1) ÷ (50 + 2) in both groups
    assert drawn.consensus[0].value == pytest.approx((51 / 52) ** 2)
    named = {(at, one.statement, one.agrees) for at, g in enumerate(drawn.groups)
             for one in g.representative}  # fmt: skip
    first = 0 if 0 in drawn.groups[0].members else 1
    assert {(first, 2, True), (1 - first, 2, False)} <= named
    assert all(one.statement > 1 for group in drawn.groups for one in group.representative)


def test_a_statement_moderated_away_is_in_no_sentence():
    table, _camp = planted(2)
    left_out = np.zeros(table.shape[1], dtype=bool)
    left_out[:10] = True
    drawn = opinion_map(table, left_out)
    said = [one.statement for one in drawn.consensus]
    said += [one.statement for group in drawn.groups for one in group.representative]
    assert len(drawn.groups) == 2
    assert min(said) >= 10


def test_a_group_is_never_so_small_that_it_shows_somebody():
    table, camp = planted(2, people=100)
    few = np.concatenate([table[camp == 0], table[camp == 1][: LEAST_GROUP - 1]])
    assert all(len(group.members) >= LEAST_GROUP for group in opinion_map(few).groups)


@pytest.mark.parametrize(
    ("table", "doubt"),
    [
        (np.empty((0, 0)), Doubt.TOO_FEW),
        (np.full((3, 20), AGREE), Doubt.TOO_FEW),
        (np.full((40, 20), AGREE), Doubt.NO_DIFFERENCE),
        (np.full((40, 20), UNSEEN), Doubt.TOO_FEW),
        (np.full((40, 1), DISAGREE), Doubt.NO_DIFFERENCE),
    ],
    ids=["nobody", "three voters", "all agree", "nothing voted", "one statement"],
)
def test_without_a_difference_there_is_no_map_and_it_says_why(table, doubt):
    drawn = opinion_map(table.astype(np.int8))
    assert (drawn.groups, drawn.doubt) == ([], doubt)


def test_one_statement_that_halves_people_can_be_drawn():
    table = np.array([[AGREE], [DISAGREE]] * 20, dtype=np.int8)
    assert opinion_map(table).doubt in set(Doubt)


def test_of_two_votes_by_one_person_the_last_counts():
    table = table_of(
        np.array([0, 1, 0]), np.array([0, 0, 0]), np.array([1, 1, -1], dtype=np.int8), shape=(2, 2)
    )
    assert table.tolist() == [[-1, UNSEEN], [1, UNSEEN]]


def test_likeness_is_one_for_the_same_and_about_nothing_for_chance():
    dice = np.random.default_rng(3)
    some, others = dice.integers(0, 3, 3_000), dice.integers(0, 3, 3_000)
    assert likeness(some, (some + 1) % 3) == 1.0
    assert abs(likeness(some, others)) < 0.01


def spread_of(table):
    votes = np.where(table == UNSEEN, 0, table).astype(np.float64)
    centred = votes - votes.mean(axis=0)
    return centred.T @ centred


@pytest.mark.parametrize("count", [2, 4])
def test_directions_looked_for_are_those_of_the_whole_decomposition(count):
    """Many statements: the leading ones are looked for alone, and are the same to twelve places."""
    table, _camp = planted(5, people=900, statements=260)
    spread = spread_of(table)
    found, whole = looked_for(spread, count), np.linalg.eigh(spread)[1][:, ::-1][:, :count]
    assert found is not None
    along = np.abs((found * whole).sum(axis=0))
    assert np.abs(along - 1).max() < 1e-12
    assert (directions(spread, count) == found).all()


def test_directions_that_lie_too_close_together_are_all_computed():
    even = np.diag(np.linspace(1.0, 1.0001, 240))
    assert looked_for(even, 2) is None
    found = directions(even, 2)
    assert np.abs(found[[239, 238], [0, 1]]).min() > 1 - 1e-12


def test_one_direction_alone_is_found_and_no_second_one_made_up():
    one = np.ones(220) / np.sqrt(220)
    assert looked_for(np.outer(one, one), 2) is None
    assert abs(float(directions(np.outer(one, one), 2)[:, 0] @ one)) > 1 - 1e-12
