"""A whole vote of many voters over all ways, with the faults of real life, in a database of its own.

`rehearse` goes through the same actions as the pages. It knows what every voter meant, so it can say
at the end whether the published ballots are those, and whether every sum is equal or explained.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mulin.commons.ballots.actions.elections import draft_election, open_election
from mulin.commons.ballots.actions.ending import publish, seal_urn, take_in_opened
from mulin.commons.ballots.actions.holders import confirm_share, keep_urn_key, pass_test
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    decide_sheet,
    draw_sample,
    explain_box,
    note_box,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.rolls import freeze_roll, put_on_roll
from mulin.commons.ballots.actions.voting import cast, draw, hand_out
from mulin.commons.ballots.client import Cast, Device
from mulin.commons.ballots.models import Constituency, Election, RollEntry
from mulin.commons.ballots.opener import ORDER, opened, public_of, seal, split, unseal
from mulin.commons.ballots.queries import (
    awaits_decision,
    final_of,
    lines_of,
    published_ballots,
    seen_of,
    sheets_to_count,
    turnout,
    urn_file,
)
from mulin.commons.ballots.rules import (
    GRACE,
    HOLDERS,
    Mark,
    OnlineCount,
    PaperCount,
    Terms,
)
from mulin.ground.community.models import Account, Community, Street
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.people.models import Person
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community

OPTIONS, MOST = 40, 5
#: Shares of the roll: party members, local residents, new residents.
GROUPS = (("party", "党员", 10), ("local", "本地居民", 70), ("new", "新居民代表", 20))
#: How often, in a hundred voters, each fault happens.
FAULTS = {
    "answer of drawing lost": 5,
    "answer of casting lost": 5,
    "second phone": 3,
    "paper asked for after drawing": 3,
    "device lost after drawing": 2,
    "too late": 1,
    "rubbish in the envelope": 1,
}

Say = Callable[[str], None]


@dataclass
class Rehearsal:
    """The vote while it is rehearsed, and what everybody meant."""

    community: Community
    now: datetime
    dice: random.Random
    say: Say
    faults: Counter[str] = field(default_factory=Counter)
    meant: dict[str, list[list[str]]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    sheets: dict[str, list[list[str]]] = field(default_factory=dict)

    def expect(self, claim: str, *, holds: bool) -> None:
        """Note a claim that turned out to be false."""
        if not holds:
            self.wrong.append(claim)

    def happens(self, fault: str) -> bool:
        """Whether this fault strikes now."""
        strikes = self.dice.randrange(100) < FAULTS[fault]
        self.faults[fault] += strikes
        return strikes

    def refused(self, act: Callable[[], object]) -> bool:
        """Whether the act was refused, as it should be."""
        try:
            act()
        except Refused:
            return True
        return False


def rehearse(voters: int, *, now: datetime, say: Say, seed: int = 2026) -> list[str]:
    """Hold the vote and tell about it; what was not as it should be, nothing in a good rehearsal."""
    street = Street.objects.create(name="演练街道")
    community = Community.objects.create(
        street=street, name="演练社区", slug="rehearsal", phone="0573-0000000"
    )
    it = Rehearsal(community, now, random.Random(seed), say)  # noqa: S311  a play, not a secret
    with in_community(community):
        by, reader, observer, *holders = _people(it)
        election, secret = _prepared(it, voters, by, holders)
        say(f"{voters} on the roll, {election.code} is open")
        _voting(it, election, by)
        over = election.closes_at + GRACE
        election = seal_urn(election, by=by, now=over)
        say(f"sealed: {election.urn_count} envelopes, {election.urn_digest}")
        urn = urn_file(election)
        shares = split(secret)
        result = opened(urn, [shares[0], shares[2]], str(urn["digest"]))
        election = take_in_opened(election, result, by=holders[0], now=over)
        for constituency in election.constituencies.all():
            _paper(it, constituency, (by, reader, observer), over)
        _by_hand(it, election, observer, over)
        _end(it, election, by, over)
    for fault, count in sorted(it.faults.items()):
        say(f"  {count:5d} x {fault}")
    return it.wrong


def _people(it: Rehearsal) -> list[Actor]:
    roles = [Role.ELECTION_COMMITTEE, Role.ELECTION_COMMITTEE, Role.OBSERVER]
    actors = []
    for number, role in enumerate([*roles, *[Role.KEY_HOLDER] * HOLDERS]):
        account = Account.objects.create(
            login_name=f"rehearsal{number}", display_name=f"{role} {number}", created_at=it.now
        )
        actors.append(Actor(it.community.pk, account_id=account.pk, grants=(Grant(role),)))
    return actors


def _prepared(it: Rehearsal, voters: int, by: Actor, holders: list[Actor]) -> tuple[Election, int]:
    terms = Terms(
        title="演练", options=tuple((str(one), f"项目{one}") for one in range(1, OPTIONS + 1)),
        constituencies=tuple((code, title, "演练名册") for code, title, _share in GROUPS),
        max_choices=MOST, opens_at=it.now, closes_at=it.now + timedelta(days=7), rule="保底＋等权",
        is_trial=True,
    )  # fmt: skip
    election = draft_election(terms, by=by, now=it.now)
    roll: dict[str, list[int]] = {}
    for code, title, share in GROUPS:
        persons = [
            Person(community=it.community, name=f"{title}{one}", created_at=it.now)
            for one in range(voters * share // 100)
        ]
        roll[code] = [one.pk for one in Person.objects.bulk_create(persons, batch_size=500)]
    put_on_roll(election, roll, by=by, now=it.now)
    election = freeze_roll(election, by=by, now=it.now)
    secret = it.dice.randrange(1, ORDER)
    keep_urn_key(election, key=public_of(secret), by=by, now=it.now)
    for holder in holders:
        confirm_share(election, by=holder, now=it.now)
    election.refresh_from_db()
    word = unseal(secret, election.code, election.test_envelope).rstrip(b"\0").decode("ascii")
    pass_test(election, word=word, by=holders[0], now=it.now)
    return open_election(election, by=by, now=it.now), secret


def _voting(it: Rehearsal, election: Election, by: Actor) -> None:
    """Everybody in an order by chance: seven of ten online, two on paper, some at the door."""
    entries = list(
        RollEntry.objects.filter(election=election).select_related("person", "constituency")
    )
    it.dice.shuffle(entries)
    now = it.now + timedelta(hours=1)
    for entry in entries:
        choices = sorted(
            str(one) for one in it.dice.sample(range(1, OPTIONS + 1), it.dice.randrange(MOST + 1))
        )
        way = it.dice.choices(["online", "paper", "door", "none"], [70, 18, 7, 5])[0]
        if way == "online":
            _online(it, election, entry, choices, by)
        elif way != "none":
            mark = Mark.PAPER if way == "paper" else Mark.DOOR
            hand_out(entry, way=mark, by=by, now=now, companion="同行的监票人")
            it.sheets.setdefault(entry.constituency.code, []).append(choices)
            device = _device(election, entry, choices)
            it.expect(
                "paper taken, and drawn online after it",
                holds=it.refused(lambda: _drawn(election, entry, device, now)),  # noqa: B023  called at once
            )


def _device(election: Election, entry: RollEntry, choices: list[str]) -> Device:
    return Device(
        election=election.code, constituency=entry.constituency.code,
        envelope_key=election.envelope_key, ballot_key=entry.constituency.ballot_key,
        urn_key=election.urn_key, choices=choices,
    )  # fmt: skip


def _drawn(
    election: Election, entry: RollEntry, device: Device, now: datetime
) -> tuple[bytes, bytes]:
    return draw(
        election, person=entry.person, envelope=device.envelope, ballot=device.ballot, now=now
    )


def _cast(election: Election, ballot: Cast, sealed: str, now: datetime) -> None:
    cast(
        election, token=ballot.token, prefix=ballot.prefix, signature=ballot.signature,
        sealed=sealed, now=now,
    )  # fmt: skip


def _online(
    it: Rehearsal, election: Election, entry: RollEntry, choices: list[str], by: Actor
) -> None:
    now, device = it.now + timedelta(hours=1), _device(election, entry, choices)
    answers = _drawn(election, entry, device, now)
    if it.happens("answer of drawing lost"):
        again = _drawn(election, entry, device, now)
        it.expect("the same values give the same answer", holds=again == answers)
    if it.happens("second phone"):
        other = _device(election, entry, choices)
        it.expect(
            "another phone is refused",
            holds=it.refused(lambda: _drawn(election, entry, other, now)),
        )
    if it.happens("paper asked for after drawing"):
        it.expect(
            "paper after drawing is refused",
            holds=it.refused(lambda: hand_out(entry, way=Mark.PAPER, by=by, now=now)),
        )
    if it.happens("device lost after drawing"):
        return
    ballot = device.finished(answers)
    if it.happens("too late"):
        late = election.closes_at + GRACE
        it.expect(
            "a late ballot is refused",
            holds=it.refused(lambda: _cast(election, ballot, ballot.sealed, late)),
        )
        return
    if it.happens("rubbish in the envelope"):
        _cast(election, ballot, seal(election.urn_key, election.code, b"\0\1x"), now)
        return
    _cast(election, ballot, ballot.sealed, now)
    if it.happens("answer of casting lost"):
        _cast(election, ballot, ballot.sealed, now)
    it.meant.setdefault(entry.constituency.code, []).append(choices)


def _paper(
    it: Rehearsal, constituency: Constituency, readers: tuple[Actor, Actor, Actor], over: datetime
) -> None:
    """The box: one sheet is kept as a souvenir, one lost; some are void, some read in two ways."""
    by, reader, observer = readers
    sheets = it.sheets.get(constituency.code, [])
    it.dice.shuffle(sheets)
    kept, lost, inside = sheets[:1], sheets[1:2], sheets[2:]
    note_box(
        constituency, printed=len(sheets) + 20, cancelled=20, not_returned=len(kept),
        in_box=len(inside), by=by, now=over,
    )  # fmt: skip
    it.faults["sheet nobody can account for"] += len(lost)
    for sheet, choices in zip(constituency.sheets.order_by("number"), inside, strict=True):
        is_void = it.dice.randrange(40) == 0
        written = [str(one) for one in range(1, MOST + 2)] if is_void else choices
        what = seen(constituency, choices=written, is_unclear=False)
        other = what
        if it.dice.randrange(50) == 0:
            it.faults["sheet read in two ways"] += 1
            other = seen(constituency, choices=[], is_unclear=True)
        it.faults["void sheet"] += is_void
        read_sheet(sheet, what, by=by, now=over)
        held = read_sheet(sheet, other, by=reader, now=over)
        if awaits_decision(held):
            decide_sheet(held, what, reason="看得清", by=observer, now=over)
        if not is_void:
            it.meant.setdefault(constituency.code, []).append(choices)


def _by_hand(it: Rehearsal, election: Election, observer: Actor, over: datetime) -> None:
    """The sample: drawn once all is read, and counted as it was read."""
    election = draw_sample(election, number="03 11 17", by=observer, now=over)
    sheets = sheets_to_count(election)
    it.say(f"counted by hand again: {len(sheets)} sheets")
    for sheet in sheets:
        read = final_of(sheet)
        if read is not None:
            count_by_hand(sheet, seen_of(sheet, read), by=observer, now=over)


def _end(it: Rehearsal, election: Election, by: Actor, over: datetime) -> None:
    """The sums, printed; refused while one is open, published once it is explained."""
    for one in turnout(election):
        it.say(f"{one.constituency.title}: {one.taken} of {one.on_roll} have taken a ballot")
    lines = lines_of(election)
    for line in lines:
        _tell(it, line.constituency, line.online, line.paper)
    open_lines = [line for line in lines if line.missing]
    if open_lines:
        it.expect(
            "an unequal sum blocks the end",
            holds=it.refused(lambda: publish(election, by=by, now=over)),
        )
    for line in open_lines:
        it.expect("the urn's sum is equal", holds=line.constituency is not None)
        if line.constituency is not None:
            explain_box(line.constituency, words="演练：一张票下落不明", by=by, now=over)
    election = publish(election, by=by, now=over)
    found = published_ballots(election)
    meant = {code: sorted(it.meant.get(code, [])) for code in found}
    it.expect("what was published is what was meant", holds=found == meant)
    it.say(f"published: {sum(len(cast) for cast in found.values())} ballots, as they were meant")


def _tell(
    it: Rehearsal, constituency: Constituency | None, online: OnlineCount | None,
    paper: PaperCount | None,
) -> None:  # fmt: skip
    """The sums of the urn or of a box, in lines."""
    place = constituency.title if constituency else "urn"
    if online is not None:
        it.say(f"{place}: taken {online.drawn} = cast {online.cast} + not cast {online.not_cast}")
        it.say(
            f"{place}: cast {online.cast} = valid {online.valid} + blank {online.blank}"
            f" + void {online.void}"
        )
    if paper is not None:
        it.say(
            f"{place}: given out {paper.issued} = in the box {paper.in_box}"
            f" + not brought back {paper.not_returned} + missing {paper.missing}"
        )
        it.say(
            f"{place}: in the box {paper.in_box} = valid {paper.valid} + blank {paper.blank}"
            f" + void {paper.void} + set aside {paper.set_aside}"
        )
