"""What a booker does: book, say yes or no, cancel, move, see the code, print the slip."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.booking import queries
from mulin.circle.booking.actions.bookings import book, book_series, check_wish, move
from mulin.circle.booking.actions.doors import give_code
from mulin.circle.booking.actions.ending import answer_offer, cancel, cancel_rest
from mulin.circle.booking.forms import (
    CancelForm,
    MoveForm,
    OwnBookForm,
    times_of,
)
from mulin.circle.booking.models import Booking, OpensBy, Series
from mulin.circle.booking.rules import CODE_BEFORE, State
from mulin.circle.booking.views.public import behind
from mulin.ground.community.access import Request, signed_in
from mulin.ground.community.deeds import Deed, do, shown
from mulin.ground.people.models import Person
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of


def _person(request: Request) -> Person:
    """Who has signed in, on the roll. Raises Http404 for an account nobody stands behind."""
    found = person_of_account(request.actor.account_id) if request.actor.account_id else None
    if found is None:
        raise Http404
    return found


@signed_in
def book_room(request: Request, code: str) -> HttpResponse:
    """Book a room for oneself; "what does it cost?" answers without booking."""
    room, person = behind(code), _person(request)
    dates: list[tuple[queries.PlanLine, str]] = []
    if request.method == "POST":
        form = OwnBookForm(request.POST, room=room)
        terms = None
        if form.is_valid() and "ask" in request.POST:
            wish = form.wish()
            if attempt(form, lambda: check_wish(wish, now=request.now)):
                terms = queries.terms_for(
                    room, person, wish.span, purpose=wish.purpose, tables=wish.tables
                )
                dates = [
                    (queries.PlanLine(one), why)
                    for one, why in queries.conflicts(room, form.spans())
                ]
        elif form.is_valid() and form.dates:
            series = attempt(
                form,
                lambda: book_series(
                    form.wish(), form.dates, every_weeks=form.cleaned_data["every_weeks"],
                    waits=form.cleaned_data["waits"], person=person, by=request.actor,
                    now=request.now, token=form.idempotency_token,
                ),
            )  # fmt: skip
            if series is not None:
                _say_dates(request, series)
                return redirect("booking:mine")
        elif form.is_valid():
            made = attempt(
                form,
                lambda: book(
                    form.wish(), person=person, by=request.actor, now=request.now,
                    waits=form.cleaned_data["waits"], token=form.idempotency_token,
                ),
            )  # fmt: skip
            if made is not None:
                _say(request, made)
                return redirect("booking:mine")
    else:
        form, terms = OwnBookForm(room=room, initial=times_of(request.GET, room, request.now)), None
    context = {"room": room, "form": form, "terms": terms, "dates": dates, "here": "ours"}
    return render(request, "booking/book.html", context, status=422 if form.errors else 200)


def _say(request: Request, made: Booking) -> None:
    if made.state == State.WAITING:
        place = queries.place_in_line(made)
        messages.success(
            request,
            _(
                "This time is taken. You are number %(place)s on the waiting list and hear of a place."
            )
            % {"place": place},
        )
    else:
        messages.success(request, _("It is yours. The slip stands below."))


def _say_dates(request: Request, made: Series) -> None:
    dates = Booking.objects.filter(series=made)
    waiting = dates.filter(state=State.WAITING).count()
    messages.success(
        request,
        _("%(booked)s dates are yours, on %(waiting)s you wait for a place.")
        % {"booked": dates.count() - waiting, "waiting": waiting},
    )


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """My bookings, what waits for my word first."""
    return _mine(request)


def _mine(request: Request, failed: tuple[int, str, ActForm] | None = None) -> HttpResponse:
    page = page_of(queries.bookings_of(_person(request)), request.GET, size=20)
    lines = []
    for one in page.rows:
        own = failed[1:] if failed and failed[0] == one.pk else None
        tasks = shown(_tasks(request, one), _url_of(one), own)
        place = queries.place_in_line(one) if one.state == State.WAITING else None
        lines.append((one, tasks, place))
    lines.sort(key=lambda line: line[0].state != State.OFFERED)
    context = {"page": page, "lines": lines, "here": "mine"}
    return render(request, "booking/mine.html", context, status=422 if failed else 200)


@signed_in
@require_POST
def mine_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """One thing that the booker does to a booking of their own."""
    person = _person(request)
    found: Booking = get_object_or_404(queries.bookings_of(person), pk=pk)
    if deed == "code":
        return _code(request, found)
    form = do(_tasks(request, found), deed, request)
    if form is not None:
        return _mine(request, (pk, deed, form))
    return redirect("booking:mine")


def _code(request: Request, found: Booking) -> HttpResponse:
    if "code" not in _tasks(request, found):
        raise Http404
    form = PlainForm(request.POST)
    code = None
    if form.is_valid():
        code = attempt(
            form,
            lambda: give_code(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
    if not code:
        messages.error(request, _("Press once more for a fresh code."))
        return redirect("booking:mine")
    response = render(
        request, "booking/code.html", {"booking": found, "code": code, "here": "mine"}
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _tasks(request: Request, found: Booking) -> dict[str, Deed]:
    """What the booker may do to it now."""
    common: dict[str, Any] = {"by": request.actor, "now": request.now}  # Any: of two kinds
    tasks: dict[str, Deed] = {}
    if found.state == State.OFFERED:

        def answer(form: PlainForm, _request: Request, *, accepts: bool) -> Booking:
            return answer_offer(found, accepts=accepts, token=form.idempotency_token, **common)

        tasks["yes"] = Deed(_("Yes, I take it"), partial(answer, accepts=True), _("It is yours."))
        tasks["no"] = Deed(
            _("No, give it to the next"), partial(answer, accepts=False),
            _("Thank you: it goes to the next."),
        )  # fmt: skip
    ahead = found.starts_at > request.now
    if (
        found.state in {State.BOOKED, State.CAME}
        and found.room.opens_by == OpensBy.CODE
        and found.starts_at - CODE_BEFORE <= request.now < found.ends_at
    ):
        tasks["code"] = Deed(_("Show my opening code"), lambda _form, _request: None, "")
    if found.state == State.BOOKED and ahead:
        tasks["move"] = Deed(
            _("Another time"),
            lambda form, _request: move(found, form.span(), token=form.idempotency_token, **common),
            _("It has moved."), MoveForm, move_initial(found),
        )  # fmt: skip
    if found.is_alive and ahead:
        tasks["cancel"] = Deed(
            _("I do not need it"),
            lambda form, _request: cancel(
                found, reason=form.cleaned_data["reason"], token=form.idempotency_token, **common
            ),
            _("Cancelled. Thank you for saying so: somebody else can have it."), CancelForm,
        )  # fmt: skip
    if found.series_id and found.is_alive and ahead:
        tasks["rest"] = Deed(
            _("I do not need this date and the later ones"),
            lambda form, _request: cancel_rest(found, token=form.idempotency_token, **common),
            _("Cancelled. Thank you for saying so: somebody else can have it."),
        )  # fmt: skip
    return tasks


def _url_of(found: Booking) -> Callable[[str], str]:
    return lambda name: reverse("booking:mine-act", args=[found.pk, name])


def move_initial(found: Booking) -> dict[str, object]:
    """The time it has now, for the form that moves it."""
    return {
        "day": str(local_day(found.starts_at)),
        "starts": found.starts_at.astimezone(SHANGHAI).time(),
        "ends": found.ends_at.astimezone(SHANGHAI).time(),
    }


@signed_in
@require_safe
def slip(request: Request, pk: int) -> HttpResponse:
    """The slip to print: what, when, what it costs, how it is opened, what to leave behind."""
    rows = Booking.objects.with_all().prefetch_related("money")
    if not request.actor.is_desk:
        rows = rows.filter(person__in=Person.everyone_of(_person(request)))
    found = get_object_or_404(rows, pk=pk)
    return render(
        request, "booking/slip.html", {"booking": found, "made_on": local_day(found.made_at)}
    )
