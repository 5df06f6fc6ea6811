"""What is done again by itself: maps of topics with new votes."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.parlour.suggestions.actions.topics import compute
from mulin.parlour.suggestions.models import Topic


def draw_maps(community: Community, now: datetime) -> None:
    """Compute every topic on which somebody has voted since the last time."""
    for topic in Topic.objects.filter(has_new_votes=True).order_by("id"):
        compute(topic, now=now)
