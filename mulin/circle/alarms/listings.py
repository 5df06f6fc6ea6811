"""Calls for help as a file, for whoever reads them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm, Away, Contact, Device, Event, Watch
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
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
    Listing(
        "alarms.alarms",
        _("Calls for help"),
        _columns,
        _rows,
        _is_desk,
        PeriodForm,
        order=63,
        holds=(Alarm,),
    ),
)


def _seen_alarms(actor: Actor) -> "QuerySet[Event]":
    alarms = Alarm.objects.real().visible_to(actor)
    rows: QuerySet[Event] = Event.objects.filter(alarm__in=alarms.values("pk"))
    return rows


def _seen_watches(actor: Actor) -> "QuerySet[Watch]":
    rows: QuerySet[Watch] = Watch.objects.visible_to(actor)
    return rows.prefetch_related("contacts")


def _contacts(watch: Watch) -> str:
    return "；".join(
        " ".join(filter(None, (str(one.get_kind_display()), one.name, one.phone or "")))
        for one in watch.contacts.all()
    )


def _sheet_is_read(actor: Actor, _now: datetime) -> "QuerySet[Community]":
    """Where keys lie and whom to call: as at the sheet for the drawer, it is written down."""
    rows: QuerySet[Community] = Community.objects.filter(pk=actor.community_id)
    return rows


TABLES: Final = (
    table(
        "alarms.events", _("What happened at each call for help"), Event, may=_is_desk, order=63,
        rows=_seen_alarms, when="at", related=("alarm", "device"), columns=(
            (_("Number"), "alarm.number"), (_("When"), "at"), (_("What"), "what"),
            (_("Who"), "who"), (_("Device"), "device"),
        ),
    ),
    table(
        "alarms.watches", _("Who is watched over"), Watch, may=_is_desk, order=63,
        rows=_seen_watches, related=("person",), holds=(Contact,), looks=_sheet_is_read, columns=(
            (_("Name"), "person.name"), (_("Lives at"), "person.address"), (_("Since"), "since"),
            (_("Ended"), "ended_at"), (_("Where the key is"), "key_where"),
            (_("What a helper must know"), "note"), (_("Whom to call"), _contacts),
            (_("Morning"), "morning"), (_("Evening"), "evening"),
        ),
    ),
    table(
        "alarms.aways", _("Days on which somebody watched over was away"), Away, may=_is_desk,
        order=63, related=("watch__person",), columns=(
            (_("Name"), "watch.person.name"), (_("From"), "since"), (_("Until"), "until"),
            (_("Where"), "where"),
        ),
    ),
    table(
        "alarms.devices", _("Devices that call for help"), Device, may=_is_desk, order=63,
        related=("watch__person", "vendor"), columns=(
            (_("Code"), "code"), (_("Kind"), "kind"), (_("Name"), "watch.person.name"),
            (_("Place"), "place"), (_("Maker"), "vendor.name"),
            (_("Number there"), "vendor_number"), (_("Since"), "made_at"),
            (_("Retired"), "retired_at"), (_("Last heard of"), "heard_at"),
        ),
    ),
)  # fmt: skip
