"""The officer's phone: today's round, my households, one home, what I hear."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES, Role
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building, Dwelling
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import fresh_token
from mulin.kit.paging import page_of
from mulin.parlour.rounds import queries
from mulin.parlour.rounds.actions.visits import hear, note_visit, wish_for_visit
from mulin.parlour.rounds.forms import HearForm, VisitForm, WishForm
from mulin.parlour.rounds.models import RoundVisit
from mulin.parlour.rounds.permissions import may_walk
from mulin.parlour.rounds.rules import floor_of, round_of
from mulin.parlour.rounds.views.pocket import CACHE


@opened_to(Role.GRID_OFFICER)
def today(request: Request) -> HttpResponse:
    """Today's doors, each with its reasons; what was done today below."""
    day = local_day(request.now)
    homes = queries.households(queries.dwellings_of(request.actor), request.actor, request.now)
    by_id = {home.dwelling.pk: home for home in homes}
    stops, left = round_of(
        [home.as_home(day) for home in homes if home.persons], queries.paces(day), day
    )
    context = {
        "stops": [(by_id[stop.home.id], stop, fresh_token()) for stop in stops],
        "left": left,
        "done": queries.done_today(request.actor, request.now),
        "pocket": _pocket([by_id[stop.home.id] for stop in stops], request),
        "cache": CACHE,
        "here": "today",
    }
    return render(request, "rounds/today.html", context)


def _pocket(homes: list[queries.Household], request: Request) -> dict[str, Any]:
    """What the phone keeps of today's round: doors and names, nothing else, until tonight."""
    return {
        "day": local_day(request.now).isoformat(),
        "homes": [
            {
                "id": str(home.dwelling.pk),
                "door": home.door,
                "url": reverse("rounds:home", args=[home.dwelling.pk]),
                "persons": [[str(person.pk), person.name] for person in home.persons],
            }
            for home in homes
        ],
    }


@opened_to(Role.GRID_OFFICER)
def houses(request: Request) -> HttpResponse:
    """My households, house by house."""
    context = {"houses": queries.houses_of(request.actor, request.now), "here": "houses"}
    return render(request, "rounds/houses.html", context)


@opened_to(Role.GRID_OFFICER)
def house(request: Request, pk: int) -> HttpResponse:
    """One house from the top floor down: who lives where, what is open, who was last seen when."""
    building: Building = get_object_or_404(
        Building.objects.filter(grid__in=request.actor.grid_ids), pk=pk
    )
    homes = queries.households(
        queries.dwellings_of(request.actor).filter(unit__building=building),
        request.actor, request.now,
    )  # fmt: skip
    context = {"building": building, "floors": _by_floor(homes), "here": "houses"}
    return render(request, "rounds/house.html", context)


def _by_floor(homes: list[queries.Household]) -> list[tuple[int, list[queries.Household]]]:
    floors: dict[int, list[queries.Household]] = {}
    for home in homes:
        floors.setdefault(floor_of(home.dwelling.room), []).append(home)
    return sorted(floors.items(), reverse=True)


@opened_to(*HANDLER_ROLES)
def home(request: Request, pk: int) -> HttpResponse:
    """One home; the officer notes here what came of the knock."""
    dwelling = _dwelling(request, pk)
    form = VisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        noted = attempt(
            form,
            lambda: note_visit(
                dwelling, by=request.actor, outcome=values["outcome"], note=values["note"],
                at=values["happened"], now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if noted is not None:
            messages.success(request, _noted(noted))
            return redirect("rounds:today")
    context = _home(request, dwelling) | {"form": form}
    return render(request, "rounds/home.html", context, status=422 if form.errors else 200)


def _noted(visit: RoundVisit) -> str:
    """What was written down, and who else was there: two may walk one round."""
    said = _("%(door)s: %(outcome)s.") % {
        "door": visit.dwelling, "outcome": visit.get_outcome_display(),
    }  # fmt: skip
    others = [
        _("%(name)s was there too: %(outcome)s.")
        % {"name": other.officer.display_name, "outcome": other.get_outcome_display()}
        for other in queries.other_visits_of_the_day(visit)
    ]
    return " ".join([said, *others])


def _home(request: Request, dwelling: Dwelling) -> dict[str, Any]:
    found = queries.households(
        Dwelling.objects.filter(pk=dwelling.pk).select_related("unit__building"),
        request.actor, request.now,
    )  # fmt: skip
    return {
        "home": found[0],
        "dwelling": dwelling,
        "page": page_of(queries.visits_to(dwelling), request.GET, size=10),
        "may_walk": may_walk(request.actor, dwelling),
        "wish_form": WishForm(auto_id="wish_%s"),
        "here": "houses",
    }


@opened_to(*HANDLER_ROLES)
@require_POST
def wish(request: Request, pk: int) -> HttpResponse:
    """Please look in on them."""
    dwelling = _dwelling(request, pk)
    form = WishForm(request.POST, auto_id="wish_%s")
    if form.is_valid():
        wished = attempt(
            form,
            lambda: wish_for_visit(
                dwelling, by=request.actor, words=form.cleaned_data["words"], now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if wished is not None:
            messages.success(request, _("It stands on the officer's round now."))
            return redirect("rounds:home", pk=pk)
    context = _home(request, dwelling) | {"form": VisitForm(), "wish_form": form}
    return render(request, "rounds/home.html", context, status=422)


@opened_to(Role.GRID_OFFICER)
def hearing(request: Request) -> HttpResponse:
    """What somebody says at a door or in the street, once, with a photo."""
    chosen = request.POST.get("home") or request.GET.get("home") or ""
    dwelling = queries.home_for(request.actor, int(chosen)) if _is_number(chosen) else None
    form = HearForm(
        request.POST or None, request.FILES or None, homes=queries.dwellings_of(request.actor),
        persons=_persons(request, dwelling), initial={"home": dwelling.pk if dwelling else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        person: Person | None = form.cleaned_data["person"]
        by = request.actor.by(Channel.DOOR, on_behalf_of=person.pk if person else None)
        need = attempt(
            form,
            lambda: hear(
                form.cleaned_data["home"], form.said(), by=by, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if need is not None:
            messages.success(request, _("Received as %(number)s.") % {"number": need.number})
            return redirect("rounds:today")
    context = {"form": form, "dwelling": dwelling, "here": "hear"}
    return render(request, "rounds/hear.html", context, status=422 if form.errors else 200)


def _persons(request: Request, dwelling: Dwelling | None) -> Any:  # Any: a queryset of persons
    if dwelling is None:
        return Person.objects.none()
    return (
        Person.objects.on_roll()
        .visible_to(request.actor)
        .filter(residences__dwelling=dwelling, residences__until__isnull=True)
    )


def _dwelling(request: Request, pk: int) -> Dwelling:
    found = queries.home_for(request.actor, pk)
    if found is None:
        raise Http404
    return found


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 19  # noqa: PLR2004  a 63-bit id
