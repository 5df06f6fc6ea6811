"""What is typed about alarms, people who are watched over, devices and the ladder."""

import json
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.actions.setting import Care
from mulin.circle.alarms.models import (
    WHO_LABELS,
    ContactKind,
    DeviceKind,
    Outcome,
    Vendor,
    Watch,
)
from mulin.circle.alarms.rules import LONGEST_RUNG, Ladder, Rung, Who
from mulin.kit.forms import ActForm, DayField, PhoneField

_AREA = forms.Textarea(attrs={"rows": 3})


class EndForm(ActForm):
    """What it was."""

    outcome = forms.ChoiceField(
        label=_("What was it?"), choices=Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Say what it was.")},
    )  # fmt: skip
    words = forms.CharField(label=_("In a few words"), max_length=500, required=False, widget=_AREA)


class ContactForm(ActForm):
    """Somebody who comes."""

    kind = forms.ChoiceField(
        label=_("What are they to them?"), choices=ContactKind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they are to them.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=60, error_messages={"required": _("Write the name.")}
    )
    phone = PhoneField(
        label=_("Phone"), error_messages={"required": _("Write a phone number: a contact must be reached.")}
    )  # fmt: skip


class CareForm(ActForm):
    """What a helper must know, and when they are to be heard of."""

    key_where = forms.CharField(
        label=_("Where is a key?"), max_length=200, required=False,
        help_text=_("Such as: with Aunt Shen in 302. Only helpers see it."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What must a helper know?"), max_length=500, required=False, widget=_AREA,
        help_text=_("Hard of hearing, dialect, a dog, what not to do."),
    )  # fmt: skip
    morning = forms.TimeField(
        label=_("To be heard of in the morning by"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6", "placeholder": "8:30"}),
    )  # fmt: skip
    evening = forms.TimeField(
        label=_("To be heard of in the evening by"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6", "placeholder": "20:00"}),
    )  # fmt: skip
    grace_minutes = forms.IntegerField(
        label=_("How many minutes later is it an alarm?"), min_value=5, max_value=600, initial=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )  # fmt: skip
    water_litres = forms.DecimalField(
        label=_("Alarm when the meter counts less than so many litres"), min_value=1,
        max_digits=6, decimal_places=1, required=False, help_text=_("Empty: water is not watched."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "6"}),
    )  # fmt: skip
    water_hours = forms.IntegerField(
        label=_("… in so many hours"), min_value=4, max_value=24, initial=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )  # fmt: skip

    @classmethod
    def shown(cls, watch: Watch) -> dict[str, Any]:  # Any: initial values of fields
        """What stands in the fields at first."""
        return {name: getattr(watch, name) for name in cls.base_fields if hasattr(watch, name)}

    @property
    def care(self) -> Care:
        values = {name: self.cleaned_data[name] for name in self.fields if name != "token"}
        return Care(**values)


class AwayForm(ActForm):
    """Not at home, until when."""

    until = DayField(
        label=_("Back on"), required=False,
        help_text=_("Left empty: until somebody says that they are back."),
    )  # fmt: skip
    where = forms.CharField(label=_("Where are they?"), max_length=80, required=False)


class LadderForm(ActForm):
    """In which order whom is told, a step a row."""

    STEPS = 5

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        for number in range(self.STEPS):
            self.fields[f"after_{number}"] = forms.IntegerField(
                label=_("Step %(number)d: after so many seconds") % {"number": number + 1},
                min_value=0, max_value=LONGEST_RUNG, required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
            )  # fmt: skip
            self.fields[f"who_{number}"] = forms.MultipleChoiceField(
                label=_("Step %(number)d: who is told") % {"number": number + 1},
                choices=[(who.value, label) for who, label in WHO_LABELS.items()],
                widget=forms.CheckboxSelectMultiple, required=False,
            )  # fmt: skip
            self.fields[f"voice_{number}"] = forms.BooleanField(
                label=_("Step %(number)d: their phone also rings") % {"number": number + 1},
                required=False,
            )  # fmt: skip

    @classmethod
    def shown(cls, ladder: Ladder) -> dict[str, Any]:  # Any: initial values of fields
        """What stands in the fields at first."""
        found: dict[str, Any] = {}
        for number, rung in enumerate(ladder[: cls.STEPS]):
            found |= {
                f"after_{number}": rung.after,
                f"who_{number}": [one.value for one in rung.who],
                f"voice_{number}": rung.by_voice,
            }
        return found

    @property
    def rungs(self) -> list[Rung]:
        """The steps that were filled in."""
        found = []
        for number in range(self.STEPS):
            after, who = (self.cleaned_data.get(f"{part}_{number}") for part in ("after", "who"))
            if after is not None or who:
                found.append(
                    Rung(
                        int(after or 0), tuple(Who(one) for one in who or ()),
                        bool(self.cleaned_data.get(f"voice_{number}")),
                    )
                )  # fmt: skip
        return found


class DutyForm(ActForm):
    """The phone on duty, how long an answer is believed, the second box."""

    phone = PhoneField(
        label=_("The duty phone"), required=False,
        help_text=_("Somebody always carries it. It is told last, when nobody else went."),
    )  # fmt: skip
    answer_minutes = forms.IntegerField(
        label=_("After how many minutes without news is an answer no longer believed?"),
        min_value=5, max_value=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )  # fmt: skip
    second_box = forms.CharField(
        label=_("Address of the second box"), max_length=300, required=False,
        help_text=_("Called each minute while all is well; behind the address, after a space, its key. An empty field keeps the old one."),
    )  # fmt: skip

    def clean_second_box(self) -> str:
        typed = " ".join(str(self.cleaned_data["second_box"]).split())
        if typed:
            URLValidator(["http", "https"])(typed.partition(" ")[0])
        return typed

    def told(self) -> dict[str, Any]:  # Any: values of several fields
        """As the action takes them."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "token"}


class DeviceForm(ActForm):
    """A device is taken up."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=DeviceKind.choices)
    watch = forms.ModelChoiceField(
        label=_("Whose is it?"), queryset=None, required=False,
        empty_label=_("nobody's: it hangs somewhere"),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Where does it hang?"), max_length=80, required=False,
        help_text=_("Not needed at home: the address of its owner is known."),
    )  # fmt: skip
    vendor = forms.ModelChoiceField(
        label=_("Through which vendor does it call?"), queryset=None,
        required=False, empty_label=_("none: it calls by itself"),
    )  # fmt: skip
    vendor_number = forms.CharField(label=_("Its number there"), max_length=64, required=False)
    beat_minutes = forms.IntegerField(
        label=_("It reports every so many minutes"), min_value=1, max_value=1440, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}),
    )  # fmt: skip
    hears_receipt = forms.BooleanField(
        label=_("It waits for our receipt, and dials by itself without one"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        # At the time of asking: outside a community there are none.
        self.fields["watch"].queryset = Watch.objects.standing().select_related("person")
        self.fields["vendor"].queryset = Vendor.objects.all()


class VendorForm(ActForm):
    """A vendor's cloud: what its words mean."""

    name = forms.CharField(
        label=_("Vendor"), max_length=60, error_messages={"required": _("Write the name.")}
    )
    mapping = forms.CharField(
        label=_("What its words mean"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("As the sheet for installers describes it."),
        error_messages={"required": _("Write the mapping.")},
    )  # fmt: skip

    def clean_mapping(self) -> Any:  # Any: what JSON holds
        try:
            return json.loads(self.cleaned_data["mapping"])
        except ValueError:
            raise forms.ValidationError(
                _("This is no JSON. Copy the example and change it.")
            ) from None
