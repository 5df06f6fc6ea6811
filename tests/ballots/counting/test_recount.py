"""The stand-alone script finds what the engine found, and sees a board that was changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.commons.ballots.counting import recount
from mulin.commons.ballots.counting.board import publish
from mulin.commons.ballots.counting.election import Method, Rule
from tests.ballots.counting.elections import FLOOR, RULES, election, elections

pytestmark = pytest.mark.once
SCRIPT = Path(recount.__file__)


@given(elections(), st.sampled_from(RULES), st.sampled_from(["", "2026136"]))
@settings(deadline=None, max_examples=150)
def test_the_recount_finds_the_winners_of_the_engine(cast, rule, seed):
    board, result = publish("v", cast, rule, seed=seed)
    board = json.loads(json.dumps(board))
    assert recount.recount(board) == list(result.winners)
    assert recount.root_of(board) == board["root"]


def run(path):
    """As a neighbour runs it: alone, without what is installed here."""
    copy = path.with_name("recount.py")
    copy.write_bytes(SCRIPT.read_bytes())
    return subprocess.run(
        [sys.executable, "-I", "-S", copy, path], cwd=path.parent, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def board(tmp_path):
    cast = election(party=["ab", "a", ""], local=["b", "bc", "c", "c"], new=["d"])
    path = tmp_path / "board.json"
    path.write_text(json.dumps(publish("2026", cast, FLOOR, seed="2026136")[0]), "utf-8")
    return path


def test_it_runs_alone_and_agrees(board):
    done = run(board)
    assert done.stderr == ""
    assert done.stdout.endswith("The same.\n")
    assert done.returncode == 0


def test_it_speaks_chinese_too_and_a_terminal_that_cannot_show_it_stops_nothing(board):
    assert "结果一致。" in run(board).stdout
    plain = subprocess.run(
        [sys.executable, board.with_name("recount.py"), board], capture_output=True, text=True,
        check=False, env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "The same." in plain.stdout


def test_it_sees_a_ballot_that_was_changed_afterwards(board):
    told = json.loads(board.read_text("utf-8"))
    told["constituencies"][0]["ballots"][0] = ["d"]
    board.write_text(json.dumps(told), "utf-8")
    done = run(board)
    assert (done.returncode, "NOT AS PUBLISHED" in done.stdout) == (1, True)


def test_it_sees_another_winner(board):
    told = json.loads(board.read_text("utf-8"))
    told["result"]["winners"].reverse()
    board.write_text(json.dumps(told), "utf-8")
    assert run(board).returncode == 1


def test_it_counts_points_too(shared_points):
    cast, rule = shared_points
    board, result = publish("points", cast, rule, seed="s")
    assert recount.recount(json.loads(json.dumps(board))) == list(result.winners) != []


@pytest.fixture
def shared_points():
    from tests.ballots.counting.test_pabulib import POINTS, read_text  # noqa: PLC0415  one file

    file = read_text(POINTS)
    return file.election, Rule(Method.GREEDY, budget=file.rule.budget)
