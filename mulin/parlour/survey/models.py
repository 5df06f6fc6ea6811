"""Surveys, sampled households on one side, sealed and opened answers on the other."""

import secrets
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Dwelling
from mulin.kit.channels import Channel
from mulin.kit.models import IdField, TimelessTextField
from mulin.kit.scoping import tenant_manager
from mulin.parlour.survey import rules
from mulin.parlour.survey.rules import Disposition, Field, State
from mulin.parlour.survey.telling import told

STATE_LABELS: dict[State, Promise] = {
    State.DRAFTED: pgettext_lazy("survey", "being drafted"),
    State.OPEN: pgettext_lazy("survey", "open"),
    State.CLOSED: pgettext_lazy("survey", "closed"),
    State.PUBLISHED: pgettext_lazy("survey", "published"),
}
FIELD_LABELS: dict[Field, Promise] = {
    Field.OVERALL: _("All in all"),
    Field.ENVIRONMENT: _("Surroundings"),
    Field.SAFETY: _("Safety"),
    Field.ERRANDS: _("Errands at the community"),
    Field.SERVICES: _("Services"),
    Field.DEMANDS: _("What we asked for"),
    Field.CULTURE: _("Culture and neighbours"),
}
DISPOSITION_LABELS: dict[Disposition, Promise] = {
    Disposition.WAITING: _("still to be asked"),
    Disposition.RETURNED: _("has answered"),
    Disposition.REFUSED: _("does not want to"),
    Disposition.UNABLE: _("cannot answer"),
    Disposition.NOT_REACHED: _("nobody met"),
    Disposition.EMPTY: _("nobody lives there"),
}
STEP_LABELS: dict[int, Promise] = {
    5: _("very satisfied"),
    4: _("satisfied"),
    3: _("so-so (satisfied or not)"),
    2: _("dissatisfied"),
    1: _("very dissatisfied"),
    rules.UNSURE: _("I cannot say"),
}


def random_id() -> int:
    """An id that tells neither when nor in which order a row came."""
    return secrets.randbits(62) + 1


class Fixed(Exception):  # noqa: N818  states the rule that was broken
    """A published report is never changed."""


class Standard(TenantRow):
    """How is counted, since a day and by which source: data that the community may change."""

    since = models.DateField()
    top_steps = models.PositiveSmallIntegerField(default=2)  # the steps that count as satisfied
    least_group = models.PositiveSmallIntegerField(default=10)  # fewer answers are not shown
    tries = models.PositiveSmallIntegerField(default=3)  # before nobody counts as met
    source = models.CharField(max_length=300)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since",)
        constraints = (
            models.UniqueConstraint(fields=("community", "since"), name="survey_standard_once"),
            models.CheckConstraint(
                condition=Q(top_steps__gte=1, top_steps__lte=4, tries__gte=1, least_group__gte=5),
                name="survey_standard_makes_sense",
            ),
        )


class Method(models.TextChoices):
    """Whom a survey asks."""

    ALL = "all", _("every household")
    SAMPLE = "sample", _("a random sample")


class Survey(TenantRow):
    """The survey of a year, from its draft to its one published report."""

    year = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.DRAFTED,
    )
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    free_words = models.CharField(max_length=120)  # the one question answered in words
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    frame_size = models.PositiveIntegerField(null=True, blank=True)
    frame = models.JSONField(default=dict)  # grid number → addresses: from what was drawn
    frame_digest = models.CharField(max_length=64, blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-year",)
        constraints = (
            models.UniqueConstraint(fields=("community", "year"), name="one_survey_a_year"),
            models.CheckConstraint(
                condition=Q(state="drafted")
                | Q(first_day__isnull=False, last_day__gte=models.F("first_day")),
                name="an_open_survey_has_its_days",
            ),
        )
        indexes = (models.Index(fields=("community", "state", "last_day")),)

    def __str__(self) -> str:
        return gettext("Survey of %(year)s") % {"year": self.year}

    @property
    def is_drafted(self) -> bool:
        return self.state == State.DRAFTED

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_over(self) -> bool:
        """Nothing comes in any more."""
        return self.state in {State.CLOSED, State.PUBLISHED}

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    def takes_answers(self, today: date) -> bool:
        """Whether a household may still answer by its code."""
        return rules.takes_answers(State(self.state), self.last_day, today)


class Question(TenantRow):
    """One question with five faces."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    field = models.CharField(
        max_length=20, choices=[(field.value, label) for field, label in FIELD_LABELS.items()]
    )
    words = models.CharField(max_length=120)

    objects = tenant_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "survey", "field"), name="one_question_a_field"
            ),
        )

    def __str__(self) -> str:
        return self.words


class SampledQuerySet(models.QuerySet["Sampled"]):
    """Sampled households by who sees them and how they stand."""

    def visible_to(self, actor: Actor) -> "SampledQuerySet":
        """The desk sees all, an officer those of their grids, nobody else any."""
        if actor.is_desk or actor.is_system:
            return self
        return self.filter(grid_id__in=actor.grid_ids)

    def answered(self) -> "SampledQuerySet":
        return self.filter(disposition=Disposition.RETURNED)

    def eligible(self) -> "SampledQuerySet":
        """All that are not known to be empty."""
        return self.exclude(disposition=Disposition.EMPTY)


class Sampled(TenantRow):
    """A household that was drawn, and what became of it. It holds no answer and leads to none."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sampled")
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+")
    address = models.CharField(max_length=60)  # as it stood in the frame
    disposition = models.CharField(
        max_length=12,
        choices=[(one.value, label) for one, label in DISPOSITION_LABELS.items()],
        default=Disposition.WAITING,
    )
    tries = models.PositiveSmallIntegerField(default=0)
    last_tried_on = models.DateField(null=True, blank=True)
    edition = models.PositiveSmallIntegerField(default=1)  # of the letter; a new one ends the old
    code_index = models.CharField(max_length=32)
    # The fact of return: the day alone, for a time would stand beside that of an envelope.
    returned_on = models.DateField(null=True, blank=True)
    way = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    entered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager(SampledQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "survey", "dwelling"), name="sampled_once"
            ),
            models.UniqueConstraint(fields=("community", "code_index"), name="one_code_a_letter"),
            models.CheckConstraint(
                condition=Q(disposition="returned", returned_on__isnull=False)
                | (~Q(disposition="returned") & Q(returned_on__isnull=True)),
                name="returned_on_a_day",
            ),
        )
        indexes = (
            models.Index(fields=("community", "survey", "grid", "disposition")),
            models.Index(fields=("community", "dwelling")),
        )

    def __str__(self) -> str:
        return self.address


class Anonymous(TenantRow):
    """A row of which nothing says when it came, after which other, from whom."""

    id = IdField(default=random_id)

    class Meta:
        abstract = True


class Envelope(Anonymous):
    """One household's answers, sealed until they can be mixed with others of its grid."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+")
    sealed = TimelessTextField()

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "survey", "grid")),)


class Answer(Anonymous):
    """One answer to one question; the answers of one household are not held together.

    Grids with few returns are left out when the survey is closed: the answer then has none.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    step = models.PositiveSmallIntegerField(null=True)  # 5 best … 1; 0 cannot say; null left blank

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "question", "grid", "step")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(step__isnull=True) | Q(step__gte=0, step__lte=5), name="a_step_of_five"
            ),
        )


class Remark(Anonymous):
    """What somebody wrote, apart from their faces and without their grid."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("community", "survey", "id")),)


class Report(TenantRow):
    """The figures of a survey, written down for good at its publication. What everybody reads of them
    is `told`: they hold counts of a few households as well.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="reports")
    published_at = models.DateTimeField()
    figures = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "survey"), name="one_report_a_survey"),
        )

    @cached_property
    def told(self) -> dict[str, Any]:  # Any: what JSON holds
        """The figures without what is too small to be shown."""
        return told(self.figures)

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        if not self._state.adding:
            raise Fixed
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Fixed
