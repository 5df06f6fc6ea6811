"""The calls that other offices' programs may make. Each room registers its own in `apps.py`;
the roof answers them under `/api/v1/` and describes them in one OpenAPI document.

Call(
    name="demands",
    method="GET",
    path="demands/",
    summary=_("Demands, newest first"),
    scope=Scope.DEMANDS_READ,
    answer=DemandAnswer,
    do=lambda asked: …,          # a queryset; each row becomes an answer by `show`
    show=…,
)

A call loads for its actor and calls one action or query, as a page does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise

from mulin.ground.community.rules import Actor, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks: who it is, what stands in the address, what it sent."""

    actor: Actor
    now: datetime
    args: Mapping[str, Any]  # Any: what the path's converters give
    query: Mapping[str, Any]  # Any: values of several kinds, already checked
    values: Mapping[str, Any]  # Any: as above
    token: str | None = None  # the same key sent again does its work once


# Any: whatever the room's query or action gives; `show` turns it into the answer.
Do = Callable[[Asked], Any]
Show = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call. With `is_list`, `do` gives a queryset that is sent page by page."""

    name: str
    path: str
    summary: str | Promise
    scope: Scope
    answer: type
    do: Do
    show: Show = field(default=lambda found: found)
    method: str = "GET"
    query: type[forms.Form] | None = None
    body: type[forms.Form] | None = None
    is_list: bool = False
    status: int = 200
    group: str = ""


_calls: dict[tuple[str, str], Call] = {}


def register_call(call: Call) -> None:
    """Called by a room's `apps.py`; the same path and method registered again take its place."""
    _calls[call.path, call.method] = call


def calls() -> list[Call]:
    """Every call, by its path."""
    return [_calls[key] for key in sorted(_calls)]


def calls_by_path() -> dict[str, dict[str, Call]]:
    """The calls of each address, by their method."""
    found: dict[str, dict[str, Call]] = {}
    for call in calls():
        found.setdefault(call.path, {})[call.method] = call
    return found
