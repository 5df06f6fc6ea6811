"""Whom other rooms know: who looks in, the family, what a helper must know. No second list is kept."""

import pytest

from mulin.circle.alarms.actions.answering import end, go
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import Care, add_contact, set_care
from mulin.circle.alarms.holdings import erase_watch
from mulin.circle.alarms.models import Alarm, Called
from mulin.circle.elders.actions.pairs import Brings, end_pair, pair_up, take_helper_on
from mulin.circle.elders.actions.records import About, link_kin, take_in, write_card
from mulin.circle.elders.rules import Category
from mulin.ground.audit.models import Look
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.consents import withdraw_consent
from mulin.ground.people.models import Purpose
from mulin.kit import clock
from mulin.kit.refusals import NotPermitted
from tests.clock import NOW
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def _still():
    with clock.standing_still(NOW):
        yield


@pytest.fixture
def care(house):
    """Grandmother Wang is in care: 阿勇 looks in on her, a daughter may see it, a card is written."""
    by = house.cast.chen.actor
    elder = take_in(
        house.cast.wang.person, has_agreed=True, categories=[Category.ALONE], source="入户",
        about=About(dialect="海盐话"), by=by, now=NOW,
    )  # fmt: skip
    write_card(elder, {"do_not": "不要给阿司匹林"}, has_agreed=True, by=by, now=NOW)
    helper = take_helper_on(house.cast.yong.person, Brings(), by=by, now=NOW)
    house.pair = pair_up(elder, helper, by=by, now=NOW)
    house.girl = PersonFactory(community=house.cast.xinjie, name="王小妹", phone="13900000077")
    link_kin(elder, house.girl, relation="女儿", has_agreed=True, by=by, now=NOW)
    return house


def called():
    return set(Called.objects.values_list("name", flat=True))


def test_who_looks_in_and_the_family_are_called_with_the_contacts(care):
    alarm = care.press()
    assert called() == {"小孙"}
    care.later(seconds=60)
    assert called() == {"小孙", "沈阿姨", "王丽华", "张勇", "王小妹"}
    told = Message.objects.filter(topic=alarm.topic, recipient_kind="alarms.close")
    assert {(one.recipient_id, one.way, one.address) for one in told} >= {
        (care.girl.pk, "sms", "13900000077")
    }
    assert "张勇" in {one.name for one in Called.objects.filter(account=care.cast.yong.account)}


def test_who_looks_in_no_more_is_called_no_more(care):
    end_pair(care.pair, why="", by=care.cast.chen.actor, now=NOW)
    care.press()
    care.later(seconds=60)
    assert "张勇" not in called()


@pytest.mark.parametrize("known_by", ["person", "phone"])
def test_whoever_stands_in_both_lists_is_called_once(care, known_by):
    told = {"person": care.girl} if known_by == "person" else {"phone": "13900000077"}
    add_contact(care.watch, kind="family", name="小妹", by=care.cast.chen.actor, now=NOW, **told)
    care.press()
    care.later(seconds=60)
    assert "小妹" in called()
    assert "王小妹" not in called()


def test_the_page_of_an_alarm_says_what_a_helper_must_know_and_who_looked(care, client):
    by = care.cast.chen.actor
    set_care(care.watch, Care(key_where="302沈阿姨处", note="耳背"), by=by, now=NOW)
    alarm = care.press()
    Look.objects.all().delete()
    page = care.cast.enter(client, care.cast.sun).get(f"/alarms/{alarm.pk}/").content.decode()
    for words in ("不要给阿司匹林", "海盐话", "302沈阿姨处", "耳背", "13900000077", "王小妹"):
        assert words in page
    looks = list(Look.objects.filter(account=care.cast.sun.account))
    assert sorted(one.what for one in looks) == ["health card", "watch"]
    end(alarm, outcome="well", by=by, now=NOW)
    after = client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert Look.objects.count() == len(looks)  # nothing was read any more
    assert "不要给阿司匹林" not in after
    assert "302沈阿姨处" not in after


def test_a_card_whose_consent_was_withdrawn_is_shown_to_nobody(care, client):
    withdraw_consent(care.cast.wang.person, Purpose.HEALTH, by=care.cast.chen.actor, now=NOW)
    alarm = care.press()
    page = care.cast.enter(client, care.cast.sun).get(f"/alarms/{alarm.pk}/").content.decode()
    assert "不要给阿司匹林" not in page
    assert "海盐话" in page


def test_who_looks_in_presses_with_two_touches_and_a_stranger_with_none(care, client):
    yong = care.cast.enter(client, care.cast.yong)
    for path in ("/alarms/press/", "/alarms/mine/"):
        assert "王秀英" in yong.get(path).content.decode()
    yong.post("/alarms/press/", {"person": care.cast.wang.person.pk})
    assert Alarm.objects.get().person == care.cast.wang.person
    other = PersonFactory(community=care.cast.xinjie, name="路人")
    assert yong.post("/alarms/press/", {"person": other.pk}).status_code == 404
    with pytest.raises(NotPermitted):
        press_for(other, by=care.cast.yong.actor, now=NOW)


def test_where_the_key_is_hears_whoever_goes_and_nobody_before(care, client):
    by = care.cast.chen.actor
    set_care(care.watch, Care(key_where="302沈阿姨处"), by=by, now=NOW)
    alarm = care.press()
    care.later(seconds=60)
    path = f"/alarms/a/{Called.objects.get(name='沈阿姨').code}/"
    assert "302沈阿姨处" not in client.get(path).content.decode()
    go(alarm, by=by, called=None, now=NOW)
    assert "302沈阿姨处" not in client.get(path).content.decode()  # somebody else goes
    client.post(path, {"deed": "there"})
    page = client.get(path).content.decode()
    assert "302沈阿姨处" in page
    assert "13800000012" in page
    end(alarm, outcome="well", by=by, now=NOW)
    assert "302沈阿姨处" not in client.get(path).content.decode()


def test_the_sheet_and_the_page_of_one_name_them_too(care, client):
    desk = care.cast.enter(client, care.cast.chen)
    assert "王小妹" in desk.get(f"/alarms/people/{care.watch.pk}/").content.decode()
    sheet = desk.get("/alarms/sheet/")
    assert sheet.content[:5] == b"%PDF-"


def test_erased_nobody_reads_that_they_were_called(care):
    care.press()
    care.later(seconds=60)
    erase_watch(care.girl.pk)
    assert "王小妹" not in called()
