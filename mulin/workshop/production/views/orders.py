"""The order book: the list with its lights, one order, a new one, books from Excel, labels."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.files import photo_response
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.kit.sheets import XLSX
from mulin.workshop.production import deposits, queries
from mulin.workshop.production.actions import imports as books
from mulin.workshop.production.actions.deposits import (
    give_deposit_back,
    receive_deposit,
    receive_payment,
    set_deposit_off,
)
from mulin.workshop.production.actions.lots import split_order
from mulin.workshop.production.actions.orders import (
    add_item,
    agree,
    bring_in,
    cancel_order,
    deliver,
    finish,
    take_order,
)
from mulin.workshop.production.forms import (
    BringForm,
    DeliverForm,
    DepositForm,
    FileForm,
    ItemForm,
    OrderForm,
    ReasonForm,
    SplitForm,
)
from mulin.workshop.production.models import (
    BookKind,
    DepositLine,
    Lot,
    Order,
    OrderImport,
    OrderPicture,
    OrderState,
    rate_on,
)
from mulin.workshop.production.rules import KEEPERS, NOTHING, Colour, delivered_yuan, margin

#: A light as a tone of the house and a word.
TONES = {
    Colour.GREEN: ("jade", gettext_lazy("can be done")),
    Colour.AMBER: ("amber", gettext_lazy("just so")),
    Colour.RED: ("alarm", gettext_lazy("cannot be done in time")),
}
LABELS_A_SHEET = 240


@opened_to(*KEEPERS)
def orders(request: Request) -> HttpResponse:
    """What is to be made, by the day it is due, each with what the workshop can do."""
    only = request.GET.get("show", "")
    rows = Order.objects.select_related("customer", "operation__skill")
    rows = rows.filter(state=only) if only in OrderState.values else rows.open()
    page = page_of(rows, request.GET, size=30)
    lights = queries.lights(page.rows, local_day(request.now))
    lines = [(one, lights[one.pk], *TONES[lights[one.pk].colour]) for one in page.rows]
    context = {"page": page, "lines": lines, "only": only, "states": OrderState.choices}
    return render(request, "production/orders.html", context)


@opened_to(*KEEPERS)
def order_new(request: Request) -> HttpResponse:
    """Write an order down."""
    form = OrderForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        order = attempt(
            form,
            lambda: take_order(
                form.terms(), pictures=form.cleaned_data["pictures"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if order is not None:
            return redirect("production:order", pk=order.pk)
    return render(
        request, "production/order_new.html", {"form": form}, status=422 if form.errors else 200
    )


@opened_to(*KEEPERS)
def order(request: Request, pk: int) -> HttpResponse:
    """One order: what was agreed, its light and what would make it green, material, lots."""
    found = _order(pk)
    return _order_page(request, found)


@opened_to(*KEEPERS)
@require_POST
def order_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something is done to an order."""
    found = _order(pk)
    refused = do(_deeds(found), deed, request)
    if refused is None:
        return redirect("production:order", pk=pk)
    return _order_page(request, found, failed=(deed, refused))


def _order(pk: int) -> Order:
    found: Order = get_object_or_404(
        Order.objects.select_related("customer", "operation__skill"), pk=pk
    )
    return found


def _deeds(order: Order) -> dict[str, Deed]:
    """What can be done to an order now."""

    def bringing(*, back: bool) -> Any:  # Any: an act of the page
        return lambda form, request: bring_in(
            order, quantity=form.cleaned_data["quantity"], item=form.cleaned_data["item"],
            note=form.cleaned_data["note"], back=back, by=request.actor, now=request.now,
            token=form.idempotency_token,
        )  # fmt: skip

    def bring_form(*args: Any, **kwargs: Any) -> ActForm:  # Any: Django's own form arguments
        return BringForm(*args, order=order, **kwargs)

    def deposit(act: Callable[..., DepositLine]) -> Any:  # Any: an act of the page
        return lambda form, request: act(
            order, form.what(), by=request.actor, now=request.now, token=form.idempotency_token
        )

    every = {
        "deposit": Deed(
            gettext_lazy("The deposit came"), deposit(receive_deposit),
            gettext_lazy("It stands in the books."), DepositForm,
        ),
        "set-off": Deed(
            gettext_lazy("Set the deposit off"), deposit(set_deposit_off),
            gettext_lazy("It stands in the books."), DepositForm,
            hint=gettext_lazy("It pays for what was delivered of this order."),
        ),
        "paid": Deed(
            gettext_lazy("The customer paid"), deposit(receive_payment),
            gettext_lazy("It stands in the books."), DepositForm,
            hint=gettext_lazy("For what was delivered of this order. What comes before is a deposit."),
        ),
        "give-back": Deed(
            gettext_lazy("Give the deposit back"), deposit(give_deposit_back),
            gettext_lazy("It stands in the books."), DepositForm,
        ),
        "agree": Deed(
            gettext_lazy("The customer agreed"),
            lambda form, request: agree(
                order, by=request.actor, now=request.now, token=form.idempotency_token
            ),
            gettext_lazy("The order runs."),
        ),
        "bring": Deed(
            gettext_lazy("The customer brought something"), bringing(back=False),
            gettext_lazy("It is in the store."),
            bring_form,
        ),
        "split": Deed(
            gettext_lazy("Make lots"),
            lambda form, request: split_order(
                order, quantity=form.cleaned_data["quantity"], size=form.cleaned_data["size"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("The lots are made. Print their labels."), SplitForm,
        ),
        "deliver": Deed(
            gettext_lazy("Deliver to the customer"),
            lambda form, request: deliver(
                order, quantity=form.cleaned_data["quantity"], note=form.cleaned_data["note"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Delivered."), DeliverForm,
        ),
        "item": Deed(
            gettext_lazy("Something else comes with it"),
            lambda form, request: add_item(
                order, name=form.cleaned_data["name"], unit=form.cleaned_data["unit"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("It stands on the list of material."), ItemForm,
        ),
        "back": Deed(
            gettext_lazy("Give unused material back"), bringing(back=True),
            gettext_lazy("It went back to the customer."),
            bring_form,
        ),
        "finish": Deed(
            gettext_lazy("Finish it with fewer pieces"),
            lambda form, request: finish(
                order, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("The order is done."), ReasonForm,
        ),
        "cancel": Deed(
            gettext_lazy("Cancel the order"),
            lambda form, request: cancel_order(
                order, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Cancelled. What is out comes back as ever."), ReasonForm,
        ),
    }  # fmt: skip
    names = {
        OrderState.QUOTED: ("agree", "bring", "item", "deposit", "give-back", "cancel"),
        OrderState.RUNNING: (
            "bring", "split", "deliver", "item", "back", "deposit", "set-off", "paid", "give-back",
            "finish", "cancel",
        ),
        OrderState.DONE: ("deliver", "back", "deposit", "set-off", "paid", "give-back"),
        OrderState.CANCELLED: ("deliver", "back", "set-off", "paid", "give-back"),
    }[OrderState(order.state)]  # fmt: skip
    return {name: every[name] for name in names}


def _order_page(request: Request, order: Order, failed: Failed | None = None) -> HttpResponse:
    today = local_day(request.now)
    page = page_of(
        Lot.objects.standing().filter(order=order)
        .select_related("order__operation", "worker__person")
        .order_by("number"),
        request.GET, size=40,
    )  # fmt: skip
    stands = queries.standings(lot.pk for lot in page.rows)
    light = queries.lights([order], today)[order.pk]
    rate = rate_on(order.operation, today)
    tone, word = TONES[light.colour]
    deposit, worth = deposits.deposit_now(order), deposits.delivered([order.pk])[order.pk]
    left = {"set-off": deposit.held, "give-back": deposit.held, "paid": worth - deposit.settled}
    deeds = {
        name: deed
        for name, deed in _deeds(order).items()
        if left.get(name, 1) > 0 or (failed and failed[0] == name)
    }
    moved = queries.came_and_went(order)
    context = {
        "delivered": worth,
        "open_yuan": worth - deposit.settled,
        "deposit": deposit,
        "deposit_lines": deposits.lines_of(order),
        "spoils": Order.objects.filter(pk__in=light.spoils),
        "whole_price": delivered_yuan(order.price, Decimal(order.quantity)),
        "order": order,
        "page": page,
        "lots": [(lot, stands[lot.pk]) for lot in page.rows],
        "light": light,
        "tone": tone,
        "word": word,
        "rate": rate,
        "margin": margin(
            price=order.price, rate=rate or NOTHING, transport=order.transport,
            loss_percent=order.loss_percent,
        ),
        "in_lots": sum(Lot.objects.standing().filter(order=order).values_list("quantity", flat=True)),
        "items": [
            (item, queries.brought(item.pk), queries.in_store(item.pk), moved[item.pk])
            for item in order.items.all()
        ],
        "pictures": order.pictures.all(),
        "deeds": shown(
            deeds, lambda deed: reverse("production:order-act", args=[order.pk, deed]), failed
        ),
    }  # fmt: skip
    return render(request, "production/order.html", context, status=422 if failed else 200)


@opened_to(*KEEPERS)
@require_safe
def labels(request: Request, pk: int) -> HttpResponse:
    """The labels of an order's lots: number, quantity and code; no worker, no wage on the bag."""
    found = _order(pk)
    lots = (
        Lot.objects.standing()
        .filter(order=found)
        .select_related("order")
        .order_by("number")[:LABELS_A_SHEET]
    )
    if not lots:
        raise Http404
    context = {"order": found, "lots": lots}
    return paper("production/paper/labels.html", context, request=request, name=found.number)


@opened_to(*KEEPERS, Role.WORKSHOP_WORKER)
@require_safe
def picture(request: Request, code: str) -> FileResponse:
    """A picture of how the piece should be: for who runs the workshop, and who has a lot of it."""
    found: OrderPicture = get_object_or_404(OrderPicture, code=code)
    mine = Lot.objects.filter(
        order=found.order_id, worker__person__account=request.actor.account_id or 0
    )
    if not request.actor.has(*KEEPERS) and not mine.exists():
        raise Http404
    return photo_response(found.file)


# ── an order book from Excel ─────────────────────────────────────────────────────────────────


@opened_to(*KEEPERS)
def imports(request: Request) -> HttpResponse:
    """Choose a book of orders or of workers; the books of before stand below."""
    form = FileForm(request.POST or None, request.FILES or None)
    read = (
        books.preview_workers
        if request.POST.get("kind") == BookKind.WORKERS
        else books.preview_orders
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        preview = attempt(
            form,
            lambda: read(
                file.read(), file.name, by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if preview is not None:
            return redirect("production:import", pk=preview.pk)
    page = page_of(OrderImport.objects.defer("rows"), request.GET, size=20)
    context = {"form": form, "page": page}
    return render(request, "production/imports.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
@require_safe
def import_template(request: Request) -> HttpResponse:
    """An empty book with our columns."""
    kind = BookKind.WORKERS if request.GET.get("of") == BookKind.WORKERS else BookKind.ORDERS
    response = HttpResponse(books.template_file(kind), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="mulin-{kind}.xlsx"'
    return response


@opened_to(*KEEPERS)
def import_book(request: Request, pk: int) -> HttpResponse:
    """What would become of each row, and the button that takes them in."""
    found: OrderImport = get_object_or_404(OrderImport, pk=pk)
    form = PlainForm(request.POST or None)
    good = sum(not row["faults"] for row in found.rows)
    of_orders = found.kind == BookKind.ORDERS
    act = books.take_in_orders if of_orders else books.take_in_workers
    if "back" in request.POST:
        act = books.take_back_book
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: act(found, by=request.actor, now=request.now, token=form.idempotency_token),
        )
        if done is not None and "back" in request.POST:
            messages.success(request, _("Taken back."))
            return redirect("production:import", pk=pk)
        if done is not None:
            said = (
                ngettext("%(count)s order was taken in.", "%(count)s orders were taken in.", good)
                if of_orders
                else ngettext(
                    "%(count)s worker was taken on.", "%(count)s workers were taken on.", good
                )
            )
            messages.success(request, said % {"count": good})
            return redirect("production:orders" if of_orders else "production:workers")
    page = page_of(found.rows, request.GET)
    lines = [(row, [_(fault) for fault in row["faults"]]) for row in page.rows]
    context = {"book": found, "form": form, "good": good, "page": page, "lines": lines}
    return render(request, "production/import.html", context, status=422 if form.errors else 200)
