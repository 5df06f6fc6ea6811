"""Money at a booking: lines that are never changed, and the two sums that follow from them."""

from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Booking, MoneyLine
from mulin.circle.booking.permissions import check_keeper
from mulin.circle.booking.rules import EFFECTS, Money
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.money import yuan
from mulin.kit.refusals import Refused


def note_money(
    booking: Booking, kind: Money, amount: Decimal, *, by: Actor, now: datetime, note: str = "",
    token: str | None = None,
) -> MoneyLine:  # fmt: skip
    """Price or deposit came, went back, or was kept for a reason. A slip is a line the other way.

    Raises Refused for more than is there, and for a deposit kept without a word why.
    """
    check_keeper(by)
    exact = yuan(amount)
    if exact <= 0:
        raise Refused(_("Write an amount above nothing."), field="yuan")
    if kind is Money.KEPT and not note.strip():
        raise Refused(_("Say why it is kept: the booker reads it."), field="note")
    paid, held = EFFECTS[kind]
    with recording(by, "booking.note_money", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MoneyLine)
        rows = Booking.objects.filter(pk=booking.pk)
        if paid < 0:
            rows = rows.filter(paid__gte=exact)
        if held < 0:
            rows = rows.filter(deposit_held__gte=exact)
        moved = rows.update(
            paid=F("paid") + paid * exact, deposit_held=F("deposit_held") + held * exact
        )
        if moved != 1:
            raise Refused(_("So much was not given."), field="yuan")
        line: MoneyLine = MoneyLine.objects.create(
            community_id=by.community_id, booking=booking, kind=kind, yuan=exact, at=now,
            by_id=by.account_id, note=note.strip(),
        )  # fmt: skip
        act.on(line, after={"kind": kind, "yuan": str(exact), "booking": booking.pk})
    return line
