"""Buildings, units, dwellings, who lives there, and places with hours."""

from datetime import datetime, time

from django.db import models
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid, TenantRow
from mulin.ground.people.models import Organisation, Person
from mulin.ground.places.rules import Hours, grouped, opening
from mulin.kit.clock import local_day
from mulin.kit.scoping import tenant_manager


class Building(TenantRow):
    """A building 幢 of a grid."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    sort_key = models.CharField(max_length=40)  # "12幢" sorts after "2幢"
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("sort_key",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="building_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Unit(TenantRow):
    """A staircase 单元 of a building."""

    building = models.ForeignKey(Building, models.CASCADE, related_name="units")
    name = models.CharField(max_length=40)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "building", "name"), name="unit_once"),
        )

    def __str__(self) -> str:
        return self.name


class Dwelling(TenantRow):
    """A home 室."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="dwellings")
    room = models.CharField(max_length=20)

    objects = tenant_manager()

    class Meta:
        ordering = ("room",)
        constraints = (
            models.UniqueConstraint(fields=("community", "unit", "room"), name="dwelling_once"),
        )

    def __str__(self) -> str:
        return f"{self.unit.building.name}{self.unit.name}{self.room}"


class Residence(TenantRow):
    """A person lives in a dwelling, from a day, to a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="residences")
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="residences")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        indexes = (
            models.Index(fields=("community", "dwelling")),
            models.Index(fields=("community", "person")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("community", "person"),
                condition=models.Q(until__isnull=True),
                name="one_home_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="moved_out_after_moving_in",
            ),
        )


class PlaceKind(models.TextChoices):
    HALL = "hall", _("parlour")
    ELDER_STATION = "elder_station", _("elder station")
    WORKSHOP = "workshop", _("workshop")
    BANQUET = "banquet", _("banquet centre")
    CLINIC = "clinic", _("clinic")
    SCHOOL = "school", _("school")
    SHOP = "shop", _("shop")
    SQUARE = "square", _("square or bench")
    LAMP = "lamp", _("street lamp")
    OTHER = "other", _("other place")


class Place(TenantRow):
    """A place people go to, or a thing in the street that can break."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=PlaceKind.choices)
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey(
        Building, models.SET_NULL, null=True, blank=True, related_name="places"
    )
    run_by = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="place_name_once"),
        )

    def __str__(self) -> str:
        return self.name

    def week(self) -> list[Hours]:
        """The hours as the rules know them; prefetch `hours` for lists."""
        return [Hours(row.weekday, row.opens, row.closes) for row in self.hours.all()]

    def opening_line(self, now: datetime) -> str:
        """One line under the name: open until …, closed, opens …."""
        state = opening(self.week(), now)
        if state.changes_at is None:
            return gettext("No hours are known.")
        clock = _clock(state.changes_at)
        if state.is_open:
            return gettext("Open now, until %(clock)s.") % {"clock": clock}
        if state.in_days == 0:
            return gettext("Closed now, opens at %(clock)s.") % {"clock": clock}
        if state.in_days == 1:
            return gettext("Closed now, opens tomorrow at %(clock)s.") % {"clock": clock}
        weekday = (local_day(now).isoweekday() - 1 + state.in_days) % 7 + 1
        return gettext("Closed now, opens %(day)s at %(clock)s.") % {
            "day": weekday_name(weekday),
            "clock": clock,
        }

    def week_lines(self) -> list[str]:
        """The hours of the week, days that are alike in one line."""
        lines = []
        for weekdays, spans in grouped(self.week()):
            times = pgettext("between opening hours", ", ").join(
                f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans
            )
            days = weekday_name(weekdays[0])
            if len(weekdays) > 1:
                days = gettext("%(first)s to %(last)s") % {
                    "first": days,
                    "last": weekday_name(weekdays[-1]),
                }
            lines.append(f"{days} {times}")
        return lines


def weekday_name(weekday: int) -> str:
    """The name of a day, 1 Monday to 7 Sunday."""
    names = (
        gettext("Monday"), gettext("Tuesday"), gettext("Wednesday"), gettext("Thursday"),
        gettext("Friday"), gettext("Saturday"), gettext("Sunday"),
    )  # fmt: skip
    return names[weekday - 1]


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment:%M}"


class OpeningHours(TenantRow):
    """A place is open on a weekday (1 Monday to 7 Sunday) from, to; several rows a day are a lunch break."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "place", "weekday", "opens"), name="hours_once"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7), name="weekday_1_to_7"
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="closes_after_opening"
            ),
        )
