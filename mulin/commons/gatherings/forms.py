"""What is typed about a gathering."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.registry import kinds
from mulin.commons.gatherings.rules import Group, read_lines
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.forms import ActForm, HappenedField

GROUPS = [
    (Group.ADULTS.value, _("everybody of age who lives here")),
    (Group.PARTY.value, _("party members")),
    (Group.NEW.value, _("new residents")),
]


def _where_people_meet() -> "QuerySet[Place]":
    return Place.objects.filter(closed_at__isnull=True).exclude(kind=PlaceKind.LAMP)


class PlainActForm(ActForm):
    """A button and nothing else."""


def said_why_not(form: ActForm) -> str:
    """Why an act was refused, for a button that has no page of its own."""
    return " ".join(str(fault) for fault in form.non_field_errors())


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
