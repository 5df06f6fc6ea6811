"""A season is voted on: the terms are fixed before, and afterwards it is counted, once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.actions.elections import draft_election
from mulin.commons.ballots.counting.board import publish as count_board
from mulin.commons.ballots.counting.election import (
    SEATS,
    CannotCount,
    Constituency,
    Method,
    Project,
    Rule,
)
from mulin.commons.ballots.counting.election import Election as Cast
from mulin.commons.ballots.queries import published_ballots, published_void
from mulin.commons.ballots.rules import (
    QUORUM_PERCENT,
    SAMPLE_EVERY,
    SAMPLE_LEAST,
    Binding,
    Board,
    Terms,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.templatetags.kit import yuan
from mulin.parlour.doublefive.actions.rolls import make_roll, standing_vote
from mulin.parlour.doublefive.actions.seasons import record_the_five
from mulin.parlour.doublefive.models import METHOD_LABELS, RollRule, Season, SeasonVote
from mulin.parlour.doublefive.permissions import may_keep_roll
from mulin.parlour.doublefive.queries import can_compare, compared_board, ideas_of
from mulin.parlour.doublefive.rules import COMPARED, Stage, State

#: As what the votes of a season are known to ballots.
ORIGIN: Final = "doublefive.season"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is fixed about a vote before its roll is posted."""

    opens_at: datetime
    closes_at: datetime
    lot_source: str
    method: Method = Method.FLOOR_EQUAL
    seats: int = SEATS
    budget_yuan: Decimal | None = None
    is_online: bool = True
    board: Board = Board.FULL
    sample_every: int = SAMPLE_EVERY
    sample_least: int = SAMPLE_LEAST
    quorum_percent: int | None = QUORUM_PERCENT
    binding: Binding = Binding.ADVISORY
    legal_basis: str = ""
    objection_days: int = 0
    is_compared: bool = False
    is_trial: bool = False


def draft_vote(
    season: Season, fixed: Fixed, *, by: Actor, now: datetime, token: str | None = None
) -> SeasonVote:
    """Fix the terms and make the roll: options are the published projects of the season.

    Raises NotPermitted, Refused for terms that cannot be or while another vote stands.
    """
    with recording(by, "doublefive.draft_vote", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SeasonVote)
        if not may_keep_roll(by):
            raise NotPermitted(_("The election committee prepares votes."))
        if season.stage != Stage.ROLL:
            raise Refused(_("The roll has not begun, or the vote has."))
        if standing_vote(season, is_trial=fixed.is_trial) is not None:
            raise Refused(_("There is one already. Go on with that one."))
        if fixed.method is Method.EQUAL_SHARES_ADD1 and not fixed.budget_yuan:
            raise Refused(_("This rule needs a budget."), field="budget_yuan")
        if not fixed.lot_source.strip():
            raise Refused(_("Name where the lot comes from."), field="lot_source")
        rules = list(season.roll_rules.all())
        ideas = list(ideas_of(season, State.PASSED))
        most = min(SEATS, len(ideas))
        title = gettext("Vote on the Double-Five of %(year)s") % {"year": season.year}
        election = draft_election(
            Terms(
                title=title,
                options=tuple((str(idea.number), idea.title) for idea in ideas),
                beside={str(idea.number): yuan(idea.cost_yuan) for idea in ideas},
                constituencies=tuple((one.code, one.title, one.words) for one in rules),
                max_choices=most, opens_at=fixed.opens_at,
                closes_at=fixed.closes_at, rule=rule_in_words(fixed, rules, most=most),
                is_online=fixed.is_online, is_trial=fixed.is_trial, board=fixed.board,
                sample_every=fixed.sample_every, sample_least=fixed.sample_least,
                quorum_percent=fixed.quorum_percent, binding=fixed.binding,
                legal_basis=fixed.legal_basis, objection_days=fixed.objection_days, origin=(ORIGIN, season.pk),
            ),
            by=by, now=now,
        )  # fmt: skip
        vote: SeasonVote = SeasonVote.objects.create(
            community_id=season.community_id, season=season, election=election,
            method=fixed.method, seats=fixed.seats, budget_yuan=fixed.budget_yuan,
            lot_source=fixed.lot_source.strip(), is_compared=fixed.is_compared,
        )  # fmt: skip
        make_roll(vote, by=by, now=now)
        act.on(vote, after={"method": fixed.method, "seats": fixed.seats, "ideas": len(ideas)})
    return vote


def rule_in_words(fixed: Fixed, rules: "list[RollRule]", *, most: int) -> str:
    """The rule sheet as it is posted and hashed: how one marks, who weighs what, equals, the lot."""
    parts = [
        gettext("Everybody marks up to %(most)s projects. Fewer is valid; nothing marked is a"
                      " blank ballot and counts as taking part; more is void on paper.")
        % {"most": most},
        gettext("Counted by: %(rule)s. Seats: %(seats)s.")
        % {"rule": METHOD_LABELS[fixed.method], "seats": fixed.seats},
        gettext("A share is approvals divided by the valid ballots of that constituency, blank"
                      " ones included, void ones left out: %(groups)s.")
        % {"groups": "、".join(one.title for one in rules)},
        gettext("Equals go by the sum of shares, then votes in number, then the higher lowest"
                      " share, then the public lot: %(lot)s.")
        % {"lot": fixed.lot_source.strip()},
        gettext("Each sheet of paper is read twice, by the machine and a person or by two people;"
                      " where the two differ, or are not sure, an observer decides. One sheet in"
                      " %(every)s, %(least)s at least, drawn by a public number once all are read,"
                      " is counted by hand again; a difference is explained before anything is"
                      " published.")
        % {"every": fixed.sample_every, "least": fixed.sample_least},
        gettext("After publication it is also shown who would have been chosen by other rules."
                      " That changes nothing.")
        if fixed.is_compared
        else gettext("No other rule is counted, before or after."),
    ]  # fmt: skip
    if fixed.budget_yuan:
        parts.append(
            (
                gettext("The budget is %(yuan)s yuan.")
                if fixed.method is Method.EQUAL_SHARES_ADD1
                else gettext(
                    "For the comparison with equal shares the budget is %(yuan)s yuan; it"
                    " decides nothing."
                )
            )
            % {"yuan": f"{fixed.budget_yuan.normalize():f}"}
        )
    return "\n\n".join(parts)


def count_vote(
    vote: SeasonVote, *, lot_number: str, by: Actor, now: datetime, token: str | None = None
) -> SeasonVote:
    """Count the published ballots by the rule that was fixed, with the lot's public number, and
    record the five. Once; what a trial says is told to whoever counts and kept nowhere.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    with recording(by, "doublefive.count_vote", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SeasonVote)
        if not may_keep_roll(by):
            raise NotPermitted(_("The election committee counts."))
        election = vote.election
        if not election.is_published:
            raise Refused(_("It is counted when its ballots are published, not before."))
        number = lot_number.strip()
        if not number:
            raise Refused(_("Write the public number that was drawn."), field="lot_number")
        cast = _cast(vote)
        try:
            board, result = count_board(election.title, cast, _rule(vote), seed=number)
        except CannotCount:
            raise Refused(_("This rule needs a budget.")) from None
        compared = _compared(vote, cast, number) if vote.is_compared else None
        uncounted = SeasonVote.objects.filter(pk=vote.pk, lot_number="")
        kept = None if election.is_trial else board
        told = None if election.is_trial else compared
        if uncounted.update(lot_number=number, board=kept, compared=told) != 1:
            raise TakenMeanwhile(_("It was counted already."))
        vote.lot_number, vote.board, vote.compared = number, board, told
        if not election.is_trial:
            if not result.winners:
                raise Refused(_("Nobody marked a project: nothing can be recorded."))
            rolls = {
                one.code: (one.roll_count or 0, one.roll_digest)
                for one in election.constituencies.all()
            }
            record_the_five(vote.season, result, rolls=rolls, by=by, now=now)
        act.on(vote, after={"winners": list(result.winners), "root": result.lot.root})
    return vote


def _compared(vote: SeasonVote, cast: Cast, number: str) -> dict[str, object]:
    """Who would have been chosen by the other rules, with the same lot: for information, and only
    where the rule sheet said so. Equal shares are left out where a budget or a cost is not known.
    """
    costs = {
        str(idea.number): str(idea.cost_yuan) for idea in ideas_of(vote.season) if idea.cost_yuan
    }
    winners: dict[str, list[str]] = {}
    for method in COMPARED:
        if method == vote.method or not can_compare(vote, method, cast, costs):
            continue
        board, _result = compared_board(vote, method, cast, costs, number)
        winners[method.value] = board["result"]["winners"]
    return {"costs": costs, "winners": winners}


def _cast(vote: SeasonVote) -> Cast:
    ballots, void = published_ballots(vote.election), published_void(vote.election)
    by_money = vote.method == Method.EQUAL_SHARES_ADD1
    costs = {
        str(idea.number): Fraction(idea.cost_yuan or 0) for idea in ideas_of(vote.season)
    }  # fmt: skip
    projects = tuple(
        Project(one.code, one.title, costs.get(one.code, Fraction(0)) if by_money else Fraction(1))
        for one in vote.election.options.all()
    )
    groups = tuple(
        Constituency(one.code, ballots[one.code], one.title, void[one.code])
        for one in vote.election.constituencies.all()
    )
    return Cast(projects, groups)


def _rule(vote: SeasonVote) -> Rule:
    budget = None if vote.budget_yuan is None else Fraction(vote.budget_yuan)
    seats = None if vote.method == Method.EQUAL_SHARES_ADD1 else vote.seats
    return Rule(Method(vote.method), seats, budget)
