"""Calls by machine: a voice gateway, or its adapter, rings a number and reads a text out.

Mulin posts `{"to": …, "say": …, "key": …}` as JSON with `Authorization: Bearer <token>` and
`Idempotency-Key: <key>`. The answer's status counts as with text messages (see `sms.py`): 2xx is
"it rings", never "they answered".
"""

from typing import Final
from urllib.parse import urlsplit

from mulin.ground.notify.channels.shape import Outcome, Parcel, Verdict
from mulin.ground.notify.channels.sms import outcome_of
from mulin.ground.notify.rules import SECONDS_TO_SEND

_SECONDS_TO_CONNECT: Final = 3


def is_target(target: str) -> bool:
    """`https://gateway.example/call`, and the token after a space."""
    parts = urlsplit(target.partition(" ")[0])
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def send(parcel: Parcel, target: str) -> Outcome:
    """One try."""
    import requests  # noqa: PLC0415  see channels/__init__.py

    url, _, token = target.partition(" ")
    headers = {"Idempotency-Key": parcel.key}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with requests.post(
            url,
            json={"to": parcel.address, "say": parcel.text, "key": parcel.key},
            headers=headers,
            timeout=(_SECONDS_TO_CONNECT, SECONDS_TO_SEND),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return outcome_of(answer.status_code, answer.headers.get("Retry-After", ""))
    except requests.Timeout:
        return Outcome(Verdict.LATER, "the voice gateway does not answer", silent=True)
    except requests.RequestException as error:
        return Outcome(Verdict.LATER, f"no way to the voice gateway: {type(error).__name__}")
