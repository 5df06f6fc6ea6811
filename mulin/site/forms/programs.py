"""The form by which another office's program is let in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import SCOPE_LABELS
from mulin.ground.community.rules import Actor, Scope, may_give_scope
from mulin.kit.forms import ActForm
from mulin.site.forms.team import DayField


class ProgramForm(ActForm):
    """Whose program, whom to phone about it, what it may do, until when."""

    name = forms.CharField(
        label=_("What it is called"),
        max_length=60,
        help_text=_("For instance: platform of the street office."),
        error_messages={"required": _("Give it a name: the record of acts shows it.")},
    )
    contact = forms.CharField(
        label=_("Whom to phone about it"),
        max_length=120,
        error_messages={"required": _("Write down who answers for it, and their phone.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "sentences"}),
        error_messages={"required": _("Choose what the program may do.")},
    )
    until = DayField(
        label=_("Last day"),
        is_last=True,
        help_text=_("Two years at most."),
        error_messages={"required": _("Choose a last day within the next two years.")},
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:  # Any: Django's own arguments
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        scopes.choices = [
            (scope.value, words)
            for scope, words in SCOPE_LABELS.items()
            if may_give_scope(by, scope)
        ]
        if len(scopes.choices) < len(SCOPE_LABELS):
            scopes.help_text = _("What opens names, homes or money only the head gives.")

    def clean_scopes(self) -> list[Scope]:
        """The scopes themselves."""
        return [Scope(name) for name in self.cleaned_data["scopes"]]
