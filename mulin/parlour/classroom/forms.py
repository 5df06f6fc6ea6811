"""What is typed about kits, lessons, draws, frauds that were stopped."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.forms import MomentField
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.forms import ActForm, DayField
from mulin.parlour.classroom.models import (
    AUDIENCE_LABELS,
    FORM_LABELS,
    SITE_LABELS,
    STOPPER_LABELS,
    SUBJECT_LABELS,
    TRICK_LABELS,
    Kit,
    Lesson,
)
from mulin.parlour.classroom.queries import lessons
from mulin.parlour.classroom.rules import LONGEST_NICK, Audience, KitText

_LONG = 20_000
#: Lessons from which somebody may have known a fraud.
_REMEMBERED: Final = timedelta(days=366)


def _chosen(labels: Any) -> list[tuple[str, Any]]:  # Any: labels in two languages
    return [(one.value, label) for one, label in labels.items()]


def _text(label: Any, *, rows: int, help_text: Any = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=_LONG,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class KitForm(ActForm):
    """A kit as its teacher writes it."""

    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give the kit a name.")},
    )  # fmt: skip
    subject = forms.ChoiceField(label=_("Which subject?"), choices=_chosen(SUBJECT_LABELS))
    form = forms.ChoiceField(label=_("How is it held?"), choices=_chosen(FORM_LABELS))
    audiences = forms.MultipleChoiceField(
        label=_("For whom?"), choices=_chosen(AUDIENCE_LABELS),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose for whom it is.")},
    )  # fmt: skip
    aim = _text(_("What should people know afterwards?"), rows=2)
    materials = _text(_("What do you bring along?"), rows=2)
    plan = _text(
        _("The plan"), rows=7, required=True,
        help_text=_("One step a line, with its minutes first: 5 A warm welcome"),
    )  # fmt: skip
    script = _text(_("What is said or played"), rows=16)
    quiz = _text(
        _("Questions of the quiz"), rows=16,
        help_text=_("Lines that begin with 问：, 对：, 错： and 讲： (why it is right)."),
    )  # fmt: skip
    scene = _text(
        _("The drill in steps"), rows=12,
        help_text=_(
            "A step: 第1步：The phone rings. A choice below it: 选：Hang up，到第2步."
            " An end: 第2步（好）： or 第3步（坏）："
        ),
    )  # fmt: skip

    def text(self) -> KitText:
        """What was typed, as the action takes it."""
        values = self.cleaned_data
        return KitText(
            values["title"], values["subject"], values["form"], tuple(values["audiences"]),
            values["aim"], values["materials"], values["plan"], values["script"], values["quiz"],
            values["scene"],
        )  # fmt: skip


class KitFileForm(ActForm):
    """A kit from another community."""

    file = forms.FileField(
        label=_("The file of a kit (.zip)"), error_messages={"required": _("Choose a file.")}
    )


class OnlineForm(ActForm):
    """A kit is put online, with a film if there is one."""

    film = forms.URLField(
        label=_("Address of a film, if there is one"), max_length=200, required=False,
        assume_scheme="https",
    )  # fmt: skip


class LessonForm(ActForm):
    """A lesson is planned."""

    kit = forms.ModelChoiceField(label=_("Which kit?"), queryset=Kit.objects.none())
    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip
    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    grid = forms.ModelChoiceField(
        label=_("Grid"), queryset=Grid.objects.none(), required=False,
        empty_label=_("the whole community"),
    )  # fmt: skip
    site = forms.ChoiceField(label=_("What kind of place is it?"), choices=_chosen(SITE_LABELS))
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = forms.CharField(
        label=_("Room, or a place that is not in the list"), max_length=80, required=False
    )
    teacher = forms.CharField(label=_("Who teaches?"), max_length=40, required=False)
    whom = forms.CharField(label=_("Who is invited, in words"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["kit"].queryset = Kit.objects.latest_of_each()
        self.fields["grid"].queryset = Grid.objects.all()
        self.fields["place"].queryset = Place.objects.filter(closed_at__isnull=True).exclude(
            kind=PlaceKind.LAMP
        )

    def plan(self) -> Plan:
        """The gathering of the lesson."""
        values = self.cleaned_data
        return Plan(
            title=values["title"], starts_at=values["starts_at"], ends_at=values["ends_at"],
            place=values["place"], place_words=values["place_words"], about=values["kit"].aim,
            whom=values["whom"],
        )  # fmt: skip


class AudienceForm(ActForm):
    """How many of each kind came without leaving a name."""

    def __init__(self, *args: Any, lesson: Lesson, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in AUDIENCE_LABELS.items():
            self.fields[kind.value] = forms.IntegerField(
                label=str(label), min_value=0, max_value=10_000, required=False,
                initial=lesson.walk_ins.get(kind),
            )  # fmt: skip

    def counts(self) -> dict[str, int]:
        """What was typed, nought where nothing was."""
        return {kind.value: self.cleaned_data.get(kind.value) or 0 for kind in Audience}


class LeadForm(ActForm):
    """The teacher's next press, with what they saw."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class JoinForm(ActForm):
    """A name for the quiz."""

    nick = forms.CharField(
        label=_("What shall we call you? Any name will do"), max_length=LONGEST_NICK,
        error_messages={"required": _("Choose a name of one to twelve characters.")},
    )  # fmt: skip


class ChoiceForm(forms.Form):
    """A button that was pressed: which question or step, and which choice."""

    at = forms.IntegerField(min_value=0, max_value=99)
    choice = forms.IntegerField(min_value=0, max_value=99)


class FacesForm(forms.Form):
    """Three faces, the last of which sends them."""

    understood = forms.IntegerField(min_value=1, max_value=3)
    useful = forms.IntegerField(min_value=1, max_value=3)
    again = forms.IntegerField(min_value=1, max_value=3)


class DrawForm(ActForm):
    """Who takes part, how many prizes, which number decides."""

    entrants = forms.CharField(
        label=_("Who takes part, one a line"), max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Everybody may read this list: nicknames or numbers of tickets, no full names."),
        error_messages={"required": _("Write who takes part, one a line, 2,000 at most.")},
    )  # fmt: skip
    prizes = forms.IntegerField(label=_("How many prizes?"), min_value=1, max_value=2000)
    source = forms.CharField(
        label=_("Which public number decides?"), max_length=80, initial=_("Welfare Lottery 3D 福彩3D"),
        error_messages={"required": _("Say which public number decides.")},
    )  # fmt: skip
    source_day = DayField(label=_("Of which day?"))


class NumberForm(ActForm):
    """The public number, once it is known."""

    number = forms.CharField(
        label=_("The number"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Type the digits of the number, nothing else.")},
    )  # fmt: skip


class StoppedForm(ActForm):
    """A fraud that was stopped."""

    day = DayField(label=_("When?"), error_messages={"required": _("Say when.")})
    trick = forms.ChoiceField(label=_("What kind of fraud?"), choices=_chosen(TRICK_LABELS))
    amount_yuan = forms.DecimalField(
        label=_("How much was asked for, in yuan?"), max_digits=10, decimal_places=2, min_value=0,
        error_messages={"required": _("Write the sum in yuan; nought if nobody knows.")},
    )  # fmt: skip
    stopper = forms.ChoiceField(label=_("Who stopped it?"), choices=_chosen(STOPPER_LABELS))
    how = forms.CharField(
        label=_("How was it noticed and stopped?"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say how it was noticed and stopped: others learn from it.")},
    )  # fmt: skip
    person = forms.ModelChoiceField(
        queryset=Person.objects.none(), required=False, label=_("Somebody on the roll"),
        widget=forms.HiddenInput,
    )  # fmt: skip
    lesson = forms.ModelChoiceField(
        queryset=Lesson.objects.none(), required=False, label=_("From which lesson did they know?"),
        empty_label=_("nobody knows"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, by: Actor, now: datetime, **kwargs: Any
    ) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.on_roll().visible_to(by)
        self.fields["lesson"].queryset = lessons().filter(
            gathering__starts_at__gt=now - _REMEMBERED, gathering__starts_at__lte=now
        )

    @property
    def chosen(self) -> Person | None:
        """Who is chosen as the one who stopped it, as far as this actor may see them."""
        typed = str(self["person"].value() or "")
        rows = self.fields["person"].queryset
        found: Person | None = rows.filter(pk=int(typed)).first() if typed.isdecimal() else None
        return found
