"""Marking, drawing, casting. Of these pages no line is written into the log."""

import hashlib
import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mulin.commons.ballots import queries
from mulin.commons.ballots.actions import voting
from mulin.commons.ballots.actions.rolls import object_to_roll
from mulin.commons.ballots.client import bytes_of
from mulin.commons.ballots.forms import ObjectForm
from mulin.commons.ballots.models import Election, RollEntry
from mulin.commons.ballots.papers import script_integrity
from mulin.commons.ballots.registry import room_of
from mulin.commons.ballots.rules import Mark, State, may_draw, may_practise
from mulin.ground.community.access import Request, by_token, untraced, with_own_key
from mulin.ground.community.models import Community
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community


@with_own_key
def mine(request: Request) -> HttpResponse:
    """The votes on whose roll I stand."""
    votes = [
        (one, queries.own_entry(one, request.actor.person_id))
        for one in queries.elections_of_voter(request.actor.person_id)[:20]
    ]
    return render(request, "ballots/mine.html", {"votes": votes, "here": "mine"})


@never_cache
@untraced
@with_own_key
def vote(request: Request, code: str) -> HttpResponse:
    """Mark, look again, draw and cast. What is marked never leaves the device but sealed."""
    election, entry = _own(request, code)
    is_open = may_draw(election.stage, election.opens_at, election.closes_at, request.now)
    room = room_of(election)
    takes_marks = election.is_online and (
        election.stage is State.OPEN or may_practise(election.stage, election.urn_key)
    )
    context = {
        "election": election,
        "entry": entry,
        "options": election.options.all(),
        "is_open": is_open,
        "facts": _facts(request, election, entry, is_open=is_open) if takes_marks else None,
        "script_integrity": script_integrity(),
        "about": room.street(election.origin_id) if room else "",
        "object_form": ObjectForm() if election.stage is State.POSTED else None,
        "objected": queries.objections(election).filter(person=entry.person_id),
        "here": "mine",
    }
    return render(request, "ballots/vote.html", context)


@with_own_key
@require_POST
def object_to(request: Request, code: str) -> HttpResponse:
    """Say that the roll is wrong about me."""
    election, entry = _own(request, code)
    form = ObjectForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: object_to_roll(
            election, person=entry.person, words=form.cleaned_data["words"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("The election committee answers before the roll is frozen."))
        return redirect("ballots:vote", code=code)
    context = {"election": election, "entry": entry, "object_form": form, "here": "mine"}
    return render(request, "ballots/vote.html", context, status=422)


def _facts(
    request: Request, election: Election, entry: RollEntry, *, is_open: bool
) -> dict[str, Any]:
    """What the device needs; the slot is a name for its own store, of which nobody learns."""
    slot = hashlib.sha256(f"{election.roll_salt}|{entry.pk}".encode()).hexdigest()
    return {
        "election": election.code,
        "constituency": entry.constituency.code,
        "envelopeKey": election.envelope_key,
        "ballotKey": entry.constituency.ballot_key,
        "urnKey": election.urn_key,
        "least": election.min_choices,
        "most": election.max_choices,
        "taken": entry.mark != Mark.NOT_TAKEN,
        "isOpen": is_open,
        "slot": slot,
        "csrf": get_token(request),
        "drawUrl": reverse("ballots:draw", args=[election.code]),
        "castUrl": reverse("ballots:cast", args=[request.community.slug, election.code]),
        "practiceUrl": reverse("ballots:practice", args=[request.community.slug, election.code]),
    }


@never_cache
@untraced
@with_own_key
@require_POST
def draw(request: Request, code: str) -> HttpResponse:
    """Two blinded values in, two blind signatures out; the roll is marked."""
    election, entry = _own(request, code)
    try:
        told = json.loads(request.body)
        asked = bytes_of(told["envelope"]), bytes_of(told["ballot"])
    except (ValueError, KeyError, TypeError):
        return _refusal("", HTTPStatus.BAD_REQUEST)
    try:
        signed = voting.draw(
            election, person=entry.person, envelope=asked[0], ballot=asked[1], now=request.now
        )
    except Refused as refusal:
        return _refusal(str(refusal.message), HTTPStatus.CONFLICT)
    written = [voting.written(one) for one in signed]
    return JsonResponse({"envelope": written[0], "ballot": written[1]})


@csrf_exempt
@untraced
@by_token
@require_POST
def cast(request: Request, slug: str, code: str) -> HttpResponse:
    """A sealed ballot, from nobody in particular: no session is read and none is written."""
    community = get_object_or_404(Community, slug=slug)
    with in_community(community):
        election: Election = get_object_or_404(Election.objects.all(), code=code)
        try:
            told = json.loads(request.body)
            values = {name: bytes_of(told[name]) for name in ("token", "prefix", "signature")}
            sealed = str(told["sealed"])
        except (ValueError, KeyError, TypeError):
            return _refusal("", HTTPStatus.FORBIDDEN)
        try:
            voting.cast(election, **values, sealed=sealed, now=request.now)
        except Refused as refusal:
            return _refusal(str(refusal.message), HTTPStatus.CONFLICT)
    return JsonResponse({}, status=HTTPStatus.ACCEPTED)


@csrf_exempt
@untraced
@by_token
@require_POST
def practise(request: Request, slug: str, code: str) -> HttpResponse:
    """A practice ballot, opened and told back; from nobody in particular, and kept nowhere."""
    community = get_object_or_404(Community, slug=slug)
    with in_community(community):
        election: Election = get_object_or_404(Election.objects.all(), code=code)
        try:
            told = json.loads(request.body)
            own, sealed = bytes_of(told["key"]), str(told["sealed"])
        except (ValueError, KeyError, TypeError):
            return _refusal("", HTTPStatus.FORBIDDEN)
        try:
            read = voting.practise(election, sealed=sealed, own=own)
        except Refused as refusal:
            return _refusal(str(refusal.message), HTTPStatus.CONFLICT)
    return JsonResponse({"choices": sorted(read.choices), "kind": read.kind})


def _refusal(words: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"words": words}, status=status)


def _own(request: Request, code: str) -> tuple[Election, RollEntry]:
    """The vote, and what its roll says of whoever asks; for everybody else there is no such page."""
    election: Election = get_object_or_404(
        queries.elections_of_voter(request.actor.person_id), code=code
    )
    entry = queries.own_entry(election, request.actor.person_id)
    if entry is None:
        raise Http404
    entry.person = Person.objects.get(pk=entry.person_id)
    return election, entry
