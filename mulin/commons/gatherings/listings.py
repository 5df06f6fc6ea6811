"""Gatherings of every kind, and who came to them, as files for the desk."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import AgendaItem, Attendance, Gathering, Series
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


def _gathering_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("From"), lambda row: _when(row.starts_at)),
        Column(_("Until"), lambda row: _when(row.ends_at)),
        Column(_("Kind"), lambda row: str(row.kind_label)),
        Column(_("Title"), lambda row: row.title),
        Column(_("Where"), lambda row: row.where),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Came, by name"), lambda row: row.came),
        Column(_("Came without a name"), lambda row: row.walk_ins),
    )


def _gathering_rows(actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Gathering]":
    rows: QuerySet[Gathering] = Gathering.objects.visible_to(actor).select_related("place")
    came = Count("attendances", filter=Q(attendances__came_at__isnull=False))
    return rows.filter(during("starts_at", values)).annotate(came=came).order_by("starts_at", "id")


def _attendance_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Day"), lambda row: _when(row.gathering.starts_at)),
        Column(_("Title"), lambda row: row.gathering.title),
        Column(_("Name"), lambda row: row.person.name),
        Column(_("Signed up"), lambda row: str(row.get_stand_display())),
        Column(_("Came"), lambda row: _when(row.came_at)),
        Column(_("Left"), lambda row: _when(row.left_at)),
        Column(_("Minutes"), lambda row: row.minutes),
    )


def _attendance_rows(actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Attendance]":
    seen = Gathering.objects.visible_to(actor).filter(during("starts_at", values))
    rows: QuerySet[Attendance] = Attendance.objects.filter(gathering__in=seen.values("pk"))
    return rows.select_related("gathering", "person").order_by("gathering__starts_at", "line", "id")


LISTINGS: Final = (
    Listing(
        "gatherings.gatherings", _("Meetings, lessons and activities"), _gathering_columns,
        _gathering_rows, _is_desk, PeriodForm, about_persons=False, order=40, holds=(Gathering,),
    ),
    Listing(
        "gatherings.attendances", _("Who came to meetings, lessons and activities"),
        _attendance_columns, _attendance_rows, _is_desk, PeriodForm, order=41, holds=(Attendance,),
    ),
)  # fmt: skip


def _seen(actor: Actor) -> "QuerySet[AgendaItem]":
    seen = Gathering.objects.visible_to(actor)
    rows: QuerySet[AgendaItem] = AgendaItem.objects.filter(gathering__in=seen.values("pk"))
    return rows


TABLES: Final = (
    table(
        "gatherings.agenda", _("Agendas and minutes"), AgendaItem, may=_is_desk, order=40, rows=_seen,
        when="gathering__starts_at", related=("gathering",), columns=(
            (_("Day"), "gathering.starts_at"), (_("Gathering"), "gathering.title"),
            (_("Point"), "position"), (_("Title"), "title"), (_("Who opens it"), "who"),
            (_("Minutes of the record"), "record"),
        ),
    ),
    table(
        "gatherings.series", _("What comes every month"), Series, may=_is_desk, order=40,
        related=("place", "grid"), about_persons=False, columns=(
            (_("Title"), "title"), (_("Days"), "days_in_words"), (_("Begins"), "begins"),
            (_("Ends"), "ends"), (_("Where"), "where"), (_("For whom"), "whom"),
            (_("Since"), "since"), (_("Until"), "ended_on"),
        ),
    ),
)  # fmt: skip
