"""A carrier's round: doors in order, material out and goods back in one trip, or in several where
more is carried than goes onto the tricycle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise, permutations, zip_longest
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
    clock_of,
    filled,
    held_by,
    one_after_another,
    ridden,
    second_of,
    shares,
)

if TYPE_CHECKING:
    from mulin.commons.planning.routing import Rounds, Stops

MOST_STOPS = 60
#: Up to so many doors exchange by hand finds what the router would.
_FEW: Final = 6
#: Of up to so many trips every order is tried: 120.
_FEW_TRIPS: Final = 5
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
class _Visit:
    """A door on a trip: what is done there, how far it is from the one before, when it is reached."""

    call: Call
    errands: tuple[Errand, ...]
    trip: int = 1
    metres: int | None = None
    is_estimated: bool = True
    arrives_at: time | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """Doors in their order, trip after trip, and how good that order is."""

    visits: tuple[_Visit, ...]
    metres: int | None = None
    bound: int | None = None
    engine: str = ""


def plan_round(
    errands: list[Errand], *, carrier: Account, day: date, by: Actor, now: datetime,
    trip: Trip | None = None, token: str | None = None,
) -> Carrying:  # fmt: skip
    """Past all these doors, as short as the engine finds it, each while somebody opens; in one trip,
    or where more is carried than goes onto the tricycle, in several, one after the other. What is
    more than a load at one door is carried in parts.

    Raises Refused where no order of the doors found reaches all of them in their hours. Doors whose
    place nobody knows come last.
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
        Stop.objects.bulk_create(_stops(made, found, doors))
        act.on(
            made,
            after={
                "day": day, "carrier": carrier.pk, "stops": len(errands), "metres": found.metres,
                "trips": found.visits[-1].trip,
            },
        )  # fmt: skip
    return made


def _way_of(
    errands: Sequence[Errand], doors: Mapping[int, tuple[str, Position | None]], trip: Trip,
    now: datetime,
) -> _Way:  # fmt: skip
    from mulin.commons.planning.routing import NoRounds, lower_bound  # noqa: PLC0415  loads arrays

    visits = _visits(errands, trip.capacity)
    if len(visits) > MOST_STOPS:
        raise Refused(_("Sixty doors are more than a day. Choose fewer."), field="errands")
    start = workshop_position()
    known = [one for one in visits if start and _place(doors, one) is not None]
    unknown = [one for one in visits if one not in known]
    if start is None or not known:
        return _Way(_last(visits, trip, []))
    points = [start, *(place for one in known if (place := _place(doors, one)) is not None)]
    table = table_of(points, now)
    try:
        answer, stops = _rounds([one.call for one in known], table, trip)
    except NoRounds:
        raise _unreached() from None
    placed = _in_turn(answer.routes, known, table, trip)
    metres = sum(
        table.metres[at][to] for route in answer.routes for at, to in pairwise((0, *route, 0))
    )
    return _Way(
        (*placed, *_last(unknown, trip, placed)), metres=metres,
        bound=lower_bound(_metres_of(stops, table), upper=metres), engine=answer.engine,
    )  # fmt: skip


def _unreached() -> Refused:
    return Refused(
        _(
            "Not all of these doors can be reached while somebody opens, and the tricycle be back"
            " in time. Leave earlier, or choose fewer."
        ),
        field="errands",
    )


def _place(doors: Mapping[int, tuple[str, Position | None]], visit: _Visit) -> Position | None:
    return doors.get(visit.call.worker, ("", None))[1]


def _visits(errands: Sequence[Errand], capacity: int | None) -> list[_Visit]:
    """One for each door, whatever is brought and fetched there; several where it is more than a
    load.
    """
    found = []
    for pk, worker in {one.worker.pk: one.worker for one in errands}.items():
        parts = {}
        for kind in StopKind:
            own = [one for one in errands if one.worker.pk == pk and one.kind == kind]
            parts[kind] = [
                [replace(one, quantity=part) for one, part in zip(own, load, strict=True) if part]
                for load in shares([one.quantity for one in own], capacity)
            ]
        hours = {}
        if worker.home_from is not None and worker.home_until is not None:
            hours = {"opens": second_of(worker.home_from), "shuts": second_of(worker.home_until)}
        for bring, fetch in zip_longest(*(parts[kind] for kind in StopKind), fillvalue=()):
            call = Call(
                pk, bring=sum(one.quantity for one in bring),
                fetch=sum(one.quantity for one in fetch), **hours,
            )  # fmt: skip
            found.append(_Visit(call, (*bring, *fetch)))
    return found


def _rounds(calls: Sequence[Call], table: Table, trip: Trip) -> "tuple[Rounds, Stops]":
    """The trips, as few as the load allows; hours alone never ask for one more. Raises NoRounds."""
    from mulin.commons.planning.routing import NoRounds  # noqa: PLC0415  loads arrays

    stops = _posed(calls, table, trip)
    least = stops.least_rounds
    for vehicles in sorted({least, least + 1, len(calls)} if least > 1 else {1}):
        posed = replace(stops, vehicles=vehicles)
        try:
            return _short(posed), posed
        except NoRounds:
            continue
    raise NoRounds


def _in_turn(
    routes: Sequence[Sequence[int]], known: Sequence[_Visit], table: Table, trip: Trip
) -> list[_Visit]:
    """The trips laid one behind the other so that each door is met; the engine thought of them side
    by side. Raises Refused where no order does.
    """
    orders = (
        permutations(routes)
        if len(routes) <= _FEW_TRIPS
        else [sorted(routes, key=lambda route: min(known[one - 1].call.shuts for one in route))]
    )
    for order in orders:
        ways = [[table.metres[at][to] for at, to in pairwise((0, *route, 0))] for route in order]
        times = one_after_another(
            [[known[one - 1].call for one in route] for route in order], ways,
            leaves=second_of(trip.leaves_at), back_by=second_of(trip.back_by),
        )  # fmt: skip
        if times is None:
            continue
        return [
            replace(
                known[to - 1], trip=number, metres=table.metres[at][to],
                is_estimated=(at, to) in table.estimated, arrives_at=clock_of(second),
            )
            for number, (route, seconds) in enumerate(zip(order, times, strict=True), start=1)
            for (at, to), second in zip(pairwise((0, *route)), seconds, strict=True)
        ]  # fmt: skip
    raise _unreached()


def _last(visits: Sequence[_Visit], trip: Trip, placed: Sequence[_Visit]) -> tuple[_Visit, ...]:
    """Doors whose place nobody knows, after those that have a way, on the last trip while it has
    room and on trips of their own.
    """
    last = placed[-1].trip if placed else 1
    begun = sum(one.call.load for one in placed if one.trip == last)
    loads = [one.call.load for one in visits]
    return tuple(
        replace(one, trip=last + more)
        for one, more in zip(visits, filled(loads, trip.capacity, begun=begun), strict=True)
    )


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
    carrying: Carrying, found: _Way, doors: Mapping[int, tuple[str, Position | None]]
) -> list[Stop]:
    """One for each lot at each door; only the first at a door has a way behind it."""
    made: list[Stop] = []
    for visit in found.visits:
        for place, one in enumerate(sorted(visit.errands, key=lambda one: (one.kind, one.lot.pk))):
            made.append(
                Stop(
                    community_id=carrying.community_id, carrying=carrying,
                    position=len(made) + 1, trip=visit.trip, kind=one.kind, lot=one.lot,
                    worker=one.worker, quantity=one.quantity,
                    door=doors.get(one.worker.pk, ("", None))[0],
                    metres=None if place else visit.metres,
                    is_estimated=True if place else visit.is_estimated,
                    arrives_at=visit.arrives_at,
                )
            )  # fmt: skip
    return made


def hand_over(
    stop: Stop, *, quantity: int, by: Actor, now: datetime, at: datetime | None = None,
    token: str | None = None,
) -> Stop:  # fmt: skip
    """At the door: so many pieces were left there, or taken along; tapped there, or read off the
    sheet. What the phone noted without network counts at its own time. Fewer than written is no fault; more is refused.
    """
    if not may_carry(by, stop.carrying):
        raise NotPermitted(_("This is not your round."))
    if by.channel not in {Channel.PAPER, Channel.API}:
        by = by.by(Channel.DOOR)
    with recording(by, "production.hand_over", now=now, token=token) as act:
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
            _("Of this lot %(held)s pieces are there. Count again."),
            {"held": int(held)},
            field="quantity",
        )
    step = Step(
        quantity=pieces, source=source, target=target, lot=stop.lot, source_worker=stop.worker,
        target_worker=stop.worker,
    )  # fmt: skip
    write(step, by=by, now=now, at=at)
