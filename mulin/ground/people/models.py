"""Persons, households, organisations, consents, merges."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedDateField

from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.kit.blindindex import blind_index
from mulin.kit.scoping import current_community, tenant_manager
from mulin.kit.search import WordIndex, matching


def index_of(kind: str, value: str) -> str:
    """The blind index under which a sensitive value is found."""
    return blind_index(kind, value, key=settings.MULIN_INDEX_KEY)


class Sex(models.TextChoices):
    FEMALE = "f", _("woman")
    MALE = "m", _("man")


class Residency(models.TextChoices):
    LOCAL = "local", _("local resident")
    NEW = "new", _("new resident")
    VISITOR = "visitor", _("lives elsewhere")


class Household(TenantRow):
    """People who keep house together 户."""

    name = models.CharField(max_length=60)

    objects = tenant_manager()

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def on_roll(self) -> "PersonQuerySet":
        """Persons who stand on the roll: not merged away, not erased."""
        return self.filter(merged_into__isnull=True, erased_at__isnull=True)

    def search(self, query: str, *, most: int = 50) -> "PersonQuerySet":
        """By name, pinyin, initials, phone, tail of the phone, building-room; newest first."""
        community_id = current_community().pk
        return self.filter(id__in=matching(PersonWords, community_id, query, most=most))


class Person(TenantRow):
    """A person of the community, once, whatever roles they have.

    Two people of the same name stay two people. `address` is the dwelling in words, written by
    `places` when somebody moves in.
    """

    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="persons"
    )
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    phone = EncryptedCharField(max_length=20, null=True, blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    id_number = EncryptedCharField(max_length=18, null=True, blank=True)
    id_number_index = models.CharField(max_length=32, blank=True)
    born_on = EncryptedDateField(null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="members"
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=60, blank=True)
    residency = models.CharField(
        max_length=10, choices=Residency.choices, default=Residency.LOCAL
    )
    home_town = models.CharField(max_length=60, blank=True)
    is_party_member = models.BooleanField(default=False)
    wants_large_type = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(PersonQuerySet)

    class Meta:
        indexes = (
            models.Index(fields=("community", "phone_index")),
            models.Index(fields=("community", "id_number_index")),
            models.Index(fields=("community", "grid", "id")),
            models.Index(fields=("community", "account")),
            models.Index(fields=("community", "pinyin")),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        # An index beside its value, kept in the one place where either can be written.
        self.phone_index = index_of("phone", self.phone) if self.phone else ""
        self.id_number_index = index_of("id_number", self.id_number) if self.id_number else ""
        self.birth_year = self.born_on.year if self.born_on else None
        super().save(*args, **kwargs)


class PersonWords(WordIndex):
    """What a person is found by."""

    community = models.ForeignKey("community.Community", models.CASCADE, related_name="+")
    record = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="search_words"
    )


class OrganisationKind(models.TextChoices):
    FIRM = "firm", _("firm")
    SHOP = "shop", _("shop")
    SCHOOL = "school", _("school")
    UNIT = "unit", _("public unit")
    GROUP = "group", _("residents' group")


class Organisation(TenantRow):
    """A firm, shop, school or unit 单位 with several people."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="organisation_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Affiliation(TenantRow):
    """A person's place in an organisation, with dates."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    post = models.CharField(max_length=60, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "organisation")),)


class Purpose(models.TextChoices):
    """What personal data may be used for, one consent each 《个人信息保护法》第14、29条."""

    SERVICE = "service", _("so that the community can serve me")
    MESSAGES = "messages", _("to send me messages")
    PHOTOS = "photos", _("to show photos of me")
    HEALTH = "health", _("to keep what matters for my health")
    PUBLISH = "publish", _("to show my name in public")


class Consent(TenantRow):
    """A consent given or withdrawn, by the person or, under 14, by the guardian."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    guardian = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "person", "purpose")),)


class Merge(TenantRow):
    """Two records found to be one person. Reversible: nothing is copied, nothing deleted."""

    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    filled = models.JSONField(default=dict)  # fields the kept record took over, named only

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "merged")),)


class NotSame(TenantRow):
    """Staff said that two similar records are two people, so they are not proposed again."""

    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "one", "other"), name="not_same_once"),
        )


class RollImport(TenantRow):
    """A file of persons, previewed row by row, then taken in; can be undone."""

    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    rows = models.JSONField(default=list)  # preview: line, outcome, reason; no sensitive value
    created_ids = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()


class Erasure(TenantRow):
    """The ledger of erased persons, replayed after a restore; ids and reasons only."""

    person_id = models.BigIntegerField()
    at = models.DateTimeField()
    kept = models.JSONField(default=list)  # what stays, with the legal reason

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "person_id"), name="erased_once"),
        )
