"""The pages of the watch: few touches, everything a helper needs, nobody else's business."""

import pytest

from mulin.circle.alarms.actions.devices import Thing, take_up_device
from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import Care, add_contact, set_care, watch_over
from mulin.circle.alarms.models import Alarm, Away, Called, Contact, Device, Duty, Event, Watch
from mulin.circle.alarms.rules import State
from mulin.ground.community.rules import Role
from mulin.kit import clock
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import MembershipFactory
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def _still():
    with clock.standing_still(NOW):
        yield


def test_two_touches_at_the_desk(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    first = desk.get("/alarms/press/")
    button = {person.pk: token for person, token in first.context["mine"]}
    person = house.watch.person_id
    done = desk.post("/alarms/press/", {"person": person, "token": button[person]})
    alarm = Alarm.objects.get()
    assert done.url == f"/alarms/{alarm.pk}/"
    page = desk.get(done.url).content.decode()
    assert "王秀英" in page
    assert "13800000011" in page


def test_pressed_for_two_people_on_one_page_it_is_two_alarms(house, client):
    """Each button is a form of its own: going back in the browser swallows no alarm."""
    watch_over(house.cast.yong.person, by=house.cast.chen.actor, now=NOW)
    desk = house.cast.enter(client, house.cast.chen)
    for person, token in desk.get("/alarms/press/").context["mine"]:
        desk.post("/alarms/press/", {"person": person.pk, "token": token})
    assert Alarm.objects.count() == 2


def test_a_volunteer_presses_for_whom_they_look_after_only(house, client):
    MembershipFactory(
        community=house.cast.xinjie, account=house.cast.yong.account, role=Role.VOLUNTEER
    )
    helper = house.cast.enter(client, house.cast.yong)
    person = house.watch.person_id
    assert helper.post("/alarms/press/", {"person": person}).status_code == 404
    add_contact(
        house.watch, kind="neighbour", name="阿勇", person=house.cast.yong.person,
        by=house.cast.chen.actor, now=NOW,
    )  # fmt: skip
    assert "王秀英" in helper.get("/alarms/press/").content.decode()
    helper.post("/alarms/press/", {"person": person})
    assert Alarm.objects.get().person_id == person


def test_the_alarm_is_answered_on_its_page(house, client):
    alarm = house.press()
    officer = house.cast.enter(client, house.cast.sun)
    assert "还没有人去" in officer.get("/alarms/").content.decode()
    officer.post(f"/alarms/{alarm.pk}/go/")
    assert house.fresh(alarm).going == "小孙"
    desk = house.cast.enter(client, house.cast.chen)
    said = desk.post(f"/alarms/{alarm.pk}/go/", follow=True).content.decode()
    assert "小孙" in said
    assert desk.post(f"/alarms/{alarm.pk}/end/").status_code == 422
    desk.post(f"/alarms/{alarm.pk}/there/")
    desk.post(f"/alarms/{alarm.pk}/end/", {"outcome": "well", "words": "只是碰到了"})
    assert house.fresh(alarm).state == State.ENDED
    assert house.fresh(alarm).note == "只是碰到了"


def test_the_desk_writes_down_who_says_on_the_phone_that_they_go(house, client):
    alarm = house.press()
    house.later(seconds=60)
    desk = house.cast.enter(client, house.cast.chen)
    neighbour = Called.objects.get(name="沈阿姨")
    assert neighbour in desk.get(f"/alarms/{alarm.pk}/").context["by_phone"]
    for seconds in (180, 360):  # their phone rings, too: nobody stands there twice
        house.later(seconds=seconds)
    names = [one.name for one in desk.get(f"/alarms/{alarm.pk}/").context["by_phone"]]
    assert sorted(names) == sorted(set(names))
    desk.post(f"/alarms/{alarm.pk}/go/", {"called": neighbour.pk})
    assert house.fresh(alarm).going == "沈阿姨"
    assert Event.objects.get(what="goes").channel == "phone"


def test_the_other_grid_and_the_neighbour_find_no_such_alarm(house, client):
    alarm = house.press()
    for member in (house.cast.wu, house.cast.yong, house.cast.li, house.cast.gu):
        page = house.cast.enter(client, member).get(f"/alarms/{alarm.pk}/")
        assert page.status_code == 404


def test_somebody_presses_for_themselves_and_says_that_they_are_away(house, client):
    mine = house.cast.enter(client, house.cast.yong)
    mine.post("/alarms/mine/help/")
    assert Alarm.objects.get().person == house.cast.yong.person
    assert mine.post("/alarms/mine/away/").status_code == 404  # nobody watches over him
    watch_over(house.cast.yong.person, by=house.cast.chen.actor, now=NOW)
    assert mine.post("/alarms/mine/away/", {"until": "?"}).status_code == 422
    mine.post("/alarms/mine/away/", {"until": "2026-12-01", "where": "老家"})
    assert Away.objects.get().where == "老家"
    mine.post("/alarms/mine/back/")
    assert Away.objects.get().until == NOW


def test_what_is_set_for_a_person(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    at = f"/alarms/people/{house.watch.pk}/"
    wrong = desk.post(f"{at}contact/", {"kind": "family", "name": "小丽", "phone": "12"})
    assert wrong.status_code == 422
    assert "小丽" in wrong.content.decode()
    assert wrong.context["contact"].errors["phone"] == ["这不像电话号码。请连区号一起写。"]
    desk.post(f"{at}contact/", {"kind": "key", "name": "顾水根", "phone": "13800000013"})
    assert Contact.objects.filter(name="顾水根").exists()
    desk.post(f"{at}drop/", {"contact": Contact.objects.get(name="顾水根").pk})
    assert not Contact.objects.filter(name="顾水根").exists()
    desk.post(
        f"{at}care/",
        {"key_where": "302", "morning": "8:30", "grace_minutes": "60", "water_hours": "12"},
    )
    assert Watch.objects.get().morning.hour == 8
    desk.post(f"{at}ladder/", {"after_0": "0", "who_0": ["head"], "voice_0": "on"})
    assert Watch.objects.get().rungs == [{"after": 0, "who": ["head"], "by_voice": True}]
    assert desk.post(f"{at}ladder/", {"after_0": "9", "who_0": ["head"]}).status_code == 422
    desk.post(f"{at}end/")
    assert Watch.objects.get().ended_at == NOW


def test_on_a_phone_the_list_gives_way_only_to_what_was_searched_for(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    assert "has-detail" not in desk.get("/alarms/people/").content.decode()
    found = desk.get("/alarms/people/", {"q": "王秀英"}).content.decode()
    assert "has-detail" in found
    assert 'class="back" href="/alarms/people/"' in found


def test_what_is_called_for_is_said_in_words(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    at = f"/alarms/people/{house.watch.pk}/"
    desk.post(f"{at}care/", {"water_litres": "8", "water_hours": "12", "grace_minutes": "60"})
    assert "12 小时用水不到 8 升就报警" in desk.get(at).content.decode()
    house.press()
    alarm = Alarm.objects.get()
    page = desk.get(f"/alarms/{alarm.pk}/").content.decode()
    assert f"{alarm.number}号" in page
    assert house.device.code not in page


def test_a_device_shows_its_key_once_and_when_it_was_proven(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    shown = desk.post("/alarms/devices/new/", {"kind": "box", "place": "活动室"}).content.decode()
    made = Device.objects.exclude(pk=house.device.pk).get()
    assert f"xinjie.{made.code}" in shown
    assert desk.post("/alarms/devices/new/", {"kind": "box"}).status_code == 422
    assert desk.post("/alarms/devices/vendor/", {"name": "云", "mapping": "{"}).status_code == 422
    house.press()
    lines = {line.device.pk: line for line in desk.get("/alarms/devices/").context["lines"]}
    assert lines[house.device.pk].device.proven_at == NOW
    assert lines[made.pk].is_unproven


def test_the_ladder_and_the_duty_phone_are_set(house, client):
    desk = house.cast.enter(client, house.cast.chen)
    desk.post("/alarms/ladder/duty/", {"phone": "13800000099", "answer_minutes": "20"})
    assert Duty.objects.get().answer_minutes == 20
    assert desk.post("/alarms/ladder/duty/", {"answer_minutes": "1"}).status_code == 422
    desk.post("/alarms/ladder/rungs/", {"after_0": "0", "who_0": ["duty", "grid"]})
    assert len(Duty.objects.get().ladder) == 1
    assert "/alarms/screen/xinjie/" in desk.post("/alarms/ladder/screen/").content.decode()


def test_the_sheet_for_the_drawer_says_who_where_key_phone(house, client):
    from tests.support.pdfs import Pdf  # noqa: PLC0415  beside its one use

    set_care(house.watch, Care(key_where="沈阿姨处"), by=house.cast.chen.actor, now=NOW)
    pdf = house.cast.enter(client, house.cast.chen).get("/alarms/sheet/")
    words = Pdf(pdf.content).packed
    for word in ("王秀英", "12幢1单元301", "沈阿姨处", "13800000011", "120"):
        assert word in words


@pytest.mark.parametrize("address", ["/alarms/", "/alarms/people/", "/alarms/devices/"])
def test_a_list_asks_as_often_for_two_as_for_twenty(
    house, client, address, django_assert_max_num_queries
):
    desk = house.cast.enter(client, house.cast.chen)
    by = house.cast.chen.actor
    desk.get(address)
    counts = []
    for number in (2, 18):
        with in_community(house.cast.xinjie):
            for _one in range(number):
                person = PersonFactory(community=house.cast.xinjie, grid=house.cast.grid_1)
                watch = watch_over(person, by=by, now=NOW)
                add_contact(watch, kind="family", name="女儿", phone="13800000012", by=by, now=NOW)
                take_up_device(Thing("button", watch=watch), by=by, now=NOW)
                press_for(person, by=by, now=NOW)
        with django_assert_max_num_queries(60) as asked:
            assert desk.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
