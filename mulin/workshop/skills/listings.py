"""What was taught and shown, and what partners promised, as it is taken away."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.workshop.production.listings import Values, during
from mulin.workshop.skills.models import Assessment, Promise
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
        rows=_assessments, may=may_train, form=PeriodForm, order=77,
    ),
    Listing(
        name="skills.promises", label=_("Promises of partners"), columns=_promise_columns,
        rows=_promises, may=may_train, about_persons=False, order=78,
    ),
)  # fmt: skip
