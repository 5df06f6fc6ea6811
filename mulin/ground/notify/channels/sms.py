"""Text messages through an HTTP gateway: a vendor's adapter, or a modem in the office.

Mulin posts `{"to": …, "text": …, "key": …}` as JSON with `Authorization: Bearer <token>` and
`Idempotency-Key: <key>`. The answer's status counts:
2xx delivered · 402 the quota is used up · 408, 425, 429 and 5xx try again (`Retry-After` in
seconds is kept to) · anything else this message can never be sent.
"""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from mulin.ground.notify.channels.shape import DELIVERED, Outcome, Parcel, Verdict
from mulin.ground.notify.rules import SECONDS_TO_SEND

_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_SECONDS_TO_CONNECT = 3


def is_target(target: str) -> bool:
    """`https://gateway.example/send`, and the token after a space."""
    parts = urlsplit(target.partition(" ")[0])
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def send(parcel: Parcel, target: str) -> Outcome:
    """One try. The answer's body is not read: only its status says anything."""
    url, _, token = target.partition(" ")
    headers = {"Idempotency-Key": parcel.key}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with requests.post(
            url,
            json={"to": parcel.address, "text": parcel.text, "key": parcel.key},
            headers=headers,
            timeout=(_SECONDS_TO_CONNECT, SECONDS_TO_SEND),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _outcome(answer.status_code, answer.headers.get("Retry-After", ""))
    except requests.Timeout:
        return Outcome(Verdict.LATER, "the gateway did not answer in time", silent=True)
    except requests.ConnectionError:
        return Outcome(Verdict.LATER, "the gateway could not be reached", silent=True)
    except requests.RequestException as error:
        return Outcome(Verdict.LATER, f"the gateway's answer made no sense: {type(error).__name__}")


def _outcome(status: int, retry_after: str) -> Outcome:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return DELIVERED
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return Outcome(Verdict.QUOTA, "the gateway's quota is used up (402)")
    if status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = timedelta(seconds=int(retry_after)) if retry_after.isdecimal() else None
        return Outcome(Verdict.LATER, f"the gateway answered {status}", wait)
    return Outcome(Verdict.NEVER, f"the gateway refused the message ({status})")
