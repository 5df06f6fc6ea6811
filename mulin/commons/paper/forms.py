"""What is typed about paper: how many sheets, which files, which form, and what stands on it."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mulin.commons.paper.actions.scans import LONGEST_PX, Incoming, incoming
from mulin.commons.paper.queries import LookedField, likely_persons, proposed
from mulin.commons.paper.registry import PaperUse
from mulin.commons.paper.rules import MOST_SHEETS
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, PhotosField, SeveralFiles
from mulin.kit.paper.definition import Form
from mulin.kit.paper.typed import form_class_of, text_of
from mulin.kit.photos import PhotoRefused


class ListForm(ActForm):
    """Sheets of a list, as many as it takes; what they are about, if a form has subjects."""

    about = forms.CharField(required=False, widget=forms.HiddenInput)


class PrintForm(ListForm):
    """How many sheets of a form."""

    count = forms.IntegerField(
        label=_("How many sheets?"), min_value=1, max_value=MOST_SHEETS, initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class SheetsField(forms.FileField):
    """Photos and PDFs; gives what can be kept, and the names of those that cannot, with why."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:  # Any: Django's own field signature
        files = data if isinstance(data, list | tuple) else [data] if data else []
        kept: list[Incoming] = []
        refused: list[tuple[str, str]] = []
        for file in files:
            try:
                kept.append(incoming(file, file.size or 0))
            except PhotoRefused as refusal:
                refused.append((str(file.name), str(refusal.message)))
        if self.required and not kept:
            raise forms.ValidationError(
                [why for _name, why in refused] or [str(self.error_messages["required"])]
            )
        return kept, refused


class TakeInForm(ActForm):
    """Photos of filled-in sheets, several at once, or what the scanner made of them."""

    sheets = SheetsField(
        label=_("Photos or PDF of filled-in sheets"),
        help_text=_("One sheet in each photo, from above, with all four corners."),
        widget=SeveralFiles(attrs={"accept": "image/*,application/pdf", "multiple": True}),
        error_messages={"required": _("Choose the photos or the PDF first.")},
    )


class SendForm(ActForm):
    """A resident's photos of a sheet they have filled in."""

    sheets = PhotosField(
        label=_("Photo of the sheet"), required=True, longest_px=LONGEST_PX,
        help_text=_("Lay it flat, in good light. One sheet in each photo, with all four corners."),
        error_messages={"required": _("Take the photo first, or choose it.")},
    )  # fmt: skip


class NameForm(ActForm):
    """Which form a picture shows, where no machine could tell."""

    form = forms.ChoiceField(label=_("Which form is it?"), widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("The code at the foot of the sheet"), max_length=40, required=False,
        help_text=_("It tells whether the same sheet was here before. Leave it empty if it is gone."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, uses: list[PaperUse], **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(use.code, use.title) for use in uses]
        if len(uses) == 1:
            self.fields["form"].initial = uses[0].code


class ThrowForm(ActForm):
    """Why nothing comes of a picture."""

    why = forms.CharField(
        label=_("Why?"), max_length=120,
        error_messages={"required": _("Say in a word why, so that nobody looks for it.")},
    )  # fmt: skip


#: How the same form comes without paper.
WAYS: Final = [
    (channel.value, channel.label) for channel in (Channel.PHONE, Channel.WALK_IN, Channel.DOOR)
]


class Typed:
    """The form to read out over the phone: its questions, how it came, and who it may be."""

    def __init__(self, definition: Form, data: Mapping[str, Any] | None, *, by: Actor) -> None:
        self.form = form_class_of(definition)(data)
        self.form.fields["channel"] = forms.ChoiceField(
            label=_("How did it come?"), choices=WAYS, initial=Channel.PHONE.value,
            widget=forms.RadioSelect,
        )  # fmt: skip
        said = (
            {field.name: str(data.get(field.name, "")) for field in definition.fields}
            if data
            else {}
        )
        self.persons = likely_persons(by, definition, said)
        self.form.fields["person"] = _whose(by)


def _whose(by: Actor) -> "forms.ModelChoiceField[Person]":
    return forms.ModelChoiceField(
        queryset=Person.objects.on_roll().visible_to(by), required=False, widget=forms.HiddenInput
    )


class Look:
    """The typed form of a sheet beside its picture, with a tick for each field to be looked at."""

    def __init__(
        self, definition: Form, looked: list[LookedField], data: Mapping[str, Any] | None,
        *, by: Actor,
    ) -> None:  # fmt: skip
        self.definition, self.looked = definition, looked
        initial = {one.field.name: text_of(one.field, proposed(one.read)) for one in looked}
        self.form = form_class_of(definition)(data, initial=initial)
        said = {
            field.name: str(data.get(field.name, "")) if data else str(initial.get(field.name, ""))
            for field in definition.fields
        }
        self.persons = likely_persons(by, definition, said)
        self.form.fields["person"] = _whose(by)
        for one in looked:
            if one.needs_look:
                self.form.fields[tick_of(one.field.name)] = forms.BooleanField(
                    label=_("I have looked at it"), required=False
                )

    def lines(self) -> list[dict[str, Any]]:  # Any: what the template draws
        """Each field with its picture, and its tick if it needs one."""
        return [
            {
                "looked": one,
                "field": self.form[one.field.name],
                "tick": self.form[tick_of(one.field.name)] if one.needs_look else None,
                "percent": round(100 * one.read.score),
            }
            for one in self.looked
        ]

    @property
    def values(self) -> dict[str, Any]:  # Any: what each kind of field gives
        """What stands in the fields of the sheet."""
        clean = self.form.cleaned_data
        return {field.name: clean.get(field.name) for field in self.definition.fields}

    @property
    def ticked(self) -> set[str]:
        """The fields somebody ticked as looked at."""
        clean = self.form.cleaned_data
        return {one.field.name for one in self.looked if clean.get(tick_of(one.field.name))}

    @property
    def doubtful_count(self) -> str:
        """How many fields want a look, in words."""
        count = sum(one.needs_look for one in self.looked)
        return ngettext(
            "%(count)s field wants your eye", "%(count)s fields want your eye", count
        ) % {"count": count}  # fmt: skip


def tick_of(name: str) -> str:
    """The name of a field's tick."""
    return f"looked-{name}"


class AgainForm(ActForm):
    """Why a sheet is printed again."""

    why = forms.CharField(
        label=_("Why is it printed again?"), max_length=120,
        help_text=_("Lost, for an office, for the family: it stands in the record of looks."),
        error_messages={"required": _("Say why it is printed again.")},
    )  # fmt: skip
