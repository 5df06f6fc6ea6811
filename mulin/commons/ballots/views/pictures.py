"""Pictures of paper ballots: handed in, shown to those who count, settled; and the sample is drawn."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ballots import queries
from mulin.commons.ballots.actions.paper import draw_sample
from mulin.commons.ballots.actions.pictures import settle_picture, take_in_pictures
from mulin.commons.ballots.forms import PicturesForm, SampleForm, SettleForm
from mulin.commons.ballots.models import SheetPicture
from mulin.commons.ballots.permissions import COMMITTEE, OBSERVERS, may_observe
from mulin.commons.ballots.rules import Settled, State
from mulin.commons.ballots.views.holders import observer_page, read_page, shown
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Community
from mulin.kit.acts import attempt
from mulin.kit.sentences import labelled


@opened_to(*COMMITTEE, *OBSERVERS)
@require_POST
def take_in(request: Request, code: str, group: str) -> HttpResponse:
    """Photos of the sheets of a box, or what the scanner made of them."""
    election = shown(code)
    constituency = get_object_or_404(election.constituencies.all(), code=group)
    form = PicturesForm(request.POST, request.FILES)
    community: Community = request.community
    if form.is_valid():
        kept, refused = form.cleaned_data["sheets"]
        count = attempt(
            form,
            lambda: take_in_pictures(
                constituency, kept, community=community, by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if count is not None:
            told = ngettext("%(count)d file taken in.", "%(count)d files taken in.", count)
            messages.success(request, told % {"count": count})
            for name, why in refused:
                messages.error(request, labelled(name, why))
            return redirect("ballots:read", code=code, group=group)
    return read_page(request, election, constituency, 422, pictures_form=form)


@opened_to(*COMMITTEE, *OBSERVERS)
@require_safe
@never_cache
def picture(request: Request, code: str, pk: int) -> HttpResponse:
    """A picture, for those who count; after publication for observers, as long as it is kept."""
    election = shown(code)
    found: SheetPicture = get_object_or_404(
        SheetPicture.objects.filter(constituency__election=election), pk=pk
    )
    is_counted = election.stage in {State.SEALED, State.OPENED}
    if not found.picture or not (is_counted or may_observe(request.actor)):
        raise Http404
    if not is_counted:
        record_look(found, by=request.actor, what="sheet", reason=_("picture"), now=request.now)
    return HttpResponse(queries.picture_content(found), content_type="image/jpeg")


@opened_to(*COMMITTEE, *OBSERVERS)
@require_POST
def settle(request: Request, code: str, pk: int) -> HttpResponse:
    """What becomes of a picture that lies at no sheet."""
    election, form = shown(code), SettleForm(request.POST)
    found = get_object_or_404(queries.pictures_waiting(election), pk=pk)
    constituency = found.constituency
    if form.is_valid() and attempt(
        form,
        lambda: settle_picture(
            found, Settled(form.cleaned_data["how"]), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Done."))
        return redirect("ballots:read", code=code, group=constituency.code)
    return read_page(request, election, constituency, 422, settle_form=form)


@opened_to(*OBSERVERS)
@require_POST
def sample(request: Request, code: str) -> HttpResponse:
    """The public number that draws which sheets are counted by hand again."""
    election, form = shown(code), SampleForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: draw_sample(
            election, number=form.cleaned_data["number"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Drawn. Take these sheets out of the stack."))
        return redirect("ballots:observer", code=code)
    return observer_page(request, election, 422, sample_form=form)
