"""Matters of the deliberation hall as a file for the desk."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, DenseRank
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.ground.figures.rules import MIN_COUNT
from mulin.kit.clock import SHANGHAI
from mulin.parlour.deliberation.models import (
    Amendment,
    Appraisal,
    Argument,
    Matter,
    Meeting,
    MeetingRule,
    Objection,
    Point,
    Proxy,
    Publication,
    Resolution,
    RollEntry,
    Seconder,
    Task,
    Voice,
    Weight,
)
from mulin.parlour.deliberation.permissions import may_conduct
from mulin.parlour.deliberation.queries import matters_for

_Values = Mapping[str, Any]  # Any: cleaned values


def _when(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SHANGHAI)


def _columns(_actor: Actor, _now: datetime) -> Iterable[Column]:
    return (
        Column(_("Number"), lambda row: row.number),
        Column(_("Title"), lambda row: row.title),
        Column(_("Words"), lambda row: row.words),
        Column(_("Proposed by"), lambda row: str(row.get_origin_display())),
        Column(_("Proposed"), lambda row: _when(row.proposed_at)),
        Column(_("State"), lambda row: str(row.get_state_display())),
        Column(_("Reason"), lambda row: row.reason),
        Column(_("What came of it"), lambda row: row.outcome),
        Column(_("Finished"), lambda row: _when(row.finished_at)),
        Column(_("Appraised by"), lambda row: row.voices if row.voices >= MIN_COUNT else None),
        Column(_("Rating of 5"), _rating),
    )


def _rating(row: Any) -> Decimal | None:  # Any: a matter with its appraisals summed
    """How few found it isn't told: each of them sat at the table."""
    return round(Decimal(row.level), 2) if row.voices >= MIN_COUNT else None


def _rows(actor: Actor, values: _Values, _now: datetime) -> "QuerySet[Matter]":
    found = matters_for(actor).filter(during("proposed_at", values))
    # Counted each by itself, so that no other join multiplies them.
    said = Appraisal.objects.filter(matter=OuterRef("pk")).order_by().values("matter")
    return found.annotate(
        voices=Coalesce(Subquery(said.annotate(all=Count("pk")).values("all")), 0),
        level=Subquery(said.annotate(mean=Avg("level")).values("mean")),
    ).order_by("proposed_at", "id")


LISTINGS: Final = (
    Listing(
        "deliberation.matters", _("Matters of the deliberation hall"), _columns, _rows, may_conduct,
        PeriodForm, about_persons=False, order=47, holds=(Matter, Appraisal),
    ),
)  # fmt: skip


def _hung_from(row: Resolution) -> date | None:
    hung = getattr(row, "publication", None)
    return hung and hung.first_day


def _hung_until(row: Resolution) -> date | None:
    hung = getattr(row, "publication", None)
    return hung and hung.last_day


def _seats(_actor: Actor) -> "QuerySet[RollEntry]":
    """Seats are numbered within their meeting; those who share one have the same number."""
    number = Window(DenseRank(), partition_by="meeting", order_by="seat")
    rows: QuerySet[RollEntry] = RollEntry.objects.annotate(place=number)
    return rows


TABLES: Final = (
    table(
        "deliberation.meetings", _("Meetings of the hall"), Meeting, may=may_conduct, order=47,
        when="gathering__starts_at", related=("gathering", "rule"), columns=(
            (_("When"), "gathering.starts_at"), (_("Title"), "gathering.title"),
            (_("Rule"), "rule.name"), (_("Seats"), "roll_seats"), (_("Who leads it"), "chair"),
            (_("Recorder"), "recorder"), (_("Roll frozen"), "frozen_at"),
        ),
    ),
    table(
        "deliberation.rolls", _("Rolls of meetings"), RollEntry, may=may_conduct, order=47,
        rows=_seats, when="meeting__gathering__starts_at", related=("meeting__gathering", "person"), columns=(
            (_("When"), "meeting.gathering.starts_at"), (_("Title"), "meeting.gathering.title"),
            (_("Name"), "person.name"), (_("Seat"), "place"),
        ),
    ),
    table(
        "deliberation.proxies", _("Proxies of meetings"), Proxy, may=may_conduct, order=47,
        when="at", related=("meeting__gathering", "giver__person", "holder__person"), columns=(
            (_("Title"), "meeting.gathering.title"), (_("Who gave it"), "giver.person.name"),
            (_("Who holds it"), "holder.person.name"), (_("When"), "at"),
        ),
    ),
    table(
        "deliberation.seconders", _("Who seconded a motion"), Seconder, may=may_conduct, order=47,
        when="at", related=("matter", "person"), columns=(
            (_("Number"), "matter.number"), (_("Title"), "matter.title"), (_("Name"), "person.name"),
            (_("When"), "at"),
        ),
    ),
    table(
        "deliberation.arguments", _("Reasons for and against"), Argument, may=may_conduct, order=47,
        rows=lambda _actor: Argument.objects.annotate(weighs=Count("weights")), when="at",
        related=("matter",), holds=(Weight,), about_persons=False, columns=(
            (_("Number"), "matter.number"), (_("Side"), "side"), (_("Words"), "words"),
            (_("When"), "at"), (_("Readers for whom it weighs"), "weighs"),
            (_("Hidden because"), "why_hidden"),
        ),
    ),
    table(
        "deliberation.points", _("Points that were voted on"), Point, may=may_conduct, order=47,
        related=("item__gathering", "matter"), about_persons=False, columns=(
            (_("Day"), "item.gathering.starts_at"), (_("Number"), "matter.number"),
            (_("Title"), "matter.title"), (_("Draft"), "draft"),
        ),
    ),
    table(
        "deliberation.amendments", _("Amendments"), Amendment, may=may_conduct, order=47, when="at",
        related=("point__matter",), about_persons=False, columns=(
            (_("Number"), "point.matter.number"), (_("Words"), "words"), (_("Votes for"), "yes"),
            (_("Votes against"), "no"), (_("Abstained"), "abstain"), (_("Present"), "present"),
            (_("Passed"), "is_passed"), (_("When"), "at"),
        ),
    ),
    table(
        "deliberation.resolutions", _("Resolutions"), Resolution, may=may_conduct, order=47,
        when="at", related=("matter", "publication"), holds=(Publication,), about_persons=False,
        columns=(
            (_("Number"), "matter.number"), (_("Title"), "matter.title"), (_("Words"), "words"),
            (_("How it was decided"), "method"), (_("Votes for"), "yes"), (_("Votes against"), "no"), (_("Abstained"), "abstain"),
            (_("Present"), "present"), (_("Seats"), "seats"), (_("Passed"), "is_passed"),
            (_("When"), "at"), (_("Hung out from"), _hung_from), (_("Hung out until"), _hung_until),
        ),
    ),
    table(
        "deliberation.voices", _("Roll calls"), Voice, may=may_conduct, order=47,
        related=("resolution__matter", "entry__person"), columns=(
            (_("Number"), "resolution.matter.number"), (_("Name"), "entry.person.name"),
            (_("Said"), "choice"),
        ),
    ),
    table(
        "deliberation.objections", _("Objections to resolutions"), Objection, may=may_conduct,
        order=47, when="at", related=("publication__matter",), columns=(
            (_("Number"), "publication.matter.number"), (_("When"), "at"), (_("Words"), "words"),
            (_("As it stands in the street"), "shortened"), (_("Answer"), "answer"),
            (_("Upheld"), "is_upheld"), (_("Answered"), "answered_at"),
        ),
    ),
    table(
        "deliberation.tasks", _("Tasks from resolutions"), Task, may=may_conduct, order=47,
        related=("matter", "owner"), columns=(
            (_("Number"), "matter.number"), (_("What"), "what"), (_("Whose"), "owner.display_name"),
            (_("Limit"), "due_at"), (_("Done on"), "done_at"), (_("What shows it"), "evidence"),
        ),
    ),
    table(
        "deliberation.rules", _("Rules of meetings"), MeetingRule, may=may_conduct, order=47,
        about_persons=False, columns=(
            (_("Name"), "name"), (_("Since"), "since"), (_("Counted by"), "basis"),
            (_("Quorum"), lambda row: f"{row.quorum_part}/{row.quorum_whole}"),
            (_("Majority"), lambda row: f"{row.majority_part}/{row.majority_whole}"),
            (_("Majority of"), "majority_of"), (_("Days of notice"), "notice_days"),
            (_("Days of publication"), "publication_days"), (_("Decided by"), "source"),
            (_("What such a meeting decides is"), "binding"),
        ),
    ),
)  # fmt: skip
