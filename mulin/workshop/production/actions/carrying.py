"""A carrier's round: doors in order, material out and goods back in one trip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.places.walking.table import Table, table_of
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.coordinates import Position
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.production.actions.ledger import Step, write
from mulin.workshop.production.models import Carrying, Lot, Stop, StopKind, Worker
from mulin.workshop.production.permissions import check_keeper, may_carry
from mulin.workshop.production.queries import moved, positions_of, workshop_position
from mulin.workshop.production.rules import (
    MINUTES_A_DOOR,
    Call,
    Spot,
    arrivals,
    clock_of,
    held_by,
    ridden,
    second_of,
)

if TYPE_CHECKING:
    from mulin.commons.planning.routing import Rounds, Stops

MOST_STOPS = 60
#: Up to so many doors exchange by hand finds what the router would.
_FEW: Final = 6
_ROUTER_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Errand:
    """A lot to be brought to a worker, or fetched from her."""

    kind: StopKind
    lot: Lot
    worker: Worker
    quantity: int


@dataclass(frozen=True, slots=True)
class Trip:
    """The tricycle of a day: how many pieces go onto it, when it leaves, when it must be back."""

    capacity: int | None = None
    leaves_at: time = time(8)
    back_by: time = time(20)


@dataclass(frozen=True, slots=True)
class _Way:
    """Doors in their order with metres from the one before, and how good that order is."""

    calls: tuple[Call, ...]
    legs: Mapping[int, tuple[int, bool]]
    arrives: Mapping[int, time]
    metres: int | None = None
    bound: int | None = None
    engine: str = ""


def plan_round(
    errands: list[Errand], *, carrier: Account, day: date, by: Actor, now: datetime,
    trip: Trip | None = None, token: str | None = None,
) -> Carrying:  # fmt: skip
    """One trip past all these doors, as short as the engine finds it, each while somebody opens.

    Raises Refused for more than goes onto the tricycle, and where no order of the doors reaches all
    of them in their hours. Doors whose place nobody knows come last.
    """
    check_keeper(by)
    if not errands:
        raise Refused(_("Choose what is brought and fetched."), field="errands")
    if len(errands) > MOST_STOPS:
        raise Refused(_("Sixty doors are more than a day. Choose fewer."), field="errands")
    trip = trip or Trip()
    if trip.leaves_at >= trip.back_by:
        raise Refused(_("The tricycle is back after it left."), field="back_by")
    doors = positions_of({one.worker for one in errands})
    # The engine thinks before the chain is locked.
    found = _way_of(errands, doors, trip, now)
    with recording(by, "production.plan_round", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Carrying)
        made: Carrying = Carrying.objects.create(
            community_id=by.community_id, day=day, carrier=carrier, made_at=now,
            capacity=trip.capacity, leaves_at=trip.leaves_at, back_by=trip.back_by,
            metres=found.metres, bound=found.bound, engine=found.engine,
        )  # fmt: skip
        Stop.objects.bulk_create(_stops(made, errands, found, doors))
        act.on(
            made,
            after={
                "day": day, "carrier": carrier.pk, "stops": len(errands), "metres": found.metres,
            },
        )  # fmt: skip
    return made


def _way_of(
    errands: Sequence[Errand], doors: Mapping[int, tuple[str, Position | None]], trip: Trip,
    now: datetime,
) -> _Way:  # fmt: skip
    from mulin.commons.planning.routing import NoRounds, lower_bound  # noqa: PLC0415  loads arrays

    calls = _calls(errands)
    load = sum(call.load for call in calls)
    if trip.capacity is not None and load > trip.capacity:
        raise Refused(
            _(
                "%(load)s pieces are on the way at once, %(capacity)s go onto the tricycle. Choose"
                " fewer, and plan a second trip."
            )
            % {"load": load, "capacity": trip.capacity},
            field="errands",
        )
    start = workshop_position()
    known = [call for call in calls if start and (doors.get(call.worker) or ("", None))[1]]
    unknown = [call for call in calls if call not in known]
    if start is None or not known:
        return _Way(tuple(calls), {}, {})
    points = [start, *(place for call in known if (place := doors[call.worker][1]) is not None)]
    table = table_of(points, now)
    stops = _posed(known, table, trip)
    try:
        answer = _short(stops)
    except NoRounds:
        raise Refused(
            _(
                "Not all of these doors can be reached while somebody opens, and the tricycle be back"
                " in time. Leave earlier, or choose fewer."
            ),
            field="errands",
        ) from None
    order = [0, *answer.routes[0]]
    in_turn = tuple(known[place - 1] for place in order[1:])
    legs = {
        known[to - 1].worker: (table.metres[at][to], (at, to) in table.estimated)
        for at, to in pairwise(order)
    }
    metres = [legs[call.worker][0] for call in in_turn]
    times = arrivals(in_turn, metres, second_of(trip.leaves_at))
    return _Way(
        calls=(*in_turn, *unknown), legs=legs,
        arrives={
            call.worker: clock_of(second) for call, second in zip(in_turn, times, strict=True)
        },
        metres=sum(metres) + table.metres[order[-1]][0],
        bound=lower_bound(
            _metres_of(stops, table), upper=sum(metres) + table.metres[order[-1]][0]
        ),
        engine=answer.engine,
    )  # fmt: skip


def _calls(errands: Sequence[Errand]) -> list[Call]:
    """One for each door, whatever is brought and fetched there."""
    workers = {one.worker.pk: one.worker for one in errands}
    found = []
    for pk, worker in workers.items():
        sums = {
            kind: sum(one.quantity for one in errands if one.worker.pk == pk and one.kind == kind)
            for kind in StopKind
        }
        call = Call(pk, bring=sums[StopKind.BRING], fetch=sums[StopKind.FETCH])
        if worker.home_from is not None and worker.home_until is not None:
            call = Call(
                pk, call.bring, call.fetch, second_of(worker.home_from),
                second_of(worker.home_until),
            )  # fmt: skip
        found.append(call)
    return found


def _posed(calls: Sequence[Call], table: Table, trip: Trip) -> "Stops":
    """The way in seconds."""
    import numpy as np  # noqa: PLC0415  whoever plans no round does without arrays

    from mulin.commons.planning.routing import Stops  # noqa: PLC0415  as above

    seconds = np.array([[ridden(one) for one in row] for row in table.metres], dtype=np.int64)
    leaves, back = second_of(trip.leaves_at), second_of(trip.back_by)
    return Stops(
        distances=seconds, demands=(0, *(call.load for call in calls)),
        capacity=max(trip.capacity or sum(call.load for call in calls), 1), vehicles=1,
        windows=((leaves, back), *((call.opens, call.shuts) for call in calls)),
        service=(0, *(MINUTES_A_DOOR * 60 for _call in calls)),
    )  # fmt: skip


def _metres_of(stops: "Stops", table: Table) -> "Stops":
    """The same doors in metres, for what no way can beat; their hours make it only longer."""
    import numpy as np  # noqa: PLC0415  as above

    return type(stops)(
        distances=np.array(table.metres, dtype=np.int64), demands=stops.demands,
        capacity=stops.capacity, vehicles=1, windows=((0, 10**9),) * len(stops.demands),
        service=(0,) * len(stops.demands),
    )  # fmt: skip


def _short(stops: "Stops") -> "Rounds":
    """The order of the doors. Raises NoRounds."""
    from mulin.commons.planning import routing  # noqa: PLC0415  as above

    if len(stops.demands) > _FEW:
        return routing.rounds(stops, seconds=_ROUTER_SECONDS)
    routes = routing.by_hand(stops, seconds=1.0)
    if routes is None:
        raise routing.NoRounds
    cost = sum(routing.way(stops, route) for route in routes)
    return routing.Rounds(routes, cost, 0, "insertion and exchange", 0.0)


def _stops(
    carrying: Carrying, errands: Sequence[Errand], found: _Way,
    doors: Mapping[int, tuple[str, Position | None]],
) -> list[Stop]:  # fmt: skip
    rank = {call.worker: position for position, call in enumerate(found.calls)}
    ordered = sorted(errands, key=lambda one: (rank[one.worker.pk], one.kind, one.lot.pk))
    made: list[Stop] = []
    for position, one in enumerate(ordered, start=1):
        leg = found.legs.get(one.worker.pk)
        if made and made[-1].worker_id == one.worker.pk:
            leg = None
        made.append(
            Stop(
                community_id=carrying.community_id, carrying=carrying, position=position,
                kind=one.kind, lot=one.lot, worker=one.worker, quantity=one.quantity,
                door=doors.get(one.worker.pk, ("", None))[0],
                metres=leg[0] if leg else None, is_estimated=leg[1] if leg else True,
                arrives_at=found.arrives.get(one.worker.pk),
            )
        )  # fmt: skip
    return made


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
