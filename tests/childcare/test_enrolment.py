"""Children are asked for with consent, known, blocked for, forgotten."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.people.actions.erasure import erase_person
from mulin.ground.people.rules import HOLDINGS, what_stays
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.workshop.childcare.actions.days import order_medicine, write_note
from mulin.workshop.childcare.actions.enrolment import (
    Asking,
    Facts,
    accept,
    add_guardian,
    add_picker,
    ask_place,
    block,
    change_phone,
    forget,
    leave,
    lift_block,
    lift_objection,
    object_to,
    say_consent,
    stop_picker,
    write_facts,
)
from mulin.workshop.childcare.jobs import forget_children
from mulin.workshop.childcare.models import (
    CareConsent,
    Child,
    ChildFacts,
    DayPicture,
    Guardian,
    HandOver,
    Picker,
    Use,
)
from mulin.workshop.childcare.permissions import guardian_of
from mulin.workshop.childcare.queries import fetchers, siblings_of
from mulin.workshop.childcare.rules import Who
from tests.childcare.conftest import ALL, TODAY, small_photo
from tests.clock import NOW


def asking(**more):
    values = {
        "name": "李小雨", "born_on": date(2019, 5, 1), "guardian": "李芳", "relation": "妈妈",
        "phone": "13800000002", "uses": ALL,
    }  # fmt: skip
    return Asking(**values | more)


@pytest.mark.parametrize("phone", ["", " ", "没有", "1380000"])
def test_rock_6706_no_child_without_a_guardian_who_can_be_called(room, phone):
    """SparkDevNetwork/Rock#6706: a child was written down without any phone of a guardian."""
    for act in (
        lambda: ask_place(asking(phone=phone), by=room.lead, now=NOW),
        lambda: change_phone(room.mother, phone, by=room.lead, now=NOW),
        lambda: add_guardian(
            room.child, name="姑姑", relation="姑姑", phone=phone, by=room.lead, now=NOW
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.field == "phone"
    assert [one.phone for one in Guardian.objects.all()] == [room.mother.phone]


def test_a_guardian_asks_on_a_phone_the_desk_on_paper_and_nobody_else(room, cast):
    own = ask_place(asking(), person=cast.yong.person, by=cast.yong.actor, now=NOW)
    paper = ask_place(asking(name="李小云"), by=cast.chen.actor.by("paper"), now=NOW)
    assert guardian_of(cast.yong.actor, own).person == cast.yong.person
    assert {one.channel for one in CareConsent.objects.filter(child=paper)} == {"paper"}
    with pytest.raises(NotPermitted):
        ask_place(asking(), by=cast.auditor.actor, now=NOW)


def test_a_form_sent_twice_asks_once(room):
    first = ask_place(asking(), by=room.lead, now=NOW, token="t" * 20)
    assert ask_place(asking(), by=room.lead, now=NOW, token="t" * 20) == first
    assert Child.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"uses": ALL - {"care"}}, "uses"), ({"born_on": TODAY + timedelta(days=1)}, "born_on"),
        ({"born_on": date(2026, 10, 1)}, "born_on"), ({"born_on": date(2001, 1, 1)}, "born_on"),
    ],
)  # fmt: skip
def test_without_consent_and_outside_the_ages_nothing_is_kept(room, more, field):
    with pytest.raises(Refused) as refusal:
        ask_place(asking(**more), by=room.lead, now=NOW)
    assert refusal.value.field == field
    assert Child.objects.count() == 1


def test_a_guardian_under_age_is_refused(room, cast):
    cast.yong.person.born_on = date(2012, 1, 1)
    cast.yong.person.save()
    with pytest.raises(Refused) as refusal:
        ask_place(asking(phone="13800000001"), by=room.lead, now=NOW)
    assert refusal.value.field == "phone"


def test_only_whoever_leads_and_may_read_takes_a_child(room, cast):
    waiting = ask_place(asking(), by=cast.chen.actor, now=NOW)
    for other in (room.duty, cast.chen.actor, cast.zhou.actor, cast.li.actor):
        with pytest.raises(NotPermitted):
            accept(waiting, group=None, by=other, now=NOW)
    accept(waiting, group=None, by=room.lead, now=NOW)
    with pytest.raises(Refused):
        accept(waiting, group=None, by=room.lead, now=NOW)


def test_health_is_kept_only_with_its_own_consent_and_goes_with_it(room):
    child = room.make_child("无同意", uses=frozenset({"care"}), phone="13800000099")
    with pytest.raises(Refused) as refusal:
        write_facts(child, Facts(health="哮喘"), by=room.lead, now=NOW)
    assert refusal.value.field == "health"
    with pytest.raises(Refused):
        order_medicine(
            child, medicine="药", dose="一", signed_by="医", first=TODAY, last=TODAY, per_day=1,
            by=room.lead, now=NOW,
        )  # fmt: skip
    write_facts(child, Facts(school="实验小学"), by=room.lead, now=NOW)
    write_facts(
        room.child, Facts(health="哮喘", allergens=("egg", "milk"), allergy="芒果"), by=room.lead,
        now=NOW,
    )  # fmt: skip
    say_consent(room.child, Use.HEALTH, is_given=False, guardian=room.mother, by=room.lead, now=NOW)
    facts = ChildFacts.objects.get(child=room.child)
    assert (facts.health, facts.allergen_list, facts.allergy) == (None, [], None)


def test_photos_need_their_own_consent_and_go_with_it(room):
    child = room.make_child("不拍照", uses=frozenset({"care"}), phone="13800000099")
    with pytest.raises(Refused) as refusal:
        write_note(child, "今天画画", pictures=(small_photo(),), by=room.lead, now=NOW)
    assert refusal.value.field == "pictures"
    write_note(room.child, "今天画画", pictures=(small_photo(),), by=room.lead, now=NOW)
    path = Path(DayPicture.objects.get().file.path)
    assert path.exists()
    say_consent(
        room.child, Use.PHOTO_FAMILY, is_given=False, guardian=room.mother, by=room.lead, now=NOW
    )
    assert DayPicture.objects.count() == 0
    assert not path.exists()


def test_whom_a_court_forbids_is_on_no_list_and_no_guardian_any_more(room, cast):
    picker = add_picker(
        room.child, name="王 强", relation="舅舅", phone="139 1111 0001", guardian=room.mother,
        by=room.lead, now=NOW,
    )  # fmt: skip
    row = block(
        room.child, name="王强", paper="海盐县法院（2026）浙0424民保令3号", by=room.lead, now=NOW
    )
    picker.refresh_from_db()
    assert picker.stopped_at == NOW
    with pytest.raises(Refused):
        add_picker(
            room.child, name="王  强", relation="舅舅", guardian=room.mother, by=room.lead, now=NOW
        )
    block(room.child, name="别名", phone="13800000001", paper="告诫书", by=room.lead, now=NOW)
    assert guardian_of(cast.yong.actor, room.child) is None
    with pytest.raises(NotPermitted):
        lift_block(row, paper="撤销", by=cast.yong.actor, now=NOW)
    lift_block(row, paper="（2026）撤3号", by=room.lead, now=NOW)
    add_picker(
        room.child, name="王强", relation="舅舅", guardian=room.mother, by=room.lead, now=NOW
    )


def test_without_a_paper_nobody_is_blocked_and_only_the_lead_blocks(room, cast):
    with pytest.raises(Refused) as refusal:
        block(room.child, name="王强", paper=" ", by=room.lead, now=NOW)
    assert refusal.value.field == "paper"
    for other in (room.duty, cast.yong.actor):
        with pytest.raises(NotPermitted):
            block(room.child, name="王强", paper="口头", by=other, now=NOW)


def test_two_guardians_who_forbid_each_other_are_both_looked_at_twice(room, cast):
    father = add_guardian(
        room.child, name="李大力", relation="爸爸", phone="13700000001", by=room.lead, now=NOW
    )
    object_to(room.child, father, by=cast.yong.actor, now=NOW)
    row = object_to(room.child, room.mother, guardian=father, by=room.lead, now=NOW)
    assert [one.who for one in fetchers(room.child, TODAY)] == [Who.DISPUTED] * 2
    with pytest.raises(NotPermitted):
        lift_objection(row, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        object_to(room.child, father, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        object_to(room.child, room.mother, by=cast.yong.actor, now=NOW)


def test_a_guardian_speaks_for_their_own_child_and_no_other(room, cast):
    other = room.make_child("别家的孩子", phone="13800000099", guardian="别人")
    with pytest.raises(NotPermitted):
        write_facts(other, Facts(school="x"), by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        change_phone(Guardian.objects.get(child=other), "13811112222", by=cast.yong.actor, now=NOW)
    picker = add_picker(room.child, name="奶奶", relation="奶奶", by=cast.yong.actor, now=NOW)
    stop_picker(picker, by=cast.yong.actor, now=NOW)
    assert list(Picker.objects.on(TODAY)) == []


def test_a_picker_for_some_days_is_none_afterwards(room):
    add_picker(
        room.child, name="姑姑", relation="姑姑", until=TODAY, guardian=room.mother, by=room.lead,
        now=NOW,
    )  # fmt: skip
    assert len(fetchers(room.child, TODAY)) == 2
    assert len(fetchers(room.child, TODAY + timedelta(days=1))) == 1


def test_brothers_and_sisters_are_known_by_their_guardians_number(room):
    twin = room.make_child("张小寒")
    room.make_child("别家的孩子", phone="13800000099", guardian="别人")
    assert siblings_of(room.child) == [room.child, twin]


def test_a_child_that_leaves_loses_what_is_sensitive_at_once_and_the_rest_later(room, cast):
    write_facts(room.child, Facts(health="哮喘"), by=room.lead, now=NOW)
    room.book()
    stay = room.in_room()
    with pytest.raises(Refused):
        leave(room.child, by=room.lead, now=NOW)
    stay.left_at = NOW
    stay.save()
    HandOver.objects.create(
        community=cast.xinjie, stay=stay, at=NOW, staff=cast.shen.account, who="guardian",
        name="张勇", code="none", id_seen=True, call="none", answer="goes",
    )  # fmt: skip
    leave(room.child, by=cast.yong.actor, now=NOW)
    assert (ChildFacts.objects.count(), HandOver.objects.count()) == (0, 1)
    forget_children(cast.xinjie, NOW + timedelta(days=3 * 365 - 1))
    assert Child.objects.count() == 1
    forget_children(cast.xinjie, NOW + timedelta(days=3 * 366))
    assert (Child.objects.count(), HandOver.objects.count()) == (0, 0)


def test_a_child_that_comes_here_is_not_forgotten(room):
    with pytest.raises(Refused):
        forget(room.child, by=room.lead, now=NOW)
    waiting = ask_place(asking(), by=room.lead, now=NOW)
    forget(waiting, by=room.lead, now=NOW)
    assert list(Child.objects.all()) == [room.child]


def test_no_act_says_a_name_a_number_or_a_word_about_a_child(room, cast):
    add_picker(
        room.child, name="金雀奶奶", relation="金雀", phone="13866667777", guardian=room.mother,
        by=room.lead, now=NOW,
    )  # fmt: skip
    block(room.child, name="金雀仇", paper="金雀令", by=room.lead, now=NOW)
    write_facts(room.child, Facts(health="金雀病", plan="金雀院"), by=room.lead, now=NOW)
    write_note(room.child, "金雀话", by=room.lead, now=NOW)
    acts = Act.objects.filter(verb__startswith="childcare.")
    assert acts.count() > 8
    said = "".join(ActDetail.objects.filter(act__in=acts).values_list("changes", flat=True))
    for text in ("金雀", "张小满", "张勇", "13800000001", "13866667777"):
        assert text not in said


def test_the_database_keeps_no_plain_word_of_a_child(room):
    write_facts(room.child, Facts(health="金雀病"), by=room.lead, now=NOW)
    with connection.cursor() as cursor:
        for table in ("childcare_child", "childcare_childfacts", "childcare_guardian"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            assert "金雀" not in str(rows := cursor.fetchall())
            assert "张小满" not in str(rows)
            assert "13800000001" not in str(rows)


def test_an_erased_person_is_no_guardian_and_a_carer_is_kept_by_law(room, cast):
    told = HOLDINGS.tellers["childcare.guardian"](cast.yong.person.pk)
    assert [len(one["consents"]) for one in told] == [len(Use)]
    assert "张小满" not in str(told)
    assert HOLDINGS.tellers["childcare.carer"](room.zhu.person_id)[0]["is_lead"] is False
    assert "childcare.carer" in {one.kind for one in what_stays([room.zhu.person_id])}
    erase_person(cast.yong.person, by=cast.zhou.actor, now=NOW)
    room.mother.refresh_from_db()
    assert (room.mother.name, room.mother.phone_index, room.mother.person_id) == ("—", "", None)
    for _twice in range(2):
        HOLDINGS.erasers["childcare.carer"](room.zhu.person_id)


def test_the_neighbour_sees_nothing(room, cast):
    with in_community(cast.linli):
        assert list(Child.objects.all()) == []
        assert list(Guardian.objects.all()) == []


def test_a_block_cannot_be_overruled_in_the_database(room, cast):
    stay = room.in_room()
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(
            community=cast.xinjie, stay=stay, at=NOW, staff=cast.shen.account, who="blocked",
            name="王强", code="right", id_seen=True, call="agreed", answer="goes",
        )  # fmt: skip
