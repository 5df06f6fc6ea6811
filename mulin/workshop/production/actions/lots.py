"""A lot is made, given out, given back, counted by two, judged; handed on, lost, found, done again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import believed, local_day
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.production.actions.ledger import (
    Step,
    free_if_empty,
    settle,
    shown,
    whole,
    write,
)
from mulin.workshop.production.models import (
    Item,
    Lot,
    Movement,
    Offer,
    OfferState,
    Order,
    OrderState,
    Receipt,
    SampleCheck,
    Worker,
    rate_on,
)
from mulin.workshop.production.permissions import check_keeper, is_hers
from mulin.workshop.production.queries import (
    given_out,
    held_in,
    moved,
    receipts_of,
    sampling_of,
    unjudged,
)
from mulin.workshop.production.rules import (
    FAULT_CAUSES,
    LOSS_CAUSES,
    NOTHING,
    Cause,
    Spot,
    held_by,
    is_paid,
    split_even,
)

MOST_LOTS = 500


def split_order(
    order: Order, *, quantity: int, size: int, by: Actor, now: datetime, token: str | None = None
) -> Order:
    """Make lots of about `size` pieces. Raises Refused for more than the order has left."""
    check_keeper(by)
    whole(quantity)
    whole(size, field="size")
    if -(-quantity // size) > MOST_LOTS:
        raise Refused(_("That would be too many lots at once. Make them larger."), field="size")
    with recording(by, "production.split_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        current: Order = Order.objects.get(pk=order.pk)
        if current.state != OrderState.RUNNING:
            raise Refused(_("Lots are made of an order that was agreed on and runs."))
        left = current.quantity - sum(
            Lot.objects.standing().filter(order=current).values_list("quantity", flat=True)
        )
        if quantity > left:
            raise Refused(
                _("The order has %(left)s pieces left that are in no lot."),
                {"left": left},
                field="quantity",
            )
        for part in split_even(quantity, size):
            _lot(current, part, by=by, now=now)
        act.on(current, after={"quantity": quantity, "size": size})
    return current


def divide(lot: Lot, *, quantity: int, by: Actor, now: datetime, token: str | None = None) -> Lot:
    """Part of a lot that was not given out becomes a lot of its own, with its own label."""
    check_keeper(by)
    whole(quantity)
    with recording(by, "production.divide", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lot)
        current = _locked(lot)
        free = current.quantity - given_out(moved(current))
        if quantity >= current.quantity or quantity > free:
            raise Refused(
                _("Of this lot %(free)s pieces were not given out."),
                {"free": shown(free)},
                field="quantity",
            )
        part = _lot(current.order, quantity, by=by, now=now, parent=current)
        current.quantity -= quantity
        current.save(update_fields=["quantity"])
        settle(current, now=now)
        act.on(part, after={"of": current.pk, "quantity": quantity})
    return part


def merge(lot: Lot, *, other: int, by: Actor, now: datetime, token: str | None = None) -> Lot:
    """Another lot of the same order, by its number, is put to this one; its label leads here.

    Raises Refused where either was ever given out or offered: then it has a life of its own.
    """
    check_keeper(by)
    with recording(by, "production.merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lot)
        current = _locked(lot)
        gone = Lot.objects.select_for_update(of=("self",)).filter(
            order=current.order_id, number=other, merged_into__isnull=True
        ).first()  # fmt: skip
        if gone is None or gone.pk == current.pk:
            raise Refused(_("This order has no other lot of this number."), field="other")
        for one in (current, gone):
            is_touched = one.movements.exists() or one.worker_id is not None
            if is_touched or one.offers.filter(state=OfferState.OPEN).exists():
                raise Refused(
                    _("Lot %(lot)s was given out or offered. Only lots that lie in the store go together."), {"lot": one},
                    field="other",
                )  # fmt: skip
        current.quantity += gone.quantity
        current.save(update_fields=["quantity"])
        gone.merged_into, gone.settled_at = current, now
        gone.save(update_fields=["merged_into", "settled_at"])
        # A label that led to it leads on.
        Lot.objects.filter(merged_into=gone).update(merged_into=current)
        act.on(current, after={"other": gone.pk, "quantity": current.quantity})
    return current


def _lot(
    order: Order, quantity: int, *, by: Actor, now: datetime, parent: Lot | None = None
) -> Lot:
    last = order.lots.order_by("-number").first()
    made: Lot = Lot.objects.create(
        community_id=by.community_id, order=order, number=last.number + 1 if last else 1,
        code=public_code(8), quantity=quantity, due=order.due, parent=parent, made_at=now,
    )  # fmt: skip
    return made


def _locked(lot: Lot) -> Lot:
    """The lot as it is now. Raises Refused for one that went into another: its pieces are there."""
    found: Lot = (
        Lot.objects.select_related("order__operation", "merged_into__order")
        .select_for_update(of=("self",))
        .get(pk=lot.pk)
    )
    if found.merged_into is not None:
        raise Refused(
            _("This lot was put to %(lot)s: its pieces are there."), {"lot": found.merged_into}
        )
    return found


def issue(
    lot: Lot,
    worker: Worker,
    *,
    quantity: int,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
    by_tricycle: bool = False,
    token: str | None = None,
) -> Movement:
    """Give pieces of a lot to a worker, over the counter or onto the tricycle; the rate of that day
    stays with the lot. Raises Refused when another has it, when it is out already, when there is no
    rate, when the order was cancelled.
    """
    check_keeper(by)
    pieces = whole(quantity)
    with recording(by, "production.issue", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        when = believed(at, now)
        _check_free(current, worker, pieces)
        if current.rate is None:
            current.rate = rate_on(current.order.operation, local_day(when))
            if current.rate is None:
                raise Refused(_("This operation has no piece rate yet. Set one first."))
            current.issued_at = when
        current.worker = worker
        current.save(update_fields=["rate", "issued_at", "worker"])
        _close_offers(current, worker, now)
        step = Step(
            quantity=pieces, source=Spot.STORE, lot=current, target_worker=worker,
            target=Spot.OUTBOUND if by_tricycle else Spot.WORKER,
        )  # fmt: skip
        row = write(step, by=by, now=now, at=when)
        act.on(row, after={"lot": lot.pk, "worker": worker.pk, "quantity": quantity})
    return row


def _check_free(lot: Lot, worker: Worker, pieces: Decimal) -> None:
    """Two scan one lot: the second reads who has it."""
    if lot.order.state != OrderState.RUNNING:
        raise Refused(_("The order does not run: nothing of it is given out."))
    if lot.worker is not None and lot.worker_id != worker.pk:
        raise Refused(_("%(name)s has this lot. Take another one."), {"name": lot.worker})
    if worker.left_on is not None:
        raise Refused(_("%(name)s does not work here any more."), {"name": worker})
    free = lot.quantity - given_out(moved(lot))
    if free == 0:
        raise Refused(_("All of this lot is given out already."))
    if pieces > free:
        raise Refused(
            _("Of this lot %(free)s pieces were not given out."),
            {"free": shown(free)},
            field="quantity",
        )


def _close_offers(lot: Lot, worker: Worker, now: datetime) -> None:
    """Whoever gets it has said yes; whoever else was asked need not answer."""
    open_ones = Offer.objects.filter(lot=lot, state=OfferState.OPEN)
    open_ones.filter(worker=worker).update(state=OfferState.ACCEPTED, answered_at=now)
    open_ones.exclude(worker=worker).update(state=OfferState.TAKEN_BACK, answered_at=now)


def material_out(
    lot: Lot, worker: Worker, *, item: Item, quantity: Decimal, by: Actor, now: datetime,
    token: str | None = None,
) -> Movement:  # fmt: skip
    """Thread, cloth, buttons go with a lot, out of the store. Raises Refused for more than lies there,
    for what another order brought, and while she has nothing of the lot.
    """
    return _material(lot, worker, item, quantity, by=by, now=now, token=token, is_back=False)


def material_back(
    lot: Lot, worker: Worker, *, item: Item, quantity: Decimal, by: Actor, now: datetime,
    note: str = "", token: str | None = None,
) -> Movement:  # fmt: skip
    """What was left of it comes back to the store; more than she has of it only with the reason, and
    what is more is a line of its own: cloth grows when it is dyed. Raises Refused where none of it
    went with the lot.
    """
    return _material(
        lot, worker, item, quantity, by=by, now=now, token=token, is_back=True, note=note.strip()
    )


def _material(
    lot: Lot, worker: Worker, item: Item, quantity: Decimal, *, by: Actor, now: datetime,
    token: str | None, is_back: bool, note: str = "",
) -> Movement:  # fmt: skip
    check_keeper(by)
    if quantity <= 0:
        raise Refused(_("Write how much it is."), field="quantity")
    if item.order_id != lot.order_id or item.is_piece:
        raise Refused(_("Choose material of this order."), field="item")
    verb = "production.material_back" if is_back else "production.material_out"
    with recording(by, verb, now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        if not is_back and current.worker_id != worker.pk:
            raise Refused(_("She does not have this lot. Give it out first."), field="worker")
        if is_back:
            _what_is_more(current, worker, item, quantity, note, by=by, now=now)
        ends = (Spot.WORKER, Spot.STORE) if is_back else (Spot.STORE, Spot.WORKER)
        step = Step(
            quantity=quantity, source=ends[0], target=ends[1], lot=current, item=item,
            source_worker=worker, target_worker=worker, note=note,
        )  # fmt: skip
        row = write(step, by=by, now=now)
        act.on(row, after={"lot": lot.pk, "item": item.pk, "quantity": quantity})
    return row


def _what_is_more(
    lot: Lot, worker: Worker, item: Item, quantity: Decimal, note: str, *, by: Actor, now: datetime
) -> None:
    """Material that comes back beyond what went is found at her first, with the reason."""
    held = held_in(item, lot, Spot.WORKER, worker) or NOTHING
    if quantity <= held:
        return
    if not any(one.target is Spot.WORKER for one in moved(lot, item)):
        raise Refused(_("None of it went with this lot."), field="item")
    if not note:
        raise Refused(
            _("She has %(held)s of it. If more comes back, say why; otherwise measure again."),
            {"held": shown(held)},
            field="note",
        )
    step = Step(
        quantity=quantity - held, source=Spot.FOUND, target=Spot.WORKER, lot=lot, item=item,
        target_worker=worker, cause=Cause.YIELD, note=note,
    )  # fmt: skip
    write(step, by=by, now=now)


def return_unused(
    lot: Lot, worker: Worker, *, quantity: int, by: Actor, now: datetime, note: str = "",
    token: str | None = None,
) -> Movement:  # fmt: skip
    """Pieces come back as they went. Raises Refused for more than she has."""
    check_keeper(by)
    pieces = whole(quantity)
    with recording(by, "production.return_unused", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        source = _hand_of(current, worker, pieces, (Spot.WORKER, Spot.OUTBOUND))
        step = Step(
            quantity=pieces, source=source, target=Spot.STORE, lot=current, source_worker=worker,
            note=note,
        )  # fmt: skip
        row = write(step, by=by, now=now)
        free_if_empty(current)
        act.on(row, after={"lot": lot.pk, "worker": worker.pk, "quantity": quantity})
    return row


def _hand_of(lot: Lot, worker: Worker, pieces: Decimal, spots: tuple[Spot, ...]) -> Spot:
    """The place of hands that has so many. Raises Refused in words for more than was given."""
    rows = moved(lot)
    held = {spot: held_by(rows, spot, worker.pk) for spot in spots}
    for spot, amount in held.items():
        if amount >= pieces:
            return spot
    raise Refused(
        _(
            "%(name)s has %(held)s pieces of this lot; %(wanted)s cannot come back. Count again, or,"
            " if the material gave more, write that down first."
        ),
        {"name": worker, "held": shown(max(held.values())), "wanted": shown(pieces)},
        field="quantity",
    )


def give_back(
    lot: Lot,
    worker: Worker,
    *,
    counted: int,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
    is_agreed: bool = False,
    token: str | None = None,
) -> Receipt:
    """Finished pieces are counted at the table. `is_agreed`: she stood by, counted too, signed.

    Raises Refused, in words, for more than she has.
    """
    check_keeper(by)
    pieces = whole(counted, field="counted")
    with recording(by, "production.give_back", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Receipt)
        current = _locked(lot)
        source = _hand_of(current, worker, pieces, (Spot.INBOUND, Spot.WORKER))
        when = believed(at, now)
        receipt: Receipt = Receipt.objects.create(
            community_id=by.community_id, lot=current, worker=worker, counted=pieces, at=when,
            agreed_at=now if is_agreed else None, agreed_by=by.channel if is_agreed else "",
        )  # fmt: skip
        step = Step(
            quantity=pieces, source=source, target=Spot.COUNTER, lot=current,
            source_worker=worker, target_worker=worker,
        )  # fmt: skip
        write(step, by=by, now=now, at=when, receipt=receipt)
        act.on(receipt, after={"lot": lot.pk, "worker": worker.pk, "counted": counted})
    return receipt


def agree_to_count(
    receipt: Receipt, *, by: Actor, now: datetime, token: str | None = None
) -> Receipt:
    """She says that the number is right; only then is it judged and paid."""
    if not is_hers(by, receipt.worker):
        raise NotPermitted(_("This is not yours to do."))
    with recording(by, "production.agree_to_count", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Receipt)
        if unjudged(receipt) == NOTHING:
            raise Refused(_("Nothing of it lies on the counting table any more."))
        open_one = Receipt.objects.filter(pk=receipt.pk, agreed_at__isnull=True)
        if open_one.update(agreed_at=now, agreed_by=by.channel) != 1:
            raise Refused(_("It was agreed on already."))
        receipt.agreed_at, receipt.agreed_by = now, by.channel
        act.on(receipt, after={"agreed": True})
    return receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of counted pieces; the cause is of those that were not accepted."""

    accepted: int = 0
    rework: int = 0
    scrap: int = 0
    cause: Cause = Cause.NONE
    note: str = ""

    @property
    def parts(self) -> Mapping[Spot, int]:
        """How many got which verdict."""
        return {Spot.ACCEPTED: self.accepted, Spot.REWORK: self.rework, Spot.SCRAP: self.scrap}


def judge(
    receipt: Receipt, verdict: Verdict, *, by: Actor, now: datetime,
    photo: CleanPhoto | None = None, token: str | None = None,
) -> Receipt:  # fmt: skip
    """Counted pieces are accepted, to be done again, or scrap; the cause decides what is paid.

    Each piece gets one verdict: more than were counted, or less than nothing, is refused.
    """
    check_keeper(by)
    if min(verdict.parts.values()) < 0 or not any(verdict.parts.values()):
        raise Refused(_("Write how many were accepted, to be done again, or scrap."))
    faults = verdict.rework + verdict.scrap
    if faults and verdict.cause not in FAULT_CAUSES:
        raise Refused(_("Say why: the material, the customer, or the hand."), field="cause")
    with recording(by, "production.judge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Receipt)
        current: Receipt = Receipt.objects.select_related("worker__person").get(pk=receipt.pk)
        lot = _locked(current.lot)
        if current.agreed_at is None:
            raise Refused(_("%(name)s has not agreed to the count yet."), {"name": current.worker})
        left = unjudged(current)
        if sum(verdict.parts.values()) > left:
            raise Refused(
                _("%(left)s pieces of this receipt wait to be judged."),
                {"left": shown(left)},
                field="accepted",
            )
        for spot, number in verdict.parts.items():
            if number:
                _write_verdict(current, lot, spot, number, verdict, by=by, now=now, photo=photo)
        act.on(
            current,
            after={str(spot): number for spot, number in verdict.parts.items()}
            | {"cause": verdict.cause},
        )
    return current


def _write_verdict(
    receipt: Receipt, lot: Lot, spot: Spot, number: int, verdict: Verdict, *, by: Actor,
    now: datetime, photo: CleanPhoto | None,
) -> None:  # fmt: skip
    cause = verdict.cause if spot is not Spot.ACCEPTED else Cause.NONE
    step = Step(
        quantity=Decimal(number), source=Spot.COUNTER, target=spot, lot=lot,
        source_worker=receipt.worker, cause=cause, note=verdict.note,
    )  # fmt: skip
    row = write(step, by=by, now=now, receipt=receipt, is_paid=is_paid(spot, cause))
    if photo is not None and spot is not Spot.ACCEPTED:
        row.picture.save(f"{public_code(20)}.jpg", ContentFile(photo.content))


def check_sample(
    receipt: Receipt, *, looked: int, wrong: int, by: Actor, now: datetime,
    token: str | None = None,
) -> SampleCheck:  # fmt: skip
    """Some of a receipt were looked at. It proposes and does not judge: whether the whole is
    accepted is said by `judge`. Raises Refused where no sampling was written down for so many.
    """
    check_keeper(by)
    with recording(by, "production.check_sample", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SampleCheck)
        current: Receipt = Receipt.objects.get(pk=receipt.pk)
        rule = sampling_of(current, local_day(now))
        if rule is None:
            raise Refused(_("For so many pieces no sample is set: each is looked at."))
        if SampleCheck.objects.filter(receipt=current).exists():
            raise Refused(_("A sample of it was looked at already."))
        if looked < rule.sample:
            raise Refused(
                _("%(count)s are looked at, no fewer."), {"count": rule.sample}, field="looked"
            )
        if not 0 <= wrong <= looked or looked > current.counted:
            raise Refused(_("No more can be wrong than were looked at."), field="wrong")
        made: SampleCheck = SampleCheck.objects.create(
            community_id=by.community_id, receipt=current, looked=looked, wrong=wrong,
            accept=rule.accept, source=rule.source, at=now, by_id=by.account_id,
        )  # fmt: skip
        act.on(made, after={"looked": looked, "wrong": wrong, "accept": rule.accept})
    return made


def do_again(
    lot: Lot, worker: Worker, *, quantity: int, by: Actor, now: datetime, token: str | None = None
) -> Movement:
    """Pieces that were not right go out again, to whoever makes them good."""
    check_keeper(by)
    pieces = whole(quantity)
    with recording(by, "production.do_again", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        step = Step(
            quantity=pieces, source=Spot.REWORK, target=Spot.WORKER, lot=current,
            target_worker=worker,
        )  # fmt: skip
        row = write(step, by=by, now=now)
        act.on(row, after={"lot": lot.pk, "worker": worker.pk, "quantity": quantity})
    return row


def hand_on(
    lot: Lot, giver: Worker, taker: Worker, *, quantity: int, by: Actor, now: datetime,
    token: str | None = None,
) -> Movement:  # fmt: skip
    """Another worker has them now, and what she gives back is hers."""
    check_keeper(by)
    pieces = whole(quantity)
    if giver.pk == taker.pk:
        raise Refused(_("She has them already."), field="worker")
    with recording(by, "production.hand_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        _hand_of(current, giver, pieces, (Spot.WORKER,))
        step = Step(
            quantity=pieces, source=Spot.WORKER, target=Spot.WORKER, lot=current,
            source_worker=giver, target_worker=taker,
        )  # fmt: skip
        row = write(step, by=by, now=now)
        if held_by(moved(current), Spot.WORKER, giver.pk) == NOTHING:
            current.worker = taker
            current.save(update_fields=["worker"])
        act.on(row, after={"lot": lot.pk, "from": giver.pk, "to": taker.pk, "quantity": quantity})
    return row


def lose(
    lot: Lot, *, quantity: int, spot: Spot, cause: Cause, note: str, by: Actor, now: datetime,
    worker: Worker | None = None, token: str | None = None,
) -> Movement:  # fmt: skip
    """Pieces are gone or spoilt; the cause says who bears it. Raises Refused without a cause, and
    for careless keeping anywhere but in a worker's hands: nobody pays for what she has not.
    """
    check_keeper(by)
    pieces = whole(quantity)
    if cause not in LOSS_CAUSES:
        raise Refused(_("Say how they were lost; it decides who bears it."), field="cause")
    if cause is Cause.CARELESS and spot is not Spot.WORKER:
        raise Refused(
            _("Careless keeping is for pieces a worker has. Choose another cause."), field="cause"
        )
    if not note.strip():
        raise Refused(_("Write what happened."), field="note")
    with recording(by, "production.lose", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        rows = []
        for receipt, part in _lost_from(current, spot, worker, pieces):
            step = Step(
                quantity=part, source=spot, target=Spot.LOSS, lot=current, source_worker=worker,
                cause=cause, note=note,
            )  # fmt: skip
            rows.append(write(step, by=by, now=now, receipt=receipt))
        act.on(rows[0], after={"lot": lot.pk, "quantity": quantity, "cause": cause})
    return rows[0]


def _lost_from(
    lot: Lot, spot: Spot, worker: Worker | None, pieces: Decimal
) -> list[tuple[Receipt | None, Decimal]]:
    """What lies on the counting table belongs to receipts: the oldest lose first."""
    parts: list[tuple[Receipt | None, Decimal]] = []
    if spot is Spot.COUNTER and worker is not None:
        for receipt, left in reversed(receipts_of(lot)):
            part = min(left, pieces)
            if receipt.worker_id == worker.pk and part > 0:
                parts.append((receipt, part))
                pieces -= part
    # What no receipt covers is not there, and the ledger says so.
    return [*parts, (None, pieces)] if pieces else parts


def find_more(
    lot: Lot, worker: Worker, *, quantity: Decimal, note: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Movement:  # fmt: skip
    """More came out than was given: allowed, with the reason, so that no count is made to fit."""
    check_keeper(by)
    pieces = whole(quantity)
    if not note.strip():
        raise Refused(_("Write where the additional pieces come from."), field="note")
    with recording(by, "production.find_more", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        current = _locked(lot)
        if given_out(moved(current)) == NOTHING:
            raise Refused(_("Nothing of this lot was given out."))
        step = Step(
            quantity=pieces, source=Spot.FOUND, target=Spot.WORKER, lot=current,
            target_worker=worker, cause=Cause.YIELD, note=note,
        )  # fmt: skip
        row = write(step, by=by, now=now)
        act.on(row, after={"lot": lot.pk, "worker": worker.pk, "quantity": quantity})
    return row
