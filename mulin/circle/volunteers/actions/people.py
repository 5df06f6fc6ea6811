"""Who helps: registered, described, leaves; lines of the record that no activity makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Duty, RecordLine, Volunteer
from mulin.circle.volunteers.permissions import check_keeper, check_own, is_themselves
from mulin.circle.volunteers.queries import next_number, volunteer_of
from mulin.circle.volunteers.rules import Block
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.people.rules import may_guard
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused


@dataclass(frozen=True, slots=True)
class Says:
    """What somebody says of themselves as a volunteer."""

    skills: Sequence[str] = ()
    times: str = ""
    team: str = ""
    national_number: str = ""
    shows_stars: bool = False


def register(
    person: Person, says: Says, *, guardian: Person | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> Volunteer:  # fmt: skip
    """Somebody helps from now on; whoever left comes back as the same volunteer. For a child under
    fourteen a guardian says yes (《个人信息保护法》第31条), once.

    Raises NotPermitted, and Refused for whoever is one already, and for such a child without.
    """
    if not is_themselves(by, person):
        raise NotPermitted(_("Everybody signs up themselves, or at the desk."))
    with recording(by, "volunteers.register", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Volunteer)
        today = local_day(now)
        is_child = person.is_guarded_on(today)
        if is_child and by.person_id == person.pk:
            raise Refused(_("Under fourteen? Come to the desk together with a parent."))
        volunteer = volunteer_of(person)
        if volunteer is not None and volunteer.left_on is None:
            raise Refused(_("%(name)s is a volunteer already."), {"name": person}, field="who")
        if volunteer is None:
            volunteer = Volunteer(
                community_id=by.community_id, person=Person.kept_of(person), joined_on=today,
                number=next_number(today),
            )  # fmt: skip
        if is_child and (guardian is not None or volunteer.guardian_agreed_on is None):
            volunteer.guardian = _guardian(person, guardian, today)
            volunteer.guardian_agreed_on = today
        volunteer.left_on, volunteer.channel = None, by.channel
        _write(volunteer, says)
        act.on(volunteer, after={"person": volunteer.person_id, "number": volunteer.number})
    return volunteer


def change(
    volunteer: Volunteer, says: Says, *, by: Actor, now: datetime, token: str | None = None
) -> Volunteer:
    """What they say of themselves changes. Raises NotPermitted."""
    check_own(by, volunteer)
    with recording(by, "volunteers.change", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Volunteer)
        _write(volunteer, says)
        act.on(volunteer, after={"skills": volunteer.skills, "stars": volunteer.shows_stars})
    return volunteer


def leave(volunteer: Volunteer, *, by: Actor, now: datetime, token: str | None = None) -> Volunteer:
    """They help no more; the record stays theirs. Raises NotPermitted, Refused while they still stand
    on a list.
    """
    check_own(by, volunteer)
    with recording(by, "volunteers.leave", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Volunteer)
        ahead = Duty.objects.alive().filter(
            volunteer=volunteer, shift__activity__gathering__ends_at__gt=now,
            shift__activity__counted_at__isnull=True,
        )  # fmt: skip
        if ahead.exists():
            raise Refused(_("They still stand on a list. Take them off it first."))
        volunteer.left_on = local_day(now)
        volunteer.save(update_fields=["left_on"])
        act.on(volunteer, after={"left_on": volunteer.left_on})
    return volunteer


def write_line(
    volunteer: Volunteer, *, block: str, what: str, giver: str, day: date, minutes: int = 0,
    by: Actor, now: datetime, token: str | None = None,
) -> RecordLine:  # fmt: skip
    """A training, an honour, an evaluation. Raises NotPermitted, Refused beside the field."""
    check_keeper(by)
    if block not in set(Block):
        raise Refused(_("Choose which part of the record it belongs to."), field="block")
    if day > local_day(now):
        raise Refused(_("This day is still to come."), field="day")
    with recording(by, "volunteers.write_line", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RecordLine)
        line: RecordLine = RecordLine.objects.create(
            community_id=by.community_id, volunteer=volunteer, block=block, what=what.strip(),
            giver=giver.strip(), day=day, minutes=minutes if block == Block.TRAINING else 0,
        )  # fmt: skip
        act.on(line, after={"block": block, "day": day})
    return line


def _guardian(child: Person, guardian: Person | None, today: date) -> Person:
    if guardian is None:
        raise Refused(_("Under fourteen: which parent says yes?"), field="guardian")
    if guardian.pk in Person.everyone_of(child) or not may_guard(guardian.born_on, today):
        raise Refused(_("The guardian must be of age. Please choose another."), field="guardian")
    return Person.kept_of(guardian)


def _write(volunteer: Volunteer, says: Says) -> None:
    volunteer.skills, volunteer.times = list(says.skills), says.times.strip()
    volunteer.team, volunteer.shows_stars = says.team.strip(), says.shows_stars
    volunteer.national_number = says.national_number.strip()
    volunteer.save()
