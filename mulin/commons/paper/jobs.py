"""What the worker does for paper: reads files, takes up what was lost, forgets what is old."""

from datetime import datetime

from mulin.commons.paper.actions.folder import forget_moved
from mulin.commons.paper.actions.folder import pick_up as pick_up_files
from mulin.commons.paper.actions.readings import forget_old
from mulin.commons.paper.actions.scans import read_waiting
from mulin.commons.paper.actions.scans import take_up as take_up_lost
from mulin.ground.community.models import Community


def read(community: Community, now: datetime) -> None:
    """Read the files that wait."""
    read_waiting(community, now=now)


def take_up(community: Community, now: datetime) -> None:
    """Ask again for files whose job stumbled or died."""
    take_up_lost(community=community, now=now)


def pick_up(community: Community, now: datetime) -> None:
    """Take in what the scanner has put into its folder."""
    pick_up_files(community, now=now)


def forget(community: Community, now: datetime) -> None:
    """Pictures of what ended long ago go, and the scanner's files of then."""
    forget_old(now)
    forget_moved(community, now=now)
