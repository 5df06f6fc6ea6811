"""Elders, visits and services as files, for whoever keeps the room; health cards are in none."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import (
    TIME_LABELS,
    Assessment,
    Contact,
    Elder,
    Fact,
    Group,
    Hand,
    Helper,
    Kin,
    Meeting,
    Member,
    Pair,
    Service,
    ServiceOrder,
    Thanks,
)
from mulin.circle.elders.permissions import may_keep
from mulin.circle.elders.rules import Time
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
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
        Column(_("Who gives it"), lambda row: row.service.provider and row.service.provider.name),
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
    Listing("elders.care", _("Elders in care"), _care_columns, _care_rows, may_keep, order=58, holds=(Elder,),
    ),
    Listing(
        "elders.visits", _("Visits and calls to elders"), _visit_columns, _visit_rows, may_keep,
        PeriodForm, order=59, holds=(Contact,),
    ),
    Listing(
        "elders.orders", _("Services for elders"), _order_columns, _order_rows, may_keep,
        PeriodForm, order=60, holds=(ServiceOrder,),
    ),
)  # fmt: skip


def _times(helper: Helper) -> str:
    chosen = filter(None, helper.times.split(","))
    return "、".join(str(TIME_LABELS[Time(one)]) for one in chosen)


TABLES: Final = (
    table(
        "elders.facts", _("What was so of elders, and since when"), Fact, may=may_keep, order=58,
        related=("elder__person",), columns=(
            (_("Name"), "elder.person.name"), (_("What is so"), "category"), (_("Since"), "since"),
            (_("Until"), "until"), (_("Known from"), "source"),
        ),
    ),
    table(
        "elders.assessments", _("Assessments of elders"), Assessment, may=may_keep, order=58,
        related=("elder__person",), columns=(
            (_("Name"), "elder.person.name"), (_("Standard"), "standard"), (_("Level"), "level_label"),
            (_("Score"), "score"), (_("Day"), "assessed_on"), (_("Assessor"), "assessor"),
            (_("Next on"), "next_on"),
        ),
    ),
    table(
        "elders.helpers", _("Neighbours who look in on elders"), Helper, may=may_keep, order=58,
        related=("person",), columns=(
            (_("Name"), "person.name"), (_("Dialect"), "dialects"), (_("Likes"), "interests"),
            (_("When do you have time?"), _times), (_("At most"), "most"), (_("Since"), "since"), (_("Until"), "until"),
        ),
    ),
    table(
        "elders.pairs", _("Pairs of elders and helpers"), Pair, may=may_keep, order=58,
        when="began_at", related=("elder__person", "helper__person"), columns=(
            (_("Elder"), "elder.person.name"), (_("Helper"), "helper.person.name"),
            (_("State"), "state"), (_("Began on"), "began_at"), (_("Ended"), "ended_at"),
            (_("Why it ended"), "why_ended"),
        ),
    ),
    table(
        "elders.kin", _("Family who may see visits and meals"), Kin, may=may_keep, order=58,
        related=("elder__person", "person"), columns=(
            (_("Elder"), "elder.person.name"), (_("Name"), "person.name"),
            (_("Relation"), "relation"), (_("Agreed"), "consented_at"), (_("Until"), "until"),
        ),
    ),
    table(
        "elders.groups", _("Mutual-aid groups"), Group, may=may_keep, order=59, related=("leader",),
        columns=(
            (_("Name"), "name"), (_("What it does"), "does"), (_("Where it meets"), "meets"),
            (_("Leader"), "leader.name"), (_("Began on"), "began_at"), (_("Ended"), "ended_on"),
        ),
    ),
    table(
        "elders.members", _("Members of mutual-aid groups"), Member, may=may_keep, order=59,
        related=("group", "person"), columns=(
            (_("Which group"), "group.name"), (_("Name"), "person.name"), (_("Since"), "since"),
            (_("Until"), "until"),
        ),
    ),
    table(
        "elders.meetings", _("Meetings of mutual-aid groups"), Meeting, may=may_keep, order=59,
        when="gathering__starts_at", related=("gathering", "group"), about_persons=False, columns=(
            (_("When"), "gathering.starts_at"), (_("Which group"), "group.name"),
            (_("Title"), "gathering.title"), (_("State"), "gathering.state"),
        ),
    ),
    table(
        "elders.hands", _("Who helped at gatherings for elders"), Hand, may=may_keep, order=59,
        when="gathering__starts_at", related=("gathering", "person"), columns=(
            (_("When"), "gathering.starts_at"), (_("Title"), "gathering.title"),
            (_("Name"), "person.name"),
        ),
    ),
    table(
        "elders.services", _("Catalogue of services for elders"), Service, may=may_keep, order=60,
        related=("provider",), about_persons=False, columns=(
            (_("Kind"), "kind"), (_("Name"), "name"), (_("Who gives it"), "provider.name"),
            (_("Yuan"), "yuan"), (_("Minutes"), "minutes"), (_("Since"), "since"),
            (_("Ended"), "ended_on"),
        ),
    ),
    table(
        "elders.thanks", _("Thanks of elders"), Thanks, may=may_keep, order=60, when="at",
        related=("elder__person", "person"), columns=(
            (_("When"), "at"), (_("Elder"), "elder.person.name"), (_("Name"), "person.name"),
            (_("Words"), "words"),
        ),
    ),
)  # fmt: skip
