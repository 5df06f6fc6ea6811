"""The health card on paper: kept as it was printed, each as the card then stood."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Elder
from mulin.circle.elders.permissions import cares_for
from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Purpose
from mulin.ground.people.queries import has_consented

CARD: Final = "health-card"


def may_print(by: Actor, elder_id: int) -> bool:
    """Whoever cares for this person, while they agree that the card is kept."""
    elder = Elder.objects.filter(pk=elder_id).select_related("person").first()
    return (
        elder is not None and cares_for(by, elder) and has_consented(elder.person, Purpose.HEALTH)
    )


HANDED: Final = HandedUse(
    kind=CARD, label=_("Health cards handed out"), model=Elder._meta.label_lower,
    page="elders:elder", may=may_print,
)  # fmt: skip
