"""A vote of neighbours: two constituencies, forty options or three, keys, holders, an urn."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle

import pytest

from mulin.commons.ballots.actions import rolls
from mulin.commons.ballots.actions.elections import draft_election, open_election
from mulin.commons.ballots.actions.ending import seal_urn, take_in_opened
from mulin.commons.ballots.actions.holders import confirm_share, keep_urn_key, pass_test
from mulin.commons.ballots.actions.rolls import freeze_roll, put_on_roll
from mulin.commons.ballots.actions.voting import cast, draw
from mulin.commons.ballots.blindrsa import new_key
from mulin.commons.ballots.client import Device
from mulin.commons.ballots.models import Constituency, Election
from mulin.commons.ballots.opener import opened, public_of, split, unseal
from mulin.commons.ballots.queries import urn_file
from mulin.commons.ballots.rules import GRACE, KEY_BITS, Terms
from mulin.ground.community.rules import Role
from mulin.ground.people.models import Person
from mulin.kit.scoping import in_community
from tests.cast import Cast, _resident, _staff
from tests.clock import NOW
from tests.factories.people import PersonFactory

SECRET = 0x1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF
DURING, AFTER = NOW + timedelta(hours=1), NOW + timedelta(days=1) + GRACE


def terms(**changed) -> Terms:
    values = {
        "title": "双五项目表决",
        "options": tuple((str(number), f"项目{number}") for number in range(1, 8)),
        "constituencies": (("local", "本地居民", "在册"), ("new", "新居民代表", "推选")),
        "max_choices": 5,
        "opens_at": NOW,
        "closes_at": NOW + timedelta(days=1),
        "rule": "保底＋等权",
    }
    return Terms(**values | changed)


@dataclass
class Vote:
    """An election with its people. What is asked of it goes through the real actions."""

    cast: Cast
    committee: object
    holders: list
    observer: object
    reader: object
    election: Election = None
    local: list[Person] = field(default_factory=list)
    new: list[Person] = field(default_factory=list)

    def draft(self, **changed) -> "Vote":
        self.election = draft_election(terms(**changed), by=self.committee.actor, now=NOW)
        return self

    def enrol(self, local=3, new=2) -> "Vote":
        make = lambda count: [  # noqa: E731  short and here only
            PersonFactory(community=self.cast.xinjie, grid=self.cast.grid_1)
            for _one in range(count)
        ]
        self.local, self.new = [*self.local, *make(local)], [*self.new, *make(new)]
        groups = {"local": [one.pk for one in self.local], "new": [one.pk for one in self.new]}
        known = {one.code for one in self.election.constituencies.all()}
        put_on_roll(
            self.election, {code: ids for code, ids in groups.items() if code in known},
            by=self.committee.actor, now=NOW,
        )  # fmt: skip
        return self

    def freeze(self) -> "Vote":
        self.election = freeze_roll(self.election, by=self.committee.actor, now=NOW)
        return self

    def ready(self) -> "Vote":
        """Key, shares, test: everything up to the opening."""
        keep_urn_key(self.election, key=public_of(SECRET), by=self.committee.actor, now=NOW)
        for holder in self.holders:
            confirm_share(self.election, by=holder.actor, now=NOW)
        self.election.refresh_from_db()
        word = unseal(SECRET, self.election.code, self.election.test_envelope)
        pass_test(
            self.election, word=word.rstrip(b"\0").decode(), by=self.holders[0].actor, now=NOW
        )
        return self

    def open(self) -> "Vote":
        self.election = open_election(self.election, by=self.committee.actor, now=NOW)
        return self

    def group(self, code) -> Constituency:
        return self.election.constituencies.get(code=code)

    def device(self, choices, code="local") -> Device:
        return Device(
            election=self.election.code, constituency=code,
            envelope_key=self.election.envelope_key, ballot_key=self.group(code).ballot_key,
            urn_key=self.election.urn_key, choices=choices,
        )  # fmt: skip

    def draw(self, person, device, now=DURING):
        return draw(
            self.election, person=person, envelope=device.envelope, ballot=device.ballot, now=now
        )

    def put(self, ballot, now=DURING, **changed):
        values = {
            "token": ballot.token, "prefix": ballot.prefix, "signature": ballot.signature,
            "sealed": ballot.sealed,
        }  # fmt: skip
        cast(self.election, **values | changed, now=now)

    def vote(self, person, choices, code="local", now=DURING):
        """Draw and cast; the ballot, with its receipt."""
        device = self.device(choices, code)
        ballot = device.finished(self.draw(person, device, now))
        self.put(ballot, now)
        return ballot

    def seal(self) -> "Vote":
        self.election = seal_urn(self.election, by=self.committee.actor, now=AFTER)
        return self

    def count(self) -> "Vote":
        """What the key holders do away from the server, and bring back."""
        urn = urn_file(self.election)
        result = opened(urn, split(SECRET)[1:], urn["digest"])
        self.election = take_in_opened(
            self.election, result, by=self.holders[1].actor, now=AFTER
        )  # fmt: skip
        return self


def make_vote(cast) -> Vote:
    community = cast.xinjie
    return Vote(
        cast,
        committee=_staff(community, "选举委员老郑", "laozheng", Role.ELECTION_COMMITTEE),
        holders=[
            _staff(community, f"保管人{name}", f"holder{name}", Role.KEY_HOLDER)
            for name in "甲乙丙"
        ],
        observer=_staff(community, "监票人老钱", "laoqian", Role.OBSERVER),
        reader=_staff(community, "选举委员小何", "xiaohe", Role.ELECTION_COMMITTEE),
    )


def neighbour(cast, number) -> object:
    """A resident with an account, as a browser needs one."""
    return _resident(
        cast.xinjie, f"居民{number}", f"1370000{number:04d}", full_name=f"居民{number}",
        grid=cast.grid_1,
    )  # fmt: skip


@pytest.fixture(scope="session")
def key_pool():
    """Three real keys of the real size: made once, since large primes take their time."""
    return [new_key(KEY_BITS) for _one in range(3)]


@pytest.fixture
def pooled(key_pool, monkeypatch):
    """Every freeze takes these keys. tests/faults and tests/journeys make their own."""
    endless = cycle(key_pool)
    monkeypatch.setattr(rolls, "new_key", lambda _bits: next(endless))


@pytest.fixture
def vote(cast, pooled):
    """A vote that is not drafted yet, in the community's scope."""
    with in_community(cast.xinjie):
        yield make_vote(cast)


@pytest.fixture
def running(vote):
    """A vote that is open: three local residents, two representatives."""
    return vote.draft().enrol().freeze().ready().open()
