"""What is typed about ideas."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.commons.flow.models import ContactWish, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, DayInput
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.parlour.suggestions.actions.ideas import rooms_that_adopt
from mulin.parlour.suggestions.models import REFUSAL_LABELS, SIDE_LABELS, Fate, Recording
from mulin.parlour.suggestions.queries import Heard
from mulin.parlour.suggestions.sheets import idea_sheet

#: Letters of minutes: a draft of two hours of talk fits.
_LONGEST: Final = 200_000
#: Ways by which staff hear an idea. A meeting is heard in person.
HEARD = [
    (Channel.WALK_IN.value, _("in person or at a meeting")),
    (Channel.PHONE.value, Channel.PHONE.label),
    (Channel.PAPER.value, Channel.PAPER.label),
    (Channel.DOOR.value, Channel.DOOR.label),
]


class IdeaForm(DefinedForm):
    """Somebody says what could be better: the sheet's own questions."""

    define = staticmethod(idea_sheet)
    shows: ClassVar = {
        "words": Shown(
            "words", widget=forms.Textarea, attrs={"rows": 4, "autocomplete": "on"},
            missing=_("Say in a few words what could be better."),
        ),
        "contact_name": Shown("name"),
        "phone": Shown("phone"),
    }  # fmt: skip
    order = ("words", "contact_name", "phone")

    # Similar ideas were shown; whoever sends it all the same has read them.
    looked = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["contact_name"]
            del self.fields["phone"]

    def said(self, person: Person | None) -> Said:
        """What was typed, as values."""
        values = self.cleaned_data
        return Said(
            words=values["words"].strip(), person=person,
            contact_name=values.get("contact_name", ""), contact_phone=values.get("phone", ""),
            visibility=Visibility.ANONYMOUS, contact_wish=ContactWish.MESSAGE,
        )  # fmt: skip


class HeardForm(DefinedForm):
    """Staff write down what somebody says."""

    define = staticmethod(idea_sheet)
    shows: ClassVar = {
        "words": Shown(
            "words", label=_("In their own words"), widget=forms.Textarea, attrs={"rows": 4},
            missing=_("Say in a few words what could be better."),
        ),
        "contact_name": Shown(
            "name", label=_("Whose idea is it?"), hint=_("Left empty where they do not wish it.")
        ),
        "phone": Shown(
            "phone", label=_("Their phone number"),
            hint=_("If it stands on the roll, the idea is theirs and they are told."),
        ),
    }  # fmt: skip
    order = ("words", "channel", "contact_name", "phone")

    channel = forms.ChoiceField(
        label=_("How did it come?"), choices=HEARD, widget=forms.RadioSelect,
        initial=Channel.WALK_IN.value,
    )  # fmt: skip

    def said(self, person: Person | None) -> Said:
        """What was written down, as values."""
        values = self.cleaned_data
        return Said(
            words=values["words"].strip(), person=person, contact_name=values["contact_name"],
            contact_phone=values["phone"], visibility=Visibility.ANONYMOUS,
            contact_wish=ContactWish.CALL,
        )  # fmt: skip


class StandForm(ActForm):
    """For or against, and why."""

    side = forms.ChoiceField(
        label=_("How do you stand to it?"), widget=forms.RadioSelect,
        choices=[(side.value, label) for side, label in SIDE_LABELS.items()],
        error_messages={"required": _("Choose whether you are for it or against it.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is shown without your name. Name nobody else, please."),
    )  # fmt: skip


class TurnAwayForm(ActForm):
    """Why an idea is not shown."""

    refusal = forms.ChoiceField(
        label=_("Why is it not shown?"), widget=forms.RadioSelect,
        choices=[(reason.value, label) for reason, label in REFUSAL_LABELS.items()],
        error_messages={"required": _("Choose a reason from the list.")},
    )  # fmt: skip


class MergeForm(ActForm):
    """Which idea it is the same as."""

    into = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(ActForm):
    """The reply to an idea that is not taken up."""

    words = forms.CharField(
        label=_("The answer, with the reason"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why, in words its author understands.")},
    )  # fmt: skip


class AdoptForm(ActForm):
    """Where an idea goes, and what is going to happen."""

    to = forms.ChoiceField(
        label=_("What does it become?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose where it goes.")},
    )  # fmt: skip
    why = forms.CharField(
        label=_("What is going to happen?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what is going to happen with it.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = rooms_that_adopt()


class TopicForm(ActForm):
    """A question and the statements it begins with."""

    question = forms.CharField(
        label=_("The question"), max_length=120,
        error_messages={"required": _("Write the question.")},
    )  # fmt: skip
    statements = forms.CharField(
        label=_("Statements to begin with, one a line"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Each says one thing that one can agree with or not. No questions."),
        error_messages={"required": _("Begin with at least one statement.")},
    )  # fmt: skip
    last_day = forms.DateField(
        label=_("Last day"), widget=DayInput(),
        error_messages={"required": _("Say until when people may vote.")},
    )  # fmt: skip


class StatementForm(ActForm):
    """What somebody adds."""

    words = forms.CharField(
        label=_("Something is missing? Say it in one sentence."), max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write a sentence.")},
    )  # fmt: skip


class JudgeForm(ActForm):
    """Let a statement be voted on, or say why not."""

    refusal = forms.ChoiceField(
        label=pgettext_lazy("statement", "Why not?"), required=False,
        choices=[
            ("", _("let it be voted on")),
            *((reason.value, label) for reason, label in REFUSAL_LABELS.items()),
        ],
    )  # fmt: skip


class TimesForm(ActForm):
    """Until when ideas are looked at and answered, from a day on."""

    since = forms.DateField(
        label=_("From which day on?"),
        widget=DayInput(),
        error_messages={"required": _("Say from when it holds.")},
    )  # fmt: skip
    look_workdays = forms.IntegerField(
        label=_("Working days until somebody looks at an idea without a name"),
        min_value=1, max_value=60,
    )  # fmt: skip
    answer_workdays = forms.IntegerField(
        label=_("Working days until the answer"), min_value=1, max_value=250
    )
    source = forms.CharField(
        label=_("Where does this stand?"), max_length=200,
        help_text=_("The decision or the rule, with its date."),
        error_messages={"required": _("Say where this limit stands: a rule, a decision, a date.")},
    )  # fmt: skip


class TopicsForm(ActForm):
    """Which of the things people said come onto the agenda, and in which words."""

    MOST: Final = 30

    def __init__(self, *args: Any, heard: Sequence[Heard], **kwargs: Any) -> None:
        # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.heard = list(heard)[: self.MOST]
        for one in self.heard:
            self.fields[f"pick_{one.key}"] = forms.BooleanField(label=one.title, required=False)
            self.fields[f"title_{one.key}"] = forms.CharField(
                label=_("In the words of the agenda"), max_length=120, initial=one.title,
                required=False,
            )  # fmt: skip

    def rows(self) -> Iterator[tuple[Heard, forms.BoundField, forms.BoundField]]:
        """What was heard, with its two fields."""
        for one in self.heard:
            yield one, self[f"pick_{one.key}"], self[f"title_{one.key}"]

    def titles(self) -> dict[str, int | None]:
        """The titles that were picked, with the idea each is from."""
        values = self.cleaned_data
        return {
            values[f"title_{one.key}"] or one.title: one.idea
            for one in self.heard
            if values[f"pick_{one.key}"]
        }


class PointsForm(ActForm):
    """What was said, one point a line; `draft` is the recording whose draft it was."""

    points = forms.CharField(
        label=_("What was said, one point a line"), max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("With the name in front if you like: 王奶奶：装个水龙头. The microphone of your keyboard types, too."),
        error_messages={"required": _("Write what was said, one point a line.")},
    )  # fmt: skip
    draft = forms.ModelChoiceField(
        queryset=Recording.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, drafts: Sequence[Recording] = (), **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        ids = [row.pk for row in drafts]
        self.fields["draft"].queryset = Recording.objects.filter(pk__in=ids)


class FateForm(ActForm):
    """What becomes of a point, and whose it is."""

    fate = forms.ChoiceField(
        choices=[(fate.value, fate.label) for fate in (Fate.IDEA, Fate.DEMAND, Fate.NOTHING)]
    )
    speaker = forms.ModelChoiceField(
        label=_("Whose?"), queryset=Person.objects.none(), required=False,
        empty_label=_("without a name"),
    )  # fmt: skip

    def __init__(self, *args: Any, there: Sequence[Person], **kwargs: Any) -> None:
        # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["speaker"].queryset = Person.objects.filter(pk__in=[one.pk for one in there])


class SoundForm(ActForm):
    """A recording."""

    sound = forms.FileField(
        label=_("Recording"), widget=forms.FileInput(attrs={"accept": "audio/*"}),
        error_messages={"required": _("Choose a file.")},
    )  # fmt: skip
