"""Work orders from above: in by file or program, once; changed; answered; handed back."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.flow.models import Need, Step
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.programs import connect_program
from mulin.ground.community.queries import actor_of_program
from mulin.ground.community.rules import Scope
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table, write_csv, write_xlsx
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    receive_demand,
    reclassify,
    take_demand,
    wait_on,
)
from mulin.parlour.reception.actions.imports import keep_upload, take_in_file, take_in_upload
from mulin.parlour.reception.actions.orders import (
    Came,
    Ordered,
    give_back,
    note_handed_back,
    take_in_order,
)
from mulin.parlour.reception.importing.mapping import ORDERS, ColumnMap
from mulin.parlour.reception.jobs import escalate_late
from mulin.parlour.reception.models import Demand, ImportedFile, ImportedRow, Visit, WorkOrder
from mulin.parlour.reception.orders import changed, listed, reply_of
from mulin.parlour.reception.rules import State, building_named, earlier
from tests.clock import NOW

SOON = NOW + timedelta(hours=5)
LATER = NOW + timedelta(days=2)
HEADER = ["工单编号", "派单时间", "反馈时限", "诉求内容", "诉求类别", "地址", "来电人", "来电号码",
          "身份证号", "办理结果"]  # fmt: skip
MAP = ColumnMap(
    system="hotline12345", purpose=ORDERS, header=HEADER,
    columns={
        "external_id": "工单编号", "opened": "派单时间", "due": "反馈时限", "words": "诉求内容",
        "category": "诉求类别", "place_words": "地址", "contact_name": "来电人",
        "contact_phone": "来电号码", "answer": "办理结果",
    },
)  # fmt: skip
LONG = "330424202611250001"  # eighteen digits, as the hotline numbers its orders


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


def said(number="HX-1", words="楼道灯坏了", **more):
    values = {"system": "hotline12345", "sent_at": NOW - timedelta(hours=1), "outer_by": SOON}
    return Ordered(number=number, words=words, **(values | more))


@pytest.fixture
def bring(cast, xinjie):
    """Take an order in as 小陈 at the desk."""
    return lambda *args, **more: take_in_order(
        said(*args, **more), by=cast.chen.actor.by(Channel.IMPORT), now=NOW
    )


def row(number=LONG, due="2026-11-25 15:00", words="楼道灯坏了", place="新街小区12幢2单元"):
    return [number, "2026-11-25 09:00", due, words, "路灯楼道灯", place, "赵女士", "138 0013 8000",
            "33042419800101123X", ""]  # fmt: skip


def lines_of(order):
    return list(Step.objects.filter(need=order.demand.need).values_list("kind", flat=True))


# ── the rules ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("新街小区12幢2单元", "12幢"), ("2幢", "2幢"), ("112幢", None), ("32幢", None),
        ("东门", None), ("", None), ("12幢和2幢之间", "12幢"),
        ("112幢旁的12幢", "12幢"),
    ],
)  # fmt: skip
def test_a_building_is_found_in_the_words_of_a_place(words, found):
    assert building_named(words, ["2幢", "12幢", ""]) == found


@given(st.integers(0, 99), st.one_of(st.none(), st.integers(0, 99)))
def test_the_earlier_of_two_limits_counts(ours, outer):
    from_above = None if outer is None else NOW + timedelta(hours=outer)
    limit = earlier(NOW + timedelta(hours=ours), from_above)
    assert limit == NOW + timedelta(hours=min(ours, ours if outer is None else outer))


# ── coming in ────────────────────────────────────────────────────────────────────────────────


def test_an_order_becomes_a_demand_with_owner_limits_and_the_askers_phone(cast, bring):
    order, came = bring(place_words="新街小区12幢", category="路灯楼道灯", contact_name="赵女士",
                        contact_phone="138 0013 8000")  # fmt: skip
    demand, need = order.demand, order.demand.need
    assert came is Came.NEW
    assert (demand.owner, need.building) == (cast.sun.account, cast.building_12)
    assert (need.words, need.channel, need.category.code) == ("楼道灯坏了", "import", "repair.lamp")
    assert (need.contact_name, need.contact_phone, need.contact_wish) == (
        "赵女士", "13800138000", "call",
    )  # fmt: skip
    assert (demand.received_at, need.said_at) == (NOW, NOW - timedelta(hours=1))
    assert demand.outer_by == demand.answer_by == demand.respond_by == demand.due_at == SOON
    assert Visit.objects.count() == 0
    assert [m.recipient_id for m in Message.objects.filter(topic="demand")] == [cast.sun.account.pk]


def test_ours_counts_where_it_is_the_earlier(bring):
    order, _came = bring(outer_by=NOW + timedelta(days=60))
    demand = order.demand
    assert demand.due_at == demand.respond_by == NOW + timedelta(hours=24)
    assert demand.answer_by < demand.outer_by
    order, _came = bring("HX-2", outer_by=None)
    assert order.demand.answer_by == demand.answer_by


def test_the_same_again_changes_nothing(bring):
    order, _came = bring()
    acts, messages, lines = Act.objects.count(), Message.objects.count(), lines_of(order)
    again, came = bring()
    assert (again, came) == (order, Came.UNCHANGED)
    assert (Act.objects.count(), Message.objects.count()) == (acts, messages)
    assert (lines_of(order), Demand.objects.count()) == (lines, 1)


def test_another_deadline_moves_ours_and_is_told_to_the_owner(cast, bring):
    order, _came = bring(place_words="12幢")
    again, came = bring(place_words="12幢", outer_by=NOW + timedelta(hours=3))
    demand = Demand.objects.get()
    assert (again, came) == (order, Came.CHANGED)
    assert (demand.outer_by, demand.answer_by, demand.due_at) == (NOW + timedelta(hours=3),) * 3
    bring(place_words="12幢", outer_by=NOW + timedelta(days=60))
    demand = Demand.objects.get()
    assert demand.due_at == NOW + timedelta(hours=24)
    assert lines_of(order) == ["ordered", "order_changed", "order_changed"]
    subjects = list(Message.objects.order_by("id").values_list("subject", flat=True))
    assert [subject[:5] for subject in subjects] == ["新工单 2", "工单有变化", "工单有变化"]


def test_an_extended_deadline_is_escalated_anew_once_it_passes(cast, xinjie, bring):
    bring()
    escalate_late(xinjie, SOON + timedelta(minutes=1))
    assert Demand.objects.get().escalated_at is not None
    take_in_order(said(outer_by=LATER), by=cast.chen.actor, now=SOON + timedelta(minutes=2))
    demand = Demand.objects.get()
    assert (demand.escalated_at, demand.was_late) == (None, True)
    escalate_late(xinjie, demand.due_at + timedelta(minutes=1))
    assert Demand.objects.get().escalated_at is not None


def test_other_words_stand_as_a_note_for_what_was_said_stays(bring):
    _order, _came = bring()
    bring(words="三楼也坏了")
    assert Need.objects.get().words == "楼道灯坏了"
    assert "三楼也坏了" in Step.objects.filter(kind="order_changed").get().line
    assert not Step.objects.filter(kind="order_changed", is_for_asker=True).exists()


def test_new_words_and_a_new_deadline_at_once_both_stand_in_the_story(bring):
    bring()
    words = "三楼也坏了，" + "长" * 1900
    bring(words=words, outer_by=LATER)
    bring(words=words, outer_by=SOON)
    lines = list(Step.objects.filter(kind="order_changed").values_list("line", flat=True))
    assert ["把时限改成了" in line for line in lines] == [True, False, True]
    assert words in lines[1]


def test_a_wait_cannot_outlast_the_order(cast, bring):
    order, _came = bring(outer_by=LATER)
    take_demand(order.demand, by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused) as refusal:
        wait_on(order.demand, by=cast.chen.actor, whom="物业", until=LATER + timedelta(1), now=NOW)
    assert refusal.value.field == "until"
    wait_on(order.demand, by=cast.chen.actor, whom="物业", until=LATER, now=NOW)


def test_sorting_it_anew_keeps_the_outer_limit(cast, bring):
    order, _came = bring(category="repair.lamp")
    reclassify(
        order.demand, by=cast.chen.actor, category=order.demand.need.category, urgency="complex",
        now=NOW,
    )  # fmt: skip
    assert order.demand.answer_by == SOON


def test_only_the_desk_and_programs_that_may_bring_orders(cast, xinjie):
    for member in (cast.sun, cast.yong):
        with pytest.raises(NotPermitted):
            take_in_order(said(), by=member.actor, now=NOW)
    client, _token = program(cast, [Scope.DEMANDS_WRITE])
    with pytest.raises(NotPermitted):
        take_in_order(said(), by=actor_of_program(client), now=NOW)
    assert WorkOrder.objects.count() == 0


def program(cast, scopes, name="街道平台"):
    return connect_program(
        name=name, contact="x", scopes=scopes, by=cast.zhou.actor, now=NOW,
        expires_at=NOW + timedelta(days=30),
    )  # fmt: skip


# ── answering and giving back ────────────────────────────────────────────────────────────────


def test_the_answer_its_handler_and_what_the_asker_says_go_back(cast, bring):
    order, _came = bring()
    words = "换了灯泡。" * 150
    answer_demand(order.demand, by=cast.chen.actor, words=words, now=NOW)
    (order,) = listed(cast.chen.actor, "to-hand-back", None)
    told = reply_of(order)
    assert (told.state, told.answer, told.handler) == ("answered", words, "小陈")
    confirm_demand(order.demand, by=_asker(order), solved=False, now=NOW + timedelta(hours=1))
    (order,) = listed(cast.chen.actor, "open", None)
    assert (reply_of(order).state, reply_of(order).answer) == ("open", "")
    assert order.demand.answer_by == SOON
    answer_demand(order.demand, by=cast.chen.actor, words="又换了", now=NOW + timedelta(hours=2))
    confirm_demand(order.demand, by=_asker(order), solved=True, now=NOW + timedelta(hours=3))
    (order,) = listed(cast.chen.actor, "all", None)
    told = reply_of(order)
    assert (told.state, told.answer, told.result) == ("closed", "又换了", "solved")


def _asker(order):
    """Whoever holds the code of the need."""
    from mulin.ground.community.rules import Actor  # noqa: PLC0415  for this alone

    return Actor(order.community_id, held_code=order.demand.need.follow_code)


def test_not_ours_goes_back_with_its_reason(cast, bring):
    order, _came = bring()
    with pytest.raises(Refused) as refusal:
        give_back(order.demand, by=cast.chen.actor, why=" ", now=NOW)
    assert refusal.value.field == "why"
    with pytest.raises(NotPermitted):
        give_back(order.demand, by=cast.sun.actor, why="不归我们", now=NOW)
    give_back(order.demand, by=cast.chen.actor, why="归开发区管", now=NOW, token="t")
    give_back(order.demand, by=cast.chen.actor, why="归开发区管", now=NOW, token="t")
    demand = Demand.objects.get()
    assert (demand.state, demand.is_open, demand.due_at) == (State.CLOSED, False, None)
    (order,) = listed(cast.chen.actor, "to-hand-back", None)
    told = reply_of(order)
    assert (told.state, told.refusal, told.answer) == ("given_back", "归开发区管", "")
    with pytest.raises(Refused):
        give_back(demand, by=cast.chen.actor, why="归开发区管", now=NOW)


def test_a_demand_that_nobody_above_sent_is_not_given_back(cast, lamp):
    with pytest.raises(Refused):
        give_back(lamp, by=cast.chen.actor, why="不归我们", now=NOW)
    assert Demand.objects.get().is_open


def test_what_was_handed_back_is_handed_back_again_only_with_news(cast, bring):
    order, _came = bring()
    bring("HX-2")
    desk = cast.chen.actor
    assert list(listed(desk, "to-hand-back", None)) == []
    with pytest.raises(Refused):
        note_handed_back([], by=desk, now=NOW)
    answer_demand(order.demand, by=desk, words="好了", now=NOW)
    rows = list(listed(desk, "to-hand-back", None))
    note_handed_back(rows, by=desk, now=NOW + timedelta(minutes=1))
    assert list(listed(desk, "to-hand-back", None)) == []
    confirm_demand(order.demand, by=_asker(order), solved=False, now=NOW + timedelta(hours=1))
    answer_demand(order.demand, by=desk, words="这次好了", now=NOW + timedelta(hours=2))
    assert [row.number for row in listed(desk, "to-hand-back", None)] == ["HX-1"]


def test_what_is_erased_of_the_asker_is_erased_in_the_row_too(cast, bring):
    order, _came = bring(cells={"来电人": "王秀英"})
    Need.objects.update(person=cast.wang.person)
    answer_demand(order.demand, by=cast.chen.actor, words="好了", now=NOW)
    confirm_demand(order.demand, by=_asker(order), solved=True, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells FROM reception_workorder")
        assert "王" not in cursor.fetchone()[0]
    erase_person(cast.wang.person, by=cast.zhou.actor, now=NOW)
    assert WorkOrder.objects.get().cells == "{}"


# ── by file ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("write", [write_xlsx, lambda *args: b"".join(write_csv(*args))])
def test_a_file_comes_in_once_and_goes_back_in_its_own_layout(cast, xinjie, client, write):
    name = "工单.xlsx" if write is write_xlsx else "工单.csv"
    content = write(HEADER, [row(), row("330424202611250002", words="水管漏水", place="东门")])
    first = take_in_file(content, name, by=cast.chen.actor, now=NOW, chosen=MAP)
    again = take_in_file(content, name, by=cast.chen.actor, now=NOW)  # known by its header
    assert (first.read, first.created, again.created, again.unchanged) == (2, 2, 0, 2)
    assert WorkOrder.objects.count() == Demand.objects.count() == 2
    assert ImportedRow.objects.count() == 0
    order = WorkOrder.objects.get(number=LONG)
    assert (order.demand.need.building, order.outer_by) == (cast.building_12, SOON)
    answer_demand(order.demand, by=cast.chen.actor, words="=换了灯泡", now=NOW)
    cast.enter(client, cast.chen)
    file = ImportedFile.objects.get()
    sent = {"file": file.pk, "format": name[-4:].strip("."), "only_fresh": "on"}
    answer = client.post("/reception/orders/file/", sent)
    back = read_table(b"".join(answer) if answer.streaming else answer.content, name)
    rows = [cells for _line, cells in back.rows]
    assert back.header[: len(HEADER)] == HEADER
    assert [rows[0][column] for column in HEADER[:9]] == row()[:9]
    assert (rows[0]["办理结果"], rows[0]["经办人"]) == ("=换了灯泡", "小陈")
    assert rows[0]["答复时间"] == "2026-11-25 10:00:00"
    assert len(rows) == 1
    assert WorkOrder.objects.get(number=LONG).handed_back_at == NOW
    assert client.post("/reception/orders/file/", sent).status_code == 302  # nothing fresh
    assert Act.objects.filter(verb="reception.hand_back_orders").count() == 1


def test_a_changed_row_of_the_next_file_moves_the_limit(cast, xinjie):
    for name, due in (("一.csv", "2026-11-25 15:00"), ("二.csv", "2026-11-25 12:00")):
        content = b"".join(write_csv(HEADER, [row(due=due)]))
        taken = take_in_file(content, name, by=cast.chen.actor, now=NOW, chosen=MAP)
    assert (taken.created, taken.updated) == (0, 1)
    assert Demand.objects.get().due_at == NOW + timedelta(hours=2)
    assert WorkOrder.objects.get().file.name == "二.csv"


def test_rows_that_cannot_be_work_are_set_aside_with_a_reason(cast, xinjie):
    used = ColumnMap(
        system="hotline12345", purpose=ORDERS, header=[*HEADER, "状态"],
        columns={**MAP.columns, "status": "状态"},
    )  # fmt: skip
    rows = [[*row(), "待办"], [*row("2"), "已办结"], [*row("3", due="明天"), "待办"],
            [*row(""), "待办"]]  # fmt: skip
    content = b"".join(write_csv(used.header, rows))
    taken = take_in_file(content, "工单.csv", by=cast.chen.actor, now=NOW, chosen=used)
    assert (taken.read, taken.created, len(taken.rejected)) == (4, 1, 3)
    assert [one.line for one in taken.rejected] == [3, 4, 5]


def test_the_desk_chooses_what_a_file_is_on_the_page(cast, xinjie, client):
    content = b"".join(write_csv(HEADER, [row()]))
    upload = keep_upload(content, "工单.csv", by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.chen)
    page = client.get(f"/reception/imports/{upload.pk}/columns/").content.decode()
    assert 'value="orders"' in page
    typed = {"purpose": "orders", "system": "hotline12345", "time_zone": "Asia/Shanghai",
             **MAP.columns}  # fmt: skip
    looked = client.post(f"/reception/imports/{upload.pk}/columns/", typed)
    assert LONG in looked.content.decode()
    done = client.post(f"/reception/imports/{upload.pk}/take-in/", typed, follow=True)
    assert done.redirect_chain[-1][0] == f"/reception/orders/?file={upload.pk}"
    assert LONG in done.content.decode()
    assert "赵女士" not in done.content.decode()


def test_names_and_phones_of_a_mere_record_are_not_kept(cast, xinjie):
    used = ColumnMap(system="old", header=HEADER, columns=dict(MAP.columns))
    content = b"".join(write_csv(HEADER, [row()]))
    take_in_file(content, "旧.csv", by=cast.chen.actor, now=NOW, chosen=used)
    facts = json.dumps(ImportedRow.objects.get().facts, ensure_ascii=False)
    assert not any(text in facts for text in ("赵女士", "138", "33042419800101123X"))


def test_a_map_for_orders_survives_its_file(xinjie):
    assert ColumnMap.from_file(MAP.as_file()) == ColumnMap.from_json(MAP.as_json())
    with pytest.raises(Refused):
        ColumnMap.from_json({**MAP.as_json(), "purpose": "anything"})


def test_an_upload_of_orders_is_let_go_of_once_taken_in(cast, xinjie):
    content = b"".join(write_csv(HEADER, [row()]))
    upload = keep_upload(content, "工单.csv", by=cast.chen.actor, now=NOW)
    take_in_upload(upload, by=cast.chen.actor, now=NOW, chosen=MAP)
    upload.refresh_from_db()
    assert (upload.kept_as, upload.orders.count()) == ("", 1)


# ── by program ───────────────────────────────────────────────────────────────────────────────


class Caller:
    def __init__(self, client, token):
        self._client, self._head = client, {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    def get(self, path=""):
        return self._client.get(f"/api/v1/work-orders/{path}", **self._head)

    def post(self, sent):
        return self._client.post(
            "/api/v1/work-orders/", json.dumps(sent), content_type="application/json", **self._head
        )


SENT = {
    "system": "hotline12345", "number": LONG, "words": "楼道灯坏了",
    "sent_at": "2026-11-25T09:00:00+08:00", "answer_by": "2026-11-25T15:00:00+08:00",
    "place_words": "12幢", "contact_name": "赵女士", "contact_phone": "13800138000",
}  # fmt: skip


def test_a_program_sends_an_order_and_hears_of_it_without_asking_twice(cast, xinjie, client):
    _client_row, token = program(cast, [Scope.ORDERS])
    caller = Caller(client, token)
    first, again = caller.post(SENT).json(), caller.post(SENT).json()
    assert first == again
    assert (first["state"], first["number"], first["our_answer_by"]) == (
        "open", LONG, "2026-11-25T15:00:00+08:00",
    )  # fmt: skip
    demand = Demand.objects.get()
    assert (demand.owner, demand.need.channel) == (cast.sun.account, "api")
    assert demand.need.asked_by_account is None
    heard = caller.get().json()
    assert [one["number"] for one in heard["rows"]] == [LONG]
    assert caller.get(f"?after={heard['after']}").json() == {"rows": [], "after": heard["after"]}
    answer_demand(demand, by=cast.sun.actor, words="换了灯泡", now=NOW)
    news = caller.get(f"?after={heard['after']}").json()
    assert [(one["state"], one["answer"], one["handler"]) for one in news["rows"]] == [
        ("answered", "换了灯泡", "小孙")
    ]
    assert caller.get(f"hotline12345/{LONG}/").json() == news["rows"][0]
    assert caller.get("hotline12345/other/").status_code == 404
    assert "赵女士" not in json.dumps(news, ensure_ascii=False)


def test_a_changed_deadline_comes_by_the_same_address(cast, xinjie, client):
    caller = Caller(client, program(cast, [Scope.ORDERS])[1])
    caller.post(SENT)
    moved = caller.post({**SENT, "answer_by": "2026-11-25T12:00:00+08:00"}).json()
    assert moved["our_answer_by"] == "2026-11-25T12:00:00+08:00"
    assert Demand.objects.count() == 1


def test_a_program_sees_and_changes_its_own_orders_only(cast, xinjie, client):
    one = Caller(client, program(cast, [Scope.ORDERS], "甲")[1])
    two = Caller(client, program(cast, [Scope.ORDERS], "乙")[1])
    one.post(SENT)
    refused = two.post({**SENT, "words": "改一改"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "number")
    assert two.get().json()["rows"] == []
    assert two.get(f"hotline12345/{LONG}/").status_code == 404


def test_a_program_takes_over_what_a_file_brought(cast, xinjie, client):
    content = b"".join(write_csv(HEADER, [row()]))
    take_in_file(content, "工单.csv", by=cast.chen.actor, now=NOW, chosen=MAP)
    caller = Caller(client, program(cast, [Scope.ORDERS])[1])
    assert caller.get().json()["rows"] == []
    assert caller.post(SENT).status_code == 200
    assert len(caller.get().json()["rows"]) == 1
    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"number": "a b"}, "number"), ({"system": ""}, "system"), ({"words": ""}, "words"),
     ({"answer_by": "soon"}, "answer_by")],
)  # fmt: skip
def test_what_cannot_be_an_order_is_said_beside_its_field(cast, xinjie, client, change, field):
    caller = Caller(client, program(cast, [Scope.ORDERS])[1])
    answer = caller.post(SENT | change)
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert WorkOrder.objects.count() == 0


# ── the page ─────────────────────────────────────────────────────────────────────────────────


def test_the_page_lists_by_deadline_and_shows_both_limits(cast, bring, client):
    bring("HX-1", outer_by=LATER)
    bring("HX-2", outer_by=None)
    order, _came = bring("HX-3")
    page = cast.enter(client, cast.chen).get("/reception/orders/")
    assert [line["order"].number for line in page.context["lines"]] == ["HX-3", "HX-1", "HX-2"]
    shown = client.get(f"/reception/demands/{order.demand_id}/").content.decode()
    assert "HX-3" in shown
    assert "/give-back/" in shown
    done = client.post(f"/reception/demands/{order.demand_id}/give-back/", {"why": "归开发区"})
    assert done.status_code == 302
    assert "归开发区" in client.get(f"/reception/demands/{order.demand_id}/").content.decode()
    lacking = client.post(f"/reception/demands/{Demand.objects.first().pk}/give-back/", {"why": ""})
    assert lacking.status_code == 422
    for wrong in ("?file=x", f"?file={10**30}", "?show=nothing"):
        assert client.get(f"/reception/orders/{wrong}").status_code == 200


def test_an_officer_sees_the_order_but_gives_nothing_back(cast, bring, client):
    order, _came = bring(place_words="12幢")
    page = cast.enter(client, cast.sun).get(f"/reception/demands/{order.demand_id}/")
    assert "HX-1" in page.content.decode()
    assert "/give-back/" not in page.content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_takes_the_same_queries_however_many(cast, bring, client, count):
    for number in range(count):
        bring(f"HX-{number}")
    cast.enter(client, cast.chen).get("/reception/orders/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/reception/orders/")
    assert len(page.context["lines"]) == count
    own = [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"] and "_setting" not in q["sql"]
           and "set_config" not in q["sql"]]  # fmt: skip
    assert len(own) == 8, own


def test_the_neighbour_takes_the_same_number_in_for_itself(cast, bring):
    bring()
    with in_community(cast.linli):
        order, came = take_in_order(said(), by=cast.li.actor, now=NOW)
        assert came is Came.NEW
        assert [one.pk for one in listed(cast.li.actor, "all", None)] == [order.pk]
    assert [one.community_id for one in listed(cast.chen.actor, "all", None)] == [cast.xinjie.pk]
    assert list(changed(cast.chen.actor, 0))


def test_a_demand_of_our_own_is_untouched_by_all_this(cast, xinjie):
    from mulin.commons.flow.said import Said  # noqa: PLC0415  for this alone

    demand = receive_demand(Said(words="灯"), by=cast.chen.actor, now=NOW)
    assert (demand.outer_by, hasattr(demand, "order")) == (None, False)
