"""What makes a carrier's rounds work without network: a page without anybody's data, its worker, and
the doors of today, which the phone keeps until tonight.
"""

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.kit.clock import local_day
from mulin.workshop.production import queries
from mulin.workshop.production.models import Stop, StopKind

#: The name of the cache; a new one is given when what lies in it changes its shape.
CACHE: Final = "mulin-carrying-1"


@never_cache
@opened_to(Role.CARRIER)
def shell(request: Request) -> HttpResponse:
    """The page that a phone shows without network. It holds no data, nor a token of the session."""
    return render(request, "production/offline.html", {"csrf_token": "", "is_shell": True})


@never_cache
@opened_to(Role.CARRIER)
def worker(request: Request) -> HttpResponse:
    """The service worker, whose reach is the rounds and nothing else of the workshop."""
    context = {
        "shell": reverse("production:offline"), "cache": CACHE, "static": settings.STATIC_URL,
    }  # fmt: skip
    return render(request, "kit/sw.js", context, content_type="text/javascript")


def pocket_of(request: Request) -> dict[str, Any]:
    """What a page of the carrier gives to the phone: the open doors of all rounds of today, whether
    their pages were opened or not. One query.
    """
    day = local_day(request.now)
    stops = queries.open_stops(request.actor, day)
    return {
        "pocket": {"day": day.isoformat(), "stops": [_kept(one) for one in stops]},
        "cache": CACHE,
    }


def _kept(stop: Stop) -> dict[str, object]:
    door = stop.door or str(stop.worker)
    words = [str(stop.get_kind_display()), str(stop.worker), str(stop.lot), str(stop.quantity)]
    if stop.trip > 1:
        words.insert(0, _("Trip %(number)s") % {"number": stop.trip})
    if stop.arrives_at is not None:
        words.append(_("towards %(at)s") % {"at": f"{stop.arrives_at:%H:%M}"})
    return {
        "id": str(stop.pk),
        "door": f"{stop.position}. {door}",
        "title": f"{door} {stop.lot}",
        "words": " · ".join(words),
        "quantity": stop.quantity,
        "url": reverse("production:stop", args=[stop.pk]),
        "done": _("Left here") if stop.kind == StopKind.BRING else _("Taken along"),
    }
