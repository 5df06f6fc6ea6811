"""What is near, for everybody; who lacks what, where to build and the map, for the desk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.proximity import actions, queries
from mulin.circle.proximity.drawing import Drawing, Mark, draw
from mulin.circle.proximity.forms import (
    AroundForm,
    CorrectForm,
    CoverageForm,
    MapForm,
    SitingForm,
    WalkerForm,
)
from mulin.circle.proximity.models import (
    KIND_LABELS,
    WALK_LABELS,
    WIND_LABELS,
    MapCorrection,
    WalkMap,
)
from mulin.circle.proximity.permissions import may_keep_map
from mulin.circle.proximity.queries import Near
from mulin.circle.proximity.rules import FOR, PACES, Kind, Walker, can_enter, services_for
from mulin.circle.proximity.siting import Question, answer
from mulin.circle.proximity.streets import streets
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.places.models import SERVICE_LABELS, Building, Place, position_of
from mulin.ground.places.rules import Service
from mulin.kit.acts import attempt
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.coordinates import Position, to_gcj
from mulin.kit.forms import ActForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.kit.refusals import Refused

_AT_ONCE: Final = 40
#: What fits on the sheet for the wall, read from two metres.
_ON_THE_WALL: Final = 14


@public
@require_safe
def near(request: Request) -> HttpResponse:
    """From my building: what can I reach in ten minutes, how far, what is open."""
    form, home, chosen = _asked(request)
    context: dict[str, Any] = {"form": form, "home": home, "tonight": queries.tonight(request.now)}
    if home is not None:
        walker, at = form.walker, form.moment()
        found = queries.around(
            home, walker, request.now, at=at, services=services_for(chosen.get("service", ""))
        )
        page = page_of(found.near, request.GET, size=_AT_ONCE)
        query = urlencode(_kept(home, walker, chosen))
        context |= {
            "found": found, "page": page, "walker": walker, "at": at, "query": query,
            "rows": _rows(page.rows), "lacking": _lacking(found.lacking), "barred": found.barred,
            "drawing": _map_of(home, page.rows, query), "pace": PACES[walker.walk],
            "paces": [(WALK_LABELS[walk], value) for walk, value in PACES.items()],
        }  # fmt: skip
    return render(request, "proximity/around.html", context)


@public
@require_safe
def place(request: Request, pk: int) -> HttpResponse:
    """One place: when it is open, steps, who runs it, the way from my building; which homes, for
    the desk.
    """
    found = _goal(pk)
    form, home, chosen = _asked(request)
    walker, at, moment = form.walker, position_of(found), form.moment()
    context: dict[str, Any] = {
        "place": found, "opening": found.opening_line(request.now), "home": home, "walker": walker,
        "days": [one for one in found.days.all() if one.day >= local_day(request.now)],
        "seasons": [(one, found.season_lines(one)) for one in found.seasons.all()],
        "apps": _apps(found.name, at) if at is not None else (),
        "busy": queries.busy_places(request.now).get(found.pk, 0),
        "walk": WALK_LABELS[walker.walk], "photos": found.photos.all(), "at": moment,
        "opening_then": found.opening_line_at(moment) if moment is not None else "",
        "is_barred": not can_enter(walker, found.can_roll_in),
    }  # fmt: skip
    if home is not None and at is not None:
        pairs = queries.on_foot([home], [found], walker, moment or request.now, network=streets())
        way = pairs.get((home.pk, found.pk))
        context |= {"way": way, "drawing": _way_map(home, found, walker, moment or request.now)}
        context["query"] = urlencode(_kept(home, walker, chosen))
    if may_keep_map(request.actor):
        reached = queries.homes_near(found, walker, request.now)
        context |= {
            "reached": reached,
            "page": page_of(reached.homes, request.GET, size=60),
            "people": [(KIND_LABELS[kind], count) for kind, count in reached.people],
        }
    return render(request, "proximity/place.html", context)


@public
@require_safe
def wall(request: Request, pk: int) -> HttpResponse:
    """The same printed large, with a little map, to hang in the hall of the building."""
    home: Building = get_object_or_404(Building.objects.all(), pk=pk)
    walker = WalkerForm(request.GET).walker
    found = queries.around(home, walker, request.now)
    rows = found.near[:_ON_THE_WALL]
    context = {
        "home": home, "rows": _rows(rows), "found": found, "walk": WALK_LABELS[walker.walk],
        "walker": walker, "lacking": _lacking(found.lacking), "drawing": _map_of(home, rows, ""),
        "pace": PACES[walker.walk], "now": request.now,
    }  # fmt: skip
    return paper(
        "proximity/paper/wall.html", context, request=request,
        name=_("Ten minutes from %(home)s") % {"home": home.name},
    )  # fmt: skip


@opened_to(*DESK_ROLES)
@require_safe
def covered(request: Request) -> HttpResponse:
    """Every service: who has it in ten minutes, who lacks it; one service: which homes."""
    form = CoverageForm(request.GET)
    at = _hour(request.now, form.chosen().get("hour"))
    found = queries.coverage(form.walker, request.now, at=at)
    chosen = request.GET.get("service", "")
    detail = next((one for one in found.services if str(one.service) == chosen), None)
    context: dict[str, Any] = {
        "form": form, "found": found, "kinds": [KIND_LABELS[kind] for kind in Kind],
        "lines": [
            (one, SERVICE_LABELS[one.service], KIND_LABELS.get(FOR.get(one.service, Kind.ALL)),
             [(KIND_LABELS[kind], one.people_lacking[kind]) for kind in Kind])
            for one in found.services
        ],
        "people": [(KIND_LABELS[kind], count) for kind, count in found.people.items()],
        "apart": page_of(found.apart, {}, size=60).rows,
        "query": urlencode(_kept(None, form.walker, form.chosen())), "at": at,
    }  # fmt: skip
    if detail is not None:
        marks = [
            Mark(number, one.name, there)
            for number, (one, _way, _place) in enumerate(detail.lacking, start=1)
            if (there := position_of(one)) is not None
        ]
        context |= {
            "detail": detail, "service": SERVICE_LABELS[detail.service],
            "page": page_of(detail.lacking, request.GET, size=60),
            "drawing": _map_of_all(marks[:60]),
        }  # fmt: skip
    return render(request, "proximity/coverage.html", context)


@opened_to(*DESK_ROLES)
@require_safe
def next_place(request: Request) -> HttpResponse:
    """Where the next place should go: the best sites, what each gives, how sure that is."""
    asked = "service" in request.GET
    form = SitingForm(request.GET if asked else None)
    context: dict[str, Any] = {"form": form, "asked": asked}
    status = 200
    if asked and form.is_valid():
        at = _hour(request.now, form.cleaned_data.get("hour"))
        question = Question(walker=form.walker, at=at, **form.asked())
        try:
            found = answer(question, request.now)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal.message))
        else:
            sites = found.chosen + [one for one in found.ranked if one not in found.chosen]
            marks = [
                Mark(n, one.name, one.at, tone="chosen" if one in found.chosen else "")
                for n, one in enumerate(sites, start=1)
            ]
            context |= {
                "answer": found, "question": question, "sites": list(enumerate(sites, start=1)),
                "chosen": len(found.chosen), "openings": found.openings,
                "service": SERVICE_LABELS[question.service], "kind": KIND_LABELS[question.kind],
                "drawing": _map_of_all(marks),
            }  # fmt: skip
    if form.errors and asked:
        status = 422
    return render(request, "proximity/next.html", context, status=status)


# ── the walking map ──────────────────────────────────────────────────────────────────────────


@opened_to(*DESK_ROLES)
@require_safe
def map_page(request: Request) -> HttpResponse:
    """The map that is walked by, its corrections, and what hangs on no path."""
    return _map_page(request)


@opened_to(*DESK_ROLES)
@require_POST
def map_act(request: Request, deed: str) -> HttpResponse:
    """Read a map, or put a correction on it."""
    if deed not in _DEEDS:
        raise Http404
    make, do, said = _DEEDS[deed]
    form = make(request.POST, request.FILES or None, auto_id=f"{deed}_%s")
    if form.is_valid() and attempt(form, lambda: do(form, request)) is not None:
        messages.success(request, said())
        return redirect("proximity:map")
    return _map_page(request, **{f"{deed}_form": form})


@opened_to(*DESK_ROLES)
@require_POST
def map_row(request: Request, pk: int, deed: str) -> HttpResponse:
    """Take the map in that was read, leave it out, or take a correction back."""
    form = ActForm(request.POST)
    form.is_valid()
    try:
        if deed == "back":
            row: MapCorrection = get_object_or_404(MapCorrection.objects.all(), pk=pk)
            actions.take_back(row, by=request.actor, now=request.now)
        elif deed in {"take", "leave"}:
            read: WalkMap = get_object_or_404(WalkMap.objects.defer("content"), pk=pk)
            if deed == "leave":
                actions.leave_map(read, by=request.actor, now=request.now)
            else:
                token = form.idempotency_token
                actions.take_in_map(read, by=request.actor, now=request.now, token=token)
        else:
            raise Http404
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("proximity:map")


def _map_page(request: Request, **forms: ActForm) -> HttpResponse:
    network = streets()
    rows: list[Building | Place] = [*queries.homes(), *queries.goals()]
    standing = queries.corrections()
    shown = queries.positions(rows) + [Position(*at) for one in standing for at in one.line]
    marks = [
        Mark(number, one.words, Position(*one.line[0]))
        for number, one in enumerate(standing, start=1)
    ]
    apart = queries.apart_of(rows, network, steps=True)
    misfits = set(network.made.misfits) if network is not None else set()
    page = page_of(list(enumerate(standing, start=1)), request.GET, size=_AT_ONCE)
    context = {
        "in_use": queries.map_in_use(), "waiting": queries.map_waiting(),
        "rows": [(number, one, one.pk in misfits) for number, one in page.rows], "page": page,
        "apart": apart[:60], "apart_count": len(apart), "act_form": ActForm(),
        "drawing": draw(network, shown, homes=queries.named(rows), marks=marks[:60]),
        "read_form": MapForm(auto_id="read_%s"), "correct_form": CorrectForm(auto_id="correct_%s"),
    } | forms  # fmt: skip
    return render(request, "proximity/map.html", context, status=422 if forms else 200)


# Any: forms with methods of their own.
def _read(form: Any, request: Request) -> object:
    file = form.cleaned_data["file"]
    return actions.read_map(
        file.read(actions.MOST_BYTES + 1), file.name, by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _correct(form: Any, request: Request) -> object:
    opens, closes = form.cleaned_data["hours"]
    what = actions.Correcting(
        fix=form.kind, line=form.line(), words=form.cleaned_data["words"],
        is_private=form.cleaned_data["is_private"], opens=opens, closes=closes,
    )  # fmt: skip
    return actions.correct(what, by=request.actor, now=request.now, token=form.idempotency_token)


_DEEDS: dict[str, tuple[Any, Any, Any]] = {
    "read": (MapForm, _read, lambda: _("Read. Look at it, then take it in.")),
    "correct": (CorrectForm, _correct, lambda: _("The map is corrected.")),
}


# ── what pages have in common ────────────────────────────────────────────────────────────────


def _goal(pk: int) -> Place:
    found: Place = get_object_or_404(queries.goal_rows(), pk=pk)
    return found


def _map_of_all(marks: Sequence[Mark]) -> Drawing | None:
    """The whole community with its houses."""
    homes = queries.named_homes()
    return draw(streets(), [at for _name, at in homes], homes=homes, marks=marks)


def _asked(request: Request) -> tuple[AroundForm, Building | None, dict[str, Any]]:
    """What the address asks for; without a building, that of whoever has signed in."""
    typed = request.GET.copy()
    own = queries.home_with(request.actor.account_id) if not typed.get("home") else None
    if own is not None:
        typed["home"] = str(own.pk)
    form = AroundForm(typed, now=request.now)
    chosen = form.chosen()
    return form, chosen.get("home"), chosen


def _hour(now: datetime, typed: str | None) -> datetime | None:
    """An hour of today, on the clock of the street."""
    if not typed:
        return None
    local = now.astimezone(SHANGHAI)
    return datetime.combine(local.date(), time(int(typed)), local.tzinfo)


def _kept(home: Building | None, walker: Walker, chosen: Mapping[str, Any]) -> dict[str, str]:
    """What the next page should know without being asked again."""
    kept = {"pace": str(walker.walk)}
    kept |= {name: str(chosen[name]) for name in ("day", "hour") if chosen.get(name)}
    if home is not None:
        kept["home"] = str(home.pk)
    if not walker.steps:
        kept["level"] = "on"
    return kept


def _rows(near_: Sequence[Near]) -> list[tuple[int, Near, Any]]:  # Any: a lazy text
    return [(n, one, WIND_LABELS[one.wind]) for n, one in enumerate(near_, start=1)]


def _lacking(rows: Sequence[tuple[Service, Near | None]]) -> list[tuple[Any, Near | None]]:
    return [(SERVICE_LABELS[service], nearest) for service, nearest in rows]


def _map_of(home: Building, rows: Sequence[Near], query: str) -> Drawing | None:
    start = position_of(home)
    if start is None:
        return None
    marks = [
        Mark(
            number, one.place.name, at,
            url=f"{reverse('proximity:place', args=[one.place.pk])}?{query}" if query else "",
            tone="open" if one.is_open else "closed",
        )
        for number, one in enumerate(rows, start=1)
        if (at := position_of(one.place)) is not None
    ]  # fmt: skip
    shown = [start, *(mark.at for mark in marks)]
    return draw(
        streets(), shown, homes=queries.named_homes(), marks=marks,
        here=Mark(0, home.name, start),
    )  # fmt: skip


def _way_map(home: Building, found: Place, walker: Walker, now: datetime) -> Drawing | None:
    start, end = position_of(home), position_of(found)
    if start is None or end is None:
        return None
    way = queries.way_to(home, found, walker, now)
    line = [start, *way.line, end] if way is not None else []
    return draw(
        streets(), [start, end, *line], marks=[Mark(1, found.name, end, tone="open")],
        here=Mark(0, home.name, start), way=line,
    )  # fmt: skip


def _apps(name: str, at: Position) -> list[tuple[str, str]]:
    """Map apps of the mainland, which speak GCJ-02."""
    gcj = to_gcj(at)
    where = f"{gcj.lon:.6f},{gcj.lat:.6f}"
    amap = {"position": where, "name": name, "coordinate": "gaode", "src": "mulin"}
    marker = f"coord:{gcj.lat:.6f},{gcj.lon:.6f};title:{name};addr:{name}"
    return [
        (_("Open in Amap"), f"https://uri.amap.com/marker?{urlencode(amap)}"),
        (
            _("Open in Tencent Maps"),
            "https://apis.map.qq.com/uri/v1/marker?"
            + urlencode({"marker": marker, "referer": "mulin"}),
        ),
    ]
