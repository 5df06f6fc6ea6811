"""Who manages a rota, and whose a duty is."""

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.models import Member
from mulin.commons.rota.registry import DutyKind, kind_of, kinds
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted


def may_manage(by: Actor, kind: str) -> bool:
    """Lay shifts, take members on, propose, publish: whoever the kind's room named."""
    found = kind_of(kind)
    return found is not None and (by.has(*found.managers) or by.is_system)


def managed_by(by: Actor) -> list[DutyKind]:
    """The kinds that an actor manages."""
    return [kind for kind in kinds() if may_manage(by, kind.name)]


def is_theirs(by: Actor, member: Member) -> bool:
    """It is the member's own matter: they act, or a manager writes down what they said."""
    is_self = by.account_id is not None and member.person.account_id == by.account_id
    return is_self or may_manage(by, member.kind)


def check_manager(by: Actor, kind: str) -> None:
    """Raises NotPermitted for whoever does not manage this kind."""
    if not may_manage(by, kind):
        raise NotPermitted(_("Please ask whoever keeps the rota."))


def check_theirs(by: Actor, member: Member) -> None:
    """Raises NotPermitted for anybody else's matter."""
    if not is_theirs(by, member):
        raise NotPermitted(_("This is not yours to do."))
