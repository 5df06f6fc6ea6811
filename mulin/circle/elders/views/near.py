"""For helpers, elders and their families; and what everybody may see."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.elders import queries
from mulin.circle.elders.actions.orders import cancel_order, order_service, rate, thank
from mulin.circle.elders.forms import OrderForm, RateForm, RouteForm, ThankForm, WhyForm
from mulin.circle.elders.models import Elder, Group, Kin, Pair, Service, ServiceOrder, Thanks
from mulin.circle.elders.rules import (
    BARS_ROOM,
    MONTH_STEP,
    Hours,
    OrderState,
    month_bars,
)
from mulin.ground.community.access import Request, opened_to, public, with_own_key
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.clock import local_day
from mulin.kit.forms import fresh_token
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper

_LATEST = 6
#: One family rarely has more than four old people; whoever has more sees the first of them.
_MOST_NEAR = 6


@with_own_key
@require_safe
def walk(request: Request) -> HttpResponse:
    """Whom I look in on, door after door; one tap where all is well."""
    shows_all = request.GET.get("show") == "all"
    found = queries.round_of(request.actor, request.now, only_due=not shows_all)
    me = queries.helpers_of(request.actor).first()
    groups = Group.objects.filter(ended_on=None, leader=request.actor.person_id or 0)
    context = {
        "round": found, "stops": [(one, fresh_token()) for one in found.stops],
        "picture": found.picture(request.now), "shows_all": shows_all, "is_helper": me is not None, "groups": groups,
        "thanks": Thanks.objects.filter(person=me.person_id).select_related("elder__person")[:_LATEST]
        if me else [],
        "hours": queries.hours_of([me.person_id])[me.person_id] if me else None,
    }  # fmt: skip
    return render(request, "elders/round.html", context)


@with_own_key
@require_safe
def walk_paper(request: Request) -> HttpResponse:
    """The same way for the pocket: the map, and door after door."""
    only_due = request.GET.get("show") != "all"
    found = queries.round_of(request.actor, request.now, only_due=only_due)
    return _way_on_paper(request, found, who="")


@opened_to(*DESK_ROLES)
@require_safe
def route(request: Request) -> HttpResponse:
    """The way of a day past everybody who is due: the desk's own, or a helper's."""
    form, found, _who = _day(request)
    context = {
        "form": form, "round": found, "picture": found.picture(request.now),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "elders/route.html", context)


@opened_to(*DESK_ROLES)
@require_safe
def route_paper(request: Request) -> HttpResponse:
    """The same printed, for whoever sets out."""
    _form, found, who = _day(request)
    return _way_on_paper(request, found, who=who)


def _day(request: Request) -> tuple[RouteForm, queries.Round, str]:
    form = RouteForm(request.GET)
    helper = form.cleaned_data["helper"] if form.is_valid() else None
    if helper is None:
        return form, queries.day_of_desk(request.now), ""
    return form, queries.day_of(helper, request.now), str(helper)


def _way_on_paper(request: Request, found: queries.Round, *, who: str) -> HttpResponse:
    context = {
        "round": found, "who": who, "picture": found.picture(request.now),
        "day": local_day(request.now),
    }  # fmt: skip
    return paper("elders/paper/route.html", context, request=request, name=_("The way of the day"))


@with_own_key
@require_safe
def mine(request: Request) -> HttpResponse:
    """Visits, meals and services: one's own, and of those whose family may see them."""
    return _mine_page(request)


@with_own_key
@require_POST
def mine_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """A service is asked for, rated, called off; a word of thanks."""
    elder: Elder = get_object_or_404(
        Elder.objects.near_to(request.actor).select_related("person"), pk=pk
    )
    refused = do(_deeds(elder, request), deed, request)
    if refused is None:
        return redirect("elders:mine")
    return _mine_page(request, failed=(elder.pk, (deed, refused)))


def _helper_of(elder: Elder) -> Pair | None:
    found: Pair | None = (
        Pair.objects.alive().filter(elder=elder).select_related("helper__person").first()
    )
    return found


def _deeds(elder: Elder, request: Request) -> dict[str, Deed]:
    """`rate-<order>` and `cancel-<order>` are about one order, the rest about the elder."""
    deeds = {
        "order": Deed(
            gettext_lazy("Order a service"),
            lambda form, request: order_service(
                elder, form.cleaned_data["service"], words=form.cleaned_data["words"],
                by=request.actor.by("online", on_behalf_of=elder.person_id), now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Ordered. Somebody calls or comes within a day."), OrderForm,
        ),
    }  # fmt: skip
    pair = _helper_of(elder)
    if pair is not None:
        deeds["thank"] = Deed(
            gettext_lazy("Thank the helper"),
            lambda form, request: thank(
                elder, pair.helper.person, words=form.cleaned_data["words"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("They will be glad."), ThankForm,
        )  # fmt: skip
    for order in elder.orders.select_related("service", "elder").order_by("-asked_at")[:_LATEST]:
        deeds |= _order_deeds(order)
    return deeds


def _order_deeds(order: ServiceOrder) -> dict[str, Deed]:
    if order.state == OrderState.ASKED:
        return {
            f"cancel-{order.pk}": Deed(
                gettext_lazy("Cancel the order"),
                lambda form, request: cancel_order(
                    order, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                    token=form.idempotency_token,
                ),
                gettext_lazy("Called off."), WhyForm,
            )
        }  # fmt: skip
    if order.state == OrderState.DELIVERED and order.rating is None:
        return {
            f"rate-{order.pk}": Deed(
                gettext_lazy("How was it?"),
                lambda form, request: rate(
                    order, rating=form.cleaned_data["rating"], words=form.cleaned_data["words"],
                    by=request.actor, now=request.now, token=form.idempotency_token,
                ),
                gettext_lazy("Thank you for telling us."), RateForm,
            )
        }  # fmt: skip
    return {}


def _mine_url(pk: int, deed: str) -> str:
    return reverse("elders:mine-act", args=[pk, deed])


def _mine_page(request: Request, failed: tuple[int, Failed] | None = None) -> HttpResponse:
    near = list(Elder.objects.near_to(request.actor).select_related("person")[:_MOST_NEAR])
    blocks = []
    for elder in near:
        refused = failed[1] if failed and failed[0] == elder.pk else None
        listed = shown(_deeds(elder, request), partial(_mine_url, elder.pk), refused)
        forms = {one.name: one for one in listed}
        orders = [
            (one, forms.pop(f"rate-{one.pk}", None) or forms.pop(f"cancel-{one.pk}", None))
            for one in elder.orders.select_related("service").order_by("-asked_at")[:_LATEST]
        ]
        blocks.append(
            {
                "elder": elder, "pair": _helper_of(elder), "orders": orders,
                "contacts": elder.contacts.select_related("helper__person", "entered_by")[:_LATEST],
                "meals": queries.meals_of(elder.person, most=_LATEST),
                "hours": queries.hours_of([elder.person_id])[elder.person_id],
                "family": Kin.objects.filter(elder=elder, until=None).select_related("person"),
                "deeds": forms.values(),
            }
        )  # fmt: skip
    context = {"blocks": blocks, "programme": queries.programme(request.now)[:_LATEST]}
    return render(request, "elders/mine.html", context, status=422 if failed else 200)


@opened_to(*DESK_ROLES)
@require_safe
def balance(request: Request) -> HttpResponse:
    """Hours given beside hours received: the community by month, each group, each person."""
    shows_people = request.GET.get("by") == "person"
    if shows_people:
        page = page_of(queries.people_of_balance(), request.GET)
        ids = [one.pk for one in page.rows]
        hours, gifts = queries.hours_of(ids), queries.gifts_of(ids)
        lines = [(one.name, gifts.get(one.pk, ("", "")), hours[one.pk]) for one in page.rows]
    else:
        page = page_of(queries.groups_now(), request.GET)
        lines = [
            (one.name, (str(size), one.does), hours)
            for one, size, hours in queries.hours_of_groups(page.rows)
        ]
    context = {
        "page": page, "lines": lines, "shows_people": shows_people, **_trends(request),
    }  # fmt: skip
    return render(request, "elders/balance.html", context)


def _trends(request: Request) -> dict[str, object]:
    months = queries.hours_by_month(request.now)
    return {
        "months": month_bars(months), "bars_room": BARS_ROOM,
        "bars_width": len(months) * MONTH_STEP,
        "twelve": sum((hours for _month, hours in months), Hours()),
    }  # fmt: skip


@public
@require_safe
def about(request: Request) -> HttpResponse:
    """What there is for old people, what is to come, and how the hours given grow. No names."""
    context = {
        "services": Service.objects.offered().select_related("provider"),
        "programme": queries.programme(request.now)[:_LATEST],
        "groups": Group.objects.filter(ended_on=None)[:60],
        **_trends(request),
    }  # fmt: skip
    return render(request, "elders/about.html", context)
