"""Ideas and what became of them as a file for the desk; who asked is not in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI
from mulin.parlour.suggestions.models import Idea
from mulin.parlour.suggestions.permissions import may_answer_ideas

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.need.number),
        Column(_("Came"), lambda row: _when(row.came_at)),
        Column(_("Words"), lambda row: row.need.words),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Answer by"), lambda row: _when(row.due_at)),
        Column(_("Ended"), lambda row: _when(row.ended_at)),
        Column(_("Answer"), lambda row: row.answer),
        Column(_("Adopted into"), lambda row: row.adopted_into),
        Column(_("Refused because"), lambda row: str(row.get_refusal_display())),
        Column(_("Merged into"), lambda row: row.lead and row.lead.need.number),
        Column(_("For it"), lambda row: row.supporters),
        Column(_("Against it"), lambda row: row.objectors),
    )


def _rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Idea]":
    rows: QuerySet[Idea] = Idea.objects.filter(during("came_at", values), need__is_sealed=False)
    return rows.select_related("need", "lead__need").order_by("came_at", "id")


LISTINGS: Final = (
    Listing(
        "suggestions.ideas", _("Ideas 金点子"), _columns, _rows, may_answer_ideas, PeriodForm,
        order=44,
    ),
)  # fmt: skip
