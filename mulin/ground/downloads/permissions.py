"""Who may take which list away, and who may fetch a file."""

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.registry import Listing, listing_of
from mulin.ground.downloads.rules import State

#: Who finds any list at all; each list says for itself who may take it.
TAKERS = HANDLER_ROLES | {
    Role.ACCOUNTANT, Role.AUDITOR, Role.CHILDCARE_LEAD, Role.CLASS_LEAD, Role.ELECTION_COMMITTEE,
    Role.INSTALLER, Role.MEDIATION_DIRECTOR, Role.STREET_OVERSEER, Role.VOLUNTEER_LEAD,
    Role.WORKSHOP_MANAGER,
}  # fmt: skip


def may_ask(actor: Actor, listing: Listing) -> bool:
    """Somebody with an account to whom the list's own room opens it."""
    return actor.account_id is not None and listing.may(actor)


def may_fetch(actor: Actor, download: Download) -> bool:
    """Whoever asked for it, as long as every list that stands in it is still theirs."""
    if download.account_id != actor.account_id or download.state != State.READY:
        return False
    try:
        return all(
            may_ask(actor, listing_of(name)) for name in download.parts or [download.listing]
        )
    except LookupError:
        return False
