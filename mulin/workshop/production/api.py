"""What the workshop makes and when it sells live, for programs, as on its public page; and the
carrying rounds for whatever a driver steers by.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.clock import local_day
from mulin.kit.openapi import MomentField
from mulin.workshop.production.actions.carrying import hand_over
from mulin.workshop.production.models import Carrying, Stop
from mulin.workshop.production.queries import (
    operations_shown,
    products_of_the_year,
    rounds_of,
    sales_to_come,
    stop_behind,
)


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """A piece of work that is given out, and the skill it needs."""

    name: str
    skill: str | None


@dataclass(frozen=True, slots=True)
class SaleAnswer:
    """A live sale to come, where it is watched, and whether it was called off."""

    title: str
    watch: str
    words: str
    begins_at: datetime
    is_called_off: bool


@dataclass(frozen=True, slots=True)
class WorkshopAnswer:
    """What was made within a year, what work there is, the next live sales: no customer, nobody who
    works here.
    """

    products: list[str]
    operations: list[OperationAnswer]
    sales: list[SaleAnswer]


def _all(asked: Asked) -> WorkshopAnswer:
    return WorkshopAnswer(
        products=products_of_the_year(asked.now),
        operations=[
            OperationAnswer(one.name, one.skill.name if one.skill else None)
            for one in operations_shown()
        ],
        sales=[
            SaleAnswer(
                one.title, one.watch, one.words, one.begins_at, one.called_off_at is not None
            )
            for one in sales_to_come(asked.now)
        ],
    )


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """A door of a round, as on the carrier's page. `kind`: bring or fetch; `trip` counts from 1;
    `metres` is the way from the door before, null where a place is not known; `arrives_at` is
    reckoned (HH:MM).
    """

    number: int
    position: int
    trip: int
    kind: str
    door: str
    worker: str
    lot: str
    lot_code: str
    quantity: int
    metres: int | None
    is_estimated: bool
    arrives_at: str | None
    done_at: datetime | None
    done_quantity: int | None


@dataclass(frozen=True, slots=True)
class RoundAnswer:
    """A carrier's round of a day with its doors in their order. `capacity` in pieces, `metres` with
    the way home; times HH:MM.
    """

    number: int
    day: date
    carrier: str
    capacity: int | None
    leaves_at: str | None
    back_by: str | None
    metres: int | None
    stops: list[StopAnswer]


class RoundDayForm(forms.Form):
    """Which day; without it, today."""

    day = forms.DateField(label=_("Day"), required=False)


class StopDoneForm(forms.Form):
    """What was left at a door or taken along, and when: a moment of the last days, else now."""

    quantity = forms.IntegerField(label=_("Pieces"), min_value=0, max_value=1_000_000)
    happened = MomentField(label=_("When"), required=False)


def _rounds(asked: Asked) -> "QuerySet[Carrying]":
    return rounds_of(asked.query["day"] or local_day(asked.now))


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _round(found: Carrying) -> RoundAnswer:
    return RoundAnswer(
        number=found.pk, day=found.day, carrier=found.carrier.display_name,
        capacity=found.capacity, leaves_at=_clock(found.leaves_at), back_by=_clock(found.back_by),
        metres=found.metres, stops=[_stop(one) for one in found.stops.all()],
    )  # fmt: skip


def _stop(stop: Stop) -> StopAnswer:
    return StopAnswer(
        number=stop.pk, position=stop.position, trip=stop.trip, kind=stop.kind, door=stop.door,
        worker=str(stop.worker), lot=str(stop.lot), lot_code=stop.lot.code, quantity=stop.quantity,
        metres=stop.metres, is_estimated=stop.is_estimated, arrives_at=_clock(stop.arrives_at),
        done_at=stop.done_at, done_quantity=stop.done_quantity,
    )  # fmt: skip


def _done(asked: Asked) -> Stop:
    found = stop_behind(asked.args["number"])
    if found is None:
        raise Http404
    return hand_over(
        found, quantity=asked.values["quantity"], at=asked.values["happened"], by=asked.actor,
        now=asked.now, token=asked.token,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="rounds", path="rounds/", summary=_("Carrying rounds of a day with their doors"),
        scope=Scope.CARRYING, answer=RoundAnswer, query=RoundDayForm, do=_rounds, show=_round,
        is_list=True,
    ),
    Call(
        name="stop-done", method="POST", path="stops/<int:number>/done/",
        summary=_("Note what was left at a door or taken along"), scope=Scope.CARRYING,
        answer=StopAnswer, body=StopDoneForm, do=_done, show=_stop,
    ),
    Call(
        name="workshop", path="workshop/",
        summary=_("What the workshop makes, what work there is, the next live sales"),
        scope=Scope.PUBLIC_READ, answer=WorkshopAnswer, do=_all,
    ),
)  # fmt: skip
