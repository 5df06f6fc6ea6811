"""The end: sealed, opened elsewhere, checked, summed, published; before that nobody sees anything."""

import json
from datetime import timedelta

import pytest

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.ending import (
    explain_urn,
    publish,
    seal_urn,
    take_in_opened,
)
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    draw_sample,
    note_box,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Ballot, Envelope, RollEntry, Sheet
from mulin.commons.ballots.opener import opened, seal, split
from mulin.commons.ballots.queries import (
    NotPublished,
    board_file,
    lines_of,
    listed_constituencies,
    published_ballots,
    receipts,
    sheets_to_count,
    shown_groups,
    shown_lines,
    urn_file,
)
from mulin.commons.ballots.rules import Kind, Mark, State, urn_digest
from mulin.ground.community.rules import system
from mulin.ground.notify import queue
from mulin.kit.refusals import NotPermitted, Refused
from tests.ballots.conftest import AFTER, DURING, SECRET


def brought(vote, result):
    return take_in_opened(vote.election, result, by=vote.holders[0].actor, now=AFTER)


def test_the_urn_is_sealed_with_hash_and_count_and_nobody_signs_any_more(running):
    for person in running.local[:2]:
        running.vote(person, ["1"])
    device = running.device(["2"])
    running.draw(running.local[2], device)
    with pytest.raises(Refused):
        seal_urn(running.election, by=running.committee.actor, now=AFTER - timedelta(seconds=1))
    assert keys.has_lock(running.election.pk)
    running.seal()
    lying = list(Envelope.objects.values_list("sealed", flat=True))
    assert (running.election.urn_count, running.election.urn_digest) == (2, urn_digest(lying))
    assert running.election.drawn_online == 3
    assert running.election.envelope_secret == ""
    assert set(running.election.constituencies.values_list("ballot_secret", flat=True)) == {""}
    assert set(RollEntry.objects.values_list("answer", "digest")) == {("", "")}
    with pytest.raises(Refused):
        running.draw(running.local[2], device)


def test_the_lock_goes_when_the_sealing_is_written(running, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        running.seal()
    assert not keys.has_lock(running.election.pk)


def test_two_holders_open_and_each_voter_finds_the_own_number(running):
    cast = [running.vote(running.local[0], ["2", "1"]), running.vote(running.local[1], [])]
    cast.append(running.vote(running.new[0], ["7"], "new"))
    running.seal().count()
    assert running.election.stage is State.OPENED
    lines = {
        (one.receipt, one.kind, one.constituency.code, *one.choices) for one in Ballot.objects.all()
    }
    # What was chosen stays under lock until publication.
    assert lines == {
        (cast[0].receipt, Kind.VALID, "local"),
        (cast[1].receipt, Kind.BLANK, "local"),
        (cast[2].receipt, Kind.VALID, "new"),
    }
    assert not receipts(running.election).exists()
    publish(running.election, by=running.committee.actor, now=AFTER)
    running.election.refresh_from_db()
    assert [one.receipt for one in receipts(running.election, cast[0].receipt)] == [cast[0].receipt]
    assert published_ballots(running.election) == {"local": [[], ["1", "2"]], "new": [["7"]]}


def test_what_comes_back_is_all_of_this_urn_or_nothing(running):
    for person in running.local:
        running.vote(person, ["1"])
    running.seal()
    urn = urn_file(running.election)
    good = opened(urn, split(SECRET)[:2], urn["digest"])
    for wrong in (
        {}, {"format": "other"}, good | {"digest": "0" * 64}, good | {"ballots": good["ballots"][1:]},
        good | {"unreadable": 1}, good | {"unreadable": -1}, good | {"election": "OTHER"},
        good | {"ballots": [{}]}, good | {"ballots": None},
    ):  # fmt: skip
        with pytest.raises(Refused):
            brought(running, wrong)
    with pytest.raises(NotPermitted):
        take_in_opened(running.election, good, by=running.committee.actor, now=AFTER)
    assert brought(running, good).stage is State.OPENED


def test_a_forged_or_doubled_ballot_is_void(running):
    for person in running.local:
        running.vote(person, ["1"])
    running.seal()
    urn = urn_file(running.election)
    result = opened(urn, split(SECRET)[:2], urn["digest"])
    first = result["ballots"][0]
    changed = json.loads(first["m"]) | {"ch": ["2"]}
    forged = first | {"m": json.dumps(changed, separators=(",", ":"))}
    election = brought(running, result | {"ballots": [first, first, forged]})
    assert (Ballot.objects.count(), election.void_online) == (1, 2)


def test_an_envelope_of_rubbish_is_counted_and_harms_nobody(running):
    device = running.device(["1"])
    ballot = device.finished(running.draw(running.local[0], device))
    rubbish = seal(running.election.urn_key, running.election.code, b"\0\3abc")
    running.put(ballot, sealed=rubbish)
    running.vote(running.local[1], ["2"])
    running.seal().count()
    assert (running.election.unreadable, Ballot.objects.count()) == (1, 1)
    assert lines_of(running.election)[0].missing == 0


def test_six_marks_are_void_and_on_the_board(running):
    running.vote(running.local[0], ["1", "2", "3", "4", "5", "6"])
    running.seal().count()
    assert Ballot.objects.get().kind == Kind.VOID
    publish(running.election, by=running.committee.actor, now=AFTER)
    running.election.refresh_from_db()
    assert published_ballots(running.election)["local"] == []


def test_the_clock_seals_what_nobody_seals(running):
    assert seal_urn(running.election, by=system(running.cast.xinjie.pk), now=AFTER).is_over
    with pytest.raises(NotPermitted):
        seal_urn(running.election, by=running.cast.zhou.actor, now=AFTER)


def test_helios_358_nothing_waits_between_casting_and_the_urn(
    running, monkeypatch, django_capture_on_commit_callbacks
):
    """benadida/helios-server#358: the worker does not run, votes are accepted and never counted."""
    asked = []
    monkeypatch.setattr(queue, "async_task", lambda *told, **_more: asked.append(told))
    with django_capture_on_commit_callbacks(execute=True):
        running.vote(running.local[0], ["1"])
    assert asked == []
    running.seal().count()
    publish(running.election, by=running.committee.actor, now=AFTER)
    running.election.refresh_from_db()
    assert published_ballots(running.election)["local"] == [["1"]]


def test_the_urn_s_own_sum_is_explained_in_its_protocol(running):
    running.vote(running.local[0], ["1"])
    running.seal().count()
    RollEntry.objects.update(mark=Mark.NOT_TAKEN, taken_on=None)
    running.election.drawn_online = 0
    running.election.save()
    assert lines_of(running.election)[0].missing == 1
    with pytest.raises(Refused):
        publish(running.election, by=running.committee.actor, now=AFTER)
    explain_urn(running.election, words="名册恢复自备份", by=running.committee.actor, now=AFTER)
    publish(running.election, by=running.committee.actor, now=AFTER)


# ── what is shown ────────────────────────────────────────────────────────────────────────────


def test_loomio_9796_nobody_reads_what_was_cast_before_publication(running):
    """loomio/loomio#9796: the result leaks in a side bar and in a digest."""
    running.vote(running.local[0], ["1"])
    for ahead in (lambda: None, running.seal, running.count):
        ahead()
        for reads in (
            published_ballots,
            shown_groups,
            listed_constituencies,
            shown_lines,
            board_file,
        ):
            with pytest.raises(NotPublished):
                reads(running.election)
        assert not receipts(running.election).exists()


def test_bettervoting_1065_groups_under_ten_are_not_shown_and_a_perfect_tie_is(vote):
    """Equal-Vote/bettervoting#1065: a perfect tie is shown as "no votes cast"."""
    made = vote.draft(is_online=False, constituencies=(("local", "居民", "x"), ("new", "新", "y")))
    made.enrol(local=10, new=2).freeze().open()
    for row in RollEntry.objects.all():
        hand_out(row, way=Mark.PAPER, by=made.committee.actor, now=DURING)
    made.seal()
    for code, count in (("local", 10), ("new", 2)):
        note_box(
            made.group(code), printed=count, cancelled=0, not_returned=0, in_box=count,
            by=made.committee.actor, now=AFTER,
        )  # fmt: skip
    for sheet in Sheet.objects.select_related("constituency"):
        for member in (made.committee, made.reader):
            what = seen(sheet.constituency, choices=["1", "2"], is_unclear=False)
            read_sheet(sheet, what, by=member.actor, now=AFTER)
    made.election = draw_sample(made.election, number="7", by=made.observer.actor, now=AFTER)
    for sheet in sheets_to_count(made.election):
        what = seen(sheet.constituency, choices=["1", "2"], is_unclear=False)
        count_by_hand(sheet, what, by=made.observer.actor, now=AFTER)
    publish(made.election, by=made.committee.actor, now=AFTER)
    made.election.refresh_from_db()
    (group,) = shown_groups(made.election)
    assert (group.titles, group.ballots) == (["居民", "新"], 12)
    assert [count for _option, count in group.marks][:3] == [12, 12, 0]
    assert listed_constituencies(made.election) == set()
    (together,) = board_file(made.election)["ballots"]
    assert together == {"constituencies": ["local", "new"], "ballots": [["1", "2"]] * 12}
    assert shown_lines(made.election) == []


def test_the_roll_is_forgotten_after_the_days_of_complaint(running):
    running.vote(running.local[0], ["1"])
    running.seal().count()
    publish(running.election, by=running.committee.actor, now=AFTER)
    running.election.refresh_from_db()
    by = system(running.cast.xinjie.pk)
    assert not forget_roll(running.election, by=by, now=AFTER + timedelta(days=5))
    assert forget_roll(running.election, by=by, now=AFTER + timedelta(days=6))
    assert not RollEntry.objects.exists()
    assert not forget_roll(running.election, by=by, now=AFTER + timedelta(days=7))
    assert (Ballot.objects.count(), running.election.urn_count) == (1, 1)


def test_siv_92_fewer_than_ten_ballots_are_listed_by_their_receipts_alone(running, client):
    """siv-org/siv#92: a ballot of a small group, shown one by one, is somebody's."""
    ballot = running.vote(running.local[0], ["2"])
    running.seal().count()
    publish(running.election, by=running.committee.actor, now=AFTER)
    running.election.refresh_from_db()
    assert listed_constituencies(running.election) == set()
    page = client.get(f"/ballots/board/{running.election.code}/", {"receipt": ballot.receipt})
    ((row, chosen),) = page.context["ballots"]
    assert (row.receipt, chosen, page.context["groups"]) == (ballot.receipt, None, [])
    told = board_file(running.election)
    assert (told["signed"], told["ballots"], told["receipts"]) == ([], [], [ballot.receipt])
