"""What falls due by itself: what comes every month is made and announced; whoever does not know
the latest of a gathering is told.
"""

from datetime import datetime

from mulin.commons.gatherings.actions.coming import TOLD_AT_ONCE, tell_waiting
from mulin.commons.gatherings.actions.series import announce_due, make_coming
from mulin.commons.gatherings.models import Series
from mulin.commons.gatherings.queries import gatherings_to_tell
from mulin.ground.community.models import Community
from mulin.kit.failpoints import failpoint


def tell_people(community: Community, now: datetime) -> None:
    """So many at once over all gatherings, the next one first; the rest in the next minute."""
    left = TOLD_AT_ONCE
    for gathering in gatherings_to_tell(now).select_related("place"):
        left -= tell_waiting(gathering, now=now, most=left)
        if left <= 0:
            return


def make_what_comes(community: Community, now: datetime) -> None:
    """The gatherings of this month and the next, each once; then who is to be told of them."""
    for series in Series.objects.filter(ended_on__isnull=True).select_related("place"):
        make_coming(series, now=now)
        failpoint("gatherings.between_series")
    announce_due(now)
