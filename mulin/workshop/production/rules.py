"""The room's law: where pieces may go, who bears what, what is paid, what the workshop can do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import ceil
from typing import Final

from mulin.ground.community.rules import Role

#: Who runs the workshop.
KEEPERS: Final = frozenset({Role.WORKSHOP_MANAGER, Role.HEAD})
NOTHING: Final = Decimal(0)
#: Of what workers wish to work, so much is planned with; the rest is illness, children, harvest.
CALM: Final = Decimal("0.80")
MINUTES_OF_A_HELPER: Final = 600  # a week: what one more worker is reckoned with
DAYS_OF_A_WEEK: Final = 7
#: A job that said nothing for so long has died with its machine.
JOB_LOST: Final = timedelta(minutes=5)
#: What the evening's plan may take: the fair one, and the one that buys wishes.
FAIR_SECONDS: Final = 20.0
WISH_SECONDS: Final = 10.0
#: From this hour on the lots that are free are planned by themselves, once an evening.
EVENING: Final = time(19)
#: So soon a question is answered, for whoever asks does not go on; and a wish.
ANSWER_QUESTION: Final = timedelta(days=1)
ANSWER_WISH: Final = timedelta(days=3)
#: For so long a wish for other work is weighed.
WISH_LASTS: Final = timedelta(days=90)


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


def lot_name(order: str, number: int) -> str:
    """How people call a lot: "2026-003-7"."""
    return f"{order}-{number}"


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


def fitting(standing: Standing, *, free: Decimal, is_running: bool) -> frozenset[str]:
    """What can be done to a lot as it stands, by the names of the forms of its page: of `free` pieces
    that lie in the store, of those in hands, of those to be done again. Whether a given number can
    be moved, the ledger says.
    """
    deeds = {"lose"}
    if free > 0:
        deeds |= {"divide"} | ({"issue"} if is_running else set())
    if standing.issued == 0:
        deeds.add("merge")
    else:
        deeds |= {"find", "material-back"}
    if standing.out > 0:
        deeds |= {"back", "return", "on", "material"}
    if standing.rework > 0:
        deeds.add("again")
    return frozenset(deeds)


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
    would make them good, or `days` more time would. `spoils` are agreed orders that would be late if
    this one, which is only quoted, were taken.
    """

    colour: Colour
    wanted_minutes: int
    free_minutes: int
    missing_minutes: int = 0
    helpers: int = 0
    days: int = 0
    lacks_skill: bool = False
    spoils: tuple[int, ...] = ()

    @property
    def missing_hours(self) -> int:
        """Begun hours count whole."""
        return ceil(self.missing_minutes / 60)


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order still asks for: minutes of work, with a skill or (None) by anybody, by a day."""

    id: int
    minutes: int
    skill: int | None
    due: date


@dataclass(frozen=True, slots=True)
class Maker:
    """A worker: the minutes a week she wishes, and what she can do."""

    weekly: int
    skills: frozenset[int]


def lights_of(orders: Iterable[Asked], makers: Iterable[Maker], today: date) -> dict[int, Light]:
    """The light of each order. They take their minutes one after another, earliest due first; a
    minute that one took of a worker no other has, whatever else she can do. Whoever can do the
    fewest things is taken first, and everybody's planned share before anybody's whole time. What
    there was nobody for still lies before later orders of the same skill.
    """
    hands = sorted(makers, key=lambda one: len(one.skills))
    # In sevenths of a minute, as a week has seven days: nothing is lost to rounding.
    taken = [0] * len(hands)
    undone: dict[int | None, int] = {}
    found: dict[int, Light] = {}
    for order in sorted(orders, key=lambda one: (one.due, one.id)):
        skill = order.skill
        able = [place for place, one in enumerate(hands) if skill is None or skill in one.skills]
        before = sum(undone.values()) if skill is None else undone.get(skill, 0)
        found[order.id] = light(
            wanted=order.minutes, weekly=sum(hands[place].weekly for place in able),
            committed=-(-(before + sum(taken[place] for place in able)) // DAYS_OF_A_WEEK), today=today, due=order.due,
        )  # fmt: skip
        left = order.minutes * DAYS_OF_A_WEEK
        days = max((order.due - today).days, 0)
        for share in (CALM, Decimal(1)):
            for place in able:
                most = int(hands[place].weekly * days * share)
                part = min(left, max(most - taken[place], 0))
                taken[place] += part
                left -= part
        undone[skill] = undone.get(skill, 0) + left
    return found


def lights_by_promise(
    agreed: Sequence[Asked], quoted: Sequence[Asked], makers: Sequence[Maker], today: date
) -> dict[int, Light]:
    """The lights of orders that were agreed, which no quote changes; and of each quote as if it were
    taken now and no other one. A quote by which agreed orders would be late has the worst of their
    colours, and what would make that one good.
    """
    found = lights_of(agreed, makers, today)
    for one in quoted:
        taken = lights_of([*agreed, one], makers, today)
        spoils = [
            key for key in (order.id for order in agreed) if _is_worse(taken[key], found[key])
        ]
        worst = max((taken[key] for key in [one.id, *spoils]), key=_gravity)
        own = taken[one.id]
        found[one.id] = replace(
            worst,
            wanted_minutes=own.wanted_minutes,
            free_minutes=own.free_minutes,
            spoils=tuple(spoils),
        )
    return found


def _gravity(light: Light) -> tuple[int, int]:
    return list(Colour).index(light.colour), light.missing_minutes


def _is_worse(then: Light, now: Light) -> bool:
    return list(Colour).index(then.colour) > list(Colour).index(now.colour)


# ── who gets which lot ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Batch:
    """A lot that nobody has: how long it takes, what it needs, where it is due."""

    id: int
    minutes: int
    skill: int | None
    due: date
    least_quality: int = 0


@dataclass(frozen=True, slots=True)
class Hand:
    """A worker: minutes wished a week, minutes in hand already, yuan earned this month.

    `metres` from the workshop's door, None where nobody knows; `good` is the share of pieces that
    were accepted the first time, 1 for somebody new. `made` are the minutes of this month that were
    accepted, `asked` those she wished in it until today; `likes` the skills she would rather use.
    """

    id: int
    wished: int
    load: int
    skills: frozenset[int]
    income: Decimal = NOTHING
    metres: int | None = None
    good: Decimal = Decimal(1)
    declined: frozenset[int] = frozenset()
    made: int = 0
    asked: int = 0
    likes: frozenset[int] = frozenset()


class Because(StrEnum):
    """Why this worker: the first point in which she stood before the others."""

    ONLY = "only"
    SHARE = "share"
    INCOME = "income"
    QUALITY = "quality"
    NEAR = "near"
    TIME = "time"  # nobody else who can do it has time left
    WORST = "worst"  # with anybody else the lowest share would be lower
    WISH = "wish"  # it is the work she would rather do
    EQUAL = "equal"  # another would do as well


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lot for a worker, or for nobody; with the reason as numbers.

    `share_before` and `share_after` are percent of the minutes she wished; `otherwise` is what the
    lowest share of all would be if the next best had it.
    """

    lot: int
    worker: int | None
    because: Because | None = None
    able: int = 0
    share_before: int = 0
    share_after: int = 0
    income: Decimal = NOTHING
    otherwise: int | None = None


def propose(lots: Sequence[Batch], hands: Sequence[Hand]) -> list[Proposal]:
    """Who should have which lot: scarcest skill first, then the longest lot, each to whoever has
    least of what she wished; equals by income this month, quality, distance.

    The greedy of the counter, milliseconds. An engine that proves how fair a plan can be takes the
    same values and gives the same list. Nobody is given what she declined, nor more than she wished,
    unless she has nothing at all.
    """
    load = {hand.id: hand.load for hand in hands}
    able = {lot.id: [hand for hand in hands if is_able(hand, lot)] for lot in lots}
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


def is_able(hand: Hand, lot: Batch) -> bool:
    """Whether she can have a lot at all: the skill, the quality it needs, nothing she declined."""
    has_skill = lot.skill is None or lot.skill in hand.skills
    is_good = hand.good * 100 >= lot.least_quality
    return has_skill and is_good and hand.wished > 0 and lot.id not in hand.declined


def _rank(hand: Hand, lot: Batch, load: int) -> tuple[Decimal, Decimal, Decimal, int]:
    share = Decimal(load + lot.minutes) / hand.wished
    return (round(share, 2), hand.income, -hand.good, hand.metres if hand.metres is not None else 0)


def _because(best: tuple[object, ...], next_best: tuple[object, ...]) -> Because:
    points = (Because.SHARE, Because.INCOME, Because.QUALITY, Because.NEAR)
    for point, one, other in zip(points, best, next_best, strict=True):
        if one != other:
            return point
    return Because.NEAR


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """Work somebody has in hand: until when, how long it takes, which lot it is."""

    due: date
    minutes: int
    lot: int


def late(tasks: Iterable[Task], wished: int, today: date) -> dict[int, date]:
    """Which of somebody's lots are not ready in time, and when they are: the earliest due first,
    `wished` minutes a week. Who wishes nothing is never ready.
    """
    found, minutes = {}, 0
    for one in sorted(tasks):
        minutes += one.minutes
        ready = today + timedelta(days=ceil(minutes * 7 / wished)) if wished else date.max
        if ready > one.due:
            found[one.lot] = ready
    return found


def _percent(part: int, whole: int) -> int:
    return int((Decimal(part) * 100 / whole).to_integral_value(ROUND_HALF_UP)) if whole else 0


# ── the way of the tricycle ──────────────────────────────────────────────────────────────────


#: A laden tricycle among people: metres a minute (9 km/h). Ours; a day with the driver says better.
METRES_A_MINUTE: Final = 150
#: At a door: down from the saddle, count, sign. Ours.
MINUTES_A_DOOR: Final = 4
#: Unloading and loading at the workshop between two trips. Ours.
MINUTES_A_LOAD: Final = 10


_DAY: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Call:
    """A door of a round: pieces that are left there, pieces that are taken along, when somebody
    opens, in seconds of the day.
    """

    worker: int
    bring: int
    fetch: int
    opens: int = 0
    shuts: int = _DAY

    @property
    def load(self) -> int:
        """What it takes of the tricycle on the whole way: whatever the order of the doors, never
        more lies on it than these together.
        """
        return max(self.bring, self.fetch)


def second_of(moment: time) -> int:
    """A time of day in seconds."""
    return moment.hour * 3600 + moment.minute * 60


def clock_of(second: int) -> time:
    """Seconds of the day as a time; the last minute for what comes after midnight."""
    hour, rest = divmod(min(second, _DAY - 60), 3600)
    return time(hour, rest // 60)


def ridden(metres: int) -> int:
    """How many seconds the tricycle takes for so many metres."""
    return -(-metres * 60 // METRES_A_MINUTE)


def arrivals(calls: Sequence[Call], legs: Sequence[int], leaves: int) -> list[int]:
    """When the tricycle is at each door in turn, in seconds; `legs` are metres from the door before.
    Who comes early waits.
    """
    now, found = leaves, []
    for call, leg in zip(calls, legs, strict=True):
        now = max(now + ridden(leg), call.opens)
        found.append(now)
        now += MINUTES_A_DOOR * 60
    return found


def shares(amounts: Sequence[int], capacity: int | None) -> list[list[int]]:
    """Amounts laid into loads that go onto the tricycle, in their order; each load says how much of
    each amount it takes. One load for all where nobody counts what goes on.
    """
    if capacity is None:
        return [list(amounts)]
    loads, room = [[0] * len(amounts)], capacity
    for place, amount in enumerate(amounts):
        left = amount
        while left:
            if not room:
                loads.append([0] * len(amounts))
                room = capacity
            taken = min(left, room)
            loads[-1][place] += taken
            left, room = left - taken, room - taken
    return loads


def filled(loads: Sequence[int], capacity: int | None, *, begun: int = 0) -> list[int]:
    """On which trip each load goes, in their order: 0 is the one that holds `begun` already."""
    trip, on, found = 0, begun, []
    for load in loads:
        if capacity is not None and on and on + load > capacity:
            trip, on = trip + 1, 0
        on += load
        found.append(trip)
    return found


def one_after_another(
    trips: Sequence[Sequence[Call]], legs: Sequence[Sequence[int]], *, leaves: int, back_by: int
) -> list[list[int]] | None:
    """When the tricycle is at each door of each trip, in seconds; a trip begins when the one before
    is back and loaded anew. `legs` are metres, the way home last. None where a door is shut by then,
    or the last trip back too late.
    """
    now, found = leaves, []
    for number, (calls, ways) in enumerate(zip(trips, legs, strict=True)):
        now += MINUTES_A_LOAD * 60 if number else 0
        times = arrivals(calls, ways[:-1], now)
        if any(at > call.shuts for call, at in zip(calls, times, strict=True)):
            return None
        now = (times[-1] + MINUTES_A_DOOR * 60 if times else now) + ridden(ways[-1])
        found.append(times)
    return found if now <= back_by else None


def split_even(quantity: int, size: int) -> list[int]:
    """Lots of about `size` pieces, none more than one piece larger than another."""
    if quantity < 1 or size < 1:
        raise ValueError("a lot has pieces")
    count = ceil(quantity / size)
    small, more = divmod(quantity, count)
    return [small + 1] * more + [small] * (count - more)


# ── looking at a part of many ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sampling:
    """From so many pieces on, look at `sample`; up to `accept` of them may be wrong."""

    pieces: int
    sample: int
    accept: int
    source: str


def sampling_for(count: int, rows: Iterable[Sampling]) -> Sampling | None:
    """The row for so many pieces; None where nobody wrote one down, or where it asks for as many as
    there are: then each is looked at.
    """
    fitting = [row for row in rows if row.pieces <= count]
    best = max(fitting, key=lambda row: row.pieces, default=None)
    return best if best is not None and best.sample < count else None


# ── what a customer owes ─────────────────────────────────────────────────────────────────────

FEN: Final = Decimal("0.01")


def delivered_yuan(price: Decimal, pieces: Decimal) -> Decimal:
    """A line of a customer's statement: price × pieces, half a fen up, rounded here and nowhere
    else. The total is the sum of its lines.
    """
    return (price * pieces).quantize(FEN, ROUND_HALF_UP)


# ── what a customer left as a deposit ────────────────────────────────────────────────────────


class Purse(StrEnum):
    """Between what the lines of a deposit run."""

    CUSTOMER = "customer"
    HELD = "held"  # with us, and still the customer's
    DELIVERED = "delivered"  # counted to what was delivered


class DepositKind(StrEnum):
    """What a line of a customer's money is: of a deposit, or the payment of what was delivered."""

    RECEIVED = "received"
    SET_OFF = "set_off"
    RETURNED = "returned"
    PAID = "paid"


#: kind → (from, to). A line that turns another round runs the other way.
DEPOSIT_WAYS: Final[Mapping[DepositKind, tuple[Purse, Purse]]] = {
    DepositKind.RECEIVED: (Purse.CUSTOMER, Purse.HELD),
    DepositKind.SET_OFF: (Purse.HELD, Purse.DELIVERED),
    DepositKind.RETURNED: (Purse.HELD, Purse.CUSTOMER),
    DepositKind.PAID: (Purse.CUSTOMER, Purse.DELIVERED),
}


@dataclass(frozen=True, slots=True)
class Deposit:
    """What lines of a customer's money come to, in yuan: received = held + set off + given back;
    `paid` came for what was delivered and was never a deposit.
    """

    received: Decimal = NOTHING
    set_off: Decimal = NOTHING
    returned: Decimal = NOTHING
    paid: Decimal = NOTHING

    @property
    def held(self) -> Decimal:
        """What is still with us."""
        return self.received - self.set_off - self.returned

    @property
    def settled(self) -> Decimal:
        """What of the delivered is settled: out of the deposit, or paid."""
        return self.set_off + self.paid

    def is_right(self, delivered: Decimal) -> bool:
        """Nothing stands below nothing, and no more is settled than was delivered, in yuan."""
        return min(self.held, self.set_off, self.returned, self.paid) >= 0 and (
            self.settled <= max(delivered, NOTHING)
        )


def deposit_of(lines: Iterable[tuple[str, str, Decimal]]) -> Deposit:
    """Add up lines, each as its kind, where it comes from, and its amount."""
    sums = dict.fromkeys(DepositKind, NOTHING)
    for kind, source, amount in lines:
        known = DepositKind(kind)
        sums[known] += amount if source == DEPOSIT_WAYS[known][0] else -amount
    return Deposit(
        received=sums[DepositKind.RECEIVED], set_off=sums[DepositKind.SET_OFF],
        returned=sums[DepositKind.RETURNED], paid=sums[DepositKind.PAID],
    )  # fmt: skip
