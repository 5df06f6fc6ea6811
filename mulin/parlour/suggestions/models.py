"""Ideas, how people stand to them, and until when they are answered."""

from datetime import date, datetime
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from mulin.commons.flow.models import Need
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.parlour.suggestions.rules import SHOWN, WAITING, Refusal, Side, State

STATE_LABELS: dict[State, Promise] = {
    State.HELD: pgettext_lazy("idea", "waits for a first look"),
    State.OPEN: pgettext_lazy("idea", "waits for its answer"),
    State.MERGED: pgettext_lazy("idea", "goes with another"),
    State.ANSWERED: pgettext_lazy("idea", "answered"),
    State.ADOPTED: pgettext_lazy("idea", "adopted"),
    State.TURNED_AWAY: pgettext_lazy("idea", "not shown"),
}
STATE_TONES: dict[State, str] = {
    State.HELD: "amber", State.OPEN: "amber", State.ANSWERED: "jade", State.ADOPTED: "jade",
}  # fmt: skip
SIDE_LABELS: dict[Side, Promise] = {
    Side.FOR: pgettext_lazy("idea", "I am for it"),
    Side.AGAINST: pgettext_lazy("idea", "I am against it"),
}
REFUSAL_LABELS: dict[Refusal, Promise] = {
    Refusal.INSULTS: _("it insults somebody"),
    Refusal.NAMES_SOMEBODY: _("it tells private things of somebody"),
    Refusal.ADVERTISES: _("it advertises something"),
    Refusal.NOT_UNDERSTOOD: _("we do not understand what is meant"),
    Refusal.NOT_OURS: _("it has nothing to do with our community"),
}


def long_code() -> str:
    """The code in a recording's address."""
    return public_code(20)


class AnswerTimes(TenantRow):
    """How long a look and an answer may take, since a day and by which source."""

    since = models.DateField()
    look_workdays = models.PositiveSmallIntegerField()
    answer_workdays = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since",)
        constraints = (
            models.UniqueConstraint(fields=("community", "since"), name="idea_times_once_a_day"),
            models.CheckConstraint(
                condition=Q(look_workdays__gte=1, answer_workdays__gte=1),
                name="idea_times_are_days",
            ),
        )


class IdeaQuerySet(models.QuerySet["Idea"]):
    """Ideas by who reads them and how they stand."""

    def shown(self) -> "IdeaQuerySet":
        """What everybody may read."""
        return self.filter(state__in=SHOWN)

    def waiting(self) -> "IdeaQuerySet":
        """For a look, or for an answer."""
        return self.filter(state__in=WAITING)

    def complete(self) -> "IdeaQuerySet":
        """With what a list says of each."""
        return self.select_related("need", "need__person", "need__entered_by", "lead__need")


class Idea(TenantRow):
    """An idea 金点子 from the day it came to its answer. What was said stands in its need."""

    need = models.OneToOneField(Need, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
    )
    came_at = models.DateTimeField()
    look_by = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.TextField(blank=True)
    adopted_into = models.CharField(max_length=80, blank=True)
    refusal = models.CharField(
        max_length=20, blank=True,
        choices=[(reason.value, label) for reason, label in REFUSAL_LABELS.items()],
    )  # fmt: skip
    lead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    supporters = models.PositiveIntegerField(default=0)
    objectors = models.PositiveIntegerField(default=0)

    objects = tenant_manager(IdeaQuerySet)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="merged", lead__isnull=False)
                | (~Q(state="merged") & Q(lead__isnull=True)),
                name="merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "open"], ended_at__isnull=True)
                | (~Q(state__in=["held", "open"]) & Q(ended_at__isnull=False)),
                name="an_idea_ends_at_a_moment",
            ),
        )
        indexes = (
            models.Index(fields=("community", "state", "due_at")),
            models.Index(fields=("community", "ended_at")),
            models.Index(fields=("community", "came_at")),
            # The few that wait for a look, beside the many that never did.
            models.Index(
                fields=("community", "look_by", "id"), name="suggestions_idea_held",
                condition=models.Q(look_by__isnull=False),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.need.number)

    @property
    def is_shown(self) -> bool:
        return State(self.state) in SHOWN

    @property
    def is_held(self) -> bool:
        return self.state == State.HELD

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_adopted(self) -> bool:
        return self.state == State.ADOPTED

    @property
    def tone(self) -> str:
        """The colour of where it stands."""
        return STATE_TONES.get(State(self.state), "")

    @property
    def owed_by(self) -> datetime | None:
        """Until when somebody looks at it or answers it; nothing once it has its end."""
        return self.look_by or (self.due_at if self.is_open else None)

    @property
    def came_on(self) -> date:
        """The day it came, for lists in which no hour matters."""
        return local_day(self.came_at)


class IdeaPair(TenantRow):
    """Two neighbouring characters that stand in an idea: by these similar ones are looked up."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="+")
    pair = models.CharField(max_length=2)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "pair", "idea"), name="a_pair_of_an_idea_once"
            ),
        )


class PairCount(TenantRow):
    """In how many ideas two neighbouring characters stand: the rare ones tell most, and are looked
    up first. Counting them at each stroke of a key took longer than all the rest.
    """

    pair = models.CharField(max_length=2)
    count = models.PositiveIntegerField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "pair"), name="a_pair_is_counted_once"),
        )


class Stand(TenantRow):
    """How one person stands to an idea, with a reason if they gave one. The last one counts."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="stands")
    voter = models.CharField(max_length=24)  # the person on the roll, else the account
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    side = models.CharField(
        max_length=8, choices=[(side.value, label) for side, label in SIDE_LABELS.items()]
    )
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "idea", "voter"), name="one_stand_an_idea"
            ),
        )
        indexes = (models.Index(fields=("community", "person")),)


class Topic(TenantRow):
    """A question on which people say what they think, statement by statement."""

    question = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    last_day = models.DateField()
    has_new_votes = models.BooleanField(default=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)  # groups and sentences; of a single person nothing

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "has_new_votes")),)

    def __str__(self) -> str:
        return self.question

    def takes_votes(self, today: date) -> bool:
        """By the clock at each request, so that no job has to close it."""
        return today <= self.last_day


class StatementState(models.TextChoices):
    """Whether a statement is voted on."""

    HELD = "held", pgettext_lazy("statement", "waits for a first look")
    SHOWN = "shown", pgettext_lazy("statement", "is voted on")
    REFUSED = "refused", pgettext_lazy("statement", "not shown")


class Statement(TenantRow):
    """One sentence on a topic that people agree or disagree with."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="statements")
    words = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=StatementState.choices)
    refusal = models.CharField(
        max_length=20, blank=True,
        choices=[(reason.value, label) for reason, label in REFUSAL_LABELS.items()],
    )  # fmt: skip

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "topic", "state")),)

    def __str__(self) -> str:
        return self.words


class Opinion(TenantRow):
    """One vote on one statement. `voice` is a keyed digest of topic and person: it tells that two
    votes are of one voice, and without the key of the installation not whose.
    """

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="opinions")
    voice = models.CharField(max_length=32)
    vote = models.SmallIntegerField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "statement", "voice"), name="one_opinion_a_statement"
            ),
            models.CheckConstraint(
                condition=Q(vote__in=[-1, 0, 1]), name="an_opinion_is_one_of_three"
            ),
        )
        indexes = (models.Index(fields=("community", "voice")),)


class Fate(models.TextChoices):
    """What became of a point of the minutes."""

    OPEN = "", pgettext_lazy("point", "to be decided")
    IDEA = "idea", pgettext_lazy("point", "an idea")
    DEMAND = "demand", pgettext_lazy("point", "a demand")
    NOTHING = "nothing", pgettext_lazy("point", "only in the minutes")


class MinutePoint(TenantRow):
    """One thing that was said at a gathering. When it became a need, its words stand there alone."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    speaker = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    speaker_name = EncryptedCharField(max_length=60, null=True, blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices, blank=True, default=Fate.OPEN)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(fate__in=["idea", "demand"], need__isnull=False)
                | (~Q(fate__in=["idea", "demand"]) & Q(need__isnull=True)),
                name="a_point_became_a_need",
            ),
        )
        indexes = (
            models.Index(fields=("community", "gathering", "position")),
            models.Index(fields=("community", "speaker")),
        )

    @property
    def text(self) -> str:
        """What was said, wherever it stands now."""
        return self.need.words if self.need else self.words

    @property
    def is_open(self) -> bool:
        return self.fate == Fate.OPEN

    @property
    def is_idea(self) -> bool:
        return self.fate == Fate.IDEA


#: How an item of an agenda is linked with the need of the idea whose words it may quote.
FROM_IDEA: Final = "topic_from"


class RecordingState(models.TextChoices):
    """How far a recording has been written down."""

    WAITING = "waiting", pgettext_lazy("recording", "is being written down")
    DONE = "done", pgettext_lazy("recording", "written down, to be read")
    FAILED = "failed", pgettext_lazy("recording", "could not be written down")


class Recording(TenantRow):
    """The sound of a gathering, and the draft that a machine has made of it. The file is deleted
    when the minutes stand, and a month after the gathering at the latest.
    """

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="+")
    code = models.CharField(max_length=24, default=long_code)
    kept_as = models.CharField(max_length=120)  # nothing once the sound is deleted
    media_type = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=RecordingState.choices, default=RecordingState.WAITING
    )
    heard_seconds = models.PositiveIntegerField(default=0)
    draft = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="recording_code_once"),
        )
        indexes = (
            models.Index(fields=("community", "gathering")),
            models.Index(fields=("community", "state")),
        )

    @property
    def is_waiting(self) -> bool:
        return self.state == RecordingState.WAITING
