"""The doors: a code by phone, name and password with a second factor, a printed card.

A GET never signs anybody in: previews of links and scanners of mail open them first. The one
exception is the way back from WeChat (`views/wechat.py`), which only this browser can come by.
"""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, always_open, at_the_door, public, signed_in
from mulin.ground.community.actions import ways_in
from mulin.ground.community.models import Account, LoginCode
from mulin.ground.community.queries import actor_of, holders_of, is_resting
from mulin.ground.community.rules import HANDLER_ROLES, system
from mulin.ground.notify.actions import tell
from mulin.ground.notify.models import Way
from mulin.ground.notify.queries import targets, wechat_door
from mulin.kit.acts import attempt
from mulin.site import seats
from mulin.site.addresses import address_of, is_wechat
from mulin.site.forms.doors import (
    CardForm,
    CodeForm,
    NewPasswordForm,
    PhoneForm,
    SecondFactorForm,
    SetUpFactorForm,
    StaffForm,
)
from mulin.site.looks import keep_looks
from mulin.site.middleware import BY_CARD, SECOND_FACTOR
from mulin.site.second_factor import fresh_secret, set_up_values, signed_secret
from mulin.site.ways_back import NEXT, way_back

_PHONE: Final = "sign_in_phone"
_SHOWN_CODE: Final = "sign_in_shown_code"
_CARD_SECONDS: Final = 30 * 60
_BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


@never_cache
@public
def phone(request: Request) -> HttpResponse:
    """The residents' door: the phone a code goes to."""
    form = PhoneForm(request.POST or None)
    can_text = _can_text() or settings.MULIN_DEMO
    if request.method == "POST" and can_text and form.is_valid():
        number = form.cleaned_data["phone"]
        sent = attempt(
            form,
            lambda: ways_in.send_login_code(
                number, address=address_of(request), now=request.now,
                send=lambda row, code: _carry(request, row, code),
            ),
        )  # fmt: skip
        if sent is not None:
            request.session[_PHONE] = number
            return HttpResponseRedirect(_with_way_back(request, "site:sign-in-code"))
    context = {
        "form": form, "can_text": can_text, "next": way_back(request),
        "has_wechat": is_wechat(request) and wechat_door() is not None,
    }  # fmt: skip
    return render(request, "site/sign_in.html", context)


@never_cache
@public
def code(request: Request) -> HttpResponse:
    """The six digits that came."""
    number = request.session.get(_PHONE)
    if number is None:
        return HttpResponseRedirect(_with_way_back(request, "site:sign-in"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = attempt(
            form,
            lambda: ways_in.sign_in_by_code(
                number, form.cleaned_data["code"], community_id=request.community.pk,
                now=request.now,
            ),
        )  # fmt: skip
        if account is not None:
            return let_in(request, account)
    context = {
        "form": form,
        "phone": number,
        "shown_code": request.session.get(_SHOWN_CODE),
        "next": way_back(request),
    }
    return render(request, "site/sign_in_code.html", context)


@never_cache
@sensitive_post_parameters("password")
@public
def staff(request: Request) -> HttpResponse:
    """The door of whoever works here: name and password."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["login_name"].strip()
        account = None
        if not is_resting(name, request.now):
            account = authenticate(request, login_name=name, password=form.cleaned_data["password"])
        if isinstance(account, Account):
            return _at_the_desk(request, let_in(request, account), account, factor=False)
        form.add_error(None, _("Name or password is not right."))
    context = {"form": form, "next": way_back(request)}
    return render(request, "site/sign_in_staff.html", context)


@never_cache
@at_the_door
def second_factor(request: Request) -> HttpResponse:
    """The code of the app; the first time, setting the app up."""
    account = request.user
    if not isinstance(account, Account):
        raise Http404("only an account has a second factor")
    if ways_in.has_totp(account):
        return _asked_for_factor(request, account)
    return set_up_factor(request, account)


def _asked_for_factor(request: Request, account: Account) -> HttpResponse:
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_shown = attempt(
            form,
            lambda: ways_in.check_totp(account, form.cleaned_data["code"], now=request.now),
        )
        if is_shown:
            return _factor_shown(request)
    context = {"form": form, "next": way_back(request)}
    return render(request, "site/sign_in_factor.html", context)


def set_up_factor(request: Request, account: Account) -> HttpResponse:
    """Show a fresh secret, and take it once the app's first code is right."""
    form = SetUpFactorForm(request.POST or None)
    secret = signed_secret(request.POST.get("secret", ""), account) or fresh_secret()
    if request.method == "POST" and form.is_valid():
        by = actor_of(account, request.community, now=request.now)
        is_set = attempt(
            form,
            lambda: ways_in.enrol_totp(
                account, secret=secret, code=form.cleaned_data["code"], by=by, now=request.now
            ),
        )
        if is_set:
            messages.success(request, _("From now on your app is the second key to your account."))
            return _factor_shown(request)
    context = {
        "form": form,
        "next": way_back(request),
        **set_up_values(secret, account),
    }
    return render(request, "site/sign_in_factor_setup.html", context)


def _factor_shown(request: Request) -> HttpResponse:
    request.session[SECOND_FACTOR] = True
    request.session.cycle_key()
    response = HttpResponseRedirect(way_back(request))
    account = request.user
    if isinstance(account, Account):
        return _at_the_desk(request, response, account, factor=True)
    return response


def _at_the_desk(
    request: Request, response: HttpResponse, account: Account, *, factor: bool
) -> HttpResponse:
    """Who works on residents' matters is remembered at this browser, by name only."""
    held = holders_of(request.community.pk, HANDLER_ROLES, request.now)
    if held.filter(pk=account.pk).exists():
        seats.sit_down(request, response, account, factor=factor)
    return response


@never_cache
@public
def card(request: Request, code: str) -> HttpResponse:
    """A printed card: its address shows a button, and only the button signs in."""
    form = CardForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        account = attempt(form, lambda: ways_in.sign_in_by_card(code))
        if account is not None:
            response = let_in(request, account)
            request.session[BY_CARD] = True
            # The phone may be anybody's; the card opens the door again at any time.
            request.session.set_expiry(_CARD_SECONDS)
            return response
    return render(request, "site/sign_in_card.html", {"form": form})


@never_cache
@signed_in
def own_key(request: Request) -> HttpResponse:
    """What a card does not open, and the two ways to it: one's own phone, or the desk."""
    return render(request, "site/sign_in_own_key.html", {"next": way_back(request)}, status=403)


@never_cache
@sensitive_post_parameters("password")
@always_open
def welcome(request: Request, code: str) -> HttpResponse:
    """A link, good once, with which somebody sets their own password."""
    account = ways_in.invited_account(code, request.now)
    if account is None or getattr(request, "community", None) is None:
        return render(request, "site/sign_in_welcome.html", {"is_over": True}, status=404)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: ways_in.accept_invitation(
                code, password=form.cleaned_data["password"],
                community_id=request.community.pk, now=request.now,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("site:sign-in-staff")
    context = {"form": form, "login_name": account.login_name, "name": account.display_name}
    return render(request, "site/sign_in_welcome.html", context)


@always_open
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """Leave; on a shared computer the next one finds the door shut."""
    account_id = request.user.pk
    logout(request)
    messages.success(request, _("You are signed out."))
    response = HttpResponseRedirect(way_back(request))
    if account_id is not None:
        seats.stand_up(request, response, account_id)
    return response


def _can_text() -> bool:
    return Way.SMS in targets()


def _carry(request: Request, row: LoginCode, digits: str) -> None:
    """Send the code to its phone. The demo, where no gateway stands, shows it on the page."""
    if settings.MULIN_DEMO and not _can_text():
        request.session[_SHOWN_CODE] = digits
        return
    tell(
        ("login_code", row.pk),
        by=system(request.community.pk),
        topic="login_code",
        subject=_("Your code for %(community)s") % {"community": request.community.name},
        body=_("%(code)s is your code. It is good for 5 minutes; never tell it to anybody.")
        % {"code": digits},
        now=request.now,
        key=f"login_code:{row.pk}",
        is_awaited=True,
    )


def let_in(request: Request, account: Account, *, to: str = "") -> HttpResponse:
    """Open the session; the pages then look as the account likes them."""
    login(request, account, backend=_BACKEND)
    request.session.set_expiry(None)
    for left_over in (_PHONE, _SHOWN_CODE, BY_CARD):
        request.session.pop(left_over, None)
    response = HttpResponseRedirect(to or way_back(request))
    keep_looks(response, theme=account.theme, size=account.type_size, language=account.language)
    return response


def _with_way_back(request: Request, url_name: str) -> str:
    return f"{reverse(url_name)}?{urlencode({NEXT: way_back(request)})}"
