"""Somebody says that a vote did not go right, and is answered; the notice that hangs out before."""

from datetime import timedelta

import pytest

from mulin.commons.ballots.actions.complaining import answer_complaint, complain
from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.holdings import erase_words, rolls_told
from mulin.commons.ballots.models import Complaint, RollEntry
from mulin.commons.ballots.papers import notice_document, script_digest
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.ballots.conftest import AFTER, DURING

DAY = timedelta(days=1)


@pytest.fixture
def over(vote):
    """Published, without a ballot."""
    made = vote.draft(is_online=False).enrol().freeze().open().seal()
    publish(made.election, by=made.committee.actor, now=AFTER)
    made.election.refresh_from_db()
    return made


def test_anybody_complains_until_the_days_are_over_and_reads_the_answer(over, client):
    at = f"/ballots/board/{over.election.code}/"
    with standing_still(AFTER):
        assert client.post(f"{at}complain/", {"words": " "}).status_code == 422
        sent = {"words": "票箱没有封条", "contact": "13900001111", "token": "a"}
        assert client.post(f"{at}complain/", sent).status_code == 302
        client.post(f"{at}complain/", sent)
        waits = client.get(at).content.decode()
        assert "票箱没有封条" not in waits
        assert "还有 1 条投诉没有答复" in waits
        over.cast.enter(client, over.committee)
        held = client.get(f"/ballots/held/{over.election.code}/").content.decode()
        assert "票箱没有封条" in held
        assert "13900001111" in held
        mine = frozenset({over.committee.account.pk})
        asked = Asked(over.committee.actor, mine, AFTER, AFTER + DAY)
        waits = [one.kind for one in owed_by(asked).dues]
        assert "ballots.complaint" in waits
        where = f"/ballots/held/{over.election.code}/complaint/{Complaint.objects.get().pk}/"
        assert client.post(where, {"answer": ""}).status_code == 422
        assert client.post(where, {"answer": "有封条，照片在公示栏"}).status_code == 302
        client.logout()
        page = client.get(at).content.decode()
    assert "票箱没有封条" in page
    assert "照片在公示栏" in page
    assert "还有 1 条投诉没有答复" not in page
    assert "13900001111" not in page
    late = AFTER + (over.election.complaint_days + 1) * DAY
    with standing_still(late):
        assert client.get(f"{at}complain/").status_code == 404
        assert f"{at}complain/" not in client.get(at).content.decode()


def test_the_limit_and_who_answers_are_asked_by_the_act_itself(over):
    by, late = over.committee.actor, AFTER + (over.election.complaint_days + 1) * DAY
    last = AFTER + over.election.complaint_days * DAY
    with pytest.raises(Refused):
        complain(over.election, words="太晚", by=by, now=late)
    yong = over.cast.yong
    made = complain(over.election, words="字太小", person=yong.person, by=yong.actor, now=last)
    with pytest.raises(NotPermitted):
        answer_complaint(made, answer="x", by=over.observer.actor, now=last)
    answer_complaint(made, answer="下次用大字", by=by, now=last)
    with pytest.raises(TakenMeanwhile):
        answer_complaint(made, answer="再答", by=by, now=last)
    assert Message.objects.filter(topic="vote").exists()


def test_nobody_complains_before_the_opening(vote):
    made = vote.draft(is_online=False).enrol().freeze()
    with pytest.raises(Refused):
        complain(made.election, words="早", by=made.cast.yong.actor, now=DURING)
    complain(made.open().election, words="现在", by=made.cast.yong.actor, now=DURING)


def test_the_roll_is_kept_until_every_complaint_is_answered(over):
    """What is asked about can still be looked up."""
    late = AFTER + (over.election.complaint_days + 1) * DAY
    by = system(over.cast.xinjie.pk)
    made = complain(over.election, words="我没领过票", by=over.cast.yong.actor, now=AFTER)
    assert not forget_roll(over.election, by=by, now=late)
    answer_complaint(made, answer="名册上没有领", by=over.committee.actor, now=late)
    assert forget_roll(over.election, by=by, now=late)
    assert not RollEntry.objects.exists()


def test_what_somebody_complained_is_told_and_erased(over, client):
    yong = over.cast.yong
    made = complain(
        over.election, words="字太小", contact="139", person=yong.person, by=yong.actor, now=AFTER
    )
    answer_complaint(made, answer="下次用大字", by=over.committee.actor, now=AFTER)
    assert {
        "vote": over.election.title,
        "complaint": "字太小",
        "answer": "下次用大字",
    } in rolls_told(yong.person.pk)
    erase_words(yong.person.pk)
    made.refresh_from_db()
    assert (made.words, made.answer, made.person, made.contact) == ("", "", None, None)
    with standing_still(AFTER):
        page = client.get(f"/ballots/board/{over.election.code}/")
    assert list(page.context["complaints"]) == []


def test_the_notice_says_every_fingerprint_before_the_vote(vote, client):
    made = vote.draft(quorum_percent=50).enrol().freeze().ready()

    def words():
        document = notice_document(made.election, community=made.cast.xinjie)
        return " ".join(
            " ".join(" ".join(row) for row in block.rows) if block.kind == "table" else block.words
            for block in document.blocks
        )

    before = words()
    groups = [one.roll_digest for one in made.election.constituencies.all()]
    for one in (made.election.urn_key, script_digest(), *groups, "项目7", "本地居民", "50"):
        assert one in before
    # What was posted is what is fixed at the opening.
    made.open()
    assert made.election.terms_digest in before
    assert made.election.terms_digest in words()
    answer = client.get(f"/ballots/board/{made.election.code}/notice/")
    assert answer["Content-Type"] == "application/pdf"
    board = client.get(f"/ballots/board/{made.election.code}/").content.decode()
    assert script_digest() in board


def test_the_notice_of_a_vote_on_paper_speaks_of_no_keys(vote):
    made = vote.draft(is_online=False).enrol().freeze()
    rows = [
        row[0]
        for block in notice_document(made.election, community=made.cast.xinjie).blocks
        if block.kind == "table"
        for row in block.rows
    ]
    assert not any("vote.js" in one for one in rows)
