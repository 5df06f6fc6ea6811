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
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.workshop.production import queries
from mulin.workshop.production.actions.asking import ask_about, write_own_hours
from mulin.workshop.production.actions.lots import agree_to_count
from mulin.workshop.production.actions.offers import answer_offer
from mulin.workshop.production.actions.workers import ask_for_work, set_home
from mulin.workshop.production.along import offered_along
from mulin.workshop.production.forms import (
    AskForm,
    HomeForm,
    OwnHoursForm,
    WishForm,
)
from mulin.workshop.production.models import (
    Lot,
    LotQuestion,
    Offer,
    OfferState,
    Receipt,
    Worker,
    rates_on,
)
from mulin.workshop.production.permissions import is_hers
from mulin.workshop.production.rules import KEEPERS, Spot


@opened_to(Role.WORKSHOP_WORKER)
def mine(request: Request) -> HttpResponse:
    """One page, no menu: the offer first, then what is at home."""
    worker = queries.worker_of(request.actor)
    if worker is None:
        return render(request, "production/not_yet.html", {})
    return _page(request, worker)


def _page(
    request: Request, worker: Worker, form: WishForm | None = None, *,
    home: HomeForm | None = None, asked: tuple[int, ActForm] | None = None,
) -> HttpResponse:  # fmt: skip
    """Her page; what was refused stands open where it was typed (`asked`: of which lot)."""
    form = form or WishForm()
    home = home or HomeForm(
        initial={"home_from": worker.home_from, "home_until": worker.home_until}
    )
    here: dict[int, Decimal] = defaultdict(Decimal)
    for (spot, lot_id, _who), amount in queries.in_hands(worker).items():
        if spot is Spot.WORKER:
            here[lot_id] += amount
    lots = list(queries.lots_with(worker).prefetch_related("order__pictures"))
    stands = queries.standings(lot.pk for lot in lots)
    load = queries.loads()[worker.pk]
    minutes = queries.own_minutes(worker)
    refused = asked[1] if asked else None
    today = local_day(request.now)
    offers = list(
        worker.offers.filter(state=OfferState.OPEN).select_related("lot__order__operation")
    )
    rates = rates_on({one.lot.order.operation_id for one in offers}, today)
    questions: dict[int, list[LotQuestion]] = defaultdict(list)
    for one in LotQuestion.objects.filter(worker=worker, lot__in=[lot.pk for lot in lots]):
        questions[one.lot_id].append(one)
    context = {
        "worker": worker,
        "offers": [
            (one, rates.get(one.lot.order.operation_id), offered_along(request.actor, today, one.lot.due))
            for one in offers
        ],
        "lots": [
            (
                lot, stands[lot.pk], here[lot.pk], questions[lot.pk],
                _own(lot, stands[lot.pk].accepted, minutes[lot.pk]),
                asked is not None and asked[0] == lot.pk,
            )
            for lot in lots
        ],
        "ask_form": refused if isinstance(refused, AskForm) else AskForm(auto_id=False),
        "hours_form": refused if isinstance(refused, OwnHoursForm) else OwnHoursForm(
            auto_id=False, initial={"day": local_day(request.now).isoformat()}
        ),
        "home_form": home,
        "receipts": Receipt.objects.filter(worker=worker)
        .select_related("lot__order")
        .prefetch_related("verdicts")[:10],
        "share": queries.share_of(load, worker.minutes_wished),
        "income": queries.incomes(request.now).get(worker.pk),
        "wishes": worker.wishes.order_by("-at")[:3],
        "form": form,
        "plain_form": PlainForm(),
    }  # fmt: skip
    is_wrong = form.errors or home.errors or refused is not None
    return render(request, "production/mine.html", context, status=422 if is_wrong else 200)


def _own(lot: Lot, accepted: Decimal, minutes: int) -> tuple[int, Decimal | None]:
    """The minutes she wrote down for herself, and what an hour of them earned so far."""
    if not minutes or lot.rate is None or not accepted:
        return minutes, None
    return minutes, (accepted * lot.rate * 60 / minutes).quantize(Decimal("0.01"))


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
                along=request.POST.getlist("along"),
                token=form.idempotency_token,
            ),
        )
    )
    if not done:
        wrong = [str(text) for texts in form.errors.values() for text in texts]
        messages.error(request, " ".join(wrong) or _("This offer is over already."))
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
                minutes_wished=form.minutes(), skill=form.cleaned_data["skill"],
                by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if asked is not None:
            messages.success(request, _("The workshop knows. The answer stands here."))
            return redirect("production:mine")
    return _page(request, worker, form)


@opened_to(Role.WORKSHOP_WORKER)
@require_POST
def home(request: Request) -> HttpResponse:
    """When somebody opens her door for the tricycle."""
    worker = queries.worker_of(request.actor)
    if worker is None:
        raise Http404
    form = HomeForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: set_home(
                worker, home_from=form.cleaned_data["home_from"],
                home_until=form.cleaned_data["home_until"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("The carrier comes in these hours."))
            return redirect("production:mine")
    return _page(request, worker, home=form)


@opened_to(Role.WORKSHOP_WORKER)
@require_POST
def ask(request: Request, pk: int) -> HttpResponse:
    """A question about a lot of hers."""
    worker, lot = _hers(request, pk)
    form = AskForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: ask_about(
                lot, worker, words=form.cleaned_data["words"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("The workshop knows. The answer stands here."))
            return redirect("production:mine")
    return _page(request, worker, asked=(pk, form))


@opened_to(Role.WORKSHOP_WORKER)
@require_POST
def own_hours(request: Request, pk: int) -> HttpResponse:
    """How long she was at a lot, for herself alone."""
    worker, lot = _hers(request, pk)
    form = OwnHoursForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: write_own_hours(
                lot, worker, day=local_day(form.cleaned_data["day"]),
                minutes=form.cleaned_data["minutes"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Written down, for you alone."))
            return redirect("production:mine")
    return _page(request, worker, asked=(pk, form))


def _hers(request: Request, pk: int) -> tuple[Worker, Lot]:
    worker = queries.worker_of(request.actor)
    lot = queries.lots_with(worker).filter(pk=pk).first() if worker is not None else None
    if worker is None or lot is None:
        raise Http404
    return worker, lot
