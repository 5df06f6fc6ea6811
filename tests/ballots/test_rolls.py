"""One person in exactly one constituency; frozen with count and hash; corrected by protocol only."""

from datetime import timedelta

import pytest

from mulin.commons.ballots.actions.elections import (
    draft_election,
    open_election,
    wipe_trial,
    withdraw_vote,
)
from mulin.commons.ballots.actions.rolls import (
    answer_objection,
    correct_roll,
    freeze_roll,
    object_to_roll,
    post_roll,
    put_on_roll,
)
from mulin.commons.ballots.models import Ballot, Election, Envelope, RollEntry
from mulin.commons.ballots.queries import (
    corrections,
    digest_of_roll,
    elections_of_voter,
    frozen_terms,
    turnout,
    without_way_online,
)
from mulin.commons.ballots.rules import State
from mulin.ground.audit.models import Act
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.ballots.conftest import neighbour, terms
from tests.clock import NOW
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.once


@pytest.fixture
def drafted(vote):
    return vote.draft(is_online=False)


def put(vote, **groups):
    by = vote.committee.actor
    ids = {code: [one.pk for one in persons] for code, persons in groups.items()}
    return put_on_roll(vote.election, ids, by=by, now=NOW)


def test_a_room_opens_a_vote_once_however_often_the_form_is_sent(vote):
    one, two = (
        draft_election(terms(), by=vote.committee.actor, now=NOW, token="t") for _time in "12"
    )
    assert (one.pk, Election.objects.count()) == (two.pk, 1)
    with pytest.raises(NotPermitted):
        draft_election(terms(), by=vote.cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        draft_election(terms(max_choices=9), by=vote.committee.actor, now=NOW)


def test_helios_138_two_votes_of_one_title_have_codes_of_their_own(vote):
    """benadida/helios-server#138: two votes with the same short name mix their links."""
    first, second = vote.draft().election, vote.draft().election
    assert first.title == second.title
    assert first.code != second.code


def test_nobody_stands_in_two_constituencies(drafted):
    one, two = PersonFactory.create_batch(2, community=drafted.cast.xinjie)
    for groups in ({"local": [one, two], "new": [two]}, {"local": [one], "nowhere": [two]}):
        with pytest.raises(Refused):
            put(drafted, **groups)
    assert not RollEntry.objects.exists()
    with in_community(drafted.cast.linli):
        stranger = drafted.cast.gu.person
    with pytest.raises(Refused):
        put(drafted, local=[one, stranger])


def test_helios_413_what_was_put_up_is_counted_in_the_table(drafted):
    """benadida/helios-server#413: "1 voter loaded", and the list is empty."""
    drafted.enrol(local=4, new=2)
    assert [(one.constituency.code, one.on_roll, one.taken) for one in turnout(drafted.election)] == [
        ("local", 4, 0), ("new", 2, 0),
    ]  # fmt: skip


def test_an_objection_is_answered_before_the_roll_is_frozen(drafted):
    drafted.enrol()
    by, yong = drafted.committee.actor, drafted.cast.yong
    post_roll(drafted.election, by=by, now=NOW)
    drafted.election.refresh_from_db()
    said = object_to_roll(
        drafted.election, person=yong.person, words="我怎么不在名册上？", by=yong.actor, now=NOW
    )
    with pytest.raises(Refused):
        freeze_roll(drafted.election, by=by, now=NOW)
    answer_objection(said, answer="已补上", by=by, now=NOW)
    with pytest.raises(Refused):
        answer_objection(said, answer="再答", by=by, now=NOW)
    assert freeze_roll(drafted.election, by=by, now=NOW).stage is State.FROZEN
    with pytest.raises(NotPermitted):
        object_to_roll(
            drafted.election, person=drafted.cast.wang.person, words="x", by=yong.actor, now=NOW
        )


def test_a_posted_roll_hangs_out_for_its_days_before_it_is_frozen(vote):
    vote.draft(objection_days=5).enrol()
    by, election = vote.committee.actor, vote.election
    with pytest.raises(Refused):  # not posted at all
        freeze_roll(election, by=by, now=NOW)
    election = post_roll(election, by=by, now=NOW)
    for days in (0, 4):
        with pytest.raises(Refused):
            freeze_roll(election, by=by, now=NOW + timedelta(days=days))
    frozen = freeze_roll(election, by=by, now=NOW + timedelta(days=5))
    assert frozen.stage is State.FROZEN
    assert frozen_terms(frozen)["objections"] == 5


def test_a_trial_need_not_hang_out(vote):
    vote.draft(objection_days=5, is_trial=True).enrol()
    assert freeze_roll(vote.election, by=vote.committee.actor, now=NOW).stage is State.FROZEN


def test_helios_55_a_frozen_roll_is_not_replaced(drafted, caplog):
    """benadida/helios-server#55: the roll is replaced while the vote is open."""
    drafted.enrol().freeze()
    with pytest.raises(Refused):
        drafted.enrol(local=1)
    RollEntry.objects.filter(person=drafted.local[0]).delete()
    with pytest.raises(Refused):
        open_election(drafted.election, by=drafted.committee.actor, now=NOW)
    assert f"vote {drafted.election.code}, constituency local" in caplog.text
    drafted.election.refresh_from_db()
    assert drafted.election.stage is State.FROZEN


def test_a_correction_names_one_person_a_reason_and_both_hashes(drafted):
    drafted.enrol().freeze()
    local, by = drafted.group("local"), drafted.committee.actor
    more = PersonFactory(community=drafted.cast.xinjie)
    correct_roll(local, person=more, is_added=True, reason="漏登", by=by, now=NOW)
    correct_roll(local, person=drafted.local[0], is_added=False, reason="已迁出", by=by, now=NOW)
    first, second = corrections(drafted.election)
    local.refresh_from_db()
    assert (first.digest_before, first.digest_after, second.digest_after) == (
        drafted.group("local").corrections.first().digest_before, second.digest_before,
        local.roll_digest,
    )  # fmt: skip
    assert local.roll_digest == digest_of_roll(local)
    assert local.roll_count == 3
    correct_roll(local, person=drafted.local[0], is_added=True, reason="误删", by=by, now=NOW)
    with pytest.raises(Refused):
        correct_roll(local, person=more, is_added=True, reason="再来", by=by, now=NOW)
    with pytest.raises(Refused):
        correct_roll(local, person=drafted.local[1], is_added=False, reason=" ", by=by, now=NOW)
    assert drafted.open().election.stage is State.OPEN


def test_nothing_is_corrected_about_who_has_taken_a_ballot(running):
    running.vote(running.local[0], ["1"])
    with pytest.raises(Refused):
        correct_roll(
            running.group("local"), person=running.local[0], is_added=False, reason="迁出",
            by=running.committee.actor, now=NOW,
        )  # fmt: skip


def test_belenios_51_who_has_no_way_online_is_counted_and_listed(drafted, client):
    """glondu/belenios#51: passwords for voters added later are not sent."""
    drafted.local.append(neighbour(drafted.cast, 1).person)
    drafted.enrol(local=2, new=1).freeze()
    assert without_way_online(drafted.election) == 3
    late = PersonFactory(community=drafted.cast.xinjie, grid=drafted.cast.grid_1)
    by = drafted.committee.actor
    correct_roll(drafted.group("local"), person=late, is_added=True, reason="漏登", by=by, now=NOW)
    assert without_way_online(drafted.election) == 4
    drafted.cast.enter(client, drafted.committee)
    page = client.get(f"/ballots/held/{drafted.election.code}/roll/", {"only": "paper"})
    listed = {row.person_id for row in page.context["page"].rows}
    assert listed == {one.pk for one in (*drafted.local[1:], *drafted.new, late)}


def test_who_stands_on_the_roll_sees_the_vote_from_its_posting_on(drafted):
    person = drafted.enrol().local[0]
    assert not elections_of_voter(person.pk)
    post_roll(drafted.election, by=drafted.committee.actor, now=NOW)
    assert list(elections_of_voter(person.pk)) == [drafted.election]
    assert not elections_of_voter(drafted.cast.yong.person.pk)


def test_a_trial_is_wiped_and_a_vote_is_not(vote):
    trial = vote.draft(is_trial=True).enrol().freeze().ready().open()
    trial.vote(trial.local[0], ["1"])
    wipe_trial(trial.election, by=trial.committee.actor, now=NOW)
    for rows in (RollEntry, Envelope, Ballot):
        assert not rows.objects.filter().exists()
    trial.election.refresh_from_db()
    assert trial.election.stage is State.WIPED
    with pytest.raises(Refused):
        wipe_trial(vote.draft().election, by=vote.committee.actor, now=NOW)


def test_only_the_committee_keeps_the_roll(drafted):
    for member in (drafted.cast.zhou, drafted.cast.installer, drafted.holders[0], drafted.observer):
        with pytest.raises(NotPermitted):
            put_on_roll(drafted.election, {}, by=member.actor, now=NOW)
    assert not Act.objects.filter(verb="ballots.put_on_roll").exists()


@pytest.mark.parametrize("stage", ["drafted", "posted", "frozen"])
def test_a_vote_is_withdrawn_with_its_reason_before_its_opening(drafted, stage):
    by = drafted.committee.actor
    drafted.enrol()
    if stage == "posted":
        post_roll(drafted.election, by=by, now=NOW)
    if stage == "frozen":
        drafted.freeze()
    with pytest.raises(Refused):
        withdraw_vote(drafted.election, reason=" ", by=by, now=NOW)
    with pytest.raises(NotPermitted):
        withdraw_vote(drafted.election, reason="x", by=drafted.observer.actor, now=NOW)
    held = withdraw_vote(drafted.election, reason="钥匙没做成", by=by, now=NOW)
    assert (held.stage, held.withdrawal_reason) == (State.WIPED, "钥匙没做成")
    assert not RollEntry.objects.exists()
    assert set(held.constituencies.values_list("ballot_secret", flat=True)) == {""}


def test_from_its_opening_on_a_vote_is_not_withdrawn(running):
    with pytest.raises(TakenMeanwhile):
        withdraw_vote(running.election, reason="x", by=running.committee.actor, now=NOW)
    assert RollEntry.objects.exists()


def test_a_vote_whose_end_is_over_is_not_drafted_and_the_field_says_so(vote):
    with pytest.raises(Refused) as refused:
        vote.draft(opens_at=NOW - timedelta(days=2), closes_at=NOW)
    assert refused.value.field == "closes_at"


def test_a_vote_that_lasts_runs_from_its_opening_on(drafted):
    lasting = drafted.draft(lasts=timedelta(minutes=30)).enrol().freeze().ready()
    late = NOW + timedelta(days=3)
    opened = open_election(lasting.election, by=lasting.committee.actor, now=late)
    assert (opened.opens_at, opened.closes_at) == (late, late + timedelta(minutes=30))
    assert frozen_terms(opened)["closes_at"] == opened.closes_at.isoformat()
