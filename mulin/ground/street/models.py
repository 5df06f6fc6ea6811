"""Sums of communities, grants of their heads, what was handed up to the street."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Account, Community
from mulin.ground.street.rules import OPEN, Stand
from mulin.kit.models import Row

STAND_LABELS = {
    Stand.SENT: _("not taken yet"),
    Stand.TAKEN: _("in the street's hands"),
    Stand.ANSWERED: _("answered"),
    Stand.GIVEN_BACK: _("given back"),
    Stand.WITHDRAWN: _("settled in the community"),
}


class Sum(Row):
    """A figure of one community in a month or a year, as the street may read it.

    `value` is None where it is held back, and for a rate of nothing; `whole` is what a rate is a
    share of and `part` what was counted of it.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    period = models.CharField(max_length=7)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    part = models.PositiveIntegerField(null=True)
    whole = models.PositiveIntegerField(null=True)
    is_held_back = models.BooleanField(default=False)
    summed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "period", "name"), name="one_sum_of_a_period"
            ),
        )


class GrantQuerySet(models.QuerySet["Grant"]):
    def running(self, now: datetime) -> "GrantQuerySet":
        """What the street may look at in this moment."""
        return self.filter(ended_at__isnull=True, until__gt=now)


class Grant(Row):
    """The head of a community lets the street look at one thing, until a moment or until they end
    it.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    what = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    given_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(GrantQuerySet)()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "what", "until")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gt=F("given_at")), name="grant_ends_after_it_begins"
            ),
        )


class HandedUpQuerySet(models.QuerySet["HandedUp"]):
    def open(self) -> "HandedUpQuerySet":
        """The street still owes an answer."""
        return self.filter(stand__in=sorted(OPEN))


class HandedUp(Row):
    """Something a community cannot solve alone, in words that it released; no person stands in it.

    `door` and `record_id` are the room's own record, which is told of whatever happens here.
    """

    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    door = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    topic = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=300)
    handed_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    handed_at = models.DateTimeField()
    back_by = models.DateTimeField()
    stand = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in STAND_LABELS.items()],
        default=Stand.SENT.value,
    )  # fmt: skip
    taken_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(HandedUpQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "door", "record_id"), name="handed_up_once"
            ),
        )
        indexes = (models.Index(fields=("community", "stand", "back_by")),)

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.stand in OPEN
