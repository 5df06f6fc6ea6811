"""Count a public board again.

    python3 recount.py BOARD.json

Needs Python 3.8 or newer and nothing else, no network, no database. It shares no line with the
program that counted; read it, or write your own. Ends with 0 when it finds the published winners.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from fractions import Fraction
from typing import Any


def main(path: str) -> int:
    """Read, check the hash, count, compare."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  plain for readers
        board = json.load(file)
    root = root_of(board)
    winners = recount(board)
    published = board["result"]["winners"]
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    is_same = root == board["root"]
    print("指纹 root:", root)
    print("与公布的一致 as published" if is_same else "与公布的不一致 NOT AS PUBLISHED")
    for one in board["constituencies"]:
        ballots = one["ballots"]
        blank = sum(1 for ballot in ballots if not ballot)
        name = one["name"] or one["id"]
        print(f"{name}：有效票 valid {len(ballots)}，其中白票 of them blank {blank}")
    print("重算的 counted:  ", " ".join(winners))
    print("公布的 published:", " ".join(published))
    print("结果一致。 The same." if winners == published else "结果不一致！ NOT THE SAME.")
    return 0 if winners == published and is_same else 1


def root_of(board: dict[str, Any]) -> str:
    """SHA-256 of all that was fixed before the lot."""
    fixed = {key: board[key] for key in board if key not in ("root", "lot", "result")}
    text = json.dumps(fixed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def recount(board: dict[str, Any]) -> list[str]:
    """The winners in order, by the rule that the board names."""
    method = board["rule"]["method"]
    if method in ("floor-equal", "equal"):
        return by_shares(board, floor=method == "floor-equal")
    if method == "phragmen":
        return phragmen(board)
    if method == "equal-shares-add1":
        return equal_shares(board)
    return by_number(board, method)


def standing(board: dict[str, Any]) -> list[str]:
    """Who was not withdrawn and is named by somebody."""
    named = {project for one in board["constituencies"] for b in one["ballots"] for project in b}
    return [p["id"] for p in board["projects"] if not p["withdrawn"] and p["id"] in named]


def times(one: dict[str, Any], project: str) -> int:
    """On how many ballots of a constituency a project stands."""
    return sum(1 for ballot in one["ballots"] if project in ballot)


def shares(board: dict[str, Any], project: str) -> list[Fraction]:
    """The part of the ballots of each constituency that has ballots."""
    return [
        Fraction(times(one, project), len(one["ballots"]))
        for one in board["constituencies"]
        if one["ballots"]
    ]


def chain(board: dict[str, Any], project: str) -> tuple[Any, ...]:
    """Sum of shares, absolute number, lowest share, lot; the smallest goes first."""
    each = shares(board, project)
    total = sum(times(one, project) for one in board["constituencies"])
    drawn = board["lot"]["drawn"]
    place = drawn.index(project) if project in drawn else len(drawn)
    ticket = "|".join((root_of(board), board["lot"]["seed"], project))
    lot = hashlib.sha256(ticket.encode("utf-8")).hexdigest()
    return (-sum(each), -total, -min(each, default=0), place, lot)


def by_shares(board: dict[str, Any], *, floor: bool) -> list[str]:
    """The first of each constituency, then the sum of shares."""
    seats = 5 if board["rule"]["seats"] is None else board["rule"]["seats"]
    left = {project: chain(board, project) for project in standing(board)}
    in_by_floor = set()
    for one in board["constituencies"] if floor else []:
        most = max((times(one, project) for project in left), default=0)
        if most:
            first = [project for project in left if times(one, project) == most]
            in_by_floor.add(min(first, key=left.__getitem__))
    order = sorted(in_by_floor, key=left.__getitem__)
    order += sorted((p for p in left if p not in in_by_floor), key=left.__getitem__)
    return order[:seats]


def by_number(board: dict[str, Any], method: str) -> list[str]:
    """Most approvals (or points) first: the top ones, or as long as there is money."""
    rule = board["rule"]
    cost = {p["id"]: Fraction(1 if method == "top" else p["cost"]) for p in board["projects"]}
    seats = 5 if rule["seats"] is None and method == "top" else rule["seats"]
    money = Fraction(seats if method == "top" else rule["budget"])

    def number(project: str) -> Fraction:
        found = Fraction(0)
        for one in board["constituencies"]:
            for place, ballot in enumerate(one["ballots"]):
                if project in ballot:
                    mark = ballot.index(project)
                    found += Fraction(one["points"][place][mark]) if "points" in one else 1
        return found

    numbers = {project: number(project) for project in standing(board)}
    order = sorted(numbers, key=lambda p: (-numbers[p], *chain(board, p)[1:]))
    winners: list[str] = []
    for project in order:
        if numbers[project] < Fraction(rule["threshold"]) or len(winners) == seats:
            continue
        if cost[project] <= money:
            winners.append(project)
            money -= cost[project]
        elif method == "greedy-no-skip":
            break
    return winners


def phragmen(board: dict[str, Any]) -> list[str]:
    """Each project loads its supporters evenly; the least loaded goes next."""
    rule = board["rule"]
    by_seats = rule["seats"] is not None or rule["budget"] is None
    money = Fraction((5 if rule["seats"] is None else rule["seats"]) if by_seats
                     else rule["budget"])  # fmt: skip
    cost = {p["id"]: Fraction(1 if by_seats else p["cost"]) for p in board["projects"]}
    voters = [
        [Fraction(1, len(one["ballots"])), ballot, Fraction(0)]
        for one in board["constituencies"]
        for ballot in one["ballots"]
    ]
    left = standing(board)
    winners: list[str] = []
    while left:
        load = {}
        for project in left:
            behind = [v for v in voters if project in v[1]]
            load[project] = (cost[project] + sum(v[0] * v[2] for v in behind)) / sum(
                v[0] for v in behind
            )
        least = min(load.values())
        equals = [project for project in left if load[project] == least]
        if any(cost[project] > money for project in equals):
            break
        winner = min(equals, key=lambda project: chain(board, project))
        winners.append(winner)
        left.remove(winner)
        money -= cost[winner]
        for voter in voters:
            if winner in voter[1]:
                voter[2] = least
    return winners


def equal_shares(board: dict[str, Any]) -> list[str]:
    """The same part of the money for everybody, one unit more each time, until it is too much."""
    budget = Fraction(board["rule"]["budget"])
    cost = {p["id"]: Fraction(p["cost"]) for p in board["projects"]}
    ballots = [ballot for one in board["constituencies"] for ballot in one["ballots"]]
    able = [project for project in standing(board) if cost[project] <= budget]
    if not able:
        return []
    part = budget / len(ballots)
    winners = run(board, ballots, able, cost, part)
    while True:
        spare = budget - sum(cost[project] for project in winners)
        if all(project in winners or cost[project] > spare for project in able):
            return winners
        part += 1
        more = run(board, ballots, able, cost, part)
        if sum(cost[project] for project in more) > budget:
            return winners
        winners = more


def run(
    board: dict[str, Any],
    ballots: list[list[str]],
    able: list[str],
    cost: dict[str, Fraction],
    part: Fraction,
) -> list[str]:
    """One round of purchases in which every voter has this part."""
    purse = [part] * len(ballots)
    left = list(able)
    winners: list[str] = []
    while True:
        price = {}
        for project in left:
            behind = sorted(purse[i] for i, ballot in enumerate(ballots) if project in ballot)
            missing = cost[project]
            for place, money in enumerate(behind):
                even = missing / (len(behind) - place)
                if money >= even:
                    price[project] = even / cost[project] if cost[project] else Fraction(0)
                    break
                missing -= money
        if not price:
            return winners
        least = min(price.values())
        equals = [project for project in price if price[project] == least]
        winner = min(equals, key=lambda project: chain(board, project))
        winners.append(winner)
        left.remove(winner)
        for i, ballot in enumerate(ballots):
            if winner in ballot:
                purse[i] -= min(purse[i], least * cost[winner])


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  the program and the file
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
