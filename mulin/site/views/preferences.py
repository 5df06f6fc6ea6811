"""Large type, dark, the other language: one tap each, on every page."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, always_open
from mulin.site.looks import CHOICES, keep_look
from mulin.site.ways_back import way_back


@always_open
@require_POST
def preferences(request: Request) -> HttpResponse:
    """Set what was sent and go back to the page one came from."""
    response = HttpResponseRedirect(way_back(request))
    for name in CHOICES:
        keep_look(response, name, request.POST.get(name, ""))
    return response
