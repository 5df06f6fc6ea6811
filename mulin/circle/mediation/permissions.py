"""Who takes a case in, who keeps the register, who reads. Roles add up to no more than each gives."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Case, Mediator, Opening, Seat
from mulin.circle.mediation.rules import SeatState
from mulin.ground.community.rules import DESK_ROLES, Actor, Role
from mulin.kit.refusals import NotPermitted

#: Whoever hears a quarrel first.
TAKERS = DESK_ROLES | {Role.MEDIATOR, Role.MEDIATION_DIRECTOR}
#: Two of these break a seal together.
OPENERS = frozenset({Role.HEAD, Role.MEDIATION_DIRECTOR})


def may_take_in(by: Actor) -> bool:
    """Write a quarrel down."""
    return by.has(*TAKERS) or by.is_system


def may_direct(by: Actor) -> bool:
    """Keep the register and the panel, ask mediators: without reading what a case is about."""
    return by.has(Role.MEDIATION_DIRECTOR)


def seat_of(by: Actor, case: Case) -> Seat | None:
    """The actor's seat in a case, whatever became of it."""
    if not by.has(Role.MEDIATOR) or by.account_id is None:
        return None
    found: Seat | None = (
        Seat.objects.filter(case=case, mediator__account=by.account_id)
        .select_related("mediator")
        .first()
    )
    return found


def mediates(by: Actor, case: Case) -> bool:
    """Every party accepted this mediator: reads and writes the case."""
    seat = seat_of(by, case)
    return seat is not None and seat.state == SeatState.SEATED


def meets(by: Actor, case: Case) -> bool:
    """Declared to have no tie and to keep silent: reads who the parties are, to speak with them."""
    seat = seat_of(by, case)
    return seat is not None and seat.state in {SeatState.DECLARED, SeatState.SEATED}


def opening_of(by: Actor, case: Case, now: datetime) -> Opening | None:
    """The broken seal by which the actor reads this case now."""
    if not by.has(*OPENERS) or by.account_id is None:
        return None
    found: Opening | None = (
        Opening.objects.running(now).filter(case=case, asked_by=by.account_id).first()
    )
    return found


def reads(by: Actor, case: Case, now: datetime) -> bool:
    """Seated, or by a seal that two persons broke."""
    return mediates(by, case) or opening_of(by, case, now) is not None


def own_card(by: Actor) -> Mediator | None:
    """The actor's place on the panel."""
    if not by.has(Role.MEDIATOR):
        return None
    found: Mediator | None = Mediator.objects.filter(
        account=by.account_id or 0, left_on__isnull=True
    ).first()
    return found


def check_mediates(by: Actor, case: Case) -> None:
    """Raises NotPermitted for whoever is not seated."""
    if not mediates(by, case):
        raise NotPermitted(_("Only the mediators of this case work on it."))


def check_directs(by: Actor) -> None:
    """Raises NotPermitted for whoever does not keep the register."""
    if not may_direct(by):
        raise NotPermitted(_("Please ask the mediation director."))
