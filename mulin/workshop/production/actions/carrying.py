"""A carrier's round: doors in order, material out and goods back in one trip."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.coordinates import metres_between
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.production.actions.ledger import Step, write
from mulin.workshop.production.models import Carrying, Lot, Stop, StopKind, Worker
from mulin.workshop.production.permissions import check_keeper, may_carry
from mulin.workshop.production.queries import moved, positions_of, workshop_position
from mulin.workshop.production.rules import Spot, held_by, in_order, walked

MOST_STOPS = 60
_WORKSHOP = 0


@dataclass(frozen=True, slots=True)
class Errand:
    """A lot to be brought to a worker, or fetched from her."""

    kind: StopKind
    lot: Lot
    worker: Worker
    quantity: int


def plan_round(
    errands: list[Errand], *, carrier: Account, day: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Carrying:  # fmt: skip
    """Doors one after the other, the nearest next, bringing and fetching in one trip.

    The way is estimated (straight line × 1.4). Doors whose place nobody knows come last.
    """
    check_keeper(by)
    if not errands:
        raise Refused(_("Choose what is brought and fetched."), field="errands")
    if len(errands) > MOST_STOPS:
        raise Refused(_("Sixty doors are more than a day. Choose fewer."), field="errands")
    with recording(by, "production.plan_round", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Carrying)
        made: Carrying = Carrying.objects.create(
            community_id=by.community_id, day=day, carrier=carrier, made_at=now
        )
        Stop.objects.bulk_create(_stops(made, errands))
        act.on(made, after={"day": day, "carrier": carrier.pk, "stops": len(errands)})
    return made


def _stops(carrying: Carrying, errands: list[Errand]) -> Iterable[Stop]:
    doors = positions_of({one.worker for one in errands})
    places = {pk: place for pk, (_door, place) in doors.items() if place is not None}
    start = workshop_position()
    if start is not None:
        places[_WORKSHOP] = start
    far = {
        (one, other): metres_between(places[one], places[other])
        for one in places
        for other in places
    }
    way = in_order(_WORKSHOP, far, [one.worker.pk for one in errands])
    rank = {worker: position for position, worker in enumerate(way)}
    before, here = {}, _WORKSHOP
    for worker in way:
        before[worker], here = here, worker
    ordered = sorted(errands, key=lambda one: (rank[one.worker.pk], one.kind, one.lot.pk))
    seen: set[int] = set()
    for position, one in enumerate(ordered, start=1):
        leg = far.get((before[one.worker.pk], one.worker.pk))
        is_first = one.worker.pk not in seen
        seen.add(one.worker.pk)
        yield Stop(
            community_id=carrying.community_id, carrying=carrying, position=position,
            kind=one.kind, lot=one.lot, worker=one.worker, quantity=one.quantity,
            door=doors.get(one.worker.pk, ("", None))[0],
            metres=walked(leg) if is_first and leg is not None else None,
        )  # fmt: skip


def hand_over(
    stop: Stop, *, quantity: int, by: Actor, now: datetime, at: datetime | None = None,
    token: str | None = None,
) -> Stop:  # fmt: skip
    """At the door: so many pieces were left there, or taken along. What the phone noted without
    network counts at its own time. Fewer than written is no fault; more is refused.
    """
    if not may_carry(by, stop.carrying):
        raise NotPermitted(_("This is not your round."))
    with recording(by.by(Channel.DOOR), "production.hand_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Stop)
        when = believed(at, now)
        current: Stop = Stop.objects.select_related("lot__order", "worker__person", "carrying").get(
            pk=stop.pk
        )
        if current.done_at is not None:
            raise Refused(_("This door was done already."))
        if quantity < 0:
            raise Refused(_("Write how many pieces: nothing or more."), field="quantity")
        if quantity:
            _write_hand_over(current, Decimal(quantity), by=by, now=now, at=when)
        current.done_at, current.done_quantity = when, quantity
        current.save(update_fields=["done_at", "done_quantity"])
        act.on(current, after={"lot": current.lot_id, "quantity": quantity})
    return current


def _write_hand_over(
    stop: Stop, pieces: Decimal, *, by: Actor, now: datetime, at: datetime
) -> None:
    is_bringing = stop.kind == StopKind.BRING
    source, target = (Spot.OUTBOUND, Spot.WORKER) if is_bringing else (Spot.WORKER, Spot.INBOUND)
    held = held_by(moved(stop.lot), source, stop.worker_id)
    if held < pieces:
        raise Refused(
            _("Of this lot %(held)s pieces are there. Count again.") % {"held": int(held)},
            field="quantity",
        )
    step = Step(
        quantity=pieces, source=source, target=target, lot=stop.lot, source_worker=stop.worker,
        target_worker=stop.worker,
    )  # fmt: skip
    write(step, by=by.by(Channel.DOOR), now=now, at=at)
