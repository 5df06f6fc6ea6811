"""What falls due on the roll."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.ground.people.actions import rolls


def drop_stale_previews(community: Community, now: datetime) -> None:
    """Throw away previews of files that nobody took in."""
    rolls.drop_stale_previews(by=system(community.pk), now=now)
