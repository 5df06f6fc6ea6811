"""The public board as a file: all that is needed to count again, by anybody, with anything.

One JSON object (UTF-8):

    {"format": "mulin-board/1",
     "vote": "2026 双五",                      what was voted on
     "rule": {"method": "floor-equal", "seats": 5, "budget": null, "threshold": "0"},
     "projects": [{"id": "P01", "name": "…", "cost": "12000", "withdrawn": false}, …],
     "constituencies": [{"id": "party", "name": "党员", "void": 0,
                         "ballots": [["P01", "P07"], [], …]}, …],
     "root": "…", "lot": {"seed": "…", "drawn": []},
     "result": {"winners": ["P01", …]}}

Numbers that need not be whole are texts: "12000", "7/2". Ballots are sorted, within and among
themselves; an empty one is a blank ballot. `points` stands beside `ballots` where voters gave
points. `root` is the SHA-256, in hex, of the object without "root", "lot" and "result", written with
sorted keys, without spaces, in UTF-8: so it stood fixed before the lot was drawn.
"""

import hashlib
import json
from fractions import Fraction
from typing import Any, Final

from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import (
    Constituency,
    Election,
    Lot,
    Method,
    Project,
    Rule,
)
from mulin.commons.ballots.counting.result import Result

FORMAT: Final = "mulin-board/1"

Board = dict[str, Any]  # Any: a JSON object


def publish(
    vote: str, election: Election, rule: Rule, *, seed: str = "", drawn: tuple[str, ...] = ()
) -> tuple[Board, Result]:
    """The board with its result, counted with the lot that belongs to just this board."""
    board: Board = {
        "format": FORMAT,
        "vote": vote,
        "rule": {
            "method": rule.method.value,
            "seats": rule.seats,
            "budget": None if rule.budget is None else str(rule.budget),
            "threshold": str(rule.threshold),
        },
        "projects": [_project(one) for one in sorted(election.projects, key=lambda one: one.id)],
        "constituencies": [_constituency(one) for one in election.constituencies],
    }
    root = root_of(board)
    result = count(election, rule, Lot(root, seed, drawn))
    board |= {
        "root": root,
        "lot": {"seed": seed, "drawn": list(drawn)},
        "result": {"winners": list(result.winners)},
    }
    return board, result


def read(board: Board) -> tuple[Election, Rule, Lot]:
    """What a board says, to be counted anew. It must be one that `publish` made."""
    told = board["rule"]
    budget = None if told["budget"] is None else Fraction(told["budget"])
    rule = Rule(Method(told["method"]), told["seats"], budget, Fraction(told["threshold"]))
    projects = tuple(
        Project(one["id"], one["name"], Fraction(one["cost"]), one["withdrawn"])
        for one in board["projects"]
    )
    lot = Lot(board["root"], board["lot"]["seed"], tuple(board["lot"]["drawn"]))
    groups = tuple(_read_constituency(one) for one in board["constituencies"])
    return Election(projects, groups), rule, lot


def _read_constituency(one: Board) -> Constituency:
    points = one.get("points")
    return Constituency(
        one["id"], one["ballots"], one["name"], one["void"],
        None if points is None else [[Fraction(worth) for worth in each] for each in points],
    )  # fmt: skip


def root_of(board: Board) -> str:
    """The hash of what was fixed before the lot."""
    fixed = {key: board[key] for key in board if key not in {"root", "lot", "result"}}
    written = json.dumps(fixed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _project(one: Project) -> Board:
    return {"id": one.id, "name": one.name, "cost": str(one.cost), "withdrawn": one.is_withdrawn}


def _constituency(one: Constituency) -> Board:
    given = one.points or [()] * len(one.ballots)
    marked = sorted(
        tuple(sorted(zip(ballot, points or [Fraction(1)] * len(ballot), strict=True)))
        for ballot, points in zip(one.ballots, given, strict=True)
    )
    written: Board = {
        "id": one.id, "name": one.name, "void": one.void,
        "ballots": [[project for project, _worth in ballot] for ballot in marked],
    }  # fmt: skip
    if one.points is not None:
        written["points"] = [[str(worth) for _project, worth in ballot] for ballot in marked]
    return written
