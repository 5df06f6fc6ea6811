"""A lot from the table of the evening to the wage on her page: pulled, offered, taken, made, judged."""

import pytest
from playwright.sync_api import expect

from mulin.kit import clock
from mulin.workshop.production.actions.lots import split_order
from mulin.workshop.production.models import Lot, Offer, Receipt
from tests.production.conftest import make_shop

pytestmark = pytest.mark.browser

DESK = 1280


class Manager:
    """Whoever runs the workshop, for `sign_in`."""

    def __init__(self, account):
        self.account = account


def test_a_lot_is_pulled_onto_a_worker_and_comes_back_as_her_wage(cast, xinjie, visitor, axe):
    shop = make_shop(cast)
    order = shop.make_order(quantity=40)
    split_order(order, quantity=40, size=20, by=shop.by, now=clock.now())
    first, second = Lot.objects.filter(order=order).order_by("number")
    at_work = visitor(width=DESK).sign_in(Manager(shop.manager))
    keeper = at_work.open("/production/allocation/")
    # One by the mouse, one by the keys; each tells at once what it comes to.
    with keeper.expect_response("**/weigh/**"):
        keeper.locator(f"[data-lot='{first.pk}']").drag_to(
            keeper.locator(f"[data-worker='{shop.gui.pk}']")
        )
    expect(keeper.locator(f"#lot-{first.pk}")).to_have_value(str(shop.gui.pk))
    with keeper.expect_response("**/weigh/**"):
        keeper.locator(f"#lot-{second.pk}").select_option("")
    expect(keeper.locator("#weighed")).to_contain_text("1 批没人做")
    axe(keeper)
    with keeper.expect_navigation():
        keeper.locator(".allot button.main").click()
    keeper.wait_for_selector("form[action*='/offers/']")
    assert Offer.objects.get().lot == first

    hers = visitor().sign_in(cast.yong).open("/production/mine/")
    with hers.expect_navigation():
        hers.locator("button[value=yes]").click()
    assert hers.locator("button[value=yes]").count() == 0

    path = f"/production/lots/{first.pk}/"
    for deed, field in (("issue", "quantity"), ("back", "counted")):
        keeper.goto(at_work.address + path)
        form = keeper.locator(f"form[action='{path}{deed}/']")
        form.locator("xpath=ancestor::details/summary").click()
        form.locator(f"[name={field}]").fill("20")
        with keeper.expect_navigation():
            form.locator(f"[name={field}]").press("Enter")
    receipt = Receipt.objects.get()

    hers.goto(hers.url)
    with hers.expect_navigation():
        hers.get_by_role("button", name="20 件，没错").click()
    keeper.goto(f"{at_work.address}/production/receipts/{receipt.pk}/")
    keeper.locator("[name=accepted]").press("Enter")
    keeper.wait_for_url(f"**{path}")
    hers.goto(hers.url)
    expect(hers.locator("main")).to_contain_text("7.00 元")
