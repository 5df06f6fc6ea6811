"""What falls due by itself: whoever does not know the latest of a gathering is told."""

from datetime import datetime

from mulin.commons.gatherings.actions.coming import TOLD_AT_ONCE, tell_waiting
from mulin.commons.gatherings.queries import gatherings_to_tell
from mulin.ground.community.models import Community


def tell_people(community: Community, now: datetime) -> None:
    """So many at once over all gatherings, the next one first; the rest in the next minute."""
    left = TOLD_AT_ONCE
    for gathering in gatherings_to_tell(now).select_related("place"):
        left -= tell_waiting(gathering, now=now, most=left)
        if left <= 0:
            return
