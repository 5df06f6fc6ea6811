"""A vote that no room holds, its board and the certificate of its close."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.actions.paper import print_ballots
from mulin.commons.ballots.actions.rolls import correct_roll, freeze_roll, post_roll, put_on_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Ballot, Correction, Election, PrintRun, RollEntry
from mulin.commons.ballots.queries import (
    NotPublished,
    board_file,
    closure_of,
    frozen_terms,
    lines_of,
    listed_constituencies,
    one_person,
    print_runs,
    published_void,
    shown_lines,
    turnout,
)
from mulin.commons.ballots.rules import Board, Mark
from mulin.commons.ballots.sheets import digest_of_run, hash_of
from mulin.kit.paper.definition import sheet_code
from mulin.kit.refusals import Refused
from tests.ballots.conftest import AFTER, DURING
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.support.pdfs import Pdf

DRAFT = {
    "title": "桂花广场改名", "options": "桂花广场\n望海广场\n", "max_choices": "1",
    "who": "住在这里、年满十八周岁的人", "rule": "得票多的", "opens_at": "2099-11-21",
    "closes_at": "2099-11-22", "board": "full", "sample_every": "20", "sample_least": "5",
}  # fmt: skip


@pytest.fixture
def page(vote):
    return vote.cast.enter(Client(), vote.committee)


def test_the_committee_drafts_a_vote_and_makes_its_roll_by_a_rule(vote, page):
    assert page.post("/ballots/held/new/", DRAFT | {"options": " "}).status_code == 422
    assert page.post("/ballots/held/new/", DRAFT | {"max_choices": "3"}).status_code == 422
    at = page.post("/ballots/held/new/", DRAFT | {"token": "a"})["Location"]
    election = Election.objects.get()
    assert list(election.options.values_list("code", "title")) == [
        ("1", "桂花广场"), ("2", "望海广场"),
    ]  # fmt: skip
    grown = PersonFactory(community=vote.cast.xinjie, born_on=date(1990, 1, 1), residency="new")
    PersonFactory(community=vote.cast.xinjie, born_on=date(2015, 1, 1), residency="new")
    PersonFactory(community=vote.cast.xinjie, born_on=date(1990, 1, 1), residency="local")
    page.post(f"{at}enrol/", {"least_age": "18", "residency": "new", "token": "b"})
    on_it = RollEntry.objects.filter(election=election).values_list("person", flat=True)
    assert grown.pk in on_it
    assert all(one.person.residency == "new" for one in RollEntry.objects.all())


def test_what_the_result_is_and_how_many_should_take_part_is_hashed_and_shown(vote, page):
    law = {"binding": "meeting", "legal_basis": "居民会议第三十条", "quorum_percent": "50"}
    refused = page.post("/ballots/held/new/", DRAFT | law | {"legal_basis": ""})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"legal_basis"}
    page.post("/ballots/held/new/", DRAFT | law | {"token": "a"})
    vote.election = Election.objects.get()
    assert frozen_terms(vote.election).items() >= {
        "quorum": 50, "binding": ["meeting", "居民会议第三十条"],
    }.items()  # fmt: skip
    people = PersonFactory.create_batch(3, community=vote.cast.xinjie)
    by = vote.committee.actor
    put_on_roll(vote.election, {"all": [one.pk for one in people]}, by=by, now=NOW)
    assert [one.lacks for one in turnout(vote.election)] == [2]
    held = page.get(f"/ballots/held/{vote.election.code}/").content.decode()
    assert "离 50% 还差 2 人" in held
    freeze_roll(post_roll(vote.election, by=by, now=NOW), by=by, now=NOW + timedelta(days=9))
    board = page.get(f"/ballots/board/{vote.election.code}/").content.decode()
    told = "居民会议的决定。 居民会议第三十条 每份名册应有 50% 的人参加。"
    assert told in " ".join(board.split())
    page.post("/ballots/held/new/", DRAFT | {"token": "b"})
    plain = frozen_terms(Election.objects.exclude(pk=vote.election.pk).get())
    assert not {"quorum", "binding"} & plain.keys()


def test_owners_who_decide_by_area_are_told_that_this_is_another_count(vote, page):
    """《民法典》第278条."""
    refused = page.post("/ballots/held/new/", DRAFT | {"binding": "owners", "token": "a"})
    assert refused.status_code == 422
    assert "278" in refused.context["form"].errors["binding"][0]
    assert not Election.objects.exists()


def test_a_roll_is_made_by_names_and_unclear_ones_are_said(vote, page):
    at = page.post("/ballots/held/new/", DRAFT | {"token": "a"})["Location"]
    one = PersonFactory(community=vote.cast.xinjie, name="唯一的人")
    for _twice in range(2):
        PersonFactory(community=vote.cast.xinjie, name="同名的人")
    told = {"least_age": "18", "names": "唯一的人\n同名的人\n没有的人"}
    answer = page.post(f"{at}enrol/", told)
    assert answer.status_code == 422
    assert "同名的人、没有的人" in answer.content.decode()
    page.post(f"{at}enrol/", told | {"names": "唯一的人\n", "token": "b"})
    assert list(RollEntry.objects.values_list("person", flat=True)) == [one.pk]


def test_the_roll_of_a_rooms_vote_is_made_by_its_room(vote, page):
    vote.draft(origin=("doublefive.season", 1))
    assert page.post(f"/ballots/held/{vote.election.code}/enrol/", {}).status_code == 404


def test_somebody_is_added_to_a_frozen_roll_by_protocol(vote, page):
    vote.draft().enrol().freeze()
    late = PersonFactory(community=vote.cast.xinjie, name="漏了的人")
    at = f"/ballots/held/{vote.election.code}/roll/add/"
    group = vote.group("local")
    assert page.post(at, {"person": "漏了的人", "group": group.pk}).status_code == 422
    page.post(at, {"person": "漏了的人", "group": group.pk, "reason": "名册漏抄", "token": "a"})
    correction = Correction.objects.get()
    assert (correction.person, correction.is_added) == (late, True)
    assert group.roll.filter(person=late).exists()


def _finished(vote, **changed):
    vote.draft(**changed).enrol(local=12, new=0).freeze().ready().open()
    for number, person in enumerate(vote.local):
        vote.vote(person, [str(number % 3 + 1)])
    vote.seal().count()
    return vote


def test_codes_only_joins_no_receipt_with_a_choice(vote):
    terms = {"constituencies": (("local", "本地居民", "在册"),), "board": Board.CODES}
    _finished(vote, **terms)
    with pytest.raises(NotPublished):
        published_void(vote.election)
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    told = board_file(vote.election)
    assert (told["signed"], len(told["receipts"])) == ([], 12)
    assert told["terms"]["board"] == "codes"
    assert told["receipts"] == sorted(told["receipts"])
    assert [one["ballots"] for one in told["ballots"]] == [sorted([["1"], ["2"], ["3"]] * 4)]
    assert listed_constituencies(vote.election) == set()
    page = Client().get(f"/ballots/board/{vote.election.code}/").content.decode()
    shown = page.split('id="found"')[1].split("</section>")[0]
    assert Ballot.objects.first().receipt in shown
    assert "项目" not in shown
    assert published_void(vote.election) == {"local": 0}


def test_the_certificate_says_that_the_keys_are_gone_and_sees_if_they_are_not(vote):
    _finished(vote, constituencies=(("local", "本地居民", "在册"),))
    street, at = Client(), f"/ballots/board/{vote.election.code}/closed/"
    assert street.get(at).status_code == 404
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    # What is destroyed when the sealing commits is destroyed by the sweep as well.
    keys.destroy_lock(vote.election.pk)
    assert closure_of(vote.election).keys_gone
    page = street.get(at).content.decode()
    assert vote.election.urn_digest in page
    assert "12" in page
    sheet = Pdf(street.get(f"{at}sheet/").content)
    assert vote.election.title in sheet.text
    keys.make_lock(vote.election.pk)
    assert not closure_of(vote.election).keys_gone
    keys.destroy_lock(vote.election.pk)


def test_a_small_part_gives_no_number_away_on_the_certificate(vote):
    vote.draft().enrol(local=12, new=3).freeze().ready().open()
    for person in vote.local[:4]:
        vote.vote(person, ["1"])
    vote.seal().count()
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    page = Client().get(f"/ballots/board/{vote.election.code}/closed/").content.decode()
    assert 'class="sum' not in page


def test_paper_ballots_name_nobody_and_only_hashes_of_their_serials_are_kept(vote, page):
    vote.draft().enrol().freeze()
    group, at = vote.group("local"), f"/ballots/held/{vote.election.code}/print/local/"
    assert page.post(at, {"count": "201"}).status_code == 422
    answer = page.post(at, {"count": "3", "token": "a"})
    sheet = Pdf(answer.content)
    run = PrintRun.objects.get()
    codes = [sheet_code(text) for text in sheet.text.split() if text.startswith("MULIN-")]
    assert (len(sheet.pages), run.count, len(codes)) == (3, 3, 3)
    assert sorted(hash_of(one.serial) for one in codes) == run.hashes
    assert "项目7" in sheet.text
    assert not any(person.name in sheet.text for person in vote.local)
    shown = page.get(f"/ballots/held/{vote.election.code}/").content.decode()
    assert print_runs(vote.election)[0][1:] == (3, digest_of_run(run.hashes))
    assert digest_of_run(run.hashes) in shown
    assert not any(one.serial in shown for one in codes)
    assert page.post(at, {"count": "3", "token": "a"}).status_code == 422
    assert group.runs.count() == 1


def test_no_ballot_is_printed_before_the_freeze_or_after_the_end(vote):
    vote.draft().enrol()
    with pytest.raises(Refused):
        print_ballots(vote.group("local"), count=1, by=vote.committee.actor, now=AFTER)
    vote.freeze().ready().open().seal()
    with pytest.raises(Refused):
        print_ballots(vote.group("local"), count=1, by=vote.committee.actor, now=AFTER)
    assert not PrintRun.objects.exists()


def test_sums_and_turnout_stay_when_the_roll_is_forgotten(vote):
    _finished(vote, constituencies=(("local", "本地居民", "在册"),))
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    before = (
        shown_lines(vote.election),
        [(one.on_roll, one.taken) for one in turnout(vote.election)],
    )
    assert before[1] == [(12, 12)]
    assert forget_roll(vote.election, by=vote.committee.actor, now=AFTER + timedelta(days=9))
    assert not RollEntry.objects.exists()
    after = shown_lines(vote.election), [(one.on_roll, one.taken) for one in turnout(vote.election)]
    assert after == before


def test_paper_sums_stay_when_the_roll_is_forgotten(vote):
    vote.draft(constituencies=(("local", "本地居民", "在册"),), is_online=False)
    vote.enrol(local=3, new=0).freeze().open()
    for entry in RollEntry.objects.all():
        hand_out(entry, way=Mark.PAPER, by=vote.committee.actor, now=DURING)
    vote.seal()
    (line,) = lines_of(vote.election)
    RollEntry.objects.all().delete()
    assert lines_of(vote.election) == [line]
    assert line.paper.issued == 3


def test_the_corrections_stay_counted_when_the_roll_is_forgotten(vote):
    vote.draft(constituencies=(("local", "本地居民", "在册"),), is_online=False)
    vote.enrol(local=12, new=0).freeze()
    correct_roll(
        vote.group("local"), person=vote.local[0], is_added=False, reason="迁出",
        by=vote.committee.actor, now=DURING,
    )  # fmt: skip
    vote.open().seal()
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    assert closure_of(vote.election).corrections == 1
    assert forget_roll(vote.election, by=vote.committee.actor, now=AFTER + timedelta(days=9))
    vote.election.refresh_from_db()
    assert not Correction.objects.exists()
    assert closure_of(vote.election).corrections == 1
    assert "更正过1次" in Client().get(f"/ballots/board/{vote.election.code}/").content.decode(
    ).replace(" ", "")  # fmt: skip


def test_part_of_a_name_puts_nobody_on_a_roll(vote):
    whole = PersonFactory(community=vote.cast.xinjie, name="王小明明", phone="13800001234")
    for part in ("王小明", "小明明", "wxmm", "1234"):
        with pytest.raises(Refused):
            one_person(part)
    assert one_person(" 王小明明 ") == one_person("138 0000 1234") == whole


def test_the_committee_withdraws_a_vote_on_its_page(vote, page):
    vote.draft().enrol()
    at = f"/ballots/held/{vote.election.code}/"
    assert f"{at}withdraw/" in page.get(at).content.decode()
    assert page.post(f"{at}withdraw/", {"reason": ""}).status_code == 422
    page.post(f"{at}withdraw/", {"reason": "日期写错了", "token": "w"})
    told = page.get(at).content.decode()
    assert "日期写错了" in told
    assert f"{at}withdraw/" not in told


def test_the_board_asks_the_same_for_two_receipts_and_for_twelve(vote):
    _finished(vote, constituencies=(("local", "本地居民", "在册"),))
    vote.election = publish(vote.election, by=vote.committee.actor, now=AFTER)
    street, at = Client(), f"/ballots/board/{vote.election.code}/"
    receipt = Ballot.objects.first().receipt
    asked = []
    for query in ("", f"?receipt={receipt}"):
        street.get(at + query)
        with CaptureQueriesContext(connection) as queries:
            street.get(at + query)
        asked.append(len(queries))
    assert asked[0] == asked[1]
