"""What the desk owes at the rooms: keys that are still out, deposits to give back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Booking
from mulin.circle.booking.rules import State
from mulin.ground.community.dues import Asked, Due, Found, Kind, Part, Tell, line_of_mine
from mulin.ground.community.rules import Harm

#: Whoever booked sees it so long before.
_AHEAD: Final = timedelta(days=2)


def parts(asked: Asked) -> Iterator[Part]:
    """Keys not back although the time is over; deposits of what is over or cancelled."""
    if asked.actor.person_id is not None:
        mine = Booking.objects.filter(person=asked.actor.person_id, starts_at__gt=asked.now)
        yield Part(
            "booking.offer", mine.filter(state=State.OFFERED), harm=Harm.COURTESY, due="answer_by",
            said=("room__place__name", "room__name"),
        )  # fmt: skip
        yield Part(
            "booking.mine",
            mine.filter(state=State.BOOKED, starts_at__lte=asked.until + _AHEAD),
            harm=Harm.COURTESY, due="starts_at", said=("room__place__name", "room__name"),
        )  # fmt: skip
    if not asked.actor.is_desk:
        return
    said = ("person__name", "room__place__name", "room__name")
    yield Part(
        "booking.key", Booking.objects.filter(key_is_out=True, ends_at__lte=asked.until),
        harm=Harm.COLLEAGUE, due="ends_at", said=said,
    )  # fmt: skip
    over = Booking.objects.filter(
        deposit_held__gt=0, ends_at__lte=asked.until, state__in=[State.CAME, State.MISSED]
    ) | Booking.objects.filter(deposit_held__gt=0, state__in=[State.CANCELLED, State.LAPSED])
    # Without a limit: it is not late in the minute in which the banquet ends.
    yield Part("booking.deposit", over, harm=Harm.PROMISE, said=said)


def _tell_mine(asked: Asked, row: Found) -> Due:
    is_offer = row.kind == "booking.offer"
    return line_of_mine(
        asked, row, what=" · ".join(filter(None, row.said[:2])), url=reverse("booking:mine"),
        why=_("it became free for you: say yes in time") if is_offer else _("you booked it"),
    )  # fmt: skip


def _line(why: object) -> Tell:
    def tell(asked: Asked, row: Found) -> Due:
        return Due(
            kind=row.kind, number=row.number, what=" · ".join(filter(None, row.said[:3])),
            why=str(why), harm=Harm(row.harm), due_at=row.due_at,
            url=reverse("booking:booking", args=[row.number]), opens_beside=False,
        )  # fmt: skip

    return tell


TOLD: Final = (
    (Kind("booking.offer", _("rooms offered to me"), "booking:mine"), _tell_mine),
    (Kind("booking.mine", _("my bookings"), "booking:mine"), _tell_mine),
    (
        Kind("booking.key", _("keys of rooms"), "booking:plan"),
        _line(_("the key of the room is to come back")),
    ),
    (
        Kind("booking.deposit", _("deposits of rooms"), "booking:plan"),
        _line(_("the deposit is to be given back, or kept with a reason")),
    ),
)
