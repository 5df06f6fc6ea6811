"""The panel, for whoever keeps it and for everybody; what helps mediators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.circle.mediation import queries
from mulin.circle.mediation.actions.choosing import join_panel, leave_panel
from mulin.circle.mediation.forms import MediatorForm, PlainForm
from mulin.circle.mediation.models import KINDS, METHODS, Mediator
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.paging import page_of


@public
@require_safe
def about(request: Request) -> HttpResponse:
    """Who mediates here, how one comes, and what is kept secret."""
    page = page_of(queries.panel(), request.GET, size=30)
    return render(request, "mediation/about.html", {"page": page, "kinds": dict(KINDS)})


@opened_to(Role.MEDIATION_DIRECTOR)
def panel(request: Request) -> HttpResponse:
    """Everybody on the panel; somebody new; somebody leaves."""
    accounts = holders_of(request.community.pk, {Role.MEDIATOR}, request.now)
    leaves = request.POST.get("leaves", "")
    form = MediatorForm(request.POST if request.POST and not leaves else None, accounts=accounts)
    if leaves:
        found: Mediator = get_object_or_404(
            Mediator.objects.all(), pk=int(leaves) if leaves.isdecimal() else 0
        )
        plain = PlainForm(request.POST)
        if plain.is_valid():
            leave_panel(found, by=request.actor, now=request.now, token=plain.idempotency_token)
        messages.success(request, _("Noted."))
        return redirect("mediation:panel")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: join_panel(
                values["person"], values["account"], kinds=values["kinds"],
                dialects=values["dialects"].split(), card=values["card"],
                is_on_committee=values["is_on_committee"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("On the panel."))
            return redirect("mediation:panel")
    context = {
        "form": form, "page": page_of(queries.panel(), request.GET, size=30),
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "mediation/panel.html", context, status=422 if form.errors else 200)


@opened_to(Role.MEDIATOR, Role.MEDIATION_DIRECTOR)
@require_safe
def helps(request: Request) -> HttpResponse:
    """Checklists of the three ways, articles with how sure they are, what colleagues learnt."""
    kind = request.GET.get("kind", "")
    context = {
        "help": queries.helps(), "kinds": KINDS, "kind": kind, "methods": dict(METHODS),
        "page": page_of(queries.precedents(kind), request.GET, size=20),
    }  # fmt: skip
    return render(request, "mediation/helps.html", context)
