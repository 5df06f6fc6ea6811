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
from mulin.parlour.reception.forms.programs import (
    ProgramDemandForm,
    ProgramFilterForm,
    said_by_program,
)
from mulin.parlour.reception.models import Demand
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


CALLS: Final = (
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
