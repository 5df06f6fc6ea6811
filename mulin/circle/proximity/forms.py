"""What is asked about the circle, and what is typed about the map."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.circle.proximity.models import FIX_LABELS, KIND_LABELS, WALK_LABELS
from mulin.circle.proximity.rules import Kind, Walk, Walker
from mulin.circle.proximity.siting import MOST_NEW, By, Where
from mulin.ground.places.forms import in_wgs, position_typed
from mulin.ground.places.models import SERVICE_LABELS, Building
from mulin.ground.places.rules import Service
from mulin.ground.places.walking.corrections import Fix
from mulin.kit.coordinates import Position
from mulin.kit.forms import ActForm, LongSelect

_HOURS = [("", _("now"))] + [(f"{hour}", f"{hour}:00") for hour in range(6, 23)]


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
        self.full_clean()
        return dict(self.cleaned_data) if self.is_bound else {}

    @property
    def walker(self) -> Walker:
        """Who was chosen; an old person where nobody was, or nonsense."""
        values = self.chosen()
        return Walker(Walk(values.get("pace") or Walk.ELDER), steps=not values.get("level"))


class AroundForm(WalkerForm):
    """From which building, who walks, when, for what."""

    home = forms.ModelChoiceField(
        label=_("Your building"), queryset=None, required=False, widget=LongSelect
    )
    hour = forms.ChoiceField(label=_("When today"), choices=_HOURS, required=False)
    service = forms.ChoiceField(
        label=_("What for"), required=False,
        choices=[("", _("everything")), *((str(one), said) for one, said in SERVICE_LABELS.items())],
    )  # fmt: skip
    field_order = ("home", "pace", "level", "hour", "service")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field: Any = self.fields["home"]  # Any: a choice of rows
        field.queryset = Building.objects.order_by("sort_key", "id")


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
        choices=[("", _("whenever")), *((f"{hour}", f"{hour}:00") for hour in range(6, 23))],
    )  # fmt: skip
    field_order = ("service", "kind", "number", "by", "where", "hour", "pace", "level")

    def asked(self) -> dict[str, Any]:
        """The question without who walks and when."""
        values = self.cleaned_data
        return {
            "service": Service(values["service"]),
            "kind": Kind(values["kind"] or Kind.ALL),
            "number": values["number"] or 1,
            "by": By(values["by"] or By.COVER),
            "where": Where(values["where"] or Where.ROOMS),
        }


class MapForm(ActForm):
    """An extract of OpenStreetMap."""

    file = forms.FileField(
        label=_("Map extract"), error_messages={"required": _("Choose a file.")},
        help_text=_("An extract of OpenStreetMap, .osm.pbf or .osm, of your town only."),
    )  # fmt: skip


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
        label=_("Where"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 3, "data-points": ""}),
        help_text=_(
            "Press on the map, or write one point a line, like 120.946100, 30.526400. A path has two"
            " points or more."
        ),
    )  # fmt: skip
    system = forms.ChoiceField(label=_("Copied"), choices=_SYSTEMS, initial="wgs")
    hours = forms.CharField(
        label=_("A gate is open"), max_length=20, required=False, help_text=_("Like 5:00-22:00.")
    )
    is_private = forms.BooleanField(label=_("A path for those who live there only"), required=False)

    def clean_points(self) -> list[Position]:
        lines = [line for line in self.cleaned_data["points"].splitlines() if line.strip()]
        return [position_typed(line) for line in lines]

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
