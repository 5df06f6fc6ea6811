"""The years in numbers: everybody reads those that are over."""

from datetime import timedelta

from mulin.parlour.reception.models import Visit, VisitReason
from tests.clock import NOW
from tests.matrix.people import EVERYBODY, Line

LAST_YEAR = NOW.year - 1

LINES = {
    "figures:open": Line(EVERYBODY),
    "figures:book": Line(EVERYBODY, about="year", is_shared=True),
    "figures:open-files": Line(EVERYBODY, about="year", is_shared=True),
}

KWARGS = {"year": lambda _world, _side: {"year": LAST_YEAR}}


def fill(community, sides, *, head, desk, actors):
    """Somebody came in last year, so that there is a book of it."""
    Visit.objects.create(
        community=community, at=NOW - timedelta(days=365), reason=VisitReason.CHAT,
        channel="walk_in",
    )  # fmt: skip
