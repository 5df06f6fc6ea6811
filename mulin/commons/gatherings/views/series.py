"""The staff's pages of what comes every month."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.actions.series import change_series, end_series, start_series
from mulin.commons.gatherings.forms import (
    EndSeriesForm,
    SeriesForm,
)
from mulin.commons.gatherings.models import Series
from mulin.commons.gatherings.permissions import may_keep_series
from mulin.commons.gatherings.queries import months_ahead, series_for
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.kit.acts import attempt, why_not
from mulin.kit.clock import local_day


@opened_to(*HANDLER_ROLES)
@require_safe
def series_list(request: Request) -> HttpResponse:
    """What comes every month, with the next months of each."""
    today = local_day(request.now)
    rows = []
    for one in series_for(request.actor):
        months = months_ahead(one, today) if one.ended_on is None else []
        unsure = next((month for month in months if not month.is_certain), None)
        rows.append((one, months, unsure))
    return render(request, "gatherings/series.html", {"rows": rows})


@opened_to(*HANDLER_ROLES)
def new(request: Request) -> HttpResponse:
    """Enter what comes every month."""
    form = SeriesForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        started = attempt(
            form,
            lambda: start_series(
                form.plan(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if started is not None:
            messages.success(request, _("From now on it makes itself, month by month."))
            return redirect("gatherings:series")
    return render(request, "gatherings/series_form.html", {"form": form})


@opened_to(*HANDLER_ROLES)
def change(request: Request, pk: int) -> HttpResponse:
    """Another rule from now on."""
    found = _kept(request, pk)
    form = SeriesForm(request.POST or None, by=request.actor, series=found)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: change_series(
                found, form.plan(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if changed is not None:
            messages.success(
                request, _("Changed. What stands in the calendar already stays as it is.")
            )
            return redirect("gatherings:series")
    context = {"form": form, "series": found, "end_form": EndSeriesForm(auto_id=False)}
    return render(request, "gatherings/series_form.html", context)


@opened_to(*HANDLER_ROLES)
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """No more of it is made."""
    found = _kept(request, pk)
    form = EndSeriesForm(request.POST)
    if not form.is_valid():
        raise Http404
    ended = attempt(
        form,
        lambda: end_series(found, by=request.actor, now=request.now, token=form.idempotency_token),
    )
    if ended is None:
        messages.error(request, why_not(form))
    return redirect("gatherings:series")


def _kept(request: Request, pk: int) -> Series:
    """A series that this actor keeps; for everybody else its forms do not exist."""
    found: Series = get_object_or_404(Series.objects.select_related("place"), pk=pk)
    if not may_keep_series(request.actor, found):
        raise Http404
    return found
