"""What is typed about buildings, dwellings and places."""

import re
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid
from mulin.ground.people.forms import DayField, OrganisationField
from mulin.ground.places.models import (
    SERVICE_LABELS,
    Building,
    Dwelling,
    Place,
    PlaceKind,
    weekday_name,
)
from mulin.ground.places.queries import dwelling_at
from mulin.ground.places.rules import LAST_MINUTE, Hours, closing_words, overlap
from mulin.kit.coordinates import Position, baidu_to_gcj, from_gcj
from mulin.kit.forms import ActForm, DayInput, PhotosField


def _places_field(label: Any) -> forms.DecimalField:  # Any: a lazy text
    return forms.DecimalField(
        label=label, max_digits=9, decimal_places=6, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


class BuildingForm(ActForm):
    """A building and the grid it stands in."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Like 12幢."))
    grid = forms.ModelChoiceField(label=_("Grid"), queryset=None)
    latitude = _places_field(_("Latitude"))
    longitude = _places_field(_("Longitude"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grid"]  # Any: a choice of rows
        field.queryset = Grid.objects.all()


class UnitForm(ActForm):
    """A staircase."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Like 2单元."))


class DwellingsForm(ActForm):
    """All dwellings of a staircase at once, or a single one."""

    floors = forms.CharField(
        label=_("Floors"), max_length=60, required=False, help_text=_("Like 1-6, or 1, 3-5.")
    )
    rooms_per_floor = forms.IntegerField(
        label=_("Doors on each floor"), min_value=1, max_value=99, required=False
    )
    room = forms.CharField(
        label=_("Or one dwelling"), max_length=20, required=False, help_text=_("Like 301.")
    )

    def clean_floors(self) -> list[int]:
        floors: list[int] = []
        for part in re.split(r"[\s,，、]+", str(self.cleaned_data["floors"]).strip()):
            match = re.fullmatch(r"(\d{1,2})(?:[-–—~至](\d{1,2}))?", part)
            if match:
                floors += range(int(match[1]), int(match[2] or match[1]) + 1)
            elif part:
                raise forms.ValidationError(_("Write floors like 1-6."), code="floors")
        return floors

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        is_range = bool(values.get("floors")) and bool(values.get("rooms_per_floor"))
        if not is_range and not values.get("room") and not self.errors:
            raise forms.ValidationError(
                _("Say which floors with how many doors, or one dwelling."), code="nothing"
            )
        return values


class MoveInForm(ActForm):
    """Where somebody lives, and since when."""

    dwelling = forms.CharField(
        label=_("Dwelling"), max_length=60, help_text=_("Like 12-2-301 or 12幢2单元301."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    since = DayField(label=_("Since"), widget=DayInput())

    def clean_dwelling(self) -> Dwelling:
        found = dwelling_at(self.cleaned_data["dwelling"])
        if found is None:
            raise forms.ValidationError(
                _(
                    "There is no such dwelling. Write building, staircase and room, or add it first."
                ),
                code="dwelling",
            )
        return found


class MoveOutForm(ActForm):
    """From which day on somebody lives there no more."""

    until = DayField(label=_("Moved out on"), widget=DayInput())


class PlaceForm(ActForm):
    """A place people go to, or a thing in the street."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it is"), choices=PlaceKind.choices)
    building = forms.ModelChoiceField(label=_("In or at building"), queryset=None, required=False)
    grid = forms.ModelChoiceField(label=_("Grid"), queryset=None, required=False)
    run_by = OrganisationField(label=_("Run by"), required=False)
    latitude = _places_field(_("Latitude"))
    longitude = _places_field(_("Longitude"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        rows = {
            "building": Building.objects.all(),
            "grid": Grid.objects.all(),
        }
        for name, queryset in rows.items():
            field: Any = self.fields[name]  # Any: a choice of rows
            field.queryset = queryset


class FactsForm(ActForm):
    """What whoever sets out wants to know of a place."""

    serves = forms.MultipleChoiceField(
        label=_("What people go there for"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(one), label) for one, label in SERVICE_LABELS.items()],
        help_text=_("Nothing chosen: what every place of its kind does."),
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("How many people fit in"), min_value=1, max_value=9_999, required=False
    )
    steps = forms.IntegerField(
        label=_("Steps up to the door"), min_value=0, max_value=200, required=False,
        help_text=_("0 for level ground. Empty: nobody has counted them."),
    )  # fmt: skip
    has_ramp = forms.BooleanField(label=_("There is a ramp or a lift"), required=False)
    way_in = forms.CharField(
        label=_("How one finds the door"), max_length=120, required=False,
        help_text=_("Like: behind building 3, the green door."),
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    run_by = OrganisationField(label=_("Run by"), required=False)
    shuts_on_holidays = forms.BooleanField(label=_("Closed on public holidays"), required=False)

    @classmethod
    def of(cls, place: Place, **kwargs: Any) -> "FactsForm":  # Any: as above
        """Filled in with what is known."""
        names = ("serves", "capacity", "steps", "has_ramp", "way_in", "phone", "shuts_on_holidays")
        known = {name: getattr(place, name) for name in names} | {"run_by": place.run_by_id}
        return cls(initial=known, **kwargs)


#: In which system a position was copied: what map apps of the mainland show lies 488 m off ours.
SYSTEMS = (
    ("gcj", _("from Amap, Tencent Maps or WeChat")),
    ("baidu", _("from Baidu Maps")),
    ("wgs", _("from a GPS device or OpenStreetMap")),
)


class PositionField(forms.CharField):
    """120.946100, 30.526400: east, then north, as map apps copy it."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("help_text", _("Like 120.946100, 30.526400: copy it from a map app."))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Position | None:  # Any: Django's own field signature
        typed = super().clean(value)
        return position_typed(typed) if typed else None


def position_typed(typed: str) -> Position:
    """Two numbers as a position, whichever stands first. Raises ValidationError."""
    parts = [part for part in re.split(r"[\s,，;；]+", typed.strip()) if part]
    try:
        one, other = (float(part) for part in parts)
    except ValueError:
        one = other = 999.0
    # Of the two numbers of a place in China only the eastern one is above ninety.
    lon, lat = (one, other) if abs(one) > abs(other) else (other, one)
    if not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH):
        raise forms.ValidationError(
            _("Write two numbers, like 120.946100, 30.526400."), code="position"
        )
    return Position(lon, lat)


#: Everything beyond is a slip of the pen.
_WEST, _EAST, _SOUTH, _NORTH = 72.0, 138.0, 0.8, 56.0


def in_wgs(at: Position, system: str) -> Position:
    """A position as it was copied, in our own system."""
    if system == "wgs":
        return at
    return from_gcj(baidu_to_gcj(at) if system == "baidu" else at)


class LocateForm(ActForm):
    """Where a building or a place stands."""

    at = PositionField(label=_("Position"))
    system = forms.ChoiceField(label=_("Copied"), choices=SYSTEMS, initial="gcj")

    def position(self) -> Position:
        """In WGS-84."""
        return in_wgs(self.cleaned_data["at"], self.cleaned_data["system"])


class DayOfYearField(forms.CharField):
    """7-1 or 7月1日: a day of every year."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("help_text", _("Like 7-1."))
        super().__init__(max_length=8, **kwargs)

    def clean(self, value: Any) -> tuple[int, int] | None:  # Any: Django's own field signature
        typed = super().clean(value)
        if not typed:
            return None
        match = re.fullmatch(r"(\d{1,2})[-./月](\d{1,2})日?", typed.strip())
        try:
            day = date(2024, int(match[1]), int(match[2])) if match else None  # a leap year
        except ValueError:
            day = None
        if day is None:
            raise forms.ValidationError(_("Write the day like 7-1."), code="day")
        return day.month, day.day


class SeasonForm(ActForm):
    """Other hours for a part of every year."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Like: summer."))
    begins = DayOfYearField(label=_("From"))
    ends = DayOfYearField(label=_("To and with"), help_text=_("Like 8-31."))
    weekdays = forms.CharField(
        label=_("Monday to Friday"), max_length=80, required=False,
        help_text=_("Like 8:30-11:30, 13:30-17:00. Empty: closed."),
    )  # fmt: skip
    weekend = forms.CharField(label=_("Saturday and Sunday"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.hours: list[Hours] = []
        for name, days in (("weekdays", range(1, 6)), ("weekend", range(6, 8))):
            try:
                spans = [one for day in days for one in _spans(day, str(values.get(name) or ""))]
            except ValueError:
                self.add_error(name, _("Write hours like 8:30-11:30, 13:30-17:00."))
                continue
            if overlap(spans):
                self.add_error(name, _("These hours run into each other. Please look again."))
            self.hours += spans
        return values


class PlaceDayForm(ActForm):
    """One day that is unlike the others."""

    day = DayField(label=_("Day"), widget=DayInput())
    hours = forms.CharField(
        label=_("Opening hours"), max_length=20, required=False,
        help_text=_("Like 9:00-12:00. Empty: closed all day."),
    )  # fmt: skip
    why = forms.CharField(label=_("Why"), max_length=80, required=False)

    def clean_hours(self) -> Hours | None:
        try:
            spans = _spans(1, self.cleaned_data["hours"])
        except ValueError:
            spans = []
        if self.cleaned_data["hours"].strip() and len(spans) != 1:
            raise forms.ValidationError(_("Write one span, like 9:00-12:00."), code="hours")
        return spans[0] if spans else None


class PlacePhotosForm(ActForm):
    """How a place looks."""

    photos = PhotosField(label=_("Photos"), most=3)
    words = forms.CharField(
        label=_("What is seen on them?"), max_length=80,
        help_text=_("Like: the front door, with the ramp on its left."),
        error_messages={"required": _("Say what is seen, for whoever can't see it.")},
    )  # fmt: skip


class HoursForm(ActForm):
    """The hours of a week, a line for each day: 8:30-11:30, 13:30-17:00."""

    def __init__(self, *args: Any, hours: list[Hours], **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        for weekday in range(1, 8):
            spans = [one for one in hours if one.weekday == weekday]
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=weekday_name(weekday),
                max_length=80,
                required=False,
                initial=", ".join(
                    f"{one.opens:%H:%M}-{closing_words(one.closes)}" for one in spans
                ),
                help_text=_("Like 8:30-11:30, 13:30-17:00. Empty: closed.") if weekday == 1 else "",
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.hours: list[Hours] = []
        for weekday in range(1, 8):
            name = f"day_{weekday}"
            try:
                day = _spans(weekday, str(values.get(name) or ""))
            except ValueError:
                self.add_error(name, _("Write hours like 8:30-11:30, 13:30-17:00."))
                continue
            if overlap(day):
                self.add_error(name, _("These hours run into each other. Please look again."))
            self.hours += day
        return values


def _spans(weekday: int, typed: str) -> list[Hours]:
    """The hours of one day as they were typed. Raises ValueError."""
    hours = []
    plain = typed.replace("：", ":").replace("，", ",").replace("、", ",")
    for part in filter(None, (part.strip() for part in plain.split(","))):
        match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?\s*[-–—~至]\s*(\d{1,2})(?::(\d{2}))?", part)
        if match is None:
            raise ValueError(part)
        first, last = (int(match[1]), int(match[2] or 0)), (int(match[3]), int(match[4] or 0))
        hours.append(Hours(weekday, time(*first), _last(*last)))
    return hours


def _last(hour: int, minute: int) -> time:
    """24:00 is the last minute of the day: a column of times knows no 24."""
    return LAST_MINUTE if (hour, minute) == (24, 0) else time(hour, minute)
