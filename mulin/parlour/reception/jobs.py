"""What reception's sweeps find: limits that are near, limits that have passed."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.keeping import forget_kept_photos
from mulin.parlour.reception.actions.demands import escalate, remind_owner
from mulin.parlour.reception.models import Demand

_AT_ONCE = 200  # per sweep; the rest waits for the next


def forget_photos(_community: Community, now: datetime) -> None:
    """Photos of forms that were never sent again are kept a day and no longer."""
    forget_kept_photos(now)


def remind(community: Community, now: datetime) -> None:
    """Owners whose limit is near hear of it, once."""
    near = Demand.objects.open().filter(remind_at__lte=now, due_at__gt=now)
    for demand in near.select_related("need").order_by("remind_at")[:_AT_ONCE]:
        remind_owner(demand, by=system(community.pk), now=now)


def escalate_late(community: Community, now: datetime) -> None:
    """What is past its limit goes to the head, once per limit, however long the night off was."""
    late = Demand.objects.late(now).filter(escalated_at__isnull=True, imported__isnull=True)
    for demand in late.select_related("need").order_by("due_at")[:_AT_ONCE]:
        escalate(demand, by=system(community.pk), now=now)
