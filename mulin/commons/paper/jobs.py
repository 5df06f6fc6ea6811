"""What the worker does for paper: reads files, takes up what was lost, forgets what is old."""

from datetime import datetime

from mulin.commons.paper.actions.readings import forget_old
from mulin.commons.paper.actions.scans import read_scan, try_again
from mulin.commons.paper.models import Scan
from mulin.ground.community.models import Community


def read(community: Community, now: datetime, *, scan: int) -> None:
    """Read a file, or go on with it."""
    read_scan(scan, community=community, now=now)


def take_up(community: Community, now: datetime) -> None:
    """Ask again for files whose job stumbled or died."""
    for scan in Scan.objects.unread().order_by("id")[:200]:
        try_again(scan, community=community, now=now)


def forget(_community: Community, now: datetime) -> None:
    """Pictures of what ended long ago go."""
    forget_old(now)
