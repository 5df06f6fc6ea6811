"""One need from the door to the answer, in a real browser, with script and without."""

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.models import Need, NeedPhoto
from mulin.ground.places.actions import print_code
from mulin.kit import clock
from mulin.parlour.reception.models import Confirmation, Demand, Visit
from mulin.parlour.reception.rules import State

pytestmark = pytest.mark.browser

DESK = 1280


@pytest.mark.parametrize("js", [True, False], ids=["script", "no script"])
def test_a_lamp_by_building_12_from_the_code_on_the_wall_to_five_stars(
    cast, xinjie, visitor, photo, axe, js
):
    link = print_code(cast.building_12, by=cast.zhou.actor, now=clock.now())

    # A resident scans the code, says it in three fields and a photo, and gets a number.
    resident = visitor(js=js)
    page = resident.open(f"/Q/{link.code}/")
    assert page.get_by_text("12幢").first.is_visible()
    page.fill("[name=words]", "楼下路灯不亮，晚上很黑")
    page.fill("[name=place_words]", "单元门往东")
    page.set_input_files("[name=photos]", photo)
    page.fill("[name=phone]", "138 0013 8000")
    axe(page) if js else None
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/reception/follow/**")
    need = Need.objects.get()
    assert page.get_by_text(need.number).first.is_visible()
    follow = page.url
    kept = NeedPhoto.objects.get(need=need)
    assert (kept.width, kept.height) == (60, 80)  # upright

    # The desk sees it at once; the officer of the grid takes it, mends it, adds a photo.
    officer = visitor(width=DESK, js=js).sign_in(cast.sun)
    desk = officer.open("/reception/")
    desk.get_by_text("楼下路灯不亮").first.click()
    desk.wait_for_selector("form[action$='/take/']")
    with desk.expect_navigation():
        desk.locator("form[action$='/take/'] button").click()
    assert Demand.objects.get().state == State.IN_HAND
    answer = desk.locator("form[action$='/answer/']")
    if not answer.locator("[name=words]").is_visible():
        desk.locator("details.deed summary").first.click()
    expect(answer.locator("[name=words]")).to_be_visible()
    answer.locator("[name=words]").fill("换了灯泡，晚上去看过，亮了")
    answer.locator("[name=photos]").set_input_files(photo)
    if js:
        axe(desk)
    with desk.expect_navigation():
        answer.locator("button[type=submit]").click()
    assert Demand.objects.get().state == State.ANSWERED

    # The resident reads the answer, confirms, rates; looking alone had confirmed nothing.
    page.goto(follow)
    assert page.get_by_text("换了灯泡").first.is_visible()
    assert Confirmation.objects.get().outcome == ""
    page.locator("label[for^='confirm_solved']").first.click()
    expect(page.locator("input[id^='confirm_solved']").first).to_be_checked()
    page.check("[name=rating][value='5']", force=True)
    if js:
        axe(page)
    with page.expect_navigation():
        page.locator(".ask button[type=submit]").click()
    heard = Confirmation.objects.get()
    assert (heard.outcome, heard.rating) == ("solved", 5)
    assert Visit.objects.get().channel == "qr"

    # Visit, demand and rating stand in the figures, each with its definition, down to the rows.
    figures = visitor(width=DESK, js=js).sign_in(cast.zhou).open("/figures/")
    assert figures.locator("body").inner_text().count("100") >= 1
    assert "路灯" not in figures.locator("main").inner_text()


def test_a_call_of_granny_wang_is_written_down_with_the_keyboard(cast, xinjie, visitor, axe):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open("/reception/")
    page.keyboard.press("n")
    page.wait_for_url("**/reception/receive/")
    page.keyboard.press("p")
    page.keyboard.type("wxy")
    page.get_by_role("link", name="王秀英").click()
    page.wait_for_url("**person=**")
    page.fill("[name=words]", "厨房下水道堵了")
    page.locator("label[for^='id_channel']").nth(1).click()
    expect(page.locator("input[id^='id_channel']").nth(1)).to_be_checked()
    page.select_option("[name=building]", str(cast.building_12.pk))
    axe(page)
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url("**/reception/demands/*/")
    need = Need.objects.get()
    assert (need.person, need.channel, need.entered_by, need.building) == (
        cast.wang.person, "phone", cast.chen.account, cast.building_12,
    )  # fmt: skip


def test_what_was_typed_at_the_desk_survives_a_walk_away(cast, xinjie, visitor):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open("/reception/receive/")
    page.fill("[name=words]", "话说到一半")
    page.goto(f"{worker.address}/reception/receive/")
    expect(page.locator("[name=words]")).to_have_value("话说到一半")


def test_the_return_call_is_made_by_a_colleague(cast, xinjie, visitor, axe):
    worker = visitor(width=DESK).sign_in(cast.chen)
    page = worker.open(f"/reception/receive/?person={cast.wang.person.pk}")
    page.fill("[name=words]", "电视没信号")
    page.locator("form.card button[type=submit]").click()
    page.wait_for_url("**/reception/demands/*/")
    answer = page.locator("form[action$='/answer/']")
    page.locator("details.deed summary").first.click()
    answer.locator("[name=words]").fill("线重新接过了")
    with page.expect_navigation():
        answer.locator("button[type=submit]").click()
    page.goto(f"{worker.address}/reception/calls/")
    assert page.get_by_text("王秀英").count() == 0
    head = visitor(width=DESK).sign_in(cast.zhou).open("/reception/calls/")
    head.get_by_text("王秀英").first.click()
    head.wait_for_selector("[name=outcome]")
    axe(head)
    head.locator("label[for^='id_outcome']").first.click()
    head.select_option("[name=rating]", "5")
    head.locator("#detail form button[type=submit]").click()
    head.wait_for_url("**/reception/calls/")
    assert Confirmation.objects.get().called_by == cast.zhou.account
