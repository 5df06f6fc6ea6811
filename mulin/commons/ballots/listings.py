"""Votes as files: what everybody may read on the board, and nothing else.

Who stands on a roll, who took a ballot and where each sheet lay is in no file: the roll tells who is
in the party, and it is forgotten when the days of complaint are over. No line ties a voter to a ballot.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import (
    Ballot,
    Complaint,
    Constituency,
    Election,
    Option,
)
from mulin.commons.ballots.queries import (
    answered_complaints,
    listed_constituencies,
    published_ballots,
    receipts,
    shown_elections,
    shown_groups,
    titles_of,
    turnout,
)
from mulin.ground.community.rules import DESK_ROLES, Actor, Role
from mulin.ground.downloads.registry import Column, Listing

_Values = Mapping[str, Any]  # Any: cleaned values


@dataclass(frozen=True, slots=True)
class _Line:
    election: Election
    what: Any  # Any: what the list is about


def _may(actor: Actor) -> bool:
    return actor.has(*DESK_ROLES, Role.ELECTION_COMMITTEE)


def _published() -> list[Election]:
    return [one for one in shown_elections().order_by("id") if one.is_published]


def _vote_rows(_actor: Actor, _values: _Values, _now: datetime) -> Iterator[_Line]:
    for election in shown_elections().order_by("id"):
        for one in turnout(election):
            yield _Line(election, one)


def _vote_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Vote"), lambda row: row.election.title),
        Column(_("Code"), lambda row: row.election.code),
        Column(_("State"), lambda row: str(row.election.get_state_display())),
        Column(_("Begins"), lambda row: row.election.opens_at),
        Column(_("Ends"), lambda row: row.election.closes_at),
        Column(_("A trial"), lambda row: _("yes") if row.election.is_trial else ""),
        Column(_("Constituency"), lambda row: row.what.constituency.title),
        Column(_("On the roll"), lambda row: row.what.on_roll),
        Column(_("Have taken a ballot"), lambda row: row.what.taken),
        Column(_("Fingerprint of the roll"), lambda row: row.what.constituency.roll_digest),
        Column(_("Fingerprint of the terms"), lambda row: row.election.terms_digest),
        Column(_("Published"), lambda row: row.election.published_on),
        Column(_("Explanation"), lambda row: row.election.explanation),
    )


def _result_rows(_actor: Actor, _values: _Values, _now: datetime) -> Iterator[_Line]:
    for election in _published():
        for group in shown_groups(election):
            for one, marks in group.marks:
                told = ("、".join(group.titles), group.ballots, one.code, one.title, marks)
                yield _Line(election, told)


def _result_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Vote"), lambda row: row.election.title),
        Column(_("Constituency"), lambda row: row.what[0]),
        Column(_("Valid ballots"), lambda row: row.what[1]),
        Column(_("Code"), lambda row: row.what[2]),
        Column(_("Choice"), lambda row: row.what[3]),
        Column(_("Marks"), lambda row: row.what[4]),
    )


def _board_rows(_actor: Actor, _values: _Values, _now: datetime) -> Iterator[_Line]:
    for election in _published():
        listed = listed_constituencies(election, published_ballots(election))
        titles = titles_of(election)
        for ballot in receipts(election):
            marks = [titles[code] for code in ballot.choices if code in titles]
            is_listed = ballot.constituency.code in listed
            yield _Line(election, (ballot.receipt, "、".join(marks) if is_listed else None))


def _board_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Vote"), lambda row: row.election.title),
        Column(_("Receipt"), lambda row: row.what[0]),
        Column(_("Marks"), lambda row: row.what[1]),
    )


def _complaint_rows(_actor: Actor, _values: _Values, _now: datetime) -> Iterator[_Line]:
    for election in shown_elections().order_by("id"):
        for one in answered_complaints(election):
            yield _Line(election, one)


def _complaint_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Vote"), lambda row: row.election.title),
        Column(_("Day"), lambda row: row.what.raised_on),
        Column(_("Words"), lambda row: row.what.words),
        Column(_("Answer"), lambda row: row.what.answer),
        Column(_("Answered"), lambda row: row.what.answered_on),
    )


LISTINGS: Final = (
    Listing(
        "ballots.votes", _("Votes and their turnout"), _vote_columns, _vote_rows, _may,
        about_persons=False, order=65, holds=(Election, Constituency),
    ),
    Listing(
        "ballots.results", _("Published results of votes"), _result_columns, _result_rows, _may,
        about_persons=False, order=65, holds=(Option,),
    ),
    Listing(
        "ballots.board", _("Boards of published votes"), _board_columns, _board_rows, _may,
        about_persons=False, order=65, holds=(Ballot,),
    ),
    Listing(
        "ballots.complaints", _("Complaints about votes, with their answers"), _complaint_columns,
        _complaint_rows, _may, about_persons=False, order=65, holds=(Complaint,),
    ),
)  # fmt: skip
