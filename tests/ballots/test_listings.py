"""What is taken away of votes is what everybody reads on the board, and ties no voter to a ballot."""

from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.listings import LISTINGS
from mulin.ground.people.models import Person
from tests.ballots.conftest import AFTER

VOTES, RESULTS, BOARD, COMPLAINTS = LISTINGS


def lines(listing, actor):
    columns = tuple(listing.columns(actor, AFTER))
    return [[column.of(row) for column in columns] for row in listing.rows(actor, {}, AFTER)]


def test_a_draft_is_in_no_list_and_nothing_is_known_before_it_is_published(cast, vote):
    vote.draft().enrol()
    assert [lines(one, cast.chen.actor) for one in LISTINGS] == [[], [], [], []]
    vote.freeze().ready().open()
    vote.vote(vote.local[0], ["2", "1"])
    vote.seal().count()
    turnout = {row[6]: (row[7], row[8]) for row in lines(VOTES, cast.chen.actor)}
    assert list(turnout.values()) == [(3, 1), (2, 0)]
    assert lines(RESULTS, cast.chen.actor) == lines(BOARD, cast.chen.actor) == []


def test_few_ballots_are_told_without_what_they_say(cast, running):
    receipts = [running.vote(one, ["2", "1"]).receipt for one in running.local]
    running.seal().count()
    publish(running.election, by=running.committee.actor, now=AFTER)
    board = lines(BOARD, cast.chen.actor)
    assert sorted(row[1] for row in board) == sorted(receipts)
    assert {row[2] for row in board} == {None}
    assert lines(RESULTS, cast.chen.actor) == []


def test_many_ballots_are_told_and_nobodys_name_stands_beside_one(cast, vote):
    vote.draft().enrol(local=12, new=0)
    for number, one in enumerate(vote.local):
        Person.objects.filter(pk=one.pk).update(name=f"选民第{number}位")
    vote.freeze().ready().open()
    for one in vote.local:
        vote.vote(one, ["2", "1"])
    vote.seal().count()
    publish(vote.election, by=vote.committee.actor, now=AFTER)
    told = [lines(one, cast.chen.actor) for one in LISTINGS]
    assert sorted((row[5] for row in told[1]), reverse=True)[:3] == [12, 12, 0]
    assert len(told[2]) == 12
    assert None not in {row[2] for row in told[2]}
    assert "选民第" not in str(told)


def test_the_roll_is_in_no_list():
    held = {model.__name__ for one in LISTINGS for model in one.holds}
    assert not held & {"RollEntry", "RollCheck", "Correction", "Objection", "Envelope", "Sheet"}
