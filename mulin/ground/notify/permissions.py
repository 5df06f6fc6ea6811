"""Who may read, tell and try again."""

from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role
from mulin.ground.notify.models import Message

#: Who sees what was sent and what failed, without a word of what it said.
DELIVERY_ROLES = frozenset({Role.HEAD, Role.INSTALLER})


def may_see_delivery(actor: Actor) -> bool:
    """See which messages left and which did not."""
    return actor.has(*DELIVERY_ROLES)


def may_retry(actor: Actor) -> bool:
    """Send once more what was given up, and queue a failed job again."""
    return actor.has(*DELIVERY_ROLES)


def may_set_channels(actor: Actor) -> bool:
    """Say where the community's channels lead."""
    return actor.has(*DELIVERY_ROLES)


def may_carry(actor: Actor) -> bool:
    """Tell people things in person at all."""
    return actor.has(*HANDLER_ROLES)


def may_mark_told(actor: Actor, message: Message, *, carries_for: frozenset[int]) -> bool:
    """The carrier, whoever stands in for them, and the desk.

    `carries_for` are the accounts whose tasks the actor has now (`queries.carries_for`).
    """
    return may_carry(actor) and (
        actor.has(*DESK_ROLES)
        or (message.carrier_id is not None and message.carrier_id in carries_for)
    )


def may_read(actor: Actor, message: Message) -> bool:
    """An inbox is its owner's alone."""
    return actor.account_id is not None and message.account_id == actor.account_id
