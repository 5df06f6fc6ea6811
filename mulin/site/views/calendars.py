"""One's own limits in one's own calendar: the secret address, and what is fetched from it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mulin.ground.community.access import Request, by_token, signed_in
from mulin.ground.community.actions.programs import (
    calendar_index,
    give_calendar_address,
    note_fetch,
    take_calendar_address_back,
)
from mulin.ground.community.calendars import events_of
from mulin.ground.community.models import CalendarAddress, Community
from mulin.ground.community.queries import actor_of, calendar_behind
from mulin.kit.ical import calendar
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community


@never_cache
@signed_in
def own(request: Request) -> HttpResponse:
    """My address, another one, none."""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "take-back":
                take_calendar_address_back(by=request.actor, now=request.now)
                messages.success(request, _("The address opens nothing more."))
            else:
                give_calendar_address(by=request.actor, now=request.now)
        except Refused as refusal:
            messages.error(request, str(refusal.message))
        return redirect("site:calendar")
    address = CalendarAddress.objects.filter(account_id=request.actor.account_id or 0).first()
    link = ""
    if address is not None:
        path = reverse("site:calendar-feed", args=[request.community.slug, address.secret])
        link = request.build_absolute_uri(path)
    context = {
        "address": address,
        "link": link,
        "events": events_of(request.actor, request.now, ""),
    }
    return render(request, "site/account_calendar.html", context)


@require_safe
@by_token
def feed(request: Request, slug: str, secret: str) -> HttpResponse:
    """The calendar itself, for whoever holds the address."""
    community = Community.objects.filter(slug=slug).first()
    if community is None:
        raise Http404
    with in_community(community):
        address = calendar_behind(calendar_index(secret))
        if address is None:
            raise Http404
        actor = actor_of(address.account, community, now=request.now)
        if not actor.grants:
            raise Http404("nothing is owed by whoever holds no role here any more")
        events = events_of(actor, request.now, request.build_absolute_uri("/").rstrip("/"))
        note_fetch(address, now=request.now)
    return HttpResponse(
        calendar(community.name, events, now=request.now),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=900"},
    )
