"""The one place where movements are written, and where a slip is turned round.

Everything runs inside the caller's `recording`, which locks the head of the community's chain:
movements of one community follow each other, so what is counted here is still so when it is written.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.ids import next_id
from mulin.kit.refusals import Refused
from mulin.workshop.production.deposits import delivered, deposit_now
from mulin.workshop.production.models import Item, Lot, Movement, OrderState, Worker
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.production.queries import (
    given_out,
    held_in,
    in_store,
    moved,
    piece_item,
    unjudged,
)
from mulin.workshop.production.rules import (
    HELD,
    NOTHING,
    WAYS,
    Cause,
    Spot,
    below_zero,
    held_by,
    standing_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One movement to be written."""

    quantity: Decimal
    source: Spot
    target: Spot
    lot: Lot | None = None
    item: Item | None = None
    source_worker: Worker | None = None
    target_worker: Worker | None = None
    cause: Cause = Cause.NONE
    note: str = ""


def whole(quantity: Decimal | int, *, field: str = "quantity") -> Decimal:
    """A number of pieces. Raises Refused for nothing, less than nothing, and parts of a piece."""
    number = Decimal(quantity)
    if number <= 0 or number != number.to_integral_value():
        raise Refused(_("Write how many pieces: a whole number above nothing."), field=field)
    return number


def write(
    step: Step, *, by: Actor, now: datetime, at: datetime | None = None, **more: Any
) -> Movement:
    """Write a movement. Raises Refused for a way that does not exist, and where less is there.

    Any: further columns of the row (`receipt`, `is_paid`, `picture`).
    """
    if (step.source, step.target) not in WAYS:
        raise Refused(_("Pieces do not go from there to there."))
    item = step.item
    if item is None:
        if step.lot is None:
            msg = "a movement without a lot names its item"
            raise ValueError(msg)
        item = piece_item(step.lot.order)
    held = held_in(item, step.lot, step.source, step.source_worker)
    if held is not None and held < step.quantity:
        raise Refused(
            _("Only %(held)s are there; %(wanted)s cannot go. Count again."),
            {"held": shown(held), "wanted": shown(step.quantity)},
            field="quantity",
        )
    row: Movement = Movement.objects.create(
        community_id=by.community_id, item=item, lot=step.lot, quantity=step.quantity,
        source=step.source, target=step.target, cause=step.cause, note=step.note.strip(),
        source_worker=step.source_worker if step.source in HELD else None,
        target_worker=step.target_worker if step.target in HELD else None,
        at=at or now, entered_at=now, entered_by_id=by.account_id, channel=by.channel,
        key=more.pop("key", None) or f"m{next_id()}", **more,
    )  # fmt: skip
    if step.lot is not None:
        settle(step.lot, now=now)
    return row


def settle(lot: Lot, *, now: datetime) -> None:
    """A lot is settled when all of it was given out and none is out or to be done again; a lot of
    an order that was cancelled or is done when nothing is out. It opens again when a line is turned
    round.
    """
    rows = moved(lot)
    stands = standing_of(rows)
    is_over = lot.order.state in {OrderState.CANCELLED, OrderState.DONE}
    is_all = is_over or given_out(rows) >= lot.quantity
    is_settled = is_all and stands.out == 0 and stands.rework == 0
    if is_settled != (lot.settled_at is not None):
        lot.settled_at = now if is_settled else None
        lot.save(update_fields=["settled_at"])


def free_if_empty(lot: Lot) -> None:
    """Nobody has anything of it, and some of it is in the store again: another may take it."""
    rows = moved(lot)
    nobody = all(
        held_by(rows, spot, lot.worker_id) == 0
        for spot in (Spot.OUTBOUND, Spot.WORKER, Spot.INBOUND)
    )
    if nobody and given_out(rows) < lot.quantity:
        lot.worker = None
        lot.save(update_fields=["worker"])


def turn_round(
    movement: Movement, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Movement:
    """Undo a slip: a second row takes the same quantity back. Both stay, and each says so.

    Raises Refused for a line that was turned round, one that turns another round, and where the
    pieces went on meanwhile.
    """
    check_keeper(by)
    if not reason.strip():
        raise Refused(_("Say why it was wrong."), field="reason")
    with recording(by, "production.turn_round", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        row = Movement.objects.select_related("lot__order", "item", "receipt").get(pk=movement.pk)
        _check_turnable(row)
        back: Movement = Movement.objects.create(
            community_id=by.community_id, item=row.item, lot=row.lot, quantity=row.quantity,
            source=row.target, target=row.source, source_worker=row.target_worker,
            target_worker=row.source_worker, cause=row.cause, note=reason.strip(),
            is_paid=row.is_paid, receipt=row.receipt, at=now, entered_at=now,
            entered_by_id=by.account_id, channel=by.channel, key=f"r{row.pk}", reverses=row,
        )  # fmt: skip
        if row.lot is not None:
            if below_zero(moved(row.lot, row.item)):
                raise Refused(_("The pieces went on meanwhile. Turn the later lines round first."))
            settle(row.lot, now=now)
            if Spot.STORE in {row.source, row.target}:
                free_if_empty(row.lot)
        if row.receipt is not None and unjudged(row.receipt) < NOTHING:
            raise Refused(_("They were judged meanwhile. Turn the verdicts round first."))
        if in_store(row.item_id) < NOTHING:
            raise Refused(
                _("They are not in the store any more. Turn the later lines round first.")
            )
        if Spot.CUSTOMER in {row.source, row.target} and row.lot is not None:
            order = row.lot.order
            if deposit_now(order).settled > max(delivered([order.pk])[order.pk], NOTHING):
                raise Refused(
                    _(
                        "It was paid, or a deposit was set off against it. Turn that line round"
                        " first."
                    )
                )
        act.on(back, after={"reverses": row.pk, "quantity": row.quantity})
    return back


def _check_turnable(row: Movement) -> None:
    if row.reverses_id is not None:
        raise Refused(_("This line undoes another one. Write down anew what is so."))
    if Movement.objects.filter(reverses=row).exists():
        raise Refused(_("This line was undone already."))


def shown(quantity: Decimal) -> str:
    """A quantity without empty places behind the point."""
    return f"{quantity.normalize():f}"
