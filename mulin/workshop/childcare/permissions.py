"""Who may read of children, who may act for one, who says who may."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor, Role
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted
from mulin.workshop.childcare.models import Child, Clearance, Guardian
from mulin.workshop.childcare.rules import APPROVERS, ENROLLERS, LEAD, MINDERS


def clearance_of(by: Actor, day: date) -> Clearance | None:
    """The clearance by which this actor reads today. 《未成年人网络保护条例》第36条."""
    if by.account_id is None or not by.has(*MINDERS):
        return None
    found: Clearance | None = Clearance.objects.on(day).filter(account=by.account_id).first()
    return found


def may_read(by: Actor, day: date) -> bool:
    """Minds children, and may read of them today."""
    return clearance_of(by, day) is not None


def guardian_of(by: Actor, child: Child) -> Guardian | None:
    """As which guardian this actor acts for the child."""
    if by.account_id is None:
        return None
    found: Guardian | None = (
        Guardian.objects.standing()
        .filter(child=child, person__account=by.account_id, child__left_on__isnull=True)
        .first()
    )
    return found


def may_enrol(by: Actor) -> bool:
    """A guardian whom the roll knows asks for their own child; desk and lead write it down."""
    return by.person_id is not None or by.has(*ENROLLERS) or by.is_system


def may_approve(by: Actor) -> bool:
    """Say who reads, who minds."""
    return by.has(*APPROVERS) and by.account_id is not None


def may_read_report(by: Actor) -> bool:
    """Sums of who looked: who answers for the room, and whoever checks the log."""
    return by.has(*APPROVERS, Role.AUDITOR)


def account_of(by: Actor) -> int:
    """The account that acts, which stands in the record. Raises NotPermitted for a program."""
    if by.account_id is None:
        raise NotPermitted(_("Whoever leads the room, or the head, must allow it first."))
    return by.account_id


def check_cleared(by: Actor, now: datetime) -> Clearance:
    """Raises NotPermitted for whoever may not read of children today."""
    found = clearance_of(by, local_day(now))
    if found is None:
        raise NotPermitted(_("Whoever leads the room, or the head, must allow it first."))
    return found


def check_lead(by: Actor, now: datetime) -> None:
    """Raises NotPermitted for whoever does not lead the room."""
    check_cleared(by, now)
    if not by.has(*LEAD):
        raise NotPermitted(_("Please ask whoever leads the childcare room."))


def check_for_child(by: Actor, child: Child, now: datetime) -> Guardian | None:
    """The guardian who acts; None for staff who write it down. Raises NotPermitted for others."""
    found = guardian_of(by, child)
    if found is None:
        check_cleared(by, now)
    return found
