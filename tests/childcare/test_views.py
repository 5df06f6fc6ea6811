"""The pages of the room: two taps, errors beside their field, codes shown once, nothing leaks."""

import logging
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Look
from mulin.ground.figures.queries import measure_all
from mulin.ground.figures.registry import figure_of
from mulin.ground.figures.rules import Period
from mulin.ground.people.models import Person
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI
from mulin.workshop.childcare.actions.days import (
    give_medicine,
    order_medicine,
    serve,
    write_activity,
    write_note,
)
from mulin.workshop.childcare.actions.enrolment import Facts, block, write_facts
from mulin.workshop.childcare.actions.staff import add_group, go
from mulin.workshop.childcare.models import (
    Booking,
    Carer,
    Child,
    Clearance,
    DayCode,
    DayPicture,
    HandOver,
    Meal,
    Picker,
    Presence,
    Stay,
    Use,
)
from tests.childcare.conftest import TODAY, photo_bytes, small_photo
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _now():
    with clock.standing_still(NOW):
        yield


@pytest.fixture
def lead(room, client):
    return room.cast.enter(client, room.cast.shen)


@pytest.fixture
def mother(room, client):
    return room.cast.enter(client, room.cast.yong)


def words_of(answer):
    return answer.content.decode()


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_a_child_arrives_with_one_tap_and_goes_with_two(room, lead):
    room.book()
    page = words_of(lead.get("/childcare/"))
    assert f'action="/childcare/children/{room.child.pk}/arrive/"' in page
    lead.post(f"/childcare/children/{room.child.pk}/arrive/", {"token": "a" * 20})
    lead.post(f"/childcare/children/{room.child.pk}/arrive/", {"token": "a" * 20})
    stay = Stay.objects.get()
    door = f"/childcare/stays/{stay.pk}/"
    assert f'href="{door}"' in words_of(lead.get("/childcare/"))
    assert f'value="g{room.mother.pk}"' in words_of(lead.get(door))
    gone = lead.post(door, {"key": f"g{room.mother.pk}", "id_seen": "on"}, follow=True)
    assert gone.redirect_chain == [("/childcare/", 302)]
    assert HandOver.objects.get().answer == "goes"
    assert lead.get(door).status_code == 404


def test_who_must_not_take_the_child_stands_on_top_and_is_told_apart(room, lead):
    block(room.child, name="李大力", paper="民保令3号", by=room.lead, now=NOW)
    stay = room.in_room()
    door = f"/childcare/stays/{stay.pk}/"
    page = words_of(lead.get(door))
    assert page.index("李大力") < page.index(f'value="g{room.mother.pk}"')
    refused = lead.post(door, {"key": "", "name": "李大力", "id_seen": "on"})
    assert refused.status_code == 422
    assert "禁止接走" in words_of(refused)
    more = lead.post(door, {"key": f"g{room.mother.pk}", "code": "123456"})
    assert "还需要" in words_of(more)
    assert "不是今天的" in words_of(more)
    unsaid = lead.post(door, {"key": f"g{room.mother.pk}", "call": "agreed"})
    assert "请选您给哪位监护人打的电话" in words_of(unsaid)
    assert Stay.objects.here().get() == stay


def test_the_wall_shows_numbers_and_no_name(room, lead, cast, client):
    room.in_room()
    for member in (cast.shen, cast.zhou, cast.chen):
        page = words_of(cast.enter(client, member).get("/childcare/count/"))
        assert "张小满" not in page
        assert "<strong>1</strong>" in page


def test_the_duty_phone_counts_live_and_no_count_is_a_look(room, lead):
    room.in_room()
    page = words_of(lead.get("/childcare/"))
    assert 'hx-get="/childcare/count/?part=1" hx-trigger="every 15s"' in page
    looks = Look.objects.count()
    part = words_of(lead.get("/childcare/count/?part=1"))
    assert "<html" not in part
    assert "看孩子的大人不到两位" not in part
    go(room.zhu, had_to=True, by=room.lead, now=NOW)
    part = words_of(lead.get("/childcare/count/?part=1"))
    assert "看孩子的大人不到两位" in part
    # The wall shows the number itself in red.
    assert 'class="is-red"><strong>1</strong>' in lead.get("/childcare/count/").content.decode()
    assert "张小满" not in part
    assert Look.objects.count() == looks


def test_the_family_reads_what_its_group_did_and_ate_and_staff_begin_with_it(room, lead, cast):
    room.in_room()
    little = add_group("小小班", by=room.lead, now=NOW)
    write_activity("折了纸船", kind="hands", group=None, by=room.lead, now=NOW)
    write_activity("搭积木", kind="games", group=little, by=room.lead, now=NOW)
    serve("小馄饨", ["gluten"], by=room.lead, now=NOW)
    order = order_medicine(
        room.child, medicine="止咳糖浆", dose="5 毫升", signed_by="王医生、张勇", first=TODAY,
        last=TODAY, per_day=1, by=room.lead, now=NOW,
    )  # fmt: skip
    give_medicine(order, watched_by=room.shen, by=room.duty, now=NOW)
    words = "手工：折了纸船"
    assert f">\n{words}</textarea>" in words_of(lead.get(f"/childcare/children/{room.child.pk}/"))
    page = words_of(cast.enter(Client(), cast.yong).get("/childcare/mine/"))
    assert words in page
    assert "小馄饨" in page
    assert f"{NOW.astimezone(SHANGHAI):%H:%M} 止咳糖浆 5 毫升" in page
    assert "搭积木" not in page


def test_without_leave_the_pages_say_whom_to_ask(room, lead, cast):
    room.in_room()
    Clearance.objects.filter(account=cast.shen.account).update(ended_at=NOW)
    page = words_of(lead.get("/childcare/"))
    assert "还没有查看孩子信息的许可" in page
    assert "张小满" not in page
    for path in (f"children/{room.child.pk}/", f"stays/{Stay.objects.get().pk}/"):
        assert lead.get(f"/childcare/{path}").status_code == 404
    assert lead.post("/childcare/room/come/", {"carer": room.zhu.pk}).status_code == 404


def test_every_look_is_kept_with_its_reason(room, lead):
    lead.get("/childcare/")
    lead.get(f"/childcare/children/{room.child.pk}/")
    looks = Look.objects.filter(kind__startswith="childcare.").order_by("id")
    assert [(one.what, one.reason) for one in looks] == [
        ("day", "托管负责人"), ("child", "托管负责人"),
    ]  # fmt: skip
    assert looks[1].record_id == room.child.pk


def test_adults_come_and_go_meals_and_red_names(room, lead):
    write_facts(room.child, Facts(allergens=("egg",)), by=room.lead, now=NOW)
    room.in_room()
    lead.post("/childcare/room/meal/", {"name": "蒸蛋", "allergens": ["egg"]})
    assert Meal.objects.get().allergens == ["egg"]
    assert "张小满 不能吃：蛋" in words_of(lead.get("/childcare/"))
    stuck = lead.post("/childcare/room/go/", {"carer": room.zhu.pk})
    assert stuck.status_code == 422
    assert "走了以后大人就不够了" in words_of(stuck)
    assert "朱晓燕 身体不舒服或者有急事，已经走了吗？" in words_of(stuck)
    lead.post("/childcare/room/go/", {"carer": room.zhu.pk, "had_to": "on"})
    assert "看孩子的大人不到两位" in words_of(lead.get("/childcare/"))
    lead.post("/childcare/room/come/", {"carer": room.zhu.pk})
    Stay.objects.update(left_at=NOW)
    lead.post("/childcare/room/go/", {"carer": room.zhu.pk})
    assert Presence.objects.filter(went_at__isnull=True).count() == 1
    lead.post("/childcare/room/group/", {"name": "作业组"})
    lead.post("/childcare/room/activity/", {"words": "折纸"})
    lead.post("/childcare/room/activity/", {"words": "写完了作业", "kind": "homework"})
    page = words_of(lead.get("/childcare/"))
    assert "折纸" in page
    assert "作业辅导：写完了作业" in page
    assert lead.post("/childcare/room/nonsense/", {}).status_code == 404


def test_a_child_that_came_alone_is_taken_in_from_its_page(room, lead):
    """From the list it is refused, and the page that comes instead says what to do."""
    room.book()
    arriving = f"/childcare/children/{room.child.pk}/arrive/"
    go(room.zhu, by=room.lead, now=NOW)
    stuck = lead.post(arriving, {})
    assert stuck.status_code == 422
    assert "孩子是自己来的：先收下" in words_of(stuck)
    assert lead.post(arriving, {"alone": "on"}).status_code == 302
    assert Stay.objects.here().get().is_short
    assert "is-red" in lead.get("/childcare/").content.decode()


def test_what_was_typed_stands_beside_what_is_wrong(room, lead):
    base = f"/childcare/children/{room.child.pk}/"
    wrong = lead.post(base + "block/", {"name": "李大力", "paper": ""})
    assert wrong.status_code == 422
    assert 'value="李大力"' in words_of(wrong)
    assert "请写您看到了哪份文书" in words_of(wrong)
    late = lead.post(base + "book/", {"day": "2020-01-01", "starts": "08:00", "ends": "17:00"})
    assert "请选今天起" in words_of(late)
    assert 'value="2020-01-01"' in words_of(late)


def test_staff_do_everything_about_a_child_on_its_page(room, lead):
    base = f"/childcare/children/{room.child.pk}/"
    lead.post(base + "picker/", {
        "name": "奶奶", "relation": "奶奶", "phone": "13811110001", "guardian": room.mother.pk,
    })  # fmt: skip
    lead.post(base + "phone/", {"guardian": room.mother.pk, "phone": "137 1234 5678"})
    page = words_of(lead.get(base))
    assert "13811110001" in page
    assert "号码今天刚改" in page
    lead.post(base + "unpick/", {"picker": Picker.objects.get().pk})
    lead.post(
        base + "consent/", {"use": "photo_wall", "is_given": "no", "guardian": room.mother.pk}
    )
    lead.post(base + "order/", {
        "medicine": "药水", "dose": "5 ml", "signed_by": "王医生", "first": "2026-11-25",
        "last": "2026-11-26", "per_day": "2",
    })  # fmt: skip
    given = lead.post(base + "give/", {"order": room.child.orders.get().pk, "second": room.zhu.pk})
    assert given.status_code == 302
    lead.post(base + "incident/", {"at": "09:30", "what": "摔了", "done": "贴了创可贴"})
    lead.post(base + "told/", {"incident": room.child.incidents.get().pk, "told": "妈妈"})
    lead.post(base + "note/", {"words": "画了画"})
    lead.post(base + "put/", {"group": ""})
    page = words_of(lead.get(base))
    for text in ("药水", "摔了", "已告知：妈妈", "画了画"):
        assert text in page
    lead.post(base + "unorder/", {"order": room.child.orders.get().pk})
    lead.post(base + "leave/", {})
    assert Child.objects.get().left_on == TODAY
    assert lead.get(base).status_code == 404


def test_a_guardian_asks_books_gets_a_code_once_and_sees_photos(room, mother, cast, client):
    day = TODAY + timedelta(days=2)
    page = words_of(mother.get(f"/childcare/mine/?day={day}"))
    assert f'value="{day}"' in page
    base = f"/childcare/mine/{room.child.pk}/"
    mother.post(base + "book/", {"day": str(day), "starts": "08:30", "ends": "17:00"})
    assert Booking.objects.on(day).count() == 1
    shown = mother.post(base + "code/", {"token": "c" * 20})
    (code,) = re.findall(r"<strong>(\d{6})</strong>", words_of(shown))
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert code not in words_of(mother.get("/childcare/mine/"))
    again = mother.post(base + "code/", {"token": "c" * 20}, follow=True)
    assert "只显示一次" in words_of(again)
    write_note(room.child, "今天画画", pictures=(small_photo(),), by=room.lead, now=NOW)
    picture = f"/childcare/pictures/{DayPicture.objects.get().pk}/"
    assert "今天画画" in words_of(mother.get("/childcare/mine/"))
    shown = mother.get(picture)
    assert b"".join(shown)[:3] == b"\xff\xd8\xff"
    for other in (cast.chen, cast.zhou, cast.gu, cast.li):
        assert cast.enter(client, other).get(picture).status_code == 404


def test_a_guardian_enrols_a_second_child_and_what_is_missing_is_said(room, mother):
    typed = {
        "name": "张小寒", "born_on": "2020-02-02", "guardian": "张勇", "relation": "爸爸",
        "phone": "13800000001",
    }  # fmt: skip
    wrong = mother.post("/childcare/mine/", typed)
    assert wrong.status_code == 422
    assert 'value="张小寒"' in words_of(wrong)
    assert "没有监护人同意" in words_of(wrong)
    mother.post("/childcare/mine/", typed | {"uses": ["care", "health"]})
    waiting = Child.objects.asked().get()
    assert "约您见面" in words_of(mother.get("/childcare/mine/"))
    assert mother.post(f"/childcare/mine/{waiting.pk}/code/", {}).status_code == 404


def test_the_desk_writes_an_enrolment_and_cannot_read_it(room, cast, client):
    desk = cast.enter(client, cast.chen)
    desk.post("/childcare/enrol/", {
        "name": "王小雪", "born_on": "2019-01-01", "guardian": "王秀英", "relation": "奶奶",
        "phone": "13500000000", "uses": ["care"],
    })  # fmt: skip
    child = Child.objects.asked().get()
    assert desk.get(f"/childcare/children/{child.pk}/").status_code == 404
    lead = cast.enter(client, cast.shen)
    assert "王小雪" in words_of(lead.get("/childcare/children/"))
    lead.post(f"/childcare/children/{child.pk}/accept/", {"group": ""})
    child.refresh_from_db()
    assert child.accepted_at == NOW


def test_the_head_allows_and_checks_and_the_auditor_reads_the_sums(room, cast, client):
    head = cast.enter(client, cast.zhou)
    Clearance.objects.filter(account=cast.shen.account).delete()
    wrong = head.post("/childcare/people/clear/", {"account": cast.shen.account.pk})
    assert wrong.status_code == 422
    head.post("/childcare/people/clear/", {
        "account": cast.shen.account.pk, "reason": "负责托管", "since": "2026-11-25",
        "until": "2027-06-30",
    })  # fmt: skip
    row = Clearance.objects.get(account=cast.shen.account)
    nobody = head.post(
        "/childcare/people/check/", {"who": "13999999999", "checked_on": "2026-11-01"}
    )
    assert "居民册里没有这个号码" in words_of(nobody)
    head.post("/childcare/people/check/", {"who": "13800000001", "checked_on": "2026-11-01"})
    assert Carer.objects.filter(person=cast.yong.person).exists()
    assert "2027年11月1日" in words_of(head.get("/childcare/people/"))
    head.post(f"/childcare/people/{row.pk}/end/", {})
    row.refresh_from_db()
    assert row.ended_at == NOW
    auditor = cast.enter(client, cast.auditor)
    page = words_of(auditor.get("/childcare/report/?year=2026"))
    assert "负责托管" in page
    assert 'data-label="哪几个月"' not in page  # nobody has read anything yet
    lead = cast.enter(Client(), cast.shen)
    Clearance.objects.update(ended_at=None)
    assert lead.get(f"/childcare/children/{room.child.pk}/").status_code == 200
    page = words_of(cast.enter(client, cast.auditor).get("/childcare/report/?year=2026"))
    assert '<td role="cell" data-label="哪几个月">十一月 1 次</td>' in page
    assert "十二月" not in page
    assert "张小满" not in page
    assert auditor.get("/childcare/report/?year=99999").status_code == 200


def test_codes_are_printed_for_families_without_a_phone_siblings_on_one_slip(room, lead):
    one = room.make_child("无机", phone="13500000001", guardian="外婆")
    other = room.make_child("无电", phone="13500000001", guardian="外婆")
    for child in (room.child, one, other):
        room.book(child)
    sheet = lead.post("/childcare/codes/", {"token": "p" * 20})
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    made = DayCode.objects.values_list("child", flat=True)
    assert set(made) == {one.pk, other.pk}
    again = lead.post("/childcare/codes/", {"token": "p" * 20}, follow=True)
    assert "没有生成接送码" in words_of(again)
    assert lead.post("/childcare/codes/", {"child": room.child.pk}).content[:5] == b"%PDF-"


def test_photos_come_from_a_phone_only_with_consent(room, lead):
    child = room.make_child("不拍", uses=frozenset({Use.CARE}), phone="13500000009")
    photo = SimpleUploadedFile("a.jpg", photo_bytes(), "image/jpeg")
    wrong = lead.post(f"/childcare/children/{child.pk}/note/", {"words": "玩", "pictures": photo})
    assert wrong.status_code == 422
    assert "还没有监护人同意" in words_of(wrong)
    photo = SimpleUploadedFile("a.jpg", photo_bytes(), "image/jpeg")
    lead.post(f"/childcare/children/{room.child.pk}/note/", {"words": "玩", "pictures": photo})
    assert DayPicture.objects.count() == 1


def test_the_day_asks_as_often_for_many_children_as_for_two(room, lead):
    def add(count, start):
        for number in range(start, start + count):
            child = room.make_child(f"娃{number}", phone=f"1350000{number:04d}")
            write_facts(child, Facts(allergy="芒果"), by=room.lead, now=NOW)
            room.book(child)

    add(2, 0)
    counts = {path: queries_of(lead, path) for path in ("/childcare/", "/childcare/children/")}
    add(6, 2)
    assert {path: queries_of(lead, path) for path in counts} == counts


def test_the_figure_counts_arrivals(room):
    room.in_room()
    assert measure_all(figure_of("childcare.stays"), Period(TODAY, TODAY))[0] == 1


def test_no_log_says_a_name_of_a_child(room, lead, caplog):
    caplog.set_level(logging.DEBUG)
    stay = room.in_room()
    lead.get(f"/childcare/children/{room.child.pk}/")
    lead.post(f"/childcare/stays/{stay.pk}/", {"key": f"g{room.mother.pk}", "id_seen": "on"})
    lead.get("/childcare/stays/1/")
    assert caplog.records
    assert "张小满" not in caplog.text
    assert Person.objects.filter(name="张小满").count() == 0


def test_ages_are_said_in_years_where_they_are_full(client, cast):
    page = words_of(client.get("/childcare/about/"))
    for words in ("6 个月到 1 岁", "2 岁到 3 岁", "6 岁到 18 岁"):
        assert words in page
    assert "216" not in page


def test_of_many_booked_days_the_next_three_stand_open(room, mother):
    for ahead in range(5):
        room.book(day=TODAY + timedelta(days=ahead))
    page = words_of(mother.get("/childcare/mine/"))
    shown, behind = page.split("<summary>后面还有 2 天</summary>")
    assert (shown.count('name="booking"'), behind.count('name="booking"')) == (3, 2)
