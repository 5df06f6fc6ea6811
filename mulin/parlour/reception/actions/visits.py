"""Somebody came, and it is noted in one line."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted
from mulin.parlour.reception.models import Visit
from mulin.parlour.reception.permissions import may


def record_visit(
    *,
    by: Actor,
    reason: str,
    now: datetime,
    person: Person | None = None,
    minutes: int = 5,
    note: str = "",
    token: str | None = None,
) -> Visit:
    """A visit that is not a demand: who or nobody named, why, how many minutes, which worker."""
    if not may(by, "record_visit"):
        raise NotPermitted(_("Only the desk notes visits."))
    with recording(by, "reception.record_visit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Visit)
        visit: Visit = Visit.objects.create(
            community_id=by.community_id, at=now, person=person, reason=reason,
            channel=by.channel, minutes=minutes, worker_id=by.account_id, note=note,
        )  # fmt: skip
        act.on(visit, after={"reason": reason, "minutes": minutes})
    return visit
