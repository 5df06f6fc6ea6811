"""Matters and what becomes of them: rules of meetings, rolls, points, resolutions, tasks."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from mulin.commons.ballots.models import BINDING_LABELS
from mulin.commons.ballots.rules import LEAST_SHOWN as LEAST_BALLOTS
from mulin.commons.ballots.rules import Binding
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.models import AgendaItem, Gathering
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.parlour.deliberation import rules
from mulin.parlour.deliberation.rules import Basis, Choice, Method, Of, State

STATE_LABELS: dict[State, Promise] = {
    State.SECONDING: pgettext_lazy("matter", "looks for seconders"),
    State.PROPOSED: pgettext_lazy("matter", "to be screened"),
    State.REFUSED: pgettext_lazy("matter", "not taken up"),
    State.ADMITTED: pgettext_lazy("matter", "waits for a meeting"),
    State.LISTED: pgettext_lazy("matter", "on an agenda"),
    State.DECIDED: pgettext_lazy("matter", "decided, to be published"),
    State.TURNED_DOWN: pgettext_lazy("matter", "turned down by the meeting"),
    State.PUBLISHED: pgettext_lazy("matter", "decided, open to objections"),
    State.STANDING: pgettext_lazy("matter", "being carried out"),
    State.DONE: pgettext_lazy("matter", "done"),
    State.PASSED_ON: pgettext_lazy("matter", "passed on to another room"),
}


class Size(models.TextChoices):
    SMALL = "small", _("small: a lamp, a road surface")
    LARGE = "large", _("large: a policy, a rebuilding")


class Origin(models.TextChoices):
    """Where a matter was born."""

    DEMAND = "demand", _("out of a demand")
    SUGGESTION = "suggestion", _("out of a suggestion")
    MOTION = "motion", _("a motion of residents")
    COMMITTEE = "committee", _("from the committee")


class Side(models.TextChoices):
    FOR = "for", _("for it")
    AGAINST = "against", _("against it")


METHOD_LABELS = {
    Method.HANDS: _("show of hands"),
    Method.ROLL_CALL: _("roll call"),
    Method.SECRET: _("secret vote"),
}
BASIS_LABELS = {
    Basis.PERSONS: _("everybody of age who lives here"),
    Basis.HOUSEHOLDS: _("one seat for each household"),
    Basis.NAMED: _("those who are on its list"),
}
OF_LABELS = {
    Of.ROLL: _("of all seats of the roll"),
    Of.PRESENT: _("of the seats present"),
    Of.CAST: _("of the votes for and against"),
}
LEVEL_LABELS = {
    5: _("very good"), 4: _("good"), 3: _("so-so"), 2: _("not good"), 1: _("bad"),
}  # fmt: skip
CHOICE_LABELS = {
    Choice.YES: pgettext_lazy("vote", "for"),
    Choice.NO: pgettext_lazy("vote", "against"),
    Choice.ABSTAIN: pgettext_lazy("vote", "abstains"),
}


class Practice(TenantRow):
    """How many second a motion, since a day and by which source."""

    since = models.DateField()
    seconders = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since",)
        constraints = (
            models.UniqueConstraint(fields=("community", "since"), name="practice_once_a_day"),
        )


class MeetingRule(TenantRow):
    """A kind of meeting and its numbers, since a day and by which source: never in the code."""

    name = models.CharField(max_length=40)
    since = models.DateField()
    basis = models.CharField(max_length=12, choices=list(BASIS_LABELS.items()))
    quorum_part = models.PositiveSmallIntegerField()
    quorum_whole = models.PositiveSmallIntegerField()
    quorum_is_more_than = models.BooleanField()
    majority_part = models.PositiveSmallIntegerField()
    majority_whole = models.PositiveSmallIntegerField()
    majority_is_more_than = models.BooleanField()
    majority_of = models.CharField(max_length=10, choices=list(OF_LABELS.items()))
    notice_days = models.PositiveSmallIntegerField()
    publication_days = models.PositiveSmallIntegerField()
    most_proxies = models.PositiveSmallIntegerField(default=0)  # one person may hold; 0: none
    source = models.CharField(max_length=300)
    # What such a meeting decides is. Of a rule that was entered before this was asked nobody has
    # said more than its source says.
    binding = models.CharField(
        max_length=10,
        choices=[(one.value, label) for one, label in BINDING_LABELS.items()],
        default=Binding.RULE,
    )

    objects = tenant_manager()

    class Meta:
        ordering = ("name", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "name", "since"), name="meeting_rule_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(quorum_whole__gte=1, majority_whole__gte=1)
                & Q(quorum_part__lte=models.F("quorum_whole"))
                & Q(majority_part__lte=models.F("majority_whole")),
                name="meeting_rule_makes_sense",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def legal_basis(self) -> str:
        """Where it is written that what it decides binds; advice needs no such place."""
        return "" if self.binding == Binding.ADVISORY else self.source

    @property
    def quorum(self) -> rules.Share:
        return rules.Share(self.quorum_part, self.quorum_whole, self.quorum_is_more_than)

    @property
    def majority(self) -> rules.Share:
        return rules.Share(self.majority_part, self.majority_whole, self.majority_is_more_than)


def _public() -> Q:
    return Q(state__in=rules.PUBLIC) | Q(state=State.PROPOSED, origin=Origin.MOTION)


class MatterQuerySet(models.QuerySet["Matter"]):
    """Matters by who reads them."""

    def public(self) -> "MatterQuerySet":
        """What a passer-by reads; a sealed need's matter never."""
        return self.filter(_public()).exclude(need__is_sealed=True)

    def visible_to(self, actor: Actor) -> "MatterQuerySet":
        """Handlers see all, everybody else what is public and what they proposed."""
        if actor.is_handler or actor.is_system:
            return self.exclude(need__is_sealed=True)
        seen = _public()
        if actor.person_id is not None:
            seen |= Q(proposer_id=actor.person_id)
        return self.filter(seen).exclude(need__is_sealed=True)

    def open(self) -> "MatterQuerySet":
        return self.exclude(state__in=rules.OVER)

    def open_first(self) -> "MatterQuerySet":
        """The latest first, and what is over below what is still open."""
        over = models.Case(models.When(state__in=rules.OVER, then=1), default=0)
        return self.order_by(over, "-proposed_at", "-pk")


class Matter(TenantRow):
    """What is deliberated. Born of a need, it asks for nothing that was said there already.

    `title` and `words` are written by whoever brings it in, for the street: they name nobody.
    """

    number = models.PositiveIntegerField()
    code = models.CharField(max_length=12, default=public_code)
    title = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    size = models.CharField(max_length=10, choices=Size.choices, default=Size.SMALL)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    need = models.OneToOneField(Need, models.PROTECT, null=True, blank=True, related_name="matter")
    proposer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    proposed_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=[(state.value, label) for state, label in STATE_LABELS.items()]
    )
    wanted_seconders = models.PositiveSmallIntegerField(default=0)
    screened_at = models.DateTimeField(null=True, blank=True)
    screened_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)  # of the screening
    outcome = models.TextField(blank=True)  # what became of it, when all is done
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(MatterQuerySet)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="matter_number_once"),
            models.UniqueConstraint(fields=("community", "code"), name="matter_code_once"),
        )
        indexes = (
            models.Index(fields=("community", "state", "number")),
            models.Index(fields=("community", "proposed_at")),
            models.Index(fields=("community", "finished_at")),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in rules.OVER

    @property
    def is_argued(self) -> bool:
        """One may still argue for and against."""
        return self.state in rules.ARGUED

    @property
    def proposed_on(self) -> date:
        """The day on which it was brought in."""
        return local_day(self.proposed_at)


class Seconder(TenantRow):
    """Somebody who wants a motion to be heard."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="seconders")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=Channel.choices)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "matter", "person"), name="seconded_once"),
        )


class Meeting(TenantRow):
    """What is special to a meeting of the hall: its rule, and the roll it was frozen with."""

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="meeting")
    rule = models.ForeignKey(MeetingRule, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    roll_digest = models.CharField(max_length=64, blank=True)
    roll_seats = models.PositiveIntegerField(null=True, blank=True)
    chair = models.CharField(max_length=60, blank=True)
    recorder = models.CharField(max_length=60, blank=True)

    objects = tenant_manager()

    def __str__(self) -> str:
        return self.gathering.title


class RollEntry(TenantRow):
    """One person of a meeting's frozen roll. Who shares a household's seat has the same `seat`."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="roll")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    seat = models.BigIntegerField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "meeting", "person"), name="on_a_roll_once"
            ),
        )
        indexes = (models.Index(fields=("community", "meeting", "seat")),)


class Proxy(TenantRow):
    """Somebody of the roll lets another one speak for their seat."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="proxies")
    giver = models.ForeignKey(RollEntry, models.PROTECT, related_name="+")
    holder = models.ForeignKey(RollEntry, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "meeting", "giver"), name="one_proxy_a_seat"
            ),
            models.CheckConstraint(
                condition=~Q(giver=models.F("holder")), name="no_proxy_for_oneself"
            ),
        )


class Point(TenantRow):
    """A matter on an agenda, with the words that are voted on."""

    item = models.OneToOneField(AgendaItem, models.CASCADE, related_name="point")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="points")
    draft = models.TextField(blank=True)

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "matter")),)


class Counted(TenantRow):
    """Votes by seats, with how many seats there were at that moment."""

    yes = models.PositiveIntegerField()
    no = models.PositiveIntegerField()
    abstain = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    is_passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def count(self) -> rules.Count:
        return rules.Count(self.yes, self.no, self.abstain)


class Amendment(Counted):
    """Other words for the draft, voted on before it. One that passed takes the draft's place."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="amendments")
    words = models.TextField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "point")),)


class Resolution(Counted):
    """What a meeting said to a matter. It is never changed afterwards."""

    point = models.OneToOneField(Point, models.PROTECT, related_name="resolution")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="resolutions")
    words = models.TextField()
    method = models.CharField(max_length=12, choices=list(METHOD_LABELS.items()))
    seats = models.PositiveIntegerField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "matter")),
            models.Index(fields=("community", "at")),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def rule(self) -> MeetingRule:
        """That of the meeting which said it."""
        found: MeetingRule = self.point.item.gathering.meeting.rule
        return found

    @property
    def is_told(self) -> bool:
        """Whether its numbers may be shown: of a secret vote by fewer than ten, the outcome alone."""
        return self.method != Method.SECRET or self.count.all >= LEAST_BALLOTS


class Voice(TenantRow):
    """What one of the roll said when their name was called."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="voices")
    entry = models.ForeignKey(RollEntry, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=list(CHOICE_LABELS.items()))

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "resolution", "entry"), name="one_voice_each"
            ),
        )


class Publication(TenantRow):
    """A resolution hangs out for its days, and whoever objects is answered."""

    resolution = models.OneToOneField(Resolution, models.PROTECT, related_name="publication")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="publications")
    first_day = models.DateField()
    last_day = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "matter")),
            models.Index(fields=("community", "ended_at", "last_day")),
        )


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def unread(self) -> "ObjectionQuerySet":
        """Nobody of the committee has read it: the street learns that it came, not what it says."""
        return self.filter(read_at__isnull=True)


class Objection(TenantRow):
    """What somebody has against a resolution, and the answer.

    Anybody may write one, so it is read before it stands in the street: a neighbour's name or an
    insult is left out there, and it says that something was. Nothing else is held back.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="objections")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    contact = EncryptedCharField(max_length=80, null=True, blank=True)
    words = models.TextField()
    channel = models.CharField(max_length=20, choices=Channel.choices)
    at = models.DateTimeField()
    read_until = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    shortened = models.TextField(
        blank=True
    )  # as it stands in the street, where something is left out
    why_shortened = models.CharField(max_length=200, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)  # not read in time
    answer = models.TextField(blank=True)
    is_upheld = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager(ObjectionQuerySet)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("community", "publication")),
            models.Index(fields=("community", "answered_at", "at")),
            models.Index(fields=("community", "read_at", "read_until")),
        )

    @property
    def public_words(self) -> str:
        """What the street reads, once it was read."""
        return self.shortened or self.words


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at__isnull=True)


class Task(TenantRow):
    """What has to be done so that a resolution becomes true: whose it is, by when, what shows it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="tasks")
    what = models.CharField(max_length=200)
    owner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(TaskQuerySet)

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(fields=("community", "matter")),
            models.Index(fields=("community", "owner", "done_at", "due_at")),
        )

    def __str__(self) -> str:
        return self.what


class TaskPhotoQuerySet(models.QuerySet["TaskPhoto"]):
    def public(self) -> "TaskPhotoQuerySet":
        """Of matters that everybody may read."""
        return self.filter(task__matter__in=Matter.objects.public())


class TaskPhoto(TenantRow):
    """A photo that shows that a task is done: taken in by staff, public with its matter."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="photos")
    code = models.CharField(max_length=20, default=public_code)
    file = models.FileField(upload_to="deliberation", max_length=120)
    thumb = models.FileField(upload_to="deliberation", max_length=120)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    objects = tenant_manager(TaskPhotoQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="task_photo_code"),
        )
        indexes = (models.Index(fields=("community", "task")),)

    def __str__(self) -> str:
        return self.code


class Appraisal(TenantRow):
    """How good somebody who was at the meeting finds what became of it, 5 best … 1."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="appraisals")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "matter", "person"), name="appraised_once"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="appraised_in_five_steps"
            ),
        )


class Argument(TenantRow):
    """A reason for or against a matter, said once; readers weigh it. Nobody's name stands with it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="arguments")
    side = models.CharField(max_length=10, choices=Side.choices)
    words = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    why_hidden = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "matter", "digest"), name="each_argument_once"
            ),
        )

    def __str__(self) -> str:
        return self.words


class Weight(TenantRow):
    """A reader finds that an argument weighs."""

    argument = models.ForeignKey(Argument, models.CASCADE, related_name="weights")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "argument", "person"), name="weighed_once"
            ),
        )
