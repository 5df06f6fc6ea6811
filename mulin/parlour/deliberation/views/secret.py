"""Secret votes of meetings: the election committee opens one on a point, and takes its sum over."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ballots.permissions import COMMITTEE, may_hold
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.deliberation import queries
from mulin.parlour.deliberation.actions.secret import open_secret, take_secret_result
from mulin.parlour.deliberation.forms import (
    SecretForm,
)
from mulin.parlour.deliberation.models import Point

_PAGE = 10


@opened_to(*COMMITTEE, *DESK_ROLES)
@require_safe
def secret_votes(request: Request) -> HttpResponse:
    """Points that may be voted on secretly, and how far those are that are."""
    return _page(request)


def _page(request: Request, status: int = 200, **refused: Any) -> HttpResponse:  # Any: forms
    page = page_of(queries.points_for_ballot(), request.GET, size=_PAGE)
    begun = queries.secret_votes_of(page.rows)
    spoken_for = queries.proxies_at([point.item.gathering.meeting for point in page.rows])
    context = {
        "page": page,
        "points": [
            (point, begun.get(point.pk), spoken_for.get(point.item.gathering.meeting.pk, []))
            for point in page.rows
        ],
        "may_hold": may_hold(request.actor),
        "open_form": SecretForm(auto_id=False),
        "take_form": PlainForm(auto_id=False),
    }
    return render(request, "deliberation/secret.html", context | refused, status=status)


@opened_to(*COMMITTEE)
@require_POST
def begin(request: Request, pk: int) -> HttpResponse:
    """Open a secret vote on a point."""
    point, form = _point(pk), SecretForm(request.POST, auto_id=False)
    if form.is_valid():
        lasts = timedelta(minutes=form.cleaned_data["minutes"])
        election = attempt(
            form,
            lambda: open_secret(
                point, lasts=lasts, is_online=form.cleaned_data["is_online"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if election is not None:
            return redirect("ballots:held", code=election.code)
    return _page(request, 422, open_form=form, about=pk)


@opened_to(*COMMITTEE, *DESK_ROLES)
@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """Make the published sum the resolution's."""
    point, form = _point(pk), PlainForm(request.POST, auto_id=False)
    if form.is_valid() and attempt(
        form,
        lambda: take_secret_result(
            point, by=request.actor, now=request.now, token=form.idempotency_token
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("The resolution is written down."))
        return redirect("deliberation:secret")
    return _page(request, 422, take_form=form, about=pk)


def _point(pk: int) -> Point:
    rows = Point.objects.select_related("matter__need", "item__gathering__meeting__rule")
    found: Point = get_object_or_404(rows, pk=pk)
    return found
