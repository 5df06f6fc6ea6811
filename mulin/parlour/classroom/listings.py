"""Lessons and stopped frauds as files, for whoever keeps them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.kit.clock import SHANGHAI
from mulin.parlour.classroom.models import Lesson, StoppedFraud
from mulin.parlour.classroom.permissions import may_teach, may_tell_stopped
from mulin.parlour.classroom.queries import lessons

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _lesson_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("When"), lambda row: _when(row.gathering.starts_at)),
        Column(_("Title"), lambda row: row.gathering.title),
        Column(_("Subject"), lambda row: str(row.kit.get_subject_display())),
        Column(_("Where"), lambda row: str(row.get_site_display())),
        Column(_("Teacher"), lambda row: row.teacher),
        Column(_("State"), lambda row: str(row.gathering.get_state_display())),
        Column(_("Came, by name"), lambda row: row.came),
        Column(_("Came without a name"), lambda row: row.gathering.walk_ins),
        Column(_("Questions of the quiz"), lambda row: len(row.tally)),
        Column(_("In the quiz"), lambda row: row.players_were),
    )


def _lesson_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Lesson]":
    came = Count("gathering__attendances", filter=Q(gathering__attendances__came_at__isnull=False))
    rows = lessons().filter(during("gathering__starts_at", values)).annotate(came=came)
    return rows.order_by("gathering__starts_at", "id")


def _stopped_columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Day"), lambda row: row.day),
        Column(_("Which trick"), lambda row: str(row.get_trick_display())),
        Column(_("Yuan"), lambda row: row.amount_yuan),
        Column(_("Who stopped it"), lambda row: str(row.get_stopper_display())),
        Column(_("How"), lambda row: row.how),
        Column(_("Lesson"), lambda row: row.lesson and row.lesson.gathering.title),
    )


def _stopped_rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[StoppedFraud]":
    rows: QuerySet[StoppedFraud] = StoppedFraud.objects.select_related("lesson__gathering")
    if values.get("first"):
        rows = rows.filter(day__gte=values["first"])
    if values.get("last"):
        rows = rows.filter(day__lte=values["last"])
    return rows.order_by("day", "id")


LISTINGS: Final = (
    Listing(
        "classroom.lessons", _("Lessons of the grid classroom"), _lesson_columns, _lesson_rows,
        may_teach, PeriodForm, about_persons=False, order=42,
    ),
    Listing(
        "classroom.stopped", _("Frauds that were stopped"), _stopped_columns, _stopped_rows,
        may_tell_stopped, PeriodForm, order=43,
    ),
)  # fmt: skip
