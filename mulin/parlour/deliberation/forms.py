"""What is typed in the hall."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import BINDING_LABELS
from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, DayInput, PhotosField
from mulin.parlour.deliberation.actions.meetings import RuleValues
from mulin.parlour.deliberation.models import (
    BASIS_LABELS,
    CHOICE_LABELS,
    LEVEL_LABELS,
    OF_LABELS,
    Meeting,
    MeetingRule,
    Origin,
    RollEntry,
    Side,
    Size,
)
from mulin.parlour.deliberation.rules import Choice, Count

_LONG = {"rows": 4}


def day_field(label: Any, **kwargs: Any) -> forms.DateField:  # Any: Django's own field options
    """A day, by the calendar of the browser or typed."""
    return forms.DateField(
        label=label,
        widget=DayInput(),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day like 2026-11-20."),
        },
        **kwargs,
    )


def _words(label: Any, required: Any, *, most: int = 2000) -> forms.CharField:  # Any: as above
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs=_LONG),
        error_messages={"required": required},
    )  # fmt: skip


class RefForm(ActForm):
    """A button beside one row."""

    ref = forms.IntegerField(widget=forms.HiddenInput)


class ProposeForm(ActForm):
    """What a resident brings in."""

    title = forms.CharField(
        label=_("What is it about, in a few words?"), max_length=80,
        error_messages={"required": _("Say in a few words what it is about.")},
        help_text=_("Everybody will read it: please name nobody."),
    )  # fmt: skip
    words = _words(_("What should be decided, and why?"), _("Say what should be decided, and why."))


def somebody(label: Any, **kwargs: Any) -> forms.CharField:  # Any: as above
    """Whoever called, came or wrote; `ballots.queries.one_person` finds them."""
    return forms.CharField(
        label=label, max_length=40, help_text=_("The whole name, or the phone number."),
        error_messages={"required": _("Write who says it.")}, **kwargs,
    )  # fmt: skip


class DeskProposeForm(ProposeForm):
    """What the desk brings in, in somebody's name or the committee's."""

    person = somebody(_("Who brings it in?"), required=False)

    origin = forms.ChoiceField(
        label=_("Where does it come from?"), initial=Origin.COMMITTEE,
        choices=[one for one in Origin.choices if one[0] != Origin.DEMAND],
    )  # fmt: skip
    size = forms.ChoiceField(label=_("How large is it?"), choices=Size.choices)


class ScreenForm(ActForm):
    """Taken up or not, and why."""

    is_admitted = forms.TypedChoiceField(
        label=_("Does the hall take it up?"),
        choices=[("yes", _("yes, it goes to a meeting")), ("no", _("no, it does not go to a meeting"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )  # fmt: skip
    reason = _words(
        _("The reason"), _("Give the reason: whoever brought it in reads it."), most=500
    )
    title = forms.CharField(
        label=_("Its name on the public page"), max_length=80,
        help_text=_("Everybody will read it: please name nobody."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("What everybody reads of it"), max_length=2000, required=False,
        widget=forms.Textarea(attrs=_LONG),
    )  # fmt: skip
    size = forms.ChoiceField(label=_("How large is it?"), choices=Size.choices)


class ListForm(ActForm):
    """Onto which agenda, and what is voted on."""

    meeting = forms.ModelChoiceField(
        label=_("Meeting"), queryset=Meeting.objects.none(),
        error_messages={"required": _("Choose a meeting, or call one first.")},
    )  # fmt: skip
    draft = forms.CharField(
        label=_("The words that are voted on"), max_length=2000, required=False,
        widget=forms.Textarea(attrs=_LONG),
    )  # fmt: skip

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:  # Any: a queryset
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings


class TaskForm(ActForm):
    """What is to be done, by whom, until when."""

    what = forms.CharField(
        label=_("What has to be done?"), max_length=200,
        error_messages={"required": _("Say what has to be done.")},
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label=_("Who does it?"), queryset=Account.objects.none(),
        error_messages={"required": _("Choose who does it.")},
    )  # fmt: skip
    due_on = day_field(_("Until the end of"))

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:  # Any: a queryset
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = staff


class DoneForm(RefForm):
    """What shows that a task is done."""

    evidence = _words(
        _("What shows that it is done?"), _("Say what shows that it is done."), most=500
    )
    photos = PhotosField(
        label=_("Photos of what was done"), required=False,
        help_text=_("Everybody sees them: nobody should be recognised on them."),
    )  # fmt: skip


class FinishForm(ActForm):
    """What became of the matter."""

    outcome = _words(_("What became of it?"), _("Say what became of it."))


class ReadForm(RefForm):
    """An objection was read; where something is left out in the street, what stands there and why."""

    shortened = forms.CharField(
        label=_("As it stands on the public page"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leave out only who is named and what insults; write … where something is gone."),
    )  # fmt: skip
    why = forms.CharField(label=_("Why is something left out?"), max_length=200, required=False)


class AnswerForm(RefForm):
    """The answer to an objection."""

    answer = _words(_("The answer"), _("Write the answer: it stands on the public page."))
    is_upheld = forms.BooleanField(
        label=_("It is right: the matter goes back to the next meeting"), required=False
    )


class PassOnForm(ActForm):
    """Another room, with the reason."""

    to = forms.ChoiceField(label=_("To which room?"))
    why = forms.CharField(
        label=_("Why?"), max_length=200,
        error_messages={"required": _("Say why, so that they know what is expected.")},
    )  # fmt: skip

    def __init__(self, *args: Any, rooms: Any, **kwargs: Any) -> None:  # Any: pairs
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = rooms


class HideForm(RefForm):
    """Why an argument is taken off."""

    why = forms.CharField(
        label=_("Why is it taken off?"), max_length=200,
        error_messages={"required": _("Give the reason.")},
    )  # fmt: skip


class PersonForm(ActForm):
    """In whose name the desk seconds."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.on_roll().visible_to(by)


class ArgueForm(ActForm):
    """A reason for or against."""

    side = forms.ChoiceField(
        label=_("Your reason is"), choices=Side.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose: for it, or against it.")},
    )  # fmt: skip
    words = _words(_("Your reason"), _("Write your reason."), most=300)


class AppraiseForm(ActForm):
    """How good it became."""

    level = forms.TypedChoiceField(
        label=_("How good do you find what became of it?"), choices=list(LEVEL_LABELS.items()), coerce=int,
        widget=forms.RadioSelect, error_messages={"required": _("Choose one of the five.")},
    )  # fmt: skip


class SpokenForm(ActForm):
    """Whoever called, came or wrote: the desk writes down what they say."""

    person = somebody(_("Who says it?"))
    channel = forms.ChoiceField(
        label=_("By which way"),
        choices=[(one.value, one.label) for one in (Channel.PHONE, Channel.WALK_IN, Channel.PAPER)],
    )


class SpokenArgumentForm(SpokenForm, ArgueForm):
    """A reason that somebody tells the desk."""


class SpokenAppraisalForm(SpokenForm, AppraiseForm):
    """How good somebody finds it, told to the desk."""


class ObjectForm(ActForm):
    """What somebody has against a resolution."""

    words = _words(_("What do you have against it?"), _("Say what you have against it."))
    contact = forms.CharField(
        label=_("How do we reach you?"), max_length=80, required=False,
        help_text=_("Only the desk sees it."),
    )  # fmt: skip


class SpokenObjectionForm(SpokenForm, ObjectForm):
    """An objection that somebody tells the desk: of somebody on the roll, or with a way to them."""

    person = somebody(_("Who says it?"), required=False)


def _more_or_least(label: Any) -> forms.TypedChoiceField:  # Any: lazy text
    return forms.TypedChoiceField(
        label=label, choices=[("more", _("more than")), ("least", _("at least"))],
        coerce=lambda value: value == "more",
    )  # fmt: skip


def _upper(label: Any) -> forms.IntegerField:  # Any: lazy text
    return forms.IntegerField(
        label=label, min_value=0, max_value=10_000,
        help_text=_("The upper number of the fraction: 2 for two thirds."),
    )  # fmt: skip


def _lower(label: Any) -> forms.IntegerField:  # Any: lazy text
    return forms.IntegerField(
        label=label, min_value=1, max_value=10_000,
        help_text=_("The lower number of the fraction: 3 for two thirds."),
    )  # fmt: skip


class RuleForm(ActForm):
    """A kind of meeting and its numbers, as the law or the charter has them."""

    name = forms.CharField(label=_("Kind of meeting"), max_length=40)
    since = day_field(_("In force since"))
    basis = forms.ChoiceField(label=_("Who has a seat?"), choices=list(BASIS_LABELS.items()))
    quorum_is_more_than = _more_or_least(_("Quorum"))
    quorum_part = _upper(_("Quorum: so many"))
    quorum_whole = _lower(_("Quorum: of so many"))
    majority_is_more_than = _more_or_least(_("Majority"))
    majority_part = _upper(_("Majority: so many"))
    majority_whole = _lower(_("Majority: of so many"))
    majority_of = forms.ChoiceField(label=_("Taken"), choices=list(OF_LABELS.items()))
    notice_days = forms.IntegerField(label=_("Days of notice"), min_value=0, max_value=90)
    publication_days = forms.IntegerField(label=_("Days of publication"), min_value=0, max_value=90)
    most_proxies = forms.IntegerField(
        label=_("Proxies that one person may hold"), min_value=0, max_value=20, initial=0
    )
    source = forms.CharField(
        label=_("Where is it written?"), max_length=300,
        help_text=_("Law and article, or the decision of the community with its day."),
        error_messages={
            "required": _("Say where it is written: a rule without a source binds nobody.")
        },
    )  # fmt: skip
    binding = forms.ChoiceField(
        label=_("What such a meeting decides is"),
        choices=[(one.value, label) for one, label in BINDING_LABELS.items()],
        help_text=_("It stands with every resolution and on the notice of a secret vote."),
        error_messages={"required": _("Say what its resolutions are.")},
    )  # fmt: skip

    def values(self) -> RuleValues:
        """What was typed, as the action takes it."""
        return RuleValues(
            **{name: self.cleaned_data[name] for name in RuleValues.__dataclass_fields__}
        )


class PracticeForm(ActForm):
    """How many second a motion."""

    seconders = forms.IntegerField(
        label=_("How many second a motion?"), min_value=1, max_value=10_000
    )
    since = day_field(_("In force since"))
    source = forms.CharField(label=_("Where is it written?"), max_length=300)


class CallForm(ActForm):
    """A meeting: by which rule, when, where."""

    rule = forms.ModelChoiceField(
        label=_("Kind of meeting"), queryset=MeetingRule.objects.none(),
        error_messages={"required": _("Choose a kind; the head enters them under “Rules”.")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("What is it called?"), max_length=80,
        error_messages={"required": _("Give it a name.")},
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Say when."), "invalid": _("Write day and time like 2026-11-20 19:00.")},
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("Ends"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Say when."), "invalid": _("Write day and time like 2026-11-20 19:00.")},
    )  # fmt: skip
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = forms.CharField(
        label=_("Room, or a place that is not in the list"), max_length=80, required=False
    )
    chair = forms.CharField(label=_("Who leads it"), max_length=60, required=False)
    recorder = forms.CharField(label=_("Who writes the minutes"), max_length=60, required=False)

    def __init__(
        self, *args: Any, rules: Iterable[MeetingRule], **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = MeetingRule.objects.filter(
            pk__in=[rule.pk for rule in rules]
        )
        open_places = Place.objects.filter(closed_at__isnull=True)
        self.fields["place"].queryset = open_places.exclude(kind=PlaceKind.LAMP)

    def plan(self) -> Plan:
        """The gathering of the meeting."""
        values = self.cleaned_data
        return Plan(
            title=values["title"], starts_at=values["starts_at"], ends_at=values["ends_at"],
            place=values["place"], place_words=values["place_words"],
            whom=values["rule"].get_basis_display(),
        )  # fmt: skip


class DraftForm(ActForm):
    """The words that are voted on."""

    draft = _words(_("The words that are voted on"), _("Write the words of the draft."))


class HandsForm(ActForm):
    """Hands, counted by seats."""

    yes = forms.IntegerField(label=_("Votes for"), min_value=0, max_value=100_000)
    no = forms.IntegerField(label=_("Votes against"), min_value=0, max_value=100_000)
    abstain = forms.IntegerField(label=_("Abstentions"), min_value=0, max_value=100_000)

    def count(self) -> Count:
        """The three numbers."""
        values = self.cleaned_data
        return Count(values["yes"], values["no"], values["abstain"])


class AmendForm(HandsForm):
    """Other words and the hands for them."""

    words = _words(_("Other words"), _("Write the words that were voted on."))
    field_order = ("words", "yes", "no", "abstain")


class RollCallForm(ActForm):
    """What each said when called."""

    def __init__(
        self, *args: Any, called: Iterable[RollEntry], spoken_for: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.called = list(called)
        for entry in self.called:
            self.fields[f"e{entry.pk}"] = forms.ChoiceField(
                label=self._called(entry, spoken_for), choices=list(CHOICE_LABELS.items()),
                widget=forms.RadioSelect, required=False,
            )  # fmt: skip

    @staticmethod
    def _called(entry: RollEntry, spoken_for: Mapping[int, str]) -> str:
        if entry.pk not in spoken_for:
            return str(entry.person)
        said = {"giver": entry.person, "holder": spoken_for[entry.pk]}
        return gettext("%(giver)s, for whom %(holder)s speaks") % said

    def voices(self) -> dict[int, Choice]:
        """By entry; who said nothing is left out."""
        return {
            entry.pk: Choice(self.cleaned_data[f"e{entry.pk}"])
            for entry in self.called
            if self.cleaned_data.get(f"e{entry.pk}")
        }


class ProxyForm(ActForm):
    """Who speaks for whom, by their numbers on the list of the meeting."""

    giver = forms.IntegerField(label=_("Who gives it: number on the list"), min_value=1)
    holder = forms.IntegerField(label=_("Who holds it: number on the list"), min_value=1)

    def lines(self) -> list[int]:
        """Both numbers."""
        return [self.cleaned_data["giver"], self.cleaned_data["holder"]]


class SecretForm(ActForm):
    """How long a secret vote lasts, and by which ways."""

    minutes = forms.IntegerField(
        label=_("Open for so many minutes"), min_value=1, max_value=14 * 24 * 60, initial=30,
        error_messages={"required": _("Say how long it is open.")},
    )  # fmt: skip
    is_online = forms.BooleanField(
        label=_("Also online: the key holders make the urn's key first"), required=False
    )
