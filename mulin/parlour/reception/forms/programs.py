"""What another office's program sends: a demand, and how its list is narrowed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, ContactWish, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.places.models import Building
from mulin.kit.forms import PhoneField
from mulin.kit.openapi import MomentField
from mulin.parlour.reception.rules import State


class ProgramDemandForm(forms.Form):
    """A demand that somebody told another office."""

    words = forms.CharField(
        label=_("In their own words"),
        max_length=2000,
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    category = forms.CharField(
        label=_("Kind"), help_text=_("The code of a kind, as it is here."), max_length=40,
        required=False,
    )  # fmt: skip
    building = forms.CharField(
        label=_("Building"), help_text=_("The name of a building, as it is here."), max_length=40,
        required=False,
    )  # fmt: skip
    place_words = forms.CharField(label=_("Where exactly?"), max_length=120, required=False)
    contact_name = forms.CharField(label=_("Name"), max_length=60, required=False)
    contact_phone = PhoneField(label=_("Phone to call back"), required=False)
    contact_wish = forms.ChoiceField(
        label=_("How do they want to hear the answer?"),
        choices=[("", ""), *ContactWish.choices],
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Who may know who asked?"), choices=[("", ""), *Visibility.choices], required=False
    )

    def clean_category(self) -> Category | None:
        """The kind itself."""
        found: Category | None = _named(
            Category, "code", self.cleaned_data["category"], is_active=True
        )
        return found

    def clean_building(self) -> Building | None:
        """The building itself."""
        found: Building | None = _named(Building, "name", self.cleaned_data["building"])
        return found

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values = super().clean() or {}
        wish, phone = values.get("contact_wish"), values.get("contact_phone")
        if wish == ContactWish.CALL and not phone and "contact_phone" not in self.errors:
            self.add_error("contact_phone", _("To be called back, give a phone number."))
        return values


def said_by_program(values: dict[str, Any]) -> Said:  # Any: values of several kinds
    """What was sent, as values. Without a wish: a call where there is a phone, otherwise nothing."""
    phone = values.get("contact_phone", "")
    usual = ContactWish.CALL if phone else ContactWish.NONE
    return Said(
        words=values["words"],
        category=values.get("category"),
        building=values.get("building"),
        place_words=values.get("place_words", ""),
        contact_name=values.get("contact_name", ""),
        contact_phone=phone,
        contact_wish=values.get("contact_wish") or usual,
        visibility=values.get("visibility") or Visibility.NAMED,
        latitude=values.get("latitude"),
        longitude=values.get("longitude"),
    )


class ProgramFilterForm(forms.Form):
    """Which demands a program reads."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", ""), *((one.value, one.value) for one in State)],
        required=False,
    )  # fmt: skip
    category = forms.CharField(label=_("Kind"), max_length=40, required=False)
    since = MomentField(label=_("Received since"), required=False)
    until = MomentField(label=_("Received before"), required=False)
    only_open = forms.BooleanField(label=_("Only what is still open"), required=False)


# Any: a model with a manager, and values of its columns.
def _named(model: Any, column: str, typed: str, **more: Any) -> Any:
    if not typed:
        return None
    found = model.objects.filter(**{column: typed}, **more).first()
    if found is None:
        raise forms.ValidationError(_("There is none of this name here."), code="unknown")
    return found
