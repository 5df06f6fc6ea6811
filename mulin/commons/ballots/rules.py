"""The law of a secret vote: what a ballot is, when what may happen, which sums must agree."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

#: A signature drawn in the last second may still be cast.
GRACE: Final = timedelta(seconds=60)
#: How much later a vote may end than was posted.
LONGEST_EXTENSION: Final = timedelta(days=7)
#: A group with fewer valid ballots is not shown by itself.
LEAST_SHOWN: Final = 10
#: RFC 9474 leaves the size open; below this nobody draws.
KEY_BITS: Final = 3072
#: Two of three open the urn.
HOLDERS, NEEDED = 3, 2
#: One paper ballot in so many is counted by hand again, five at least, where the terms of a vote do
#: not say another number. Both are choices of ours, posted with the rule.
SAMPLE_EVERY, SAMPLE_LEAST = 20, 5
#: Of each constituency half should take part, where nothing else is said: a choice of ours as well,
#: posted with the rule and shown, never enforced.
QUORUM_PERCENT: Final = 50
#: So many of those who are marked on the roll observers ask whether it is so. A choice of ours.
ASKED: Final = 20
#: A page at which the reader broke off so often is left to people.
MOST_TRIES: Final = 3
#: What a ballot may measure, so that every envelope has one size.
BALLOT_MAX: Final = 470
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,12}", re.ASCII)
#: How long the roll is kept for complaints after publication, where nothing else is said.
COMPLAINT_DAYS: Final = 5
#: How long a posted roll may be objected to, how long the notice hangs out before a vote, how long one
#: votes, and by how much a vote is extended, where nothing else is typed. Choices of ours, no law.
OBJECTION_DAYS, NOTICE_DAYS, VOTE_DAYS, EXTENSION_DAYS = 5, 7, 7, 3


class State(StrEnum):
    """How far an election is."""

    DRAFTED = "drafted"
    POSTED = "posted"  # the roll is shown, objections are heard
    FROZEN = "frozen"
    OPEN = "open"
    SEALED = "sealed"  # over; the urn has its hash, the signing keys are gone
    OPENED = "opened"  # two key holders have opened it, its ballots are checked
    PUBLISHED = "published"
    WIPED = "wiped"  # taken away: a trial, or a vote withdrawn before its opening


#: As long as a vote may be withdrawn; from its opening on it stands.
UNOPENED: Final = frozenset({State.DRAFTED, State.POSTED, State.FROZEN})


class Mark(StrEnum):
    """What became of a person's one ballot, whichever way they took it."""

    NOT_TAKEN = "not_taken"
    ONLINE = "online"
    PAPER = "paper"
    DOOR = "door"
    STRUCK = "struck"  # corrected away after the freeze, by protocol


#: Whoever holds one of these has had their ballot.
TAKEN: Final = frozenset({Mark.ONLINE, Mark.PAPER, Mark.DOOR})


class Kind(StrEnum):
    """What a returned ballot is."""

    VALID = "valid"
    BLANK = "blank"
    VOID = "void"
    SET_ASIDE = "set_aside"


class Board(StrEnum):
    """What everybody reads after publication."""

    FULL = "full"  # beside each receipt what was chosen: whoever voted can check their own
    CODES = "codes"  # receipts and ballots as two lists that nothing joins: nobody can show a vote


class Binding(StrEnum):
    """What a result is."""

    ADVISORY = "advisory"  # what neighbours agreed on
    RULE = "rule"  # what a meeting decided, as binding as the rule makes it that it was held under
    MEETING = "meeting"  # a decision of the residents' meeting 居民会议
    REPRESENTATIVES = "represent"  # a decision of the residents' representatives 居民代表会议


class Matter(StrEnum):
    """What is the matter with a picture of a paper ballot, or with the sheet on it."""

    NOTHING = "nothing"  # no ballot of ours is to be seen in it
    TWO = "two"  # two sheets in one picture
    UNREAD = "unread"  # no machine has read it
    COPY = "copy"  # its code was seen before: the same sheet again, or two papers
    MORE = "more"  # more sheets than were counted in the box
    FOREIGN = "foreign"  # its code was not printed for this vote
    OTHER_BOX = "other_box"  # printed for another constituency


class Settled(StrEnum):
    """What becomes of a picture that could not be laid to a sheet by itself."""

    THROWN = "thrown"  # photographed anew, or the same sheet twice
    BY_EYE = "by_eye"  # it is a ballot: two people read it beside the picture
    TWO_PAPERS = "two_papers"  # one code, two papers: both are an observer's


class Said(StrEnum):
    """What somebody whom the roll marks says when an observer asks."""

    YES = "yes"  # I took a ballot
    NO = "no"
    UNREACHED = "unreached"


class Fault(StrEnum):
    """Why something typed or sent cannot be."""

    NO_OPTIONS = "no_options"
    CODE_TWICE = "code_twice"
    TOO_LONG = "too_long"
    LIMITS = "limits"
    SAMPLE = "sample"
    QUORUM = "quorum_percent"
    BASIS = "legal_basis"
    TIMES = "times"
    NO_CONSTITUENCY = "no_constituency"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided about an election before its roll is posted.

    `options` and `constituencies` carry ids that stand on ballots: short, of letters and digits.
    `wording` are the words that are adopted or not, where one votes on words: they stand on every
    ballot. `beside` gives by an option's id what is printed beside its title, such as its cost.
    Of the paper ballots one in `sample_every` is counted by hand again, `sample_least` at least.
    `quorum_percent`: of each constituency so many should take part; it is shown, and what follows from
    it the rule says. None where the room has a quorum of its own. A result that is a decision by law
    names the article that it stands on. With `objection_days` the roll is posted, and frozen when they
    are over; a trial's may be frozen before.
    `origin` names the record of the room that opened it. With `lasts`, whole minutes, it runs so
    long from the moment in which it is opened, and its two times are set then.
    """

    title: str
    options: tuple[tuple[str, str], ...]
    constituencies: tuple[tuple[str, str, str], ...]
    max_choices: int
    opens_at: datetime
    closes_at: datetime
    rule: str
    min_choices: int = 0
    is_online: bool = True
    is_trial: bool = False
    complaint_days: int = COMPLAINT_DAYS
    objection_days: int = 0
    board: Board = Board.FULL
    sample_every: int = SAMPLE_EVERY
    sample_least: int = SAMPLE_LEAST
    quorum_percent: int | None = None
    binding: Binding = Binding.ADVISORY
    legal_basis: str = ""
    origin: tuple[str, int] = ("", 0)
    lasts: timedelta | None = None
    wording: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)


def fault_of(terms: Terms) -> Fault | None:
    """The first thing that cannot be so."""
    codes = [code for code, _title in terms.options]
    groups = [code for code, _title, _rule in terms.constituencies]
    faults = (
        (Fault.NO_OPTIONS, not codes),
        (Fault.NO_CONSTITUENCY, not groups),
        (Fault.CODE_TWICE, len(set(codes)) != len(codes) or len(set(groups)) != len(groups)),
        (
            Fault.LIMITS,
            terms.max_choices < 1 or not 0 <= terms.min_choices <= terms.max_choices <= len(codes),
        ),
        (Fault.QUORUM, not 1 <= (terms.quorum_percent or 1) <= 100),  # noqa: PLR2004  per cent
        (Fault.BASIS, terms.binding is not Binding.ADVISORY and not terms.legal_basis.strip()),
        (Fault.SAMPLE, terms.sample_every < 1 or terms.sample_least < 1),
        (Fault.TOO_LONG, bool(codes and groups) and _is_too_long(codes, groups, terms.max_choices)),
        (Fault.TIMES, terms.opens_at >= terms.closes_at),
    )
    return next((fault for fault, is_so in faults if is_so), None)


def _is_too_long(codes: Sequence[str], groups: Sequence[str], most: int) -> bool:
    """Whether a code is none, or a ballot with the longest would not fit into an envelope."""
    if not all(_CODE.fullmatch(code) for code in (*codes, *groups)):
        return True
    longest = sorted(codes, key=len)[-most:] if most > 0 else []
    return len(message_of("0" * 10, max(groups, key=len), "0" * 43, longest)) > BALLOT_MAX


# ── the ballot ───────────────────────────────────────────────────────────────────────────────


def message_of(election: str, constituency: str, nonce: str, choices: Iterable[str]) -> bytes:
    """A ballot as it is signed: keys in this order, choices sorted, no space, ASCII."""
    ballot = {
        "v": 1, "e": election, "c": constituency, "n": nonce, "ch": sorted(choices),
    }  # fmt: skip
    return json.dumps(ballot, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Read:
    """A ballot that was read: to whom it belongs, what it is and, if valid, what was chosen."""

    constituency: str
    kind: Kind
    choices: tuple[str, ...]


def read_message(
    message: bytes, election: str, options: frozenset[str], *, least: int, most: int
) -> Read | None:
    """The ballot in a message, void if it breaks the limits; None for what is no ballot of ours."""
    try:
        ballot = json.loads(message)
        constituency, nonce, choices = ballot["c"], ballot["n"], ballot["ch"]
        if not (isinstance(constituency, str) and isinstance(nonce, str)):
            return None
        if message_of(election, constituency, nonce, choices) != message:
            return None  # another election's, another version's, or written in another way
    except (ValueError, KeyError, TypeError, UnicodeError):
        return None
    return Read(constituency, kind_of(choices, options, least=least, most=most), tuple(choices))


def kind_of(choices: Sequence[str], options: frozenset[str], *, least: int, most: int) -> Kind:
    """Nothing marked is a valid abstention; too many, too few or an unknown mark is void."""
    if not choices:
        return Kind.BLANK
    is_clean = len(set(choices)) == len(choices) and options.issuperset(choices)
    return Kind.VALID if is_clean and least <= len(choices) <= most else Kind.VOID


def receipt_of(message: bytes) -> str:
    """Twelve digits by which a voter finds the own ballot: 1234 5678 9012."""
    number = int.from_bytes(hashlib.sha256(message).digest(), "big") % 10**12
    digits = f"{number:012d}"
    return f"{digits[:4]} {digits[4:8]} {digits[8:]}"


def urn_digest(envelopes: Iterable[str]) -> str:
    """The hash of an urn: of its envelopes, sorted, a line each. The opener computes the same."""
    return hashlib.sha256("\n".join(sorted(envelopes)).encode("ascii")).hexdigest()


def roll_digest(constituency: str, person_ids: Iterable[int], *, salt: str) -> str:
    """The hash of a frozen roll. Salted: ids are few enough to be tried through."""
    lines = [salt, constituency, *(str(one) for one in sorted(person_ids))]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def terms_digest(terms: Mapping[str, object]) -> str:
    """The hash of everything that is fixed when an election opens, its keys included."""
    text = json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# ── when ─────────────────────────────────────────────────────────────────────────────────────


def usual_days(today: date) -> tuple[date, date]:
    """First and last day of a vote whose roll is posted today."""
    first = today + timedelta(days=OBJECTION_DAYS + NOTICE_DAYS + 1)
    return first, first + timedelta(days=VOTE_DAYS - 1)


def last_objection_day(posted_on: date, days: int) -> date:
    """Of a roll that hangs out for so many days, the first among them."""
    return posted_on + timedelta(days=days - 1)


def may_draw(state: State, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """By the server's clock; a phone's is asked for nothing."""
    return state is State.OPEN and opens_at <= now < closes_at


def may_practise(state: State, urn_key: str) -> bool:
    """A ballot is made, shown and thrown away: as soon as there is an urn to seal it to."""
    return bool(urn_key) and state in {State.FROZEN, State.OPEN}


def may_cast(state: State, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """A minute longer than drawing, for whoever drew in the last second."""
    return state is State.OPEN and opens_at <= now < closes_at + GRACE


def may_seal(state: State, closes_at: datetime, now: datetime) -> bool:
    """Not a moment before the last envelope may have come."""
    return state is State.OPEN and now >= closes_at + GRACE


def may_complain(state: State, published_on: date | None, days: int, today: date) -> bool:
    """From the opening on, and so many days after publication."""
    if state is State.PUBLISHED and published_on is not None:
        return today <= published_on + timedelta(days=days)
    return state in {State.OPEN, State.SEALED, State.OPENED}


# ── the sums ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PaperCount:
    """Paper of one constituency: sheets given out, brought back, and what they were."""

    issued: int
    not_returned: int
    valid: int
    blank: int
    void: int
    set_aside: int
    printed: int = 0
    cancelled: int = 0

    @property
    def unaccounted(self) -> int:
        """Printed sheets that were neither given out nor cancelled unused."""
        return self.printed - self.cancelled - self.issued if self.printed else 0

    @property
    def in_box(self) -> int:
        return self.valid + self.blank + self.void + self.set_aside

    @property
    def missing(self) -> int:
        """Sheets nobody can account for; below nothing, sheets that nobody gave out."""
        return self.issued - self.in_box - self.not_returned


@dataclass(frozen=True, slots=True)
class OnlineCount:
    """The urn of all constituencies: drawn, cast, and what the envelopes held."""

    drawn: int
    cast: int
    valid: int
    blank: int
    void: int

    @property
    def not_cast(self) -> int:
        """已领未投: a signature was taken and nothing came, which nobody can tell apart or mend."""
        return self.drawn - self.cast

    @property
    def missing(self) -> int:
        """More cast than drawn, or envelopes that became nothing."""
        return max(0, self.cast - self.drawn) + abs(self.cast - self.valid - self.blank - self.void)


def may_end(open_lines: Iterable[tuple[int, str]]) -> bool:
    """Whether every sum is equal or explained: (what is missing, the explanation) of each."""
    return all(missing == 0 or explanation.strip() for missing, explanation in open_lines)


# ── paper ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person read on a sheet, or the machine."""

    kind: Kind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading as it is kept: what was chosen stands in `words` under lock until publication, and
    two readings of a sheet are compared by them, unopened.
    """

    kind: Kind
    words: str = ""


def agreed(first: Kept | None, second: Kept | None) -> Kept | None:
    """What two readings say together; None while one is missing, they differ, or one is unsure."""
    if first is None or second is None or first.kind is Kind.SET_ASIDE:
        return None
    return first if first == second else None


def sides_read(sides: Sequence[tuple[str, ...] | None], *, of: int) -> tuple[str, ...] | None:
    """The marks of a sheet whose sides were each photographed; None where one lacks or is unsure."""
    if len(sides) != of or any(one is None for one in sides):
        return None
    return tuple(sorted(mark for one in sides if one is not None for mark in one))


def lacking(percent: int, on_roll: int, taken: int) -> int:
    """How many more must take part until so many of a hundred have; 0 once they have."""
    return max(0, -(-percent * on_roll // 100) - taken)


def sample_size(sheets: int, every: int = SAMPLE_EVERY, least: int = SAMPLE_LEAST) -> int:
    """How many sheets are counted by hand again: one in `every`, `least` at least, all if fewer."""
    return min(sheets, max(least, -(-sheets // every)))


def sample_of(
    numbers: Iterable[int], seed: str, every: int = SAMPLE_EVERY, least: int = SAMPLE_LEAST
) -> list[int]:
    """Which sheets are counted again: those with the lowest SHA-256 of "seed|number", so that
    anybody can draw them anew.
    """
    ordered = sorted(
        numbers, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest()
    )  # fmt: skip
    return sorted(ordered[: sample_size(len(ordered), every, least)])


def asked_of(persons: Iterable[int], seed: str) -> list[int]:
    """Whom observers ask: those with the lowest SHA-256 of "seed|person"."""
    return sorted(
        persons, key=lambda one: hashlib.sha256(f"{seed}|{one}".encode()).hexdigest()
    )[:ASKED]  # fmt: skip


def sample_seed(urn: str, terms: str, number: str, constituency: str) -> str:
    """What the sample of a box is drawn by: both posted hashes, the public number, whose box."""
    return f"{urn}|{terms}|{number}|{constituency}"


# ── what may be shown ────────────────────────────────────────────────────────────────────────


def is_few(count: int, least: int = LEAST_SHOWN) -> bool:
    """Somebody, and so few that they could be told apart."""
    return 0 < count < least


def may_list(online: int, on_paper: int) -> bool:
    """Whether the urn's ballots of a constituency are shown one by one: not when they are few, nor
    when the paper ones are, which the sum of both would then give away.
    """
    return not is_few(online) and not is_few(on_paper)


def showable(counts: Mapping[str, int], least: int = LEAST_SHOWN) -> list[tuple[str, ...]]:
    """Constituencies in groups of at least `least` ballots each, the small ones put together.

    Every sum that is shown is one of these groups, so nothing can be found by subtraction. Empty
    when all together are too few.
    """
    if is_few(sum(counts.values()), least):
        return []
    groups: list[tuple[list[str], int]] = []
    small: list[str] = []
    held = 0
    for code, count in sorted(counts.items(), key=lambda one: (one[1], one[0])):
        if count == 0 or count >= least:
            groups.append(([code], count))
        else:
            small, held = [*small, code], held + count
    if small:
        groups.append((small, held))
    groups.sort(key=lambda one: one[1])
    while len(groups) > 1:
        lacking = next((one for one in groups if 0 < one[1] < least), None)
        if lacking is None:
            break
        groups.remove(lacking)
        other = next(one for one in groups if one[1])
        groups.remove(other)
        groups.append((lacking[0] + other[0], lacking[1] + other[1]))
        groups.sort(key=lambda one: one[1])
    return sorted(
        tuple(sorted(codes)) for codes, count in groups if count == 0 or count >= least
    )  # fmt: skip
