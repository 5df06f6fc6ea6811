"""A line of a customer's deposit, opened: who wrote it, how it came, and turning it round."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt
from mulin.workshop.production.actions.deposits import turn_deposit_round
from mulin.workshop.production.forms import ReasonForm
from mulin.workshop.production.models import DepositLine
from mulin.workshop.production.rules import KEEPERS


@opened_to(*KEEPERS)
def line(request: Request, pk: int) -> HttpResponse:
    """All of a line; a slip is turned round with its reason, and both lines stay."""
    row: DepositLine = get_object_or_404(
        DepositLine.objects.select_related("order__customer", "entered_by", "reverses"),
        pk=pk,
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        back = attempt(
            form,
            lambda: turn_deposit_round(
                row, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if back is not None:
            messages.success(request, _("Turned round. Both lines stay."))
            return redirect("production:order", pk=row.order_id)
    other = row.reverses or row.reversed_by.first()
    context = {"form": form, "row": row, "other": other}
    return render(request, "production/deposit.html", context, status=422 if form.errors else 200)
