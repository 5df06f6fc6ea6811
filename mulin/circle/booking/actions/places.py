"""Quarter-hours are taken, let go, and given to whoever waits for them. No act by itself: it is done
within one.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.booking.models import Booking, Room, Slot, moment_words
from mulin.circle.booking.queries import gatherings_in, waiting_for
from mulin.circle.booking.rules import (
    MOVES,
    SLOT,
    SLOT_MINUTES,
    Deed,
    Span,
    answer_by,
    slots_of,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import tell
from mulin.ground.notify.actions.outbox import Words
from mulin.kit.refusals import TakenMeanwhile
from mulin.kit.sentences import Sentence


def take_slots(booking: Booking) -> bool:
    """Whether the quarter-hours of a booking, cleaning included, were free; they are its own now.

    The unique constraint decides: two at the same moment, and one of them is told no.
    """
    numbers = slots_of(booking.span, booking.room.cleaning_minutes)
    rows = [
        Slot(
            community_id=booking.community_id, room_id=booking.room_id, number=number,
            booking=booking,
        )
        for number in numbers
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Slot.objects.bulk_create(rows)
    except IntegrityError:
        return False
    return True


def let_go(booking: Booking, *, now: datetime) -> None:
    """What a booking held is free, and goes to whoever waits for it."""
    held = Slot.objects.filter(booking=booking).delete()[0]
    if held:
        move_up(booking.room, booking.span, now=now)


def move_up(room: Room, span: Span, *, now: datetime) -> list[Booking]:
    """Offer a span to whoever waits for a part of it, first those who go first, then the longest
    waiting; each whose whole time is free now, with a time to say yes.
    """
    # Whoever waits for the quarter-hours beside it was stopped by the cleaning, perhaps.
    cleaning = -(-room.cleaning_minutes // SLOT_MINUTES) * SLOT
    wide = Span(span.starts - cleaning, span.ends + cleaning)
    return [one for one in waiting_for(room, wide, now) if _offer(one, now=now)]


def _offer(booking: Booking, *, now: datetime) -> bool:
    if gatherings_in([booking.room], booking.span)[booking.room_id] or not take_slots(booking):
        return False
    by = system(booking.community_id)
    with recording(by, "booking.offer", now=now) as act:
        limit = answer_by(now, booking.starts_at)
        pass_on(booking, Deed.OFFER, answer_by=limit)
        tell_booker(
            booking, by=by, now=now, key=f"booking-offer-{booking.pk}-{booking.edition}",
            subject=_("The room you wait for is free"),
            body=Sentence(
                gettext_noop("%(room)s, %(when)s. Say yes until %(until)s, or it goes to the next."),
                {
                    "room": booking.room, "when": booking.words,
                    "until": moment_words(limit),
                },
            ),
        )  # fmt: skip
        act.on(booking, after={"answer_by": limit})
    return True


def pass_on(booking: Booking, deed: Deed, **values: object) -> None:
    """Move a booking by a deed. Raises TakenMeanwhile if it no longer stands where it must."""
    allowed, target = MOVES[deed]
    edition = booking.edition + 1
    rows = Booking.objects.filter(pk=booking.pk, state__in=[state.value for state in allowed])
    if rows.update(state=target, edition=edition, **values) != 1:
        raise TakenMeanwhile(_("It stands otherwise by now. Open the page again to see."))
    booking.state, booking.edition = target, edition
    for name, value in values.items():
        setattr(booking, name, value)


def tell_booker(
    booking: Booking, *, by: Actor, now: datetime, key: str, subject: Words, body: Words
) -> None:
    """Say something to whoever booked, by the way they are reached: message, call or door."""
    tell(
        ("person", booking.person_id), by=by, topic="booking", subject=subject, body=body,
        path=reverse("booking:mine"), now=now, key=key,
    )  # fmt: skip
