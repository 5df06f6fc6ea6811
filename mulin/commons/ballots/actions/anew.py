"""What was read lies under a lock that is gone: paper is read anew, opened ballots are brought anew."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.paper import refuse_shut
from mulin.commons.ballots.actions.pictures import remove_pictures
from mulin.commons.ballots.models import Ballot, Election, Sheet
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.rules import State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused


def read_anew(
    election: Election, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Put aside what nobody can open any more: after a restore the lock of the readings is not there,
    for no backup holds it. The sheets lie in their box and the envelopes in the urn as before; both
    are read again, and the sample is drawn again.

    Raises NotPermitted, and Refused without a reason or while the lock is there.
    """
    with recording(by, "ballots.read_anew", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee has it read anew."))
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        held: Election = Election.objects.select_for_update().get(pk=election.pk)
        refuse_shut(held)
        if keys.has_box_lock(held.pk):
            raise Refused(_("What was read can be opened: nothing is read anew."))
        remove_pictures(held)
        sheets = Sheet.objects.filter(constituency__election=held)
        count = sheets.filter(first__isnull=False).count()
        sheets.update(
            matter="", machine=None, first=None, first_by=None, second=None, second_by=None,
            decided=None, decided_by=None, reason="", by_hand=None, hand_reason="",
        )  # fmt: skip
        Ballot.objects.filter(constituency__election=held).delete()
        held.state = State.SEALED if held.urn_count else State.OPENED
        held.sample_number, held.unreadable, held.void_online = "", 0, 0
        held.save(update_fields=["state", "sample_number", "unreadable", "void_online"])
        keys.make_box_lock(held.pk)
        act.on(held, after={"reason": reason.strip(), "sheets": count})
    return held
