"""Who is told and who is here: the list, the door on a phone, the paper list and its way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.actions.coming import leave, read_back, sign_in, undo_sign_in
from mulin.commons.gatherings.actions.planning import count_walk_ins
from mulin.commons.gatherings.forms import (
    LinesForm,
    SignInForm,
    WalkInsForm,
)
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.permissions import ROOM_HOSTS, may_keep
from mulin.commons.gatherings.queries import (
    attendances_of,
    counts_of,
    found_at_door,
    gatherings_for,
    told_how,
)
from mulin.commons.gatherings.sheets import ATTENDANCE_SHEET
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.pressing import sheets_on_paper
from mulin.ground.community.access import Request, opened_to
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt, why_not
from mulin.kit.channels import Channel
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of

_FOUND_AT_ONCE = 8
_EXPECTED_AT_ONCE = 30


@opened_to(*ROOM_HOSTS)
@require_safe
def people(request: Request, pk: int) -> HttpResponse:
    """Who was told, how and whether it arrived, and how they stand to it."""
    found = _kept(request, pk)
    show = request.GET.get("show", "")
    page = page_of(attendances_of(found, show=show), request.GET)
    told = told_how(found, [row.person_id for row in page.rows])
    context = {
        "gathering": found,
        "page": page,
        "rows": [(row, told.get(row.person_id, ())) for row in page.rows],
        "counts": counts_of(found),
        "has_begun": found.starts_at <= request.now,
        "was_told": found.noticed_at is not None or bool(told),
        "show": show,
    }
    return render(request, "gatherings/people.html", context)


@opened_to(*ROOM_HOSTS)
@require_safe
def door(request: Request, pk: int) -> HttpResponse:
    """The door on a phone: a name is typed, found, pressed."""
    found = _kept(request, pk)
    return render(request, "gatherings/door.html", _door(request, found))


@opened_to(*ROOM_HOSTS)
@require_POST
def arrive(request: Request, pk: int) -> HttpResponse:
    """Somebody said their name at the door."""
    found = _kept(request, pk)
    form = SignInForm(request.POST, by=request.actor, gathering=found)
    if not form.is_valid():
        messages.error(request, _("Choose somebody from the list."))
        return redirect("gatherings:door", pk=pk)
    person: Person = form.cleaned_data["person"]
    row = attempt(
        form,
        lambda: sign_in(
            found, person, by=request.actor.by(Channel.WALK_IN), now=request.now,
            happened=form.cleaned_data["happened"], token=form.idempotency_token,
        ),
    )  # fmt: skip
    if row is None:
        messages.error(request, why_not(form))
    else:
        messages.success(request, _("%(name)s is here.") % {"name": person})
    return redirect("gatherings:door", pk=pk)


@opened_to(*ROOM_HOSTS)
@require_POST
def attendance(request: Request, pk: int, deed: str) -> HttpResponse:
    """The wrong name was pressed (`undo`), or somebody goes before the end (`leave`)."""
    row: Attendance = get_object_or_404(
        Attendance.objects.select_related("gathering", "person"), pk=pk
    )
    _kept(request, row.gathering_id)
    form = PlainForm(request.POST)
    act = {"undo": undo_sign_in, "leave": leave}.get(deed)
    if act is None or not form.is_valid():
        raise Http404
    token = form.idempotency_token
    if not attempt(form, lambda: act(row, by=request.actor, now=request.now, token=token)):
        messages.error(request, why_not(form))
    return redirect("gatherings:door", pk=row.gathering_id)


@opened_to(*ROOM_HOSTS)
@require_POST
def walk_ins(request: Request, pk: int) -> HttpResponse:
    """How many are in the room without a name."""
    found = _kept(request, pk)
    form = WalkInsForm(request.POST)
    if form.is_valid():
        counted = attempt(
            form,
            lambda: count_walk_ins(
                found, form.cleaned_data["walk_ins"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if counted is not None:
            messages.success(request, _("Counted."))
            return redirect("gatherings:door", pk=pk)
    context = _door(request, found) | {"walk_form": form}
    return render(request, "gatherings/door.html", context, status=422)


@opened_to(*ROOM_HOSTS)
@require_POST
def paper_list(request: Request, pk: int) -> HttpResponse:
    """The list to sign on paper, which a photo of it reads back."""
    found = _kept(request, pk)
    form = PlainForm(request.POST)
    sheets = None
    if form.is_valid():
        sheets = attempt(
            form,
            lambda: print_sheets(
                ATTENDANCE_SHEET, count=1, about=str(found.pk), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
    if sheets is None:
        messages.error(request, why_not(form))
        return redirect("gatherings:gathering", pk=pk)
    return sheets_on_paper(request, ATTENDANCE_SHEET, sheets)


@opened_to(*ROOM_HOSTS)
def lines(request: Request, pk: int) -> HttpResponse:
    """The signed list comes back: which numbers, and how many below."""
    found = _kept(request, pk)
    form = LinesForm(request.POST or None, initial={"walk_ins": found.walk_ins})
    if request.method == "POST" and form.is_valid():
        count = attempt(
            form,
            lambda: read_back(
                found, form.cleaned_data["lines"], walk_ins=form.cleaned_data["walk_ins"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if count is not None:
            said = ngettext(
                "One more was here.", "%(count)s more were here.", count
            ) % {"count": count}  # fmt: skip
            messages.success(request, said)
            return redirect("gatherings:people", pk=pk)
    return render(request, "gatherings/lines.html", {"gathering": found, "form": form})


def _door(request: Request, found: Gathering) -> dict[str, Any]:  # Any: a page's values
    query = request.GET.get("q", "").strip()
    most = _FOUND_AT_ONCE if query else _EXPECTED_AT_ONCE
    persons = found_at_door(request.actor, found, query, most=most)
    page = page_of(attendances_of(found, show="here").order_by("-came_at", "-id"), request.GET)
    return {
        "gathering": found,
        "counts": counts_of(found),
        "query": query,
        "found": [
            (
                one,
                address,
                line,
                SignInForm(
                    by=request.actor, gathering=found, initial={"person": one.pk}, auto_id=False
                ),
            )
            for one, address, line in persons
        ],
        "page": page,
        "rows": [(row, PlainForm(auto_id=False)) for row in page.rows],
        "walk_form": WalkInsForm(initial={"walk_ins": found.walk_ins}),
        "takes_sign_in": found.takes_sign_in(request.now),
        "has_begun": found.starts_at <= request.now,
    }


def _kept(request: Request, pk: int) -> Gathering:
    found: Gathering = get_object_or_404(gatherings_for(request.actor), pk=pk)
    if not may_keep(request.actor, found):
        raise Http404
    return found
