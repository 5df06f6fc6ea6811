"""What a customer owes: deliveries of a month, each opening to its lots; the same on paper."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.commons.paper.pressing import kept_on_paper
from mulin.ground.community.access import Request, opened_to
from mulin.ground.people.models import Organisation
from mulin.kit.clock import local_day
from mulin.kit.money import capital_yuan
from mulin.kit.paging import page_of
from mulin.kit.templatetags.kit import month_named
from mulin.workshop.production import queries
from mulin.workshop.production.deposits import account_of, open_of
from mulin.workshop.production.models import CAUSE_LABELS
from mulin.workshop.production.papers import CUSTOMER, state_of
from mulin.workshop.production.rules import KEEPERS


@opened_to(*KEEPERS)
@require_safe
def customers(request: Request) -> HttpResponse:
    """Who brings orders, with how many are open, when pieces went out last and what is not paid."""
    page = page_of(queries.customers(), request.GET)
    owed = open_of(page.rows)
    lines = [(one, owed[one.organisation.pk]) for one in queries.stands_with(page.rows)]
    context = {"page": page, "lines": lines}
    return render(request, "production/customers.html", context)


@opened_to(*KEEPERS)
@require_safe
def customer(request: Request, pk: int) -> HttpResponse:
    """The statement of a month."""
    context = _statement(request, pk)
    first: date = context["first"]
    context |= {
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": _next(first) if _next(first) <= local_day(request.now) else None,
    }
    return render(request, "production/customer.html", context)


@opened_to(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def customer_paper(request: Request, pk: int) -> HttpResponse:
    """The same on A4, to be signed by both sides: the basis of an invoice."""
    context = _statement(request, pk)
    return kept_on_paper(
        "production/paper/customer.html", lambda: context, kind=CUSTOMER,
        record=context["customer"], state=state_of(context["first"], context["owed"], context["deposits"]),
        title=f"{_('Customer statement')} {month_named(context['first'])}", person=None, request=request,
    )  # fmt: skip


def _statement(request: Request, pk: int) -> dict[str, Any]:  # Any: values of a page
    asked: Organisation = get_object_or_404(Organisation, pk=pk)
    found: Organisation = get_object_or_404(
        queries.customers(), pk=asked.merged_into_id or asked.pk
    )
    first = _month(request)
    last = _next(first) - timedelta(days=1)
    owed = queries.owed_by(found, first, last)
    deposits = account_of(found, first, last, owed.total)
    return {
        "customer": found,
        "first": first,
        "last": last,
        "owed": owed,
        "deposits": deposits,
        "in_words": capital_yuan(owed.total),
        "spoilt": [(one, CAUSE_LABELS[one.cause]) for one in owed.spoilt],
    }


def _month(request: Request) -> date:
    """`?month=2026-11`; nonsense gives this one."""
    year, _dash, month = request.GET.get("month", "").partition("-")
    today = local_day(request.now)
    try:
        return date(int(year), int(month), 1)
    except (ValueError, OverflowError):
        return today.replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
