"""A server of GeoReport v2 (Open311): services, requests, and handing one in."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mulin.commons.flow.models import Category, Need
from mulin.ground.community.access import Request, by_token
from mulin.ground.community.actions.programs import count_call, digest_of_token
from mulin.ground.community.models import ApiClient, Community
from mulin.ground.community.queries import (
    actor_of_program,
    community_for_visitor,
    program_with,
)
from mulin.ground.community.rules import Scope
from mulin.kit.georeport_writing import CONTENT_TYPES, listed, single
from mulin.kit.ids import normalise_code
from mulin.kit.refusals import Refused
from mulin.kit.scoping import current_community, in_community
from mulin.parlour.reception import open311
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.forms.open311 import (
    ATTRIBUTES,
    MOST_ROWS,
    Open311RequestForm,
    Open311SearchForm,
)

_REQUESTS: Final = {"root": "service_requests", "one": "request"}
_CALL: Final = "open311-requests"


class _Wrong(Exception):  # noqa: N818  an answer, not an error of ours
    def __init__(self, status: HTTPStatus, *messages: str) -> None:
        super().__init__(status)
        self.status, self.messages = status, messages


View = Callable[..., bytes | HttpResponse]


def _answers(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A view inside its jurisdiction; whatever is wrong becomes the standard's list of errors."""

    def around(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @by_token
        @wraps(view)
        def answer(request: Request, form: str, **args: Any) -> HttpResponse:  # Any: of the path
            with translation.override(translation.get_language_from_request(request)):
                if request.method not in methods:
                    wrong = _Wrong(HTTPStatus.METHOD_NOT_ALLOWED, _("Not this method."))
                    return _errors(wrong, form, methods)
                try:
                    community = _jurisdiction(request)
                except _Wrong as wrong:
                    return _errors(wrong, form, methods)
                with in_community(community):
                    # Inside: a call counts whatever becomes of it.
                    try:
                        said = view(request, form, **args)
                    except _Wrong as wrong:
                        said = _errors(wrong, form, methods)
            if isinstance(said, HttpResponse):
                return said
            return HttpResponse(said, content_type=CONTENT_TYPES[form])

        return answer

    return around


@_answers("GET", "HEAD")
def discovery(request: Request, form: str) -> bytes:
    """Where this server answers, and how."""
    community = current_community()
    answer = {
        "changeset": "2026-11-25T00:00:00+08:00",
        "contact": _("Phone the community: %(phone)s") % {"phone": getattr(community, "phone", "")},
        "key_service": _("The head of the community gives tokens; they serve as api_key."),
        "endpoints": [
            {
                "specification": open311.SPECIFICATION,
                "url": request.build_absolute_uri("/open311/v2"),
                "changeset": "2026-11-25T00:00:00+08:00",
                "type": "production",
                "formats": ["application/json", "text/xml"],
            }
        ],
    }
    return single(answer, root="discovery", form=form)


@_answers("GET", "HEAD")
def services(request: Request, form: str) -> bytes:
    """Every kind of demand that can be told."""
    return listed(open311.services(), root="services", one="service", form=form)


@_answers("GET", "HEAD")
def definition(request: Request, form: str, code: str) -> bytes:
    """What may be told beside the words."""
    kind = Category.objects.filter(code=code, is_active=True).first()
    if kind is None:
        raise _Wrong(HTTPStatus.NOT_FOUND, _("There is no such service_code."))
    answer = open311.definition(kind, ATTRIBUTES)
    return single(answer, root="service_definition", form=form)


@_answers("GET", "HEAD", "POST")
def requests(request: Request, form: str) -> bytes | HttpResponse:
    """The requests of a search; by POST a new one."""
    if request.method == "POST":
        return _received(request, form)
    search = Open311SearchForm(request.GET)
    if not search.is_valid():
        raise _Wrong(HTTPStatus.BAD_REQUEST, *_messages(search))
    values = search.cleaned_data
    rows = open311.wanted(
        numbers=values["service_request_id"], codes=values["service_code"],
        statuses=values["status"], span=search.span(request.now),
    )  # fmt: skip
    size = values["page_size"] or MOST_ROWS
    start = ((values["page"] or 1) - 1) * size
    return _listed(request, rows[start : start + size], form)


@_answers("GET", "HEAD")
def request_by_id(request: Request, form: str, number: str) -> bytes:
    """One request."""
    found = open311.public_demands().filter(need__number=number)
    if not found:
        raise _Wrong(HTTPStatus.NOT_FOUND, _("There is no such service_request_id."))
    return _listed(request, found, form)


@_answers("GET", "HEAD")
def token(request: Request, form: str, code: str) -> bytes:
    """The number that belongs to the code on a slip."""
    need = Need.objects.filter(follow_code=normalise_code(code), is_sealed=False).first()
    if need is None:
        raise _Wrong(HTTPStatus.NOT_FOUND, _("There is no such token."))
    return listed([{"service_request_id": need.number, "token": code}], **_REQUESTS, form=form)


def _received(request: Request, form: str) -> HttpResponse:
    client = _client(request)
    sent = Open311RequestForm(_posted(request))
    if not sent.is_valid():
        raise _Wrong(HTTPStatus.BAD_REQUEST, *_messages(sent))
    try:
        demand = receive_demand(sent.said(), by=actor_of_program(client), now=request.now)
    except Refused as refusal:
        raise _Wrong(HTTPStatus.BAD_REQUEST, str(refusal.message)) from None
    body = listed([open311.receipt_of(demand)], **_REQUESTS, form=form)
    return HttpResponse(body, status=HTTPStatus.CREATED, content_type=CONTENT_TYPES[form])


def _client(request: Request) -> ApiClient:
    key = _posted(request).get("api_key") or request.GET.get("api_key", "")
    client = program_with(digest_of_token(key), request.now) if key else None
    if client is None or Scope.DEMANDS_WRITE not in client.scopes:
        raise _Wrong(HTTPStatus.FORBIDDEN, _("This api_key is not good for handing demands in."))
    if not count_call(client, _CALL, now=request.now):
        raise _Wrong(HTTPStatus.TOO_MANY_REQUESTS, _("Too many calls. Wait a minute."))
    return client


def _posted(request: Request) -> Any:  # Any: Django's QueryDict
    try:
        return request.POST
    except RequestDataTooBig:
        raise _Wrong(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The body is too large.")) from None


def _jurisdiction(request: Request) -> Community:
    """The community that is asked for by its short name, or the one that lives at this address:
    which one a browser chose counts for nothing.
    """
    posted = _posted(request) if request.method == "POST" else {}
    slug = posted.get("jurisdiction_id") or request.GET.get("jurisdiction_id", "")
    found: Community | None
    if not slug:
        host = request.get_host().partition(":")[0]
        return community_for_visitor(host=host, slug="") or request.community
    found = Community.objects.filter(slug=slug).first() if "\0" not in slug else None
    if found is None:
        raise _Wrong(HTTPStatus.NOT_FOUND, _("There is no such jurisdiction_id."))
    return found


def _listed(request: Request, rows: Any, form: str) -> bytes:  # Any: a queryset
    def photo_url(code: str) -> str:
        return request.build_absolute_uri(reverse("flow:photo", args=[code]))

    return listed([open311.request_of(row, photo_url) for row in rows], **_REQUESTS, form=form)


def _messages(form: Any) -> list[str]:  # Any: one of two forms
    return [
        str(message) if name == "__all__" else f"{name}: {message}"
        for name, messages in form.errors.items()
        for message in messages
    ]


def _errors(wrong: _Wrong, form: str, methods: tuple[str, ...]) -> HttpResponse:
    rows = [{"code": wrong.status.value, "description": words} for words in wrong.messages]
    response = HttpResponse(
        listed(rows, root="errors", one="error", form=form),
        status=wrong.status,
        content_type=CONTENT_TYPES[form],
    )
    if wrong.status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(methods)
    return response
