"""Who may read of children, who minds them, who is in the room."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.childcare.actions.shortage import cry_short
from mulin.workshop.childcare.models import Carer, Clearance, Group, Presence
from mulin.workshop.childcare.permissions import account_of, check_cleared, may_approve
from mulin.workshop.childcare.queries import carers_here, lacking, minder_accounts
from mulin.workshop.childcare.rules import (
    DAY_BEGINS,
    LONGEST_CLEARANCE,
    NO_GOING_ON,
    check_counts_until,
    may_mind,
    room_day,
)


def clear(
    account: Account, *, reason: str, since: date, until: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Clearance:  # fmt: skip
    """Allow somebody to read what is kept of children: why, and until when. 《未成年人网络保护条例》
    第36条. Raises Refused for oneself, for longer than a year, for who does not mind children.
    """
    if not may_approve(by):
        raise NotPermitted(_("Whoever leads the room, or the head, must allow it first."))
    if account.pk == by.account_id:
        raise Refused(_("Nobody allows it to themselves. Ask the head."), field="account")
    if not reason.strip():
        raise Refused(_("Say why they need it."), field="reason")
    if until < max(since, local_day(now)) or until - since > LONGEST_CLEARANCE:
        raise Refused(_("It lasts a year at most, and ends after it begins."), field="until")
    if not minder_accounts(now).filter(pk=account.pk).exists():
        raise Refused(_("This account has no duty with children."), field="account")
    with recording(by, "childcare.clear", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Clearance)
        row: Clearance = Clearance.objects.create(
            community_id=by.community_id, account=account, reason=reason.strip(), since=since,
            until=until, approved_by_id=account_of(by), at=now,
        )  # fmt: skip
        act.on(row, after={"account": account.pk, "since": since, "until": until})
    return row


def end_clearance(
    row: Clearance, *, by: Actor, now: datetime, token: str | None = None
) -> Clearance:
    """It ends at once."""
    if not may_approve(by):
        raise NotPermitted(_("Whoever leads the room, or the head, must allow it first."))
    with recording(by, "childcare.end_clearance", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Clearance)
        running = Clearance.objects.filter(pk=row.pk, ended_at__isnull=True)
        if running.update(ended_at=now) != 1:
            raise TakenMeanwhile(_("It was ended already."))
        row.ended_at = now
        act.on(row, after={"account": row.account_id})
    return row


def keep_carer(
    person: Person, *, checked_on: date, is_lead: bool, first_aid_until: date | None, by: Actor,
    now: datetime, token: str | None = None,
) -> Carer:  # fmt: skip
    """Write down that somebody's criminal record was checked, and that you saw the paper: for a new
    adult, and each year again. 《未成年人保护法》第62条.
    """
    if not may_approve(by):
        raise NotPermitted(_("Please ask whoever leads the childcare room."))
    if not may_mind(checked_on, local_day(now)):
        raise Refused(_("The check must be from the last twelve months."), field="checked_on")
    with recording(by, "childcare.keep_carer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Carer)
        kept = Person.kept_of(person)
        if by.person_id in Person.everyone_of(kept) or (
            kept.account_id is not None and kept.account_id == by.account_id
        ):
            raise Refused(_("Somebody else must have seen your paper."), field="who")
        carer: Carer | None = Carer.objects.filter(person__in=Person.everyone_of(kept)).first()
        if carer is None:
            carer = Carer(community_id=by.community_id, person=kept)
        carer.record_checked_on, carer.record_seen_by_id = checked_on, account_of(by)
        carer.is_lead, carer.first_aid_until, carer.left_on = is_lead, first_aid_until, None
        carer.save()
        act.on(carer, after={"checked_on": checked_on, "is_lead": is_lead})
    return carer


def stop_carer(carer: Carer, *, by: Actor, now: datetime, token: str | None = None) -> Carer:
    """Somebody minds no children here any more."""
    if not may_approve(by):
        raise NotPermitted(_("Please ask whoever leads the childcare room."))
    with recording(by, "childcare.stop_carer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Carer)
        if carers_here(now).filter(pk=carer.pk).exists():
            raise Refused(_("They are in the room now. First they go."))
        _end_forgotten(carer, now)
        carer.left_on = local_day(now)
        carer.save(update_fields=["left_on"])
        act.on(carer)
    return carer


def add_group(name: str, *, by: Actor, now: datetime, token: str | None = None) -> Group:
    """Children who are together."""
    check_cleared(by, now)
    with recording(by, "childcare.add_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Group)
        group, is_new = Group.objects.get_or_create(
            name=name.strip(), defaults={"community_id": by.community_id}
        )
        if not is_new:
            raise Refused(_("There is a group of this name already."), field="name")
        act.on(group)
    found: Group = group
    return found


def come(carer: Carer, *, by: Actor, now: datetime, token: str | None = None) -> Presence:
    """An adult is with the children from now on. Without a check of the last twelve months nobody is."""
    check_cleared(by, now)
    if carer.left_on is not None or not may_mind(carer.record_checked_on, room_day(now)):
        raise Refused(
            _("The check of the criminal record is older than twelve months. A new one first."),
            field="carer",
        )
    with recording(by, "childcare.come", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Presence)
        if carers_here(now).filter(pk=carer.pk).exists():
            raise Refused(_("They are in the room already."), field="carer")
        _end_forgotten(carer, now)
        here: Presence = Presence.objects.create(
            community_id=by.community_id, carer=carer, came_at=now, day=room_day(now),
            checked_on=carer.record_checked_on,
            check_ends_on=check_counts_until(carer.record_checked_on),
        )  # fmt: skip
        act.on(here, after={"carer": carer.pk})
    return here


def _end_forgotten(carer: Carer, now: datetime) -> None:
    """Who did not sign out on another day was there until that day of the room ended."""
    for row in Presence.objects.filter(carer=carer, went_at__isnull=True):
        ended = datetime.combine(row.day + timedelta(days=1), DAY_BEGINS, SHANGHAI)
        row.went_at = min(max(ended, row.came_at), now)
        row.save(update_fields=["went_at"])


def go(
    carer: Carer, *, by: Actor, now: datetime, had_to: bool = False, token: str | None = None
) -> Presence:
    """An adult goes. Raises Refused where too few would be left with the children who are here.

    Whoever fell ill or was called away is gone all the same (`had_to`): the count says so in red, and
    the room and the head hear it at once.
    """
    check_cleared(by, now)
    with recording(by, "childcare.go", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Presence)
        here: Presence | None = Presence.objects.filter(carer=carer, went_at__isnull=True).first()
        if here is None:
            raise TakenMeanwhile(_("They are not in the room."))
        is_short = bool(lacking(now, going=carer) & NO_GOING_ON)
        if is_short and not had_to:
            raise Refused(
                _("Too few adults would be left with the children. Somebody must come first.")
            )
        here.went_at, here.is_short = now, is_short
        here.save(update_fields=["went_at", "is_short"])
        if is_short:
            cry_short(f"gone-{here.pk}", by=by, now=now)
        act.on(here, after={"carer": carer.pk, "is_short": is_short})
    return here
