"""Ideas and projects of the double five as files for the desk; who offered an idea is not in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI
from mulin.parlour.doublefive.models import Idea, Project
from mulin.parlour.doublefive.permissions import may_arrange
from mulin.parlour.doublefive.queries import projects

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _idea_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Year"), lambda row: row.season.year),
        Column(_("Number"), lambda row: row.number),
        Column(_("Title"), lambda row: row.title),
        Column(_("Kind"), lambda row: str(row.get_kind_display())),
        Column(_("Where"), lambda row: row.site),
        Column(_("Who has what of it"), lambda row: row.gains),
        Column(_("Cost in yuan"), lambda row: row.cost_yuan),
        Column(_("Offered"), lambda row: _when(row.offered_at)),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Part of"), lambda row: row.part_of and row.part_of.number),
        Column(_("Reason"), lambda row: row.reason),
    )


def _idea_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Idea]":
    rows: QuerySet[Idea] = Idea.objects.filter(during("offered_at", values))
    return rows.select_related("season", "part_of").order_by("season__year", "number", "id")


def _project_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Year"), lambda row: row.chosen.season.year),
        Column(_("Place"), lambda row: row.chosen.place),
        Column(_("Title"), lambda row: row.chosen.idea.title),
        Column(_("In charge"), lambda row: row.owner.display_name),
        Column(_("Promise"), lambda row: row.promise),
        Column(_("Budget in yuan"), lambda row: row.budget_yuan),
        Column(_("Spent in yuan"), lambda row: row.spent),
        Column(_("Begun"), lambda row: _when(row.begun_at)),
        Column(_("Finished"), lambda row: _when(row.finished_at)),
        Column(_("What came of it"), lambda row: row.outcome),
    )


def _project_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Project]":
    return projects().filter(during("begun_at", values))


LISTINGS: Final = (
    Listing(
        "doublefive.ideas", _("Ideas for the double five"), _idea_columns, _idea_rows,
        may_arrange, PeriodForm, about_persons=False, order=45,
    ),
    Listing(
        "doublefive.projects", _("Projects of the double five"), _project_columns, _project_rows,
        may_arrange, PeriodForm, about_persons=False, order=46,
    ),
)  # fmt: skip
