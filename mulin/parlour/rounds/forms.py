"""What an officer types on a phone, and what a hand-over says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, ContactWish, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.models import Membership
from mulin.ground.people.models import Person
from mulin.ground.places.models import Dwelling
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, DayField, HappenedField, PhotosField
from mulin.parlour.rounds.models import KIND_LABELS, OUTCOME_LABELS
from mulin.parlour.rounds.rules import Kind


class VisitForm(ActForm):
    """What came of a knock: one tap, and a note if there is something to say."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[(one.value, label) for one, label in OUTCOME_LABELS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    note = forms.CharField(
        label=_("Note for whoever comes next"), max_length=200, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    happened = HappenedField()


class HearForm(ActForm):
    """What somebody says at a door or in the street, once: typed, spoken, photographed."""

    words = forms.CharField(
        label=_("In their own words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Press the microphone on your keyboard and speak: the phone writes it."),
        error_messages={"required": _("Say in a few words what it is about.")},
    )
    photos = PhotosField(label=_("A photo"))
    home = forms.ModelChoiceField(
        label=_("At which door?"), queryset=Dwelling.objects.none(), required=False,
        empty_label=_("in the street"),
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label=_("Who says it?"), queryset=Person.objects.none(), required=False,
        empty_label=_("they do not say"),
    )  # fmt: skip
    place_words = forms.CharField(label=_("Where exactly?"), max_length=120, required=False)
    category = forms.ModelChoiceField(
        label=_("Kind"), queryset=Category.objects.none(), required=False,
        empty_label=_("not yet known"),
    )  # fmt: skip
    contact_wish = forms.ChoiceField(
        label=_("How do they want to hear the answer?"), choices=ContactWish.choices,
        initial=ContactWish.DOOR, required=False,
    )  # fmt: skip
    visibility = forms.ChoiceField(
        label=_("Who may know who asked?"), choices=Visibility.choices,
        initial=Visibility.NAMED, required=False,
    )  # fmt: skip
    happened = HappenedField()

    def __init__(
        self, *args: Any, homes: Any, persons: Any, **kwargs: Any
    ) -> None:  # Any: querysets, and Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["home"].queryset = homes
        self.fields["person"].queryset = persons
        self.fields["category"].queryset = Category.objects.filter(is_active=True)

    @classmethod
    def blank(cls) -> "HearForm":
        """For the page without network: choices are put in by the phone, none by the server."""
        form = cls(homes=Dwelling.objects.none(), persons=Person.objects.none())
        form.fields["category"].queryset = Category.objects.none()
        return form

    def said(self) -> Said:
        """What was heard, as values. Somebody without a home on the list is met in the street."""
        values = self.cleaned_data
        home: Dwelling | None = values["home"]
        return Said(
            words=values["words"],
            person=values["person"],
            building=home.unit.building if home else None,
            place_words=values["place_words"],
            category=values["category"],
            visibility=values["visibility"] or Visibility.NAMED,
            contact_wish=values["contact_wish"] or ContactWish.DOOR,
            photos=values["photos"],
            said_at=values["happened"],
        )


class WishForm(ActForm):
    """Please look in on them."""

    words = forms.CharField(
        label=_("Why should somebody look in?"), max_length=120,
        error_messages={"required": _("Say why, so that the officer knows what to look for.")},
    )  # fmt: skip


class PaceForm(ActForm):
    """How often homes of a kind are visited, from a day on, by whose word."""

    kind = forms.TypedChoiceField(
        label=_("Which homes?"), coerce=Kind,
        choices=[(one.value, label) for one, label in KIND_LABELS.items()],
    )  # fmt: skip
    days = forms.IntegerField(label=_("At least every so many days"), min_value=1, max_value=366)
    since = DayField(label=_("From"))
    source = forms.CharField(
        label=_("By whose word?"), max_length=200,
        help_text=_("A rule, a decision, a meeting: it stands beside the number."),
        error_messages={"required": _("Say who decided it.")},
    )  # fmt: skip

    def since_day(self) -> Any:  # Any: a day
        """The day from which it holds."""
        return local_day(self.cleaned_data["since"])


class ProposeForm(ActForm):
    """A colleague walks the round, from a day to a day."""

    membership = forms.ModelChoiceField(
        label=_("Which round?"), queryset=Membership.objects.none(), empty_label=None
    )
    deputy = forms.ModelChoiceField(
        label=_("Who walks it?"), queryset=Membership.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague who works with demands.")},
    )  # fmt: skip
    since = DayField(label=_("From"))
    until = DayField(label=_("Last day"), is_last=True)
    notes = forms.CharField(
        label=_("What should they know?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is open and who waits, they see by themselves."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, rounds: Any, colleagues: Any, **kwargs: Any
    ) -> None:  # Any: querysets, and Django's own form arguments
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        field.queryset = rounds
        field.label_from_instance = _round_name
        self.fields["deputy"].queryset = colleagues


def _round_name(membership: Membership) -> str:
    return f"{membership.grid} · {membership.account.display_name}"


class DeedForm(ActForm):
    """Yes or no to a hand-over, with a word if need be."""

    words = forms.CharField(label=_("A word to your colleague"), max_length=200, required=False)
