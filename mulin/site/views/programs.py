"""Programs of other offices: who was let in, what each may do, what it did, and shutting it out."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.actions.programs import connect_program, renew_token, shut_out
from mulin.ground.community.models import ApiClient
from mulin.ground.community.queries import programs
from mulin.ground.community.rules import Role, Scope, may_give_scope
from mulin.kit.acts import attempt
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.site.forms.programs import ProgramForm

_KEEPERS = (Role.HEAD, Role.INSTALLER)


@opened_to(*_KEEPERS)
def program_list(request: Request) -> HttpResponse:
    """Which programs may call in."""
    return _page(request, "site/programs.html", {})


@never_cache
@opened_to(*_KEEPERS)
def connect(request: Request) -> HttpResponse:
    """Let a program in; its token is shown once."""
    form = ProgramForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        let_in = attempt(
            form,
            lambda: connect_program(
                name=values["name"], contact=values["contact"], scopes=values["scopes"],
                expires_at=values["until"], by=request.actor, now=request.now,
            ),
        )  # fmt: skip
        if let_in is not None:
            return _token(request, *let_in)
    return _page(request, "site/program_new.html", {"form": form})


@opened_to(*_KEEPERS)
def program(request: Request, pk: int) -> HttpResponse:
    """One program: what it may do, and every day on which it called."""
    chosen = _found(request, pk)
    uses = page_of(chosen.uses.order_by("-day", "call"), request.GET, size=30)
    is_running = chosen.revoked_at is None and chosen.expires_at > request.now
    context = {
        "chosen": chosen,
        "uses": uses,
        "is_running": is_running,
        "may_renew": all(may_give_scope(request.actor, Scope(one)) for one in chosen.scopes),
    }
    return _page(request, "site/program.html", context)


@never_cache
@opened_to(*_KEEPERS)
@require_POST
def renew(request: Request, pk: int) -> HttpResponse:
    """Another token; the old one opens nothing more."""
    chosen = _found(request, pk)
    try:
        return _token(request, chosen, renew_token(chosen, by=request.actor, now=request.now))
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("site:program", pk=pk)


@opened_to(*_KEEPERS)
@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """Shut a program out."""
    try:
        shut_out(_found(request, pk), by=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The program is shut out. What it handed in stays."))
    return redirect("site:program", pk=pk)


def _found(request: Request, pk: int) -> ApiClient:
    found: ApiClient = get_object_or_404(programs(request.community.pk), pk=pk)
    return found


def _token(request: Request, chosen: ApiClient, token: str) -> HttpResponse:
    return _page(request, "site/program_token.html", {"chosen": chosen, "token": token})


# Any: what a template is given.
def _page(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    typed = {} if "uses" in context else request.GET
    page = page_of(programs(request.community.pk), typed)
    return render(request, template, {"page": page, **context})
