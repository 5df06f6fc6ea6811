"""The count: one entrance for every rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import Final

from mulin.commons.ballots.counting import order, phragmen, shares
from mulin.commons.ballots.counting.election import (
    BY_WEIGHT,
    CannotCount,
    Election,
    Lot,
    Method,
    Rule,
)
from mulin.commons.ballots.counting.order import Chain
from mulin.commons.ballots.counting.result import Broken, How, Note, Result, Row, Tie, Turnout


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says: who won in which order, and how each project stands."""

    winners: tuple[str, ...]
    how: Mapping[str, How]
    ties: tuple[Tie, ...]
    notes: tuple[Note, ...] = ()
    floor_of: Mapping[str, tuple[str, ...]] | None = None
    left: Fraction | None = None


def count(election: Election, rule: Rule, lot: Lot) -> Result:
    """Count by the rule. Raises CannotCount when the rule lacks its budget."""
    tally = Tally.of(election)
    outcome = _BY[rule.method](election, tally, rule, Chain(tally.approvals, tally.shares, lot))
    notes = [*_notes(election, rule, tally), *outcome.notes]
    notes += [
        Note("no_lot", {"projects": tie.projects})
        for tie in outcome.ties
        if Broken.LOT in tie.by and tie.decides and not lot.settles(tie.projects)
    ]
    floors = outcome.floor_of or {}
    return Result(
        rule=rule,
        lot=lot,
        winners=outcome.winners,
        rows=tuple(
            Row(
                id=one.id,
                name=one.name,
                approvals={key: counts[one.id] for key, counts in tally.approvals.items()},
                shares={key: each[one.id] for key, each in tally.shares.items()},
                points=None if tally.points is None else tally.points[one.id],
                how=outcome.how[one.id],
                floor_of=floors.get(one.id, ()),
            )
            for one in election.projects
        ),
        turnout=tally.turnout,
        ties=(*outcome.ties, *_equal_counts(election, tally, outcome.ties)),
        notes=tuple(notes),
        left=outcome.left,
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """Approvals, shares and points before any rule."""

    approvals: Mapping[str, Counter[str]]
    shares: Mapping[str, Mapping[str, Fraction]]
    points: Mapping[str, Fraction] | None
    turnout: tuple[Turnout, ...]

    @classmethod
    def of(cls, election: Election) -> "Tally":
        approvals = {
            one.id: Counter(chain.from_iterable(one.ballots)) for one in election.constituencies
        }
        return cls(
            approvals=approvals,
            # Who cast no valid ballot has no share: the full marks are fewer.
            shares={
                one.id: {
                    project.id: Fraction(approvals[one.id][project.id], len(one.ballots))
                    for project in election.projects
                }
                for one in election.constituencies
                if one.ballots
            },
            points=_points(election),
            turnout=tuple(
                Turnout(
                    id=one.id,
                    name=one.name,
                    valid=len(one.ballots),
                    blank=sum(not ballot for ballot in one.ballots),
                    void=one.void,
                )
                for one in election.constituencies
            ),
        )

    def total(self, project: str) -> int:
        """Approvals of all ballots together."""
        return sum(counts[project] for counts in self.approvals.values())

    def ranked_by(self, project: str) -> Fraction:
        """Points where points were given, else approvals."""
        return Fraction(self.total(project)) if self.points is None else self.points[project]


def _points(election: Election) -> dict[str, Fraction] | None:
    if all(one.points is None for one in election.constituencies):
        return None
    sums = dict.fromkeys((project.id for project in election.projects), Fraction(0))
    for one in election.constituencies:
        for ballot, points in zip(one.ballots, one.points or (), strict=True):
            for project, given in zip(ballot, points, strict=True):
                sums[project] += given
    return sums


def _notes(election: Election, rule: Rule, tally: Tally) -> list[Note]:
    notes = [
        Note("withdrawn", {"project": one.id, "ballots": tally.total(one.id)})
        for one in election.projects
        if one.is_withdrawn
    ]
    if rule.method in BY_WEIGHT and len(election.constituencies) > 1:
        notes += [
            Note("no_ballots", {"constituency": one.name or one.id, "full": len(tally.shares)})
            for one in election.constituencies
            if not one.ballots
        ]
    if tally.points is not None and rule.method in {Method.PHRAGMEN, Method.EQUAL_SHARES_ADD1}:
        notes.append(Note("points_ignored"))
    return notes


def _equal_counts(election: Election, tally: Tally, told: Sequence[Tie]) -> Iterable[Tie]:
    """Equal counts that the rule had no need to put in order: told all the same."""
    known = {frozenset(tie.projects) for tie in told}
    standing = [one.id for one in election.projects if not one.is_withdrawn and tally.total(one.id)]
    for value, equals in order.groups(standing, tally.ranked_by):
        if len(equals) > 1 and frozenset(equals) not in known:
            yield Tie("count", value, tuple(equals), (), decides=False)


# ── by place ─────────────────────────────────────────────────────────────────────────────────


def _top(election: Election, tally: Tally, rule: Rule, chain_: Chain) -> Outcome:
    return _in_order(
        election, tally, chain_, dict.fromkeys((one.id for one in election.projects), Fraction(1)),
        budget=Fraction(rule.seats_or_five), threshold=rule.threshold, too_dear=How.BEHIND,
    )  # fmt: skip


def _greedy(election: Election, tally: Tally, rule: Rule, chain_: Chain) -> Outcome:
    if rule.budget is None:
        raise CannotCount("budget")
    outcome = _in_order(
        election, tally, chain_, {one.id: one.cost for one in election.projects},
        budget=rule.budget, threshold=rule.threshold, too_dear=How.TOO_DEAR,
        stop=rule.method is Method.GREEDY_NO_SKIP, seats=rule.seats,
    )  # fmt: skip
    least = min(map(tally.ranked_by, outcome.winners), default=Fraction(0))
    passed = [
        one for one, how in outcome.how.items()
        if how is How.TOO_DEAR and tally.ranked_by(one) > least
    ]  # fmt: skip
    if not passed or not outcome.winners:
        return outcome
    passed.sort(key=lambda one: (-tally.ranked_by(one), one))
    return replace(outcome, notes=(Note("too_dear", {"projects": passed}),))


def _in_order(
    election: Election,
    tally: Tally,
    chain_: Chain,
    costs: Mapping[str, Fraction],
    *,
    budget: Fraction,
    threshold: Fraction,
    too_dear: How,
    stop: bool = False,
    seats: int | None = None,
) -> Outcome:
    """From the most approved down, as long as there is money; `stop` at the first too dear."""
    how: dict[str, How] = {}
    standing = _standing(election, tally, how)
    for one in [one for one in standing if tally.ranked_by(one) < threshold]:
        standing.remove(one)
        how[one] = How.BELOW
    winners: list[str] = []
    ties: list[Tie] = []
    left, stopped = budget, False
    for value, equals in order.groups(standing, tally.ranked_by):
        ordered, by = chain_.ordered(equals, from_step=1)
        before = left
        for one in ordered:
            if stopped or len(winners) == seats:
                how[one] = How.STOPPED if stopped else How.BEHIND
            elif costs[one] <= left:
                how[one] = How.RANK
                winners.append(one)
                left -= costs[one]
            else:
                how[one] = too_dear
                stopped = stop
        if len(equals) > 1:
            lost = [one for one in ordered if not how[one].is_elected]
            won = len(lost) < len(ordered)
            decides = won and any(costs[one] <= before for one in lost)
            ties.append(Tie("count", value, tuple(ordered), by, decides))
    return Outcome(tuple(winners), how, tuple(ties), left=None if too_dear is How.BEHIND else left)


def _standing(election: Election, tally: Tally, how: dict[str, How]) -> list[str]:
    """Who can be elected at all; of the others `how` is told why."""
    standing = []
    for one in election.projects:
        if one.is_withdrawn:
            how[one.id] = How.WITHDRAWN
        elif not tally.total(one.id):
            how[one.id] = How.NOBODY
        else:
            standing.append(one.id)
    return standing


# ── by share ─────────────────────────────────────────────────────────────────────────────────


def _by_shares(election: Election, tally: Tally, rule: Rule, chain_: Chain) -> Outcome:
    """Floor: the first of each constituency is in; the others by the sum of the shares."""
    how: dict[str, How] = {}
    standing = _standing(election, tally, how)
    ties: list[Tie] = []
    floor_of: dict[str, tuple[str, ...]] = {}
    if rule.method is Method.FLOOR_EQUAL:
        for key, counts in tally.approvals.items():
            most = max((counts[one] for one in standing), default=0)
            if not most:
                continue
            equals = [one for one in standing if counts[one] == most]
            ordered, by = chain_.ordered(equals, from_step=0)
            if len(equals) > 1:
                ties.append(Tie(f"floor:{key}", Fraction(most), tuple(ordered), by, decides=True))
            floor_of[ordered[0]] = (*floor_of.get(ordered[0], ()), key)
    seats = rule.seats_or_five
    floors, _by = chain_.ordered(list(floor_of), from_step=0)
    winners = floors[:seats]
    how |= dict.fromkeys(winners, How.FLOOR)
    rest = [one for one in standing if one not in winners]
    for value, equals in order.groups(rest, chain_.joint):
        ordered, by = chain_.ordered(equals, from_step=1)
        taken = ordered[: seats - len(winners)]
        how |= dict.fromkeys(ordered, How.BEHIND) | dict.fromkeys(taken, How.RANK)
        winners = [*winners, *taken]
        if len(equals) > 1:
            decides = 0 < len(taken) < len(ordered)
            ties.append(Tie("joint", value, tuple(ordered), by, decides))
    notes = [Note("floors_cut", {"floors": len(floors), "seats": seats})] * (len(floors) > seats)
    return Outcome(
        tuple(winners), how, tuple(_deciding(ties, winners)), tuple(notes), floor_of=floor_of
    )


def _deciding(ties: Iterable[Tie], winners: Sequence[str]) -> Iterable[Tie]:
    """A tie decides nothing when all of its projects won, then or later."""
    for tie in ties:
        lost = any(one not in winners for one in tie.projects)
        yield Tie(tie.of, tie.value, tie.projects, tie.by, tie.decides and lost)


# ── by what supporters bear ──────────────────────────────────────────────────────────────────


def _phragmen(election: Election, tally: Tally, rule: Rule, chain_: Chain) -> Outcome:
    how: dict[str, How] = {}
    standing = _standing(election, tally, how)
    money = rule.budget if rule.seats is None else None
    costs = {one.id: Fraction(1) if money is None else one.cost for one in election.projects}
    budget = Fraction(rule.seats_or_five) if money is None else money
    winners, ties = phragmen.elect(_weighted(election), standing, costs, budget, chain_)
    how |= dict.fromkeys(standing, How.BEHIND) | dict.fromkeys(winners, How.BOUGHT)
    left = None if money is None else money - sum((costs[one] for one in winners), Fraction(0))
    return Outcome(tuple(winners), how, tuple(_deciding(ties, winners)), left=left)


def _weighted(election: Election) -> list[tuple[Fraction, Sequence[Sequence[str]]]]:
    """Each constituency with the weight of one of its ballots: together they weigh 1."""
    return [
        (Fraction(1, len(one.ballots)), one.ballots)
        for one in election.constituencies
        if one.ballots
    ]


def _equal_shares(election: Election, tally: Tally, rule: Rule, chain_: Chain) -> Outcome:
    if rule.budget is None:
        raise CannotCount("budget")
    how: dict[str, How] = {}
    standing = _standing(election, tally, how)
    ballots = Counter(tuple(ballot) for each in election.constituencies for ballot in each.ballots)
    costs = {one.id: one.cost for one in election.projects}
    winners, ties, endowment = shares.elect(ballots, standing, costs, rule.budget, chain_)
    how |= dict.fromkeys(standing, How.BEHIND) | dict.fromkeys(winners, How.BOUGHT)
    left = rule.budget - sum((costs[one] for one in winners), Fraction(0))
    notes = (Note("endowment", {"each": endowment}),) if winners else ()
    return Outcome(tuple(winners), how, tuple(_deciding(ties, winners)), notes, left=left)


_Rule = Callable[[Election, Tally, Rule, Chain], Outcome]
_BY: Final[Mapping[Method, _Rule]] = {
    Method.FLOOR_EQUAL: _by_shares,
    Method.EQUAL: _by_shares,
    Method.TOP: _top,
    Method.PHRAGMEN: _phragmen,
    Method.EQUAL_SHARES_ADD1: _equal_shares,
    Method.GREEDY: _greedy,
    Method.GREEDY_NO_SKIP: _greedy,
    Method.GREEDY_THRESHOLD: _greedy,
}
