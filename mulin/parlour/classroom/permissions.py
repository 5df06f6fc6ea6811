"""Who may do what in the classroom."""

from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role

#: Who teaches: whoever looks after people, and whoever is called to lead a class.
TEACHER_ROLES = HANDLER_ROLES | {Role.CLASS_LEAD}


def may_teach(actor: Actor) -> bool:
    """Write kits, plan lessons and hold them."""
    return actor.has(*TEACHER_ROLES) or actor.is_system


def may_tell_stopped(actor: Actor) -> bool:
    """Write down a stopped fraud, which may name who was nearly cheated."""
    return actor.is_handler or actor.is_system


def may_draw(actor: Actor) -> bool:
    """Enter the number of a prize draw: the desk, which stands for it."""
    return actor.is_desk or actor.is_system
