"""The emergency pack at the desk: how old it is, make it anew, print it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paper.printing import PressMissing, no_press, pdf_response
from mulin.parlour.reception.actions.packs import make_pack, print_pack
from mulin.parlour.reception.models import EmergencyPack
from mulin.parlour.reception.queries import packs


@opened_to(*DESK_ROLES)
@require_safe
def pack_list(request: Request) -> HttpResponse:
    """Today's pack and those of the days before, with when each was made and printed."""
    return _page(request, PlainForm())


@opened_to(*DESK_ROLES)
@require_POST
def make(request: Request) -> HttpResponse:
    """Make today's pack anew, as of now."""
    form = PlainForm(request.POST)
    form.is_valid()
    by, now, token = request.actor, request.now, form.idempotency_token
    try:
        made = attempt(form, lambda: make_pack(by=by, now=now, token=token))
    except PressMissing:
        return no_press(request)
    if made is None:
        return _page(request, form)
    messages.success(request, _("Made. Print it now."))
    return redirect("reception:packs")


@opened_to(*DESK_ROLES)
@require_POST
def print_out(request: Request, pk: int) -> HttpResponse:
    """The pack as a PDF; who took it is noted."""
    pack: EmergencyPack = get_object_or_404(EmergencyPack.objects.all(), pk=pk)
    form = PlainForm(request.POST)
    form.is_valid()
    pdf = print_pack(pack, by=request.actor, now=request.now, token=form.idempotency_token)
    return pdf_response(pdf, name=_("Emergency pack %(day)s") % {"day": pack.day.isoformat()})


def _page(request: Request, form: PlainForm) -> HttpResponse:
    kept = list(packs(request.actor, request.now))
    context = {
        "form": form,
        "packs": kept,
        "is_made": bool(kept) and kept[0].day == local_day(request.now),
    }
    return render(
        request, "reception/packs.html", context, status=422 if form.errors else 200
    )  # fmt: skip
