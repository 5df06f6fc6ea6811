"""Gaps, courses, who is assessed, how far newcomers are, what partners did."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.rules import Stand
from mulin.ground.people.models import Organisation, Person
from mulin.kit.clock import local_day
from mulin.workshop.production.models import Lot, Movement, Order, Skill, Worker, WorkerSkill
from mulin.workshop.production.queries import holders_of_skill, lights, weekly_minutes
from mulin.workshop.production.rules import Spot
from mulin.workshop.skills.models import (
    Assessment,
    Course,
    Newcomer,
    Partner,
    Promise,
    Syllabus,
)
from mulin.workshop.skills.rules import (
    KIND,
    REFRESH_AHEAD,
    Example,
    Gap,
    Stage,
    end_of_next_month,
    gap,
    stage,
)


def gaps(today: date) -> list[tuple[Skill, Gap]]:
    """Every skill with what the order book wants until the end of next month, the worst first."""
    until = end_of_next_month(today)
    orders = Order.objects.open().select_related("operation").filter(due__lte=until)
    found = lights(orders, today)
    wanted: Counter[int] = Counter()
    for order in orders:
        if order.operation.skill_id is not None:
            wanted[order.operation.skill_id] += found[order.pk].wanted_minutes
    active = set(Worker.objects.active().order_by().values_list("pk", flat=True))
    holders = Counter(
        skill
        for worker, skills in holders_of_skill(today).items()
        if worker in active
        for skill in skills
    )
    weekly = weekly_minutes(today)
    lapsing = Counter(row.skill_id for row in lapsing_skills(today))
    told = [
        (
            skill,
            gap(
                skill.pk, wanted=wanted[skill.pk], weekly=weekly[skill.pk],
                holders=holders[skill.pk], lapsing=lapsing[skill.pk], today=today, until=until,
            ),
        )
        for skill in Skill.objects.select_related("syllabus")
    ]  # fmt: skip
    return sorted(told, key=lambda one: (-one[1].missing, -one[1].wanted, one[0].name))


def lapsing_skills(today: date) -> list[WorkerSkill]:
    """What lapses soon, or did within the last two months, and was not shown again since."""
    last: dict[tuple[int, int], date | None] = {}
    rows = list(
        WorkerSkill.objects.filter(worker__left_on__isnull=True)
        .select_related("worker__person", "skill")
        .order_by("certified_on", "pk")
    )
    for row in rows:
        until, key = row.valid_until, (row.worker_id, row.skill_id)
        known = last.get(key, date.min)
        last[key] = None if until is None or known is None else max(until, known)
    soon, past = today + REFRESH_AHEAD, today - REFRESH_AHEAD
    return sorted(
        {
            (row.worker_id, row.skill_id): row
            for row in rows
            if (until := last[row.worker_id, row.skill_id]) is not None
            and row.valid_until == until
            and past <= until <= soon
        }.values(),
        key=lambda row: (row.valid_until or today, row.pk),
    )


def courses() -> "QuerySet[Course]":
    """Every course with what a list says of it, the latest first."""
    rows: QuerySet[Course] = Course.objects.select_related(
        "gathering__place", "syllabus__skill", "partner__organisation"
    ).annotate(
        going=Count(
            "gathering__attendances",
            filter=Q(gathering__attendances__stand=Stand.GOING), distinct=True,
        ),
        came=Count(
            "gathering__attendances",
            filter=Q(gathering__attendances__came_at__isnull=False), distinct=True,
        ),
        passed=Count("assessments", filter=Q(assessments__is_passed=True), distinct=True),
    ).order_by("-gathering__starts_at", "-id")  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Taught:
    """Somebody on the list of a course: whether they were there, and how their last try went."""

    attendance: Attendance
    last: Assessment | None


def on_list(course: Course) -> "QuerySet[Attendance]":
    """Who comes or came to a course, in the order of the list."""
    rows: QuerySet[Attendance] = (
        Attendance.objects.filter(gathering=course.gathering_id)
        .exclude(stand__in=[Stand.DECLINED, Stand.INVITED], came_at__isnull=True)
        .select_related("person")
    )
    return rows


def taught(course: Course, attendances: Iterable[Attendance]) -> list[Taught]:
    """These of the list, each with the last try. One query."""
    listed = list(attendances)
    tries = {
        one.person_id: one
        for one in Assessment.objects.filter(
            course=course, person__in=[row.person_id for row in listed]
        ).order_by("at", "id")
    }
    return [Taught(row, tries.get(row.person_id)) for row in listed]


def stages_of(newcomers: Iterable[Newcomer]) -> dict[int, Stage]:
    """How far each of them is: by the lots that went out to her and the pieces of hers that were
    accepted. Two queries.
    """
    listed = list(newcomers)
    workers = [one.worker_id for one in listed if one.worker_id is not None]
    out = Movement.objects.filter(target=Spot.WORKER, target_worker__in=workers)
    with_lot = set(out.order_by().values_list("target_worker", flat=True).distinct())
    with_lot |= set(
        Lot.objects.filter(worker__in=workers).order_by().values_list("worker", flat=True)
    )
    paid = Movement.objects.filter(
        source_worker__in=workers, target=Spot.ACCEPTED, is_paid=True, reversed_by__isnull=True
    )
    earned = set(paid.order_by().values_list("source_worker", flat=True).distinct())
    return {
        one.pk: stage(
            is_taken_on=one.worker_id is not None, has_lot=one.worker_id in with_lot,
            has_earned=one.worker_id in earned, has_given_up=one.given_up_at is not None,
        )
        for one in listed
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Did:
    """What a partner did, read from the work itself."""

    orders: int
    courses: int
    kept: int
    open: int


def partners_now() -> "QuerySet[Partner]":
    """Every partner once: of organisations that were merged the one that still goes on, else the
    one whose organisation stands. Whatever the others promised and did is told with it.
    """
    merged = Organisation.objects.filter(merged_into__isnull=False).values("merged_into")
    rows = Partner.objects.with_body().filter(body__in=merged)
    ranked = sorted(
        rows.values_list("body", "ended_on", "organisation__merged_into", "pk"),
        key=lambda row: (row[0], row[1] is not None, row[2] is not None, row[3]),
    )
    beside = [row[3] for before, row in pairwise(ranked) if before[0] == row[0]]
    partners: QuerySet[Partner] = Partner.objects.exclude(pk__in=beside).select_related(
        "organisation"
    )
    return partners


def partners_of_body(partner: Partner) -> "QuerySet[Partner]":
    """The rows under which this body is or was a partner: more than one after a merge."""
    rows: QuerySet[Partner] = Partner.objects.filter(
        organisation__in=Organisation.everyone_of(partner.organisation)
    )
    return rows


def promises_of(partner: Partner) -> "QuerySet[Promise]":
    """What this body promised, under whichever of its names."""
    rows: QuerySet[Promise] = Promise.objects.filter(partner__in=partners_of_body(partner))
    return rows


def did(partners: Iterable[Partner]) -> dict[int, Did]:
    """Orders of its own, courses it taught, promises kept and open, under all names of its body.
    Four queries.
    """
    listed = list(partners)
    bodies = {one.pk: one.organisation.merged_into_id or one.organisation_id for one in listed}
    orders = _by_body(Order.objects.all(), "customer", bodies.values())
    given = _by_body(Course.objects.all(), "partner__organisation", bodies.values())
    said = _by_body(Promise.objects.all(), "partner__organisation", bodies.values())
    kept = _by_body(
        Promise.objects.filter(kept_at__isnull=False), "partner__organisation", bodies.values()
    )
    return {
        pk: Did(orders[body], given[body], kept[body], said[body] - kept[body])
        for pk, body in bodies.items()
    }


def _by_body(rows: "QuerySet[Any]", path: str, bodies: Iterable[int]) -> Counter[int]:
    """How many of these rows each body has; `path` leads to the organisation of a row."""
    counted = (
        rows.annotate(body=Coalesce(f"{path}__merged_into", path))
        .filter(body__in=set(bodies))
        .order_by()
        .values_list("body")
        .annotate(rows=Count("pk"))
    )
    return Counter(dict(counted))


def orders_of(partner: Partner, most: int = 20) -> list[Order]:
    """The latest orders that a partner brought, under whichever of its names."""
    rows = Order.objects.filter(customer__in=Organisation.everyone_of(partner.organisation))
    return list(rows.select_related("operation").order_by("-id")[:most])


def card_of(worker: Worker, today: date) -> list[WorkerSkill]:
    """The skills on a worker's card: the latest of each, those that count first."""
    latest = (
        WorkerSkill.objects.filter(worker=worker)
        .order_by()
        .values("skill")
        .annotate(last=Max("certified_on"))
    )
    days = {row["skill"]: row["last"] for row in latest}
    rows = WorkerSkill.objects.filter(worker=worker).select_related("skill")
    last = [row for row in rows if row.certified_on == days[row.skill_id]]
    return sorted(last, key=lambda row: (not counts(row, today), row.skill.name))


def counts(held: WorkerSkill, today: date) -> bool:
    """Whether a skill on a card counts today."""
    return held.valid_until is None or held.valid_until >= today


def courses_to_assess(now: datetime, most: int = 300) -> list[tuple[Course, Person]]:
    """Who came to a course of the last months and has not passed since, the latest course first."""
    rows = (
        Attendance.objects.filter(
            gathering__kind=KIND, came_at__isnull=False,
            came_at__gte=now - timedelta(days=183),
        )
        .select_related("person")
        .order_by("-gathering__starts_at", "id")[:most]
    )  # fmt: skip
    listed = list(rows)
    found = {
        one.gathering_id: one
        for one in Course.objects.filter(gathering__in=[row.gathering_id for row in listed])
        .select_related("gathering", "syllabus__skill")
    }  # fmt: skip
    passed = set(
        Assessment.objects.filter(
            course__in=[one.pk for one in found.values()], is_passed=True
        ).values_list("course", "person")
    )
    return [
        (course, row.person)
        for row in listed
        if (course := found.get(row.gathering_id)) is not None
        and (course.pk, row.person_id) not in passed
    ]


def assessed_here(course: Course, person_id: int) -> Person | None:
    """Somebody on the list of a course."""
    row = on_list(course).filter(person=person_id).first()
    return row.person if row is not None else None


def courses_to_come(now: datetime) -> "QuerySet[Course]":
    """Public courses that are still to come, the next first."""
    rows = courses().filter(
        gathering__is_public=True, gathering__state="planned", gathering__ends_at__gte=now
    )
    return rows.order_by("gathering__starts_at", "id")


def coming_courses(now: datetime, most: int = 10) -> list[Course]:
    """The first of them."""
    return list(courses_to_come(now)[:most])


def passed_before(person_id: int) -> list[Assessment]:
    """What somebody passed before she was a worker, that stands on no card yet, the latest of each."""
    rows = Assessment.objects.filter(
        person=person_id, is_passed=True, certified_at__isnull=True
    ).select_related("syllabus__skill")
    return list({row.syllabus_id: row for row in rows.order_by("at", "id")}.values())


def syllabi() -> "QuerySet[Skill]":
    """Every skill that an operation may need, with what must be shown for it."""
    rows: QuerySet[Skill] = Skill.objects.select_related("syllabus").order_by("name")
    return rows


@cache
def examples() -> tuple[Example, ...]:
    """Live-stream selling and straw weaving, from the file beside this one."""
    told = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))
    return tuple(
        Example(one["name"], tuple(one["criteria"]), one["months"], one["materials"])
        for one in told["skill"]
    )


def examples_left() -> list[Example]:
    """Skills of the product that this community has not written points for."""
    known = set(Syllabus.objects.values_list("skill__name", flat=True))
    return [one for one in examples() if one.name not in known]


def syllabus_of(skill: Skill) -> Syllabus | None:
    """What must be shown for a skill, if anybody wrote it."""
    found: Syllabus | None = Syllabus.objects.filter(skill=skill).first()
    return found


def told_of(person_id: int) -> dict[str, list[dict[str, object]]]:
    """What the room holds of a person."""
    return {
        "talks": [
            {"on": local_day(one.talked_at), "wish": one.wish, "why": one.why}
            for one in Newcomer.objects.filter(person=person_id)
        ],
        "assessments": [
            {
                "on": local_day(one.at), "skill": str(one.syllabus), "passed": one.is_passed,
                "shown": [one.criteria[place] for place in one.met], "seen_by": one.assessor,
            }
            for one in Assessment.objects.filter(person=person_id).select_related("syllabus__skill")
        ],
    }  # fmt: skip
