"""Rooms, their hours, days they are shut, prices and discounts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.actions.ending import cancel
from mulin.circle.booking.models import Booking, Closure, Discount, Hours, Price, Room
from mulin.circle.booking.permissions import check_keeper
from mulin.circle.booking.rules import Basis, Group, Span, Window, faults_of
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Place
from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.kit.money import yuan
from mulin.kit.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomValues:
    """What is said of a room."""

    name: str
    seats: int
    tables: int = 0
    has_kitchen: bool = False
    cleaning_minutes: int = 0
    longest_minutes: int = 240
    days_ahead: int = 30
    days_ahead_first: int = 60
    notice_hours: int = 24
    most_open: int = 3
    most_dates: int = 1
    is_closed_on_holidays: bool = False
    opens_by: str = "desk"
    words: str = ""


def keep_room(
    room: Room | None, values: RoomValues, *, place: Place, by: Actor, now: datetime,
    token: str | None = None,
) -> Room:  # fmt: skip
    """A room of a place can be booked, or what is said of it changes. Bookings stay as they are."""
    check_keeper(by)
    with recording(by, "booking.keep_room", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Room)
        kept = room or Room(community_id=by.community_id, place=place)
        for name, value in asdict(values).items():
            setattr(kept, name, value.strip() if isinstance(value, str) else value)
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            raise Refused(_("There is a room of this name already."), field="name") from None
        act.on(kept, after=asdict(values))
    return kept


def set_hours(
    room: Room, windows: Sequence[Window], *, by: Actor, now: datetime, token: str | None = None
) -> Room:
    """When a room can be booked, the whole week. What is booked already stays.

    Raises Refused for hours that run into each other.
    """
    check_keeper(by)
    if faults_of(windows):
        raise Refused(_("These hours run into each other."), field="hours")
    with recording(by, "booking.set_hours", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Room)
        Hours.objects.filter(room=room).delete()
        Hours.objects.bulk_create(
            Hours(
                community_id=by.community_id, room=room, weekday=one.weekday, opens=one.opens,
                closes=one.closes, is_idle=one.is_idle,
            )
            for one in windows
        )  # fmt: skip
        act.on(room, after={"hours": [asdict(one) for one in windows]})
    return room


def shut(
    room: Room, first: date, last: date, *, reason: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Closure:  # fmt: skip
    """A room cannot be used from a day to a day; who has booked it hears so, and nothing is kept
    of their deposit. Raises Refused for days that lie behind or the wrong way round.
    """
    check_keeper(by)
    if last < first or last < local_day(now):
        raise Refused(_("The last day lies before the first, or is over."), field="last")
    if not reason.strip():
        raise Refused(_("Say why, so that people know."), field="reason")
    with recording(by, "booking.shut", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Closure)
        made: Closure = Closure.objects.create(
            community_id=by.community_id, room=room, first_day=first, last_day=last,
            reason=reason.strip(),
        )  # fmt: skip
        hit = Booking.objects.alive().filter(room=room, starts_at__gt=now)
        for one in hit.within(Span(start_of_day(first), end_of_day(last))).with_all():
            cancel(one, by=by, now=now, reason=reason)
        act.on(made, after={"room": room.pk, "first": first, "last": last})
    return made


def open_again(closure: Closure, *, by: Actor, now: datetime, token: str | None = None) -> Room:
    """The room can be used on these days after all. What was cancelled stays cancelled."""
    check_keeper(by)
    with recording(by, "booking.open_again", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Room)
        room: Room = closure.room
        Closure.objects.filter(pk=closure.pk).delete()
        act.on(room, after={"first": closure.first_day, "last": closure.last_day})
    return room


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceValues:
    """A price as it was decided."""

    purpose: str
    basis: Basis
    yuan: Decimal
    deposit: Decimal = Decimal(0)
    since: date
    until: date | None = None
    source: str


def set_price(
    room: Room, values: PriceValues, *, by: Actor, now: datetime, token: str | None = None
) -> Price:
    """What a room costs from a day on. What is booked already keeps its price until it is moved."""
    check_keeper(by)
    _check_rule(values.since, values.until, values.source)
    with recording(by, "booking.set_price", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Price)
        try:
            with transaction.atomic():
                made: Price = Price.objects.create(
                    community_id=by.community_id, room=room, purpose=values.purpose,
                    basis=values.basis, yuan=yuan(values.yuan), deposit=yuan(values.deposit),
                    since=values.since, until=values.until, source=values.source.strip(),
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("There is a price from this day on already."), field="since") from None
        act.on(made, after=asdict(values))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountValues:
    """A discount as it was decided."""

    group: Group
    percent: Decimal
    only_idle: bool = False
    since: date
    until: date | None = None
    source: str


def set_discount(
    room: Room, values: DiscountValues, *, by: Actor, now: datetime, token: str | None = None
) -> Discount:
    """Percent off for a group, from a day on."""
    check_keeper(by)
    _check_rule(values.since, values.until, values.source)
    if not 0 < values.percent <= 100:  # noqa: PLR2004  a hundredth is a hundredth
        raise Refused(_("Above nothing, and a hundred percent at most."), field="percent")
    with recording(by, "booking.set_discount", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Discount)
        made: Discount = Discount.objects.create(
            community_id=by.community_id, room=room, group=values.group, percent=values.percent,
            only_idle=values.only_idle, since=values.since, until=values.until,
            source=values.source.strip(),
        )  # fmt: skip
        act.on(made, after=asdict(values))
    return made


def end_rule(
    rule: Price | Discount, *, last: date, by: Actor, now: datetime, token: str | None = None
) -> Price | Discount:
    """A price or discount counts until a day, that day included."""
    check_keeper(by)
    if last < rule.since:
        raise Refused(_("The last day lies before the first, or is over."), field="last")
    with recording(by, "booking.end_rule", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(type(rule))
        act.on(rule, before={"until": rule.until}, after={"until": last})
        rule.until = last
        rule.save(update_fields=["until"])
    return rule


def _check_rule(since: date, until: date | None, source: str) -> None:
    if until is not None and until < since:
        raise Refused(_("The last day lies before the first, or is over."), field="until")
    if not source.strip():
        raise Refused(_("Say who decided it."), field="source")
