"""An answered demand goes before the street, and the asker takes it down, with script and without."""

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.said import Said
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.models import EmergencyPack, Story

pytestmark = pytest.mark.browser


def test_seen_by_the_clerk_then_by_the_street_then_taken_down_by_the_asker(
    cast, xinjie, visitor, axe, js, width, look
):
    if not js and (width == 390 or look["dark"]):
        pytest.skip("without script once is enough")
    demand = receive_demand(
        Said(words="张勇家楼道灯不亮，打13811112222", person=cast.yong.person),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk), now=clock.now(),
    )  # fmt: skip
    answer_demand(demand, by=cast.chen.actor, words="换了灯泡", now=clock.now())

    clerk = visitor(width=width, js=js, **look).sign_in(cast.zhou)
    page = clerk.open(f"/reception/demands/{demand.pk}/")
    page.locator("a[href$='/show/']").click()
    expect(page.locator("mark")).to_have_text(["张勇", "13811112222"])
    axe(page) if js else None
    page.locator("button[value=look]").click()
    expect(page.locator("#preview")).to_contain_text("某居民家楼道灯不亮，打（电话略）")
    axe(page) if js else None
    page.locator("button[value=show]").click()
    page.wait_for_url(f"**/reception/demands/{demand.pk}/")

    street = visitor(width=width, js=js, **look)
    page = street.open("/ours/")
    assert page.get_by_text("某居民家楼道灯不亮").first.is_visible()
    assert page.get_by_text("张勇").count() == 0

    page = street.open(f"/n/{demand.need.follow_code}/")
    axe(page) if js else None
    with page.expect_navigation():
        page.locator("form[action$='/object/'] button").click()
    assert Story.objects.get().objected_at is not None
    assert street.open("/reception/stories/").get_by_text("楼道灯不亮").count() == 0


def test_the_pack_is_made_and_taken_by_two_buttons(cast, xinjie, visitor, axe):
    desk = visitor(width=1280).sign_in(cast.chen)
    page = desk.open("/reception/emergency/")
    with page.expect_navigation():
        page.locator("form[action$='/make/'] button").click()
    axe(page)
    pack = EmergencyPack.objects.get()
    assert pack.printed_at is None
    with page.expect_response(f"**/reception/emergency/{pack.pk}/print/") as answered:
        page.locator("form[action$='/print/'] button").click()
    assert answered.value.headers["content-type"] == "application/pdf"
    pack.refresh_from_db()
    assert pack.printed_by == cast.chen.account
