"""Against stuffing: observers ask some of those who are marked on the roll whether they took a ballot."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Election, RollCheck, RollEntry
from mulin.commons.ballots.permissions import may_observe
from mulin.commons.ballots.rules import Said, State, asked_of
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


def draw_checks(
    election: Election, *, number: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Draw whom observers ask, by a number that they bring, among all who are marked as having taken a
    ballot, by whichever way. Once, between the end and publication.

    Raises NotPermitted, Refused.
    """
    with recording(by, "ballots.draw_checks", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_observe(by):
            raise NotPermitted(_("An observer asks voters."))
        held = _counted(election)
        if held.roll_checks.exists():
            raise Refused(_("They are drawn already."))
        if not number.strip():
            raise Refused(_("Write the number that was drawn."), field="number")
        taken = RollEntry.objects.taken().filter(election=held).values_list("person_id", "pk")
        entries = dict(taken)
        drawn = asked_of(entries, f"{held.roll_salt}|{number.strip()}")
        if not drawn:
            raise Refused(_("Nobody has taken a ballot."))
        RollCheck.objects.bulk_create(
            RollCheck(community_id=held.community_id, election=held, entry_id=entries[one])
            for one in drawn
        )
        act.on(held, after={"number": number.strip(), "asked": len(drawn)})
    return held


def note_check(
    check: RollCheck, *, said: Said, by: Actor, now: datetime, token: str | None = None
) -> RollCheck:
    """Write down what somebody said. Whoever was not reached may be asked again; what was said stays.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    with recording(by, "ballots.note_check", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RollCheck)
        if not may_observe(by):
            raise NotPermitted(_("An observer asks voters."))
        _counted(check.election)
        open_ones = RollCheck.objects.filter(pk=check.pk).exclude(said__in=[Said.YES, Said.NO])
        if open_ones.update(said=said, asked_on=local_day(now), asked_by=by.account_id) != 1:
            raise TakenMeanwhile(_("It is written down already."))
        check.refresh_from_db()
        act.on(check)
    return check


def _counted(election: Election) -> Election:
    held: Election = Election.objects.select_for_update().get(pk=election.pk)
    if held.stage not in {State.SEALED, State.OPENED}:
        raise Refused(_("Voters are asked between the end of a vote and its publication."))
    return held
