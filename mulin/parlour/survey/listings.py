"""Published results of the yearly survey as a file: a line for each question of each year."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.parlour.survey.models import (
    Question,
    Remark,
    Report,
    Sampled,
    Survey,
)
from mulin.parlour.survey.permissions import may_enter, may_read_remarks
from mulin.parlour.survey.queries import remarks, reports

_Line = dict[str, Any]  # Any: what JSON holds


def _may(actor: Actor) -> bool:
    return actor.is_handler


def _number(name: str) -> Column:
    labels = {"percent": _("Satisfied in %"), "low": _("At least in %"), "high": _("At most in %")}
    return Column(labels[name], lambda line: Decimal(line[name]) if line.get(name) else None)


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Year"), lambda line: line["year"]),
        Column(_("Question"), lambda line: line["words"]),
        Column(_("Gave an opinion"), lambda line: line.get("answered")),
        Column(_("Satisfied"), lambda line: line.get("satisfied")),
        *(_number(name) for name in ("percent", "low", "high")),
    )


def _rows(_actor: Actor, _values: Mapping[str, Any], _now: datetime) -> list[_Line]:
    return [
        {**line, "year": report.survey.year}
        for report in reports()
        for line in report.told["questions"]
    ]


LISTINGS: Final = (
    Listing(
        "survey.results", _("Results of the yearly survey"), _columns, _rows, _may,
        about_persons=False, order=49, holds=(Report, Question),
    ),
)  # fmt: skip


def _told(_actor: Actor) -> "QuerySet[Remark]":
    """Of surveys that are over, and of which enough came back."""
    shown = [
        survey.pk for survey in Survey.objects.select_related("standard")
        if survey.is_over and remarks(survey).exists()
    ]  # fmt: skip
    rows: QuerySet[Remark] = Remark.objects.filter(survey__in=shown)
    return rows


TABLES: Final = (
    table(
        "survey.surveys", _("Yearly surveys"), Survey, may=may_enter, order=49,
        about_persons=False, columns=(
            (_("Year"), "year"), (_("State"), "state"), (_("How homes were chosen"), "method"),
            (_("Homes to draw from"), "frame_size"), (_("First day"), "first_day"),
            (_("Last day"), "last_day"), (_("Closed"), "closed_at"),
        ),
    ),
    table(
        "survey.households", _("Households that were drawn"), Sampled, may=may_enter, order=49,
        related=("survey", "grid"), columns=(
            (_("Year"), "survey.year"), (_("Grid"), "grid.name"), (_("Lives at"), "address"),
            (_("What became of it"), "disposition"), (_("Tries"), "tries"),
            (_("Last tried"), "last_tried_on"),
        ),
    ),
    table(
        "survey.remarks", _("What people wrote in surveys"), Remark, may=may_read_remarks, order=49,
        rows=_told, related=("survey",), columns=((_("Year"), "survey.year"), (_("Words"), "words")),
    ),
)  # fmt: skip
