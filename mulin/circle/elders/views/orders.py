"""Somebody calls; the catalogue of services; orders and what became of them."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mulin.circle.elders import queries
from mulin.circle.elders.actions.groups import lend_hand, plan_programme, sign_up
from mulin.circle.elders.actions.orders import (
    add_service,
    cancel_order,
    deliver,
    end_service,
    order_service,
    rate,
)
from mulin.circle.elders.forms import (
    CallForm,
    DeliverForm,
    EndServiceForm,
    HandForm,
    ProgrammeForm,
    RateForm,
    ServiceForm,
    WhyForm,
)
from mulin.circle.elders.models import Elder, Service, ServiceOrder
from mulin.circle.elders.rules import OrderState
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.kit.sentences import labelled
from mulin.kit.templatetags.kit import spoken_moment

#: What one form offers by a tap; what comes later stands in the list.
_SOON = 8
_SERVICE, _GATHERING = "service", "gathering"


@opened_to(*DESK_ROLES)
def call(request: Request) -> HttpResponse:
    """Somebody calls: a name, a tap, done. Below, what is to come and who helps there."""
    form = CallForm(request.POST or None, wanted=_wanted(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _heard(form, request))
        if done:
            messages.success(request, done)
            return redirect("elders:call")
    return _call_page(request, form)


def _wanted(request: Request) -> list[tuple[str, str]]:
    """What a caller can have: something that is to come, or a service."""
    soon = queries.programme(request.now)[:_SOON]
    return [
        *((f"{_GATHERING}-{one.pk}", f"{one.title} · {spoken_moment(one.starts_at, request.now)}") for one in soon),
        *((f"{_SERVICE}-{one.pk}", str(one)) for one in Service.objects.offered()),
    ]  # fmt: skip


def _heard(form: CallForm, request: Request) -> str:
    """A service is ordered, or a seat taken, in the caller's name."""
    person: Person = form.cleaned_data["person"]
    kind, _dash, number = form.cleaned_data["wanted"].partition("-")
    by = request.actor.by(Channel.PHONE, on_behalf_of=person.pk)
    if kind == _GATHERING:
        row = sign_up(
            Gathering.objects.get(pk=int(number)),
            person,
            by=request.actor,
            now=request.now,
            token=form.idempotency_token,
        )
        return labelled(person.name, row.get_stand_display())
    elder = Elder.objects.in_care().filter(person__in=Person.everyone_of(person)).first()
    if elder is None:
        raise Refused(
            _("They are not in care yet. Take them in first, with their consent."), field="person"
        )
    order = order_service(
        elder, Service.objects.get(pk=int(number)), words=form.cleaned_data["words"], by=by,
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip
    return labelled(person.name, order.service)


_CALL_DEEDS = {
    "programme": Deed(
        gettext_lazy("Put something into an idle room"),
        lambda form, request: plan_programme(
            form.plan(), weeks=form.cleaned_data["weeks"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("It is on the programme."), ProgrammeForm,
    ),
    "hand": Deed(
        gettext_lazy("Somebody lends a hand there"),
        lambda form, request: lend_hand(
            form.cleaned_data["gathering"], form.cleaned_data["person"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
        gettext_lazy("Their time there counts as given."), HandForm,
    ),
}  # fmt: skip


@opened_to(*DESK_ROLES)
@require_POST
def call_act(request: Request, deed: str) -> HttpResponse:
    """The programme of the idle rooms, and who helps."""
    refused = do(_CALL_DEEDS, deed, request)
    if refused is None:
        return redirect("elders:call")
    return _call_page(request, CallForm(wanted=_wanted(request)), failed=(deed, refused))


def _call_page(request: Request, form: CallForm, failed: Failed | None = None) -> HttpResponse:
    context = {
        "form": form, "page": page_of(queries.programme(request.now), request.GET, size=20),
        "deeds": shown(_CALL_DEEDS, partial(_url, "elders:call-act"), failed),
    }  # fmt: skip
    is_wrong = bool(failed or form.errors)
    return render(request, "elders/call.html", context, status=422 if is_wrong else 200)


@opened_to(*DESK_ROLES)
def services(request: Request) -> HttpResponse:
    """What was ordered and is still owed; then the catalogue."""
    return _services_page(request)


_SERVICE_DEEDS = {
    "add": Deed(
        gettext_lazy("A new service"),
        lambda form, request: add_service(
            form.offered(), by=request.actor, now=request.now, token=form.idempotency_token
        ),
        gettext_lazy("It is in the catalogue."), ServiceForm,
    ),
    "end": Deed(
        gettext_lazy("A service is offered no more"),
        lambda form, request: end_service(
            form.cleaned_data["service"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        gettext_lazy("It is offered no more."), EndServiceForm,
    ),
}  # fmt: skip


@opened_to(*DESK_ROLES)
@require_POST
def service_act(request: Request, deed: str) -> HttpResponse:
    """The catalogue is changed."""
    refused = do(_SERVICE_DEEDS, deed, request)
    if refused is None:
        return redirect("elders:services")
    return _services_page(request, failed=(deed, refused))


@opened_to(*DESK_ROLES)
@require_POST
def order_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """An order was delivered, called off, rated over the phone."""
    found: ServiceOrder = get_object_or_404(
        ServiceOrder.objects.select_related("elder__person", "service"), pk=pk
    )
    do(_order_deeds(found), deed, request)
    return redirect("elders:services")


def _order_deeds(found: ServiceOrder) -> dict[str, Deed]:
    return {
        "deliver": Deed(
            gettext_lazy("Delivered"),
            lambda form, request: deliver(
                found, minutes=form.cleaned_data["minutes"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), DeliverForm, is_line=True,
        ),
        "cancel": Deed(
            gettext_lazy("Cancel the order"),
            lambda form, request: cancel_order(
                found, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Called off."), WhyForm, is_line=True,
        ),
        "rate": Deed(
            gettext_lazy("How was it?"),
            lambda form, request: rate(
                found, rating=form.cleaned_data["rating"], words=form.cleaned_data["words"],
                by=request.actor.by(Channel.PHONE, on_behalf_of=found.elder.person_id),
                now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), RateForm, is_line=True,
        ),
    }  # fmt: skip


def _services_page(request: Request, failed: Failed | None = None) -> HttpResponse:
    show = "done" if request.GET.get("show") == "done" else "open"
    rows = ServiceOrder.objects.select_related("elder__person", "service__provider")
    if show == "open":
        rows = rows.open().order_by("due_at", "pk")
    else:
        rows = rows.exclude(state=OrderState.ASKED)
    catalogue = Service.objects.offered().select_related("provider")
    deeds = dict(_SERVICE_DEEDS)
    if not catalogue:
        del deeds["end"]
    context = {
        "page": page_of(rows, request.GET), "show": show, "catalogue": catalogue,
        "plain_form": PlainForm(),
        "deeds": shown(deeds, partial(_url, "elders:service-act"), failed),
    }  # fmt: skip
    return render(request, "elders/services.html", context, status=422 if failed else 200)


def _url(name: str, deed: str) -> str:
    return reverse(name, args=[deed])
