"""The form of a visit: one line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm
from mulin.parlour.reception.models import VisitReason

VISIT_REASONS = [choice for choice in VisitReason.choices if choice[0] != VisitReason.DEMAND]


class VisitForm(ActForm):
    """Somebody came or phoned: why, how long; who, if they wish."""

    reason = forms.ChoiceField(
        label=_("Why?"), choices=VISIT_REASONS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose why they came.")},
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How?"),
        choices=[(c.value, c.label) for c in (Channel.WALK_IN, Channel.PHONE, Channel.DOOR)],
        initial=Channel.WALK_IN.value,
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=600, initial=5, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip

    def __init__(
        self, *args: Any, person: Person | None = None, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.chosen_person = person
        self.fields["person"].queryset = Person.objects.on_roll()
        if person is not None:
            self.fields["person"].initial = person.pk
