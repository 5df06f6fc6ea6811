"""Where to go after signing in or setting a preference: never to another site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """The page that was asked for, if it is one of ours."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or otherwise
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else otherwise
