"""Offered, taken over, asked for the same by a neighbour, answered to both: in a real browser."""

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.models import Category, Need
from mulin.commons.flow.said import Said
from mulin.ground.places.actions import print_code
from mulin.kit import clock
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.templates import keep_template
from mulin.parlour.reception.models import Confirmation, Demand, Offer
from mulin.parlour.reception.rules import State

pytestmark = pytest.mark.browser

DESK = 1280


@pytest.fixture
def lamp(cast, xinjie):
    return receive_demand(
        Said(
            words="楼下路灯坏了三天", person=cast.wang.person, building=cast.building_12,
            category=Category.objects.get(code="repair.lamp"),
        ),
        by=cast.sun.actor.by("phone", on_behalf_of=cast.wang.person.pk), now=clock.now(),
    )  # fmt: skip


def test_it_is_offered_and_taken_over_with_the_keyboard(cast, lamp, visitor, axe):
    keep_template(None, by=cast.zhou.actor, name="灯好了", words="{地点}的灯好了，请看一眼。",
                  category=None, now=clock.now())  # fmt: skip
    giver = visitor(width=DESK).sign_in(cast.sun).open(f"/reception/demands/{lamp.pk}/")
    giver.keyboard.press("g")
    offer = giver.locator("form[action$='/offer/']")
    expect(offer.locator("[name=why]")).to_be_visible()
    offer.locator("[name=to]").select_option(str(cast.wu.account.pk))
    offer.locator("[name=why]").fill("我明天休假")
    axe(giver)
    with giver.expect_navigation():
        offer.locator("[name=why]").press("Enter")
    assert Demand.objects.get().owner == cast.sun.account

    taker = visitor(width=DESK).sign_in(cast.wu).open("/reception/")
    axe(taker)
    taker.locator(".for-me a").click()
    taker.wait_for_selector("[data-key=y]")
    with taker.expect_navigation():
        taker.keyboard.press("y")
    assert Offer.objects.get().state == "accepted"
    assert Demand.objects.get().owner == cast.wu.account

    # A template by its key, in the middle of what is being typed.
    answer = taker.locator("form[action$='/answer/'] [name=words]")
    answer.fill("昨晚去过。")
    answer.press("Alt+1")
    taker.wait_for_url("**/fill/")
    expect(answer).to_have_value("昨晚去过。\n12幢的灯好了，请看一眼。")
    axe(taker)
    assert Demand.objects.get().state == State.IN_HAND


@pytest.mark.parametrize(
    "how", [{"js": True}, {"js": False}, {"large": True}, {"dark": True}],
    ids=["script", "no script", "large", "dark"],
)  # fmt: skip
def test_a_neighbour_is_asked_whether_it_is_the_same_and_hears_the_answer(
    cast, xinjie, lamp, visitor, axe, how
):
    code = print_code(cast.building_12, by=cast.zhou.actor, now=clock.now()).code
    page = visitor(**how).open(f"/Q/{code}/")
    page.fill("[name=words]", "12幢的路灯不亮了")
    if how.get("js", True):
        page.wait_for_selector("[name=joins]", state="attached")
        axe(page)
    else:
        with page.expect_navigation():
            page.locator("main form button[type=submit]").click()
    expect(page.locator(".neighbours label").first).to_be_visible()
    expect(page.get_by_text("坏了三天")).to_have_count(0)
    page.locator(".neighbours label").first.click()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/reception/follow/**")
    mine = Need.objects.exclude(pk=lamp.need_id).get()
    assert mine.goes_with == lamp.need
    axe(page) if how.get("js", True) else None

    desk = visitor(width=DESK, js=how.get("js", True)).sign_in(cast.sun)
    work = desk.open(f"/reception/demands/{lamp.pk}/")
    assert work.get_by_text(mine.number).first.is_visible()
    work.locator("details.deed summary").first.click()
    answer = work.locator("form[action$='/answer/']")
    answer.locator("[name=words]").fill("换了灯泡，亮了")
    with work.expect_navigation():
        answer.locator("button[type=submit]").last.click()
    page.reload()
    assert page.get_by_text("换了灯泡").first.is_visible()
    assert Confirmation.objects.count() == 2
