"""What is typed about messages: that one was told, and how a channel is reached."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.forms import ActForm


class ToldForm(ActForm):
    """Somebody was told in person."""

    note = forms.CharField(
        label=_("What they said"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only what matters for later."),
    )


class PlainActForm(ActForm):
    """A button: nothing but the token."""


class ChannelForm(ActForm):
    """Where a channel leads, and whether it is used."""

    target = forms.CharField(
        label=_("Where it leads"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The old one is kept if this stays empty. It is stored encrypted."),
    )
    is_on = forms.BooleanField(label=_("Use this channel"), required=False)

    def clean_target(self) -> str:
        return str(self.cleaned_data["target"]).strip()
