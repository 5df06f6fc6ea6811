"""Work that several do: offers, help, units outside, similar demands, answer templates."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.flow.models import Visibility
from mulin.commons.flow.rules import place_line
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.places.models import Building
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.reception.actions import joining, joint
from mulin.parlour.reception.actions.templates import keep_template, withdraw_template
from mulin.parlour.reception.forms.demands import (
    AnswerForm,
)
from mulin.parlour.reception.forms.joint import BackForm, RefuseForm, ReportForm, TemplateForm
from mulin.parlour.reception.models import AnswerTemplate, Demand, Offer, Sending, Share
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import demand_for, spot_behind, templates_for
from mulin.parlour.reception.rules import filled
from mulin.parlour.reception.similar import Here, similar, similar_in_the_street
from mulin.parlour.reception.standing import shown
from mulin.parlour.reception.views.desk import detail_of, found_demand, list_of

Deeds = dict[str, Callable[[Any], Demand]]  # Any: what was typed


@opened_to(*HANDLER_ROLES)
@require_POST
def offer(request: Request, pk: int, deed: str) -> HttpResponse:
    """Take over what was offered, say why not, or withdraw the offer."""
    related = Offer.objects.select_related("demand__need", "to")
    found: Offer = get_object_or_404(related, pk=pk)
    deeds: Deeds = {
        "accept": lambda values: joint.accept_offer(found, **values),
        "refuse": lambda values: joint.refuse_offer(found, **values),
        "withdraw": lambda values: joint.withdraw_offer(found, **values),
    }
    form = RefuseForm if deed == "refuse" else PlainForm
    return _done(request, found.demand_id, deeds, deed, form(request.POST, auto_id="refuse_%s"))


@opened_to(*HANDLER_ROLES)
@require_POST
def share(request: Request, pk: int, deed: str) -> HttpResponse:
    """Report what was done of one's part, or let a helper go."""
    found: Share = get_object_or_404(Share.objects.select_related("demand__need", "helper"), pk=pk)
    deeds: Deeds = {
        "report": lambda values: joint.report_share(found, **values),
        "release": lambda values: joint.release_share(found, **values),
    }
    form = ReportForm if deed == "report" else PlainForm
    return _done(request, found.demand_id, deeds, deed, form(request.POST, auto_id="report_%s"))


@opened_to(*HANDLER_ROLES)
@require_POST
def sending(request: Request, pk: int, deed: str) -> HttpResponse:
    """Write down what a unit outside answered, or that it was reminded."""
    related = Sending.objects.select_related("demand__need", "organisation")
    found: Sending = get_object_or_404(related, pk=pk)
    deeds: Deeds = {
        "back": lambda values: joint.bring_back(found, **values),
        "remind": lambda values: joint.note_reminder(found, **values),
    }
    form: ActForm = PlainForm(request.POST)
    if deed == "back":
        form = BackForm(request.POST, request.FILES, auto_id=f"back{pk}_%s")
    return _done(request, found.demand_id, deeds, deed, form, about=pk)


@opened_to(*HANDLER_ROLES)
@require_POST
def join(request: Request, pk: int, lead: int) -> HttpResponse:
    """Let a demand go with another."""
    found, other = found_demand(request, pk), found_demand(request, lead)
    deeds: Deeds = {"join": lambda values: joining.join_demand(found, lead=other, **values)}
    return _done(request, pk, deeds, "join", PlainForm(request.POST))


@opened_to(*HANDLER_ROLES)
@require_POST
def fill(request: Request, pk: int) -> HttpResponse:
    """A template's words stand in the answer, below what was typed; nothing is sent by it."""
    found = found_demand(request, pk)
    chosen = request.POST.get("template", "")
    fitting = templates_for(found.need.category)
    template = fitting.filter(pk=chosen).first() if chosen.isdigit() else None
    words = filled(template.words, _values_of(request, found)) if template else ""
    typed = request.POST.copy()
    typed["words"] = "\n".join(filter(None, (typed.get("words", "").strip(), words)))[:2000]
    form = AnswerForm(typed, request.FILES, auto_id="answer_%s")
    form.fields["words"].widget.attrs["data-focus"] = ""
    form.is_valid()
    form.keep_what_was_sent()
    detail = {**detail_of(request, found), "answer_form": form, "tried": "answer"}
    return render(request, "reception/desk.html", list_of(request) | detail)


@opened_to(*HANDLER_ROLES)
def similar_to(request: Request, pk: int) -> HttpResponse:
    """Demands near that may be about the same thing, each with a button that joins."""
    found = found_demand(request, pk)
    need = found.need
    here = Here.of(need.building, need.place)
    rows = similar(request.actor, need.words, here, request.now, besides=found.pk)
    context = {"similar": shown(rows, request.now), "demand": found, "form": PlainForm()}
    context["may_join"] = found.is_open and may(request.actor, "work_on", found)
    return render(request, "reception/similar.html", context)


@opened_to(*HANDLER_ROLES)
@require_POST
def similar_typed(request: Request) -> HttpResponse:
    """The same while a demand is being written down."""
    chosen = request.POST.get("building", "")
    building = Building.objects.filter(pk=chosen).first() if chosen.isdigit() else None
    rows = similar(request.actor, request.POST.get("words", ""), Here.of(building), request.now)
    context = {"similar": shown(rows, request.now), "is_being_typed": True}
    return render(request, "reception/similar.html", context)


@public
@require_POST
def similar_told(request: Request) -> HttpResponse:
    """What a resident is told while typing: kind, place, since when, how many; no words, no name."""
    spot = spot_behind(request.GET.get("at", ""))
    here = Here.of(spot.building, spot.place)
    rows = similar_in_the_street(request.POST.get("words", ""), here, request.now)
    context = {"neighbours": shown(rows, request.now), "chosen": request.POST.get("joins", "")}
    return render(request, "reception/neighbours.html", context)


@opened_to(*HANDLER_ROLES)
def templates(request: Request) -> HttpResponse:
    """The answer templates; the head writes one more."""
    return _template_page(request, None)


@opened_to(*HANDLER_ROLES)
def template(request: Request, pk: int) -> HttpResponse:
    """One of them, to be read; the head changes it."""
    listed = AnswerTemplate.objects.filter(withdrawn_at__isnull=True)
    return _template_page(request, get_object_or_404(listed, pk=pk))


@opened_to(*HANDLER_ROLES)
@require_POST
def template_withdraw(request: Request, pk: int) -> HttpResponse:
    """Take one off the list."""
    if not may(request.actor, "change_templates"):
        raise Http404
    found: AnswerTemplate = get_object_or_404(AnswerTemplate, pk=pk)
    form = PlainForm(request.POST)
    form.is_valid()
    withdraw_template(found, by=request.actor, now=request.now, token=form.idempotency_token)
    messages.success(request, _("Done."))
    return redirect("reception:templates")


def _template_page(request: Request, found: AnswerTemplate | None) -> HttpResponse:
    may_change = may(request.actor, "change_templates")
    initial = (
        {"name": found.name, "words": found.words, "category": found.category_id} if found else {}
    )
    form = TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and not may_change:
        raise Http404
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "words", "category")}
        kept = attempt(
            form,
            lambda: keep_template(
                found, by=request.actor, now=request.now, token=form.idempotency_token, **values
            ),
        )
        if kept is not None:
            messages.success(request, _("Done."))
            return redirect("reception:templates")
    rows = AnswerTemplate.objects.filter(withdrawn_at__isnull=True).select_related("category")
    context = {
        "page": page_of(rows, request.GET), "form": form, "template": found,
        "may_change": may_change, "plain_form": PlainForm(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "reception/templates.html", context, status=status)


def _done(
    request: Request, pk: int, deeds: Deeds, deed: str, form: ActForm, *, about: int = 0
) -> HttpResponse:
    """Do it and show the demand again; its form comes back with the reason when it was refused."""
    found = demand_for(request.actor, pk)
    if deed not in deeds or found is None:
        raise Http404
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "token"}
        values |= {"by": request.actor, "now": request.now, "token": form.idempotency_token}
        if attempt(form, lambda: deeds[deed](values)) is not None:
            messages.success(request, _("Done."))
            # Whoever said no may not read it any more.
            is_there = demand_for(request.actor, pk) is not None
            return redirect("reception:demand", pk=pk) if is_there else redirect("reception:desk")
    detail = detail_of(request, found_demand(request, pk)) | {"tried": deed}
    detail[{"refuse": "refuse_form", "report": "report_form"}.get(deed, "plain_form")] = form
    for part in detail["sendings"] if deed == "back" else ():
        if part["sending"].pk == about:
            part["form"] = form
    return render(request, "reception/desk.html", list_of(request) | detail, status=422)


def _values_of(request: Request, demand: Demand) -> dict[str, str]:
    """What a template is filled with; a name that is not to be known is not."""
    need = demand.need
    place = need.building or need.place
    # Whoever goes with it reads the same answer.
    is_alone = not demand.followers.filter(ended_at__isnull=True).exists()
    shows_name = need.visibility == Visibility.NAMED and need.person is not None and is_alone
    return {
        "asker": need.person.name if shows_name and need.person else "",
        "number": need.number,
        "category": need.category.name if need.category else "",
        "where": place_line((place.name,) if place else (), need.place_words),
        "said_on": date_format(localtime(need.said_at), "MONTH_DAY_FORMAT"),
        "handler": request.actor.name,
        "phone": request.community.phone,
    }
