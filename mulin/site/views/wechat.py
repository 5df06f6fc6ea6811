"""Signing in by WeChat, and linking one's own WeChat with one's account.

The browser goes to WeChat with a word that only its own session knows, and comes back with that
word and a code that is good once. Who it is, is known then; whose account that is, only once its
owner, signed in, has said so: a link is never made by itself, nor by an equal phone number.
"""

import secrets
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, public, with_own_key
from mulin.ground.community.models import Account
from mulin.ground.notify.actions.wechat import account_of_wechat, link_wechat, unlink_wechat
from mulin.ground.notify.channels.wechat_users import (
    NobodyCame,
    follows,
    open_id_of_code,
    way_to_wechat,
)
from mulin.ground.notify.models import ServiceAccount
from mulin.ground.notify.queries import link_of, wechat_door
from mulin.ground.notify.rules import ROUND_TRIP
from mulin.kit.acts import attempt
from mulin.kit.forms import ActForm
from mulin.kit.refusals import Refused
from mulin.site.addresses import is_wechat
from mulin.site.views.sign_in import let_in
from mulin.site.ways_back import way_back

#: In the session: the word that went to WeChat, and who came back and is linked with nobody yet.
_AWAY: Final = "wechat_away"
_CAME: Final = "wechat_came"


@never_cache
@public
@require_safe
def leave(request: Request) -> HttpResponse:
    """Off to WeChat, to be told who holds this phone."""
    door = _door()
    if settings.MULIN_DEMO:
        return _turned_back(request, _("The demonstration does not ask WeChat who you are."))
    word = secrets.token_urlsafe(24)
    request.session[_AWAY] = {
        "word": word,
        "at": request.now.isoformat(),
        "community": request.community.pk,
        "next": way_back(request),
    }
    back = request.build_absolute_uri(reverse("site:wechat-back"))
    return HttpResponseRedirect(way_to_wechat(door, back=back, state=word))


@never_cache
@public
@require_safe
def come_back(request: Request) -> HttpResponse:
    """Back from WeChat: to one's account, or on to linking it."""
    door = _door()
    away = request.session.pop(_AWAY, None)  # good once, whatever comes of it
    if not _is_ours(request, away):
        return _turned_back(request, _("That way is worn out. Please press the button once more."))
    try:
        open_id = open_id_of_code(door, request.GET.get("code", ""))
        account = account_of_wechat(
            open_id, community_id=request.community.pk, now=request.now
        )  # fmt: skip
    except NobodyCame:
        return _turned_back(
            request, _("WeChat did not tell who you are. Please try again, or take a code by text.")
        )
    except Refused as refusal:
        return _turned_back(request, str(refusal.message))
    if account is not None and not request.user.is_authenticated:
        return let_in(request, account, to=away["next"])
    request.session[_CAME] = {"open_id": open_id, "at": request.now.isoformat()}
    if not request.user.is_authenticated:
        messages.info(
            request,
            _(
                "Sign in with your phone this once; then link your WeChat, and next time one tap does."
            ),
        )
    return redirect("site:account-wechat")


@never_cache
@with_own_key
def own_link(request: Request) -> HttpResponse:
    """My WeChat: linked or not, and the button that links the one I came with."""
    own, door = _own(request), _door()
    came = _came(request)
    form = ActForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and came and _link(request, form, door, came):
        messages.success(request, _("Your WeChat is linked: next time one tap lets you in."))
        return redirect("site:account-wechat")
    context = {
        "form": form, "came": came, "link": link_of(own.pk), "is_wechat": is_wechat(request),
        "sends": bool(door.template_id),
    }  # fmt: skip
    return render(request, "site/account_wechat.html", context)


@with_own_key
@require_POST
def end_link(request: Request) -> HttpResponse:
    """My WeChat lets nobody in any more, and gets no news."""
    form = ActForm(request.POST)
    if form.is_valid():
        token = form.idempotency_token
        unlink_wechat(_own(request), by=request.actor, now=request.now, token=token)
        messages.success(request, _("The link is undone. News reaches you by text message again."))
    return redirect("site:account-wechat")


@public
@require_safe
def domain_file(request: Request, code: str) -> HttpResponse:
    """The file by which WeChat sees that the domain is the community's own."""
    door = wechat_door()
    if door is None or not constant_time_compare(door.domain_code, code):
        raise Http404("no such file")
    return HttpResponse(door.domain_code, content_type="text/plain")


def _link(request: Request, form: ActForm, door: ServiceAccount, open_id: str) -> bool:
    # Asked before the act begins: nobody else is to wait for WeChat's answer.
    is_following = follows(door, open_id)
    linked = attempt(
        form,
        lambda: link_wechat(
            _own(request), open_id=open_id, is_following=is_following, by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip
    if linked is not None:
        request.session.pop(_CAME, None)
    return linked is not None


def _is_ours(request: Request, away: dict[str, str | int] | None) -> bool:
    return (
        away is not None
        and constant_time_compare(str(away["word"]), request.GET.get("state", ""))
        and away["community"] == request.community.pk
        and request.now - datetime.fromisoformat(str(away["at"])) <= ROUND_TRIP
        and bool(request.GET.get("code"))
    )


def _came(request: Request) -> str:
    """The WeChat this browser came with lately, and has not linked yet."""
    came = request.session.get(_CAME)
    if not came or request.now - datetime.fromisoformat(came["at"]) > ROUND_TRIP:
        return ""
    return str(came["open_id"])


def _turned_back(request: Request, why: str) -> HttpResponse:
    messages.error(request, why)
    if request.user.is_authenticated:
        return redirect("site:account-wechat")
    return redirect("site:sign-in")


def _door() -> ServiceAccount:
    door = wechat_door()
    if door is None:
        raise Http404("no service account is in use here")
    return door


def _own(request: Request) -> Account:
    if not isinstance(request.user, Account):
        raise Http404("nobody is signed in")
    return request.user
