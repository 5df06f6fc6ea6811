"""What follows by itself: whoever withdrew their consent is in care no more."""

from datetime import datetime

from mulin.circle.elders.actions.records import end_without_consent
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system


def heed_withdrawals(community: Community, now: datetime) -> None:
    """Consents are withdrawn on the person's page; the room hears of it here, within the hour."""
    end_without_consent(by=system(community.pk), now=now)
