"""What is typed between the street and its communities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.street.registry import opening_of, openings
from mulin.kit.forms import ActForm, DayField


class GrantForm(ActForm):
    """What the street may look at, what for, until when."""

    what = forms.ChoiceField(label=_("What may the street look at?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What does the street need it for?"), max_length=200,
        error_messages={"required": _("Say what the street needs it for.")},
    )  # fmt: skip
    until = DayField(
        label=_("How long may the street look?"),
        is_last=True,
        error_messages={"required": _("Choose a day.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            (one.name, f"{one.label} · {one.hint}") for one in openings()
        ]

    def clean_what(self) -> Any:  # Any: an opening
        return opening_of(self.cleaned_data["what"])


class WordsForm(ActForm):
    """What the street says: its answer, or why it gives it back."""

    words = forms.CharField(
        label=_("What does the community read?"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write it down: the community reads it.")},
    )  # fmt: skip
