"""What is typed about a gathering."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.actions.series import SeriesPlan
from mulin.commons.gatherings.models import (
    GROUP_LABELS,
    SHIFT_LABELS,
    Attendance,
    Gathering,
    Series,
)
from mulin.commons.gatherings.registry import kinds
from mulin.commons.gatherings.rules import LAST, read_lines
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind, weekday_name
from mulin.kit.forms import ActForm, HappenedField

GROUPS = [(group.value, label) for group, label in GROUP_LABELS.items()]


def _where_people_meet() -> "QuerySet[Place]":
    return Place.objects.filter(closed_at__isnull=True).exclude(kind=PlaceKind.LAMP)


class MomentField(forms.DateTimeField):
    """A day and a time on the wall clock of the community."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault(
            "widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        )
        kwargs.setdefault(
            "error_messages",
            {"required": _("Say when."), "invalid": _("Write day and time like 2026-11-20 19:00.")},
        )
        super().__init__(**kwargs)


class PlanForm(ActForm):
    """A new gathering."""

    kind = forms.ChoiceField(label=_("What is it?"))
    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip
    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = forms.CharField(
        label=_("Room, or a place that is not in the list"), max_length=80, required=False
    )
    whom = forms.CharField(
        label=_("Who is invited, in words"), max_length=80, required=False,
    )  # fmt: skip
    about = forms.CharField(
        label=_("What is it about?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=100_000,
        help_text=_("Empty: as many as come. Who signs up later waits for a seat."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("Everybody may read that it takes place"), required=False, initial=True
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.name, kind.label)
            for kind in kinds()
            if kind.is_planned_here and kind.may_hold(by)
        ]
        self.fields["place"].queryset = _where_people_meet()

    def plan(self) -> Plan:
        """What was typed, as the action takes it."""
        values = self.cleaned_data
        return Plan(
            title=values["title"], starts_at=values["starts_at"], ends_at=values["ends_at"],
            place=values["place"], place_words=values["place_words"], about=values["about"],
            whom=values["whom"], capacity=values["capacity"], is_public=values["is_public"],
        )  # fmt: skip


class ChangeForm(PlanForm):
    """Words and seats; when and where are moved by themselves."""

    def __init__(self, *args: Any, gathering: Gathering, by: Actor, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(gathering, name)
            for name in ("title", "whom", "about", "capacity", "is_public")
        }
        super().__init__(*args, by=by, **kwargs)
        self.gathering = gathering
        for name in ("kind", "starts_at", "ends_at", "place", "place_words"):
            del self.fields[name]

    def plan(self) -> Plan:
        """What was typed, with the time it has."""
        values = self.cleaned_data
        return Plan(
            title=values["title"], starts_at=self.gathering.starts_at,
            ends_at=self.gathering.ends_at, about=values["about"], whom=values["whom"],
            capacity=values["capacity"], is_public=values["is_public"],
        )  # fmt: skip


class MoveForm(ActForm):
    """Another time or place, and why."""

    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = forms.CharField(
        label=_("Room, or a place that is not in the list"), max_length=80, required=False
    )
    why = forms.CharField(label=_("Why? Whoever is told reads it"), max_length=200, required=False)

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(gathering, name)
            for name in ("starts_at", "ends_at", "place", "place_words")
        }
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = _where_people_meet()


class CancelForm(ActForm):
    """Why it does not take place."""

    why = forms.CharField(
        label=_("Why does it not take place?"), max_length=200,
        error_messages={"required": _("Say why: whoever wanted to come reads it.")},
    )  # fmt: skip


class CloseForm(ActForm):
    """When it ended."""

    ended_at = MomentField(label=_("It ended at"))


class InviteForm(ActForm):
    """Whom the notice goes to."""

    group = forms.ChoiceField(label=_("Who is told?"), choices=GROUPS)
    grid = forms.ModelChoiceField(
        label=_("Grid"), queryset=Grid.objects.none(), required=False,
        empty_label=_("the whole community"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.all()


class ItemForm(ActForm):
    """A point of the agenda."""

    title = forms.CharField(
        label=_("Point of the agenda"), max_length=120,
        error_messages={"required": _("Say what is talked about.")},
    )  # fmt: skip
    who = forms.CharField(label=_("Who opens it"), max_length=60, required=False)
    minutes_planned = forms.IntegerField(
        label=_("Minutes planned"), min_value=1, max_value=600, required=False
    )


class RecordForm(ActForm):
    """What was said to a point."""

    record = forms.CharField(
        label=_("What was said"), max_length=10_000, required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip


class PaperForm(ActForm):
    """A document."""

    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip
    file = forms.FileField(
        label=_("PDF or picture"), error_messages={"required": _("Choose a file.")}
    )
    is_public = forms.BooleanField(label=_("Everybody may read it"), required=False)


class WalkInsForm(ActForm):
    """How many left no name."""

    walk_ins = forms.IntegerField(
        label=_("Came without leaving a name"), min_value=0, max_value=100_000,
        error_messages={"required": _("Type a number; nought if nobody.")},
    )  # fmt: skip


class LinesForm(ActForm):
    """The paper list read back: the numbers that were signed."""

    lines = forms.CharField(
        label=_("Which lines are signed?"), max_length=4000, required=False,
        help_text=_("The numbers, as you like: 1-5, 8 12."),
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
    )  # fmt: skip
    walk_ins = forms.IntegerField(
        label=_("Came without leaving a name"), min_value=0, max_value=100_000, required=False
    )

    def clean_lines(self) -> tuple[int, ...]:
        """The numbers, each once."""
        try:
            return read_lines(self.cleaned_data["lines"])
        except ValueError as fault:
            raise forms.ValidationError(
                _("“%(piece)s” is no line of the list. Write numbers, like 1-5, 8 12."),
                params={"piece": str(fault)}, code="lines",
            ) from fault  # fmt: skip


class SignInForm(ActForm):
    """Somebody is here: on the list, or on the part of the roll that this actor sees."""

    happened = HappenedField()
    person = forms.ModelChoiceField(queryset=Person.objects.none(), widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, by: Actor, gathering: Gathering, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        on_roll = Person.objects.on_roll()
        self.fields["person"].queryset = on_roll.visible_to(by) | on_roll.filter(
            pk__in=Attendance.objects.filter(gathering=gathering).values("person")
        )


def _weekdays() -> list[tuple[int, str]]:
    return [(number, weekday_name(number)) for number in range(1, 8)]


class SeriesForm(ActForm):
    """What comes every month."""

    kind = forms.ChoiceField(label=_("What is it?"))
    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip
    by_day = forms.ChoiceField(
        label=_("Which day of the month?"), widget=forms.RadioSelect,
        choices=[("day", _("always the same date")), ("weekday", _("always the same weekday"))],
        error_messages={"required": _("Choose how the day is found.")},
    )  # fmt: skip
    day = forms.IntegerField(
        label=_("Date"), min_value=1, max_value=31, required=False,
        help_text=_("20 is the 20th. A shorter month takes its last day."),
    )  # fmt: skip
    nth = forms.TypedChoiceField(
        label=_("Which one"), coerce=int, required=False, empty_value="1",
        choices=[
            (1, _("the first")), (2, _("the second")), (3, _("the third")), (4, _("the fourth")),
            (LAST, _("the last")),
        ],
        help_text=_("Only where it is always the same weekday."),
    )  # fmt: skip
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), coerce=int, required=False, empty_value="6", choices=_weekdays
    )
    on_holiday = forms.ChoiceField(
        label=_("If that day is a public holiday"), widget=forms.RadioSelect,
        choices=[(shift.value, label) for shift, label in SHIFT_LABELS.items()],
        help_text=_("Later or earlier: on the next or last working day, or the same weekday of another week."),
    )  # fmt: skip
    on_make_up = forms.ChoiceField(
        label=_("If that day is a weekend on which people work"), widget=forms.RadioSelect,
        choices=[(shift.value, label) for shift, label in SHIFT_LABELS.items()],
        help_text=_("Later or earlier: on the next or last day off, or the same weekday of another week."),
    )  # fmt: skip
    begins = forms.TimeField(
        label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when.")},
    )  # fmt: skip
    ends = forms.TimeField(
        label=_("Ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when.")},
    )  # fmt: skip
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = forms.CharField(
        label=_("Room, or a place that is not in the list"), max_length=80, required=False
    )
    whom = forms.CharField(label=_("Who is invited, in words"), max_length=80, required=False)
    about = forms.CharField(
        label=_("What is it about?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    group = forms.ChoiceField(
        label=_("Who is told?"), choices=[("", _("nobody by itself")), *GROUPS], required=False
    )
    grid = forms.ModelChoiceField(
        label=_("Grid"), queryset=Grid.objects.none(), required=False,
        empty_label=_("the whole community"),
    )  # fmt: skip
    told_days = forms.IntegerField(
        label=_("How many days before are they told?"), min_value=1, max_value=30, initial=5
    )

    def __init__(
        self, *args: Any, by: Actor, series: Series | None = None, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        kwargs.setdefault(
            "initial",
            {"by_day": "day", "day": 20, "on_holiday": "later", "on_make_up": "keep"}
            if series is None
            else {name: getattr(series, name) for name in SeriesPlan.__dataclass_fields__}
            | {"by_day": "day" if series.day else "weekday", "day": series.day or None},
        )
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind.name, kind.label)
            for kind in kinds()
            if kind.is_planned_here and kind.may_hold(by)
        ]
        self.fields["place"].queryset = _where_people_meet()
        self.fields["grid"].queryset = Grid.objects.all()

    def clean(self) -> dict[str, Any]:  # Any: cleaned values of every type
        """A date where it goes by the date."""
        values: dict[str, Any] = super().clean() or {}  # Any: as above
        if values.get("by_day") == "day" and not values.get("day") and "day" not in self.errors:
            self.add_error("day", _("Say on which date, such as 20."))
        return values

    def plan(self) -> SeriesPlan:
        """What was typed, as the action takes it."""
        values = self.cleaned_data
        plan = {name: values[name] for name in SeriesPlan.__dataclass_fields__}
        plan["day"] = values["day"] if values["by_day"] == "day" else 0
        return SeriesPlan(**plan)


class EndSeriesForm(ActForm):
    """A button and nothing else: no more of it is made."""
