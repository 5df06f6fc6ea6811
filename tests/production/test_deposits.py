"""A customer's deposit in the books: it comes, pays for what was delivered, goes back; to the fen."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from mulin.ground.audit.models import Act
from mulin.ground.community.models import Community
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.deposits import (
    Sum,
    give_deposit_back,
    receive_deposit,
    receive_payment,
    set_deposit_off,
    turn_deposit_round,
)
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.actions.orders import cancel_order, deliver
from mulin.workshop.production.deposits import account_of, deposit_faults, deposit_now, open_of
from mulin.workshop.production.models import DepositLine, Movement
from mulin.workshop.production.rules import Deposit
from tests.clock import NOW
from tests.production.test_views import enter

TODAY = local_day(NOW)
LATER = NOW + timedelta(minutes=5)


def yuan(amount):
    return Sum(Decimal(amount))


@pytest.fixture
def order(shop):
    """Ten pieces at 1.2 delivered of forty, so 12 yuan; 20 yuan were agreed as a deposit."""
    lot = shop.out(40, deposit=Decimal(20))
    shop.back(lot, 10, accepted=10)
    deliver(lot.order, quantity=10, by=shop.by, now=NOW)
    return lot.order


def test_a_deposit_comes_pays_for_what_was_delivered_and_the_rest_goes_back(order, shop):
    assert deposit_now(order) == Deposit()  # agreed is not received
    for _time in range(2):
        receive_deposit(order, yuan(20), by=shop.by, now=NOW, token="once")
    with pytest.raises(Refused) as refusal:
        set_deposit_off(order, yuan("12.01"), by=shop.by, now=NOW)
    assert refusal.value.field == "amount"
    set_deposit_off(order, yuan(12), by=shop.by, now=NOW)
    with pytest.raises(Refused):
        give_deposit_back(order, yuan("8.01"), by=shop.by, now=NOW)
    cancel_order(order, reason="客户取消", by=shop.by, now=NOW)
    with pytest.raises(Refused):
        receive_deposit(order, yuan(1), by=shop.by, now=NOW)
    give_deposit_back(order, yuan(8), by=shop.by, now=NOW)
    assert deposit_now(order) == Deposit(Decimal(20), Decimal(12), Decimal(8))
    assert deposit_now(order).held == 0
    row = DepositLine.objects.get(kind="received")
    assert (row.entered_by, row.channel, row.happened_on) == (shop.manager, "online", TODAY)
    assert Act.objects.filter(verb__startswith="production.deposit_").count() == 3
    assert deposit_faults(TODAY) == []
    assert account_of(shop.customer, TODAY, TODAY, Decimal(12)).during == deposit_now(order)


def test_a_statement_begins_with_what_was_held_before(order, shop):
    receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    tomorrow = TODAY + timedelta(days=1)
    set_deposit_off(order, yuan(5), by=shop.by, now=NOW + timedelta(days=1))
    after = account_of(shop.customer, tomorrow, tomorrow, Decimal(0))
    assert (after.held_before, len(after.lines), after.held_after) == (20, 1, 15)
    assert (after.open_before, after.open_after) == (12, 7)
    before = account_of(shop.customer, TODAY, TODAY, Decimal(12))
    assert (before.held_before, len(before.lines), before.held_after) == (0, 1, 20)
    assert (before.open_before, before.open_after) == (0, 12)


def test_what_was_delivered_is_paid_out_of_the_deposit_and_by_the_customer(order, shop):
    receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    set_deposit_off(order, yuan("4.5"), by=shop.by, now=NOW)
    for _time in range(2):
        paid = receive_payment(order, yuan("7.49"), by=shop.by, now=NOW, token="once")
    assert deposit_now(order) == Deposit(
        received=Decimal(20), set_off=Decimal("4.5"), paid=Decimal("7.49")
    )
    assert open_of([shop.customer]) == {shop.customer.pk: Decimal("0.01")}
    for act in (receive_payment, set_deposit_off):
        with pytest.raises(Refused) as refusal:
            act(order, yuan("0.02"), by=shop.by, now=NOW)
        assert refusal.value.field == "amount"
    sent = Movement.objects.get(target="customer", lot__isnull=False)
    with pytest.raises(Refused):
        turn_round(sent, reason="送错了", by=shop.by, now=LATER)
    assert deposit_faults(TODAY) == []
    turn_deposit_round(paid, reason="记错", by=shop.by, now=LATER)
    assert open_of([shop.customer])[shop.customer.pk] == Decimal("7.50")
    # A payment needs a delivery, in an order that was cancelled too; it never becomes a deposit.
    cancel_order(order, reason="客户取消", by=shop.by, now=NOW)
    receive_payment(order, yuan("7.5"), by=shop.by, now=LATER)
    assert open_of([shop.customer])[shop.customer.pk] == 0
    assert deposit_now(order).held == Decimal("15.5")
    assert deposit_faults(TODAY) == []


def test_more_paid_than_was_delivered_is_a_fault(order, shop):
    row = receive_payment(order, yuan(12), by=shop.by, now=NOW)
    assert deposit_faults(TODAY) == []
    DepositLine.objects.filter(pk=row.pk).update(amount=Decimal("12.01"))
    assert deposit_faults(TODAY) != []


def test_what_is_no_sum_or_no_day_is_refused_beside_its_field(order, shop, cast):
    for wrong in (0, -1, "0.005"):
        with pytest.raises(Refused) as refusal:
            receive_deposit(order, yuan(wrong), by=shop.by, now=NOW)
        assert refusal.value.field == "amount"
    with pytest.raises(Refused) as refusal:
        receive_deposit(order, Sum(Decimal(1), TODAY + timedelta(days=1)), by=shop.by, now=NOW)
    assert refusal.value.field == "day"
    with pytest.raises(NotPermitted):
        receive_deposit(order, yuan(1), by=cast.yong.actor, now=NOW)
    assert not DepositLine.objects.exists()


def test_a_slip_is_turned_round_by_a_line_and_not_while_the_money_is_used(order, shop):
    came = receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    used = set_deposit_off(order, yuan(5), by=shop.by, now=NOW)
    with pytest.raises(Refused):
        turn_deposit_round(came, reason="错", by=shop.by, now=LATER)
    sent = Movement.objects.get(target="customer", lot__isnull=False)
    with pytest.raises(Refused):
        turn_round(sent, reason="送错了", by=shop.by, now=LATER)
    with pytest.raises(Refused) as refusal:
        turn_deposit_round(used, reason=" ", by=shop.by, now=LATER)
    assert refusal.value.field == "reason"
    for _time in range(2):
        back = turn_deposit_round(used, reason="记错", by=shop.by, now=LATER, token="once")
    for wrong in (used, back):
        with pytest.raises(Refused):
            turn_deposit_round(wrong, reason="错", by=shop.by, now=LATER)
    turn_round(sent, reason="送错了", by=shop.by, now=LATER)
    turn_deposit_round(came, reason="记错", by=shop.by, now=LATER)
    assert deposit_now(order) == Deposit()
    assert DepositLine.objects.count() == 4
    assert deposit_faults(TODAY) == []


@pytest.mark.parametrize(
    "forged", [{"target": "delivered"}, {"amount": Decimal(4)}, {"amount": Decimal("20.01")}]
)
def test_the_check_sees_a_forged_line(order, shop, forged):
    receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    set_deposit_off(order, yuan(5), by=shop.by, now=NOW)
    assert deposit_faults(TODAY) == []
    changed = "set_off" if forged == {"amount": Decimal("20.01")} else "received"
    DepositLine.objects.filter(kind=changed).update(**forged)
    assert deposit_faults(TODAY) != []
    assert deposit_faults(TODAY - timedelta(days=1)) == []


def test_more_set_off_than_was_delivered_is_a_fault(order, shop):
    receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    row = set_deposit_off(order, yuan(12), by=shop.by, now=NOW)
    DepositLine.objects.filter(pk=row.pk).update(amount=Decimal("12.01"))
    assert deposit_faults(TODAY) != []


def test_a_line_that_turns_another_round_mirrors_it(order, shop):
    came = receive_deposit(order, yuan(20), by=shop.by, now=NOW)
    back = turn_deposit_round(came, reason="错", by=shop.by, now=NOW)
    DepositLine.objects.filter(pk=back.pk).update(amount=Decimal(19))
    assert deposit_faults(TODAY) != []


def test_the_order_and_the_statement_show_it_and_open_to_its_lines(order, shop, client):
    keeper = enter(client, shop.manager)
    page = f"/production/orders/{order.pk}/"
    offered = [one.name for one in keeper.get(page).context["deeds"]]
    assert "set-off" not in offered
    assert "paid" in offered
    assert keeper.post(page + "deposit/", {"amount": "x", "token": "a"}).status_code == 422
    sent = {"amount": "20", "words": "收据 31", "token": "b"}
    for _time in range(2):
        assert keeper.post(page + "deposit/", sent).status_code == 302
    assert keeper.post(page + "set-off/", {"amount": "13", "token": "c"}).status_code == 422
    keeper.post(page + "set-off/", {"amount": "10", "token": "d"})
    assert keeper.post(page + "paid/", {"amount": "2.01", "token": "x"}).status_code == 422
    keeper.post(page + "paid/", {"amount": "0.75", "token": "y"})
    found = keeper.get(page)
    assert (found.context["delivered"], found.context["open_yuan"]) == (12, Decimal("1.25"))
    assert keeper.get("/production/customers/").context["lines"][0][1] == Decimal("1.25")
    keeper.post(page + "paid/", {"amount": "1.25", "token": "z"})
    assert "paid" not in [one.name for one in keeper.get(page).context["deeds"]]
    came, *_more = DepositLine.objects.all()
    shown = keeper.get(page).content.decode()
    assert "收据 31" in shown
    assert f"/production/deposits/{came.pk}/" in shown
    statement = f"/production/customers/{shop.customer.pk}/"
    found = keeper.get(statement)
    account = found.context["deposits"]
    assert (account.delivered, account.during.set_off, account.during.paid) == (12, 10, 2)
    assert (account.open_after, account.held_after) == (0, 10)
    assert f"/production/deposits/{came.pk}/" in found.content.decode()
    assert keeper.post(statement + "paper/").content[:5] == b"%PDF-"
    line = f"/production/deposits/{came.pk}/"
    assert "金师傅" in keeper.get(line).content.decode()
    assert keeper.post(line, {"reason": "错", "token": "e"}).status_code == 422  # money went on
    keeper.post(page + "cancel/", {"reason": "取消", "token": "f"})
    assert f"/production/orders/{order.pk}/" in keeper.get("/today/").content.decode()
    keeper.post(page + "give-back/", {"amount": "10", "token": "g"})
    assert f"/production/orders/{order.pk}/" not in keeper.get("/today/").content.decode()


def test_a_number_on_an_order_of_before_becomes_a_line(order, shop):
    move = import_module("mulin.workshop.production.migrations.0005_deposit_lines")
    with in_community(Community.objects.get(pk=order.community_id)):
        move.carry_over(apps, None)
    row = DepositLine.objects.get()
    assert (row.order, row.amount, row.channel) == (order, Decimal(20), "system")
    assert deposit_now(order).held == Decimal(20)
    assert deposit_faults(local_day(row.at)) == []
