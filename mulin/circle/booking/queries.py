"""What pages, figures and other rooms ask of bookings."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.circle.booking.models import (
    GROUP_LABELS,
    Booking,
    BookingQuerySet,
    Entitlement,
    Hours,
    Price,
    Room,
    hours_words,
    span_words,
)
from mulin.circle.booking.rules import (
    HOLDS,
    MISSES_WITHIN,
    USED,
    Asked,
    Group,
    Quote,
    Span,
    State,
    fits,
    free_spans,
    goes_first,
    groups_on,
    merged,
    next_quarter,
    open_spans,
    quote,
)
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.ground.people.models import Person
from mulin.ground.people.rules import age_on
from mulin.ground.places.holding import Held, held_by_others
from mulin.ground.places.models import Place, weekday_name
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI, end_of_day, local_day, start_of_day
from mulin.kit.ical import Event

Holidays = Callable[[date], bool]

#: By this name booking says which places it holds.
HOLDING = "booking"
#: How far the page of idle hours looks.
IDLE_DAYS = 7
_LINES_OF_IDLE = 40


def rooms() -> list[Room]:
    """Rooms that can be booked now, with hours and prices; five queries."""
    return list(Room.objects.open())


def room_behind(code: str) -> Room | None:
    """The open room of a public code."""
    room: Room | None = Room.objects.open().filter(code=code).first()
    return room


def closed_on(room: Room, is_holiday: Holidays | None = None) -> Callable[[date], bool]:
    """Whether a room is shut on a day: by somebody, or for a holiday."""
    holiday = is_holiday or work_calendar().is_holiday

    def is_closed(day: date) -> bool:
        return room.is_shut(day) or (room.is_closed_on_holidays and holiday(day))

    return is_closed


def is_open_for(room: Room, span: Span) -> bool:
    """Whether the span lies within the bookable hours."""
    return fits(room.windows(), span, is_closed=closed_on(room))


def is_idle(room: Room, span: Span) -> bool:
    """Whether it lies wholly within idle hours."""
    return fits(room.windows(), span, is_closed=closed_on(room), only_idle=True)


def taken_of(rooms: Collection[Room], span: Span) -> dict[int, list[Span]]:
    """Who holds what of these rooms around a span, without the cleaning; two queries.

    A day before and after it is looked at, too, for cleaning and whatever goes on past midnight.
    """
    wide = Span(span.starts - timedelta(days=1), span.ends + timedelta(days=1))
    taken: dict[int, list[Span]] = {room.pk: [] for room in rooms}
    rows = Booking.objects.holding().within(wide).filter(room__in=list(taken))
    for room_id, starts, ends in rows.values_list("room", "starts_at", "ends_at"):
        taken[room_id].append(Span(starts, ends))
    for room_id, others in gatherings_in(rooms, wide).items():
        taken[room_id] += [Span(one.starts, one.ends) for one in others]
    return taken


def gatherings_in(rooms: Collection[Room], span: Span) -> dict[int, list[Held]]:
    """What others hold of these rooms within a span, by room: meetings, lessons; one query."""
    held = held_by_others(HOLDING, {room.place_id for room in rooms}, span.starts, span.ends)
    return {
        room.pk: [one for one in held if one.place == room.place_id and one.meets(room.name)]
        for room in rooms
    }


def rooms_held(places: Collection[int], starts: datetime, ends: datetime) -> Iterator[Held]:
    """What bookings hold of places, by room; nobody is named. One query."""
    rows = Booking.objects.holding().within(Span(starts, ends)).filter(room__place__in=list(places))
    for place, room, begins, over, person in rows.values_list(
        "room__place", "room__name", "starts_at", "ends_at", "person"
    ):
        title = _("a booking of %(room)s") % {"room": room}
        yield Held(place, room, begins, over, title, person=person)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a room's day: a booking, a gathering by its title, or time that is free, with what
    of it are idle hours; `day` is the one it is told for.
    """

    span: Span
    booking: Booking | None = None
    idle: tuple[Span, ...] = ()
    gathering: str = ""
    day: date | None = None

    @property
    def is_free(self) -> bool:
        return self.booking is None and not self.gathering

    @property
    def idle_words(self) -> str:
        """That it is idle hours, or which part of it is; "" for none."""
        if not self.idle:
            return ""
        if self.idle == (self.span,):
            return _("idle hours")
        hours = pgettext("between opening hours", ", ").join(map(hours_words, self.idle))
        return _("idle hours %(hours)s") % {"hours": hours}

    @property
    def words(self) -> str:
        """From when to when; what began on the day before says so."""
        if self.day is not None and local_day(self.span.starts) < self.day:
            starts, ends = (one.astimezone(SHANGHAI) for one in (self.span.starts, self.span.ends))
            return _("%(starts)s of the day before to %(ends)s") % {
                "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}",
            }  # fmt: skip
        return hours_words(self.span)

    @property
    def day_words(self) -> str:
        """The day and from when to when."""
        return span_words(self.span)

    @property
    def address(self) -> str:
        """What a link to the form says of it: the first two hours of what is free."""
        ends = min(self.span.ends, self.span.starts + timedelta(hours=2))
        return urlencode(
            {
                "day": local_day(self.span.starts),
                "starts": f"{self.span.starts.astimezone(SHANGHAI):%H:%M}",
                "ends": f"{ends.astimezone(SHANGHAI):%H:%M}",
            }
        )


@dataclass(frozen=True, slots=True)
class Free:
    """What of a room can still be booked."""

    room: Room
    spans: list[Span]
    is_idle: bool = False


def free_of(
    rooms: Collection[Room], first: date, last: date, now: datetime, *, only_idle: bool = False
) -> list[Free]:
    """What can be booked of rooms from a day to a day; two queries whatever their number."""
    span = Span(start_of_day(first), end_of_day(last))
    taken = taken_of(rooms, span)
    holiday = work_calendar().is_holiday
    return [
        Free(
            room,
            free_spans(
                open_spans(
                    room.windows(), first, last, is_closed=closed_on(room, holiday),
                    only_idle=only_idle,
                ),
                taken[room.pk], cleaning_minutes=room.cleaning_minutes,
                since=max(next_quarter(now), span.starts),
            ),
            only_idle,
        )
        for room in rooms
    ]  # fmt: skip


def idle_of_week(rooms: Collection[Room], now: datetime) -> list[Free]:
    """The idle hours of the next seven days that are still free, for rooms that have any."""
    today = local_day(now)
    found = free_of(rooms, today, today + timedelta(days=IDLE_DAYS), now, only_idle=True)
    return [Free(one.room, one.spans[:_LINES_OF_IDLE], True) for one in found if one.spans]


def lines_of(free: Free) -> list[PlanLine]:
    """What is free, with the words and addresses of its lines."""
    return [PlanLine(span, None, (span,) if free.is_idle else ()) for span in free.spans]


def week_lines(room: Room) -> list[tuple[str, str, bool]]:
    """The bookable hours of a week, days that are alike in one line: days, hours, idle or not."""
    by_day: dict[int, list[Hours]] = {}
    for one in room.hours.all():
        by_day.setdefault(one.weekday, []).append(one)
    lines: list[tuple[str, str, bool]] = []
    for idle in (False, True):
        runs: list[tuple[list[int], str]] = []
        for day in sorted(by_day):
            words = pgettext("between opening hours", ", ").join(
                one.words for one in by_day[day] if one.is_idle == idle
            )
            if not words:
                continue
            if runs and runs[-1][1] == words and runs[-1][0][-1] == day - 1:
                runs[-1][0].append(day)
            else:
                runs.append(([day], words))
        lines += [(_days(days), words, idle) for days, words in runs]
    return lines


def _days(days: list[int]) -> str:
    if len(days) == 1:
        return weekday_name(days[0])
    return _("%(first)s to %(last)s") % {
        "first": weekday_name(days[0]), "last": weekday_name(days[-1]),
    }  # fmt: skip


# ── whose, and what it costs ─────────────────────────────────────────────────────────────────


def groups_of(person: Person, day: date) -> frozenset[Group]:
    """The groups somebody belongs to on a day: by age, and by papers that still count."""
    rows = Entitlement.objects.filter(
        Q(until__isnull=True) | Q(until__gte=day),
        person__in=Person.everyone_of(person), ended_at__isnull=True,
    )  # fmt: skip
    age = age_on(person.born_on, day) if person.born_on else None
    return groups_on(age, [Group(one) for one in rows.values_list("group", flat=True)])


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms somebody gets a room."""

    quote: Quote
    groups: frozenset[Group]
    is_idle: bool

    @property
    def rank(self) -> int:
        """Before others on the waiting list, or not."""
        return 0 if goes_first(self.groups) else 1

    @property
    def because(self) -> str:
        """Whose discount it is, in words; empty without one."""
        return str(GROUP_LABELS[self.quote.group]) if self.quote.discount else ""


def terms_for(room: Room, person: Person, span: Span, *, purpose: str, tables: int) -> Terms:
    """What it costs somebody by the rules of that day."""
    day = local_day(span.starts)
    groups = groups_of(person, day)
    idle = is_idle(room, span)
    found = quote(
        Asked(day, purpose, span.minutes, tables, idle, groups),
        [one.rule() for one in room.prices.all()], [one.rule() for one in room.discounts.all()],
    )  # fmt: skip
    return Terms(found, groups, idle)


def misses_of(person: Person, now: datetime) -> list[date]:
    """The days on which somebody did not come or cancelled too late."""
    rows = Booking.objects.filter(
        Q(state=State.MISSED) | Q(state=State.CANCELLED, is_late=True),
        person__in=Person.everyone_of(person), starts_at__gte=now - 2 * MISSES_WITHIN,
    )  # fmt: skip
    return [local_day(one) for one in rows.values_list("starts_at", flat=True)]


def group_words(groups: Iterable[Group]) -> list[str]:
    """Groups in words, without everybody."""
    return [str(GROUP_LABELS[one]) for one in Group if one in set(groups) - {Group.EVERYBODY}]


def running(rules: Iterable[Any], day: date) -> list[Any]:  # Any: prices or discounts
    """Those that count on a day or will count, the newest of each first."""
    return [one for one in rules if one.until is None or one.until >= day]


def prices_on(prices: Iterable[Price], day: date) -> list[Price]:
    """What is asked on a day, and what will be: of each purpose the latest that has begun, and those
    to come. An earlier one whose place was taken is no price any more.
    """
    still = running(prices, day)
    begun: dict[str, Price] = {}
    for one in sorted(still, key=lambda one: (one.since, one.pk)):
        if one.since <= day:
            begun[one.purpose] = one
    return [one for one in still if one.since > day or begun[one.purpose] == one]


# ── bookings ─────────────────────────────────────────────────────────────────────────────────


def bookings_of(person: Person) -> BookingQuerySet:
    """All of somebody's, the latest first."""
    rows: BookingQuerySet = (
        Booking.objects.with_all()
        .filter(person__in=Person.everyone_of(person))
        .order_by("-starts_at", "-id")
    )
    return rows


def waiting_for(room: Room, span: Span, now: datetime) -> BookingQuerySet:
    """Who waits for a part of this time, whoever goes first in front."""
    rows: BookingQuerySet = (
        Booking.objects.filter(room=room, state=State.WAITING, starts_at__gt=now)
        .within(span)
        .select_related("room__place", "person")
        .order_by("rank", "made_at", "id")
    )
    return rows


def place_in_line(booking: Booking) -> int:
    """The how manieth somebody is of those who wait for the same time."""
    before = Q(rank__lt=booking.rank) | Q(rank=booking.rank, made_at__lt=booking.made_at)
    before |= Q(rank=booking.rank, made_at=booking.made_at, pk__lt=booking.pk)
    rows = Booking.objects.filter(before, room=booking.room, state=State.WAITING)
    ahead: int = rows.within(booking.span).count()
    return ahead + 1


def bookings_on(first: date, last: date, room_ids: Iterable[int] | None = None) -> BookingQuerySet:
    """What holds or waits for rooms from a day to a day."""
    rows: BookingQuerySet = (
        Booking.objects.with_all()
        .within(Span(start_of_day(first), end_of_day(last)))
        .filter(state__in=[*(state.value for state in HOLDS), State.WAITING])
        .order_by("starts_at", "room", "id")
    )
    return rows if room_ids is None else rows.filter(room__in=list(room_ids))


@dataclass(frozen=True, slots=True)
class Plan:
    """One day of one room in order of time."""

    room: Room
    day: date
    lines: list[PlanLine]


def plans_of(room_list: Collection[Room], first: date, last: date, now: datetime) -> list[Plan]:
    """Who has each room and what is free, day by day; nine queries whatever their number."""
    ids = [room.pk for room in room_list]
    rows = list(bookings_on(first, last, ids).exclude(state=State.WAITING))
    free = {one.room.pk: one.spans for one in free_of(room_list, first, last, now)}
    idle = {one.room.pk: one.spans for one in free_of(room_list, first, last, now, only_idle=True)}
    held = gatherings_in(room_list, Span(start_of_day(first), end_of_day(last)))
    plans = []
    for room in room_list:
        for count in range((last - first).days + 1):
            day = first + timedelta(days=count)
            whole = Span(start_of_day(day), end_of_day(day))
            lines = [
                PlanLine(one.span, one, day=day)
                for one in rows
                if one.room_id == room.pk and one.span.overlaps(whole)
            ]
            lines += [
                PlanLine(Span(one.starts, one.ends), gathering=one.title, day=day)
                for one in held[room.pk]
                if Span(one.starts, one.ends).overlaps(whole)
            ]
            lines += [
                PlanLine(span, None, tuple(one for one in idle[room.pk] if one.overlaps(span)))
                for span in free[room.pk]
                if local_day(span.starts) == day
            ]
            plans.append(Plan(room, day, sorted(lines, key=lambda line: line.span)))
    return plans


def hours_booked(place: Place, start: datetime, end: datetime) -> Decimal:
    """Hours for which rooms of a place are booked or were used between two moments.

    Two rooms at once count twice; what lies outside the moments does not count.
    """
    rows = Booking.objects.filter(
        room__place=place, state__in=[state.value for state in USED], starts_at__lt=end,
        ends_at__gt=start,
    )  # fmt: skip
    minutes = sum(
        (
            Span(max(starts, start), min(ends, end)).minutes
            for starts, ends in rows.values_list("starts_at", "ends_at")
        ),
        0,
    )
    return Decimal(minutes) / 60


def people_in_rooms(now: datetime) -> dict[int, int]:
    """People of bookings that somebody came to and that lay within the last hour, by place."""
    rows = (
        Booking.objects.filter(
            state=State.CAME, starts_at__lte=now, ends_at__gt=now - timedelta(hours=1)
        )
        .values("room__place")
        .annotate(count=Sum("people"))
        .order_by()
    )
    return {row["room__place"]: row["count"] for row in rows}


def conflicts(room: Room, spans: Iterable[Span]) -> list[tuple[Span, str]]:
    """For each span of a series why it cannot be had: "", "closed", "taken"; a few queries in all."""
    wanted = list(spans)
    if not wanted:
        return []
    around = Span(min(one.starts for one in wanted), max(one.ends for one in wanted))
    cleaning = timedelta(minutes=room.cleaning_minutes)
    busy = merged(
        Span(one.starts - cleaning, one.ends + cleaning)
        for one in taken_of([room], around)[room.pk]
    )
    is_closed = closed_on(room)
    windows = room.windows()
    found = []
    for one in wanted:
        if not fits(windows, one, is_closed=is_closed):
            found.append((one, "closed"))
        elif any(other.overlaps(one) for other in busy):
            found.append((one, "taken"))
        else:
            found.append((one, ""))
    return found


# ── what is due ──────────────────────────────────────────────────────────────────────────────


def offers_over(now: datetime) -> list[Booking]:
    """Places that nobody said yes to in time, and waiting for what has begun."""
    rows = Booking.objects.filter(
        Q(state=State.OFFERED, answer_by__lte=now) | Q(state=State.WAITING, starts_at__lte=now)
    )
    return list(rows.select_related("room__place", "person").order_by("starts_at", "id")[:200])


def never_came(before: datetime) -> list[Booking]:
    """Booked, over since then, and nobody wrote that they came."""
    rows = Booking.objects.filter(state=State.BOOKED, ends_at__lte=before, key_is_out=False)
    return list(rows.select_related("room__place", "person").order_by("ends_at", "id")[:200])


# ── elsewhere ────────────────────────────────────────────────────────────────────────────────


def events_of_room(room: Room, now: datetime) -> Iterator[Event]:
    """When a room is taken, for a calendar program: no name, no purpose."""
    rows = Booking.objects.holding().filter(room=room, ends_at__gte=now)[:200]
    for one in rows:
        yield Event(
            uid=f"booking-{one.code}@mulin", title=_("%(room)s is taken") % {"room": room},
            location=room.whereabouts, starts=one.starts_at, ends=one.ends_at, sequence=one.edition,
        )  # fmt: skip


def own_events(actor: Actor, now: datetime, base: str) -> Iterator[Event]:
    """What this actor has booked, for their own calendar."""
    rows = Booking.objects.filter(
        state=State.BOOKED, person=actor.person_id or 0, ends_at__gte=now
    ).select_related("room__place__building")[:200]
    for one in rows:
        yield Event(
            uid=f"booking-{one.code}@mulin", title=str(one.room), starts=one.starts_at,
            ends=one.ends_at, location=one.room.whereabouts, url=f"{base}{reverse('booking:mine')}", sequence=one.edition,
        )  # fmt: skip


def idle_for_chat(ref: str, by: Actor) -> Shared | None:
    """The idle hours of a room that are still free this week; none, and there is nothing to tell."""
    room = room_behind(ref)
    if room is None:
        return None
    now = clock.now()
    found = idle_of_week([room], now)
    if not found:
        return None
    lines = tuple(span_words(span) for span in found[0].spans[:6])
    return Shared(
        title=_("%(room)s: these hours are free for you") % {"room": room},
        lines=(*lines, _("Free of charge for everybody from sixty years on."))
        if _is_free_for_elders(room, now)
        else lines,
        path=reverse("booking:room", args=[room.code]),
    )


def _is_free_for_elders(room: Room, now: datetime) -> bool:
    day = local_day(now)
    found = quote(
        Asked(day, "", 60, 1, True, frozenset({Group.ELDER})),
        [one.rule() for one in room.prices.all()], [one.rule() for one in room.discounts.all()],
    )  # fmt: skip
    return found.yuan == 0


def free_for_elders(room_list: Iterable[Room], now: datetime) -> set[int]:
    """Rooms whose idle hours cost the old nothing today."""
    return {room.pk for room in room_list if _is_free_for_elders(room, now)}


# Any: values of several columns.
def told_of(person_id: int) -> dict[str, Any]:
    """Bookings with their money and keys, and checked groups of a person."""
    mine = Booking.objects.filter(person=person_id)
    return {
        "bookings": [
            {
                "room": str(one.room), "starts_at": one.starts_at, "ends_at": one.ends_at,
                "purpose": one.purpose, "called": one.called, "people": one.people,
                "state": one.state, "price_yuan": one.price_yuan, "reason": one.reason,
                "money": list(one.money.values("kind", "yuan", "at", "note")),
                "keys": list(one.keys.values("is_out", "at")),
            }
            for one in mine.select_related("room__place").prefetch_related("money", "keys")
        ],
        "groups": list(
            Entitlement.objects.filter(person=person_id).values("group", "paper", "checked_at", "until")
        ),
    }  # fmt: skip
