"""Broken seals: asked for by one, decided by another, on a list that nobody can hide."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from mulin.circle.mediation.actions.keeping import ask_opening, decide_opening
from mulin.circle.mediation.forms import DecideForm, OpeningForm
from mulin.circle.mediation.models import Case, Opening
from mulin.circle.mediation.permissions import OPENERS
from mulin.circle.mediation.queries import openings as all_openings
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused


@opened_to(*OPENERS, Role.MEDIATOR, Role.AUDITOR)
def openings(request: Request) -> HttpResponse:
    """Every seal that was broken, or should be; two of those who may break one decide together."""
    may_open = request.actor.has(*OPENERS)
    if request.method == "POST" and not may_open:
        raise Http404
    if "opening" in request.POST:
        return _decide(request)
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = Case.objects.filter(number=form.cleaned_data["number"].strip()).first()
        if case is None:
            form.add_error("number", _("No case has this number."))
        elif attempt(
            form,
            lambda: ask_opening(
                case, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        ):  # fmt: skip
            messages.success(request, _("Asked. A second person decides."))
            return redirect("mediation:openings")
    context = {
        "page": page_of(all_openings(), request.GET, size=20), "may_open": may_open,
        "form": form if may_open else None, "decide_form": DecideForm(),
    }  # fmt: skip
    return render(request, "mediation/openings.html", context, status=422 if form.errors else 200)


def _decide(request: Request) -> HttpResponse:
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise Http404
    row: Opening = get_object_or_404(
        Opening.objects.select_related("case"), pk=form.cleaned_data["opening"]
    )
    try:
        decide_opening(
            row, is_granted=form.cleaned_data["said"] == "yes", by=request.actor,
            now=request.now, token=form.idempotency_token,
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Noted."))
    return redirect("mediation:openings")
