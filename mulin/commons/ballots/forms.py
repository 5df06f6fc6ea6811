"""What is typed about a vote."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.membership import GROWN_UP, Belongs
from mulin.commons.ballots.models import BINDING_LABELS, BOARD_LABELS, Election
from mulin.commons.ballots.rules import (
    OBJECTION_DAYS,
    QUORUM_PERCENT,
    SAMPLE_EVERY,
    SAMPLE_LEAST,
    Binding,
    Board,
    Mark,
    Said,
    Settled,
    Terms,
)
from mulin.commons.paper.forms import SheetsField
from mulin.ground.people.models import Residency
from mulin.kit.forms import ActForm, DayField, SeveralFiles

#: An opened urn of ten thousand ballots has some ten million bytes.
MOST_BYTES = 40 * 1024 * 1024
#: The one constituency of a vote that no room holds.
EVERYBODY = "all"


class DeedForm(ActForm):
    """A button."""


class KeyForm(ActForm):
    """The urn's public key."""

    key = forms.CharField(
        label=_("Public key of the urn"), max_length=200,
        help_text=_("The last line that the opener showed when the key was made."),
        error_messages={"required": _("Paste the public key.")},
    )  # fmt: skip


class WordForm(ActForm):
    """The word out of the test envelope."""

    word = forms.CharField(
        label=_("Word in the test envelope"), max_length=20,
        error_messages={"required": _("Type the word.")},
    )  # fmt: skip


class OpenedForm(ActForm):
    """The file that the opener wrote."""

    file = forms.FileField(
        label=_("Opened ballots (opened.json)"),
        error_messages={"required": _("Choose the file that the opener wrote.")},
    )

    # Any: whatever a file holds.
    def clean_file(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        try:
            told = json.load(file) if file.size <= MOST_BYTES else None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise forms.ValidationError(_("This is not the file that the opener wrote."))
        return told


class ExplainForm(ActForm):
    """Why a sum is not equal."""

    words = forms.CharField(
        label=_("Explanation for the protocol"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Explain the difference.")},
    )  # fmt: skip


class ExtendForm(ActForm):
    """A later end."""

    until = DayField(is_last=True, label=_("New last day"))
    reason = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why.")}
    )


class ReasonForm(ActForm):
    """Why a vote is taken back, or read anew."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why.")}
    )


class ObjectForm(ActForm):
    """What is wrong with the roll about oneself."""

    words = forms.CharField(
        label=_("What is wrong about you on the roll?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is wrong.")},
    )  # fmt: skip


class ComplainForm(ActForm):
    """What did not go right with a vote."""

    words = forms.CharField(
        label=_("What did not go right?"), max_length=600,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what did not go right.")},
    )  # fmt: skip
    contact = forms.CharField(
        label=_("How do we reach you?"), max_length=80, required=False,
        help_text=_("Only the election committee sees it."),
    )  # fmt: skip


class AnswerForm(ActForm):
    """What became of an objection."""

    answer = forms.CharField(
        label=_("Answer"), max_length=300, error_messages={"required": _("Write an answer.")}
    )


class HandOutForm(ActForm):
    """A paper ballot, at the desk or at the door."""

    way = forms.ChoiceField(
        choices=[(Mark.PAPER.value, _("At the desk")), (Mark.DOOR.value, _("At the door"))]
    )
    helper = forms.CharField(label=_("Who helped"), max_length=60, required=False)
    companion = forms.CharField(label=_("Who came along"), max_length=60, required=False)


class StrikeForm(ActForm):
    """A correction of the frozen roll."""

    reason = forms.CharField(
        label=_("Reason for the protocol"), max_length=300,
        error_messages={"required": _("A correction needs its reason.")},
    )  # fmt: skip


class BoxForm(ActForm):
    """What was printed, left over and found in the box."""

    printed = forms.IntegerField(label=_("Printed"), min_value=0)
    cancelled = forms.IntegerField(label=_("Left over and cancelled"), min_value=0)
    not_returned = forms.IntegerField(label=_("Given out and not brought back"), min_value=0)
    in_box = forms.IntegerField(label=_("In the box"), min_value=0)

    def counts(self) -> dict[str, int]:
        """What was counted, by its name."""
        names = ("printed", "cancelled", "not_returned", "in_box")
        return {name: self.cleaned_data[name] for name in names}


class SheetForm(ActForm):
    """What stands on a sheet."""

    choices = forms.MultipleChoiceField(
        label=_("Marked on the sheet"), widget=forms.CheckboxSelectMultiple, required=False
    )
    is_unclear = forms.BooleanField(label=_("I am not sure"), required=False)

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["choices"].choices = [(one.code, one.called) for one in election.options.all()]


class DecideForm(SheetForm):
    """An observer's decision about a sheet."""

    is_void = forms.BooleanField(
        label=_("Void, whatever is marked: not ours, a copy, a name on it"), required=False
    )
    reason = forms.CharField(
        label=_("Why"), max_length=200, error_messages={"required": _("Say why.")}
    )


class PicturesForm(ActForm):
    """Photos of ballots, several at once, or what the scanner made of them."""

    sheets = SheetsField(
        label=_("Photos or PDF of the ballots"),
        help_text=_("One sheet in each photo, from above, with all four corners."),
        widget=SeveralFiles(attrs={"accept": "image/*,application/pdf", "multiple": True}),
        error_messages={"required": _("Choose the photos or the PDF first.")},
    )


class SettleForm(ActForm):
    """What becomes of a picture."""

    how = forms.ChoiceField(choices=[(one.value, one.value) for one in Settled])


class SampleForm(ActForm):
    """The number that draws the sample."""

    number = forms.CharField(
        label=_("The public number that was drawn"), max_length=80,
        help_text=_("Drawn before witnesses, after the last sheet was read and decided."),
        error_messages={"required": _("Write the public number that was drawn.")},
    )  # fmt: skip


class ChecksForm(ActForm):
    """The number that draws whom observers ask."""

    number = forms.CharField(
        label=_("A number that you draw"), max_length=80,
        help_text=_("With dice or slips of paper, before witnesses: nobody could know it before."),
        error_messages={"required": _("Write the number that was drawn.")},
    )  # fmt: skip


class SaidForm(ActForm):
    """What somebody said."""

    said = forms.ChoiceField(choices=[(one.value, one.value) for one in Said])


#: Named so that whoever looks for it is told why not; nothing is stored under it.
_OWNERS: Final = "owners"


class FixedFields(forms.Form):
    """What is fixed with the terms of every vote: what its result is, how many should take part, how
    large the sample is.
    """

    binding = forms.ChoiceField(
        label=_("The result is"),
        choices=[
            # By the rule of a meeting only a room decides that holds one.
            *((one.value, label) for one, label in BINDING_LABELS.items() if one != Binding.RULE),
            (_OWNERS, _("a decision of the owners 业主共同决定")),
        ],
        initial=Binding.ADVISORY, required=False,
    )  # fmt: skip
    legal_basis = forms.CharField(
        label=_("By which article"), max_length=300, required=False,
        help_text=_("Only for a decision by law: law, article and where its text was read."),
    )  # fmt: skip
    quorum_percent = forms.IntegerField(
        label=_("Of a hundred on each roll so many should take part"), min_value=1, max_value=100,
        initial=QUORUM_PERCENT, required=False,
        help_text=_("It is shown while the vote runs. What follows where fewer come, the rule says."),
    )  # fmt: skip

    objection_days = forms.IntegerField(
        label=_("So many days the roll hangs out for objections"), min_value=0, max_value=60,
        initial=OBJECTION_DAYS, required=False,
        help_text=_("It is frozen when they are over. Nothing or 0: it need not hang out."),
    )  # fmt: skip
    sample_every = forms.IntegerField(
        label=_("Of the paper ballots one is counted by hand again in every"), min_value=1,
        max_value=1000, initial=SAMPLE_EVERY,
    )  # fmt: skip
    sample_least = forms.IntegerField(
        label=_("and so many at least"), min_value=1, max_value=1000, initial=SAMPLE_LEAST
    )

    def clean_binding(self) -> str:
        """Owners decide by heads and by area 《民法典》第278条: that is another count."""
        if self.cleaned_data["binding"] == _OWNERS:
            raise forms.ValidationError(
                _(
                    "Owners decide by heads and by the area of their homes (Civil Code, article 278)."
                    " Here each person counts alike, so this vote cannot be theirs: hold it as"
                    " advice, or have the owners vote by their own rules."
                ),
                code="owners",
            )
        return str(self.cleaned_data["binding"])

    # Any: as the names of Terms ask.
    def fixed_terms(self) -> dict[str, Any]:
        """As they were typed, by their names in Terms."""
        values = self.cleaned_data
        return {
            "binding": Binding(values["binding"] or Binding.ADVISORY),
            "legal_basis": values["legal_basis"],
            "quorum_percent": values["quorum_percent"],
            "objection_days": values["objection_days"] or 0,
            "sample_every": values["sample_every"],
            "sample_least": values["sample_least"],
        }


class AddForm(ActForm):
    """Somebody is put on a frozen roll, by protocol."""

    person = forms.CharField(
        label=_("Who?"), max_length=60, help_text=_("The name; where several have it, the phone."),
        error_messages={"required": _("Write the name.")},
    )  # fmt: skip
    group = forms.ModelChoiceField(
        label=_("Constituency"), queryset=None, empty_label=None,
        error_messages={"required": _("Choose the constituency.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason for the protocol"), max_length=300,
        error_messages={"required": _("A correction needs its reason.")},
    )  # fmt: skip

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = election.constituencies.all()


class DraftForm(FixedFields, ActForm):
    """A vote that no room holds by itself."""

    field_order = (
        "title", "options", "max_choices", "who", "rule", "opens_at", "closes_at", "is_online",
        "board",
    )  # fmt: skip
    title = forms.CharField(
        label=_("What is voted on?"), max_length=120,
        error_messages={"required": _("Say what is voted on.")},
    )  # fmt: skip
    options = forms.CharField(
        label=_("What can be voted for, one in each line"), max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Name what can be voted for.")},
    )  # fmt: skip
    max_choices = forms.IntegerField(label=_("At most so many marks"), min_value=1, initial=1)
    who = forms.CharField(
        label=_("Who votes, as it is posted"), max_length=300,
        error_messages={"required": _("Name who votes.")},
    )  # fmt: skip
    rule = forms.CharField(
        label=_("By which rule it is decided"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say by which rule it is decided.")},
    )  # fmt: skip
    opens_at = DayField(label=_("First day of the vote"))
    closes_at = DayField(is_last=True, label=_("Last day of the vote"))
    is_online = forms.BooleanField(
        label=_("Also online; paper and the door are always there"), required=False, initial=True
    )
    board = forms.ChoiceField(
        label=_("The public board shows"),
        choices=[(one.value, label) for one, label in BOARD_LABELS.items()],
        help_text=_("Two separate lists, where somebody could be pressed to show what they chose."),
    )  # fmt: skip
    is_trial = forms.BooleanField(label=_("Only a trial, wiped afterwards"), required=False)

    def clean_options(self) -> list[str]:
        """The lines that say something."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines()]
        if any(len(line) > 120 for line in lines):  # noqa: PLR2004  as long as the column
            raise forms.ValidationError(_("An option has 120 characters at most."))
        return [line for line in lines if line]

    def terms(self) -> Terms:
        """As they were typed."""
        values = self.cleaned_data
        return Terms(
            title=values["title"],
            options=tuple((str(n), one) for n, one in enumerate(values["options"], start=1)),
            constituencies=((EVERYBODY, str(_("All voters")), values["who"]),),
            max_choices=values["max_choices"], opens_at=values["opens_at"],
            closes_at=values["closes_at"], rule=values["rule"], is_online=values["is_online"],
            is_trial=values["is_trial"], board=Board(values["board"]),
            **self.fixed_terms(),
        )  # fmt: skip


class EnrolForm(ActForm):
    """Who stands on a roll: by a rule, or by names."""

    least_age = forms.IntegerField(
        label=_("At least so many years old"), min_value=0, max_value=99, initial=GROWN_UP
    )
    residency = forms.ChoiceField(
        label=_("Who lives here"), required=False,
        choices=[("", _("everybody who lives here")),
                 *((one.value, one.label) for one in (Residency.LOCAL, Residency.NEW))],
    )  # fmt: skip
    is_party = forms.BooleanField(label=_("Party members only"), required=False)
    names = forms.CharField(
        label=_("Or these people, one in each line"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Names or phone numbers. If anything stands here, the rule above is not asked."),
    )  # fmt: skip

    def rule(self) -> Belongs:
        """As it was typed."""
        values = self.cleaned_data
        return Belongs(
            EVERYBODY, values["least_age"], is_party=values["is_party"],
            residency=values["residency"],
        )  # fmt: skip

    def lines(self) -> list[str]:
        """The names that were typed."""
        return [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]


class PrintForm(ActForm):
    """How many new sheets."""

    count = forms.IntegerField(
        label=_("How many sheets?"), min_value=1, max_value=200, initial=50,
        error_messages={
            "required": _("Say how many."),
            "max_value": _("At most 200 at once; print again for more."),
        },
    )  # fmt: skip
