"""What a channel is given, and what it answers."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as a channel sends it. `key` is the same at every try: a gateway that keeps
    its promise delivers it once.
    """

    key: str
    address: str
    subject: str
    body: str
    is_alarm: bool = False

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
    that the other side did not answer in time, so that the channel may rest for a while.
    """

    verdict: Verdict
    why: str = ""
    wait: timedelta | None = None
    silent: bool = False


DELIVERED = Outcome(Verdict.DELIVERED)
