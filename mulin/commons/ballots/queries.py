"""How a vote stands: turnout, sums, what may be shown; what was cast, only after publication."""

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.membership import Belongs, Electorate, Member, assigned
from mulin.commons.ballots.models import (
    Ballot,
    BallotFile,
    Complaint,
    Constituency,
    Correction,
    Election,
    Envelope,
    Objection,
    Option,
    PaperBox,
    PrintRun,
    RollCheck,
    RollEntry,
    Sheet,
    SheetPicture,
)
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.rules import (
    LEAST_SHOWN,
    SAMPLE_EVERY,
    SAMPLE_LEAST,
    Binding,
    Board,
    Kept,
    Kind,
    Mark,
    OnlineCount,
    PaperCount,
    Said,
    Seen,
    State,
    agreed,
    is_few,
    lacking,
    may_list,
    roll_digest,
    sample_of,
    sample_seed,
    showable,
)
from mulin.commons.ballots.sheets import digest_of_run
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import Refused

#: What pictures of sheets are locked as.
PICTURES: Final = "picture"


class NotPublished(Refused):
    """What was cast is shown to nobody before publication."""


def elections() -> QuerySet[Election]:
    """All votes of the community, the latest first; drafts stand on the committee's page alone."""
    found: QuerySet[Election] = Election.objects.all()
    return found


def shown_elections() -> QuerySet[Election]:
    """Votes that everybody may know of: from the freeze of the roll on."""
    return elections().exclude(state__in=[State.DRAFTED, State.POSTED, State.WIPED])


def elections_of_voter(person_id: int | None) -> QuerySet[Election]:
    """Votes on whose roll a person stands, from its posting on."""
    if person_id is None:
        return elections().none()
    entries = RollEntry.objects.standing().filter(person_id__in=records_of(person_id))
    return (
        elections()
        .filter(pk__in=entries.values("election"))
        .exclude(state__in=[State.DRAFTED, State.WIPED])
    )


def votes_waiting_for(person_id: int | None, now: datetime) -> QuerySet[Election]:
    """Votes that are open at this moment and of which a person has not had the one ballot yet, the
    soonest to end first.
    """
    if person_id is None:
        return elections().none()
    taken = RollEntry.objects.standing().exclude(mark=Mark.NOT_TAKEN)
    return (
        elections_of_voter(person_id)
        .filter(state=State.OPEN, opens_at__lte=now, closes_at__gt=now)
        .exclude(pk__in=taken.filter(person_id__in=records_of(person_id)).values("election"))
        .order_by("closes_at")
    )


# ── the roll ─────────────────────────────────────────────────────────────────────────────────


def entries_of(election: Election, person: Person) -> list[RollEntry]:
    """Where a person stands on a roll; several only if two records of them were merged since."""
    return entries_of_records(election, records_of(person.pk))


def entries_of_records(
    election: Election, records: Iterable[int], *, is_locking: bool = False
) -> list[RollEntry]:
    """The entries of these records of one person; `is_locking` until the transaction ends."""
    rows = RollEntry.objects.filter(election=election, person_id__in=records)
    if is_locking:
        rows = rows.select_for_update(of=("self",))
    return list(rows.select_related("constituency").order_by("id"))


def records_of(person_id: int) -> list[int]:
    """Ids of all records of a person, those merged into one another together."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return []
    return list(Person.everyone_of(Person.kept_of(person)))


def digest_of_roll(constituency: Constituency) -> str:
    """The hash of the roll as it stands at this moment."""
    rows = RollEntry.objects.standing().filter(constituency=constituency)
    ids = rows.values_list("person_id", flat=True)
    return roll_digest(constituency.code, ids, salt=constituency.election.roll_salt)


def roll(election: Election, by: Actor) -> QuerySet[RollEntry]:
    """The roll with names: for the committee, for nobody else. It tells who is in the party."""
    rows: QuerySet[RollEntry] = RollEntry.objects.filter(election=election).select_related(
        "person", "constituency"
    )
    return (
        rows.order_by("constituency__position", "person__pinyin", "id")
        if may_hold(by)
        else rows.none()
    )


def one_person(typed: str) -> Person:
    """The one person on the community's roll whom a whole name or a whole phone number means, for
    whoever keeps a roll: part of a name would put another one there. Raises Refused for nobody and
    for several.
    """
    people = Person.objects.on_roll()
    found: list[Person] = list(people.filter(name=typed.strip())[:2])
    found = found or list(people.with_phone(typed)[:2])
    if not found:
        raise Refused(_("Nobody on the community's roll is called so."), field="person")
    if len(found) > 1:
        raise Refused(_("Several are called so: write the phone number."), field="person")
    return found[0]


def people_named(lines: Sequence[str]) -> list[Person]:
    """Those whom lines of a list name, one each. Raises Refused with the lines that name nobody, or
    several.
    """
    found, unclear = [], []
    for line in lines:
        try:
            found.append(one_person(line))
        except Refused:
            unclear.append(line)
    if unclear:
        raise Refused(
            _("Nobody, or more than one: %(lines)s"),
            {"lines": "、".join(unclear[:20])},
            field="names",
        )
    return found


def electorate(
    rules: Sequence[Belongs], *, day: date, representatives: Container[int] = frozenset()
) -> Electorate:
    """Who on the community's roll belongs where by these rules on a day. `representatives` are ids
    of persons who speak for others. Dates of birth are opened for one year alone.
    """
    people = Person.objects.on_roll().order_by("id")
    edges = {day.year - rule.least_age for rule in rules}
    born = dict(people.filter(birth_year__in=edges).values_list("id", "born_on"))
    columns = ("id", "birth_year", "is_party_member", "residency", "grid_id")
    members = (
        Member(
            pk, year, born.get(pk), is_party=is_party, residency=residency,
            is_representative=pk in representatives, grid=grid,
        )
        for pk, year, is_party, residency, grid in people.values_list(*columns).iterator()
    )  # fmt: skip
    return assigned(members, rules, day)


def own_entry(election: Election, person_id: int | None) -> RollEntry | None:
    """What the roll says of oneself."""
    if person_id is None:
        return None
    person = Person.objects.filter(pk=person_id).first()
    entries = entries_of(election, person) if person else []
    entries.sort(key=lambda one: one.mark == Mark.NOT_TAKEN)
    return next((one for one in entries if one.mark != Mark.STRUCK), None)


def without_way_online(election: Election) -> int:
    """How many on the roll have no account: paper is their way, and somebody must bring it."""
    rows = RollEntry.objects.standing().filter(election=election, person__account__isnull=True)
    count: int = rows.count()
    return count


def objections(election: Election) -> QuerySet[Objection]:
    """What was said against the roll, the first first."""
    return election.objections.select_related("person")


def complaints(election: Election) -> QuerySet[Complaint]:
    """What was said against how a vote went, the first first."""
    rows: QuerySet[Complaint] = election.complaints.all()
    return rows


def answered_complaints(election: Election) -> QuerySet[Complaint]:
    """Those with their answers, as they stand on the board."""
    return complaints(election).filter(answered_on__isnull=False).exclude(words="")


def corrections(election: Election) -> QuerySet[Correction]:
    """What was changed after the freeze, in order."""
    rows: QuerySet[Correction] = Correction.objects.filter(constituency__election=election)
    return rows.select_related("constituency", "person").order_by("id")


def count_corrections(election: Election) -> int:
    """How many there were; they themselves are forgotten with the roll."""
    kept = election.corrections_count
    return corrections(election).count() if kept is None else kept


def print_runs(election: Election) -> list[tuple[Constituency, int, str]]:
    """Per constituency how many sheets were printed, and the hash over all of them for the notice."""
    hashes: defaultdict[int, list[str]] = defaultdict(list)
    for pk, run in PrintRun.objects.filter(constituency__election=election).values_list(
        "constituency_id", "hashes"
    ):
        hashes[pk] += run
    return [
        (one, len(hashes[one.pk]), digest_of_run(hashes[one.pk]) if hashes[one.pk] else "")
        for one in election.constituencies.all()
    ]


@dataclass(frozen=True, slots=True)
class Turnout:
    """A constituency: how many stand on its roll, and how many have taken a ballot."""

    constituency: Constituency
    on_roll: int
    taken: int
    quorum_percent: int | None = None

    @property
    def lacks(self) -> int:
        """How many more would have to take part for the share that the terms name."""
        return lacking(self.quorum_percent or 0, self.on_roll, self.taken)


def turnout(election: Election) -> list[Turnout]:
    """Per constituency, over all ways together; once sealed as it was then, for the roll is forgotten
    after the days of complaint.
    """
    is_taken = Q(roll__mark__in=[Mark.ONLINE, Mark.PAPER, Mark.DOOR])
    groups = election.constituencies.annotate(
        standing=Count("roll", filter=~Q(roll__mark=Mark.STRUCK)),
        took=Count("roll", filter=is_taken),
    )
    share = election.quorum_percent
    return [
        Turnout(one, one.standing, one.took, share)
        if one.taken_count is None
        else Turnout(one, one.roll_count or 0, one.taken_count, share)
        for one in groups
    ]


def frozen_terms(election: Election) -> dict[str, object]:
    """Everything that is fixed when a vote opens, for its hash and for the notice."""
    # A full board is not said: votes that were opened before there was a choice keep their hash.
    board = {} if election.board == Board.FULL else {"board": election.board}
    sample = {} if election.sample_every is None else {"sample": list(sample_rule(election))}
    quorum = {} if election.quorum_percent is None else {"quorum": election.quorum_percent}
    is_law = election.binding != Binding.ADVISORY
    binding = {"binding": [election.binding, election.legal_basis]} if is_law else {}
    days = {"objections": election.objection_days} if election.objection_days else {}
    wording = {"wording": election.wording} if election.wording else {}
    return (
        board
        | sample
        | quorum
        | days
        | binding
        | wording
        | {
            "election": election.code,
            "title": election.title,
            "rule": election.rule,
            "options": [
                [one.code, one.title, *([one.beside] if one.beside else [])]
                for one in election.options.all()
            ],
            "constituencies": [
                [one.code, one.title, one.rule, one.roll_count, one.roll_digest, one.ballot_key]
                for one in election.constituencies.all()
            ],
            "choices": [election.min_choices, election.max_choices],
            "opens_at": election.opens_at.isoformat(),
            "closes_at": (election.extended_from or election.closes_at).isoformat(),
            "envelope_key": election.envelope_key,
            "urn_key": election.urn_key,
        }
    )


def urn_file(election: Election) -> dict[str, object]:
    """The sealed urn as the key holders take it away. Raises Refused before it is sealed."""
    if election.stage is not State.SEALED:
        raise Refused("The urn is not sealed.")
    envelopes = Envelope.objects.filter(election=election).values_list("sealed", flat=True)
    return {
        "format": "mulin-urn-1",
        "election": election.code,
        "title": election.title,
        "count": election.urn_count,
        "digest": election.urn_digest,
        "urn_key": election.urn_key,
        "keys": {one.code: one.ballot_key for one in election.constituencies.all()},
        "envelopes": sorted(envelopes),
    }


# ── paper ────────────────────────────────────────────────────────────────────────────────────


class LockGone(Refused):
    """What was read lies under a lock that is not on this server any more."""

    def __init__(self) -> None:
        super().__init__(
            _("What was read cannot be opened on this server any more: its lock is gone. The"
              " committee has everything read anew.")
        )  # fmt: skip


def kept_of(told: Mapping[str, Any] | None) -> Kept | None:
    """A reading as it lies there, not opened."""
    if told is None:
        return None
    return Kept(Kind(told["kind"]), told.get("shut") or json.dumps(told["choices"]))


def told_of(sheet: Sheet, what: Seen) -> dict[str, object]:
    """A reading as it is kept until publication. Raises LockGone."""
    told: dict[str, object] = {"kind": what.kind.value}
    if not what.choices:
        return told | {"choices": []}
    words = json.dumps(what.choices).encode("ascii")
    try:
        return told | {"shut": keys.shut(_election_of(sheet), _about(sheet), words)}
    except keys.KeysGone:
        raise LockGone from None


def seen_of(sheet: Sheet, kept: Kept) -> Seen:
    """A reading of a sheet, opened. Raises LockGone."""
    words: str | bytes = kept.words
    if not kept.words.startswith("["):
        try:
            words = keys.unshut(_election_of(sheet), _about(sheet), kept.words)
        except keys.KeysGone:
            raise LockGone from None
    return Seen(kept.kind, tuple(json.loads(words)))


def opened_of(sheet: Sheet, told: Mapping[str, Any] | None) -> dict[str, object] | None:
    """What is kept of a reading, as it is kept after publication. Raises LockGone."""
    kept = kept_of(told)
    if kept is None:
        return None
    return {"kind": kept.kind.value, "choices": list(seen_of(sheet, kept).choices)}


def picture_content(picture: SheetPicture) -> bytes:
    """The picture itself. Raises LockGone."""
    with picture.picture.open() as file:
        content: bytes = file.read()
    try:
        return keys.unshut_file(picture.constituency.election_id, PICTURES, content)
    except keys.KeysGone:
        raise LockGone from None


def _about(sheet: Sheet) -> str:
    return f"sheet {sheet.pk}"


def _election_of(sheet: Sheet) -> int:
    pk: int = sheet.constituency.election_id
    return pk


#: A sheet that wants a reading: none, or neither machine nor a second person.
_UNREAD = Q(first__isnull=True) | Q(machine__isnull=True, second__isnull=True)


def readings_of(sheet: Sheet) -> tuple[Kept | None, Kept | None]:
    """The two readings: the machine's and a person's, or those of two people."""
    if sheet.machine is not None:
        return kept_of(sheet.machine), kept_of(sheet.first)
    return kept_of(sheet.first), kept_of(sheet.second)


def reading_left(sheet: Sheet) -> bool:
    """Whether a sheet still wants a reading."""
    return None in readings_of(sheet)


def final_of(sheet: Sheet) -> Kept | None:
    """What a sheet is, unopened: as decided, else as both readings say."""
    return kept_of(sheet.decided) or agreed(*readings_of(sheet))


def differs_by_hand(sheet: Sheet) -> bool:
    """Counted again by hand, found to be something else, and nobody has said why."""
    if sheet.by_hand is None or sheet.hand_reason:
        return False
    return kept_of(sheet.by_hand) != final_of(sheet)


def awaits_decision(sheet: Sheet) -> bool:
    """Read in two ways, unsure, or found to be something else by hand."""
    return not reading_left(sheet) and (final_of(sheet) is None or differs_by_hand(sheet))


def sample_rule(election: Election) -> tuple[int, int]:
    """One sheet in so many is counted by hand again, so many at least, as its terms say."""
    return election.sample_every or SAMPLE_EVERY, election.sample_least or SAMPLE_LEAST


def sampled_numbers(constituency: Constituency) -> list[int]:
    """The sheets that are counted again by hand; none before the public number is drawn."""
    election = constituency.election
    if not election.sample_number:
        return []
    seed = sample_seed(
        election.urn_digest, election.terms_digest, election.sample_number, constituency.code
    )
    every, least = sample_rule(election)
    return sample_of(constituency.sheets.values_list("number", flat=True), seed, every, least)


def serials_printed(election: Election) -> dict[str, int]:
    """For which constituency a serial was printed, by its hash."""
    runs = PrintRun.objects.filter(constituency__election=election)
    return {
        one: pk for pk, hashes in runs.values_list("constituency_id", "hashes") for one in hashes
    }


def pictures_waiting(election: Election) -> QuerySet[SheetPicture]:
    """Pictures that lie at no sheet, for somebody to say what becomes of them."""
    rows: QuerySet[SheetPicture] = SheetPicture.objects.filter(
        constituency__election=election, sheet=None
    )
    return rows.select_related("constituency__election")


def files_unread(election: Election) -> int:
    """Files whose pages the machine has not read yet."""
    count: int = BallotFile.objects.filter(constituency__election=election).count()
    return count


def pictures_of(sheet: Sheet) -> list[SheetPicture]:
    """The sides of a sheet."""
    return list(sheet.pictures.order_by("page"))


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the count by hand has found so far: how many sheets, how many the same, and why not."""

    sheets: int
    done: int
    same: int
    reasons: list[str]


def counted_by_hand(election: Election) -> ByHand:
    """The sample beside what was read: how many agree, never in what."""
    rows = Sheet.objects.filter(constituency__election=election, by_hand__isnull=False)
    done = list(rows.order_by("id"))
    odd = [one for one in done if one.hand_reason or differs_by_hand(one)]
    size = sum(len(sampled_numbers(one)) for one in election.constituencies.all())
    return ByHand(size, len(done), len(done) - len(odd), [one.hand_reason for one in odd])


def has_sample_waiting(election: Election) -> bool:
    """There is paper, and the number that draws the sample is not known."""
    sheets = Sheet.objects.filter(constituency__election=election)
    return not election.sample_number and sheets.exists()


def still_to_read(election: Election) -> int:
    """What is to be done about paper before the sample is drawn."""
    unread = Sheet.objects.filter(_UNREAD, constituency__election=election).count()
    pictures = pictures_waiting(election).count() + files_unread(election)
    return unread + pictures + len(sheets_to_decide(election))


def is_sampled(sheet: Sheet) -> bool:
    """Whether a sheet is counted again by hand."""
    return sheet.number in sampled_numbers(sheet.constituency)


def sheets_to_read(constituency: Constituency, by: Actor) -> QuerySet[Sheet]:
    """What this reader has not read yet and still wants a reading."""
    mine = Q(first_by_id=by.account_id) | Q(second_by_id=by.account_id)
    rows: QuerySet[Sheet] = constituency.sheets.filter(_UNREAD).exclude(mine)
    if constituency.files.exists():  # a picture may still come for those without
        rows = rows.filter(pictures__isnull=False).distinct()
    return rows


def sheets_to_decide(election: Election) -> list[Sheet]:
    """What observers must decide."""
    rows = Sheet.objects.filter(constituency__election=election).exclude(_UNREAD)
    rows = rows.select_related("constituency")
    return [sheet for sheet in rows if awaits_decision(sheet)]


def sheets_to_count(election: Election) -> list[Sheet]:
    """The sheets of the sample that nobody has counted by hand yet."""
    found: list[Sheet] = []
    for constituency in election.constituencies.all():
        numbers = sampled_numbers(constituency)
        found += constituency.sheets.filter(
            number__in=numbers, by_hand__isnull=True
        ).select_related("constituency")
    return found


def sheets_waiting(election: Election) -> int:
    """How many things are still to be done about paper before anything is published."""
    undrawn = 1 if has_sample_waiting(election) else 0
    return still_to_read(election) + undrawn + len(sheets_to_count(election))


# ── the sums ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One sum of the protocol: of the urn, or of a constituency's paper."""

    constituency: Constituency | None
    online: OnlineCount | None
    paper: PaperCount | None
    explanation: str

    @property
    def missing(self) -> int:
        if self.online is not None:
            return self.online.missing
        return (self.paper.missing or self.paper.unaccounted) if self.paper else 0

    @property
    def size(self) -> int:
        """How many ballots it is about."""
        if self.online is not None:
            return self.online.cast
        return self.paper.in_box if self.paper else 0


def lines_of(election: Election) -> list[Line]:
    """Every sum that must be equal or explained. Kinds are counted, never choices. The urn's stands
    there once it is opened.
    """
    lines = []
    if election.is_online and election.stage is not State.SEALED:
        lines.append(Line(None, online_count(election), None, election.explanation))
    boxes = {
        box.constituency_id: box for box in PaperBox.objects.filter(constituency__election=election)
    }
    issued = _issued(election)
    sheets: defaultdict[int, Counter[Kind]] = defaultdict(Counter)
    for sheet in Sheet.objects.filter(constituency__election=election):
        read = final_of(sheet)
        sheets[sheet.constituency_id][read.kind if read else Kind.SET_ASIDE] += 1
    for constituency in election.constituencies.all():
        box, kinds = boxes.get(constituency.pk), sheets[constituency.pk]
        count = PaperCount(
            issued[constituency.pk] if constituency.issued_count is None
            else constituency.issued_count,
            box.not_returned if box else 0, kinds[Kind.VALID],
            kinds[Kind.BLANK], kinds[Kind.VOID], kinds[Kind.SET_ASIDE],
            box.printed if box else 0, box.cancelled if box else 0,
        )  # fmt: skip
        if count.issued or count.in_box or box:
            lines.append(Line(constituency, None, count, box.explanation if box else ""))
    return lines


def online_count(election: Election) -> OnlineCount:
    """The urn's sum. Before the urn is opened, what it held is nothing."""
    drawn = election.drawn_online
    if drawn is None:
        drawn = RollEntry.objects.filter(election=election, mark=Mark.ONLINE).count()
    kinds = Counter(
        Ballot.objects.filter(constituency__election=election).values_list("kind", flat=True)
    )
    void = kinds[Kind.VOID] + election.void_online + election.unreadable
    return OnlineCount(
        drawn, election.urn_count or 0, kinds[Kind.VALID], kinds[Kind.BLANK], void
    )  # fmt: skip


def _issued(election: Election) -> Counter[int]:
    ids = RollEntry.objects.filter(election=election, mark__in=[Mark.PAPER, Mark.DOOR]).values_list(
        "constituency_id", flat=True
    )
    return Counter(ids)


# ── after publication ────────────────────────────────────────────────────────────────────────


Cast = dict[str, list[list[str]]]
"""Per constituency the ballots, each as the sorted options on it."""


def published_ballots(election: Election) -> Cast:
    """What counting takes: per constituency the ballots of urn and box together, blank ones as
    empty lists, sorted, void ones left out.

    The one way by which anything reads what was cast. Raises NotPublished before publication,
    whoever asks.
    """
    if not election.is_published:
        raise NotPublished("What was cast is not read before publication.")
    found: Cast = {}
    for constituency in election.constituencies.all():
        online = constituency.ballots.filter(kind__in=[Kind.VALID, Kind.BLANK])
        ballots = [sorted(choices) for choices in online.values_list("choices", flat=True)]
        for sheet in constituency.sheets.all():
            read = final_of(sheet)
            if read is not None and read.kind in {Kind.VALID, Kind.BLANK}:
                ballots.append(sorted(seen_of(sheet, read).choices))
        found[constituency.code] = sorted(ballots)
    return found


def published_void(election: Election) -> dict[str, int]:
    """How many ballots of each constituency were not valid, of urn and box together; one whose
    constituency nobody can tell is in none. Raises NotPublished before publication.
    """
    if not election.is_published:
        raise NotPublished("What was cast is not read before publication.")
    found: dict[str, int] = {}
    for constituency in election.constituencies.all():
        sheets = [final_of(sheet) for sheet in constituency.sheets.all()]
        found[constituency.code] = constituency.ballots.filter(kind=Kind.VOID).count() + sum(
            read is None or read.kind not in {Kind.VALID, Kind.BLANK} for read in sheets
        )
    return found


def roll_checks(election: Election) -> QuerySet[RollCheck]:
    """Those whom observers ask, while they do; nobody afterwards."""
    rows: QuerySet[RollCheck] = election.roll_checks.select_related("entry__person")
    return rows if election.stage in {State.SEALED, State.OPENED} else rows.none()


@dataclass(frozen=True, slots=True)
class AskedVoters:
    """How many voters observers asked whether they took a ballot, and what they said."""

    drawn: int
    yes: int
    no: int
    unreached: int

    @property
    def waiting(self) -> int:
        """Of whom nothing is written down: nobody asked them, or not yet."""
        return self.drawn - self.yes - self.no - self.unreached


def asked_voters(election: Election) -> AskedVoters:
    """Nothing of it names anybody."""
    said = Counter(election.roll_checks.values_list("said", flat=True))
    return AskedVoters(said.total(), said[Said.YES], said[Said.NO], said[Said.UNREACHED])


@dataclass(frozen=True, slots=True)
class Closure:
    """What the certificate of a closed vote says besides its sums."""

    keys_gone: bool
    shares: int
    taken: int
    on_roll: int
    corrections: int
    asked: AskedVoters


def closure_of(election: Election) -> Closure:
    """How the vote was closed, looked up at this moment: a lock that lies there again is seen."""
    stands = election.constituencies.exclude(ballot_secret="").exists()
    counts = turnout(election)
    return Closure(
        keys_gone=not (stands or election.envelope_secret or keys.has_lock(election.pk)),
        shares=election.shares.count(),
        taken=sum(one.taken for one in counts),
        on_roll=sum(one.on_roll for one in counts),
        corrections=count_corrections(election),
        asked=asked_voters(election),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Constituencies that are shown together: their names, ballots and marks per option."""

    titles: list[str]
    ballots: int
    marks: list[tuple[Option, int]]


def shown_groups(election: Election, ballots: Cast | None = None) -> list[Group]:
    """Marks per option, no group smaller than ten ballots; nothing where all together are fewer.
    Whoever has read the published ballots hands them in. Raises NotPublished before publication.
    """
    ballots = published_ballots(election) if ballots is None else ballots
    titles = {one.code: one.title for one in election.constituencies.all()}
    options = list(election.options.all())
    groups = []
    for codes in _groups(ballots):
        cast = [choices for code in codes for choices in ballots[code]]
        marks = Counter(choice for choices in cast for choice in choices)
        groups.append(
            Group(
                [titles[code] for code in codes], len(cast),
                [(one, marks[one.code]) for one in options],
            )
        )  # fmt: skip
    return groups


def listed_constituencies(election: Election, ballots: Cast | None = None) -> set[str]:
    """Those whose ballots of the urn are shown one by one; of the others numbers of receipts alone.
    Whoever has read the published ballots hands them in. Raises NotPublished before publication.
    """
    ballots = published_ballots(election) if ballots is None else ballots
    if election.board == Board.CODES:
        return set()
    online = Counter(
        Ballot.objects.filter(constituency__election=election).values_list(
            "constituency__code", flat=True
        )
    )
    on_paper = Counter(
        Sheet.objects.filter(constituency__election=election).values_list(
            "constituency__code", flat=True
        )
    )
    alone = {codes[0] for codes in _groups(ballots) if len(codes) == 1}
    return {code for code in alone if may_list(online[code], on_paper[code])}


def _groups(ballots: Mapping[str, list[list[str]]]) -> list[tuple[str, ...]]:
    return showable({code: len(cast) for code, cast in ballots.items()}, LEAST_SHOWN)


def shown_lines(election: Election) -> list[Line]:
    """The sums for everybody; none where one of them is of few ballots. Raises NotPublished."""
    if not election.is_published:
        raise NotPublished("Sums are shown with the board.")
    lines = lines_of(election)
    return [] if any(is_few(line.size) for line in lines) else lines


def receipts(election: Election, typed: str = "") -> QuerySet[Ballot]:
    """The board of the urn by receipt number; empty before publication."""
    if not election.is_published:
        rows: QuerySet[Ballot] = Ballot.objects.none()
        return rows
    rows = Ballot.objects.filter(constituency__election=election).select_related("constituency")
    digits = "".join(one for one in typed if one.isdecimal())
    if digits:
        rows = rows.filter(receipt=f"{digits[:4]} {digits[4:8]} {digits[8:12]}")
    return rows.order_by("receipt", "id")


def titles_of(election: Election) -> dict[str, str]:
    """Options in words, by code."""
    return dict(election.options.values_list("code", "title"))


def board_file(election: Election) -> dict[str, object]:
    """The board for whoever counts again: terms, hashes, ballots, and what was counted by hand. Ballots of the urn stand there one
    by one, signed, where neither they nor the paper ones are few; constituencies of fewer than ten
    ballots stand together with others. Raises NotPublished before publication.
    """
    ballots = published_ballots(election)
    listed = listed_constituencies(election, ballots)
    rows = receipts(election).filter(constituency__code__in=listed)
    return {
        "format": "mulin-urn-board/1",
        "terms": frozen_terms(election),
        "terms_digest": election.terms_digest,
        "urn": {"digest": election.urn_digest, "count": election.urn_count},
        "receipts": list(receipts(election).values_list("receipt", flat=True)),
        "sample": _sample_file(election),
        "signed": [{"m": row.message, "p": row.prefix, "s": row.signature} for row in rows],
        "ballots": [
            {
                "constituencies": list(codes),
                "ballots": sorted(one for code in codes for one in ballots[code]),
            }
            for codes in _groups(ballots)
        ],
    }


def _sample_file(election: Election) -> dict[str, object]:
    """How the sample was drawn, to be drawn again: the sheets of a box with the lowest SHA-256 of
    "urn digest|terms digest|number|constituency|sheet", one in `every`, `least` at least. Boxes
    are left out where a sum is of few ballots.
    """
    every, least = sample_rule(election)
    groups = election.constituencies.all() if shown_lines(election) else ()
    boxes = [
        {
            "constituency": one.code, "sheets": sorted(one.sheets.values_list("number", flat=True)),
            "drawn": sampled_numbers(one),
            "not_the_same": sorted(
                one.sheets.exclude(hand_reason="").values_list("number", flat=True)
            ),
        }
        for one in groups
    ]  # fmt: skip
    return {
        "every": every, "least": least, "number": election.sample_number,
        "boxes": [one for one in boxes if one["sheets"]],
    }  # fmt: skip
