"""What happens to the roll."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Act, ActDetail, Look
from mulin.ground.community.rules import system
from mulin.ground.people.actions.consents import give_consent, give_consents, withdraw_consent
from mulin.ground.people.actions.organisations import (
    affiliate,
    end_affiliation,
    found_organisation,
    join_household,
)
from mulin.ground.people.actions.persons import (
    bulk_register,
    change_person,
    link_account,
    note_look,
    register_person,
    reveal,
)
from mulin.ground.people.models import (
    Affiliation,
    Consent,
    Organisation,
    Person,
    PersonWords,
    Purpose,
)
from mulin.ground.people.queries import consents_of, has_consented, have_consented, roll
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db

ID_OF_A_WOMAN = "33042419500101102X"


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def found(query):
    return sorted(person.name for person in Person.objects.on_roll().search(query))


def test_somebody_is_put_on_the_roll_in_the_spelling_of_the_roll(xinjie):
    person = register_person(
        by=xinjie.chen.actor, now=NOW, name=" 王　秀兰 ", phone="＋８６ 138-0000-0000",
        id_number="３３０４２４ 19500101 102ｘ", grid_id=xinjie.grid_1.pk, address="12幢2单元301",
    )  # fmt: skip
    person = Person.objects.get(pk=person.pk)
    assert (person.name, person.pinyin, person.initials) == ("王秀兰", "wangxiulan", "wxl")
    assert (person.phone, person.id_number, person.born_on) == (
        "13800000000", ID_OF_A_WOMAN, date(1950, 1, 1),
    )  # fmt: skip
    assert (person.sex, person.birth_year, person.grid_id) == ("f", 1950, xinjie.grid_1.pk)
    act = Act.objects.get(verb="register_person")
    assert (act.record_id, act.account_id) == (person.pk, xinjie.chen.account.pk)
    assert "13800000000" not in act.detail.changes
    assert ID_OF_A_WOMAN not in act.detail.changes


def test_a_name_that_was_heard_finds_whoever_sounds_the_same_but_only_where_nobody_is_written_so(
    xinjie,
):
    by = xinjie.chen.actor
    first = register_person(by=by, now=NOW, name="周晓梅")
    assert list(roll(by, query="周小梅")) == [first]  # another character, the same sound
    second = register_person(by=by, now=NOW, name="周小梅")
    assert list(roll(by, query="周小梅")) == [second]
    assert list(roll(by, query="周小莓 12幢")) == []


def test_numbers_lie_encrypted_in_the_database(xinjie):
    person = register_person(
        by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13800000000", id_number=ID_OF_A_WOMAN
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phone, id_number, born_on FROM people_person WHERE id = %s", [person.pk]
        )
        row = cursor.fetchone()
    assert all(str(value).startswith("gAAAA") for value in row)


@pytest.mark.parametrize(
    "query",
    ["王秀兰", "王秀", "秀兰", "王", "兰", "wangxiulan", "wangxiu", "wang", "xiulan", "xiu", "wxl",
     "w", "WXL", "0137", "13812340137", "138 1234 0137", "+86 13812340137", "12幢", "301",
     "12-301", "12幢301", "12幢301室", "12-2-301", "12幢2单元301", "12幢2单元301室", "2单元",
     "王秀兰 12幢", "12幢 wxl", ID_OF_A_WOMAN],
)  # fmt: skip
def test_a_person_is_found_as_people_at_a_desk_ask(xinjie, query):
    register_person(
        by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13812340137",
        address="12幢2单元301", id_number=ID_OF_A_WOMAN,
    )  # fmt: skip
    register_person(
        by=xinjie.chen.actor, now=NOW, name="李四", phone="13912340138", address="2幢1单元1201"
    )
    assert found(query) == ["王秀兰"]


@pytest.mark.parametrize("query", ["兰王", "12-1", "3011", "lan", "380", "", " ", "，", "201"])
def test_a_person_is_not_found_by_what_does_not_stand_there(xinjie, query):
    register_person(
        by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13812340137", address="12幢2单元301"
    )
    assert found(query) == []


@pytest.mark.parametrize(
    "name", ["王", "𠮷野", "艾力·买买提", "O'Brien & Söhne", 'A/B "C" <D>', "欧阳修", "单雄信"]
)
def test_any_name_is_kept_and_found(xinjie, name):
    register_person(by=xinjie.chen.actor, now=NOW, name=name)
    assert found(name) == [name]


def test_a_neighbouring_community_finds_nobody(xinjie):
    register_person(by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13812340137")
    with in_community(xinjie.linli):
        assert found("王秀兰") == found("13812340137") == found("wxl") == []


def test_two_of_one_name_stay_two(xinjie):
    for _ in range(2):
        register_person(by=xinjie.chen.actor, now=NOW, name="王伟")
    assert found("王伟") == ["王伟", "王伟"]


def test_a_form_sent_ten_times_registers_once(xinjie):
    people = {
        register_person(by=xinjie.chen.actor, now=NOW, name="王伟", token="once").pk
        for _ in range(10)
    }
    assert len(people) == 1
    assert found("王伟") == ["王伟"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"name": "王伟", "phone": "12345"}, "phone"),
        ({"name": "王伟", "id_number": "330424194912310020"}, "id_number"),
        ({"name": "王伟", "born_on": date(2026, 11, 26)}, "born_on"),
        ({"name": "王伟", "born_on": date(1880, 1, 1)}, "born_on"),
        ({"name": "王伟", "born_on": date(1950, 1, 2), "id_number": ID_OF_A_WOMAN}, "born_on"),
        ({"name": "王伟", "grid_id": 7}, "grid_id"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(xinjie, typed, field):
    with pytest.raises(Refused) as refusal:
        register_person(by=xinjie.chen.actor, now=NOW, **typed)
    assert refusal.value.field == field
    assert not Act.objects.exists()


def test_a_grid_of_the_neighbour_does_not_exist(xinjie):
    with pytest.raises(Refused):
        register_person(by=xinjie.chen.actor, now=NOW, name="王伟", grid_id=xinjie.grid_linli.pk)


def test_an_officer_registers_into_their_grid_alone(xinjie):
    assert register_person(by=xinjie.sun.actor, now=NOW, name="王伟").grid_id == xinjie.grid_1.pk
    with pytest.raises(NotPermitted):
        register_person(by=xinjie.sun.actor, now=NOW, name="王伟", grid_id=xinjie.grid_2.pk)


@pytest.mark.parametrize("who", ["shen", "xu", "street", "auditor", "installer", "yong"])
def test_others_register_nobody(xinjie, who):
    with pytest.raises(NotPermitted):
        register_person(by=getattr(xinjie, who).actor, now=NOW, name="王伟")


def test_a_correction_changes_what_was_given_and_what_is_found(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13812340137")
    change_person(
        person, by=xinjie.sun.actor if person.grid_id else xinjie.chen.actor, now=NOW, name="王秀英"
    )
    person = Person.objects.get(pk=person.pk)
    assert (person.name, person.pinyin, person.phone) == ("王秀英", "wangxiuying", "13812340137")
    assert found("王秀兰") == []
    assert found("wxy") == ["王秀英"]
    detail = ActDetail.objects.get(act__verb="change_person")
    assert detail.changes == '{"after": {"name": "王秀英"}, "before": {"name": "王秀兰"}}'


def test_a_phone_is_taken_off_again(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="王秀兰", phone="13812340137")
    change_person(person, by=xinjie.chen.actor, now=NOW, phone="")
    person = Person.objects.get(pk=person.pk)
    assert (person.phone, person.phone_index) == (None, "")
    assert found("0137") == found("13812340137") == []


def test_an_officer_changes_own_grid_only_and_moves_nobody_out(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="王伟", grid_id=xinjie.grid_1.pk)
    assert change_person(person, by=xinjie.sun.actor, now=NOW, note="拄拐杖").note == "拄拐杖"
    with pytest.raises(NotPermitted):
        change_person(person, by=xinjie.wu.actor, now=NOW, note="x")
    with pytest.raises(NotPermitted):
        change_person(person, by=xinjie.sun.actor, now=NOW, grid_id=xinjie.grid_2.pk)


def test_the_neighbour_changes_nothing(xinjie):
    with pytest.raises(NotPermitted):
        change_person(xinjie.wang.person, by=xinjie.li.actor, now=NOW, note="x")


def test_a_reveal_needs_a_reason_and_is_recorded(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="王伟", phone="13812340137")
    with pytest.raises(Refused):
        reveal(person, "phone", "  ", by=xinjie.chen.actor, now=NOW)
    assert not Look.objects.exists()
    assert reveal(person, "phone", "回访", by=xinjie.chen.actor, now=NOW) == "13812340137"
    look = Look.objects.get()
    assert (look.record_id, look.what, look.reason, look.account_id) == (
        person.pk, "phone", "回访", xinjie.chen.account.pk,
    )  # fmt: skip
    for who in (xinjie.wu, xinjie.li, xinjie.yong, xinjie.auditor):
        with pytest.raises(NotPermitted):
            reveal(person, "phone", "好奇", by=who.actor, now=NOW)
    assert Look.objects.count() == 1


def test_opening_the_record_of_a_child_is_recorded(xinjie):
    child = register_person(by=xinjie.chen.actor, now=NOW, name="乐乐", born_on=date(2020, 2, 29))
    note_look(child, by=xinjie.chen.actor, now=NOW)
    note_look(xinjie.wang.person, by=xinjie.chen.actor, now=NOW)
    assert list(Look.objects.values_list("record_id", "what")) == [(child.pk, "record")]


def test_a_household_is_joined_and_left(xinjie):
    wang, by = xinjie.wang.person, xinjie.chen.actor
    home = join_household(wang, by=by, now=NOW, name="王秀英家").household
    join_household(xinjie.yong.person, by=by, now=NOW, household=home)
    assert {person.name for person in home.members.all()} == {"王秀英", "张勇"}
    assert join_household(wang, by=by, now=NOW).household is None


def test_an_organisation_is_founded_once_and_has_people(xinjie):
    by = xinjie.chen.actor
    shop = found_organisation(by=by, now=NOW, name="便民修理铺", kind="shop", phone="86112233")
    with pytest.raises(Refused):
        found_organisation(by=by, now=NOW, name="便民修理铺", kind="shop")
    with pytest.raises(Refused):
        found_organisation(by=by, now=NOW, name="别的", kind="castle")
    assert Organisation.objects.get() == shop
    belongs = affiliate(
        xinjie.yong.person, shop, by=by, now=NOW, post="师傅", since=date(2026, 1, 1)
    )
    with pytest.raises(Refused):
        end_affiliation(belongs, by=by, now=NOW, until=date(2025, 1, 1))
    end_affiliation(belongs, by=by, now=NOW, until=date(2026, 11, 1))
    assert list(Affiliation.objects.values_list("person", "post", "until")) == [
        (xinjie.yong.person.pk, "师傅", date(2026, 11, 1))
    ]


def test_consent_is_given_and_withdrawn_by_the_person_or_in_their_name(xinjie):
    yong = xinjie.yong.person
    assert not has_consented(yong, Purpose.PHOTOS)
    give_consent(yong, Purpose.PHOTOS, by=xinjie.yong.actor, now=NOW)
    assert has_consented(yong, Purpose.PHOTOS)
    withdraw_consent(
        yong, Purpose.PHOTOS, by=xinjie.chen.actor.by("phone"), now=NOW + timedelta(days=1)
    )
    assert not has_consented(yong, Purpose.PHOTOS)
    assert list(Consent.objects.values_list("is_given", "channel")) == [
        (True, "online"), (False, "phone"),
    ]  # fmt: skip
    for who in (xinjie.wu, xinjie.li, xinjie.auditor):
        with pytest.raises(NotPermitted):
            give_consent(yong, Purpose.PHOTOS, by=who.actor, now=NOW)
    assert set(consents_of(yong)) == {"photos"}


def test_of_a_list_everybody_agrees_for_themselves_and_no_child(xinjie):
    yong, wang = xinjie.yong.person, xinjie.wang.person
    child = PersonFactory(community=xinjie.xinjie, born_on=NOW.date() - timedelta(days=3000))
    with pytest.raises(NotPermitted):
        give_consents([yong, wang], Purpose.PHOTOS, by=xinjie.yong.actor, now=NOW)
    with pytest.raises(Refused):
        give_consents([wang, child], Purpose.PHOTOS, by=xinjie.chen.actor, now=NOW)
    assert not has_consented(wang, Purpose.PHOTOS)
    assert give_consents([yong, wang], Purpose.PHOTOS, by=xinjie.chen.actor, now=NOW) == 2
    assert have_consented([yong.pk, wang.pk, child.pk], Purpose.PHOTOS) == {yong.pk, wang.pk}
    withdraw_consent(wang, Purpose.PHOTOS, by=xinjie.chen.actor, now=NOW + timedelta(minutes=1))
    assert have_consented([yong.pk, wang.pk], Purpose.PHOTOS) == {yong.pk}


def test_under_fourteen_the_guardian_consents(xinjie):
    by = xinjie.chen.actor
    child = register_person(by=by, now=NOW, name="乐乐", born_on=date(2012, 11, 26))
    sister = register_person(by=by, now=NOW, name="欢欢", born_on=date(2010, 1, 1))
    for guardian in (None, child, sister):
        with pytest.raises(Refused) as refusal:
            give_consent(child, Purpose.PHOTOS, by=by, now=NOW, guardian=guardian)
        assert refusal.value.field == "guardian"
    consent = give_consent(child, Purpose.PHOTOS, by=by, now=NOW, guardian=xinjie.wang.person)
    assert consent.guardian == xinjie.wang.person
    # The day after she is fourteen, and speaks for herself.
    later = NOW + timedelta(days=1)
    assert withdraw_consent(child, Purpose.PHOTOS, by=by, now=later).guardian is None


def test_an_account_is_linked_by_the_desk(xinjie):
    person = register_person(by=xinjie.chen.actor, now=NOW, name="王伟")
    with pytest.raises(NotPermitted):
        link_account(person, xinjie.yong.account.pk, by=xinjie.yong.actor, now=NOW)
    link_account(person, xinjie.yong.account.pk, by=xinjie.chen.actor, now=NOW)
    assert Person.objects.get(pk=person.pk).account == xinjie.yong.account


def test_many_are_registered_in_few_queries(xinjie):
    by = system(xinjie.xinjie.pk)
    bulk_register([{"name": "热身"}], by=by, now=NOW)
    counts = []
    for size in (2, 20):
        with CaptureQueriesContext(connection) as queries:
            bulk_register(
                [{"name": f"王小{n}", "phone": f"137000000{n:02}"} for n in range(size)],
                by=by,
                now=NOW,
            )
        counts.append(len([q for q in queries if q["sql"].startswith("INSERT")]))
    assert counts == [2, 2]
    assert PersonWords.objects.count() == 23
    assert found("13700000001") == ["王小1", "王小1"]
