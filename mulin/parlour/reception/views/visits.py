"""Visits, and the calls back to those who asked."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, local_day, start_of_day
from mulin.kit.paging import page_of
from mulin.parlour.reception.actions.demands import record_return_call
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.forms.demands import CallForm
from mulin.parlour.reception.forms.visits import VisitForm
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import return_calls, visits


@opened_to(*HANDLER_ROLES)
def visit_list(request: Request) -> HttpResponse:
    """Today's visits, and the one-line form that adds the next."""
    chosen = request.POST.get("person") or request.GET.get("person") or ""
    person = Person.objects.on_roll().filter(pk=chosen).first() if chosen.isdigit() else None
    form = VisitForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        by = request.actor.by(
            values["channel"], on_behalf_of=values["person"].pk if values["person"] else None
        )
        noted = attempt(
            form,
            lambda: record_visit(
                by=by, reason=values["reason"], person=values["person"],
                minutes=values["minutes"] or 0, note=values["note"], now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if noted is not None:
            messages.success(request, _("Visit noted."))
            return redirect("reception:visits")
    today = local_day(request.now)
    page = page_of(visits(request.actor, start_of_day(today), end_of_day(today)), request.GET)
    return render(request, "reception/visits.html", {"form": form, "person": person, "page": page})


@opened_to(*DESK_ROLES)
def call_list(request: Request) -> HttpResponse:
    """Whom to call back now: those who cannot confirm alone, or have not."""
    page = page_of(return_calls(request.actor, request.now), request.GET)
    return render(request, "reception/calls.html", {"page": page})


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
                demand, by=by, outcome=values["outcome"], rating=values["rating"],
                words=values["words"], now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if heard is not None:
            messages.success(request, _("Written down. Thank you for calling."))
            return redirect("reception:calls")
    page = page_of(return_calls(request.actor, request.now), request.GET)
    context = {"page": page, "confirmation": confirmation, "form": form}
    return render(request, "reception/calls.html", context)
