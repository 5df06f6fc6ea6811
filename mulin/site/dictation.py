"""Where staff may speak into fields: nowhere that children, health or a dispute are written about."""

from typing import Final

from django.http import HttpRequest

from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor

#: Rooms in which nothing is spoken to the maker of a browser.
UNSPOKEN: Final = frozenset({"mediation", "childcare", "elders", "alarms", "proximity"})


def may_dictate(request: HttpRequest) -> bool:
    """Whether the page of this request may listen: staff, where the head has switched it on."""
    community: Community | None = getattr(request, "community", None)
    actor: Actor | None = getattr(request, "actor", None)
    match = request.resolver_match
    if community is None or not community.takes_dictation or actor is None or match is None:
        return False
    return bool(actor.is_handler) and match.app_name not in UNSPOKEN
