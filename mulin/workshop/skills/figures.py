"""What the skills chain can be asked for in numbers."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Attendance
from mulin.ground.community.rules import HANDLER_ROLES, Actor, Role, Scope
from mulin.ground.figures.registry import Figure
from mulin.ground.figures.rules import Period
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.skills.models import Assessment, Course
from mulin.workshop.skills.rules import KIND

_GROUP = _("Workshop")


def _sees(actor: Actor) -> bool:
    return (
        actor.has(*HANDLER_ROLES, *KEEPERS, Role.STREET_OVERSEER)
        or Scope.FIGURES_READ in actor.scopes
    )


def _keeps(actor: Actor) -> bool:
    return actor.has(*KEEPERS)


def _held(period: Period) -> "QuerySet[Course]":
    rows: QuerySet[Course] = Course.objects.filter(
        gathering__state="held", **period.during("gathering__starts_at")
    )
    return rows


def _came(period: Period) -> "QuerySet[Attendance]":
    rows: QuerySet[Attendance] = Attendance.objects.filter(
        gathering__kind=KIND, came_at__isnull=False, **period.during("gathering__starts_at")
    )
    return rows


def _passed(period: Period) -> "QuerySet[Assessment]":
    rows: QuerySet[Assessment] = Assessment.objects.filter(is_passed=True, **period.during("at"))
    return rows


FIGURES = (
    Figure(
        name="skills.courses",
        label=_("Courses held"),
        definition=_("Courses of the workshop whose list was closed, by the day they began."),
        group=_GROUP,
        rows=_held,
        date_field="gathering__starts_at",
        row_template="skills/figures/course_row.html",
        ready=lambda rows: rows.select_related("gathering", "syllabus__skill"),
        sees=_sees,
        sees_rows=_keeps,
        is_public=True,
        order=70,
    ),
    Figure(
        name="skills.trained",
        label=_("People trained"),
        definition=_("Persons who came to at least one course, each counted once."),
        unit=_("persons"),
        group=_GROUP,
        rows=_came,
        measure=Count("person", distinct=True),
        date_field="gathering__starts_at",
        row_template="skills/figures/came_row.html",
        ready=lambda rows: rows.select_related("gathering", "person"),
        sees=_sees,
        sees_rows=_keeps,
        about_persons=True,
        persons="person",
        is_public=True,
        order=71,
    ),
    Figure(
        name="skills.passed",
        label=_("Skills that were shown"),
        definition=_("Assessments in which every point was met, by the day."),
        group=_GROUP,
        rows=_passed,
        date_field="at",
        row_template="skills/figures/assessment_row.html",
        ready=lambda rows: rows.select_related("person", "syllabus__skill"),
        sees=_sees,
        sees_rows=_keeps,
        is_public=True,
        about_persons=True,
        persons="person",
        order=72,
    ),
)
