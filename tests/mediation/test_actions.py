"""A case from the first word to the closed dossier, and everything that is refused on the way."""

from datetime import date, timedelta

import pytest

from mulin.circle.elders.models import Elder, Kin
from mulin.circle.mediation.actions.agreeing import (
    Line,
    ask_court,
    close,
    rule,
    settle,
    sign,
    visit,
    write_precedent,
)
from mulin.circle.mediation.actions.choosing import (
    answer,
    ask,
    declare,
    join_panel,
    leave_panel,
    step_back,
)
from mulin.circle.mediation.actions.intake import (
    Told,
    Who,
    add_party,
    end,
    receive,
    report,
    set_party,
    stop,
)
from mulin.circle.mediation.actions.keeping import remind, shred_old
from mulin.circle.mediation.actions.sitting import (
    Record,
    add_exhibits,
    hold,
    note_talk,
    plan_sitting,
)
from mulin.circle.mediation.demo import elect
from mulin.circle.mediation.models import (
    Agreement,
    Case,
    Party,
    Promise,
    Seat,
    Talk,
    Visit,
    opened,
)
from mulin.circle.mediation.queries import committee_now, proposals
from mulin.circle.mediation.rules import Outcome, SeatState, State, Tie
from mulin.circle.mediation.sheets import name_and_door
from mulin.circle.mediation.vault import KeyAway
from mulin.circle.volunteers.models import Volunteer
from mulin.commons.flow.actions import hand_over
from mulin.commons.flow.models import Need, NeedWords, Step
from mulin.commons.flow.said import Said
from mulin.commons.paper.actions.readings import hand_in_typed
from mulin.commons.paper.registry import use_of
from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.community.rules import Role, system
from mulin.ground.notify.models import Message
from mulin.ground.people.models import Affiliation, Organisation, Person
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.actions.demands import pass_on, receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.workshop.childcare.models import Child, Guardian
from tests.clock import NOW
from tests.factories.community import MembershipFactory
from tests.factories.people import PersonFactory
from tests.mediation.conftest import CANARY, seat_in
from tests.support.filledin import read_back

pytestmark = pytest.mark.django_db


def test_a_form_sent_twice_takes_one_case_in(room):
    case = room.receive(token="t")
    assert room.receive(token="t") == case
    assert Case.objects.count() == 1
    assert Act.objects.filter(verb="mediation.receive").count() == 1
    assert case.number == "2026-0001"
    assert room.receive().number == "2026-0002"


def test_only_a_number_a_kind_and_the_stop_are_kept_of_what_is_not_for_mediation(room):
    case = room.receive(stops=["violence", "child"])
    assert (case.state, case.outcome) == (State.CLOSED, Outcome.STOPPED)
    assert (case.wrapped_key, case.sealed_story, case.parties.count()) == ("", "", 0)
    assert case.must_be_reported
    report(case, by=room.by, now=NOW)
    assert not Case.objects.get(pk=case.pk).must_be_reported
    with pytest.raises(TakenMeanwhile):
        report(case, by=room.by, now=NOW)


def test_one_side_that_is_not_willing_ends_it_without_a_report(room):
    case = room.receive(stops=["unwilling"])
    assert case.outcome == Outcome.UNWILLING
    assert not case.must_be_reported


def test_who_asks_and_what_it_is_about_must_be_said(room):
    for told, parties, field in (
        (Told(facts=" "), [Who(side="a", name="甲")], "facts"),
        (Told(facts="吵"), [Who(side="b", name="乙")], "name"),
    ):
        with pytest.raises(Refused) as refusal:
            receive(told, parties, kind="noise", source="oral", by=room.by, now=NOW)
        assert refusal.value.field == field
    with pytest.raises(NotPermitted):
        room.receive(by=room.cast.yong.actor)


def test_nobody_mediates_before_every_party_has_said_yes(room):
    case = room.receive()
    seat = ask(case, room.xu, by=room.by, now=NOW)
    yong, wang = case.parties.all()
    with pytest.raises(Refused):  # nothing is declared yet
        answer(seat, yong, is_yes=True, channel="phone", by=room.by, now=NOW)
    declare(seat, by=room.he, now=NOW)
    answer(seat, yong, is_yes=True, channel="phone", by=room.by, now=NOW)
    assert Seat.objects.get().state == SeatState.DECLARED
    with pytest.raises(NotPermitted):
        note_talk(case, yong, words="先听听", by=room.he, now=NOW)
    answer(seat, wang, is_yes=True, channel="door", by=room.he, now=NOW)
    assert Seat.objects.get().state == SeatState.SEATED
    assert Case.objects.get().state == State.SITTING


def test_one_no_is_enough_against_a_mediator_and_no_seat_comes_of_one_side_alone(room):
    case = room.receive()
    seat = ask(case, room.xu, by=room.by, now=NOW)
    declare(seat, by=room.he, now=NOW)
    answer(seat, case.parties.first(), is_yes=False, channel="phone", by=room.by, now=NOW)
    assert seat_in(case).state == SeatState.REFUSED
    alone = room.receive(parties=[Who(side="a", name="某甲")])
    seat = ask(alone, room.lan, by=room.by, now=NOW)
    declare(seat, by=room.actor(room.lan.account), now=NOW)
    answer(seat, alone.parties.get(), is_yes=True, channel="phone", by=room.by, now=NOW)
    assert seat_in(alone).state == SeatState.DECLARED
    add_party(alone, Who(side="b", name="某乙"), by=room.actor(room.lan.account), now=NOW)
    answer(seat, alone.parties.get(side="b"), is_yes=True, channel="phone", by=room.by, now=NOW)
    assert seat_in(alone).state == SeatState.SEATED


def test_somebody_new_in_the_case_is_asked_about_the_mediators_first(room):
    case = room.seated()
    add_party(case, Who(side="b", name="某丙"), by=room.he, now=NOW)
    assert seat_in(case).state == SeatState.DECLARED


def test_the_too_near_cannot_be_asked_and_the_reasons_come_from_the_roll(room):
    household = room.cast.wang.person
    Person.objects.filter(pk=room.lan.person_id).update(address=household.address)
    case = room.receive()
    found = {one.mediator.pk: one.proposal for one in proposals(case, today=NOW.date())}
    assert [r.what for r in found[room.lan.pk].ties] == [Tie.HOUSEHOLD]
    assert [one.mediator for one in proposals(case, today=NOW.date())] == [room.xu, room.lan]
    assert found[room.xu.pk].is_new_for_new
    with pytest.raises(Refused):
        ask(case, room.lan, by=room.by, now=NOW)


def test_kin_are_found_in_whatever_room_knows_of_them_also_after_a_merge(room, cast):
    yong, other = cast.yong.person, PersonFactory(community=cast.xinjie, name="大伯")
    case = room.receive()

    def ties():
        found = {one.mediator.pk: one.proposal for one in proposals(case, today=NOW.date())}
        return [reason.what for reason in found[room.lan.pk].ties]

    assert ties() == []
    # 陆兰英 and a record that was found to be 张勇 both decide for one child in the workshop.
    twin = PersonFactory(community=cast.xinjie, name="张勇", merged_into=yong)
    child = Child.objects.create(
        community=cast.xinjie, name="小宝", born_on=date(2022, 1, 1), asked_at=NOW
    )
    for number, person in enumerate((twin, room.lan.person, other)):
        Guardian.objects.create(
            community=cast.xinjie, child=child, person=person, name=person.name, relation="家长",
            phone="13800000001", phone_index=str(number),
        )  # fmt: skip
    assert ties() == [Tie.KIN]
    with pytest.raises(Refused):
        ask(case, room.lan, by=room.by, now=NOW)
    Guardian.objects.all().delete()
    assert ties() == []
    # 王秀英 is cared for, and 陆兰英 is of her family.
    elder = Elder.objects.create(community=cast.xinjie, person=cast.wang.person, since=NOW.date())
    Kin.objects.create(
        community=cast.xinjie,
        elder=elder,
        person=room.lan.person,
        relation="侄女",
        consented_at=NOW,
    )
    assert ties() == [Tie.KIN]
    # A child that helps, and its mother.
    Kin.objects.all().delete()
    Volunteer.objects.create(
        community=cast.xinjie, person=yong, number="2026-0001", joined_on=NOW.date(),
        guardian=room.lan.person,
    )  # fmt: skip
    assert ties() == [Tie.KIN]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        (None, [Tie.EMPLOYER]),
        (date(2026, 12, 31), [Tie.EMPLOYER]),  # it ends, but has not ended
        (NOW.date(), [Tie.EMPLOYER]),
        (date(2026, 11, 24), []),
    ],
)
def test_whoever_works_at_the_same_place_today_is_too_near(room, cast, until, found):
    firm = Organisation.objects.create(community=cast.xinjie, name="望海服装厂", kind="unit")
    twin = PersonFactory(community=cast.xinjie, name="张勇", merged_into=cast.yong.person)
    Affiliation.objects.create(community=cast.xinjie, organisation=firm, person=twin, until=until)
    Affiliation.objects.create(community=cast.xinjie, organisation=firm, person=room.lan.person)
    case = room.receive()
    by_mediator = {one.mediator.pk: one.proposal for one in proposals(case, today=NOW.date())}
    assert [reason.what for reason in by_mediator[room.lan.pk].ties] == found


def test_what_is_written_of_a_party_stays_when_the_rest_is_written_later(room):
    party = room.seated().parties.first()
    common = {"by": room.he, "now": NOW}
    set_party(party, is_willing=True, told_rights_on=NOW.date(), identity_seen_on=None, **common)
    set_party(party, is_willing=None, told_rights_on=None, identity_seen_on=NOW.date(), **common)
    party.refresh_from_db()
    assert (party.is_willing, party.told_rights_on, party.identity_seen_on) == (
        True, NOW.date(), NOW.date(),
    )  # fmt: skip
    with pytest.raises(Refused) as refusal:
        set_party(
            party, is_willing=None, told_rights_on=date(2026, 11, 26), identity_seen_on=None,
            **common,
        )  # fmt: skip
    assert refusal.value.field == "told_rights_on"


def test_a_party_of_an_earlier_case_is_found_by_a_mark_also_after_a_merge(room, cast):
    # 陆兰英 herself once quarrelled with 张勇.
    parties = [
        Who(side="a", name="张勇", person=cast.yong.person.pk),
        Who(side="b", name="陆兰英", person=room.lan.person_id),
    ]  # fmt: skip
    room.receive(parties=parties)
    twin = PersonFactory(community=cast.xinjie, name="张勇", merged_into=cast.yong.person)
    case = room.receive(
        parties=[Who(side="a", name="张勇", person=twin.pk), Who(side="b", name="乙")]
    )
    found = {one.mediator.pk: one.proposal for one in proposals(case, today=NOW.date())}
    assert [(r.side, r.what) for r in found[room.lan.pk].ties] == [("a", Tie.EARLIER)]
    assert found[room.xu.pk].ties == ()


def test_a_mediator_who_writes_it_down_may_offer_themselves(room):
    case = room.receive(by=room.he, is_mine=True)
    assert seat_in(case).state == SeatState.DECLARED
    Person.objects.filter(pk=room.xu.person_id).update(address="12幢1单元301")
    with pytest.raises(Refused) as refusal:
        room.receive(by=room.he, is_mine=True)
    assert refusal.value.field == "is_mine"
    assert Case.objects.count() == 1  # nothing was done


def test_whoever_leaves_the_panel_or_the_case_reads_no_more(room):
    case = room.seated()
    step_back(seat_in(case), by=room.he, now=NOW)
    with pytest.raises(NotPermitted):
        room.sat(case)
    other = room.seated()
    leave_panel(room.xu, by=room.by, now=NOW)
    assert Seat.objects.get(case=other).state == SeatState.LEFT
    with pytest.raises(NotPermitted):
        join_panel(
            room.cast.yong.person, room.xu.account, kinds=[], dialects=[], card="",
            is_on_committee=False, by=room.he, now=NOW,
        )  # fmt: skip


def test_a_child_is_no_mediator_and_nobody_is_twice_on_the_panel(room, cast):
    child = PersonFactory(community=cast.xinjie, name="小宝", born_on=date(2010, 1, 1))
    for person in (child, cast.yong.person):
        with pytest.raises(Refused):
            join_panel(
                person, room.xu.account, kinds=[], dialects=[], card="", is_on_committee=False,
                by=room.by, now=NOW,
            )  # fmt: skip


def test_a_sitting_has_a_record_once_and_others_take_part_only_if_both_agree(room):
    case = room.seated()
    sitting = plan_sitting(
        case, at=NOW, place="调解室", told="电话", is_open=True, by=room.he, now=NOW, token="s"
    )
    again = plan_sitting(
        case, at=NOW, place="调解室", told="电话", is_open=True, by=room.he, now=NOW, token="s"
    )
    assert again == sitting
    present = tuple(one.pk for one in case.parties.all())
    common = {"method": "heart", "by": room.he, "now": NOW}
    for record, field in (
        (Record(present=present, result="成", invited="老娘舅"), "invited"),
        (Record(result="成"), "present"),
        (Record(present=(1,), result="成"), "present"),
    ):
        with pytest.raises(Refused) as refusal:
            hold(sitting, record, invited_agreed=False, **common)
        assert refusal.value.field == field
    hold(sitting, Record(present=present, result="成"), invited_agreed=False, **common)
    assert Case.objects.get().method == "heart"
    with pytest.raises(TakenMeanwhile):
        hold(sitting, Record(present=present, result="成"), invited_agreed=False, **common)
    with pytest.raises(Refused):
        plan_sitting(case, at=NOW - timedelta(minutes=1), place="", told="", is_open=False,
                     by=room.he, now=NOW)  # fmt: skip


def test_a_clear_no_at_any_moment_ends_the_case(room):
    case = room.seated()
    party = Party.objects.select_related("case").filter(case=case).first()
    set_party(
        party, is_willing=False, told_rights_on=None, identity_seen_on=None, by=room.he, now=NOW
    )
    assert Case.objects.get().outcome == Outcome.UNWILLING
    assert Case.objects.get().keep_until == date(2036, 12, 31)


def test_a_stop_that_comes_up_ends_it_and_must_be_reported(room):
    case = room.seated()
    stop(case, ["crime"], by=room.he, now=NOW)
    case = Case.objects.get()
    assert (case.outcome, case.must_be_reported) == (Outcome.STOPPED, True)
    with pytest.raises(TakenMeanwhile):
        end(case, outcome=Outcome.FAILED, by=room.he, now=NOW)


def test_a_written_agreement_is_in_force_with_the_last_signature_an_oral_one_at_once(room):
    agreement = room.agreed()
    yong, wang = agreement.case.parties.all()
    common = {"by": room.he, "now": NOW}
    for who, day in ((str(yong.pk), 20), ("mediator", 20), ("seal", 25)):
        sign(agreement, who=who, on=date(2026, 11, day), **common)
        assert Agreement.objects.get().effective_on is None
    sign(agreement, who=str(wang.pk), on=date(2026, 11, 23), **common)
    agreement = Agreement.objects.get()
    assert agreement.effective_on == date(2026, 11, 25)
    assert agreement.confirm_by == date(2026, 12, 25)
    assert Visit.objects.get().due_on == date(2026, 12, 24)  # a fortnight after the last promise
    with pytest.raises(Refused):
        sign(agreement, who="seal", on=date(2026, 11, 25), **common)
    oral = room.agreed(room.seated(), is_written=False, lines=[])
    assert oral.effective_on == NOW.date()


@pytest.mark.parametrize("who", ["nobody", "1", ""])
def test_a_signature_has_an_owner_and_lies_not_ahead(room, who):
    agreement = room.agreed()
    with pytest.raises(Refused) as refusal:
        sign(agreement, who=who, on=NOW.date(), by=room.he, now=NOW)
    assert refusal.value.field == "who"
    with pytest.raises(Refused) as refusal:
        sign(agreement, who="seal", on=NOW.date() + timedelta(days=1), by=room.he, now=NOW)
    assert refusal.value.field == "on"


def test_a_court_is_asked_within_thirty_days_and_no_day_later(room):
    agreement = room.agreed(is_written=False)  # 2026-11-25, so until Friday 2026-12-25
    asked = {"ground": "committee", "court": "海盐县人民法院", "by": room.he}
    late = NOW + timedelta(days=31)
    with pytest.raises(Refused) as refusal:
        ask_court(agreement, on=late.date(), now=late, **asked)
    assert refusal.value.field == "on"
    last = NOW + timedelta(days=30)
    ask_court(agreement, on=last.date(), now=last, token="c", **asked)
    ask_court(agreement, on=last.date(), now=last, token="c", **asked)
    assert Agreement.objects.get().confirmation == "asked"
    rule(agreement, result="given", on=last.date(), by=room.he, now=late)
    assert Agreement.objects.get().confirmation == "given"
    assert opened(Agreement.objects.get(), "sealed_court") == {"court": "海盐县人民法院"}


def test_no_day_lies_ahead_or_before_what_it_follows(room):
    agreement = room.agreed(is_written=False)  # in force on 25 November
    asked = {"ground": "committee", "court": "海盐县人民法院", "by": room.he}
    later = NOW + timedelta(days=5)

    def refused(act, **values):
        with pytest.raises(Refused) as refusal:
            act(**values)
        return refusal.value.field

    before = date(2026, 11, 24)
    assert refused(ask_court, agreement=agreement, on=before, now=later, **asked) == "on"
    promise = agreement.promises.first()
    ahead = {"on": later.date() + timedelta(days=1), "by": room.he, "now": later}
    assert refused(settle, promise=promise, result="kept", **ahead) == "on"
    ask_court(agreement, on=date(2026, 11, 28), now=later, **asked)
    agreement.refresh_from_db()
    assert refused(rule, agreement=agreement, result="given", **ahead) == "on"
    early = {"on": date(2026, 11, 27), "by": room.he, "now": later}
    assert refused(rule, agreement=agreement, result="given", **early) == "on"
    assert Agreement.objects.get().confirmation == "asked"
    assert Promise.objects.filter(result="").exists()


def test_a_case_closes_when_promises_are_settled_and_the_parties_were_visited(room):
    agreement = room.agreed(
        is_written=False,
        lines=[Line(date(2026, 12, 1), "铺地垫", "a"), Line(date(2026, 12, 5), "不敲暖气管", "b")],
    )
    case, common = agreement.case, {"by": room.he, "now": NOW}
    first, second = agreement.promises.all()
    with pytest.raises(Refused):
        close(case, term="short", **common)
    settle(first, result="kept", on=NOW.date(), **common)
    settle(second, result="broken", on=NOW.date(), **common)
    assert Case.objects.get().kept == "partly"
    settle(second, result="kept", on=NOW.date(), **common)
    with pytest.raises(Refused):
        close(case, term="short", **common)
    visit(Visit.objects.select_related("case").get(), satisfaction=5, words="好", risk="", **common)
    close(case, term="long", **common)
    case = Case.objects.get()
    assert (case.state, case.kept, case.keep_until) == (State.CLOSED, "kept", date(2056, 12, 31))
    with pytest.raises(Refused) as refusal:
        write_precedent(case, method="common", words=f"张勇{CANARY}先让", **common)
    assert refusal.value.field == "words"
    row = write_precedent(case, method="common", words="先让一步的人，给他台阶", **common)
    assert row.kept == "kept"


def test_mediators_are_reminded_once_of_each_and_read_no_word_of_it(room):
    room.agreed(is_written=False)  # a promise on 10 December; thirty days from 25 November
    mine = Message.objects.filter(account=room.xu.account)
    before, by = mine.count(), system(room.cast.xinjie.pk)
    told = [
        remind(by=by, now=NOW + timedelta(days=days))
        for days in (1, 11, 12, 14, 15, 16, 23, 27, 31)
    ]
    assert told == [0, 0, 1, 0, 1, 0, 1, 1, 0]
    assert mine.count() == before + 4
    assert set(mine.values_list("subject", flat=True)) == {"您有一件事项"}


def test_after_its_time_the_key_is_thrown_away_and_nobody_reads_it(room):
    case = room.seated()
    room.sat(case)
    talk = note_talk(case, case.parties.first(), words=CANARY, by=room.he, now=NOW)
    end(case, outcome=Outcome.FAILED, by=room.he, now=NOW)
    by, last = system(case.community_id), NOW.replace(year=2036, month=12, day=31, hour=23)
    assert shred_old(by=by, now=last) == 0
    assert shred_old(by=by, now=last + timedelta(hours=1)) == 1
    assert shred_old(by=by, now=last + timedelta(hours=1)) == 0
    case = Case.objects.get(pk=case.pk)
    assert (case.wrapped_key, case.sealed_story) == ("", "")
    assert set(case.parties.values_list("sealed", "mark")) == {("", "")}
    assert not Talk.objects.filter(pk=talk.pk).exists()
    with pytest.raises(KeyAway):
        case.box.open("x")


def test_a_need_that_is_handed_over_moves_under_seal_with_all_that_was_said(room, cast):
    open_reception(by=cast.zhou.actor, now=NOW)
    demand = receive_demand(
        Said(words=f"{CANARY}楼上夜里吵", person=cast.yong.person), by=cast.chen.actor, now=NOW
    )
    pass_on(demand, to="mediation", by=cast.chen.actor, why=f"{CANARY}吵了三回", now=NOW)
    need, case = Need.objects.get(), Case.objects.get()
    assert need.is_sealed
    assert CANARY not in need.words
    assert not NeedWords.objects.filter(record=need).exists()
    assert not any(CANARY in line for line in Step.objects.values_list("line", flat=True))
    assert not any(
        CANARY in (text or "") for text in ActDetail.objects.values_list("changes", flat=True)
    )
    assert opened(case, "sealed_story")["facts"] == f"{CANARY}楼上夜里吵\n{CANARY}吵了三回"
    assert case.source == "handed"
    add = {"by": room.he, "now": NOW}
    seat = ask(case, room.xu, by=room.by, now=NOW)
    declare(seat, **add)
    add_party(case, Who(side="b", name="楼上"), **add)
    for party in case.parties.all():
        answer(seat, party, is_yes=True, channel="phone", **add)
    end(Case.objects.get(), outcome=Outcome.FAILED, **add)
    assert Step.objects.filter(need=need, kind="answered").count() == 1
    with pytest.raises(Refused):
        hand_over(need, to="mediation", by=cast.chen.actor, why="", now=NOW)


def test_the_sheet_makes_the_same_case_and_says_nowhere_whose_it_is(room, cast):
    use, asker = use_of("MEDIATE"), cast.wang.person
    written = {"facts": "楼上漏水", "kind": "neighbour", "other": "张勇12幢1单元401"}
    read = read_back(use.form, written)
    assert {name: value for name, value in read.items() if value} == written
    values = {"facts": f"{CANARY}漏水", "kind": "neighbour", "name": "", "phone": "",
              "other": read["other"]}  # fmt: skip
    hand_in_typed(
        use, values=values, channel=Channel.PHONE, by=cast.chen.actor, now=NOW, person=asker,
        token="p",
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.channel, case.source, case.kind) == ("phone", "applied", "neighbour")
    asks, other = (case.box.open(one.sealed) for one in case.parties.all())
    # Between name and door the reader sees no gap.
    assert (asks["name"], other["name"], other["address"]) == ("王秀英", "张勇", "12幢1单元401")
    assert set(Act.objects.values_list("on_behalf_of", flat=True)) == {None}


@pytest.mark.parametrize(
    ("written", "name", "door"),
    [
        ("张勇12幢1单元401", "张勇", "12幢1单元401"),
        ("张勇 12幢1单元401", "张勇", "12幢1单元401"),
        ("张勇，12-401", "张勇", "12-401"),
        ("楼上的", "楼上的", ""),
        ("12幢401", "12幢401", "12幢401"),
    ],
)
def test_with_whom_is_told_from_where_they_live(written, name, door):
    assert name_and_door(written) == (name, door)


def test_pictures_lie_sealed_on_the_disk(room, tmp_path, picture):
    case = room.seated()
    add_exhibits(case, [picture], item=6, by=room.he, now=NOW, token="e")
    add_exhibits(case, [picture], item=6, by=room.he, now=NOW, token="e")
    (row,) = case.exhibits.all()
    with row.file.open() as file:
        stored = file.read()
    assert picture.content not in stored
    assert case.box.open_bytes(stored) == picture.content
    with pytest.raises(Refused):
        add_exhibits(case, [], item=6, by=room.he, now=NOW)


def test_a_director_who_is_no_mediator_does_nothing_in_a_case(room):
    case = room.seated()
    with pytest.raises(NotPermitted):
        note_talk(case, case.parties.first(), words="x", by=room.by, now=NOW)
    MembershipFactory(community=room.cast.xinjie, account=room.director, role=Role.MEDIATOR)
    with pytest.raises(NotPermitted):  # a mediator, but not of this case
        end(case, outcome=Outcome.FAILED, by=room.by, now=NOW)


@pytest.mark.parametrize(
    ("day", "since"),
    [(NOW, date(2026, 7, 1)), (NOW + timedelta(days=365 * 2), date(2026, 7, 1))],
)
def test_the_invented_committee_is_of_the_running_term(room, day, since):
    elect(director=room.by, people=Person.objects.all(), now=day)
    found = committee_now(day.date())
    assert found.committee.since == since
    assert {one.person for one in found.members} >= {room.xu.person, room.lan.person}
    assert "no_chair" not in found.faults
    assert "over" not in found.faults
