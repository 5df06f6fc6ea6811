"""A month of wages, closed once; what comes late, what was wrong, what is owed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Role
from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import read_table
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import Verdict, give_back, issue, judge, lose
from mulin.workshop.production.actions.offers import answer_offer, offer
from mulin.workshop.production.actions.setting import set_rate
from mulin.workshop.production.holdings import work_told
from mulin.workshop.production.models import Movement
from mulin.workshop.production.queries import free_lots
from mulin.workshop.production.rules import Cause, Spot
from mulin.workshop.wages.actions.money import (
    choose_terms,
    correct,
    end_bonus,
    pay_advance,
    payment_file,
    set_bonus,
    set_minimum,
    without_account,
)
from mulin.workshop.wages.actions.months import close_month, do_to_statement, pay_file
from mulin.workshop.wages.models import Bonus, MoneyLine, PayMonth, PayTerms, Statement
from mulin.workshop.wages.queries import (
    PaidYear,
    Year,
    faults,
    files_of,
    may_have_whole_year,
    money_told,
    paid_in_year,
    unaccepted_of,
    undecided,
    years_so_far,
)
from mulin.workshop.wages.rules import Deed, Relation, Scheme, Withheld, Wrong
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

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
    slip = Movement.objects.get(target="scrap", quantity=20)
    found = statement(shop, close(shop))
    assert found.gross == Decimal("31.50")  # 90 × 0.35
    # Her statement says of each piece that was not accepted who bears it.
    told = [(one.quantity, one.cause, one.is_paid) for one in unaccepted_of(found)]
    assert told == [(10, "work", False), (20, "material", True)]
    assert len({one.bearer for one in unaccepted_of(found)}) == 2
    turn_round(slip, reason="数错", by=shop.by, now=AFTER)
    assert [one.quantity for one in unaccepted_of(found)] == [10]


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
    verdict = Movement.objects.get(receipt=receipt, target="accepted")
    turn_round(verdict, reason="数错", by=shop.by, now=AFTER)
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


def terms_of(shop, **more):
    return {
        "relation": Relation.RETIRED, "scheme": Scheme.SERVICE, "since": NOVEMBER,
        "reason": "退休，在家做", "bank_account": "6222 0000 1111", "now": NOW,
    } | more  # fmt: skip


@pytest.fixture
def accountant(cast):
    account = AccountFactory(login_name="qiankuaiji", display_name="钱会计")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.ACCOUNTANT)
    return actor_of(account, cast.xinjie, now=NOW)


def test_the_accountant_decides_how_a_worker_is_taxed_and_the_statement_shows_the_sum(
    shop, accountant
):
    with pytest.raises(NotPermitted):
        choose_terms(shop.gui, by=shop.by, **terms_of(shop))
    choose_terms(shop.gui, by=accountant, **terms_of(shop))
    shop.back(shop.out(4000), 4000, accepted=4000)
    found = statement(shop, close_month(NOVEMBER, by=accountant, now=AFTER))
    assert faults(AFTER.date()) == []
    assert (found.gross, found.tax, found.net) == (1400, 120, 1280)
    assert found.withheld == Withheld(
        Decimal(1400), Decimal(800), Decimal("0.20"), Decimal(0), Decimal(0)
    )
    with pytest.raises(Refused) as refusal:
        choose_terms(shop.gui, by=accountant, **terms_of(shop))
    assert refusal.value.field == "since"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"relation": Relation.EMPLOYMENT}, "scheme"),
        ({"relation": Relation.UNDECIDED}, "scheme"),
        ({"scheme": Scheme.PLATFORM, "since": date(2025, 9, 1)}, "since"),
        ({"deduction": Decimal(-1)}, "deduction"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_scheme_goes_with_the_relation_and_its_table_with_the_day(shop, accountant, terms, field):
    with pytest.raises(Refused) as refusal:
        choose_terms(shop.gui, by=accountant, **terms_of(shop, **terms))
    assert refusal.value.field == field
    assert not PayTerms.objects.exists()


def test_who_is_nothing_by_law_yet_stands_before_the_accountant(shop, accountant):
    assert set(undecided(NOW.date())) == {shop.gui, shop.lan}
    choose_terms(shop.gui, by=accountant, **terms_of(shop))
    assert list(undecided(NOW.date())) == [shop.lan]


def test_pay_over_a_platform_is_taxed_by_the_months_without_a_break(shop, accountant):
    choose_terms(shop.gui, by=accountant, **terms_of(shop, scheme=Scheme.PLATFORM))
    shop.back(shop.out(20_000), 20_000, accepted=20_000)
    assert statement(shop, close(shop)).tax == Decimal("18.00")  # 7,000 − 1,400 − 5,000 by 3 %
    year = years_so_far(DECEMBER)[shop.gui.pk, Scheme.PLATFORM]
    assert year == Year(Decimal(7000), Decimal("18.00"), 2)
    assert (shop.gui.pk, Scheme.PLATFORM) not in years_so_far(date(2027, 1, 1))


def employed_in(shop, year, gross):
    """An employee whose twelve months of a year are closed, each with as much."""
    for number in range(1, 13):
        month = PayMonth.objects.create(
            community_id=shop.by.community_id, first=date(year, number, 1), closed_at=NOW
        )
        Statement.objects.create(
            community_id=shop.by.community_id, month=month, worker=shop.gui,
            scheme=Scheme.EMPLOYED, gross=gross, tax=0, deducted=0, recovered=0, net=gross,
        )  # fmt: skip


EMPLOYED = {"relation": Relation.EMPLOYMENT, "scheme": Scheme.EMPLOYED, "reason": "合同"}
JANUARY = date(2027, 1, 1)
FEBRUARY = datetime(2027, 2, 1, 9, tzinfo=SHANGHAI)


def test_whoever_was_here_the_whole_year_with_little_has_the_whole_year_free(shop, accountant):
    # Hers was chosen for 2026: the year after, months count one by one again.
    choose_terms(
        shop.lan, **terms_of(shop, **EMPLOYED, by=accountant, since=DECEMBER, whole_year=True)
    )
    employed_in(shop, 2026, Decimal(5000))
    assert paid_in_year(shop.gui, Scheme.EMPLOYED, 2026) == PaidYear(12, Decimal(60_000))
    at = {"by": accountant, "since": JANUARY}
    choose_terms(shop.gui, **terms_of(shop, **EMPLOYED, **at))
    assert may_have_whole_year(LATER.date()) == [shop.gui]
    choose_terms(shop.gui, **terms_of(shop, **EMPLOYED, **at, whole_year=True))
    assert may_have_whole_year(LATER.date()) == []
    shop.back(shop.out(20_000), 20_000, accepted=20_000, now=LATER)
    shop.back(shop.out(20_000, shop.lan), 20_000, worker=shop.lan, accepted=20_000, now=LATER)
    january = close_month(JANUARY, by=shop.by, now=FEBRUARY)
    # 7,000 in January: by the month 2,000 × 3 %; with the year at once nothing.
    assert statement(shop, january, shop.lan).tax == Decimal("60.00")
    found = statement(shop, january)
    assert (found.tax, found.withheld.free, found.withheld.a_year) == (0, 60_000, 60_000)


@pytest.mark.parametrize(
    ("gross", "terms"),
    [
        ("5000.01", EMPLOYED),
        ("100", {}),
        ("100", EMPLOYED | {"since": date(2020, 12, 31)}),
    ],
)
def test_the_whole_year_is_refused_against_the_books_and_where_no_rule_gives_it(
    shop, accountant, gross, terms
):
    employed_in(shop, 2026, Decimal(gross))
    with pytest.raises(Refused) as refusal:
        choose_terms(
            shop.gui,
            by=accountant,
            **terms_of(shop, **({"since": JANUARY} | terms)),
            whole_year=True,
        )
    assert refusal.value.field == "whole_year"
    assert not PayTerms.objects.exists()


def test_over_a_platform_the_whole_year_counts_every_month_also_after_a_break(shop):
    employed_in(shop, 2026, Decimal(4000))
    Statement.objects.update(scheme=Scheme.PLATFORM)
    Statement.objects.filter(month__first=date(2026, 5, 1)).delete()
    key = (shop.gui.pk, Scheme.PLATFORM)
    run = years_so_far(DECEMBER)[key]
    assert (run.before, run.months) == (6 * 4000, 7)
    assert years_so_far(DECEMBER, {shop.gui.pk})[key].before == 10 * 4000


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
        shop.gui, relation=Relation.UNDECIDED, scheme=Scheme.UNDECIDED, since=NOVEMBER,
        reason="未定", bank_account="6222 0011",
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
    with pytest.raises(Refused):
        payment_file(month, by=shop.by, now=AFTER)


def test_the_check_sees_a_sum_that_was_forged(shop):
    shop.back(shop.out(10), 10, accepted=10)
    close(shop)
    Statement.objects.update(net=Decimal("99.00"))
    assert any(one.what is Wrong.NET for one in faults(AFTER.date()))
    Statement.objects.update(net=Decimal("3.50"))
    MoneyLine.objects.update(amount=Decimal("3.51"))
    assert any(one.what is Wrong.EARNING for one in faults(AFTER.date()))


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
        shop.gui, relation=Relation.RETIRED, scheme=Scheme.SERVICE, since=NOVEMBER, reason="退休", bank_account="62220011",
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(10), 10, accepted=10)
    pay_advance(shop.gui, amount=Decimal(1), words="看病", by=shop.by, now=NOW)
    asked = offer(shop.make_lot(10), shop.gui, by=shop.by, now=NOW)
    answer_offer(asked, accepts=True, by=shop.by, now=NOW)
    found = statement(shop, close(shop))
    do_to_statement(found, Deed.DISPUTE, words="少算", by=cast.yong.actor, now=AFTER)
    (told,) = money_told(cast.yong.person.pk)
    assert told["terms"][0]["bank_account"] == "62220011"
    assert {"看病", ""} <= {line["words"] for line in told["lines"]}
    (work,) = work_told(cast.yong.person.pk)
    assert (len(work["offers"]), len(work["receipts"])) == (1, 1)
    erase_person(cast.yong.person, by=cast.chen.actor, now=AFTER + timedelta(hours=1))
    found.refresh_from_db()
    assert (found.dispute, found.gross) == ("", Decimal("3.50"))
    shop.gui.refresh_from_db()
    assert shop.gui.left_on is not None
    assert not free_lots()[0].worker
    assert not MoneyLine.objects.filter(kind="advance").exclude(words="").exists()
    assert not PayTerms.objects.exclude(bank_account=None).exists()
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


def account_of(shop, cast, worker, number="62220011"):
    return choose_terms(
        worker, relation=Relation.UNDECIDED, scheme=Scheme.UNDECIDED, since=NOVEMBER,
        reason="未定", bank_account=number,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip


def test_the_bank_is_given_nobody_twice_and_pays_a_whole_file_at_once(shop, cast):
    account_of(shop, cast, shop.gui)
    shop.back(shop.out(10), 10, accepted=10)
    shop.back(shop.out(10, worker=shop.lan), 10, worker=shop.lan, accepted=10)
    month = close(shop)
    for one in Statement.objects.all():
        do_to_statement(one, Deed.CONFIRM, by=shop.by, now=AFTER)
    first = payment_file(month, by=shop.by, now=AFTER, token="a")
    again = payment_file(month, by=shop.by, now=AFTER, token="a")
    assert rows_of(first) == rows_of(again) == [["张勇", "62220011", "3.5", "2026-11"]]
    assert [one.worker for one in without_account(month, AFTER.date())] == [shop.lan]
    with pytest.raises(Refused):
        payment_file(month, by=shop.by, now=AFTER, token="b")
    (file,) = files_of(month)
    assert (file["count"], file["waiting"]) == (1, 1)
    pay_file(month, file["filed_at"], words="回单 8", by=shop.by, now=AFTER)
    found = statement(shop, month)
    assert (found.state, found.proof) == ("paid", "回单 8")
    assert statement(shop, month, shop.lan).state == "confirmed"
    assert faults(AFTER.date()) == []
    with pytest.raises(Refused):
        pay_file(month, file["filed_at"], words="回单 8", by=shop.by, now=AFTER)


def rows_of(content):
    return [list(cells.values()) for _line, cells in read_table(content, "x.xlsx").rows]


def test_a_payment_and_a_confirmation_written_by_mistake_are_taken_back_with_the_reason(shop, cast):
    account_of(shop, cast, shop.gui)
    shop.back(shop.out(10), 10, accepted=10)
    month = close(shop)
    found = statement(shop, month)
    do_to_statement(found, Deed.CONFIRM, by=shop.by, now=AFTER)
    payment_file(month, by=shop.by, now=AFTER)
    found.refresh_from_db()
    for number in ("1", "2"):
        do_to_statement(found, Deed.PAY, words=number, by=shop.by, now=AFTER)
        with pytest.raises(Refused):
            do_to_statement(found, Deed.UNPAY, words="", by=shop.by, now=AFTER)
        do_to_statement(found, Deed.UNPAY, words="银行退回", by=shop.by, now=AFTER)
        assert faults(AFTER.date()) == []
    assert (found.state, found.paid_at, found.proof) == ("confirmed", None, "")
    with pytest.raises(Refused):
        payment_file(month, by=shop.by, now=AFTER)
    with pytest.raises(NotPermitted):
        do_to_statement(found, Deed.REOPEN, words="点错", by=cast.yong.actor, now=AFTER)
    do_to_statement(found, Deed.REOPEN, words="点错", by=shop.by, now=AFTER)
    do_to_statement(found, Deed.CONFIRM, by=shop.by, now=AFTER)
    assert rows_of(payment_file(month, by=shop.by, now=AFTER))


def test_the_books_of_an_earlier_month_come_after_a_later_one_was_closed(shop):
    """A workshop brings its years before along: closed one by one, but never twice, nor where an
    employee's tax of a later month of the same year was counted without it.
    """
    early, september = NOW.replace(month=9), date(2026, 9, 1)
    shop.back(shop.out(10), 10, accepted=10)
    close(shop)
    with pytest.raises(Refused):
        close_month(september, by=shop.by, now=AFTER)  # nothing is known of it
    set_rate(
        shop.operation, yuan=Decimal("0.3"), since=early.date(), source="x", by=shop.by, now=early
    )
    lot = shop.make_lot(20)
    issue(lot, shop.gui, quantity=20, by=shop.by, now=early)
    receipt = give_back(lot, shop.gui, counted=20, is_agreed=True, by=shop.by, now=early)
    judge(receipt, Verdict(accepted=20), by=shop.by, now=early)
    Statement.objects.update(scheme=Scheme.EMPLOYED)
    with pytest.raises(Refused):
        close_month(september, by=shop.by, now=AFTER)
    Statement.objects.update(scheme=Scheme.BUSINESS)
    found = close(shop, september, NOW.replace(month=10))
    assert statement(shop, found).gross == Decimal("6.00")
    with pytest.raises(Refused):
        close_month(september, by=shop.by, now=AFTER)


def test_no_month_is_skipped(shop):
    shop.back(shop.out(10), 10, accepted=10)
    with pytest.raises(Refused):
        close_month(DECEMBER, by=shop.by, now=LATER)
    close(shop)
    with pytest.raises(Refused):
        close_month(date(2027, 1, 1), by=shop.by, now=datetime(2027, 2, 2, tzinfo=SHANGHAI))


def test_a_late_close_leaves_the_next_months_advances_and_corrections_alone(shop, cast):
    late = AFTER + timedelta(days=4)
    lot = shop.out(200)
    shop.back(lot, 100, accepted=100)
    shop.back(lot, 100, accepted=100, now=AFTER)
    pay_advance(shop.gui, amount=Decimal(10), words="", by=shop.by, now=AFTER)
    correct(shop.gui, amount=Decimal(2), words="漏", by=shop.by, now=AFTER)
    november = statement(shop, close(shop, now=late))
    assert (november.gross, november.recovered, november.net) == (35, 0, 35)
    with pytest.raises(Refused):
        choose_terms(
            shop.gui, relation=Relation.RETIRED, scheme=Scheme.SERVICE, since=date(2026, 11, 20),
            reason="x", bank_account="", by=cast.zhou.actor, now=late,
        )  # fmt: skip
    december = statement(shop, close(shop, DECEMBER, LATER))
    assert (december.gross, december.recovered) == (37, 10)
    # What was right on an earlier day is right when it is counted again later.
    assert faults(AFTER.date()) == faults(late.date()) == []


def test_the_books_of_an_earlier_day_know_nothing_of_a_later_payment(shop):
    shop.back(shop.out(10), 10, accepted=10)
    found = statement(shop, close(shop))
    do_to_statement(found, Deed.CONFIRM, by=shop.by, now=AFTER)
    do_to_statement(found, Deed.PAY, words="1", by=shop.by, now=AFTER + timedelta(days=3))
    assert faults(AFTER.date()) == faults(LATER.date()) == []
    MoneyLine.objects.filter(kind="payment").update(amount=Decimal("1.00"))
    assert faults(LATER.date())


def test_a_bonus_ends_on_its_last_day_and_gives_no_more_than_the_pay(shop):
    rule = {
        "name": "奖", "kind": "output", "threshold": Decimal(0), "yuan": Decimal(0),
        "since": NOVEMBER, "source": "会", "by": shop.by, "now": NOW,
    }  # fmt: skip
    with pytest.raises(Refused):
        set_bonus(percent=Decimal(101), **rule)
    bonus = set_bonus(percent=Decimal(10), **rule)
    with pytest.raises(Refused):
        end_bonus(bonus, until=date(2026, 10, 1), by=shop.by, now=NOW)
    end_bonus(bonus, until=date(2026, 11, 30), by=shop.by, now=NOW)
    lot = shop.out(20)
    shop.back(lot, 10, accepted=10)
    assert statement(shop, close(shop)).gross == Decimal("3.85")
    shop.back(lot, 10, accepted=10, now=AFTER)
    assert statement(shop, close(shop, DECEMBER, LATER)).gross == Decimal("3.50")
    Bonus.objects.update(until=None)
    with pytest.raises(Refused):
        end_bonus(bonus, until=date(2026, 11, 15), by=shop.by, now=LATER)


def test_material_at_fault_takes_no_bonus_from_her(shop):
    set_bonus(
        name="质量奖", kind="quality", threshold=Decimal(100), percent=Decimal(10), yuan=Decimal(0),
        since=NOVEMBER, source="会", by=shop.by, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(100), 100, accepted=90, scrap=10, cause=Cause.MATERIAL)
    assert statement(shop, close(shop)).gross == Decimal("38.50")


def test_an_employees_months_without_pay_count_for_her_tax(shop, cast):
    choose_terms(
        shop.gui, relation=Relation.EMPLOYMENT, scheme=Scheme.EMPLOYED, since=date(2026, 10, 5),
        reason="合同", bank_account="",
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    shop.back(shop.out(20_000), 20_000, accepted=20_000)
    assert statement(shop, close(shop)).tax == 0  # 7,000 against twice 5,000
