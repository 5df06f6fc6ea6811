"""Kinds, activities, shifts, volunteers, duties, stays, services, the record, those who are served."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from mulin.circle.volunteers.rules import KEEPERS, Audience, Block, Span, Stand, hours_of
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.models import Gathering, Series
from mulin.commons.rota.models import Duty as RotaDuty
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person
from mulin.kit.channels import Channel
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager

STAND_LABELS: dict[Stand, Promise] = {
    Stand.GOING: _("has a place"),
    Stand.WAITING: _("waits for a place"),
    Stand.OFF: _("does not come"),
}
BLOCK_LABELS: dict[Block, Promise] = {
    Block.TRAINING: _("training 培训"),
    Block.HONOUR: _("honour 表彰奖励"),
    Block.EVALUATION: _("evaluation 评价"),
}
AUDIENCE_LABELS: dict[Audience, Promise] = {
    Audience.VOLUNTEERS: _("volunteers"),
    Audience.ELDERS: _("people over sixty"),
}
#: Printed wherever hours stand.
HOURS_RULE = _(
    "Minutes count from signing in to signing out, within one's shift, each once; the way there does"
    " not. Their sum is shown in hours, down to a tenth."
)


def certificate_code() -> str:
    """Sixteen characters that nobody can guess: a wrong one is no certificate."""
    return public_code(16)


class ActivityKind(TenantRow):
    """One kind of activity. `is_monthly`: the community means to hold it every month."""

    name = models.CharField(max_length=30)
    about = models.CharField(max_length=200, blank=True)
    risks = models.CharField(max_length=300, blank=True)
    is_risky = models.BooleanField(default=False)
    is_monthly = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="activity_kind_once"),
        )

    def __str__(self) -> str:
        return self.name


class Pattern(TenantRow):
    """With what the activities of a series begin: kind, posts, appointments."""

    series = models.OneToOneField(Series, models.PROTECT, related_name="volunteers")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="+")
    posts = models.JSONField(default=list)  # [name, wanted, skill] each
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    chairs = models.PositiveSmallIntegerField(default=1)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()


class Activity(TenantRow):
    """What is special to an activity, beside its gathering.

    `insurance` says who insured the volunteers and under which number. With `slot_minutes` people
    come by appointment, `chairs` at a time. `counted_at`: when its minutes became services.
    """

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="activity")
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="activities")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    insurance = models.CharField(max_length=120, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    chairs = models.PositiveSmallIntegerField(default=1)
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-gathering__starts_at", "-id")
        indexes = (models.Index(fields=("community", "kind")),)

    def __str__(self) -> str:
        return str(self.gathering.title)

    @property
    def span(self) -> Span:
        """From its beginning to its end."""
        return Span(self.gathering.starts_at, self.gathering.ends_at)

    @property
    def lacks_insurance(self) -> bool:
        """《志愿服务条例》第17条: before what may endanger somebody, they are insured."""
        return self.kind.is_risky and not self.insurance


class Shift(TenantRow):
    """A post at an activity: from so many minutes after its beginning, for so many minutes, so that it
    moves with it; for how many, with which skill.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="shifts")
    post = models.CharField(max_length=40)
    after_minutes = models.SmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField()
    wanted = models.PositiveSmallIntegerField(default=1)
    skill = models.CharField(max_length=40, blank=True)
    where = models.CharField(max_length=60, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("after_minutes", "id")
        constraints = (models.CheckConstraint(condition=Q(minutes__gt=0), name="shift_lasts"),)
        indexes = (models.Index(fields=("community", "activity", "after_minutes")),)

    def __str__(self) -> str:
        return self.post

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return self.activity.gathering.starts_at + timedelta(minutes=self.after_minutes)

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def span(self) -> Span:
        """From its beginning to its end."""
        return Span(self.starts_at, self.ends_at)


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    """Volunteers by who sees them."""

    def visible_to(self, actor: Actor) -> "VolunteerQuerySet":
        """Keepers see all; everybody else their own."""
        if actor.is_system or actor.has(*KEEPERS):
            return self
        return self.filter(person=actor.person_id) if actor.person_id else self.none()

    def active(self) -> "VolunteerQuerySet":
        """Who has not left."""
        return self.filter(left_on__isnull=True)


class Volunteer(TenantRow):
    """A person who helps. 《志愿服务条例》第7条: who they are stands on the roll; skills, times and ways
    to reach them are asked here. `national_number` is theirs in the national system, if they have one.
    Of a child under fourteen a `guardian` agreed, on a day (《个人信息保护法》第31条).
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="volunteers")
    number = models.CharField(max_length=20)
    skills = models.JSONField(default=list)
    times = models.CharField(max_length=100, blank=True)
    team = models.CharField(max_length=40, blank=True)
    national_number = models.CharField(max_length=30, blank=True)
    shows_stars = models.BooleanField(default=False)
    guardian = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    guardian_agreed_on = models.DateField(null=True, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)

    objects = tenant_manager(VolunteerQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "person"), name="volunteer_once"),
            models.UniqueConstraint(fields=("community", "number"), name="volunteer_number_once"),
        )
        indexes = (models.Index(fields=("community", "left_on")),)

    def __str__(self) -> str:
        return str(self.person)


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties by how they stand."""

    def going(self) -> "DutyQuerySet":
        return self.filter(stand=Stand.GOING)

    def alive(self) -> "DutyQuerySet":
        """Going, or waiting for a place."""
        return self.exclude(stand=Stand.OFF)


class Duty(TenantRow):
    """A volunteer's place in a shift. `wants_out`: they look for somebody who takes it over;
    `from_rota`: it follows a duty that they accepted on the rota.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="duties")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="duties")
    stand = models.CharField(
        max_length=10, choices=[(stand.value, label) for stand, label in STAND_LABELS.items()]
    )
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    answered_at = models.DateTimeField()
    risks_told = models.BooleanField(default=False)
    wants_out = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    takes_over = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    from_rota = models.ForeignKey(RotaDuty, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager(DutyQuerySet)

    class Meta:
        ordering = ("answered_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "shift", "volunteer"), name="duty_once"),
        )
        indexes = (
            models.Index(fields=("community", "shift", "stand")),
            models.Index(fields=("community", "volunteer", "stand")),
            models.Index(
                fields=("community", "shift"), condition=Q(reminded_at__isnull=True),
                name="duty_to_remind",
            ),
        )  # fmt: skip


class Stay(TenantRow):
    """Somebody signed in, and out: as it was signed, before anything is counted."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="stays")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="stays")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    came_by = models.CharField(max_length=20, choices=Channel.choices)
    left_by = models.CharField(max_length=20, choices=Channel.choices, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("came_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
                name="stay_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=("community", "volunteer"), condition=Q(left_at__isnull=True),
                name="in_one_place_once",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "volunteer", "came_at")),)


class Service(TenantRow):
    """Time that counts: whole minutes of one volunteer at one activity. Two of one volunteer never
    overlap (`rules.counted`); every sum of hours is the sum of these rows.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="services")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="services")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()

    objects = tenant_manager()

    class Meta:
        ordering = ("begins_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at"), minutes__gt=0), name="service_has_minutes"
            ),
        )
        indexes = (
            models.Index(fields=("community", "volunteer", "begins_at")),
            models.Index(fields=("community", "activity")),
            models.Index(fields=("community", "begins_at")),
        )

    @property
    def span(self) -> Span:
        """From its beginning to its end."""
        return Span(self.begins_at, self.ends_at)


class Correction(TenantRow):
    """A volunteer says that other times are right; it is decided, with a reason, and kept."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="corrections")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="corrections")
    came_at = models.DateTimeField()
    left_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    is_granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    minutes_before = models.PositiveIntegerField(default=0)
    minutes_after = models.PositiveIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(left_at__gt=F("came_at")), name="correction_ends_after_it_begins"
            ),
        )
        indexes = (
            models.Index(fields=("community", "decided_at", "asked_at")),
            models.Index(fields=("community", "volunteer")),
        )


class RecordLine(TenantRow):
    """A line of the record that no activity makes: training, honour, evaluation."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="lines")
    block = models.CharField(
        max_length=10, choices=[(block.value, label) for block, label in BLOCK_LABELS.items()]
    )
    what = models.CharField(max_length=120)
    giver = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    minutes = models.PositiveIntegerField(default=0)  # of training

    objects = tenant_manager()

    class Meta:
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=("community", "volunteer", "block")),)

    @property
    def hours(self) -> Decimal:
        """Hours of training."""
        return hours_of(self.minutes)


class Certificate(TenantRow):
    """A certificate asked for and issued, free of charge 《志愿服务条例》第19条. What it says was true
    when it was issued and is kept as it was.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="certificates")
    since = models.DateField()
    until = models.DateField()
    purpose = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    number = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=16, default=certificate_code)
    minutes = models.PositiveIntegerField(default=0)
    lines = models.JSONField(default=list)  # [title, day, minutes] of each activity
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    noticed_until = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="certificate_code_once"),
            models.UniqueConstraint(
                fields=("community", "number"), condition=~Q(number=""),
                name="certificate_number_once",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="certificate_ends_after_it_begins"
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("community", "issued_at", "asked_at")),
            models.Index(fields=("community", "volunteer")),
            models.Index(fields=("community", "noticed_until")),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def hours(self) -> Decimal:
        """What it certifies, in hours."""
        return hours_of(self.minutes)


class Appointment(TenantRow):
    """Somebody is served so many minutes after the beginning, on one of the chairs. Who is not on the
    roll is `called` so.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="appointments")
    after_minutes = models.PositiveSmallIntegerField()
    chair = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    called = EncryptedCharField(max_length=60, null=True, blank=True)
    note = EncryptedCharField(max_length=120, null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    made_at = models.DateTimeField()
    served_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("after_minutes", "chair")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "activity", "after_minutes", "chair"),
                condition=Q(cancelled_at__isnull=True), name="one_on_a_chair",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=("community", "person")),
            models.Index(fields=("community", "served_at")),
        )

    @property
    def at(self) -> datetime:
        """When it is."""
        return self.activity.gathering.starts_at + timedelta(minutes=self.after_minutes)

    @property
    def name(self) -> str:
        """Who comes."""
        return str(self.person) if self.person else str(self.called or "")


class Wish(TenantRow):
    """An activity that was asked for and is not planned yet: an idea, a need of the street."""

    title = models.CharField(max_length=80)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="wishes"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("community", "ended_at", "at")),)

    def __str__(self) -> str:
        return self.title


class Offer(TenantRow):
    """What a merchant gives volunteers or old people: so many times, in these days."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    audience = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in AUDIENCE_LABELS.items()]
    )
    most = models.PositiveIntegerField()
    hours_needed = models.PositiveSmallIntegerField(default=0)
    since = models.DateField()
    until = models.DateField()
    code = models.CharField(max_length=10, default=public_code)  # opens the merchant's page

    objects = tenant_manager()

    class Meta:
        ordering = ("until", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="offer_code_once"),
            models.CheckConstraint(
                condition=Q(until__gte=F("since"), most__gt=0), name="offer_can_be_used"
            ),
        )
        indexes = (models.Index(fields=("community", "audience", "until")),)

    def __str__(self) -> str:
        return self.title


class Coupon(TenantRow):
    """One use of an offer by one person; of its code only a keyed digest is kept."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="coupons")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("given_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "offer", "person"), name="coupon_once"),
            models.UniqueConstraint(fields=("community", "digest"), name="coupon_code_once"),
        )


class Thanks(TenantRow):
    """A word of thanks; it hangs on the wall once somebody has read it."""

    words = models.CharField(max_length=200)
    signed = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="thanks"
    )
    at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    is_shown = models.BooleanField(null=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("community", "is_shown", "at")),)
