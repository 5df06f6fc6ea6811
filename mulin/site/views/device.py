"""What a device needs to keep for an account what it cannot send yet."""

from base64 import b64encode

from django.conf import settings
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DEVICE_ROLES


@never_cache
@opened_to(*DEVICE_ROLES)
def device(request: Request) -> JsonResponse:
    """Who is signed in, the key with which this device seals what it keeps for them, and a token
    for what it sends.

    The key is the same at every device and every day, so that what waits can be opened after the
    next sign-in; it follows from a key of the installation that is never changed.
    """
    seal = salted_hmac(
        "mulin.device",
        f"{request.community.pk}:{request.actor.account_id}",
        secret=settings.MULIN_INDEX_KEY,
        algorithm="sha256",
    )
    return JsonResponse(
        {
            "account": str(request.actor.account_id),
            "key": b64encode(seal.digest()).decode("ascii"),
            "csrf": get_token(request),
        }
    )
