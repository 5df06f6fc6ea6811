"""Kits, lessons with their quiz and drill, draws, lessons online, frauds that were stopped."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.people.models import Person
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.parlour.classroom.rules import (
    Audience,
    Form,
    Item,
    KitText,
    PlanStep,
    Site,
    Stage,
    Step,
    Stopper,
    Subject,
    Trick,
    is_past,
    read_plan,
    read_quiz,
    read_scene,
    takes_answer,
)

SUBJECT_LABELS: dict[Subject, Promise] = {
    Subject.FRAUD: _("against fraud"),
    Subject.SAFETY: _("safety"),
    Subject.LAW: pgettext_lazy("classroom", "law"),
    Subject.HEALTH: pgettext_lazy("classroom", "health"),
    Subject.PHONE: _("using a phone"),
}
FORM_LABELS: dict[Form, Promise] = {
    Form.SCENE: _("scene play"),
    Form.DRILL: _("drill"),
    Form.QUIZ: _("prize quiz"),
    Form.TALK: pgettext_lazy("classroom", "talk"),
}
AUDIENCE_LABELS: dict[Audience, Promise] = {
    Audience.CHILDREN: pgettext_lazy("classroom", "children"),
    Audience.ELDERLY: _("elderly people"),
    Audience.WORKERS: _("workers"),
    Audience.NEW: _("new residents"),
    Audience.OTHERS: _("everybody else"),
}
SITE_LABELS: dict[Site, Promise] = {
    Site.COMPOUND: _("housing compound"),
    Site.PARK: _("industrial park"),
    Site.MALL: _("mall or market"),
    Site.OTHER: _("another kind of place"),
}
TRICK_LABELS: dict[Trick, Promise] = {
    Trick.POLICE: _("false police or prosecutors"),
    Trick.REBATE: _("paid clicks and rebates"),
    Trick.INVESTMENT: _("investment, pension, high interest"),
    Trick.REFUND: _("false customer service, refund"),
    Trick.HEALTH: _("health products"),
    Trick.LOAN: _("loans, credit record"),
    Trick.RELATIVE: _("false relative or boss"),
    Trick.OTHER: _("another fraud"),
}
STOPPER_LABELS: dict[Stopper, Promise] = {
    Stopper.THEMSELVES: _("the person themselves"),
    Stopper.FAMILY: _("family"),
    Stopper.NEIGHBOUR: _("a neighbour"),
    Stopper.OFFICER: _("grid officer or community worker"),
    Stopper.BANK: _("bank or shop"),
    Stopper.POLICE: _("police"),
}


def class_code() -> str:
    """The one code of a class: short enough to be called out."""
    return public_code(6)


class KitQuerySet(models.QuerySet["Kit"]):
    def latest_of_each(self) -> "KitQuerySet":
        """The newest version of every kit."""
        return self.filter(is_latest=True)


class Kit(TenantRow):
    """One version of a kit 教案. What it says never changes: a change is a new version."""

    family = models.CharField(max_length=20)
    number = models.PositiveSmallIntegerField()
    is_latest = models.BooleanField(default=True)
    title = models.CharField(max_length=80)
    subject = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in SUBJECT_LABELS.items()]
    )
    form = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in FORM_LABELS.items()]
    )
    audiences = models.JSONField(default=list)
    aim = models.TextField(blank=True)
    materials = models.TextField(blank=True)
    plan = models.TextField()
    script = models.TextField(blank=True)
    quiz = models.TextField(blank=True)
    scene = models.TextField(blank=True)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager(KitQuerySet)

    class Meta:
        ordering = ("subject", "title", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "family", "number"), name="kit_version_once"
            ),
            models.UniqueConstraint(
                fields=("community", "family"), condition=Q(is_latest=True), name="kit_one_latest"
            ),
        )
        indexes = (models.Index(fields=("community", "is_latest", "subject", "title")),)

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> KitText:
        """What it says, as it is copied and exported."""
        return KitText(
            self.title, self.subject, self.form, tuple(self.audiences), self.aim, self.materials,
            self.plan, self.script, self.quiz, self.scene,
        )  # fmt: skip

    @cached_property
    def plan_steps(self) -> list[PlanStep]:
        return read_plan(self.plan)

    @property
    def minutes(self) -> int:
        """How long the plan is."""
        return sum(step.minutes for step in self.plan_steps)

    @cached_property
    def items(self) -> list[Item]:
        return read_quiz(self.quiz)

    @cached_property
    def steps(self) -> dict[int, Step]:
        return read_scene(self.scene)

    @property
    def audience_labels(self) -> list[Promise]:
        return [AUDIENCE_LABELS[Audience(one)] for one in self.audiences]


class KitPicture(TenantRow):
    """A picture that the script of a kit shows, under the name it has there."""

    kit = models.ForeignKey(Kit, models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=80)
    file = models.FileField(upload_to="classroom", max_length=120)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "kit", "name"), name="kit_picture_name_once"
            ),
        )


class Lesson(TenantRow):
    """What is special to a lesson, beside its gathering; and how its quiz stands.

    `edition` grows with every press of the teacher: phones ask for nothing but that number. `tally`
    keeps for each question how many answered and how many were right, `walk_ins` how many of each
    kind came without a name.
    """

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="lesson")
    kit = models.ForeignKey(Kit, models.PROTECT, related_name="lessons")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    site = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in SITE_LABELS.items()]
    )
    teacher = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=8, default=class_code)
    walk_ins = models.JSONField(default=dict)
    stage = models.CharField(max_length=10, default=Stage.NONE)
    at = models.SmallIntegerField(default=-1)
    closes_at = models.DateTimeField(null=True)
    edition = models.PositiveIntegerField(default=0)
    tally = models.JSONField(default=list)
    on_paper = models.BooleanField(default=False)
    players_were = models.PositiveIntegerField(default=0)
    sheet_tally = models.JSONField(default=list)

    objects = tenant_manager()

    class Meta:
        ordering = ("-gathering__starts_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="class_code_once"),
            models.UniqueConstraint(
                fields=("community", "on_paper"), condition=Q(on_paper=True),
                name="one_lesson_on_paper",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "stage")),)

    def __str__(self) -> str:
        return str(self.gathering.title)

    @property
    def item(self) -> Item | None:
        """The question that stands, or whose answer is shown."""
        return self.kit.items[self.at] if 0 <= self.at < len(self.kit.items) else None

    @property
    def runs(self) -> bool:
        """Whether phones are in the quiz."""
        return self.stage in {Stage.WAITING, Stage.ASKING, Stage.SHOWN}

    def takes_answer(self, now: datetime) -> bool:
        return takes_answer(self.stage, self.closes_at, now)

    def is_past(self, now: datetime) -> bool:
        """Whether feedback and drills count no more."""
        return is_past(self.gathering.ends_at, now)


class Player(TenantRow):
    """A nickname in the quiz of one class; gone when the quiz is over. `key` is the phone's secret."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="players")
    nick = models.CharField(max_length=12)
    key = models.CharField(max_length=24)
    points = models.PositiveSmallIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "lesson", "nick"), name="nick_once"),
            models.UniqueConstraint(fields=("community", "key"), name="player_key_once"),
        )


class QuizAnswer(TenantRow):
    """What a nickname chose; gone when the quiz is over."""

    player = models.ForeignKey(Player, models.CASCADE, related_name="answers")
    at = models.PositiveSmallIntegerField()
    choice = models.PositiveSmallIntegerField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "player", "at"), name="quiz_answer_once"),
        )


class DrillCount(TenantRow):
    """How often a choice of a drill was taken in a class, by whomever."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="drill_counts")
    step = models.PositiveSmallIntegerField()
    choice = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("step", "choice")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "lesson", "step", "choice"), name="drill_choice_once"
            ),
        )


class Feedback(TenantRow):
    """Three taps after a lesson, by nobody in particular: 3 best, 1 worst."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="feedback")
    understood = models.PositiveSmallIntegerField()
    useful = models.PositiveSmallIntegerField()
    again = models.PositiveSmallIntegerField()

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    understood__range=(1, 3), useful__range=(1, 3), again__range=(1, 3)
                ),
                name="feedback_is_a_face",
            ),
        )  # fmt: skip


class DrawQuerySet(models.QuerySet["Draw"]):
    def waiting(self) -> "DrawQuerySet":
        """Whose number nobody has entered."""
        return self.filter(number="")


class Draw(TenantRow):
    """A prize draw: the list and its fingerprint first, the public number afterwards."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="draws")
    code = models.CharField(max_length=12, default=public_code)
    entrants = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    prizes = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=80)  # whose number, in words
    source_day = models.DateField()
    listed_at = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True)
    number_at = models.DateTimeField(null=True)
    winners = models.JSONField(default=list)

    objects = tenant_manager(DrawQuerySet)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="draw_code_once"),
        )
        indexes = (models.Index(fields=("community", "number", "source_day")),)

    @property
    def file(self) -> str:
        """The list as `redraw.py` reads it."""
        return "\n".join(self.entrants) + "\n"


class OnlineLesson(TenantRow):
    """A kit that anybody reads, or watches, at home 网络讲堂."""

    kit = models.ForeignKey(Kit, models.PROTECT, related_name="online")
    title = models.CharField(max_length=80)
    film = models.URLField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "closed_at", "id")),)

    def __str__(self) -> str:
        return self.title


class OnlineVisit(TenantRow):
    """Somebody has read or watched an online lesson to its end; who, nobody knows."""

    online = models.ForeignKey(OnlineLesson, models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    is_replay = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "at")),)


class StoppedFraud(TenantRow):
    """A fraud that somebody stopped: who, what kind, how much, how, and from which lesson."""

    day = models.DateField()
    trick = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in TRICK_LABELS.items()]
    )
    amount_yuan = models.DecimalField(max_digits=12, decimal_places=2)
    stopper = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in STOPPER_LABELS.items()]
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    how = models.TextField()
    lesson = models.ForeignKey(Lesson, models.PROTECT, null=True, related_name="stopped")
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-day", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_yuan__gte=0), name="stopped_sum_is_not_negative"
            ),
        )
        indexes = (models.Index(fields=("community", "day", "id")),)
