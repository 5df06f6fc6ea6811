"""Several small forms on one page: what each is called, what it does, what is said afterwards.

DEEDS = {"end": Deed(_("End it"), lambda form, request: end(…), _("Ended."), EndForm)}
context["deeds"] = shown(DEEDS, lambda name: reverse("room:act", args=[name]), failed)
form = do(DEEDS, name, request)      # None where it was done
failed = (name, form)                # and the page again, with what was typed
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise

from mulin.ground.community.access import Request
from mulin.kit.acts import attempt, why_not
from mulin.kit.forms import ActForm, PlainForm

#: The name and the form of what was refused.
Failed = tuple[str, ActForm]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done on a page. `form(…)` makes its form, `act(form, request)` does it; if
    that gives words, they are said instead of `said`.

    `is_line`: a button of a line, which is not among the forms of the page; why it was refused is
    said on top of it. `is_kept`: its form asks nobody and looks the same on every page but for what
    it begins with, so that it is drawn once; `form` is a class then.
    """

    title: str | Promise
    act: Callable[[Any, Request], object]  # Any: the form with its own methods
    said: str | Promise
    form: Callable[..., ActForm] = PlainForm
    initial: Mapping[str, Any] = field(default_factory=dict)  # Any: what its fields begin with
    hint: str | Promise = ""
    is_with_files: bool = False
    is_line: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A deed as the page shows it. `is_press`: a button with nothing to type. Without a `form` it is
    drawn as kept: `kind` is the form's class and `begins` what its fields begin with.
    """

    name: str
    title: str | Promise
    form: ActForm | None
    url: str
    hint: str | Promise
    is_with_files: bool
    is_press: bool
    kind: Callable[..., ActForm] | None = None
    begins: Mapping[str, Any] = field(default_factory=dict)


def shown(
    deeds: Mapping[str, Deed],
    url: Callable[[str], str],
    failed: Failed | None = None,
    initial: Mapping[str, str] | None = None,
) -> list[Shown]:
    """The forms of a page, filled in as far as it is known; the one that was refused stands open
    with what was typed.
    """
    return [
        Shown(
            name, deed.title,
            failed[1] if failed and failed[0] == name
            else None if deed.is_kept
            else _fresh(deed, name, {**(initial or {}), **deed.initial}),
            url(name), deed.hint, deed.is_with_files, deed.form is PlainForm,
            deed.form, {**(initial or {}), **deed.initial},
        )
        for name, deed in deeds.items()
        if not deed.is_line
    ]  # fmt: skip


def _fresh(deed: Deed, name: str, begins: dict[str, Any]) -> ActForm:  # Any: as in Deed
    # Some forms know by themselves what they begin with.
    given = {"initial": begins} if begins else {}
    return deed.form(auto_id=f"{name}_%s", **given)


def do(deeds: Mapping[str, Deed], name: str, request: Request) -> ActForm | None:
    """Do what was sent; the form with its errors where it was refused, None where it was done, or
    refused to a line, which is said.

    Raises Http404 for a deed that this page does not have now.
    """
    deed = deeds.get(name)
    if deed is None:
        raise Http404
    form = deed.form(request.POST, request.FILES or None, auto_id=f"{name}_%s")
    if form.is_valid():
        done = attempt(form, lambda: (deed.act(form, request),))
        if done is not None:
            _say(request, done[0], deed.said)
            return None
    if deed.is_line:
        messages.error(request, why_not(form))
        return None
    return form


def press(request: Request, act: Callable[[str], object], said: str | Promise) -> bool:
    """A button with nothing to type: `act(token)` is done and said, or refused and said why. If it
    gives words, they are said instead of `said`.
    """
    form = PlainForm(request.POST)
    if form.is_valid():
        done = attempt(form, lambda: (act(form.idempotency_token),))
        if done is not None:
            _say(request, done[0], said)
            return True
    messages.error(request, why_not(form))
    return False


def _say(request: Request, done: object, said: str | Promise) -> None:
    messages.success(request, done if isinstance(done, str) else str(said))
