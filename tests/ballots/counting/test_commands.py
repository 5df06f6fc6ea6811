"""`mulin tally` as a program calls it."""

import json

import pytest

from mulin.cli import main
from tests.ballots.counting.test_pabulib import PLAIN

pytestmark = pytest.mark.once


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.pb"
    path.write_text(PLAIN, "utf-8")
    return path


def test_the_whole_answer_for_programs(file, capsys):
    assert main(["tally", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "winners": ["1", "3"],
        "counts": {"1": 2, "2": 1, "3": 1},
        "ties": [
            {"of": "count", "value": 1, "projects": ["3", "2"], "by": ["lot"], "decides": False}
        ],
        "notes": ["1 ballots name a project twice; it counts once. Lines: 16."],
    }


@pytest.mark.parametrize(
    ("options", "winners"),
    [
        (["--rule", "top", "--seats", "1"], ["1"]),
        (["--rule", "floor-equal", "--seats", "2", "--lot", "x"], ["1", "2"]),
        (["--rule", "phragmen", "--seats", "1"], ["1"]),
        (["--rule", "equal-shares-add1"], ["1", "3"]),
        (["--rule", "greedy", "--budget", "50", "--threshold", "2"], []),
        (["--rule", "greedy-no-skip", "--budget", "59"], []),
    ],
)
def test_rule_and_numbers_can_be_chosen(file, capsys, options, winners):
    assert main(["tally", str(file), "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out)["winners"] == winners


def test_people_read_lines(file, capsys):
    assert main(["tally", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "  1 1  2  a; quoted",
        "  2 3  1  c",
        "Equal: 3, 2",
    ]


def test_a_wrong_file_gets_line_and_reason(file, capsys):
    file.write_text(PLAIN.replace("7;1,3", "7;1,9"), "utf-8")
    assert main(["tally", str(file), "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{file}, line 15: the ballot names 9, which is no project.\n")


def test_no_file_and_no_budget_are_said(file, capsys):
    assert main(["tally", str(file.with_name("none.pb"))]) == 2
    file.write_text(PLAIN.replace("budget;100\n", ""), "utf-8")
    assert main(["tally", str(file)]) == 1
    assert "--budget" in capsys.readouterr().err


@pytest.mark.parametrize("typed", [["--seats", "0"], ["--budget", "-1"], ["--rule", "best"]])
def test_what_is_no_number_or_no_rule_is_refused(file, typed):
    with pytest.raises(SystemExit) as ended:
        main(["tally", str(file), *typed])
    assert ended.value.code == 2
