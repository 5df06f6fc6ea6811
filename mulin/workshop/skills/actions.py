"""Criteria are written, a course is planned, somebody is assessed, a newcomer begins, a partner
promises.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.actions.workers import certify, take_on
from mulin.workshop.production.models import Skill, Worker
from mulin.workshop.skills.models import (
    Assessment,
    Course,
    Newcomer,
    Partner,
    Promise,
    Syllabus,
)
from mulin.workshop.skills.permissions import check_trainer
from mulin.workshop.skills.queries import examples, partners_of_body, passed_before
from mulin.workshop.skills.rules import (
    KIND,
    LONGEST_MONTHS,
    MOST_CRITERIA,
    Brings,
    is_passed,
    last_day_of_skill,
    read_criteria,
)


def write_syllabus(
    skill: Skill, *, criteria: str, months: int, materials: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Syllabus:  # fmt: skip
    """Say what must be shown for a skill and how long it counts. Raises NotPermitted, Refused."""
    check_trainer(by)
    lines = read_criteria(criteria)
    if not 1 <= len(lines) <= MOST_CRITERIA:
        raise Refused(_("Write one to twelve points, one a line."), field="criteria")
    if not 0 <= months <= LONGEST_MONTHS:
        raise Refused(_("Write how many months it counts; nought for always."), field="months")
    with recording(by, "skills.write_syllabus", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Syllabus)
        row: Syllabus = Syllabus.objects.update_or_create(
            community_id=by.community_id, skill=skill,
            defaults={
                "criteria": "\n".join(lines), "months": months, "materials": materials.strip(),
            },
        )[0]  # fmt: skip
        act.on(row, after={"skill": skill.name, "criteria": lines, "months": months})
    return row


def take_example(name: str, *, by: Actor, now: datetime, token: str | None = None) -> Syllabus:
    """A skill that comes with the product is taken over with its points, to be changed at will.

    Raises Refused for one that is not there, and where this community has its own points already.
    """
    check_trainer(by)
    found = next((one for one in examples() if one.name == name), None)
    if found is None:
        raise Refused(_("This example is not there."))
    with recording(by, "skills.take_example", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Syllabus)
        skill = Skill.objects.get_or_create(community_id=by.community_id, name=found.name)[0]
        if Syllabus.objects.filter(skill=skill).exists():
            raise Refused(_("What must be shown for it is written down already."))
        row = write_syllabus(
            skill, criteria="\n".join(found.criteria), months=found.months,
            materials=found.materials, by=by, now=now,
        )  # fmt: skip
        act.on(row, after={"skill": name})
    return row


def plan_course(
    plan: Plan, *, syllabus: Syllabus, teacher: str, partner: Partner | None = None,
    materials: str = "", by: Actor, now: datetime, token: str | None = None,
) -> Course:  # fmt: skip
    """Put a course into the calendar. Nobody is told yet. Raises NotPermitted, Refused."""
    check_trainer(by)
    if not teacher.strip():
        raise Refused(_("Say who teaches."), field="teacher")
    with recording(by, "skills.plan_course", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Course)
        gathering = plan_gathering(KIND, plan, by=by, now=now)
        course: Course = Course.objects.create(
            community_id=by.community_id, gathering=gathering, syllabus=syllabus, partner=partner,
            teacher=teacher.strip(), materials=materials.strip() or syllabus.materials,
        )  # fmt: skip
        act.on(course, after={"title": gathering.title, "skill": str(syllabus)})
    return course


def assess(
    person: Person, syllabus: Syllabus, *, met: Iterable[int], assessor: str,
    course: Course | None = None, by: Actor, now: datetime, token: str | None = None,
) -> Assessment:  # fmt: skip
    """Write down what somebody showed. All of it: the skill stands on her card and counts in the
    next allocation; if she does not work here yet, it waits until she is taken on.

    Raises NotPermitted, and Refused for criteria that are not there or without whoever saw it.
    """
    check_trainer(by)
    lines, places = syllabus.lines, sorted(set(met))
    if not assessor.strip():
        raise Refused(_("Say who saw it."), field="assessor")
    if any(not 0 <= place < len(lines) for place in places):
        raise Refused(_("The points have been changed meanwhile. Open the page again."))
    with recording(by, "skills.assess", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Assessment)
        row: Assessment = Assessment.objects.create(
            community_id=by.community_id, person=person, syllabus=syllabus, course=course,
            criteria=lines, met=places, is_passed=is_passed(lines, places),
            assessor=assessor.strip(), at=now,
        )  # fmt: skip
        worker = Worker.objects.active().filter(person__in=Person.everyone_of(person)).first()
        if row.is_passed and worker is not None:
            _put_on_card(row, worker, by=by, now=now)
        act.on(row, after={"skill": str(syllabus), "met": places, "is_passed": row.is_passed})
    return row


def talk_with(
    person: Person, *, wish: str, minutes_wished: int, skill: Skill | None = None, by: Actor,
    now: datetime, token: str | None = None,
) -> Newcomer:  # fmt: skip
    """Write down the first talk with somebody who would like to work. Raises NotPermitted, Refused."""
    check_trainer(by)
    if not wish.strip():
        raise Refused(_("Write what she would like to do, in her words."), field="wish")
    with recording(by, "skills.talk_with", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Newcomer)
        kept = Person.kept_of(person)
        everyone = Person.everyone_of(kept)
        if Worker.objects.active().filter(person__in=everyone).exists():
            raise Refused(_("%(name)s works here already."), {"name": kept}, field="who")
        waits = Newcomer.objects.filter(worker__isnull=True, given_up_at__isnull=True)
        if waits.filter(person__in=everyone).exists():
            raise Refused(_("Somebody talked with %(name)s already."), {"name": kept}, field="who")
        row: Newcomer = Newcomer.objects.create(
            community_id=by.community_id, person=kept, talked_at=now, talked_by_id=by.account_id,
            wish=wish.strip(), minutes_wished=minutes_wished, skill=skill,
        )  # fmt: skip
        act.on(row, after={"person": kept.pk, "minutes_wished": minutes_wished})
    return row


def begin_work(
    newcomer: Newcomer, *, by: Actor, now: datetime, token: str | None = None
) -> Newcomer:
    """She is taken on; what she passed before goes on her card. Raises NotPermitted, TakenMeanwhile."""
    check_trainer(by)
    with recording(by, "skills.begin_work", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Newcomer)
        worker = take_on(
            newcomer.person, minutes_wished=newcomer.minutes_wished, note=newcomer.wish, by=by,
            now=now,
        )  # fmt: skip
        _still_waits(newcomer, worker=worker)
        for row in passed_before(newcomer.person_id):
            _put_on_card(row, worker, by=by, now=now)
        act.on(newcomer, after={"worker": worker.pk})
    return newcomer


def give_up(
    newcomer: Newcomer, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Newcomer:
    """She does not begin, and why. Raises NotPermitted, Refused, TakenMeanwhile."""
    check_trainer(by)
    if not why.strip():
        raise Refused(_("Write in a few words why."), field="why")
    with recording(by, "skills.give_up", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Newcomer)
        _still_waits(newcomer, given_up_at=now, why=why.strip())
        act.on(newcomer, after={"given_up": True})
    return newcomer


def found_partnership(
    organisation: Organisation, *, contact: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Partner:  # fmt: skip
    """An organisation works with the workshop from today on. Raises NotPermitted, Refused."""
    check_trainer(by)
    with recording(by, "skills.found_partnership", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Partner)
        organisation = Organisation.kept_of(organisation)
        if Partner.objects.filter(organisation__in=Organisation.everyone_of(organisation)).exists():
            raise Refused(_("It is a partner already."), field="organisation")
        row: Partner = Partner.objects.create(
            community_id=by.community_id, organisation=organisation, contact=contact.strip(),
            since=local_day(now),
        )  # fmt: skip
        act.on(row, after={"organisation": str(organisation)})
    return row


def write_promise(
    partner: Partner, *, brings: str, words: str, until: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Promise:  # fmt: skip
    """What a partner says it will give, and until when. Raises NotPermitted, Refused."""
    check_trainer(by)
    if brings not in set(Brings):
        raise Refused(_("Choose what it brings."), field="brings")
    if not words.strip():
        raise Refused(_("Write what was promised."), field="words")
    with recording(by, "skills.write_promise", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Promise)
        row: Promise = Promise.objects.create(
            community_id=by.community_id, partner=partner, brings=brings, words=words.strip(),
            until=until,
        )  # fmt: skip
        act.on(row, after={"brings": brings, "words": row.words, "until": until})
    return row


def keep_promise(
    promise: Promise, *, came_of_it: str, by: Actor, now: datetime, token: str | None = None
) -> Promise:
    """It was kept, and this came of it. Raises NotPermitted, Refused, TakenMeanwhile."""
    check_trainer(by)
    if not came_of_it.strip():
        raise Refused(_("Write what came of it."), field="came_of_it")
    with recording(by, "skills.keep_promise", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Promise)
        open_rows = Promise.objects.filter(pk=promise.pk, kept_at__isnull=True)
        if open_rows.update(kept_at=now, came_of_it=came_of_it.strip()) != 1:
            raise TakenMeanwhile(_("It was written down already."))
        promise.kept_at, promise.came_of_it = now, came_of_it.strip()
        act.on(promise, after={"came_of_it": promise.came_of_it})
    return promise


def end_partnership(
    partner: Partner, *, by: Actor, now: datetime, token: str | None = None
) -> Partner:
    """It works with the workshop no longer; what it did stays. Raises NotPermitted, TakenMeanwhile."""
    check_trainer(by)
    with recording(by, "skills.end_partnership", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Partner)
        today = local_day(now)
        going_on = partners_of_body(partner).filter(ended_on__isnull=True)
        if not going_on.update(ended_on=today):
            raise TakenMeanwhile(_("It ended already."))
        partner.ended_on = today
        act.on(partner, after={"ended_on": today})
    return partner


def _put_on_card(row: Assessment, worker: Worker, *, by: Actor, now: datetime) -> None:
    until = last_day_of_skill(local_day(row.at), row.syllabus.months)
    if until is not None and until < local_day(now):
        return
    certify(worker, row.syllabus.skill, assessor=row.assessor, valid_until=until, by=by, now=now)
    Assessment.objects.filter(pk=row.pk).update(certified_at=now)
    row.certified_at = now


def _still_waits(newcomer: Newcomer, **values: object) -> None:
    waits = Newcomer.objects.filter(pk=newcomer.pk, worker__isnull=True, given_up_at__isnull=True)
    if waits.update(**values) != 1:
        raise TakenMeanwhile(_("Somebody did this already. Open the list again to see."))
    for name, value in values.items():
        setattr(newcomer, name, value)
