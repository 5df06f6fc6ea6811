"""Persons, households, organisations, consents, merges."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField, EncryptedDateField, EncryptedTextField

from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people import rules
from mulin.kit.blindindex import blind_index
from mulin.kit.phones import (
    NumberRefused,
    mask_id,
    mask_phone,
    normalise_id_number,
    normalise_phone,
)
from mulin.kit.scoping import current_community, tenant_manager
from mulin.kit.search import WordIndex, matching, stored_words


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

    def visible_to(self, by: Actor) -> "PersonQuerySet":
        """The desk sees all, an officer the persons of their grids, everybody their own record."""
        if by.is_desk or by.is_system:
            return self
        mine = Q(pk=by.person_id) if by.person_id else Q(pk__in=())
        return self.filter(mine | Q(grid__in=by.grid_ids)) if by.grid_ids else self.filter(mine)

    def search(self, query: str, *, most: int | None = 50) -> "PersonQuerySet":
        """By name, pinyin, initials, phone, tail of the phone, building-room; newest first.

        A whole phone or identity number is looked up as such, in whatever spelling. `most` cuts
        before other filters do: pass None where few of the found are visible.
        """
        try:
            return self._with(phone_index=index_of("phone", normalise_phone(query)))
        except NumberRefused:
            pass
        try:
            number = normalise_id_number(query)
        except NumberRefused:
            community_id = current_community().pk
            return self.filter(id__in=matching(PersonWords, community_id, query, most=most))
        return self._with(id_number_index=index_of("id_number", number))

    def with_phone(self, typed: str) -> "PersonQuerySet":
        """Whose whole number this is: who knows it was given it. Nobody for anything else."""
        try:
            return self._with(phone_index=index_of("phone", normalise_phone(typed)))
        except NumberRefused:
            return self.none()

    def _with(self, **index: str) -> "PersonQuerySet":
        # First by the number, then the rest: a planner may think a grid the rarer of the two.
        return self.filter(pk__in=Person.objects.filter(**index).values("pk"))


#: Columns that follow from others and are written with them.
DERIVED = ("pinyin", "initials", "phone_index", "id_number_index", "birth_year")


class Person(TenantRow):
    """A person of the community, once, whatever roles they have.

    Two people of the same name stay two people. `address` is the dwelling in words, written by
    `places` when somebody moves in. A record that was merged into another, or erased, stays as a
    row, so that what points at it still does.
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
        max_length=10, choices=Residency.choices, default=Residency.LOCAL, blank=True
    )
    home_town = models.CharField(max_length=60, blank=True)
    is_party_member = models.BooleanField(default=False)
    wants_large_type = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    # Nearly all records are merged into nothing: only the others stand in an index (below), or a
    # planner would take it for a way to find the few.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(PersonQuerySet)

    class Meta:
        indexes = (
            models.Index(fields=("community", "phone_index")),
            models.Index(fields=("community", "id_number_index")),
            models.Index(fields=("community", "grid", "id")),
            models.Index(fields=("community", "account")),
            models.Index(fields=("community", "pinyin", "id")),
            models.Index(
                fields=("community", "merged_into"),
                condition=Q(merged_into__isnull=False),
                name="person_merged_into",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="not_merged_into_itself"
            ),
        )

    def __str__(self) -> str:
        return gettext("(erased)") if self.erased_at else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        self.derive()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *DERIVED}
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """Bring the columns that follow from others up to date; whoever writes past `save` calls it."""
        self.pinyin, self.initials = rules.spoken(self.name) if self.name else ("", "")
        self.pinyin, self.initials = self.pinyin[:200], self.initials[:60]
        self.phone_index = index_of("phone", self.phone) if self.phone else ""
        self.id_number_index = index_of("id_number", self.id_number) if self.id_number else ""
        self.birth_year = self.born_on.year if self.born_on else None

    @staticmethod
    def everyone_of(person: "Person") -> list[int]:
        """Ids of all records of this person: the one that is kept, and all merged into it.

        What a room knows of a person points at any of these; filter with `person__in`.
        """
        kept = Person.kept_of(person)
        everyone, fresh = [kept.pk], [kept.pk]
        while fresh:
            fresh = list(
                Person.objects.filter(merged_into__in=fresh)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            everyone += fresh
        return everyone

    @staticmethod
    def kept_of(person: "Person") -> "Person":
        """The record that stands for this person after any merges."""
        while person.merged_into is not None:
            person = person.merged_into
        return person

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""

    @property
    def masked_id_number(self) -> str:
        return mask_id(self.id_number) if self.id_number else ""

    def is_guarded_on(self, day: date) -> bool:
        """Under fourteen: the guardian consents, and every look is recorded."""
        return rules.is_guarded(self.born_on, day)

    def likeness(self) -> rules.Likeness:
        """What this record is compared by; numbers stay encrypted."""
        return rules.Likeness(
            name=self.name,
            pinyin=self.pinyin,
            phone=self.phone_index,
            id_number=self.id_number_index,
            birth_year=self.birth_year,
            sex=self.sex,
            address=self.address,
        )


class PersonWords(WordIndex):
    """What a person is found by."""

    community = models.ForeignKey("community.Community", models.CASCADE, related_name="+")
    record = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="search_words"
    )

    @classmethod
    def of(
        cls, person: Person, *, merged: "list[Person] | tuple[Person, ...]" = ()
    ) -> "PersonWords":
        """The words of a person, those of records merged into it included."""
        words: list[str] = []
        for one in (person, *merged):
            if one.erased_at is None:
                words += ["", *rules.search_words(one.name, one.phone, one.address)]
        return cls(
            record_id=person.pk,
            community_id=person.community_id,
            words=stored_words(person.community_id, words[1:]),
        )


class OrganisationKind(models.TextChoices):
    FIRM = "firm", _("firm")
    SHOP = "shop", _("shop")
    SCHOOL = "school", _("school")
    UNIT = "unit", _("public unit")
    GROUP = "group", _("residents' group")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Rows of the list of organisations."""

    def on_list(self) -> "OrganisationQuerySet":
        """Those one may choose: not closed, and not merged into another, by name."""
        return self.filter(closed_at__isnull=True, merged_into__isnull=True).order_by("name", "id")

    def of_body(self, kept: Any) -> "OrganisationQuerySet":  # Any: a row, its id or an OuterRef
        """The one that stands, and all that were merged into it."""
        return self.filter(Q(pk=kept) | Q(merged_into=kept))


class Organisation(TenantRow):
    """A firm, shop, school or unit 单位 with several people.

    One that was merged into another stays as a row under its own name, so that whatever was
    written for it then still says so. `merged_into` always names the one that stands.
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )

    objects = tenant_manager(OrganisationQuerySet)

    class Meta:
        indexes = (
            models.Index(
                fields=("community", "merged_into"),
                condition=Q(merged_into__isnull=False),
                name="organisation_merged_into",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="organisation_name_once"),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="organisation_not_into_itself"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def kept_of(organisation: "Organisation") -> "Organisation":
        """The one that stands for this organisation after any merges, as the list has it now."""
        into: Organisation | None = Organisation.objects.filter(merged_from=organisation.pk).first()
        return into or organisation

    @staticmethod
    def everyone_of(organisation: "Organisation") -> list[int]:
        """Ids of all rows of this body: the one that stands, and all merged into it.

        What a room knows of an organisation points at any of these; filter with `__in`.
        """
        kept = Organisation.kept_of(organisation).pk
        merged = Organisation.objects.filter(merged_into=kept).order_by("pk")
        return [kept, *merged.values_list("pk", flat=True)]

    def likeness(self) -> rules.BodyLikeness:
        """What this row is compared by."""
        return rules.BodyLikeness(name=self.name, phone=self.phone, address=self.address)


class Affiliation(TenantRow):
    """A person's place in an organisation, with dates."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    post = models.CharField(max_length=60, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("community", "organisation")),
            models.Index(fields=("community", "person")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True)
                | Q(since__isnull=True)
                | Q(until__gte=models.F("since")),
                name="affiliation_ends_after_it_begins",
            ),
        )


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
    filled = models.JSONField(default=list)  # fields the kept record took over, named only
    before = EncryptedTextField(null=True)  # JSON: what stood in them; null once erased

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "kept")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "merged"),
                condition=Q(undone_at__isnull=True),
                name="merged_once_at_a_time",
            ),
        )


class NotSame(TenantRow):
    """Staff said that two similar records are two people, so they are not proposed again."""

    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "one", "other"), name="not_same_once"),
            # One order, or the same pair could be said twice.
            models.CheckConstraint(
                condition=Q(one__lt=models.F("other")), name="not_same_in_order"
            ),
        )


class OrganisationMerge(TenantRow):
    """Two organisations found to be one body. Reversible: nothing is moved, nothing deleted."""

    kept = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict)  # what stood in the fields the kept one took over

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "kept")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "merged"),
                condition=Q(undone_at__isnull=True),
                name="organisation_merged_once",
            ),
        )


class OrganisationNotSame(TenantRow):
    """Staff said that two similar organisations are two, so they are not proposed again."""

    one = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    other = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "one", "other"), name="organisation_not_same_once"
            ),
            # One order, or the same pair could be said twice.
            models.CheckConstraint(
                condition=Q(one__lt=models.F("other")), name="organisation_not_same_in_order"
            ),
        )


class RollImport(TenantRow):
    """A file of persons, previewed row by row, then taken in; can be undone."""

    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    rows = models.JSONField(default=list)  # preview: line, outcome, reasons; no sensitive value
    waiting = EncryptedTextField(null=True)  # JSON: the values of the rows; null once taken in
    created_ids = models.JSONField(default=list)
    taken_in_at = models.DateTimeField(null=True, blank=True)
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
