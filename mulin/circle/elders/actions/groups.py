"""Mutual-aid groups, their meetings, and the programme of the idle rooms."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Group, Hand, Meeting, Member
from mulin.circle.elders.permissions import check_keeper, leads
from mulin.circle.elders.rules import GROUP_KIND, KINDS, PROGRAMME_KIND
from mulin.commons.gatherings.actions.coming import invite, read_back, say_coming
from mulin.commons.gatherings.actions.planning import Plan, close_gathering, plan_gathering
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.permissions import may_keep as keeps
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused

MOST_WEEKS = 12


def found_group(
    name: str, leader: Person, *, does: str = "", meets: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Group:  # fmt: skip
    """A mutual-aid group begins; its leader belongs to it. Raises NotPermitted, Refused."""
    check_keeper(by)
    if not name.strip():
        raise Refused(_("Give the group a name."), field="name")
    with recording(by, "elders.found_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Group)
        try:
            with transaction.atomic():
                group: Group = Group.objects.create(
                    community_id=by.community_id, name=name.strip(), does=does.strip(),
                    meets=meets.strip(), leader=Person.kept_of(leader), began_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("A group of this name is there already."), field="name") from None
        Member.objects.create(
            community_id=by.community_id, group=group, person=group.leader, since=local_day(now)
        )
        act.on(group, after={"name": group.name, "leader": leader.pk})
    return group


def join_group(
    group: Group, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Member:
    """Somebody belongs to a group from today. The desk says so, for a leader then reads of them."""
    check_keeper(by)
    with recording(by, "elders.join_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        _check_on(group)
        try:
            with transaction.atomic():
                member: Member = Member.objects.create(
                    community_id=by.community_id, group=group, person=Person.kept_of(person),
                    since=local_day(now),
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("They belong to it already."), field="person") from None
        act.on(member, after={"group": group.pk, "person": person.pk})
    return member


def leave_group(member: Member, *, by: Actor, now: datetime, token: str | None = None) -> Member:
    """Somebody belongs to it no more. Raises NotPermitted, Refused for its leader."""
    _check_leads(by, member.group)
    with recording(by, "elders.leave_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        if member.person_id == member.group.leader_id:
            raise Refused(_("Choose another leader first."), field="member")
        Member.objects.filter(pk=member.pk, until__isnull=True).update(until=local_day(now))
        act.on(member, after={"until": local_day(now)})
    return member


def change_leader(
    group: Group, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Group:
    """Another member leads the group. Raises NotPermitted, Refused for whoever is no member."""
    check_keeper(by)
    with recording(by, "elders.change_leader", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Group)
        if not group.members.filter(person=person, until__isnull=True).exists():
            raise Refused(_("Only a member leads the group."), field="person")
        before, group.leader = group.leader_id, person
        group.save(update_fields=["leader"])
        act.on(group, before={"leader": before}, after={"leader": person.pk})
    return group


def end_group(group: Group, *, by: Actor, now: datetime, token: str | None = None) -> Group:
    """A group ends. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "elders.end_group", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Group)
        today = local_day(now)
        if Group.objects.filter(pk=group.pk, ended_on=None).update(ended_on=today) != 1:
            raise Refused(_("This group has ended already."))
        Member.objects.filter(group=group, until__isnull=True).update(until=today)
        act.on(group, after={"ended_on": today})
    return group


def plan_meeting(
    group: Group, plan: Plan, *, by: Actor, now: datetime, token: str | None = None
) -> Meeting:
    """The group meets: everybody who belongs to it is told. Raises NotPermitted, Refused."""
    _check_leads(by, group)
    with recording(by, "elders.plan_meeting", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Meeting)
        _check_on(group)
        gathering = plan_gathering(GROUP_KIND, plan, by=by, now=now)
        meeting: Meeting = Meeting.objects.create(
            community_id=by.community_id, gathering=gathering, group=group
        )
        people = Person.objects.filter(
            pk__in=group.members.filter(until__isnull=True).values("person")
        )
        invite(gathering, people.order_by("pinyin", "pk"), by=by, now=now)
        lend_hand(gathering, group.leader, by=by, now=now)
        act.on(meeting, after={"group": group.pk, "gathering": gathering.pk})
    return meeting


def hold_meeting(
    meeting: Meeting, came: Collection[int], *, by: Actor, now: datetime, token: str | None = None
) -> Meeting:
    """It was held: who came, ticked by the leader. Each gets the minutes of it.

    `came` are attendances. Raises NotPermitted, and Refused before it is over.
    """
    _check_leads(by, meeting.group)
    with recording(by, "elders.hold_meeting", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Meeting)
        gathering = meeting.gathering
        rows = Attendance.objects.filter(gathering=gathering, pk__in=list(came))
        lines = list(rows.values_list("line", flat=True))
        # A gathering knows its host and the desk as keepers; that this is its leader was asked above,
        # and stands in this act.
        keeper = by if keeps(by, gathering) else system(by.community_id)
        if lines:
            read_back(gathering, lines, walk_ins=None, by=keeper, now=now)
        close_gathering(gathering, ended_at=gathering.ends_at, by=keeper, now=now)
        act.on(meeting, after={"came": len(lines)})
    return meeting


def plan_programme(
    plan: Plan, *, weeks: int = 1, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """Something takes place in an idle room: once, or so many weeks running on the same weekday.

    Returns the first. Raises NotPermitted, and Refused where one of them finds the place taken.
    """
    check_keeper(by)
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(_("Between one and twelve weeks."), field="weeks")
    with recording(by, "elders.plan_programme", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        made = [
            plan_gathering(
                PROGRAMME_KIND,
                Plan(
                    plan.title, plan.starts_at + timedelta(weeks=week),
                    plan.ends_at + timedelta(weeks=week), plan.place, plan.place_words, plan.about,
                    plan.whom, plan.capacity,
                ),
                by=by, now=now,
            )
            for week in range(weeks)
        ]  # fmt: skip
        act.on(made[0], after={"title": plan.title, "weeks": weeks})
    return made[0]


def sign_up(
    gathering: Gathering, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Attendance:
    """Somebody comes, as they said over the phone. Raises NotPermitted, Refused."""
    check_keeper(by)
    if gathering.kind not in KINDS:
        raise NotPermitted(_("Please ask at the desk."))
    called = by.by(Channel.PHONE, on_behalf_of=person.pk)
    return say_coming(gathering, person, comes=True, by=called, now=now, token=token)


def lend_hand(
    gathering: Gathering, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Hand:
    """Somebody helps at a gathering: their minutes there are given. Raises NotPermitted, Refused."""
    meeting = Meeting.objects.filter(gathering=gathering).select_related("group").first()
    if meeting is None:
        check_keeper(by)
    else:
        _check_leads(by, meeting.group)
    if gathering.kind not in KINDS:
        raise NotPermitted(_("Please ask at the desk."))
    with recording(by, "elders.lend_hand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Hand)
        hand, _made = Hand.objects.get_or_create(
            community_id=by.community_id, gathering=gathering, person=Person.kept_of(person)
        )
        act.on(hand, after={"gathering": gathering.pk, "person": person.pk})
    return hand


def _check_leads(by: Actor, group: Group) -> None:
    if not leads(by, group):
        raise NotPermitted(_("Whoever leads the group does this."))


def _check_on(group: Group) -> None:
    if not Group.objects.filter(pk=group.pk, ended_on=None).exists():
        raise Refused(_("This group has ended already."))
