"""What the pages of the workshop read, and what the ledger asks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person
from mulin.ground.places.models import Place, PlaceKind, Residence
from mulin.kit.clock import SHANGHAI, end_of_day, local_day, start_of_day
from mulin.kit.coordinates import Position, metres_between
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated
from mulin.workshop.production.models import (
    Carrying,
    Item,
    Lot,
    LotPlan,
    LotQuestion,
    Movement,
    Offer,
    OfferState,
    Operation,
    Order,
    OrderState,
    OwnHours,
    Receipt,
    SaleNotice,
    SamplingRow,
    Stop,
    StopKind,
    WishKind,
    Worker,
    WorkerSkill,
    WorkWish,
    rates_on,
)
from mulin.workshop.production.rules import (
    ENDLESS,
    HELD,
    NOT_HERS,
    NOTHING,
    WAYS,
    WISH_LASTS,
    Asked,
    Batch,
    Bearer,
    Cause,
    Colour,
    Hand,
    Light,
    Maker,
    Moved,
    Sampling,
    Spot,
    Standing,
    Task,
    bears,
    below_zero,
    delivered_yuan,
    held_by,
    lights_by_promise,
    sampling_for,
    standing_of,
)

_ENDS = ("source", "target", "quantity", "source_worker", "target_worker")
#: Lines of what a customer brought that stand on the page of an order.
MOST_BROUGHT: Final = 100


def moved(lot: Lot, item: Item | None = None) -> list[Moved]:
    """The pieces of a lot, or something that went with it, movement by movement. One query by its
    index.
    """
    rows = _pieces() if item is None else Movement.objects.filter(item=item).order_by("at", "id")
    return [_as_moved(*row) for row in rows.filter(lot=lot).values_list(*_ENDS)]


def _pieces() -> "QuerySet[Movement]":
    rows: QuerySet[Movement] = Movement.objects.filter(item__is_piece=True).order_by("at", "id")
    return rows


def _as_moved(
    source: str, target: str, quantity: Decimal, giver: int | None, taker: int | None
) -> Moved:
    return Moved(Spot(source), Spot(target), quantity, giver, taker)


def standing(lot: Lot) -> Standing:
    """Where the pieces of a lot are."""
    return standing_of(moved(lot))


def standings(lots: Iterable[int]) -> dict[int, Standing]:
    """Where the pieces of each of these lots are. One query."""
    by_lot: dict[int, list[Moved]] = defaultdict(list)
    for lot_id, *ends in _pieces().filter(lot__in=list(lots)).values_list("lot", *_ENDS):
        by_lot[lot_id].append(_as_moved(*ends))
    return defaultdict(Standing, {lot_id: standing_of(rows) for lot_id, rows in by_lot.items()})


def given_out(rows: Iterable[Moved]) -> Decimal:
    """How much of a lot was handed out from the store and did not come back to it."""
    given = NOTHING
    for one in rows:
        if one.source is Spot.STORE:
            given += one.quantity
        elif one.target is Spot.STORE:
            given -= one.quantity
    return given


def held_in(item: Item, lot: Lot | None, spot: Spot, worker: Worker | None) -> Decimal | None:
    """How much of something is at a place; None where nobody counts (`rules.ENDLESS`)."""
    if spot in ENDLESS:
        return None
    if spot is Spot.STORE:
        return in_store(item.pk)
    rows = Movement.objects.filter(lot=lot, item=item).values_list(*_ENDS)
    who = worker.pk if worker is not None and spot in HELD else None
    return held_by([_as_moved(*row) for row in rows], spot, who)


def piece_item(order: Order) -> Item:
    """The parts of one piece of an order."""
    found: Item = Item.objects.get(order=order, is_piece=True)
    return found


def in_store(item_id: int) -> Decimal:
    """How much of something lies in the store."""
    sums = Movement.objects.filter(item=item_id).aggregate(
        came=Coalesce(Sum("quantity", filter=Q(target=Spot.STORE)), NOTHING),
        went=Coalesce(Sum("quantity", filter=Q(source=Spot.STORE)), NOTHING),
    )
    left: Decimal = sums["came"] - sums["went"]
    return left


def brought(item_id: int) -> Decimal:
    """How much of something the customer brought, less what went back unused."""
    sums = Movement.objects.filter(item=item_id, lot__isnull=True).aggregate(
        came=Coalesce(Sum("quantity", filter=Q(source=Spot.CUSTOMER)), NOTHING),
        back=Coalesce(Sum("quantity", filter=Q(target=Spot.CUSTOMER)), NOTHING),
    )
    total: Decimal = sums["came"] - sums["back"]
    return total


def came_and_went(order: Order) -> dict[int, list[Movement]]:
    """Item → what of it the customer brought and took back, line by line; what went out with lots
    stands with each lot. At most `MOST_BROUGHT` lines.
    """
    rows = Movement.objects.filter(item__order=order, lot__isnull=True)
    found: dict[int, list[Movement]] = defaultdict(list)
    for row in rows.select_related("entered_by").order_by("at", "id")[:MOST_BROUGHT]:
        found[row.item_id].append(row)
    return found


def worker_of(actor: Actor) -> Worker | None:
    """The worker who acts, if they are one."""
    if actor.account_id is None:
        return None
    found: Worker | None = (
        Worker.objects.active()
        .filter(person__account=actor.account_id)
        .select_related("person")
        .first()
    )
    return found


def life_of(lot: Lot, items: Mapping[int, Item]) -> list[Movement]:
    """Everything that happened to a lot, in order; who, when, by which way. `items` are those of its
    order. Three queries: hundreds of lines name few hands, and each of these is read once.
    """
    rows = list(Movement.objects.filter(lot=lot).order_by("at", "id"))
    workers = Worker.objects.select_related("person").in_bulk(
        {at for row in rows for at in (row.source_worker_id, row.target_worker_id)} - {None}
    )
    writers = Account.objects.in_bulk({row.entered_by_id for row in rows} - {None})
    for row in rows:
        row.item = items[row.item_id]
        row.source_worker = workers.get(row.source_worker_id)
        row.target_worker = workers.get(row.target_worker_id)
        row.entered_by = writers.get(row.entered_by_id)
    return rows


@dataclass(slots=True)
class Along:
    """Material that went with a lot, and what of it came back. The rest is in the pieces, or with her."""

    item: Item
    out: Decimal = NOTHING
    back: Decimal = NOTHING
    found: Decimal = NOTHING

    @property
    def rest(self) -> Decimal:
        return self.out + self.found - self.back


def along_of(rows: Iterable[Movement]) -> list[Along]:
    """The material of a lot's life; a line that was turned round counts on neither side."""
    found: dict[int, Along] = {}
    for row in rows:
        if row.item.is_piece:
            continue
        along = found.setdefault(row.item_id, Along(row.item))
        if Spot.FOUND in {row.source, row.target}:
            along.found += -row.quantity if row.reverses_id else row.quantity
        elif (row.source == Spot.STORE) != bool(row.reverses_id):
            along.out += -row.quantity if row.reverses_id else row.quantity
        else:
            along.back += -row.quantity if row.reverses_id else row.quantity
    return list(found.values())


def ends_of(row: Movement) -> Moved:
    """A movement of a lot's life as the sums need it."""
    return _as_moved(
        row.source, row.target, row.quantity, row.source_worker_id, row.target_worker_id
    )


def receipts_of(lot: Lot) -> list[tuple[Receipt, Decimal]]:
    """What was given back of a lot, each with what is not judged yet. Two queries."""
    receipts = lot.receipts.select_related("worker__person").prefetch_related("verdicts")
    return [(one, one.left) for one in receipts]


def holders_of(rows: Iterable[Movement]) -> dict[Worker, Decimal]:
    """Who has how many pieces of a lot at home, from its life."""
    held: dict[Worker, Decimal] = {}
    for row in rows:
        if not row.item.is_piece:
            continue
        if row.source == Spot.WORKER and row.source_worker is not None:
            held[row.source_worker] = held.get(row.source_worker, NOTHING) - row.quantity
        if row.target == Spot.WORKER and row.target_worker is not None:
            held[row.target_worker] = held.get(row.target_worker, NOTHING) + row.quantity
    return {worker: amount for worker, amount in held.items() if amount}


def unjudged(receipt: Receipt) -> Decimal:
    """How much of a receipt lies on the counting table still."""
    sums = receipt.verdicts.aggregate(
        came=Coalesce(Sum("quantity", filter=Q(target=Spot.COUNTER)), NOTHING),
        went=Coalesce(Sum("quantity", filter=Q(source=Spot.COUNTER)), NOTHING),
    )
    left: Decimal = sums["came"] - sums["went"]
    return left


def in_hands(worker: Worker | None = None) -> dict[tuple[Spot, int, int], Decimal]:
    """(place of hands, lot, worker) → pieces of open lots there, whoever the lot was given to: hers
    after another handed them on, or after they went out to be done again.
    """
    rows = _pieces().filter(lot__settled_at__isnull=True)
    if worker is not None:
        rows = rows.filter(Q(source_worker=worker) | Q(target_worker=worker))
    held: dict[tuple[Spot, int, int], Decimal] = defaultdict(lambda: NOTHING)
    for lot_id, *ends in rows.values_list("lot", *_ENDS):
        one = _as_moved(*ends)
        for spot, who, sign in (
            (one.source, one.source_worker, -1),
            (one.target, one.target_worker, 1),
        ):
            if spot in HELD and who is not None and (worker is None or who == worker.pk):
                held[spot, lot_id, who] += sign * one.quantity
    return {place: amount for place, amount in held.items() if amount > 0}


def at_the_door(worker: int | None = None) -> list[tuple[str, int, int, Decimal]]:
    """What changes hands next time a worker stands at the workshop's door: (kind, number of lot or
    receipt, worker, pieces). `takes`: she said yes and nothing was given out; `gives`: she has it at
    home; `counted`: she has not agreed to the number yet. Of one worker, or of all.
    """
    alive = offers_alive().filter(state=OfferState.ACCEPTED).select_related("lot")
    waiting = Receipt.objects.filter(agreed_at__isnull=True).prefetch_related("verdicts")
    if worker is not None:
        alive, waiting = alive.filter(worker=worker), waiting.filter(worker=worker)
    found = [("takes", one.lot_id, one.worker_id, Decimal(one.lot.quantity)) for one in alive]
    found += [
        ("gives", lot_id, who, amount)
        for (spot, lot_id, who), amount in sorted(in_hands().items())
        if spot is Spot.WORKER and worker in {None, who}
    ]
    found += [
        ("counted", one.pk, one.worker_id, one.counted)
        for one in waiting.order_by("at")
        if one.left
    ]
    return found


def lots_with(worker: Worker) -> "QuerySet[Lot]":
    """Open lots that were given to her, and those of which she has something all the same."""
    held = [lot_id for _spot, lot_id, _who in in_hands(worker)]
    rows: QuerySet[Lot] = Lot.objects.open().filter(Q(worker=worker) | Q(pk__in=held))
    return rows.select_related("order__operation")


def offers_alive() -> "QuerySet[Offer]":
    """What waits for an answer, and lots a worker said yes to of which nothing was given out yet."""
    pieces = "lot__movements__quantity"
    not_fetched = (
        Offer.objects.filter(
            state=OfferState.ACCEPTED, lot__worker=F("worker"), lot__settled_at__isnull=True
        )
        .annotate(
            given=Coalesce(Sum(pieces, filter=Q(lot__movements__source=Spot.STORE)), NOTHING)
            - Coalesce(Sum(pieces, filter=Q(lot__movements__target=Spot.STORE)), NOTHING)
        )
        .filter(given=0)
        .order_by()
    )
    rows: QuerySet[Offer] = Offer.objects.filter(
        Q(state=OfferState.OPEN) | Q(pk__in=not_fetched.values("pk"))
    )
    return rows


def person_typed(by: Actor, typed: str) -> Person:
    """Whose number it is; at the desk a name will do. Raises Refused for nobody and for several."""
    roll = Person.objects.on_roll()
    if by.is_desk:
        found = list(roll.visible_to(by).search(typed)[:2])
    else:
        found = list(roll.with_phone(typed)[:2])
    if not found:
        raise Refused(_("Nobody on the roll is found by this."), field="who")
    if len(found) > 1:
        raise Refused(_("Several are called so. Type the whole phone number."), field="who")
    person: Person = found[0]
    return person


# ── what the workshop can do ─────────────────────────────────────────────────────────────────


def holders_of_skill(today: date) -> dict[int, set[int]]:
    """Worker → skills that count today."""
    rows = WorkerSkill.objects.filter(certified_on__lte=today).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today)
    )
    skills: dict[int, set[int]] = defaultdict(set)
    for worker_id, skill_id in rows.values_list("worker", "skill"):
        skills[worker_id].add(skill_id)
    return skills


def lights(orders: Iterable[Order], today: date) -> dict[int, Light]:
    """The light of each of these open orders, by the workers there are now. Four queries.

    Each worker's minutes count once, and what is only quoted makes nothing late that was agreed; see
    `rules.lights_by_promise`.
    """
    orders = list(orders)
    listed = list(Order.objects.open().select_related("operation"))
    made = _made(listed)
    skills = holders_of_skill(today)
    active = Worker.objects.active().order_by("pk").values_list("pk", "minutes_wished")
    makers = [Maker(minutes, frozenset(skills.get(pk, ()))) for pk, minutes in active]
    agreed, quoted, wanted = [], [], {order.pk for order in orders}
    for order in listed:
        left = max(order.quantity - int(made.get(order.pk, 0)), 0)
        minutes = -(-left * order.operation.seconds // 60)
        asked = Asked(order.pk, minutes, order.operation.skill_id, order.due)
        if order.state == OrderState.RUNNING:
            agreed.append(asked)
        elif order.pk in wanted:
            quoted.append(asked)
    found = lights_by_promise(agreed, quoted, makers, today)
    return {order.pk: found.get(order.pk, Light(Colour.GREEN, 0, 0)) for order in orders}


def _made(orders: Iterable[Order]) -> dict[int, Decimal]:
    rows = (
        Movement.objects.filter(lot__order__in=[one.pk for one in orders], item__is_piece=True)
        .filter(Q(target=Spot.ACCEPTED) | Q(source=Spot.ACCEPTED, target=Spot.COUNTER))
        .values("lot__order")
        .annotate(
            made=Coalesce(
                Sum("quantity", filter=Q(target=Spot.ACCEPTED, source=Spot.COUNTER)), NOTHING
            )
            - Coalesce(Sum("quantity", filter=Q(source=Spot.ACCEPTED)), NOTHING)
        )
        .order_by()
    )
    return {row["lot__order"]: row["made"] for row in rows}


def weekly_minutes(today: date) -> dict[int | None, int]:
    """Skill → minutes a week that those who can do it wish to work; None: everybody."""
    skills = holders_of_skill(today)
    weekly: dict[int | None, int] = defaultdict(int)
    for worker_id, minutes in (
        Worker.objects.active().order_by().values_list("pk", "minutes_wished")
    ):
        weekly[None] += minutes
        for skill in skills[worker_id]:
            weekly[skill] += minutes
    return weekly


# ── who is given what ────────────────────────────────────────────────────────────────────────


def free_lots() -> list[Lot]:
    """Lots that nobody has and nobody was asked for, of orders that run."""
    return list(
        Lot.objects.free()
        .filter(order__state=OrderState.RUNNING)
        .select_related("order__operation__skill")
    )


def batches(lots: Iterable[Lot]) -> list[Batch]:
    """Lots as the rule of allocation needs them."""
    return [
        Batch(
            lot.pk, lot.minutes, lot.order.operation.skill_id, lot.due, lot.order.least_quality
        )
        for lot in lots
    ]  # fmt: skip


def hands(now: datetime, lots: Iterable[Lot]) -> tuple[list[Hand], dict[int, Worker]]:
    """Workers as the rule needs them: what they wish, have, can, earned this month, how far away.

    A fixed number of queries, however many workers.
    """
    today = local_day(now)
    workers = {one.pk: one for one in Worker.objects.active().select_related("person")}
    skills, load = holders_of_skill(today), loads()
    income, quality = incomes(now), qualities(now)
    far, made, liked = metres_to_homes(workers.values()), minutes_made(now), likes(now)
    declined: dict[int, set[int]] = defaultdict(set)
    refused = Offer.objects.filter(state=OfferState.DECLINED, lot__in=[lot.pk for lot in lots])
    for worker_id, lot_id in refused.values_list("worker", "lot"):
        declined[worker_id].add(lot_id)
    first = today.replace(day=1)
    found = [
        Hand(
            id=pk, wished=worker.minutes_wished, load=load[pk], skills=frozenset(skills[pk]),
            income=income.get(pk, NOTHING), metres=far.get(pk), good=quality.get(pk, Decimal(1)),
            declined=frozenset(declined[pk]), made=made.get(pk, 0), likes=frozenset(liked[pk]),
            asked=worker.minutes_wished * max((today - max(first, worker.joined_on)).days, 0) // 7,
        )
        for pk, worker in workers.items()
    ]  # fmt: skip
    return found, workers


def minutes_made(now: datetime) -> dict[int, int]:
    """Minutes of standard time of what was accepted of each worker's this month."""
    first = start_of_day(local_day(now).replace(day=1))
    rows = (
        Movement.objects.filter(
            source=Spot.COUNTER, target=Spot.ACCEPTED, at__gte=first, reversed_by__isnull=True,
            reverses__isnull=True,
        )
        .values("source_worker")
        .annotate(seconds=Sum(F("quantity") * F("lot__order__operation__seconds")))
        .order_by()
    )  # fmt: skip
    return {row["source_worker"]: int(row["seconds"]) // 60 for row in rows}


def likes(now: datetime) -> dict[int, set[int]]:
    """Worker → the skill she last said she would rather use, as long as that is not long ago."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = WorkWish.objects.filter(
        kind=WishKind.OTHER, skill__isnull=False, at__gte=now - WISH_LASTS
    )
    for worker_id, skill_id in rows.order_by("at", "id").values_list("worker", "skill"):
        found[worker_id] = {skill_id}
    return found


def loads() -> dict[int, int]:
    """Minutes of work each worker has in hand or was offered. What another has of a lot is hers."""
    load: dict[int, int] = defaultdict(int)
    for worker_id, tasks in queues().items():
        load[worker_id] = max(sum(one.minutes for one in tasks), 0)
    return load


def queues() -> dict[int, list[Task]]:
    """Worker → what she has in hand or was offered, lot by lot, each with the day it is due."""
    minutes: dict[tuple[int, int], int] = defaultdict(int)
    lots = {lot.pk: lot for lot in Lot.objects.open().select_related("order__operation")}
    for lot in lots.values():
        if lot.worker_id is not None:
            minutes[lot.worker_id, lot.pk] += lot.minutes
    for (_spot, lot_id, who), amount in in_hands().items():
        lot = lots[lot_id]
        if who != lot.worker_id:
            part = -(-int(amount) * lot.order.operation.seconds // 60)
            minutes[who, lot_id] += part
            if lot.worker_id is not None:
                own = (lot.worker_id, lot_id)
                minutes[own] = max(minutes[own] - part, 0)
    asked = Offer.objects.filter(state=OfferState.OPEN).values_list("worker", "lot")
    for worker_id, lot_id in asked:
        if lot_id in lots:
            minutes[worker_id, lot_id] += lots[lot_id].minutes
    found: dict[int, list[Task]] = defaultdict(list)
    for (worker_id, lot_id), part in minutes.items():
        if part:
            found[worker_id].append(Task(lots[lot_id].due, part, lot_id))
    return found


def open_lots(ids: Iterable[int]) -> list[Lot]:
    """These lots, with what a line says of them."""
    return list(Lot.objects.filter(pk__in=list(ids)).select_related("order"))


def latest_plan() -> LotPlan | None:
    """What the engine was asked last."""
    found: LotPlan | None = LotPlan.objects.first()
    return found


def incomes(now: datetime) -> dict[int, Decimal]:
    """What each worker earned by the piece this month so far, before bonus and deduction."""
    today = now.astimezone(SHANGHAI).date()
    paid = Movement.objects.filter(is_paid=True, entered_at__gte=start_of_day(today.replace(day=1)))
    rows = (
        paid.annotate(who=Coalesce("source_worker", "target_worker"))
        .values("who")
        .annotate(
            yuan=Coalesce(
                Sum(F("quantity") * F("lot__rate"), filter=Q(reverses__isnull=True)), NOTHING
            )
            - Coalesce(
                Sum(F("quantity") * F("lot__rate"), filter=Q(reverses__isnull=False)), NOTHING
            )
        )
        .order_by()
    )
    return {row["who"]: Decimal(row["yuan"]) for row in rows}


def qualities(now: datetime) -> dict[int, Decimal]:
    """The share of each worker's pieces of the last half year that were right the first time."""
    judged = Movement.objects.filter(
        source=Spot.COUNTER, at__gte=now - timedelta(days=183), reversed_by__isnull=True,
        target__in=[Spot.ACCEPTED, Spot.REWORK, Spot.SCRAP],
    ).exclude(cause__in=NOT_HERS)  # fmt: skip
    rows = (
        judged.values("source_worker")
        .annotate(
            every=Sum("quantity"),
            good=Coalesce(Sum("quantity", filter=Q(target=Spot.ACCEPTED)), NOTHING),
        )
        .order_by()
    )
    return {row["source_worker"]: row["good"] / row["every"] for row in rows}


def positions_of(workers: Iterable[Worker]) -> dict[int, tuple[str, Position | None]]:
    """Worker → door and place of their house, for those whose home is known. One query."""
    by_person = {worker.person_id: worker.pk for worker in workers}
    found: dict[int, tuple[str, Position | None]] = {}
    homes = Residence.objects.filter(person__in=by_person, until__isnull=True).select_related(
        "dwelling__unit__building"
    )
    for home in homes.order_by("since", "id"):
        building = home.dwelling.unit.building
        place = (
            Position(lon=float(building.longitude), lat=float(building.latitude))
            if building.latitude is not None and building.longitude is not None
            else None
        )
        found[by_person[home.person_id]] = (str(home.dwelling), place)
    return found


def metres_to_homes(workers: Iterable[Worker]) -> dict[int, int]:
    """How far each worker's house is from the workshop's, straight; without those not known."""
    start = workshop_position()
    if start is None:
        return {}
    return {
        pk: int(metres_between(start, place))
        for pk, (_door, place) in positions_of(workers).items()
        if place is not None
    }


def workshop_position() -> Position | None:
    """Where the workshop is, if somebody has said so of it or of the house it is in."""
    places = Place.objects.filter(kind=PlaceKind.WORKSHOP, closed_at=None)
    for place in places.select_related("building"):
        for there in (place, place.building):
            if there and there.latitude is not None and there.longitude is not None:
                return Position(lon=float(there.longitude), lat=float(there.latitude))
    return None


def errands() -> list[tuple[str, Lot, Worker, Decimal]]:
    """What waits to be brought or fetched: (kind, lot, worker, pieces) by what lies on the tricycle
    for somebody, and what lies at somebody's home. Stops already planned and open are left out.
    """
    lots = {lot.pk: lot for lot in Lot.objects.open().select_related("order")}
    held = {
        place: amount
        for place, amount in in_hands().items()
        if place[0] in {Spot.OUTBOUND, Spot.WORKER}
    }
    planned = set(Stop.objects.filter(done_at__isnull=True).values_list("kind", "lot", "worker"))
    workers = Worker.objects.select_related("person").in_bulk({who for _s, _l, who in held})
    found = []
    for (spot, lot_id, who), amount in held.items():
        kind = StopKind.BRING if spot is Spot.OUTBOUND else StopKind.FETCH
        if (kind, lot_id, who) not in planned and lot_id in lots:
            found.append((kind.value, lots[lot_id], workers[who], amount))
    return sorted(found, key=lambda one: (one[0], one[1].due, one[1].pk))


def rounds() -> "QuerySet[Carrying]":
    """Every round, the latest first, with how many doors of it are still `left`."""
    rows = Carrying.objects.annotate(left=Count("stops", filter=Q(stops__done_at__isnull=True)))
    return rows.order_by("-day", "-id")


def open_stops(by: Actor, day: date) -> list[Stop]:
    """Every door of a carrier's own rounds of a day that is not done yet, in the order of the way."""
    rows = Stop.objects.filter(
        carrying__carrier=by.account_id or 0, carrying__day=day, done_at__isnull=True
    )
    return list(
        rows.select_related("lot__order", "worker__person").order_by("carrying", "position", "id")
    )


def rounds_of(day: date) -> "QuerySet[Carrying]":
    """The rounds of a day with their stops; three queries, however many."""
    stops = Stop.objects.select_related("lot__order", "worker__person")
    rows: QuerySet[Carrying] = (
        Carrying.objects.filter(day=day)
        .select_related("carrier")
        .prefetch_related(Prefetch("stops", stops))
        .order_by("id")
    )
    return rows


def stop_behind(number: int) -> Stop | None:
    """A door of a round by its number, with the round."""
    found: Stop | None = (
        Stop.objects.filter(pk=number)
        .select_related("carrying", "lot__order", "worker__person")
        .first()
    )
    return found


def open_stop_of(lot: Lot, by: Actor, day: date) -> Stop | None:
    """The next door of a carrier's own rounds of a day at which a lot is handed over."""
    found: Stop | None = next((one for one in open_stops(by, day) if one.lot_id == lot.pk), None)
    return found


def last_capacity() -> int | None:
    """How many pieces went onto the tricycle at the last round that said so."""
    found: int | None = (
        Carrying.objects.filter(capacity__isnull=False)
        .order_by("-id")
        .values_list("capacity", flat=True)
        .first()
    )
    return found


def share_of(load: int, wished: int) -> int | None:
    """How much of what she wished a worker has, in percent; None where she wishes nothing."""
    return round(load * 100 / wished) if wished else None


def morning(now: datetime) -> datetime:
    """When today began."""
    return start_of_day(now.astimezone(SHANGHAI).date())


def products_of_the_year(now: datetime) -> list[str]:
    """What was made here within a year: names of products, no customer."""
    names = Order.objects.filter(made_at__gte=now - timedelta(days=366)).exclude(
        state__in=[OrderState.QUOTED, OrderState.CANCELLED]
    )
    return sorted(set(names.values_list("product", flat=True)))[:40]


def sales_to_come(now: datetime) -> "QuerySet[SaleNotice]":
    """The next live sales, today's included."""
    rows: QuerySet[SaleNotice] = SaleNotice.objects.filter(begins_at__gte=morning(now))
    return rows[:5]


def with_rates(
    operations: Iterable[Operation], day: date
) -> list[tuple[Operation, Decimal | None]]:
    """Operations with what a piece of each earns on a day; None where no rate was set yet."""
    known = list(operations)
    rates = rates_on([one.pk for one in known], day)
    return [(one, rates.get(one.pk)) for one in known]


def operations_shown() -> "QuerySet[Operation]":
    """What work is given out here, with the skill that it needs."""
    rows: QuerySet[Operation] = Operation.objects.select_related("skill")
    return rows[:30]


# ── looking at a part, asking, one's own hours ───────────────────────────────────────────────


def sampling_rows(today: date) -> list[SamplingRow]:
    """The rows that hold today: those of the last day something was set."""
    since = (
        SamplingRow.objects.filter(since__lte=today)
        .order_by("-since")
        .values_list("since", flat=True)
        .first()
    )
    return list(SamplingRow.objects.filter(since=since).order_by("pieces")) if since else []


def sampling_of(receipt: Receipt, today: date) -> Sampling | None:
    """How many of a receipt are looked at; None where each is."""
    rows = [
        Sampling(one.pieces, one.sample, one.accept, one.source) for one in sampling_rows(today)
    ]
    return sampling_for(int(receipt.counted), rows)


def questions_open() -> "QuerySet[LotQuestion]":
    """What workers asked and nobody answered."""
    rows: QuerySet[LotQuestion] = LotQuestion.objects.filter(answered_at__isnull=True)
    return rows.select_related("lot__order", "worker__person")


def own_minutes(worker: Worker) -> dict[int, int]:
    """Lot → minutes she wrote down for herself. For her own page and nothing else."""
    found: dict[int, int] = defaultdict(int)
    for lot_id, minutes in OwnHours.objects.filter(worker=worker).values_list("lot", "minutes"):
        found[lot_id] += int(minutes)
    return found


# ── what a customer owes ─────────────────────────────────────────────────────────────────────

#: Between these pieces run when they are delivered, and when a delivery is turned round.
_DELIVERED: Final = (Spot.ACCEPTED, Spot.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Pieces of one order that left at one time, or came back by a line turned round."""

    order: Order
    at: datetime
    note: str
    pieces: Decimal
    lots: tuple[tuple[Lot, Decimal], ...]

    @property
    def day(self) -> date:
        """The day on the wall calendar."""
        return local_day(self.at)

    @property
    def amount(self) -> Decimal:
        """Rounded once; see `rules.delivered_yuan`."""
        return delivered_yuan(self.order.price, self.pieces)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Pieces of an order that were spoilt or lost, and what their parts were worth."""

    order: Order
    cause: Cause
    pieces: Decimal

    @property
    def amount(self) -> Decimal:
        return delivered_yuan(self.order.material_yuan, self.pieces)

    @property
    def is_theirs(self) -> bool:
        """Whether the customer bears it."""
        return bears(self.cause) is Bearer.CUSTOMER


@dataclass(frozen=True, slots=True)
class Owed:
    """A customer's statement: deliveries with their sums, and what else is to be talked about."""

    deliveries: tuple[Delivery, ...]
    spoilt: tuple[Spoilt, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the lines as they are rounded."""
        return sum((one.amount for one in self.deliveries), NOTHING)

    @property
    def pieces(self) -> Decimal:
        return sum((one.pieces for one in self.deliveries), NOTHING)


@dataclass(frozen=True, slots=True)
class Customer:
    """How it stands with a customer: open orders, and when pieces went out last."""

    organisation: Organisation
    open_orders: int
    last_gone: datetime | None


def customers() -> "QuerySet[Organisation]":
    """Who ever brought an order; what came under the name of one that was merged stands with the
    one that stands for it.
    """
    bodies = Order.objects.order_by().annotate(body=Coalesce("customer__merged_into", "customer"))
    rows: QuerySet[Organisation] = Organisation.objects.filter(pk__in=bodies.values("body"))
    return rows.order_by("name", "id")


def stands_with(listed: "Iterable[Organisation]") -> list[Customer]:
    """How it stands with these customers, under all their names. Two queries."""
    rows = list(listed)
    wanted = [one.pk for one in rows]
    orders = Order.objects.open().annotate(body=Coalesce("customer__merged_into", "customer"))
    opened = dict(
        orders.filter(body__in=wanted).order_by().values_list("body").annotate(count=Count("pk"))
    )
    gone = Movement.objects.filter(target=Spot.CUSTOMER, source=Spot.ACCEPTED).annotate(
        body=Coalesce("lot__order__customer__merged_into", "lot__order__customer")
    )
    last = dict(
        gone.filter(body__in=wanted).order_by().values_list("body").annotate(last=Max("at"))
    )
    return [Customer(one, opened.get(one.pk, 0), last.get(one.pk)) for one in rows]


def worth_among(chosen: Q) -> dict[int, Decimal]:
    """Order → what of it went to the customer, of the chosen movements, in yuan: each delivery
    rounded once, as a statement says it, without its lots. One query.
    """
    rows = (
        Movement.objects.filter(
            chosen, source__in=_DELIVERED, target__in=_DELIVERED, lot__isnull=False
        )
        .order_by()
        .values_list("lot__order", "at", "note", "lot__order__price")
        .annotate(
            pieces=Coalesce(Sum("quantity", filter=Q(target=Spot.CUSTOMER)), NOTHING)
            - Coalesce(Sum("quantity", filter=Q(source=Spot.CUSTOMER)), NOTHING)
        )
    )
    found: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    for order, _at, _note, price, pieces in rows:
        found[order] += delivered_yuan(price, Decimal(pieces))
    return found


def deliveries_among(chosen: Q) -> tuple[Delivery, ...]:
    """What went to customers, of the chosen movements, delivery by delivery. One query."""
    rows = (
        Movement.objects.filter(chosen, source__in=_DELIVERED, target__in=_DELIVERED)
        .select_related("lot__order__operation")
        .order_by("at", "lot__order", "id")
    )
    parted: dict[tuple[int, datetime, str], list[tuple[Lot, Decimal]]] = defaultdict(list)
    orders: dict[int, Order] = {}
    for row in rows:
        if row.lot is None:
            continue
        sign = 1 if row.target == Spot.CUSTOMER else -1
        orders[row.lot.order_id] = row.lot.order
        parted[row.lot.order_id, row.at, row.note].append((row.lot, sign * row.quantity))
    return tuple(
        Delivery(
            orders[order_id], at, note, sum((amount for _lot, amount in lots), NOTHING), tuple(lots)
        )
        for (order_id, at, note), lots in parted.items()
    )


def owed_by(customer: Organisation, first: date, last: date) -> Owed:
    """What went to a customer from one day to another, delivery by delivery, each with its lots; and
    pieces that were spoilt or lost, under whichever of its names. Three queries.
    """
    body = Organisation.everyone_of(customer)
    during = {"at__gte": start_of_day(first), "at__lt": end_of_day(last)}
    deliveries = deliveries_among(Q(lot__order__customer__in=body, **during))
    orders = {one.order.pk: one.order for one in deliveries}
    gone = (
        Movement.objects.filter(
            target__in=[Spot.LOSS, Spot.SCRAP], reversed_by__isnull=True, reverses__isnull=True,
            lot__order__customer__in=body, item__is_piece=True, **during,
        )
        .select_related("lot__order")
        .order_by("lot__order", "cause")
    )  # fmt: skip
    sums: dict[tuple[int, str], Decimal] = defaultdict(lambda: NOTHING)
    for row in gone:
        if row.lot is not None:
            orders.setdefault(row.lot.order_id, row.lot.order)
            sums[row.lot.order_id, row.cause] += row.quantity
    spoilt = tuple(
        Spoilt(orders[order_id], Cause(cause), pieces) for (order_id, cause), pieces in sums.items()
    )
    return Owed(deliveries, spoilt)


# ── figures of a month ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Books:
    """The sums of all pieces and material up to a day, for whoever counts again."""

    movements: int
    unbalanced_lots: list[str] = field(default_factory=list)
    below_zero: list[str] = field(default_factory=list)
    no_way: list[str] = field(default_factory=list)

    @property
    def is_balanced(self) -> bool:
        return not (self.unbalanced_lots or self.below_zero or self.no_way)


def books(until: date) -> Books:
    """Count every lot and every store again from the lines alone."""
    rows = Movement.objects.filter(entered_at__lt=end_of_day(until))
    by_lot: dict[tuple[int, int], list[Moved]] = defaultdict(list)
    store: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    count, no_way = 0, []
    columns = rows.values_list("pk", "reverses", "item", "lot", *_ENDS)
    for pk, reverses, item_id, lot_id, *ends in columns.order_by("at", "id"):
        one = _as_moved(*ends)
        count += 1
        if reverses is None and (one.source, one.target) not in WAYS:
            no_way.append(pk)
        if lot_id is not None:
            by_lot[lot_id, item_id].append(one)
        if one.source is Spot.STORE:
            store[item_id] -= one.quantity
        if one.target is Spot.STORE:
            store[item_id] += one.quantity
    wrong = [lot for (lot, _item), lines in by_lot.items() if not standing_of(lines).is_balanced]
    short = [lot for (lot, _item), lines in by_lot.items() if below_zero(lines)]
    names = _names_of({*wrong, *short})
    gone = Item.objects.filter(pk__in=[one for one, left in store.items() if left < 0])
    astray = Movement.objects.filter(pk__in=no_way).select_related("lot__order", "item__order")
    return Books(
        movements=count,
        unbalanced_lots=sorted(names[one] for one in wrong),
        below_zero=sorted(
            [names[one] for one in short]
            + [f"{one.order.number} {one.name}" for one in gone.select_related("order")]
        ),
        no_way=[_told_way(one) for one in astray.order_by("at", "id")],
    )


def _told_way(one: Movement) -> str:
    """A movement as a line of words: of what, how much, from where to where, on which day."""
    return _("%(what)s, %(day)s: %(quantity)s %(unit)s from %(source)s to %(target)s") % {
        "what": one.lot or f"{one.item.order.number} {one.item}", "day": dated(local_day(one.at)),
        "quantity": f"{one.quantity.normalize():f}", "unit": one.item.unit,
        "source": one.get_source_display(), "target": one.get_target_display(),
    }  # fmt: skip


def _names_of(lots: Iterable[int]) -> Mapping[int, str]:
    found = Lot.objects.filter(pk__in=list(lots)).select_related("order")
    return {lot.pk: str(lot) for lot in found}


def told_of(person_id: int) -> dict[str, Any]:  # Any: values of several columns
    """What the workshop knows of a person who worked here, for the file of what is held of them."""
    workers = list(Worker.objects.filter(person=person_id).values_list("pk", flat=True))
    rows = Movement.objects.filter(Q(source_worker__in=workers) | Q(target_worker__in=workers))
    return {
        "workers": [
            {
                "joined_on": one.joined_on.isoformat(),
                "minutes_wished": one.minutes_wished,
                "home": f"{one.home_from:%H:%M}–{one.home_until:%H:%M}" if one.home_from else "",
                "note": one.note,
                "skills": [str(held.skill) for held in one.skills.select_related("skill")],
                "wishes": [f"{wish.get_kind_display()} {wish.words}" for wish in one.wishes.all()],
            }
            for one in Worker.objects.filter(person=person_id)
        ],
        "questions": [
            {
                "lot": str(one.lot), "at": one.at.isoformat(), "words": one.words,
                "answer": one.answer,
            }
            for one in LotQuestion.objects.filter(worker__in=workers).select_related("lot__order")
        ],
        "days_of_her_own_hours": OwnHours.objects.filter(worker__in=workers).count(),
        "offers": [
            {
                "lot": str(one.lot), "at": one.offered_at.isoformat(), "answer": one.answer,
                "state": str(one.get_state_display()), "reason": one.reason,
            }
            for one in Offer.objects.filter(worker__in=workers).select_related("lot__order")
        ],
        "receipts": [
            {
                "lot": str(one.lot), "at": one.at.isoformat(), "counted": str(one.counted),
                "agreed_at": one.agreed_at.isoformat() if one.agreed_at else "",
            }
            for one in Receipt.objects.filter(worker__in=workers).select_related("lot__order")
        ],
        "doors": [
            {
                "day": one.carrying.day.isoformat(), "kind": str(one.get_kind_display()),
                "door": one.door, "lot": str(one.lot), "quantity": one.quantity,
            }
            for one in Stop.objects.filter(worker__in=workers).select_related(
                "carrying", "lot__order"
            )
        ],
        "movements": [
            {
                "lot": str(row.lot), "at": row.at.isoformat(), "quantity": str(row.quantity),
                "from": str(row.get_source_display()), "to": str(row.get_target_display()),
                "cause": str(row.get_cause_display()) if row.cause else "",
            }
            for row in rows.select_related("lot__order").order_by("at", "id")
        ],
    }  # fmt: skip
