"""Whom the roll shows to whom, and how a person is told something."""

import pytest

from mulin.ground.community.models import Membership
from mulin.ground.community.rules import Actor, Role, system
from mulin.ground.notify.addresses import Recipient, recipient_of
from mulin.ground.people.actions.consents import withdraw_consent
from mulin.ground.people.actions.erasure import erase_person
from mulin.ground.people.actions.merging import merge_persons
from mulin.ground.people.actions.persons import register_person
from mulin.ground.people.models import Purpose
from mulin.ground.people.queries import roll
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def person(cast, name, **typed):
    return register_person(by=cast.chen.actor, now=NOW, name=name, **typed)


def test_everybody_sees_as_much_of_the_roll_as_concerns_them(xinjie):
    person(xinjie, "李一", grid_id=xinjie.grid_2.pk)
    person(xinjie, "李二")
    seen = {
        name: sorted(one.name for one in roll(member.actor))
        for name, member in xinjie.members().items()
        if member.community == xinjie.xinjie and member.account
    }
    everybody = ["张勇", "李一", "李二", "王秀英"]
    assert seen == {
        "zhou": everybody, "chen": everybody, "sun": ["张勇", "王秀英"], "wu": ["李一"],
        "yong": ["张勇"], "shen": [], "xu": [], "street": [], "auditor": [], "installer": [],
    }  # fmt: skip
    assert sorted(one.name for one in roll(system(xinjie.xinjie.pk))) == everybody
    assert list(roll(Actor(community_id=xinjie.xinjie.pk))) == []


def test_an_officers_search_is_not_cut_short_by_other_grids(xinjie):
    mine = person(xinjie, "王一", grid_id=xinjie.grid_1.pk)
    for n in range(60):
        person(xinjie, f"王{n}", grid_id=xinjie.grid_2.pk)
    assert mine in list(roll(xinjie.sun.actor, query="王"))
    assert len(roll(xinjie.chen.actor, query="王")) == 61


def test_the_roll_is_in_the_order_of_pinyin(xinjie):
    for name in ("曾一", "阿宝", "单二"):
        person(xinjie, name)
    assert [one.name for one in roll(xinjie.chen.actor)] == [
        "阿宝",
        "单二",
        "王秀英",
        "曾一",
        "张勇",
    ]


def told(one):
    return recipient_of("person", one.pk, NOW)


def test_somebody_with_a_phone_and_an_account_is_written_to(xinjie):
    yong = xinjie.yong
    assert told(yong.person) == Recipient(
        kind="person",
        id=yong.person.pk,
        account_id=yong.account.pk,
        ways=(("sms", "13800000001"),),
        carrier_account_id=xinjie.sun.account.pk,
    )


def test_somebody_without_a_phone_is_told_at_the_door_by_the_officer_of_the_grid(xinjie):
    wang = xinjie.wang.person
    assert told(wang) == Recipient(
        kind="person",
        id=wang.pk,
        ways=(("door", "12幢1单元301"),),
        carrier_account_id=xinjie.sun.account.pk,
        looks_into_mulin=False,
    )
    sun = Membership.objects.get(account=xinjie.sun.account)
    stand_in = AccountFactory(display_name="小郑")
    MembershipFactory(
        community=xinjie.xinjie, account=stand_in, role=Role.GRID_OFFICER, grid=xinjie.grid_1,
        stands_in_for=sun,
    )  # fmt: skip
    assert told(wang).carrier_account_id == stand_in.pk


def test_a_landline_is_called_and_whoever_wants_no_messages_too(xinjie):
    old = person(xinjie, "李一", phone="0573-86112233")
    assert told(old).ways == (("call", "0573-86112233"),)
    mobile = person(xinjie, "李二", phone="13812340137")
    assert told(mobile).ways == (("sms", "13812340137"),)
    withdraw_consent(mobile, Purpose.MESSAGES, by=xinjie.chen.actor, now=NOW)
    assert told(mobile).ways == (("call", "13812340137"),)


def test_a_merged_record_is_told_through_the_kept_one_and_an_erased_one_not_at_all(xinjie):
    kept, merged = person(xinjie, "李一", phone="13812340137"), person(xinjie, "李一")
    merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    assert told(merged) == told(kept)
    erase_person(kept, by=xinjie.chen.actor, now=NOW)
    assert (told(merged).ways, told(merged).account_id) == ((), None)
    with pytest.raises(LookupError):
        recipient_of("person", 1, NOW)
