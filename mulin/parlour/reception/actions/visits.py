"""Somebody came, and it is noted in one line; a slip of the finger is taken back."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import Recording, recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.models import Visit, VisitKind
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import is_undone_in_time


def record_visit(
    *,
    by: Actor,
    reason: str,
    kind: VisitKind | None = None,
    now: datetime,
    person: Person | None = None,
    minutes: int = 5,
    note: str = "",
    at: datetime | None = None,
    token: str | None = None,
) -> Visit:
    """A visit that is not a demand: who or nobody named, why, how many minutes, which worker.

    `at` is when it was, if the network failed and it was sent later.
    """
    if not may(by, "record_visit"):
        raise NotPermitted(_("Only the desk notes visits."))
    with recording(by, "reception.record_visit", now=now, token=token) as act:
        if act.is_repeat:
            return _first_visit(act)
        visit: Visit = Visit.objects.create(
            community_id=by.community_id, at=at or now, person=person, reason=reason, kind=kind,
            channel=by.channel, minutes=minutes, worker_id=by.account_id, note=note,
        )  # fmt: skip
        act.on(visit, after={"reason": reason, "minutes": minutes})
    return visit


def undo_visit(visit: Visit, *, by: Actor, now: datetime, token: str | None = None) -> None:
    """Take back a visit one has just noted: the row goes, what was done and undone stays recorded.

    Raises NotPermitted for somebody else's, Refused once it counts or belongs to a demand.
    """
    if not may(by, "undo_visit", visit):
        raise NotPermitted(_("Only whoever noted a visit takes it back."))
    if visit.need_id is not None:
        raise Refused(_("This visit brought a demand; close the demand instead."))
    if not is_undone_in_time(visit.at, now):
        raise Refused(_("A visit is taken back within ten minutes; this one counts now."))
    with recording(by, "reception.undo_visit", now=now, token=token) as act:
        if act.is_repeat:
            return
        act.on(visit, before={"reason": visit.reason, "minutes": visit.minutes})
        gone, _per_table = Visit.objects.filter(pk=visit.pk, need__isnull=True).delete()
        if gone != 1:
            raise TakenMeanwhile(_("It was taken back already."))


def _first_visit(act: Recording) -> Visit:
    """What the first sending noted, unless it was taken back since."""
    try:
        return act.first_result(Visit)
    except Visit.DoesNotExist:
        raise Refused(
            _("This visit was taken back. Open the page afresh to note it again.")
        ) from None
