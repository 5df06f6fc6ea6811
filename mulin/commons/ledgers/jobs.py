"""What falls due by itself: files that nobody took in."""

from datetime import datetime

from mulin.commons.ledgers.actions import drop_stale
from mulin.ground.community.models import Community


def forget_files(_community: Community, now: datetime) -> None:
    """What a file says does not lie about for longer than a week."""
    drop_stale(now)
