"""Ideas and what became of them as a file for the desk; who asked is not in it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.clock import SHANGHAI
from mulin.parlour.suggestions.models import Idea, MinutePoint, Opinion, Stand, Statement, Topic
from mulin.parlour.suggestions.permissions import may_answer_ideas
from mulin.parlour.suggestions.rules import LEAST_GROUP

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.need.number),
        Column(_("Came"), lambda row: _when(row.came_at)),
        Column(_("Words"), lambda row: row.need.words),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Answer by"), lambda row: _when(row.due_at)),
        Column(_("Ended"), lambda row: _when(row.ended_at)),
        Column(_("Answer"), lambda row: row.answer),
        Column(_("Adopted into"), lambda row: row.adopted_into),
        Column(_("Refused because"), lambda row: str(row.get_refusal_display())),
        Column(_("Merged into"), lambda row: row.lead and row.lead.need.number),
        Column(_("For it"), lambda row: row.supporters),
        Column(_("Against it"), lambda row: row.objectors),
    )


def _rows(_actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Idea]":
    rows: QuerySet[Idea] = Idea.objects.filter(during("came_at", values), need__is_sealed=False)
    return rows.select_related("need", "lead__need").order_by("came_at", "id")


LISTINGS: Final = (
    Listing(
        "suggestions.ideas", _("Ideas 金点子"), _columns, _rows, may_answer_ideas, PeriodForm,
        order=44, holds=(Idea,),
    ),
)  # fmt: skip


def _minutes(_actor: Actor) -> "QuerySet[MinutePoint]":
    rows: QuerySet[MinutePoint] = MinutePoint.objects.exclude(need__is_sealed=True)
    return rows


def _statements(_actor: Actor) -> "QuerySet[Statement]":
    """With how many said what: a number under five tells too much of a few, so it isn't there."""
    rows: QuerySet[Statement] = Statement.objects.annotate(
        voices=Count("opinions"),
        yes=Count("opinions", filter=Q(opinions__vote=1)),
        no=Count("opinions", filter=Q(opinions__vote=-1)),
    ).order_by("id")
    return rows


def _of_many(name: str) -> Callable[[Any], int | None]:  # Any: a statement with its counts
    return lambda row: getattr(row, name) if row.voices >= LEAST_GROUP else None


TABLES: Final = (
    table(
        "suggestions.stands", _("For and against ideas"), Stand, may=may_answer_ideas, order=44,
        rows=lambda _actor: Stand.objects.filter(idea__need__is_sealed=False), when="at",
        related=("idea__need",), about_persons=False, columns=(
            (_("Number"), "idea.need.number"), (_("Side"), "side"), (_("Reason"), "reason"),
            (_("When"), "at"),
        ),
    ),
    table(
        "suggestions.minutes", _("What was said at gatherings, point by point"), MinutePoint,
        may=may_answer_ideas, order=44, rows=_minutes, when="gathering__starts_at",
        related=("gathering", "need"), columns=(
            (_("Day"), "gathering.starts_at"), (_("Gathering"), "gathering.title"),
            (_("Words"), "text"), (_("What became of it"), "fate"), (_("Number"), "need.number"),
        ),
    ),
    table(
        "suggestions.topics", _("Questions to all, with their sentences"), Statement,
        may=may_answer_ideas, order=44, rows=_statements, related=("topic",),
        holds=(Topic, Opinion), about_persons=False, columns=(
            (_("Question"), "topic.question"), (_("Since"), "topic.opened_at"),
            (_("Last day"), "topic.last_day"), (_("Sentence"), "words"), (_("State"), "state"),
            (_("Voices"), _of_many("voices")), (_("Agree"), _of_many("yes")),
            (_("Disagree"), _of_many("no")),
        ),
    ),
)  # fmt: skip
