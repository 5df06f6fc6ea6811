"""Who works, what work there is; the public page and its sales."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.pressing import sheets_on_paper
from mulin.commons.paper.registry import PaperUse
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.workshop.production import queries
from mulin.workshop.production.actions.sales import announce_sale, call_off_sale
from mulin.workshop.production.actions.setting import add_operation, set_rate, set_sampling
from mulin.workshop.production.actions.workers import (
    answer_wish,
    ask_for_work,
    certify,
    leave,
    set_home,
    take_on,
)
from mulin.workshop.production.forms import (
    AnswerForm,
    CallOffForm,
    CertifyForm,
    HomeForm,
    OperationForm,
    RateForm,
    SaleForm,
    SamplingForm,
    TakeOnForm,
    WishForm,
)
from mulin.workshop.production.models import (
    OfferState,
    Operation,
    PieceRate,
    Skill,
    Worker,
    WorkWish,
)
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.production.sheets import HANDS_SHEET, OFFER_SLIP

#: So many kinds of work stand on their page.
MOST_OPERATIONS = 200


@opened_to(*KEEPERS)
def workers(request: Request) -> HttpResponse:
    """Who works here, with what they have; whoever is new; wishes that wait."""
    form = TakeOnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        taken = attempt(
            form,
            lambda: take_on(
                queries.person_typed(request.actor, values["who"]), minutes_wished=int(values["hours"] * 60),
                note=values["note"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            messages.success(request, _("%(name)s works here now.") % {"name": taken})
            return redirect("production:worker", pk=taken.pk)
    page = page_of(
        Worker.objects.active().select_related("person").prefetch_related("skills__skill"),
        request.GET,
    )
    load, income = queries.loads(), queries.incomes(request.now)
    context = {
        "form": form,
        "page": page,
        "lines": [
            (
                one, one.able_on(local_day(request.now)),
                queries.share_of(load[one.pk], one.minutes_wished), income.get(one.pk),
            )
            for one in page.rows
        ],
        "wishes": WorkWish.objects.filter(answered_at__isnull=True)
        .select_related("worker__person", "skill")[:30],
        "answer_form": AnswerForm(),
    }  # fmt: skip
    return render(request, "production/workers.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
def worker(request: Request, pk: int) -> HttpResponse:
    """One worker: what she wishes, can, has at home."""
    return _worker_page(request, _worker(pk))


@opened_to(*KEEPERS)
@require_POST
def worker_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something about a worker is written down."""
    found = _worker(pk)
    refused = do(_deeds(found), deed, request)
    if refused is None:
        return redirect("production:worker", pk=pk)
    return _worker_page(request, found, failed=(deed, refused))


@opened_to(*KEEPERS)
@require_POST
def slip(request: Request, pk: int) -> HttpResponse:
    """What she is offered, on paper, for whoever has no phone."""
    return _on_paper(request, pk, OFFER_SLIP, _("Nothing is offered to her now."))


@opened_to(*KEEPERS)
@require_POST
def hands(request: Request, pk: int) -> HttpResponse:
    """What she takes along and gives back, to be ticked and signed at the workshop's door."""
    return _on_paper(request, pk, HANDS_SHEET, _("She has nothing to fetch or to give back now."))


def _on_paper(request: Request, pk: int, use: PaperUse, nothing: str) -> HttpResponse:
    found = _worker(pk)
    form = PlainForm(request.POST)
    sheets = None if not form.is_valid() else attempt(
        form,
        lambda: print_sheets(
            use, count=1, about=str(found.pk), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    if not sheets:
        messages.error(request, nothing)
        return redirect("production:worker", pk=pk)
    return sheets_on_paper(request, use, sheets)


def _worker(pk: int) -> Worker:
    found: Worker = get_object_or_404(Worker.objects.select_related("person"), pk=pk)
    return found


def _deeds(worker: Worker) -> dict[str, Deed]:
    deeds = {
        "wish": Deed(
            gettext_lazy("She wishes more, less or other work"),
            lambda form, request: ask_for_work(
                worker, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"],
                minutes_wished=form.minutes(), skill=form.cleaned_data["skill"],
                by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), WishForm,
        ),
        "home": Deed(
            gettext_lazy("When somebody opens her door"),
            lambda form, request: set_home(
                worker, home_from=form.cleaned_data["home_from"],
                home_until=form.cleaned_data["home_until"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), HomeForm,
        ),
        "certify": Deed(
            gettext_lazy("She can do something"),
            lambda form, request: certify(
                worker, form.cleaned_data["skill"], assessor=form.cleaned_data["assessor"],
                valid_until=form.last_day(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("It counts from now on."), CertifyForm,
        ),
        "leave": Deed(
            gettext_lazy("She stops working here"),
            lambda form, request: leave(
                worker, by=request.actor, now=request.now, token=form.idempotency_token
            ),
            gettext_lazy("Written down."),
        ),
    }  # fmt: skip
    if not Skill.objects.exists():
        del deeds["certify"]
    return deeds if worker.left_on is None else {}


def _worker_page(request: Request, worker: Worker, failed: Failed | None = None) -> HttpResponse:
    load = queries.loads()[worker.pk]
    context = {
        "worker": worker,
        "skills": worker.skills.select_related("skill"),
        "lots": queries.lots_with(worker),
        "share": queries.share_of(load, worker.minutes_wished),
        "income": queries.incomes(request.now).get(worker.pk),
        "quality": queries.qualities(request.now).get(worker.pk),
        "wishes": worker.wishes.select_related("skill").order_by("-at")[:10],
        "is_offered": worker.offers.filter(state=OfferState.OPEN).exists(),
        "has_hands": bool(queries.at_the_door(worker.pk)),
        "plain_form": PlainForm(),
        "deeds": shown(
            _deeds(worker), lambda deed: reverse("production:worker-act", args=[worker.pk, deed]),
            failed,
        ),
    }  # fmt: skip
    return render(request, "production/worker.html", context, status=422 if failed else 200)


@opened_to(*KEEPERS)
@require_POST
def wish_answer(request: Request, pk: int) -> HttpResponse:
    """A word of answer to what she asked for."""
    found: WorkWish = get_object_or_404(WorkWish, pk=pk, answered_at__isnull=True)
    form = AnswerForm(request.POST)
    done = None if not form.is_valid() else attempt(
        form,
        lambda: answer_wish(
            found, answer=form.cleaned_data["answer"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    if done:
        messages.success(request, _("She reads it on her page."))
    else:
        messages.error(request, _("Write a word of answer."))
    return redirect("production:workers")


# ── operations and rates ─────────────────────────────────────────────────────────────────────

_WORK = {
    "operation": Deed(
        gettext_lazy("A new operation"),
        lambda form, request: add_operation(
            name=form.cleaned_data["name"], seconds=form.cleaned_data["seconds"],
            skill=form.cleaned_data["skill"], instructions=form.cleaned_data["instructions"],
            by=request.actor, now=request.now, token=form.idempotency_token,
        ),
        gettext_lazy("It is on the list."), OperationForm,
    ),
    "rate": Deed(
        gettext_lazy("A new piece rate"),
        lambda form, request: set_rate(
            form.cleaned_data["operation"], yuan=form.cleaned_data["yuan"],
            since=local_day(form.cleaned_data["since"]), source=form.cleaned_data["source"],
            by=request.actor, now=request.now, token=form.idempotency_token,
        ),
        gettext_lazy("Set. Lots that are out keep the rate they went out with."), RateForm,
    ),
    "sampling": Deed(
        gettext_lazy("How many finished pieces are looked at"),
        lambda form, request: set_sampling(
            pieces=form.cleaned_data["pieces"], sample=form.cleaned_data["sample"],
            accept=form.cleaned_data["accept"], since=local_day(form.cleaned_data["since"]),
            source=form.cleaned_data["source"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("Set. Rows of one day are one table; the table of the latest day holds."),
        SamplingForm,
    ),
    "sale": Deed(
        gettext_lazy("Announce a live sale"),
        lambda form, request: announce_sale(
            title=form.cleaned_data["title"], watch=form.cleaned_data["watch"],
            words=form.cleaned_data["words"], begins_at=form.moment(), by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
        gettext_lazy("It stands on the public page."), SaleForm,
    ),
    "call-off": Deed(
        gettext_lazy("Call a live sale off"),
        lambda form, request: call_off_sale(
            form.cleaned_data["sale"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("The public page says so."), CallOffForm,
    ),
}  # fmt: skip


@opened_to(*KEEPERS)
def operations(request: Request) -> HttpResponse:
    """The list of work with its rates, newest first, each with by whose word."""
    return _work_page(request)


@opened_to(*KEEPERS)
@require_POST
def work_act(request: Request, deed: str) -> HttpResponse:
    """An operation, a rate, a sale."""
    refused = do(_WORK, deed, request)
    if refused is None:
        return redirect("production:operations")
    return _work_page(request, failed=(deed, refused))


def _work_page(request: Request, failed: Failed | None = None) -> HttpResponse:
    page = page_of(PieceRate.objects.select_related("operation"), request.GET)
    deeds = dict(_WORK)
    if not Operation.objects.exists():
        del deeds["rate"]
    sales = list(queries.sales_to_come(request.now))
    if not any(one.called_off_at is None for one in sales):
        del deeds["call-off"]
    context: dict[str, Any] = {  # Any: values of a page
        "sales": sales,
        "operations": queries.with_rates(
            Operation.objects.select_related("skill")[:MOST_OPERATIONS], local_day(request.now)
        ),
        "page": page,
        "sampling": queries.sampling_rows(local_day(request.now)),
        "deeds": shown(deeds, lambda deed: reverse("production:work-act", args=[deed]), failed),
    }
    return render(request, "production/operations.html", context, status=422 if failed else 200)


@public
def about(request: Request) -> HttpResponse:
    """What is made here, how to join, the next live sale."""
    context = {
        "products": queries.products_of_the_year(request.now),
        "sales": queries.sales_to_come(request.now),
        "operations": queries.with_rates(queries.operations_shown(), local_day(request.now)),
    }
    return render(request, "production/about.html", context)
