"""The pages of wages, and the check on the command line."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from mulin.ground.community.rules import Role
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI
from mulin.workshop.production.actions.deposits import Sum, receive_deposit
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.lots import lose
from mulin.workshop.production.models import DepositLine, Movement
from mulin.workshop.production.rules import Cause, Spot
from mulin.workshop.wages.actions.money import choose_terms, pay_advance, set_bonus
from mulin.workshop.wages.actions.months import close_month
from mulin.workshop.wages.commands import _balance
from mulin.workshop.wages.models import Bonus, MinimumWage, MoneyLine, PayMonth, PayTerms, Statement
from mulin.workshop.wages.rules import TAX_TABLES, Relation, Scheme
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.production.test_views import enter, queries_of

AFTER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def december(shop):
    """Somebody earned in November; it is the first of December."""
    shop.back(shop.out(10), 10, accepted=10)
    with clock.standing_still(AFTER):
        yield


def test_a_month_is_closed_on_its_page_and_only_once(shop, december, client):
    keeper = enter(client, shop.manager)
    assert keeper.post("/wages/", {"month": "2026-12-01"}).status_code == 422
    keeper.post("/wages/", {"month": "2026-11-15"})
    assert keeper.post("/wages/", {"month": "2026-11-15"}).status_code == 422
    month = PayMonth.objects.get()
    assert "张勇" in keeper.get(f"/wages/months/{month.pk}/").content.decode()
    assert keeper.post(f"/wages/months/{month.pk}/bank/", {}).status_code == 422


def test_the_month_that_is_over_stands_in_the_form_already(shop, december, client):
    keeper = enter(client, shop.manager)
    assert 'value="2026-11-01"' in keeper.get("/wages/").content.decode()
    keeper.post("/wages/", {"month": "2026-11-01"})
    page = keeper.get("/wages/").content.decode()
    assert 'value="2026-12-01"' not in page  # it is not over
    assert "2026年11月" in page


def test_a_whole_year_free_of_tax_is_not_chosen_again_by_whoever_brings_an_account(
    shop, client, cast
):
    choose_terms(
        shop.gui, relation=Relation.EMPLOYMENT, scheme=Scheme.EMPLOYED, since=date(2026, 11, 1),
        reason="合同", bank_account="", whole_year=True, by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    path, ticked = f"/wages/workers/{shop.gui.pk}/", re.compile(r'name="whole_year"[^>]*checked')
    head = enter(client, cast.zhou.account)
    assert ticked.search(head.get(path).content.decode())
    with clock.standing_still(AFTER.replace(year=2027)):
        assert not ticked.search(enter(client, cast.zhou.account).get(path).content.decode())


def test_a_file_goes_to_the_bank_again_and_is_paid_as_a_whole(shop, december, client, cast):
    choose_terms(
        shop.gui, relation=Relation.UNDECIDED, scheme=Scheme.UNDECIDED, since=date(2026, 11, 1),
        reason="x",
        bank_account="62220011", by=cast.zhou.actor, now=AFTER,
    )  # fmt: skip
    month = close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    found = Statement.objects.get()
    keeper = enter(client, shop.manager)
    keeper.post(f"/wages/{found.pk}/confirm/", {})
    base = f"/wages/months/{month.pk}/"
    assert keeper.post(f"{base}bank/", {}).content[:2] == b"PK"
    page = keeper.get(base).content.decode()
    filed_at = re.search(r'name="filed_at" value="([^"]+)"', page)[1]
    assert keeper.post(f"{base}bank/", {"filed_at": "2026-13"}).status_code == 404
    again = keeper.post(f"{base}bank/", {"filed_at": filed_at})
    assert again.content[:2] == b"PK"
    assert keeper.post(f"{base}paid/", {"filed_at": filed_at, "words": ""}).status_code == 422
    keeper.post(f"{base}paid/", {"filed_at": filed_at, "words": "回单 3"})
    found.refresh_from_db()
    assert (found.state, found.proof) == ("paid", "回单 3")
    # The payment and an advance are no part of the statement's sum.
    assert keeper.get(f"/wages/{found.pk}/").content.decode().count("−3.50") == 0
    keeper.post(f"/wages/{found.pk}/unpay/", {"words": "退回"})
    keeper.post(f"/wages/{found.pk}/reopen/", {"words": "点错"})
    found.refresh_from_db()
    assert (found.state, found.filed_at) == ("shown", None)
    hers = enter(client, cast.yong.account)
    assert hers.post(f"/wages/{found.pk}/unpay/", {"words": "x"}).status_code == 404


@pytest.mark.usefixtures("clock_stands")
def test_a_correction_points_at_the_line_it_corrects(shop, december, client):
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    wrong = MoneyLine.objects.get()
    keeper = enter(client, shop.manager)
    path = f"/wages/workers/{shop.gui.pk}/correct/"
    lan = MoneyLine.objects.create(
        community_id=shop.by.community_id, worker=shop.lan, kind="earning", source="labour",
        target="worker", amount=1, happened_on=NOW.date(), at=NOW, key="x",
        statement=Statement.objects.get(),
    )  # fmt: skip
    sent = {"amount": "0.35", "words": "少记一件", "corrects": lan.pk}
    assert keeper.post(path, sent).status_code == 422  # another worker's
    keeper.post(path, sent | {"corrects": wrong.pk})
    correction = MoneyLine.objects.get(kind="adjustment")
    assert correction.corrects == wrong
    correction.statement = wrong.statement
    correction.save()
    page = keeper.get(f"/wages/{wrong.statement_id}/").content.decode()
    assert f"更正 · 少记一件 · 更正的是 11月25日（周三） {wrong.words}" in page


def test_a_bonus_rule_is_ended_on_the_page(shop, client):
    bonus = set_bonus(
        name="奖", kind="output", threshold=Decimal(0), percent=Decimal(5), yuan=Decimal(0),
        since=date(2026, 11, 1), source="会", by=shop.by, now=NOW,
    )  # fmt: skip
    keeper = enter(client, shop.manager)
    keeper.post("/wages/rules/end/", {"bonus": bonus.pk, "until": "2026-11-30"})
    bonus.refresh_from_db()
    assert bonus.until == date(2026, 11, 30)
    assert "– 11月30日（周一）" in keeper.get("/wages/rules/").content.decode()


def test_she_reads_her_statement_with_its_rule_and_says_what_is_wrong(shop, december, client, cast):
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    found = Statement.objects.get()
    hers = enter(client, cast.yong.account)
    page = hers.get(f"/wages/{found.pk}/").content.decode()
    assert "3.50" in page
    assert "0.35 元" in page
    assert f"/wages/{found.pk}/pay/" not in page
    assert hers.post(f"/wages/{found.pk}/paper/").content[:5] == b"%PDF-"
    assert hers.post(f"/wages/{found.pk}/dispute/", {"words": ""}).status_code == 422
    hers.post(f"/wages/{found.pk}/dispute/", {"words": "少 2 件"})
    assert hers.post(f"/wages/{found.pk}/answer/", {"words": "x"}).status_code == 404
    keeper = enter(client, shop.manager)
    assert "少 2 件" in keeper.get(f"/wages/{found.pk}/").content.decode()
    keeper.post(f"/wages/{found.pk}/answer/", {"words": "查过了"})
    keeper.post(f"/wages/{found.pk}/confirm/", {})
    keeper.post(f"/wages/{found.pk}/pay/", {"words": "回单 3"})
    found.refresh_from_db()
    assert (found.state, found.answered_by) == ("paid", "paper")
    assert "3.50" in enter(client, cast.yong.account).get("/wages/mine/").content.decode()
    assert enter(client, cast.gu.account).get(f"/wages/{found.pk}/").status_code == 404


def test_money_of_a_worker_is_written_down_and_terms_are_not_whoever_gives_work_outs(
    shop, client, cast
):
    shop.back(shop.out(100), 100, accepted=100)
    base = f"/wages/workers/{shop.gui.pk}/"
    terms = {
        "relation": "retired", "scheme": "service", "since": "2026-11-01", "reason": "退休",
        "bank_account": "6222 01",
    }  # fmt: skip
    with clock.standing_still(AFTER.replace(month=11, day=26)):
        keeper = enter(client, shop.manager)
        assert keeper.post(base + "terms/", terms).status_code == 404
        assert keeper.post(base + "advance/", {"amount": "99"}).status_code == 422
        keeper.post(base + "advance/", {"amount": "20"})
        keeper.post(base + "correct/", {"amount": "-1.5", "words": "上月多算"})
        assert "20.00" in keeper.get(base).content.decode()
        enter(client, cast.zhou.account).post(base + "terms/", terms)
    assert PayTerms.objects.get().bank_account == "622201"
    assert sorted(MoneyLine.objects.values_list("kind", "amount")) == [
        ("adjustment", Decimal("1.50")), ("advance", Decimal("20.00")),
    ]  # fmt: skip


def test_rules_are_data_with_their_source(shop, client):
    keeper = enter(client, shop.manager)
    keeper.post(
        "/wages/rules/minimum/",
        {"month_yuan": "2260", "hour_yuan": "22", "since": "2026-01-01", "source": "浙政发"},
    )
    bonus = {
        "name": "质量奖", "kind": "quality", "threshold": "98", "percent": "5", "yuan": "",
        "since": "2026-11-01", "source": "工坊议事会",
    }  # fmt: skip
    assert keeper.post("/wages/rules/bonus/", bonus | {"percent": ""}).status_code == 422
    keeper.post("/wages/rules/bonus/", bonus)
    assert (MinimumWage.objects.count(), Bonus.objects.count()) == (1, 1)
    page = keeper.get("/wages/rules/").content.decode()
    assert "浙政发" in page
    assert all(one.source in page for one in TAX_TABLES)


def test_the_accountant_keeps_the_books_and_opens_nothing_else_of_the_workshop(
    shop, december, client, cast
):
    account = AccountFactory(login_name="qiankuaiji", display_name="钱会计")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.ACCOUNTANT)
    books = enter(client, account)
    assert "兰英" in books.get("/wages/").content.decode()
    terms = {
        "relation": "employment", "scheme": "service", "since": "2026-11-01", "reason": "合同",
    }  # fmt: skip
    path = f"/wages/workers/{shop.gui.pk}/"
    refused = books.post(f"{path}terms/", terms)
    assert (refused.status_code, PayTerms.objects.count()) == (422, 0)
    books.post(f"{path}terms/", terms | {"relation": "retired"})
    assert PayTerms.objects.get().decided_by == account
    books.post("/wages/", {"month": "2026-11-30"})
    page = books.get(f"/wages/{Statement.objects.get(worker=shop.gui).pk}/").content.decode()
    assert "2018年第61号" in page
    assert books.get(f"/production/workers/{shop.gui.pk}/").status_code == 404


def test_a_month_asks_as_often_for_one_worker_as_for_many(shop, december, client):
    shop.back(shop.out(5, worker=shop.lan), 5, worker=shop.lan, accepted=5)
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    month = PayMonth.objects.get()
    keeper = enter(client, shop.manager)
    path = f"/wages/months/{month.pk}/"
    many = queries_of(keeper, path)
    MoneyLine.objects.filter(worker=shop.lan).delete()
    Statement.objects.filter(worker=shop.lan).delete()
    assert queries_of(keeper, path) == many


class Chosen:
    until, community, json = None, "xinjie", True


def test_anyone_can_run_the_check(shop, december, capsys):
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    assert _balance(Chosen) == 0
    assert '"is_balanced": true' in capsys.readouterr().out
    receive_deposit(shop.order, Sum(Decimal(20)), by=shop.by, now=NOW)
    assert _balance(Chosen) == 0
    DepositLine.objects.update(target="delivered")
    assert _balance(Chosen) == 1
    assert (
        f"订单 {shop.order.number}，11月25日（周三），收到定金：20.00 元" in capsys.readouterr().out
    )
    DepositLine.objects.update(target="held")
    Movement.objects.filter(target="accepted").update(quantity=11)
    assert _balance(Chosen) == 1
    wrong = type("Wrong", (Chosen,), {"community": "nowhere"})
    assert _balance(wrong) == 2
    assert _balance(type("Wrong", (Chosen,), {"until": "soon"})) == 2


def test_the_check_names_people_and_things_and_no_numbers_of_records(shop, december, capsys):
    told = type("Told", (Chosen,), {"json": False})
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    assert _balance(told) == 0
    assert capsys.readouterr().out == "新街社区，算到 2026-12-01：账平（共 5 笔）。\n"
    lot = Movement.objects.get(target="accepted").lot
    Statement.objects.update(net=Decimal("99.00"))
    MoneyLine.objects.filter(kind="earning").update(amount=Decimal("3.51"))
    Movement.objects.filter(target="accepted").update(target="customer")
    assert _balance(told) == 1
    assert capsys.readouterr().out.splitlines() == [
        "新街社区，算到 2026-12-01：账不平（共 5 笔）。",
        "走法不对的件",
        f"  {lot}，11月25日（周三）：10 套从“清点台”到“客户”",
        "工钱",
        "  张勇 · 11月25日（周三） · 计件：账上写 3.51 元，重算是 3.50 元",
        "  张勇 · 2026年11月 · 应得：账上写 3.50 元，重算是 3.51 元",
        "  张勇 · 2026年11月 · 应付：账上写 99.00 元，重算是 3.51 元",
        "  张勇 · 还没付她的总数：账上写 99.00 元，重算是 3.51 元",
    ]


def test_a_statement_lists_advances_and_damage_apart_from_its_sum(shop, client, cast):
    lot = shop.out(100)
    shop.back(lot, 90, accepted=90)
    pay_advance(shop.gui, amount=Decimal("7.77"), words="学费", by=shop.by, now=NOW)
    loss = lose(
        lot, quantity=1, spot=Spot.WORKER, worker=shop.gui, cause=Cause.CARELESS, note="火炉旁",
        by=shop.by, now=NOW,
    )  # fmt: skip
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    turn_round(loss, reason="找到了", by=shop.by, now=AFTER)
    shop.back(lot, 10, accepted=10, now=AFTER)
    close_month(date(2026, 12, 1), by=shop.by, now=datetime(2027, 1, 2, tzinfo=SHANGHAI))
    hers = enter(client, cast.yong.account)
    second, first = Statement.objects.all()
    page = hers.get(f"/wages/{first.pk}/").content.decode()
    table, below = page.split("</tbody>")
    assert table.count("7.77") == 1  # what is taken off; the advance itself stands below
    assert "您预支过" in below
    assert "后来查明不用您承担" in hers.get(f"/wages/{second.pk}/").content.decode()
    lines = MoneyLine.objects.filter(kind="claim").order_by("at")
    assert [line.is_for_her for line in lines] == [False, True]
