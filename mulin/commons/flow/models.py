"""Need, step, link; what needs are about (categories); photos; the yearly number."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from mulin.commons.flow.rules import place_line
from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building, Place
from mulin.kit.channels import Channel
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.kit.search import WordIndex


class Category(TenantRow):
    """What needs are about: a tree that the community may change."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    icon = models.CharField(max_length=40, blank=True)
    limit_class = models.CharField(max_length=20, default="ordinary")
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("sort", "code")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="category_code_once"),
        )

    def __str__(self) -> str:
        return self.name


class Visibility(models.TextChoices):
    """Who learns who asked."""

    NAMED = "named", _("my name may be seen by those who work on it")
    ANONYMOUS = "anonymous", _("without my name: only the desk knows it")
    CONFIDENTIAL = "confidential", _("confidential: only the desk and whoever deals with it see it")


class ContactWish(models.TextChoices):
    """How the asker wants to hear the answer."""

    MESSAGE = "message", _("by message")
    CALL = "call", _("by phone call")
    DOOR = "door", _("somebody comes by")
    NONE = "none", _("I look myself")


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, actor: Actor) -> "NeedQuerySet":
        """Needs an actor may read: their own; all at the desk; a grid officer's grids.

        A sealed need is visible to none here; its own room shows it.
        """
        if actor.has(Role.COMMUNITY_WORKER, Role.HEAD):
            return self.filter(is_sealed=False)
        allowed = Q(pk__in=[])
        if actor.person_id is not None:
            allowed |= Q(person_id=actor.person_id)
        if actor.account_id is not None:
            allowed |= Q(asked_by_account_id=actor.account_id)
        if actor.grid_ids:
            allowed |= Q(grid_id__in=actor.grid_ids, is_sealed=False) & ~Q(
                visibility=Visibility.CONFIDENTIAL
            )
        return self.filter(allowed)


class Need(TenantRow):
    """What a person said, once. Nothing of it is copied afterwards.

    `entered_by` is staff who wrote it down in the person's name; `asked_by_account` is the
    account that wrote it itself. A passer-by has neither, but the follow code on the slip.
    """

    number = models.CharField(max_length=20)
    follow_code = models.CharField(max_length=16, unique=True, default=public_code)
    words = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="needs")
    contact_name = EncryptedCharField(max_length=60, null=True, blank=True)
    contact_phone = EncryptedCharField(max_length=20, null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    place_words = models.CharField(max_length=120, blank=True)
    latitude = models.DecimalField(max_digits=18, decimal_places=14, null=True, blank=True)
    longitude = models.DecimalField(max_digits=18, decimal_places=14, null=True, blank=True)
    visibility = models.CharField(
        max_length=20, choices=Visibility.choices, default=Visibility.NAMED
    )
    contact_wish = models.CharField(
        max_length=20, choices=ContactWish.choices, default=ContactWish.MESSAGE
    )
    is_sealed = models.BooleanField(default=False)
    said_at = models.DateTimeField()
    asked_by_account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    room = models.CharField(max_length=30)  # the room that has it now
    closed_at = models.DateTimeField(null=True, blank=True)
    # Several people asked for the same: what happens to that need is told to this one's asker too.
    goes_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="companions"
    )

    objects = tenant_manager(NeedQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="need_number_once"),
        )
        indexes = (
            models.Index(fields=("community", "person", "id")),
            models.Index(fields=("community", "asked_by_account", "id")),
            models.Index(fields=("community", "grid", "id")),
            models.Index(fields=("community", "said_at")),
            models.Index(
                fields=("community", "goes_with"),
                condition=Q(goes_with__isnull=False),
                name="need_goes_with",
            ),
            # Few are sealed, and lists that many read leave them out.
            models.Index(
                fields=("community", "id"), condition=Q(is_sealed=True), name="need_sealed"
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def where_line(self) -> str:
        """Building, place and what was said of them, in one line."""
        return place_line(
            (one.name for one in (self.building, self.place) if one), self.place_words
        )


class NeedWords(WordIndex):
    """What a need is found by."""

    community = models.ForeignKey("community.Community", models.CASCADE, related_name="+")
    record = models.OneToOneField(
        Need, models.CASCADE, primary_key=True, related_name="search_words"
    )


class NumberSeries(TenantRow):
    """The last number given in a series (needs of 2026, …)."""

    name = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("community", "name"), name="series_once"),)


class PhotoMoment(models.TextChoices):
    BEFORE = "before", _("how it was")
    AFTER = "after", _("how it is now")
    LETTER = "letter", _("a letter about it")  # for those who work on it; the asker sees none
    SHEET = "sheet", _("the sheet it was written on")  # it names the asker: as the letter, and more


#: Photos that those who work on a need have for themselves.
FOR_STAFF = (PhotoMoment.LETTER, PhotoMoment.SHEET)


class NeedPhoto(TenantRow):
    """A photo of a need; opened only by whoever may read the need."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="photos")
    moment = models.CharField(
        max_length=10, choices=PhotoMoment.choices, default=PhotoMoment.BEFORE
    )
    code = models.CharField(max_length=24, unique=True)
    file = models.FileField(upload_to="needs", max_length=120)
    thumb = models.FileField(upload_to="needs", max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_in_at = models.DateTimeField()
    is_public = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "need")),)


class Step(TenantRow):
    """What happened to a need: one line for the person, one link to the record.

    `is_for_asker` false is an internal note, which only those who work on it read.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    room = models.CharField(max_length=30)
    kind = models.CharField(max_length=40)
    line = models.TextField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=60, blank=True)
    record_kind = models.CharField(max_length=40, blank=True)
    record_id = models.BigIntegerField(null=True, blank=True)
    is_for_asker = models.BooleanField(default=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "need", "id")),)


class Link(TenantRow):
    """Record to record, with its kind: grew out of, answered by, decided in, paid by."""

    from_kind = models.CharField(max_length=40)
    from_id = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    to_kind = models.CharField(max_length=40)
    to_id = models.BigIntegerField()
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "from_kind", "from_id", "kind", "to_kind", "to_id"),
                name="link_once",
            ),
        )
        indexes = (models.Index(fields=("community", "to_kind", "to_id")),)
