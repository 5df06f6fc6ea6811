"""What the worker does for drafts."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.drafts.actions import forget_old


def forget(_community: Community, now: datetime) -> None:
    """Delete what nobody has touched for long."""
    forget_old(now)
