"""Members, weekly shifts, months with their shifts, wishes, duties, swaps, and what the engine said."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.commons.rota.rules import (
    ADULTS_WITH_CHILDREN,
    ALIVE,
    EXPECTED,
    JOB_LOST,
    ON,
    Part,
    Stand,
    Wanted,
    When,
)
from mulin.ground.community.models import TenantRow
from mulin.ground.people.models import Person
from mulin.kit.scoping import tenant_manager

STAND_LABELS = {
    Stand.PROPOSED: _("in the proposed rota"),
    Stand.ASKED: _("asked, no answer yet"),
    Stand.ACCEPTED: _("said yes"),
    Stand.CAME: _("was there"),
    Stand.MISSED: _("did not come"),
    Stand.CALLED: _("called as a substitute"),
    Stand.DECLINED: _("said no"),
    Stand.SICK: _("called in sick"),
    Stand.SWAPPED: _("swapped"),
    Stand.TAKEN_OFF: _("taken off the shift"),
    Stand.NO_ANSWER: _("did not answer the call"),
}
WHEN_LABELS = {
    When.WORKDAYS: _("every working day, make-up days too"),
    When.DAYS_OFF: _("every day off, holidays too"),
    When.MONDAY: _("each Monday"),
    When.TUESDAY: _("each Tuesday"),
    When.WEDNESDAY: _("each Wednesday"),
    When.THURSDAY: _("each Thursday"),
    When.FRIDAY: _("each Friday"),
    When.SATURDAY: _("each Saturday"),
    When.SUNDAY: _("each Sunday"),
}
PART_LABELS = {
    Part.WHOLE: _("the whole day"),
    Part.MORNING: _("in the morning"),
    Part.AFTERNOON: _("in the afternoon"),
    Part.EVENING: _("in the evening"),
}
WANTED_LABELS = {
    Wanted.UNABLE: _("I can't on these days"),
    Wanted.RATHER_NOT: _("I would rather not on these days"),
    Wanted.GLADLY: _("I would gladly on these days"),
}


class MemberQuerySet(models.QuerySet["Member"]):
    def during(self, first: date, last: date) -> "MemberQuerySet":
        """Who takes turns on at least one of these days."""
        return self.filter(joined_on__lte=last).filter(
            Q(left_on__isnull=True) | Q(left_on__gt=first)
        )

    def at(self, day: date) -> "MemberQuerySet":
        """Who takes turns on this day."""
        return self.during(day, day)


class Member(TenantRow):
    """A person who takes turns in one kind of duty: what they can, and their limits.

    `checked_on` is the day of the last recorded check of criminal record. Where a room knows its
    people, skills and check are read from it with each proposal; limits are always written here.
    `left_on` is the first day on which they don't.
    """

    kind = models.CharField(max_length=30)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    is_first_aider = models.BooleanField(default=False)
    checked_on = models.DateField(null=True, blank=True)
    most_shifts = models.PositiveSmallIntegerField(null=True, blank=True)
    most_weekends = models.PositiveSmallIntegerField(null=True, blank=True)
    is_substitute = models.BooleanField(default=False)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    objects = tenant_manager(MemberQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "kind", "person"), name="rota_member_once"
            ),
        )

    def __str__(self) -> str:
        return self.person.name


class Apart(TenantRow):
    """Two members who are never on one shift. Nobody is asked why, so nothing of it is kept."""

    one = models.ForeignKey(Member, models.CASCADE, related_name="+")
    other = models.ForeignKey(Member, models.CASCADE, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "one", "other"), name="rota_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="rota_apart_in_order"),
        )


class WeeklyShift(TenantRow):
    """A shift that comes again: on which days, from when to when, how many people."""

    kind = models.CharField(max_length=30)
    when = models.CharField(max_length=10, choices=list(WHEN_LABELS.items()))
    starts = models.TimeField()
    ends = models.TimeField()
    adults = models.PositiveSmallIntegerField()
    leads = models.PositiveSmallIntegerField(default=0)
    first_aiders = models.PositiveSmallIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("starts", "when", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "kind", "when", "starts", "ends"), name="weekly_shift_once"
            ),
            models.CheckConstraint(
                condition=Q(adults__gte=1, leads__lte=F("adults"), first_aiders__lte=F("adults")),
                name="weekly_shift_has_people",
            ),
        )


class MonthState(models.TextChoices):
    OPEN = "open", _("wishes are collected")
    PUBLISHED = "published", _("published")


class Month(TenantRow):
    """The rota of one month of one kind. Published, it keeps what it was made from and the plan."""

    kind = models.CharField(max_length=30)
    first = models.DateField()
    state = models.CharField(max_length=10, choices=MonthState.choices, default=MonthState.OPEN)
    opened_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.TextField(blank=True)
    plan = models.TextField(blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-first", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "kind", "first"), name="rota_month_once"),
            models.CheckConstraint(
                condition=~Q(state=MonthState.PUBLISHED)
                | Q(published_at__isnull=False) & ~Q(snapshot="") & ~Q(plan=""),
                name="rota_published_keeps_its_plan",
            ),
        )

    @property
    def is_published(self) -> bool:
        return self.state == MonthState.PUBLISHED


class ShiftQuerySet(models.QuerySet["Shift"]):
    def published(self) -> "ShiftQuerySet":
        """Those that hold."""
        return self.filter(month__state=MonthState.PUBLISHED)


class Shift(TenantRow):
    """One shift of a month. With children it has two adults: no setting lifts that."""

    month = models.ForeignKey(Month, models.CASCADE, related_name="shifts")
    day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    adults = models.PositiveSmallIntegerField()
    leads = models.PositiveSmallIntegerField(default=0)
    first_aiders = models.PositiveSmallIntegerField(default=0)
    with_children = models.BooleanField(default=False)
    points = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(ShiftQuerySet)

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (models.Index(fields=("community", "ends_at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "month", "starts_at", "ends_at"), name="rota_shift_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="rota_shift_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(with_children=False) | Q(adults__gte=ADULTS_WITH_CHILDREN),
                name="rota_nobody_alone_with_children",
            ),
            models.CheckConstraint(
                condition=Q(adults__gte=1, leads__lte=F("adults"), first_aiders__lte=F("adults")),
                name="rota_shift_has_people",
            ),
        )


class Wish(TenantRow):
    """What a member said about a day of a month, or about a part of it."""

    month = models.ForeignKey(Month, models.CASCADE, related_name="wishes")
    member = models.ForeignKey(Member, models.CASCADE, related_name="wishes")
    day = models.DateField()
    part = models.CharField(max_length=10, choices=list(PART_LABELS.items()), blank=True)
    wanted = models.CharField(max_length=10, choices=list(WANTED_LABELS.items()))

    objects = tenant_manager()

    class Meta:
        ordering = ("day", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "month", "member", "day", "part"), name="rota_wish_once_a_part"
            ),
        )


class DutyQuerySet(models.QuerySet["Duty"]):
    def on(self) -> "DutyQuerySet":
        """Whoever is on the shift."""
        return self.filter(stand__in=ON)

    def expected(self) -> "DutyQuerySet":
        """Asked or promised, and not signed in yet."""
        return self.filter(stand__in=EXPECTED)


class Duty(TenantRow):
    """One member in one shift, and how it stands. Rows end by their stand; none is deleted once
    the month was published.

    `with_children` and both days of the check are copied, so that the database itself refuses who
    has no record check less than twelve months old on the day.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="duties")
    member = models.ForeignKey(Member, models.PROTECT, related_name="duties")
    stand = models.CharField(max_length=10, choices=list(STAND_LABELS.items()))
    day = models.DateField()
    with_children = models.BooleanField()
    checked_on = models.DateField(null=True, blank=True)
    check_ends_on = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    came_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    is_stand_in = models.BooleanField(default=False)

    objects = tenant_manager(DutyQuerySet)

    class Meta:
        ordering = ("shift__starts_at", "id")
        indexes = (
            models.Index(fields=("community", "member", "day")),
            models.Index(fields=("community", "stand", "day")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("community", "shift", "member"), condition=Q(stand__in=sorted(ALIVE)),
                name="rota_duty_once",
            ),
            models.CheckConstraint(
                condition=Q(with_children=False)
                | Q(
                    # Beside nothing, a comparison is no refusal.
                    checked_on__isnull=False, check_ends_on__isnull=False,
                    checked_on__lte=F("day"), check_ends_on__gt=F("day"),
                ),
                name="rota_record_check_of_this_year",
            ),
        )  # fmt: skip


class SwapState(models.TextChoices):
    ASKED = "asked", _("asked")
    DONE = "done", pgettext_lazy("swap", "done")
    DECLINED = "declined", pgettext_lazy("asked of them", "declined")
    TAKEN_BACK = "taken back", _("taken back")


class Swap(TenantRow):
    """One asks another to take a duty, for one of theirs or for nothing."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="swaps")
    other = models.ForeignKey(Member, models.PROTECT, related_name="swaps_asked")
    for_duty = models.ForeignKey(
        Duty, models.PROTECT, null=True, blank=True, related_name="swaps_for"
    )
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("community", "other", "state")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "duty"), condition=Q(state="asked"),
                name="rota_one_swap_at_a_time",
            ),
        )  # fmt: skip


class RunState(models.TextChoices):
    WAITING = "waiting", _("is being worked out")
    DONE = "done", _("worked out")
    FAILED = "failed", _("could not be worked out")


class Run(TenantRow):
    """What the engine was asked in a job, and what it said: for a whole month, or (with `away`)
    after somebody called in sick. `told` holds what a page says of it.
    """

    month = models.ForeignKey(Month, models.CASCADE, related_name="runs")
    away = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.WAITING)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    told = models.JSONField(default=dict, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("community", "month", "asked_at")),)

    def is_busy(self, now: datetime) -> bool:
        """Whether it is still being worked out; a job that said nothing for long has died."""
        return self.state == RunState.WAITING and now - self.asked_at < JOB_LOST
