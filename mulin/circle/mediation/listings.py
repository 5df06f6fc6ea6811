"""The register as a file, for whoever keeps it: as on the page, without a word of what a case is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import (
    KINDS,
    Case,
    Committee,
    CommitteeMember,
    Court,
    Mediator,
    Precedent,
    Seat,
)
from mulin.circle.mediation.permissions import may_direct
from mulin.circle.mediation.rules import SeatState
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.clock import SHANGHAI, end_of_day, start_of_day


def columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    """What the register shows."""
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("What about"), lambda row: str(row.get_kind_display())),
        Column(_("How it came"), lambda row: str(row.get_source_display())),
        Column(_("Received"), lambda row: row.received_at.astimezone(SHANGHAI)),
        Column(_("Mediators"), lambda row: "、".join(str(one.mediator) for one in row.seated)),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Method"), lambda row: str(row.get_method_display())),
        Column(_("Outcome"), lambda row: str(row.get_outcome_display())),
        Column(_("Days taken"), lambda row: row.days_taken),
        Column(_("Promises"), lambda row: str(row.get_kept_display())),
        Column(_("Closed"), lambda row: row.closed_at and row.closed_at.astimezone(SHANGHAI)),
    )


def _rows(
    actor: Actor, values: Mapping[str, Any], _now: datetime
) -> "QuerySet[Case]":  # Any: cleaned values
    seated = Seat.objects.filter(state=SeatState.SEATED).select_related("mediator__person")
    rows: QuerySet[Case] = Case.objects.prefetch_related(Prefetch("seats", seated, "seated"))
    if not may_direct(actor):
        rows = rows.none()
    if first := values.get("first"):
        rows = rows.filter(received_at__gte=start_of_day(first))
    if last := values.get("last"):
        rows = rows.filter(received_at__lt=end_of_day(last))
    return rows.order_by("id")


REGISTER: Final = Listing(
    name="mediation.register",
    label=_("Register of mediation"),
    columns=columns,
    rows=_rows,
    may=may_direct,
    form=PeriodForm,
    order=64,
    holds=(Case, Seat),
)


def _kinds(mediator: Mediator) -> str:
    labels = dict(KINDS)
    return "、".join(str(labels[one]) for one in mediator.kinds)


TABLES: Final = (
    table(
        "mediation.panel", _("Mediators"), Mediator, may=may_direct, order=64,
        related=("person",), columns=(
            (_("Name"), "person.name"), (_("Kinds"), _kinds), (_("Dialect"), "dialects"),
            (_("Card"), "card"), (_("On the committee"), "is_on_committee"), (_("Since"), "since"),
            (_("Left"), "left_on"),
        ),
    ),
    table(
        "mediation.committees", _("Mediation committees"), CommitteeMember, may=may_direct, order=64,
        related=("committee", "person"), holds=(Committee,), columns=(
            (_("Since"), "committee.since"), (_("Until"), "committee.until"),
            (_("Elected by"), "committee.elected_by"), (_("Name"), "person.name"),
            (_("Chair"), "is_chair"), (_("Left"), "left_on"),
        ),
    ),
    table(
        "mediation.courts", _("Courts"), Court, may=may_direct, order=64, about_persons=False,
        columns=(
            (_("Name"), "name"), (_("Ground"), "ground"), (_("Address"), "address"),
            (_("Phone"), "phone"), (_("Ended"), "ended_on"),
        ),
    ),
    table(
        "mediation.precedents", _("What colleagues may learn from"), Precedent, may=may_direct,
        order=64, when="at", columns=(
            (_("When"), "at"), (_("What about"), "kind"), (_("Method"), "method"), (_("Words"), "words"),
            (_("Promises"), "kept"),
        ),
    ),
)  # fmt: skip
