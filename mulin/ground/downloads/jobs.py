"""What the worker does for files: makes one, takes up what was lost, forgets what is old."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.downloads import actions
from mulin.ground.downloads.models import Download


def make(community: Community, now: datetime, *, download: int) -> None:
    """Make a file; nothing to do when it is gone."""
    found = Download.objects.filter(pk=download).first()
    if found is not None:
        actions.make(found, community=community, now=now)


def tidy(community: Community, now: datetime) -> None:
    """Ask again for files whose job died; delete those whose day is over."""
    for download in Download.objects.waiting():
        actions.try_again(download, community=community, now=now)
    for download in Download.objects.to_be_forgotten(now):
        actions.forget(download)
    actions.forget_stray_files(now)
