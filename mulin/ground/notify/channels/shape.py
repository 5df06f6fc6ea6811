"""What a channel is given, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Approved:
    """A text as its vendor approved it: the number it has there, its places, and the whole."""

    approval_id: str
    values: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as a channel sends it. `key` is the same at every try: a gateway that keeps
    its promise delivers it once. `url` leads to what it tells of, for channels that take a link
    apart from the words.
    """

    key: str
    address: str
    subject: str
    body: str
    is_alarm: bool = False
    url: str = ""
    community_id: int = 0
    written_at: datetime | None = None
    sign: str = ""
    approved: Approved | None = None

    @property
    def text(self) -> str:
        """Subject and body in one piece, for channels that know no subject."""
        return f"{self.subject}\n{self.body}" if self.body else self.subject


class Verdict(StrEnum):
    DELIVERED = "delivered"
    LATER = "later"
    NEVER = "never"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try.

    `why` is told on the page of what failed: it names the fault, never the message. `silent` says
    that the other side did not answer in time, so that the channel may rest for a while; `gone`,
    that this address takes nothing any more. `gateway_id` is what the other side calls it,
    `parts` what a text message is paid as.
    """

    verdict: Verdict
    why: str = ""
    wait: timedelta | None = None
    silent: bool = False
    gone: bool = False
    gateway_id: str = ""
    parts: int | None = None


DELIVERED = Outcome(Verdict.DELIVERED)
