"""My files, and the page that asks what is to stand in the next one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.downloads import actions
from mulin.ground.downloads.forms import AskForm
from mulin.ground.downloads.permissions import TAKERS, may_ask
from mulin.ground.downloads.queries import downloads_of, listings_for
from mulin.ground.downloads.registry import EVERYTHING, Listing, by_room, listing_of
from mulin.ground.downloads.rules import State
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.kit.sheets import XLSX

TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


@opened_to(*TAKERS)
@require_safe
def mine(request: Request) -> HttpResponse:
    """The files I asked for, and the lists I can ask for."""
    page = page_of(downloads_of(request.actor), request.GET, size=20)
    context = {
        "page": page,
        "lines": [(one, _label_of(one.listing)) for one in page.rows],
        "is_waiting": any(one.state == State.WAITING for one in page.rows),
        "rooms": by_room(listings_for(request.actor)),
        "everything": EVERYTHING,
    }
    return render(request, "downloads/mine.html", context)


@opened_to(*TAKERS)
def ask(request: Request, name: str) -> HttpResponse:
    """What is to stand in the file, as what, and what for."""
    listing = _listing(request, name)
    today = local_day(request.now)
    this_month = {"first": today.replace(day=1), "last": today}
    narrowed = listing.form(request.POST or request.GET or None, initial=this_month)
    form = AskForm(request.POST or None, about_persons=listing.about_persons)
    if request.method == "POST" and all((form.is_valid(), narrowed.is_valid())):
        values = form.cleaned_data
        asked = attempt(
            form,
            lambda: actions.ask_for(
                listing, typed=_typed(request, listing), format_=values["format"],
                purpose=values["purpose"], community=request.community, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if asked is not None:
            messages.success(request, _("The file is being made. It stands here in a moment."))
            return redirect("downloads:mine")
    status = 422 if request.method == "POST" else 200
    context = {"listing": listing, "form": form, "narrowed": narrowed}
    return render(request, "downloads/ask.html", context, status=status)


@opened_to(*TAKERS)
@require_POST
@never_cache
def fetch(request: Request, pk: int) -> HttpResponse:
    """The file itself, for whoever asked for it."""
    found = get_object_or_404(downloads_of(request.actor), pk=pk)
    name, content = actions.fetch(found, by=request.actor, now=request.now)
    response = HttpResponse(content, content_type=TYPES[found.suffix])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(name)}"
    return response


def _listing(request: Request, name: str) -> Listing:
    try:
        found = listing_of(name)
    except LookupError as missing:
        raise Http404("no such list") from missing
    if not may_ask(request.actor, found):
        raise Http404("not this actor's list")
    return found


def _label_of(name: str) -> object:
    try:
        return listing_of(name).label
    except LookupError:
        return name


def _typed(request: Request, listing: Listing) -> str:
    """What narrows the list, without the rest of the form."""
    typed = request.POST.copy()
    for name in list(typed):
        if name not in listing.form.base_fields or not typed[name]:
            del typed[name]
    return typed.urlencode()
