"""What is typed about buildings, dwellings and places."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid
from mulin.ground.people.forms import DayField
from mulin.ground.people.models import Organisation
from mulin.ground.places.models import Building, Dwelling, PlaceKind, weekday_name
from mulin.ground.places.queries import dwelling_at
from mulin.ground.places.rules import Hours, overlap
from mulin.kit.forms import ActForm


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
    since = DayField(label=_("Since"))

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

    until = DayField(label=_("Moved out on"))


class PlaceForm(ActForm):
    """A place people go to, or a thing in the street."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it is"), choices=PlaceKind.choices)
    building = forms.ModelChoiceField(label=_("In or at building"), queryset=None, required=False)
    grid = forms.ModelChoiceField(label=_("Grid"), queryset=None, required=False)
    run_by = forms.ModelChoiceField(label=_("Run by"), queryset=None, required=False)
    latitude = _places_field(_("Latitude"))
    longitude = _places_field(_("Longitude"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        rows = {
            "building": Building.objects.all(),
            "grid": Grid.objects.all(),
            "run_by": Organisation.objects.filter(closed_at__isnull=True).order_by("name"),
        }
        for name, queryset in rows.items():
            field: Any = self.fields[name]  # Any: a choice of rows
            field.queryset = queryset


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
                initial=", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in spans),
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
    return time(23, 59) if (hour, minute) == (24, 0) else time(hour, minute)
