"""Draw and cast by many at once, and by processes that die between the two."""

import signal

import pytest

from mulin.commons.ballots.actions.voting import TakenAlready
from mulin.commons.ballots.models import Envelope, RollEntry
from mulin.commons.ballots.queries import turnout
from mulin.commons.ballots.rules import Mark
from mulin.kit.failpoints import failpoint
from mulin.kit.scoping import in_community
from tests.ballots.conftest import make_vote
from tests.cast import make_cast

KILLED = -signal.SIGKILL
REFUSED = 7


@pytest.fixture
def vote(transactional_db):
    """An open vote with keys of its own."""
    cast = make_cast()
    with in_community(cast.xinjie):
        return make_vote(cast).draft().enrol(local=2, new=1).freeze().ready().open()


def draws(vote, person, device):
    """What a phone does; ends with REFUSED when another was faster."""
    with in_community(vote.cast.xinjie):
        try:
            vote.draw(person, device)
        except TakenAlready:
            raise SystemExit(REFUSED) from None
    failpoint("tests.drawn_and_written")


def casts(vote, ballot):
    with in_community(vote.cast.xinjie):
        vote.put(ballot)


def state(vote):
    with in_community(vote.cast.xinjie):
        return RollEntry.objects.taken().count(), Envelope.objects.count()


def test_fifty_draws_at_once_by_one_person_give_one_ballot(fork, vote):
    with in_community(vote.cast.xinjie):
        devices = [vote.device([str(one % 7 + 1)]) for one in range(10)]
    children = [fork(draws, vote, vote.local[0], devices[one % 10]) for one in range(50)]
    ends = [child.wait() for child in children]
    # One device's values won: its five askings have the same answer, all others none.
    assert (ends.count(0), ends.count(REFUSED)) == (5, 45)
    assert state(vote) == (1, 0)
    winner = devices[ends.index(0)]
    with in_community(vote.cast.xinjie):
        vote.put(winner.finished(vote.draw(vote.local[0], winner)))
        assert [one.taken for one in turnout(vote.election)] == [1, 0]
    assert state(vote) == (1, 1)


def test_killed_before_the_answer_the_same_phone_draws_on(fork, vote):
    """On SQLite the mark is written by then; on PostgreSQL it is with the end of the request."""
    with in_community(vote.cast.xinjie):
        device = vote.device(["1"])
    assert fork(draws, vote, vote.local[0], device, failpoint="ballots.drawn").wait() == KILLED
    assert fork(draws, vote, vote.local[0], device).wait() == 0
    assert state(vote) == (1, 0)


def test_killed_after_signing_marks_nobody_and_the_next_press_draws(fork, vote):
    with in_community(vote.cast.xinjie):
        device = vote.device(["1"])
    assert fork(draws, vote, vote.local[0], device, failpoint="ballots.signed").wait() == KILLED
    assert state(vote) == (0, 0)
    assert fork(draws, vote, vote.local[0], device).wait() == 0
    assert state(vote) == (1, 0)


def test_killed_between_draw_and_cast_the_same_phone_goes_on_and_no_other(fork, vote):
    with in_community(vote.cast.xinjie):
        device, other = vote.device(["1"]), vote.device(["2"])
    between = "tests.drawn_and_written"
    assert fork(draws, vote, vote.local[0], device, failpoint=between).wait() == KILLED
    assert state(vote) == (1, 0)
    assert fork(draws, vote, vote.local[0], other).wait() == REFUSED
    with in_community(vote.cast.xinjie):
        ballot = device.finished(vote.draw(vote.local[0], device))
    assert fork(casts, vote, ballot, failpoint="ballots.casting").wait() == KILLED
    assert state(vote) == (1, 0)
    children = [fork(casts, vote, ballot) for _time in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert state(vote) == (1, 1)
    with in_community(vote.cast.xinjie):
        assert RollEntry.objects.get(person=vote.local[0]).mark == Mark.ONLINE
