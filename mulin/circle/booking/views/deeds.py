"""Several small forms on one page: which one it is, what it does, what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise

from mulin.ground.community.access import Request
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm


@dataclass(frozen=True, slots=True)
class Task:
    """One thing done on a page: `form(…)` makes its form, `act(form)` does it. A `is_press` is a
    button without fields.
    """

    title: str | Promise
    act: Callable[[Any], object]  # Any: the form with its own methods
    said: str | Promise
    form: Callable[..., ActForm] = ActForm
    initial: Mapping[str, object] | None = None
    is_press: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A task as the page shows it."""

    name: str
    title: str | Promise
    form: ActForm
    url: str
    is_press: bool


def shown(
    tasks: Mapping[str, Task], url: Callable[[str], str], failed: tuple[str, ActForm] | None = None
) -> list[Shown]:
    """The forms of a page; the one that was refused stands open with what was typed."""
    return [
        Shown(
            name, task.title,
            failed[1] if failed and failed[0] == name
            else task.form(auto_id=f"{name}_%s", initial=dict(task.initial or {})),
            url(name), task.is_press,
        )
        for name, task in tasks.items()
    ]  # fmt: skip


def do(tasks: Mapping[str, Task], name: str, request: Request) -> ActForm | None:
    """Do what was sent; the form with its errors where it was refused, None where it was done.

    Raises Http404 for a task that this page does not have now.
    """
    task = tasks.get(name)
    if task is None:
        raise Http404
    form = task.form(request.POST, auto_id=f"{name}_%s")
    if form.is_valid() and attempt(form, lambda: (task.act(form),)) is not None:
        messages.success(request, str(task.said))
        return None
    return form
