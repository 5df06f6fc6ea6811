"""Whoever hears a quarrel first: the questions that stop it, and the lawful way instead."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.circle.mediation.actions.intake import receive
from mulin.circle.mediation.forms import ReceiveForm
from mulin.circle.mediation.models import STOPS
from mulin.circle.mediation.permissions import TAKERS, own_card
from mulin.circle.mediation.queries import helps
from mulin.circle.mediation.rules import TO_BE_REPORTED
from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt


@opened_to(*TAKERS)
def take_in(request: Request) -> HttpResponse:
    """Write a quarrel down; whoever does reads it no more afterwards."""
    form = ReceiveForm(request.POST or None, is_mediator=own_card(request.actor) is not None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        case = attempt(
            form,
            lambda: receive(
                form.told(), form.parties(), kind=values["kind"] or "other", source=values["source"],
                stops=values["stops"], is_mine=values.get("is_mine", False),
                by=request.actor.by(values["channel"]), now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if case is not None:
            messages.success(request, _("Received as %(number)s.") % {"number": case.number})
            if case.stops:
                query = urlencode([("stop", one) for one in case.stops])
                return redirect(f"{reverse('mediation:ways')}?{query}")
            return redirect("mediation:take-in")
    return render(
        request, "mediation/take_in.html", {"form": form}, status=422 if form.errors else 200
    )


@opened_to(*TAKERS)
@require_safe
def ways(request: Request) -> HttpResponse:
    """What to do instead of mediating, step by step; tells of no case."""
    wanted = request.GET.getlist("stop") or [str(name) for name, _label in STOPS]
    paths = [one for one in helps()["path"] if one["stop"] in wanted]
    must = any(one["stop"] in TO_BE_REPORTED for one in paths) and "stop" in request.GET
    return render(request, "mediation/ways.html", {"paths": paths, "must_report": must})
