"""Buildings with their dwellings, places with their hours, and the codes that are printed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.ground.people.models import Person
from mulin.ground.places import actions, permissions
from mulin.ground.places.forms import (
    BuildingForm,
    DwellingsForm,
    FactsForm,
    HoursForm,
    LocateForm,
    MoveInForm,
    MoveOutForm,
    PlaceDayForm,
    PlaceForm,
    PlacePhotosForm,
    SeasonForm,
    UnitForm,
)
from mulin.ground.places.models import (
    Building,
    Place,
    PlaceDay,
    PlacePhoto,
    PlaceSeason,
    Unit,
    position_of,
)
from mulin.ground.places.queries import (
    BUILDING_KIND,
    CODED,
    PLACE_KIND,
    buildings,
    codes_of,
    count_without_code,
    home_of,
    places,
    printed,
    staircases,
    with_code,
)
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.files import photo_response
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper


@opened_to(*HANDLER_ROLES)
@require_safe
def place_list(request: Request) -> HttpResponse:
    """All buildings in the order of their numbers, and all places."""
    return render(request, "places/places.html", _list(request))


@opened_to(*HANDLER_ROLES)
@require_safe
def building(request: Request, pk: int) -> HttpResponse:
    """One building: staircases, dwellings, who lives there, its code."""
    return _building_page(request, _building(request, pk))


@opened_to(*DESK_ROLES)
def new_building(request: Request) -> HttpResponse:
    """Put a building on the map."""
    form = BuildingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.add_building(
                by=request.actor, now=request.now, token=form.idempotency_token,
                **_values(form, "name", "grid", "latitude", "longitude"),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("places:building", pk=made.pk)
    context = {"form": form, "heading": _("New building")}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_POST
def add_unit(request: Request, pk: int) -> HttpResponse:
    """Add a staircase to a building."""
    found = _building(request, pk)
    form = UnitForm(request.POST, auto_id="unit_%s")
    if form.is_valid() and (
        attempt(
        form,
        lambda: actions.add_unit(
            found, by=request.actor, now=request.now, name=form.cleaned_data["name"],
            token=form.idempotency_token,
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("places:building", pk=pk)
    return _building_page(request, found, unit_form=form)


@opened_to(*DESK_ROLES)
@require_POST
def add_dwellings(request: Request, pk: int) -> HttpResponse:
    """Add the dwellings of a staircase, floor by floor, or one."""
    unit: Unit = get_object_or_404(Unit.objects.select_related("building"), pk=pk)
    form = DwellingsForm(request.POST, auto_id="dwellings_%s")
    if form.is_valid() and (attempt(form, lambda: _add_dwellings(request, unit, form)) is not None):
        messages.success(request, _("Written down."))
        return redirect("places:building", pk=unit.building_id)
    return _building_page(request, unit.building, dwellings_form=form, refused_unit=unit)


@opened_to(*HANDLER_ROLES)
def home(request: Request, pk: int) -> HttpResponse:
    """Where somebody lives; moving in and out."""
    visible = Person.objects.on_roll().visible_to(request.actor)
    person = get_object_or_404(visible, pk=pk)
    form = MoveInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.move_in(
                person, by=request.actor, now=request.now, token=form.idempotency_token,
                **_values(form, "dwelling", "since"),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("people:person", pk=pk)
    return _home_page(request, person, form)


@opened_to(*HANDLER_ROLES)
@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """Say that somebody has moved out."""
    visible = Person.objects.on_roll().visible_to(request.actor)
    person = get_object_or_404(visible, pk=pk)
    residence = home_of(person)
    if residence is None:
        raise Http404
    form = MoveOutForm(request.POST, auto_id="out_%s")
    if form.is_valid() and (
        attempt(
        form,
        lambda: actions.move_out(
            residence, by=request.actor, now=request.now, until=form.cleaned_data["until"],
            token=form.idempotency_token,
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("people:person", pk=pk)
    return _home_page(request, person, MoveInForm(), out_form=form)


@opened_to(*DESK_ROLES)
@require_POST
def settle(request: Request) -> HttpResponse:
    """After a file of persons: everybody whose address is one of our dwellings lives there."""
    count = actions.settle_by_addresses(by=request.actor, now=request.now)
    messages.success(
        request,
        ngettext("%(count)d home found.", "%(count)d homes found.", count) % {"count": count},
    )
    return redirect("places:list")


@opened_to(*HANDLER_ROLES)
@require_safe
def place(request: Request, pk: int) -> HttpResponse:
    """One place: open now or when, and its code."""
    return _place_page(request, _place(pk))


@opened_to(*HANDLER_ROLES)
def new_place(request: Request) -> HttpResponse:
    """Put a place on the map."""
    form = PlaceForm(request.POST or None)
    names = ("name", "kind", "building", "grid", "run_by", "latitude", "longitude")
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.add_place(
                by=request.actor, now=request.now, token=form.idempotency_token,
                **_values(form, *names),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("places:place", pk=made.pk)
    context = {"form": form, "heading": _("New place")}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
@require_POST
def hours(request: Request, pk: int) -> HttpResponse:
    """Say when a place is open."""
    found = _place(pk)
    form = HoursForm(request.POST, auto_id="hours_%s", hours=found.week())
    if form.is_valid() and (
        attempt(
            form,
            lambda: actions.set_hours(
                found, form.hours, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        is not None
    ):
        messages.success(request, _("Written down."))
        return redirect("places:place", pk=pk)
    return _place_page(request, found, hours_form=form)


@opened_to(*HANDLER_ROLES)
@require_POST
def place_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """What is said of a place beside its hours: facts, position, a season, a single day; and taking
    a season or a day back, which is named by its number in the form.
    """
    found = _place(pk)
    if deed in _TAKEN_BACK:
        model, take_back = _TAKEN_BACK[deed]
        number = request.POST.get("row", "")
        row = get_object_or_404(
            model.objects.filter(place=found), pk=int(number) if number.isdecimal() else 0
        )
        take_back(row, by=request.actor, now=request.now)
        return redirect("places:place", pk=pk)
    if deed not in _SAID:
        raise Http404
    make, do = _SAID[deed]
    form = make(request.POST, request.FILES or None, auto_id=f"{deed}_%s")
    if form.is_valid() and attempt(form, lambda: do(found, form, request)) is not None:
        messages.success(request, _("Written down."))
        return redirect("places:place", pk=pk)
    return _place_page(request, found, **{f"{deed}_form": form})


@public
@require_safe
def photo(request: Request, code: str, size: str) -> FileResponse:
    """How a place looks, in whole or small: everybody walks past it."""
    if size not in {"whole", "small"}:
        raise Http404
    found: PlacePhoto = get_object_or_404(PlacePhoto.objects.all(), code=code)
    return photo_response(found.file if size == "whole" else found.thumb)


@opened_to(*DESK_ROLES)
@require_POST
def building_position(request: Request, pk: int) -> HttpResponse:
    """Where a building stands, or where its people come out."""
    found = _building(request, pk)
    form = LocateForm(request.POST, auto_id="locate_%s")
    if form.is_valid() and attempt(form, lambda: _locate(found, form, request)) is not None:
        messages.success(request, _("Written down."))
        return redirect("places:building", pk=pk)
    return _building_page(request, found, locate_form=form)


# Any: the forms with methods of their own.
def _describe(found: Place, form: Any, request: Request) -> object:
    names = (
        "serves",
        "capacity",
        "steps",
        "has_ramp",
        "way_in",
        "phone",
        "shuts_on_holidays",
        "run_by",
    )
    facts = actions.Facts(**_values(form, *names))
    return actions.describe_place(
        found, facts, by=request.actor, now=request.now, token=form.idempotency_token
    )  # fmt: skip


def _locate(found: Building | Place, form: Any, request: Request) -> object:
    return actions.locate(
        found, form.position(), by=request.actor, now=request.now, token=form.idempotency_token
    )


def _add_season(found: Place, form: Any, request: Request) -> object:
    terms = actions.SeasonTerms(**_values(form, "name", "begins", "ends"), hours=form.hours)
    return actions.add_season(
        found, terms, by=request.actor, now=request.now, token=form.idempotency_token
    )


def _set_day(found: Place, form: Any, request: Request) -> object:
    hours = form.cleaned_data["hours"]
    return actions.set_day(
        found, day=form.cleaned_data["day"], opens=hours and hours.opens,
        closes=hours and hours.closes, why=form.cleaned_data["why"], by=request.actor,
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _add_photos(found: Place, form: Any, request: Request) -> object:
    values = form.cleaned_data
    return actions.add_photos(
        found, values["photos"], values["words"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


# Any: forms and tables of several kinds.
_SAID: dict[str, tuple[Any, Any]] = {
    "facts": (FactsForm, _describe),
    "locate": (LocateForm, _locate),
    "season": (SeasonForm, _add_season),
    "day": (PlaceDayForm, _set_day),
    "photo": (PlacePhotosForm, _add_photos),
}
_TAKEN_BACK: dict[str, tuple[Any, Any]] = {
    "season-back": (PlaceSeason, actions.end_season),
    "day-back": (PlaceDay, actions.clear_day),
    "photo-back": (PlacePhoto, actions.drop_photo),
}


@opened_to(*HANDLER_ROLES)
@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """Take a place off the lists for good."""
    actions.close_place(_place(pk), by=request.actor, now=request.now)
    messages.success(request, _("Closed."))
    return redirect("places:list")


@opened_to(*HANDLER_ROLES)
def codes(request: Request) -> HttpResponse:
    """Codes to print and put up: for all buildings, staircases and places, made once."""
    if request.method == "POST":
        records = [one for what in CODED for one in with_code(what)]
        actions.print_codes(records, by=request.actor, now=request.now)
        return redirect("places:codes")
    what = _what(request)
    page = page_of(with_code(what), request.GET, size=24)
    context = {
        "what": what,
        "page": page,
        "sheets": printed(what, page.rows),
        "missing": count_without_code(),
        "files": range(1, -(-with_code(what).count() // CODES_TO_A_FILE) + 1),
    }
    return render(request, "places/codes.html", context)


@opened_to(*HANDLER_ROLES)
@require_safe
def codes_pdf(request: Request, shape: str) -> HttpResponse:
    """The codes as a PDF: `labels` to stick on, three by eight, or `posters`, one to a sheet; ten
    sheets of labels to a file (`?page=2` for the next), or only one code (`?only=`).
    """
    what = _what(request)
    if shape not in _SHEETS:
        raise Http404
    chosen = request.GET.get("only", "")
    records = with_code(what)
    if chosen.isascii() and chosen.isdigit():
        records = records.filter(pk=int(chosen))
    codes = printed(what, page_of(records, request.GET, size=CODES_TO_A_FILE).rows)
    if not codes:
        messages.info(request, _("Make the codes first, then print them."))
        return redirect("places:codes")
    template, name = _SHEETS[shape]
    return paper(template, {"codes": codes}, request=request, name=str(name))


#: Ten sheets of labels: some three seconds.
CODES_TO_A_FILE = 240
_SHEETS = {
    "labels": ("places/paper/labels.html", gettext_lazy("Labels")),
    "posters": ("places/paper/posters.html", gettext_lazy("Door sheets")),
}


def _what(request: Request) -> str:
    what = request.GET.get("what", "")
    return what if what in CODED else "buildings"


def _building(request: Request, pk: int) -> Building:
    found: Building = get_object_or_404(Building.objects.select_related("grid"), pk=pk)
    return found


def _place(pk: int) -> Place:
    found: Place = get_object_or_404(places(), pk=pk)
    return found


def _list(request: Request) -> dict[str, Any]:
    shown, calendar = list(places()), work_calendar()
    return {
        "page": page_of(buildings(), request.GET, size=100),
        "places": [(one, one.opening_line(request.now, calendar)) for one in shown],
        "may_build": permissions.may_build(request.actor),
    }


def _building_page(request: Request, found: Building, **forms: Any) -> HttpResponse:
    sees = permissions.may_see_dwellings(request.actor, found)
    context = {} if request.htmx else _list(request)
    context |= {
        "building": found,
        "staircases": staircases(found, day=local_day(request.now)) if sees else (),
        "sees_dwellings": sees,
        "code": codes_of(BUILDING_KIND, [found.pk]).get(found.pk, ""),
        "may_build": permissions.may_build(request.actor),
        "unit_form": UnitForm(auto_id="unit_%s"),
        "dwellings_form": DwellingsForm(auto_id="dwellings_%s"),
        "position": position_of(found),
        "locate_form": LocateForm(auto_id="locate_%s"),
    } | forms
    return render(request, "places/places.html", context, status=422 if forms else 200)


def _place_page(request: Request, found: Place, **forms: Any) -> HttpResponse:
    context = {} if request.htmx else _list(request)
    context |= {
        "place": found,
        "opening": found.opening_line(request.now),
        "week": found.week_lines(),
        "code": codes_of(PLACE_KIND, [found.pk]).get(found.pk, ""),
        "hours_form": HoursForm(auto_id="hours_%s", hours=found.week()),
        "position": position_of(found),
        "facts_form": FactsForm.of(found, auto_id="facts_%s"),
        "locate_form": LocateForm(auto_id="locate_%s"),
        "season_form": SeasonForm(auto_id="season_%s"),
        "day_form": PlaceDayForm(auto_id="day_%s"),
        "photo_form": PlacePhotosForm(auto_id="photo_%s"),
        "photos": found.photos.all(),
        "seasons": [(one, found.season_lines(one)) for one in found.seasons.all()],
        "days": [one for one in found.days.all() if one.day >= local_day(request.now)],
    } | forms
    return render(request, "places/places.html", context, status=422 if forms else 200)


def _home_page(
    request: Request, person: Person, form: MoveInForm, out_form: MoveOutForm | None = None
) -> HttpResponse:
    context = {
        "person": person,
        "residence": home_of(person),
        "form": form,
        "out_form": out_form or MoveOutForm(auto_id="out_%s"),
    }
    refused = form.errors or (out_form is not None and out_form.errors)
    return render(request, "places/home.html", context, status=422 if refused else 200)


def _add_dwellings(request: Request, unit: Unit, form: DwellingsForm) -> object:
    by, now, token = request.actor, request.now, form.idempotency_token
    values = form.cleaned_data
    if values.get("room"):
        return actions.add_dwelling(unit, by=by, now=now, room=values["room"], token=token)
    return actions.add_dwellings(
        unit, by=by, now=now, floors=values["floors"], rooms_per_floor=values["rooms_per_floor"],
        token=token,
    )  # fmt: skip


def _values(form: Any, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}
