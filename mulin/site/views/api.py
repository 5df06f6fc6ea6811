"""The door for programs: who calls, whether they may, what they sent, and what is answered.

Errors are problem details (RFC 9457) in the language that was asked for. The session of a browser
counts for nothing here, so nothing is lost by leaving out the token against forged forms.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mulin.ground.community.access import Request, by_token
from mulin.ground.community.actions.programs import count_call, digest_of_token
from mulin.ground.community.calls import Asked, Call, calls_by_path
from mulin.ground.community.models import ApiClient, Community
from mulin.ground.community.queries import actor_of_program, program_with
from mulin.kit.openapi import PROBLEM, as_json
from mulin.kit.paging import page_of
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.site.api import document_of

_MINUTE: Final = 60
_LONGEST_KEY: Final = 200


@dataclass
class Problem(Exception):  # noqa: N818  an answer, not an error of ours
    """Why a call is not answered."""

    status: HTTPStatus
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> JsonResponse:
        """As RFC 9457 writes it."""
        said: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.errors:
            said["errors"] = self.errors
        return JsonResponse(
            said, status=self.status, content_type=PROBLEM, headers=dict(self.headers)
        )


@by_token
def document(request: Request) -> HttpResponse:
    """What programs may call, as OpenAPI 3.1."""
    with _their_language(request):
        return JsonResponse(document_of(calls_by_path(), base=request.build_absolute_uri("/")))


def view_of(path: str) -> Callable[..., HttpResponse]:
    """The view that answers the calls of one address."""

    @csrf_exempt
    @by_token
    def view(request: Request, **args: Any) -> HttpResponse:  # Any: what the converters give
        with _their_language(request):
            try:
                return _answered(request, calls_by_path()[path], args)
            except Problem as problem:
                return problem.response()

    return view


@csrf_exempt
@by_token
def nothing(request: Request, rest: str) -> HttpResponse:
    """An address that no call has: a program is told so in its own form."""
    with _their_language(request):
        problem = Problem(HTTPStatus.NOT_FOUND, _("No call has this address. Each ends with /."))
        return problem.response()


# Any: as above.
def _answered(request: Request, known: Mapping[str, Call], args: Mapping[str, Any]) -> HttpResponse:
    community, token = _bearer(request)
    # In a block of its own: a call counts whatever becomes of it.
    with in_community(community):
        client = program_with(digest_of_token(token), request.now)
        if client is None:
            raise _nobody()
        call = _call_of(request, known)
        actor = actor_of_program(client)
        if call.scope not in actor.scopes:
            raise Problem(
                HTTPStatus.FORBIDDEN, _("This token does not open that: it lacks a scope.")
            )
        may_call = count_call(client, call.name, now=request.now)
    if not may_call:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS, _("Too many calls. Wait a minute."),
            headers={"Retry-After": str(_MINUTE)},
        )  # fmt: skip
    with in_community(community):
        return _done(request, call, client, args)


def _done(
    request: Request, call: Call, client: ApiClient, args: Mapping[str, Any]
) -> HttpResponse:  # Any: as above
    asked = Asked(
        actor=actor_of_program(client),
        now=request.now,
        args=args,
        query=_checked(call.query, request.GET.dict()),
        values=_checked(call.body, _sent(request)) if call.body else {},
        token=_idempotency_token(request, call, client),
    )
    return JsonResponse(_tried(request, call, asked), status=call.status)


def _tried(request: Request, call: Call, asked: Asked) -> dict[str, Any]:  # Any: JSON
    try:
        found = call.do(asked)
        return _page(request, call, found) if call.is_list else as_json(call.show(found))
    except NotPermitted as refusal:
        raise Problem(HTTPStatus.FORBIDDEN, str(refusal.message)) from None
    except Refused as refusal:
        wrong = [{"field": refusal.field, "message": str(refusal.message)}] if refusal.field else []
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.CONFLICT
        raise Problem(status, str(refusal.message), wrong) from None
    except Http404:
        raise Problem(
            HTTPStatus.NOT_FOUND, _("There is nothing here, or not for this token.")
        ) from None
    except OperationalError:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, _("It could not be saved just now. Send it again."),
            headers={"Retry-After": "5"},
        ) from None  # fmt: skip


# Any: rows of any table; JSON.
def _page(request: Request, call: Call, found: "QuerySet[Any, Any]") -> dict[str, Any]:
    page = page_of(found, request.GET)
    here = request.build_absolute_uri(request.path)
    return {
        "rows": [as_json(call.show(row)) for row in page.rows],
        "previous": here + page.previous_url if page.previous_url else None,
        "next": here + page.next_url if page.next_url else None,
    }


def _bearer(request: Request) -> tuple[Community, str]:
    """The community and the token of who calls."""
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    slug = token.strip().partition(".")[0]
    community = Community.objects.filter(slug=slug).first() if kind.lower() == "bearer" else None
    if community is None:
        raise _nobody()
    return community, token.strip()


def _nobody() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        _("Send a token that is good: Authorization: Bearer …"),
        headers={"WWW-Authenticate": 'Bearer realm="Mulin"'},
    )


def _call_of(request: Request, known: Mapping[str, Call]) -> Call:
    method = "GET" if request.method == "HEAD" else str(request.method)
    if method not in known:
        allowed = sorted({*known, *({"HEAD"} if "GET" in known else ())})
        raise Problem(
            HTTPStatus.METHOD_NOT_ALLOWED, _("This address takes other methods."),
            headers={"Allow": ", ".join(allowed)},
        )  # fmt: skip
    return known[method]


def _sent(request: Request) -> dict[str, Any]:  # Any: what JSON holds
    """What stands in the body: a JSON object, or a form."""
    try:
        if request.content_type != "application/json":
            return request.POST.dict()
        sent = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, _("The body is not JSON in UTF-8.")) from None
    except RequestDataTooBig:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The body is too large.")) from None
    if not isinstance(sent, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, _("The body is not a JSON object."))
    return sent


# Any: as above, and a form class or none.
def _checked(form: Any, sent: Mapping[str, Any]) -> dict[str, Any]:
    if form is None:
        return {}
    odd = [name for name, value in sent.items() if not _is_plain(value)]
    if odd:
        raise _wrong([{"field": name, "message": _("Write this as one text.")} for name in odd])
    checked = form({name: value for name, value in sent.items() if value is not None})
    if checked.is_valid():
        values: dict[str, Any] = checked.cleaned_data
        return values
    raise _wrong(
        [
            {"field": "" if name == "__all__" else name, "message": str(message)}
            for name, messages in checked.errors.items()
            for message in messages
        ]
    )


def _wrong(errors: list[dict[str, str]]) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, _("Something of it cannot be used."), errors)


def _is_plain(value: object) -> bool:
    """A text that can be written down, a number, yes or no, or nothing."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value is None or isinstance(value, bool | int | float)


def _idempotency_token(request: Request, call: Call, client: ApiClient) -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or request.method in {"GET", "HEAD"}:
        return None
    if len(key) > _LONGEST_KEY:
        raise Problem(HTTPStatus.BAD_REQUEST, _("The Idempotency-Key is too long."))
    return sha256(f"{client.pk}\0{call.name}\0{key}".encode()).hexdigest()


def _their_language(request: Request) -> translation.override:
    return translation.override(translation.get_language_from_request(request))
