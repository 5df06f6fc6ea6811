"""Seasons, their criteria and screeners, ideas, merges, what was chosen, what became of it."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from mulin.commons.ballots.counting.election import SEATS, Method
from mulin.commons.ballots.membership import GROWN_UP, Belongs
from mulin.commons.ballots.models import Election, random_id
from mulin.commons.flow.models import Need
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.people.models import Person, Residency
from mulin.ground.places.models import Building, Place
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.ids import public_code
from mulin.kit.models import IdField, TimelessTextField
from mulin.kit.scoping import tenant_manager
from mulin.parlour.doublefive import rules
from mulin.parlour.doublefive.rules import Constituency, Stage, State

STAGE_LABELS: dict[Stage, Promise] = {
    Stage.COLLECT: _("Collect ideas"),
    Stage.SCREEN: _("Screen"),
    Stage.PUBLISH: _("Publish the list"),
    Stage.ROLL: _("Roll of voters"),
    Stage.VOTE: _("Vote"),
    Stage.CARRY_OUT: _("Carry out"),
    Stage.APPRAISE: _("Appraise"),
}
CONSTITUENCY_LABELS: dict[Constituency, Promise] = {
    Constituency.PARTY: _("party members"),
    Constituency.LOCAL: _("local residents"),
    Constituency.NEW: _("representatives of new residents"),
}
STATE_LABELS: dict[State, Promise] = {
    State.OFFERED: pgettext_lazy("idea", "to be screened"),
    State.MERGED: pgettext_lazy("idea", "part of another"),
    State.PASSED: pgettext_lazy("idea", "passed"),
    State.REFUSED: pgettext_lazy("idea", "refused"),
    State.APPEALED: pgettext_lazy("idea", "appealed"),
    State.CLOSED: pgettext_lazy("idea", "refused for good"),
}


class Kind(models.TextChoices):
    """What an idea asks for: something made, or something done for people. Five are chosen in all."""

    PROJECT = "project", pgettext_lazy("double five", "project")
    SERVICE = "service", pgettext_lazy("double five", "service")


class Season(TenantRow):
    """The double five of a year."""

    year = models.PositiveSmallIntegerField()
    stage = models.CharField(
        max_length=12,
        choices=[(stage.value, label) for stage, label in STAGE_LABELS.items()],
        default=Stage.COLLECT,
    )
    collects_until = models.DateField()  # told to everybody; the head ends it by hand
    appeal_days = models.PositiveSmallIntegerField(default=rules.APPEAL_DAYS)

    objects = tenant_manager()

    class Meta:
        ordering = ("-year",)
        constraints = (
            models.UniqueConstraint(fields=("community", "year"), name="one_season_a_year"),
        )
        indexes = (models.Index(fields=("community", "stage")),)

    def __str__(self) -> str:
        return gettext("Double-Five of %(year)s") % {"year": self.year}

    @property
    def is_collecting(self) -> bool:
        return self.stage == Stage.COLLECT

    @property
    def is_carried(self) -> bool:
        """Whether its five are chosen and being carried out, or appraised."""
        return self.stage in rules.CARRIED

    @property
    def is_screening(self) -> bool:
        return self.stage == Stage.SCREEN

    @property
    def stage_words(self) -> str:
        """How far it is; once its appraisal is published nothing of it is under way any more."""
        is_last = self.stage == Stage.APPRAISE and hasattr(self, "appraisal")
        if is_last and self.appraisal.is_published:
            return gettext("carried out and appraised")
        return str(STAGE_LABELS[Stage(self.stage)])

    @property
    def is_public(self) -> bool:
        """Whether its list stands open to everybody."""
        return self.stage not in {Stage.COLLECT, Stage.SCREEN}


class Criterion(TenantRow):
    """One thing by which ideas are screened; published before the first one is."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=120)

    objects = tenant_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "position"), name="one_criterion_a_place"
            ),
        )

    def __str__(self) -> str:
        return self.words


class Screener(TenantRow):
    """Somebody who screens; everybody may read who."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "account"), name="screener_once"
            ),
        )


class IdeaQuerySet(models.QuerySet["Idea"]):
    def undecided(self) -> "IdeaQuerySet":
        """What keeps the list from being published."""
        return self.filter(state__in=rules.OPEN)

    def passed(self) -> "IdeaQuerySet":
        return self.filter(state=State.PASSED)


class Idea(TenantRow):
    """What somebody would like to be done for all.

    `title`, `site`, `gains` and `cost_yuan` are the public words, which the desk puts in order;
    `words` are the author's own and are read by the desk only.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="ideas")
    number = models.PositiveSmallIntegerField()
    follow_code = models.CharField(max_length=16, default=public_code)
    title = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PROJECT)
    site = models.CharField(max_length=120, blank=True)
    # What stands nearest on the map; the site itself is told in words.
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    gains = models.CharField(max_length=200, blank=True)  # who has what of it
    cost_yuan = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    words = models.TextField(blank=True)
    need = models.ForeignKey(Need, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    contact_phone = EncryptedCharField(max_length=20, null=True, blank=True)
    offered_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.OFFERED,
    )
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    # The screening: by which criterion it was refused, why, by whom.
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    screened_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    screened_at = models.DateTimeField(null=True, blank=True)
    # The one appeal, and what was said to it.
    appeal = models.CharField(max_length=500, blank=True)
    appeal_answer = models.CharField(max_length=300, blank=True)
    appeal_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager(IdeaQuerySet)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "number"), name="idea_number_once"
            ),
            models.UniqueConstraint(fields=("community", "follow_code"), name="idea_code_once"),
            models.UniqueConstraint(fields=("community", "need"), name="one_idea_a_need"),
            models.CheckConstraint(
                condition=(Q(state="merged") & Q(part_of__isnull=False))
                | (~Q(state="merged") & Q(part_of__isnull=True)),
                name="a_merged_idea_is_part_of_one",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "appealed", "closed"])
                | (Q(criterion__isnull=False, screened_by__isnull=False) & ~Q(reason="")),
                name="a_refusal_has_its_reason",
            ),
        )
        indexes = (
            models.Index(fields=("community", "season", "state", "number")),
            models.Index(fields=("community", "person")),
            models.Index(fields=("community", "offered_at")),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def offered_on(self) -> date:
        """The day is told: the hour says nothing to whoever screens."""
        return local_day(self.offered_at)

    @property
    def is_offered(self) -> bool:
        return self.state == State.OFFERED

    @property
    def is_refused(self) -> bool:
        return self.state == State.REFUSED

    @property
    def is_passed(self) -> bool:
        """It stands on the list."""
        return self.state == State.PASSED

    @property
    def is_appealed(self) -> bool:
        return self.state == State.APPEALED

    def may_appeal(self, now: datetime) -> bool:
        """Whether its author may appeal at this moment."""
        return (
            self.is_refused
            and self.screened_at is not None
            and rules.may_appeal(self.screened_at, self.season.appeal_days, now)
        )


class Merge(TenantRow):
    """Two ideas that may be one: done when both authors have agreed, gone when one does not want."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="merges")
    into = models.ForeignKey(Idea, models.CASCADE, related_name="merges_in")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    idea_agreed_at = models.DateTimeField(null=True, blank=True)
    into_agreed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "idea"),
                condition=Q(declined_at__isnull=True),
                name="one_merge_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(idea=models.F("into")), name="a_merge_takes_two"),
        )
        indexes = (models.Index(fields=("community", "into")),)

    @property
    def is_open(self) -> bool:
        """Whether somebody must still be asked."""
        return self.declined_at is None and not self.is_agreed

    @property
    def is_agreed(self) -> bool:
        return self.idea_agreed_at is not None and self.into_agreed_at is not None


class Chosen(TenantRow):
    """One of those that were chosen, as the count found it; never changed afterwards."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="chosen")
    idea = models.ForeignKey(Idea, models.PROTECT, related_name="chosen")
    place = models.PositiveSmallIntegerField()
    total = models.PositiveIntegerField(null=True)  # null where a small group would be told by it
    chosen_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("season", "place")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "place"), name="one_chosen_a_place"
            ),
            models.UniqueConstraint(fields=("community", "idea"), name="chosen_once"),
        )
        indexes = (models.Index(fields=("community", "chosen_at")),)


# ── carrying out ─────────────────────────────────────────────────────────────────────────────


class Project(TenantRow):
    """One of the chosen as it is carried out: whose it is, what was promised, for how much."""

    chosen = models.OneToOneField(Chosen, models.PROTECT, related_name="project")
    owner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    promise = models.CharField(max_length=300)
    budget_yuan = models.DecimalField(max_digits=12, decimal_places=2)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("chosen__place",)
        constraints = (
            models.CheckConstraint(condition=Q(budget_yuan__gte=0), name="a_budget_is_no_debt"),
        )
        indexes = (models.Index(fields=("community", "owner")),)

    def __str__(self) -> str:
        return self.chosen.idea.title

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def finished_on(self) -> date | None:
        """The day is told: the hour says nothing to a neighbour."""
        return local_day(self.finished_at) if self.finished_at else None


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> "MilestoneQuerySet":
        """Not reached yet."""
        return self.filter(done_at__isnull=True)


class Milestone(TenantRow):
    """A step of a project with its limit."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    what = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    done_words = models.CharField(max_length=300, blank=True)
    escalated = models.PositiveSmallIntegerField(default=rules.Level.NOBODY)

    objects = tenant_manager(MilestoneQuerySet)

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(fields=("community", "project", "due_at")),
            models.Index(fields=("community", "done_at", "due_at")),
        )

    def __str__(self) -> str:
        return self.what

    @property
    def done_on(self) -> date | None:
        """The day is told: the hour says nothing to a neighbour."""
        return local_day(self.done_at) if self.done_at else None


class Delay(TenantRow):
    """A milestone was put off: from which moment to which, and why. Everybody reads it."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="delays")
    was_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("was_due_at")), name="a_delay_is_later"
            ),
        )
        indexes = (models.Index(fields=("community", "milestone")),)


class Expense(TenantRow):
    """Money spent on a project, and for what; below nought where some came back."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="expenses")
    spent_on = models.DateField()
    yuan = models.DecimalField(max_digits=12, decimal_places=2)
    what = models.CharField(max_length=120)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("spent_on", "id")
        constraints = (models.CheckConstraint(condition=~Q(yuan=0), name="nothing_was_not_spent"),)
        indexes = (models.Index(fields=("community", "project", "spent_on")),)


class Moment(models.TextChoices):
    """What a picture shows."""

    IDEA = "idea", pgettext_lazy("picture", "what is meant")
    BEFORE = "before", pgettext_lazy("picture", "before")
    STEP = "step", pgettext_lazy("picture", "on the way")
    AFTER = "after", pgettext_lazy("picture", "afterwards")


class PictureQuerySet(models.QuerySet["Picture"]):
    def public(self) -> "PictureQuerySet":
        """Looked at, and shown to everybody."""
        return self.filter(is_public=True)


class Picture(TenantRow):
    """A picture of an idea, or of its being carried out. Staff look at it before it is shown."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="pictures")
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="pictures"
    )
    moment = models.CharField(max_length=10, choices=Moment.choices)
    code = models.CharField(max_length=24)
    file = models.FileField(upload_to="doublefive", max_length=120)
    thumb = models.FileField(upload_to="doublefive", max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_in_at = models.DateTimeField()
    is_public = models.BooleanField(default=False)

    objects = tenant_manager(PictureQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="picture_code_once"),
        )
        indexes = (models.Index(fields=("community", "idea", "moment")),)

    @property
    def url(self) -> str:
        return reverse("doublefive:picture", args=[self.code])

    @property
    def small_url(self) -> str:
        return reverse("doublefive:picture-small", args=[self.code])

    @property
    def words(self) -> str:
        """What a reader who does not see it is told."""
        return f"{self.idea.title}：{self.get_moment_display()}"


class Follow(TenantRow):
    """Somebody hears of each milestone of a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "project", "person"), name="a_person_follows_once"
            ),
            models.UniqueConstraint(
                fields=("community", "project", "account"), name="an_account_follows_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, account__isnull=True)
                | Q(person__isnull=True, account__isnull=False),
                name="a_person_or_an_account_follows",
            ),
        )
        indexes = (models.Index(fields=("community", "person")),)


class CommentState(models.TextChoices):
    HELD = "held", pgettext_lazy("comment", "waits for a first look")
    SHOWN = "shown", pgettext_lazy("comment", "shown")
    HIDDEN = "hidden", pgettext_lazy("comment", "not shown")


class Comment(TenantRow):
    """What a reader says to a project; without their name on the page."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="comments")
    words = models.CharField(max_length=500)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CommentState.choices)
    why_hidden = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(why_hidden=""),
                name="a_hidden_comment_has_its_why",
            ),
        )
        indexes = (
            models.Index(fields=("community", "project", "state", "id")),
            models.Index(fields=("community", "state")),
            models.Index(fields=("community", "person")),
        )

    @property
    def is_held(self) -> bool:
        return self.state == CommentState.HELD


# ── appraising ───────────────────────────────────────────────────────────────────────────────


class Appraisal(TenantRow):
    """At year's end the electorate says what became of the five. `report` is written once."""

    season = models.OneToOneField(Season, models.PROTECT, related_name="appraisal")
    first_day = models.DateField()
    last_day = models.DateField()
    roll_digest = models.CharField(max_length=64)
    # Sheets out of the box that were typed, all their sides, beside those that were put into it;
    # and how many of each side were read: first project on it → count.
    sheets_typed = models.PositiveIntegerField(default=0)
    sides_read = models.JSONField(default=dict)
    explanation = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="an_appraisal_has_its_days"
            ),
        )

    def __str__(self) -> str:
        return gettext("Appraisal of %(year)s") % {"year": self.season.year}

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def takes_answers(self, today: date) -> bool:
        """By the clock at each request: no job has to close it."""
        return not self.is_published and today <= self.last_day


class AppraiserQuerySet(models.QuerySet["Appraiser"]):
    def answered(self) -> "AppraiserQuerySet":
        return self.filter(answered_on__isnull=False)


class Appraiser(TenantRow):
    """Somebody on the roll of an appraisal, and that they answered: the day, no more. No answer
    stands here and none leads here.
    """

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="roll")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=40)
    answered_on = models.DateField(null=True, blank=True)
    way = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager(AppraiserQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "appraisal", "person"), name="appraiser_once"
            ),
        )
        indexes = (
            models.Index(fields=("community", "appraisal", "constituency", "answered_on")),
            models.Index(fields=("community", "person")),
        )


class Anonymous(TenantRow):
    """A row of which nothing says when it came, after which other, from whom."""

    id = IdField(default=random_id)

    class Meta:
        abstract = True


class Envelope(Anonymous):
    """One person's answers, sealed until all are opened together."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="+")
    constituency = models.CharField(max_length=40, blank=True)
    sealed = TimelessTextField()

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "appraisal")),)


class Verdict(Anonymous):
    """What one person says of one project; their verdicts on the others lie elsewhere.

    `is_done` and `is_seen` are empty where they could not say; `step` is 5 best … 1, or empty.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="verdicts")
    constituency = models.CharField(max_length=40, blank=True)
    is_done = models.BooleanField(null=True)
    is_seen = models.BooleanField(null=True)
    step = models.PositiveSmallIntegerField(null=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(step__gte=1, step__lte=5),
                name="a_verdict_has_a_step_of_five",
            ),
        )
        indexes = (models.Index(fields=("community", "project", "constituency")),)


class Remark(Anonymous):
    """Free words on a project, apart from the verdicts and from every constituency."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "project", "id")),)


class VotedOn(TenantRow):
    """The frozen roll that one constituency voted on: how many, and its hash."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="rolls")
    constituency = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    board_root = models.CharField(max_length=64)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "constituency"), name="one_roll_a_constituency"
            ),
        )


# ── who votes, and by which rule it is counted ───────────────────────────────────────────────

#: The rules a season may be counted by: those by money alone are for pots, not for five.
METHOD_LABELS: dict[Method, Promise] = {
    Method.FLOOR_EQUAL: _("first of each constituency, then the sum of shares 保底＋等权"),
    Method.EQUAL: _("sum of shares, without a floor 等权"),
    Method.TOP: _("all ballots together, the most votes"),
    Method.PHRAGMEN: _("sequential Phragmén, each constituency weighs the same"),
    Method.EQUAL_SHARES_ADD1: _("equal shares of a budget, add one"),
}


class RollRule(TenantRow):
    """Who belongs to a constituency of a season: the words that are posted, and what is asked."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="roll_rules")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=12)
    title = models.CharField(max_length=40)
    words = models.CharField(max_length=300)
    least_age = models.PositiveSmallIntegerField(default=GROWN_UP)
    is_party = models.BooleanField(default=False)
    residency = models.CharField(max_length=10, choices=Residency.choices, blank=True)
    is_representative = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "code"), name="roll_rule_once"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def belongs(self) -> Belongs:
        return Belongs(
            self.code, self.least_age, is_party=self.is_party, residency=self.residency,
            is_representative=self.is_representative,
        )  # fmt: skip


class Placing(TenantRow):
    """Somebody stands on a season's roll, or does not, by a decision and not by the rules."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="placings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    rule = models.ForeignKey(  # none: off the roll
        RollRule, models.CASCADE, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    placed_on = models.DateField()
    placed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-placed_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "season", "person"), name="one_placing_a_person"
            ),
        )


class Representative(TenantRow):
    """A new resident who was chosen to speak for others: by whom put forward, how, for how long."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    put_forward_by = models.CharField(max_length=120)
    chosen_how = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField()  # the last day of the term
    recalled_on = models.DateField(null=True, blank=True)
    recall_reason = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "id")
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="a_term_runs"),
            models.CheckConstraint(
                condition=Q(recalled_on__isnull=True) | ~Q(recall_reason=""),
                name="a_recall_has_its_reason",
            ),
        )
        indexes = (
            models.Index(fields=("community", "until")),
            models.Index(fields=("community", "person")),
        )


class SeasonVote(TenantRow):
    """How a season is voted on: its election, the rule it is counted by, where its lot comes from.

    All but the last three was fixed before. `board` is what anybody counts again (`counting.board`).
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="votes")
    election = models.ForeignKey(Election, models.PROTECT, related_name="+")
    method = models.CharField(
        max_length=20, choices=[(one.value, label) for one, label in METHOD_LABELS.items()]
    )
    seats = models.PositiveSmallIntegerField(default=SEATS)
    budget_yuan = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    lot_source = models.CharField(max_length=200)
    is_compared = models.BooleanField(default=False)  # the rule sheet said so before the vote
    lot_number = models.CharField(max_length=80, blank=True)
    board = models.JSONField(null=True, blank=True)
    # {"costs": {id: yuan}, "winners": {method: [id, …]}}, counted with it
    compared = models.JSONField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "election"), name="one_season_a_vote"),
        )
        indexes = (models.Index(fields=("community", "season")),)

    def __str__(self) -> str:
        return str(self.election)

    @property
    def is_counted(self) -> bool:
        return self.board is not None
