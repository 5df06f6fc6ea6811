"""How rooms are kept: which there are, their hours, prices and discounts, who belongs to a group."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.circle.booking import queries
from mulin.circle.booking.actions import rooms as keep
from mulin.circle.booking.actions.groups import check_group, end_group
from mulin.circle.booking.forms import (
    DiscountForm,
    EndForm,
    GroupForm,
    HoursForm,
    PriceForm,
    RoomForm,
    ShutForm,
)
from mulin.circle.booking.models import Closure, Discount, Entitlement, Price, Room
from mulin.circle.booking.rules import Group, Window
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.clock import last_day_of, local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*DESK_ROLES)
def rooms(request: Request) -> HttpResponse:
    """All rooms, and the form for a new one."""
    form = RoomForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: keep.keep_room(
                None, form.values(), place=form.cleaned_data["place"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Now say when it can be booked."))
            return redirect("booking:room-keep", pk=made.pk)
    page = page_of(Room.objects.select_related("place"), request.GET)
    context = {"page": page, "form": form}
    return render(request, "booking/keep_rooms.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
def room(request: Request, pk: int) -> HttpResponse:
    """One room with its hours, prices, discounts and days it is shut."""
    return _room(request, get_object_or_404(Room.objects.select_related("place"), pk=pk))


def _room(request: Request, found: Room, failed: Failed | None = None) -> HttpResponse:
    tasks = shown(
        _tasks(request, found), lambda name: reverse("booking:room-act", args=[found.pk, name]),
        failed,
    )  # fmt: skip
    today = local_day(request.now)
    prices = found.prices.all()[:50]
    asked = queries.prices_on(prices, today)
    context = {
        "room": found, "deeds": tasks, "hours": found.hours.all(), "today": today,
        "prices": [(one, one.until is not None or one in asked) for one in prices], "discounts": found.discounts.all()[:50],
        "closures": found.closures.filter(last_day__gte=today)[:50],
        "plain_form": PlainForm(auto_id=False), "end_form": EndForm(auto_id=False),
    }  # fmt: skip
    return render(request, "booking/keep_room.html", context, status=422 if failed else 200)


@opened_to(*DESK_ROLES)
@require_POST
def room_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """One thing that is changed at a room."""
    found: Room = get_object_or_404(Room.objects.select_related("place"), pk=pk)
    form = do(_tasks(request, found) | _lines(request, found), deed, request)
    if form is None:
        return redirect("booking:room-keep", pk=pk)
    if deed not in _tasks(request, found):
        messages.error(
            request, " ".join(str(one) for errors in form.errors.values() for one in errors)
        )
        return redirect("booking:room-keep", pk=pk)
    return _room(request, found, (deed, form))


def _tasks(request: Request, found: Room) -> dict[str, Deed]:
    common: dict[str, Any] = {"by": request.actor, "now": request.now}  # Any: of two kinds
    return {
        "hours": Deed(
            _("More hours"),
            lambda form, _request: keep.set_hours(
                found, form.added_to(found.windows()), token=form.idempotency_token, **common
            ),
            _("The hours are set."), HoursForm,
        ),
        "price": Deed(
            _("A price"),
            lambda form, _request: keep.set_price(
                found, form.price(), token=form.idempotency_token, **common
            ),
            _("The price counts from its day on."), PriceForm,
        ),
        "discount": Deed(
            _("A discount"),
            lambda form, _request: keep.set_discount(
                found, form.discount(), token=form.idempotency_token, **common
            ),
            _("The discount counts from its day on."), DiscountForm,
        ),
        "shut": Deed(
            _("Shut it for some days"),
            lambda form, _request: keep.shut(
                found, local_day(form.cleaned_data["first"]),
                last_day_of(form.cleaned_data["last"]), reason=form.cleaned_data["reason"],
                token=form.idempotency_token, **common,
            ),
            _("It is shut; who had booked it hears so."), ShutForm,
        ),
        "change": Deed(
            _("Change what is said of it"),
            lambda form, _request: keep.keep_room(
                found, form.values(), place=found.place, token=form.idempotency_token, **common
            ),
            _("Changed."), RoomForm,
            {"place": found.place_id}
            | {name: getattr(found, name) for name in keep.RoomValues.__dataclass_fields__},
        ),
    }  # fmt: skip


def _lines(request: Request, found: Room) -> dict[str, Deed]:
    """Small acts on one line of the page; `line` says on which."""
    common: dict[str, Any] = {"by": request.actor, "now": request.now}  # Any: of two kinds
    line = request.POST.get("line", "")
    number = int(line) if line.isdecimal() and len(line) < 19 else 0  # noqa: PLR2004  what fits an id

    def drop(form: PlainForm, _request: Request) -> object:
        kept = [
            Window(one.weekday, one.opens, one.closes, one.is_idle)
            for one in found.hours.exclude(pk=number)
        ]
        return keep.set_hours(found, kept, token=form.idempotency_token, **common)

    def end(model: type[Price] | type[Discount], form: EndForm) -> object:
        rule: Price | Discount = get_object_or_404(model.objects.filter(room=found), pk=number)
        last = last_day_of(form.cleaned_data["last"])
        return keep.end_rule(rule, last=last, token=form.idempotency_token, **common)

    def reopen(form: PlainForm, _request: Request) -> object:
        closure = Closure.objects.filter(room=found, pk=number).select_related("room").first()
        # Opened by somebody else a moment ago: there is nothing left to do.
        if closure is None:
            return found
        return keep.open_again(closure, token=form.idempotency_token, **common)

    return {
        "drop-hours": Deed("", drop, _("The hours are set.")),
        "end-price": Deed("", lambda form, _request: end(Price, form), _("Changed."), EndForm),
        "end-discount": Deed(
            "", lambda form, _request: end(Discount, form), _("Changed."), EndForm
        ),
        "open-again": Deed("", reopen, _("It can be used on these days again.")),
    }


@opened_to(*DESK_ROLES)
def groups(request: Request) -> HttpResponse:
    """Who belongs to which group, checked by whom; the form for the next paper."""
    query = request.GET.get("who", "")
    typed = request.GET.get("person", "")
    people = Person.objects.on_roll().visible_to(request.actor)
    person = people.filter(pk=typed).first() if typed.isdecimal() and len(typed) < 19 else None  # noqa: PLR2004  what fits an id
    form = GroupForm(request.POST or None, initial={"person": person.pk if person else None})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: check_group(
                values["person"], Group(values["group"]), paper=values["paper"],
                until=last_day_of(values["until"]) if values["until"] else None, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("It counts from the next booking on."))
            return redirect("booking:groups")
    rows = Entitlement.objects.filter(ended_at=None).select_related("person", "checked_by")
    context = {
        "page": page_of(rows, request.GET), "form": form, "person": person, "query": query,
        "persons": roll(request.actor, query=query)[:12] if query and person is None else (),
        "plain_form": PlainForm(auto_id=False), "today": local_day(request.now),
    }  # fmt: skip
    return render(request, "booking/groups.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_POST
def group_end(request: Request, pk: int) -> HttpResponse:
    """It no longer counts."""
    found: Entitlement = get_object_or_404(Entitlement.objects.select_related("person"), pk=pk)
    form = PlainForm(request.POST)
    if form.is_valid():
        end_group(found, by=request.actor, now=request.now, token=form.idempotency_token)
        messages.success(request, _("It no longer counts."))
    return redirect("booking:groups")
