"""What reception prints: the words as they were meant, to whom, and that it was printed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.models import ContactWish, Need
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Look
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.models import Confirmation
from mulin.parlour.reception.sheets_after import CALLS_A_SHEET
from tests.clock import NOW
from tests.support.pdfs import DEAD_MM, Pdf


def sheet(cast, client, path, member=None):
    """The PDF that somebody is given; the clock stands where the tests' does."""
    with standing_still(NOW):
        browser = cast.enter(client, member or cast.chen)
        answer = browser.post(path) if "/slip.pdf" in path else browser.get(path)
    assert answer.headers["Content-Type"] == "application/pdf", answer.status_code
    return Pdf(answer.content)


def calls(cast, client):
    """What the desk is given for the list of calls."""
    with standing_still(NOW):
        return cast.enter(client, cast.chen).post("/paper/forms/CALLS/print/")


def answered(cast, words, *, by=None, phone="13811112222"):
    """An answer whose asker, named on the spot, is to be called back."""
    demand = receive_demand(
        Said(
            words=words, contact_name="李㛃", contact_phone=phone,
            contact_wish=ContactWish.CALL, building=cast.building_12,
        ),
        by=cast.chen.actor.by(Channel.PHONE), now=NOW,
    )  # fmt: skip
    answer_demand(demand, by=by or cast.sun.actor, words="修好了", now=NOW)
    return demand


@pytest.mark.usefixtures("clock_stands")
def test_a_slip_says_number_words_place_owner_limit_and_how_to_follow(cast, client, lamp):
    pdf = sheet(cast, client, f"/reception/demands/{lamp.pk}/slip.pdf")
    said = pdf.packed
    for words in (
        lamp.need.number, "楼下路灯坏了三天", "12幢单元门口", "小孙在办",
        "11月26日（周四）上午10点前给您回话", lamp.need.follow_code, "由您说了算",
    ):  # fmt: skip
        assert words in said
    assert pdf.codes(0) == [f"HTTP://TESTSERVER/N/{lamp.need.follow_code}/"]
    assert "王秀英" not in said
    assert pdf.nearest_to_edge_mm(0) > DEAD_MM
    assert pdf.about["Title"] == "诉求回执"
    look = Look.objects.get()
    assert (look.kind, look.record_id, look.what) == ("reception.demand", lamp.pk, "slip")


def test_the_call_list_is_the_callers_in_order_with_room_to_write(cast, client, xinjie):
    first = answered(cast, "楼道灯不亮")
    second = answered(cast, "下水道堵了", phone="13833334444")
    answered(cast, "我自己答复的", by=cast.chen.actor)
    Confirmation.objects.filter(demand=second).update(call_from=NOW.replace(hour=8))
    said = Pdf(calls(cast, client).content).packed
    assert said.index(second.need.number) < said.index(first.need.number)
    assert "李㛃13811112222" in said
    assert "我自己答复的" not in said
    assert said.count("没人接") == CALLS_A_SHEET
    look = Look.objects.get()
    assert (look.kind, look.what, look.account_id) == (
        "paper.sheet", "list", cast.chen.account.pk,
    )  # fmt: skip


def test_a_sealed_matter_stands_on_no_list(cast, client, xinjie):
    demand = answered(cast, "家里的事")
    Need.objects.filter(pk=demand.need_id).update(is_sealed=True)
    assert calls(cast, client).status_code == 302  # nobody else is on it
    answered(cast, "楼道灯不亮")
    assert "家里的事" not in Pdf(calls(cast, client).content).packed


@pytest.mark.usefixtures("clock_stands")
@pytest.mark.parametrize(("count", "pages"), [(1, 1), (200, 8)])
def test_the_visits_of_a_day_the_first_on_top(cast, client, xinjie, count, pages):
    for number in range(count):
        record_visit(
            by=cast.chen.actor.by(Channel.WALK_IN), reason="chat", minutes=number,
            note=f"第{number}位", now=NOW.replace(hour=8, minute=number % 60),
        )  # fmt: skip
    pdf = sheet(cast, client, "/reception/visits.pdf?day=2026-11-25")
    assert len(pdf) == pages
    assert pdf.packed.count("位") == count
    assert pdf.packed.index("第0位") < pdf.packed.index(f"第{count - 1}位") or count == 1
    assert "11月25日（周三）" in pdf.pages[0]
    assert all(pdf.nearest_to_edge_mm(number) > DEAD_MM for number in range(pages))


@pytest.mark.parametrize("day", ["", "gestern", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_today(cast, client, xinjie, day):
    record_visit(by=cast.chen.actor, reason="chat", note="今天来的", now=NOW)
    assert "今天来的" in sheet(cast, client, f"/reception/visits.pdf?day={day}").packed


def test_an_officer_prints_what_they_may_see(cast, client, xinjie, lamp):
    record_visit(by=cast.chen.actor, reason="chat", note="窗口的事", now=NOW)
    said = sheet(cast, client, "/reception/visits.pdf", cast.sun).packed
    assert lamp.need.number in said
    assert "窗口的事" not in said
    assert cast.enter(client, cast.wu).post(
        f"/reception/demands/{lamp.pk}/slip.pdf"
    ).status_code == 404  # fmt: skip
    assert lamp.need.number not in sheet(cast, client, "/reception/visits.pdf", cast.li).packed


def test_a_list_asks_as_much_for_many_as_for_few(cast, client, xinjie, on_postgres):
    cast.enter(client, cast.chen)
    counts = set()
    for size in (2, 20):
        for number in range(size):
            record_visit(by=cast.chen.actor, reason="chat", note=f"事情{number}", now=clock.now())
        with CaptureQueriesContext(connection) as asked:
            client.get("/reception/visits.pdf")
        counts.add(len(asked))
    # PostgreSQL is also told which community it is.
    assert len(counts) == 1
    assert on_postgres or counts == {6}
