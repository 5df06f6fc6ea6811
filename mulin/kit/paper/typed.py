"""The same form typed: from a definition comes the web form, so that nobody writes a second one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.clock import parse_day
from mulin.kit.forms import ActForm, PhoneField
from mulin.kit.paper.definition import Field, Form, Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # a name of the type stubs only

    Words = str | _StrPromise

LONGEST_NAME: Final = 60
#: Digits of a number, and how many of them stand behind the point.
_DIGITS, _PLACES = 12, 2
#: What is counted here is never more.
_MOST: Final = 9_999_999


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a definition on a page of a room: `of` is its name there.

    What is left out is as on the sheet. A worker who writes down what another person says is asked
    in other words: `label`, and for choices `words` by value; which answers there are and how long
    one may be is the definition's alone. A page that says what is `missing` needs the answer, as of
    one row of a list.
    """

    of: str
    label: "Words" = ""
    hint: "Words" = ""
    missing: "Words" = ""
    words: "Mapping[str, Words] | None" = None
    empty: "Words" = ""  # what choosing nothing is called
    tick: str = ""  # of choices, the one that a single box to tick stands for
    widget: Callable[[], forms.Widget] | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)  # Any: HTML attributes
    initial: str = ""


class DefinedForm(ActForm):
    """A page's form whose fields are those of a definition, with what only a page has besides.

    class TellForm(DefinedForm):
        define = staticmethod(demand_sheet)
        shows = {"words": Shown("words"), "place_words": Shown("place")}
        order = ("words", "place_words", "photos")
        photos = PhotosField(…)

    Where a community asks what it has written itself, the page passes the `definition` of the moment.
    """

    define: ClassVar[Callable[[], Form]]
    shows: ClassVar[Mapping[str, Shown]]
    order: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, *args: Any, definition: Form | None = None, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        defined = definition or type(self).define()  # in the language of this page
        for name, shown in self.shown(defined).items():
            self.fields[name] = shown_field(defined.field(shown.of), shown)
        self.order_fields(list(self.order))

    def shown(self, _definition: Form) -> Mapping[str, Shown]:
        """How each field is shown; a page whose questions are its community's says it for each."""
        return self.shows


def shown_field(defined: Field, shown: Shown) -> forms.Field:
    """The form field of a definition's field as a page shows it.

    Raises KeyError for a choice that has no words where the page has words of its own, and for a
    tick that stands for none of the choices.
    """
    if shown.tick:
        return _ticked(defined, shown)
    made = _typed(defined)
    if shown.words is not None or shown.empty:
        said = shown.words or {choice.value: choice.label for choice in defined.choices}
        choices = [(choice.value, said[choice.value]) for choice in defined.choices]
        if shown.empty:  # in a list that opens the first, under buttons the last
            nothing = [("", shown.empty)]
            choices = nothing + choices if shown.widget is forms.Select else choices + nothing
        made = _typed(defined, choices=choices)
    if shown.widget is not None:
        made.widget = shown.widget()
        if isinstance(made, forms.ChoiceField):
            made.widget.choices = made.choices
    made.widget.attrs.update(shown.attrs)
    made.label = shown.label or made.label
    made.help_text = shown.hint or made.help_text
    made.initial = shown.initial or None
    if shown.missing:
        made.required = made.widget.is_required = True
        made.error_messages["required"] = shown.missing
    return made


def _ticked(defined: Field, shown: Shown) -> forms.BooleanField:
    """One answer of a field as a box to tick: the field's words, or those of the page."""
    if shown.tick not in {choice.value for choice in defined.choices}:
        raise KeyError(shown.tick)
    return forms.BooleanField(
        label=shown.label or defined.label, help_text=shown.hint or defined.hint, required=False
    )


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


def _typed(field: Field, **more: Any) -> forms.Field:  # Any: as below
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
    if field.is_whole:
        whole = told["error_messages"] | {"invalid": _("Write a whole number.")}
        told |= {"min_value": field.least, "max_value": _MOST, "error_messages": whole}
        return _whole(**(told | more))
    return _MADE[field.kind](**(told | more))


def _whole(**told: Any) -> forms.IntegerField:  # Any: Django's own field options
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": "9"})
    return forms.IntegerField(**(told | {"widget": widget}))


_MADE: Final[dict[Kind, Callable[..., forms.Field]]] = {
    Kind.TEXT: forms.CharField,
    Kind.NAME: partial(forms.CharField, max_length=LONGEST_NAME),
    Kind.PHONE: PhoneField,
    Kind.DAY: WrittenDayField,
    Kind.NUMBER: partial(forms.DecimalField, max_digits=_DIGITS, decimal_places=_PLACES),
    Kind.ONE: partial(forms.ChoiceField, widget=forms.RadioSelect),
    Kind.MANY: partial(forms.MultipleChoiceField, widget=forms.CheckboxSelectMultiple),
}
