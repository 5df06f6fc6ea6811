"""An order's whole way over the pages of those who do it: agreed, made, carried, judged, made good,
shipped, and to the fen on the bank's file; nothing is done past the pages.
"""

import re
from datetime import datetime
from decimal import Decimal

from django.test import Client

from mulin.ground.community.rules import Role
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI
from mulin.kit.sheets import read_table
from mulin.workshop.production.models import Carrying, Lot, Movement, Offer, Order, Receipt, Stop
from mulin.workshop.production.queries import standing
from mulin.workshop.wages.models import MoneyLine, PayMonth, Statement
from mulin.workshop.wages.queries import faults
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.production.test_views import enter

AFTER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


class Page:
    """A person at the pages: what is sent is taken, or the test says what was refused."""

    def __init__(self, account):
        self.client = enter(Client(), account)

    def post(self, path, **typed):
        answer = self.client.post(path, typed)
        assert answer.status_code in {200, 302}, re.findall(
            r'class="error"[^>]*>(.*?)</p>', answer.content.decode()
        )
        return answer

    def read(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer.content.decode()


def test_an_order_goes_from_the_handshake_to_the_banks_file(shop, cast):
    driver = AccountFactory(login_name="majianjun", display_name="老马")
    MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    keeper, hers, carrier, head = map(
        Page, (shop.manager, cast.yong.account, driver, cast.zhou.account)
    )
    head.post(
        f"/wages/workers/{shop.gui.pk}/terms/", relation="undecided", scheme="undecided", since="2026-11-01",
        reason="退休，在家做", bank_account="6222 0011",
    )  # fmt: skip

    # ── the order, its material, its lots ──
    keeper.post(
        "/production/new/", customer=shop.customer.pk, product="袖套", quantity="60",
        operation=shop.operation.pk, due="2026-12-24", price="0.8", transport="0.05",
    )  # fmt: skip
    order = Order.objects.get(product="袖套")
    base = f"/production/orders/{order.pk}/"
    keeper.post(base + "agree/")
    item = order.items.get(is_piece=True)
    keeper.post(base + "bring/", item=item.pk, quantity="60")
    keeper.post(base + "split/", quantity="60", size="60")
    lot = Lot.objects.get(order=order)
    place = f"/production/lots/{lot.pk}/"

    # ── offered in the evening, taken on her page, brought to her door ──
    keeper.post("/production/allocation/", **{f"lot-{lot.pk}": shop.gui.pk})
    hers.post(f"/production/mine/offers/{Offer.objects.get(lot=lot).pk}/", said="yes")
    keeper.post(place + "issue/", worker=shop.gui.pk, quantity="60", by_tricycle="on")
    _ride(keeper, carrier, driver, "bring", lot, shop.gui)
    assert standing(lot).out == 60

    # ── worked, fetched, counted by two, judged ──
    _ride(keeper, carrier, driver, "fetch", lot, shop.gui)
    keeper.post(place + "back/", worker=shop.gui.pk, counted="60")
    receipt = Receipt.objects.get(lot=lot)
    hers.post(f"/production/receipts/{receipt.pk}/agree/")
    verdict = f"/production/receipts/{receipt.pk}/"
    keeper.post(verdict, accepted="55", rework="4", scrap="1", cause="work", note="线头")

    # ── made good without pay ──
    keeper.post(place + "again/", worker=shop.gui.pk, quantity="4")
    keeper.post(place + "back/", worker=shop.gui.pk, counted="4", is_agreed="on")
    second = Receipt.objects.exclude(pk=receipt.pk).get()
    keeper.post(f"/production/receipts/{second.pk}/", accepted="4", rework="0", scrap="0")
    stands = standing(lot)
    assert (stands.accepted, stands.scrap, stands.out, stands.is_balanced) == (59, 1, 0, True)

    # ── shipped, and what the customer owes ──
    keeper.post(base + "deliver/", quantity="59", note="送货单 7")
    assert "47.20" in keeper.read(f"/production/customers/{shop.customer.pk}/")
    life = keeper.read(place)
    assert life.count("<li>") >= Movement.objects.filter(lot=lot).count()

    with clock.standing_still(AFTER):
        _close_and_pay(keeper, hers)


def _close_and_pay(keeper, hers):
    """The month is closed; she reads it, says that it is right, and the bank pays."""
    keeper.post("/wages/", month="2026-11-15")
    month, found = PayMonth.objects.get(), Statement.objects.get()
    earned = MoneyLine.objects.filter(kind="earning").values_list("amount", flat=True)
    # A fault of her hand is made good once, and paid once.
    assert sum(earned) == found.net == Decimal("0.35") * 59
    assert "20.65" in hers.read(f"/wages/{found.pk}/")
    refused = keeper.client.post(f"/wages/months/{month.pk}/bank/")
    assert refused.status_code == 422  # she has not said that it is right
    hers.post(f"/wages/{found.pk}/confirm/")
    bank = keeper.post(f"/wages/months/{month.pk}/bank/").content
    ((_line, row),) = read_table(bank, "bank.xlsx").rows
    assert [str(one) for one in row.values()][:3] == ["张勇", "62220011", "20.65"]
    page = keeper.read(f"/wages/months/{month.pk}/")
    filed_at = re.search(r'name="filed_at" value="([^"]+)"', page)[1]
    keeper.post(f"/wages/months/{month.pk}/paid/", filed_at=filed_at, words="回单 3")
    found.refresh_from_db()
    assert (found.state, found.answered_by) == ("paid", "online")
    assert faults(AFTER.date()) == []


def _ride(keeper, carrier, driver, kind, lot, worker):
    """One round to her door, planned at the counter and walked by the carrier."""
    chosen = f"{kind}-{lot.pk}-{worker.pk}"
    keeper.post("/production/rounds/", carrier=driver.pk, day=f"{NOW:%Y-%m-%d}", errands=chosen)
    planned = Carrying.objects.first()
    assert str(worker) in carrier.read(f"/production/rounds/{planned.pk}/")
    (stop,) = Stop.objects.filter(carrying=planned)
    carrier.post(f"/production/stops/{stop.pk}/", quantity="60")
