"""Demands from a file: upload, say what the columns mean, look at what comes of it, take it in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import press
from mulin.ground.community.files import looked_at, taken_out
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions import imports as act
from mulin.parlour.reception.actions.taking_out import undo_file
from mulin.parlour.reception.forms.imports import ColumnsForm, UploadForm
from mulin.parlour.reception.importing import queries
from mulin.parlour.reception.importing.mapping import ORDERS, ColumnMap, recognise
from mulin.parlour.reception.importing.reading import Found, first_rows, is_georeport, read_file
from mulin.parlour.reception.models import ImportedFile

_SHOWN = 20


@opened_to(*DESK_ROLES)
def import_list(request: Request) -> HttpResponse:
    """The files taken in so far, and the form for the next."""
    form = UploadForm(request.POST or None, request.FILES or None)
    kept = looked_at(
        request, form,
        lambda content, name, token: act.keep_upload(
            content, name, by=request.actor, now=request.now, token=token
        ),
    )  # fmt: skip
    if kept is not None:
        return redirect("reception:import-columns", pk=kept.pk)
    page = page_of(queries.files(), request.GET)
    status = 422 if form.errors else 200
    return render(
        request, "reception/import_list.html", {"form": form, "page": page}, status=status
    )


@opened_to(*DESK_ROLES)
def import_file(request: Request, pk: int) -> HttpResponse:
    """A file that was taken in: its figures, the rows set aside, and every row with its demand."""
    file = get_object_or_404(ImportedFile, pk=pk, taken_in_at__isnull=False)
    if file.mapping.get("purpose") == ORDERS:
        return redirect(f"{reverse('reception:orders')}?file={file.pk}")
    page = page_of(queries.file_rows(file), request.GET)
    told = queries.report(file)
    context = {
        "file": file, "page": page, "report": told, "tables": _tables(told),
        "reasons": queries.reasons(file), "plain_form": PlainForm(auto_id=False),
    }  # fmt: skip
    return render(request, "reception/import_file.html", context)


@opened_to(*DESK_ROLES)
def import_columns(request: Request, pk: int) -> HttpResponse:
    """A file that waits: its first rows, what the columns mean, and what would be taken in."""
    file = _waiting(pk)
    try:
        content = queries.uploaded(file)
        form = _form(request, file, content)
        shown = first_rows(content, file.name) if form else ([], [])
        found = None if form else read_file(content, file.name, chosen=None)
    except Refused as refusal:
        context = {"file": file, "refusal": refusal.message}
        return render(request, "reception/import_columns.html", context, status=422)
    if form and request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "keep":
            return _keep(request, file, form)
        found = attempt(form, lambda: read_file(content, file.name, chosen=form.chosen()))
    return _columns_page(request, file, form, shown, found)


@opened_to(*DESK_ROLES)
@require_POST
def import_take_in(request: Request, pk: int) -> HttpResponse:
    """Take a waiting file in by the columns that were chosen."""
    file = _waiting(pk)
    try:
        content = queries.uploaded(file)
        form = _form(request, file, content)
        if form is not None and not form.is_valid():
            shown = first_rows(content, file.name)
            return _columns_page(request, file, form, shown, None)
        chosen = form.chosen() if form else None
        taken = act.take_in_upload(file, by=request.actor, now=request.now, chosen=chosen)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("reception:import-columns", pk=pk)
    messages.success(request, _summary(taken))
    return redirect("reception:import-file", pk=pk)


@opened_to(*DESK_ROLES)
@require_POST
def import_discard(request: Request, pk: int) -> HttpResponse:
    """Throw a waiting file away."""
    act.discard_upload(_waiting(pk), by=request.actor, now=request.now)
    messages.success(request, _("The file was thrown away."))
    return redirect("reception:imports")


@opened_to(*DESK_ROLES)
@require_POST
def import_undo(request: Request, pk: int) -> HttpResponse:
    """Take out again what a file brought."""
    file = get_object_or_404(ImportedFile, pk=pk, taken_in_at__isnull=False)

    def out(token: str) -> str:
        undone = undo_file(file, by=request.actor, now=request.now, token=token)
        return taken_out(queries.still_there(undone))

    press(request, out, "")
    return redirect("reception:import-file", pk=pk)


@opened_to(*DESK_ROLES)
def import_map(request: Request, pk: int) -> HttpResponse:
    """The map of a file, to keep and to use on the command line."""
    file: ImportedFile = get_object_or_404(ImportedFile.objects.exclude(mapping={}), pk=pk)
    return _download(ColumnMap.from_json(file.mapping))


def _tables(told: queries.FileReport) -> list[tuple[str, list[tuple[str, int]]]]:
    """The counts of a file in the reader's words; its own words stay as they are."""
    judged = {"ONTIME": _("on time"), "OVERDUE": _("overdue"), "": _("not judged")}
    return [
        (_("State"), [(word or _("not stated"), count) for word, count in told.status.items()]),
        (_("Limit"), [(judged[word], count) for word, count in told.on_time.items()]),
        (_("How it came"), [(word or _("not stated"), n) for word, n in told.source.items()]),
    ]


def _waiting(pk: int) -> ImportedFile:
    file = queries.waiting_file(pk)
    if file is None:
        raise Http404
    return file


def _form(request: Request, file: ImportedFile, content: bytes) -> ColumnsForm | None:
    """The form for the columns, or None for a file that needs none."""
    if is_georeport(content):
        return None
    header, _rows = first_rows(content, file.name, most=1)
    kept = [ColumnMap.from_json(file.mapping)] if file.mapping else []
    base = recognise(header, [*kept, *queries.known_maps()])
    return ColumnsForm(request.POST or None, header=header, base=base)


def _keep(request: Request, file: ImportedFile, form: ColumnsForm) -> HttpResponse:
    chosen = attempt(form, form.chosen)
    if chosen is None:
        return _columns_page(request, file, form, ([], []), None)
    act.choose_columns(file, chosen, by=request.actor, now=request.now)
    return _download(chosen)


def _download(chosen: ColumnMap) -> HttpResponse:
    name = f"{chosen.system}.json"
    return HttpResponse(
        chosen.as_file(),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _columns_page(
    request: Request, file: ImportedFile, form: ColumnsForm | None,
    shown: tuple[list[str], list[list[str]]], found: Found | None,
) -> HttpResponse:  # fmt: skip
    header, rows = shown
    context: dict[str, Any] = {  # Any: what a template is given
        "file": file, "form": form, "header": header, "rows": rows, "found": found,
        "found_rows": found.rows[:_SHOWN] if found else [],
        "found_categories": found.categories if found else [],
        "set_aside": found.set_aside[:_SHOWN] if found else [],
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "reception/import_columns.html", context, status=status)


def _summary(taken: act.TakenIn) -> str:
    return _(
        "%(read)s rows read: %(created)s new, %(updated)s changed, %(unchanged)s as before,"
        " %(rejected)s set aside."
    ) % {
        "read": taken.read, "created": taken.created, "updated": taken.updated + taken.noted,
        "unchanged": taken.unchanged, "rejected": len(taken.rejected),
    }  # fmt: skip
