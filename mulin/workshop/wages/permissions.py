"""Who closes months, who chooses a tax scheme, whose statement it is."""

from mulin.ground.community.rules import Actor, Role
from mulin.workshop.production.permissions import may_keep
from mulin.workshop.wages.models import Statement


def may_choose_terms(by: Actor) -> bool:
    """The tax scheme of a worker: the head, who answers for the community's books."""
    return by.has(Role.HEAD) or by.is_system


def is_hers(by: Actor, statement: Statement) -> bool:
    """The worker herself."""
    return by.account_id is not None and statement.worker.person.account_id == by.account_id


def may_answer_for(by: Actor, statement: Statement) -> bool:
    """She confirms or disputes; who runs the workshop writes down what she signed on paper."""
    return is_hers(by, statement) or may_keep(by)
