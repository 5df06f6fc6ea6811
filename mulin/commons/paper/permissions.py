"""Who works with forms on paper: the desk, and whoever runs a room that has a form of its own."""

from typing import Final

from mulin.commons.paper.models import Handed, Reading
from mulin.commons.paper.registry import handed_use_of, use_of, uses
from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role

#: Every role that some form names (tests/paper/test_rooms.py): each sees the sheets of its own forms.
PAPER_ROLES: Final = HANDLER_ROLES | {
    Role.WORKSHOP_MANAGER,
    Role.CHILDCARE_LEAD,
    Role.VOLUNTEER_LEAD,
    Role.CLASS_LEAD,
}

#: Whoever some room lets print sheets that are kept; which ones, each kind of sheet says.
HANDED_ROLES: Final = PAPER_ROLES | {Role.ACCOUNTANT, Role.MEDIATOR, Role.MEDIATION_DIRECTOR}


def may_take_in(actor: Actor) -> bool:
    return any(use.may(actor) for use in uses())


def may_finish(actor: Actor, reading: Reading) -> bool:
    """A sheet is for whoever works with its form; what nobody knows yet is the desk's, and of
    whoever took it in.
    """
    if reading.version is not None:
        return use_of(reading.version.code).may(actor)
    return actor.is_desk or reading.scan.taken_in_by_id == actor.account_id


def may_see_handed(actor: Actor, handed: Handed) -> bool:
    """Whoever may print such a sheet for this record may print it again."""
    return handed_use_of(handed.kind).may(actor, handed.record_id)
