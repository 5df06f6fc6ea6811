"""The resident's side: tell, follow, confirm."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.flow.models import Need
from mulin.commons.flow.queries import followed, journey
from mulin.ground.community.access import Request, public
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import PlainForm
from mulin.parlour.reception.actions.demands import confirm_demand, receive_demand
from mulin.parlour.reception.actions.joining import part_demand
from mulin.parlour.reception.forms.demands import (
    ConfirmForm,
    TellForm,
)
from mulin.parlour.reception.models import Demand, Sending, Story
from mulin.parlour.reception.permissions import asked
from mulin.parlour.reception.queries import Spot, spot_behind
from mulin.parlour.reception.rules import State
from mulin.parlour.reception.similar import Here, Similar, joined_by_number, similar_in_the_street
from mulin.parlour.reception.standing import shown, standing


@public
def tell(request: Request) -> HttpResponse:
    """Say what is wrong: three fields and a photo, from a QR code or from home."""
    code = request.GET.get("at", "")
    spot = spot_behind(code) if code else Spot()
    is_known = request.actor.account_id is not None
    form = TellForm(
        request.POST or None,
        request.FILES or None,
        building=spot.building,
        place=spot.place,
        is_known=is_known,
        initial={"place_words": spot.unit.name if spot.unit else ""},
    )
    neighbours: list[Similar] = []
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["looked"]:
            words = form.cleaned_data["words"]
            neighbours = similar_in_the_street(
                words, Here.of(spot.building, spot.place), request.now
            )
        if neighbours:
            form.add_error(None, _("Somebody may have told us already: look below, then send it."))
        demand = None if neighbours else _received(request, form)
        if demand is not None:
            return redirect("reception:follow", code=demand.need.follow_code)
        form.keep_what_was_sent()
    context = {
        "form": form, "spot": spot if spot.name else None, "here": "home", "at": code,
        "neighbours": shown(neighbours, request.now),
    }  # fmt: skip
    return render(request, "reception/tell.html", context)


def _received(request: Request, form: TellForm) -> Demand | None:
    """What was told, as a demand; None when it was refused."""
    by = request.actor.by(Channel.QR if form.building or form.place else Channel.ONLINE)
    person = Person.objects.filter(pk=request.actor.person_id or 0).first()
    number = form.cleaned_data["joins"]
    lead = joined_by_number(by, number) if number else None
    if number and lead is None:
        form.add_error(None, _("That one is not open any more. Send yours by itself."))
        return None
    return attempt(
        form,
        lambda: receive_demand(
            form.said(person=person), by=by, now=request.now, token=form.idempotency_token,
            joins=lead,
        ),
    )  # fmt: skip


@public
def follow(request: Request, code: str) -> HttpResponse:
    """One need's journey, for whoever asked; the answer is confirmed here, by POST only."""
    need = followed(code)
    if need is None:
        raise Http404
    demand = Demand.objects.filter(need=need).select_related("owner", "need").first()
    form = ConfirmForm(request.POST or None, auto_id="confirm_%s")
    by = _holder(request, need)
    if request.method == "POST" and demand is not None and form.is_valid():
        heard = attempt(
            form,
            lambda: confirm_demand(
                demand, by=by, solved=form.is_solved, rating=form.rating,
                words=form.cleaned_data["words"], now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if heard is not None:
            messages.success(request, _("Thank you. We have written it down."))
            return redirect("reception:follow", code=code)
    return render(request, "reception/follow.html", _followed_page(request, need, demand, form))


def _followed_page(
    request: Request, need: Need, demand: Demand | None, form: ConfirmForm
) -> dict[str, object]:
    told = journey(need, request.actor, may_work=False, is_asker=True)
    tone: str = ""
    word: str | Promise = ""
    if demand is not None:
        tone, word = standing(demand.state, demand.due_at, request.now)
    return {
        "need": need,
        "demand": demand,
        "journey": told,
        "form": form,
        "asks": demand is not None and demand.state == State.ANSWERED,
        "is_open": demand is not None and demand.is_open,
        "tone": tone,
        "word": word,
        "shown": Story.objects.shown().filter(demand=demand).first() if demand else None,
        "object_form": PlainForm(auto_id="object_%s"),
        "joined_with": _joined_with(demand),
        "sendings": _out_for(demand),
        "plain_form": PlainForm(),
        "is_named": asked(request.actor, need),
        "here": "mine",
    }


def _joined_with(demand: Demand | None) -> Demand | None:
    """The demand that this one goes with, whose owner and limit are now its own."""
    if demand is None or demand.state != State.JOINED:
        return None
    joining = (
        demand.joinings.filter(ended_at__isnull=True)
        .select_related("lead__need__category", "lead__owner")
        .first()
    )
    return joining.lead if joining else None


def _out_for(demand: Demand | None) -> list[Sending]:
    """The units outside that are now asked, by the demand itself or the one it goes with."""
    lead = _joined_with(demand) or demand
    if lead is None or not lead.is_open:
        return []
    return list(Sending.objects.out().filter(demand=lead).select_related("organisation"))


def _holder(request: Request, need: Need) -> Actor:
    return replace(request.actor.by(Channel.ONLINE), held_code=need.follow_code)


@public
@require_POST
def leave(request: Request, code: str) -> HttpResponse:
    """The asker says that theirs is another matter: it goes on by itself."""
    need = followed(code)
    demand = Demand.objects.filter(need=need).select_related("owner", "need").first()
    if need is None or demand is None:
        raise Http404
    form = PlainForm(request.POST)
    by = _holder(request, need)
    form.is_valid()
    token = form.idempotency_token
    if attempt(form, lambda: part_demand(demand, by=by, now=request.now, token=token)):
        messages.success(request, _("It goes on by itself."))
    else:
        messages.error(request, _("It does not go with another now."))
    return redirect("reception:follow", code=code)
