"""Round visits, wishes for a visit, paces, hand-overs of a round."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.commons.flow.models import Need
from mulin.ground.community.models import Account, Grid, Membership, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Dwelling
from mulin.kit.clock import local_day
from mulin.kit.scoping import tenant_manager
from mulin.parlour.rounds.rules import HandOverState, Kind, Outcome

OUTCOME_LABELS = {
    Outcome.SEEN: _("seen and spoken with"),
    Outcome.NOBODY_HOME: _("nobody home"),
    Outcome.REFUSED: _("did not want a visit"),
}
KIND_LABELS = {
    Kind.VERY_OLD: _("somebody of 80 or older"),
    Kind.ALONE: _("old people by themselves"),
    Kind.EVERYBODY: pgettext_lazy("round", "every household"),
}
STATE_LABELS = {
    HandOverState.PROPOSED: _("proposed"),
    HandOverState.ACCEPTED: pgettext_lazy("asked of them", "accepted"),
    HandOverState.DECLINED: pgettext_lazy("asked of them", "declined"),
    HandOverState.TAKEN_BACK: _("taken back"),
    HandOverState.ENDED: _("ended early"),
}


class RoundVisit(TenantRow):
    """An officer knocked at a door: when, what came of it. Where they were otherwise, nobody knows.

    `grid` is the door's at the time. With a need, that is what was heard there.
    """

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    officer = models.ForeignKey(Account, models.PROTECT, related_name="+")
    outcome = models.CharField(
        max_length=20, choices=[(one.value, label) for one, label in OUTCOME_LABELS.items()]
    )
    note = models.CharField(max_length=200, blank=True)
    need = models.ForeignKey(Need, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("community", "at")),
            models.Index(fields=("community", "dwelling", "at")),
            models.Index(fields=("community", "grid", "at")),
        )


class Wish(TenantRow):
    """Somebody asked that a home be looked in on; the next time anybody is seen there fulfils it."""

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="+")
    words = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    fulfilled_by = models.ForeignKey(
        RoundVisit, models.SET_NULL, null=True, blank=True, related_name="wishes"
    )
    fulfilled_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("asked_at", "id")
        indexes = (models.Index(fields=("community", "dwelling", "fulfilled_at")),)


class PaceSetting(TenantRow):
    """How often homes of a kind are visited: dated, with its source; the community may change it."""

    kind = models.CharField(
        max_length=20, choices=[(one.value, label) for one, label in KIND_LABELS.items()]
    )
    days = models.PositiveSmallIntegerField()
    since = models.DateField()
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("kind", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "kind", "since"), name="pace_once_per_day"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=366), name="pace_within_a_year"
            ),
        )


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, actor: Actor) -> "HandOverQuerySet":
        """The desk's head sees all; an officer and a deputy their own."""
        if actor.is_desk:
            return self
        mine = actor.account_id or 0
        return self.filter(Q(membership__account_id=mine) | Q(deputy_id=mine))

    def standing(self) -> "HandOverQuerySet":
        """Proposed or accepted: neither declined nor taken back."""
        return self.filter(state__in=[HandOverState.PROPOSED, HandOverState.ACCEPTED])


class HandOver(TenantRow):
    """An officer's round is walked by a deputy, from a moment, to a moment, once they accept.

    `place` is the deputy's role while it lasts: outside it they read nothing of the grid.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Account, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    notes = models.TextField(max_length=2000, blank=True)
    state = models.CharField(
        max_length=20,
        choices=[(one.value, label) for one, label in STATE_LABELS.items()],
        default=HandOverState.PROPOSED,
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = tenant_manager(HandOverQuerySet)

    class Meta:
        ordering = ("-since", "-id")
        indexes = (
            models.Index(fields=("community", "membership", "since")),
            models.Index(fields=("community", "deputy", "since")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="hand_over_ends_after_it_begins"
            ),
        )

    @property
    def first_day(self) -> date:
        """The day it begins, for people."""
        return local_day(self.since)

    @property
    def last_day(self) -> date:
        """The last day of it, for people: it ends with that day, or in the middle of it."""
        return local_day(self.until - timedelta(microseconds=1))
