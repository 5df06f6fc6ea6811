"""Volunteers as a file; service as one for the national system: its columns are data with a version."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import (
    Activity,
    ActivityKind,
    Appointment,
    Certificate,
    Correction,
    Duty,
    Offer,
    RecordLine,
    Service,
    Shift,
    Stay,
    Thanks,
    Volunteer,
    Wish,
)
from mulin.circle.volunteers.permissions import may_keep
from mulin.circle.volunteers.queries import volunteers_for
from mulin.circle.volunteers.rules import hours_of
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
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
    holds=(Service,),
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
    holds=(Volunteer,),
)


TABLES: Final = (
    table(
        "volunteers.kinds", _("Kinds of activities"), ActivityKind, may=may_keep, order=61,
        about_persons=False, columns=(
            (_("Name"), "name"), (_("Description"), "about"), (_("Risks"), "risks"),
            (_("Every month"), "is_monthly"), (_("Ended"), "ended_on"),
        ),
    ),
    table(
        "volunteers.activities", _("Activities of volunteers"), Activity, may=may_keep, order=61,
        when="gathering__starts_at", related=("gathering__place", "kind", "organisation"),
        about_persons=False, columns=(
            (_("When"), "gathering.starts_at"), (_("Title"), "gathering.title"),
            (_("Kind"), "kind.name"), (_("Where"), "gathering.where"),
            (_("State"), "gathering.state"), (_("Organisation"), "organisation.name"),
            (_("Insurance"), "insurance"),
        ),
    ),
    table(
        "volunteers.shifts", _("Posts of activities"), Shift, may=may_keep, order=61,
        when="activity__gathering__starts_at", related=("activity__gathering",),
        about_persons=False, columns=(
            (_("Title"), "activity.gathering.title"), (_("Which post"), "post"), (_("From"), "starts_at"),
            (_("Until"), "ends_at"), (_("Wanted"), "wanted"), (_("Skill"), "skill"),
        ),
    ),
    table(
        "volunteers.duties", _("Volunteers on posts"), Duty, may=may_keep, order=61,
        when="shift__activity__gathering__starts_at",
        related=("shift__activity__gathering", "volunteer__person"), columns=(
            (_("Title"), "shift.activity.gathering.title"), (_("Which post"), "shift.post"),
            (_("From"), "shift.starts_at"), (_("Name"), "volunteer.person.name"),
            (_("State"), "stand"),
        ),
    ),
    table(
        "volunteers.stays", _("When volunteers came and left"), Stay, may=may_keep, order=62,
        when="came_at", related=("activity__gathering", "volunteer__person"), columns=(
            (_("Title"), "activity.gathering.title"), (_("Name"), "volunteer.person.name"),
            (_("Came"), "came_at"), (_("Left"), "left_at"),
        ),
    ),
    table(
        "volunteers.corrections", _("Corrections of hours"), Correction, may=may_keep, order=62,
        when="asked_at", related=("activity__gathering", "volunteer__person", "decided_by"), columns=(
            (_("Title"), "activity.gathering.title"), (_("Name"), "volunteer.person.name"),
            (_("Came"), "came_at"), (_("Left"), "left_at"), (_("Why"), "why"),
            (_("Granted"), "is_granted"), (_("Answer"), "answer"),
            (_("Minutes before"), "minutes_before"), (_("Minutes after"), "minutes_after"),
        ),
    ),
    table(
        "volunteers.records", _("Training, honours and evaluations of volunteers"), RecordLine,
        may=may_keep, order=62, when="day", related=("volunteer__person",), columns=(
            (_("Day"), "day"), (_("Name"), "volunteer.person.name"), (_("Kind"), "block"),
            (_("What"), "what"), (_("Who gave it"), "giver"), (_("Minutes"), "minutes"),
        ),
    ),
    table(
        "volunteers.certificates", _("Certificates of volunteers"), Certificate, may=may_keep,
        order=62, when="asked_at", related=("volunteer__person", "issued_by"), columns=(
            (_("Number"), "number"), (_("Name"), "volunteer.person.name"), (_("From"), "since"),
            (_("Until"), "until"), (_("Used for"), "purpose"), (_("Hours"), "hours"),
            (_("Issued"), "issued_at"), (_("Issued by"), "issued_by.display_name"),
            (_("Revoked"), "revoked_at"), (_("Why"), "revoked_why"),
        ),
    ),
    table(
        "volunteers.appointments", _("Appointments at activities"), Appointment, may=may_keep,
        order=62, when="activity__gathering__starts_at", related=("activity__gathering", "person"),
        columns=(
            (_("Title"), "activity.gathering.title"), (_("When"), "at"), (_("Name"), "name"),
            (_("Note"), "note"), (_("Served"), "served_at"), (_("Called off"), "cancelled_at"),
        ),
    ),
    table(
        "volunteers.wishes", _("Activities that were wished for"), Wish, may=may_keep, order=62,
        when="at", related=("activity__gathering",), about_persons=False, columns=(
            (_("When"), "at"), (_("Title"), "title"), (_("Activity"), "activity.gathering.title"),
            (_("Ended"), "ended_at"), (_("Answer"), "answer"),
        ),
    ),
    table(
        "volunteers.offers", _("Offers of merchants"), Offer, may=may_keep, order=62,
        rows=lambda _actor: Offer.objects.annotate(used=Count("coupons__used_at")),
        related=("organisation",), about_persons=False, columns=(
            (_("Organisation"), "organisation.name"), (_("Title"), "title"), (_("For whom"), "audience"),
            (_("At most"), "most"), (_("Hours needed"), "hours_needed"), (_("Since"), "since"),
            (_("Until"), "until"), (_("Used"), "used"),
        ),
    ),
    table(
        "volunteers.thanks", _("Thanks to volunteers"), Thanks, may=may_keep, order=62, when="at",
        related=("person", "activity__gathering"), columns=(
            (_("When"), "at"), (_("Words"), "words"), (_("Signed"), "signed"),
            (_("Activity"), "activity.gathering.title"), (_("Shown"), "is_shown"),
        ),
    ),
)  # fmt: skip
