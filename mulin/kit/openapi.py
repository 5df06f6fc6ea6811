"""What programs may send and get, described in OpenAPI 3.1 from the forms and answers themselves.

The forms that check what a program sends are Django forms, answers are dataclasses. So the
description cannot say anything else than what is done.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.kit.clock import SHANGHAI, parse_local

# Any: JSON, which is what it is.
Json = dict[str, Any]
#: The schemas of the dataclasses that were met on the way, to be referred to.
Parts = dict[type, Json]
VERSION: Final = "3.1.0"
PROBLEM: Final = "application/problem+json"
_PLUS_LOST: Final = re.compile(r"(?<=\d) (?=\d{2}:?\d{2}$)")
_SIMPLE: Final[Mapping[object, Json]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Decimal: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
}


class MomentField(forms.CharField):
    """A moment as RFC 3339 writes it; without an offset it is on Shanghai's clock."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> datetime | None:  # Any: Django's own field signature
        typed = super().clean(value)
        if not typed:
            return None
        try:
            # A plus sign that was not encoded in an address arrives as a blank.
            return parse_local(_PLUS_LOST.sub("+", typed) if "T" in typed else typed)
        except (ValueError, OverflowError):
            raise forms.ValidationError(
                _("Write the moment like 2026-11-25T15:04:05+08:00."), code="invalid"
            ) from None


# ── what is answered ─────────────────────────────────────────────────────────────────────────


# Any: any value that an answer holds; and JSON.
def as_json(value: Any) -> Any:  # noqa: PLR0911  one answer per kind
    """An answer as JSON can write it. Moments carry Shanghai's offset, amounts are texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    return value


def schema_of(kind: Any, parts: Parts) -> Json:  # Any: an annotation
    """The schema of an answer's type; dataclasses are put into `parts` and referred to.

    Raises TypeError for a type that no answer may have.
    """
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {list, tuple, Sequence}:
        return {"type": "array", "items": schema_of(inner[0], parts)}
    if origin in {Union, UnionType}:
        known = [schema_of(one, parts) for one in inner if one is not NoneType]
        return {"anyOf": [*known, {"type": "null"}]} if NoneType in inner else {"anyOf": known}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [one.value for one in kind]}
    if is_dataclass(kind) and isinstance(kind, type):
        return _part(kind, parts)
    msg = f"an answer cannot hold {kind}"
    raise TypeError(msg)


def named(parts: Parts) -> dict[str, Json]:
    """These by the name under which they are referred to.

    Raises ValueError for two of one name: what one call says of itself would be another's.
    """
    found = {kind.__name__: schema for kind, schema in parts.items()}
    if len(found) != len(parts):
        msg = f"two answers have one name: {sorted(kind.__qualname__ for kind in parts)}"
        raise ValueError(msg)
    return found


def _part(kind: type, parts: Parts) -> Json:
    if kind not in parts:
        parts[kind] = {}  # it may speak of itself
        hints = get_type_hints(kind)
        parts[kind] = {
            "type": "object",
            "description": (kind.__doc__ or "").strip().partition("\n\n")[0],
            "properties": {one: schema_of(hints[one], parts) for one in hints},
            "required": list(hints),
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


# ── what is asked ────────────────────────────────────────────────────────────────────────────


def schema_of_form(form: type[forms.Form]) -> Json:
    """The schema of what a program sends."""
    asked = _fields_of(form)
    required = [name for name, field in asked.items() if field.required]
    schema: Json = {
        "type": "object",
        "properties": {name: schema_of_field(field) for name, field in asked.items()},
    }
    return schema | ({"required": required} if required else {})


def parameters_of(form: type[forms.Form]) -> list[Json]:
    """The same as parameters of an address."""
    return [
        {
            "name": name,
            "in": "query",
            "required": field.required,
            "description": str(field.help_text or field.label or ""),
            "schema": schema_of_field(field),
        }
        for name, field in _fields_of(form).items()
    ]


def schema_of_field(field: forms.Field) -> Json:
    """The schema of one field. What is sent empty counts as not sent."""
    schema: Json = {"type": "string"}
    if isinstance(field, forms.BooleanField):
        schema = {"type": "boolean"}
    elif isinstance(field, forms.IntegerField):
        schema = {"type": "integer"}
        for name, bound in (("minimum", field.min_value), ("maximum", field.max_value)):
            if bound is not None:
                schema[name] = int(str(bound))
    elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices  # Any: flat pairs, whatever Django allows beside
        schema["enum"] = [str(value) for value, _label in choices if value != ""]
    elif isinstance(field, MomentField):
        schema["format"] = "date-time"
    elif isinstance(field, forms.DateField):
        schema["format"] = "date"
    elif isinstance(field, forms.CharField) and field.max_length:
        schema["maxLength"] = field.max_length
    words = str(field.help_text or field.label or "")
    return schema | ({"description": words} if words else {})


def _fields_of(form: type[forms.Form]) -> dict[str, forms.Field]:
    return {
        name: field
        for name, field in form.base_fields.items()
        if not isinstance(field.widget, forms.HiddenInput)
        and not isinstance(field, forms.FileField)
    }
