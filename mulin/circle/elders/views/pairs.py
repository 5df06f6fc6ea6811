"""Who could look in on whom, and the pairs there are."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.elders import queries
from mulin.circle.elders.actions.pairs import (
    change_helper,
    end_pair,
    let_helper_go,
    make_lasting,
    pair_up,
    take_helper_on,
)
from mulin.circle.elders.forms import (
    ChangeForm,
    EndHelperForm,
    EndPairForm,
    HelperForm,
    PairForm,
)
from mulin.circle.elders.models import Helper, Pair
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*DESK_ROLES)
@require_safe
def pairs(request: Request) -> HttpResponse:
    """Proposals with their reasons, then the pairs."""
    return _page(request)


_PAGE_DEEDS = {
    "helper": Deed(
        gettext_lazy("A neighbour would look in on somebody"),
        lambda form, request: take_helper_on(
            form.cleaned_data["person"], form.brings(), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("They are on the list."), HelperForm,
    ),
    "stop": Deed(
        gettext_lazy("A helper stops"),
        lambda form, request: let_helper_go(
            form.cleaned_data["helper"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("Written down. Thank them."), EndHelperForm,
    ),
    "up": Deed(
        gettext_lazy("Both said yes"),
        lambda form, request: pair_up(
            form.cleaned_data["elder"], form.cleaned_data["helper"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
        gettext_lazy("A month on trial begins; the helper was told."), PairForm, is_line=True,
    ),
}  # fmt: skip


@opened_to(*DESK_ROLES)
@require_POST
def pairs_act(request: Request, deed: str) -> HttpResponse:
    """A helper is taken on or stops; two are paired."""
    refused = do(_PAGE_DEEDS, deed, request)
    if refused is None:
        return redirect("elders:pairs")
    return _page(request, failed=(deed, refused))


@opened_to(*DESK_ROLES)
@require_POST
def pair_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """A pair becomes lasting, gets another helper, or ends."""
    found: Pair = get_object_or_404(
        Pair.objects.select_related("elder__person", "helper__person"), pk=pk
    )
    do(_pair_deeds(found), deed, request)
    return redirect("elders:pairs")


def _pair_deeds(found: Pair) -> dict[str, Deed]:
    return {
        "lasting": Deed(
            gettext_lazy("Both want to go on"),
            lambda form, request: make_lasting(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
            gettext_lazy("They go on."), is_line=True,
        ),
        "change": Deed(
            gettext_lazy("Somebody else looks in"),
            lambda form, request: change_helper(
                found, form.cleaned_data["helper"], why=form.cleaned_data["why"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("A month on trial begins; the helper was told."), ChangeForm, is_line=True,
        ),
        "end": Deed(
            gettext_lazy("The pair ends"),
            lambda form, request: end_pair(
                found, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Ended. Whom would they like to come?"), EndPairForm,
            is_line=True,
        ),
    }  # fmt: skip


def _page(request: Request, failed: Failed | None = None) -> HttpResponse:
    alive = Pair.objects.alive().select_related("elder__person", "helper__person")
    page = page_of(alive.order_by("trial_until", "pk"), request.GET)
    helpers = Helper.objects.filter(until=None).select_related("person")
    proposals = queries.proposals(request.now)
    deeds = {"helper": _PAGE_DEEDS["helper"]} | ({"stop": _PAGE_DEEDS["stop"]} if helpers else {})
    context = {
        "page": page, "proposals": proposals, "helpers": helpers,
        "left": sum(one.helper is None for one in proposals),
        "plain_form": PlainForm(), "deeds": shown(deeds, partial(_url, "elders:pairs-act"), failed),
    }  # fmt: skip
    return render(request, "elders/pairs.html", context, status=422 if failed else 200)


def _url(name: str, deed: str) -> str:
    return reverse(name, args=[deed])
