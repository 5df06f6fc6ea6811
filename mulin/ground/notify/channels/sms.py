"""Text messages through an HTTP gateway: a vendor's adapter, or a modem in the office.

Mulin posts `{"to": …, "text": …, "key": …, "parts": …}` as JSON with `Authorization: Bearer
<token>` and `Idempotency-Key: <key>`; with a registered signature `"sign"`, which `text` begins
with, and with an approved template `"template": {"id": …, "values": {…}}`, whose whole is `text`.
The answer's status counts: 2xx delivered · 402 the quota is used up · 408, 425, 429 and 5xx try
again (`Retry-After` in seconds is kept to) · anything else this message can never be sent.

What became of it the gateway tells later (`actions/receipts.py`), to the address that the page of
the channel shows: a POST of `{"receipts": [{"key": …, "arrived": true}, {"key": …, "arrived":
false, "why": "UNDELIV"}], "replies": [{"from": …, "text": "TD"}]}` with the headers `Mulin-Time`
(seconds since 1970) and `Mulin-Signature` (hex HMAC-SHA-256 of time, a dot and the body, with the
token as the key).
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from mulin.ground.notify.channels.shape import DELIVERED, Outcome, Parcel, Verdict
from mulin.ground.notify.rules import SECONDS_TO_SEND, parts_of, signed

_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_SECONDS_TO_CONNECT = 3
#: `gammu:///var/spool/gammu/outbox`: the files backend of gammu-smsd on this machine.
_STICK: Final = "gammu"


def is_target(target: str) -> bool:
    """`https://gateway.example/send`, and the token after a space; or the outbox of gammu-smsd."""
    parts = urlsplit(target.partition(" ")[0])
    if parts.scheme == _STICK:
        return not parts.hostname and parts.path.startswith("/")
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def send(parcel: Parcel, target: str) -> Outcome:
    """One try. The answer's body is not read: only its status says anything."""
    url, _, token = target.partition(" ")
    if url.startswith(f"{_STICK}:"):
        return _by_stick(parcel, Path(urlsplit(url).path))
    import requests  # noqa: PLC0415  see channels/__init__.py

    headers = {"Idempotency-Key": parcel.key}
    text = whole(parcel)
    said: dict[str, Any] = {
        "to": parcel.address, "text": text, "key": parcel.key, "parts": parts_of(text)
    }  # fmt: skip
    if parcel.sign:
        said["sign"] = parcel.sign
    if parcel.approved is not None:
        said["template"] = {
            "id": parcel.approved.approval_id, "values": dict(parcel.approved.values)
        }  # fmt: skip
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with requests.post(
            url,
            json=said,
            headers=headers,
            timeout=(_SECONDS_TO_CONNECT, SECONDS_TO_SEND),
            allow_redirects=False,
            stream=True,
        ) as answer:
            outcome = outcome_of(answer.status_code, answer.headers.get("Retry-After", ""))
            is_paid = outcome.verdict is Verdict.DELIVERED
            return replace(outcome, parts=parts_of(text)) if is_paid else outcome
    except requests.Timeout:
        return Outcome(Verdict.LATER, "the gateway did not answer in time", silent=True)
    except requests.ConnectionError:
        return Outcome(Verdict.LATER, "the gateway could not be reached", silent=True)
    except requests.RequestException as error:
        return Outcome(Verdict.LATER, f"the gateway's answer made no sense: {type(error).__name__}")


def whole(parcel: Parcel) -> str:
    """The text as the phone shows it."""
    said = parcel.approved.text if parcel.approved is not None else parcel.text
    return signed(said, parcel.sign)


def _by_stick(parcel: Parcel, outbox: Path) -> Outcome:
    """A file in the outbox of gammu-smsd, which sends it by a 4G stick and needs no Internet.

    Every try writes the same name, so that what still lies there lies there once. It is made
    beside it and then moved: the daemon never reads half of one.
    """
    written = (parcel.written_at or datetime.now(UTC)).astimezone(UTC)
    priority = "A" if parcel.is_alarm else "M"
    name = f"OUT{priority}{written:%Y%m%d_%H%M%S}_00_{parcel.address}_{parcel.key[-16:]}.txt"
    draft = outbox / f".{name}"
    try:
        # With its mark in front: so the daemon tells Chinese from a page of codes.
        draft.write_text(whole(parcel), encoding="utf-16")
        draft.replace(outbox / name)
    except OSError as error:
        return Outcome(Verdict.LATER, f"no way to the outbox of gammu-smsd: {error.strerror}")
    return replace(DELIVERED, parts=parts_of(whole(parcel)))


def outcome_of(status: int, retry_after: str) -> Outcome:
    """What a gateway's answer means."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return DELIVERED
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return Outcome(Verdict.QUOTA, "the gateway's quota is used up (402)")
    if status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = timedelta(seconds=int(retry_after)) if retry_after.isdecimal() else None
        return Outcome(Verdict.LATER, f"the gateway answered {status}", wait)
    return Outcome(Verdict.NEVER, f"the gateway refused the message ({status})")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway says became of one message."""

    key: str
    has_arrived: bool
    why: str


def told_by_gateway(content: bytes) -> tuple[list[Receipt], list[tuple[str, str]]]:
    """Receipts, and replies as pairs of phone and text. Raises ValueError for anything else."""
    told = json.loads(content)
    if not isinstance(told, dict):
        raise ValueError("no object")  # noqa: TRY004  what came is data, not a call of ours
    try:
        receipts = [
            Receipt(str(one["key"]), bool(one["arrived"]), str(one.get("why", "")))
            for one in told.get("receipts", [])
        ]
        replies = [(str(one["from"]), str(one["text"])) for one in told.get("replies", [])]
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("not as agreed") from fault
    return receipts, replies
