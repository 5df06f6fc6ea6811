"""A roster's penalty is counted from the answer alone, and the model says what the rules say."""

import itertools
import json
from dataclasses import replace

import pytest

from mulin.cli import main
from mulin.commons.planning.rosters import (
    Cover,
    Member,
    Request,
    Roster,
    RosterRefused,
    Shift,
    faults,
    fill_roster,
    penalty,
    pose,
    read_roster,
)

DAYS = 8
EARLY, LATE = Shift("E", 480, frozenset()), Shift("L", 480, frozenset({"E"}))


def member(name="A", **other):
    usual = {
        "most_of": {"E": 4, "L": 4}, "minutes": (0, 5 * 480), "run": (2, 3), "least_off": 2,
        "most_weekends": 1, "days_off": frozenset(), "wanted": (), "unwanted": (),
    }  # fmt: skip
    return Member(name, **{**usual, **other})


def roster(*members, shifts=(EARLY, LATE), days=DAYS, wanted=1):
    cover = {(day, one.id): Cover(wanted, 100, 1) for day in range(days) for one in shifts}
    return Roster(days, shifts, members, cover)


GOOD = ["E", "E", None, None, "E", "L", None, None]


def test_an_answer_that_keeps_every_rule_has_no_fault():
    assert faults(roster(member()), {"A": GOOD}) == []


@pytest.mark.parametrize(
    ("rules", "row", "what"),
    [
        ({}, ["L", "E", *GOOD[2:]], "day 0: E after L"),
        ({"most_of": {"E": 2, "L": 4}}, GOOD, "3 of E, at most 2"),
        ({"minutes": (5 * 480, 6 * 480)}, GOOD, "1920 minutes"),
        ({"minutes": (0, 480)}, GOOD, "1920 minutes"),
        ({"run": (2, 1)}, GOOD, "day 0: 2 days of work in a row"),
        ({"run": (3, 3)}, GOOD, "day 4: only 2 in a row"),
        ({"least_off": 3}, GOOD, "day 2: only 2 in a row"),
        ({"most_weekends": 0}, GOOD, "1 weekends, at most 0"),
        ({"days_off": frozenset({5})}, GOOD, "day 5 is a day off"),
        ({}, GOOD[:-1], "not one known shift or none for each day"),
        ({}, ["N", *GOOD[1:]], "not one known shift or none for each day"),
    ],
)
def test_each_broken_rule_is_named(rules, row, what):
    told = faults(roster(member(**rules)), {"A": row})
    assert f"A: {what}" in told
    with pytest.raises(ValueError, match="A: "):
        penalty(roster(member(**rules)), {"A": row})


def test_a_person_too_few_is_seen():
    assert faults(roster(member()), {}) == ["the people are not those of the instance"]


def test_the_penalty_counts_wishes_and_cover():
    wishes = {"wanted": (Request(0, "L", 3),), "unwanted": (Request(1, "E", 2), Request(1, "L", 7))}
    there = sum(1 for shift in GOOD if shift)
    assert penalty(roster(member(**wishes)), {"A": GOOD}) == 3 + 2 + 100 * (2 * DAYS - there)
    over = replace(roster(member()), cover={(0, "E"): Cover(0, 100, 1)})
    assert penalty(over, {"A": GOOD}) == 1


def _all(members, choices, days):
    rows = list(itertools.product([None, *choices], repeat=days))
    return ({one.id: list(row) for one, row in zip(members, them, strict=True)}
            for them in itertools.product(rows, repeat=len(members)))  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        roster(member(wanted=(Request(3, "L", 5),), most_of={"E": 3, "L": 3}), days=7),
        roster(
            member(run=(1, 2), least_off=1, most_weekends=0, minutes=(3 * 480, 4 * 480)), days=7
        ),
        roster(
            member("A", run=(2, 4), minutes=(480, 3 * 480), days_off=frozenset({2})),
            member("B", run=(1, 2), least_off=1, unwanted=(Request(0, "E", 4),)),
            shifts=(EARLY,), days=6,
        ),
    ],
)  # fmt: skip
def test_no_roster_is_better_than_the_one_found(case):
    found = fill_roster(case, seconds=20)
    best = min(
        penalty(case, one)
        for one in _all(case.members, [shift.id for shift in case.shifts], case.days)
        if not faults(case, one)
    )
    assert (found.penalty, found.bound) == (best, best)


def test_the_model_allows_what_the_rules_allow_and_nothing_else():
    # Every month of one person, both ways: by the rules, and as a path through the model.
    case = roster(member(run=(2, 3), least_off=2), shifts=(EARLY,), days=8)
    posed = pose(case)
    cells = [posed.cells["A", day, "E"] for day in range(8)]
    for row in itertools.product([None, "E"], repeat=8):
        is_right = not faults(case, {"A": list(row)})
        values = [0] * len(posed.model.lows)
        for cell, shift in zip(cells, row, strict=True):
            values[cell] = int(shift is not None)
        assert _can_be_completed(posed.model, values, cells) == is_right, row


def _can_be_completed(model, values, cells):
    """Whether unknowns beside the cells exist that keep every row: by trying, without a solver."""
    lows, highs = list(model.lows), list(model.highs)
    for cell in cells:
        lows[cell] = highs[cell] = values[cell]
    return _search(model.rows, lows, highs)


def _search(rows, lows, highs):
    if not _tightened(rows, lows, highs):
        return False
    free = next((at for at, low in enumerate(lows) if low < highs[at]), None)
    if free is None:
        return True
    for value in range(lows[free], highs[free] + 1):
        below, above = list(lows), list(highs)
        below[free] = above[free] = value
        if _search(rows, below, above):
            return True
    return False


def _tightened(rows, lows, highs):
    is_changed = True
    while is_changed:
        is_changed = False
        for row in rows:
            least = sum(w * (lows if w > 0 else highs)[at] for at, w in row.terms)
            most = sum(w * (highs if w > 0 else lows)[at] for at, w in row.terms)
            if least > row.high or most < row.low:
                return False
            for at, w in row.terms:
                span = abs(w) * (highs[at] - lows[at])
                if span and least + span > row.high:
                    (highs if w > 0 else lows)[at] = (lows if w > 0 else highs)[at]
                    is_changed = True
                    break
                if span and most - span < row.low:
                    (lows if w > 0 else highs)[at] = (highs if w > 0 else lows)[at]
                    is_changed = True
                    break
    return True


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nDays": 3}', "{"])
def test_a_file_that_is_no_roster_is_refused_with_a_sentence(tmp_path, text, capsys):
    path = tmp_path / "no.json"
    path.write_text(text)
    with pytest.raises(RosterRefused):
        read_roster(path)
    assert main(["roster", str(path), "--json"]) == 2
    assert capsys.readouterr().err
    assert main(["roster", str(tmp_path / "nowhere.json")]) == 2


@pytest.mark.shared
def test_a_published_roster_is_proved(shared, capsys):
    path = shared / "data" / "scheduling" / "rostering" / "NurseRostering-01.json"
    assert main(["roster", str(path), "--seconds", "60", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["penalty"], told["bound"]) == (607, 607)
    assert penalty(read_roster(path), told["assignments"]) == 607
