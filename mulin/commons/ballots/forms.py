"""What is typed about a vote."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Election
from mulin.commons.ballots.rules import Mark
from mulin.kit.forms import ActForm, DayField

#: An opened urn of ten thousand ballots has some ten million bytes.
MOST_BYTES = 40 * 1024 * 1024


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


class ObjectForm(ActForm):
    """What is wrong with the roll about oneself."""

    words = forms.CharField(
        label=_("What is wrong about you on the roll?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is wrong.")},
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


class SheetForm(ActForm):
    """What stands on a sheet."""

    choices = forms.MultipleChoiceField(
        label=_("Marked on the sheet"), widget=forms.CheckboxSelectMultiple, required=False
    )
    is_unclear = forms.BooleanField(label=_("I am not sure"), required=False)

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["choices"].choices = [
            (one.code, f"{one.code} {one.title}") for one in election.options.all()
        ]


class DecideForm(SheetForm):
    """An observer's decision about a sheet."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, error_messages={"required": _("Say why.")}
    )
