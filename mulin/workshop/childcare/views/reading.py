"""Who reads of a child: with a clearance, and each look is kept. 《未成年人网络保护条例》第36条."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import render

from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm
from mulin.workshop.childcare.models import Child
from mulin.workshop.childcare.permissions import clearance_of

# Any: views take what their path gives them.
View = TypeVar("View", bound=Callable[..., HttpResponse])


def cleared(view: View) -> View:
    """A page about children: without a clearance it says whom to ask, about a thing it is closed."""

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if clearance_of(request.actor, local_day(request.now)) is None:
            if kwargs or request.method != "GET":
                raise Http404
            return render(request, "childcare/not_cleared.html", {})
        return view(request, *args, **kwargs)

    return asked  # type: ignore[return-value]  # the same view, asked first


def once(request: Request, form: ActForm) -> dict[str, Any]:  # Any: values of three kinds
    """Who acts, when, and under which token: what every action takes."""
    return {"by": request.actor, "now": request.now, "token": form.idempotency_token}


def look(request: Request, record: Model | None, what: str) -> None:
    """Keep that somebody read this; a list is a look at the clearance it is read by."""
    clearance = clearance_of(request.actor, local_day(request.now))
    if clearance is not None:
        record_look(
            record or clearance, by=request.actor, what=what, reason=clearance.reason,
            now=request.now,
        )  # fmt: skip


def child_or_404(pk: int) -> Child:
    """A child who has not left. Raises Http404."""
    found: Child | None = (
        Child.objects.filter(pk=pk, left_on__isnull=True).select_related("group").first()
    )
    if found is None:
        raise Http404
    return found
