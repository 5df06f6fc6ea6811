"""Gatherings, who is told of them and comes, what stands on their agenda, their papers."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings import rules
from mulin.commons.gatherings.registry import kind_of
from mulin.commons.gatherings.rules import Group, Monthly, Shift, Stand, State
from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, weekday_name
from mulin.kit.channels import Channel
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager

STATE_LABELS: dict[State, Promise] = {
    State.PLANNED: pgettext_lazy("gathering", "planned"),
    State.CANCELLED: pgettext_lazy("gathering", "called off"),
    State.HELD: pgettext_lazy("gathering", "held"),
}
STAND_LABELS: dict[Stand, Promise] = {
    Stand.INVITED: pgettext_lazy("gathering", "on the list"),
    Stand.GOING: pgettext_lazy("gathering", "comes"),
    Stand.WAITING: pgettext_lazy("gathering", "on the waiting list"),
    Stand.DECLINED: pgettext_lazy("gathering", "does not come"),
}
SHIFT_LABELS: dict[Shift, Promise] = {
    Shift.KEEP: _("it is held all the same"),
    Shift.LATER: _("it is held later"),
    Shift.EARLIER: _("it is held earlier"),
    Shift.SKIP: _("it is left out that month"),
}
GROUP_LABELS: dict[Group, Promise] = {
    Group.ADULTS: _("everybody of age who lives here"),
    Group.PARTY: _("party members"),
    Group.NEW: _("new residents"),
}


def door_code() -> str:
    """The code that hangs at the door only: longer than the one in the notice."""
    return public_code(12)


class Series(TenantRow):
    """What comes every month: the rule of its day, and with what each gathering begins.

    With `day` 0 it goes by `nth` and `weekday`. Whoever is in `group` (of `grid`, or of all) is
    told `told_days` before; nobody where it is empty.
    """

    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=80)
    day = models.PositiveSmallIntegerField(default=0)
    nth = models.PositiveSmallIntegerField(default=1)
    weekday = models.PositiveSmallIntegerField(default=6)
    on_holiday = models.CharField(
        max_length=10, choices=[(shift.value, label) for shift, label in SHIFT_LABELS.items()]
    )
    on_make_up = models.CharField(
        max_length=10, choices=[(shift.value, label) for shift, label in SHIFT_LABELS.items()]
    )
    begins = models.TimeField()
    ends = models.TimeField()
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    place_words = models.CharField(max_length=80, blank=True)
    whom = models.CharField(max_length=80, blank=True)
    about = models.TextField(blank=True)
    group = models.CharField(
        max_length=10, blank=True,
        choices=[(group.value, label) for group, label in GROUP_LABELS.items()],
    )  # fmt: skip
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    told_days = models.PositiveSmallIntegerField(default=5)
    host = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(day__lte=31, nth__range=(1, 5), weekday__range=(1, 7)),
                name="series_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")), name="series_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> Monthly:
        """The rule of its day."""
        return Monthly(
            self.day, self.nth, self.weekday, Shift(self.on_holiday), Shift(self.on_make_up)
        )

    @property
    def days_in_words(self) -> str:
        """The rule of its day as one says it."""
        if self.day:
            return gettext("Every month on the %(day)s.") % {"day": self.day}
        said = {"weekday": weekday_name(self.weekday)}
        return (
            gettext("Every month on the first %(weekday)s."),
            gettext("Every month on the second %(weekday)s."),
            gettext("Every month on the third %(weekday)s."),
            gettext("Every month on the fourth %(weekday)s."),
            gettext("Every month on the last %(weekday)s."),
        )[self.nth - 1] % said

    @property
    def where(self) -> str:
        """The place in words."""
        return " · ".join(filter(None, (self.place.name if self.place else "", self.place_words)))


class GatheringQuerySet(models.QuerySet["Gathering"]):
    """Gatherings by time, and by who sees them."""

    def visible_to(self, actor: Actor) -> "GatheringQuerySet":
        """Handlers see all; everybody else what is public, what they hold, where they are asked."""
        if actor.is_handler or actor.is_system:
            return self
        seen = Q(is_public=True)
        if actor.account_id is not None:
            seen |= Q(host_id=actor.account_id)
        if actor.person_id is not None:
            asked = Attendance.objects.filter(person_id=actor.person_id).values("gathering")
            seen |= Q(pk__in=asked)
        return self.filter(seen)

    def to_come(self, now: datetime) -> "GatheringQuerySet":
        """Planned and not over, the next first."""
        return self.filter(state=State.PLANNED, ends_at__gte=now).order_by("starts_at", "id")

    def at_place(
        self, place: Place, words: str, starts: datetime, ends: datetime
    ) -> "GatheringQuerySet":
        """Planned ones that hold this place in these hours. Two that name two rooms of it do not
        meet; one that names none holds all of it.
        """
        held = self.filter(state=State.PLANNED, place=place, starts_at__lt=ends, ends_at__gt=starts)
        return held.filter(place_words__in=("", words)) if words else held

    def to_close(self, now: datetime) -> "GatheringQuerySet":
        """Over, but nobody has closed the list of who came."""
        return self.filter(state=State.PLANNED, ends_at__lt=now)


class Gathering(TenantRow):
    """One occasion. `edition` grows when it is moved or called off; whoever was told an earlier
    one is told again. `code` opens its public page, `door_code` hangs where it takes place.
    """

    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=80)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    place_words = models.CharField(max_length=80, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    about = models.TextField(blank=True)
    whom = models.CharField(max_length=80, blank=True)  # who is invited, in words
    capacity = models.PositiveIntegerField(null=True, blank=True)
    is_public = models.BooleanField(default=True)
    host = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.PLANNED,
    )
    edition = models.PositiveSmallIntegerField(default=1)
    why_changed = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=12, default=public_code)
    door_code = models.CharField(max_length=16, default=door_code)
    walk_ins = models.PositiveIntegerField(default=0)
    noticed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="gatherings"
    )
    series_month = models.DateField(null=True, blank=True)  # the first of the month it is for

    objects = tenant_manager(GatheringQuerySet)

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="gathering_code_once"),
            models.UniqueConstraint(
                fields=("community", "door_code"), name="gathering_door_code_once"
            ),
            models.UniqueConstraint(
                fields=("community", "series", "series_month"), name="one_of_a_series_a_month"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="gathering_ends_after_it_begins"
            ),
        )
        indexes = (
            models.Index(fields=("community", "state", "starts_at")),
            models.Index(fields=("community", "starts_at", "id")),
            models.Index(fields=("community", "place", "starts_at")),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> "str | Promise":
        return kind_of(self.kind).label

    @property
    def where(self) -> str:
        """The place in words."""
        return " · ".join(filter(None, (self.place.name if self.place else "", self.place_words)))

    @property
    def whereabouts(self) -> str:
        """The same with how one gets there, for whoever does not know the place."""
        known = self.place.whereabouts if self.place else ""
        return " · ".join(filter(None, (known, self.place_words)))

    @property
    def is_planned(self) -> bool:
        return self.state == State.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.state == State.CANCELLED

    @property
    def is_held(self) -> bool:
        return self.state == State.HELD

    def takes_sign_in(self, now: datetime) -> bool:
        """Whether the code at the door counts now."""
        return self.is_planned and rules.may_sign_in(self.starts_at, self.ends_at, now)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendances by where they stand."""

    def going(self) -> "AttendanceQuerySet":
        return self.filter(stand=Stand.GOING)

    def here(self) -> "AttendanceQuerySet":
        """Who came, whether they said so before or not."""
        return self.filter(came_at__isnull=False)

    def to_tell(self) -> "AttendanceQuerySet":
        """Who has not been told the latest of their gathering."""
        return self.filter(told_edition__lt=F("gathering__edition")).exclude(stand=Stand.DECLINED)


class Attendance(TenantRow):
    """One person and one gathering: told, signed up, there from when, for how many minutes.

    `line` is the number on the paper list; it never changes.
    """

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances")
    line = models.PositiveIntegerField()
    stand = models.CharField(
        max_length=10, choices=[(stand.value, label) for stand, label in STAND_LABELS.items()]
    )
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    told_edition = models.PositiveSmallIntegerField(default=0)
    came_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    came_by = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    signed_in_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    minutes = models.PositiveIntegerField(null=True, blank=True)

    objects = tenant_manager(AttendanceQuerySet)

    class Meta:
        ordering = ("line",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "gathering", "person"), name="attendance_once"
            ),
            models.UniqueConstraint(
                fields=("community", "gathering", "line"), name="attendance_line_once"
            ),
        )
        indexes = (
            models.Index(fields=("community", "person", "came_at")),
            models.Index(fields=("community", "gathering", "stand")),
            models.Index(fields=("community", "gathering", "came_at")),
        )

    @property
    def is_here(self) -> bool:
        return self.came_at is not None


class AgendaItem(TenantRow):
    """One point of the agenda, and what was said to it. A room hangs its own row on it."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    who = models.CharField(max_length=60, blank=True)  # who opens it
    minutes_planned = models.PositiveSmallIntegerField(null=True, blank=True)
    record = models.TextField(blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("position", "id")
        indexes = (models.Index(fields=("community", "gathering", "position")),)

    def __str__(self) -> str:
        return self.title


class GatheringPaper(TenantRow):
    """A document for a gathering: a PDF or a picture."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="papers")
    title = models.CharField(max_length=80)
    code = models.CharField(max_length=24)
    file = models.FileField(upload_to="gatherings", max_length=120)
    media_type = models.CharField(max_length=40)
    is_public = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="gathering_paper_once"),
        )
        indexes = (models.Index(fields=("community", "gathering")),)

    def __str__(self) -> str:
        return self.title
