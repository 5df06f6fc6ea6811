"""What is typed about criteria, courses, assessments, newcomers and partners."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.forms import MomentField
from mulin.ground.people.forms import OrganisationField
from mulin.ground.places.models import Place
from mulin.kit.clock import last_day_of
from mulin.kit.forms import ActForm, DayField
from mulin.kit.paper.definition import Form
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.workshop.production.models import Skill
from mulin.workshop.skills.models import BRINGS_LABELS, Course, Partner, Syllabus
from mulin.workshop.skills.queries import partners_now
from mulin.workshop.skills.sheets import POINT, SHOWN, points_of


class SyllabusForm(ActForm):
    """What must be shown for a skill."""

    criteria = forms.CharField(
        label=_("What must be shown, one point a line"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("So that two people who look see the same: “ten seams of 20 cm, none crooked”."),
        error_messages={"required": _("Write one to twelve points, one a line.")},
    )  # fmt: skip
    months = forms.IntegerField(
        label=_("How many months does it count?"), min_value=0, max_value=120, initial=0,
        help_text=_("Nought: for always."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    materials = forms.CharField(label=_("Tools and materials"), max_length=200, required=False)


class CourseForm(ActForm):
    """A course is planned."""

    syllabus = forms.ModelChoiceField(
        label=_("Which skill?"), queryset=Syllabus.objects.none(), empty_label=None,
        error_messages={"required": _("Choose a skill.")},
    )  # fmt: skip
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
    teacher = forms.CharField(
        label=_("Who teaches?"), max_length=40, error_messages={"required": _("Say who teaches.")}
    )
    partner = forms.ModelChoiceField(
        label=_("With which partner?"), queryset=Partner.objects.none(), required=False,
        empty_label=_("none"),
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=_("How many seats?"), min_value=1, max_value=500, required=False,
        help_text=_("Whoever signs up beyond them waits for a seat."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    about = forms.CharField(
        label=_("What is it about?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    materials = forms.CharField(label=_("Tools and materials"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's options
        super().__init__(*args, **kwargs)
        self.fields["syllabus"].queryset = Syllabus.objects.select_related("skill")
        self.fields["place"].queryset = Place.objects.all()
        self.fields["partner"].queryset = partners_now().filter(ended_on__isnull=True)

    def plan(self) -> Plan:
        """The gathering, as its action takes it."""
        values = self.cleaned_data
        return Plan(
            title=values["title"], starts_at=values["starts_at"], ends_at=values["ends_at"],
            place=values["place"], place_words=values["place_words"], about=values["about"],
            capacity=values["capacity"],
        )  # fmt: skip


class AssessForm(DefinedForm):
    """What somebody showed: the points of the course's sheet, ticked where they were."""

    who = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:  # Any: as above
        self.lines = course.syllabus.lines
        super().__init__(*args, definition=points_of(course), **kwargs)

    def shown(self, _definition: Form) -> dict[str, Shown]:
        """Each point whole, for a page has room; then who saw it."""
        points = {
            f"{POINT}{place}": Shown(f"{POINT}{place}", label=f"{place}. {line}", tick=SHOWN)
            for place, line in enumerate(self.lines, 1)
        }
        return points | {"assessor": Shown("assessor", missing=_("Say who saw it."))}

    @property
    def met(self) -> list[int]:
        """The places of the points that were shown."""
        places = range(len(self.lines))
        return [place for place in places if self.cleaned_data[f"{POINT}{place + 1}"]]


class TalkForm(ActForm):
    """The first talk with somebody who would like to work."""

    who = forms.CharField(
        label=_("Who?"), max_length=60,
        help_text=_("The whole phone number; at the desk a name will do."),
        error_messages={"required": _("Type the phone number.")},
    )  # fmt: skip
    wish = forms.CharField(
        label=_("What would she like to do? Her words"), max_length=200,
        error_messages={"required": _("Write what she would like to do, in her words.")},
    )  # fmt: skip
    hours = forms.DecimalField(
        label=_("Hours a week she wishes"), min_value=0, max_value=60, max_digits=4,
        decimal_places=1, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "5"}),
    )  # fmt: skip
    skill = forms.ModelChoiceField(
        label=_("What she wants to learn"), queryset=Skill.objects.none(), required=False,
        empty_label=_("nothing in particular"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = Skill.objects.all()


class GiveUpForm(ActForm):
    """She does not begin."""

    why = forms.CharField(
        label=pgettext_lazy("newcomer", "Why not?"), max_length=200,
        error_messages={"required": _("Write in a few words why.")},
    )  # fmt: skip


class PartnerForm(ActForm):
    """A new partner."""

    organisation = OrganisationField(
        label=_("Which firm, school or unit?"), empty_label=None, error_messages={"required": _("Choose one.")},
    )  # fmt: skip
    contact = forms.CharField(label=_("Whom do you call there?"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = field.queryset.exclude(pk__in=Partner.objects.with_body().values("body"))


class PromiseForm(ActForm):
    """What a partner said it would give."""

    brings = forms.ChoiceField(
        label=_("What does it bring?"),
        choices=[(one.value, label) for one, label in BRINGS_LABELS.items()],
    )
    words = forms.CharField(
        label=_("What was promised?"), max_length=200,
        error_messages={"required": _("Write what was promised.")},
    )  # fmt: skip
    until = DayField(
        label=_("Until when?"), is_last=True, error_messages={"required": _("Say until when.")}
    )

    def last_day(self) -> date:
        """The last day of the promise."""
        return last_day_of(self.cleaned_data["until"])


class KeptForm(ActForm):
    """A promise was kept."""

    came_of_it = forms.CharField(
        label=_("What came of it?"), max_length=200,
        error_messages={"required": _("Write what came of it.")},
    )  # fmt: skip
