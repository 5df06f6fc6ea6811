"""A round is handed to a deputy; the list of hand-overs, one of them, and how often whom."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.parlour.rounds import queries
from mulin.parlour.rounds.actions.hand_overs import do_to_hand_over, propose_hand_over
from mulin.parlour.rounds.actions.visits import set_pace
from mulin.parlour.rounds.forms import DeedForm, PaceForm, ProposeForm
from mulin.parlour.rounds.models import KIND_LABELS, HandOver
from mulin.parlour.rounds.permissions import may_do
from mulin.parlour.rounds.rules import MOVES, Deed, HandOverState


@opened_to(*HANDLER_ROLES)
def hand_overs(request: Request) -> HttpResponse:
    """Who walks whose round, and the form to ask a colleague."""
    rounds = queries.rounds_to_hand_over(request.actor, request.now)
    form = ProposeForm(
        request.POST or None,
        rounds=rounds,
        colleagues=holders_of(request.community.pk, HANDLER_ROLES, request.now),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: propose_hand_over(
                values["membership"], deputy=values["deputy"], since=values["since"],
                until=values["until"], notes=values["notes"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("%(name)s is asked.") % {"name": made.deputy.display_name})
            return redirect("rounds:hand-over", pk=made.pk)
    page = page_of(queries.hand_overs(request.actor), request.GET, size=20)
    context = {"form": form if rounds else None, "page": page, "here": "hand-overs"}
    status = 422 if form.errors else 200
    return render(request, "rounds/hand_overs.html", context, status=status)


@opened_to(*HANDLER_ROLES)
def hand_over(request: Request, pk: int) -> HttpResponse:
    """One hand-over: the notes, what is open, and afterwards everything that was done."""
    found = _found(request, pk)
    return render(request, "rounds/hand_over.html", _page(request, found, DeedForm()))


@opened_to(*HANDLER_ROLES)
@require_POST
def deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """Accept, decline, take back, end."""
    found, form = _found(request, pk), DeedForm(request.POST)
    if deed not in set(Deed):
        raise Http404
    if form.is_valid():
        done = attempt(
            form,
            lambda: do_to_hand_over(
                found, Deed(deed), by=request.actor, words=form.cleaned_data["words"],
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            _stay_signed_in(request, found)
            messages.success(request, _("Done."))
            return redirect("rounds:hand-over", pk=pk)
    return render(request, "rounds/hand_over.html", _page(request, found, form), status=422)


def _stay_signed_in(request: Request, found: HandOver) -> None:
    """A change of role ends all sessions of an account; the one that asked for it goes on."""
    account = request.user
    if isinstance(account, Account) and account.pk == found.deputy_id:
        account.refresh_from_db(fields=["session_epoch"])
        update_session_auth_hash(request, account)


def _found(request: Request, pk: int) -> HandOver:
    found: HandOver = get_object_or_404(queries.hand_overs(request.actor), pk=pk)
    return found


def _page(request: Request, found: HandOver, form: DeedForm) -> dict[str, Any]:
    state = HandOverState(found.state)
    return {
        "hand_over": found,
        "watch": queries.watch_of(found, request.actor, request.now),
        "is_over": found.until <= request.now or state is HandOverState.ENDED,
        "deeds": {
            deed.value
            for (at, deed) in MOVES
            if at is state and found.until > request.now and may_do(request.actor, deed, found)
        },
        "form": form,
        "here": "hand-overs",
    }


@opened_to(Role.HEAD)
def paces(request: Request) -> HttpResponse:
    """How often whom: what holds today, by whose word, and the form to change it."""
    today = local_day(request.now)
    form = PaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: set_pace(
                by=request.actor, kind=values["kind"], days=values["days"],
                since=form.since_day(), source=values["source"], now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Set."))
            return redirect("rounds:paces")
    told = [(KIND_LABELS[kind], pace) for kind, pace in queries.paces(today).items()]
    status = 422 if form.errors else 200
    return render(request, "rounds/paces.html", {"form": form, "paces": told}, status=status)
