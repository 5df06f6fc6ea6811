"""Matters of the deliberation hall as a file for the desk."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.deliberation.permissions import may_conduct
from mulin.parlour.deliberation.queries import matters_for

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("Title"), lambda row: row.title),
        Column(_("Words"), lambda row: row.words),
        Column(_("Proposed by"), lambda row: str(row.get_origin_display())),
        Column(_("Proposed"), lambda row: _when(row.proposed_at)),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Reason"), lambda row: row.reason),
        Column(_("What came of it"), lambda row: row.outcome),
        Column(_("Finished"), lambda row: _when(row.finished_at)),
    )


def _rows(actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Matter]":
    return matters_for(actor).filter(during("proposed_at", values)).order_by("proposed_at", "id")


LISTINGS: Final = (
    Listing(
        "deliberation.matters", _("Matters of the deliberation hall"), _columns, _rows, may_conduct,
        PeriodForm, about_persons=False, order=47,
    ),
)  # fmt: skip
