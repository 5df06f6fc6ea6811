"""What falls due by itself: an urn to be sealed, a file to be written anew, a roll to be forgotten;
pictures of paper ballots to be read.
"""

from datetime import datetime

from mulin.commons.ballots.actions.ending import note_tidy, seal_urn, tidy_up
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.actions.pictures import read_waiting
from mulin.commons.ballots.actions.pictures import take_up as take_up_lost
from mulin.commons.ballots.models import Election
from mulin.commons.ballots.rules import GRACE, State
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.scoping import in_community


def end(community: Community, now: datetime) -> None:
    """Seal what is over; then, outside of any transaction, write the file anew."""
    with in_community(community):
        over = Election.objects.filter(state=State.OPEN, closes_at__lte=now - GRACE)
        for election in over:
            seal_urn(election, by=system(community.pk), now=now)
    with in_community(community):
        untidy = list(
            Election.objects.filter(is_tidy=False).exclude(
                state__in=[State.DRAFTED, State.POSTED, State.FROZEN, State.OPEN]
            )
        )
    for election in untidy:
        tidy_up(election)
        with in_community(community):
            note_tidy(election)


def read(community: Community, now: datetime) -> None:
    """Read the pictures of paper ballots that wait."""
    read_waiting(community)


def take_up(community: Community, now: datetime) -> None:
    """Ask again for pictures whose job stumbled or died."""
    take_up_lost(community=community)


def forget(community: Community, now: datetime) -> None:
    """Remove the rolls whose days of complaint are over."""
    for election in Election.objects.filter(state=State.PUBLISHED):
        forget_roll(election, by=system(community.pk), now=now)
