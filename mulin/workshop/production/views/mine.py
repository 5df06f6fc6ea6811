"""The worker's own page: what she is offered, has at home, gave back; more, less or other work."""

from collections import defaultdict
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.workshop.production import queries
from mulin.workshop.production.actions.lots import agree_to_count
from mulin.workshop.production.actions.offers import answer_offer
from mulin.workshop.production.actions.workers import ask_for_work
from mulin.workshop.production.forms import PlainForm, WishForm
from mulin.workshop.production.models import Offer, OfferState, Receipt, Worker
from mulin.workshop.production.permissions import is_hers
from mulin.workshop.production.rules import KEEPERS


@opened_to(Role.WORKSHOP_WORKER)
def mine(request: Request) -> HttpResponse:
    """One page, no menu: the offer first, then what is at home."""
    worker = queries.worker_of(request.actor)
    if worker is None:
        return render(request, "production/not_yet.html", {})
    return _page(request, worker, WishForm())


def _page(request: Request, worker: Worker, form: WishForm) -> HttpResponse:
    here: dict[int, Decimal] = defaultdict(Decimal)
    for (_spot, lot_id, _who), amount in queries.in_hands(worker).items():
        here[lot_id] += amount
    lots = list(queries.lots_with(worker).prefetch_related("order__pictures"))
    stands = queries.standings(lot.pk for lot in lots)
    load = queries.loads()[worker.pk]
    context = {
        "worker": worker,
        "offers": worker.offers.filter(state=OfferState.OPEN).select_related("lot__order__operation"),
        "lots": [(lot, stands[lot.pk], here[lot.pk]) for lot in lots],
        "receipts": Receipt.objects.filter(worker=worker)
        .select_related("lot__order")
        .prefetch_related("verdicts")[:10],
        "share": queries.share_of(load, worker.minutes_wished),
        "income": queries.incomes(request.now).get(worker.pk),
        "wishes": worker.wishes.order_by("-at")[:3],
        "form": form,
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "production/mine.html", context, status=422 if form.errors else 200)


@opened_to(Role.WORKSHOP_WORKER)
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Yes or no to a lot."""
    found: Offer = get_object_or_404(Offer.objects.select_related("worker__person", "lot"), pk=pk)
    if not is_hers(request.actor, found.worker):
        raise Http404
    form = PlainForm(request.POST)
    accepts = request.POST.get("said") == "yes"
    done = (
        None
        if not form.is_valid()
        else attempt(
            form,
            lambda: answer_offer(
                found,
                accepts=accepts,
                by=request.actor,
                now=request.now,
                token=form.idempotency_token,
            ),
        )
    )
    if not done:
        messages.error(request, _("This offer is over already."))
    elif accepts:
        messages.success(request, _("It is yours. The workshop gets it ready."))
    else:
        messages.success(request, _("All right. Somebody else is asked."))
    return redirect("production:mine")


@opened_to(Role.WORKSHOP_WORKER, *KEEPERS)
@require_POST
def agree(request: Request, pk: int) -> HttpResponse:
    """The number is right: hers to say, or whoever runs the workshop writes that she signed."""
    found: Receipt = get_object_or_404(Receipt.objects.select_related("worker__person"), pk=pk)
    if not is_hers(request.actor, found.worker):
        raise Http404
    by = request.actor.by("paper") if request.actor.has(*KEEPERS) else request.actor
    form = PlainForm(request.POST)
    done = (
        None
        if not form.is_valid()
        else attempt(
            form,
            lambda: agree_to_count(found, by=by, now=request.now, token=form.idempotency_token),
        )
    )
    if done:
        messages.success(request, _("Thank you. Now it is looked at."))
    else:
        messages.error(request, _("It was agreed on already."))
    if request.actor.has(*KEEPERS):
        return redirect("production:judge", pk=pk)
    return redirect("production:mine")


@opened_to(Role.WORKSHOP_WORKER)
@require_POST
def wish(request: Request) -> HttpResponse:
    """More, less or other work."""
    worker = queries.worker_of(request.actor)
    if worker is None:
        raise Http404
    form = WishForm(request.POST)
    if form.is_valid():
        asked = attempt(
            form,
            lambda: ask_for_work(
                worker, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"],
                minutes_wished=form.minutes(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if asked is not None:
            messages.success(request, _("The workshop knows. The answer stands here."))
            return redirect("production:mine")
    return _page(request, worker, form)
