"""The walking map that was taken in, and what staff corrected on it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.rules import Kind, Walk, Wind, is_gate_open
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.places.rules import closing_words
from mulin.ground.places.walking.corrections import Correction, Fix
from mulin.kit.clock import SHANGHAI
from mulin.kit.coordinates import Position
from mulin.kit.scoping import tenant_manager

FIX_LABELS = {
    Fix.PATH: _("a path that is missing"),
    Fix.CROSSING: _("a crossing over a road"),
    Fix.GATE: _("a gate that closes"),
    Fix.STAIRS: _("stairs"),
    Fix.SHUT: _("no way through any more"),
}
WALK_LABELS = {
    Walk.ELDER: _("an old person"),
    Walk.ADULT: _("a grown-up"),
    Walk.SLOW: _("very old, or with a stick"),
}
KIND_LABELS = {
    Kind.ALL: _("everybody"),
    Kind.OLD: _("60 and older"),
    Kind.OLDEST: _("80 and older"),
    Kind.YOUNG: _("under 14"),
    Kind.NEW: _("new residents"),
}
WIND_LABELS = {
    Wind.NORTH: _("to the north"),
    Wind.NORTH_EAST: _("to the north-east"),
    Wind.EAST: _("to the east"),
    Wind.SOUTH_EAST: _("to the south-east"),
    Wind.SOUTH: _("to the south"),
    Wind.SOUTH_WEST: _("to the south-west"),
    Wind.WEST: _("to the west"),
    Wind.NORTH_WEST: _("to the north-west"),
}


class WalkMapQuerySet(models.QuerySet["WalkMap"]):
    def in_use(self) -> "WalkMapQuerySet":
        """The one that people walk by; at most one."""
        return self.filter(taken_in_at__isnull=False, replaced_at__isnull=True)

    def waiting(self) -> "WalkMapQuerySet":
        """Read, but nobody has said yes yet."""
        return self.filter(taken_in_at__isnull=True, replaced_at__isnull=True)


class WalkMap(TenantRow):
    """An extract as it was read: shown first, taken in by a yes, kept until another takes its place.

    `content` is what `walking.stored` packs; it is emptied when the map is replaced. `told` are the
    sums that were shown before the yes: metres, pieces, homes with and without a path.
    """

    file_name = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    content = models.BinaryField()
    told = models.JSONField(default=dict)
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    taken_in_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(WalkMapQuerySet)

    class Meta:
        ordering = ("-read_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community",),
                condition=Q(taken_in_at__isnull=False, replaced_at__isnull=True),
                name="one_walking_map_in_use",
            ),
        )

    def __str__(self) -> str:
        return self.file_name


class MapCorrectionQuerySet(models.QuerySet["MapCorrection"]):
    def standing(self) -> "MapCorrectionQuerySet":
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)


class MapCorrection(TenantRow):
    """What is different from the map, by whom and since when; never changed, only taken back.

    `line` are [east, north] in WGS-84. A gate is open from `opens` to `closes` every day.
    """

    fix = models.CharField(
        max_length=10, choices=[(fix.value, label) for fix, label in FIX_LABELS.items()]
    )
    line = models.JSONField()
    words = models.CharField(max_length=80)
    is_private = models.BooleanField(default=False)
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(MapCorrectionQuerySet)

    class Meta:
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("community", "taken_back_at")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(fix=Fix.GATE.value, opens__isnull=False, closes__isnull=False)
                | (~Q(fix=Fix.GATE.value) & Q(opens__isnull=True, closes__isnull=True)),
                name="a_gate_has_hours_and_nothing_else",
            ),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def plain(self) -> Correction:
        """As the engine knows it."""
        line = tuple(Position(*at) for at in self.line)
        return Correction(self.pk, Fix(self.fix), line, self.is_private)

    def is_open(self, now: datetime) -> bool:
        """Whether a gate stands open; whatever is no gate does."""
        if self.opens is None or self.closes is None:
            return True
        clock = now.astimezone(SHANGHAI).time()
        return is_gate_open(self.opens, self.closes, clock)

    def said(self) -> str:
        """What it is in one line."""
        if self.opens is not None and self.closes is not None:
            return gettext("a gate, open %(opens)s–%(closes)s") % {
                "opens": f"{self.opens.hour}:{self.opens:%M}",
                "closes": closing_words(self.closes),
            }
        return str(FIX_LABELS[Fix(self.fix)])
