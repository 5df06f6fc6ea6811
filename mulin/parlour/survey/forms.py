"""What is typed for a survey: faces, outcomes, questions, days."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.forms import ActForm, DayInput
from mulin.kit.paper.definition import Form
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.kit.templatetags.kit import FACES
from mulin.parlour.survey.models import (
    DISPOSITION_LABELS,
    FIELD_LABELS,
    STEP_LABELS,
    Method,
    Question,
    Survey,
)
from mulin.parlour.survey.rules import Answers, Disposition, Outcome, read_code
from mulin.parlour.survey.sheets import QUESTION, WORDS, answers_of, asked_by

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField, BoundWidget

OUTCOMES = [
    (Outcome.ANSWERED.value, _("They answer now")),
    (Outcome.NOBODY.value, _("Nobody there; try again")),
    (Outcome.REFUSED.value, _("They do not want to")),
    (Outcome.UNABLE.value, _("They cannot: ill, away for long, no common language")),
    (Outcome.EMPTY.value, _("Nobody lives there")),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it is drawn: five faces, and the way out."""

    field: "BoundField"
    faces: "list[tuple[BoundWidget, str]]"
    unsure: "BoundWidget"


class AnswersForm(DefinedForm):
    """The faces of a household, and what it would have done first: what its sheet asks, too."""

    order = ()

    def __init__(
        self, *args: Any, survey: Survey, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        self.questions = list(survey.questions.order_by("position"))
        super().__init__(*args, definition=asked_by(survey), **kwargs)

    def shown(self, _definition: Form) -> dict[str, Shown]:
        """Faces for the numbers that stand on paper."""
        faces = {str(step): str(label) for step, label in STEP_LABELS.items()}
        words = Shown(
            WORDS, attrs={"rows": 3},
            hint=_(
                "No names or phone numbers, please. It is kept apart from your faces and read by the"
                " desk only."
            ),
        )  # fmt: skip
        return {
            **{name: Shown(name, words=faces) for name in self._names(self.questions)},
            WORDS: words,
        }

    @staticmethod
    def _names(questions: Iterable[Question]) -> list[str]:
        return [f"{QUESTION}{number}" for number, _one in enumerate(questions, 1)]

    def asked(self) -> list[Asked]:
        """The questions in their order."""
        found = []
        for name in self._names(self.questions):
            field = self[name]
            *faces, unsure = list(field)
            found.append(Asked(field, list(zip(faces, FACES[len(faces)], strict=True)), unsure))
        return found

    def answers(self) -> Answers:
        """What was chosen, by question."""
        return answers_of(self.questions, self.cleaned_data)


class CodeField(forms.CharField):
    """The code of a letter, however it is typed; gives it plain."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            ),
        )
        kwargs.setdefault("error_messages", {"required": _("Type the code on the letter.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:  # Any: Django's own field signature
        typed: str = super().clean(value)
        code = read_code(typed)
        if code is None:
            raise forms.ValidationError(
                _("Something in the code is misread. Compare it with the letter, group by group."),
                code="misread",
            )
        return code


class CodeForm(forms.Form):
    """The code on the letter, for who does not scan it."""

    code = CodeField(
        label=_("The code on your letter"),
        help_text=_("Three groups of four, such as ABCD-EFGH-JK07."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class PaperForm(AnswersForm):
    """A sheet that came on paper: its code, then the crosses on it."""

    code = CodeField(label=_("The code on the sheet"))


class TryForm(AnswersForm):
    """What came of a call or a visit, and the answers when they answer at once."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=OUTCOMES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )  # fmt: skip

    def __init__(self, *args: Any, may_answer: bool, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.may_answer = may_answer
        if not may_answer:
            self.fields["outcome"].choices = OUTCOMES[1:]
            self.questions = []


class DraftForm(ActForm):
    """Which year is asked about."""

    year = forms.IntegerField(
        label=_("Survey of the year"),
        error_messages={"required": _("Type a year."), "invalid": _("Type a year, such as 2026.")},
    )


class QuestionsForm(ActForm):
    """The words of each question; an emptied one is not asked."""

    free_words = forms.CharField(
        label=_("Answered in words"), max_length=120, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        for field, label in FIELD_LABELS.items():
            self.fields[field.value] = forms.CharField(
                label=str(label), max_length=120, required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        self.order_fields([*FIELD_LABELS, "free_words"])

    def words(self) -> dict[str, str]:
        """The questions by their field."""
        return {field.value: self.cleaned_data[field.value] for field in FIELD_LABELS}


class OpenForm(ActForm):
    """Whom the survey asks, and until when."""

    method = forms.ChoiceField(
        label=_("Whom do we ask?"), choices=Method.choices, widget=forms.RadioSelect,
        initial=Method.SAMPLE,
    )  # fmt: skip
    size = forms.IntegerField(
        label=_("Households in the sample"), required=False, min_value=1,
        help_text=_(
            "Drawn from every grid in proportion. 400 answers are right to within five points."
        ),
    )  # fmt: skip
    last_day = forms.DateField(
        label=_("Last day"), widget=DayInput(),
        error_messages={"required": _("Say until when households may answer.")},
    )  # fmt: skip
    seed = forms.CharField(
        label=_("Public number for the draw"), max_length=64, required=False,
        help_text=_(
            "Such as the lottery numbers of a day agreed on beforehand. Left empty, it is drawn"
            " here. It is published: whoever has it can draw again."
        ),
    )  # fmt: skip


class ProlongForm(ActForm):
    """A later, or an earlier, last day."""

    last_day = forms.DateField(
        label=_("New last day"), widget=DayInput(),
        error_messages={"required": _("Say until when households may answer.")},
    )  # fmt: skip


class HouseholdFilterForm(forms.Form):
    """What the list of households is narrowed by."""

    show = forms.ChoiceField(
        choices=[
            ("", DISPOSITION_LABELS[Disposition.WAITING]),
            ("all", _("all")),
            *((one, label) for one, label in DISPOSITION_LABELS.items() if one != "waiting"),
        ],
        required=False,
    )
    grid = forms.IntegerField(required=False)
