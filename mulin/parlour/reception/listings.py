"""Reception's lists as they are taken away: demands and visits of a period.

A file leaves the house. So whoever asked without a name has none in it, and what was told in
confidence is a line without words.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.flow.models import Need, Visibility
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.forms import PeriodForm, during
from mulin.ground.downloads.registry import Column, Listing
from mulin.ground.downloads.tables import table
from mulin.kit.channels import Channel
from mulin.parlour.reception.forms.listings import DemandsForm
from mulin.parlour.reception.models import (
    AnswerTemplate,
    Confirmation,
    Demand,
    ImportedFile,
    ImportedRow,
    Sending,
    Share,
    Story,
    TimeLimit,
    Urgency,
    Visit,
    VisitKind,
    VisitReason,
    WorkOrder,
)
from mulin.parlour.reception.queries import Filter, demands
from mulin.parlour.reception.standing import standing


def _demands(actor: Actor, values: Mapping[str, Any], now: datetime) -> "QuerySet[Demand]":
    show, grid = values.get("show") or "all", values.get("grid")
    chosen = Filter(
        query=values.get("q") or "",
        owed_by=actor.account_id if show == "mine" else None,
        state="answered" if show == "answered" else "",
        channel=values.get("channel") or "",
        grid_id=grid.pk if grid else None,
        late=show == "late",
        only_open=show in {"open", "mine", "late"},
    )
    found = demands(actor, chosen, now).filter(during("received_at", values))
    return (
        found.annotate(rated=Max("confirmations__rating"))
        .select_related(
            "need__category", "need__building", "need__place", "need__grid", "need__person", "owner"
        )
        .order_by("id")
    )


def _visits(actor: Actor, values: Mapping[str, Any], _now: datetime) -> "QuerySet[Visit]":
    found: QuerySet[Visit] = (
        Visit.objects.visible_to(actor)
        .filter(during("at", values))
        .select_related("person", "worker", "need")
        .order_by("at", "id")
    )
    return found


def _asker(need: Need) -> str:
    if need.visibility != Visibility.NAMED:
        return _("without a name")
    return need.person.name if need.person else need.contact_name or ""


def _number(need: Need | None) -> str:
    return need.number if need is not None and not need.is_sealed else ""


def _words(need: Need) -> str:
    return _("told in confidence") if need.visibility == Visibility.CONFIDENTIAL else need.words


def _where(need: Need) -> str:
    if need.visibility != Visibility.NAMED:
        return ""
    return need.where_line


def _stands(demand: Demand, now: datetime) -> str:
    return str(standing(demand.state, demand.due_at, now)[1])


def _named(choices: Iterable[tuple[str, str | Promise]]) -> dict[str, str]:
    """The words of each value, looked up once for the whole file."""
    return {value: str(label) for value, label in choices}


def _demand_columns(_actor: Actor, now: datetime) -> tuple[Column, ...]:
    channels, urgencies = _named(Channel.choices()), _named(Urgency.choices)
    return (
        Column(gettext_lazy("Number"), lambda row: row.need.number),
        Column(gettext_lazy("Received"), lambda row: row.received_at),
        Column(gettext_lazy("How it came"), lambda row: channels[row.need.channel]),
        Column(gettext_lazy("Matter"), lambda row: row.need.category and row.need.category.name),
        Column(gettext_lazy("Urgency"), lambda row: urgencies[row.urgency]),
        Column(gettext_lazy("What was said"), lambda row: _words(row.need)),
        Column(gettext_lazy("Where"), lambda row: _where(row.need)),
        Column(gettext_lazy("Grid"), lambda row: row.need.grid and row.need.grid.name),
        Column(gettext_lazy("Asked by"), lambda row: _asker(row.need)),
        Column(gettext_lazy("Looked after by"), lambda row: row.owner and row.owner.display_name),
        Column(gettext_lazy("How it stands"), lambda row: _stands(row, now)),
        Column(gettext_lazy("Limit"), lambda row: row.due_at if row.is_open else row.answer_by),
        Column(gettext_lazy("Answered"), lambda row: row.answered_at),
        Column(gettext_lazy("Closed"), lambda row: row.closed_at),
        Column(gettext_lazy("Late once"), lambda row: _("yes") if row.was_late else _("no")),
        Column(gettext_lazy("Rating of 5"), lambda row: row.rated),
    )


def _is_held_back(visit: Visit) -> bool:
    need = visit.need
    return need is not None and (need.is_sealed or need.visibility != Visibility.NAMED)


def _visitor(visit: Visit) -> str:
    if visit.person is None:
        return ""
    return _("without a name") if _is_held_back(visit) else visit.person.name


def _visit_columns(_actor: Actor, _now: datetime) -> tuple[Column, ...]:
    reasons, channels = _named(VisitReason.choices), _named(Channel.choices())
    return (
        Column(gettext_lazy("When"), lambda row: row.at),
        Column(gettext_lazy("Who came"), _visitor),
        Column(gettext_lazy("Reason of the visit"), lambda row: reasons[row.reason]),
        Column(gettext_lazy("How they came"), lambda row: channels[row.channel]),
        Column(gettext_lazy("Minutes"), lambda row: row.minutes),
        Column(gettext_lazy("Worker"), lambda row: row.worker and row.worker.display_name),
        Column(gettext_lazy("Demand"), lambda row: _number(row.need)),
        Column(gettext_lazy("Note"), lambda row: "" if _is_held_back(row) else row.note),
    )


def _is_desk(actor: Actor) -> bool:
    return actor.is_desk


LISTINGS = (
    Listing(
        name="reception.demands", label=gettext_lazy("Demands"), columns=_demand_columns,
        rows=_demands, may=_is_desk, form=DemandsForm, order=10, holds=(Demand, Need),
    ),
    Listing(
        name="reception.visits", label=gettext_lazy("Visits"), columns=_visit_columns,
        rows=_visits, may=_is_desk, form=PeriodForm, order=11, holds=(Visit, VisitKind),
    ),
)  # fmt: skip


_OPEN_WORDS: Final = Q(demand__need__is_sealed=False) & ~Q(
    demand__need__visibility=Visibility.CONFIDENTIAL
)


TABLES = (
    table(
        "reception.confirmations", gettext_lazy("Whether demands were solved"), Confirmation, may=_is_desk,
        order=10, rows=lambda _actor: Confirmation.objects.filter(_OPEN_WORDS), when="asked_at",
        related=("demand__need",), columns=(
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("Asked on"), "asked_at"), (gettext_lazy("Outcome"), "outcome"),
            (gettext_lazy("Rating of 5"), "rating"), (gettext_lazy("Words"), "words"), (gettext_lazy("Answered"), "told_at"),
            (gettext_lazy("Times called"), "calls"),
        ),
    ),
    table(
        "reception.sendings", gettext_lazy("Demands sent to units outside"), Sending, may=_is_desk, order=10,
        rows=lambda _actor: Sending.objects.filter(_OPEN_WORDS), when="sent_at",
        related=("demand__need", "organisation"), columns=(
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("Sent to"), "organisation.name"),
            (gettext_lazy("Number of the letter"), "letter"), (gettext_lazy("What was asked"), "asked"), (gettext_lazy("Sent on"), "sent_at"),
            (gettext_lazy("Back by"), "back_by"), (gettext_lazy("Came back"), "returned_at"), (gettext_lazy("Answer"), "answer"),
        ),
    ),
    table(
        "reception.shares", gettext_lazy("Help with demands of colleagues"), Share, may=_is_desk, order=10,
        rows=lambda _actor: Share.objects.filter(_OPEN_WORDS), when="asked_at",
        related=("demand__need", "helper"), columns=(
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("Who helps"), "helper.display_name"),
            (gettext_lazy("What was asked"), "asked"), (gettext_lazy("Asked on"), "asked_at"), (gettext_lazy("Limit"), "due_at"),
            (gettext_lazy("Done on"), "done_at"), (gettext_lazy("What was done"), "report"),
        ),
    ),
    table(
        "reception.stories", gettext_lazy("Answered demands as the street reads them"), Story, may=_is_desk,
        order=10, when="shown_at", related=("demand__need",), about_persons=False, columns=(
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("Words"), "words"), (gettext_lazy("Answer"), "answer"),
            (gettext_lazy("Answered"), "answered_at"), (gettext_lazy("Shown"), "shown_at"),
            (gettext_lazy("Taken back"), "taken_back_at"),
        ),
    ),
    table(
        "reception.orders", gettext_lazy("Work orders from above"), WorkOrder, may=_is_desk, order=10,
        rows=lambda _actor: WorkOrder.objects.filter(_OPEN_WORDS), when="came_at", related=("demand__need",), columns=(
            (gettext_lazy("From whom"), "system"), (gettext_lazy("Number there"), "number"),
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("Came"), "came_at"), (gettext_lazy("Limit"), "outer_by"),
            (gettext_lazy("Given back"), "given_back_at"), (gettext_lazy("Reason"), "refusal"),
            (gettext_lazy("Handed back"), "handed_back_at"),
        ),
    ),
    table(
        "reception.imported", gettext_lazy("What files said of demands"), ImportedRow, may=_is_desk, order=10,
        rows=lambda _actor: ImportedRow.objects.filter(_OPEN_WORDS), related=("file", "demand__need"), holds=(ImportedFile,), columns=(
            (gettext_lazy("File"), "file.name"), (gettext_lazy("From whom"), "system"), (gettext_lazy("Number there"), "external_id"),
            (gettext_lazy("Number"), "demand.need.number"), (gettext_lazy("State"), "status"), (gettext_lazy("Received"), "opened_at"),
            (gettext_lazy("Limit"), "due_at"), (gettext_lazy("Closed"), "closed_at"), (gettext_lazy("How it came"), "source"),
        ),
    ),
    table(
        "reception.templates", gettext_lazy("Answers that are kept ready"), AnswerTemplate, may=_is_desk,
        order=11, related=("category",), about_persons=False, columns=(
            (gettext_lazy("Name"), "name"), (gettext_lazy("Words"), "words"), (gettext_lazy("Matter"), "category.name"),
            (gettext_lazy("Withdrawn"), "withdrawn_at"),
        ),
    ),
    table(
        "reception.limits", gettext_lazy("Time limits of demands"), TimeLimit, may=_is_desk, order=11,
        about_persons=False, columns=(
            (gettext_lazy("Urgency"), "urgency"), (gettext_lazy("Hours to the first word"), "respond_hours"),
            (gettext_lazy("Workdays to the answer"), "answer_workdays"), (gettext_lazy("Hours to the answer"), "answer_hours"),
            (gettext_lazy("Since"), "since"), (gettext_lazy("Decided by"), "source"),
        ),
    ),
)  # fmt: skip
