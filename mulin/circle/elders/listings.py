"""Elders, visits and services as files, for whoever keeps the room; health cards are in none."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Contact, Elder, Fact, Pair, ServiceOrder
from mulin.circle.elders.permissions import may_keep
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _care_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Name"), lambda row: row.person.name),
        Column(_("Lives at"), lambda row: row.person.address),
        Column(
            _("What is so"),
            lambda row: "、".join(str(one.get_category_display()) for one in row.standing_facts),
        ),
        Column(_("Since"), lambda row: row.since),
        Column(
            _("Helper"), lambda row: "、".join(str(one.helper) for one in row.standing_pairs)
        ),
        Column(_("Next by"), lambda row: _when(row.due_at)),
        Column(_("Dialect"), lambda row: row.dialect),
        Column(_("Likes"), lambda row: row.interests),
        Column(_("Can do for others"), lambda row: row.can_do),
    )  # fmt: skip


def _care_rows(actor: Actor, _values: _Values, _now: datetime) -> "QuerySet[Elder]":
    standing = Fact.objects.filter(until__isnull=True)
    pairs = Pair.objects.alive().select_related("helper__person")
    rows: QuerySet[Elder] = Elder.objects.in_care().visible_to(actor).select_related("person")
    return rows.prefetch_related(
        Prefetch("facts", standing, "standing_facts"), Prefetch("pairs", pairs, "standing_pairs")
    ).order_by("person__pinyin", "id")


def _visit_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("When"), lambda row: _when(row.at)),
        Column(_("Elder"), lambda row: row.elder.person.name),
        Column(_("By which way?"), lambda row: str(row.get_way_display())),
        Column(_("Who went?"), lambda row: row.who),
        Column(_("How was it?"), lambda row: str(row.get_outcome_display())),
        Column(_("Minutes"), lambda row: row.minutes),
    )


def _visit_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Contact]":
    rows: QuerySet[Contact] = Contact.objects.select_related(
        "elder__person", "helper__person", "entered_by"
    )
    return rows.filter(during("at", values)).order_by("at", "id")


def _order_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("When"), lambda row: _when(row.asked_at)),
        Column(_("Elder"), lambda row: row.elder.person.name),
        Column(_("Service"), lambda row: row.service.name),
        Column(_("By whom?"), lambda row: row.service.provider and row.service.provider.name),
        Column(_("Yuan"), lambda row: row.yuan),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Ended"), lambda row: _when(row.ended_at)),
        Column(_("Minutes"), lambda row: row.minutes),
        Column(_("Rating"), lambda row: row.rating),
    )


def _order_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[ServiceOrder]":
    rows: QuerySet[ServiceOrder] = ServiceOrder.objects.select_related(
        "elder__person", "service__provider"
    )
    return rows.filter(during("asked_at", values)).order_by("asked_at", "id")


LISTINGS: Final = (
    Listing("elders.care", _("Elders in care"), _care_columns, _care_rows, may_keep, order=58),
    Listing(
        "elders.visits", _("Visits and calls to elders"), _visit_columns, _visit_rows, may_keep,
        PeriodForm, order=59,
    ),
    Listing(
        "elders.orders", _("Services for elders"), _order_columns, _order_rows, may_keep,
        PeriodForm, order=60,
    ),
)  # fmt: skip
