"""The carrier's round: planned at the counter, printed as a list, walked with the phone."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.pressing import sheets_on_paper
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm, fresh_token
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.workshop.production import queries
from mulin.workshop.production.actions.carrying import Errand, hand_over, plan_round
from mulin.workshop.production.forms import HandOverForm, RoundForm
from mulin.workshop.production.models import Carrying, Stop, StopKind
from mulin.workshop.production.permissions import may_carry, may_keep
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.production.sheets import ROUND_SHEET
from mulin.workshop.production.views.pocket import pocket_of


@opened_to(*KEEPERS, Role.CARRIER)
def rounds(request: Request) -> HttpResponse:
    """A carrier's own rounds; for whoever runs the workshop all of them, and the next to plan."""
    if not may_keep(request.actor):
        own = queries.rounds().filter(carrier=request.actor.account_id or 0)
        context = {"page": page_of(own, request.GET, size=20), **pocket_of(request)}
        return render(request, "production/my_rounds.html", context)
    errands = queries.errands()
    form = RoundForm(
        request.POST or None,
        initial={"capacity": queries.last_capacity(), "day": local_day(request.now)},
        carriers=holders_of(request.community.pk, {Role.CARRIER}, request.now),
    )
    if request.method == "POST" and form.is_valid():
        chosen = {*request.POST.getlist("errands")}
        picked = [
            Errand(StopKind(kind), lot, worker, int(amount))
            for kind, lot, worker, amount in errands
            if f"{kind}-{lot.pk}-{worker.pk}" in chosen
        ]
        made = attempt(
            form,
            lambda: plan_round(
                picked, carrier=form.cleaned_data["carrier"],
                day=local_day(form.cleaned_data["day"]), trip=form.trip(), by=request.actor,
                now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("production:round", pk=made.pk)
    context = {
        "form": form,
        "errands": errands,
        "page": page_of(queries.rounds().select_related("carrier"), request.GET, size=20),
    }
    return render(request, "production/rounds.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS, Role.CARRIER)
@require_safe
def carrying(request: Request, pk: int) -> HttpResponse:
    """Door after door, one tap at each; what is tapped without network goes later."""
    found = _round(request, pk)
    stops = list(_stops(found))
    context = {
        "round": found,
        "stops": [(one, fresh_token()) for one in stops],
        "metres": _metres(found, stops),
        "trips": max((one.trip for one in stops), default=1),
        "is_estimated": any(one.is_estimated for one in stops if one.metres),
        "left": sum(one.done_at is None for one in stops),
        "following": next((one.pk for one in stops if one.done_at is None), None),
        "sheet_form": PlainForm() if may_keep(request.actor) else None,
    }
    if found.carrier_id == request.actor.account_id:
        context |= pocket_of(request)
    return render(request, "production/round.html", context)


@opened_to(*KEEPERS, Role.CARRIER)
@require_safe
def carrying_paper(request: Request, pk: int) -> HttpResponse:
    """The same as a list with a line to sign at every door."""
    found = _round(request, pk)
    stops = list(_stops(found))
    context = {
        "round": found,
        "stops": stops,
        "metres": _metres(found, stops),
        "trips": max((one.trip for one in stops), default=1),
        "is_estimated": any(one.is_estimated for one in stops if one.metres),
    }
    name = f"{_('Carrying round')} {found.day}"
    return paper("production/paper/round.html", context, request=request, name=name)


@opened_to(*KEEPERS)
@require_POST
def round_sheet(request: Request, pk: int) -> HttpResponse:
    """The doors as a form on paper that is photographed or typed when it comes back."""
    found = _round(request, pk)
    form = PlainForm(request.POST)
    sheets = None if not form.is_valid() else attempt(
        form,
        lambda: print_sheets(
            ROUND_SHEET, count=1, about=str(found.pk), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    if not sheets:
        messages.error(request, _("Every door is done."))
        return redirect("production:round", pk=pk)
    return sheets_on_paper(request, ROUND_SHEET, sheets)


@opened_to(*KEEPERS, Role.CARRIER)
@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """So many pieces were left at a door, or taken along."""
    found: Stop = get_object_or_404(Stop.objects.select_related("carrying", "lot__order"), pk=pk)
    if not may_carry(request.actor, found.carrying):
        raise Http404
    form = HandOverForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: hand_over(
                found, quantity=form.cleaned_data["quantity"], at=form.cleaned_data["happened"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Noted."))
            return redirect("production:round", pk=found.carrying_id)
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    messages.error(request, said)
    context = {"stop": found, "form": form}
    return render(request, "production/stop.html", context, status=422)


def _round(request: Request, pk: int) -> Carrying:
    found: Carrying = get_object_or_404(Carrying.objects.select_related("carrier"), pk=pk)
    if not may_carry(request.actor, found):
        raise Http404
    return found


def _metres(carrying: Carrying, stops: list[Stop]) -> int:
    """The whole way; of rounds planned before that was kept, without the way home."""
    if carrying.metres is not None:
        return carrying.metres
    return sum(one.metres or 0 for one in stops)


def _stops(carrying: Carrying) -> "QuerySet[Stop]":
    rows: QuerySet[Stop] = carrying.stops.select_related("lot__order", "worker__person")
    return rows
