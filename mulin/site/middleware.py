"""What stands before every view: the language, the community, the actor, the closed door."""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from mulin.ground.community.access import Access, Request, access_of, is_untraced
from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.queries import (
    community_for_visitor,
    grants_of,
    needs_second_factor,
    running_memberships,
)
from mulin.ground.community.rules import Actor
from mulin.ground.people.queries import PERSON_ON_ROLL
from mulin.ground.upkeep import health
from mulin.kit import clock, logs
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.site import seats
from mulin.site.dictation import may_dictate
from mulin.site.looks import LANGUAGE_COOKIE
from mulin.site.views import errors

#: The cookie that holds which community a visitor chose.
COMMUNITY_COOKIE: Final = "mulin_community"
#: In the session: the second factor was shown since signing in.
SECOND_FACTOR: Final = "second_factor"
#: In the session: it was opened by a printed card alone.
BY_CARD: Final = "by_card"

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NOT_ASKED_OF_A_DEVICE: Final = (
    "geolocation=(), camera=(), microphone={}, accelerometer=(), gyroscope=(), magnetometer=(),"
    " usb=()"
)

#: Asked for by a page, not by a hand: nobody need sit there.
_BY_ITSELF: Final = frozenset({"site:device", "drafts:kept"})

Answer = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger("mulin.request")


class _Undone(Exception):  # noqa: N818  leaves the community's transaction, nothing more
    """The request ended in an error, and its page is made: what it wrote is taken back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


class HealthMiddleware:
    """Tells load balancers and monitors `ok` or `not ok`, and nothing more.

    It stands before everything else: who asks comes by an address and not by a host's name, and
    the answer is needed most when pages can't be made. `/health/` says whether this server answers
    pages; `/health/all/` whether the whole installation is well, its worker and backups too.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/health/":
            return _health(health.answers())
        if request.path_info == "/health/all/":
            return _health(health.is_well(clock.now()))
        return self._get_response(request)


def _health(is_well: bool) -> HttpResponse:  # noqa: FBT001  the whole of what is told
    return HttpResponse(
        "ok\n" if is_well else "not ok\n", status=200 if is_well else 503,
        content_type="text/plain", headers={"Cache-Control": "no-store"},
    )  # fmt: skip


class RequestLogMiddleware:
    """One line in the log for each request: the page by its name, who by the account's number.

    The address itself is not written, for it holds codes and what was searched for; nor is the
    visitor's network address. The number of the request goes back with the page, so that whoever
    reports a fault can say which.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, number = time.perf_counter(), secrets.token_hex(8)
        with logs.about(lambda: {"request": number} | _told_of(request)):
            response = self._get_response(request)
            if _leaves_no_trace(request):
                return response
            passed = round((time.perf_counter() - began) * 1000)
            level = logging.ERROR if response.status_code >= 500 else logging.INFO  # noqa: PLR2004
            facts = {"status": response.status_code, "ms": passed}
            logger.log(level, "request", extra={"facts": facts})
        response.headers["X-Request-ID"] = number
        return response


def _leaves_no_trace(request: HttpRequest) -> bool:
    """The voter's pages: neither a line nor a number of the request."""
    return request.resolver_match is not None and is_untraced(request.resolver_match.func)


def _told_of(request: HttpRequest) -> dict[str, Any]:  # Any: numbers and words for JSON
    """What of a request may stand in a log."""
    match = request.resolver_match
    if match is not None and is_untraced(match.func):
        return {"route": match.view_name}  # a fault there is told of, whose it was is not
    community: Community | None = getattr(request, "community", None)
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "method": request.method if request.method in _METHODS else logs.LEFT_OUT,
        "route": match.view_name if match is not None else "",
        "community": community.slug if community is not None else "",
        "account": actor.account_id if actor is not None else None,
    }


class DeviceMiddleware:
    """No page may ask the device where it is, listen or look: nobody who works or lives here is
    followed. Only where the head let staff speak into fields may such a page listen.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        listens = "(self)" if may_dictate(request) else "()"
        response.headers.setdefault("Permissions-Policy", _NOT_ASKED_OF_A_DEVICE.format(listens))
        return response


class LanguageMiddleware:
    """Chinese, unless this device was set to English; never guessed from the browser."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class CommunityMiddleware:
    """Every request runs inside one community, with one actor, and closed doors stay closed.

    On PostgreSQL the whole request is one transaction, undone when it ends in an error; on
    SQLite each action has its own (see kit.scoping).
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, plain: HttpRequest) -> HttpResponseBase:
        request = cast("Request", plain)
        request.now = clock.now()
        account, held = _account_of(request)
        community = _community_of(request, held)
        if community is None:
            request.actor = Actor(community_id=0)
            return self._get_response(request)
        request.community = community
        try:
            response = self._inside(request, account, held)
        except _Undone as undone:
            return undone.response
        return _kept_inside(response, community)

    def _inside(
        self, request: Request, account: Account | None, held: list[Membership]
    ) -> HttpResponseBase:
        with in_community(request.community):
            request.actor = _actor(request, account, held)
            response = self._get_response(request)
            if request.actor.is_handler:
                # Whoever sits down next and presses "back" finds nothing of the one before.
                response.headers.setdefault("Cache-Control", "no-store")
            if _went_wrong(request, response):
                raise _Undone(response)
        return response

    def process_view(
        self, plain: HttpRequest, view: object, _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        request = cast("Request", plain)
        mark = access_of(view)
        if mark is None:
            raise Http404("a view without a mark is closed")
        if getattr(request, "community", None) is None:
            return None if mark.homeless else errors.not_set_up(request)
        if getattr(request, "awaits_second_factor", False) and not mark.early:
            return _sent_to(request, "site:second-factor")
        if request.user.is_authenticated and not mark.for_programs:
            if not seats.is_locked(request):
                _note_touch(request)
            elif not mark.early:
                return _sent_to(request, "site:seats")
        if not mark.is_public and not request.user.is_authenticated:
            return _sent_to(request, "site:sign-in")
        if not _has_role(request.actor, mark):
            raise Http404("the page does not exist for this role")
        if not mark.by_card and came_by_card(request):
            return _sent_to(request, "site:own-key")
        return None

    def process_exception(self, plain: HttpRequest, problem: Exception) -> HttpResponseBase | None:
        request = cast("Request", plain)
        request.went_wrong = True  # type: ignore[attr-defined]  # read when the response leaves
        if isinstance(problem, NotPermitted):
            return errors.not_found(request, problem)
        if isinstance(problem, Refused):
            return errors.refused(request, problem)
        return None


def came_by_card(request: HttpRequest) -> bool:
    """Whether nobody showed more than a printed card since this session was opened."""
    return request.user.is_authenticated and bool(request.session.get(BY_CARD))


def _account_of(request: Request) -> tuple[Account | None, list[Membership]]:
    """The account of the session and what it holds; no query where there is no session."""
    if not request.user.is_authenticated:
        return None, []
    account = request.user
    return account, running_memberships(account.pk, request.now)


def _community_of(request: Request, held: list[Membership]) -> Community | None:
    """The one that was chosen; else one the account belongs to; else the site's."""
    slug = request.COOKIES.get(COMMUNITY_COOKIE, "")
    own = {membership.community.slug: membership.community for membership in held}
    if slug in own:
        return own[slug]
    if own and not slug:
        return next(iter(own.values()))
    return community_for_visitor(host=request.get_host().partition(":")[0], slug=slug)


def _actor(request: Request, account: Account | None, held: list[Membership]) -> Actor:
    community_id = request.community.pk
    if account is None:
        return Actor(community_id=community_id)
    if _owes_second_factor(request, account, held):
        # A right password alone is nobody yet.
        request.awaits_second_factor = True  # type: ignore[attr-defined]  # read in process_view
        return Actor(community_id=community_id)
    return Actor(
        community_id=community_id,
        account_id=account.pk,
        person_id=PERSON_ON_ROLL.first(account.pk),
        name=account.display_name,
        grants=grants_of(held, community_id),
    )


def _owes_second_factor(request: Request, account: Account, held: list[Membership]) -> bool:
    if SECOND_FACTOR in request.session or not needs_second_factor(held):
        return False
    return not (settings.MULIN_DEMO and account.is_demo)


def _has_role(actor: Actor, mark: Access) -> bool:
    return mark.roles is None or actor.has(*mark.roles)


def _note_touch(request: Request) -> None:
    """Somebody sits at the desk, unless it was the page itself that asked."""
    match = request.resolver_match
    if request.actor.is_desk and match is not None and match.view_name not in _BY_ITSELF:
        seats.touch(request)


def _sent_to(request: Request, url_name: str) -> HttpResponse:
    """There first, then back here; a fragment would else be filled with the other page."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_behind(request)
    if request.htmx:
        back = request.htmx.current_url_abs_path or "/"
    address = f"{reverse(url_name)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def _page_behind(request: Request) -> str:
    """Where the form stood that was sent; the address it was sent to may be no page."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def _went_wrong(request: Request, response: HttpResponseBase) -> bool:
    return getattr(request, "went_wrong", False) or response.status_code >= 500  # noqa: PLR2004


def _kept_inside(response: HttpResponseBase, community: Community) -> HttpResponseBase:
    """What is sent piece by piece is made after the view returned; it needs the community too."""
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        pieces = cast("Iterator[bytes]", response.streaming_content)

        def inside() -> Iterator[bytes]:
            with in_community(community):
                yield from pieces

        response.streaming_content = inside()
    return response
