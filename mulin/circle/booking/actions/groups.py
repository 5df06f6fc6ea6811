"""Who belongs to which group: a paper was seen, by somebody, until a day."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Entitlement
from mulin.circle.booking.permissions import check_keeper
from mulin.circle.booking.rules import KNOWN, Group
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused


def check_group(
    person: Person, group: Group, *, paper: str, until: date | None, by: Actor, now: datetime,
    token: str | None = None,
) -> Entitlement:  # fmt: skip
    """Somebody showed a paper; they pay less, or go first, from their next booking on.

    A second paper for the same group takes the place of the first. The old need none: their day of
    birth stands on the roll.
    """
    check_keeper(by)
    if group in KNOWN:
        raise Refused(_("This needs no paper."), field="group")
    if not paper.strip():
        raise Refused(_("Say which paper you have seen."), field="paper")
    if until is not None and until < local_day(now):
        raise Refused(_("The last day is over already."), field="until")
    with recording(by, "booking.check_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Entitlement)
        kept = Person.kept_of(person)
        Entitlement.objects.filter(
            person__in=Person.everyone_of(kept), group=group, ended_at__isnull=True
        ).update(ended_at=now)
        made: Entitlement = Entitlement.objects.create(
            community_id=by.community_id, person=kept, group=group, paper=paper.strip(),
            checked_by_id=by.account_id, checked_at=now, until=until,
        )  # fmt: skip
        act.on(made, after={"person": kept.pk, "group": group, "until": until})
    return made


def end_group(
    entitlement: Entitlement, *, by: Actor, now: datetime, token: str | None = None
) -> Entitlement:
    """It no longer counts from now on. What is booked keeps its price."""
    check_keeper(by)
    with recording(by, "booking.end_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Entitlement)
        Entitlement.objects.filter(pk=entitlement.pk, ended_at__isnull=True).update(ended_at=now)
        entitlement.refresh_from_db()
        act.on(entitlement, after={"ended_at": entitlement.ended_at})
    return entitlement
