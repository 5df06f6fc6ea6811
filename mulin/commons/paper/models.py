"""Versions of forms, printed sheets, files taken in, pictures and what was read on them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from mulin.commons.paper.rules import CameBy, Matter, ReadingState, ScanState
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.people.models import Person
from mulin.kit.paper.definition import Form, form_of
from mulin.kit.scoping import tenant_manager

SCAN_LABELS = {
    ScanState.WAITING: _("waits to be read"),
    ScanState.READING: _("being read"),
    ScanState.READ: _("read"),
    ScanState.FAILED: _("could not be read"),
}
CAME_BY_LABELS = {
    CameBy.DESK: _("taken in at the desk"),
    CameBy.FOLDER: _("from the scanner"),
    CameBy.STREET: _("sent by a resident"),
}
READING_LABELS = {
    ReadingState.WAITING: _("to look at"),
    ReadingState.DONE: _("handed in"),
    ReadingState.AGAIN: _("the same sheet again"),
    ReadingState.THROWN: _("thrown away"),
}
#: What is said at a glance, and what to do about it.
MATTER_LABELS = {
    Matter.NOTHING: _("no sheet found"),
    Matter.TWO: _("two sheets in one picture"),
    Matter.TORN: _("a corner is missing"),
    Matter.CROOKED: _("the paper is not flat"),
    Matter.STRANGE: _("an unknown form"),
    Matter.SMALL: _("too small or blurred"),
    Matter.ELSEWHERE: _("not printed here"),
    Matter.COPY: _("same number, other answers"),
    Matter.UNREAD: _("not read"),
    Matter.BY_HAND: _("typed by hand"),
}
MATTER_ADVICE = {
    Matter.NOTHING: _(
        "None of our sheets was found in this picture. Photograph the whole sheet from above, or"
        " say below which form it is and type it."
    ),
    Matter.TWO: _(
        "There are two sheets in this picture. Photograph each by itself, and throw this one away."
    ),
    Matter.TORN: _(
        "A corner of the sheet is torn off, covered or outside the picture. Photograph it again"
        " with all four corners; if one is really gone, type it beside the picture."
    ),
    Matter.CROOKED: _(
        "The paper was bent or wavy, so every answer needs your eye. Laid flat it reads better."
    ),
    Matter.STRANGE: _(
        "The code of this sheet names a form or version that was never printed here. Say below"
        " which form it is, and type it."
    ),
    Matter.SMALL: _(
        "The picture is too small or blurred to tell a tick from a speck, so every answer needs"
        " your eye. Send the original photo, not one that a chat has shrunk."
    ),
    Matter.ELSEWHERE: _(
        "This sheet was not printed here: its number is not one of ours. If it was handed in here"
        " all the same, say below which form it is, and type it."
    ),
    Matter.COPY: _(
        "A sheet with this number is here already, and it says something else: one of the two is"
        " a photocopy. Compare them. Hand this one in too if it is somebody else's."
    ),
    Matter.UNREAD: _(
        "The machine did not read this one. Say which form it is and type it beside the picture."
    ),
    Matter.BY_HAND: _("Type what stands on the sheet; the picture is beside the fields."),
}


class FormVersion(TenantRow):
    """A form as it was first printed: an old sheet is read by the definition it was printed from."""

    code = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    definition = models.TextField()
    fingerprint = models.CharField(max_length=16)
    first_printed_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "code", "version"), name="form_version"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def form(self) -> Form:
        """The definition itself."""
        return form_of(self.definition)


class Sheet(TenantRow):
    """One printed copy. Its serial is random and leads to nobody."""

    serial = models.CharField(max_length=10)
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="sheets")
    batch = models.CharField(max_length=64)
    rows = models.JSONField(default=dict, blank=True)  # of a list: field → what it stands for
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "serial"), name="sheet_serial"),
        )
        indexes = (models.Index(fields=("community", "batch")),)

    def __str__(self) -> str:
        return self.serial


class ScanQuerySet(models.QuerySet["Scan"]):
    def unread(self) -> "ScanQuerySet":
        """Still to be read, or in the middle of it."""
        return self.filter(state__in=(ScanState.WAITING, ScanState.READING))


class Scan(TenantRow):
    """A file that was taken in: a photo or a scanner's PDF, until it is read."""

    kept_as = models.CharField(max_length=120, blank=True)  # gone once it is read
    is_pdf = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in SCAN_LABELS.items()],
        default=ScanState.WAITING.value,
    )
    why = models.CharField(max_length=120, blank=True)
    batch = models.CharField(max_length=64)
    taken_in_at = models.DateTimeField()
    taken_in_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    came_by = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in CAME_BY_LABELS.items()],
        default=CameBy.DESK.value,
    )
    receipt = models.CharField(max_length=12, blank=True)  # by which a resident asks after it
    digest = models.CharField(max_length=64, blank=True)  # of a file in the scanner's folder
    pages_read = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # in a row, at the same page
    tried_at = models.DateTimeField()

    objects = tenant_manager(ScanQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "digest"), condition=~Q(digest=""), name="scanner_file_once"
            ),
        )
        indexes = (
            models.Index(fields=("community", "state", "id")),
            models.Index(fields=("community", "batch")),
            models.Index(
                fields=("community", "receipt"), condition=~Q(receipt=""), name="scan_receipt"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    def waiting(self) -> "ReadingQuerySet":
        """To be looked at, in the order they came."""
        return self.filter(state=ReadingState.WAITING).order_by("id")

    def of_sheet(self, sheet: Sheet, page: int) -> "ReadingQuerySet":
        """Every picture of this side of a sheet that still counts."""
        return self.filter(sheet=sheet, page=page).exclude(state=ReadingState.THROWN).order_by("id")


class Reading(TenantRow):
    """One picture: which sheet it shows, what is the matter with it, and what came of it."""

    scan = models.ForeignKey(Scan, models.PROTECT, related_name="readings")
    number = models.PositiveSmallIntegerField()  # of the picture within its file, from 1
    version = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+")
    sheet = models.ForeignKey(Sheet, models.PROTECT, null=True, related_name="readings")
    page = models.PositiveSmallIntegerField(default=1)
    matter = models.CharField(
        max_length=10,
        blank=True,
        choices=[(one.value, label) for one, label in MATTER_LABELS.items()],
    )
    is_flat = models.BooleanField(default=False)
    picture = models.FileField(upload_to="paper", max_length=120, blank=True)
    twin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in READING_LABELS.items()],
        default=ReadingState.WAITING.value,
    )
    read_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    record_kind = models.CharField(max_length=40, blank=True)
    record_id = models.BigIntegerField(null=True)
    record_number = models.CharField(max_length=40, blank=True)

    objects = tenant_manager(ReadingQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "scan", "number"), name="picture_once"),
        )
        indexes = (
            models.Index(fields=("community", "state", "id")),
            models.Index(fields=("community", "sheet", "page")),
            models.Index(fields=("community", "ended_at")),
            models.Index(
                fields=("community", "person"),
                condition=Q(person__isnull=False),
                name="reading_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def advice(self) -> object:
        """What is the matter, and what to do about it; nothing if nothing is."""
        return MATTER_ADVICE[Matter(self.matter)] if self.matter else ""


class HandedQuerySet(models.QuerySet["Handed"]):
    def of(self, record: models.Model, kind: str) -> "HandedQuerySet":
        """What was printed of one kind for one record."""
        return self.filter(
            record_kind=record._meta.label_lower, record_id=record.pk, kind=kind
        ).order_by("-id")

    def kept(self) -> "HandedQuerySet":
        """Those that can be printed again."""
        return self.filter(pdf__isnull=False)


class Handed(TenantRow):
    """A sheet that somebody got from us, as it was printed. It is printed again, never made anew."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)  # names nobody
    record_kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    pdf = EncryptedTextField(null=True)  # in base 64; null once erased
    content_digest = models.CharField(max_length=64)
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager(HandedQuerySet)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "record_kind", "record_id", "kind")),
            models.Index(
                fields=("community", "person"),
                condition=Q(person__isnull=False),
                name="handed_person",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ReadField(TenantRow):
    """A field of a sheet: what the reader made of it, what was handed in, who looked at it."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="fields")
    name = models.CharField(max_length=40)
    raw = EncryptedTextField(null=True, blank=True)
    read = EncryptedTextField(null=True, blank=True)  # JSON: the values proposed
    value = EncryptedTextField(null=True, blank=True)  # JSON: the value handed in
    score = models.FloatField(default=0.0)
    is_sure = models.BooleanField(default=False)
    is_empty = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "reading", "name"), name="field_once"),
        )

    def __str__(self) -> str:
        return self.name
