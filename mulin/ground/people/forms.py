"""What is typed about persons and organisations, with the message beside the field."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import (
    Organisation,
    OrganisationKind,
    Person,
    PersonQuerySet,
    Residency,
    Sex,
)
from mulin.ground.people.rules import Fault, Typed, may_guard, plausible
from mulin.ground.people.words import FIELDS, fault_words
from mulin.kit.clock import parse_day
from mulin.kit.forms import ActForm, DayInput, TableField

NOT_SAID = [("", _("not said"))]


class DayField(forms.CharField):
    """A day as people write it: 1944-02-29, 1944.2.29, 1944年2月29日."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:  # Any: Django's own field signature
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_day(typed)
        except ValueError:
            raise forms.ValidationError(
                fault_words("born_on", Fault.NO_SUCH_DAY), code="day"
            ) from None


class PersonForm(ActForm):
    """Everything that stands on a record. Masked values are typed anew, or left as they are."""

    name = forms.CharField(
        label=FIELDS["name"], max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=FIELDS["phone"],
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    id_number = forms.CharField(
        label=FIELDS["id_number"],
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where something needs it. Birth date and sex are read from it."),
    )
    born_on = DayField(label=FIELDS["born_on"], required=False, help_text=_("Like 1944-02-29."))
    sex = forms.ChoiceField(label=FIELDS["sex"], choices=NOT_SAID + Sex.choices, required=False)
    grid = forms.ModelChoiceField(label=FIELDS["grid_id"], queryset=None, required=False)
    address = forms.CharField(
        label=FIELDS["address"],
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Like 12幢2单元301."),
    )
    residency = forms.ChoiceField(
        label=FIELDS["residency"], choices=NOT_SAID + Residency.choices, required=False
    )
    home_town = forms.CharField(label=FIELDS["home_town"], max_length=100, required=False)
    is_party_member = forms.BooleanField(label=FIELDS["is_party_member"], required=False)
    wants_large_type = forms.BooleanField(label=_("Wants large type"), required=False)
    note = forms.CharField(
        label=FIELDS["note"],
        max_length=300,
        required=False,
        help_text=_("What helps to help. Nothing about health."),
    )

    def __init__(
        self, *args: Any, by: Actor, today: date, person: Person | None = None, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        if person is not None:
            kwargs.setdefault("initial", {**_open_values(person), **kwargs.pop("initial", {})})
        super().__init__(*args, **kwargs)
        self._today, self._person = today, person
        grids = Grid.objects.all()
        field: Any = self.fields["grid"]  # Any: a choice of rows
        field.queryset = grids if by.is_desk or by.is_system else grids.filter(pk__in=by.grid_ids)
        if person is None:
            return
        for name, shown in (
            ("phone", person.masked_phone),
            ("id_number", person.masked_id_number),
            ("born_on", str(person.birth_year or "")),
        ):
            if shown:
                self.fields[name].help_text = _("Now %(value)s. Stays if left empty.") % {
                    "value": shown
                }
                self.fields[f"drop_{name}"] = forms.BooleanField(
                    label=_("Take out: %(name)s") % {"name": FIELDS[name]}, required=False
                )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        typed: Typed = {}
        for name in Typed.__annotations__:
            if name in values and name in self.fields and not self._stays(name, values):
                typed[name] = values[name]  # type: ignore[literal-required]  # Typed's own names
        typed["grid_id"] = values["grid"].pk if values.get("grid") else None
        beside: Typed = {}
        if self._person and typed.get("id_number") and "born_on" not in typed:
            beside["born_on"] = self._person.born_on
        _values, faults = plausible({**beside, **typed}, today=self._today)
        for name, fault in faults.items():
            if name not in self.errors:
                self.add_error(name, forms.ValidationError(str(fault_words(name, fault))))
        self.typed = typed
        return values

    def _stays(self, name: str, values: dict[str, Any]) -> bool:
        """A masked value that was not typed anew and not taken out."""
        if self._person is None or f"drop_{name}" not in self.fields or values[name]:
            return False
        return not values.get(f"drop_{name}")


def _open_values(person: Person) -> dict[str, Any]:
    names = (
        "name", "sex", "grid", "address", "residency", "home_town", "is_party_member",
        "wants_large_type", "note",
    )  # fmt: skip
    return {name: getattr(person, name) for name in names}


class RevealForm(ActForm):
    """Why a masked value has to be read."""

    field = forms.ChoiceField(
        label=_("What"),
        choices=[(name, FIELDS[name]) for name in ("phone", "id_number", "born_on")],
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please say why you need to see it.")},
    )


class GuardianForm(ActForm):
    """A button; for a child with the guardian who decides."""

    guardian = forms.ModelChoiceField(
        label=_("The guardian decides"), queryset=None, required=False
    )

    def __init__(
        self, *args: Any, person: Person, household: list[Person], today: date, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        if not person.is_guarded_on(today):
            del self.fields["guardian"]
            return
        adults = [one.pk for one in household if may_guard(one.born_on, today)]
        field: Any = self.fields["guardian"]  # Any: a choice of rows
        field.queryset = Person.objects.filter(pk__in=adults)


class HouseholdForm(ActForm):
    """With whom somebody keeps house, by name, phone or room."""

    other = forms.CharField(
        label=_("Keeps house with"),
        max_length=60,
        help_text=_("Name, phone or room of one who lives there."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, persons: PersonQuerySet, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self._persons = persons

    def clean_other(self) -> Person:
        found = list(self._persons.search(self.cleaned_data["other"])[:2])
        if not found:
            raise forms.ValidationError(_("Nobody was found. Try the phone number."), code="nobody")
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several were found. Type name and room, or the phone number."), code="several"
            )
        return found[0]


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """One of the organisations on the list, by name.

    Where a row names one that was merged meanwhile, or a page that was open then sends it, the one
    that stands for it is chosen: nothing typed is lost.
    """

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        super().__init__(queryset=None, **kwargs)

    def __deepcopy__(self, memo: Any) -> "OrganisationField":  # Any: as copy has it
        copied: OrganisationField = super().__deepcopy__(memo)
        copied.queryset = Organisation.objects.on_list()
        return copied

    def prepare_value(self, value: Any) -> Any:  # Any: Django's own field signature
        return self._standing(super().prepare_value(value))

    def to_python(self, value: Any) -> Any:  # Any: as above
        return super().to_python(self._standing(value))

    def _standing(self, value: Any) -> Any:  # Any: as above
        if not str(value or "").isdecimal():
            return value
        merged = Organisation.objects.filter(pk=value, merged_into__isnull=False)
        return merged.values_list("merged_into", flat=True).first() or value


class AffiliateForm(ActForm):
    """To which organisation somebody belongs."""

    organisation = OrganisationField(label=_("Organisation"))
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    since = DayField(label=_("Since"), required=False, widget=DayInput())


class EndForm(ActForm):
    """Until which day somebody belonged to an organisation."""

    until = DayField(label=_("Until"), widget=DayInput())


class OrganisationForm(ActForm):
    """A firm, shop, school, unit or group."""

    name = forms.CharField(label=FIELDS["name"], max_length=100)
    kind = forms.ChoiceField(label=_("What it is"), choices=OrganisationKind.choices)
    phone = forms.CharField(label=FIELDS["phone"], max_length=30, required=False)
    address = forms.CharField(label=FIELDS["address"], max_length=120, required=False)


class SameBodyForm(forms.Form):
    """Which other organisation of the list is the same body."""

    other = OrganisationField(
        label=_("Which one is it too?"),
        error_messages={"required": _("Choose the other one.")},
    )

    def __init__(
        self, *args: Any, organisation: Organisation, **kwargs: Any
    ) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]  # Any: a choice of rows
        field.queryset = field.queryset.exclude(pk=organisation.pk)


class MergeForm(ActForm):
    """Which of two different values counts, where both records say something."""

    prefer = forms.MultipleChoiceField(
        label=_("Take these from the other record"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, conflicts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["prefer"]  # Any: a choice of names
        field.choices = conflicts
        if not conflicts:
            del self.fields["prefer"]


class RollForm(ActForm):
    """A file of persons."""

    file = TableField(
        help_text=_(
            "Excel (.xlsx, .xls) or CSV. Nobody is put on the roll before you have seen it."
        ),
    )


class TakeInForm(ActForm):
    """Lines of a previewed file that are not wanted: 3, 7-9."""

    leave_out = forms.CharField(
        label=_("Lines to leave out"), max_length=400, required=False, help_text=_("Like 3, 7-9.")
    )

    def clean_leave_out(self) -> set[int]:
        lines: set[int] = set()
        for part in re.split(r"[\s,，、;；]+", str(self.cleaned_data["leave_out"]).strip()):
            match = re.fullmatch(r"(\d{1,6})(?:[-–—~～至](\d{1,6}))?", part)
            if match:
                lines |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
            elif part:
                raise forms.ValidationError(_("Write line numbers like 3, 7-9."), code="lines")
        return lines


class RollListForm(forms.Form):
    """Whom of the roll."""

    q = forms.CharField(label=_("Name, pinyin, phone or room"), max_length=60, required=False)
    grid = forms.ModelChoiceField(
        label=_("Grid"), queryset=Grid.objects.none(), required=False,
        empty_label=_("every grid"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.all()
