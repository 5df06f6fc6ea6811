"""Who keeps the books of wages, who chooses a tax scheme, whose statement it is."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor, Role, Scope
from mulin.kit.refusals import NotPermitted
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.rules import BOOKS


def may_keep_books(by: Actor) -> bool:
    """Close months, pay, correct, set bonus rules and the minimum wage."""
    return by.has(*BOOKS) or by.is_system


def may_choose_terms(by: Actor) -> bool:
    """What a worker is by law and how she is taxed: the community's accountant, or its head, who
    answers for the books. Never whoever gives the work out.
    """
    return by.has(Role.ACCOUNTANT, Role.HEAD) or by.is_system


def is_hers(by: Actor, statement: Statement) -> bool:
    """The worker herself."""
    return by.account_id is not None and statement.worker.person.account_id == by.account_id


def may_answer_for(by: Actor, statement: Statement) -> bool:
    """She confirms or disputes; who keeps the books writes down what she signed on paper."""
    return is_hers(by, statement) or may_keep_books(by)


def check_books(by: Actor) -> None:
    """Raises NotPermitted for whoever does not keep the books."""
    if not may_keep_books(by):
        raise NotPermitted(_("Please ask whoever keeps the books of the workshop."))


def check_payments(by: Actor) -> None:
    """Raises NotPermitted for whoever may not make the list of payments: who keeps the books, and the
    program of whoever does.
    """
    if Scope.PAYMENTS not in by.scopes:
        check_books(by)
