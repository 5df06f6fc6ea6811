"""The desk with real keys: who, why, and what comes of it, without a hand on the mouse."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.people.actions.persons import index_words
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.models import Demand, Visit, VisitKind
from tests.support.browser import until_equal

pytestmark = pytest.mark.browser

DESK = 1280


class Keys:
    """A keyboard that counts how often it was pressed."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += len(keys)


@pytest.fixture
def desk(cast, xinjie, visitor):
    """小陈 at the desk: `desk(path)` opens a page and its keyboard."""
    cast.yong.person.address = "12幢1单元502"
    cast.yong.person.save()
    index_words([cast.yong.person])
    worker = visitor(width=DESK).sign_in(cast.chen)

    def at(path):
        page = worker.open(path)
        return page, Keys(page)

    return at


def letter_of(name):
    return VisitKind.objects.get(name=name).letter


def focused(page):
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("wxy", "王秀英"), ("0001", "张勇"), ("12-502", "张勇"), ("王秀", "王秀英")],
    ids=["initials", "phone tail", "building and room", "two characters"],
)
def test_a_visit_is_who_enter_letter(cast, desk, typed, name):
    page, keys = desk("/reception/visits/")
    assert focused(page) == "who"
    keys.type(typed)
    keys.press("Enter")
    page.wait_for_url("**/reception/visits/?person=*")
    keys.press(letter_of("量血压"))
    page.wait_for_url("**/reception/visits/")
    visit = Visit.objects.get()
    assert (visit.person.name, visit.why, visit.worker, visit.minutes) == (
        name, "量血压", cast.chen.account, 5,
    )  # fmt: skip
    assert keys.pressed == len(typed) + 2
    # The next one may come: the box has the focus, and the last visit stands in the list.
    assert focused(page) == "who"
    assert page.locator(".rows").get_by_text("量血压").count() == 1


def test_whoever_gives_no_name_is_noted_with_two_keys_and_taken_back_with_two(desk, axe):
    page, keys = desk("/reception/visits/")
    keys.press("Enter", letter_of("复印打印"))
    page.wait_for_selector(".undo")
    assert (Visit.objects.get().person, keys.pressed) == (None, 2)
    axe(page)
    keys.press("Escape", "u")
    page.wait_for_selector(".undo", state="detached")
    assert not Visit.objects.exists()


def test_arrows_walk_what_was_found_and_typing_on_looks_on(cast, desk):
    page, keys = desk("/reception/visits/")
    index_words([cast.wang.person, cast.yong.person])
    keys.type("12")
    page.wait_for_selector("#who-found .row >> nth=1")
    keys.press("ArrowDown", "ArrowDown")
    until_equal(page, "document.activeElement.className", "row")
    keys.press("ArrowUp", "ArrowUp")
    until_equal(page, "document.activeElement.id", "who")
    keys.press("ArrowDown")
    # A letter pressed on a line notes nothing: it belongs to the name that is being typed.
    keys.type("x")
    expect(page.locator("#who")).to_have_value("12x")
    assert not Visit.objects.exists()


def test_a_visit_turns_into_a_demand_and_nothing_is_typed_twice(cast, desk):
    page, keys = desk("/reception/visits/")
    keys.type("wxy")
    keys.press("Enter")
    page.wait_for_url("**?person=*")
    keys.press(letter_of("坐坐聊聊"))
    page.wait_for_url("**/reception/visits/")
    keys.press("Escape", "n")
    page.wait_for_url("**/reception/receive/**")
    assert focused(page) == "id_words"
    keys.type("楼道灯一直闪")
    keys.press("Escape", "s")
    page.wait_for_url("**/reception/demands/*/")
    need = Need.objects.get()
    visit = Visit.objects.get()
    assert (need.person, visit.need, visit.reason) == (cast.wang.person, need, "demand")


def test_one_box_finds_a_person_a_demand_and_a_place_from_every_page(cast, desk, axe):
    lamp = receive_demand(
        Said(words="楼下路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=cast.chen.actor.by(Channel.PHONE), now=clock.now() - timedelta(hours=1),
    )  # fmt: skip
    page, keys = desk("/reception/")
    keys.press("/")
    keys.type("路灯")
    page.wait_for_selector("#found .row")
    axe(page)
    keys.press("Enter")
    page.wait_for_url(f"**/reception/demands/{lamp.pk}/")
    keys.press("/")
    keys.type(lamp.need.number)
    page.wait_for_selector("#found .row")
    with page.expect_navigation():
        keys.press("Enter")
    keys.press("/")
    keys.type("12幢")
    page.wait_for_selector('#found .row-what:text-is("12幢")')
    expect(page.locator("#found .row").last).to_have_text(re.compile(r"^\s*12幢"))
    keys.press("Escape")
    expect(page.locator("#found .row")).to_have_count(0)
    # A person, and one more key: their demand.
    keys.press("/")
    keys.type("wxy")
    keys.press("Enter")
    page.wait_for_url("**/reception/visits/?person=*")
    keys.press("n")
    page.wait_for_url("**/reception/receive/?person=*")
    assert Demand.objects.count() == 1


def test_a_question_mark_shows_the_keys_of_the_page(desk, axe):
    page, keys = desk("/reception/visits/")
    keys.press("Escape", "?")
    sheet = page.locator("#keys")
    expect(sheet).to_contain_text("量血压")
    axe(page)
    keys.press("Escape")
    expect(sheet).to_be_hidden()


def test_without_script_a_visit_is_noted_by_the_same_page(cast, xinjie, visitor):
    page = visitor(width=DESK, js=False).sign_in(cast.chen).open("/reception/visits/")
    page.fill("#who", "wxy")
    page.press("#who", "Enter")
    page.get_by_role("link", name="王秀英").click()
    page.wait_for_url("**?person=*")
    with page.expect_navigation():
        page.locator("#letters button", has_text="量血压").click()
    assert Visit.objects.get().person == cast.wang.person
    with page.expect_navigation():
        page.locator(".undo button").click()
    assert not Visit.objects.exists()
