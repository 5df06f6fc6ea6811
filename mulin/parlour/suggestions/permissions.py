"""Who may do what with ideas."""

from mulin.ground.community.rules import Actor, Role


def may_answer_ideas(actor: Actor) -> bool:
    """Look, merge, answer, adopt: the desk, which sees who said it."""
    return actor.is_desk


def may_bring_for_others(actor: Actor) -> bool:
    """Write down what somebody says by phone, on paper, at a meeting: whoever hears people."""
    return actor.is_handler


def may_stand(actor: Actor) -> bool:
    """Support or object: whoever has signed in, for each counts once."""
    return actor.account_id is not None and not actor.is_program


def is_known(actor: Actor) -> bool:
    """Shown at once; what comes without signing in is held for a look first."""
    return actor.account_id is not None


def may_set_times(actor: Actor) -> bool:
    """Until when ideas are looked at and answered: the head's to enter."""
    return actor.has(Role.HEAD)
