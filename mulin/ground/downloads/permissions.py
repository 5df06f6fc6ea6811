"""Who may take which list away, and who may fetch a file."""

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.registry import Listing, listing_of
from mulin.ground.downloads.rules import State


def may_ask(actor: Actor, listing: Listing) -> bool:
    """Somebody with an account to whom the list's own room opens it."""
    return actor.account_id is not None and listing.may(actor)


def may_fetch(actor: Actor, download: Download) -> bool:
    """Whoever asked for it, as long as the list is still theirs."""
    if download.account_id != actor.account_id or download.state != State.READY:
        return False
    try:
        return may_ask(actor, listing_of(download.listing))
    except LookupError:
        return False
