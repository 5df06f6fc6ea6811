"""Elections with their rolls on one side; the urn, the board and paper on the other."""

import secrets
from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from mulin.commons.ballots.rules import (
    UNOPENED,
    Binding,
    Board,
    Kind,
    Mark,
    Matter,
    Said,
    State,
    last_objection_day,
)
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.models import Community as _Community
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import last_day_of
from mulin.kit.ids import public_code
from mulin.kit.models import IdField
from mulin.kit.scoping import tenant_manager

STATE_LABELS: dict[State, Promise] = {
    State.DRAFTED: pgettext_lazy("election", "being prepared"),
    State.POSTED: pgettext_lazy("election", "roll posted"),
    State.FROZEN: pgettext_lazy("election", "roll frozen"),
    State.OPEN: pgettext_lazy("election", "voting"),
    State.SEALED: pgettext_lazy("election", "urn sealed"),
    State.OPENED: pgettext_lazy("election", "urn opened"),
    State.PUBLISHED: pgettext_lazy("election", "published"),
    State.WIPED: pgettext_lazy("election", "taken away"),
}
MARK_LABELS: dict[Mark, Promise] = {
    Mark.NOT_TAKEN: _("no ballot taken yet"),
    Mark.ONLINE: _("taken online"),
    Mark.PAPER: _("taken on paper"),
    Mark.DOOR: _("taken at the door"),
    Mark.STRUCK: _("struck off by protocol"),
}
KIND_LABELS: dict[Kind, Promise] = {
    Kind.VALID: pgettext_lazy("ballot", "valid"),
    Kind.BLANK: pgettext_lazy("ballot", "blank"),
    Kind.VOID: pgettext_lazy("ballot", "void"),
    Kind.SET_ASIDE: pgettext_lazy("ballot", "set aside"),
}

SAID_LABELS: dict[Said, Promise] = {
    Said.YES: _("took a ballot"),
    Said.NO: _("took none"),
    Said.UNREACHED: _("not reached"),
}

#: What is the matter, and what to do about it.
MATTER_LABELS: dict[Matter, Promise] = {
    Matter.NOTHING: _(
        "No ballot is to be seen. Photograph the sheet again, with all four corners."
    ),
    Matter.TWO: _("Two sheets in one picture. Photograph each by itself."),
    Matter.UNREAD: _("The machine did not read it."),
    Matter.COPY: _("This code was seen before: the same sheet twice, or two papers with one code."),
    Matter.MORE: _("More sheets than were counted in the box. Count the stack again."),
    Matter.FOREIGN: _("The code on it was not printed for this vote."),
    Matter.OTHER_BOX: _("It was printed for another constituency."),
}

BINDING_LABELS: dict[Binding, Promise] = {
    Binding.ADVISORY: _("what neighbours agree on, without force of law"),
    Binding.RULE: _("a decision of the meeting, by the rule it is held under"),
    Binding.MEETING: _("a decision of the residents' meeting 居民会议"),
    Binding.REPRESENTATIVES: _("a decision of the residents' representatives 居民代表会议"),
}
BOARD_LABELS: dict[Board, Promise] = {
    Board.FULL: _("receipts with what was chosen"),
    Board.CODES: _("receipts and ballots as two separate lists"),
}


def random_id() -> int:
    """An id that tells neither when nor in which order a row came."""
    return secrets.randbits(62) + 1


class Election(TenantRow):
    """One vote from its draft to its board.

    `origin_kind` and `origin_id` name the record of the room that holds it, without a key: rooms
    stand above.
    """

    code = models.CharField(max_length=10, default=public_code)
    title = models.CharField(max_length=120)
    state = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in STATE_LABELS.items()],
        default=State.DRAFTED,
    )
    max_choices = models.PositiveSmallIntegerField()
    min_choices = models.PositiveSmallIntegerField(default=0)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    rule = models.TextField(max_length=4000)
    wording = models.TextField(blank=True)  # the words that are voted on, as on every ballot
    is_online = models.BooleanField(default=True)
    is_trial = models.BooleanField(default=False)
    board = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in BOARD_LABELS.items()],
        default=Board.FULL,
    )
    quorum_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    binding = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in BINDING_LABELS.items()],
        default=Binding.ADVISORY,
    )
    legal_basis = models.CharField(max_length=300, blank=True)
    extended_from = models.DateTimeField(null=True, blank=True)  # the end it had before
    extension_reason = models.CharField(max_length=300, blank=True)
    lasts_minutes = models.PositiveIntegerField(null=True, blank=True)  # from its opening on
    withdrawal_reason = models.CharField(max_length=300, blank=True)
    complaint_days = models.PositiveSmallIntegerField()
    # The roll hangs out so many days before it is frozen; 0 where a meeting freezes it at once.
    objection_days = models.PositiveSmallIntegerField(default=0)
    posted_on = models.DateField(null=True, blank=True)
    origin_kind = models.CharField(max_length=40, blank=True)
    origin_id = models.BigIntegerField(default=0)
    # What is hashed and posted.
    roll_salt = models.CharField(max_length=32)
    terms_digest = models.CharField(max_length=64, blank=True)
    # The envelope key says that somebody on the roll casts; the urn's own opens what was cast.
    envelope_key = models.TextField(blank=True)
    envelope_secret = models.TextField(blank=True)
    urn_key = models.CharField(max_length=120, blank=True)
    test_envelope = models.TextField(blank=True)
    test_digest = models.CharField(max_length=64, blank=True)
    test_passed_on = models.DateField(null=True, blank=True)
    # One paper ballot in so many, so many at least; null where the terms said nothing of it.
    sample_every = models.PositiveSmallIntegerField(null=True)
    sample_least = models.PositiveSmallIntegerField(null=True)
    sample_number = models.CharField(max_length=80, blank=True)  # drawn in public, once all is read
    # The end.
    urn_digest = models.CharField(max_length=64, blank=True)
    urn_count = models.PositiveIntegerField(null=True, blank=True)
    unreadable = models.PositiveIntegerField(default=0)
    void_online = models.PositiveIntegerField(default=0)
    drawn_online = models.PositiveIntegerField(null=True, blank=True)
    explanation = models.CharField(max_length=500, blank=True)  # where the urn's sum is not equal
    is_tidy = models.BooleanField(default=False)  # the file says no more in which order rows came
    published_on = models.DateField(null=True, blank=True)
    # As many as there were when the roll was forgotten, and they with it.
    corrections_count = models.PositiveIntegerField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-opens_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="election_code_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="election_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(max_choices__gte=1) & Q(max_choices__gte=F("min_choices")),
                name="election_limits_make_sense",
            ),
        )
        indexes = (models.Index(fields=("community", "state", "closes_at")),)

    def __str__(self) -> str:
        return self.title

    @property
    def stage(self) -> State:
        return State(self.state)

    @property
    def objections_until(self) -> date | None:
        """The last day on which the posted roll may be objected to, where there is one."""
        if self.posted_on is None or not self.objection_days:
            return None
        return last_objection_day(self.posted_on, self.objection_days)

    @property
    def is_unopened(self) -> bool:
        """It may still be withdrawn."""
        return self.stage in UNOPENED

    @property
    def waits_for_opening(self) -> bool:
        """Its times are not known yet: they are set when it is opened."""
        return self.lasts_minutes is not None and self.is_unopened

    @property
    def is_over(self) -> bool:
        """Nothing is drawn or cast any more."""
        return self.stage in {State.SEALED, State.OPENED, State.PUBLISHED, State.WIPED}

    @property
    def last_day(self) -> date:
        """The day on which it ends: a vote that ends at midnight had the day before as its last."""
        return last_day_of(self.closes_at)

    @property
    def is_published(self) -> bool:
        return self.stage is State.PUBLISHED

    def has_ended(self, now: datetime) -> bool:
        """Nobody takes a ballot any more, whether the urn is sealed already or not."""
        return self.is_over or (not self.waits_for_opening and now >= self.closes_at)


class Option(TenantRow):
    """Something that can be marked; `beside` stands beside its title wherever it is marked (a cost)."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    beside = models.CharField(max_length=40, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("community", "election", "code"), name="option_once"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """Its id where people count by it; "yes" and "no" are ids for the files alone."""
        return self.code if self.code.isdecimal() else ""

    @property
    def called(self) -> str:
        """Its title behind its number: as whoever reads a sheet chooses it."""
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def told(self) -> str:
        """Its title with what stands beside it: as it is posted and printed."""
        if not self.beside:
            return self.title
        return gettext("%(title)s (%(beside)s)") % {"title": self.title, "beside": self.beside}


class Constituency(TenantRow):
    """A part of the roll that is counted by itself, with a signing key of its own."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="constituencies")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    title = models.CharField(max_length=60)
    rule = models.CharField(max_length=300)  # who belongs to it, in words
    roll_count = models.PositiveIntegerField(null=True, blank=True)
    roll_digest = models.CharField(max_length=64, blank=True)
    # As it was when the urn was sealed: the roll itself is forgotten after the complaints.
    taken_count = models.PositiveIntegerField(null=True, blank=True)
    issued_count = models.PositiveIntegerField(null=True, blank=True)  # on paper and at the door
    ballot_key = models.TextField(blank=True)
    ballot_secret = models.TextField(blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "election", "code"), name="constituency_once"
            ),
        )

    def __str__(self) -> str:
        return self.title


class RollQuerySet(models.QuerySet["RollEntry"]):
    def standing(self) -> "RollQuerySet":
        """On the roll: not struck off."""
        return self.exclude(mark=Mark.STRUCK)

    def taken(self) -> "RollQuerySet":
        """Has had a ballot, by whichever way."""
        return self.filter(mark__in=[Mark.ONLINE, Mark.PAPER, Mark.DOOR])


class RollEntry(TenantRow):
    """A person on a roll, and whether they took their one ballot: the state and the day, no more.

    `digest` and `answer` let a phone that lost the answer of drawing ask again; both are blinded
    and fit every ballot equally.
    """

    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    constituency = models.ForeignKey(Constituency, models.PROTECT, related_name="roll")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    mark = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in MARK_LABELS.items()],
        default=Mark.NOT_TAKEN,
    )
    taken_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    answer = models.TextField(blank=True)
    handed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    helper = models.CharField(max_length=60, blank=True)  # who helped to mark
    companion = models.CharField(max_length=60, blank=True)  # who came along to the door

    objects = tenant_manager(RollQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "election", "person"), name="one_constituency_a_person"
            ),
            models.CheckConstraint(
                condition=Q(mark__in=[Mark.NOT_TAKEN, Mark.STRUCK], taken_on__isnull=True)
                | Q(mark__in=[Mark.ONLINE, Mark.PAPER, Mark.DOOR], taken_on__isnull=False),
                name="a_ballot_is_taken_on_a_day",
            ),
        )
        indexes = (models.Index(fields=("community", "constituency", "mark")),)


class RollCheck(TenantRow):
    """One of those whom the roll marks, asked by an observer whether they took a ballot. The entry goes
    with the roll; how many said what stays.
    """

    election = models.ForeignKey(Election, models.CASCADE, related_name="roll_checks")
    entry = models.ForeignKey(RollEntry, models.SET_NULL, null=True, related_name="+")
    said = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in SAID_LABELS.items()],
        blank=True,
    )  # fmt: skip
    asked_on = models.DateField(null=True, blank=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("community", "entry"), name="asked_once"),)
        indexes = (models.Index(fields=("community", "election")),)


class Objection(TenantRow):
    """Somebody says that the roll is wrong, and is answered."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="objections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")  # whom it is about
    words = models.CharField(max_length=300)
    raised_on = models.DateField()
    raised_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=300, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("raised_on", "id")
        indexes = (models.Index(fields=("community", "election")),)


class Correction(TenantRow):
    """What was changed on a frozen roll, by protocol of the election group, with both hashes."""

    constituency = models.ForeignKey(Constituency, models.CASCADE, related_name="corrections")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_added = models.BooleanField()
    reason = models.CharField(max_length=300)
    made_on = models.DateField()
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "constituency")),)


class Complaint(TenantRow):
    """Somebody says that a vote did not go right, and is answered; both stand on the board then."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="complaints")
    words = models.TextField(max_length=600)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    contact = EncryptedCharField(max_length=80, null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    raised_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "election")),)


class Share(TenantRow):
    """A key holder says that one of the three shares is in their hand."""

    election = models.ForeignKey(Election, models.CASCADE, related_name="shares")
    holder = models.ForeignKey(Account, models.PROTECT, related_name="+")
    confirmed_on = models.DateField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "election", "holder"), name="one_share_a_holder"
            ),
        )


class Envelope(models.Model):
    """A sealed ballot in the urn. Its key is the hash of a random token; nothing says when it came,
    from whom or after which other. On SQLite it lies without a row id (see the first migration).
    """

    key = models.CharField(max_length=64, primary_key=True)
    community = models.ForeignKey(_Community, models.PROTECT, related_name="+")
    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    sealed = models.TextField()

    objects = tenant_manager()

    def __str__(self) -> str:
        return self.key[:8]


class Ballot(TenantRow):
    """An opened ballot of the urn, as it stands on the board."""

    id = IdField(default=random_id)
    constituency = models.ForeignKey(Constituency, models.PROTECT, related_name="ballots")
    receipt = models.CharField(max_length=14)
    kind = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in KIND_LABELS.items()]
    )
    choices = models.JSONField(default=list)
    message = models.TextField()
    prefix = models.CharField(max_length=64)
    signature = models.TextField()

    objects = tenant_manager()

    class Meta:
        ordering = ("receipt", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "constituency", "prefix", "receipt"), name="ballot_once"
            ),
        )
        indexes = (models.Index(fields=("community", "constituency", "receipt")),)


class PaperBox(TenantRow):
    """The paper of one constituency: what was printed and came back unused, and the explanation
    where the sums do not meet.
    """

    constituency = models.OneToOneField(Constituency, models.CASCADE, related_name="box")
    printed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)  # left over, cancelled before the box opens
    not_returned = models.PositiveIntegerField(default=0)
    explanation = models.CharField(max_length=500, blank=True)
    explained_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()


class Sheet(TenantRow):
    """A paper ballot out of the box, read twice: by the machine and a person, or by two people. Its
    number was given by chance after the box was shaken. `serial` is the one printed on it, which
    leads to nobody; it goes with the pictures.
    """

    id = IdField(default=random_id)
    constituency = models.ForeignKey(Constituency, models.CASCADE, related_name="sheets")
    number = models.PositiveIntegerField()
    serial = models.CharField(max_length=10, blank=True)
    matter = models.CharField(
        max_length=10, blank=True,
        choices=[(one.value, label) for one, label in MATTER_LABELS.items()],
    )  # fmt: skip
    machine = models.JSONField(null=True, blank=True)  # {"kind": …, "choices": […]}
    first = models.JSONField(null=True, blank=True)
    first_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    second = models.JSONField(null=True, blank=True)
    second_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided = models.JSONField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    by_hand = models.JSONField(null=True, blank=True)  # of the sheets that are counted again
    hand_reason = models.CharField(max_length=200, blank=True)  # why the count by hand differed

    objects = tenant_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "constituency", "number"), name="sheet_number_once"
            ),
            models.UniqueConstraint(
                fields=("community", "constituency", "serial"),
                condition=~Q(serial="") & ~Q(matter=Matter.COPY),
                name="serial_once",
            ),
            models.CheckConstraint(
                condition=Q(first_by__isnull=True)
                | Q(second_by__isnull=True)
                | ~Q(first_by=F("second_by")),
                name="two_people_read_a_sheet",
            ),
        )


class SheetPicture(TenantRow):
    """A side of a paper ballot as it was photographed: no time, no camera, nobody's name. One that
    could not be laid to a sheet waits without one.

    `marks` are the options marked on this side; null where the machine is not sure.
    """

    id = IdField(default=random_id)
    constituency = models.ForeignKey(Constituency, models.CASCADE, related_name="pictures")
    sheet = models.ForeignKey(Sheet, models.CASCADE, null=True, related_name="pictures")
    page = models.PositiveSmallIntegerField(default=1)
    serial = models.CharField(max_length=10, blank=True)
    matter = models.CharField(
        max_length=10, blank=True,
        choices=[(one.value, label) for one, label in MATTER_LABELS.items()],
    )  # fmt: skip
    is_read = models.BooleanField(default=False)
    marks = models.JSONField(null=True, blank=True)
    picture = models.FileField(upload_to="ballots", max_length=120, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "sheet", "page"),
                condition=Q(sheet__isnull=False),
                name="side_once",
            ),
        )
        indexes = (models.Index(fields=("community", "constituency", "sheet")),)

    @property
    def advice(self) -> Promise | str:
        """What is the matter, and what to do about it."""
        return MATTER_LABELS[Matter(self.matter)] if self.matter else ""


class BallotFile(TenantRow):
    """A photo or a scanner's PDF of a box, until its pages are read; then it goes."""

    id = IdField(default=random_id)
    constituency = models.ForeignKey(Constituency, models.CASCADE, related_name="files")
    kept = models.FileField(max_length=120)
    is_pdf = models.BooleanField(default=False)
    pages_read = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # in a row, at the same page

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "constituency")),)


class PrintRun(TenantRow):
    """Paper ballots of a constituency that were printed: the hash of each serial, and no order."""

    constituency = models.ForeignKey(Constituency, models.CASCADE, related_name="runs")
    count = models.PositiveIntegerField()
    hashes = models.JSONField(default=list)
    printed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "constituency")),)
