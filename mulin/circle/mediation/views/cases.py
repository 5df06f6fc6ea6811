"""The register and the numbers; one case, as far as the reader may see it."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.mediation import queries
from mulin.circle.mediation.actions.keeping import look_by_opening
from mulin.circle.mediation.models import SIDES, Case
from mulin.circle.mediation.papers import lacking_items
from mulin.circle.mediation.permissions import may_direct, opening_of, seat_of
from mulin.circle.mediation.rules import NOT_CONFIRMED, SeatState, State, confirmation_window
from mulin.circle.mediation.vault import KeyAway
from mulin.circle.mediation.views.deeds import of_director, of_mediator, of_seat
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.dues import Asked, Due, owed_by
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Role
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.paging import page_of

_READERS = (Role.MEDIATOR, Role.MEDIATION_DIRECTOR, Role.HEAD)


@opened_to(Role.MEDIATOR, Role.MEDIATION_DIRECTOR)
@require_safe
def register(request: Request) -> HttpResponse:
    """All cases by number for the director, a mediator's own; the numbers of a year below."""
    today = local_day(request.now)
    context: dict[str, Any] = {
        "page": page_of(queries.register(request.actor), request.GET, size=30),
        "directs": may_direct(request.actor), "owed": _owed(request),
    }  # fmt: skip
    if context["directs"]:
        context["numbers"] = queries.numbers(today - timedelta(days=365), today)
    return render(request, "mediation/register.html", context)


def _owed(request: Request) -> list[Due]:
    """What falls due in the room: who mediates and nothing else has no other page for it."""
    mine = frozenset({request.actor.account_id or 0})
    asked = Asked(request.actor, mine, request.now, end_of_day(local_day(request.now)))
    return [due for due in owed_by(asked).dues if due.kind.startswith("mediation.")][:20]


@opened_to(*_READERS)
@require_safe
def case(request: Request, pk: int) -> HttpResponse:
    """What the reader may see of a case, and what they may do."""
    return _page(request, _case(pk))


@opened_to(*_READERS)
@require_POST
def deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something is done to a case."""
    found = _case(pk)
    _context, deeds = _seen(request, found)
    refused = do(deeds, deed, request)
    if refused is None:
        still = queries.register(request.actor).filter(pk=pk).exists()
        return redirect("mediation:case", pk=pk) if still else redirect("mediation:register")
    return _page(request, found, failed=(deed, refused))


def _case(pk: int) -> Case:
    found: Case = get_object_or_404(Case.objects.select_related("need"), pk=pk)
    return found


def _page(request: Request, found: Case, failed: Failed | None = None) -> HttpResponse:
    context, deeds = _seen(request, found)
    context["deeds"] = shown(
        deeds, lambda name: reverse("mediation:deed", args=[found.pk, name]), failed
    )
    return render(request, "mediation/case.html", context, status=422 if failed else 200)


# Any: the values of a page.
def _seen(request: Request, found: Case) -> tuple[dict[str, Any], dict[str, Deed]]:
    """Everything of the case that this reader may see, and their deeds; 404 for nothing."""
    actor, now = request.actor, request.now
    seat, opening = seat_of(actor, found), opening_of(actor, found, now)
    if seat is not None:
        seat.case = found
    directs = may_direct(actor)
    state = seat.state if seat is not None else ""
    is_live = state in {SeatState.ASKED, SeatState.DECLARED, SeatState.SEATED}
    if not (directs or is_live or opening):
        raise Http404
    context: dict[str, Any] = {
        "case": found, "seat": seat if is_live else None, "opening": opening, "directs": directs,
        "seats": queries.seats_of(found), "sides": SIDES,
        "openings": found.openings.filter(granted_at__isnull=False).select_related("asked_by"),
    }  # fmt: skip
    deeds = of_director(found) if directs else {}
    if found.shredded_at is not None or not found.wrapped_key:
        return context, deeds
    try:
        _open(context, found, state, opened=opening is not None, today=local_day(now))
        if seat is not None and state == SeatState.SEATED:
            told = context["told"]
            deeds |= of_mediator(seat, told["parties"], told)
        elif seat is not None and is_live:
            deeds |= of_seat(seat)
    except KeyAway as away:
        context["locked"] = away.message
        return context, deeds
    if opening is not None:
        look_by_opening(found, by=actor, now=now)
    return context, deeds


def _open(context: dict[str, Any], found: Case, state: str, *, opened: bool, today: date) -> None:
    """Read as much as the seat allows. Raises KeyAway."""
    if state == SeatState.SEATED or opened:
        context["told"] = told = queries.story_of(found)
        agreement = told["agreement"]
        if agreement is not None and agreement.effective_on is not None:
            context["window"] = confirmation_window(agreement.effective_on, work_calendar())
            context["is_doubtful"] = found.kind in NOT_CONFIRMED
        context["papers"] = names = _papers(found, agreement)
        if found.state != State.SITTING:
            context["lacking"] = lacking_items(found, told)
        context["alike"] = queries.precedents(found.kind).count()
        if "court" in names:
            context["courts"] = queries.courts()[:20]
    elif state == SeatState.DECLARED:
        context["met"] = queries.parties_of(found)
    if context["directs"] and found.is_open:
        context["proposals"] = queries.proposals(found, today=today)[:8]


def _papers(found: Case, agreement: Any) -> list[str]:  # Any: the agreement, or nothing
    names = ["rights", "dossier"]
    if agreement is not None:
        names.insert(1, "agreement")
        if agreement.effective_on is not None:
            names.insert(2, "court")
    elif not found.is_open:
        names.insert(1, "other-ways")
    return names
