"""The law of messages: their states, when one is tried again, when it may go out, and how many."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
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
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What may happen to a message."""

    LEASE = "lease"
    MARK_SENT = "mark sent"
    TRY_AGAIN = "try again"
    GIVE_UP = "give up"
    GO_ON = "go another way"
    JOIN_DIGEST = "join a digest"
    TELL = "tell in person"
    RETRY = "retry"
    WITHDRAW = "withdraw"


#: (state, act) → next state. Whatever is not here cannot happen. A waiting message may turn out to
#: be sent, when a sender that was thought dead comes back; a sent one not to have arrived, when the
#: other side says so later.
MOVES: Final[dict[tuple[State, Act], State]] = {
    (State.WAITING, Act.LEASE): State.LEASED,
    (State.WAITING, Act.JOIN_DIGEST): State.DIGESTED,
    (State.LEASED, Act.MARK_SENT): State.SENT,
    (State.WAITING, Act.MARK_SENT): State.SENT,
    (State.LEASED, Act.TRY_AGAIN): State.WAITING,
    (State.LEASED, Act.GIVE_UP): State.FAILED,
    (State.LEASED, Act.GO_ON): State.PASSED_ON,
    (State.SENT, Act.GIVE_UP): State.FAILED,
    (State.SENT, Act.GO_ON): State.PASSED_ON,
    (State.TASK, Act.TELL): State.TOLD,
    (State.FAILED, Act.RETRY): State.WAITING,
    (State.WAITING, Act.WITHDRAW): State.WITHDRAWN,
    (State.LEASED, Act.WITHDRAW): State.WITHDRAWN,
    (State.TASK, Act.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Act.MARK_SENT): State.SENT,
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
#: Where another way is left, a quarter of an hour is long enough to wait for this one.
MOST_TRIES_BEFORE_NEXT_WAY: Final = 4
LONGEST_ALARM_WAIT: Final = timedelta(minutes=1)
#: What lies ahead by more than this was written before the clock was put back.
CLOCK_SLACK: Final = timedelta(seconds=5)


def wait_after(
    tries: int, *, is_alarm: bool, asked: timedelta | None = None, has_next: bool = False
) -> timedelta | None:
    """How long to wait after so many failed tries, or None when it is time to give up.

    An alarm is tried every minute for as long as it takes: nobody but a person ends it. `asked`
    is what the gateway itself asked for; it makes an ordinary wait longer, never shorter.
    """
    if is_alarm:
        return LONGEST_ALARM_WAIT if tries > 1 else _WAITS[0]
    if tries >= (MOST_TRIES_BEFORE_NEXT_WAY if has_next else MOST_TRIES):
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
WECHAT: Final = "wechat"
SMS: Final = "sms"
CALL: Final = "call"
DOOR: Final = "door"
IN_PERSON: Final = frozenset({CALL, DOOR})
#: Of these one at a time: the next is used when the one before it fails for good.
LADDER: Final = (WECHAT, SMS)


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached: their addresses in order, and whether they look into Mulin."""

    ways: tuple[tuple[str, str], ...]
    has_account: bool
    looks_into_mulin: bool


def chosen_ways(
    reach: Reach, *, set_up: Iterable[str], all_at_once: bool = False
) -> list[tuple[str, str]]:
    """The ways a message goes: into the inbox, out by the channels that are set up, and, where
    neither reaches the person, by the voice or the feet of somebody who knows them.

    Of WeChat and text message the first alone, unless it is to go by `all_at_once`. A phone
    number that no gateway can write to is still a number to call.
    """
    open_ways = frozenset(set_up)
    chosen = [(IN_APP, "")] if reach.has_account else []
    outgoing = [(way, to) for way, to in reach.ways if way in open_ways and to]
    if not all_at_once:
        outgoing = _first_step(outgoing)
    chosen += outgoing
    if outgoing or (reach.has_account and reach.looks_into_mulin):
        return chosen
    return [*chosen, _in_person(reach)]


def _first_step(outgoing: list[tuple[str, str]]) -> list[tuple[str, str]]:
    steps = [way for way in LADDER if any(way == one for one, _to in outgoing)]
    return [(way, to) for way, to in outgoing if way not in steps[1:]]


def next_steps(way: str) -> tuple[str, ...]:
    """The ways to be tried when this one failed for good, in order."""
    return LADDER[LADDER.index(way) + 1 :] if way in LADDER else ()


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


# ── text messages as they are paid ───────────────────────────────────────────────────────────

#: A text of so many signs goes alone; a longer one in parts, each of which carries its place.
SIGNS_ALONE: Final = 70
SIGNS_OF_A_PART: Final = 67
#: The places of an approved template, and what stands in them.
PLACE: Final = re.compile(r"\$\{(\w*)\}")
PLACES: Final = ("community", "subject", "body")
LONGEST_PLACE: Final = 35
#: How somebody says that they want no more text messages 退订.
_REFUSALS: Final = frozenset({"T", "TD", "N", "R", "退订", "拒收", "退定"})


def parts_of(text: str) -> int:
    """How many text messages this is paid as; a sign beyond the common plane counts twice."""
    signs = len(text.encode("utf-16-be")) // 2
    return 1 if signs <= SIGNS_ALONE else -(-signs // SIGNS_OF_A_PART)


def signed(text: str, sign: str) -> str:
    """A text with its registered signature in front, as every text in China must have one."""
    return f"【{sign}】{text}" if sign else text


def unknown_places(template: str) -> list[str]:
    """Places of a template that nothing would stand in."""
    return [place for place in PLACE.findall(template) if place not in PLACES]


def place_values(values: Mapping[str, str], *, longest: int) -> dict[str, str]:
    """What stands in the places: one line each, cut to what the vendor allows, never empty."""
    lines = {name: " ".join(value.split()) or "-" for name, value in values.items()}
    return {
        name: line if len(line) <= longest else line[: longest - 1] + "…"
        for name, line in lines.items()
    }


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its places filled."""
    return PLACE.sub(lambda place: values.get(place[1], place[0]), template)


def is_refusal(text: str) -> bool:
    """Whether an answer to a text message asks for no more of them."""
    return unicodedata.normalize("NFKC", text).strip().upper() in _REFUSALS


def receipt_signature(secret: str, *, time: str, content: bytes) -> str:
    """How a gateway signs what it tells: HMAC-SHA-256 over the time, a dot and the content."""
    return hmac.new(secret.encode(), time.encode() + b"." + content, hashlib.sha256).hexdigest()


#: A call that is older, or from further in the future, is somebody repeating it.
RECEIPT_AGE: Final = timedelta(minutes=10)


# ── WeChat's service account ─────────────────────────────────────────────────────────────────

#: How long somebody may be away at WeChat before what brought them back is worth nothing.
ROUND_TRIP: Final = timedelta(minutes=10)
#: A pass is no longer used when it has less than this left: it must outlive the try itself.
PASS_MARGIN: Final = timedelta(minutes=1)

#: What the kinds of a template's fields hold, by the letters their names begin with.
FIELD_ROOM: Final = {
    "thing": 20, "short_thing": 5, "character_string": 32, "phrase": 5, "const": 20, "name": 10,
    "time": 32, "date": 32,
}  # fmt: skip
LONGEST_FIELD: Final = 200
FIELD_NAME: Final = re.compile(r"[a-z_]+[0-9]{1,3}")


def field_value(name: str, text: str) -> str:
    """A text as a field of a template takes it: one line, and no longer than its kind allows."""
    line = " ".join(text.split())
    room = FIELD_ROOM.get(name.rstrip("0123456789"), LONGEST_FIELD)
    return line if len(line) <= room else line[: room - 1] + "…"


def wechat_signature(*parts: str) -> str:
    """How WeChat signs what it sends: SHA-1 over the sorted parts. The algorithm is theirs."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_path(path: str) -> bool:
    """A path inside Mulin; never the address of somewhere else."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def quota_day_key(way: str, now: datetime) -> str:
    """The desk hears once a day, not once a message, that a channel's quota is used up."""
    return f"quota-{way}-{start_of_day(local_day(now)):%Y%m%d}"
