"""An order is quoted, agreed on, delivered, cancelled; what it brings comes into the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation
from mulin.kit.clock import local_day
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.production.actions.ledger import Step, settle, shown, whole, write
from mulin.workshop.production.models import (
    Item,
    Lot,
    Movement,
    Offer,
    OfferState,
    Operation,
    Order,
    OrderPicture,
    OrderState,
)
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.production.queries import standings
from mulin.workshop.production.rules import NOTHING, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed with a customer; money in yuan, prices per piece."""

    customer: Organisation
    product: str
    operation: Operation
    quantity: int
    due: date
    price: Decimal
    transport: Decimal = NOTHING
    loss_percent: Decimal = NOTHING
    material_yuan: Decimal = NOTHING
    specification: str = ""
    sample_place: str = ""
    deposit: Decimal = NOTHING
    least_quality: int = 0


def take_order(
    terms: Terms, *, by: Actor, now: datetime, pictures: Sequence[CleanPhoto] = (),
    token: str | None = None,
) -> Order:  # fmt: skip
    """Write an order down as a quote. Raises Refused for what cannot be an order."""
    check_keeper(by)
    if not terms.product.strip():
        raise Refused(_("Say what is to be made."), field="product")
    if terms.quantity < 1:
        raise Refused(_("Write how many pieces: a whole number above nothing."), field="quantity")
    if terms.due <= local_day(now):
        raise Refused(_("The day it is due lies behind us."), field="due")
    if terms.price < 0:
        raise Refused(_("A price is not below nothing."), field="price")
    with recording(by, "production.take_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        order: Order = Order.objects.create(
            community_id=by.community_id, number=_next_number(now), made_at=now,
            customer=Organisation.kept_of(terms.customer), product=terms.product.strip(), operation=terms.operation,
            quantity=terms.quantity, due=terms.due, price=terms.price, transport=terms.transport,
            loss_percent=terms.loss_percent, material_yuan=terms.material_yuan,
            specification=terms.specification.strip(), sample_place=terms.sample_place.strip(),
            deposit=terms.deposit, least_quality=terms.least_quality,
        )  # fmt: skip
        Item.objects.create(
            community_id=by.community_id, order=order, name="套件", unit="套", is_piece=True
        )
        for picture in pictures:
            _keep_picture(order, picture)
        act.on(order, after={"number": order.number, "quantity": order.quantity, "due": order.due})
    return order


def _next_number(now: datetime) -> str:
    """Of the year and a sequence: 2026-014. The chain's head is locked, so two never meet."""
    year = local_day(now).year
    every = Order.objects.filter(number__startswith=f"{year}-")
    # By its length first: 2026-1000 comes after 2026-999, not before it.
    last = every.order_by(Length("number").desc(), "-number").first()
    return f"{year}-{int(last.number.split('-')[1]) + 1 if last else 1:03}"


def _keep_picture(order: Order, photo: CleanPhoto) -> None:
    code = public_code(20)
    row = OrderPicture(community_id=order.community_id, order=order, code=code)
    try:
        row.file.save(f"{code}.jpg", ContentFile(photo.content), save=False)
        row.thumb.save(f"{code}-s.jpg", ContentFile(photo.thumb), save=False)
    except OSError as error:
        raise Refused(
            _("The photo could not be kept: there is no room left. Send the words without it."),
            field="pictures",
        ) from error
    row.save()


def agree(order: Order, *, by: Actor, now: datetime, token: str | None = None) -> Order:
    """The customer said yes: it may be split and given out."""
    check_keeper(by)
    with recording(by, "production.agree", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        _move(order, OrderState.QUOTED, OrderState.RUNNING)
        act.on(order, after={"state": order.state})
    return order


def cancel_order(
    order: Order, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Order:
    """Nothing more is given out. What is at workers' homes comes back: what is done is counted,
    judged and paid as ever, what is not goes back to the store, and from there to the customer.
    """
    check_keeper(by)
    if not reason.strip():
        raise Refused(_("Say why it is cancelled."), field="reason")
    with recording(by, "production.cancel_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        if order.state not in {OrderState.QUOTED, OrderState.RUNNING}:
            raise TakenMeanwhile(_("This order is over already."))
        _move(order, order.state, OrderState.CANCELLED, ended_at=now, reason=reason.strip())
        _close_lots(order, now=now)
        act.on(order, after={"state": order.state, "reason": order.reason})
    return order


def finish(
    order: Order, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Order:
    """The order is done with fewer pieces than were ordered: some are scrap or lost. What lies here
    accepted can be delivered still. Raises Refused while something is out or to be done again.
    """
    check_keeper(by)
    if not reason.strip():
        raise Refused(_("Say why it ends with fewer pieces."), field="reason")
    with recording(by, "production.finish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        stands = standings(order.lots.values_list("pk", flat=True))
        if any(one.out or one.rework for one in stands.values()):
            raise Refused(_("Pieces of it are out, or to be done again. They come first."))
        _move(order, OrderState.RUNNING, OrderState.DONE, ended_at=now, reason=reason.strip())
        _close_lots(order, now=now)
        act.on(order, after={"state": order.state, "reason": order.reason})
    return order


def _close_lots(order: Order, *, now: datetime) -> None:
    """Of an order that is over nothing is offered any more, and lots that never went out rest."""
    Offer.objects.filter(lot__order=order, state=OfferState.OPEN).update(
        state=OfferState.TAKEN_BACK, answered_at=now
    )
    for lot in Lot.objects.open().filter(order=order):
        lot.order = order
        settle(lot, now=now)


def bring_in(
    order: Order, *, quantity: Decimal, by: Actor, now: datetime, item: Item | None = None,
    note: str = "", back: bool = False, token: str | None = None,
) -> Movement:  # fmt: skip
    """What the customer brought was counted; or (`back`) what was not needed goes home again."""
    check_keeper(by)
    item = item or Item.objects.get(order=order, is_piece=True)
    if item.is_piece:
        quantity = whole(quantity)
    elif quantity <= 0:
        raise Refused(_("Write how much it is."), field="quantity")
    if order.state == OrderState.CANCELLED and not back:
        raise Refused(_("This order was cancelled. Nothing more is taken in for it."))
    ends = (Spot.STORE, Spot.CUSTOMER) if back else (Spot.CUSTOMER, Spot.STORE)
    with recording(by, "production.bring_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Movement)
        step = Step(quantity=quantity, source=ends[0], target=ends[1], item=item, note=note)
        row = write(step, by=by, now=now)
        act.on(row, after={"item": item.pk, "quantity": quantity, "back": back})
    return row


def add_item(
    order: Order, *, name: str, unit: str, by: Actor, now: datetime, token: str | None = None
) -> Item:
    """Something else the customer brings: thread by the cone, cloth by the metre."""
    check_keeper(by)
    if not name.strip() or not unit.strip():
        raise Refused(_("Say what it is and in what it is counted."), field="name")
    with recording(by, "production.add_item", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Item)
        if Item.objects.filter(order=order, name=name.strip()).exists():
            raise Refused(_("It is on the list already."), field="name")
        item: Item = Item.objects.create(
            community_id=by.community_id, order=order, name=name.strip(), unit=unit.strip()
        )
        act.on(item, after={"name": item.name, "unit": item.unit})
    return item


def deliver(
    order: Order, *, quantity: int, by: Actor, now: datetime, note: str = "",
    token: str | None = None,
) -> Order:  # fmt: skip
    """Accepted pieces go to the customer, oldest lots first; with the last one the order is done.

    Raises Refused where fewer are accepted and still here.
    """
    check_keeper(by)
    left = whole(quantity)
    with recording(by, "production.deliver", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Order)
        lots = list(order.lots.select_related("order").order_by("pk"))
        stands = standings(lot.pk for lot in lots)
        here = sum((stands[lot.pk].accepted - stands[lot.pk].shipped for lot in lots), NOTHING)
        if here < left:
            raise Refused(
                _("Only %(held)s accepted pieces are here."),
                {"held": shown(here)},
                field="quantity",
            )
        for lot in lots:
            part = min(left, stands[lot.pk].accepted - stands[lot.pk].shipped)
            if part > 0:
                step = Step(
                    quantity=part, source=Spot.ACCEPTED, target=Spot.CUSTOMER, lot=lot,
                    note=note,
                )  # fmt: skip
                write(step, by=by, now=now)
                left -= part
        shipped = sum((one.shipped for one in stands.values()), NOTHING) + quantity
        if order.state == OrderState.RUNNING and shipped >= order.quantity:
            _move(order, OrderState.RUNNING, OrderState.DONE, ended_at=now)
            _close_lots(order, now=now)
        act.on(order, after={"quantity": quantity, "state": order.state})
    return order


def _move(order: Order, before: str, after: str, **more: object) -> None:
    changes: dict[str, object] = {"state": after, **more}
    if Order.objects.filter(pk=order.pk, state=before).update(**changes) != 1:
        raise TakenMeanwhile(
            _("Somebody else was a moment quicker. Open it again to see where it stands.")
        )
    for name, value in changes.items():
        setattr(order, name, value)
