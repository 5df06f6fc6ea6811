"""What makes the round work without network: a page without anybody's data, and its worker."""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.parlour.rounds.forms import HearForm

#: The name of the cache; a new one is given when what lies in it changes its shape.
CACHE: Final = "mulin-rounds-1"


@never_cache
@opened_to(Role.GRID_OFFICER)
def shell(request: Request) -> HttpResponse:
    """The page that a phone shows without network. It holds no data, nor a token of the session:
    doors and names are put in by the phone, from what it keeps of today's round.
    """
    form = HearForm.blank()
    context = {"form": form, "csrf_token": "", "is_shell": True, "here": "today"}
    return render(request, "rounds/offline.html", context)


@never_cache
@opened_to(Role.GRID_OFFICER)
def worker(request: Request) -> HttpResponse:
    """The service worker, whose reach ends with this room's addresses."""
    context = {"shell": reverse("rounds:offline"), "cache": CACHE, "static": settings.STATIC_URL}
    return render(request, "kit/sw.js", context, content_type="text/javascript")
