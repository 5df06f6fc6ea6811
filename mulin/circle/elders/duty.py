"""What the duty rota asks of this room: who goes round when somebody's own helper can't.

The shifts (who looks in on a Tuesday afternoon) are written down in the rota itself.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q

from mulin.circle.elders.models import Contact, Helper
from mulin.commons.rota.registry import Eligible

#: The name of this room's kind of duty.
KIND: Final = "elder-visits"
#: Whoever noted a visit or a call so lately is on their round.
_ON_ROUND: Final = timedelta(minutes=30)


def people_of(first: date, last: date) -> list[Eligible]:
    """Neighbours who look in on somebody on some of these days."""
    rows = Helper.objects.filter(Q(until__isnull=True) | Q(until__gt=first), since__lte=last)
    return [Eligible(one.person_id) for one in rows.order_by("pk")]


def here(now: datetime) -> set[int]:
    """Whoever has just looked in on somebody."""
    rows = Contact.objects.filter(at__gt=now - _ON_ROUND, at__lte=now, helper__isnull=False)
    return set(rows.values_list("helper__person", flat=True))
