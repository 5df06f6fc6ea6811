"""Draw and cast: the whole table of what may go wrong between a phone and the urn."""

import json
import re
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.formats import date_format

from mulin.commons.ballots import keys, papers
from mulin.commons.ballots.actions.elections import extend_vote, open_election
from mulin.commons.ballots.actions.holders import confirm_share, keep_urn_key, pass_test
from mulin.commons.ballots.actions.voting import TakenAlready, draw, hand_out
from mulin.commons.ballots.blindrsa import Unusable
from mulin.commons.ballots.models import Envelope, RollEntry
from mulin.commons.ballots.opener import public_of
from mulin.commons.ballots.queries import frozen_terms, turnout
from mulin.commons.ballots.rules import Mark, terms_digest
from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.merging import merge_persons
from mulin.kit.clock import local_day, standing_still
from mulin.kit.refusals import NotPermitted, Refused
from tests.ballots.conftest import DURING, SECRET, neighbour
from tests.clock import NOW


def entry(person):
    return RollEntry.objects.get(person=person)


def test_a_ballot_is_drawn_and_cast_and_nothing_but_state_and_day_is_kept(running):
    acts, messages = Act.objects.count(), Message.objects.count()
    running.vote(running.local[0], ["1", "3"])
    row = entry(running.local[0])
    assert (row.mark, row.taken_on, row.handed_by_id) == (Mark.ONLINE, DURING.date(), None)
    assert Envelope.objects.count() == 1
    assert (Act.objects.count(), Message.objects.count()) == (acts, messages)


def test_a_lost_answer_of_drawing_is_given_again_to_the_same_values(running):
    device = running.device(["1"])
    first = running.draw(running.local[0], device)
    assert running.draw(running.local[0], device, DURING + timedelta(hours=2)) == first
    running.put(device.finished(first))


def test_other_values_are_refused_once_a_ballot_is_taken(running):
    running.draw(running.local[0], running.device(["1"]))
    with pytest.raises(TakenAlready):
        running.draw(running.local[0], running.device(["2"]))
    assert RollEntry.objects.taken().count() == 1


def test_a_lost_answer_of_casting_is_given_again_and_the_ballot_lies_there_once(running):
    ballot = running.vote(running.local[0], ["1"])
    running.put(ballot)
    running.put(ballot)
    assert Envelope.objects.count() == 1


def test_another_content_in_the_same_envelope_is_refused(running):
    device = running.device(["1"])
    answers = running.draw(running.local[0], device)
    first, second = device.finished(answers), device.finished(answers)
    assert first.sealed != second.sealed
    running.put(first)
    with pytest.raises(Refused):
        running.put(second)
    assert Envelope.objects.get().sealed == first.sealed


def test_loomio_4102_seven_voters_never_give_nine(vote):
    """loomio/loomio#4102: a changed vote is counted several times."""
    seven = vote.draft().enrol(local=7, new=0).freeze().ready().open()
    for person in seven.local:
        ballot = seven.vote(person, ["1"])
        seven.put(ballot)
        with pytest.raises(TakenAlready):
            seven.vote(person, ["2"])
    assert Envelope.objects.count() == 7


def test_a_device_lost_after_drawing_gets_no_second_ballot(running):
    running.draw(running.local[0], running.device(["1"]))
    with pytest.raises(TakenAlready):
        hand_out(entry(running.local[0]), way=Mark.PAPER, by=running.committee.actor, now=DURING)
    assert (RollEntry.objects.taken().count(), Envelope.objects.count()) == (1, 0)


def test_mieuxvoter_60_the_addresses_take_nothing_after_the_end(vote, client):
    """MieuxVoter/app.mieuxvoter.fr-back#60: the page hides it, the address still accepts."""
    someone = neighbour(vote.cast, 1)
    vote.local = [someone.person]
    running = vote.draft().enrol().freeze().ready().open()
    first, second = running.device(["1"]), running.device(["2"])
    ballot = first.finished(running.draw(running.local[0], first))
    other = neighbour(vote.cast, 2)
    RollEntry.objects.filter(person=running.local[1]).update(person=other.person)
    drawn, at = written(second), f"/ballots/cast/{vote.cast.xinjie.slug}/{running.election.code}/"
    sealed = {
        "token": in_text(ballot.token), "prefix": in_text(ballot.prefix),
        "signature": in_text(ballot.signature), "sealed": ballot.sealed,
    }  # fmt: skip

    def sent(now):
        with standing_still(now):
            vote.cast.enter(client, other)
            return [
                client.post(path, json.dumps(told), content_type="application/json").status_code
                for path, told in ((f"/ballots/draw/{running.election.code}/", drawn), (at, sealed))
            ]

    ends = running.election.closes_at
    assert sent(ends + timedelta(seconds=60)) == [409, 409]
    assert (RollEntry.objects.taken().count(), Envelope.objects.count()) == (1, 0)
    assert sent(ends - timedelta(seconds=1)) == [200, 202]  # what was refused was good but late
    assert (RollEntry.objects.taken().count(), Envelope.objects.count()) == (2, 1)


def written(device):
    """What a device asks to be signed, as its page sends it."""
    return {"envelope": in_text(device.envelope), "ballot": in_text(device.ballot)}


def in_text(value):
    return b64encode(value).decode()


def test_mieuxvoter_60_the_server_s_clock_ends_the_vote(running):
    """MieuxVoter/app.mieuxvoter.fr-back#60: the page hides it, the address still accepts."""
    ends = running.election.closes_at
    early, late = running.device(["1"]), running.device(["2"])
    answers = running.draw(running.local[0], early, ends - timedelta(seconds=1))
    with pytest.raises(Refused):
        running.draw(running.local[1], late, ends)
    running.put(early.finished(answers), ends + timedelta(seconds=59))
    with pytest.raises(Refused):
        running.put(early.finished(answers), ends + timedelta(seconds=60))
    with pytest.raises(Refused):
        running.draw(running.local[1], late, NOW - timedelta(seconds=1))


def test_nothing_asks_the_clock_of_a_phone():
    """A wrong clock on a phone changes nothing: its script knows no time, and sends none."""
    script = (Path(papers.__file__).parent / "static/ballots/vote.js").read_text("utf-8")
    assert not re.search(r"\bDate\b|\bperformance\b|setTimeout|setInterval", script)


def test_decidim_9044_an_outage_is_made_good_once_and_the_board_says_so(running, client):
    """decidim/decidim#9044: projects could not be voted on for part of the time."""
    by, ends = running.committee.actor, running.election.closes_at
    hashed = running.election.terms_digest
    for until, reason in ((ends, "停电"), (ends + timedelta(days=8), "停电"), (ends, " ")):
        with pytest.raises(Refused):
            extend_vote(running.election, until=until, reason=reason, by=by, now=DURING)
    later = ends + timedelta(days=1)
    running.election = extend_vote(
        running.election, until=later, reason="周三停电两小时", by=by, now=DURING
    )
    running.vote(running.local[0], ["1"], now=later - timedelta(seconds=1))
    assert terms_digest(frozen_terms(running.election)) == hashed
    assert "周三停电两小时" in client.get(f"/ballots/board/{running.election.code}/").text
    with pytest.raises(Refused):
        extend_vote(running.election, until=later + timedelta(days=1), reason="再", by=by, now=ends)


def test_the_constituency_comes_from_the_roll_not_from_the_request(running):
    """A local resident asks for a representative's ballot: one that is no good, or none, where the
    number that is to be signed happens to be too large for the other key.
    """
    device = running.device(["1"], "new")
    with pytest.raises((Unusable, Refused)):
        device.finished(running.draw(running.local[0], device))


def test_decidim_app_661_and_662_the_second_at_one_device_finds_nothing_of_the_first(vote, client):
    """OpenSourcePolitics/decidim-app#661, #662: at a booth the second inherited the first's vote."""
    both = [neighbour(vote.cast, number) for number in (1, 2)]
    vote.local += [one.person for one in both]
    running = vote.draft().enrol(local=1).freeze().ready().open()
    slots, taken = [], []
    with standing_still(DURING):
        for one in both:  # the same browser, signed out and in between them
            page = vote.cast.enter(client, one).get(f"/ballots/vote/{running.election.code}/")
            assert "no-store" in page.headers["Cache-Control"]
            slots.append(page.context["facts"]["slot"])
            taken.append(page.context["facts"]["taken"])
            running.vote(one.person, ["1"])
    # What the device keeps until the ballot is cast lies under a name of each one's own.
    assert len(set(slots)) == 2
    assert taken == [False, False]


def test_nobody_draws_who_is_not_on_the_roll(running):
    for person in (running.cast.yong.person, running.cast.wang.person):
        with pytest.raises(Refused):
            running.draw(person, running.device(["1"]))


def test_a_merged_record_does_not_give_a_second_ballot(running):
    first, second = running.local[0], running.local[1]
    merge_persons(first, second, by=running.cast.chen.actor, now=NOW)
    running.vote(first, ["1"])
    with pytest.raises(TakenAlready):
        hand_out(entry(second), way=Mark.PAPER, by=running.committee.actor, now=DURING)
    with pytest.raises(TakenAlready):
        running.draw(second, running.device(["2"]))
    assert RollEntry.objects.taken().count() == 1


def test_consul_2007_a_ballot_on_paper_shuts_the_way_online_and_the_other_way_round(running):
    """consuldemocracy/consuldemocracy#2007, #1965: booth and web both voted."""
    online, paper, door = running.local
    by = running.committee.actor
    running.vote(online, ["1"])
    hand_out(entry(paper), way=Mark.PAPER, by=by, now=DURING)
    hand_out(entry(door), way=Mark.DOOR, by=by, now=DURING, helper="女儿", companion="老周")
    for way in (Mark.PAPER, Mark.DOOR):
        with pytest.raises(TakenAlready):
            hand_out(entry(online), way=way, by=by, now=DURING, companion="老周")
    for person in (paper, door):
        with pytest.raises(TakenAlready):
            running.draw(person, running.device(["1"]))
        with pytest.raises(TakenAlready):
            hand_out(entry(person), way=Mark.DOOR, by=by, now=DURING, companion="老周")
    assert [one.taken for one in turnout(running.election)] == [3, 0]


def test_two_go_to_a_door_and_both_stand_beside_the_tick(running):
    row, by = entry(running.local[0]), running.committee.actor
    with pytest.raises(Refused) as alone:
        hand_out(row, way=Mark.DOOR, by=by, now=DURING, helper="女儿")
    assert alone.value.field == "companion"
    assert entry(running.local[0]).mark == Mark.NOT_TAKEN
    ticked = hand_out(row, way=Mark.DOOR, by=by, now=DURING, companion="老周")
    assert (ticked.handed_by, ticked.companion) == (running.committee.account, "老周")


def test_whoever_stands_on_the_roll_reads_when_and_how_a_ballot_was_taken_in_their_name(
    running, client
):
    """Against stuffing: absent people who were marked as drawn see it, and complain."""
    yong = running.cast.yong
    person = running.local[0]
    RollEntry.objects.filter(person=person).update(person=yong.person)
    hand_out(entry(yong.person), way=Mark.PAPER, by=running.committee.actor, now=DURING)
    with standing_still(DURING):
        running.cast.enter(client, yong)
        page = client.get(f"/ballots/vote/{running.election.code}/").content.decode()
    day = date_format(local_day(DURING), "DATE_FORMAT")
    assert f"已领纸票（{day}）" in page
    assert f"/ballots/board/{running.election.code}/complain/" in page


def test_only_the_committee_gives_out_paper_and_only_during_the_vote(running):
    row = entry(running.local[0])
    with pytest.raises(NotPermitted):
        hand_out(row, way=Mark.PAPER, by=running.cast.chen.actor, now=DURING)
    with pytest.raises(Refused):
        hand_out(row, way=Mark.PAPER, by=running.committee.actor, now=running.election.closes_at)


@pytest.mark.once
@pytest.mark.parametrize(
    "wrong",
    [
        {"token": bytes(32)},
        {"prefix": bytes(32)},
        {"signature": bytes(384)},
        {"token": b""},
        {"sealed": "no base64"},
        {"sealed": b64encode(bytes(1116)).decode()},
        {"sealed": b64encode(bytes(1118)).decode()},
    ],
)
def test_what_was_not_given_out_is_not_taken(running, wrong):
    device = running.device(["1"])
    ballot = device.finished(running.draw(running.local[0], device))
    with pytest.raises(Refused):
        running.put(ballot, **wrong)
    assert not Envelope.objects.exists()


def test_the_ballot_s_signature_opens_no_envelope(running):
    """The two keys are two: a signed ballot is not an entrance."""
    device = running.device(["1"])
    answers = running.draw(running.local[0], device)
    with pytest.raises(Unusable):
        device.finished((answers[1], answers[0]))


def test_something_that_is_no_blinded_value_marks_nobody(running):
    for value in (b"", bytes(384), bytes(383) + b"\1"):
        with pytest.raises(Refused):
            draw(
                running.election, person=running.local[0], envelope=value, ballot=value, now=DURING
            )
    assert not RollEntry.objects.taken().exists()


def test_without_its_lock_nobody_can_sign(running):
    keys.destroy_lock(running.election.pk)
    with pytest.raises(Refused):
        running.draw(running.local[0], running.device(["1"]))
    assert not RollEntry.objects.taken().exists()


def test_nothing_opens_before_three_shares_and_a_test(vote):
    made = vote.draft().enrol().freeze()
    by, (first, second, third) = made.committee.actor, made.holders

    def opens():
        with pytest.raises(Refused):
            open_election(made.election, by=by, now=NOW)

    opens()
    with pytest.raises(Refused):
        keep_urn_key(made.election, key="AAAA", by=by, now=NOW)
    keep_urn_key(made.election, key=public_of(SECRET), by=by, now=NOW)
    for holder in (first, second):
        confirm_share(made.election, by=holder.actor, now=NOW)
    with pytest.raises(Refused):
        confirm_share(made.election, by=first.actor, now=NOW)
    with pytest.raises(NotPermitted):
        confirm_share(made.election, by=by, now=NOW)
    opens()
    confirm_share(made.election, by=third.actor, now=NOW)
    opens()
    with pytest.raises(Refused):
        pass_test(made.election, word="deadbeef", by=first.actor, now=NOW)
    opens()
    keep_urn_key(made.election, key=public_of(SECRET + 1), by=by, now=NOW)
    assert made.election.shares.count() == 0
