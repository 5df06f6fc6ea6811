"""Against stuffing: observers ask some of those who are marked whether they took a ballot."""

import pytest

from mulin.commons.ballots.actions.asking import draw_checks, note_check
from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import RollCheck, RollEntry
from mulin.commons.ballots.queries import asked_voters, closure_of
from mulin.commons.ballots.rules import ASKED, Mark, Said, asked_of
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.ballots.conftest import AFTER, DURING


@pytest.fixture
def sealed(vote):
    """Three of five took paper; the box is not counted yet."""
    made = vote.draft(is_online=False).enrol().freeze().open()
    for person in (*made.local[:2], made.new[0]):
        row = RollEntry.objects.get(person=person)
        hand_out(row, way=Mark.PAPER, by=made.committee.actor, now=DURING)
    return made.seal()


def test_those_are_drawn_who_are_marked_and_by_a_number_that_nobody_knew(sealed):
    by = sealed.observer.actor
    with pytest.raises(NotPermitted):
        draw_checks(sealed.election, number="7", by=sealed.committee.actor, now=AFTER)
    with pytest.raises(Refused):
        draw_checks(sealed.election, number=" ", by=by, now=AFTER)
    draw_checks(sealed.election, number="7", by=by, now=AFTER)
    with pytest.raises(Refused):
        draw_checks(sealed.election, number="8", by=by, now=AFTER)
    asked = set(RollCheck.objects.values_list("entry__person", flat=True))
    assert asked == {one.pk for one in (*sealed.local[:2], sealed.new[0])}
    many = range(1, 200)
    drawn = asked_of(many, "salt|7")
    assert len(drawn) == ASKED
    assert drawn == asked_of(reversed(many), "salt|7")
    assert drawn != asked_of(many, "salt|8")


def test_what_they_say_stands_on_the_certificate_as_numbers_and_outlives_the_roll(sealed):
    by = sealed.observer.actor
    draw_checks(sealed.election, number="7", by=by, now=AFTER)
    first, second, third = RollCheck.objects.all()
    note_check(first, said=Said.UNREACHED, by=by, now=AFTER)
    note_check(first, said=Said.YES, by=by, now=AFTER)  # reached at the second call
    with pytest.raises(TakenMeanwhile):
        note_check(first, said=Said.NO, by=by, now=AFTER)
    note_check(second, said=Said.NO, by=by, now=AFTER)
    with pytest.raises(NotPermitted):
        note_check(third, said=Said.YES, by=sealed.committee.actor, now=AFTER)
    RollEntry.objects.filter(election=sealed.election).delete()
    told = asked_voters(sealed.election)
    assert (told.drawn, told.yes, told.no, told.unreached, told.waiting) == (3, 1, 1, 0, 1)
    assert closure_of(sealed.election).asked == told


def test_only_observers_read_whom_they_ask_and_only_until_it_is_published(sealed, client):
    at = f"/ballots/observed/{sealed.election.code}/"
    name = sealed.local[0].name
    with standing_still(AFTER):
        sealed.cast.enter(client, sealed.observer)
        assert name not in client.get(at).content.decode()
        assert client.post(f"{at}ask/", {"number": ""}).status_code == 422
        assert client.post(f"{at}ask/", {"number": "7", "token": "a"}).status_code == 302
        page = client.get(at).content.decode()
        assert name in page
        assert "本地居民" not in page.split("问问他们是否领过票")[1].split("待裁定")[0]
        check = RollCheck.objects.first()
        assert client.post(f"{at}ask/{check.pk}/", {"said": "perhaps"}).status_code == 422
        client.post(f"{at}ask/{check.pk}/", {"said": "no", "token": "b"})
        page = client.get(at).content.decode()
        assert "1 人说没领过" in page
        assert f"/ballots/board/{sealed.election.code}/complain/" in page
        for row in RollEntry.objects.filter(mark=Mark.PAPER):
            RollEntry.objects.filter(pk=row.pk).update(mark=Mark.NOT_TAKEN, taken_on=None)
        sealed.election.constituencies.update(issued_count=0, taken_count=0)
        publish(sealed.election, by=sealed.committee.actor, now=AFTER)
        page = client.get(at).content.decode()
        assert name not in page
        assert "1 人说没领过" in page
        late = {"said": "yes", "token": "c"}
        refused = client.post(f"{at}ask/{RollCheck.objects.last().pk}/", late)
        assert refused.status_code == 422
