"""Who may do what between the street and its communities."""

from mulin.ground.community.rules import Actor, Role


def may_oversee(actor: Actor) -> bool:
    """The street's overseer: sums of all its communities, and what was handed up to it."""
    return actor.has(Role.STREET_OVERSEER)


def may_grant(actor: Actor) -> bool:
    """The head alone answers for what leaves the community."""
    return actor.has(Role.HEAD)


def may_hand_up(actor: Actor) -> bool:
    """Whoever works on demands; the room asks besides whether on this one."""
    return actor.account_id is not None and actor.is_handler
