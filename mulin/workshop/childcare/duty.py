"""What the duty rota asks of this room: who may be with the children, how many are needed when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from mulin.commons.rota.models import Shift
from mulin.commons.rota.queries import duties_between, is_published, shifts_between
from mulin.commons.rota.registry import FIRST_AID, LEAD, Eligible, Needed
from mulin.kit.clock import SHANGHAI
from mulin.workshop.childcare.models import Booking, Carer, Child, Presence
from mulin.workshop.childcare.rules import (
    MOST_FREE_TOLD,
    Band,
    Span,
    Watch,
    bands_on,
    free_places,
    has_room,
    may_mind,
    most_adults,
)

#: The kind of duty that minding children is.
KIND: Final = "childcare"


def people_of(first: date, last: date) -> list[Eligible]:
    """Carers whose check counts on some day of these; the rota holds each day against it itself.

    First aid counts only where it is valid until the last day.
    """
    found = []
    for carer in Carer.objects.active().order_by("pk"):
        days = (last - first).days
        if not any(
            may_mind(carer.record_checked_on, first + timedelta(days=n)) for n in range(days + 1)
        ):
            continue
        skills = {LEAD} if carer.is_lead else set()
        if carer.first_aid_until is not None and carer.first_aid_until >= last:
            skills.add(FIRST_AID)
        found.append(Eligible(carer.person_id, frozenset(skills), carer.record_checked_on))
    return found


def needs_of(first: date, last: date) -> list[Needed]:
    """One shift a day with bookings, from the first child to the last, for its fullest moment."""
    spans = _held_between(first, last)
    return [
        Needed(
            day, min(one.starts for one in held), max(one.ends for one in held),
            adults=most_adults(held, day), leads=1, first_aiders=1,
            why=_("%(count)s children are booked") % {"count": len(held)},
        )
        for day, held in sorted(spans.items())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """A shift of the published rota, and how many places are free in it for each age."""

    starts_at: datetime
    ends_at: datetime
    free: tuple[tuple[Band, int], ...]


def sessions_between(first: date, last: date) -> list[Session]:
    """The sessions of these days (both counted) with their free places, at most `MOST_FREE_TOLD` of
    each. Three queries, however many.
    """
    watches: dict[date, list[Watch]] = defaultdict(list)
    for one in duties_between(first, last, KIND):
        watches[one.day].append(_watch(one.shift, one.day))
    held = _held_between(first, last, waits=False)
    return [
        Session(shift.starts_at, shift.ends_at, tuple(
            (
                band,
                min(
                    free_places(
                        band, held[shift.day], watches[shift.day], _watch(shift, shift.day),
                        shift.day,
                    ),
                    MOST_FREE_TOLD,
                ),
            )
            for band in bands_on(shift.day)
        ))
        for shift in shifts_between(first, last, KIND)
    ]  # fmt: skip


def _held_between(first: date, last: date, **which: bool) -> dict[date, list[Span]]:
    spans: dict[date, list[Span]] = defaultdict(list)
    booked = Booking.objects.filter(
        day__gte=first, day__lte=last, cancelled_at__isnull=True, child__left_on__isnull=True,
        **which,
    )  # fmt: skip
    for one in booked.select_related("child").order_by("day", "pk"):
        spans[one.day].append(Span(one.child.born_on, one.starts, one.ends))
    return spans


def has_room_for(child: Child, day: date, starts: time, ends: time) -> bool:
    """Whether the published rota of a day has the adults for one child more; before a month is
    published its rota is made for whoever is booked.
    """
    if not is_published(KIND, day):
        return True
    booked = Booking.objects.on(day).filter(waits=False).exclude(child=child)
    held = [Span(one.child.born_on, one.starts, one.ends) for one in booked.select_related("child")]
    watches = [_watch(one.shift, day) for one in duties_between(day, day, KIND)]
    return has_room(Span(child.born_on, starts, ends), held, watches, day)


def _watch(shift: Shift, day: date) -> Watch:
    return Watch(_clock(shift.starts_at, day), _clock(shift.ends_at, day))


def _clock(moment: datetime, day: date) -> time:
    """The time of that day; a shift from the evening before or into the night ends with the day."""
    there = moment.astimezone(SHANGHAI)
    if there.date() == day:
        return there.time()
    return time.min if there.date() < day else time.max


def here(now: datetime) -> set[int]:
    """Whoever has signed in with the children."""
    return set(Presence.objects.now(now).values_list("carer__person", flat=True))
