"""Several small deeds on one page: what each is called, its form, what it does, what is said then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise

from mulin.commons.gatherings.forms import said_why_not
from mulin.ground.community.access import Request
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: `form(…)` makes its form, `act(form)` does it; a button of a line has no form of its
    own on the page, so that a refusal is said on top of it.
    """

    form: Callable[..., ActForm]
    act: Callable[[Any], object]  # Any: the form with its own methods
    said: str | Promise
    title: str | Promise = ""
    is_line: bool = False


def opened(
    deeds: Mapping[str, Deed], url: Callable[[str], str],
    failed: tuple[str, ActForm] | None = None,
) -> list[tuple[str | Promise, str, ActForm]]:  # fmt: skip
    """Title, address and form of each deed that has a form on the page; the one that was refused
    stands open with what was typed.
    """
    return [
        (
            deed.title, url(name),
            failed[1] if failed and failed[0] == name else deed.form(auto_id=f"{name}_%s"),
        )
        for name, deed in deeds.items()
        if not deed.is_line
    ]  # fmt: skip


def do(deeds: Mapping[str, Deed], name: str, request: Request) -> tuple[str, ActForm] | None:
    """Do what was sent. The name and form of what was refused, to be shown again; None where it was
    done, or refused to a line, which is said. Raises Http404 for a deed that this page does not have.
    """
    deed = deeds.get(name)
    if deed is None:
        raise Http404
    form = deed.form(request.POST, auto_id=f"{name}_%s")
    if form.is_valid():
        done = attempt(form, lambda: (deed.act(form),))
        if done is not None:
            said = done[0] if isinstance(done[0], str) else deed.said
            messages.success(request, str(said))
            return None
    if deed.is_line:
        faults = [str(one) for field in form.errors.values() for one in field]
        messages.error(request, said_why_not(form) or " ".join(faults))
        return None
    return name, form
