"""What falls due by itself: steps past their day."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.parlour.doublefive.actions.carrying import escalate_milestone
from mulin.parlour.doublefive.queries import late_milestones


def escalate_late(community: Community, now: datetime) -> None:
    """Steps past their day are brought before the desk, and a week later before the head."""
    for milestone in late_milestones(now):
        escalate_milestone(milestone, by=system(community.pk), now=now)
