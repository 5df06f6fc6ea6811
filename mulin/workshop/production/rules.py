"""The room's law: where pieces may go, who bears what, what is paid, what the workshop can do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import ceil
from typing import Final

from mulin.ground.community.rules import Role

#: Who runs the workshop.
KEEPERS: Final = frozenset({Role.WORKSHOP_MANAGER, Role.HEAD})
NOTHING: Final = Decimal(0)
#: Of what workers wish to work, so much is planned with; the rest is illness, children, harvest.
CALM: Final = Decimal("0.80")
#: A day's walk is longer than the line between two doors: until the walking network is asked.
DETOUR: Final = Decimal("1.4")
MINUTES_OF_A_HELPER: Final = 600  # a week: what one more worker is reckoned with


class Spot(StrEnum):
    """Where pieces and material are."""

    CUSTOMER = "customer"
    STORE = "store"
    OUTBOUND = "outbound"  # on the tricycle, to a worker
    WORKER = "worker"
    INBOUND = "inbound"  # on the tricycle, from a worker
    COUNTER = "counter"  # given back, counted, not judged yet
    ACCEPTED = "accepted"
    REWORK = "rework"
    SCRAP = "scrap"
    LOSS = "loss"
    FOUND = "found"  # where more comes out than was given


#: Whose hands matter: a balance there is kept for each worker.
HELD: Final = frozenset({Spot.OUTBOUND, Spot.WORKER, Spot.INBOUND, Spot.COUNTER})
#: Pieces of a lot that are neither judged nor returned nor lost.
OUT: Final = HELD
#: A balance there may be below zero: what the world gives and takes is not ours to count.
ENDLESS: Final = frozenset({Spot.CUSTOMER, Spot.FOUND})

#: From where to where something may go.
WAYS: Final = frozenset(
    {
        (Spot.CUSTOMER, Spot.STORE), (Spot.STORE, Spot.CUSTOMER),
        (Spot.STORE, Spot.WORKER), (Spot.STORE, Spot.OUTBOUND), (Spot.OUTBOUND, Spot.WORKER),
        (Spot.OUTBOUND, Spot.STORE), (Spot.WORKER, Spot.STORE), (Spot.WORKER, Spot.WORKER),
        (Spot.WORKER, Spot.INBOUND), (Spot.WORKER, Spot.COUNTER), (Spot.INBOUND, Spot.COUNTER),
        (Spot.COUNTER, Spot.ACCEPTED), (Spot.COUNTER, Spot.REWORK), (Spot.COUNTER, Spot.SCRAP),
        (Spot.REWORK, Spot.WORKER), (Spot.FOUND, Spot.WORKER), (Spot.ACCEPTED, Spot.CUSTOMER),
        (Spot.WORKER, Spot.LOSS), (Spot.OUTBOUND, Spot.LOSS), (Spot.INBOUND, Spot.LOSS),
        (Spot.COUNTER, Spot.LOSS), (Spot.STORE, Spot.LOSS),
    }
)  # fmt: skip


class Cause(StrEnum):
    """Why pieces are not as they should be, or are not there."""

    NONE = ""
    MATERIAL = "material"  # a fault in what the customer sent
    CHANGE = "change"  # the customer wants it otherwise now
    WORK = "work"  # a fault of the hand
    SHORT = "short"  # fewer were handed out than was written
    TRANSPORT = "transport"
    CARELESS = "careless"  # lost or damaged by whoever had it
    FORCE = "force"  # fire, flood, theft that was reported
    YIELD = "yield"  # cloth grew, a cutter was generous: more came out


class Bearer(StrEnum):
    """Who bears a loss."""

    CUSTOMER = "customer"
    WORKSHOP = "workshop"
    WORKER = "worker"


#: Who bears what, by its cause alone; printed on every receipt and statement.
BEARS: Final[Mapping[Cause, Bearer]] = {
    Cause.MATERIAL: Bearer.CUSTOMER,
    Cause.CHANGE: Bearer.CUSTOMER,
    Cause.SHORT: Bearer.WORKSHOP,
    Cause.TRANSPORT: Bearer.WORKSHOP,
    Cause.FORCE: Bearer.WORKSHOP,
    Cause.WORK: Bearer.WORKER,
    Cause.CARELESS: Bearer.WORKER,
}
FAULT_CAUSES: Final = (Cause.MATERIAL, Cause.CHANGE, Cause.WORK)
#: Faults that say nothing of whose hand it was: they do not count against her.
NOT_HERS: Final = (Cause.MATERIAL, Cause.CHANGE)
LOSS_CAUSES: Final = (Cause.SHORT, Cause.TRANSPORT, Cause.CARELESS, Cause.FORCE)


def is_paid(verdict: Spot, cause: Cause) -> bool:
    """Whether a judged piece earns its rate now.

    Accepted is paid. Rework and scrap are paid when the hand is not to blame; a fault of the hand
    is made good without pay and paid when it is accepted. (Practice of garment shops: holes, dye,
    cutting are not the sewer's fault.)
    """
    if verdict is Spot.ACCEPTED:
        return True
    return verdict in {Spot.REWORK, Spot.SCRAP} and BEARS.get(cause) is Bearer.CUSTOMER


def bears(cause: Cause) -> Bearer | None:
    """Who bears a loss of this cause; nobody where nothing is lost."""
    return BEARS.get(cause)


# ── where a lot stands ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement as the sums need it."""

    source: Spot
    target: Spot
    quantity: Decimal
    source_worker: int | None = None
    target_worker: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the pieces of a lot are. `issued` counts what was given out, and what came out more."""

    issued: Decimal = NOTHING
    accepted: Decimal = NOTHING
    rework: Decimal = NOTHING
    scrap: Decimal = NOTHING
    loss: Decimal = NOTHING
    returned: Decimal = NOTHING
    out: Decimal = NOTHING
    shipped: Decimal = NOTHING

    @property
    def is_balanced(self) -> bool:
        """What was given out is somewhere, to the piece, at every moment."""
        found = self.accepted + self.rework + self.scrap + self.loss + self.returned + self.out
        return self.issued == found


def standing_of(movements: Iterable[Moved]) -> Standing:
    """The sums of a lot's movements, each line of it once, in whatever order they came."""
    at: dict[Spot, Decimal] = dict.fromkeys(Spot, NOTHING)
    issued = returned = shipped = NOTHING
    for one in movements:
        at[one.source] -= one.quantity
        at[one.target] += one.quantity
        if Spot.STORE in {one.source, one.target}:
            # The way back to the store of something given out is a return; undone, it is none.
            if one.source is Spot.STORE:
                issued += one.quantity
            else:
                returned += one.quantity
        if one.source is Spot.FOUND:
            issued += one.quantity
        elif one.target is Spot.FOUND:
            issued -= one.quantity
        if Spot.CUSTOMER in {one.source, one.target}:
            shipped += one.quantity if one.target is Spot.CUSTOMER else -one.quantity
    return Standing(
        issued=issued, accepted=at[Spot.ACCEPTED] + shipped, rework=at[Spot.REWORK],
        scrap=at[Spot.SCRAP], loss=at[Spot.LOSS], returned=returned,
        out=sum((at[spot] for spot in OUT), NOTHING), shipped=shipped,
    )  # fmt: skip


def below_zero(movements: Iterable[Moved]) -> bool:
    """Whether some place of a lot would hold less than nothing."""
    held: dict[tuple[Spot, int | None], Decimal] = {}
    for one in movements:
        source, target = (one.source, one.source_worker), (one.target, one.target_worker)
        held[source] = held.get(source, NOTHING) - one.quantity
        held[target] = held.get(target, NOTHING) + one.quantity
    return any(
        amount < 0 for (spot, _who), amount in held.items() if spot not in ENDLESS | {Spot.STORE}
    )


def held_by(movements: Iterable[Moved], spot: Spot, worker: int | None) -> Decimal:
    """How much of a lot is at a place; for places of hands, in this worker's."""
    amount = NOTHING
    for one in movements:
        if one.source is spot and one.source_worker == worker:
            amount -= one.quantity
        if one.target is spot and one.target_worker == worker:
            amount += one.quantity
    return amount


# ── what an order brings, and whether the workshop can do it ─────────────────────────────────


def margin(*, price: Decimal, rate: Decimal, transport: Decimal, loss_percent: Decimal) -> Decimal:
    """What is left of a piece, in yuan: its price, less what is lost, the hand, the way."""
    kept = price * (1 - loss_percent / 100)
    return (kept - rate - transport).quantize(Decimal("0.0001"), ROUND_HALF_UP)


class Colour(StrEnum):
    """Whether an order can be done in time."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Light:
    """A colour, and what would make it green: hours, or workers, or days.

    `missing_minutes` lack until the due date; `helpers` workers of ten hours a week with the skill
    would make them good, or `days` more time would.
    """

    colour: Colour
    wanted_minutes: int
    free_minutes: int
    missing_minutes: int = 0
    helpers: int = 0
    days: int = 0
    lacks_skill: bool = False


def light(*, wanted: int, weekly: int, committed: int, today: date, due: date) -> Light:
    """The light of an order: `wanted` minutes of work are left, workers with the skill offer
    `weekly` minutes a week together, of which `committed` go to what is due before it.
    """
    days_left = max((due - today).days, 0)
    offered = weekly * days_left // 7
    free = max(offered - committed, 0)
    calm = int(offered * CALM) - committed
    if wanted <= calm:
        return Light(Colour.GREEN, wanted, free)
    missing = wanted - calm
    weeks = max(days_left / 7, 1 / 7)
    return Light(
        colour=Colour.AMBER if wanted <= free else Colour.RED,
        wanted_minutes=wanted, free_minutes=free, missing_minutes=missing,
        helpers=ceil(missing / (MINUTES_OF_A_HELPER * float(CALM) * weeks)),
        # Two minutes are lost to rounding at most: the days that are named do suffice.
        days=ceil((missing + 2) * 7 / (weekly * float(CALM))) if weekly else 0,
        lacks_skill=not weekly,
    )  # fmt: skip


# ── who gets which lot ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Batch:
    """A lot that nobody has: how long it takes, what it needs, where it is due."""

    id: int
    minutes: int
    skill: int | None
    due: date


@dataclass(frozen=True, slots=True)
class Hand:
    """A worker: minutes wished a week, minutes in hand already, yuan earned this month.

    `metres` from the workshop's door, None where nobody knows; `good` is the share of pieces that
    were accepted the first time, 1 for somebody new.
    """

    id: int
    wished: int
    load: int
    skills: frozenset[int]
    income: Decimal = NOTHING
    metres: int | None = None
    good: Decimal = Decimal(1)
    declined: frozenset[int] = frozenset()


class Because(StrEnum):
    """Why this worker: the first point in which she stood before the others."""

    ONLY = "only"
    SHARE = "share"
    INCOME = "income"
    QUALITY = "quality"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lot for a worker, or for nobody; with the reason as numbers.

    `share_before` and `share_after` are percent of the minutes she wished.
    """

    lot: int
    worker: int | None
    because: Because | None = None
    able: int = 0
    share_before: int = 0
    share_after: int = 0
    income: Decimal = NOTHING


def propose(lots: Sequence[Batch], hands: Sequence[Hand]) -> list[Proposal]:
    """Who should have which lot: scarcest skill first, then the longest lot, each to whoever has
    least of what she wished; equals by income this month, quality, distance.

    The greedy of the counter, milliseconds. An engine that proves how fair a plan can be takes the
    same values and gives the same list. Nobody is given what she declined, nor more than she wished,
    unless she has nothing at all.
    """
    load = {hand.id: hand.load for hand in hands}
    able = {lot.id: [hand for hand in hands if _is_able(hand, lot)] for lot in lots}
    order = sorted(lots, key=lambda lot: (len(able[lot.id]), -lot.minutes, lot.due, lot.id))
    found = []
    for lot in order:
        ranked = sorted(
            (
                (_rank(hand, lot, load[hand.id]), hand)
                for hand in able[lot.id]
                if load[hand.id] == 0 or load[hand.id] + lot.minutes <= hand.wished
            ),
            key=lambda pair: (pair[0], pair[1].id),
        )
        if not ranked:
            found.append(Proposal(lot.id, None, able=len(able[lot.id])))
            continue
        rank, best = ranked[0]
        before = load[best.id]
        load[best.id] += lot.minutes
        found.append(
            Proposal(
                lot=lot.id, worker=best.id, able=len(able[lot.id]), income=best.income,
                because=_because(rank, ranked[1][0]) if len(ranked) > 1 else Because.ONLY,
                share_before=_percent(before, best.wished),
                share_after=_percent(load[best.id], best.wished),
            )
        )  # fmt: skip
    return found


def _is_able(hand: Hand, lot: Batch) -> bool:
    has_skill = lot.skill is None or lot.skill in hand.skills
    return has_skill and hand.wished > 0 and lot.id not in hand.declined


def _rank(hand: Hand, lot: Batch, load: int) -> tuple[Decimal, Decimal, Decimal, int]:
    share = Decimal(load + lot.minutes) / hand.wished
    return (round(share, 2), hand.income, -hand.good, hand.metres if hand.metres is not None else 0)


def _because(best: tuple[object, ...], next_best: tuple[object, ...]) -> Because:
    points = (Because.SHARE, Because.INCOME, Because.QUALITY, Because.NEAR)
    for point, one, other in zip(points, best, next_best, strict=True):
        if one != other:
            return point
    return Because.NEAR


def _percent(part: int, whole: int) -> int:
    return int((Decimal(part) * 100 / whole).to_integral_value(ROUND_HALF_UP)) if whole else 0


def lowest_share(
    hands: Sequence[Hand], proposals: Sequence[Proposal], minutes: Mapping[int, int]
) -> int:
    """What the worst-off worker would have of her wish, in percent."""
    load = {hand.id: hand.load for hand in hands}
    for one in proposals:
        if one.worker is not None:
            load[one.worker] += minutes[one.lot]
    shares = [_percent(load[hand.id], hand.wished) for hand in hands if hand.wished > 0]
    return min(shares, default=0)


# ── the way of the tricycle ──────────────────────────────────────────────────────────────────


def in_order(
    start: int, distances: Mapping[tuple[int, int], float], stops: Iterable[int]
) -> list[int]:
    """Doors one after the other, always the nearest next; `start` is the workshop's."""
    left, here, way = sorted(set(stops)), start, []
    while left:
        here = min(left, key=lambda stop: (distances.get((here, stop), float("inf")), stop))
        left.remove(here)
        way.append(here)
    return way


def walked(metres: float) -> int:
    """About how long the way is that lies along this straight line, in metres (估算)."""
    return int((Decimal(metres) * DETOUR).to_integral_value(ROUND_CEILING))


def split_even(quantity: int, size: int) -> list[int]:
    """Lots of about `size` pieces, none more than one piece larger than another."""
    if quantity < 1 or size < 1:
        raise ValueError("a lot has pieces")
    count = ceil(quantity / size)
    small, more = divmod(quantity, count)
    return [small + 1] * more + [small] * (count - more)
