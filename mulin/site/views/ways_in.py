"""The desk helps somebody in: a printed card, or the account of their own phone."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.permissions import may_print_card
from mulin.ground.community.queries import running_memberships
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.notify.actions.wechat import unlink_wechat
from mulin.ground.people.models import Person
from mulin.site.ways_in import card_for, join_by_phone, ways_in_of

_MOST = 20


@opened_to(*DESK_ROLES)
@require_safe
def ways_in(request: Request) -> HttpResponse:
    """Find somebody, and see how they come in."""
    query = request.GET.get("q", "").strip()
    found = Person.objects.on_roll().search(query, most=_MOST) if query else Person.objects.none()
    context = {"query": query, "ways": ways_in_of(found.select_related("account"))}
    return render(request, "site/account_ways_in.html", context)


@never_cache
@opened_to(*DESK_ROLES)
@require_POST
def print_card(request: Request, pk: int) -> HttpResponse:
    """A card to be printed now: its code is kept nowhere."""
    person = _person(pk)
    held = running_memberships(person.account_id, request.now) if person.account_id else None
    if held is not None and not may_print_card(request.actor, held):
        raise Http404("whoever needs a second factor has no card")
    code = card_for(person, by=request.actor, now=request.now)
    return render(request, "site/account_card.html", {"holder": person, "code": code})


@opened_to(*DESK_ROLES)
@require_POST
def join(request: Request, pk: int) -> HttpResponse:
    """The account with this phone is this person's; the desk has asked them."""
    person = _person(pk)
    if join_by_phone(person, by=request.actor, now=request.now) is None:
        raise Http404("no account has this phone")
    messages.success(request, _("From now on %(name)s sees their matters.") % {"name": person.name})
    return redirect("site:ways-in")


@opened_to(*DESK_ROLES)
@require_POST
def end_wechat(request: Request, pk: int) -> HttpResponse:
    """Their phone is gone, or a child took it over: the WeChat linked with them lets nobody in."""
    person = _person(pk)
    held = running_memberships(person.account_id, request.now) if person.account_id else []
    if person.account is None or not may_print_card(request.actor, held):
        raise Http404("nobody whose ways in the desk keeps")
    unlink_wechat(person.account, by=request.actor, now=request.now)
    messages.success(
        request, _("The WeChat of %(name)s lets nobody in any more.") % {"name": person.name}
    )
    return redirect("site:ways-in")


def _person(pk: int) -> Person:
    found: Person = get_object_or_404(Person.objects.on_roll().select_related("account"), pk=pk)
    return found
