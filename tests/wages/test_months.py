"""A month of wages, closed once; what comes late, what was wrong, what is owed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import Verdict, give_back, judge, lose
from mulin.workshop.production.actions.setting import set_rate
from mulin.workshop.production.models import Movement
from mulin.workshop.production.rules import Cause, Spot
from mulin.workshop.wages.actions.money import (
    choose_terms,
    correct,
    pay_advance,
    payment_file,
    set_bonus,
    set_minimum,
)
from mulin.workshop.wages.actions.months import close_month, do_to_statement
from mulin.workshop.wages.models import MoneyLine, PayMonth, Statement
from mulin.workshop.wages.queries import faults
from mulin.workshop.wages.rules import Deed, Scheme
from tests.clock import NOW

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
AFTER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
LATER = datetime(2027, 1, 2, 9, tzinfo=SHANGHAI)


def close(shop, first=NOVEMBER, now=AFTER):
    month = close_month(first, by=shop.by, now=now)
    assert faults(now.date()) == []
    return month


def statement(shop, month, worker=None):
    return Statement.objects.get(month=month, worker=worker or shop.gui)


def lines(found):
    return [(line.kind, str(line.amount)) for line in found.lines.order_by("id")]


def test_a_month_is_the_sum_of_its_lines_each_rounded_once(shop):
    set_rate(
        shop.operation, yuan=Decimal("0.005"), since=NOW.date(), source="x", by=shop.by, now=NOW
    )
    lot = shop.out(100)
    for count in (1, 1, 3):
        shop.back(lot, count, accepted=count)
    found = statement(shop, close(shop))
    assert [str(line.amount) for line in found.lines.all()] == ["0.01", "0.01", "0.02"]
    assert (found.gross, found.net) == (Decimal("0.04"), Decimal("0.04"))


def test_a_fault_of_the_hand_is_not_paid_and_one_of_the_material_is(shop):
    lot = shop.out(100)
    shop.back(lot, 40, accepted=30, scrap=10, cause=Cause.WORK)
    shop.back(lot, 60, accepted=40, scrap=20, cause=Cause.MATERIAL)
    assert statement(shop, close(shop)).gross == Decimal("31.50")  # 90 × 0.35


def test_a_rate_changed_in_mid_month_pays_each_lot_by_the_rate_it_went_out_with(shop):
    early = shop.out(10)
    set_rate(shop.operation, yuan=Decimal("0.5"), since=NOW.date(), source="x", by=shop.by, now=NOW)
    late = shop.out(10)
    for lot in (early, late):
        shop.back(lot, 10, accepted=10)
    found = statement(shop, close(shop))
    assert [(line.rate, line.amount) for line in found.lines.order_by("id")] == [
        (Decimal("0.35"), Decimal("3.50")), (Decimal("0.5"), Decimal("5.00")),
    ]  # fmt: skip


def test_a_month_is_closed_once(shop):
    shop.back(shop.out(10), 10, accepted=10)
    with pytest.raises(Refused):
        close_month(NOVEMBER, by=shop.by, now=NOW)
    first = close_month(NOVEMBER, by=shop.by, now=AFTER, token="a")
    assert close_month(NOVEMBER, by=shop.by, now=AFTER, token="a") == first
    with pytest.raises(Refused):
        close_month(NOVEMBER, by=shop.by, now=AFTER, token="b")
    assert (PayMonth.objects.count(), Statement.objects.count(), MoneyLine.objects.count()) == (
        1, 1, 1,
    )  # fmt: skip


def test_a_phone_that_comes_back_after_the_month_was_closed_is_paid_in_the_next_with_its_day(shop):
    lot = shop.out(20)
    shop.back(lot, 10, accepted=10)
    november = close(shop)
    before = lines(statement(shop, november))
    happened = datetime(2026, 11, 30, 18, tzinfo=SHANGHAI)
    late = give_back(lot, shop.gui, counted=10, is_agreed=True, at=happened, by=shop.by, now=AFTER)
    assert late.at == happened
    judge(late, Verdict(accepted=10), by=shop.by, now=AFTER)
    assert lines(statement(shop, november)) == before
    assert lines(statement(shop, close(shop, DECEMBER, LATER))) == [("earning", "3.50")]


def test_a_slip_found_after_the_close_is_taken_back_in_the_next_month(shop):
    lot = shop.out(20)
    receipt = shop.back(lot, 10, accepted=10)
    november = close(shop)
    turn_round(Movement.objects.get(receipt=receipt), reason="数错", by=shop.by, now=AFTER)
    december = statement(shop, close(shop, DECEMBER, LATER))
    assert statement(shop, november).gross == Decimal("3.50")
    assert (december.gross, december.net) == (Decimal("-3.50"), 0)
    assert ("carried", "3.50") in lines(december)


def test_an_advance_has_a_limit_and_comes_off_line_by_line(shop):
    lot = shop.out(200)
    shop.back(lot, 100, accepted=100)
    with pytest.raises(Refused, match=r"28\.00"):
        pay_advance(shop.gui, amount=Decimal("28.01"), words="", by=shop.by, now=NOW)
    pay_advance(shop.gui, amount=Decimal(20), words="孩子学费", by=shop.by, now=NOW)
    with pytest.raises(Refused, match=r"8\.00"):
        pay_advance(shop.gui, amount=Decimal(9), words="", by=shop.by, now=NOW)
    found = statement(shop, close(shop))
    assert (found.gross, found.recovered, found.net) == (35, 20, 15)


def test_careless_damage_is_taken_off_by_a_fifth_and_the_rest_in_the_next_month(shop):
    lot = shop.out(200)
    shop.back(lot, 100, accepted=100)
    lose(
        lot, quantity=5, spot=Spot.WORKER, worker=shop.gui, cause=Cause.CARELESS, note="火炉旁",
        by=shop.by, now=NOW,
    )  # fmt: skip
    lose(
        lot, quantity=50, spot=Spot.WORKER, worker=shop.gui, cause=Cause.FORCE, note="水灾",
        by=shop.by, now=NOW,
    )  # fmt: skip
    november = statement(shop, close(shop))
    assert (november.gross, november.deducted, november.net) == (35, 7, 28)
    shop.back(lot, 45, accepted=45, now=AFTER)
    december = statement(shop, close(shop, DECEMBER, LATER))
    assert (december.gross, december.deducted) == (Decimal("15.75"), Decimal("3.15"))


def test_the_scheme_of_a_worker_decides_what_is_withheld_and_only_the_head_chooses_it(shop, cast):
    terms = {
        "scheme": Scheme.SERVICE, "since": NOVEMBER, "reason": "退休，在家做", "now": NOW,
        "bank_account": "6222 0000 1111",
    }  # fmt: skip
    with pytest.raises(NotPermitted):
        choose_terms(shop.gui, by=shop.by, **terms)
    choose_terms(shop.gui, by=cast.zhou.actor, **terms)
    shop.back(shop.out(4000), 4000, accepted=4000)
    found = statement(shop, close(shop))
    assert (found.gross, found.tax, found.net) == (1400, 120, 1280)
    with pytest.raises(Refused):
        choose_terms(shop.gui, by=cast.zhou.actor, **terms)


def test_a_bonus_is_a_rule_with_a_source_and_holds_from_its_day(shop):
    set_bonus(
        name="质量奖", kind="quality", threshold=Decimal(98), percent=Decimal(10), yuan=Decimal(0),
        since=NOVEMBER, source="工坊议事会", by=shop.by, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(100), 100, accepted=100)
    shop.back(
        shop.out(100, worker=shop.lan),
        100,
        worker=shop.lan,
        accepted=90,
        scrap=10,
        cause=Cause.WORK,
    )
    month = close(shop)
    assert lines(statement(shop, month)) == [("earning", "35.00"), ("bonus", "3.50")]
    assert lines(statement(shop, month, shop.lan)) == [("earning", "31.50")]


def test_she_confirms_or_says_what_is_wrong_and_the_correction_is_a_line_of_the_next_month(
    shop, cast
):
    lot = shop.out(100)
    shop.back(lot, 50, accepted=50)
    found = statement(shop, close(shop))
    with pytest.raises(NotPermitted):
        do_to_statement(found, Deed.CONFIRM, by=cast.wang.actor, now=AFTER)
    with pytest.raises(Refused):
        do_to_statement(found, Deed.DISPUTE, words=" ", by=cast.yong.actor, now=AFTER)
    do_to_statement(found, Deed.DISPUTE, words="少算10件", by=cast.yong.actor, now=AFTER)
    with pytest.raises(Refused):
        do_to_statement(found, Deed.PAY, words="x", by=shop.by, now=AFTER)
    line = found.lines.get()
    correct(shop.gui, amount=Decimal("3.50"), words="补10件", corrects=line, by=shop.by, now=AFTER)
    do_to_statement(found, Deed.ANSWER, words="是的，下月补", by=shop.by, now=AFTER)
    do_to_statement(found, Deed.CONFIRM, by=shop.by, now=AFTER)
    assert (found.state, found.answered_by, found.gross) == ("confirmed", "paper", Decimal("17.50"))
    december = statement(shop, close(shop, DECEMBER, LATER))
    assert [(one.corrects, one.amount) for one in december.lines.all()] == [(line, Decimal("3.50"))]


def test_erpnext_11659_and_accounted_1609_the_bank_is_told_the_fen_and_pays_once(shop, cast):
    choose_terms(
        shop.gui, scheme=Scheme.UNDECIDED, since=NOVEMBER, reason="未定", bank_account="6222 0011",
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(11), 11, accepted=11)
    shop.back(shop.out(10, worker=shop.lan), 10, worker=shop.lan, accepted=10)
    month = close(shop)
    found = statement(shop, month)
    do_to_statement(found, Deed.CONFIRM, by=cast.yong.actor, now=AFTER)
    content = payment_file(month, by=shop.by, now=AFTER)
    rows = [list(cells.values()) for _line, cells in read_table(content, "x.xlsx").rows]
    assert rows == [["张勇", "62220011", "3.85", "2026-11"]]
    do_to_statement(found, Deed.PAY, words="回单 17", by=shop.by, now=AFTER, token="a")
    do_to_statement(found, Deed.PAY, words="回单 17", by=shop.by, now=AFTER, token="a")
    with pytest.raises(Refused):
        do_to_statement(found, Deed.PAY, words="回单 17", by=shop.by, now=AFTER)
    assert MoneyLine.objects.filter(kind="payment").count() == 1
    assert faults(AFTER.date()) == []
    assert read_table(payment_file(month, by=shop.by, now=AFTER), "x.xlsx").header


def test_the_check_sees_a_sum_that_was_forged(shop):
    shop.back(shop.out(10), 10, accepted=10)
    close(shop)
    Statement.objects.update(net=Decimal("99.00"))
    assert any("net" in one.what for one in faults(AFTER.date()))
    Statement.objects.update(net=Decimal("3.50"))
    MoneyLine.objects.update(amount=Decimal("3.51"))
    assert any("earning" in one.what for one in faults(AFTER.date()))


def test_limits_of_what_is_written_down(shop, cast):
    with pytest.raises(Refused):
        correct(shop.gui, amount=Decimal("0.001"), words="x", by=shop.by, now=NOW)
    with pytest.raises(NotPermitted):
        correct(shop.gui, amount=Decimal(1), words="x", by=cast.yong.actor, now=NOW)
    common = {"month_yuan": Decimal(2260), "hour_yuan": Decimal(22), "by": shop.by, "now": NOW}
    set_minimum(since=NOVEMBER, source="浙政发", **common)
    with pytest.raises(Refused):
        set_minimum(since=NOVEMBER, source="浙政发", **common)
    with pytest.raises(Refused):
        set_minimum(since=DECEMBER, source=" ", **common)


def test_an_erasure_blanks_words_and_the_account_and_keeps_the_books(shop, cast):
    choose_terms(
        shop.gui, scheme=Scheme.SERVICE, since=NOVEMBER, reason="退休", bank_account="62220011",
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(10), 10, accepted=10)
    found = statement(shop, close(shop))
    do_to_statement(found, Deed.DISPUTE, words="少算", by=cast.yong.actor, now=AFTER)
    erase_person(cast.yong.person, by=cast.chen.actor, now=AFTER + timedelta(hours=1))
    found.refresh_from_db()
    assert (found.dispute, found.gross) == ("", Decimal("3.50"))
    assert str(found.worker) != "张勇"
    assert faults(AFTER.date()) == []


def test_the_neighbour_sees_no_money(shop, cast):
    shop.back(shop.out(10), 10, accepted=10)
    close(shop)
    with in_community(cast.linli):
        assert not Statement.objects.exists()
        assert not MoneyLine.objects.exists()


def test_nobody_reads_another_workers_statement(shop, cast):
    shop.back(shop.out(10, worker=shop.lan), 10, worker=shop.lan, accepted=10)
    close(shop)
    assert Statement.objects.visible_to(cast.yong.actor).count() == 0
    assert Statement.objects.visible_to(replace(shop.by)).count() == 1
