"""Calls for help as a file, for whoever reads them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _is_desk(actor: Actor) -> bool:
    return actor.is_desk


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("When"), lambda row: _when(row.opened_at)),
        Column(_("Why"), lambda row: str(row.get_cause_display())),
        Column(_("Name"), lambda row: row.person and row.person.name),
        Column(_("Where"), lambda row: row.where),
        Column(_("A trial"), lambda row: _("yes") if row.is_trial else ""),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Who went"), lambda row: row.going),
        Column(_("Went"), lambda row: _when(row.going_at)),
        Column(_("Was there"), lambda row: _when(row.there_at)),
        Column(_("Ended"), lambda row: _when(row.ended_at)),
        Column(_("What it was"), lambda row: str(row.get_outcome_display())),
    )


def _rows(actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Alarm]":
    rows: QuerySet[Alarm] = Alarm.objects.real().visible_to(actor).select_related("person")
    return rows.filter(during("opened_at", values)).order_by("opened_at", "id")


LISTINGS: Final = (
    Listing("alarms.alarms", _("Calls for help"), _columns, _rows, _is_desk, PeriodForm, order=63),
)
