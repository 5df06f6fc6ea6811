"""Rooms, their hours, prices and discounts; who belongs to which group; bookings and their slots."""

from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.rules import (
    ALIVE,
    HOLDS,
    KNOWN,
    LATEST_MINUTE,
    Basis,
    DiscountRule,
    Group,
    Money,
    PriceRule,
    Purpose,
    Span,
    State,
    Window,
)
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, weekday_name
from mulin.kit.clock import SHANGHAI, end_of_day, local_day
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.kit.templatetags.kit import dated

HOURS_OF_A_DAY = 24
GROUP_LABELS = {
    Group.EVERYBODY: _("everybody"),
    Group.ELDER: _("from sixty years on"),
    Group.LOW_INCOME: _("households of low income"),
    Group.VETERAN: _("veterans and their families"),
    Group.DISABLED: _("people with a disability"),
    Group.VOLUNTEER: _("volunteers"),
    Group.CLUB: _("groups of neighbours"),
}
PURPOSE_LABELS = {
    Purpose.BANQUET: _("family banquet"),
    Purpose.GROUP: _("dance, singing, play"),
    Purpose.MEETING: _("meeting"),
    Purpose.CLASS: _("lesson or class"),
    Purpose.REST: _("tea and talk"),
    Purpose.OTHER: _("something else"),
}
STATE_LABELS = {
    State.WAITING: _("on the waiting list"),
    State.OFFERED: _("a place is free: say yes"),
    State.BOOKED: _("booked"),
    State.CAME: _("has been used"),
    State.MISSED: _("nobody came"),
    State.CANCELLED: _("cancelled"),
    State.LAPSED: _("no place came free"),
}
BASIS_LABELS = {
    Basis.HOUR: _("for an hour"),
    Basis.TABLE: _("for a table"),
    Basis.ONCE: _("for a time"),
}
MONEY_LABELS = {
    Money.PAID: pgettext_lazy("price", "paid"),
    Money.REFUNDED: _("price given back"),
    Money.DEPOSIT: _("deposit taken"),
    Money.RETURNED: _("deposit given back"),
    Money.KEPT: _("deposit kept"),
}


def _choices(labels: dict) -> list[tuple[str, object]]:  # type: ignore[type-arg]  # labels of any enum
    return [(one.value, label) for one, label in labels.items()]


def _code() -> str:
    return public_code(8)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    # Midnight at the end of a day is 24:00; what is later is the next morning.
    return f"{hour if hour <= HOURS_OF_A_DAY else hour - HOURS_OF_A_DAY}:{rest:02}"


def moment_words(moment: datetime) -> str:
    """A moment as it is said: 11月26日（周四）13:30."""
    return f"{dated(local_day(moment))} {moment.astimezone(SHANGHAI):%H:%M}"


def span_words(span: Span) -> str:
    """A span as it is said: 11月26日（周四）13:30–15:00; until midnight is until 24:00, what ends
    later names the next day.
    """
    return f"{dated(local_day(span.starts))} {hours_words(span)}"


def hours_words(span: Span) -> str:
    """The hours of a span without its day."""
    starts, ends = (one.astimezone(SHANGHAI) for one in (span.starts, span.ends))
    if ends == end_of_day(starts.date()):
        return f"{starts:%H:%M}–24:00"
    if ends.date() != starts.date():
        return f"{starts:%H:%M}–" + gettext("%(time)s of the next day") % {"time": f"{ends:%H:%M}"}
    return f"{starts:%H:%M}–{ends:%H:%M}"


class OpensBy(models.TextChoices):
    DESK = "desk", _("somebody opens it")
    KEY = "key", _("a key is handed over")
    CODE = "code", _("a code opens it")


class RoomQuerySet(models.QuerySet["Room"]):
    def open(self) -> "RoomQuerySet":
        """Rooms that can be booked at all, with what their hours and prices need."""
        return (
            self.filter(closed_at__isnull=True, place__closed_at__isnull=True)
            .select_related("place")
            .prefetch_related("hours", "closures", "prices", "discounts")
        )


class Room(TenantRow):
    """A room of a place that is used by the hour: for how many, for how long, how far ahead.

    `cleaning_minutes` follow every booking; whoever cancels later than `notice_hours` before it
    counts as not having come.
    """

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    code = models.CharField(max_length=12, default=_code)
    seats = models.PositiveSmallIntegerField()
    tables = models.PositiveSmallIntegerField(default=0)
    has_kitchen = models.BooleanField(default=False)
    cleaning_minutes = models.PositiveSmallIntegerField(default=0)
    longest_minutes = models.PositiveSmallIntegerField(default=240)
    days_ahead = models.PositiveSmallIntegerField(default=30)
    days_ahead_first = models.PositiveSmallIntegerField(default=60)
    notice_hours = models.PositiveSmallIntegerField(default=24)
    most_open = models.PositiveSmallIntegerField(default=3)
    # Dates that a neighbour may take at once, the same hours every so many weeks; 1: none.
    most_dates = models.PositiveSmallIntegerField(default=1)
    is_closed_on_holidays = models.BooleanField(default=False)
    opens_by = models.CharField(max_length=10, choices=OpensBy.choices, default=OpensBy.DESK)
    words = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(RoomQuerySet)

    class Meta:
        ordering = ("place__name", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "place", "name"), name="room_once"),
            models.UniqueConstraint(fields=("community", "code"), name="room_code_once"),
            models.CheckConstraint(
                condition=Q(seats__gt=0, longest_minutes__gte=30), name="room_holds_somebody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.place.name} {self.name}" if self.name else self.place.name

    @property
    def whereabouts(self) -> str:
        """The room, and where its place is."""
        return " · ".join(filter(None, (self.name, self.place.whereabouts)))

    def windows(self) -> list[Window]:
        """The hours as the rules know them; prefetched for lists."""
        return [Window(one.weekday, one.opens, one.closes, one.is_idle) for one in self.hours.all()]

    def is_shut(self, day: date) -> bool:
        """Closed by somebody on this day."""
        return any(one.first_day <= day <= one.last_day for one in self.closures.all())


class Hours(TenantRow):
    """A room can be booked on a weekday (1 Monday to 7 Sunday) from, to, in minutes after 00:00."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()
    is_idle = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "room", "weekday", "opens"), name="room_hours_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    weekday__gte=1, weekday__lte=7, closes__gt=F("opens"), closes__lte=LATEST_MINUTE
                ),
                name="room_hours_go_forward",
            ),
        )

    @property
    def day_words(self) -> str:
        """The day as it is said."""
        return weekday_name(self.weekday)

    @property
    def words(self) -> str:
        """The hours as they are written: 18:00–1:00."""
        return f"{_clock(self.opens)}–{_clock(self.closes)}"


class Closure(TenantRow):
    """Days on which a room cannot be used: first and last, and why."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=100)

    objects = tenant_manager()

    class Meta:
        ordering = ("first_day", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="closure_goes_forward"
            ),
        )


Decided = tuple[date, date | None, str]


class Price(TenantRow):
    """What a room costs, by whose decision; a purpose of its own goes before "any" (empty).

    Never changed: a new one takes its place from its day on, or it is given a last day.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="prices")
    purpose = models.CharField(max_length=10, choices=_choices(PURPOSE_LABELS), blank=True)
    basis = models.CharField(max_length=10, choices=_choices(BASIS_LABELS))
    yuan = models.DecimalField(max_digits=10, decimal_places=2)
    deposit = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("purpose", "-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "room", "purpose", "since"), name="room_price_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(yuan__gte=0, deposit__gte=0), name="room_price_not_below_nothing"
            ),
        )

    @property
    def decided(self) -> Decided:
        """From when until when, and by whose decision: what one decision made stands together."""
        return self.since, self.until, self.source

    def rule(self) -> PriceRule:
        """As the rules know it."""
        return PriceRule(
            self.pk,
            self.purpose,
            Basis(self.basis),
            self.yuan,
            self.deposit,
            self.since,
            self.until,
        )


class Discount(TenantRow):
    """Percent off the price for a group, by whose decision; `only_idle` within idle hours."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="discounts")
    group = models.CharField(max_length=12, choices=_choices(GROUP_LABELS))
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    only_idle = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("group", "-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="discount_of_the_whole"
            ),
        )

    @property
    def decided(self) -> Decided:
        """From when until when, and by whose decision, as of a price."""
        return self.since, self.until, self.source

    def rule(self) -> DiscountRule:
        """As the rules know it."""
        return DiscountRule(
            self.pk, Group(self.group), self.percent, self.only_idle, self.since, self.until
        )


class Entitlement(TenantRow):
    """Somebody belongs to a group: which paper was seen, by whom, until when it counts."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    group = models.CharField(
        max_length=12,
        choices=[(one.value, label) for one, label in GROUP_LABELS.items() if one not in KNOWN],
    )
    paper = models.CharField(max_length=100)
    checked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-checked_at", "-id")
        indexes = (models.Index(fields=("community", "person", "ended_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "person", "group"), condition=Q(ended_at__isnull=True),
                name="one_entitlement_a_group",
            ),
        )  # fmt: skip


class Series(TenantRow):
    """Bookings that come again every so many weeks."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    first_day = models.DateField()
    until = models.DateField()
    every_weeks = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-made_at", "-id")


class BookingQuerySet(models.QuerySet["Booking"]):
    def alive(self) -> "BookingQuerySet":
        """Waiting, offered or booked."""
        return self.filter(state__in=[state.value for state in ALIVE])

    def holding(self) -> "BookingQuerySet":
        """Whose time nobody else can have."""
        return self.filter(state__in=[state.value for state in HOLDS])

    def within(self, span: Span) -> "BookingQuerySet":
        """Which overlap a span."""
        return self.filter(starts_at__lt=span.ends, ends_at__gt=span.starts)

    def visible_to(self, actor: Actor) -> "BookingQuerySet":
        """The desk sees all, everybody their own."""
        if actor.is_desk or actor.is_system:
            return self
        return self.filter(person=actor.person_id or 0)

    def with_all(self) -> "BookingQuerySet":
        """With room, place and person, for lists."""
        return self.select_related("room__place", "person")


class Booking(TenantRow):
    """Somebody wants a room from, to. Price and group are those of the day it was made or moved.

    `minutes` follow from the times. `paid` and `deposit_held` are the sums of its money lines.
    Of the opening code only a digest is kept.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="bookings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="dates")
    code = models.CharField(max_length=12, default=_code)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    purpose = models.CharField(max_length=10, choices=_choices(PURPOSE_LABELS))
    called = models.CharField(max_length=60, blank=True)
    people = models.PositiveSmallIntegerField()
    tables = models.PositiveSmallIntegerField(default=0)
    wants_kitchen = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=_choices(STATE_LABELS))
    rank = models.PositiveSmallIntegerField(default=1)
    group = models.CharField(max_length=12, choices=_choices(GROUP_LABELS))
    is_idle = models.BooleanField(default=False)
    is_elder = models.BooleanField(default=False)
    price = models.ForeignKey(Price, models.PROTECT, null=True, blank=True, related_name="+")
    discount = models.ForeignKey(Discount, models.PROTECT, null=True, blank=True, related_name="+")
    base_yuan = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    discount_yuan = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    deposit_yuan = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    deposit_held = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    key_is_out = models.BooleanField(default=False)
    door_digest = models.CharField(max_length=64, blank=True)
    door_tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    edition = models.PositiveIntegerField(default=0)

    objects = tenant_manager(BookingQuerySet)

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (
            models.Index(fields=("community", "room", "starts_at")),
            models.Index(fields=("community", "person", "starts_at")),
            models.Index(fields=("community", "state", "starts_at")),
        )
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="booking_code_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), people__gt=0, minutes__gt=0),
                name="booking_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, deposit_held__gte=0),
                name="booking_money_not_below_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state=State.OFFERED, answer_by__isnull=False) | ~Q(state=State.OFFERED),
                name="offer_has_a_limit",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.code}"

    @property
    def span(self) -> Span:
        """From when to when, without the cleaning."""
        return Span(self.starts_at, self.ends_at)

    @property
    def price_yuan(self) -> Decimal:
        """What is to be paid in all."""
        return self.base_yuan - self.discount_yuan

    @property
    def owed_yuan(self) -> Decimal:
        """What is still to be paid."""
        return max(self.price_yuan - self.paid, Decimal(0))

    @property
    def deposit_owed(self) -> Decimal:
        """What is still to be left as a deposit."""
        return max(self.deposit_yuan - self.deposit_held, Decimal(0))

    @property
    def words(self) -> str:
        """When it is, as it is said."""
        return span_words(self.span)

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return {
            State.BOOKED: "jade", State.CAME: "jade", State.WAITING: "amber",
            State.OFFERED: "sky", State.MISSED: "alarm",
        }.get(State(self.state), "")  # fmt: skip


class Slot(TenantRow):
    """One quarter of an hour of a room belongs to one booking: the database lets no second one in.

    `number` counts quarters since 1970 (`rules.slots_of`). Cleaning takes slots like a booking.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="slots")

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "room", "number"), name="a_quarter_hour_once"
            ),
        )


class MoneyLine(TenantRow):
    """Money came or went at a booking. Never changed, never deleted."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="money")
    kind = models.CharField(max_length=10, choices=_choices(MONEY_LABELS))
    yuan = models.DecimalField(max_digits=10, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=100, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(yuan__gt=0), name="money_line_above_nothing"),
        )


class KeyLine(TenantRow):
    """The key went out, or came back. Never changed, never deleted."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="keys")
    is_out = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
