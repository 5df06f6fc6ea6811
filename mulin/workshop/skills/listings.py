"""What was taught and shown, and what partners promised, as it is taken away."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.workshop.production.listings import Values, during
from mulin.workshop.skills.models import Assessment, Course, Newcomer, Partner, Promise, Syllabus
from mulin.workshop.skills.permissions import may_train


def _assessments(_actor: Actor, values: Values, _now: datetime) -> "QuerySet[Assessment]":
    rows: QuerySet[Assessment] = Assessment.objects.filter(during("at", values))
    return rows.select_related("person", "syllabus__skill", "course__gathering").order_by("id")


def _assessment_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("When"), lambda row: row.at),
        Column(_("Name"), lambda row: row.person.name),
        Column(_("Skill"), lambda row: str(row.syllabus)),
        Column(_("Course"), lambda row: str(row.course) if row.course else ""),
        Column(_("Points shown"), lambda row: len(row.met)),
        Column(_("Of points"), lambda row: len(row.criteria)),
        Column(_("Who saw it?"), lambda row: row.assessor),
    )


def _promises(_actor: Actor, _values: Values, _now: datetime) -> "QuerySet[Promise]":
    rows: QuerySet[Promise] = Promise.objects.select_related("partner__organisation")
    return rows.order_by("id")


def _promise_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    return (
        Column(_("Partner"), lambda row: row.partner.organisation.name),
        Column(_("What"), lambda row: row.get_brings_display()),
        Column(_("Promised"), lambda row: row.words),
        Column(_("until"), lambda row: row.until),
        Column(_("Kept on"), lambda row: row.kept_at),
        Column(_("What came of it"), lambda row: row.came_of_it),
    )


LISTINGS = (
    Listing(
        name="skills.assessments", label=_("Assessments of skills"), columns=_assessment_columns,
        rows=_assessments, may=may_train, form=PeriodForm, order=77, holds=(Assessment,),
    ),
    Listing(
        name="skills.promises", label=_("Promises of partners"), columns=_promise_columns,
        rows=_promises, may=may_train, about_persons=False, order=78, holds=(Promise,),
    ),
)  # fmt: skip


TABLES = (
    table(
        "skills.syllabi", _("What a skill asks for"), Syllabus, may=may_train, order=77,
        related=("skill",), about_persons=False, columns=(
            (_("Skill"), "skill.name"), (_("Criteria"), "criteria"), (_("Months it counts"), "months"),
            (_("Materials"), "materials"),
        ),
    ),
    table(
        "skills.courses", _("Courses"), Course, may=may_train, order=77, when="gathering__starts_at",
        related=("gathering", "syllabus__skill", "partner__organisation"), about_persons=False,
        columns=(
            (_("When"), "gathering.starts_at"), (_("Title"), "gathering.title"),
            (_("Skill"), "syllabus"), (_("Partner"), "partner"), (_("Teacher"), "teacher"),
            (_("Materials"), "materials"),
        ),
    ),
    table(
        "skills.newcomers", _("Newcomers"), Newcomer, may=may_train, order=77, when="talked_at",
        related=("person", "skill", "worker__person"), columns=(
            (_("Name"), "person.name"), (_("First talk"), "talked_at"), (_("Wish"), "wish"),
            (_("Minutes a week she wishes"), "minutes_wished"), (_("Skill"), "skill"),
            (_("Became a worker"), lambda row: row.worker_id is not None),
            (_("Gave up on"), "given_up_at"), (_("Why"), "why"),
        ),
    ),
    table(
        "skills.partners", _("Partners"), Partner, may=may_train, order=78,
        related=("organisation",), columns=(
            (_("Organisation"), "organisation.name"), (_("Contact"), "contact"),
            (_("Since"), "since"), (_("Ended"), "ended_on"),
        ),
    ),
)  # fmt: skip
