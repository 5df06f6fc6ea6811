"""Several small forms on one page: which it is, what it does, what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise

from mulin.ground.community.access import Request
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm, PlainForm


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done on a page. `form(…)` makes its form, `act(form, request)` does it."""

    title: str | Promise
    form: Callable[..., ActForm]
    act: Callable[[Any, Request], object]  # Any: the form with its own methods
    said: str | Promise


@dataclass(frozen=True, slots=True)
class Shown:
    """A deed as the page shows it."""

    title: str | Promise
    form: ActForm
    url: str


Failed = tuple[str, ActForm] | None


def shown(
    deeds: Mapping[str, Deed], url: Callable[[str], str], failed: Failed = None
) -> list[Shown]:
    """The forms of a page; the one that was refused stands open with what was typed."""
    return [
        Shown(
            deed.title,
            failed[1] if failed and failed[0] == name else deed.form(auto_id=f"{name}_%s"),
            url(name),
        )
        for name, deed in deeds.items()
    ]


def do(deeds: Mapping[str, Deed], name: str, request: Request) -> ActForm | None:
    """Do what was sent; the form with its errors where it was refused, None where it was done.

    Raises Http404 for a deed that this page does not have now.
    """
    deed = deeds.get(name)
    if deed is None:
        raise Http404
    form = deed.form(request.POST, auto_id=f"{name}_%s")
    if form.is_valid() and attempt(form, lambda: deed.act(form, request) or True) is not None:
        messages.success(request, str(deed.said))
        return None
    return form


def press(request: Request, act: Callable[[str], object], said: str | Promise) -> bool:
    """A button without fields: done and said, or refused and said why."""
    form = PlainForm(request.POST)
    if form.is_valid() and attempt(form, lambda: act(form.idempotency_token) or True) is not None:
        messages.success(request, str(said))
        return True
    why = " ".join(str(error) for errors in form.errors.values() for error in errors)
    messages.error(request, why)
    return False
