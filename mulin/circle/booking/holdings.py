"""What bookings hold of a person: told; words blanked and what is to come cancelled; money stays."""

from typing import Any

from mulin.circle.booking.actions.ending import cancel
from mulin.circle.booking.models import Booking, Entitlement, MoneyLine
from mulin.circle.booking.queries import told_of
from mulin.circle.booking.rules import State
from mulin.ground.audit.actions import erase_details
from mulin.ground.community.rules import system
from mulin.kit import clock


def bookings_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their bookings, money, keys and the groups somebody checked."""
    told = told_of(person_id)
    return [told] if told["bookings"] or told["groups"] else []


def money_kept(person_id: int) -> int:
    """Lines of money at their bookings."""
    count: int = MoneyLine.objects.filter(booking__person=person_id).count()
    return count


def erase_bookings(person_id: int) -> None:
    """Blank words, papers and groups; what was still to come is free for others. Safe to run twice."""
    now = clock.now()
    mine = Booking.objects.filter(person=person_id)
    for one in mine.alive().filter(starts_at__gt=now).select_related("room__place", "person"):
        cancel(one, by=system(one.community_id), now=now, is_theirs=True)
    mine.filter(state__in=[State.WAITING, State.OFFERED]).update(
        state=State.LAPSED, answer_by=None, ended_at=now
    )
    ids = list(mine.values_list("pk", flat=True))
    mine.update(called="", reason="", door_digest="", group="everybody")
    papers = list(Entitlement.objects.filter(person=person_id).values_list("pk", flat=True))
    Entitlement.objects.filter(pk__in=papers).delete()
    erase_details("booking.booking", ids, now=now)
    erase_details("booking.entitlement", papers, now=now)
