"""The committee of a term, its members, and the courts that may be asked."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Committee, CommitteeMember, Court
from mulin.circle.mediation.permissions import check_directs
from mulin.circle.mediation.rules import MOST_MEMBERS, Ground, term_end
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused


def begin_term(
    *, since: date, elected_by: str, by: Actor, now: datetime, token: str | None = None
) -> Committee:
    """A committee was elected: its term of three years begins, the one before has ended (第9条).

    Raises NotPermitted, Refused.
    """
    check_directs(by)
    today = local_day(now)
    if since > today:
        raise Refused(_("This day lies ahead. Write when it was elected."), field="since")
    with recording(by, "mediation.begin_term", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Committee)
        before = Committee.objects.filter(ended_on__isnull=True).first()
        if before is not None and since <= before.since:
            raise Refused(_("The committee there is began later than that."), field="since")
        Committee.objects.filter(ended_on__isnull=True).update(ended_on=since)
        committee: Committee = Committee.objects.create(
            community_id=by.community_id, since=since, until=term_end(since),
            elected_by=elected_by.strip(),
        )  # fmt: skip
        act.on(committee, after={"since": str(since), "until": str(committee.until)})
    return committee


def seat_member(
    committee: Committee, person: Person, *, is_chair: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> CommitteeMember:  # fmt: skip
    """Somebody was elected into the committee; a new chair takes the old one's place (第8条).

    Raises NotPermitted, Refused.
    """
    check_directs(by)
    with recording(by, "mediation.seat_member", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(CommitteeMember)
        kept = Person.kept_of(person)
        seated = CommitteeMember.objects.filter(committee=committee, left_on__isnull=True)
        if seated.filter(person=kept).exists():
            raise Refused(_("They are on the committee already."), field="name")
        if seated.count() >= MOST_MEMBERS:
            raise Refused(_("By law a committee has nine members at most."), field="name")
        if is_chair:
            seated.update(is_chair=False)
        member: CommitteeMember = CommitteeMember.objects.create(
            community_id=by.community_id, committee=committee, person=kept, is_chair=is_chair
        )
        act.on(member, after={"person": kept.pk, "is_chair": is_chair})
    return member


def unseat_member(
    member: CommitteeMember, *, by: Actor, now: datetime, token: str | None = None
) -> CommitteeMember:
    """Somebody has left the committee."""
    check_directs(by)
    with recording(by, "mediation.unseat_member", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(CommitteeMember)
        member.left_on = local_day(now)
        member.is_chair = False
        member.save(update_fields=["left_on", "is_chair"])
        act.on(member, after={"left_on": str(member.left_on)})
    return member


def add_court(
    *, name: str, ground: str, address: str, phone: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Court:  # fmt: skip
    """Put a court onto the list that mediators choose from. Raises NotPermitted, Refused."""
    check_directs(by)
    with recording(by, "mediation.add_court", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Court)
        if Court.objects.filter(name=name.strip(), ended_on__isnull=True).exists():
            raise Refused(_("This court is on the list already."), field="court")
        court: Court = Court.objects.create(
            community_id=by.community_id, name=name.strip(), ground=Ground(ground),
            address=address.strip(), phone=phone.strip(),
        )  # fmt: skip
        act.on(court, after={"name": court.name})
    return court


def drop_court(court: Court, *, by: Actor, now: datetime, token: str | None = None) -> Court:
    """Take a court off the list; what was asked of it stays."""
    check_directs(by)
    with recording(by, "mediation.drop_court", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Court)
        court.ended_on = local_day(now)
        court.save(update_fields=["ended_on"])
        act.on(court, after={"ended_on": str(court.ended_on)})
    return court
