"""The law of alarms: their states, the ladder, what a device may say, what was to be heard of."""

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from mulin.kit.clock import local_day, parse_local, start_of_day


class State(StrEnum):
    """Where an alarm stands."""

    OPEN = "open"  # nobody goes yet: the ladder climbs
    GOING = "going"
    THERE = "there"  # at the door, or they spoke on the phone
    ENDED = "ended"


class Deed(StrEnum):
    """What may happen to an alarm."""

    GO = "go"
    ARRIVE = "arrive"
    END = "end"
    PRESS = "press"
    RUN_OUT = "run out"


#: (state, deed) → next state. No deed of a machine leads to ENDED: only a human ends an alarm.
MOVES: Final[dict[tuple[State, Deed], State]] = {
    (State.OPEN, Deed.GO): State.GOING,
    (State.OPEN, Deed.ARRIVE): State.THERE,
    (State.GOING, Deed.ARRIVE): State.THERE,
    (State.OPEN, Deed.END): State.ENDED,
    (State.GOING, Deed.END): State.ENDED,
    (State.THERE, Deed.END): State.ENDED,
    (State.GOING, Deed.PRESS): State.OPEN,
    (State.THERE, Deed.PRESS): State.OPEN,
    (State.GOING, Deed.RUN_OUT): State.OPEN,
    (State.THERE, Deed.RUN_OUT): State.OPEN,
}


def next_state(state: State, deed: Deed) -> State | None:
    """Where a deed leads, or None if it cannot happen now."""
    return MOVES.get((state, deed))


def from_states(deed: Deed) -> list[State]:
    """The states in which a deed can happen."""
    return [state for state, one in MOVES if one is deed]


# ── pressed again ────────────────────────────────────────────────────────────────────────────

#: Presses of one person within this time are one alarm, and the ladder goes on where it is.
SAME: Final = timedelta(minutes=5)


def begins_anew(state: State, last_press_at: datetime, now: datetime) -> bool:
    """Whether a press on an alarm that has not ended starts the ladder from its first rung.

    Always when somebody was going already: that they press again is news. Otherwise after five
    minutes; it stays one alarm then, too, because two numbers for one person in need send two
    helpers past each other.
    """
    return state in {State.GOING, State.THERE} or now - last_press_at > SAME


# ── the ladder ───────────────────────────────────────────────────────────────────────────────


class Who(StrEnum):
    """Whom a rung tells."""

    DUTY = "duty"  # the desk, the groups of staff, the duty screen
    GRID = "grid"
    NEIGHBOUR = "neighbour"
    FAMILY = "family"
    KEY = "key"
    HEAD = "head"
    PHONE = "phone"  # the duty phone of the community
    ALL = "all"


#: Whom ALL is, in the order in which they are written down.
EVERYBODY: Final = (
    Who.DUTY, Who.GRID, Who.NEIGHBOUR, Who.FAMILY, Who.KEY, Who.HEAD, Who.PHONE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: so many seconds after the press these are told; `by_voice` also by a call."""

    after: int
    who: tuple[Who, ...]
    by_voice: bool = False

    def as_json(self) -> dict[str, Any]:  # Any: a JSON object
        return asdict(self) | {"who": [one.value for one in self.who]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Rung":  # Any: a JSON object
        return cls(
            int(kept["after"]), tuple(Who(one) for one in kept["who"]), bool(kept["by_voice"])
        )


Ladder = tuple[Rung, ...]

#: Where a community has said nothing: the order that districts publish for their call boxes.
DEFAULT_LADDER: Final[Ladder] = (
    Rung(0, (Who.DUTY, Who.GRID)),
    Rung(60, (Who.NEIGHBOUR, Who.FAMILY, Who.KEY)),
    Rung(180, (Who.HEAD,), by_voice=True),
    Rung(360, (Who.ALL,), by_voice=True),
)
#: A trial of a device stays with whoever tries it.
TRIAL_LADDER: Final[Ladder] = (Rung(0, (Who.DUTY,)),)
#: The last rung is told again and again.
LOOP: Final = timedelta(minutes=3)
#: Where the ladder is behind, its rungs still follow each other at this distance.
LEAST_GAP: Final = timedelta(seconds=20)
MOST_RUNGS: Final = 8
LONGEST_RUNG: Final = 3600  # seconds
LEAST_ANSWER, MOST_ANSWER = 5, 120  # minutes
#: A row that could not be climbed is tried again after this; the others go on meanwhile.
AFTER_FAULT: Final = timedelta(seconds=10)


def ladder_of(kept: Sequence[Mapping[str, Any]]) -> Ladder:  # Any: JSON objects
    """A ladder as it is kept; the default where none is."""
    return tuple(Rung.from_json(one) for one in kept) or DEFAULT_LADDER


def is_ladder(rungs: Sequence[Rung]) -> bool:
    """In order, begun at once, of a length that people can grasp, and nobody's last rung empty."""
    times = [rung.after for rung in rungs]
    return (
        0 < len(rungs) <= MOST_RUNGS
        and times[0] == 0
        and times == sorted(set(times))
        and times[-1] <= LONGEST_RUNG
        and all(rung.who for rung in rungs)
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Where the ladder stands after a rung: the next rung, how often the last was told, when."""

    rung: int
    loop: int
    at: datetime


def after_rung(ladder: Ladder, rung: int, loop: int, *, began: datetime, now: datetime) -> Step:
    """What comes after a rung; there is always something."""
    following = rung + 1
    if following >= len(ladder):
        return Step(len(ladder) - 1, loop + 1, now + LOOP)
    at = began + timedelta(seconds=ladder[following].after)
    return Step(following, loop, at if at > now else now + LEAST_GAP)


# ── whether the ladders stand ────────────────────────────────────────────────────────────────

#: An open alarm whose next step is past by more than this stands still.
STANDS_STILL: Final = timedelta(seconds=60)
#: No step of a ladder, and no answer, reaches further ahead.
FURTHEST: Final = timedelta(minutes=MOST_ANSWER + 5)
#: A clock that was put back by more than this makes every step due.
CLOCK_SLACK: Final = timedelta(seconds=5)


def stands_still(next_step_at: datetime | None, now: datetime) -> bool:
    """Whether an alarm that has not ended is forgotten: no step ahead, or one beyond belief."""
    if next_step_at is None:
        return True
    return next_step_at < now - STANDS_STILL or next_step_at > now + FURTHEST


#: Between two trials of the whole chain, and when one that has not come back is a fault.
TRIAL_EVERY: Final = timedelta(minutes=5)
TRIAL_WITHIN: Final = timedelta(minutes=2)


def chain_is_proven(sent_at: datetime | None, arrived_at: datetime | None, now: datetime) -> bool:
    """Whether the last trial came back, or is still on its way within its time.

    Nothing is proven before the first one came back, nor by what came before a clock was put back.
    """
    if sent_at is None or arrived_at is None or max(sent_at, arrived_at) > now + CLOCK_SLACK:
        return False
    if arrived_at >= sent_at:
        return now - sent_at < TRIAL_EVERY + TRIAL_WITHIN
    return now - sent_at < TRIAL_WITHIN


#: So long Mulin keeps silent when the second box is tried: its text must have come before the end.
SILENCE_LASTS: Final = timedelta(minutes=6)
#: A silence that was announced so long ago proves nothing any more.
SILENCE_COUNTS: Final = timedelta(hours=12)
#: The watchdog is proven anew each week.
BOX_PROVEN_FOR: Final = timedelta(days=7)


def is_hushed(silent_from: datetime | None, now: datetime) -> bool:
    """Whether Mulin keeps silent on purpose; never where a clock was put back."""
    return silent_from is not None and silent_from <= now < silent_from + SILENCE_LASTS


def is_box_proven(proven_at: datetime | None, now: datetime) -> bool:
    """Whether the second box was seen to send its text within the week."""
    return proven_at is not None and now - proven_at <= BOX_PROVEN_FOR


# ── devices ──────────────────────────────────────────────────────────────────────────────────

KEY_BYTES: Final = 24
#: A device's clock that is further off is told, and believed all the same: a lost alarm is worse
#: than one that was played back, and that is caught by its number.
CLOCK_OFF: Final = timedelta(minutes=5)
#: What was pressed in this time after a trial was announced is a trial.
TRIAL_LASTS: Final = timedelta(minutes=10)
LONGEST_SIGNAL: Final = 4096  # bytes
#: A device's own number of a press, as it is kept; a longer one is kept by its digest, because two
#: that only begin alike are two presses.
LONGEST_NUMBER: Final = 40
#: So long the same number is the same press sent again. After that the device has begun to count
#: anew, as cheap ones do with a fresh battery: a lost alarm is worse than one that came twice.
NUMBER_COUNTS: Final = timedelta(days=1)
#: Behind a number that is used once more stands when it was; no number of a device holds this sign.
COUNTED_ANEW: Final = "\t"
#: No meter says more at once.
MOST_LITRES: Final = Decimal(999_999)
_TOPIC: Final = re.compile(
    r"sos/(?P<name>[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9]{4,24})/(?P<what>press|beat)"
)


class Said(StrEnum):
    """What a device says."""

    SOS = "sos"
    OK = "ok"
    BEAT = "beat"
    WATER = "water"


@dataclass(frozen=True, slots=True)
class Signal:
    """What came from a device. `message_id` is the device's own number of it; "" where it has
    none, and then nothing tells a repetition from a second press.
    """

    said: Said
    message_id: str = ""
    device: str = ""
    at: datetime | None = None
    litres: Decimal | None = None


class NotUnderstood(ValueError):  # noqa: N818  it says what is so
    """The call is not as agreed."""


#: Our own format; the mapping of a vendor has the same places.
OWN_FORMAT: Final[Mapping[str, Any]] = {
    "device": "device", "id": "id", "said": "said", "at": "at", "litres": "litres",
    "words": {"sos": ["sos"], "ok": ["ok"], "beat": ["beat"], "water": ["water"]},
}  # fmt: skip
#: A time in seconds is never so large; one in thousandths always.
_MILLIS: Final = 1e11
_PLACES: Final = ("device", "id", "said", "at", "litres")


def is_mapping(mapping: object) -> bool:
    """Whether a vendor's mapping says at least where the device stands and what its words mean."""
    if not isinstance(mapping, dict) or not isinstance(mapping.get("words"), dict):
        return False
    if not all(isinstance(mapping.get(place, ""), str) for place in _PLACES):
        return False
    known = all(
        word in set(map(str, Said))
        and isinstance(means, list)
        and all(isinstance(one, str) for one in means)
        for word, means in mapping["words"].items()
    )
    return known and bool(mapping.get("device")) and bool(mapping["words"].get(Said.SOS))


def signal_in(content: bytes, mapping: Mapping[str, Any] = OWN_FORMAT) -> Signal:
    """Read what a device or its vendor sent. Raises NotUnderstood.

    A word that the mapping doesn't know is an alarm: whoever sends something new sends it for a
    reason, and a helper who goes for nothing is better than one who doesn't go.
    """
    if len(content) > LONGEST_SIGNAL:
        raise NotUnderstood("too long")
    try:
        told = json.loads(content or b"{}")
    except (ValueError, RecursionError) as fault:
        raise NotUnderstood("no JSON") from fault
    if not isinstance(told, dict):
        raise NotUnderstood("no object")
    word = _at(told, mapping.get("said", ""))
    words = mapping["words"]
    said = next((Said(one) for one, means in words.items() if word in means), Said.SOS)
    return Signal(
        said, number_kept(_at(told, mapping.get("id", ""))),
        _written(_at(told, mapping.get("device", "")))[:64],
        _moment(_at(told, mapping.get("at", ""))), _litres(_at(told, mapping.get("litres", ""))),
    )  # fmt: skip


def _at(told: Mapping[str, Any], path: str) -> str:  # Any: what JSON holds
    """A value by its path, such as `data.device.sn`; empty where there is none."""
    found: Any = told
    for name in path.split(".") if path else ():
        found = found.get(name) if isinstance(found, dict) else None
    if found is None or path == "" or isinstance(found, dict | list):
        return ""
    return str(found).strip()


def _written(text: str) -> str:
    """Whatever no database, no broker and no page could hold is written out as its number."""
    return "".join(one if one.isprintable() else f"~{ord(one):x}" for one in text)


def number_kept(text: str) -> str:
    """A device's own number of a press, so that it can be kept and told back to it."""
    number = _written(text)
    if len(number) <= LONGEST_NUMBER:
        return number
    return hashlib.sha256(number.encode()).hexdigest()[:LONGEST_NUMBER]


def is_sent_again(written_at: datetime, now: datetime) -> bool:
    """Whether a press with a number that was written before is that press."""
    return abs(now - written_at) < NUMBER_COUNTS


def counted_anew(number: str, now: datetime) -> str:
    """How a number is kept that a device uses once more after it has begun to count anew."""
    return f"{number}{COUNTED_ANEW}{now.astimezone(UTC):%Y%m%d%H%M%S}"


def _moment(text: str) -> datetime | None:
    try:
        if text.replace(".", "", 1).isdecimal():
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > _MILLIS else number, UTC)
        return parse_local(text) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def _litres(text: str) -> Decimal | None:
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or amount < 0:
        return None
    return min(amount, MOST_LITRES).quantize(Decimal("0.001"))


def stamp_in(text: str) -> datetime | None:
    """The time of a signed call, in seconds since 1970; None where none can be read."""
    return _moment(text) if text.isdecimal() else None


def is_clock_off(at: datetime | None, now: datetime) -> bool:
    """Whether a device's clock should be put right."""
    return at is not None and abs(now - at) > CLOCK_OFF


def in_topic(topic: str) -> tuple[str, str, str] | None:
    """Community, code and what it is (`press` or `beat`) of a topic; None for any other."""
    found = _TOPIC.fullmatch(topic)
    if found is None:
        return None
    community, _dot, code = found["name"].partition(".")
    return community, code, found["what"]


def receipt_topic(community: str, code: str, message_id: str) -> str:
    """Where a device hears that its press is written down. What would be a wildcard is a dash."""
    return f"sos/{community}.{code}/rcpt/{message_id.translate(_NO_WILDCARDS) or '-'}"


_NO_WILDCARDS: Final = str.maketrans("+#", "--")


def fresh_key() -> str:
    """A key for a device; only its digests are kept."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    """What is kept of a key: it is long and random, so one round is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_key(key: str, digest: str) -> bool:
    """Whether a key is the one whose digest is kept; nothing matches an empty digest."""
    return bool(digest) and hmac.compare_digest(digest_of(key), digest)


def is_signed(digest: str, *, stamp: str, content: bytes, given: str) -> bool:
    """Whether whoever sent this has the key, without having sent the key: HMAC-SHA-256 over the
    time, a dot and the content, by the key's digest.

    How old it is, is not asked: a device whose clock is wrong is heard all the same, and one that
    is played back is known by its number.
    """
    if not (digest and stamp and given):
        return False
    wanted = hmac.new(digest.encode(), stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode())


_ROUNDS: Final = 101


def broker_digest(key: str, *, salt: bytes | None = None) -> str:
    """A key as Mosquitto keeps it in its file of passwords: PBKDF2 with SHA-512."""
    salt = salt if salt is not None else secrets.token_bytes(12)
    drawn = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${b64encode(salt).decode()}${b64encode(drawn).decode()}"


# ── what was to be heard of ──────────────────────────────────────────────────────────────────

#: How far ahead expectations are made.
AHEAD: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Expected:
    """Something to be heard within (`since`, `until`]; the alarm comes at `alarm_at`."""

    since: datetime
    until: datetime
    alarm_at: datetime


def check_ins(
    times: Sequence[time], *, grace: timedelta, begin: datetime, until: datetime
) -> Iterator[Expected]:
    """The check-ins whose alarm would come within a span, day after day on the clock of Shanghai.

    Each is heard from the one before it on, so that an early word counts, also across midnight and
    the end of a year.
    """
    moments = []
    day = local_day(begin) - timedelta(days=2)
    while day <= local_day(until):
        moments += [
            start_of_day(day) + timedelta(hours=one.hour, minutes=one.minute)
            for one in sorted(times)
        ]
        day += timedelta(days=1)
    for before, moment in pairwise(moments):
        alarm_at = moment + grace
        if begin < alarm_at <= until:
            yield Expected(before + grace, alarm_at, alarm_at)


def water_spans(hours: int, *, begin: datetime, until: datetime) -> Iterator[Expected]:
    """Spans of so many hours, counted from midnight, that end within a span."""
    at = start_of_day(local_day(begin) - timedelta(days=1))
    while at < until:
        end = at + timedelta(hours=hours)
        if begin < end <= until:
            yield Expected(at, end, end)
        at = end
