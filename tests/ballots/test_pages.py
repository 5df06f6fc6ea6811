"""What a voter, a helper at the desk and a passer-by read about a vote on its pages and its sheet."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.commons.ballots.actions.ending import explain_urn, publish
from mulin.commons.ballots.actions.rolls import answer_objection, object_to_roll, post_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import RollEntry
from mulin.commons.ballots.papers import notice_document
from mulin.commons.ballots.queries import frozen_terms
from mulin.commons.ballots.rules import Mark
from mulin.commons.ballots.sheets import ballot_form
from mulin.kit.clock import local_day, standing_still, start_of_day
from mulin.kit.paper.definition import pages_of
from tests.ballots.conftest import AFTER, DURING, neighbour
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.once


@pytest.fixture
def someone(vote):
    """A resident with an account, on the roll."""
    found = neighbour(vote.cast, 1)
    vote.local = [found.person]
    return found


def read(vote, client, member, path, now=NOW):
    with standing_still(now):
        vote.cast.enter(client, member)
        return client.get(path).content.decode()


def test_whoever_objected_reads_the_answer_where_they_objected(vote, someone, client):
    vote.draft(is_online=False).enrol()
    vote.election = post_roll(vote.election, by=vote.committee.actor, now=NOW)
    path = reverse("ballots:vote", args=[vote.election.code])
    raised = object_to_roll(
        vote.election, person=someone.person, words="我是党员", by=someone.actor, now=NOW
    )
    assert "名册冻结前，选举委员会会答复您。" in read(vote, client, someone, path)
    answer_objection(raised, answer="查过，仍列本地居民", by=vote.committee.actor, now=NOW)
    page = read(vote, client, someone, path)
    assert "我是党员" in page
    assert "查过，仍列本地居民" in page
    vote.freeze()
    assert "查过，仍列本地居民" in read(vote, client, someone, path)
    other = neighbour(vote.cast, 2)
    put = RollEntry.objects.get(person=someone.person)
    put.pk, put.person = None, other.person
    put.save()
    assert "我是党员" not in read(vote, client, other, path)


def test_a_voter_reads_until_when_and_who_took_paper_nothing_of_devices(vote, someone, client):
    last = local_day(NOW) + timedelta(days=2)
    vote.draft(closes_at=start_of_day(last + timedelta(days=1))).enrol()
    vote.freeze().ready().open()
    path = reverse("ballots:vote", args=[vote.election.code])
    page = read(vote, client, someone, path, DURING)
    assert re.search(rf"请在{last.month}月{last.day}日（周.）之内投票。", page)
    entry = RollEntry.objects.get(person=someone.person)
    hand_out(entry, way=Mark.PAPER, by=vote.committee.actor, now=DURING)
    page = read(vote, client, someone, path, DURING)
    taken = page[page.index('data-part="taken"') : page.index('data-part="mark"')]
    assert "您的一张票已经领了。" in taken
    assert "设备" not in taken
    assert not re.search(r"[）。\u4e00-\u9fff]\s*[.,:;]", re.sub("<[^>]+>", "", taken))


def test_whoever_hands_out_comes_back_to_the_line_of_the_same_person(vote, someone, client):
    running = vote.draft().enrol().freeze().ready().open()
    entry = RollEntry.objects.get(person=someone.person)
    path = reverse("ballots:hand-out", args=[running.election.code, entry.pk])
    with standing_still(DURING):
        running.cast.enter(client, running.committee)
        refused = client.post(path, {"way": "door", "helper": "女儿"})
        assert refused.status_code == 422
        (line,) = refused.context["page"].rows
        assert line == entry
        page = refused.content.decode()
        assert 'value="女儿"' in page
        assert "同去的人：上门要两个人同去" in page
        done = client.post(
            path, {"way": "door", "helper": "女儿", "companion": "老周"}, follow=True
        )
    (line,) = done.context["page"].rows
    assert (line, line.mark) == (entry, Mark.DOOR)
    assert "同去：老周" in done.content.decode()


def test_an_empty_roll_reaches_no_share(vote, client):
    vote.draft(quorum_percent=50).enrol(local=2, new=0)
    page = read(vote, client, vote.committee, reverse("ballots:held", args=[vote.election.code]))
    assert page.count("50%") == 1
    assert "已达到" not in page


def test_nothing_on_the_notice_stands_over_the_edge_of_the_paper(running, client):
    answer = client.get(reverse("ballots:notice", args=[running.election.code]))
    sheet = Pdf(b"".join(answer))
    assert running.election.urn_key in sheet.packed
    assert min(sheet.letters_from_right_mm(number) for number in range(len(sheet))) >= 20


def test_nothing_on_the_certificate_stands_over_the_edge(running, client):
    running.vote(running.local[0], ["1"])
    running.seal().count()
    explain_urn(running.election, words="无", by=running.committee.actor, now=AFTER)
    publish(running.election, by=running.committee.actor, now=AFTER)
    with standing_still(AFTER):
        answer = client.get(reverse("ballots:certificate-sheet", args=[running.election.code]))
    sheet = Pdf(b"".join(answer))
    running.election.refresh_from_db()
    assert running.election.urn_digest in sheet.packed
    assert running.election.terms_digest in sheet.packed
    assert min(sheet.letters_from_right_mm(number) for number in range(len(sheet))) >= 15


def test_the_first_page_begins_with_the_vote_that_one_may_still_cast(vote, someone, client):
    vote.draft(opens_at=NOW + timedelta(hours=1)).enrol().freeze().ready().open()
    path, told = reverse("ballots:vote", args=[vote.election.code]), "您可以投票"
    assert told not in read(vote, client, someone, "/")
    page = read(vote, client, someone, "/", DURING)
    assert path in page
    assert page.index(told) < page.index(reverse("reception:tell") + '"')
    assert told not in read(vote, client, neighbour(vote.cast, 2), "/", DURING)
    assert told not in read(vote, client, someone, "/", AFTER)
    vote.vote(someone.person, ["1"], now=DURING + timedelta(hours=1))
    assert told not in read(vote, client, someone, "/", DURING + timedelta(hours=1))


def test_what_stands_beside_an_option_is_where_it_is_marked_and_posted(vote, someone, client):
    """A cost belongs to what one marks: on the screen, on the sheet, in what is hashed."""
    plain = vote.draft().election
    assert frozen_terms(plain)["options"][0] == ["1", "项目1"]
    vote.draft(beside={"1": "8,000.00元"}).enrol().freeze().ready().open()
    assert frozen_terms(vote.election)["options"][:2] == [
        ["1", "项目1", "8,000.00元"],
        ["2", "项目2"],
    ]
    page = read(vote, client, someone, reverse("ballots:vote", args=[vote.election.code]), DURING)
    assert "8,000.00元" in page
    rows = [one.label for one in ballot_form(vote.group("local")).fields]
    assert rows[:2] == ["1  项目1（8,000.00元）", "2  项目2"]
    posted = notice_document(vote.election, community=vote.cast.xinjie)
    assert ("1", "项目1（8,000.00元）") in posted.blocks[1].rows
    with_cost, without = (pages_of(ballot_form(one)) for one in (
        vote.group("local"), plain.constituencies.get(code="local")
    ))  # fmt: skip
    assert [one.marks for one in with_cost[0].placed] == [one.marks for one in without[0].placed]


def said(day):
    return f"{day.year}年{day.month}月{day.day}日"


def test_a_list_tells_until_when_a_vote_runs_and_the_days_of_one_that_is_over(running, client):
    path, last = reverse("ballots:votes"), local_day(NOW + timedelta(days=1))
    page = read(running, client, running.committee, path, DURING)
    assert re.search(rf"{last.month}月{last.day}日（周.）[^<]*前", page)
    assert said(last) not in page
    running.seal()
    page = read(running, client, running.committee, path, AFTER)
    assert f"{said(local_day(NOW))}至{said(last)}" in page
    assert "前</" not in page


def test_the_roll_tells_two_of_one_name_apart_by_where_they_live(vote, client):
    for room in ("3幢1单元201", "3幢1单元301"):
        vote.local.append(
            PersonFactory(community=vote.cast.xinjie, name="曹小平", address=room)
        )  # fmt: skip
    vote.draft().enrol(local=0, new=0)
    page = read(vote, client, vote.committee, reverse("ballots:roll", args=[vote.election.code]))
    assert page.count("曹小平") == 2
    assert "3幢1单元201" in page
    assert "3幢1单元301" in page
