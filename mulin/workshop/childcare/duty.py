"""What the duty rota asks of this room: who may be with the children, how many are needed when."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mulin.commons.rota.registry import FIRST_AID, LEAD, Eligible, Needed
from mulin.workshop.childcare.models import Booking, Carer, Presence
from mulin.workshop.childcare.rules import Span, may_mind, most_adults


def people_of(first: date, last: date) -> list[Eligible]:
    """Carers whose check counts on some day of these; the rota holds each day against it itself.

    First aid counts only where it is valid until the last day.
    """
    found = []
    for carer in Carer.objects.active().order_by("pk"):
        days = (last - first).days
        if not any(
            may_mind(carer.record_checked_on, first + timedelta(days=n)) for n in range(days + 1)
        ):
            continue
        skills = {LEAD} if carer.is_lead else set()
        if carer.first_aid_until is not None and carer.first_aid_until >= last:
            skills.add(FIRST_AID)
        found.append(Eligible(carer.person_id, frozenset(skills), carer.record_checked_on))
    return found


def needs_of(first: date, last: date) -> list[Needed]:
    """One shift a day with bookings, from the first child to the last, for its fullest moment."""
    spans: dict[date, list[Span]] = defaultdict(list)
    booked = Booking.objects.filter(
        day__gte=first, day__lte=last, cancelled_at__isnull=True, child__left_on__isnull=True
    )
    for one in booked.select_related("child").order_by("day", "pk"):
        spans[one.day].append(Span(one.child.born_on, one.starts, one.ends))
    return [
        Needed(
            day, min(one.starts for one in held), max(one.ends for one in held),
            adults=most_adults(held, day), leads=1, first_aiders=1,
            why=_("%(count)s children are booked") % {"count": len(held)},
        )
        for day, held in sorted(spans.items())
    ]  # fmt: skip


def here(now: datetime) -> set[int]:
    """Whoever has signed in with the children."""
    return set(Presence.objects.now(now).values_list("carer__person", flat=True))
