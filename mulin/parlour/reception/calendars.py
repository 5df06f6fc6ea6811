"""What reception puts into a handler's calendar: limits they owe, return calls they make.

Number and kind only. What is confidential has its number alone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, F
from django.utils.translation import gettext as _

from mulin.commons.flow.models import Visibility
from mulin.ground.community.rules import Actor
from mulin.kit.ical import Event
from mulin.parlour.reception.models import Demand
from mulin.parlour.reception.queries import return_calls

_MOST: Final = 200
#: A limit stands as the half hour before it, so that 24:00 is on its own day.
_SPAN: Final = timedelta(minutes=30)


def limits(actor: Actor, now: datetime, base: str) -> Iterator[Event]:
    """The limits of what this actor owes. Two of equal uid are the same limit, moved."""
    owed = (
        Demand.objects.visible_to(actor)
        .owed_by(actor.account_id or 0)
        .filter(due_at__isnull=False)
        .annotate(told=Count("need__steps"), kind=F("need__category__name"))
        .select_related("need")
        .order_by("due_at", "id")[:_MOST]
    )
    for demand in owed:
        need = demand.need
        kind = "" if need.visibility == Visibility.CONFIDENTIAL else getattr(demand, "kind", "")
        yield Event(
            uid=f"limit-{need.number}-{actor.community_id}@mulin",
            title=_("Limit: %(number)s %(kind)s") % {"number": need.number, "kind": kind or ""},
            starts=demand.due_at - _SPAN,
            ends=demand.due_at,
            url=f"{base}/reception/demands/{demand.pk}/",
            sequence=getattr(demand, "told", 0),
        )


def calls(actor: Actor, now: datetime, base: str) -> Iterator[Event]:
    """Return calls that are due now, for the desk."""
    if not actor.is_desk:
        return
    for confirmation in return_calls(actor, now)[:_MOST]:
        demand = confirmation.demand
        until = demand.due_at or now + _SPAN
        yield Event(
            uid=f"call-{demand.need.number}-{demand.round}-{actor.community_id}@mulin",
            title=_("Return call: %(number)s") % {"number": demand.need.number},
            starts=until - _SPAN,
            ends=until,
            url=f"{base}/reception/calls/{confirmation.pk}/",
            sequence=confirmation.calls,
        )
