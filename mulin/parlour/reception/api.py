"""Demands for programs of other offices: the same acts as at the desk, and no word of who asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.orders import Ordered, take_in_order
from mulin.parlour.reception.forms.orders import ProgramChangesForm, ProgramOrderForm
from mulin.parlour.reception.forms.programs import (
    ProgramDemandForm,
    ProgramFilterForm,
    said_by_program,
)
from mulin.parlour.reception.models import Demand, WorkOrder
from mulin.parlour.reception.orders import changed, order_of, reply_of
from mulin.parlour.reception.rules import State


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """A demand as programs read it: never who asked, nor what is confidential or sealed."""

    number: str
    words: str
    category: str | None
    category_name: str | None
    urgency: str
    state: State
    is_open: bool
    was_late: bool
    channel: str
    building: str | None
    place_words: str
    grid: int | None
    received_at: datetime
    respond_by: datetime | None
    responded_at: datetime | None
    answer_by: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None


def shown(demand: Demand) -> DemandAnswer:
    """What a program reads of a demand."""
    need = demand.need
    return DemandAnswer(
        number=need.number, words=need.words,
        category=need.category.code if need.category else None,
        category_name=need.category.name if need.category else None,
        urgency=demand.urgency, state=State(demand.state), is_open=demand.is_open,
        was_late=demand.was_late, channel=need.channel,
        building=need.building.name if need.building else None, place_words=need.place_words,
        grid=need.grid.number if need.grid else None, received_at=demand.received_at,
        respond_by=demand.respond_by, responded_at=demand.responded_at,
        answer_by=demand.answer_by, answered_at=demand.answered_at, closed_at=demand.closed_at,
    )  # fmt: skip


def _seen(asked: Asked) -> "QuerySet[Demand]":
    rows: QuerySet[Demand] = Demand.objects.visible_to(asked.actor).select_related(
        "need__category", "need__building", "need__grid"
    )
    return rows


def _list(asked: Asked) -> "QuerySet[Demand]":
    rows, chosen = _seen(asked), asked.query
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["category"]:
        rows = rows.filter(need__category__code=chosen["category"])
    if chosen["since"]:
        rows = rows.filter(received_at__gte=chosen["since"])
    if chosen["until"]:
        rows = rows.filter(received_at__lt=chosen["until"])
    if chosen["only_open"]:
        rows = rows.filter(is_open__in=[True])
    return rows.order_by("-id")


def _one(asked: Asked) -> Demand:
    found = _seen(asked).filter(need__number=asked.args["number"]).first()
    if found is None:
        raise Http404
    return found


def _receive(asked: Asked) -> Demand:
    said = said_by_program(dict(asked.values))
    return receive_demand(said, by=asked.actor, now=asked.now, token=asked.token)


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """A work order and what became of it. `state` is open, answered, given_back or closed; a
    closed one was confirmed by whoever asked, or they could not be reached (`result`).
    """

    system: str
    number: str
    our_number: str
    state: str
    answer_by: datetime | None
    our_answer_by: datetime | None
    was_late: bool
    handler: str
    answer: str
    answered_at: datetime | None
    result: str
    closed_at: datetime | None
    why_given_back: str


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """Orders of which something happened, at most a hundred. Ask again with `after`; when it is
    what was sent, there is no news.
    """

    rows: list[OrderAnswer]
    after: str


def order_shown(order: WorkOrder) -> OrderAnswer:
    """What goes back of an order."""
    told, demand = reply_of(order), order.demand
    return OrderAnswer(
        system=order.system, number=order.number, our_number=demand.need.number,
        state=told.state, answer_by=order.outer_by, our_answer_by=demand.answer_by,
        was_late=demand.was_late, handler=told.handler, answer=told.answer,
        answered_at=told.answered_at, result=told.result, closed_at=demand.closed_at,
        why_given_back=told.refusal,
    )  # fmt: skip


def _take_order(asked: Asked) -> WorkOrder:
    sent = asked.values
    said = Ordered(
        system=sent["system"], number=sent["number"], words=sent["words"],
        sent_at=sent["sent_at"] or asked.now, outer_by=sent["answer_by"],
        category=sent["category"], place_words=sent["place_words"],
        contact_name=sent["contact_name"], contact_phone=sent["contact_phone"],
    )  # fmt: skip
    order, _came = take_in_order(said, by=asked.actor, now=asked.now, token=asked.token)
    return order_of(asked.actor, order.system, order.number) or order


def _order(asked: Asked) -> WorkOrder:
    found = order_of(asked.actor, asked.args["system"], asked.args["number"])
    if found is None:
        raise Http404
    return found


def _changes(asked: Asked) -> OrderChanges:
    after = asked.query["after"]
    rows = list(changed(asked.actor, after)[:_MOST_CHANGES])
    last = getattr(rows[-1], "last_step", after) if rows else after
    return OrderChanges([order_shown(row) for row in rows], str(last))


_MOST_CHANGES: Final = 100
CALLS: Final = (
    Call(
        name="take-order", method="POST", path="work-orders/",
        summary=_("Hand a work order in, once per system and number; sent again it is changed"),
        scope=Scope.ORDERS, answer=OrderAnswer, body=ProgramOrderForm, do=_take_order,
        show=order_shown,
    ),
    Call(
        name="order-changes", path="work-orders/",
        summary=_("What happened to one's orders since the last time"), scope=Scope.ORDERS,
        answer=OrderChanges, query=ProgramChangesForm, do=_changes,
    ),
    Call(
        name="order", path="work-orders/<slug:system>/<str:number>/",
        summary=_("One work order by its own number"), scope=Scope.ORDERS, answer=OrderAnswer,
        do=_order, show=order_shown,
    ),
    Call(
        name="demands", path="demands/", summary=_("Demands, newest first"),
        scope=Scope.DEMANDS_READ, answer=DemandAnswer, query=ProgramFilterForm, do=_list,
        show=shown, is_list=True,
    ),
    Call(
        name="demand", path="demands/<slug:number>/", summary=_("One demand by its number"),
        scope=Scope.DEMANDS_READ, answer=DemandAnswer, do=_one, show=shown,
    ),
    Call(
        name="receive-demand", method="POST", path="demands/", summary=_("Hand a demand in"),
        scope=Scope.DEMANDS_WRITE, answer=DemandAnswer, body=ProgramDemandForm, do=_receive,
        show=shown, status=201,
    ),
)  # fmt: skip
