"""What happens by itself: a child that nobody fetched rings; what need not be kept is deleted."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.clock import local_day
from mulin.workshop.childcare.actions.days import hold
from mulin.workshop.childcare.actions.enrolment import forget
from mulin.workshop.childcare.actions.handover import ring
from mulin.workshop.childcare.models import Booking, Child, Stay
from mulin.workshop.childcare.rules import kept_until

_AT_ONCE = 100  # per sweep; the rest waits for the next


def ring_late(community: Community, now: datetime) -> None:
    """Whoever is still here after closing rings, rung by rung."""
    for stay in Stay.objects.here().filter(rings_at__lte=now).select_related("child")[:_AT_ONCE]:
        ring(stay, by=system(community.pk), now=now)


def hold_places(community: Community, now: datetime) -> None:
    """Places for which the rota has the adults meanwhile, in the order in which they were asked for."""
    waiting = Booking.objects.filter(
        waits=True, cancelled_at__isnull=True, day__gte=local_day(now), child__left_on__isnull=True
    )
    for booking in waiting.select_related("child").order_by("at", "pk")[:_AT_ONCE]:
        hold(booking, by=system(community.pk), now=now)


def forget_children(community: Community, now: datetime) -> None:
    """Children who left so long ago that nobody can ask about them any more."""
    gone = Child.objects.filter(left_on__lte=kept_until(local_day(now)))[:_AT_ONCE]
    for child in gone:
        forget(child, by=system(community.pk), now=now)
