"""Volunteers as a file; service as one for the national system: its columns are data with a version."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Service, Volunteer
from mulin.circle.volunteers.permissions import may_keep
from mulin.circle.volunteers.queries import volunteers_for
from mulin.circle.volunteers.rules import hours_of
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI, end_of_day, start_of_day
from mulin.kit.sheets import Cell

LAYOUT: Final = Path(__file__).resolve().parent / "data" / "national.toml"


def _value(name: str, row: Service) -> Cell:
    volunteer, activity = row.volunteer, row.activity
    gathering = activity.gathering
    values: Mapping[str, Cell] = {
        "national_number": volunteer.national_number,
        "number": volunteer.number,
        "name": volunteer.person.name,
        "activity": gathering.title,
        "kind": activity.kind.name,
        "place": gathering.where,
        "begins": row.begins_at.astimezone(SHANGHAI),
        "ends": row.ends_at.astimezone(SHANGHAI),
        "minutes": row.minutes,
        "hours": hours_of(row.minutes),
        "organiser": activity.organisation.name if activity.organisation else "",
    }
    return values[name]


def _column(label: str, name: str) -> Column:
    return Column(label, lambda row: _value(name, row))


def columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    """The columns of the layout, in its order and under its headings."""
    layout = tomllib.loads(LAYOUT.read_text(encoding="utf-8"))
    return [_column(one["heading"], one["value"]) for one in layout["column"]]


def _rows(
    _actor: Actor, values: Mapping[str, Any], _now: datetime
) -> "QuerySet[Service]":  # Any: cleaned values
    rows: QuerySet[Service] = Service.objects.select_related(
        "volunteer__person",
        "activity__gathering__place",
        "activity__kind",
        "activity__organisation",
    )
    if first := values.get("first"):
        rows = rows.filter(begins_at__gte=start_of_day(first))
    if last := values.get("last"):
        rows = rows.filter(begins_at__lt=end_of_day(last))
    return rows.order_by("begins_at", "id")


SERVICES: Final = Listing(
    name="volunteers.services",
    label=_("Volunteers' service, for the national system"),
    columns=columns,
    rows=_rows,
    may=may_keep,
    form=PeriodForm,
    order=62,
)


def _people_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("Name"), lambda row: row.person.name),
        Column(_("Skills"), lambda row: "、".join(row.skills)),
        Column(_("When do you have time?"), lambda row: row.times),
        Column(_("Team"), lambda row: row.team),
        Column(_("Hours"), lambda row: hours_of(row.minutes)),
        Column(_("Since"), lambda row: row.joined_on),
        Column(_("Left"), lambda row: row.left_on),
    )


def _people_rows(
    actor: Actor, _values: Mapping[str, Any], _now: datetime
) -> "QuerySet[Volunteer]":  # Any: cleaned values
    return volunteers_for(actor)


PEOPLE: Final = Listing(
    name="volunteers.people",
    label=_("Volunteers"),
    columns=_people_columns,
    rows=_people_rows,
    may=may_keep,
    order=61,
)
