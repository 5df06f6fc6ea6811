"""What the desk does: the plan of rooms, a booking for whoever stands or calls, its key and money."""

from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.booking import queries
from mulin.circle.booking.actions.bookings import book, book_series, check_wish, move
from mulin.circle.booking.actions.doors import hand_key, open_by_code
from mulin.circle.booking.actions.ending import answer_offer, cancel, note_came, note_missed
from mulin.circle.booking.actions.money import note_money
from mulin.circle.booking.forms import (
    CodeForm,
    DeskBookForm,
    DeskCancelForm,
    MoneyForm,
    MoveForm,
    SeriesForm,
    times_of,
)
from mulin.circle.booking.models import Booking, OpensBy, Room, span_words
from mulin.circle.booking.rules import EARLY, State, span_between
from mulin.circle.booking.views.mine import move_initial
from mulin.circle.booking.views.public import day_of
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day

_FOUND = 12


@opened_to(*DESK_ROLES)
def plan(request: Request) -> HttpResponse:
    """The day of all rooms, or the week of one; the code that somebody says at the door."""
    today = local_day(request.now)
    day = day_of(request.GET.get("day"), today)
    rooms = queries.rooms()
    chosen = _room(rooms, request.GET.get("room"))
    code_form = CodeForm(request.POST or None, auto_id="code_%s")
    if request.method == "POST":
        if chosen is None:
            raise Http404
        room = chosen
        opened = None
        if code_form.is_valid():
            opened = attempt(
                code_form,
                lambda: open_by_code(
                    room, code_form.cleaned_data["code"], by=request.actor, now=request.now,
                    token=code_form.idempotency_token,
                ),
            )  # fmt: skip
        if opened is not None:
            messages.success(request, _("The code is right."))
            return redirect("booking:booking", pk=opened.pk)
    last = day + timedelta(days=6) if chosen else day
    context = {
        "rooms": rooms,
        "chosen": chosen,
        "day": day,
        "step": timedelta(days=7 if chosen else 1),
        "before": day - timedelta(days=7 if chosen else 1),
        "after": day + timedelta(days=7 if chosen else 1),
        "today": today,
        "plans": queries.plans_of([chosen] if chosen else rooms, day, last, request.now),
        "waiting": queries.bookings_on(day, last, [chosen.pk] if chosen else None)
        .filter(state__in=[State.WAITING, State.OFFERED])[:30],
        "code_form": code_form if chosen and chosen.opens_by == OpensBy.CODE else None,
    }  # fmt: skip
    return render(request, "booking/plan.html", context, status=422 if code_form.errors else 200)


@opened_to(*DESK_ROLES)
def new(request: Request) -> HttpResponse:
    """A booking for somebody at the desk or on the phone: who, which room, when."""
    rooms = queries.rooms()
    person, room = _chosen(request, rooms)
    if person is None or room is None:
        return _choose(request, person, rooms, room, _("A booking"))
    form = DeskBookForm(
        request.POST or None, room=room, initial=times_of(request.GET, room, request.now)
    )
    terms = None
    if request.method == "POST" and form.is_valid():
        wish = form.wish()
        if "ask" in request.POST:
            if attempt(form, lambda: check_wish(wish, now=request.now)):
                terms = queries.terms_for(
                    room, person, wish.span, purpose=wish.purpose, tables=wish.tables
                )
        else:
            made = attempt(
                form,
                lambda: book(
                    wish, person=person,
                    by=request.actor.by(form.cleaned_data["channel"], on_behalf_of=person.pk),
                    now=request.now, waits=form.cleaned_data["waits"],
                    token=form.idempotency_token,
                ),
            )  # fmt: skip
            if made is not None:
                messages.success(request, _("Booked.") if made.state == State.BOOKED else _("The time is taken: on the waiting list."))  # fmt: skip
                return redirect("booking:booking", pk=made.pk)
    today = local_day(request.now)
    day = day_of(request.GET.get("day"), today)
    context = {
        "person": person, "room": room, "form": form, "terms": terms,
        "groups": queries.group_words(queries.groups_of(person, today)),
        "free": queries.lines_of(
            queries.free_of([room], day, day + timedelta(days=6), request.now)[0]
        )[:_FOUND],
    }  # fmt: skip
    return render(request, "booking/new.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
def series(request: Request) -> HttpResponse:
    """The same hours every week: each date with what stands against it, then all that can be had."""
    rooms = queries.rooms()
    person, room = _chosen(request, rooms)
    if person is None or room is None:
        return _choose(request, person, rooms, room, _("Every week"))
    form = SeriesForm(
        request.POST or None, room=room, initial=times_of(request.GET, room, request.now)
    )
    dates: list[tuple[queries.PlanLine, str]] = []
    if request.method == "POST" and form.is_valid():
        dates = [(queries.PlanLine(one), why) for one, why in queries.conflicts(room, form.spans())]
        if "book" in request.POST:
            made = attempt(
                form,
                lambda: book_series(
                    form.wish(), form.cleaned_data["dates"],
                    every_weeks=form.cleaned_data["every_weeks"],
                    waits=form.cleaned_data["waits"], person=person,
                    by=request.actor.by(form.cleaned_data["channel"], on_behalf_of=person.pk),
                    now=request.now, token=form.idempotency_token,
                ),
            )  # fmt: skip
            if made is not None:
                messages.success(request, _("The dates that can be had are booked."))
                first = Booking.objects.filter(series=made).first()
                return redirect("booking:booking", pk=first.pk if first else 0)
    context = {"person": person, "room": room, "form": form, "dates": dates}
    return render(request, "booking/series.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_safe
def booking(request: Request, pk: int) -> HttpResponse:
    """One booking: who, when, its price, its money and key, what is to be done."""
    return _booking(request, _found(pk))


def _found(pk: int) -> Booking:
    rows = Booking.objects.with_all().select_related("series", "price", "discount")
    found: Booking = get_object_or_404(rows, pk=pk)
    return found


def _booking(request: Request, found: Booking, failed: Failed | None = None) -> HttpResponse:
    tasks = shown(
        _tasks(request, found), lambda name: reverse("booking:act", args=[found.pk, name]),
        failed,
    )  # fmt: skip
    context = {
        "booking": found,
        "presses": [one for one in tasks if one.is_press],
        "deeds": [one for one in tasks if not one.is_press],
        "money": found.money.select_related("by"),
        "keys": found.keys.select_related("by"),
        "dates": Booking.objects.filter(series=found.series)[:60] if found.series_id else (),
        "place": queries.place_in_line(found) if found.state == State.WAITING else None,
    }
    return render(request, "booking/booking.html", context, status=422 if failed else 200)


@opened_to(*DESK_ROLES)
@require_POST
def act(request: Request, pk: int, deed: str) -> HttpResponse:
    """One thing that the desk does to a booking."""
    found = _found(pk)
    form = do(_tasks(request, found), deed, request)
    if form is not None:
        return _booking(request, _found(pk), (deed, form))
    return redirect("booking:booking", pk=pk)


def _tasks(request: Request, found: Booking) -> dict[str, Deed]:
    """What the desk may do to it now."""
    common: dict[str, Any] = {"by": request.actor, "now": request.now}  # Any: of two kinds
    begun = found.starts_at <= request.now
    tasks: dict[str, Deed] = {}

    def press(name: str, title: str, said: str, action: object, **values: object) -> None:
        tasks[name] = Deed(
            title,
            lambda form, _request: action(found, token=form.idempotency_token, **values, **common),  # type: ignore[operator]  # an action of this room
            said,
        )  # fmt: skip

    if found.state == State.OFFERED:
        press("yes", _("They say yes"), _("Booked."), answer_offer, accepts=True)
        press("no", _("They say no"), _("It goes to the next."), answer_offer, accepts=False)
    if found.state in {State.BOOKED, State.MISSED} and request.now >= found.starts_at - EARLY:
        press("came", _("They are here"), _("Noted."), note_came)
    if found.state == State.BOOKED and begun:
        press("missed", _("Nobody came"), _("Noted."), note_missed)
    if found.room.opens_by == OpensBy.KEY and (
        found.key_is_out or found.state in {State.BOOKED, State.CAME}
    ):
        if found.key_is_out:
            press("key-back", _("The key is back"), _("Noted."), hand_key, is_out=False)
        elif found.ends_at > request.now:
            press("key-out", _("Hand the key out"), _("Noted."), hand_key, is_out=True)
    tasks["money"] = Deed(
        _("Money came or went"),
        lambda form, _request: note_money(
            found, form.money, form.cleaned_data["yuan"], note=form.cleaned_data["note"],
            token=form.idempotency_token, **common,
        ),
        _("Written down."), MoneyForm, _money_initial(found),
    )  # fmt: skip
    if found.state in {State.BOOKED, State.CAME} and found.ends_at > request.now:
        tasks["move"] = Deed(
            _("Another time, or longer"),
            lambda form, _request: move(found, form.span(), token=form.idempotency_token, **common),
            _("It has moved."), MoveForm, move_initial(found),
        )  # fmt: skip
    if found.is_alive and not begun:
        tasks["cancel"] = Deed(
            _("Cancel it"),
            lambda form, _request: cancel(
                found, reason=form.cleaned_data["reason"],
                is_theirs=form.cleaned_data["is_theirs"], token=form.idempotency_token, **common,
            ),
            _("Cancelled."), DeskCancelForm,
        )  # fmt: skip
    return tasks


def _money_initial(found: Booking) -> dict[str, object]:
    """What comes or goes next, most likely."""
    if found.is_alive and found.deposit_owed:
        return {"kind": "deposit", "yuan": found.deposit_owed}
    if found.is_alive and found.owed_yuan:
        return {"kind": "paid", "yuan": found.owed_yuan}
    if found.state == State.CANCELLED and found.paid:
        return {"kind": "refunded", "yuan": found.paid}
    if found.deposit_held:
        return {"kind": "returned", "yuan": found.deposit_held}
    return {"kind": "paid"}


def _chosen(request: Request, rooms: list[Room]) -> tuple[Person | None, Room | None]:
    typed = request.GET.get("person", "")
    people = Person.objects.on_roll().visible_to(request.actor)
    person = people.filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None  # noqa: PLR2004  what fits an id
    return person, _room(rooms, request.GET.get("room"))


def _choose(
    request: Request, person: Person | None, rooms: list[Room], room: Room | None, heading: str
) -> HttpResponse:
    """Who it is and which room, before the form; what the address says already stands above."""
    query = request.GET.get("who", "")
    context = {
        "heading": heading, "span_words": _span_words(request),
        "person": person, "rooms": rooms, "room": room, "query": query,
        "persons": roll(request.actor, query=query)[:_FOUND] if query and person is None else (),
        "kept": _kept(request).urlencode(),
        "carried": list(_kept(request).items()),
    }  # fmt: skip
    return render(request, "booking/choose.html", context)


def _span_words(request: Request) -> str:
    """The day and the hours that the address names; "" where it names none, or none that are any."""
    typed = [request.GET.get(name, "") for name in ("day", "starts", "ends")]
    try:
        day, (starts, ends) = date.fromisoformat(typed[0]), map(time.fromisoformat, typed[1:])
    except ValueError:
        return ""
    return span_words(span_between(day, starts, ends))


def _kept(request: Request) -> QueryDict:
    """What the address already says of room and time, for the links that go on from here."""
    kept = request.GET.copy()
    for name in ("who", "person"):
        kept.pop(name, None)
    return kept


def _room(rooms: list[Room], typed: str | None) -> Room | None:
    return next((room for room in rooms if str(room.pk) == typed), None)
