"""A resolution by secret vote: opened from the meeting's frozen roll, its published sum taken over."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client

from mulin.commons.ballots.actions.elections import withdraw_vote
from mulin.commons.ballots.actions.ending import publish, seal_urn
from mulin.commons.ballots.actions.paper import draw_sample, note_box, read_sheet, seen
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.forms import SheetForm
from mulin.commons.ballots.models import RollEntry as OnRoll
from mulin.commons.ballots.models import Sheet
from mulin.commons.ballots.papers import notice_document as vote_notice
from mulin.commons.ballots.queries import frozen_terms
from mulin.commons.ballots.rules import GRACE, Mark
from mulin.commons.ballots.sheets import ballot_form
from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.community.rules import Role
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import TOP, pages_of
from mulin.kit.paper.documents import Paragraph
from mulin.kit.paper.printed import sheet_context
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.deliberation.actions.deciding import decide_by_hands, word_draft
from mulin.parlour.deliberation.actions.following import publish as publish_matter
from mulin.parlour.deliberation.actions.meetings import (
    call_meeting,
    freeze_roll,
    give_proxy,
    put_on_agenda,
    set_rule,
)
from mulin.parlour.deliberation.actions.secret import open_secret, take_secret_result
from mulin.parlour.deliberation.models import Matter, Point, Resolution
from mulin.parlour.deliberation.papers import notice_document
from mulin.parlour.deliberation.queries import (
    points_for_ballot,
    secret_vote_of,
    secret_votes_of,
)
from mulin.parlour.deliberation.rules import Count
from tests.cast import Member, _staff
from tests.clock import NOW
from tests.deliberation.conftest import BEGINS, ENDS, rule_values
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

HALF_AN_HOUR = timedelta(minutes=30)
OVER = BEGINS + HALF_AN_HOUR + GRACE


@pytest.fixture
def committee(xinjie):
    return _staff(xinjie, "选举委员老郑", "laozheng", Role.ELECTION_COMMITTEE)


@pytest.fixture
def twelve(cast, xinjie):
    return [PersonFactory(community=xinjie, grid=cast.grid_1) for _one in range(12)]


@pytest.fixture
def full(cast, rule, lamp, twelve):
    """A point of a meeting to which eleven of twelve have come; the twelfth sent a proxy."""
    called = call_meeting(Plan("议事会", BEGINS, ENDS), rule=rule, by=cast.chen.actor, now=NOW)
    invite(called.gathering, twelve, by=cast.chen.actor, now=NOW)
    held = freeze_roll(called, by=cast.chen.actor, now=NOW)
    give_proxy(held, giver=twelve[11], holder=twelve[0], by=cast.chen.actor, now=NOW)
    for person in twelve[:11]:
        sign_in(held.gathering, person, by=cast.chen.actor, now=BEGINS)
    return put_on_agenda(lamp, held, draft="装两盏", by=cast.chen.actor, now=NOW)


def begun(point, committee, **changed):
    values = {"lasts": HALF_AN_HOUR, "is_online": False} | changed
    return open_secret(point, **values, by=committee.actor, now=BEGINS)


def ended(election, xinjie, committee, sheets):
    """Everybody takes a sheet; those in `sheets` come back."""
    for entry in OnRoll.objects.filter(election=election):
        hand_out(entry, way=Mark.PAPER, by=committee.actor, now=BEGINS)
    election = seal_urn(election, by=committee.actor, now=OVER)
    group, out = election.constituencies.get(), OnRoll.objects.filter(election=election).count()
    note_box(
        group, printed=out, cancelled=0, not_returned=out - len(sheets), in_box=len(sheets),
        by=committee.actor, now=OVER,
    )  # fmt: skip
    first, second = (
        _staff(xinjie, name, f"reader-{name}", Role.ELECTION_COMMITTEE).account for name in "甲乙"
    )
    for sheet, choice in zip(Sheet.objects.filter(constituency=group), sheets, strict=True):
        choices = [choice] if choice else []
        read = {"kind": "valid" if choice else "blank", "choices": choices}
        sheet.first, sheet.second, sheet.by_hand = read, read, read
        sheet.first_by, sheet.second_by = first, second
        sheet.save()
    observer = _staff(xinjie, "监票人老钱", "laoqian", Role.OBSERVER)
    draw_sample(election, number="7", by=observer.actor, now=OVER)
    return publish(election, by=committee.actor, now=OVER)


def test_the_published_sum_becomes_the_resolution(cast, xinjie, committee, full, twelve):
    election = begun(full, committee)
    on_it = set(OnRoll.objects.filter(election=election).values_list("person", flat=True))
    assert on_it == {one.pk for one in twelve}  # the giver of the proxy, too: the holder marks it
    with pytest.raises(Refused):
        take_secret_result(full, by=committee.actor, now=OVER)
    ended(election, xinjie, committee, ["yes"] * 7 + ["no"] * 2 + ["abstain", "", ""])
    resolution = take_secret_result(Point.objects.get(pk=full.pk), by=committee.actor, now=OVER)
    found = Resolution.objects.get()
    assert found == resolution
    assert (found.yes, found.no, found.abstain, found.present, found.seats) == (7, 2, 3, 12, 12)
    assert (found.method, found.is_passed, found.is_told) == ("secret", True, True)
    assert Matter.objects.get().state == "decided"


def test_the_ballot_of_the_hall_speaks_no_english(committee, full):
    """Ids of "for" and "against" are for the files: a sheet said 「yes 赞成」."""
    group = begun(full, committee).constituencies.get()
    assert [one.label for one in ballot_form(group).fields] == ["赞成", "反对", "弃权"]
    typed = SheetForm(election=group.election).fields["choices"].choices
    assert [words for _code, words in typed] == ["赞成", "反对", "弃权"]
    board = Client().get(f"/ballots/board/{group.election.code}/").content.decode()
    assert "abstain" not in board


def test_an_observer_reads_in_words_where_two_readings_differ(cast, xinjie, committee, full):
    election = begun(full, committee)
    for entry in OnRoll.objects.filter(election=election):
        hand_out(entry, way=Mark.PAPER, by=committee.actor, now=BEGINS)
    group = seal_urn(election, by=committee.actor, now=OVER).constituencies.get()
    note_box(
        group, printed=12, cancelled=0, not_returned=0, in_box=12, by=committee.actor, now=OVER
    )
    sheet = Sheet.objects.filter(constituency=group).first()
    for name, choice in (("甲", "yes"), ("乙", "no")):
        reader = _staff(xinjie, name, f"reader-{name}", Role.ELECTION_COMMITTEE)
        what = seen(group, choices=[choice], is_unclear=False)
        read_sheet(sheet, what, by=reader.actor, now=OVER)
    observer = _staff(xinjie, "监票人老钱", "laoqian", Role.OBSERVER)
    page = cast.enter(Client(), observer).get(
        f"/ballots/observed/{election.code}/sheet/{sheet.pk}/"
    )
    assert page.context["readings"] == [("valid", ["赞成"]), ("valid", ["反对"])]


def test_of_fewer_than_ten_ballots_the_outcome_alone_is_told(cast, xinjie, committee, full):
    ended(begun(full, committee), xinjie, committee, ["yes"] * 8)
    take_secret_result(Point.objects.get(pk=full.pk), by=committee.actor, now=OVER)
    assert not Resolution.objects.get().is_told
    page = Client().get(f"/deliberation/m/{full.matter.code}/").content.decode()
    assert "无记名投票" in page
    assert "8票赞成" not in page.replace(" ", "")
    assert "反对" not in page.split("无记名投票")[1][:40]


def test_fewer_than_ten_seats_are_called_by_name(cast, committee, meeting, point, come, neighbours):
    come(*neighbours)
    with pytest.raises(Refused):
        begun(point, committee)
    assert secret_vote_of(point) is None


def test_what_is_voted_on_secretly_is_not_decided_otherwise(cast, committee, full):
    begun(full, committee)
    with pytest.raises(Refused):
        decide_by_hands(full, Count(9, 0, 0), by=cast.chen.actor, now=BEGINS)
    with pytest.raises(Refused):
        begun(full, committee)


def test_the_meeting_may_end_before_the_ballots_are_counted(cast, xinjie, committee, full):
    election = begun(full, committee)
    gathering = full.item.gathering
    gathering.refresh_from_db()
    close_gathering(gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    assert Matter.objects.get().state == "listed"
    ended(election, xinjie, committee, ["no"] * 12)
    take_secret_result(Point.objects.get(pk=full.pk), by=cast.chen.actor, now=OVER)
    assert Matter.objects.get().state == "turned_down"


def test_only_the_committee_opens_it(cast, full):
    with pytest.raises(NotPermitted):
        open_secret(full, lasts=HALF_AN_HOUR, is_online=False, by=cast.chen.actor, now=BEGINS)


def test_the_committee_opens_and_takes_over_on_its_page(cast, xinjie, committee, full):
    page = cast.enter(Client(), committee)
    assert full.matter.title in page.get("/deliberation/secret/").content.decode()
    at = f"/deliberation/points/{full.pk}/secret/"
    assert page.post(at, {"minutes": ""}).status_code == 422
    answer = page.post(at, {"minutes": "30", "token": "a"})
    election = secret_vote_of(full)
    assert answer["Location"] == f"/ballots/held/{election.code}/"
    assert page.post(f"{at}take/", {"token": "b"}).status_code == 422
    assert election.code in page.get("/deliberation/secret/").content.decode()
    assert cast.enter(Client(), cast.chen).get("/deliberation/secret/").status_code == 200


def test_the_clock_of_a_vote_online_begins_with_its_opening(full, committee):
    election = begun(full, committee, is_online=True)
    assert election.waits_for_opening
    page = Client().get(f"/ballots/board/{election.code}/").content.decode()
    assert "30" in page.split("lead")[1].split("</p>")[0]


def test_a_vote_that_is_withdrawn_leaves_the_point_to_its_meeting(cast, committee, full):
    withdraw_vote(
        begun(full, committee, is_online=True), reason="钥匙没做成", by=committee.actor, now=BEGINS
    )
    point = Point.objects.get(pk=full.pk)
    assert secret_vote_of(point) is None
    assert secret_votes_of([point]) == {}
    assert Matter.objects.get().state == "listed"
    decide_by_hands(point, Count(9, 0, 0), by=cast.chen.actor, now=BEGINS)


def test_a_vote_that_is_withdrawn_after_the_meeting_lets_the_matter_wait_for_the_next(
    cast, committee, full
):
    election = begun(full, committee, is_online=True)
    full.item.gathering.refresh_from_db()
    close_gathering(full.item.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    assert Matter.objects.get().state == "listed"
    assert points_for_ballot().exists()
    withdraw_vote(election, reason="钥匙没做成", by=committee.actor, now=ENDS)
    assert Matter.objects.get().state == "admitted"
    assert not points_for_ballot().exists()


def test_a_published_result_that_nobody_took_over_stands_with_the_desk(
    cast, xinjie, committee, full
):
    def owed():
        asked = Asked(cast.chen.actor, frozenset({cast.chen.account.pk}), OVER, OVER)
        return [one.url for one in owed_by(asked).dues if one.kind == "deliberation.secret"]

    election = begun(full, committee)
    assert owed() == []
    ended(election, xinjie, committee, ["yes"] * 12)
    assert owed() == ["/deliberation/secret/"]
    take_secret_result(Point.objects.get(pk=full.pk), by=cast.chen.actor, now=OVER)
    assert owed() == []


def with_account(person):
    """Somebody of the roll who signs in."""
    account = AccountFactory(login_name=None, display_name=person.name, phone="13900000001")
    MembershipFactory(community=person.community, account=account, role=Role.RESIDENT)
    person.account = account
    person.save()
    return Member(person.community, person.name, account=account, person=person, role=Role.RESIDENT)


DRAFT = "12幢弄堂口装两盏路灯，三月底前装好。\n钱从公共收益里出，不超过四千元。"


def test_the_words_voted_on_stand_on_ballot_and_screen_as_they_stood_at_the_opening(
    cast, committee, full, twelve
):
    with pytest.raises(Refused):
        begun(word_draft(full, "很" * 1600, by=cast.chen.actor, now=BEGINS), committee)
    point = word_draft(full, DRAFT, by=cast.chen.actor, now=BEGINS)
    election = begun(point, committee)
    with pytest.raises(Refused):
        word_draft(point, "装二十盏", by=cast.chen.actor, now=BEGINS)
    form = ballot_form(election.constituencies.get())
    assert (form.title, form.words) == ("弄堂口装路灯", f"付表决的文字：\n{DRAFT}")
    (side,) = pages_of(form)
    assert (side.words.y, len(side.placed), side.is_small) == (TOP, 3, False)
    drawn = render_to_string("kit/form_sheet.html", sheet_context(form, ["23456789AB"]))
    assert DRAFT in drawn
    assert frozen_terms(election)["wording"] == DRAFT
    assert DRAFT not in election.rule
    on_screen = DRAFT.replace("\n", "<br>")
    with standing_still(BEGINS):
        board = Client().get(f"/ballots/board/{election.code}/").content.decode()
        voters = (
            cast.enter(Client(), with_account(twelve[0]))
            .get(f"/ballots/vote/{election.code}/")
            .content.decode()
        )
    assert on_screen in board
    assert on_screen in voters


@pytest.mark.parametrize(
    ("binding", "told"),
    [
        ("advisory", "表决结果是邻里的约定，没有法律效力。"),
        ("rule", "表决结果是会议按自己的规则作出的决定。 章程第9条"),
        ("meeting", "表决结果是居民会议的决定。 章程第9条"),
        ("represent", "表决结果是居民代表会议的决定。 章程第9条"),
    ],
)
def test_whether_the_result_binds_is_what_the_meetings_rule_says(
    cast, xinjie, committee, full, binding, told
):
    full.item.gathering.meeting.rule = set_rule(
        rule_values(name="会", binding=binding, source="章程第9条"), by=cast.zhou.actor, now=NOW
    )
    full.item.gathering.meeting.save()
    election = ended(begun(full, committee), xinjie, committee, ["yes"] * 12)
    assert election.rule == "会：章程第9条\n\n赞成的占实到席数超过 1/2 就算通过。"
    document = vote_notice(election, community=xinjie)
    lines = [one.words for one in document.blocks if isinstance(one, Paragraph)]
    resolution = take_secret_result(Point.objects.get(pk=full.pk), by=committee.actor, now=OVER)
    publish_matter(resolution.matter, by=cast.chen.actor, now=OVER)
    with standing_still(OVER):
        board = Client().get(f"/ballots/board/{election.code}/").content.decode()
        street = Client().get(f"/deliberation/m/{full.matter.code}/").content.decode()
    assert told in " ".join(board.split())
    assert told in " ".join(street.split())
    notice = notice_document(
        resolution.matter, resolution, resolution.matter.publications.get(), community=xinjie
    )
    hung = [one.words for one in notice.blocks if isinstance(one, Paragraph)]
    for said in (lines, hung):
        assert told in " ".join(said)
