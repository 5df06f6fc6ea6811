"""What the street sees: what takes place, one notice, the code at the door, the calendar."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.actions.coming import say_coming, sign_in
from mulin.commons.gatherings.calendars import events_of
from mulin.commons.gatherings.models import Gathering, GatheringPaper
from mulin.commons.gatherings.queries import (
    attendance_of,
    counts_of,
    gathering_at_door,
    gathering_behind,
    items_of,
    papers_of,
    public_gatherings,
)
from mulin.commons.gatherings.rules import Stand
from mulin.ground.community.access import Request, public, signed_in
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import PlainForm
from mulin.kit.ical import calendar
from mulin.kit.ids import normalise_code
from mulin.kit.paging import page_of

_IN_FEED = 200


@public
@require_safe
def gathering_list(request: Request) -> HttpResponse:
    """What anybody may come to."""
    page = page_of(public_gatherings(request.now), request.GET, size=20)
    return render(request, "gatherings/public.html", {"page": page, "here": "ours"})


@public
@require_safe
def calendar_feed(request: Request) -> HttpResponse:
    """All that anybody may come to, for a calendar program. It moves when they are moved."""
    events = events_of(public_gatherings(request.now)[:_IN_FEED], _base(request))
    return _ics(calendar(request.community.name, events, now=request.now))


@public
@require_safe
def event(request: Request, code: str) -> HttpResponse:
    """One gathering, for a calendar."""
    found = _public(request, code)
    if found.is_cancelled:
        raise Http404
    return _ics(calendar(found.title, events_of([found], _base(request)), now=request.now))


@public
@require_safe
def notice(request: Request, code: str) -> HttpResponse:
    """When, where, what about; how many come, never who. Whoever signed in says whether they come."""
    return _notice(request, _public(request, code))


@signed_in
@require_POST
def come(request: Request, code: str) -> HttpResponse:
    """I come."""
    return _answer(request, code, comes=True)


@signed_in
@require_POST
def decline(request: Request, code: str) -> HttpResponse:
    """I do not come."""
    return _answer(request, code, comes=False)


@public
def here(request: Request, code: str) -> HttpResponse:
    """The code at the door. Looking changes nothing; pressing signs in, once."""
    found = gathering_at_door(normalise_code(code))
    if found is None:
        raise Http404
    form = PlainForm(request.POST if request.method == "POST" else None)
    person = _person(request)
    if request.method == "POST" and form.is_valid() and person is not None:
        row = attempt(
            form,
            lambda: sign_in(
                found, person, by=request.actor.by(Channel.QR), now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if row is not None:
            messages.success(request, _("You are on the list. Welcome."))
            return redirect("gatherings:here", code=found.door_code)
    context = {
        "gathering": found,
        "form": form,
        "person": person,
        "row": attendance_of(found, person.pk if person else None),
        "is_open": found.takes_sign_in(request.now),
        "here": "ours",
    }
    return render(request, "gatherings/here.html", context)


@public
def paper_file(request: Request, code: str) -> FileResponse:
    """A document that everybody may read; the staff read all of them."""
    found = GatheringPaper.objects.filter(code=code).select_related("gathering").first()
    if found is None or not (found.is_public or request.actor.is_handler):
        raise Http404
    if found.is_public and not (found.gathering.is_public or _sees(request, found.gathering)):
        raise Http404
    response = FileResponse(found.file, content_type=found.media_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(request: Request, code: str, *, comes: bool) -> HttpResponse:
    found = _public(request, code)
    person = _person(request)
    if person is None:
        raise Http404
    form = PlainForm(request.POST)
    if not form.is_valid():
        raise Http404
    row = attempt(
        form,
        lambda: say_coming(
            found, person, comes=comes, by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    if row is None:
        return _notice(request, found, form=form, status=422)
    if row.stand == Stand.WAITING:
        messages.success(request, _("It is full. You are on the waiting list, and hear of a seat."))
    elif comes:
        messages.success(request, _("You are expected."))
    else:
        messages.success(request, _("Thank you for saying so: your seat goes to somebody else."))
    return redirect("gatherings:notice", code=found.code)


def _notice(
    request: Request, found: Gathering, *, form: PlainForm | None = None, status: int = 200
) -> HttpResponse:
    person = _person(request)
    context: dict[str, Any] = {
        "gathering": found,
        "items": items_of(found),
        "papers": papers_of(found, public_only=True),
        "counts": counts_of(found),
        "row": attendance_of(found, person.pk if person else None),
        "may_answer": found.is_planned and request.now < found.ends_at and person is not None,
        "form": form or PlainForm(auto_id=False),
        "here": "ours",
    }
    return render(request, "gatherings/notice.html", context, status=status)


def _public(request: Request, code: str) -> Gathering:
    found = gathering_behind(normalise_code(code))
    if found is None or not (found.is_public or _sees(request, found)):
        raise Http404
    return found


def _sees(request: Request, found: Gathering) -> bool:
    seen: bool = Gathering.objects.visible_to(request.actor).filter(pk=found.pk).exists()
    return seen


def _person(request: Request) -> Any:  # Any: a person of the roll, or nobody
    if request.actor.account_id is None or request.actor.person_id is None:
        return None
    return person_of_account(request.actor.account_id)


def _base(request: Request) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _ics(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response
