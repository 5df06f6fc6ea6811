"""Who is watched over, contacts, devices, alarms and what happened, what is to be heard of."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from mulin.circle.alarms.rules import CLOCK_SLACK, MOST_ANSWER, Ladder, State, Who, ladder_of
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.people.near import Tie
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager

STATE_LABELS = {
    State.OPEN: _("nobody goes yet"),
    State.GOING: _("somebody is on the way"),
    State.THERE: _("somebody is there"),
    State.ENDED: _("ended"),
}
WHO_LABELS = {
    Who.DUTY: _("the desk and the duty screen"),
    Who.GRID: _("the grid officer"),
    Who.NEIGHBOUR: _("the neighbours who come"),
    Who.FAMILY: _("the family"),
    Who.KEY: _("whoever has a key"),
    Who.HEAD: _("the head of the community"),
    Who.PHONE: _("the duty phone"),
    Who.ALL: _("everybody"),
}


TIE_LABELS = {Tie.NEIGHBOUR: _("looks in on them"), Tie.FAMILY: _("family")}


class Cause(models.TextChoices):
    """Why there is an alarm."""

    PRESS = "press", _("called for help")
    SILENCE = "silence", _("did not check in")
    WATER = "water", _("used no water")


class Outcome(models.TextChoices):
    """What it was. All are good endings; that somebody went is never in vain."""

    HELPED = "helped", _("Help was needed and given")
    AMBULANCE = "ambulance", _("An ambulance or the police came")
    WELL = "well", _("False alarm: all is well")
    AWAY = "away", _("Was not at home")
    DEVICE = "device", _("The device did it by itself")
    TRIAL = "trial", _("It was a trial")


class Duty(TenantRow):
    """How one community keeps watch: its ladder, its phone on duty, its second box."""

    rungs = models.JSONField(default=list, blank=True)
    phone = EncryptedCharField(max_length=30, null=True, blank=True)
    answer_minutes = models.PositiveSmallIntegerField(default=30)
    second_box = EncryptedCharField(max_length=300, null=True, blank=True)
    screen_digest = models.CharField(max_length=64, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community",), name="one_duty"),
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=1, answer_minutes__lte=MOST_ANSWER),
                name="duty_answer_runs_out",
            ),
        )

    def __str__(self) -> str:
        return str(self.community_id)

    @property
    def ladder(self) -> Ladder:
        return ladder_of(self.rungs)


class Chain(TenantRow):
    """How the chain of one community fares: the last trial, the last round of the auditor.

    Written by the watch alone, apart from what people set.
    """

    trial_sent_at = models.DateTimeField(null=True, blank=True)
    trial_arrived_at = models.DateTimeField(null=True, blank=True)
    audited_at = models.DateTimeField(null=True, blank=True)
    standing_still = models.PositiveIntegerField(default=0)
    pinged_at = models.DateTimeField(null=True, blank=True)
    ping_fault = models.CharField(max_length=200, blank=True)
    silent_from = models.DateTimeField(null=True, blank=True)  # the second box is tried
    box_proven_at = models.DateTimeField(null=True, blank=True)  # its text came

    objects = tenant_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("community",), name="one_chain"),)

    def __str__(self) -> str:
        return str(self.community_id)


class WatchQuerySet(models.QuerySet["Watch"]):
    def standing(self) -> "WatchQuerySet":
        """Who is watched over now."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, actor: Actor) -> "WatchQuerySet":
        """The desk sees all, an officer those of their grids, a helper whom they are a contact of."""
        if actor.is_desk or actor.is_system:
            return self
        return self.filter(
            Q(person__grid__in=actor.grid_ids)
            | Q(contacts__person__account=actor.account_id or 0)
            | Q(person=actor.person_id or 0)
        ).distinct()


class Watch(TenantRow):
    """Somebody is watched over: where the key is, what a helper must know, when to be heard of.

    The elder's own record is another room's; here stands what is needed in the first minutes.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    key_where = EncryptedCharField(max_length=200, null=True, blank=True)
    note = EncryptedTextField(null=True, blank=True)
    rungs = models.JSONField(default=list, blank=True)  # empty: the community's ladder
    morning = models.TimeField(null=True, blank=True)
    evening = models.TimeField(null=True, blank=True)
    grace_minutes = models.PositiveSmallIntegerField(default=60)
    water_litres = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    water_hours = models.PositiveSmallIntegerField(default=12)

    objects = tenant_manager(WatchQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "person"), name="watched_once"),
            models.CheckConstraint(
                condition=Q(water_hours__gte=4, water_hours__lte=24), name="water_span_of_a_day"
            ),
        )

    def __str__(self) -> str:
        return str(self.person)


class ContactKind(models.TextChoices):
    FAMILY = "family", _("family")
    NEIGHBOUR = "neighbour", _("neighbour")
    KEY = "key", _("has a key")


class Contact(TenantRow):
    """Somebody who comes, or who must know: of the roll, or a name with a phone."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    phone = EncryptedCharField(max_length=30, null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class AwayQuerySet(models.QuerySet["Away"]):
    def at(self, moment: datetime) -> "AwayQuerySet":
        """Who is away at this moment."""
        return self.filter(since__lte=moment).filter(Q(until__isnull=True) | Q(until__gt=moment))


class Away(TenantRow):
    """Not at home 不在家: nothing is to be heard of in this time. A press still counts."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="aways")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    where = models.CharField(max_length=80, blank=True)

    objects = tenant_manager(AwayQuerySet)

    class Meta:
        ordering = ("-since", "-id")
        indexes = (models.Index(fields=("community", "watch", "since")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="away_ends_after_it_begins",
            ),
        )


class Vendor(TenantRow):
    """Somebody's cloud that calls for its devices: its key, and what its words mean, as data."""

    name = models.CharField(max_length=60)
    code = models.CharField(max_length=24)
    key_digest = models.CharField(max_length=64)
    mapping = models.JSONField()

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="alarm_vendor_code_once"),
        )

    def __str__(self) -> str:
        return self.name


class DeviceKind(models.TextChoices):
    BUTTON = "button", _("call button")
    WRISTBAND = "wristband", _("wristband")
    BOX = "box", _("call box")
    METER = "meter", _("water meter")
    OTHER = "other", _("other device")


class DeviceQuerySet(models.QuerySet["Device"]):
    def in_use(self) -> "DeviceQuerySet":
        return self.filter(retired_at__isnull=True)


def _device_code() -> str:
    return public_code(10)


class Device(TenantRow):
    """A thing that calls. Of its key only digests are kept, one of them as Mosquitto wants it."""

    code = models.CharField(max_length=24, default=_device_code)
    kind = models.CharField(max_length=12, choices=DeviceKind.choices)
    watch = models.ForeignKey(Watch, models.PROTECT, null=True, blank=True, related_name="devices")
    place = models.CharField(max_length=80, blank=True)
    vendor = models.ForeignKey(
        Vendor, models.PROTECT, null=True, blank=True, related_name="devices"
    )
    vendor_number = models.CharField(max_length=64, blank=True)
    key_digest = models.CharField(max_length=64, blank=True)
    broker_digest = models.CharField(max_length=160, blank=True)
    hears_receipt = models.BooleanField(default=False)
    beat_minutes = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    proven_at = models.DateTimeField(null=True, blank=True)  # its last press that was written down
    trial_until = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(DeviceQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="alarm_device_code_once"),
            models.UniqueConstraint(
                fields=("community", "vendor", "vendor_number"),
                condition=Q(vendor__isnull=False, retired_at__isnull=True),
                name="vendor_number_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def running(self) -> "AlarmQuerySet":
        """Not ended."""
        return self.exclude(state=State.ENDED)

    def real(self) -> "AlarmQuerySet":
        """Without the trials of the chain, which are nobody's need."""
        return self.filter(is_synthetic=False)

    def due(self, now: datetime) -> "AlarmQuerySet":
        """Whose next step has come; all whose last step lies ahead, where a clock was put back."""
        return self.running().filter(
            Q(next_step_at__lte=now)
            | Q(next_step_at__isnull=True)
            | Q(stepped_at__gt=now + CLOCK_SLACK)
        )

    def visible_to(self, actor: Actor) -> "AlarmQuerySet":
        """The desk sees all, an officer those of their grids, everybody what they were called to."""
        if actor.is_desk or actor.is_system:
            return self
        called = Called.objects.filter(account=actor.account_id or 0).values("alarm")
        mine = Q(pk__in=called) | Q(person__grid__in=actor.grid_ids)
        return self.filter(mine)


class Alarm(TenantRow):
    """One alarm, from the press to its human end. `where` is copied, the ladder too: what is
    changed meanwhile changes nothing for whoever waits.
    """

    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=80, blank=True)
    is_trial = models.BooleanField(default=False)
    is_synthetic = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    pressed_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.OPEN,
    )
    rungs = models.JSONField()
    turn = models.PositiveSmallIntegerField(default=1)  # how often the ladder began
    began_at = models.DateTimeField()
    rung = models.PositiveSmallIntegerField(default=0)
    loop = models.PositiveIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)
    stepped_at = models.DateTimeField(null=True, blank=True)
    faults = models.PositiveIntegerField(default=0)
    going = models.CharField(max_length=60, blank=True)
    going_account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    going_at = models.DateTimeField(null=True, blank=True)
    there_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    note = EncryptedTextField(null=True, blank=True)

    objects = tenant_manager(AlarmQuerySet)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "state", "next_step_at")),
            models.Index(fields=("community", "person", "state")),
            models.Index(fields=("community", "opened_at")),
        )
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="alarm_number_once"),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, ended_at__isnull=False, next_step_at__isnull=True)
                | (~Q(state=State.ENDED) & Q(ended_at__isnull=True, next_step_at__isnull=False)),
                name="alarm_has_a_next_step_until_it_ends",
            ),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def ladder(self) -> Ladder:
        return ladder_of(self.rungs)

    @property
    def topic(self) -> str:
        """Under which the outbox knows everything that is told of it."""
        return f"alarm.{self.pk}"

    @property
    def whom(self) -> "str | Promise":
        """Who needs help, in a word."""
        return str(self.person) if self.person_id else _("somebody")


class Happened(models.TextChoices):
    """What happened to an alarm."""

    PRESSED = "pressed", _("called")
    TOLD = "told", _("were told")
    NOBODY = "nobody", _("this rung has nobody; went on at once")
    GOES = "goes", _("has said that they go")
    READY = "ready", _("would go too")
    CANNOT = "cannot", _("cannot go")
    RAN_OUT = "ran_out", _("nothing was heard in time: everybody is told anew")
    THERE = "there", _("is there")
    ENDED = "ended", _("ended it")
    MENDED = "mended", _("the auditor set the ladder going again")


class Event(TenantRow):
    """One thing that happened to an alarm; never changed, never deleted.

    A press of a device is unique by the device's own number, so that the same one is written once
    however often it is sent.
    """

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=10, choices=Happened.choices)
    who = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="presses"
    )
    message_id = models.CharField(max_length=64, blank=True)
    is_clock_off = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "device", "message_id"),
                condition=Q(device__isnull=False) & ~Q(message_id=""),
                name="press_written_once",
            ),
        )


def _called_code() -> str:
    return public_code(12)


class Called(TenantRow):
    """Somebody was called to an alarm: the address in their text opens with this code."""

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="called")
    kind = models.CharField(max_length=30)  # the address book of `notify`
    record_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=16, default=_called_code)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "alarm", "kind", "record_id"), name="called_once"
            ),
            models.UniqueConstraint(fields=("community", "code"), name="called_code_once"),
        )


class ExpectedState(models.TextChoices):
    WAITING = "waiting", _("still to be heard")
    MET = "met", _("heard")
    AWAY = "away", _("away from home")
    MISSED = "missed", _("not heard")


class Expectation(TenantRow):
    """Something that is to be heard of somebody, made ahead: a row, not a job.

    Of water only the sum within the span is kept, and only as long as it is awaited: when
    somebody drinks or washes is nobody's business.
    """

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="expectations")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    since = models.DateTimeField()
    until = models.DateTimeField()
    alarm_at = models.DateTimeField()
    needed = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    seen = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    state = models.CharField(
        max_length=10, choices=ExpectedState.choices, default=ExpectedState.WAITING
    )
    alarm = models.ForeignKey(Alarm, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("alarm_at", "id")
        indexes = (models.Index(fields=("community", "state", "alarm_at", "id")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "watch", "cause", "until"), name="expected_once"
            ),
        )
