"""From which network address a request came."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of the visitor.

    Behind the one proxy that speaks HTTPS it is what that proxy wrote last; what a visitor
    writes into the header before it, or without a proxy, counts for nothing.
    """
    seen = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.HTTPS:
        return seen
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR") or "")
    return forwarded.rpartition(",")[2].strip() or seen


def is_wechat(request: HttpRequest) -> bool:
    """Whether the page is shown inside WeChat. A guess from its name: only what is offered
    depends on it.
    """
    return "MicroMessenger" in str(request.META.get("HTTP_USER_AGENT") or "")
