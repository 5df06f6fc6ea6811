"""What is asked about the circle, and what is typed about the map."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.actions import MOST_POINTS
from mulin.circle.proximity.models import FIX_LABELS, KIND_LABELS, WALK_LABELS
from mulin.circle.proximity.rules import WHOM, Kind, Walk, Walker
from mulin.circle.proximity.siting import MOST_NEW, By, Where
from mulin.ground.places.forms import in_wgs, position_typed
from mulin.ground.places.models import SERVICE_LABELS, Building, weekday_name
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.corrections import Fix
from mulin.kit.clock import SHANGHAI
from mulin.kit.coordinates import Position
from mulin.kit.forms import ActForm, LongSelect
from mulin.kit.tracks import TrackRefused, read_gps, thinned

_CLOCK = [(f"{hour}", f"{hour}:00") for hour in range(6, 24)]
_HOURS = [("", _("now")), *_CLOCK]
_DAYS_AHEAD: Final = 6
#: A walk that was recorded is off by some metres anyway.
_THINNED: Final = 3.0
_MOST_BYTES: Final = 10 * 1024 * 1024


class WalkerForm(forms.Form):
    """Who walks."""

    pace = forms.ChoiceField(
        label=_("Who is walking"), required=False,
        choices=[(str(one), label) for one, label in WALK_LABELS.items()],
    )  # fmt: skip
    level = forms.BooleanField(label=_("No stairs (pram, wheelchair)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    def chosen(self) -> dict[str, Any]:  # Any: cleaned values
        """What was chosen and is right; what is nonsense is left out, and said beside its field."""
        if not self.is_bound:
            return {}
        self.is_valid()  # cleans once
        return dict(self.cleaned_data)

    @property
    def walker(self) -> Walker:
        """Who was chosen; an old person where nobody was, or nonsense."""
        values = self.chosen()
        return Walker(Walk(values.get("pace") or Walk.ELDER), steps=not values.get("level"))


WHOM_LABELS = {
    Kind.OLD: _("for the old"),
    Kind.YOUNG: _("for children"),
    Kind.NEW: _("for who is new here"),
}


class AroundForm(WalkerForm):
    """From which building, who walks, when, for whom or for what. `now` names the days ahead."""

    home = forms.ModelChoiceField(
        label=_("Your building"), queryset=None, required=False, widget=LongSelect
    )
    service = forms.ChoiceField(
        label=_("What for"), required=False,
        choices=[
            ("", _("everything")),
            (_("Together"), [(str(one), WHOM_LABELS[one]) for one in WHOM]),
            (_("One thing"), [(str(one), said) for one, said in SERVICE_LABELS.items()]),
        ],
    )  # fmt: skip
    day = forms.ChoiceField(label=_("On which day"), required=False)
    hour = forms.ChoiceField(label=_("At what time"), choices=_HOURS, required=False)
    field_order = ("home", "pace", "level", "service", "day", "hour")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field: Any = self.fields["home"]  # Any: a choice of rows
        field.queryset = Building.objects.order_by("sort_key", "id")
        self._now = now.astimezone(SHANGHAI)
        days: Any = self.fields["day"]  # Any: as above
        days.choices = [("", _("today")), ("1", _("tomorrow"))] + [
            (f"{ahead}", weekday_name((self._now + timedelta(days=ahead)).isoweekday()))
            for ahead in range(2, _DAYS_AHEAD + 1)
        ]

    def moment(self) -> datetime | None:
        """The day and hour that were chosen, on the clock of the street; None for now."""
        values = self.chosen()
        day, hour = values.get("day"), values.get("hour")
        if not day and not hour:
            return None
        there = self._now + timedelta(days=int(day or 0))
        return there.replace(hour=int(hour), minute=0, second=0, microsecond=0) if hour else there


class CoverageForm(WalkerForm):
    """Who walks, and at which hour of today; whenever a place is open where none is chosen."""

    hour = forms.ChoiceField(
        label=_("Open at"), required=False, choices=[("", _("whenever")), *_CLOCK]
    )


class SitingForm(WalkerForm):
    """Which service, for whom, how many places, by what, among what."""

    service = forms.ChoiceField(
        label=_("Which service"), choices=[(str(one), said) for one, said in SERVICE_LABELS.items()]
    )
    kind = forms.ChoiceField(
        label=_("For whom"), required=False,
        choices=[(str(one), said) for one, said in KIND_LABELS.items()],
    )  # fmt: skip
    number = forms.IntegerField(
        label=_("How many new places"), min_value=1, max_value=MOST_NEW, required=False, initial=1
    )
    by = forms.ChoiceField(
        label=_("What counts"), required=False,
        choices=[(By.COVER.value, _("as many people as can be within ten minutes")),
                 (By.WALK.value, _("the mean walk as short as can be"))],
    )  # fmt: skip
    where = forms.ChoiceField(
        label=_("Chosen among"), required=False,
        choices=[(Where.ROOMS.value, _("our buildings and places")),
                 (Where.CORNERS.value, _("every corner where paths meet"))],
    )  # fmt: skip
    hour = forms.ChoiceField(
        label=_("Open at"), required=False,
        choices=[("", _("whenever")), *_CLOCK],
    )  # fmt: skip
    given = forms.CharField(
        label=_("Or only among these"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Names of buildings and places, with commas between."),
    )  # fmt: skip
    field_order = ("service", "kind", "number", "by", "where", "given", "hour", "pace", "level")

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        # An address that asks for a service need not say how many: one is meant, and shown.
        super().__init__(
            None if data is None else {"number": "1", **{name: data[name] for name in data}}
        )

    def clean_given(self) -> tuple[str, ...]:
        names = re.split(r"[,，、;；\n]+", self.cleaned_data["given"])
        return tuple(name for name in (" ".join(one.split()) for one in names) if name)

    def asked(self) -> dict[str, Any]:
        """The question without who walks and when."""
        values = self.cleaned_data
        return {
            "service": Service(values["service"]),
            "kind": Kind(values["kind"] or Kind.ALL),
            "number": values["number"] or 1,
            "by": By(values["by"] or By.COVER),
            "where": Where(values["where"] or Where.ROOMS),
            "given": values["given"],
        }


class MapForm(ActForm):
    """An extract of OpenStreetMap."""

    file = forms.FileField(
        label=_("Map extract"), error_messages={"required": _("Choose a file.")},
        help_text=_("An extract of OpenStreetMap, .osm.pbf or .osm, of your town only."),
    )  # fmt: skip


_ONE_WALK = _("The file must hold one walk, of this path alone.")
_ONE_POINT = _("The file must hold one point that was marked, or press on the map.")

#: Positions of our own map are in our own system.
_SYSTEMS = (
    ("wgs", _("from this map or a GPS device")),
    ("gcj", _("from Amap, Tencent Maps or WeChat")),
    ("baidu", _("from Baidu Maps")),
)


class CorrectForm(ActForm):
    """What is different from the map."""

    fix = forms.ChoiceField(
        label=_("What is different"),
        choices=[(one.value, said) for one, said in FIX_LABELS.items()],
    )
    words = forms.CharField(
        label=_("In a few words"), max_length=80, help_text=_("Like: north gate of the garden.")
    )
    points = forms.CharField(
        label=_("Where"), max_length=8_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-points": ""}),
        help_text=_(
            "Press on the map, or write one point a line, like 120.946100, 30.526400. A path has two"
            " points or more."
        ),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or a GPS file"), required=False,
        help_text=_("A walk that a phone recorded along the path, .gpx or .kml."),
    )  # fmt: skip
    system = forms.ChoiceField(label=_("Copied"), choices=_SYSTEMS, initial="wgs")
    hours = forms.CharField(
        label=_("A gate is open"), max_length=20, required=False, help_text=_("Like 5:00-22:00.")
    )
    is_private = forms.BooleanField(label=_("A path for those who live there only"), required=False)

    def clean_points(self) -> list[Position]:
        lines = [line for line in self.cleaned_data["points"].splitlines() if line.strip()]
        return [position_typed(line) for line in lines]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("file"):
            self._read(values)
        elif "points" in values and not values["points"]:
            self.add_error("points", _("Press on the map, write the points, or choose a GPS file."))
        return values

    def _read(self, values: dict[str, Any]) -> None:
        """The points of the file, written where they would be typed: a form that comes back for
        another reason has lost the file and not the points.
        """
        if values.get("points"):
            self.add_error("file", _("Points or a file, please, not both."))
            return
        try:
            found = read_gps(values["file"].read(_MOST_BYTES))
        except TrackRefused:
            self.add_error("file", _("This is no GPS file that can be read: .gpx or .kml it is."))
            return
        is_line = Fix(values["fix"]).is_line if values.get("fix") else True
        lines = found.lines if is_line else tuple((at,) for at in found.points)
        if len(lines) != 1:
            self.add_error("file", _ONE_WALK if is_line else _ONE_POINT)
            return
        within = _THINNED
        values["points"] = thinned(lines[0], within)
        while len(values["points"]) > MOST_POINTS:
            within *= 1.5
            values["points"] = thinned(lines[0], within)
        data: Any = self.data.copy()  # Any: what was sent
        data[self.add_prefix("points")] = "\n".join(
            f"{at.lon:.6f}, {at.lat:.6f}" for at in values["points"]
        )
        self.data = data

    def clean_hours(self) -> tuple[time | None, time | None]:
        typed = self.cleaned_data["hours"].replace("：", ":").strip()
        if not typed:
            return None, None
        match = re.fullmatch(
            r"([01]?\d|2[0-3])(?::([0-5]\d))?\s*[-–—~至]\s*([01]?\d|2[0-4])(?::([0-5]\d))?", typed
        )
        if match is None:
            raise forms.ValidationError(_("Write hours like 5:00-22:00."), code="hours")
        # 24:00 is the first minute of the next day.
        return (
            time(int(match[1]), int(match[2] or 0)),
            time(int(match[3]) % 24, int(match[4] or 0)),
        )

    def line(self) -> list[Position]:
        """The points in WGS-84."""
        return [in_wgs(at, self.cleaned_data["system"]) for at in self.cleaned_data["points"]]

    @property
    def kind(self) -> Fix:
        return Fix(self.cleaned_data["fix"])
