"""Who is on duty: signs up, waits, cannot come, hands on; whole organisations; reminders."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.volunteers.actions.people import Says, register
from mulin.circle.volunteers.models import Activity, Duty, Shift, Volunteer
from mulin.circle.volunteers.permissions import check_keeper, check_own
from mulin.circle.volunteers.queries import all_of, duties_to_remind, others_of, volunteer_of
from mulin.circle.volunteers.rules import Stand, fits, is_clash, stand_for
from mulin.commons.gatherings.actions.coming import say_coming
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Affiliation, Organisation, Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence
from mulin.kit.templatetags.kit import dated

#: So many are reminded in one round of the sweep.
REMINDED_AT_ONCE = 200
_when = lazy(dated, str)  # said in the language of whoever is told


def sign_up(
    shift: Shift, volunteer: Volunteer, *, knows_risks: bool = False, by: Actor, now: datetime,
    token: str | None = None,
) -> Duty:  # fmt: skip
    """Somebody takes a post, or waits for it where it is full. For themselves, or a keeper in their
    name.

    The dangers are told first (《志愿服务条例》第12、13条), and what is dangerous is insured first
    (第17条). Raises NotPermitted, and Refused beside the field: nobody is in two places at once.
    """
    check_own(by, volunteer)
    with recording(by, "volunteers.sign_up", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        duty = _take(shift, volunteer, knows_risks=knows_risks, by=by, now=now)
        act.on(duty, after={"stand": duty.stand, "risks_told": duty.risks_told})
    return duty


def join_in(
    shift: Shift, person: Person, *, knows_risks: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Duty:  # fmt: skip
    """Somebody takes a post who may not be a volunteer yet: they are from now on. Raises as `sign_up`."""
    volunteer = volunteer_of(person)
    with recording(by, "volunteers.join_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        if volunteer is None or volunteer.left_on is not None:
            volunteer = register(person, Says(), by=by, now=now)
        duty = sign_up(shift, volunteer, knows_risks=knows_risks, by=by, now=now)
        act.on(duty, after={"stand": duty.stand})
    return duty


def _take(
    shift: Shift, volunteer: Volunteer, *, knows_risks: bool, by: Actor, now: datetime
) -> Duty:
    activity: Activity = shift.activity
    _check_open(activity, now)
    if volunteer.left_on is not None:
        raise Refused(_("%(name)s has left. Register them again first."), {"name": volunteer})
    if activity.lacks_insurance:
        raise Refused(_("This may be dangerous: note the insurance of the volunteers first."))
    if activity.kind.risks and not knows_risks:
        raise Refused(_("Read what may be dangerous, and tick that you know."), field="knows_risks")
    if not fits(shift.skill, volunteer.skills):
        raise Refused(_("This post needs: %(skill)s."), {"skill": shift.skill}, field="shift")
    _check_free(shift, volunteer)
    duty = Duty.objects.filter(shift=shift, volunteer=volunteer).first() or Duty(
        community_id=by.community_id, shift=shift, volunteer=volunteer, stand=Stand.OFF
    )
    if duty.stand == Stand.OFF:
        duty.stand = stand_for(shift.wanted, Duty.objects.going().filter(shift=shift).count())
        duty.answered_at, duty.channel = now, by.channel
    duty.wants_out, duty.risks_told = False, knows_risks
    duty.save()
    if duty.stand == Stand.GOING:
        _on_list(duty, by=by, now=now)
    return duty


def _check_open(activity: Activity, now: datetime) -> None:
    gathering = activity.gathering
    if not gathering.is_planned or now >= gathering.ends_at:
        raise Refused(_("It is over or called off: one cannot sign up any more."))


def _check_free(shift: Shift, volunteer: Volunteer) -> None:
    """Raises Refused where they are somewhere else then, here or at another gathering."""
    here = Duty.objects.going().filter(
        shift__activity=shift.activity, volunteer__in=all_of(volunteer)
    ).exclude(shift=shift)  # fmt: skip
    for duty in here.select_related("shift"):
        duty.shift.activity = shift.activity
        if is_clash(shift.span, duty.shift.span):
            raise Refused(_("They have another post then: %(post)s."), {"post": duty.shift})
    others = others_of([volunteer.person_id], shift.span, besides=shift.activity_id)
    for other in others.get(volunteer.person_id, ()):
        if other.is_hard:
            raise Refused(
                _("At that time there is “%(title)s”, to which they said they come."),
                {"title": other.title},
            )


def _on_list(duty: Duty, *, by: Actor, now: datetime) -> None:
    """On the list of the gathering, too: it tells them of another time, and stands in their calendar."""
    say_coming(
        duty.shift.activity.gathering, duty.volunteer.person, comes=True,
        by=system(by.community_id), now=now,
    )  # fmt: skip


def sign_off(duty: Duty, *, by: Actor, now: datetime, token: str | None = None) -> Duty:
    """They cannot come; whoever waits longest moves up and is told. Raises NotPermitted, Refused."""
    check_own(by, duty.volunteer)
    with recording(by, "volunteers.sign_off", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        before = _leave(duty, by=by, now=now)
        if before == Stand.GOING:
            move_up(duty.shift, now=now)
        act.on(duty, before={"stand": before}, after={"stand": duty.stand})
    return duty


def _leave(duty: Duty, *, by: Actor, now: datetime) -> str:
    _check_open(duty.shift.activity, now)
    # As it is within the act: meanwhile they may have moved up, and their place is somebody's.
    before: str = Duty.objects.values_list("stand", flat=True).get(pk=duty.pk)
    if before == Stand.OFF:
        raise Refused(_("They are not on the list."))
    duty.stand, duty.answered_at, duty.wants_out = Stand.OFF, now, False
    duty.save(update_fields=["stand", "answered_at", "wants_out"])
    left = Duty.objects.going().filter(
        shift__activity=duty.shift.activity_id, volunteer=duty.volunteer_id
    )
    if before == Stand.GOING and not left.exists():
        say_coming(
            duty.shift.activity.gathering, duty.volunteer.person, comes=False,
            by=system(by.community_id), now=now,
        )  # fmt: skip
    return before


def move_up(shift: Shift, *, now: datetime) -> int:
    """Give free places to whoever waits longest and is free then. Part of another action."""
    by = system(shift.community_id)
    free = shift.wanted - Duty.objects.going().filter(shift=shift).count()
    moved = 0
    waiting = Duty.objects.filter(shift=shift, stand=Stand.WAITING).order_by("answered_at", "id")
    for duty in waiting.select_related("volunteer__person"):
        if moved >= free:
            break
        duty.shift = shift
        try:
            _check_free(shift, duty.volunteer)
        except Refused:
            continue
        duty.stand = Stand.GOING
        duty.save(update_fields=["stand"])
        _on_list(duty, by=by, now=now)
        _tell(duty, gettext_noop("There is a place for you: %(title)s"), "place", now=now)
        moved += 1
    return moved


def ask_out(duty: Duty, *, by: Actor, now: datetime, token: str | None = None) -> Duty:
    """They look for somebody who takes it over, and stay on duty until there is one. Raises
    NotPermitted, Refused.
    """
    check_own(by, duty.volunteer)
    with recording(by, "volunteers.ask_out", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        _check_open(duty.shift.activity, now)
        if duty.stand != Stand.GOING:
            raise Refused(_("They have no place that somebody could take over."))
        duty.wants_out = True
        duty.save(update_fields=["wants_out"])
        act.on(duty, after={"wants_out": True})
    return duty


def hand_on(
    duty: Duty, volunteer: Volunteer, *, knows_risks: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Duty:  # fmt: skip
    """Another volunteer steps in; both are told. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.hand_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Duty)
        if duty.volunteer_id == volunteer.pk:
            raise Refused(_("Choose somebody else."), field="volunteer")
        _leave(duty, by=by, now=now)
        taken = _take(duty.shift, volunteer, knows_risks=knows_risks, by=by, now=now)
        if taken.stand != Stand.GOING:
            raise Refused(_("The place is taken."), field="volunteer")
        taken.takes_over = duty
        taken.save(update_fields=["takes_over"])
        _tell(taken, gettext_noop("You step in: %(title)s"), "step-in", now=now)
        _tell(duty, gettext_noop("Somebody steps in for you: %(title)s"), "stepped-in", now=now)
        act.on(taken, after={"instead_of": duty.pk})
    return taken


def bring(
    shift: Shift, organisation: Organisation, *, knows_risks: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> tuple[int, list[str]]:  # fmt: skip
    """A clinic, a shop, a school comes with its people: each of them who is a volunteer signs up.
    Gives how many, and why not for each of the others. Raises NotPermitted, Refused for nobody.
    """
    check_keeper(by)
    with recording(by, "volunteers.bring", now=now, token=token) as act:
        if act.is_repeat:
            return 0, []
        people = _people_of(organisation, local_day(now))
        if not people:
            raise Refused(
                _("Nobody of “%(name)s” is a volunteer yet. Register them first."),
                {"name": organisation},
                field="organisation",
            )
        count, faults = 0, []
        for volunteer in people:
            try:
                sign_up(shift, volunteer, knows_risks=knows_risks, by=by, now=now)
                count += 1
            except Refused as refusal:
                faults.append(f"{volunteer}: {refusal.message}")
        act.on(shift, after={"organisation": organisation.pk, "count": count})
    return count, faults


def _people_of(organisation: Organisation, day: date) -> list[Volunteer]:
    belongs = Affiliation.objects.filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day),
        organisation__in=Organisation.everyone_of(organisation),
    )  # fmt: skip
    rows = Volunteer.objects.active().filter(person__in=belongs.values("person"))
    return list(rows.select_related("person").order_by("id"))


def remind(now: datetime) -> int:
    """Remind whoever is on duty within a day, once. Called by the sweep."""
    due = list(duties_to_remind(now)[:REMINDED_AT_ONCE])
    for duty in due:
        _tell(duty, gettext_noop("Soon you help: %(title)s"), "reminder", now=now)
    Duty.objects.filter(pk__in=[one.pk for one in due]).update(reminded_at=now)
    return len(due)


def _tell(duty: Duty, subject: str, occasion: str, *, now: datetime) -> None:
    shift, gathering = duty.shift, duty.shift.activity.gathering
    said = {
        "title": gathering.title, "post": shift.post, "when": _when(shift.starts_at),
        "where": gathering.where,
    }  # fmt: skip
    tell(
        ("person", duty.volunteer.person_id), by=system(duty.community_id), topic="volunteering",
        subject=Sentence(subject, said),
        body=Sentence(gettext_noop("%(post)s: %(when)s, %(where)s."), said),
        path=f"/volunteers/{gathering.code}/", now=now,
        key=f"duty-{duty.pk}-{occasion}-{duty.answered_at:%Y%m%d%H%M%S}",
    )  # fmt: skip
