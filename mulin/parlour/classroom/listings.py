"""Lessons and stopped frauds as files, for whoever keeps them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.ground.figures.rules import MIN_COUNT
from mulin.kit.clock import SHANGHAI
from mulin.parlour.classroom.models import (
    Draw,
    Feedback,
    Kit,
    Lesson,
    OnlineLesson,
    OnlineVisit,
    StoppedFraud,
)
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
        may_teach, PeriodForm, about_persons=False, order=42, holds=(Lesson,),
    ),
    Listing(
        "classroom.stopped", _("Frauds that were stopped"), _stopped_columns, _stopped_rows,
        may_tell_stopped, PeriodForm, order=43, holds=(StoppedFraud,),
    ),
)  # fmt: skip


def _of_many(name: str) -> Callable[[Any], Decimal | None]:  # Any: a lesson with its averages
    """How few found a lesson isn't told: somebody would be known by it."""
    return lambda row: round(Decimal(getattr(row, name)), 2) if row.faces >= MIN_COUNT else None


def _felt(_actor: Actor) -> "QuerySet[Lesson]":
    rows: QuerySet[Lesson] = Lesson.objects.filter(feedback__isnull=False).annotate(
        faces=Count("feedback"), understood=Avg("feedback__understood"),
        useful=Avg("feedback__useful"), again=Avg("feedback__again"),
    ).order_by("-gathering__starts_at", "-id")  # fmt: skip
    return rows


TABLES: Final = (
    table(
        "classroom.kits", _("Kits of lessons"), Kit, may=may_teach, order=42, about_persons=False,
        columns=(
            (_("Title"), "title"), (_("Version"), "number"), (_("Latest"), "is_latest"),
            (_("Subject"), "subject"), (_("Form"), "form"), (_("Aim"), "aim"),
            (_("Materials"), "materials"), (_("Plan"), "plan"), (_("Script"), "script"),
            (_("Quiz"), "quiz"), (_("Scene"), "scene"), (_("Saved"), "saved_at"),
        ),
    ),
    table(
        "classroom.feedback", _("How lessons were found"), Lesson, may=may_teach, order=42,
        rows=_felt, when="gathering__starts_at", related=("gathering",), holds=(Feedback,),
        about_persons=False, columns=(
            (_("When"), "gathering.starts_at"), (_("Title"), "gathering.title"),
            (_("Answers"), "faces"), (_("Understood, of 3"), _of_many("understood")),
            (_("Useful, of 3"), _of_many("useful")), (_("Again, of 3"), _of_many("again")),
        ),
    ),
    table(
        "classroom.draws", _("Prize draws"), Draw, may=may_teach, order=42, when="listed_at",
        related=("lesson__gathering",), columns=(
            (_("Lesson"), "lesson.gathering.title"), (_("Listed"), "listed_at"),
            (_("Entrants"), "entrants"), (_("Fingerprint"), "fingerprint"), (_("Prizes"), "prizes"),
            (_("Whose number"), "source"), (_("Number"), "number"), (_("Winners"), "winners"),
        ),
    ),
    table(
        "classroom.online", _("Online classroom"), OnlineLesson, may=may_teach, order=42,
        rows=lambda _actor: OnlineLesson.objects.annotate(read=Count("visits")),
        related=("kit",), holds=(OnlineVisit,), about_persons=False, columns=(
            (_("Title"), "title"), (_("Kit"), "kit.title"), (_("Film"), "film"),
            (_("Opened"), "opened_at"), (_("Closed since"), "closed_at"), (_("Read to the end"), "read"),
        ),
    ),
)  # fmt: skip
