"""Large type, dark, the other language: one tap each, on every page."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, always_open
from mulin.ground.community.actions.ways_in import keep_looks_of
from mulin.ground.community.models import Account
from mulin.site.looks import CHOICES, keep_look
from mulin.site.ways_back import way_back


@always_open
@require_POST
def preferences(request: Request) -> HttpResponse:
    """Set what was sent and go back to the page one came from."""
    response = HttpResponseRedirect(way_back(request))
    chosen = {
        name: request.POST.get(name, "")
        for name, (_cookie, allowed) in CHOICES.items()
        if request.POST.get(name) in allowed
    }
    for name, value in chosen.items():
        keep_look(response, name, value)
    if isinstance(request.user, Account) and chosen:
        keep_looks_of(
            request.user,
            theme=chosen.get("theme", ""),
            type_size=chosen.get("type", ""),
            language=chosen.get("lang", ""),
        )
    return response
