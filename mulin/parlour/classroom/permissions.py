"""Who may do what in the classroom."""

from mulin.ground.community.rules import Actor


def may_teach(actor: Actor) -> bool:
    """Write kits, plan and hold lessons, write down a stopped fraud: whoever looks after people."""
    return actor.is_handler or actor.is_system


def may_draw(actor: Actor) -> bool:
    """Enter the number of a prize draw: the desk, which stands for it."""
    return actor.is_desk or actor.is_system
