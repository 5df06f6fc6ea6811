"""Files of old ledgers: chosen, looked at line by line, taken in, taken out again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ledgers import actions
from mulin.commons.ledgers.forms import (
    FileForm,
)
from mulin.commons.ledgers.models import LedgerFile
from mulin.commons.ledgers.queries import files_for
from mulin.commons.ledgers.registry import ledger_of, ledgers_for
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import press
from mulin.ground.community.files import looked_at, taken_out, to_fill_in
from mulin.ground.community.rules import DESK_ROLES, Role
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of

#: Who finds any ledger at all; each says for itself who may take it in.
KEEPERS = (*DESK_ROLES, Role.VOLUNTEER_LEAD, Role.MEDIATION_DIRECTOR)


@opened_to(*KEEPERS)
def files(request: Request) -> HttpResponse:
    """Choose a file; the files of before stand below."""
    ledgers = ledgers_for(request.actor)
    form = FileForm(request.POST or None, request.FILES or None, ledgers=ledgers)
    looked = looked_at(
        request, form,
        lambda content, name, token: actions.look_at(
            ledger_of(form.cleaned_data["ledger"]), content, name, by=request.actor,
            now=request.now, token=token,
        ),
    )  # fmt: skip
    if looked is not None:
        return redirect("ledgers:file", pk=looked.pk)
    page = page_of(files_for(request.actor).defer("rows", "waiting"), request.GET, size=20)
    context = {
        "form": form, "ledgers": ledgers, "page": page,
        "lines": [(one, ledger_of(one.ledger).label) for one in page.rows],
    }  # fmt: skip
    return render(request, "ledgers/files.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
@require_safe
def template(request: Request, name: str) -> HttpResponse:
    """An Excel file with the columns of a ledger, to be filled in."""
    ledger = next((one for one in ledgers_for(request.actor) if one.name == name), None)
    if ledger is None:
        raise Http404
    return to_fill_in(actions.template_file(ledger), f"mulin-{name}")


@opened_to(*KEEPERS)
def file(request: Request, pk: int) -> HttpResponse:
    """What is in a file, line by line, and the button that takes it in."""
    found: LedgerFile = get_object_or_404(files_for(request.actor), pk=pk)
    form = PlainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: actions.take_in(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if taken is not None:
            count = len(taken.records)
            messages.success(
                request,
                ngettext("%(count)d line taken in.", "%(count)d lines taken in.", count)
                % {"count": count},
            )
            return redirect("ledgers:file", pk=pk)
    page = page_of(found.rows, request.GET)
    ledger, said = ledger_of(found.ledger), found.lines
    context = {
        "file": found, "form": form, "plain_form": PlainForm(auto_id=False), "ledger": ledger,
        "page": page,
        "lines": [
            (row, ledger.shows(said[row["line"]]) if row["line"] in said else "")
            for row in page.rows
        ],
    }  # fmt: skip
    return render(request, "ledgers/file.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take out again what a file brought."""
    found: LedgerFile = get_object_or_404(files_for(request.actor), pk=pk)

    def out(token: str) -> str:
        undone = actions.undo(found, by=request.actor, now=request.now, token=token)
        ledger = ledger_of(undone.ledger)
        stayed = [(one, len(undone.besides(one.name))) for one in ledger.besides]
        more = [one.stay(count) for one, count in stayed if count]
        return " ".join([taken_out(len(undone.records)), *more])

    press(request, out, "")
    return redirect("ledgers:file", pk=pk)
