"""Published results of the yearly survey as a file: a line for each question of each year."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Column, Listing
from mulin.parlour.survey.queries import reports

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
        for line in report.figures["questions"]
    ]


LISTINGS: Final = (
    Listing(
        "survey.results", _("Results of the yearly survey"), _columns, _rows, _may,
        about_persons=False, order=49,
    ),
)  # fmt: skip
