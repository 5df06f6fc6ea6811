"""What the gateway of text messages tells afterwards: what arrived, and who wants no more.

Told twice it changes nothing more. What it says of a message that is being sent this very moment
is asked for again (`NotYet`).
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from mulin.ground.notify.actions.outbox import give_up
from mulin.ground.notify.actions.wechat import NotYet
from mulin.ground.notify.channels.sms import Receipt
from mulin.ground.notify.models import Message, Way
from mulin.ground.notify.rules import State, is_refusal

#: A phone that wants no more text messages; how many persons that concerned.
Refuser = Callable[[str, datetime], int]

_refusers: list[Refuser] = []


def register_refuser(hear: Refuser) -> None:
    """Called once by the floor that knows what people agreed to."""
    _refusers.append(hear)


def hear_gateway(
    told: Iterable[Receipt], replies: Iterable[tuple[str, str]], *, now: datetime
) -> None:
    """Everything of one call. Raises NotYet once the rest is heard."""
    is_too_early = False
    for phone, text in replies:
        hear_reply(phone, text, now=now)
    for receipt in told:
        try:
            hear_receipt(receipt, now=now)
        except NotYet:
            is_too_early = True
    if is_too_early:
        raise NotYet


def hear_receipt(receipt: Receipt, *, now: datetime) -> None:
    """One text message arrived or did not. Raises NotYet."""
    message = Message.objects.filter(way=Way.SMS, key=receipt.key).first()
    if message is None:
        return
    if message.state == State.LEASED:
        raise NotYet
    sent = Message.objects.filter(pk=message.pk, state=State.SENT, arrived_at__isnull=True)
    if receipt.has_arrived:
        sent.update(arrived_at=now)
    else:
        give_up(sent, message, f"the phone did not get it ({receipt.why[:60]})", now=now)


def hear_reply(phone: str, text: str, *, now: datetime) -> int:
    """Somebody answered a text: only 退订 is heard, everything else is for the desk's phone."""
    if not is_refusal(text):
        return 0
    return sum(hear(phone, now) for hear in _refusers)
