"""Files of persons: chosen, previewed line by line, taken in, taken out again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import press
from mulin.ground.community.files import looked_at, taken_out, to_fill_in
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.actions import rolls as acts
from mulin.ground.people.forms import (
    RollForm,
    TakeInForm,
)
from mulin.ground.people.models import RollImport
from mulin.ground.people.queries import lines_of, preview_sums, told_lines
from mulin.ground.people.rules import Outcome
from mulin.ground.people.words import OUTCOMES, line_words
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*DESK_ROLES)
def import_list(request: Request) -> HttpResponse:
    """Choose a file; the files of before stand below."""
    form = RollForm(request.POST or None, request.FILES or None)
    preview = looked_at(
        request, form,
        lambda content, name, token: acts.preview_roll(
            content, name, by=request.actor, now=request.now, token=token
        ),
    )  # fmt: skip
    if preview is not None:
        return redirect("people:import", pk=preview.pk)
    files = RollImport.objects.order_by("-at", "-id").defer("rows", "waiting")
    context = {"form": form, "page": page_of(files, request.GET, size=20)}
    return render(request, "people/imports.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_safe
def template(request: Request) -> HttpResponse:
    """An Excel file with our columns, to be filled in."""
    return to_fill_in(acts.template_file(), "mulin-people")


@opened_to(*DESK_ROLES)
def preview(request: Request, pk: int) -> HttpResponse:
    """What would become of each line, and the button that takes them in."""
    found = get_object_or_404(RollImport, pk=pk)
    form = TakeInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: acts.take_in_roll(
                found, by=request.actor, now=request.now, token=form.idempotency_token,
                leave_out=form.cleaned_data["leave_out"],
            ),
        )  # fmt: skip
        if taken is not None:
            messages.success(request, _taken_in(len(taken.created_ids)))
            return redirect("people:import", pk=pk)
    lines = lines_of(found, only=request.GET.get("only", ""))
    page = page_of(lines, request.GET)
    context: dict[str, Any] = {
        "taken": found,
        "form": form,
        "plain_form": PlainForm(auto_id=False),
        "sums": [(key, OUTCOMES[key], count) for key, count in preview_sums(found)],
        "only": request.GET.get("only", ""),
        "came": (Outcome.NEW, Outcome.NAMESAKE),
        "page": page,
        "lines": [
            (line, OUTCOMES[line["outcome"]], line_words(line))
            for line in told_lines(found, page.rows, request.actor)
        ],
    }
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take out again whom a file brought in."""
    found = get_object_or_404(RollImport, pk=pk)

    def out(token: str) -> str:
        taken = acts.undo_import(found, by=request.actor, now=request.now, token=token)
        return taken_out(len(taken.created_ids))

    press(request, out, "")
    return redirect("people:import", pk=pk)


def _taken_in(count: int) -> str:
    return ngettext(
        "%(count)d person is on the roll now.", "%(count)d people are on the roll now.", count
    ) % {"count": count}
