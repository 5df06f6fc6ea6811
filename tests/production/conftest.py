"""The workshop of 新街社区: a manager, two workers, an order of 200 aprons whose parts are in the store."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Organisation
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.lots import (
    Verdict,
    give_back,
    issue,
    judge,
    split_order,
)
from mulin.workshop.production.actions.orders import Terms, agree, bring_in, take_order
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import Lot, Operation, Order, Receipt, Worker
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory


@dataclass
class Shop:
    """Everything a test of the workshop needs; `make_order` makes more of it."""

    by: Actor
    manager: Account
    customer: Organisation
    operation: Operation
    gui: Worker
    lan: Worker
    order: Order
    numbers: list[int] = field(default_factory=list)

    def make_order(self, *, quantity=200, is_running=True, brought=None, **more):
        terms = {
            "customer": self.customer, "product": "围裙", "operation": self.operation,
            "quantity": quantity, "due": date(2026, 12, 20), "price": Decimal("1.2"),
            "transport": Decimal("0.05"), "loss_percent": Decimal(2),
            "material_yuan": Decimal(3),
        } | more  # fmt: skip
        order = take_order(Terms(**terms), by=self.by, now=NOW)
        if is_running:
            agree(order, by=self.by, now=NOW)
            if quantity if brought is None else brought:
                bring_in(order, quantity=Decimal(brought or quantity), by=self.by, now=NOW)
        return order

    def make_lot(self, quantity=200, **more) -> Lot:
        order = self.make_order(quantity=quantity, **more)
        split_order(order, quantity=quantity, size=quantity, by=self.by, now=NOW)
        return Lot.objects.get(order=order)

    def out(self, quantity=200, worker=None, **more) -> Lot:
        """A lot that is at a worker's home."""
        lot = self.make_lot(quantity, **more)
        issue(lot, worker or self.gui, quantity=quantity, by=self.by, now=NOW)
        return Lot.objects.get(pk=lot.pk)

    def back(self, lot, counted, *, worker=None, now=NOW, **verdict) -> Receipt:
        """Counted by two, and judged if a verdict is given."""
        receipt = give_back(
            lot, worker or self.gui, counted=counted, is_agreed=True, by=self.by, now=now
        )
        if verdict:
            judge(receipt, Verdict(**verdict), by=self.by, now=now)
        return receipt


def make_shop(cast) -> Shop:
    """Inside the scope of the community."""
    manager = AccountFactory(login_name="jinshifu", display_name="金师傅")
    MembershipFactory(community=cast.xinjie, account=manager, role=Role.WORKSHOP_MANAGER)
    MembershipFactory(community=cast.xinjie, account=cast.yong.account, role=Role.WORKSHOP_WORKER)
    by = actor_of(manager, cast.xinjie, now=NOW)
    customer = found_organisation(by=cast.chen.actor, now=NOW, name="海盐服装厂", kind="firm")
    operation = add_operation(name="锁边", seconds=60, by=by, now=NOW)
    set_rate(
        operation, yuan=Decimal("0.35"), since=NOW.date() - timedelta(days=60), source="工坊议事会",
        by=by, now=NOW,
    )  # fmt: skip
    gui = take_on(cast.yong.person, minutes_wished=600, by=by, now=NOW)
    lan = take_on(
        PersonFactory(community=cast.xinjie, name="兰英"), minutes_wished=600, by=by, now=NOW
    )
    shop = Shop(by, manager, customer, operation, gui, lan, order=None)
    shop.order = shop.make_order()
    return shop


@pytest.fixture
def shop(cast, clock_stands):
    """The clock stands: what is done at its pages lies in the month of everything above."""
    with in_community(cast.xinjie):
        yield make_shop(cast)
