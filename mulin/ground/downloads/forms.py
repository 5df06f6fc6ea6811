"""What is asked before a list becomes a file."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.downloads.models import FORMAT_LABELS
from mulin.ground.downloads.rules import Format
from mulin.kit.clock import end_of_day, start_of_day
from mulin.kit.forms import ActForm, DayInput


class AskForm(ActForm):
    """Which kind of file, and what for."""

    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[(one.value, label) for one, label in FORMAT_LABELS.items()],
        initial=Format.XLSX.value,
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(
        label=_("What the file is for"),
        max_length=100,
        required=False,
        help_text=_("For instance: quarterly report to the street office. It is written down."),
    )

    def __init__(self, *args: object, about_persons: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].required = about_persons
        self.fields["purpose"].error_messages["required"] = _(
            "Say what the file is for; it is written down."
        )


class PeriodForm(forms.Form):
    """From one day to another, for lists of things that happened."""

    first = forms.DateField(label=_("From"), required=False, widget=DayInput())
    last = forms.DateField(label=_("Until"), required=False, widget=DayInput())
    field_order = ("first", "last")

    def clean(self) -> dict[str, object]:
        values: dict[str, object] = super().clean() or {}
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return values


def during(column: str, values: Mapping[str, Any]) -> Q:  # Any: cleaned values
    """Rows of the days that `PeriodForm` names, by a column of moments; all where it names none."""
    first, last = values.get("first"), values.get("last")
    chosen = Q(**{f"{column}__gte": start_of_day(first)}) if first else Q()
    return chosen & Q(**{f"{column}__lt": end_of_day(last)}) if last else chosen
