"""The pages of the room: three taps arrive, what is refused stands beside its field, to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.forms import BaseForm, FileField
from django.test.utils import CaptureQueriesContext

from mulin.circle.alarms import forms as alarms_forms
from mulin.circle.alarms.models import Event
from mulin.circle.elders import forms as elders_forms
from mulin.circle.elders.actions.groups import found_group, plan_meeting, plan_programme
from mulin.circle.elders.actions.orders import deliver, order_service
from mulin.circle.elders.actions.records import link_kin, write_card
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.models import (
    Contact,
    Elder,
    Group,
    Helper,
    Pace,
    Pair,
    ServiceOrder,
    Thanks,
)
from mulin.circle.elders.rules import Category, Outcome
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.ground.audit.models import Look
from mulin.kit import clock
from tests.clock import NOW


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.fixture(autouse=True)
def _today():
    with clock.standing_still(NOW + timedelta(days=1)):
        yield


def test_a_helper_notes_a_visit_in_one_tap_and_another_with_what_is_needed(home, client):
    yong = home.cast.enter(client, home.cast.yong)
    act = f"/elders/people/{home.wang.pk}/contact/"
    page = yong.get("/elders/round/?show=all").content.decode()
    assert act in page
    assert "王秀英" in page
    gone = yong.post(act, {"outcome": "well", "way": "door", "next": "round", "token": "a"})
    assert gone.url == "/elders/round/"
    yong.post(act, {"outcome": "well", "way": "door", "next": "round", "token": "a"})
    assert Contact.objects.count() == 1
    refused = yong.post(act, {"way": "door", "words": "灯不亮"})
    assert refused.status_code == 422
    assert "灯不亮" in refused.content.decode()
    yong.post(act, {"outcome": "well", "way": "door", "words": "灯不亮", "needed": home.meal.pk})
    assert Need.objects.get().words == "灯不亮"
    assert ServiceOrder.objects.get().service == home.meal
    # Only the desk takes in, writes cards, lets go.
    assert yong.post(f"/elders/people/{home.wang.pk}/health/", {}).status_code == 404
    assert yong.post(f"/elders/people/{home.wang.pk}/let-go/", {"why": "x"}).status_code == 404


def test_a_record_is_seen_by_those_who_care_and_each_look_is_recorded(home, client):
    write_card(home.wang, {"allergy": "青霉素过敏"}, has_agreed=True, by=home.by, now=NOW)
    path = f"/elders/people/{home.wang.pk}/"
    page = home.cast.enter(client, home.cast.yong).get(path).content.decode()
    assert "青霉素过敏" in page
    looks = Look.objects.filter(kind="elders.elder", account=home.cast.yong.account)
    assert sorted(looks.values_list("what", flat=True)) == ["health card", "record"]
    card = client.post(f"{path}card/")
    assert (card.status_code, card.content[:5]) == (200, b"%PDF-")
    for member in (home.cast.sun, home.cast.shen, home.cast.li):
        assert home.cast.enter(client, member).get(path).status_code == 404


def test_the_desk_takes_somebody_in_and_writes_everything_down(home, client):
    desk = home.cast.enter(client, home.cast.chen)
    home.person("费阿婆", address="5幢101")
    typed = {"person": "费阿婆", "categories": ["alone", "disabled"], "source": "入户"}
    refused = desk.post("/elders/people/", typed)
    assert refused.status_code == 422
    assert "费阿婆" in refused.content.decode()
    desk.post("/elders/people/", typed | {"has_agreed": "on", "token": "t"})
    elder = Elder.objects.get(person__name="费阿婆")
    base = f"/elders/people/{elder.pk}/"
    deeds = {
        "about": {"dialect": "海盐话", "wished_sex": "f", "wished_times": ["morning"]},
        "fact": {"category": "very_old", "since": "2026-11-01", "source": "户口簿"},
        "end-fact": {"category": "disabled"},
        "health": {"has_agreed": "on", "allergy": "青霉素"},
        "assessment": {
            "standard": "GB/T 42195-2022", "level": "1", "score": "80",
            "assessed_on": "2026-11-02", "assessor": "沈医生", "next_on": "2027-11-02",
        },
        "kin": {"person": home.person("费小红").name, "relation": "女儿", "has_agreed": "on"},
        "order": {"service": home.doctor.pk},
    }  # fmt: skip
    for name, values in deeds.items():
        assert desk.post(base + name + "/", values).status_code == 302, name
    page = desk.get(base).content.decode()
    for words in ("海盐话", "户口簿", "青霉素", "沈医生", "上门量血压"):
        assert words in page
    wrong = deeds["assessment"] | {"level": "3"}
    assert desk.post(base + "assessment/", wrong).status_code == 422
    assert desk.post(base + "nonsense/", {}).status_code == 404
    desk.post(base + "let-go/", {"why": "搬走"})
    assert "费阿婆" not in desk.get("/elders/people/").content.decode()


def test_somebody_calls_and_has_a_seat_or_a_service_with_a_name_and_a_tap(home, client):
    desk = home.cast.enter(client, home.cast.chen)
    desk.post("/elders/call/programme/", {
        "title": "周四午饭", "starts_at": "2026-12-03 11:00", "ends_at": "2026-12-03 12:30",
        "place_words": "家宴中心", "capacity": "20", "weeks": "2",
    })  # fmt: skip
    assert Gathering.objects.filter(kind="elders.programme").count() == 2
    meal = Gathering.objects.filter(kind="elders.programme").order_by("starts_at")[0]
    name = home.wang.person.name
    assert desk.post("/elders/call/", {"person": "无此人", "wanted": "x"}).status_code == 422
    desk.post("/elders/call/", {"person": name, "wanted": f"gathering-{meal.pk}", "token": "c"})
    desk.post("/elders/call/", {"person": name, "wanted": f"service-{home.meal.pk}"})
    assert Attendance.objects.get(gathering=meal).channel == "phone"
    order = ServiceOrder.objects.get()
    assert order.channel == "phone"
    other = {"person": home.cast.yong.person.name, "wanted": f"service-{home.meal.pk}"}
    assert desk.post("/elders/call/", other).status_code == 422
    desk.post("/elders/call/hand/", {"gathering": meal.pk, "person": home.cast.yong.person.name})
    assert name in desk.get("/elders/services/").content.decode()
    base = f"/elders/orders/{order.pk}/"
    assert (
        "简单说说为什么" in desk.post(base + "cancel/", {"why": ""}, follow=True).content.decode()
    )
    assert ServiceOrder.objects.get().state == "asked"
    desk.post(base + "deliver/", {})
    desk.post(base + "rate/", {"rating": "5"})
    assert ServiceOrder.objects.get().rating == 5
    assert "· 5 分" in desk.get("/elders/services/?show=done").content.decode()


def test_pairs_are_proposed_made_and_changed_on_one_page(home, client):
    desk = home.cast.enter(client, home.cast.chen)
    elder = home.another("周奶奶", Category.ALONE)
    desk.post("/elders/pairs/helper/", {"person": home.person("兰英").name, "most": "2"})
    helper = Helper.objects.get(person__name="兰英")
    page = desk.get("/elders/pairs/").content.decode()
    assert "周奶奶" in page
    desk.post("/elders/pairs/up/", {"elder": elder.pk, "helper": helper.pk})
    pair = Pair.objects.get(elder=elder)
    twice = desk.post("/elders/pairs/up/", {"elder": elder.pk, "helper": helper.pk}, follow=True)
    assert "这位老人已经有结对人了" in twice.content.decode()
    desk.post(f"/elders/pairs/{pair.pk}/lasting/", {})
    desk.post(f"/elders/pairs/{pair.pk}/change/", {"helper": home.helper.pk})
    assert Pair.objects.alive().get(elder=elder).helper == home.helper
    desk.post(f"/elders/pairs/{Pair.objects.alive().get(elder=elder).pk}/end/", {"why": ""})
    desk.post("/elders/pairs/stop/", {"helper": helper.pk})
    helper.refresh_from_db()
    assert helper.until is not None


def test_a_group_is_founded_meets_and_who_came_is_ticked(home, client):
    desk = home.cast.enter(client, home.cast.chen)
    yong = home.cast.yong.person.name
    desk.post("/elders/groups/", {"name": "桂花互助组", "person": yong, "does": "一起买菜"})
    group = Group.objects.get()
    base = f"/elders/groups/{group.pk}/"
    desk.post(base + "join/", {"person": home.wang.person.name})
    meeting = plan_meeting(
        group, Plan("包馄饨", NOW, NOW + timedelta(hours=2)), by=home.by, now=NOW
    )
    leader = home.cast.enter(client, home.cast.yong)
    page = leader.get(base).content.decode()
    assert f"held-{meeting.pk}" in page
    rows = {one.person_id: one.pk for one in Attendance.objects.filter(gathering=meeting.gathering)}
    leader.post(f"{base}held-{meeting.pk}/", {
        "helped": rows[home.cast.yong.person.pk], "came": rows[home.wang.person_id],
    })  # fmt: skip
    assert set(Attendance.objects.values_list("minutes", flat=True)) == {120}
    assert leader.post(base + "end/", {}).status_code == 404
    assert home.cast.enter(client, home.cast.sun).get(base).status_code == 404


def test_the_family_sees_visits_and_meals_orders_rates_and_thanks(home, client):
    daughter = home.person("王丽", account=home.cast.shen.account)
    shen = home.cast.enter(client, home.cast.shen)
    assert "王秀英" not in shen.get("/elders/mine/").content.decode()
    link_kin(home.wang, daughter, relation="女儿", has_agreed=True, by=home.by, now=NOW)
    note_contact(home.wang, outcome=Outcome.WELL, note="腿有点肿", by=home.cast.yong.actor, now=NOW)
    order = order_service(home.wang, home.meal, by=home.by, now=NOW)
    deliver(order, by=home.by, now=NOW)
    page = shen.get("/elders/mine/").content.decode()
    assert "王秀英" in page
    assert "腿有点肿" not in page
    base = f"/elders/mine/{home.wang.pk}/"
    shen.post(base + "order/", {"service": home.doctor.pk, "token": "o"})
    shen.post(base + "order/", {"service": home.doctor.pk, "token": "o"})
    assert ServiceOrder.objects.filter(service=home.doctor).count() == 1
    shen.post(f"{base}rate-{order.pk}/", {"rating": "4"})
    assert ServiceOrder.objects.get(pk=order.pk).rating == 4
    fresh = ServiceOrder.objects.get(service=home.doctor)
    refused = shen.post(f"{base}cancel-{fresh.pk}/", {"why": ""})
    assert refused.status_code == 422
    # Beside its field, and what was typed elsewhere is kept.
    assert refused.content.decode().count("简单说说为什么") >= 1
    shen.post(f"{base}cancel-{fresh.pk}/", {"why": "不用了"})
    shen.post(base + "thank/", {"words": "谢谢您"})
    assert Thanks.objects.get().person == home.helper.person
    assert home.cast.enter(client, home.cast.sun).post(base + "thank/", {}).status_code == 404


def test_the_head_sets_how_often_and_the_desk_may_not(home, client):
    typed = {"category": "alone", "way": "phone", "days": "2", "source": "居委会会议"}
    assert home.cast.enter(client, home.cast.chen).post("/elders/paces/", typed).status_code == 404
    head = home.cast.enter(client, home.cast.zhou)
    assert head.post("/elders/paces/", typed | {"days": "29"}).status_code == 422
    head.post("/elders/paces/", typed)
    assert Pace.objects.get().days == 2
    assert "居委会会议" in head.get("/elders/paces/").content.decode()


def test_whoever_was_missed_leads_the_first_screen_and_the_lists_stay_as_quick(home, client):
    desk = home.cast.enter(client, home.cast.chen)
    note_contact(home.wang, outcome=Outcome.NOT_SEEN, by=home.cast.yong.actor, now=NOW)
    order_service(home.wang, home.meal, by=home.by, now=NOW - timedelta(days=1))
    today = desk.get("/today/").content.decode()
    assert "王秀英" in today
    group = found_group("互助组", home.cast.yong.person, by=home.by, now=NOW)
    starts = NOW + timedelta(days=2)
    plan_programme(Plan("午饭", starts, starts + timedelta(hours=1)), by=home.by, now=NOW)
    paths = (
        "/elders/", "/elders/people/", "/elders/groups/", f"/elders/groups/{group.pk}/",
        "/elders/pairs/", "/elders/services/", "/elders/call/", "/elders/balance/",
        "/elders/balance/?by=person", "/elders/about/", f"/elders/people/{home.wang.pk}/",
    )  # fmt: skip
    home.another("陆0", Category.ALONE)
    before = [queries_of(desk, path) for path in paths]
    for number in range(1, 6):
        elder = home.another(f"陆{number}", Category.ALONE)
        note_contact(elder, outcome=Outcome.NOT_SEEN, by=home.by, now=NOW)
        order_service(elder, home.meal, by=home.by, now=NOW)
        found_group(f"组{number}", elder.person, by=home.by, now=NOW)
        group.members.create(
            community_id=home.by.community_id, person=elder.person, since="2026-11-01"
        )
        note_contact(home.wang, outcome=Outcome.WELL, by=home.by, now=NOW)
    assert [queries_of(desk, path) for path in paths] == before


def test_no_visit_and_no_answer_asks_for_a_photo_or_a_position():
    """Who went, seen or not, what is needed: nothing proves that somebody was there."""
    asked = [
        (form.__name__, name, field)
        for module in (elders_forms, alarms_forms)
        for form in vars(module).values()
        if isinstance(form, type) and issubclass(form, BaseForm)
        for name, field in form.base_fields.items()
    ]
    assert any(form == "ContactForm" for form, _name, _field in asked)
    assert [one for one in asked if isinstance(one[2], FileField)] == []
    kept = {field.name for model in (Contact, Event) for field in model._meta.get_fields()}
    assert kept.isdisjoint({"photo", "picture", "position", "latitude", "longitude", "at_place"})
