"""What falls due by itself: reminders, and dossiers whose time is over."""

from datetime import datetime

from mulin.circle.mediation.actions.keeping import remind, shred_old
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system


def remind_mediators(community: Community, now: datetime) -> None:
    """Promises that are near, and the days of the thirty."""
    remind(by=system(community.pk), now=now)


def shred(community: Community, now: datetime) -> None:
    """Keys of dossiers that need not be kept any more are thrown away."""
    shred_old(by=system(community.pk), now=now)
