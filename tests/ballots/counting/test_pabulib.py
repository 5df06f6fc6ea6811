"""Files of others: the recorded winners found again, every oddity told, wrong ones refused."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from mulin.commons.ballots.counting import pabulib
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import Lot, Method, Rule
from mulin.commons.ballots.counting.pabulib import WrongFile, differing, read, write
from tests.ballots.counting.elections import FLOOR, LOT, election, elections

pytestmark = pytest.mark.once

PLAIN = """META
key;value
description;a; b
budget;100
vote_type;approval
rule;greedy
currency;CNY
PROJECTS
project_id;cost;votes;name;selected
1;60;2;"a; quoted";1
2;50;1;b;0
3;40;1;c;1
VOTES
voter_id;vote
7;1,3
8;1,2,2
9;
"""
POINTS = """META
key;value
budget;100
vote_type;cumulative
rule;greedy
max_sum_points;5
PROJECTS
project_id;cost;votes;score
1;60;2;5
2;50;2;6
VOTES
voter_id;vote;points
1;1,2;3,2
2;2;4
3;1;2
"""


def read_text(text):
    return read(text.encode())


def codes(notes):
    return [note.code for note in notes]


def counted(file, **rule):
    chosen = Rule(**rule) if rule else file.rule
    return count(file.election, chosen, Lot(drawn=file.recorded_winners or ()))


def test_a_file_is_read_with_its_oddities_told():
    file = read_text(PLAIN)
    assert file.meta["description"] == "a; b"
    assert file.election.projects[0].name == "a; quoted"
    assert file.election.constituencies[0].ballots == (("1", "3"), ("1", "2"), ())
    assert [(note.code, note.facts["lines"]) for note in file.notes] == [("double_marks", [16])]
    result = counted(file)
    assert (result.winners, result.left, differing(file, result)) == (("1", "3"), 0, ())


def test_points_are_ranked_by_and_told():
    file = read_text(POINTS)
    assert codes(file.notes) == ["cumulative"]
    assert [row.points for row in counted(file).rows] == [5, 6]
    assert counted(file).winners == ("2",)
    assert "points_ignored" in codes(counted(file, method=Method.PHRAGMEN, seats=1).notes)


def test_rankings_are_counted_by_place_and_told():
    text = PLAIN.replace("approval", "ordinal").replace("1,2,2", "2,1")
    file = read_text(text)
    assert codes(file.notes) == ["ordinal"]
    assert [row.points for row in counted(file).rows] == [3, 2, 1]


def test_a_project_withdrawn_after_the_vote_is_left_out_and_told():
    file = read_text(PLAIN.replace("1;60;", "1;999999999;"))
    result = counted(file)
    assert result.winners == ("3", "2")
    assert ("withdrawn", {"project": "1", "ballots": 2}) in [
        (note.code, note.facts) for note in result.notes
    ]


def test_other_winners_and_other_numbers_are_told():
    file = read_text(PLAIN.replace("2;50;1;b;0", "2;50;4;b;1"))
    assert codes(file.notes) == ["double_marks", "count_differs"]
    assert codes(differing(file, counted(file))) == ["winners_differ"]


def test_ballots_beyond_a_limit_are_counted_and_told():
    file = read_text(PLAIN.replace("rule;greedy", "rule;greedy\nmax_length;1\nmin_length;1"))
    told = [(n.facts["limit"], n.facts["lines"]) for n in file.notes if n.code == "beyond_limit"]
    assert told == [("max_length", [17, 18]), ("min_length", [19])]


def test_without_a_public_lot_a_tie_is_broken_as_the_file_records():
    file = read_text(PLAIN.replace("2;50;1;b;0", "2;40;1;b;0"))
    assert counted(file).winners == ("1", "3")


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("META", "WHAT", 1, "no_section"),
        ("VOTES", "BALLOTS", 13, "columns"),
        ("PROJECTS", "META", 8, "section_twice"),
        ("project_id;cost", "project_id;price", 9, "column_missing"),
        ("votes;name", "votes;votes", 9, "column_twice"),
        ("1;60;2;", "1;sixty;2;", 10, "not_a_number"),
        ("1;60;2;", "1;-60;2;", 10, "not_a_number"),
        ("2;50", "1;50", 11, "project_twice"),
        ("2;50", "2,1;50", 11, "project_id"),
        ('"a; quoted"', "a; quoted", 10, "columns"),
        ("7;1,3", "7;1,4", 15, "unknown_project"),
        ("7;1,3", "7;1,3;x", 15, "columns"),
        ("9;\n", '9;"\n', 17, "quotes"),
        ("approval", "shouting", 5, "vote_type"),
        ("CNY", "yuan", 7, "currency"),
        ("currency;CNY", "num_votes;4", 7, "number_differs"),
        ("approval", "cumulative", 15, "column_missing"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(old, new, line, why):
    with pytest.raises(WrongFile) as wrong:
        read_text(PLAIN.replace(old, new, 1))
    assert (wrong.value.line, wrong.value.why.code) == (line, why)


def test_points_that_do_not_fit_the_marks_and_bytes_that_are_no_text():
    with pytest.raises(WrongFile) as wrong:
        read_text(POINTS.replace("2;2;4", "2;2;4,1"))
    assert (wrong.value.line, wrong.value.why.code) == (14, "points_differ")
    with pytest.raises(WrongFile) as wrong:
        read(PLAIN.encode().replace(b"7;1,3", b"7;1,3\xff"))
    assert (wrong.value.line, wrong.value.why.code) == (15, "not_utf8")
    with pytest.raises(WrongFile) as wrong:
        read(b"")
    assert wrong.value.why.code == "section_missing"


@given(elections())
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_again_and_tells_no_order(cast):
    rule = Rule(Method.FLOOR_EQUAL, seats=5, budget=Fraction(99))
    result = count(cast, rule, LOT)
    file = read_text(write(cast, rule, about={"description": "双五; 2026"}, result=result))
    assert file.rule == rule
    assert file.notes == ()
    gone = Fraction(999_999_999)
    assert file.election.projects == tuple(
        replace(one, cost=gone) if one.is_withdrawn else one for one in cast.projects
    )
    found = {one.id: one.ballots for one in file.election.constituencies}
    assert found == {
        one.id: tuple(sorted(one.ballots)) for one in cast.constituencies if one.ballots
    } or not any(one.ballots for one in cast.constituencies)
    assert differing(file, count(file.election, rule, LOT)) in (
        (),
        (pabulib.Note("no_winners_recorded"),),
    )


def test_one_constituency_alone_has_no_column_of_constituencies():
    cast = election(party=["b", "a"])
    text = write(cast, FLOOR, about={}, result=count(cast, FLOOR, LOT))
    assert text.endswith("VOTES\nvoter_id;vote\n1;a\n2;b\n")


REPRODUCIBLE = (
    "Poland_Gdynia_2020_Dabrowa__small", "Poland_Gdynia_2023_Kamienna_Gora__small",
    "Poland_Lodz_2020_Nr_33", "Poland_Lodz_2022_Zdrowie-Mania", "Poland_Swiecie_2023",
    "Poland_Warszawa_2019_Okecie", "Poland_Warszawa_2026_Marymont-Potok_Stary_Zoliborz",
    "Poland_Warszawa_2026_Marysin_Wawerski_Anin", "Poland_Warszawa_2026_Stara_Ochota_Filtry",
)  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("name", REPRODUCIBLE)
def test_the_recorded_winners_are_found_again(shared, name):
    file = read((shared / "data/voting" / f"{name}.pb").read_bytes())
    result = counted(file)
    assert differing(file, result) == ()
    assert "count_differs" not in codes(file.notes)


@pytest.mark.shared
def test_what_the_sources_call_not_reproducible_is_told(shared):
    folder = shared / "data/voting"
    las = read((folder / "Poland_Warszawa_2018_Las.pb").read_bytes())
    assert [note.facts["counted"] for note in differing(las, counted(las))] == [["1649"]]
    withdrawn = read((folder / "Poland_Wroclaw_2017_Rejon_nr_11_750.pb").read_bytes())
    assert counted(withdrawn).winners == ("425",)
    assert codes(counted(withdrawn).notes) == ["withdrawn"]


@pytest.mark.shared
def test_every_expected_file_counts_as_expected(shared):
    folder = shared / "data/voting/more"
    for one in json.loads((folder / "expected.json").read_text("utf-8")):
        path = folder / one["file"]
        file = read((path if path.exists() else folder.parent / one["file"]).read_bytes())
        found = counted(file, method=Method.GREEDY, budget=file.rule.budget,
                        threshold=file.rule.threshold)  # fmt: skip
        expected = one["plain_greedy_skip_with_threshold"]
        assert sorted(found.winners) == sorted(expected["winners"]), one["file"]
        assert found.left == Fraction(expected["left"])
        assert {str(tie.value) for tie in found.ties} == set(one["tied_pairs"]) or one[
            "rank_by"
        ] == "score"
        if one["published_winners"]:
            assert differing(file, counted(file)) == ()


@pytest.mark.shared
def test_the_checkers_own_examples(shared):
    folder = shared / "data/voting/more"
    read((folder / "checker_example_valid.pb").read_bytes())
    with pytest.raises(WrongFile) as wrong:
        read((folder / "checker_example_invalid.pb").read_bytes())
    assert (wrong.value.line, wrong.value.why.code) == (20, "currency")
