"""A room is booked, one time or every week, and moved to another time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.booking.actions.places import move_up, take_slots, tell_booker
from mulin.circle.booking.models import Booking, Room, Series, Slot
from mulin.circle.booking.permissions import check_theirs, may_keep
from mulin.circle.booking.queries import (
    gatherings_in,
    groups_of,
    is_open_for,
    misses_of,
    terms_for,
)
from mulin.circle.booking.rules import (
    HOLDS,
    SHORTEST,
    SLOT,
    Group,
    Purpose,
    Span,
    State,
    goes_first,
    is_late,
    is_on_grid,
    pause_until,
)
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence
from mulin.kit.templatetags.kit import dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants: which room, from when to when, for how many, what for."""

    room: Room
    span: Span
    people: int
    purpose: Purpose
    tables: int = 0
    wants_kitchen: bool = False
    called: str = ""


def book(
    wish: Wish, *, person: Person, by: Actor, now: datetime, waits: bool = True,
    token: str | None = None,
) -> Booking:  # fmt: skip
    """Book a room; who comes second gets a waiting place if they wish (`waits`).

    Raises Refused for a time that cannot be had, too many people, somebody who pauses, and for a
    taken time that nobody waits for.
    """
    check_theirs(by, person)
    with recording(by, "booking.book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        kept = Person.kept_of(person)
        check_wish(wish, now=now)
        _check_gatherings(wish, kept, by=by)
        if not may_keep(by):
            _check_own(wish, kept, now=now)
        made = _place(wish, kept, by=by, now=now, waits=waits)
        if made is None:
            raise Refused(_("Somebody was quicker: this time is taken."), field="starts")
        act.on(made, after=_after(made))
    return made


def check_wish(wish: Wish, *, now: datetime, began: datetime | None = None) -> Wish:
    """What holds for everybody, the desk too. `began`: a booking that is moved began then.

    Raises Refused beside the field that is wrong.
    """
    room, span = wish.room, wish.span
    if not (is_on_grid(span.starts) and is_on_grid(span.ends)):
        raise Refused(_("Times go by quarters of an hour, like 13:15."), field="starts")
    if span.starts < now - SLOT and span.starts != began:
        raise Refused(_("This time is over already."), field="starts")
    if span.ends <= now or span.ends - span.starts < SHORTEST:
        raise Refused(_("Half an hour is the least."), field="ends")
    if room.closed_at is not None or not is_open_for(room, span):
        raise Refused(_("The room is not open for booking at this time."), field="starts")
    if not 1 <= wish.people <= room.seats:
        raise Refused(_("The room holds %(seats)s people."), {"seats": room.seats}, field="people")
    if wish.tables > room.tables:
        raise Refused(_("The room has %(tables)s tables."), {"tables": room.tables}, field="tables")
    if wish.purpose is Purpose.BANQUET and room.tables and not wish.tables:
        raise Refused(_("Say how many tables, at least one."), field="tables")
    if wish.wants_kitchen and not room.has_kitchen:
        raise Refused(_("This room has no kitchen."), field="wants_kitchen")
    return wish


def _check_gatherings(wish: Wish, person: Person, *, by: Actor) -> None:
    """A meeting or a lesson that is planned there goes on; only its own host books beside it."""
    for one in gatherings_in([wish.room], wish.span)[wish.room.pk]:
        is_own = by.person_id == person.pk and one.is_of(by)
        if not is_own:
            raise Refused(
                _("“%(title)s” is there at that time. Choose another time or room."),
                {"title": one.title},
                field="starts",
            )


def _check_own(wish: Wish, person: Person, *, now: datetime) -> None:
    """What holds for whoever books for themselves: fair to all who want the room."""
    room, today = wish.room, local_day(now)
    pause = pause_until(misses_of(person, now), today)
    if pause is not None:
        raise Refused(
            _("Twice nobody came. You can book again from %(day)s; until then please ask at the desk."), {"day": dated(pause)}
        )  # fmt: skip
    if wish.span.minutes > room.longest_minutes:
        raise Refused(
            _("At most %(hours)s hours at a time. Ask at the desk for more."),
            {"hours": f"{room.longest_minutes / 60:g}"},
            field="ends",
        )
    ahead = _days_ahead(room, person, local_day(wish.span.starts))
    if local_day(wish.span.starts) > today + timedelta(days=ahead):
        raise Refused(_("It can be booked %(days)s days ahead."), {"days": ahead}, field="day")
    own = Booking.objects.alive().filter(
        room=room, person__in=Person.everyone_of(person), ends_at__gt=now
    )
    # What comes again every week is one of them.
    series = own.filter(series__isnull=False).order_by().values("series").distinct()
    if own.filter(series__isnull=True).count() + series.count() >= room.most_open:
        raise Refused(
            _("You have %(count)s bookings of this room. When one is over, you can make the next."),
            {"count": room.most_open},
        )
    if own.within(wish.span).exists():
        raise Refused(_("You have booked this time already."), field="starts")


def _days_ahead(room: Room, person: Person, day: date) -> int:
    """How far ahead somebody may book: farther, whoever goes first."""
    if goes_first(groups_of(person, day)):
        return max(room.days_ahead, room.days_ahead_first)
    return room.days_ahead


def _check_own_dates(wish: Wish, dates: Sequence[date], person: Person) -> None:
    room = wish.room
    if len(dates) > room.most_dates:
        raise Refused(
            _("At most %(count)s dates at once. Ask at the desk for more."),
            {"count": room.most_dates},
            field="until",
        )
    own = Booking.objects.alive().filter(room=room, person__in=Person.everyone_of(person))
    first = local_day(wish.span.starts)
    for day in dates:
        span = Span(wish.span.starts + (day - first), wish.span.ends + (day - first))
        if own.within(span).exists():
            raise Refused(_("You have booked %(day)s already."), {"day": dated(day)}, field="day")


def _place(
    wish: Wish, person: Person, *, by: Actor, now: datetime, waits: bool,
    series: Series | None = None,
) -> Booking | None:  # fmt: skip
    """The booking, or a waiting place; None where it is taken and nobody waits."""
    room, span = wish.room, wish.span
    terms = terms_for(room, person, span, purpose=wish.purpose, tables=wish.tables)
    made = Booking(
        community_id=by.community_id, room=room, person=person, series=series,
        starts_at=span.starts, ends_at=span.ends, minutes=span.minutes, purpose=wish.purpose,
        called=wish.called.strip(), people=wish.people, tables=wish.tables,
        wants_kitchen=wish.wants_kitchen, state=State.BOOKED, rank=terms.rank,
        group=terms.quote.group, is_idle=terms.is_idle, is_elder=Group.ELDER in terms.groups,
        price_id=terms.quote.price_id, discount_id=terms.quote.discount_id,
        base_yuan=terms.quote.base, discount_yuan=terms.quote.discount,
        deposit_yuan=terms.quote.deposit, made_at=now,
    )  # fmt: skip
    made.save()
    if take_slots(made):
        return made
    if not waits or span.starts <= now:
        made.delete()
        return None
    made.state = State.WAITING
    made.save(update_fields=["state"])
    return made


def move(
    booking: Booking, span: Span, *, by: Actor, now: datetime, token: str | None = None
) -> Booking:
    """To another time, or for longer or shorter: the price is that of the rules for then.

    What it held before stays its own if the new time is taken, and else goes to whoever waits.
    The booker moves it until it begins; the desk also prolongs what goes on. Raises Refused.
    """
    check_theirs(by, booking.person)
    with recording(by, "booking.move", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        current: Booking = (
            Booking.objects.select_for_update(of=("self",))
            .select_related("room__place", "person")
            .get(pk=booking.pk)
        )
        _check_move(current, span, by=by, now=now)
        before = current.span
        _to(current, span)
        move_up(current.room, before, now=now)
        if may_keep(by):
            tell_booker(
                current, by=by, now=now, key=f"booking-move-{current.pk}-{current.edition}",
                subject=_("Your booking has moved"),
                body=Sentence(
                    gettext_noop("%(room)s is yours on %(when)s."),
                    {"room": current.room, "when": current.words},
                ),
            )  # fmt: skip
        act.on(
            current, before={"starts": before.starts, "ends": before.ends}, after=_after(current)
        )
    return current


def _check_move(booking: Booking, span: Span, *, by: Actor, now: datetime) -> None:
    has_begun = booking.starts_at <= now
    is_running = booking.state in {State.BOOKED, State.CAME} and booking.ends_at > now
    if not is_running or (has_begun and (not may_keep(by) or span.starts != booking.starts_at)):
        raise Refused(_("It has begun, or it is not booked. Ask at the desk."), field="starts")
    wish = Wish(
        room=booking.room, span=span, people=booking.people, purpose=Purpose(booking.purpose),
        tables=booking.tables,
    )  # fmt: skip
    check_wish(wish, now=now, began=booking.starts_at)
    _check_gatherings(wish, booking.person, by=by)
    if may_keep(by):
        return
    # To move what begins soon would be to cancel it too late, and to be counted as no miss.
    if not span.covers(booking.span) and is_late(now, booking.starts_at, booking.room.notice_hours):
        raise Refused(
            _("It begins soon: nobody else could use the time. Ask at the desk, or cancel it."),
            field="starts",
        )
    if span.minutes > max(booking.room.longest_minutes, booking.minutes):
        raise Refused(
            _("At most %(hours)s hours at a time. Ask at the desk for more."),
            {"hours": f"{booking.room.longest_minutes / 60:g}"},
            field="ends",
        )
    day = local_day(span.starts)
    ahead = _days_ahead(booking.room, booking.person, day)
    if day > max(local_day(now) + timedelta(days=ahead), local_day(booking.starts_at)):
        raise Refused(_("It can be booked %(days)s days ahead."), {"days": ahead}, field="day")
    others = Booking.objects.alive().filter(
        room=booking.room, person__in=Person.everyone_of(booking.person)
    )
    if others.within(span).exclude(pk=booking.pk).exists():
        raise Refused(_("You have booked this time already."), field="starts")


def _to(booking: Booking, span: Span) -> None:
    """Slots, times and price of another span. Raises Refused, and nothing has changed."""
    terms = terms_for(
        booking.room, booking.person, span, purpose=booking.purpose, tables=booking.tables
    )
    with transaction.atomic():
        Slot.objects.filter(booking=booking).delete()
        booking.starts_at, booking.ends_at, booking.minutes = span.starts, span.ends, span.minutes
        booking.group, booking.is_idle, booking.rank = terms.quote.group, terms.is_idle, terms.rank
        booking.price_id, booking.discount_id = terms.quote.price_id, terms.quote.discount_id
        booking.base_yuan, booking.discount_yuan = terms.quote.base, terms.quote.discount
        booking.deposit_yuan = terms.quote.deposit
        booking.edition += 1
        # A code that was given opens the old time only.
        booking.door_digest, booking.door_tries = "", 0
        booking.save()
        if booking.state in HOLDS and not take_slots(booking):
            raise Refused(_("Somebody was quicker: this time is taken."), field="starts")


def book_series(
    wish: Wish, dates: Sequence[date], *, every_weeks: int, waits: bool, person: Person,
    by: Actor, now: datetime, token: str | None = None,
) -> Series:  # fmt: skip
    """The same hours on several dates: what is free is booked, what is taken waits if they wish,
    what is shut is left out, and so is a date on which a gathering is there.

    A neighbour takes as many dates as the room allows (`Room.most_dates`), the first of them no
    further ahead than a single booking. Raises Refused for more, and when not one can be had.
    """
    check_theirs(by, person)
    with recording(by, "booking.book_series", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Series)
        kept = Person.kept_of(person)
        first = local_day(wish.span.starts)
        if not may_keep(by):
            _check_own(wish, kept, now=now)
            _check_own_dates(wish, dates, kept)
        made: Series = Series.objects.create(
            community_id=by.community_id, room=wish.room, person=kept, first_day=first,
            until=dates[-1], every_weeks=every_weeks, made_at=now,
        )  # fmt: skip
        booked = []
        for day in dates:
            shift = day - first
            one = Span(wish.span.starts + shift, wish.span.ends + shift)
            on_day = Wish(
                room=wish.room, span=one, people=wish.people, purpose=wish.purpose,
                tables=wish.tables, wants_kitchen=wish.wants_kitchen, called=wish.called,
            )  # fmt: skip
            if not is_open_for(wish.room, one) or gatherings_in([wish.room], one)[wish.room.pk]:
                continue
            check_wish(on_day, now=now)
            placed = _place(on_day, kept, by=by, now=now, waits=waits, series=made)
            if placed is not None:
                booked.append(placed)
        if not booked:
            raise Refused(_("Not one of these dates can be had."), field="starts")
        act.on(made, after={"dates": [one.starts_at for one in booked]})
    return made


def _after(booking: Booking) -> dict[str, object]:
    return {
        "room": booking.room_id, "starts": booking.starts_at, "ends": booking.ends_at,
        "state": booking.state, "yuan": str(booking.price_yuan),
    }  # fmt: skip
