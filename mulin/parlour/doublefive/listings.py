"""Ideas and projects of the double five as files for the desk; who offered an idea is not in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.clock import SHANGHAI
from mulin.kit.sheets import Cell
from mulin.parlour.doublefive.models import (
    CONSTITUENCY_LABELS,
    Appraisal,
    Chosen,
    Comment,
    Criterion,
    Delay,
    Expense,
    Idea,
    Milestone,
    Project,
    Remark,
    Representative,
    RollRule,
    Season,
    SeasonVote,
    Verdict,
    VotedOn,
)
from mulin.parlour.doublefive.permissions import may_arrange, may_keep_representatives
from mulin.parlour.doublefive.queries import projects, remarks_of
from mulin.parlour.doublefive.rules import Constituency

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
        may_arrange, PeriodForm, about_persons=False, order=45, holds=(Idea,),
    ),
    Listing(
        "doublefive.projects", _("Projects of the double five"), _project_columns, _project_rows,
        may_arrange, PeriodForm, about_persons=False, order=46, holds=(Project, Chosen),
    ),
)  # fmt: skip


def _verdicts(_actor: Actor, _values: _Values, _now: datetime) -> list[dict[str, Any]]:
    """As published, and no other way: who said what of which project stands nowhere together."""
    return [
        {**line, "year": one.season.year}
        for one in Appraisal.objects.select_related("season").order_by("season__year")
        if one.is_published
        for line in one.report["projects"]
    ]


def _verdict_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Year"), lambda line: line["year"]),
        Column(_("Place"), lambda line: line["place"]),
        *(
            Column(heading, partial(_part, name))
            for name, heading in (
                ("title", _("Title")), ("answered", _("Gave an opinion")), ("done", _("Find it done")),
                ("seen", _("Have seen it")), ("percent", _("Satisfied in %")),
            )
        ),
    )  # fmt: skip


def _part(name: str, line: Mapping[str, Any]) -> Cell:  # Any: what JSON holds
    value: Cell = line.get(name)
    return value


def _told(_actor: Actor) -> "QuerySet[Remark]":
    shown = [
        remark for season in Season.objects.all() for remark in remarks_of(season).values_list("pk")
    ]  # fmt: skip
    rows: QuerySet[Remark] = Remark.objects.filter(pk__in=[pk for (pk,) in shown])
    return rows


APPRAISED: Final = Listing(
    "doublefive.appraisals", _("What became of the five, as it was appraised"), _verdict_columns,
    _verdicts, may_arrange, about_persons=False, order=46, holds=(Appraisal, Verdict),
)  # fmt: skip
TABLES: Final = (
    table(
        "doublefive.seasons", _("Years of the double five"), Season, may=may_arrange, order=45,
        about_persons=False, columns=(
            (_("Year"), "year"), (_("Stage"), "stage"), (_("Collected until"), "collects_until"),
        ),
    ),
    table(
        "doublefive.criteria", _("Criteria of the double five"), Criterion, may=may_arrange, order=45,
        related=("season",), about_persons=False, columns=(
            (_("Year"), "season.year"), (_("Number"), "position"), (_("Words"), "words"),
        ),
    ),
    table(
        "doublefive.votes", _("Votes of the double five"), VotedOn, may=may_arrange, order=46,
        related=("season",), holds=(SeasonVote,), about_persons=False, columns=(
            (_("Year"), "season.year"), (_("Constituency"), lambda row: CONSTITUENCY_LABELS[Constituency(row.constituency)]), (_("On the roll"), "size"),
            (_("Fingerprint of the roll"), "digest"), (_("Fingerprint of the board"), "board_root"),
        ),
    ),
    table(
        "doublefive.milestones", _("Steps of projects"), Milestone, may=may_arrange, order=46,
        rows=lambda _actor: Milestone.objects.prefetch_related("delays"),
        related=("project__chosen__idea", "project__chosen__season"), holds=(Delay,),
        about_persons=False, columns=(
            (_("Year"), "project.chosen.season.year"), (_("Project"), "project.chosen.idea.title"),
            (_("Step"), "what"), (_("Limit"), "due_at"), (_("Done on"), "done_at"),
            (_("What came of it"), "done_words"),
            (_("Put off because"), lambda row: "；".join(one.reason for one in row.delays.all())),
        ),
    ),
    table(
        "doublefive.expenses", _("Money spent on projects"), Expense, may=may_arrange, order=46,
        when="spent_on", related=("project__chosen__idea", "project__chosen__season"),
        about_persons=False, columns=(
            (_("Year"), "project.chosen.season.year"), (_("Project"), "project.chosen.idea.title"),
            (_("Day"), "spent_on"), (_("Amount in yuan"), "yuan"), (_("What for"), "what"),
        ),
    ),
    table(
        "doublefive.comments", _("What readers said of projects"), Comment, may=may_arrange, order=46,
        when="at", related=("project__chosen__idea",), about_persons=False, columns=(
            (_("Project"), "project.chosen.idea.title"), (_("When"), "at"), (_("Words"), "words"),
            (_("State"), "state"), (_("Answer"), "answer"),
        ),
    ),
    table(
        "doublefive.remarks", _("What people wrote when the five were appraised"), Remark,
        may=may_arrange, order=46, rows=_told, related=("project__chosen__idea",), columns=(
            (_("Project"), "project.chosen.idea.title"), (_("Words"), "words"),
        ),
    ),
    table(
        "doublefive.representatives", _("New residents' representatives"), Representative,
        may=may_keep_representatives, order=46, related=("person",), columns=(
            (_("Name"), "person.name"), (_("Put forward by"), "put_forward_by"),
            (_("How chosen"), "chosen_how"), (_("Since"), "since"), (_("Until"), "until"),
            (_("Recalled"), "recalled_on"), (_("Reason"), "recall_reason"),
        ),
    ),
    table(
        "doublefive.roll_rules", _("Rules of the roll"), RollRule, may=may_arrange, order=46,
        related=("season",), about_persons=False, columns=(
            (_("Year"), "season.year"), (_("Number"), "position"), (_("Title"), "title"),
            (_("Words"), "words"), (_("Least age"), "least_age"),
        ),
    ),
)  # fmt: skip
