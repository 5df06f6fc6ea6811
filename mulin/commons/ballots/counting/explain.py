"""How the result came about, step by step, with this vote's own numbers: for one sheet of paper.

Nobody needs more than a pocket calculator to follow it. The steps hold numbers; `words` says them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from mulin.commons.ballots.counting.election import Method
from mulin.commons.ballots.counting.result import How, Result, Row

#: More places are not printed; numbers equal so far are told as a fraction's order, by the chain.
_MOST_PLACES: Final = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence of the sheet, as a code with its numbers."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


def steps(result: Result) -> tuple[Step, ...]:
    """The steps in the order in which a reader repeats them."""
    return tuple(_steps(result))


def _steps(result: Result) -> Iterator[Step]:
    for one in result.turnout:
        yield Step("ballots", {
            "constituency": one.name or one.id, "valid": one.valid, "blank": one.blank,
            "void": one.void,
        })  # fmt: skip
    if result.rule.method in {Method.FLOOR_EQUAL, Method.EQUAL}:
        yield from _by_shares(result)
    else:
        yield from _by_order(result)
    for tie in result.ties:
        if tie.by:
            yield Step("tie", {
                "projects": [_name(result.row(one)) for one in tie.projects],
                "by": [step.value for step in tie.by], "decides": tie.decides,
                "lots": {_name(result.row(one)): result.lot.ticket(one)[:8]
                         for one in tie.projects},
            })  # fmt: skip
    yield Step("elected", {"projects": [_name(result.row(one)) for one in result.winners]})


def _by_shares(result: Result) -> Iterator[Step]:
    names = {one.id: one.name or one.id for one in result.turnout}
    valid = {one.id: one.valid for one in result.turnout}
    for row in result.rows:
        for key in row.floor_of:
            yield Step("floor", {
                "constituency": names[key], "project": _name(row),
                "approvals": row.approvals[key], "valid": valid[key],
            })  # fmt: skip
    # The rest as far as one must read: who came in, and the first who did not.
    rest = sorted(
        (row for row in result.rows if row.how in {How.RANK, How.BEHIND}),
        key=lambda row: (-row.joint, row.how is How.BEHIND),
    )
    places = places_needed([row.joint for row in rest])
    came_in = [result.row(one) for one in result.winners if result.row(one).how is How.RANK]
    missed = [row for row in rest if row.how is How.BEHIND][:1]
    for row in (*came_in, *missed):
        yield Step("sum" if row.how is How.RANK else "missed", {
            "project": _name(row), "sum": percent(row.joint, places),
            "parts": [
                {"constituency": names[key], "approvals": row.approvals[key],
                 "valid": valid[key], "share": percent(share, places)}
                for key, share in row.shares.items()
            ],
        })  # fmt: skip


def _by_order(result: Result) -> Iterator[Step]:
    for place, one in enumerate(result.winners, start=1):
        row = result.row(one)
        yield Step("place", {"place": place, "project": _name(row), "count": row.count})
    for row in result.rows:
        if row.how in {How.TOO_DEAR, How.BELOW, How.WITHDRAWN}:
            yield Step(row.how.value, {"project": _name(row), "count": row.count})


def _name(row: Row) -> str:
    return row.name or row.id


def percent(share: Fraction, places: int = 1) -> Decimal:
    """A share as percent, halves up, as a pocket calculator is read."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def places_needed(sums: list[Fraction]) -> int:
    """With how many places neighbours that differ also look different; at most six."""
    ordered = sorted(set(sums))
    for places in range(1, _MOST_PLACES):
        if all(percent(a, places) != percent(b, places) for a, b in pairwise(ordered)):
            return places
    return _MOST_PLACES
