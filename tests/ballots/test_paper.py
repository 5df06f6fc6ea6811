"""Paper out of the box: two readings, an observer, a sample, and sums that block the end."""

import pytest

from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    decide_sheet,
    draw_sample,
    explain_box,
    note_box,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import PaperBox, RollEntry, Sheet
from mulin.commons.ballots.queries import (
    lines_of,
    published_ballots,
    sheets_to_count,
    sheets_to_decide,
    turnout,
)
from mulin.commons.ballots.rules import Mark
from mulin.kit.refusals import NotPermitted, Refused
from tests.ballots.conftest import AFTER, DURING

pytestmark = pytest.mark.once


@pytest.fixture
def paper(vote):
    """Twelve took paper, and the vote is over."""
    made = vote.draft(is_online=False).enrol(local=12, new=0).freeze().open()
    for row in RollEntry.objects.all():
        hand_out(row, way=Mark.PAPER, by=made.committee.actor, now=DURING)
    return made.seal()


def boxed(paper, in_box=12, not_returned=0):
    note_box(
        paper.group("local"), printed=20, cancelled=8, not_returned=not_returned, in_box=in_box,
        by=paper.committee.actor, now=AFTER,
    )  # fmt: skip
    return list(Sheet.objects.order_by("number"))


def read(paper, sheet, first, second, *, is_unclear=False):
    for member, choices in ((paper.committee, first), (paper.reader, second)):
        what = seen(paper.group("local"), choices=choices, is_unclear=is_unclear)
        read_sheet(sheet, what, by=member.actor, now=AFTER)


def drawn(paper):
    """The public number is known."""
    paper.election = draw_sample(
        paper.election, number="03 17", by=paper.observer.actor, now=AFTER
    )  # fmt: skip
    return sheets_to_count(paper.election)


def finished(paper):
    """The sample drawn, and counted by hand as it was read."""
    drawn(paper)
    for sheet in sheets_to_count(paper.election):
        what = seen(paper.group("local"), choices=["1"], is_unclear=False)
        count_by_hand(sheet, what, by=paper.observer.actor, now=AFTER)


def test_paper_is_read_twice_and_an_observer_decides_where_two_differ(paper):
    sheets = boxed(paper)
    for sheet in sheets[2:]:
        read(paper, sheet, ["1"], ["1"])
    read(paper, sheets[0], ["1"], ["2"])
    read(paper, sheets[1], [], [], is_unclear=True)
    assert [one.number for one in sheets_to_decide(paper.election)] == [1, 2]
    what = seen(paper.group("local"), choices=["1"], is_unclear=False)
    with pytest.raises(NotPermitted):
        decide_sheet(sheets[0], what, reason="看得清", by=paper.committee.actor, now=AFTER)
    with pytest.raises(Refused):
        decide_sheet(sheets[0], what, reason=" ", by=paper.observer.actor, now=AFTER)
    for sheet in sheets[:2]:
        decide_sheet(sheet, what, reason="看得清", by=paper.observer.actor, now=AFTER)
    with pytest.raises(Refused):
        decide_sheet(sheets[2], what, reason="改", by=paper.observer.actor, now=AFTER)
    with pytest.raises(Refused):
        publish(paper.election, by=paper.committee.actor, now=AFTER)
    finished(paper)
    publish(paper.election, by=paper.committee.actor, now=AFTER)
    paper.election.refresh_from_db()
    assert published_ballots(paper.election) == {"local": [["1"]] * 12, "new": []}


def test_whoever_decides_reads_what_was_marked_by_its_name(paper, client):
    sheet = boxed(paper)[0]
    read(paper, sheet, ["1"], ["2"])
    paper.cast.enter(client, paper.observer)
    page = client.get(f"/ballots/observed/{paper.election.code}/sheet/{sheet.pk}/")
    assert [marked for _kind, marked in page.context["readings"]] == [["1. 项目1"], ["2. 项目2"]]
    assert page.content.decode().count("2. 项目2") == 2  # as it was read, and to be ticked


def test_a_certificate_on_paper_has_no_marks_of_the_screen(paper, client):
    for sheet in boxed(paper):
        read(paper, sheet, ["1"], ["1"])
    finished(paper)
    publish(paper.election, by=paper.committee.actor, now=AFTER)
    drawn_by = {
        path: {one.name for one in client.get(path).templates}
        for path in (
            f"/ballots/board/{paper.election.code}/closed/",
            f"/ballots/board/{paper.election.code}/closed/sheet/",
        )
    }
    on_screen, on_paper = drawn_by.values()
    assert "kit/status.html" in on_screen
    assert "ballots/sums.html" in on_paper
    assert "kit/status.html" not in on_paper


def test_pages_of_a_vote_on_paper_speak_of_its_paper_alone(paper, client):
    """No envelope lies in an urn and nobody has a receipt; a sample that is not drawn is no sheet."""
    sheets = boxed(paper)
    paper.cast.enter(client, paper.committee)
    held = f"/ballots/held/{paper.election.code}/"
    page = client.get(held).content.decode()
    assert f"还有 {len(sheets)} 张纸票" in page
    assert "由监票人抽人工复点的号码" in page
    assert "封存的票箱" not in page
    for sheet in sheets:
        read(paper, sheet, ["1"], ["1"])
    assert "张纸票等着" not in client.get(held).content.decode()
    finished(paper)
    publish(paper.election, by=paper.committee.actor, now=AFTER)
    assert "回执" not in client.get(f"/ballots/board/{paper.election.code}/").content.decode()


def test_nobody_reads_a_sheet_twice_and_nobody_before_the_end(paper):
    sheet = boxed(paper)[0]
    what = seen(paper.group("local"), choices=["1"], is_unclear=False)
    read_sheet(sheet, what, by=paper.committee.actor, now=AFTER)
    for member in (paper.committee, paper.cast.chen):
        with pytest.raises((Refused, NotPermitted)):
            read_sheet(sheet, what, by=member.actor, now=AFTER)
    # Counted again, the box may hold another number, and what was read stays.
    assert [one.first is not None for one in boxed(paper, in_box=2)] == [True, False]
    with pytest.raises(Refused):
        boxed(paper, in_box=0)


def test_the_box_stays_shut_until_the_vote_is_over(running):
    with pytest.raises(Refused):
        note_box(
            running.group("local"), printed=1, cancelled=0, not_returned=0, in_box=1,
            by=running.committee.actor, now=DURING,
        )  # fmt: skip


def test_a_sample_that_reads_otherwise_has_to_be_decided(paper):
    for sheet in boxed(paper):
        read(paper, sheet, ["1"], ["1"])
    odd = drawn(paper)[0]
    what = seen(paper.group("local"), choices=["2"], is_unclear=False)
    count_by_hand(odd, what, by=paper.observer.actor, now=AFTER)
    for sheet in sheets_to_count(paper.election):
        same = seen(paper.group("local"), choices=["1"], is_unclear=False)
        count_by_hand(sheet, same, by=paper.observer.actor, now=AFTER)
    assert sheets_to_decide(paper.election) == [odd]
    with pytest.raises(Refused):
        publish(paper.election, by=paper.committee.actor, now=AFTER)
    decide_sheet(odd, what, reason="两人都看错", by=paper.observer.actor, now=AFTER)
    publish(paper.election, by=paper.committee.actor, now=AFTER)
    paper.election.refresh_from_db()
    assert published_ballots(paper.election)["local"] == [["1"]] * 11 + [["2"]]


def test_consul_5317_paper_counts_in_the_turnout_and_a_lost_sheet_blocks_the_end(paper):
    """consuldemocracy/consuldemocracy#5317, #5794; decidim/decidim#9130, #9594."""
    for sheet in boxed(paper, in_box=11):
        read(paper, sheet, ["1"], ["1"])
    finished(paper)
    (line,) = lines_of(paper.election)
    assert (line.paper.issued, line.paper.in_box, line.missing) == (12, 11, 1)
    assert [one.taken for one in turnout(paper.election)] == [12, 0]
    with pytest.raises(Refused):
        publish(paper.election, by=paper.committee.actor, now=AFTER)
    explain_box(
        paper.group("local"), words="一位居民把票带回了家", by=paper.committee.actor, now=AFTER
    )
    publish(paper.election, by=paper.committee.actor, now=AFTER)


def test_a_printed_sheet_that_went_nowhere_is_missing_too(paper):
    sheets = boxed(paper)
    PaperBox.objects.update(cancelled=7)
    assert lines_of(paper.election)[0].missing == 1
    refused_until_explained(paper, sheets)


def test_a_sheet_too_many_blocks_the_end_too(paper):
    sheets = boxed(paper, in_box=13)
    assert lines_of(paper.election)[0].missing == -1
    refused_until_explained(paper, sheets)


def refused_until_explained(paper, sheets):
    """All is read and the sample counted: what stops the publication is the sum alone."""
    for sheet in sheets:
        read(paper, sheet, ["1"], ["1"])
    finished(paper)
    by = paper.committee.actor
    with pytest.raises(Refused):
        publish(paper.election, by=by, now=AFTER)
    explain_box(paper.group("local"), words="当着监票人核过", by=by, now=AFTER)
    assert publish(paper.election, by=by, now=AFTER).is_published
