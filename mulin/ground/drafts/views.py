"""What was typed comes and goes; the script of the page asks, its writer looks."""

import json

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, at_the_door, opened_to, with_own_key
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.drafts.actions import keep_draft, throw_away
from mulin.ground.drafts.queries import drafts_of, named_place, spent_among
from mulin.ground.drafts.rules import LONGEST, is_place, keepable
from mulin.kit.templatetags.kit import spoken_moment


@never_cache
@opened_to(*HANDLER_ROLES)
def mine(request: Request) -> HttpResponse:
    """All that I have begun, wherever I typed it."""
    begun = [(draft, named_place(draft.path, request.actor)) for draft in drafts_of(request.actor)]
    return render(request, "drafts/mine.html", {"drafts": begun})


@never_cache
@with_own_key
def kept(request: Request) -> JsonResponse:
    """What I have typed into these forms (`?form=…&form=…`), and which of the tokens that the tab
    remembers (`&token=…`) were sent, for the page that shows the forms.
    """
    found = drafts_of(request.actor, request.GET.getlist("form"))
    return JsonResponse(
        {
            "spent": spent_among(request.actor, request.GET.getlist("token")),
            "drafts": [
                {
                    "form": draft.form,
                    "token": draft.token,
                    "path": draft.path,
                    "began": spoken_moment(draft.began_at, request.now),
                    "words": draft.words[:40],
                    "fields": draft.fields,
                }
                for draft in found
            ],
        }
    )


@at_the_door
@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep what a form holds now. It is taken from a locked page as well, which gives nothing back.

    The page says whose it is: its last letters may arrive when somebody else has signed in here.
    """
    posted = request.POST
    typed = posted.get("fields", "")
    if posted.get("account") != str(request.actor.account_id) or len(typed) > 2 * LONGEST:
        return HttpResponse(status=409)
    fields = keepable(_read(typed))
    form, token, path = (posted.get(name, "") for name in ("form", "token", "path"))
    if fields is None or not is_place(form, token, path):
        return HttpResponse(status=400)
    keep_draft(
        by=request.actor, form=form, token=token, path=path, fields=fields,
        goes_on_with=posted.get("goes_on_with", ""), now=request.now,
    )  # fmt: skip
    return HttpResponse(status=204)


@with_own_key
@require_POST
def throw(request: Request) -> HttpResponse:
    """Throw one away."""
    throw_away(request.POST.get("token", ""), by=request.actor)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    messages.success(request, _("Thrown away."))
    return redirect("drafts:mine")


def _read(typed: str) -> object:
    try:
        return json.loads(typed)
    except ValueError:
        return None
