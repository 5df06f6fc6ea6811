"""Somebody says that a vote did not go right, while that can still be looked up, and is answered."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Complaint, Election
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.rules import may_complain
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


def complain(
    election: Election, *, words: str, person: Person | None = None, contact: str = "", by: Actor,
    now: datetime, token: str | None = None,
) -> Complaint:  # fmt: skip
    """Say what did not go right, from the opening on until the days of complaint are over. Anybody
    may; whoever calls has it written down. Raises Refused.
    """
    with recording(by, "ballots.complain", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Complaint)
        if not may_complain(
            election.stage, election.published_on, election.complaint_days, local_day(now)
        ):
            raise Refused(_("The days of complaint are over. Bring it to the desk as a demand."))
        if not words.strip():
            raise Refused(_("Say what did not go right."), field="words")
        complaint: Complaint = Complaint.objects.create(
            community_id=election.community_id, election=election, words=words.strip(),
            person=person, contact=contact.strip() or None, channel=by.channel,
            raised_on=local_day(now),
        )  # fmt: skip
        act.on(complaint)
    return complaint


def answer_complaint(
    complaint: Complaint, *, answer: str, by: Actor, now: datetime, token: str | None = None
) -> Complaint:
    """Answer it; both stand on the board from then on. The roll is kept until every one is answered.

    Raises NotPermitted, Refused without words, TakenMeanwhile.
    """
    with recording(by, "ballots.answer_complaint", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Complaint)
        if not may_hold(by):
            raise NotPermitted(_("The election committee answers complaints."))
        if not answer.strip():
            raise Refused(_("Write an answer."), field="answer")
        waiting = Complaint.objects.filter(pk=complaint.pk, answered_on__isnull=True)
        values = {
            "answer": answer.strip(), "answered_on": local_day(now), "answered_by": by.account_id,
        }  # fmt: skip
        if waiting.update(**values) != 1:
            raise TakenMeanwhile(_("It was answered already."))
        complaint.refresh_from_db()
        if complaint.person_id is not None:
            tell(
                ("person", complaint.person_id), by=by, topic="vote",
                subject=_("Your complaint about a vote is answered"), body=complaint.answer,
                path=f"/ballots/board/{complaint.election.code}/", now=now,
                key=f"vote-complaint-{complaint.pk}",
            )  # fmt: skip
        act.on(complaint)
    return complaint
