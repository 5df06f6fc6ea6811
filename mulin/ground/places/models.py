"""Buildings, units, dwellings, who lives there, and places with hours."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid, TenantRow
from mulin.ground.community.queries import work_calendar
from mulin.ground.people.models import Organisation, Person
from mulin.ground.places.rules import (
    USUAL_SERVICES,
    Hours,
    Opening,
    Season,
    Service,
    Timetable,
    can_roll_in,
    closing_words,
    grouped,
)
from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position
from mulin.kit.scoping import tenant_manager

#: A day so far ahead is said by its weekday, a later one by its date.
_THIS_WEEK = 7


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


SERVICE_LABELS = {
    Service.AFFAIRS: _("getting things done"),
    Service.MEALS: _("a hot meal"),
    Service.DAY_CARE: _("day care for the old"),
    Service.HEALTH: _("doctor and medicine"),
    Service.CHILDREN: _("care for children"),
    Service.LEARNING: _("learning and reading"),
    Service.NEWCOMERS: _("help for newcomers"),
    Service.WORK: _("work near home"),
    Service.MEDIATION: _("settling a quarrel"),
    Service.FEASTS: _("family feasts"),
    Service.SPORT: _("sport and games"),
    Service.REST: _("a seat to rest"),
    Service.SHOPPING: _("daily shopping"),
}


def position_of(row: "Building | Place") -> Position | None:
    """Where it stands, in WGS-84; a place inside a building stands where that does."""
    if row.latitude is not None and row.longitude is not None:
        return Position(float(row.longitude), float(row.latitude))
    building = row.building if isinstance(row, Place) else None
    return position_of(building) if building is not None else None


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
    # What it does for people; empty as long as it is what every place of its kind does.
    serves = models.JSONField(default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)  # persons at once
    steps = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # to the door; null: not counted
    has_ramp = models.BooleanField(default=False)
    way_in = models.CharField(max_length=120, blank=True)  # how one finds the door, in words
    phone = models.CharField(max_length=30, blank=True)
    shuts_on_holidays = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="place_name_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def whereabouts(self) -> str:
        """Its name, in which building it is and how one finds the door."""
        building = self.building.name if self.building else ""
        return " · ".join(filter(None, (self.name, building, self.way_in)))

    @property
    def services(self) -> list[Service]:
        """What people go there for."""
        return [Service(one) for one in self.serves] or list(USUAL_SERVICES.get(self.kind, ()))

    @property
    def services_said(self) -> str:
        """The same in words."""
        return pgettext("between services", ", ").join(
            str(SERVICE_LABELS[one]) for one in self.services
        )

    @property
    def can_roll_in(self) -> bool | None:
        """Whether one comes in with a pram or a wheelchair; None: not known."""
        return can_roll_in(self.steps, has_ramp=self.has_ramp)

    def week(self) -> list[Hours]:
        """The hours of an ordinary week as the rules know them; prefetch `hours` for lists."""
        return [row.plain for row in self.hours.all() if row.season_id is None]

    def timetable(self, calendar: WorkCalendar | None = None) -> Timetable:
        """All its hours; prefetch `hours`, `seasons` and `days` for lists, and give the calendar."""
        by_season: dict[int, list[Hours]] = {}
        for row in self.hours.all():
            if row.season_id is not None:
                by_season.setdefault(row.season_id, []).append(row.plain)
        if self.shuts_on_holidays and calendar is None:
            calendar = work_calendar()
        return Timetable(
            self.week(),
            [one.plain(by_season.get(one.pk, ())) for one in self.seasons.all()],
            {one.day: [(one.opens, one.closes)] if one.opens and one.closes else [] for one in self.days.all()},
            calendar.is_holiday if self.shuts_on_holidays and calendar is not None else None,
        )  # fmt: skip

    def opening_line(self, now: datetime, calendar: WorkCalendar | None = None) -> str:
        """One line under the name: open until …, closed, opens …."""
        state = self.timetable(calendar).opening(now)
        if state.changes_at is None:
            return gettext("No hours are known.")
        if state.is_open:
            return _open_line(state, gettext("Open now, until %(clock)s."))
        clock = _clock(state.changes_at)
        if state.in_days == 0:
            return gettext("Closed now, opens at %(clock)s.") % {"clock": clock}
        if state.in_days == 1:
            return gettext("Closed now, opens tomorrow at %(clock)s.") % {"clock": clock}
        day = local_day(now) + timedelta(days=state.in_days)
        return gettext("Closed now, opens %(day)s at %(clock)s.") % {
            "day": weekday_name(day.isoweekday()) if state.in_days <= _THIS_WEEK
            else date_format(day, "MONTH_DAY_FORMAT"),
            "clock": clock,
        }  # fmt: skip

    def opening_line_at(self, moment: datetime, calendar: WorkCalendar | None = None) -> str:
        """The same of a moment to come, which is not now."""
        state = self.timetable(calendar).opening(moment)
        if state.changes_at is None:
            return gettext("No hours are known.")
        if state.is_open:
            return _open_line(state, gettext("Open until %(clock)s."))
        if state.in_days == 0:
            return gettext("Closed, opens at %(clock)s.") % {"clock": _clock(state.changes_at)}
        return gettext("Closed.")

    def week_lines(self) -> list[str]:
        """The hours of the week, days that are alike in one line."""
        return _lines(self.week())

    def season_lines(self, season: "PlaceSeason") -> list[str]:
        """The same for a season."""
        rows = [row.plain for row in self.hours.all() if row.season_id == season.pk]
        return _lines(rows) or [gettext("closed all season")]


def _open_line(state: Opening, until: str) -> str:
    """`until` says until when; of what does not close there is nothing to say but that."""
    if state.is_round_the_clock or state.changes_at is None:
        return gettext("Open day and night.")
    return until % {"clock": closing_words(state.changes_at)}


def _lines(hours: Sequence[Hours]) -> list[str]:
    lines = []
    for weekdays, spans in grouped(hours):
        times = pgettext("between opening hours", ", ").join(
            f"{_clock(opens)}–{closing_words(closes)}" for opens, closes in spans
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


class PlaceSeason(TenantRow):
    """Other hours of a place for a part of every year, by month and day, over New Year too."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="seasons")
    name = models.CharField(max_length=40)
    begins = models.CharField(max_length=5)  # 07-01
    ends = models.CharField(max_length=5)  # 08-31, in it

    objects = tenant_manager()

    class Meta:
        ordering = ("begins", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "place", "begins"), name="season_once"),
        )

    def __str__(self) -> str:
        return self.name

    def plain(self, hours: Sequence[Hours]) -> Season:
        """As the rules know it."""
        (one, two), (three, four) = self.begins.split("-"), self.ends.split("-")
        return Season((int(one), int(two)), (int(three), int(four)), tuple(hours))


class PlaceDay(TenantRow):
    """One day on which a place has other hours, or is closed, and why."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="days")
    day = models.DateField()
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    why = models.CharField(max_length=80, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("day",)
        constraints = (
            models.UniqueConstraint(fields=("community", "place", "day"), name="place_day_once"),
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False),
                name="place_day_open_or_closed",
            ),
        )

    def said(self) -> str:
        """The day in one line."""
        times = (
            f"{_clock(self.opens)}–{closing_words(self.closes)}"
            if self.opens and self.closes
            else gettext("closed all day")
        )
        return " ".join(
            part for part in (date_format(self.day, "MONTH_DAY_FORMAT"), times, self.why) if part
        )


class PlacePhoto(TenantRow):
    """How a place looks, so that one knows it again: its front, the door, the ramp.

    `words` is what it shows, for whoever does not see it. Whoever keeps places has looked at it.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="photos")
    code = models.CharField(max_length=24)
    file = models.FileField(upload_to="places", max_length=120)
    thumb = models.FileField(upload_to="places", max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    words = models.CharField(max_length=80)
    taken_in_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="place_photo_code_once"),
        )
        indexes = (models.Index(fields=("community", "place")),)

    @property
    def url(self) -> str:
        """Where it is seen in whole."""
        return reverse("places:photo", args=[self.code, "whole"])

    @property
    def small_url(self) -> str:
        """Its small copy."""
        return reverse("places:photo", args=[self.code, "small"])


class OpeningHours(TenantRow):
    """A place is open on a weekday (1 Monday to 7 Sunday) from, to; several rows a day are a lunch
    break, what closes before it opens goes on after midnight. Of a season, or of the ordinary week.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="hours")
    season = models.ForeignKey(
        PlaceSeason, models.CASCADE, null=True, blank=True, related_name="hours"
    )
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("weekday", "opens")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "place", "weekday", "opens"),
                condition=models.Q(season__isnull=True),
                name="hours_once",
            ),
            models.UniqueConstraint(
                fields=("community", "season", "weekday", "opens"),
                condition=models.Q(season__isnull=False),
                name="season_hours_once",
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7), name="weekday_1_to_7"
            ),
            models.CheckConstraint(
                condition=~models.Q(closes=models.F("opens")), name="closes_not_when_it_opens"
            ),
        )

    @property
    def plain(self) -> Hours:
        """As the rules know them."""
        return Hours(self.weekday, self.opens, self.closes)
