"""What falls due by itself: activities of a series begin, closed lists are counted, people reminded."""

from datetime import datetime

from mulin.circle.volunteers.actions.duties import remind
from mulin.circle.volunteers.actions.planning import begin_made
from mulin.circle.volunteers.actions.presence import count_closed
from mulin.circle.volunteers.actions.turns import follow_rota
from mulin.ground.community.models import Community


def see_to_activities(community: Community, now: datetime) -> None:
    """Begin what a series made, follow the rota, count what was closed on the page of gatherings."""
    begin_made(now)
    follow_rota(community.pk, now)
    count_closed(now)


def remind_people(community: Community, now: datetime) -> None:
    """Whoever is on duty within a day hears of it once."""
    remind(now)
