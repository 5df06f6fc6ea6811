"""The meeting: its topics, its minutes point by point, its recordings."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.permissions import may_keep
from mulin.commons.gatherings.queries import counts_of, gatherings_for, items_of
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.hearing import ears
from mulin.parlour.suggestions.actions.minutes import decide_point, pick_topics, write_points
from mulin.parlour.suggestions.actions.recordings import add_recording, delete_sound
from mulin.parlour.suggestions.forms import (
    FateForm,
    PointsForm,
    SoundForm,
    TopicsForm,
)
from mulin.parlour.suggestions.models import MinutePoint, Recording
from mulin.parlour.suggestions.queries import (
    heard_between,
    points_at,
    recordings_of,
    who_was_there,
)

#: What people said in so many days before the meeting.
_MONTH = timedelta(days=31)


@opened_to(*HANDLER_ROLES)
@require_safe
def minutes(request: Request, pk: int) -> HttpResponse:
    """The meeting at a glance, and the next point that waits for one keystroke."""
    return _page(request, _kept(request, pk))


@opened_to(*HANDLER_ROLES)
def topics(request: Request, pk: int) -> HttpResponse:
    """What people said in the month before; the worker picks what is talked about."""
    found = _kept(request, pk)
    following = min(local_day(found.starts_at), local_day(request.now)) + timedelta(days=1)
    heard = heard_between(following - _MONTH, following)
    form = TopicsForm(request.POST or None, heard=heard)
    if request.method == "POST" and form.is_valid():
        picked = attempt(
            form,
            lambda: pick_topics(
                found, form.titles(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if picked is not None:
            messages.success(request, _("They stand on the agenda."))
            return redirect("suggestions:minutes", pk=pk)
    return render(request, "suggestions/topics_heard.html", {"gathering": found, "form": form})


@opened_to(*HANDLER_ROLES)
@require_POST
def points(request: Request, pk: int) -> HttpResponse:
    """Add to the minutes."""
    found = _kept(request, pk)
    form = PointsForm(request.POST, drafts=recordings_of(found))
    if form.is_valid():
        written = attempt(
            form,
            lambda: write_points(
                found, form.cleaned_data["points"], draft=form.cleaned_data["draft"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if written is not None:
            return redirect("suggestions:minutes", pk=pk)
    return _page(request, found, points_form=form, status=422)


@opened_to(*HANDLER_ROLES)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """A point becomes an idea, a demand, or stays where it is."""
    rows = MinutePoint.objects.select_related("gathering__place")
    point: MinutePoint = get_object_or_404(rows, pk=pk)
    found = _kept(request, point.gathering_id)
    form = FateForm(request.POST, there=who_was_there(found))
    decided = None
    if form.is_valid():
        decided = attempt(
            form,
            lambda: decide_point(
                point, fate=form.cleaned_data["fate"], speaker=form.cleaned_data["speaker"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
    if decided is None:
        why = " ".join(map(str, form.non_field_errors()))
        messages.error(request, why or _("Choose what becomes of it."))
    return redirect("suggestions:minutes", pk=found.pk)


@opened_to(*HANDLER_ROLES)
@require_POST
def recordings(request: Request, pk: int) -> HttpResponse:
    """Take a recording in."""
    found = _kept(request, pk)
    form = SoundForm(request.POST, request.FILES)
    if form.is_valid():
        sound = form.cleaned_data["sound"]
        added = attempt(
            form,
            lambda: add_recording(
                found, sound, sound.size, community=request.community, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if added is not None:
            messages.success(request, _("It is kept, and deleted after a month at the latest."))
            return redirect("suggestions:minutes", pk=pk)
    return _page(request, found, sound_form=form, status=422)


@opened_to(*HANDLER_ROLES)
@require_safe
@never_cache
def sound(request: Request, code: str) -> FileResponse:
    """The recording itself, for whoever keeps the meeting."""
    row = _recording(request, code)
    if not row.kept_as or not default_storage.exists(row.kept_as):
        raise Http404
    response = FileResponse(default_storage.open(row.kept_as), content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@opened_to(*HANDLER_ROLES)
@require_POST
def forget(request: Request, code: str) -> HttpResponse:
    """The minutes stand: the sound goes."""
    row = _recording(request, code)
    form = PlainForm(request.POST)
    if not form.is_valid():
        raise Http404
    attempt(
        form,
        lambda: delete_sound(row, by=request.actor, now=request.now, token=form.idempotency_token),
    )
    return redirect("suggestions:minutes", pk=row.gathering_id)


def _kept(request: Request, pk: int) -> Gathering:
    """A gathering that this actor keeps; for everybody else the page does not exist."""
    found: Gathering = get_object_or_404(gatherings_for(request.actor), pk=pk)
    if not may_keep(request.actor, found):
        raise Http404
    return found


def _recording(request: Request, code: str) -> Recording:
    row: Recording = get_object_or_404(Recording.objects.select_related("gathering"), code=code)
    _kept(request, row.gathering_id)
    return row


def _page(
    request: Request, found: Gathering, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    rows, there = list(points_at(found)), who_was_there(found)
    waiting = next((row for row in rows if row.is_open), None)
    sounds = recordings_of(found)
    context = {
        "gathering": found,
        "counts": counts_of(found),
        "items": items_of(found),
        "points": rows,
        "waiting": waiting,
        "fate_form": FateForm(
            there=there, auto_id="fate_%s",
            initial={"speaker": waiting.speaker_id if waiting is not None else None},
        ),
        "recordings": [(row, PlainForm(auto_id=False)) for row in sounds],
        "drafts": [
            PointsForm(auto_id=f"draft{row.pk}_%s", initial={"points": row.draft, "draft": row.pk})
            for row in sounds
            if row.draft
        ],
        "ears": ears(),
        "points_form": PointsForm(),
        "sound_form": SoundForm(),
        **forms,
    }  # fmt: skip
    return render(request, "suggestions/minutes.html", context, status=status)
