"""Who takes turns: taken on, what they can, what they wish, who is kept apart, when they leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.actions.engine import ask_again
from mulin.commons.rota.models import (
    Apart,
    Duty,
    Member,
    Month,
    MonthState,
    Wish,
)
from mulin.commons.rota.permissions import check_manager, check_theirs
from mulin.commons.rota.registry import FIRST_AID, LEAD, DutyKind, Eligible
from mulin.commons.rota.rules import EXPECTED, Part, Stand, Wanted, days_of, last_of, month_of
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.kit.refusals import Refused


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member can and how much they do. `checked_on`: the last recorded check."""

    is_lead: bool = False
    is_first_aider: bool = False
    checked_on: date | None = None
    most_shifts: int | None = None
    most_weekends: int | None = None
    is_substitute: bool = False


def take_on(
    person: Person, kind: str, terms: Terms, *, by: Actor, now: datetime, token: str | None = None
) -> Member:
    """Somebody takes turns from today on; whoever left comes back as the same member."""
    check_manager(by, kind)
    _check_day(terms.checked_on, now)
    with recording(by, "rota.take_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        kept = Person.kept_of(person)
        member: Member | None = Member.objects.filter(
            kind=kind, person__in=Person.everyone_of(kept)
        ).first()
        if member is not None and member.left_on is None:
            raise Refused(_("%(name)s takes turns here already."), {"name": kept}, field="who")
        if member is None:
            member = Member(
                community_id=by.community_id, kind=kind, person=kept, joined_on=local_day(now)
            )
        member.left_on = None
        _write(member, terms)
        act.on(member, after={"person": kept.pk, "kind": kind})
    return member


def change_member(
    member: Member, terms: Terms, *, by: Actor, now: datetime, token: str | None = None
) -> Member:
    """What they can, their limits, the day of their last record check."""
    check_manager(by, member.kind)
    _check_day(terms.checked_on, now)
    with recording(by, "rota.change_member", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        _write(member, terms)
        act.on(member, after={"checked_on": terms.checked_on, "is_lead": terms.is_lead})
    return member


def _write(member: Member, terms: Terms) -> None:
    member.is_lead, member.is_first_aider = terms.is_lead, terms.is_first_aider
    member.checked_on, member.is_substitute = terms.checked_on, terms.is_substitute
    member.most_shifts, member.most_weekends = terms.most_shifts, terms.most_weekends
    member.save()


def _check_day(checked_on: date | None, now: datetime) -> None:
    if checked_on is not None and checked_on > local_day(now):
        raise Refused(_("This day is still to come."), field="checked_on")


def read_people(kind: DutyKind, month: date, *, by: Actor, now: datetime) -> None:
    """Members as the kind's room knows them: whoever may not be on duty in a month leaves with it.

    Part of the transaction of whoever asks for a proposal; limits stay as they were written here.
    """
    if kind.people is None:
        return
    told = {one.person_id: one for one in kind.people(month, last_of(month))}
    today = local_day(now)
    _know(kind, told.values(), by=by, now=now)
    for member in Member.objects.filter(kind=kind.name, left_on__isnull=True):
        if member.person_id not in told:
            # Until then they may: a check of the record that runs out next month counts in this one.
            member.left_on = max(today, month)
            member.save(update_fields=["left_on"])


def _know(kind: DutyKind, told: Iterable[Eligible], *, by: Actor, now: datetime) -> list[Member]:
    """Members as their room tells of them: new ones, and those of whom it says something else."""
    known = {row.person_id: row for row in Member.objects.filter(kind=kind.name)}
    changed = []
    for one in told:
        before = known.get(one.person_id)
        member = before or Member(
            community_id=by.community_id, kind=kind.name, person_id=one.person_id,
            joined_on=local_day(now),
        )  # fmt: skip
        says = (LEAD in one.skills, FIRST_AID in one.skills, one.checked_on, None)
        if before is None or says != (
            member.is_lead, member.is_first_aider, member.checked_on, member.left_on
        ):  # fmt: skip
            member.is_lead, member.is_first_aider, member.checked_on, member.left_on = says
            member.save()
            changed.append(member)
    return changed


def leave(
    member: Member, *, on: date, by: Actor, now: datetime, token: str | None = None
) -> Member:
    """Somebody does not take turns from that day on: what they had is free, and the engine is asked
    who takes it with as few changes as possible.
    """
    check_manager(by, member.kind)
    with recording(by, "rota.leave", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        if member.left_on is not None:
            raise Refused(_("%(name)s left already."), {"name": member})
        member.left_on = max(on, member.joined_on)
        member.is_substitute = False
        member.save(update_fields=["left_on", "is_substitute"])
        _free(member, member.left_on, by=by, now=now)
        act.on(member, after={"left_on": member.left_on})
    return member


def _free(member: Member, since: date, *, by: Actor, now: datetime) -> None:
    """What somebody has from that day on is nobody's; the engine is asked who takes it."""
    Duty.objects.filter(member=member, stand=Stand.PROPOSED, day__gte=since).delete()
    free = Duty.objects.filter(
        member=member, stand__in=[*EXPECTED, Stand.CALLED], day__gte=since, shift__starts_at__gt=now
    )
    months = list(Month.objects.filter(shifts__duties__in=free).distinct())
    free.update(stand=Stand.TAKEN_OFF)
    for month in months:
        ask_again(
            month, member, since=max(start_of_day(since), now),
            until=end_of_day(last_of(month.first)), by=by, now=now,
        )  # fmt: skip


def follow_people(kind: DutyKind, month: Month, *, by: Actor, now: datetime) -> None:
    """What the kind's own room says of people since a month was published. Whom it does not name any
    more has no duty in it: they left, or may not be with children. What they had is free at once.
    Whoever is new, or has a new check, may be put on from now on.
    """
    if kind.people is None:
        return
    first = max(local_day(now), month.first)
    told = kind.people(first, last_of(month.first))
    named = {one.person_id for one in told}
    if month.first == month_of(local_day(now)):
        # First aid that ends next month counts in this one: only this one is told now.
        with recording(by, "rota.follow_people", now=now) as act:
            changed = _know(kind, told, by=by, now=now)
            if not changed:
                act.drop()
            for member in changed[:1]:
                act.on(member, after={"members": sorted(one.pk for one in changed)})
    held = Duty.objects.filter(
        shift__month=month, stand__in=[*EXPECTED, Stand.CALLED], day__gte=first,
        shift__starts_at__gt=now,
    )  # fmt: skip
    for member in Member.objects.filter(pk__in=held.values("member")).exclude(person__in=named):
        with recording(by, "rota.leave", now=now) as act:
            member.left_on = first
            member.save(update_fields=["left_on"])
            _free(member, first, by=by, now=now)
            act.on(member, after={"left_on": first})


def keep_apart(
    one: Member, other: Member, *, by: Actor, now: datetime, token: str | None = None
) -> Apart:
    """Two are never on one shift. Nobody is asked why."""
    check_manager(by, one.kind)
    if one.pk == other.pk or one.kind != other.kind:
        raise Refused(_("Choose two different people."), field="other")
    with recording(by, "rota.keep_apart", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Apart)
        first, second = sorted((one, other), key=lambda member: member.pk)
        pair: Apart = Apart.objects.get_or_create(
            community_id=by.community_id, one=first, other=second
        )[0]
        act.on(pair, after={"one": first.pk, "other": second.pk})
    return pair


def let_together(pair: Apart, *, by: Actor, now: datetime, token: str | None = None) -> Member:
    """They may be on one shift again; returns the first of the two."""
    check_manager(by, pair.one.kind)
    with recording(by, "rota.let_together", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        first: Member = pair.one
        Apart.objects.filter(pk=pair.pk).delete()
        act.on(first)
    return first


@dataclass(frozen=True, slots=True)
class Said:
    """What a member says about a month: days, limits, and parts of days; what is said of a part goes
    before what is said of its day. `is_substitute`: whether they may be called when somebody is
    missing; None where it was not asked.
    """

    days: Mapping[date, Wanted]
    most_shifts: int | None = None
    most_weekends: int | None = None
    parts: Mapping[tuple[date, Part], Wanted] = field(default_factory=dict)
    is_substitute: bool | None = None


def say_wishes(
    month: Month, member: Member, said: Said, *, by: Actor, now: datetime,
    token: str | None = None,
) -> Member:  # fmt: skip
    """What somebody wishes for a month takes the place of what they said before.

    Raises Refused once the month was published: then one calls in sick or swaps.
    """
    check_theirs(by, member)
    days = {*said.days, *(day for day, _part in said.parts)}
    if month.kind != member.kind or not days <= set(days_of(month.first)):
        raise Refused(_("These days do not lie in this month."))
    with recording(by, "rota.say_wishes", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Member)
        if Month.objects.filter(pk=month.pk, state=MonthState.PUBLISHED).exists():
            raise Refused(_("This month is published already. Ask somebody to swap, or call us."))
        Wish.objects.filter(month=month, member=member).delete()
        wishes = {(day, Part.WHOLE): wanted for day, wanted in said.days.items()} | dict(said.parts)
        Wish.objects.bulk_create(
            Wish(
                community_id=by.community_id, month=month, member=member, day=day, part=part,
                wanted=wanted,
            )
            for (day, part), wanted in sorted(wishes.items())
        )  # fmt: skip
        member.most_shifts, member.most_weekends = said.most_shifts, said.most_weekends
        if said.is_substitute is not None:
            member.is_substitute = said.is_substitute
        member.save(update_fields=["most_shifts", "most_weekends", "is_substitute"])
        act.on(member, after={"month": month.pk, "days": len(days)})
    return member
