"""One OpenAPI document of all that programs may call, put together from the rooms' calls."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from mulin.ground.community.calls import Call
from mulin.ground.community.models import SCOPE_LABELS
from mulin.kit.openapi import (
    PROBLEM,
    VERSION,
    Json,
    Parts,
    named,
    parameters_of,
    schema_of,
    schema_of_form,
)

PREFIX: Final = "api/v1/"
_CONVERTER: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
#: What may stand in an address, by Django's converters.
_ARGUMENTS: Final[Mapping[str, Json]] = {
    "int": {"type": "integer", "minimum": 0},
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    "str": {"type": "string", "pattern": "^[a-zA-Z0-9_][a-zA-Z0-9_.]*$"},
}
_PROBLEMS: Final = ("400", "401", "403", "404", "409", "413", "422", "429", "503")


def document_of(calls: Mapping[str, Mapping[str, Call]], *, base: str) -> Json:
    """The document. Its words are in the active language."""
    parts: Parts = {}
    paths = {
        "/" + PREFIX + _CONVERTER.sub(r"{\2}", path): {
            method.lower(): _operation(call, parts) for method, call in known.items()
        }
        for path, known in calls.items()
    }
    return {
        "openapi": VERSION,
        "info": {
            "title": _("Mulin for programs"),
            "version": "1",
            "description": _(
                "What other offices' programs may read and hand in. Every call needs a token, which"
                " the head of the community gives; it opens the scopes it was given and no more."
                " What is confidential or sealed is never shown, nor who asked."
            ),
        },
        "servers": [{"url": base.rstrip("/") or "/"}],
        "security": [{"token": []}],
        "tags": [
            {"name": str(scope), "description": str(words)} for scope, words in SCOPE_LABELS.items()
        ],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _problem()} | named(parts),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": _("Why it was not done."),
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _operation(call: Call, parts: Parts) -> Json:
    answer = schema_of(call.answer, parts)
    said: Json = {
        "operationId": call.name,
        "summary": str(call.summary),
        "tags": [str(call.scope)],
        "parameters": _parameters(call),
        "responses": {
            str(call.status): {
                "description": str(call.summary),
                "content": {
                    "application/json": {"schema": _paged(answer) if call.is_list else answer}
                },
            },
            **{status: {"$ref": "#/components/responses/Problem"} for status in _PROBLEMS},
        },
    }
    if call.body is not None:
        schema = {"schema": schema_of_form(call.body)}
        said["requestBody"] = {"required": True, "content": {"application/json": schema}}
    return said


def _parameters(call: Call) -> list[Json]:
    found = [
        {
            "name": name, "in": "path", "required": True,
            "schema": _ARGUMENTS[kind],
        }
        for kind, name in _CONVERTER.findall(call.path)
    ]  # fmt: skip
    found += parameters_of(call.query) if call.query else []
    if call.is_list:
        found.append(
            {"name": "page", "in": "query", "required": False,
             "description": _("Which page; 1 is the first."),
             "schema": {"type": "integer", "minimum": 1}}
        )  # fmt: skip
    if call.method != "GET":
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False,
             "description": _("Sent again with the same key, it is done once and answered the same."),
             "schema": {"type": "string", "maxLength": 200}}
        )  # fmt: skip
    return found


def _paged(answer: Json) -> Json:
    beside = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    return {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": answer}, "previous": beside, "next": beside,
        },
        "required": ["rows", "previous", "next"],
    }  # fmt: skip


def _problem() -> Json:
    text: dict[str, Any] = {"type": "string"}  # Any: JSON
    return {
        "type": "object",
        "description": _("RFC 9457: why a call was not answered."),
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": text, "message": text},
                    "required": ["field", "message"],
                },
            },
        },
        "required": ["type", "title", "status", "detail"],
    }  # fmt: skip
