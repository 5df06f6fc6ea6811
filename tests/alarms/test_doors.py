"""Devices by HTTP, vendors by their mapping, neighbours by a code, the duty screen by its key."""

import hmac
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError

from mulin.circle.alarms.actions.answering import arrive, end
from mulin.circle.alarms.actions.devices import (
    Thing,
    add_vendor,
    announce_trial,
    change_key,
    retire_device,
    take_up_device,
)
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import Care, open_screen, set_care, watch_over
from mulin.circle.alarms.addresses import CONTACT
from mulin.circle.alarms.models import Alarm, Called, Device, Event
from mulin.circle.alarms.queries import on_screen
from mulin.circle.alarms.rules import State, digest_of
from mulin.kit import clock
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

MAPPING = {
    "device": "data.sn", "id": "msgId", "said": "data.type",
    "words": {"sos": ["SOS"], "ok": ["OK"], "beat": ["HB"]},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _still():
    with clock.standing_still(NOW):
        yield


def call(client, thing, key, **told):
    return client.post(
        f"/alarms/in/xinjie/{thing.code}/", json.dumps(told), content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip


def test_a_press_is_answered_when_it_is_written(house, client):
    answer = call(client, house.device, house.key, said="sos", id="7")
    assert (answer.status_code, answer.json()) == (200, {"received": "7", "number": 1})
    assert call(client, house.device, house.key, said="sos", id="7").json()["number"] == 1
    assert Event.objects.filter(what="pressed").count() == 1
    device = Device.objects.get()
    assert device.proven_at == NOW
    assert Alarm.objects.get().where == "12幢1单元301"


@pytest.mark.parametrize("number", ["a\x00b", "\ud800", "9" * 300, "#+/\n"])
def test_a_press_with_an_odd_number_is_a_press_once(house, client, number):
    for _time in range(2):
        assert call(client, house.device, house.key, said="sos", id=number).status_code == 200
    assert Event.objects.filter(what="pressed").count() == 1


def test_a_device_with_a_fresh_battery_counts_anew_and_is_heard(house, client):
    """Its number was used before: a day later that is a new press, and again once only."""
    call(client, house.device, house.key, said="sos", id="1")
    end(Alarm.objects.get(), outcome="well", by=house.cast.chen.actor, now=NOW)
    call(client, house.device, house.key, said="sos", id="1")
    assert Alarm.objects.count() == 1
    for minutes in (0, 1, 60 * 25):
        with clock.standing_still(NOW + timedelta(days=30, minutes=minutes)):
            answer = call(client, house.device, house.key, said="sos", id="1")
            assert answer.json()["received"] == "1"
    assert Alarm.objects.count() == 2
    assert Event.objects.filter(what="pressed").count() == 3


def test_a_wrong_clock_is_told_of_and_the_alarm_is_an_alarm(house, client):
    call(client, house.device, house.key, said="sos", id="7", at="2020-01-01 00:00")
    assert Event.objects.get(what="pressed").is_clock_off


def test_what_nobody_understands_is_an_alarm_if_the_key_is_right(house, client):
    answer = client.post(
        f"/alarms/in/xinjie/{house.device.code}/", b"\x00\x01", content_type="text/plain",
        headers={"Authorization": f"Bearer {house.key}"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert Alarm.objects.count() == 1


def test_without_the_key_nothing_is_heard(house, client):
    assert call(client, house.device, "wrong", said="sos").status_code == 401
    assert client.post(f"/alarms/in/xinjie/{house.device.code}/").status_code == 401
    assert Alarm.objects.count() == 0
    fresh = change_key(house.device, by=house.cast.chen.actor, now=NOW).key
    assert call(client, house.device, house.key, said="sos").status_code == 401
    assert call(client, house.device, fresh, said="beat").status_code == 200
    retire_device(house.device, by=house.cast.chen.actor, now=NOW)
    assert call(client, house.device, fresh, said="sos").status_code == 401


def signed(client, thing, key, stamp, **told):
    content = json.dumps(told).encode()
    sealed = hmac.new(digest_of(key).encode(), stamp.encode() + b"." + content, "sha256")
    return client.post(
        f"/alarms/in/xinjie/{thing.code}/", content, content_type="application/json",
        headers={"Mulin-Time": stamp, "Mulin-Signature": sealed.hexdigest()},
    )  # fmt: skip


def test_a_device_signs_and_never_sends_its_key(house, client):
    now = str(int(NOW.timestamp()))
    answer = signed(client, house.device, house.key, now, said="sos", id="7")
    assert (answer.status_code, answer.json()["number"]) == (200, 1)
    # Played back it is the same press; a clock that is wrong is told, and believed.
    signed(client, house.device, house.key, now, said="sos", id="7")
    assert not Event.objects.get(what="pressed").is_clock_off
    signed(client, house.device, house.key, "1577836800", said="sos", id="8")
    assert Event.objects.get(message_id="8").is_clock_off
    assert signed(client, house.device, "wrong", now, said="sos").status_code == 401
    changed = client.post(
        f"/alarms/in/xinjie/{house.device.code}/", b'{"said": "ok"}',
        content_type="application/json",
        headers={"Mulin-Time": now, "Mulin-Signature": "0" * 64},
    )  # fmt: skip
    assert changed.status_code == 401


def test_what_cannot_be_written_is_to_be_sent_again(house, client, monkeypatch):
    def full(*_args, **_kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("mulin.circle.alarms.views.doors.take_signal", full)
    assert call(client, house.device, house.key, said="sos", id="7").status_code == 503


def test_a_vendor_calls_for_its_devices(house, client):
    by = house.cast.chen.actor
    made = add_vendor(name="某云", mapping=MAPPING, by=by, now=NOW)
    thing = Thing("wristband", watch=house.watch, vendor=made.vendor, vendor_number="SN1")
    assert take_up_device(thing, by=by, now=NOW).key == ""
    with pytest.raises(Refused):
        take_up_device(thing, by=by, now=NOW)
    told = {"msgId": "m1", "data": {"sn": "SN1", "type": "SOS"}}
    assert call(client, made.vendor, made.key, **told).json() == {"received": "m1", "number": 1}
    other = {"msgId": "m2", "data": {"sn": "SN2", "type": "SOS"}}
    assert call(client, made.vendor, made.key, **other).status_code == 404


def test_a_wristband_that_is_handed_on_calls_for_whoever_wears_it_now(house, client):
    by = house.cast.chen.actor
    made = add_vendor(name="某云", mapping=MAPPING, by=by, now=NOW)
    thing = Thing("wristband", watch=house.watch, vendor=made.vendor, vendor_number="SN1")
    retire_device(take_up_device(thing, by=by, now=NOW).device, by=by, now=NOW)
    told = {"msgId": "m1", "data": {"sn": "SN1", "type": "SOS"}}
    assert call(client, made.vendor, made.key, **told).status_code == 404
    theirs = watch_over(house.cast.yong.person, by=by, now=NOW)
    take_up_device(replace(thing, watch=theirs), by=by, now=NOW)
    assert call(client, made.vendor, made.key, **told).status_code == 200
    assert Alarm.objects.get().person == house.cast.yong.person


def test_an_announced_trial_stays_at_the_desk(house, client):
    announce_trial(house.device, by=house.cast.chen.actor, now=NOW)
    call(client, house.device, house.key, said="sos", id="1")
    trial = Alarm.objects.get()
    assert (trial.is_trial, len(trial.ladder)) == (True, 1)
    assert not Called.objects.exists()


def test_a_neighbour_goes_and_ends_it_without_an_account(house, client):
    alarm = house.press()
    house.later(seconds=60)
    code = Called.objects.get(name="沈阿姨").code
    page = client.get(f"/alarms/a/{code}/")
    assert "王秀英" in page.content.decode()
    client.post(f"/alarms/a/{code}/", {"deed": "go"})
    assert (house.fresh(alarm).state, house.fresh(alarm).going) == (State.GOING, "沈阿姨")
    daughter = Called.objects.get(name="王丽华").code
    second = client.post(f"/alarms/a/{daughter}/", {"deed": "go"}, follow=True)
    assert "沈阿姨" in second.content.decode()
    assert "您去，谢谢。" in client.get(f"/alarms/a/{code}/").content.decode()
    client.post(f"/alarms/a/{code}/", {"deed": "there"})
    there = client.get(f"/alarms/a/{code}/").content.decode()
    assert "您到了，谢谢。" in there
    assert "您去，谢谢。" not in there
    assert client.post(f"/alarms/a/{code}/", {"deed": "end"}).status_code == 422
    client.post(f"/alarms/a/{code}/", {"deed": "end", "outcome": "well", "words": "午睡"})
    assert house.fresh(alarm).ended_by == "沈阿姨"
    # What has ended says no more of anybody.
    assert "王秀英" not in client.get(f"/alarms/a/{code}/").content.decode()


def test_the_duty_screen_opens_by_its_key_alone(house, client):
    by = house.cast.chen.actor
    key = open_screen(by=by, now=NOW, token="s")
    assert open_screen(by=by, now=NOW, token="s") == ""
    house.press()
    for address in (f"/alarms/screen/xinjie/{key}/", f"/alarms/screen/xinjie/{key}/now/"):
        page = client.get(address).content.decode()
        assert "12幢1单元301" in page
        assert "王秀英" not in page
        assert 'data-waiting="1"' in page
    assert client.get("/alarms/screen/xinjie/wrong/").status_code == 404
    fresh = open_screen(by=by, now=NOW)
    assert client.get(f"/alarms/screen/xinjie/{key}/now/").status_code == 404
    assert client.get(f"/alarms/screen/xinjie/{fresh}/now/").status_code == 200


def test_whom_nobody_goes_to_stands_first_on_the_screen(house, client):
    """Also before somebody who was there first: below the edge of a small screen nobody looks."""
    by = house.cast.chen.actor
    seen = house.press()
    arrive(seen, by=by, now=NOW)
    waiting = press_for(house.cast.yong.person, by=by, now=NOW + timedelta(minutes=1))
    key = open_screen(by=by, now=NOW)
    page = client.get(f"/alarms/screen/xinjie/{key}/now/").content.decode()
    states = re.findall(r"watch-one is-(\w+)", page)
    assert states == ["open", "there"]
    assert list(on_screen()) == [waiting, seen]


def test_the_screen_says_who_had_said_that_they_go_and_how_often_all_were_told(house, client):
    key = open_screen(by=house.cast.chen.actor, now=NOW)
    alarm = house.press()
    for minutes in (2, 4, 7, 10):
        house.later(minutes=minutes)
    told = client.get(f"/alarms/screen/xinjie/{key}/now/").content.decode()
    assert f"名单上的人已经全部通知了{house.fresh(alarm).loop}遍" in told
    answering = Called.objects.get(name="沈阿姨", kind=CONTACT).code
    client.post(f"/alarms/a/{answering}/", {"deed": "go"})
    client.post(f"/alarms/a/{answering}/", {"deed": "cannot"})
    again = client.get(f"/alarms/screen/xinjie/{key}/now/").content.decode()
    assert "沈阿姨原来说去" in again


def test_where_a_key_lies_stands_in_no_act(house):
    from mulin.ground.audit.models import ActDetail  # noqa: PLC0415  beside its one use

    set_care(house.watch, Care(key_where="门垫下"), by=house.cast.chen.actor, now=NOW)
    assert not any("门垫下" in (one.changes or "") for one in ActDetail.objects.all())
    with in_community(house.cast.linli):
        assert not Device.objects.exists()
