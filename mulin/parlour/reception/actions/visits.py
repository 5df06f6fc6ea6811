"""Somebody came, and it is noted in one line; a slip of the finger is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import Recording, recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.models import Visit, VisitBook, VisitKind
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import is_undone_in_time

_AT_ONCE = 500


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


@dataclass(frozen=True, slots=True)
class Noted:
    """A visit as an old book has it: when, why, who if the roll knows them, noted by whom."""

    at: datetime
    reason: str
    kind_id: int | None = None
    person_id: int | None = None
    channel: str = Channel.WALK_IN
    minutes: int = 5
    worker_id: int | None = None
    note: str = ""


def record_visits(
    noted: Sequence[Noted], *, by: Actor, now: datetime, book: VisitBook | None = None
) -> int:
    """Many visits of before at once, with one act for all of them; how many.

    They keep the day, the way and the worker that the old book names. Nothing is done for none.
    """
    if not may(by, "import_visits"):
        raise NotPermitted(_("Only the desk takes visits in from a book."))
    if not noted:
        return 0
    with recording(by, "reception.record_visits", now=now) as act:
        made = Visit.objects.bulk_create(
            [
                Visit(
                    community_id=by.community_id, at=one.at, person_id=one.person_id,
                    reason=one.reason, kind_id=one.kind_id, channel=one.channel,
                    minutes=one.minutes, worker_id=one.worker_id, note=one.note, book=book,
                )
                for one in noted
            ],
            batch_size=_AT_ONCE,
        )  # fmt: skip
        act.on(
            made[0],
            after={"count": len(made), "from": min(one.at for one in noted).isoformat(),
                   "to": max(one.at for one in noted).isoformat()},
        )  # fmt: skip
    return len(made)


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
