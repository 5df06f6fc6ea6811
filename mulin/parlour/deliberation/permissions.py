"""Who may do what in the hall."""

from mulin.ground.community.rules import Actor, Role
from mulin.parlour.deliberation.models import Task


def may_propose(actor: Actor) -> bool:
    """Everybody on the roll, and the desk in anybody's name."""
    return actor.is_desk or actor.person_id is not None


def may_conduct(actor: Actor) -> bool:
    """The desk screens, calls meetings, writes down what was decided, publishes."""
    return actor.is_desk or actor.is_system


def may_set_rules(actor: Actor) -> bool:
    """The head enters what the law or the charter says."""
    return actor.has(Role.HEAD)


def may_finish_task(actor: Actor, task: Task) -> bool:
    """Its owner, and the desk."""
    return actor.is_desk or (actor.account_id is not None and actor.account_id == task.owner.pk)
