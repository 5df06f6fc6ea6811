"""Several small forms on one page: which form it is, what it does, what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise

from mulin.ground.community.access import Request
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm, PlainForm


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done on a page. `form(…)` makes its form, `act(form, request)` does it.

    `is_plain`: a button with nothing to type.
    """

    title: str | Promise
    act: Callable[[Any, Request], object]  # Any: the form with its own methods
    said: str | Promise
    form: Callable[..., ActForm] = PlainForm
    initial: Mapping[str, Any] = field(default_factory=dict)  # Any: what its fields begin with

    @property
    def is_plain(self) -> bool:
        return self.form is PlainForm


@dataclass(frozen=True, slots=True)
class Shown:
    """A deed as the page shows it."""

    name: str
    title: str | Promise
    form: ActForm
    url: str
    is_plain: bool


def shown(
    deeds: Mapping[str, Deed],
    url: Callable[[str], str],
    failed: tuple[str, ActForm] | None = None,
) -> dict[str, Shown]:
    """The forms of a page by their names; the one that was refused with what was typed."""
    return {
        name: Shown(
            name, deed.title,
            failed[1] if failed and failed[0] == name
            else deed.form(auto_id=f"{name}_%s", initial=dict(deed.initial)),
            url(name), deed.is_plain,
        )
        for name, deed in deeds.items()
    }  # fmt: skip


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


def say_why_not(form: ActForm, request: Request) -> None:
    """What was refused, above a list whose lines have no room for it."""
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    messages.error(request, said)
