"""Visits, and the calls back to those who asked."""

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Role
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.reception.actions.demands import record_return_call
from mulin.parlour.reception.actions.visit_kinds import set_visit_kind
from mulin.parlour.reception.actions.visits import record_visit, undo_visit
from mulin.parlour.reception.forms.demands import (
    CallForm,
)
from mulin.parlour.reception.forms.visits import VisitForm, VisitKindForm
from mulin.parlour.reception.models import Visit, VisitKind
from mulin.parlour.reception.permissions import may, may_take_back
from mulin.parlour.reception.queries import recent_of, return_calls, visit_kinds, visits
from mulin.parlour.reception.views.desk import chosen_person

#: What the head says of a kind of visit.
_KIND_FIELDS = ("name", "letter", "reason", "minutes", "is_pinned", "is_active")


@opened_to(*HANDLER_ROLES)
def visit_list(request: Request) -> HttpResponse:
    """Who came today; whoever is here now, and the letters that note why."""
    person = chosen_person(request)
    form = VisitForm(request.POST or None, by=request.actor, person=person)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        by = request.actor.by(
            form.channel_said, on_behalf_of=values["person"].pk if values["person"] else None
        )
        noted = attempt(
            form,
            lambda: record_visit(
                by=by, reason=values["kind"].reason, kind=values["kind"],
                person=values["person"], minutes=form.minutes_said, note=values["note"],
                at=values["happened"], now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if noted is not None:
            return redirect("reception:visits")
    return render(request, "reception/visits.html", _visits_page(request, form, person))


# Any: what a template is given.
def _visits_page(request: Request, form: VisitForm, person: Person | None) -> dict[str, Any]:
    today = local_day(request.now)
    page = page_of(visits(request.actor, start_of_day(today), end_of_day(today)), request.GET)
    own = [visit for visit in page.rows if may_take_back(request.actor, visit, request.now)]
    came, owes = recent_of(request.actor, person) if person else ([], [])
    return {
        "form": form,
        "person": person,
        "page": page,
        "kinds": visit_kinds(request.now),
        "may_undo": {visit.pk for visit in own},
        "last": own[0] if own and page.number == 1 else None,
        "may_name_kinds": may(request.actor, "change_visit_kinds"),
        "came": came,
        "owes": owes,
    }


@opened_to(*HANDLER_ROLES)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take back the visit one has just noted."""
    visit: Visit = get_object_or_404(Visit.objects.filter(worker=request.actor.account_id), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        undo_visit(visit, by=request.actor, now=request.now, token=form.idempotency_token)
        messages.success(request, _("Taken back."))
    return redirect("reception:visits")


@opened_to(Role.HEAD)
def kind_list(request: Request, pk: int | None = None) -> HttpResponse:
    """Why people come, in this community's words; each kind with its letter."""
    kind: VisitKind | None = get_object_or_404(VisitKind.objects.all(), pk=pk) if pk else None
    form = VisitKindForm(request.POST or None, initial=model_to_dict(kind) if kind else None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _KIND_FIELDS}
        named = attempt(
            form,
            lambda: set_visit_kind(
                kind, **values, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if named is not None:
            messages.success(request, _("Done."))
            return redirect("reception:visit-kinds")
    page = page_of(VisitKind.objects.order_by("-is_active", "sort", "id"), request.GET)
    return render(request, "reception/visit_kinds.html", {"form": form, "kind": kind, "page": page})


@opened_to(*DESK_ROLES)
def call_list(request: Request) -> HttpResponse:
    """Whom to call back now: those who cannot confirm alone, or have not."""
    page = page_of(return_calls(request.actor, request.now), request.GET)
    context = {"page": page, "print_form": PlainForm(auto_id="print_%s")}
    return render(request, "reception/calls.html", context)


@opened_to(*DESK_ROLES)
def call(request: Request, pk: int) -> HttpResponse:
    """One call: the number, what was asked and answered, what they say."""
    confirmation = get_object_or_404(return_calls(request.actor, request.now), pk=pk)
    if not may(request.actor, "call_back", confirmation):
        raise Http404
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        demand = confirmation.demand
        by = request.actor.by(Channel.PHONE, on_behalf_of=demand.need.person_id)
        heard = attempt(
            form,
            lambda: record_return_call(
                demand, by=by, outcome=values["outcome"], rating=form.rating,
                words=values["words"], now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if heard is not None:
            messages.success(request, _("Written down. Thank you for calling."))
            return redirect("reception:calls")
    page = page_of(return_calls(request.actor, request.now), request.GET)
    context = {
        "page": page, "confirmation": confirmation, "form": form,
        "print_form": PlainForm(auto_id="print_%s"),
    }  # fmt: skip
    return render(request, "reception/calls.html", context)
