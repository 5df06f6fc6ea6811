"""Who runs the workshop, who works, who carries."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor, Role, Scope
from mulin.kit.refusals import NotPermitted
from mulin.workshop.production.models import Carrying, Lot, Worker
from mulin.workshop.production.rules import KEEPERS


def may_keep(by: Actor) -> bool:
    """Take orders, split, hand out, count, judge, set rates."""
    return by.has(*KEEPERS) or by.is_system


def is_hers(by: Actor, worker: Worker) -> bool:
    """It is the worker's own matter: she acts, or who runs the workshop writes down what she said."""
    is_she = by.account_id is not None and worker.person.account_id == by.account_id
    return is_she or may_keep(by)


def may_carry(by: Actor, carrying: Carrying) -> bool:
    """The carrier whose round it is, or who runs the workshop in their place; the program of whoever
    drives.
    """
    is_theirs = by.has(Role.CARRIER) and carrying.carrier_id == by.account_id
    return is_theirs or may_keep(by) or Scope.CARRYING in by.scopes


def may_see_lot(by: Actor, lot: Lot) -> bool:
    """Who runs the workshop sees every lot; a worker those that are hers; a carrier what they carry."""
    if may_keep(by):
        return True
    mine = lot.worker is not None and lot.worker.person.account_id == by.account_id
    return by.account_id is not None and mine


def check_keeper(by: Actor) -> None:
    """Raises NotPermitted for whoever does not run the workshop."""
    if not may_keep(by):
        raise NotPermitted(_("Please ask whoever runs the workshop."))
