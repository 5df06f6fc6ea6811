"""The same form typed: from a definition comes the web form, so that nobody writes a second one."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.clock import parse_day
from mulin.kit.forms import ActForm, PhoneField
from mulin.kit.paper.definition import Field, Form, Kind

LONGEST_NAME: Final = 60
#: Digits of a number, and how many of them stand behind the point.
_DIGITS, _PLACES = 12, 2


class WrittenDayField(forms.CharField):
    """A day as it is written into eight cells, or in any other way; gives a date."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": "12"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> date | None:  # Any: Django's own field signature
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_day(typed)
        except ValueError:
            raise forms.ValidationError(_("Write the day like 2026-11-20.")) from None


def form_class_of(definition: Form) -> type[ActForm]:
    """The form to type what a sheet asks: same questions, same order, same choices, same checks."""
    fields = {field.name: _typed(field) for field in definition.fields}
    name = f"{definition.code.title()}{definition.version}Form"
    return type(name, (ActForm,), {**fields, "__doc__": definition.title, "definition": definition})


def text_of(field: Field, values: tuple[str, ...]) -> Any:  # Any: a string, or several
    """What was read of a field, as the initial value of its typed form."""
    if field.kind is Kind.MANY:
        return list(values)
    return values[0] if values else ""


def _typed(field: Field) -> forms.Field:
    told: dict[str, Any] = {  # Any: what each kind of field takes
        "label": field.label,
        "help_text": field.hint,
        "required": field.is_required,
        "error_messages": {"required": _("This is needed. Ask, or write what you were told.")},
    }
    if field.is_boxes:
        told["choices"] = [(choice.value, choice.label) for choice in field.choices]
    if field.kind is Kind.TEXT:
        told["max_length"] = field.most
        told["widget"] = forms.Textarea(attrs={"rows": field.lines}) if field.lines > 1 else None
    return _MADE[field.kind](**told)


_MADE: Final[dict[Kind, Callable[..., forms.Field]]] = {
    Kind.TEXT: forms.CharField,
    Kind.NAME: partial(forms.CharField, max_length=LONGEST_NAME),
    Kind.PHONE: PhoneField,
    Kind.DAY: WrittenDayField,
    Kind.NUMBER: partial(forms.DecimalField, max_digits=_DIGITS, decimal_places=_PLACES),
    Kind.ONE: partial(forms.ChoiceField, widget=forms.RadioSelect),
    Kind.MANY: partial(forms.MultipleChoiceField, widget=forms.CheckboxSelectMultiple),
}
