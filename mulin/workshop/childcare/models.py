"""Children and what is known of them, who fetches them, days, hand-overs, carers, clearances.

Names, phones, health and words about a child are encrypted and in no index but the keyed digest of
a phone.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedDateField, EncryptedTextField

from mulin.ground.community.models import Account, TenantRow
from mulin.ground.people.models import Person
from mulin.kit.scoping import tenant_manager
from mulin.workshop.childcare.rules import Allergen, Answer, Call, Code, Ordered, Who, room_day

ALLERGEN_LABELS = {
    Allergen.GLUTEN: _("grain with gluten"),
    Allergen.SHELLFISH: _("shrimps and crabs"),
    Allergen.FISH: _("fish"),
    Allergen.EGG: _("egg"),
    Allergen.PEANUT: _("peanut"),
    Allergen.SOY: _("soya"),
    Allergen.MILK: _("milk"),
    Allergen.NUT: _("nuts"),
}
WHO_LABELS = {
    Who.GUARDIAN: _("guardian"),
    Who.LISTED: _("on the list"),
    Who.DISPUTED: _("another guardian says no"),
    Who.STRANGER: _("not on the list"),
    Who.BLOCKED: _("must not take the child"),
}
CALL_LABELS = {
    Call.NONE: _("not called"),
    Call.AGREED: _("the guardian agreed"),
    Call.DOUBTFUL: _("agreed, but at a number of today or in a dispute"),
    Call.UNREACHED: _("nobody answered"),
    Call.REFUSED: _("the guardian said no"),
}


class Group(TenantRow):
    """Children who are together: homework, games, the little ones."""

    name = models.CharField(max_length=40)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="care_group_once"),
        )

    def __str__(self) -> str:
        return self.name


class ChildQuerySet(models.QuerySet["Child"]):
    def enrolled(self) -> "ChildQuerySet":
        """Who comes here now."""
        return self.filter(accepted_at__isnull=False, left_on__isnull=True)

    def asked(self) -> "ChildQuerySet":
        """Enrolments that nobody has looked at yet."""
        return self.filter(accepted_at__isnull=True, left_on__isnull=True)

    def of_guardian(self, account_id: int | None) -> "ChildQuerySet":
        """Whose guardian this account is. A guardian whom a court forbids is none any more."""
        mine = Guardian.objects.filter(
            person__account=account_id or 0, person__account__isnull=False, stopped_at__isnull=True
        )
        return self.filter(pk__in=mine.values("child"), left_on__isnull=True)


class Child(TenantRow):
    """A child: asked for by a guardian, accepted by whoever leads the room, until it leaves."""

    name = EncryptedCharField(max_length=60)
    born_on = EncryptedDateField()
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = tenant_manager(ChildQuerySet)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "accepted_at", "left_on", "id")),)

    def __str__(self) -> str:
        return str(self.name)


class ChildFacts(TenantRow):
    """What is sensitive of a child: health, allergies, where it goes to school, what to do if."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="facts")
    health = EncryptedTextField(blank=True, null=True)
    allergens = EncryptedCharField(max_length=120, blank=True, null=True)  # words with commas
    allergy = EncryptedTextField(blank=True, null=True)
    school = EncryptedCharField(max_length=120, blank=True, null=True)
    hours = EncryptedCharField(max_length=120, blank=True, null=True)
    plan = EncryptedTextField(blank=True, null=True)
    contacts = EncryptedTextField(blank=True, null=True)
    changed_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "child"), name="child_facts_once"),
        )

    @property
    def allergen_list(self) -> list[str]:
        return [one for one in (self.allergens or "").split(",") if one]

    @property
    def allergen_words(self) -> str:
        """What the child must not eat, for people."""
        names = [str(ALLERGEN_LABELS[Allergen(one)]) for one in self.allergen_list]
        return "、".join([*names, *([self.allergy] if self.allergy else [])])


class GuardianQuerySet(models.QuerySet["Guardian"]):
    def standing(self) -> "GuardianQuerySet":
        """Whom no court has forbidden, and who has not been taken off."""
        return self.filter(stopped_at__isnull=True)


class Guardian(TenantRow):
    """Somebody who decides for a child. `person` is their record on the roll, where the phone fits."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="guardians")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    name = EncryptedCharField(max_length=60)
    relation = EncryptedCharField(max_length=30)
    phone = EncryptedCharField(max_length=20)
    phone_index = models.CharField(max_length=32)
    phone_changed_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(GuardianQuerySet)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("community", "child")),
            models.Index(fields=("community", "phone_index")),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.relation}）"


class Objection(TenantRow):
    """One guardian says that another must not take the child: no court has said so."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="objections")
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    against = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "guardian", "against"),
                condition=Q(lifted_at__isnull=True),
                name="objection_once",
            ),
            models.CheckConstraint(
                condition=~Q(guardian=F("against")), name="objection_not_to_oneself"
            ),
        )


class PickerQuerySet(models.QuerySet["Picker"]):
    def on(self, day: date) -> "PickerQuerySet":
        """Who is on the list on a day."""
        return self.filter(stopped_at__isnull=True).filter(
            Q(until__isnull=True) | Q(until__gte=day)
        )


class Picker(TenantRow):
    """Somebody who may fetch a child because a guardian said so."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="pickers")
    name = EncryptedCharField(max_length=60)
    relation = EncryptedCharField(max_length=30)
    phone = EncryptedCharField(max_length=20, blank=True, null=True)
    said_by = models.ForeignKey(Guardian, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(PickerQuerySet)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "child")),)

    def __str__(self) -> str:
        return f"{self.name}（{self.relation}）"


class BlockQuerySet(models.QuerySet["Block"]):
    def standing(self) -> "BlockQuerySet":
        """What was not lifted: a block has no end of its own."""
        return self.filter(lifted_at__isnull=True)


class Block(TenantRow):
    """Somebody who must not take the child, by the paper of a court or the police."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="blocks")
    name = EncryptedCharField(max_length=60)
    relation = EncryptedCharField(max_length=30, blank=True, null=True)
    phone = EncryptedCharField(max_length=20, blank=True, null=True)
    paper = EncryptedCharField(max_length=120)
    seen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_paper = EncryptedCharField(max_length=120, blank=True, null=True)

    objects = tenant_manager(BlockQuerySet)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "child")),)

    def __str__(self) -> str:
        return f"{self.name}（{self.relation}）" if self.relation else str(self.name)


class Use(models.TextChoices):
    """What a guardian agrees to, one by one 《个人信息保护法》第29、31条."""

    CARE = "care", _("that the room keeps what it needs to mind the child")
    HEALTH = "health", _("that it keeps health and allergies")
    PHOTO_FAMILY = "photo_family", _("photos of the day, for the family")
    PHOTO_WALL = "photo_wall", _("photos on the wall of the room")
    PHOTO_PUBLIC = "photo_public", _("photos that others see")


class CareConsent(TenantRow):
    """One use agreed to or not, by which guardian, how. The last one counts."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="consents")
    use = models.CharField(max_length=20, choices=Use.choices)
    is_given = models.BooleanField()
    guardian = models.ForeignKey(Guardian, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "child", "use")),)


# ── who works here, who may read ─────────────────────────────────────────────────────────────


class CarerQuerySet(models.QuerySet["Carer"]):
    def active(self) -> "CarerQuerySet":
        """Who minds children here now."""
        return self.filter(left_on__isnull=True)


class Carer(TenantRow):
    """An adult who minds children: when the criminal record was checked, and who saw the paper."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    record_checked_on = models.DateField()
    record_seen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    is_lead = models.BooleanField(default=False)
    first_aid_until = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = tenant_manager(CarerQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (models.UniqueConstraint(fields=("community", "person"), name="carer_once"),)

    def __str__(self) -> str:
        return str(self.person)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def now(self, now: datetime) -> "PresenceQuerySet":
        """Who is with the children: came on this day of the room and did not go."""
        return self.filter(went_at__isnull=True, day=room_day(now))


class Presence(TenantRow):
    """A carer is in the room, from when to when, on a day of the room (`rules.room_day`).

    Both days of the check are copied, so that the database itself refuses who has no record check
    less than twelve months old. Nor does it let anybody go who leaves too few adults with the
    children (`gates`), but with `is_short`: they had to, which the room and the head were told.
    """

    carer = models.ForeignKey(Carer, models.PROTECT, related_name="presences")
    day = models.DateField()
    checked_on = models.DateField()
    check_ends_on = models.DateField()
    came_at = models.DateTimeField()
    went_at = models.DateTimeField(null=True, blank=True)
    is_short = models.BooleanField(default=False)

    objects = tenant_manager(PresenceQuerySet)

    class Meta:
        ordering = ("came_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "carer"),
                condition=Q(went_at__isnull=True),
                name="carer_here_once",
            ),
            models.CheckConstraint(
                condition=Q(went_at__isnull=True) | Q(went_at__gte=F("came_at")),
                name="carer_goes_after_coming",
            ),
            models.CheckConstraint(
                condition=Q(checked_on__lte=F("day"), check_ends_on__gt=F("day")),
                name="carer_checked_within_the_year",
            ),
        )
        indexes = (models.Index(fields=("community", "went_at")),)


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def on(self, day: date) -> "ClearanceQuerySet":
        """Those that count on a day."""
        return self.filter(since__lte=day, until__gte=day, ended_at__isnull=True)


class Clearance(TenantRow):
    """An account may read what is kept of children: why, from which day to which, who allowed it.

    《未成年人网络保护条例》第36条.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField()
    approved_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(ClearanceQuerySet)

    class Meta:
        ordering = ("-since", "-id")
        indexes = (models.Index(fields=("community", "account", "until")),)
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="clearance_has_days"),
            models.CheckConstraint(
                condition=~Q(account=F("approved_by")), name="clearance_not_by_oneself"
            ),
        )


# ── a day ────────────────────────────────────────────────────────────────────────────────────


class BookingQuerySet(models.QuerySet["Booking"]):
    def on(self, day: date) -> "BookingQuerySet":
        """Who is expected on a day."""
        return self.filter(day=day, cancelled_at__isnull=True, child__left_on__isnull=True)


class Booking(TenantRow):
    """A place for a child on a day, from when to when.

    `waits`: it was asked for when too few adults stood on the published rota; it is held once they do.
    """

    child = models.ForeignKey(Child, models.CASCADE, related_name="bookings")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    waits = models.BooleanField(default=False)

    objects = tenant_manager(BookingQuerySet)

    class Meta:
        ordering = ("day", "starts", "id")
        indexes = (models.Index(fields=("community", "day")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "child", "day"),
                condition=Q(cancelled_at__isnull=True),
                name="child_booked_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="booking_ends_after_it_starts"
            ),
        )


class StayQuerySet(models.QuerySet["Stay"]):
    def here(self) -> "StayQuerySet":
        """Children who are in the room now."""
        return self.filter(left_at__isnull=True)


class Stay(TenantRow):
    """A child is here, from its arrival to its hand-over. `rung` of the ladder rang last.

    `per_adult` is how many of its age one adult may mind, copied so that the database itself counts
    the adults who are needed, and refuses one child too many (`gates`). `is_short`: it stood there
    alone and was taken in all the same, which the room and the head were told.
    """

    child = models.ForeignKey(Child, models.CASCADE, related_name="stays")
    day = models.DateField()
    arrived_at = models.DateTimeField()
    closing_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    per_adult = models.PositiveSmallIntegerField()
    is_short = models.BooleanField(default=False)
    rung = models.PositiveSmallIntegerField(default=0)
    rings_at = models.DateTimeField()

    objects = tenant_manager(StayQuerySet)

    class Meta:
        ordering = ("arrived_at", "id")
        indexes = (
            models.Index(fields=("community", "left_at", "rings_at")),
            models.Index(fields=("community", "day")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("community", "child"),
                condition=Q(left_at__isnull=True),
                name="child_here_once",
            ),
            models.CheckConstraint(condition=Q(per_adult__gt=0), name="stay_has_a_band"),
        )


class DayCode(TenantRow):
    """The one-time code of a child on a day: only its keyed digest, and how often it was wrong."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="+")
    day = models.DateField()
    digest = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "child", "day"), name="day_code_once"),
        )


class HandOver(TenantRow):
    """Somebody wanted to take a child: what was shown, what was decided, by whom."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="hand_overs")
    at = models.DateTimeField()
    staff = models.ForeignKey(Account, models.PROTECT, related_name="+")
    second = models.ForeignKey(Carer, models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=10, choices=[(one.value, WHO_LABELS[one]) for one in Who])
    name = EncryptedCharField(max_length=100)
    code = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Code])
    id_seen = models.BooleanField()
    call = models.CharField(max_length=12, choices=[(one.value, CALL_LABELS[one]) for one in Call])
    called = EncryptedCharField(max_length=100, blank=True, null=True)
    answer = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Answer])

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "at")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "stay"),
                condition=Q(answer=Answer.GOES.value),
                name="handed_over_once",
            ),
            # A court's word is kept by the database, too.
            models.CheckConstraint(
                condition=~Q(who=Who.BLOCKED.value, answer=Answer.GOES.value),
                name="the_blocked_get_no_child",
            ),
        )


class AlarmAnswer(TenantRow):
    """Somebody says what happens now with a child that nobody fetched."""

    stay = models.ForeignKey(Stay, models.CASCADE, related_name="alarm_answers")
    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    words = EncryptedCharField(max_length=200)
    until = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)


class Doing(models.TextChoices):
    """What children do together."""

    HOMEWORK = "homework", _("homework help")
    TUTORING = "tutoring", _("tutoring")
    GAMES = "games", _("games")
    READING = "reading", _("reading")
    HANDS = "hands", _("making things by hand")
    OUTDOORS = "outdoors", _("outdoors")


class Activity(TenantRow):
    """What a group did."""

    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Doing.choices, blank=True)
    words = EncryptedCharField(max_length=200)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "day")),)

    @property
    def told(self) -> str:
        """Kind and words, as a family reads them."""
        kind = str(self.get_kind_display())
        return f"{kind}：{self.words}" if kind else str(self.words)


class Meal(TenantRow):
    """What is eaten on a day, and which allergens are in it."""

    day = models.DateField()
    name = models.CharField(max_length=80)
    allergens = models.JSONField(default=list)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "day")),)

    @property
    def allergen_words(self) -> str:
        return "、".join(str(ALLERGEN_LABELS[Allergen(one)]) for one in self.allergens)


class MedicineOrder(TenantRow):
    """A written order: which medicine, how much, on which days, how often a day."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="orders")
    medicine = EncryptedCharField(max_length=80)
    dose = EncryptedCharField(max_length=80)
    signed_by = EncryptedCharField(max_length=80)
    first = models.DateField()
    last = models.DateField()
    per_day = models.PositiveSmallIntegerField()
    seen_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(last__gte=F("first")) & Q(per_day__gt=0), name="order_has_days"
            ),
        )

    def __str__(self) -> str:
        return f"{self.medicine} {self.dose}"

    def ordered(self) -> Ordered:
        """What the rule asks of it."""
        return Ordered(self.first, self.last, self.per_day, self.stopped_at is not None)


class Dose(TenantRow):
    """Medicine that was given, by whom, who watched."""

    order = models.ForeignKey(MedicineOrder, models.CASCADE, related_name="doses")
    day = models.DateField()
    at = models.DateTimeField()
    given_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    watched_by = models.ForeignKey(Carer, models.PROTECT, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "order", "day")),)


class Incident(TenantRow):
    """Something happened to a child: what, what was done, who was told."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="incidents")
    happened_at = models.DateTimeField()
    what = EncryptedTextField()
    done = EncryptedTextField()
    told = EncryptedCharField(max_length=120, blank=True, null=True)
    told_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "told_at")),)


class DayNote(TenantRow):
    """What a child did today, in words for its family."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="notes")
    day = models.DateField()
    words = EncryptedTextField()
    written_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)


class DayPicture(TenantRow):
    """A photo of the day, chosen for the family of one child."""

    note = models.ForeignKey(DayNote, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="childcare", max_length=120)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
