"""The form of a visit: who, and one letter; what a kind of visit is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, HappenedField, TableField
from mulin.parlour.reception.models import VisitKind, VisitReason

VISIT_REASONS = [choice for choice in VisitReason.choices if choice[0] != VisitReason.DEMAND]


class VisitForm(ActForm):
    """Somebody came or phoned. The button that sends it says why."""

    kind = forms.ModelChoiceField(
        label=_("Why?"), queryset=VisitKind.objects.none(),
        error_messages={
            "required": _("Press why they came."),
            "invalid_choice": _("This reason is not in use any more. Press another."),
        },
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How?"),
        choices=[(c.value, c.label) for c in (Channel.WALK_IN, Channel.PHONE, Channel.DOOR)],
        initial=Channel.WALK_IN.value,
        required=False,
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=600, required=False,
        help_text=_("Empty: as long as such a visit usually takes."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    happened = HappenedField()
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip

    def __init__(
        self, *args: Any, by: Actor, person: Person | None = None, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = VisitKind.objects.filter(is_active=True)
        self.fields["person"].queryset = Person.objects.on_roll().visible_to(by)
        if person is not None:
            self.fields["person"].initial = person.pk

    @property
    def channel_said(self) -> str:
        """How they came; walking in, unless something else was said."""
        return str(self.cleaned_data["channel"] or Channel.WALK_IN.value)

    @property
    def minutes_said(self) -> int:
        """How long it took; what the kind usually takes where nothing was typed."""
        typed: int | None = self.cleaned_data["minutes"]
        return int(self.cleaned_data["kind"].minutes) if typed is None else typed


class VisitKindForm(ActForm):
    """A kind of visit in the community's own words, and its letter."""

    name = forms.CharField(
        label=_("What is it called?"), max_length=30,
        error_messages={"required": _("Say in a word or two why they come.")},
    )  # fmt: skip
    letter = forms.CharField(
        label=_("Letter"), max_length=1, required=False,
        help_text=_("One of a to z; the ten commonest are noted by pressing it."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "size": "3"}),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Counted as"), choices=VISIT_REASONS, initial=VisitReason.OTHER,
        help_text=_("In the figures, which are the same in every community."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes it usually takes"), min_value=0, max_value=600, initial=5
    )
    is_pinned = forms.BooleanField(
        label=_("Always among the ten"), required=False,
        help_text=_("However rarely they come for it."),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True,
        help_text=_("Put away, it is offered no longer; visits noted under it keep it."),
    )  # fmt: skip


class BookForm(ActForm):
    """An old book of visits."""

    file = TableField(
        help_text=_("Excel (.xlsx, .xls) or CSV. No visit is noted before you have seen it."),
    )
