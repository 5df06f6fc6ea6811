"""How a work order stands to whoever sent it, and the table in which its answer goes back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, Prefetch, QuerySet
from django.utils.translation import gettext as _

from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused
from mulin.kit.sheets import Cell
from mulin.parlour.reception.importing.mapping import ColumnMap
from mulin.parlour.reception.models import Confirmation, ImportedFile, WorkOrder

#: Where the answers are put by `with_answers`.
_ANSWERS = "answers_newest_first"


def with_answers(rows: "QuerySet[WorkOrder]") -> "QuerySet[WorkOrder]":
    """Orders with all that is told of them; three queries however many there are."""
    answers = Confirmation.objects.select_related("handler").order_by("-round")
    found: QuerySet[WorkOrder] = rows.select_related(
        "demand__need", "demand__owner"
    ).prefetch_related(Prefetch("demand__confirmations", answers, _ANSWERS))
    return found


def listed(actor: Actor, show: str, file_id: int | None) -> "QuerySet[WorkOrder]":
    """The orders of a page: by the deadline of whoever sent them, those without one last."""
    rows = WorkOrder.objects.visible_to(actor)
    if file_id is not None:
        rows = rows.filter(file_id=file_id)
    if show == "open":
        rows = rows.open()
    elif show == "to-hand-back":
        rows = rows.to_hand_back()
    found: QuerySet[WorkOrder] = with_answers(rows).order_by(
        F("outer_by").asc(nulls_last=True), "id"
    )
    return found


def changed(actor: Actor, after: int) -> "QuerySet[WorkOrder]":
    """Orders of which something was written down after a step, in the order it was written.

    Steps are written one after another in a community, so that none is missed.
    """
    found: QuerySet[WorkOrder] = (
        with_answers(WorkOrder.objects.visible_to(actor))
        .annotate(last_step=Max("demand__need__steps__id"))
        .filter(last_step__gt=after)
        .order_by("last_step")
    )
    return found


def order_of(actor: Actor, system: str, number: str) -> WorkOrder | None:
    """One order by its own number, if this actor may see it."""
    return (
        with_answers(WorkOrder.objects.visible_to(actor))
        .filter(system=system, number=number)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What is told of an order: `state` is open, answered, given_back or closed."""

    state: str
    answer: str
    handler: str
    answered_at: datetime | None
    result: str
    result_words: str
    refusal: str


def reply_of(order: WorkOrder) -> Reply:
    """What is told of it now; of several rounds the last answer, and none that was disputed."""
    demand = order.demand
    answers: list[Confirmation] = getattr(demand, _ANSWERS, [])
    last = answers[0] if answers and demand.answered_at is not None else None
    state = "open" if demand.is_open else "closed" if demand.closed_at else "answered"
    return Reply(
        state="given_back" if order.given_back_at else state,
        answer=last.answer if last else "",
        handler=last.handler.display_name if last and last.handler else "",
        answered_at=last.asked_at if last else None,
        result=last.outcome if last else "",
        result_words=str(last.get_outcome_display()) if last and last.outcome else "",
        refusal=order.refusal,
    )


def state_words(state: str) -> str:
    """The state as the file says it."""
    return {
        "open": _("in hand"), "answered": _("answered"), "given_back": _("given back: not ours"),
        "closed": _("done"),
    }[state]  # fmt: skip


# ── the way back ─────────────────────────────────────────────────────────────────────────────


def table_of(
    orders: Iterable[WorkOrder], file: ImportedFile | None
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Header and rows: their own columns as they were written, then what became of it.

    A column of theirs for the answer, its time or the state is filled where it was empty.
    """
    used = _map_of(file)
    theirs = list(used.header) if used and used.header else []
    own = [_("System"), _("Number there"), _("Words"), _("Time limit")] if not theirs else []
    added = _added(theirs)
    header = [*theirs, *own, *added]
    return header, (_row(order, used, theirs, added) for order in orders)


def _added(theirs: Sequence[str]) -> list[str]:
    names = (
        _("Our number"), _("State here"), _("Answer"), _("Handled by"), _("Answered on"),
        _("Asked back"), _("Why not ours"),
    )  # fmt: skip
    taken = set(theirs)
    return [name if name not in taken else f"{name} (Mulin)" for name in names]


def _row(
    order: WorkOrder, used: ColumnMap | None, theirs: Sequence[str], added: Sequence[str]
) -> list[Cell]:
    told = reply_of(order)
    if theirs and used is not None:
        cells = _filled(json.loads(order.cells), used, told)
        front: list[Cell] = [cells.get(name, "") for name in theirs]
    else:
        front = [order.system, order.number, order.demand.need.words, order.outer_by]
    return [
        *front, order.demand.need.number, state_words(told.state), told.answer, told.handler,
        told.answered_at, told.result_words, told.refusal,
    ]  # fmt: skip


def _filled(cells: dict[str, str], used: ColumnMap, told: Reply) -> dict[str, Cell]:
    ours: Mapping[str, Cell] = {
        "answer": told.answer or told.refusal,
        "closed": told.answered_at,
        "status": state_words(told.state) if told.state != "open" else "",
    }
    filled: dict[str, Cell] = dict(cells)
    for name, value in ours.items():
        column = used.columns.get(name, "")
        if column and value and not cells.get(column):
            filled[column] = value
    return filled


def _map_of(file: ImportedFile | None) -> ColumnMap | None:
    if file is None:
        return None
    try:
        return ColumnMap.from_json(file.mapping)
    except Refused:
        return None  # an older version kept it in a form that is no longer read
