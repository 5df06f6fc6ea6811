"""Syllabi, courses, assessments, newcomers; partners and what they promised."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.people.models import Organisation, Person
from mulin.kit.scoping import tenant_manager
from mulin.workshop.production.models import Skill, Worker
from mulin.workshop.skills.rules import Brings, Stage, read_criteria

STAGE_LABELS: dict[Stage, Words] = {
    Stage.TALKED: _("talked with"),
    Stage.TAKEN_ON: _("taken on"),
    Stage.TRIAL: _("has a first lot"),
    Stage.EARNED: _("has earned a first wage"),
    Stage.GIVEN_UP: _("does not begin"),
}
BRINGS_LABELS: dict[Brings, Words] = {
    Brings.ORDERS: _("orders"),
    Brings.TRAINING: _("training"),
    Brings.MATERIALS: _("materials"),
    Brings.SALES: _("sales"),
}


class Syllabus(TenantRow):
    """What somebody must show to have a skill, one criterion a line; `months` it counts, 0: always."""

    skill = models.OneToOneField(Skill, models.PROTECT, related_name="syllabus")
    criteria = models.TextField(max_length=2000)
    months = models.PositiveSmallIntegerField(default=0)
    materials = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("skill__name",)

    def __str__(self) -> str:
        return str(self.skill)

    @property
    def lines(self) -> list[str]:
        """The criteria."""
        return read_criteria(self.criteria)


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Rows of partners."""

    def with_body(self) -> "PartnerQuerySet":
        """`body`: the id of the organisation that stands for this one after any merges."""
        return self.annotate(body=Coalesce("organisation__merged_into", "organisation"))


class Partner(TenantRow):
    """A firm, school or unit that works with the workshop (党建联建)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    contact = models.CharField(max_length=80, blank=True)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager(PartnerQuerySet)

    class Meta:
        ordering = ("ended_on", "organisation__name", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "organisation"), name="partner_once"),
        )

    def __str__(self) -> str:
        return str(self.organisation)


class Promise(TenantRow):
    """What a partner said it would give, and what came of it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="promises")
    brings = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in BRINGS_LABELS.items()]
    )
    words = models.CharField(max_length=200)
    until = models.DateField()
    kept_at = models.DateTimeField(null=True, blank=True)
    came_of_it = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-until", "-id")
        indexes = (models.Index(fields=("community", "kept_at", "until")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kept_at__isnull=True) | ~Q(came_of_it=""), name="kept_promise_says_how"
            ),
        )

    def __str__(self) -> str:
        return self.words


class Course(TenantRow):
    """What is special to a course, beside its gathering."""

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="course")
    syllabus = models.ForeignKey(Syllabus, models.PROTECT, related_name="courses")
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="courses"
    )
    teacher = models.CharField(max_length=40)
    materials = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-gathering__starts_at", "-id")

    def __str__(self) -> str:
        return str(self.gathering.title)


class Assessment(TenantRow):
    """Somebody showed what they can: which criteria were met, who saw it. Never changed; whoever
    tries again gets a new row.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    syllabus = models.ForeignKey(Syllabus, models.PROTECT, related_name="assessments")
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    criteria = models.JSONField()  # as they were on that day
    met = models.JSONField()  # their places
    is_passed = models.BooleanField()
    assessor = models.CharField(max_length=60)
    at = models.DateTimeField()
    certified_at = models.DateTimeField(null=True, blank=True)  # since it stands on a worker's card

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("community", "person", "at")),
            models.Index(fields=("community", "course")),
            models.Index(fields=("community", "is_passed", "at")),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.syllabus}"


class Newcomer(TenantRow):
    """Somebody who would like to work: the first talk, and the worker she became."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    talked_at = models.DateTimeField()
    talked_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    wish = models.CharField(max_length=200)
    minutes_wished = models.PositiveIntegerField()
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="+")
    given_up_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-talked_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "person"), condition=Q(worker__isnull=True, given_up_at__isnull=True),
                name="one_first_talk_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(worker__isnull=True) | Q(given_up_at__isnull=True),
                name="taken_on_or_given_up",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("community", "talked_at")),)

    def __str__(self) -> str:
        return str(self.person)
