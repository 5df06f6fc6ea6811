"""Doors without a session: devices and vendors, whoever was called by text, the duty screen."""

import logging
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.circle.alarms import queries
from mulin.circle.alarms.actions import answering
from mulin.circle.alarms.actions.raising import take_signal
from mulin.circle.alarms.forms import (
    EndForm,
)
from mulin.circle.alarms.models import Called
from mulin.circle.alarms.rules import (
    LONGEST_SIGNAL,
    OWN_FORMAT,
    NotUnderstood,
    Said,
    Signal,
    State,
    is_key,
    is_signed,
    signal_in,
    stamp_in,
)
from mulin.circle.alarms.views.work import said_of
from mulin.ground.community.access import Request, by_token, public
from mulin.ground.community.models import Community
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.scoping import in_community

logger = logging.getLogger(__name__)


# ── devices ──────────────────────────────────────────────────────────────────────────────────


@csrf_exempt
@by_token
@require_POST
def hook(request: Request, slug: str, code: str) -> HttpResponse:
    """A device or a vendor's cloud calls. 200 only when it is written; 503: call again.

    It sends its key (`Authorization: Bearer …`), or signs what it says (`Mulin-Time`,
    `Mulin-Signature`), so that the key never leaves it. What a device with the right key says and
    nobody understands is an alarm all the same.
    """
    community = get_object_or_404(Community, slug=slug)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LONGEST_SIGNAL:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    proof = _proof(request)
    if proof is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    try:
        # The answer leaves after this block: on both databases what it says is committed then.
        with in_community(community):
            return _heard(request, code, proof)
    except DatabaseError:
        logger.exception("what a device said could not be written")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)


def _proof(request: Request) -> queries.Proof | None:
    stamp, given = request.headers.get("Mulin-Time", ""), request.headers.get("Mulin-Signature", "")
    if given:
        content = request.body
        return lambda digest: is_signed(digest, stamp=stamp, content=content, given=given)
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    return lambda digest: is_key(key, digest)


def _heard(request: Request, code: str, proof: queries.Proof) -> HttpResponse:
    device = queries.device_with(code, proof)
    vendor = queries.vendor_with(code, proof) if device is None else None
    if device is None and vendor is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    try:
        said = signal_in(request.body, vendor.mapping if vendor else OWN_FORMAT)
    except NotUnderstood as fault:
        if device is None:
            return JsonResponse({"fault": str(fault)}, status=HTTPStatus.BAD_REQUEST)
        said = Signal(Said.SOS)
    if vendor is not None:
        device = queries.device_of_vendor(vendor, said.device)
    if device is None:
        return JsonResponse({"fault": "no such device"}, status=HTTPStatus.NOT_FOUND)
    if said.at is None:
        said = replace(said, at=stamp_in(request.headers.get("Mulin-Time", "")))
    alarm = take_signal(said, device=device, now=request.now)
    return JsonResponse({"received": said.message_id, "number": alarm.number if alarm else None})


# ── whoever was called ───────────────────────────────────────────────────────────────────────


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, code: str) -> HttpResponse:
    """A neighbour or the family, by the address in their text: no account is needed to go."""
    called: Called = get_object_or_404(
        Called.objects.select_related("alarm__person", "alarm__community"), code=code
    )
    alarm = called.alarm
    deed = request.POST.get("deed", "")
    form: ActForm = EndForm(request.POST) if deed == "end" else PlainForm(request.POST or None)
    if request.method == "POST":
        if deed not in {"go", "cannot", "there", "end"}:
            raise Http404
        by = request.actor.by(Channel.QR)
        if form.is_valid():
            # Any: what every action takes.
            told: dict[str, Any] = {
                "by": by, "now": request.now, "called": called, "token": form.idempotency_token
            }  # fmt: skip
            values = form.cleaned_data
            deeds = {
                "go": lambda: answering.go(alarm, **told),
                "cannot": lambda: answering.cannot_go(alarm, **told),
                "there": lambda: answering.arrive(alarm, **told),
                "end": lambda: answering.end(
                    alarm, outcome=values["outcome"], words=values["words"], **told
                ),
            }
            done = attempt(form, deeds[deed])
            if done is not None:
                is_second = deed == "go" and done.going not in {called.name, by.name}
                mine = 0 if is_second else done.going_account_id
                messages.success(request, said_of(deed, done, mine))
                return redirect("alarms:answer", code=code)
    alarm.refresh_from_db()
    is_mine = bool(alarm.going) and alarm.going in {called.name, request.actor.name}
    # Where the key is, is told to whoever said that they go, as long as they are on their way.
    told_of = alarm.person if is_mine and alarm.state != State.ENDED else None
    context = {
        "watch": queries.watch_of(told_of) if told_of else None,
        "contacts": queries.contacts_for(alarm) if told_of else [],
        "called": called,
        "alarm": alarm,
        "form": form if isinstance(form, EndForm) else EndForm(),
        "plain": PlainForm() if isinstance(form, EndForm) or not form.errors else form,
        "is_mine": is_mine,
        "phone": queries.duty_of(alarm.community_id).phone or alarm.community.phone,
    }
    return render(request, "alarms/answer.html", context, status=422 if form.errors else 200)


# ── the duty screen ──────────────────────────────────────────────────────────────────────────


@by_token
@require_safe
def screen(request: Request, slug: str, key: str) -> HttpResponse:
    """The screen on duty, by its own address: no session ends on it in the middle of the night.

    Numbers and places stand on it, no names: these stand on the page of each alarm.
    """
    return _on_screen(request, slug, key, "alarms/screen.html")


@by_token
@require_safe
def now(request: Request, slug: str, key: str) -> HttpResponse:
    """What stands on it at this moment; the screen asks every second."""
    return _on_screen(request, slug, key, "alarms/screen_part.html")


def _on_screen(request: Request, slug: str, key: str, template: str) -> HttpResponse:
    community = get_object_or_404(Community, slug=slug)
    with in_community(community):
        if not queries.is_screen_key(community.pk, key):
            raise Http404
        alarms = list(queries.on_screen()[:50])
        duty = queries.duty_of(community.pk)
        context = {
            "alarms": alarms,
            "waiting": sum(one.state == State.OPEN for one in alarms),
            "is_awaited": any(one.state == State.GOING for one in alarms),
            "phone": duty.phone or community.phone,
            "community": community,
            "slug": slug,
            "key": key,
            "title": _("On duty"),
        }
        response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
