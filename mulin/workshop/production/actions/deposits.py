"""A customer's deposit comes, is set off against what was delivered, goes back; the customer pays the
rest; a slip is turned round.

Everything runs inside `recording`, which locks the head of the community's chain: what is counted
here is still so when it is written.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused
from mulin.workshop.production.deposits import delivered, deposit_now
from mulin.workshop.production.models import DepositLine, Order, OrderState
from mulin.workshop.production.permissions import check_keeper
from mulin.workshop.production.rules import DEPOSIT_WAYS, FEN, NOTHING, DepositKind


@dataclass(frozen=True, slots=True)
class Sum:
    """What a line says: yuan, the day the money moved (None: today), and a word, like a receipt's
    number.
    """

    amount: Decimal
    day: date | None = None
    words: str = ""


def receive_deposit(
    order: Order, what: Sum, *, by: Actor, now: datetime, token: str | None = None
) -> DepositLine:
    """The customer's money came. Raises Refused for an order that was cancelled."""
    return _write(order, DepositKind.RECEIVED, what, by=by, now=now, token=token)


def set_deposit_off(
    order: Order, what: Sum, *, by: Actor, now: datetime, token: str | None = None
) -> DepositLine:
    """So much of it pays for what was delivered. Raises Refused for more than is held, and for more
    than was delivered and is not paid so yet.
    """
    return _write(order, DepositKind.SET_OFF, what, by=by, now=now, token=token)


def give_deposit_back(
    order: Order, what: Sum, *, by: Actor, now: datetime, token: str | None = None
) -> DepositLine:
    """The money goes back to the customer. Raises Refused for more than is held."""
    return _write(order, DepositKind.RETURNED, what, by=by, now=now, token=token)


def receive_payment(
    order: Order, what: Sum, *, by: Actor, now: datetime, token: str | None = None
) -> DepositLine:
    """The customer paid what was delivered. Raises Refused for more than is open: that would be a
    deposit.
    """
    return _write(order, DepositKind.PAID, what, by=by, now=now, token=token)


def _write(
    order: Order, kind: DepositKind, what: Sum, *, by: Actor, now: datetime, token: str | None
) -> DepositLine:
    check_keeper(by)
    day = what.day or local_day(now)
    if what.amount <= 0 or what.amount != what.amount.quantize(FEN):
        raise Refused(_("Write an amount above nothing, to the fen."), field="amount")
    if day > local_day(now):
        raise Refused(_("This day is still to come."), field="day")
    with recording(by, f"production.deposit_{kind}", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(DepositLine)
        _check_there(Order.objects.get(pk=order.pk), kind, what.amount)
        source, target = DEPOSIT_WAYS[kind]
        row: DepositLine = DepositLine.objects.create(
            community_id=by.community_id, order=order, kind=kind, source=source, target=target,
            amount=what.amount, words=what.words.strip(), happened_on=day, at=now,
            entered_by_id=by.account_id, channel=by.channel,
        )  # fmt: skip
        act.on(row, after={"order": order.pk, "kind": kind, "amount": what.amount})
    return row


def _check_there(order: Order, kind: DepositKind, amount: Decimal) -> None:
    if kind is DepositKind.RECEIVED:
        if order.state == OrderState.CANCELLED:
            raise Refused(_("This order was cancelled. No deposit is taken for it any more."))
        return
    now_there = deposit_now(order)
    if kind is not DepositKind.PAID and amount > now_there.held:
        raise Refused(
            _("Only %(yuan)s yuan of the deposit are here."),
            {"yuan": now_there.held},
            field="amount",
        )
    if kind is DepositKind.RETURNED:
        return
    open_yuan = max(delivered([order.pk])[order.pk] - now_there.settled, NOTHING)
    if amount > open_yuan:
        words = (
            _("Only %(yuan)s yuan are open. What comes beyond that is a deposit.")
            if kind is DepositKind.PAID
            else _("Only %(yuan)s yuan were delivered and are not settled yet.")
        )
        raise Refused(words, {"yuan": open_yuan}, field="amount")


def turn_deposit_round(
    line: DepositLine, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> DepositLine:
    """Undo a slip: a second line takes the same amount back. Both stay, and each says so.

    Raises Refused for a line that was turned round, one that turns another round, and where the
    money went on meanwhile.
    """
    check_keeper(by)
    if not reason.strip():
        raise Refused(_("Say why it was wrong."), field="reason")
    with recording(by, "production.turn_deposit_round", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(DepositLine)
        row = DepositLine.objects.select_related("order").get(pk=line.pk)
        if row.reverses_id is not None:
            raise Refused(_("This line undoes another one. Write down anew what is so."))
        if DepositLine.objects.filter(reverses=row).exists():
            raise Refused(_("This line was undone already."))
        back: DepositLine = DepositLine.objects.create(
            community_id=by.community_id, order=row.order, kind=row.kind, source=row.target,
            target=row.source, amount=row.amount, words=reason.strip(),
            happened_on=local_day(now), at=now, entered_by_id=by.account_id, channel=by.channel,
            reverses=row,
        )  # fmt: skip
        if deposit_now(row.order).held < NOTHING:
            raise Refused(_("The money went on meanwhile. Turn the later lines round first."))
        act.on(back, after={"reverses": row.pk, "amount": row.amount})
    return back
