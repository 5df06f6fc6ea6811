"""Votes that everybody may know of, for programs: when, by which rule, and where the board lies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Election
from mulin.commons.ballots.queries import shown_elections
from mulin.commons.ballots.rules import Binding, State
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope


@dataclass(frozen=True, slots=True)
class VoteAnswer:
    """A vote: never who voted. `board` is the path of its page; `board_file` that of all ballots, to
    be counted again by anybody, from its publication on. `wording` are the words that are voted on,
    where one votes on words.
    """

    code: str
    title: str
    state: State
    opens_at: datetime
    closes_at: datetime
    is_online: bool
    is_trial: bool
    rule: str
    wording: str
    binding: Binding
    legal_basis: str
    terms_digest: str
    board: str
    board_file: str | None


def _list(_asked: Asked) -> "QuerySet[Election]":
    return shown_elections()


def _shown(election: Election) -> VoteAnswer:
    code = election.code
    return VoteAnswer(
        code=code, title=election.title, state=election.stage, opens_at=election.opens_at,
        closes_at=election.closes_at, is_online=election.is_online, is_trial=election.is_trial,
        rule=election.rule, wording=election.wording, binding=Binding(election.binding),
        legal_basis=election.legal_basis, terms_digest=election.terms_digest,
        board=reverse("ballots:board", args=[code]),
        board_file=reverse("ballots:board-file", args=[code]) if election.is_published else None,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="votes", path="votes/", summary=_("Votes and where their boards lie, the latest first"),
        scope=Scope.PUBLIC_READ, answer=VoteAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip
