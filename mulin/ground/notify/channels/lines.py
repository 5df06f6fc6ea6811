"""One question to somebody else's server, answered within a given time or not at all.

A time limit of the library counts each silence anew: an answer that comes letter by letter would
hold a sender for ever. Here the whole exchange has an end, and an answer a size.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import requests

_SECONDS_TO_CONNECT: Final = 3
_MOST_BYTES: Final = 16_384
#: The least worth starting with.
_LEAST_SECONDS: Final = 0.1


class Patience:
    """How long one act may take at the other side, however many questions it asks there."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the values of a JSON object, or what went wrong on the way.

    `fault` names the fault, never the address that was asked: it may hold a secret.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    is_silent: bool = False


def ask(
    url: str, *, patience: Patience, params: Mapping[str, str], body: object = None
) -> Answer:  # fmt: skip
    """Ask once; a body is sent as JSON, with its Chinese as it is: escapes would be shown."""
    import requests  # noqa: PLC0415  see channels/__init__.py

    left = patience.left
    if left < _LEAST_SECONDS:
        return Answer(fault="the time for it was used up", is_silent=True)
    try:
        with requests.request(
            "GET" if body is None else "POST", url, params=dict(params),
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            headers={} if body is None else {"Content-Type": "application/json; charset=utf-8"},
            timeout=(min(_SECONDS_TO_CONNECT, left), left), allow_redirects=False, stream=True,
        ) as response:  # fmt: skip
            if response.status_code != HTTPStatus.OK:
                return Answer(fault=f"it answered {response.status_code}")
            return _read(response, patience)
    except requests.Timeout:
        return Answer(fault="it did not answer in time", is_silent=True)
    except requests.ConnectionError:
        return Answer(fault="it could not be reached", is_silent=True)
    except requests.RequestException as error:
        return Answer(fault=f"its answer made no sense: {type(error).__name__}")


def _read(response: "requests.Response", patience: Patience) -> Answer:
    content = bytearray()
    for byte in response.iter_content(1):
        content += byte
        if patience.left <= 0:
            return Answer(fault="it did not answer in time", is_silent=True)
        if len(content) > _MOST_BYTES:
            return Answer(fault="its answer was too long")
    try:
        values = json.loads(content)
    except ValueError:
        return Answer(fault="its answer was no JSON")
    if not isinstance(values, dict):
        return Answer(fault="its answer was no JSON object")
    return Answer(values)
