"""What falls due by itself: offers nobody answered, waiting in vain, bookings nobody came to."""

from datetime import datetime

from mulin.circle.booking.actions.ending import lapse, note_missed
from mulin.circle.booking.queries import never_came, offers_over
from mulin.circle.booking.rules import MISSED_AFTER
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.refusals import TakenMeanwhile


def see_to_bookings(community: Community, now: datetime) -> None:
    """Offers that ran out go to the next; who never came is noted."""
    by = system(community.pk)
    for booking in offers_over(now):
        try:
            lapse(booking, by=by, now=now)
        except TakenMeanwhile:
            continue  # they said yes or no in this moment
    for booking in never_came(now - MISSED_AFTER):
        try:
            note_missed(booking, by=by, now=now)
        except TakenMeanwhile:
            continue  # the desk wrote in this moment that they came
