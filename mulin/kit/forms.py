"""How every form of Mulin behaves: our own field template, and a token that makes a form
sent twice do its work once."""

import secrets
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Fields drawn by our own template, found like any other template."""

    field_template_name = "kit/field.html"


def fresh_token() -> str:
    """A token for one showing of a form."""
    return secrets.token_urlsafe(16)


class ActForm(forms.Form):
    """A form that leads to an action. It carries the token under which the act is recorded.

    The browser sends the same token however often the button is pressed, and the action then
    returns the first result. After an error the token stays, for nothing was done with it.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = fresh_token

    @property
    def idempotency_token(self) -> str:
        """The token that was sent, or a new one for a client that sent none."""
        return str(self.cleaned_data.get("token") or fresh_token())
