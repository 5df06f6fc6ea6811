"""What the duty rota asks of this room: who goes round when somebody's own helper can't.

The shifts (who looks in on a Tuesday afternoon) are written down in the rota itself.
"""

from datetime import date
from typing import Final

from django.db.models import Q

from mulin.circle.elders.models import Helper
from mulin.commons.rota.registry import Eligible

#: The name of this room's kind of duty.
KIND: Final = "elder-visits"


def people_of(first: date, last: date) -> list[Eligible]:
    """Neighbours who look in on somebody on some of these days."""
    rows = Helper.objects.filter(Q(until__isnull=True) | Q(until__gt=first), since__lte=last)
    return [Eligible(one.person_id) for one in rows.order_by("pk")]
