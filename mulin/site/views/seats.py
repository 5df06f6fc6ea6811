"""Changing places at a shared desk: leave it to a colleague, come back to it."""

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash, user_logged_in
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, at_the_desk, opened_to
from mulin.ground.community.models import Account
from mulin.ground.community.queries import is_resting
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.site import seats
from mulin.site.forms.doors import SeatForm
from mulin.site.middleware import SECOND_FACTOR
from mulin.site.views.sign_in import let_in
from mulin.site.ways_back import NEXT, way_back


@opened_to(*HANDLER_ROLES)
@require_POST
def leave(request: Request) -> HttpResponse:
    """Leave the desk to a colleague: it is shut at once, whoever comes next."""
    seats.lock(request)
    address = f"{reverse('site:seats')}?{urlencode({'others': '1', NEXT: way_back(request)})}"
    return HttpResponseRedirect(address)


@never_cache
@sensitive_post_parameters("password")
@at_the_desk
def places(request: Request) -> HttpResponse:
    """Who works here lately; whoever is chosen types their password."""
    here = seats.accounts_here(request)
    sitting = request.user if request.user.is_authenticated else None
    is_shut = sitting is not None and seats.is_locked(request)
    chosen = _chosen(request, here)
    if chosen is not None and chosen == sitting and not is_shut:
        return HttpResponseRedirect(way_back(request))
    form = SeatForm(request.POST or None) if chosen else None
    if chosen and form and request.method == "POST" and form.is_valid():
        is_trusted = seats.has_shown_factor(request, chosen)
        account = _with_password(request, chosen, form.cleaned_data["password"])
        if account is not None and account == sitting:
            return _come_back(request, account)
        if account is not None:
            return _sit_down(request, account, is_trusted=is_trusted)
        form.add_error("password", _("The password is not right."))
    context = {
        "here": here, "chosen": chosen, "form": form, "is_shut": is_shut, "next": way_back(request),
        "is_own": chosen is not None and chosen == sitting,
        "has_password": chosen is not None and chosen.has_usable_password(),
    }  # fmt: skip
    return render(request, "site/seats.html", context)


def _chosen(request: Request, here: list[Account]) -> Account | None:
    """By the address; else whoever sits here, unless they have left it to others."""
    wanted = request.GET.get("who", "")
    if wanted:
        found = next((one for one in here if str(one.pk) == wanted), None)
        if found is None:
            raise Http404("nobody of that number has signed in at this desk")
        return found
    if "others" in request.GET:
        return None
    return next((one for one in here if one == request.user), None)


def _with_password(request: Request, chosen: Account, password: str) -> Account | None:
    """The account, if this is its password; as at the door, and wrong ones are counted there and
    here together. It may come back with its password hashed anew.
    """
    name = chosen.login_name or ""
    if is_resting(name, request.now):
        return None
    account = authenticate(request, login_name=name, password=password)
    return account if isinstance(account, Account) and account == chosen else None


def _come_back(request: Request, account: Account) -> HttpResponse:
    """The session goes on where it stood, its second factor with it."""
    update_session_auth_hash(request, account)
    seats.unlock(request)
    # The count of wrong passwords begins anew, as after every sign-in.
    user_logged_in.send(sender=type(account), request=request, user=account)
    return HttpResponseRedirect(way_back(request))


def _sit_down(request: Request, account: Account, *, is_trusted: bool) -> HttpResponse:
    """The session of whoever sat here ends. What they were doing is no business of the next."""
    response = let_in(request, account, to=reverse("site:home"))
    if is_trusted:
        request.session[SECOND_FACTOR] = True
    seats.sit_down(request, response, account, counts_still=is_trusted)
    messages.success(request, _("You work here now, %(name)s.") % {"name": account.display_name})
    return response
