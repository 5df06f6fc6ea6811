"""Who walks a round, and who hands one over."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Membership
from mulin.ground.community.rules import Actor, Role
from mulin.ground.places.models import Dwelling
from mulin.ground.places.permissions import may_see_dwellings
from mulin.kit.refusals import NotPermitted
from mulin.parlour.rounds.models import HandOver
from mulin.parlour.rounds.rules import Deed


def may_walk(actor: Actor, dwelling: Dwelling) -> bool:
    """Note a visit: the officer of the grid, or who walks it for them at this moment."""
    return dwelling.unit.building.grid_id in actor.grid_ids


def may_see_home(actor: Actor, dwelling: Dwelling) -> bool:
    """Who lives there and when somebody last came: the desk, and the officer of the grid."""
    return may_see_dwellings(actor, dwelling.unit.building)


def may_wish(actor: Actor, dwelling: Dwelling) -> bool:
    """Ask that a home be looked in on."""
    return may_see_home(actor, dwelling)


def signs(actor: Actor) -> int:
    """The account that signs for what is noted. Raises NotPermitted where there is none."""
    if actor.account_id is None:
        raise NotPermitted(_("Please sign in."))
    return actor.account_id


def may_set_pace(actor: Actor) -> bool:
    return actor.has(Role.HEAD)


def may_hand_over(actor: Actor, membership: Membership) -> bool:
    """The officer hands over their own round; a head that of an officer who cannot."""
    return (
        membership.community_id == actor.community_id
        and membership.role == Role.GRID_OFFICER
        and (
            (membership.account_id == actor.account_id and membership.stands_in_for_id is None)
            or actor.has(Role.HEAD)
        )
    )


def may_do(actor: Actor, deed: Deed, hand_over: HandOver) -> bool:
    """The deputy says yes or no; who proposed it takes it back; officer or head end it early."""
    if deed in {Deed.ACCEPT, Deed.DECLINE}:
        return actor.account_id is not None and hand_over.deputy_id == actor.account_id
    if deed is Deed.TAKE_BACK and hand_over.proposed_by_id == actor.account_id:
        return True
    return may_hand_over(actor, hand_over.membership)
