"""What stands there when a page can't be shown: what happened, and what to do now.

None of these pages asks the database: they also stand when it does not answer.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from mulin.kit.refusals import Refused
from mulin.site.context import looks_of


def _page(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    """A page from a bare context, with the cookies of this device for its looks."""
    values = {"ui": looks_of(request), "request": request, **context}
    return HttpResponse(render_to_string(name, values), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request made no sense."""
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django itself refused; Mulin's own closed doors say 404."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or not for you: the same words for both."""
    return _page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return _page(request, "500.html", 500)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """An action said no and the view had no form to say it beside."""
    return _page(request, "site/refused.html", 409, message=refusal.message)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from another site."""
    return _page(request, "csrf_failure.html", 403)


# Any: what django-axes hands over.
def locked_out(
    request: HttpRequest, credentials: Any = None, *_args: Any, **_kwargs: Any
) -> HttpResponse:
    """Too many wrong passwords; the same words whether the account exists or not."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    return _page(request, "locked_out.html", 429, minutes=minutes)


def not_set_up(request: HttpRequest) -> HttpResponse:
    """No community was founded on this installation yet."""
    return _page(request, "site/not_set_up.html", 503)
