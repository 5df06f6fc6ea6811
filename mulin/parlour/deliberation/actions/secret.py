"""A resolution by secret vote: opened from the meeting's frozen roll, its published sum taken over."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.actions.elections import draft_election, open_election
from mulin.commons.ballots.actions.rolls import freeze_roll, put_on_roll
from mulin.commons.ballots.models import Election
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.queries import published_ballots
from mulin.commons.ballots.rules import LEAST_SHOWN, Binding, Terms
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.deliberation.actions.deciding import check_undecided, conclude
from mulin.parlour.deliberation.models import (
    CHOICE_LABELS,
    OF_LABELS,
    MeetingRule,
    Point,
    Resolution,
)
from mulin.parlour.deliberation.queries import quorum_of, secret_vote_of, who_votes
from mulin.parlour.deliberation.rules import BALLOT_ORIGIN, Choice, Count, Method, Of, State

_ALL: Final = "all"
_TITLE: Final = 100


def open_secret(
    point: Point, *, lasts: timedelta, is_online: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Election:  # fmt: skip
    """Let those who are in the room, and those for whom somebody there speaks, vote secretly on the
    draft: one for each seat. On paper it is open at once; online the key holders come first, and
    it `lasts` from its opening on.

    Raises NotPermitted, and Refused without quorum, without a draft, and for fewer than ten seats:
    so few could be told apart by the sum.
    """
    with recording(by, "deliberation.open_secret", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee holds a secret vote."))
        meeting = check_undecided(point)
        if not point.draft:
            raise Refused(_("Write the words of the draft first: they are what is voted on."))
        quorum = quorum_of(meeting)
        if quorum is None or not quorum.is_met:
            raise Refused(_("The roll of the meeting is not frozen, or too few have come."))
        of_seat = {one.seat: one.person_id for one in reversed(who_votes(meeting))}
        if len(of_seat) < LEAST_SHOWN:
            raise Refused(
                _("Fewer than ten seats: the sum would tell who voted how. Call the names, or count"
                  " hands.")
            )  # fmt: skip
        election = draft_election(
            Terms(
                title=point.matter.title[:_TITLE],
                options=tuple((one.value, str(CHOICE_LABELS[one])) for one in Choice),
                constituencies=(
                    (_ALL, gettext("Those at the meeting"), str(meeting.gathering)),
                ),
                max_choices=1, opens_at=now, closes_at=now + lasts,
                rule=_rule_in_words(meeting.rule), wording=point.draft, binding=Binding(meeting.rule.binding),
                legal_basis=meeting.rule.legal_basis,
                is_online=is_online, origin=(BALLOT_ORIGIN, point.pk), lasts=lasts,
            ),
            by=by, now=now,
        )  # fmt: skip
        put_on_roll(election, {_ALL: of_seat.values()}, by=by, now=now)
        election = freeze_roll(election, by=by, now=now)
        if not is_online:
            election = open_election(election, by=by, now=now)
        act.on(election, after={"point": point.pk, "seats": len(of_seat)})
    return election


def _rule_in_words(rule: MeetingRule) -> str:
    """By which rule the meeting is held, and with which majority the words are adopted."""
    than = gettext("more than") if rule.majority_is_more_than else gettext("at least")
    adopted = gettext("Adopted if those who vote for it are %(than)s %(part)s/%(whole)s %(of)s.") % {
        "than": than, "part": rule.majority_part, "whole": rule.majority_whole,
        "of": OF_LABELS[Of(rule.majority_of)],
    }  # fmt: skip
    return f"{rule}{gettext(': ')}{rule.source}\n\n{adopted}"


def take_secret_result(
    point: Point, *, by: Actor, now: datetime, token: str | None = None
) -> Resolution:
    """Make the published sum the resolution's. A blank ballot abstains, a void one says nothing.

    Raises NotPermitted, Refused before publication.
    """
    with recording(by, "deliberation.take_secret_result", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Resolution)
        if not (may_hold(by) or by.is_desk):
            raise NotPermitted(_("The election committee or the desk takes it over."))
        election = secret_vote_of(point)
        if election is None or not election.is_published:
            raise Refused(_("It is taken over when its ballots are published, not before."))
        if point.matter.state != State.LISTED:
            raise Refused(_("It is decided already, or has left the agenda."))
        said = [ballot[0] if ballot else "" for ballot in published_ballots(election)[_ALL]]
        blank = said.count(Choice.ABSTAIN) + said.count("")
        count = Count(said.count(Choice.YES), said.count(Choice.NO), blank)
        seats = point.item.gathering.meeting.roll_seats or 0
        present = election.constituencies.get().roll_count or 0
        resolution = conclude(
            point, count, Method.SECRET, present=present, seats=seats, by=by, now=now
        )
        act.on(resolution, after={"passed": resolution.is_passed, "vote": election.code})
    return resolution
