"""Elders in care, what is known of them and to whom; helpers and pairs, contacts, groups, services."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedTextField

from mulin.circle.elders.rules import (
    ALIVE,
    BEST,
    FLOOR_DAYS,
    Care,
    Category,
    OrderState,
    Outcome,
    PairState,
    Time,
    Way,
)
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person, Sex
from mulin.kit.channels import Channel
from mulin.kit.scoping import tenant_manager

CATEGORY_LABELS = {
    Category.VERY_OLD: _("very old (80 and over)"),
    Category.ALONE: _("lives alone"),
    Category.EMPTY_NEST: _("empty nest"),
    Category.LEFT_BEHIND: _("left behind"),
    Category.DISABLED: _("disabled or unable to look after themselves"),
    Category.SPECIAL_FAMILY: _("special family of the birth policy"),
}
WAY_LABELS = {
    Way.DOOR: _("visit"), Way.PHONE: _("call"), Way.VIDEO: _("video call"),
    Way.MET: _("met on the way"),
}  # fmt: skip
OUTCOME_LABELS = {
    Outcome.WELL: _("seen, all is well"),
    Outcome.WORRYING: _("seen, something is wrong"),
    Outcome.NOT_SEEN: _("not found"),
}
TIME_LABELS = {
    Time.MORNING: _("mornings"), Time.AFTERNOON: _("afternoons"), Time.EVENING: _("evenings"),
    Time.WEEKEND: _("weekends"),
}  # fmt: skip
PAIR_LABELS = {
    PairState.TRIAL: _("on trial"), PairState.LASTING: _("lasting"), PairState.ENDED: _("ended"),
}  # fmt: skip
CARE_LABELS = {
    Care.MEDICAL: _("medical care"),
    Care.SAFETY: _("safety at home"),
    Care.EMERGENCY: _("emergency help"),
    Care.MEALS: _("meals"),
    Care.HOUSEWORK: _("housework"),
    Care.COMPANY: _("company and talk"),
}
ORDER_LABELS = {
    OrderState.ASKED: _("asked for"), OrderState.DELIVERED: _("was delivered"),
    OrderState.CANCELLED: _("called off"),
}  # fmt: skip
#: Abilities by the standard's levels; the oldest standard knows only the first four.
LEVEL_LABELS = {
    0: _("able"), 1: _("slightly impaired"), 2: _("moderately impaired"),
    3: _("severely impaired"), 4: _("fully dependent"),
}  # fmt: skip


def _choices(labels: Any) -> list[tuple[str, Any]]:  # Any: lazy words by members of an enum
    return [(one.value, label) for one, label in labels.items()]


def is_of(path: str, person_id: int) -> Q:
    """Rows whose person is this one, or a record that was merged into it."""
    return Q(**{path: person_id}) | Q(**{f"{path}__merged_into": person_id})


class ElderQuerySet(models.QuerySet["Elder"]):
    """Elders, and who cares for them."""

    def in_care(self) -> "ElderQuerySet":
        """Who agreed and is looked after now."""
        return self.filter(ended_on__isnull=True)

    def visible_to(self, actor: Actor) -> "ElderQuerySet":
        """The desk; the helper of the pair; whoever leads a group the elder belongs to."""
        if actor.is_desk or actor.is_system:
            return self
        if actor.person_id is None:
            return self.none()
        paired = Pair.objects.alive().filter(is_of("helper__person", actor.person_id))
        led = Member.objects.filter(
            is_of("group__leader", actor.person_id), until__isnull=True, group__ended_on=None
        )
        return self.in_care().filter(
            Q(pk__in=paired.values("elder")) | Q(person__in=led.values("person"))
        )

    def near_to(self, actor: Actor) -> "ElderQuerySet":
        """The elder themself, and kin whom they allowed to see."""
        if actor.person_id is None:
            return self.none()
        kin = Kin.objects.filter(is_of("person", actor.person_id), until__isnull=True)
        return self.in_care().filter(
            is_of("person", actor.person_id) | Q(pk__in=kin.values("elder"))
        )


class Elder(TenantRow):
    """A person in care, by their consent. What is due next is written by every act that moves it:
    `due_at` and `due_way`, `risk` from the categories, `misses` since somebody was last seen.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    dialect = models.CharField(max_length=40, blank=True)
    interests = models.CharField(max_length=120, blank=True)
    can_do = models.CharField(max_length=120, blank=True)
    wished_sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    wished_times = models.CharField(max_length=60, blank=True)
    risk = models.PositiveSmallIntegerField(default=0)
    misses = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    due_way = models.CharField(max_length=10, choices=_choices(WAY_LABELS), blank=True)

    objects = tenant_manager(ElderQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "person"), condition=Q(ended_on__isnull=True),
                name="elder_once",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "ended_on", "due_at")),)

    def __str__(self) -> str:
        return str(self.person)


class Fact(TenantRow):
    """A category of an elder from a day on, with where it is known from."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="facts")
    category = models.CharField(max_length=20, choices=_choices(CATEGORY_LABELS))
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "elder", "category"), condition=Q(until__isnull=True),
                name="fact_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="fact_ends_after_it_begins",
            ),
        )  # fmt: skip


class Assessment(TenantRow):
    """The result of an assessment of abilities, copied from the assessor's sheet."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="assessments")
    standard = models.CharField(max_length=30)
    level = EncryptedCharField(max_length=4, null=True)
    score = EncryptedCharField(max_length=4, null=True, blank=True)
    assessed_on = models.DateField()
    assessor = models.CharField(max_length=80)
    next_on = models.DateField()
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-assessed_on", "-id")
        indexes = (models.Index(fields=("community", "next_on")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(next_on__gt=F("assessed_on")), name="assessed_again_later"
            ),
        )

    @property
    def level_label(self) -> Any:  # Any: lazy words
        return LEVEL_LABELS[int(self.level)] if self.level else ""


#: What stands on a health card, in the order in which whoever comes in an emergency needs it.
CARD_FIELDS = {
    "do_not": _("What not to do"),
    "allergy": _("Allergies"),
    "illness": _("Illnesses"),
    "medicine": _("Medicines"),
    "hospital": _("Hospital and doctor"),
    "family": _("Call the family"),
    "key_holder": _("Who has a key"),
}


class HealthCard(TenantRow):
    """What matters in an emergency. All of it is encrypted, and apart from everything else."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="+")
    sealed = EncryptedTextField(null=True)  # JSON by CARD_FIELDS; null once erased
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "elder"), name="health_card_once"),
        )

    @property
    def told(self) -> dict[str, str]:
        """What stands on it, by its fields."""
        kept: dict[str, str] = json.loads(self.sealed) if self.sealed else {}
        return kept


class Kin(TenantRow):
    """Somebody of the family who may see visits and meals, as the elder agreed."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="kin")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    relation = models.CharField(max_length=30)
    consented_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "elder", "person"), condition=Q(until__isnull=True),
                name="kin_once",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "person", "until")),)


class Helper(TenantRow):
    """A neighbour who looks in on somebody: what they bring, how many they would take."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    dialects = models.CharField(max_length=80, blank=True)
    interests = models.CharField(max_length=120, blank=True)
    times = models.CharField(max_length=60, blank=True)
    most = models.PositiveSmallIntegerField(default=2)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (models.UniqueConstraint(fields=("community", "person"), name="helper_once"),)

    def __str__(self) -> str:
        return str(self.person)


class PairQuerySet(models.QuerySet["Pair"]):
    """Pairs by where they stand."""

    def alive(self) -> "PairQuerySet":
        """On trial or lasting."""
        return self.filter(state__in=ALIVE)


class Pair(TenantRow):
    """An elder and a helper: first on trial, then lasting; what was said for it when it began."""

    elder = models.ForeignKey(Elder, models.PROTECT, related_name="pairs")
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="pairs")
    state = models.CharField(max_length=10, choices=_choices(PAIR_LABELS), default=PairState.TRIAL)
    reason = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    trial_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why_ended = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(PairQuerySet)

    class Meta:
        ordering = ("-began_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "elder"),
                condition=Q(state__in=ALIVE),
                name="one_pair_an_elder",
            ),
        )
        indexes = (models.Index(fields=("community", "helper", "state")),)

    def __str__(self) -> str:
        return f"{self.elder} · {self.helper}"


class Pace(TenantRow):
    """From a day on, elders of a category are visited or called this often."""

    category = models.CharField(max_length=20, choices=_choices(CATEGORY_LABELS))
    way = models.CharField(max_length=10, choices=_choices(WAY_LABELS))
    days = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=FLOOR_DAYS), name="pace_is_monthly_at_least"
            ),
        )


class Contact(TenantRow):
    """Somebody looked in or called: who, how, what came of it. Nobody's position, no picture."""

    elder = models.ForeignKey(Elder, models.PROTECT, related_name="contacts")
    at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=_choices(WAY_LABELS))
    outcome = models.CharField(max_length=10, choices=_choices(OUTCOME_LABELS))
    helper = models.ForeignKey(Helper, models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    minutes = models.PositiveSmallIntegerField()
    note = EncryptedTextField(null=True, blank=True)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("community", "elder", "at")),
            models.Index(fields=("community", "at")),
            models.Index(fields=("community", "helper", "at")),
        )

    @property
    def who(self) -> str:
        """Who went, as far as it is known."""
        if self.helper is not None:
            return str(self.helper)
        return self.entered_by.display_name if self.entered_by else ""


class Group(TenantRow):
    """A mutual-aid group: who leads it, what it does, where it meets."""

    name = models.CharField(max_length=40)
    does = models.CharField(max_length=120, blank=True)
    meets = models.CharField(max_length=80, blank=True)
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="elder_group_once"),
        )

    def __str__(self) -> str:
        return self.name


class Member(TenantRow):
    """Somebody belongs to a group, from a day to a day."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "group", "person"), condition=Q(until__isnull=True),
                name="member_once",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "person", "until")),)


class Meeting(TenantRow):
    """A gathering of a mutual-aid group."""

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, related_name="meetings")

    objects = tenant_manager()

    class Meta:
        ordering = ("-gathering__starts_at", "-id")


class Hand(TenantRow):
    """Somebody came to a gathering to help: their minutes there are given, not received."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "gathering", "person"), name="hand_once"),
        )
        indexes = (models.Index(fields=("community", "person")),)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Services by whether they are offered."""

    def offered(self) -> "ServiceQuerySet":
        return self.filter(ended_on__isnull=True)


class Service(TenantRow):
    """One service of the catalogue: who gives it, for how much, how long it takes."""

    kind = models.CharField(max_length=20, choices=_choices(CARE_LABELS))
    name = models.CharField(max_length=60)
    provider = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    yuan = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    minutes = models.PositiveSmallIntegerField(default=60)
    since = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager(ServiceQuerySet)

    class Meta:
        ordering = ("kind", "name", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="service_once"),
            models.CheckConstraint(
                condition=Q(yuan__gte=0, minutes__gt=0), name="service_not_below_nothing"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ServiceOrderQuerySet(models.QuerySet["ServiceOrder"]):
    """Orders by where they stand."""

    def open(self) -> "ServiceOrderQuerySet":
        """Asked for, and nobody has come yet."""
        return self.filter(state=OrderState.ASKED)


class ServiceOrder(TenantRow):
    """A service that was asked for: how, what it costs, when it was delivered, how it was."""

    elder = models.ForeignKey(Elder, models.PROTECT, related_name="orders")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=_choices(ORDER_LABELS), default=OrderState.ASKED
    )
    asked_at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    yuan = models.DecimalField(max_digits=8, decimal_places=2)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_words = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(ServiceOrderQuerySet)

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (
            models.Index(fields=("community", "state", "due_at")),
            models.Index(fields=("community", "elder", "asked_at")),
            models.Index(fields=("community", "ended_at")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=BEST),
                name="service_rated_1_to_5",
            ),
        )

    def __str__(self) -> str:
        return f"{self.elder} · {self.service}"


class Thanks(TenantRow):
    """A word of thanks to somebody who helped."""

    elder = models.ForeignKey(Elder, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    words = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("community", "person", "at")),)
