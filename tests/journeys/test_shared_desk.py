"""One desk, several people, real keys: what is owed, whose half-typed form it is, who sits there."""

from importlib import import_module

import pytest
from django.conf import settings
from django.core import signing
from playwright.sync_api import expect

from mulin.commons.flow.models import Category, Need
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import LEFT_ALONE
from mulin.ground.drafts.models import Draft
from mulin.kit import clock
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.site.seats import COOKIE, TOUCHED, _mark_of
from tests.factories.community import PASSWORD
from tests.support.browser import until

pytestmark = pytest.mark.browser

DESK = 1280
RECEIVE = "/reception/receive/"
WORDS = "#id_words"


@pytest.fixture
def desk(cast, xinjie, visitor):
    """小陈 sits at a desk at which 老周 has signed in today, too."""
    someone = visitor(width=DESK).sign_in(cast.chen)
    now = int(clock.now().timestamp())
    rows = [
        [one.account.pk, cast.xinjie.pk, now, _mark_of(one.account)]
        for one in (cast.chen, cast.zhou)
    ]
    someone._keep({COOKIE: signing.dumps(rows, salt="mulin.seats")})
    return someone


def type_words(page, words):
    """Type into the form, until the server has it."""
    with page.expect_response("**/drafts/keep/"):
        page.locator(WORDS).press_sequentially(words)


def half_an_hour_passes(someone):
    """As far as the server knows: the desk was touched half an hour earlier."""
    key = next(
        one["value"]
        for one in someone.context.cookies()
        if one["name"] == settings.SESSION_COOKIE_NAME
    )
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    session[TOUCHED] -= int(LEFT_ALONE.total_seconds())
    session.save()


def test_what_is_owed_stands_first_in_order_of_harm_and_opens_by_its_number(cast, desk, axe):
    now = clock.now()
    for words, kind in (("路灯不亮", "repair.lamp"), ("电梯停了", "repair.lift"),
                        ("消防通道堵了", "safety.fire"), ("老人没人送饭", "elder")):  # fmt: skip
        receive_demand(
            Said(words=words, category=Category.objects.get(code=kind)), by=cast.chen.actor, now=now
        )
    page = desk.open("/")
    page.wait_for_url("**/today/")
    rows = page.locator(".owed-rows .row-what").all_inner_texts()
    assert [row.partition(" · ")[0] for row in rows] == [
        "消防通道堵了", "老人没人送饭", "电梯停了", "路灯不亮",
    ]  # fmt: skip
    axe(page)
    page.keyboard.press("3")
    page.wait_for_selector("#detail .said")
    expect(page.locator("#detail .said")).to_contain_text("电梯停了")
    # The list stays where it was; arrows walk it, Enter opens.
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail .said >> text=老人没人送饭")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("换人")
    expect(page.locator("#keys")).to_contain_text("1 … 9")
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    page.wait_for_url("**/today/")


def test_two_at_one_desk_never_see_each_others_half_typed_form(cast, desk, axe):
    page = desk.open(RECEIVE)
    type_words(page, "王奶奶家的事")
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    page.wait_for_url("**/seats/**")
    axe(page)
    page.keyboard.press("2")  # 老周
    page.wait_for_selector("[name=password]")
    axe(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    assert page.inner_text(".seat-name") == "老周"
    # Not by going back, not by opening the form, not in what the browser holds.
    page.go_back()
    assert "王奶奶家" not in page.content()
    with page.expect_response("**/drafts/kept/**"):
        page.goto(desk.address + RECEIVE)
    assert page.input_value(WORDS) == ""
    assert page.locator(".draft").count() == 0
    assert "王奶奶家" not in page.evaluate("JSON.stringify(sessionStorage)")
    type_words(page, "老周的事")
    # 小陈 sits down again: her own is offered, and his is not.
    page.keyboard.press("Escape")
    page.keyboard.press("0")
    page.wait_for_url("**/seats/**")
    page.locator(".seats a", has_text="小陈").press("Enter")
    page.wait_for_selector("[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")
    page.goto(desk.address + RECEIVE)
    page.wait_for_selector(".draft")
    assert page.locator(".draft-words").all_inner_texts() == ["王奶奶家的事"]
    page.locator(".draft button").first.click()
    expect(page.locator(WORDS)).to_have_value("王奶奶家的事")


def test_what_was_typed_outlives_tab_and_browser_and_ends_when_it_is_sent(cast, desk, visitor, axe):
    page = desk.open(RECEIVE)
    type_words(page, "三楼漏水")
    page.close()
    desk.context.close()  # the browser crashed
    other = visitor(width=DESK).sign_in(cast.chen)
    page = other.open(RECEIVE)
    page.wait_for_selector(".draft")
    axe(page)
    assert page.input_value(WORDS) == ""
    with page.expect_response("**/drafts/keep/"):
        page.locator(".draft button").first.press("Enter")
    expect(page.locator(WORDS)).to_have_value("三楼漏水")
    assert Draft.objects.count() == 1
    # A second tab beside it: two forms, two drafts, no letter of one in the other.
    beside = other.open(RECEIVE)
    beside.wait_for_selector(".draft")
    type_words(beside, "路灯坏了")
    assert Draft.objects.count() == 2
    with page.expect_response("**/drafts/keep/"):
        page.locator(WORDS).press_sequentially("，快来")
    # Reloaded, a tab goes on by itself with what was typed in it.
    with beside.expect_response("**/drafts/keep/"):
        beside.reload()
    assert beside.input_value(WORDS) == "路灯坏了"
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url("**/reception/demands/*/")
    assert Need.objects.get().words == "三楼漏水，快来"
    left = [one.fields for one in Draft.objects.all()]
    assert len(left) == 1
    assert "路灯坏了" in left[0]


def test_what_was_begun_about_somebody_goes_on_with_them(cast, desk):
    path = f"{RECEIVE}?person={cast.wang.person.pk}"
    page = desk.open(path)
    type_words(page, "她家水管")
    page.close()
    page = desk.open(RECEIVE)
    page.locator(".draft button").first.click()
    page.wait_for_url(f"**{path}")
    expect(page.locator("#id_words")).to_have_value("她家水管")
    assert "王秀英" in page.inner_text(".chosen")


def test_a_desk_left_alone_shuts_and_opens_where_it_was_with_what_was_typed(cast, desk):
    page = desk.context.new_page()
    page.clock.install()
    page.goto(desk.address + RECEIVE)
    type_words(page, "楼道灯一直闪")
    half_an_hour_passes(desk)
    page.clock.fast_forward("31:00")
    page.wait_for_url("**/seats/**")
    assert "楼道灯" not in page.content()
    page.wait_for_selector("[name=password]")
    page.keyboard.type("falsch")
    page.keyboard.press("Enter")
    page.wait_for_selector(".error")
    page.locator("[name=password]").press_sequentially(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{RECEIVE}")
    expect(page.locator("#id_words")).to_have_value("楼道灯一直闪")


def test_a_form_that_waited_for_the_network_ends_its_draft_when_it_goes(cast, desk):
    page = desk.open(RECEIVE)
    until(page, "window.mulinKept !== undefined")
    page.evaluate("window.mulinKept.put('ready', null, 1)")  # the key is here
    type_words(page, "楼下路灯不亮")
    desk.context.set_offline(True)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_selector(".queue .waiting li")
    assert Draft.objects.count() == 1
    desk.context.set_offline(False)
    page.wait_for_selector(".queue .done")
    assert Need.objects.get().words == "楼下路灯不亮"
    assert Draft.objects.count() == 0
    with page.expect_response("**/drafts/kept/**"):
        page.reload()
    assert page.locator(".draft").count() == 0
    assert page.input_value(WORDS) == ""
