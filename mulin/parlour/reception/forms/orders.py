"""Work orders: what a program sends, how their list is narrowed, and what goes back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.downloads.rules import Format
from mulin.kit.forms import ActForm
from mulin.kit.openapi import MomentField
from mulin.parlour.reception.models import ImportedFile

FORMATS = [(Format.XLSX.value, "Excel"), (Format.CSV.value, "CSV")]
SHOWN = [
    ("open", _("Open")),
    ("to-hand-back", _("To hand back")),
    ("all", _("All")),
]


class ProgramOrderForm(forms.Form):
    """A work order as a program sends it."""

    system = forms.SlugField(
        allow_unicode=True,
        label=_("Short name of the other system"),
        help_text=_("Letters and digits, such as hotline12345. Numbers are theirs."),
        max_length=40,
    )
    number = forms.RegexField(
        r"^[\w.:-]+$", label=_("Number there"), max_length=80,
        help_text=_("Letters, digits and . : _ - only."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("In their own words"),
        max_length=2000,
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    sent_at = MomentField(label=_("Sent on"), required=False)
    answer_by = MomentField(label=_("To be answered by"), required=False)
    category = forms.CharField(
        label=_("Kind"), max_length=80, required=False,
        help_text=_("A code or name of a kind here; anything else is left to be sorted."),
    )  # fmt: skip
    place_words = forms.CharField(label=_("Where exactly?"), max_length=120, required=False)
    contact_name = forms.CharField(label=_("Name of who asks"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("Phone of who asks"), max_length=20, required=False)


class ProgramChangesForm(forms.Form):
    """Since when a program wants to hear of its orders."""

    after = forms.RegexField(
        r"^\d{1,19}$", label=_("The `after` of the answer before; empty for all"), required=False
    )

    def clean_after(self) -> int:
        """The last thing that was heard of."""
        return min(int(self.cleaned_data["after"] or 0), 2**63 - 1)


class GiveBackForm(ActForm):
    """Why a work order is not ours."""

    why = forms.CharField(
        label=_("Why is it not ours?"), max_length=300,
        error_messages={
            "required": _("Say why it is not ours, so that they can send it elsewhere.")
        },
    )  # fmt: skip


class HandBackForm(ActForm):
    """Which answers go back, and how the file is written."""

    file = forms.ModelChoiceField(
        label=_("In the layout of"),
        queryset=ImportedFile.objects.none(),
        required=False,
        empty_label=_("our own layout, every system"),
    )
    only_fresh = forms.BooleanField(
        label=_("Only what they have not had yet"), required=False, initial=True
    )
    format = forms.ChoiceField(label=_("Written as"), choices=FORMATS, initial=Format.XLSX.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["file"].queryset = (
            ImportedFile.objects.filter(orders__isnull=False).distinct().order_by("-id")
        )
