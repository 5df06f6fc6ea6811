"""Old ledgers: a file is looked at, taken in, taken out again; by whoever keeps the room."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse

from mulin.circle.elders.actions.records import About, change_about
from mulin.circle.elders.models import Contact, Elder, Thanks
from mulin.circle.elders.rules import Category
from mulin.circle.mediation.models import Case
from mulin.circle.volunteers.actions.people import Says, change, register
from mulin.circle.volunteers.actions.proof import ask, issue
from mulin.circle.volunteers.models import Activity, ActivityKind, Service, Volunteer
from mulin.circle.volunteers.queries import volunteers_for
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.ledgers.actions import drop_stale
from mulin.commons.ledgers.models import LedgerFile
from mulin.ground.community.rules import Role
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table, write_xlsx
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

FILES = reverse("ledgers:files")


@pytest.fixture
def inside(cast):
    with in_community(cast.xinjie):
        yield cast


def sheet(*rows):
    """A file as a browser sends it."""
    file = BytesIO(write_xlsx(rows[0], rows[1:]))
    file.name = "旧台账.xlsx"
    return file


def look(client, ledger, *rows, status=302):
    answer = client.post(FILES, {"ledger": ledger, "file": sheet(*rows)})
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return LedgerFile.objects.first() if status == 302 else answer


def faults(file):
    file.refresh_from_db()
    return {row["line"]: row["fault"] for row in file.rows if row["fault"]}


def press(client, file, *more):
    address = reverse("ledgers:undo" if more else "ledgers:file", args=[file.pk])
    return client.post(address, {"token": f"{'out' if more else 'in'}-{file.pk}"[:16]})


ELDERS = ("姓名", "电话", "同意", "类别", "依据", "爱好")


def test_a_list_of_elders_is_seen_line_by_line_then_taken_in_once_and_out_again(inside, client):
    old = PersonFactory(community=inside.xinjie, name="钱阿婆", phone="13800000051")
    other = PersonFactory(community=inside.xinjie, name="孙阿公", phone="13800000052")
    desk = inside.enter(client, inside.chen)
    file = look(
        desk, "elders.care", ELDERS,
        ("钱阿婆", "", "是", "高龄、独居", "入户", "越剧"),
        ("孙阿公", "13800000052", "是", "", "", ""),
        ("李没有", "", "是", "", "", ""),
        ("周不同意", "", "否", "", "", ""),
        ("吴怪", "", "是", "太老", "", ""),
    )  # fmt: skip
    # What the room itself would refuse is seen before, too.
    assert faults(file).keys() == {4, 5, 6}
    assert faults(file)[6] == "“属于哪类”读不懂：太老"
    page = desk.get(reverse("ledgers:file", args=[file.pk])).content.decode()
    assert "钱阿婆" in page
    assert "收下 2 行" in page
    assert not Elder.objects.exists()  # it was only looked at
    for _again in range(2):
        press(desk, file)
    one = Elder.objects.get(person=old)
    assert {fact.category for fact in one.facts.all()} == {Category.VERY_OLD, Category.ALONE}
    assert (one.interests, Elder.objects.count()) == ("越剧", 2)
    assert faults(file).keys() == {4, 5, 6}
    assert "钱阿婆" not in str(LedgerFile.objects.values_list("rows", "waiting").get())
    # What somebody has worked on stays.
    Contact.objects.create(
        community=inside.xinjie, elder=one, at=NOW, way="door", outcome="well", channel="door",
        minutes=20,
    )  # fmt: skip
    press(desk, file, "out")
    assert [elder.person for elder in Elder.objects.all()] == [old]
    assert not Elder.objects.filter(person=other).exists()


def test_a_file_of_which_no_line_can_be_taken_in_says_so(inside, client):
    desk = inside.enter(client, inside.chen)
    file = look(desk, "elders.care", ELDERS, ("李没有", "", "是", "", "", ""))
    page = desk.get(reverse("ledgers:file", args=[file.pk])).content.decode()
    assert "这份文件没有一行能收" in page
    assert "第 2 行" in page


def test_an_elder_who_was_thanked_or_whose_record_was_changed_stays(inside, client):
    names = ("钱阿婆", "孙阿公", "李阿婆")
    for number, name in enumerate(names):
        PersonFactory(community=inside.xinjie, name=name, phone=f"1380000005{number}")
    desk = inside.enter(client, inside.chen)
    file = look(desk, "elders.care", ELDERS, *((name, "", "是", "", "", "") for name in names))
    press(desk, file)
    thanked, changed, _untouched = (Elder.objects.get(person__name=name) for name in names)
    Thanks.objects.create(
        community=inside.xinjie, elder=thanked, person=changed.person, words="谢谢", at=NOW
    )
    change_about(changed, About(interests="越剧"), by=inside.chen.actor, now=NOW)
    press(desk, file, "out")
    assert set(Elder.objects.all()) == {thanked, changed}


def test_hours_at_an_activity_that_was_there_before_leave_it_there(inside, client):
    lead = AccountFactory(login_name="feiyisheng")
    MembershipFactory(community=inside.xinjie, account=lead, role=Role.VOLUNTEER_LEAD)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    host = PersonFactory(community=inside.xinjie, name="钱阿婆", phone="13800000051")
    rows = (("姓名", "日期", "活动", "种类", "小时"), ("钱阿婆", "2025-03-05", "理发", "理发", "2"))
    file = look(client, "volunteers.hours", *rows)
    press(client, file)
    gathering = Gathering.objects.get()
    Attendance.objects.create(community=inside.xinjie, gathering=gathering, person=host, line=1)
    press(client, file, "out")
    assert not Service.objects.exists()
    assert Gathering.objects.get() == gathering


def test_whom_hours_registered_goes_with_them_and_who_did_more_since_stays(inside, client):
    lead = AccountFactory(login_name="feiyisheng")
    MembershipFactory(community=inside.xinjie, account=lead, role=Role.VOLUNTEER_LEAD)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    names = ("钱阿婆", "孙阿公", "周大姐", "吴师傅")
    people = {name: PersonFactory(community=inside.xinjie, name=name) for name in names}
    by = inside.chen.actor
    register(people["吴师傅"], Says(), by=by, now=NOW)
    head = ("姓名", "日期", "活动", "种类", "小时")
    rows = [(name, "2025-03-05", "学雷锋", "理发", "2") for name in names]
    file = look(
        client, "volunteers.hours", head, *rows, ("钱阿婆", "2025-03-06", "楼道", "清洁", "1")
    )
    assert (Volunteer.objects.count(), ActivityKind.objects.count()) == (1, 0)
    press(client, file)
    assert Volunteer.objects.count() == 4
    changed = Volunteer.objects.get(person=people["孙阿公"])
    change(changed, Says(times="周末"), by=by, now=NOW)
    # Of another file: what it gives holds the volunteer of the first one, and the kind.
    press(
        client,
        look(client, "volunteers.hours", head, ("周大姐", "2025-04-05", "理发", "理发", "1")),
    )
    press(client, file, "out")
    assert set(Volunteer.objects.values_list("person__name", flat=True)) == {
        "孙阿公", "周大姐", "吴师傅",
    }  # fmt: skip
    assert set(ActivityKind.objects.values_list("name", flat=True)) == {"理发"}
    said = client.get(reverse("ledgers:file", args=[file.pk])).content.decode()
    assert (
        "已撤回。 随它登记的志愿者有 2 位留下：已经排了班、有了时长或记录，或者后来改过。" in said
    )
    assert "随它添的活动种类有 1 种留下" in said


def test_whom_hours_registered_stays_as_long_as_the_hours_do(inside, client):
    lead = AccountFactory(login_name="feiyisheng")
    MembershipFactory(community=inside.xinjie, account=lead, role=Role.VOLUNTEER_LEAD)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    PersonFactory(community=inside.xinjie, name="钱阿婆")
    rows = (("姓名", "日期", "活动", "种类", "小时"), ("钱阿婆", "2025-03-05", "理发", "理发", "2"))
    file = look(client, "volunteers.hours", *rows)
    press(client, file)
    volunteer = Volunteer.objects.get()
    asked = ask(
        volunteer, since=date(2025, 1, 1), until=date(2025, 12, 31), purpose="入学",
        by=inside.chen.actor, now=NOW,
    )  # fmt: skip
    issue(asked, is_noticed=False, by=inside.chen.actor, now=NOW)
    press(client, file, "out")
    assert Service.objects.get().volunteer == volunteer
    file.refresh_from_db()
    assert (len(file.records), file.besides("volunteers.volunteer")) == (1, [volunteer.pk])


def test_hours_of_before_count_once_and_never_overlap(inside, client):
    lead = AccountFactory(login_name="feiyisheng")
    MembershipFactory(community=inside.xinjie, account=lead, role=Role.VOLUNTEER_LEAD)
    PersonFactory(community=inside.xinjie, name="钱阿婆", phone="13800000051")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    rows = (
        ("姓名", "日期", "活动", "种类", "小时"),
        ("钱阿婆", "2025-03-05", "学雷锋理发", "理发", "2.5"),
        ("钱阿婆", "2025/3/5", "楼道清洁", "清洁家园", "1"),
        ("钱阿婆", "2025-03-06", "楼道清洁", "清洁家园", "20"),
        ("钱阿婆", "2030-03-06", "楼道清洁", "清洁家园", "1"),
    )
    file = look(client, "volunteers.hours", *rows)
    press(client, file)
    assert faults(file).keys() == {4, 5}
    spans = list(
        Service.objects.order_by("begins_at").values_list("begins_at", "ends_at", "minutes")
    )
    assert [minutes for *_span, minutes in spans] == [150, 60]
    assert spans[0][1] <= spans[1][0]
    again = look(client, "volunteers.hours", *rows)
    press(client, again)
    assert "已经记过" in faults(again)[2]
    assert volunteers_for(inside.chen.actor).get().minutes == 210
    press(client, file, "out")
    for model in (Service, Activity, Gathering, Volunteer, ActivityKind):
        assert not model.objects.exists(), model
    assert client.get(reverse("ledgers:template", args=["elders.care"])).status_code == 404


def test_the_old_register_of_mediation_is_its_directors_and_holds_no_name(inside, client):
    director = AccountFactory(login_name="yuzhuren")
    MembershipFactory(community=inside.xinjie, account=director, role=Role.MEDIATION_DIRECTOR)
    rows = (
        ("卷号", "纠纷类型", "受理日期", "结案日期", "结果", "履行情况", "当事人"),
        ("2024-17", "噪声", "2024-05-01", "2024-05-20", "书面协议", "已履行", "张三"),
        ("2024-18", "邻里", "2024-05-01", "2024-04-20", "未成", "", "李四"),
    )
    desk = inside.enter(client, inside.chen)
    refused = look(desk, "mediation.register", *rows, status=422)
    assert "ledger" in refused.context["form"].errors
    client.force_login(director, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    file = look(client, "mediation.register", *rows)
    assert "张三" not in (file.waiting or "")  # a column that is none of ours is not kept
    press(client, file)
    case = Case.objects.get()
    assert (case.number, case.kind, case.days_taken, case.kept) == ("2024-17", "noise", 19, "kept")
    assert client.get(f"/mediation/cases/{case.pk}/").status_code == 200
    assert faults(file).keys() == {3}
    press(client, file, "out")
    assert not Case.objects.exists()


def test_a_template_is_filled_in_and_read_back_and_a_file_nobody_took_in_is_forgotten(
    inside, client
):
    desk = inside.enter(client, inside.chen)
    content = desk.get(reverse("ledgers:template", args=["elders.care"])).content
    table = read_table(content, "template.xlsx")
    assert "名字*" in table.header
    file = look(desk, "elders.care", table.header, ["谁"] + [""] * (len(table.header) - 1))
    assert faults(file)
    missing = look(desk, "elders.care", ("电话",), ("13800000051",), status=422)
    assert "file" in missing.context["form"].errors
    assert drop_stale(NOW + timedelta(days=6)) == 0
    LedgerFile.objects.update(at=NOW - timedelta(days=8))
    assert drop_stale(NOW) == 1
    assert "这个文件已经收过" in press(desk, file).content.decode()


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        ("姓名\t同意\n钱阿婆\t是\n", "gb18030"),
        ("姓名;同意\n钱阿婆;是\n", "utf-8-sig"),
        ("<table><tr><td>姓名<td>同意<tr><td>钱阿婆<td>是</table>", "utf-16"),
    ],
)
def test_a_ledger_is_read_by_what_it_is_and_not_by_its_name(inside, client, content, codec):
    PersonFactory(community=inside.xinjie, name="钱阿婆")
    desk = inside.enter(client, inside.chen)
    file = BytesIO(content.encode(codec))
    file.name = "旧台账.xlsx"
    assert desk.post(FILES, {"ledger": "elders.care", "file": file}).status_code == 302
    assert LedgerFile.objects.get().rows == [{"line": 2, "fault": ""}]


def test_what_is_no_table_is_said_beside_the_file(inside, client):
    desk = inside.enter(client, inside.chen)
    for content in ("姓名 同意\n钱阿婆 是\n".encode(), b"\x89PNG\r\n\x1a\n\x00\x00", b"%PDF-1.7"):
        file = BytesIO(content)
        file.name = "旧台账.xlsx"
        answer = desk.post(FILES, {"ledger": "elders.care", "file": file})
        assert answer.status_code == 422
        (said,) = answer.context["form"].errors["file"]
        assert "旧台账.xlsx" in said
