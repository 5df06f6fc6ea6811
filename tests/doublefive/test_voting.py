"""The roll and the vote of a season: from the published list to the five that are recorded."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.commons.ballots.actions.elections import open_election, wipe_trial, withdraw_vote
from mulin.commons.ballots.actions.ending import publish, seal_urn
from mulin.commons.ballots.actions.paper import draw_sample, note_box, seen
from mulin.commons.ballots.actions.rolls import answer_objection, freeze_roll, post_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.counting import pabulib, recount
from mulin.commons.ballots.counting.election import Method
from mulin.commons.ballots.models import Objection, RollEntry, Sheet
from mulin.commons.ballots.rules import GRACE, Mark
from mulin.ground.audit.models import ActDetail
from mulin.ground.community.rules import Role
from mulin.ground.people.actions.merging import merge_persons
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.ideas import offer_idea
from mulin.parlour.doublefive.actions.rolls import (
    RuleWords,
    begin_roll,
    choose_representative,
    make_roll,
    place_by_hand,
    recall,
    standing_vote,
    word_rule,
)
from mulin.parlour.doublefive.actions.screening import pass_idea
from mulin.parlour.doublefive.actions.seasons import go_on
from mulin.parlour.doublefive.actions.voting import Fixed, count_vote, draft_vote
from mulin.parlour.doublefive.models import Chosen, Idea, Representative, Season, SeasonVote
from mulin.parlour.doublefive.queries import comparisons_of, electorate_of, sheet_of
from mulin.parlour.doublefive.views import stages
from tests.cast import _staff
from tests.clock import NOW
from tests.doublefive.conftest import public
from tests.factories.people import PersonFactory
from tests.support.pdfs import Pdf

DAY = timedelta(days=1)
CLOSES = NOW + DAY
OVER = CLOSES + GRACE
TITLES = ("路灯", "长椅", "雨棚", "扶手", "花坛", "晚餐", "书屋")


def text(page):
    return page.content.decode()


@pytest.fixture
def committee(cast, season):
    return _staff(cast.xinjie, "选举委员老郑", "laozheng", Role.ELECTION_COMMITTEE)


@pytest.fixture
def published(cast, season):
    """A season whose list of seven stands open."""
    for title in TITLES:
        offer_idea(public(title), words="", by=cast.yong.actor, now=NOW)
    season = go_on(season, by=cast.zhou.actor, now=NOW)
    for idea in Idea.objects.filter(season=season):
        pass_idea(idea, by=cast.chen.actor, now=NOW)
    return go_on(Season.objects.get(pk=season.pk), by=cast.zhou.actor, now=NOW)


def people(cast, count, **changed):
    values = {"residency": "local", "born_on": date(1970, 1, 1)} | changed
    return [
        PersonFactory(community=cast.xinjie, grid=cast.grid_1, **values) for _one in range(count)
    ]


@pytest.fixture
def roll(cast, committee, published):
    """Its roll has begun: ten, twelve and ten people of the three constituencies, and more."""
    season = begin_roll(published, by=committee.actor, now=NOW)
    people(cast, 10, is_party_member=True)
    people(cast, 12)
    people(cast, 3, residency="new")
    for person in people(cast, 10, residency="new"):
        choose_representative(
            person, put_forward_by="3幢的租户", chosen_how="楼道会十二人举手", since=NOW.date(),
            until=date(2027, 12, 31), by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    return season


def fixed(**changed):
    values = {
        "opens_at": NOW, "closes_at": CLOSES, "lot_source": "福彩双色球第2026140期",
        "is_online": False,
    }  # fmt: skip
    return Fixed(**(values | changed))


def drafted(roll, committee, **changed):
    return draft_vote(roll, fixed(**changed), by=committee.actor, now=NOW)


def opened(vote, committee):
    freeze_roll(vote.election, by=committee.actor, now=NOW)
    vote.election = open_election(vote.election, by=committee.actor, now=NOW)
    return vote


def voted(vote, cast, committee, marks):
    """Everybody of each constituency takes a sheet; what stands on them is in `marks` by code."""
    by, now = committee.actor, NOW + timedelta(hours=1)
    readers = [
        _staff(cast.xinjie, name, f"reader-{name}", Role.ELECTION_COMMITTEE).account
        for name in ("小何", "小郭")
    ]
    for entry in RollEntry.objects.filter(election=vote.election):
        if len(marks[entry.constituency.code]) > 0:
            hand_out(entry, way=Mark.PAPER, by=by, now=now)
    vote.election = seal_urn(vote.election, by=by, now=OVER)
    for group in vote.election.constituencies.all():
        sheets = marks[group.code]
        note_box(
            group, printed=len(sheets), cancelled=0, not_returned=0, in_box=len(sheets), by=by,
            now=OVER,
        )  # fmt: skip
        # As two people would read them, and an observer the sample: tests/ballots has the acts.
        rows = list(group.sheets.order_by("number"))
        for sheet, choices in zip(rows, sheets, strict=True):
            what = seen(group, choices=choices, is_unclear=False)
            read = {"kind": what.kind.value, "choices": list(what.choices)}
            sheet.first, sheet.second, sheet.by_hand = read, read, read
            sheet.first_by, sheet.second_by = readers
        names = ["first", "second", "by_hand", "first_by", "second_by"]
        Sheet.objects.bulk_update(rows, names)
    observer = _staff(cast.xinjie, "监票人老钱", "laoqian", Role.OBSERVER)
    vote.election = draw_sample(vote.election, number="7", by=observer.actor, now=OVER)
    vote.election = publish(vote.election, by=by, now=OVER)
    return vote


FLOORS = {
    "party": [["1", "2"]] * 10,
    "new": [["3", "2"]] * 7 + [["4"]] * 3,
    "local": [["2", "5"]] * 8 + [["6", "5"]] * 3 + [[]],
}


# ── who votes ────────────────────────────────────────────────────────────────────────────────


def test_the_rules_put_everybody_in_one_constituency(cast, roll):
    counts = electorate_of(roll, NOW.date()).counts()
    known = electorate_of(roll, NOW.date())
    assert (counts["party"], counts["new"]) == (10, 10)
    assert counts["local"] >= 12
    everybody = [one for ids in known.of.values() for one in ids]
    assert len(everybody) == len(set(everybody))


def test_a_decision_about_a_person_goes_before_the_rules(cast, roll, committee):
    member = people(cast, 1, is_party_member=True)[0]
    newcomer = people(cast, 1, residency="new")[0]
    local = roll.roll_rules.get(code="local")
    place_by_hand(roll, member, None, reason="组织关系已转出", by=committee.actor, now=NOW)
    place_by_hand(roll, newcomer, local, reason="户口已迁入", by=committee.actor, now=NOW)
    of = electorate_of(roll, NOW.date()).of
    assert member.pk not in [one for ids in of.values() for one in ids]
    assert newcomer.pk in of["local"]
    with pytest.raises(Refused):
        place_by_hand(roll, member, None, reason=" ", by=committee.actor, now=NOW)
    with pytest.raises(NotPermitted):
        place_by_hand(roll, member, None, reason="x", by=cast.zhou.actor, now=NOW)


def test_a_representative_speaks_for_a_term_and_until_recalled(cast, roll, committee):
    chosen = Representative.objects.order_by("pk").first()
    assert chosen.person_id in electorate_of(roll, date(2027, 12, 31)).of["new"]
    assert chosen.person_id not in electorate_of(roll, date(2028, 1, 1)).of["new"]
    with pytest.raises(Refused):
        choose_representative(
            chosen.person, put_forward_by="a", chosen_how="b", since=NOW.date(),
            until=date(2027, 1, 1), by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused):
        recall(chosen, reason="", by=cast.chen.actor, now=NOW)
    recall(chosen, reason="搬走了，楼道会同意", by=cast.chen.actor, now=NOW)
    assert chosen.person_id not in electorate_of(roll, NOW.date()).of["new"]
    with pytest.raises(TakenMeanwhile):
        recall(chosen, reason="再一次", by=cast.chen.actor, now=NOW)


def test_only_a_new_resident_speaks_for_new_residents(cast, roll):
    with pytest.raises(Refused):
        choose_representative(
            people(cast, 1)[0], put_forward_by="a", chosen_how="b", since=NOW.date(),
            until=date(2027, 1, 1), by=cast.chen.actor, now=NOW,
        )  # fmt: skip


def test_the_rules_stay_once_a_vote_is_drafted(cast, roll, committee):
    local = roll.roll_rules.get(code="local")
    words = RuleWords("本地居民", "住满一年的", 18, residency="local")
    word_rule(local, words, by=committee.actor, now=NOW)
    drafted(roll, committee)
    with pytest.raises(Refused):
        word_rule(local, words, by=committee.actor, now=NOW)


# ── the vote ─────────────────────────────────────────────────────────────────────────────────


def test_the_options_are_the_published_list_and_the_opening_moves_the_season(cast, roll, committee):
    vote = drafted(roll, committee)
    assert dict(vote.election.options.values_list("code", "title")) == {
        str(number): title for number, title in enumerate(TITLES, start=1)
    }
    assert vote.election.options.get(code="1").beside == "8,000.00 元"
    assert "福彩双色球第2026140期" in vote.election.rule
    assert Season.objects.get().stage == "roll"
    opened(vote, committee)
    assert Season.objects.get().stage == "vote"
    with pytest.raises(Refused):
        drafted(roll, committee)


@pytest.mark.parametrize(
    "changed",
    [{"lot_source": " "}, {"method": Method.EQUAL_SHARES_ADD1}, {"closes_at": NOW - DAY}],
)
def test_terms_that_cannot_be_are_refused(roll, committee, changed):
    with pytest.raises(Refused):
        drafted(roll, committee, **changed)
    assert not SeasonVote.objects.exists()


def test_only_the_committee_prepares_and_counts(cast, roll, committee):
    with pytest.raises(NotPermitted):
        draft_vote(roll, fixed(), by=cast.zhou.actor, now=NOW)
    vote = drafted(roll, committee)
    with pytest.raises(NotPermitted):
        count_vote(vote, lot_number="1", by=cast.zhou.actor, now=NOW)


def test_a_trial_is_tried_by_those_who_work_here_and_wiped(cast, roll, committee):
    worker = people(cast, 1, account=cast.chen.account)[0]
    vote = drafted(roll, committee, is_trial=True)
    on_it = RollEntry.objects.filter(election=vote.election)
    assert list(on_it.values_list("person", flat=True)) == [worker.pk]
    opened(vote, committee)
    assert Season.objects.get().stage == "roll"
    wipe_trial(vote.election, by=committee.actor, now=NOW)
    assert drafted(roll, committee, is_trial=True) != vote


def test_it_is_counted_by_the_fixed_rule_once_and_recorded(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    with pytest.raises(Refused):
        count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    vote = voted(vote, cast, committee, full(vote))
    with pytest.raises(Refused):
        count_vote(vote, lot_number=" ", by=committee.actor, now=OVER)
    count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    with pytest.raises(TakenMeanwhile):
        count_vote(vote, lot_number="0709", by=committee.actor, now=OVER)
    season = Season.objects.get()
    assert season.stage == "carry_out"
    # 保底: 2 for the party, where 1 is equal and has the lower sum, and for the new residents, where 3
    # is; 5 for the locals. Then 1, 3 and 4 by the sum of their shares.
    numbers = list(Chosen.objects.order_by("place").values_list("idea__number", flat=True))
    assert numbers == [2, 5, 1, 3, 4]
    assert {one.constituency: one.size for one in season.rolls.all()} == {
        code: len(ballots) for code, ballots in full(vote).items()
    }


def test_a_trial_is_counted_and_nothing_of_it_is_kept(cast, roll, committee):
    for person in people(cast, 3):
        person.account = _staff(cast.xinjie, person.name, f"w{person.pk}", Role.HEAD).account
        person.save()
    vote = opened(drafted(roll, committee, is_trial=True), committee)
    marks = {
        group.code: [["1", "3"]] * group.roll.count()
        for group in vote.election.constituencies.all()
    }
    vote = voted(vote, cast, committee, marks)
    page = cast.enter(Client(), committee)
    answer = page.post(
        f"/doublefive/votes/{vote.pk}/count/", {"lot_number": "1", "token": "a"}, follow=True
    )
    assert TITLES[2] in text(answer)
    kept = SeasonVote.objects.get()
    assert (kept.lot_number, kept.board) == ("1", None)
    assert Season.objects.get().stage == "roll"
    assert not Chosen.objects.exists()


def full(vote):
    """FLOORS, with as many sheets of the locals as stand on the roll."""
    local = vote.election.constituencies.get(code="local").roll.count()
    return FLOORS | {"local": FLOORS["local"] + [[]] * (local - len(FLOORS["local"]))}


# ── by other rules ──────────────────────────────────────────────────────────────────────────


def test_other_rules_are_shown_after_publication_where_the_rule_sheet_said_so(
    cast, roll, committee, tmp_path
):
    """VOTING.md, A1 to A3: equal weight, Phragmén, equal shares of a budget; for information."""
    vote = drafted(roll, committee, is_compared=True, budget_yuan=Decimal(24_000))
    assert "其他规则" in vote.election.rule
    vote = voted(opened(vote, committee), cast, committee, full(vote))
    street, at = Client(), "/doublefive/river/2026/result/"
    assert street.get(f"{at}equal.json").status_code == 404
    count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    told = {one.code: one for one in comparisons_of(SeasonVote.objects.get(pk=vote.pk))}
    assert set(told) == {"equal", "phragmen", "equal-shares-add1"}
    page = text(street.get(at))
    assert "按其他规则会怎样" in page
    for code, one in told.items():
        board = street.get(f"{at}{code}.json").json()
        (tmp_path / "board.json").write_text(json.dumps(board, ensure_ascii=False))
        script = subprocess.run(
            [sys.executable, recount.__file__, "board.json"], cwd=tmp_path, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert (script.returncode, script.stderr) == (0, "")
        names = [TITLES[int(number) - 1] for number in board["result"]["winners"]]
        assert [name for name, _is_chosen in one.projects] == names
    # Three of 8,000 each are all that 24,000 yuan buy.
    assert len(told["equal-shares-add1"].projects) == 3
    numbers = list(Chosen.objects.order_by("place").values_list("idea__number", flat=True))
    assert numbers == [2, 5, 1, 3, 4]  # as without


def test_no_other_rule_is_counted_where_the_rule_sheet_did_not_say_so(cast, roll, committee):
    vote = drafted(roll, committee)
    assert "不按其他规则" in vote.election.rule
    vote = voted(opened(vote, committee), cast, committee, full(vote))
    count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    kept = SeasonVote.objects.get(pk=vote.pk)
    assert (kept.compared, comparisons_of(kept)) == (None, [])
    street = Client()
    assert "按其他规则会怎样" not in text(street.get("/doublefive/river/2026/result/"))
    assert street.get("/doublefive/river/2026/result/equal.json").status_code == 404


def test_a_small_group_hides_the_other_rules_too_and_a_budget_that_lacks_is_said(
    cast, roll, committee
):
    vote = opened(drafted(roll, committee, is_compared=True), committee)
    marks = full(vote) | {"new": [["3"]] * 9 + [["1", "2", "3", "4", "5", "6"]]}
    vote = voted(vote, cast, committee, marks)
    count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    kept = SeasonVote.objects.get(pk=vote.pk)
    assert set(kept.compared["winners"]) == {"equal", "phragmen"}
    assert comparisons_of(kept) == []
    assert Client().get("/doublefive/river/2026/result/equal.json").status_code == 404


# ── what is shown ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def counted(cast, roll, committee):
    vote = voted(opened(drafted(roll, committee), committee), cast, committee, full_later(roll))
    return count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)


def full_later(roll):
    local = len(electorate_of(roll, NOW.date()).of["local"])
    return FLOORS | {"local": FLOORS["local"] + [[]] * (local - len(FLOORS["local"]))}


def test_the_one_sheet_says_this_votes_own_numbers_and_anybody_counts_again(
    cast, counted, tmp_path
):
    street = Client()
    river = text(street.get("/doublefive/river/2026/"))
    assert "/doublefive/river/2026/result/" in river
    page = text(street.get("/doublefive/river/2026/result/"))
    local = counted.election.constituencies.get(code="local").roll_count
    assert "10÷10=100.0" in page
    assert f"0÷{local}=0.0" in page
    assert "福彩双色球第2026140期" in page
    sheet = Pdf(street.get("/doublefive/river/2026/result/sheet/").content)
    assert TITLES[1] in sheet.text
    assert len(sheet.pages) == 1
    for name in ("board.json", "recount.py"):
        answer = street.get(f"/doublefive/river/2026/result/{name}")
        (tmp_path / name).write_bytes(b"".join(answer) if answer.streaming else answer.content)
    done = subprocess.run(
        [sys.executable, "recount.py", "board.json"], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    joint = pabulib.read(street.get("/doublefive/river/2026/result/all.pb").content)
    ours = [str(n) for n in Chosen.objects.order_by("place").values_list("idea__number", flat=True)]
    assert sorted(joint.recorded_winners) == sorted(ours)
    party = pabulib.read(street.get("/doublefive/river/2026/result/party.pb").content)
    assert sum(len(one.ballots) for one in party.election.constituencies) == 10
    assert street.get("/doublefive/river/2026/result/nobody.pb").status_code == 404


def test_what_is_kept_of_a_count_names_no_voter_in_no_order(counted):
    """The board, its acts and every other row that holds a ballot: no person, account or name."""
    voters = list(RollEntry.objects.select_related("person"))
    board = SeasonVote.objects.get(pk=counted.pk).board
    acts = [str(one) for one in ActDetail.objects.values_list("changes", flat=True)]
    kept = [json.dumps(board, ensure_ascii=False), *(one for one in acts if "winners" in one)]
    assert len(kept) == 2  # the board, and what the count says of its winners
    for voter in voters:
        marks = (str(voter.person_id), str(voter.pk), voter.person.name)
        assert not any(mark in text for mark in marks for text in kept)
    for group in board["constituencies"]:
        assert group["ballots"] == sorted(group["ballots"])


def test_a_group_under_ten_gives_no_number_away(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    marks = full(vote) | {"new": [["3"]] * 9 + [["1", "2", "3", "4", "5", "6"]]}
    vote = voted(vote, cast, committee, marks)
    count_vote(vote, lot_number="0708", by=committee.actor, now=OVER)
    sheet = sheet_of(SeasonVote.objects.get(pk=vote.pk))
    assert (sheet.is_told, sheet.sentences, sheet.notes) == (False, [], [])
    assert {(row.total, row.joint) for row in sheet.rows} == {(None, None)}
    assert set(Chosen.objects.values_list("total", flat=True)) == {None}
    street = Client()
    page = text(street.get("/doublefive/river/2026/result/"))
    assert "÷" not in page
    for what in ("board.json", "all.pb", "new.pb", "party.pb"):
        assert street.get(f"/doublefive/river/2026/result/{what}").status_code == 404


def test_nothing_of_a_result_is_anywhere_before_it_is_counted(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    installer = _staff(cast.xinjie, "装机员", "zhuangji", Role.INSTALLER)
    clients = [Client(), *(cast.enter(Client(), one) for one in (cast.zhou, committee, installer))]
    pages = ("", "voters/", "result/", "result/sheet/", "result/board.json", "result/all.pb")
    for client in clients:
        for page in pages[2:]:
            assert client.get(f"/doublefive/river/2026/{page}").status_code == 404
    vote = voted(vote, cast, committee, full(vote))  # published, and not counted yet
    for client in clients:
        for page in pages[2:]:
            assert client.get(f"/doublefive/river/2026/{page}").status_code == 404
        assert not Chosen.objects.exists()


def test_whoever_is_missing_says_so_while_the_roll_is_posted(cast, roll, committee):
    yong = cast.enter(Client(), cast.yong)
    vote = drafted(roll, committee)
    rule = place_by_hand(roll, cast.yong.person, None, reason="待核", by=committee.actor, now=NOW)
    make_roll(vote, by=committee.actor, now=NOW)
    assert rule.rule is None
    post_roll(vote.election, by=committee.actor, now=NOW)
    page = "/doublefive/river/2026/voters/"
    assert "待核" not in text(yong.get(page))
    assert yong.post(f"{page}missing/", {"words": ""}).status_code == 422
    yong.post(f"{page}missing/", {"words": "我住了三年", "token": "t"})
    objection = Objection.objects.get()
    assert (objection.person, objection.words) == (cast.yong.person, "我住了三年")
    with pytest.raises(Refused):
        freeze_roll(vote.election, by=committee.actor, now=NOW)
    answer_objection(objection, answer="已补上", by=committee.actor, now=NOW)
    assert "已补上" in text(yong.get(page))
    assert Client().get(page).status_code == 200


def test_while_the_roll_hangs_out_one_is_asked_to_look_at_it_not_to_vote(cast, roll, committee):
    vote = drafted(roll, committee)
    vote.election = post_roll(vote.election, by=committee.actor, now=NOW)
    with standing_still(NOW):
        page = text(Client().get("/doublefive/river/2026/"))
        assert "我在名册上吗？" in page
        assert "开始投票。" in page
        assert "去投票" not in page
    opened(vote, committee)
    with standing_still(NOW):
        page = text(Client().get("/doublefive/river/2026/"))
        assert "去投票" in page
        assert "开始投票。" not in page


def test_the_committee_goes_the_whole_way_on_its_pages(cast, published, committee):
    page = cast.enter(Client(), committee)
    at = f"/doublefive/{published.pk}/roll/"
    assert page.get(at).status_code == 200
    page.post(f"{at}begin/", {"token": "a"})
    people(cast, 3)
    local = Season.objects.get().roll_rules.get(code="local")
    told = {"title": "本地居民", "words": "", "least_age": "18", "residency": "local"}
    assert page.post(f"/doublefive/rules/{local.pk}/", told).status_code == 422
    page.post(f"/doublefive/rules/{local.pk}/", told | {"words": "住在这里的", "token": "b"})
    assert page.post(f"{at}place/", {"person": "没这人", "reason": "x"}).status_code == 422
    terms = {
        "opens_at": "2099-11-21", "closes_at": "2099-11-27", "method": "floor-equal",
        "seats": "5", "lot_source": "双色球", "board": "codes", "sample_every": "10", "sample_least": "3",
    }  # fmt: skip
    new = f"/doublefive/{published.pk}/vote/new/"
    assert page.post(new, terms | {"lot_source": ""}).status_code == 422
    answer = page.post(new, terms | {"token": "c"})
    vote = SeasonVote.objects.get()
    assert answer["Location"] == f"/ballots/held/{vote.election.code}/"
    assert vote.election.board == "codes"
    held = text(page.get(answer["Location"]))
    assert f"/doublefive/{published.pk}/roll/" in held
    page.post(f"/doublefive/votes/{vote.pk}/roll/", {"token": "d"})
    assert page.post(f"/doublefive/votes/{vote.pk}/count/", {"lot_number": "1"}).status_code == 422
    assert "住在这里的" in text(page.get(at))


def test_the_desk_keeps_representatives(cast, roll):
    desk = cast.enter(Client(), cast.chen)
    at = "/doublefive/representatives/"
    person = people(cast, 1, residency="new", name="新来的")[0]
    told = {
        "person": "新来的", "put_forward_by": "暖新坊", "chosen_how": "举手", "since": "2026-11-20",
        "until": "2027-11-19",
    }  # fmt: skip
    assert desk.post(at, told | {"until": "2026-01-01"}).status_code == 422
    desk.post(at, told | {"token": "a"})
    chosen = Representative.objects.get(person=person)
    assert "暖新坊" in text(desk.get(at))
    assert desk.post(f"{at}{chosen.pk}/recall/", {"reason": ""}).status_code == 422
    desk.post(f"{at}{chosen.pk}/recall/", {"reason": "搬走", "token": "b"})
    assert "搬走" in text(desk.get(at))


def test_the_roll_page_asks_the_same_for_two_and_for_twenty(cast, roll, committee):
    page = cast.enter(Client(), committee)
    at = f"/doublefive/{roll.pk}/roll/"

    def asked():
        with CaptureQueriesContext(connection) as queries:
            page.get(at)
        return len(queries)

    for person in people(cast, 2):
        place_by_hand(roll, person, None, reason="x", by=committee.actor, now=NOW)
    page.get(at)
    few = asked()
    for person in people(cast, 18):
        place_by_hand(roll, person, None, reason="x", by=committee.actor, now=NOW)
    assert asked() == few


def test_a_vote_that_missed_its_end_is_withdrawn_and_another_drafted(cast, roll, committee):
    vote = drafted(roll, committee)
    freeze_roll(vote.election, by=committee.actor, now=NOW)
    with pytest.raises(Refused):
        open_election(vote.election, by=committee.actor, now=OVER)
    withdraw_vote(vote.election, reason="错过了日子", by=committee.actor, now=OVER)
    again = draft_vote(roll, fixed(closes_at=OVER + DAY), by=committee.actor, now=OVER)
    assert again.election.stage == "drafted"


def test_mandate_and_decision_stay_with_whoever_was_merged(cast, roll, committee):
    speaks = Representative.objects.order_by("pk").first().person
    moved = people(cast, 1, is_party_member=True)[0]
    place_by_hand(roll, moved, None, reason="已转出", by=committee.actor, now=NOW)
    kept = people(cast, 1, residency="new")[0]
    stays = people(cast, 1, is_party_member=True)[0]
    merge_persons(kept, speaks, by=cast.chen.actor, now=NOW)
    merge_persons(stays, moved, by=cast.chen.actor, now=NOW)
    of = electorate_of(roll, NOW.date()).of
    assert kept.pk in of["new"]
    assert stays.pk not in [one for ids in of.values() for one in ids]
    with pytest.raises(Refused):
        choose_representative(
            kept, put_forward_by="a", chosen_how="b", since=NOW.date(), until=date(2027, 1, 1),
            by=cast.chen.actor, now=NOW,
        )  # fmt: skip


def test_whoever_holds_the_season_keeps_no_roll_even_in_the_committee(cast, roll, committee):
    both = replace(cast.zhou.actor, grants=(*cast.zhou.actor.grants, *committee.actor.grants))
    with pytest.raises(NotPermitted):
        draft_vote(roll, fixed(), by=both, now=NOW)


def test_the_river_names_constituencies_and_calls_nobody_to_a_vote_that_is_over(
    cast, roll, committee, client
):
    vote = opened(drafted(roll, committee), committee)
    street = Client()
    with standing_still(NOW):
        # Its rolls hang out as soon as they are frozen.
        assert "党员 10" in text(street.get("/doublefive/river/2026/"))
        assert "/ballots/mine/" in _voting(street) or 'href="/ballots/"' in _voting(street)
    with standing_still(OVER):
        assert 'href="/ballots/"' not in _voting(street)
    vote = voted(vote, cast, committee, full(vote))
    count_vote(vote, lot_number="1", by=committee.actor, now=OVER)
    page = text(street.get("/doublefive/river/2026/"))
    assert "党员 10" in page
    assert "party 10" not in page


def test_from_the_ballot_a_voter_reads_cost_and_site(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    entry = RollEntry.objects.filter(election=vote.election).first()
    RollEntry.objects.filter(election=vote.election, person=cast.yong.person).delete()
    RollEntry.objects.filter(pk=entry.pk).update(person=cast.yong.person)
    with standing_still(NOW):
        page = text(cast.enter(Client(), cast.yong).get(f"/ballots/vote/{vote.election.code}/"))
    assert 'href="/doublefive/river/2026/"' in page
    assert "多少钱" in page


def _voting(street):
    return text(street.get("/doublefive/river/2026/")).split('<section class="card">')[1].split(
        "</section>"
    )[0]  # fmt: skip


def test_the_river_does_not_read_the_board(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    vote = voted(vote, cast, committee, full(vote))
    count_vote(vote, lot_number="1", by=committee.actor, now=OVER)
    with CaptureQueriesContext(connection) as queries:
        Client().get("/doublefive/river/2026/")
        standing_vote(roll)
    read = [one["sql"].split("WHERE")[0] for one in queries]
    assert not [sql for sql in read if '"doublefive_seasonvote"."board"' in sql]


def test_after_the_vote_nobody_reads_that_they_do_not_stand_on_the_roll(cast, roll, committee):
    vote = opened(drafted(roll, committee), committee)
    yong = cast.enter(Client(), cast.yong)
    voted(vote, cast, committee, full(vote))
    RollEntry.objects.all().delete()
    page = text(yong.get("/doublefive/river/2026/voters/"))
    assert "您不在名册上" not in page
    assert "名册即移除" in page


def test_representatives_are_linked_for_whoever_may_read_them_and_lead_back(cast, roll, committee):
    at, there = f"/doublefive/{roll.pk}/roll/", "/doublefive/representatives/"
    assert there in text(cast.enter(Client(), cast.chen).get(at))
    assert there not in text(cast.enter(Client(), cast.sun).get(at))
    assert 'class="back"' in text(cast.enter(Client(), cast.chen).get(there))
    assert there in text(cast.enter(Client(), cast.chen).get("/doublefive/"))  # in the menu


def test_the_river_says_what_its_list_its_roll_and_its_vote_wait_for(cast, committee, published):
    """Every stage has its work list, and each line leads to where it is done."""

    def waits(now=NOW):
        season = Season.objects.get(pk=published.pk)
        work = stages.work_of(season, now)
        assert {one.url for one in work} <= {f"/doublefive/{season.pk}/roll/"}
        return [(one.words, one.count) for one in work]

    def only(now=NOW):
        ((words, count),) = waits(now)
        assert count == 1
        return words

    told = [only()]
    begin_roll(published, by=committee.actor, now=NOW)
    people(cast, 3)
    told.append(only())
    vote = drafted(Season.objects.get(pk=published.pk), committee)
    told.append(only())
    post_roll(vote.election, by=committee.actor, now=NOW)
    told.append(only())
    freeze_roll(vote.election, by=committee.actor, now=NOW)
    told.append(only())
    vote.election = open_election(vote.election, by=committee.actor, now=NOW)
    assert waits() == []  # while it runs nothing is told
    told.append(only(OVER))
    group = vote.election.constituencies.get(code="local")
    entry = RollEntry.objects.filter(constituency=group).first()
    hand_out(entry, way=Mark.PAPER, by=committee.actor, now=NOW + timedelta(hours=1))
    vote.election = seal_urn(vote.election, by=committee.actor, now=OVER)
    group = vote.election.constituencies.get(code="local")
    note_box(group, printed=1, cancelled=0, not_returned=0, in_box=1, by=committee.actor, now=OVER)
    (_read, sheets), (publish_it, one) = waits(OVER)
    assert (sheets, one) == (2, 1)  # a sheet to read, and the sample to draw
    assert len({*told, publish_it}) == len(told) + 1 == 7
