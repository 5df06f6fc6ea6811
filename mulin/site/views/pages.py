"""The pages of the street itself: home, my matters, our matters, help, search, the hall screen."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from mulin.circle.proximity.queries import board as circle_board
from mulin.commons.ballots.queries import votes_waiting_for
from mulin.commons.flow.models import Need
from mulin.ground.community.access import Request, opened_to, public, signed_in, with_own_key
from mulin.ground.community.models import Community, ShortLink
from mulin.ground.community.rules import OWING_ROLES, Role
from mulin.kit.ids import normalise_code
from mulin.kit.paging import page_of
from mulin.parlour.reception.shown import stories
from mulin.site.finding import Group, kind_named, search_all
from mulin.site.middleware import COMMUNITY_COOKIE, came_by_card
from mulin.site.queries import (
    board,
    open_places,
    opened_link,
    own_matters,
    story_of,
    told_ways,
)
from mulin.site.timeline import moments, past_of
from mulin.site.tours import tour_of
from mulin.site.views.today import waiting_for

#: Where a role begins its day; the first that fits. Whoever is not here begins on the street.
_DESKS = (
    (OWING_ROLES, "site:today"),
    ({Role.AUDITOR}, "audit:acts"),
    ({Role.INSTALLER}, "notify:deliveries"),
)

#: So many of what waits stand above one's matters; the rest is a page of its own.
_WAITING = 5
#: One's own matters on one page.
_MATTERS = 10


@public
def home(request: Request) -> HttpResponse:
    """The street in the evening, my matters as short stories, one big action."""
    for roles, url_name in _DESKS:
        if request.actor.has(*roles):
            return redirect(url_name)
    by_card = came_by_card(request)
    latest = own_matters(request.actor, by_card=by_card)[:3]
    stories = [story_of(need, request.now) for need in latest]
    # A found card votes for nobody.
    votes = () if by_card else votes_waiting_for(request.actor.person_id, request.now)
    context = {"stories": stories, "votes": votes, "here": "home", "by_card": by_card}
    return render(request, "site/home.html", context)


@signed_in
def tour(request: Request) -> HttpResponse:
    """The main acts of whoever reads, in two minutes: pages to open one after the other."""
    stops = [(reverse(stop.url_name), stop.words) for stop in tour_of(request.actor)]
    context = {"stops": stops, "is_demo": settings.MULIN_DEMO, "here": "home"}
    return render(request, "site/tour.html", context)


@signed_in
def mine(request: Request) -> HttpResponse:
    """All my matters."""
    by_card = came_by_card(request)
    page = page_of(own_matters(request.actor, by_card=by_card), request.GET, size=_MATTERS)
    context = {
        "stories": [story_of(need, request.now) for need in page.rows], "page": page, "here": "mine", "by_card": by_card,
        # A found card tells nobody where somebody is expected.
        "waiting": [] if by_card else waiting_for(request)[:_WAITING],
    }  # fmt: skip
    return render(request, "site/mine.html", context)


@with_own_key
def timeline(request: Request) -> HttpResponse:
    """All that I did with the community, in the order of time."""
    page = page_of(past_of(request.actor), request.GET, size=30)
    context = {"moments": list(moments(page.rows)), "page": page, "here": "mine"}
    return render(request, "site/timeline.html", context)


@public
def ours(request: Request) -> HttpResponse:
    """What the community was asked and what became of it in thirty days, in numbers of no person."""
    context = {"board": board(request.now), "stories": stories()[:3], "here": "ours"}
    return render(request, "site/ours.html", context)


@public
def help_page(request: Request) -> HttpResponse:
    """Every way to reach somebody: by phone, in person, on paper, by code."""
    context = {"places": open_places(request.now), "here": "help"}
    return render(request, "site/help.html", context)


@public
def ways_sheet(request: Request) -> HttpResponse:
    """The sheet of all that can be done here, and how without a phone of one's own."""
    context = {"ways": told_ways(at_the_desk=request.actor.is_desk), "here": "help"}
    return render(request, "site/ways.html", context)


@public
def screen(request: Request) -> HttpResponse:
    """The hall screen: readable from five metres, turns by itself, shows no person."""
    context = {
        "board": board(request.now),
        "places": open_places(request.now),
        "stories": stories()[:3],
        "circle": circle_board(request.now),
    }
    return render(request, "site/screen.html", context)


@opened_to(*OWING_ROLES)
def search(request: Request) -> HttpResponse:
    """One box over all rooms: people by name, pinyin, phone tail, room; everything else by number
    and words. `in` shows all of one kind, page by page.

    While somebody types, only the lines are sent, few of them, and of the quick kinds.
    """
    query = request.GET.get("q", "").strip()
    context: dict[str, object] = {"query": query}
    kind = kind_named(request.actor, request.GET.get("in", ""))
    if request.htmx:
        groups = search_all(request.actor, query, most=6, only_quick=True)
        context |= {"groups": groups, "is_quick": True}
        return render(request, "site/search.html#found", context)
    if kind is not None and query:
        page = page_of(kind.rows(request.actor, query), request.GET)
        hits = [kind.told(row) for row in page.rows]
        context |= {"kind": kind, "page": page, "groups": [Group(kind, hits)] if hits else []}
    else:
        context["groups"] = search_all(request.actor, query, most=10)
    return render(request, "site/search.html", context)


@public
def tell(request: Request) -> HttpResponse:
    """The short address on the wall: tell us."""
    return redirect("reception:tell")


@public
def month(request: Request, grid: str, month: str) -> HttpResponse:
    """The short address on the notice board; grid 0 is the whole community."""
    chosen = urlencode({"grid": grid if int(grid) else "", "month": month})
    return redirect(f"{reverse('reception:month')}?{chosen}")


@public
def need(request: Request, code: str) -> HttpResponse:
    """The short address on a slip; upper case is as good as lower."""
    found = Need.objects.filter(follow_code=normalise_code(code)).first()
    if found is None:
        raise Http404
    return redirect("reception:follow", code=found.follow_code)


@public
def letter(request: Request, slug: str, code: str) -> HttpResponse:
    """The code on a household's letter of the survey; it leads into the community that wrote it."""
    community = get_object_or_404(Community, slug__iexact=slug)
    response = HttpResponseRedirect(reverse("survey:answer", args=[normalise_code(code)]))
    if community.pk != request.community.pk:
        response.set_cookie(COMMUNITY_COOKIE, community.slug, samesite="Lax", httponly=True)
    return response


@public
def opened(request: Request, code: str) -> HttpResponse:
    """What a printed QR code opens. Looking changes nothing; it leads to where one can tell."""
    link: ShortLink | None = opened_link(normalise_code(code))
    if link is None:
        raise Http404
    response = HttpResponseRedirect(f"{reverse('reception:tell')}?{urlencode({'at': link.code})}")
    if link.community_id != request.community.pk:
        response.set_cookie(COMMUNITY_COOKIE, link.community.slug, samesite="Lax", httponly=True)
    return response
