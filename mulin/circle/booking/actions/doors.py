"""How the door opens: a key that goes out and comes back, or a code shown to the booker."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.actions.ending import came
from mulin.circle.booking.models import Booking, KeyLine, OpensBy, Room
from mulin.circle.booking.permissions import check_keeper, check_opener, check_theirs
from mulin.circle.booking.rules import CODE_BEFORE, CODE_TRIES, EARLY, State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused, TakenMeanwhile

_DIGITS = 6


def give_code(booking: Booking, *, by: Actor, now: datetime, token: str | None = None) -> str:
    """A fresh code that opens the door for this booking; an earlier one no longer does.

    Only its digest is kept, so it can be shown this once; "" for a form that was sent twice. It is
    given from a quarter of an hour before the booking begins until it ends. Raises Refused.
    """
    check_theirs(by, booking.person)
    if booking.room.opens_by != OpensBy.CODE:
        raise Refused(_("This room is not opened by a code."))
    if not booking.starts_at - CODE_BEFORE <= now < booking.ends_at:
        raise Refused(_("The code is shown from a quarter of an hour before it begins."))
    with recording(by, "booking.give_code", now=now, token=token) as act:
        if act.is_repeat:
            return ""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        rows = Booking.objects.filter(pk=booking.pk, state__in=[State.BOOKED, State.CAME])
        if rows.update(door_digest=_digest(booking.pk, code), door_tries=0) != 1:
            raise TakenMeanwhile(_("It stands otherwise by now. Open the page again to see."))
        act.on(booking, after={"code": "given"})
    return code


def open_by_code(
    room: Room, typed: str, *, by: Actor, now: datetime, token: str | None = None
) -> Booking:
    """The code of whoever has the room now is right: they are here. Typed at the desk, or at an
    electronic lock that asks us. Five wrong ones and a new code must be asked for. Raises Refused.
    """
    check_opener(by)
    booking: Booking | None = (
        Booking.objects.filter(
            room=room, state__in=[State.BOOKED, State.CAME], starts_at__lte=now + CODE_BEFORE,
            ends_at__gt=now,
        )
        .exclude(door_digest="")
        .select_related("room__place", "person")
        .first()
    )  # fmt: skip
    if booking is None:
        raise Refused(_("Nobody has a code for this room now."), field="code")
    digits = "".join(letter for letter in typed if letter.isdigit())
    # A wrong try must outlive the refusal, so it is counted before the act begins.
    counted = Booking.objects.filter(pk=booking.pk, door_tries__lt=CODE_TRIES).update(
        door_tries=F("door_tries") + 1
    )
    if not counted or not hmac.compare_digest(booking.door_digest, _digest(booking.pk, digits)):
        raise Refused(_("This code is not right. A new one can be asked for."), field="code")
    with recording(by, "booking.open_by_code", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        Booking.objects.filter(pk=booking.pk).update(door_tries=0)
        if booking.state == State.BOOKED:
            came(booking, now=now)
        act.on(booking, after={"state": booking.state})
    return booking


def hand_key(
    booking: Booking, *, is_out: bool, by: Actor, now: datetime, token: str | None = None
) -> Booking:
    """The key goes out or is back. From an hour before it begins this says that they came; a key
    for a banquet may go out the day before. Raises TakenMeanwhile.
    """
    check_keeper(by)
    with recording(by, "booking.hand_key", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        allowed = Booking.objects.filter(pk=booking.pk, key_is_out=not is_out)
        if is_out:
            allowed = allowed.filter(state__in=[State.BOOKED, State.CAME])
        if allowed.update(key_is_out=is_out) != 1:
            raise TakenMeanwhile(_("The key is not where you think. Open the page again to see."))
        booking.key_is_out = is_out
        if booking.state == State.BOOKED and now >= booking.starts_at - EARLY:
            came(booking, now=now)
        KeyLine.objects.create(
            community_id=by.community_id, booking=booking, is_out=is_out, at=now,
            by_id=by.account_id,
        )  # fmt: skip
        act.on(booking, after={"key": "out" if is_out else "back"})
    return booking


def _digest(booking_id: int, code: str) -> str:
    message = f"door code\0{booking_id}:{code}".encode()
    return hmac.new(settings.MULIN_INDEX_KEY, message, sha256).hexdigest()
