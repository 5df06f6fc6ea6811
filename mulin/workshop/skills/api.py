"""Courses to come and the skills that lack, for programs: a school's, a partner's, the street's. Never
who comes, nor who can do what.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.rules import free_seats
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.clock import local_day
from mulin.workshop.production.models import Skill
from mulin.workshop.skills.models import Course
from mulin.workshop.skills.queries import courses_to_come, gaps
from mulin.workshop.skills.rules import Gap, end_of_next_month, told


@dataclass(frozen=True, slots=True)
class CourseAnswer:
    """A course to come. `seats` is null where nobody counts them; `page` is the path at which one
    signs up.
    """

    code: str
    title: str
    skill: str
    partner: str | None
    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int | None
    free_seats: int | None
    page: str


@dataclass(frozen=True, slots=True)
class SkillAnswer:
    """A skill until the end of next month, in minutes of standard time: what the order book wants,
    what its holders wish to work, what lacks, and how many more people would make it good.
    Where fewer than five can do it, how many and their minutes are null.
    """

    skill: str
    until: date
    wanted: int | None
    offered: int | None
    holders: int | None
    missing: int
    helpers: int


def _courses(asked: Asked) -> "QuerySet[Course]":
    return courses_to_come(asked.now)


def _course(course: Any) -> CourseAnswer:  # Any: with how many come, which the query adds
    held = course.gathering
    return CourseAnswer(
        code=held.code, title=held.title, skill=str(course.syllabus),
        partner=str(course.partner) if course.partner else None, starts_at=held.starts_at,
        ends_at=held.ends_at, place=held.where, seats=held.capacity,
        free_seats=free_seats(held.capacity, course.going),
        page=reverse("gatherings:notice", args=[held.code]),
    )  # fmt: skip


def _gaps(asked: Asked) -> list[tuple[Skill, Gap, date]]:
    today = local_day(asked.now)
    return [(skill, one, end_of_next_month(today)) for skill, one in gaps(today)]


def _gap(found: tuple[Skill, Gap, date]) -> SkillAnswer:
    skill, gap, until = found
    safe = told(gap)
    return SkillAnswer(
        skill=skill.name, until=until, wanted=safe.wanted, offered=safe.offered,
        holders=safe.holders, missing=gap.missing, helpers=gap.helpers,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="courses", path="courses/", summary=_("Courses to come and their seats, the next first"),
        scope=Scope.PUBLIC_READ, answer=CourseAnswer, do=_courses, show=_course, is_list=True,
    ),
    Call(
        name="skills", path="skills/",
        summary=_("Skills until the end of next month, what lacks most first"),
        scope=Scope.SKILLS_READ, answer=SkillAnswer, do=_gaps, show=_gap, is_list=True,
    ),
)  # fmt: skip
