"""The projects that residents chose, for programs: what was promised, how far it got, what it cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.money import yuan
from mulin.parlour.doublefive.models import Project
from mulin.parlour.doublefive.queries import projects


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """A step of a project: until when, and when it was done."""

    what: str
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProjectAnswer:
    """A project of the Double-Five as everybody sees it: never who offered it."""

    year: int
    place: int
    title: str
    promise: str
    budget_yuan: Decimal
    spent_yuan: Decimal
    begun_at: datetime
    finished_at: datetime | None
    outcome: str
    steps: list[StepAnswer]


class ProjectFilterForm(forms.Form):
    """Of which year; without it, of all."""

    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2200, required=False)


def _list(asked: Asked) -> "QuerySet[Project]":
    rows = projects()
    return rows.filter(chosen__season__year=asked.query["year"]) if asked.query["year"] else rows


def _shown(project: Any) -> ProjectAnswer:  # Any: with what was spent, which the query adds
    return ProjectAnswer(
        year=project.chosen.season.year, place=project.chosen.place,
        title=project.chosen.idea.title, promise=project.promise,
        budget_yuan=project.budget_yuan, spent_yuan=yuan(project.spent), begun_at=project.begun_at,
        finished_at=project.finished_at, outcome=project.outcome,
        steps=[
            StepAnswer(one.what, one.due_at, one.done_at) for one in project.milestones.all()
        ],
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="projects", path="projects/",
        summary=_("Projects that the residents chose, by year and place"),
        scope=Scope.PUBLIC_READ, answer=ProjectAnswer, query=ProjectFilterForm, do=_list,
        show=_shown, is_list=True,
    ),
)  # fmt: skip
