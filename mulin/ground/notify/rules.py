"""The law of messages: their states, when one is tried again, when it may go out, and how many."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from mulin.kit.clock import SHANGHAI, local_day, start_of_day


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    TASK = "task"
    TOLD = "told"
    DIGESTED = "digested"


class Act(StrEnum):
    """What may happen to a message."""

    LEASE = "lease"
    MARK_SENT = "mark sent"
    TRY_AGAIN = "try again"
    GIVE_UP = "give up"
    JOIN_DIGEST = "join a digest"
    TELL = "tell in person"
    RETRY = "retry"


#: (state, act) → next state. Whatever is not here cannot happen. A waiting message may turn out to
#: be sent, when a sender that was thought dead comes back.
MOVES: Final[dict[tuple[State, Act], State]] = {
    (State.WAITING, Act.LEASE): State.LEASED,
    (State.WAITING, Act.JOIN_DIGEST): State.DIGESTED,
    (State.LEASED, Act.MARK_SENT): State.SENT,
    (State.WAITING, Act.MARK_SENT): State.SENT,
    (State.LEASED, Act.TRY_AGAIN): State.WAITING,
    (State.LEASED, Act.GIVE_UP): State.FAILED,
    (State.TASK, Act.TELL): State.TOLD,
    (State.FAILED, Act.RETRY): State.WAITING,
}


def next_state(state: State, act: Act) -> State | None:
    """Where an act leads, or None if it cannot happen now."""
    return MOVES.get((state, act))


# ── trying again ─────────────────────────────────────────────────────────────────────────────

#: How long a channel may take for one message. Two of them must end within a lease.
SECONDS_TO_SEND: Final = 8
#: How long a sender holds a message; after that another takes it over.
LEASE: Final = timedelta(seconds=30)
#: How long one round of sending lasts at most, so that a round never outlives its job.
ROUND: Final = timedelta(seconds=60)
#: After as many timeouts in a row a channel rests until the next round.
TIMEOUTS_BEFORE_REST: Final = 3

_WAITS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
LONGEST_WAIT: Final = timedelta(hours=6)
MOST_TRIES: Final = 8
LONGEST_ALARM_WAIT: Final = timedelta(minutes=1)


def wait_after(tries: int, *, is_alarm: bool, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many failed tries, or None when it is time to give up.

    An alarm is tried every minute for as long as it takes: nobody but a person ends it. `asked`
    is what the gateway itself asked for; it makes an ordinary wait longer, never shorter.
    """
    if is_alarm:
        return LONGEST_ALARM_WAIT if tries > 1 else _WAITS[0]
    if tries >= MOST_TRIES:
        return None
    wait = _WAITS[min(max(tries, 1), len(_WAITS)) - 1]
    return min(max(wait, asked or timedelta()), LONGEST_WAIT)


def wait_after_death(tries: int, *, is_alarm: bool) -> timedelta | None:
    """How long a message waits whose sender died, or None when it is time to give up.

    The first death is bad luck and costs no time. A message whose senders keep dying may be what
    kills them, and must not stand in the way of the others.
    """
    if tries <= 1:
        return timedelta()
    return wait_after(tries, is_alarm=is_alarm)


# ── when it may go out ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which nobody's phone rings, from `begin` o'clock to `end` o'clock.

    Equal hours mean that no hour is quiet.
    """

    begin: int
    end: int

    def is_quiet(self, moment: datetime) -> bool:
        hour = moment.astimezone(SHANGHAI).hour
        if self.begin <= self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end

    def end_after(self, moment: datetime) -> datetime:
        """The first end of the quiet hours after this moment."""
        today = local_day(moment)
        end = datetime.combine(today, time(self.end), SHANGHAI)
        return end if end > moment else datetime.combine(
            today + timedelta(days=1), time(self.end), SHANGHAI
        )  # fmt: skip


def send_not_before(now: datetime, *, quiet: QuietHours, passes: bool) -> datetime:
    """The first moment at which a message may leave. `passes`: an alarm, or awaited right now."""
    if passes or not quiet.is_quiet(now):
        return now
    return quiet.end_after(now)


# ── one limiter, and the digest ──────────────────────────────────────────────────────────────

LIMITER_WINDOW: Final = timedelta(minutes=1)
#: After a text message on a topic, the next ones on it gather this long and go as one.
DIGEST_WINDOW: Final = timedelta(minutes=30)
DIGEST_ROOM: Final = 280


def topic_group(topic: str) -> str:
    """What is gathered together: `demand.accepted` and `demand.answered` are both `demand`."""
    return topic.partition(".")[0]


def digest_due_at(
    now: datetime, *, last_at: datetime | None, gathering_at: datetime | None
) -> datetime:
    """When the next text on a topic goes: with those that wait already, or when the window after
    the last one ends, or at once.
    """
    if gathering_at is not None:
        return max(now, gathering_at)
    if last_at is None:
        return now
    return max(now, last_at + DIGEST_WINDOW)


def fit(texts: Sequence[str], *, room: int = DIGEST_ROOM) -> tuple[list[str], int]:
    """As many texts as fit into one message, in order, and how many are left out.

    The first always fits; it is cut short if it must be.
    """
    kept: list[str] = []
    used = 0
    for text in texts:
        if kept and used + len(text) > room:
            break
        kept.append(text if len(text) <= room else text[: room - 1] + "…")
        used += len(kept[-1])
    return kept, len(texts) - len(kept)


# ── how somebody is reached ──────────────────────────────────────────────────────────────────

IN_APP: Final = "in_app"
CALL: Final = "call"
DOOR: Final = "door"
IN_PERSON: Final = frozenset({CALL, DOOR})


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached: their addresses in order, and whether they look into Mulin."""

    ways: tuple[tuple[str, str], ...]
    has_account: bool
    looks_into_mulin: bool


def chosen_ways(reach: Reach, *, set_up: Iterable[str]) -> list[tuple[str, str]]:
    """The ways a message goes: into the inbox, out by every channel that is set up, and, where
    neither reaches the person, by the voice or the feet of somebody who knows them.

    A phone number that no gateway can write to is still a number to call.
    """
    open_ways = frozenset(set_up)
    chosen = [(IN_APP, "")] if reach.has_account else []
    outgoing = [(way, to) for way, to in reach.ways if way in open_ways and to]
    chosen += outgoing
    if outgoing or (reach.has_account and reach.looks_into_mulin):
        return chosen
    return [*chosen, _in_person(reach)]


def _in_person(reach: Reach) -> tuple[str, str]:
    for way, to in reach.ways:
        if way in IN_PERSON:
            return way, to
    number = next((to for way, to in reach.ways if way == "sms" and to), None)
    return (CALL, number) if number else (DOOR, "")


def row_key(key: str, *, kind: str, record_id: int, way: str) -> str:
    """The idempotency key of one message to one recipient on one channel.

    A digest, so that a gateway learns nothing from it; the same for every try.
    """
    text = "\x1f".join((key, kind, str(record_id), way))
    return f"{way}-{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def is_path(path: str) -> bool:
    """A path inside Mulin; never the address of somewhere else."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def quota_day_key(way: str, now: datetime) -> str:
    """The desk hears once a day, not once a message, that a channel's quota is used up."""
    return f"quota-{way}-{start_of_day(local_day(now)):%Y%m%d}"
