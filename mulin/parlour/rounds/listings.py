"""Visits to homes as a file for the desk; which officer went is not in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.clock import SHANGHAI
from mulin.parlour.rounds.models import HandOver, RoundVisit, Wish

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _is_desk(actor: Actor) -> bool:
    return actor.is_desk


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("When"), lambda row: _when(row.at)),
        Column(_("Grid"), lambda row: str(row.grid)),
        Column(_("Dwelling"), lambda row: str(row.dwelling)),
        Column(_("What came of it"), lambda row: str(row.get_outcome_display())),
        Column(_("Note"), lambda row: row.note),
        Column(_("Demand"), lambda row: row.need.number if row.need else ""),
    )


def _rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[RoundVisit]":
    rows: QuerySet[RoundVisit] = RoundVisit.objects.filter(during("at", values))
    return rows.select_related("grid", "dwelling__unit__building", "need").order_by("at", "id")


LISTINGS: Final = (
    Listing(
        "rounds.visits",
        _("Visits to homes"),
        _columns,
        _rows,
        _is_desk,
        PeriodForm,
        order=48,
        holds=(RoundVisit,),
    ),
)


TABLES: Final = (
    table(
        "rounds.wishes", _("Homes that were to be looked in on"), Wish, may=_is_desk, order=48,
        when="asked_at", related=("dwelling__unit__building",), columns=(
            (_("Asked"), "asked_at"), (_("Dwelling"), "dwelling"), (_("Words"), "words"),
            (_("Done on"), "fulfilled_at"),
        ),
    ),
    table(
        "rounds.hand_overs", _("Hand-overs of rounds"), HandOver, may=_is_desk, order=48,
        when="since", related=("membership__account", "membership__grid", "deputy"), columns=(
            (_("Grid"), "membership.grid.name"), (_("Whose"), "membership.account.display_name"),
            (_("Deputy"), "deputy.display_name"), (_("From"), "since"), (_("Until"), "until"),
            (_("State"), "state"),
        ),
    ),
)  # fmt: skip
