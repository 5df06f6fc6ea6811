"""The pages of the roll in a real browser: whoever listens to them or types at them gets along."""

import re
from datetime import date, time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from mulin.ground.people.actions.organisations import affiliate, found_organisation, keep_house_with
from mulin.ground.people.actions.persons import register_person
from mulin.ground.people.actions.rolls import preview_roll
from mulin.ground.people.models import Person
from mulin.ground.places.actions import add_place, move_in, print_code, set_hours
from mulin.ground.places.rules import Hours
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.support.browser import DESK, PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def pages(live, cast):
    """The addresses of all pages of the roll and of places, each with something on it."""
    by = cast.chen.actor
    with in_community(cast.xinjie):
        grids = {"grid_id": cast.grid_1.pk}
        wang, twin = (
            register_person(by=by, now=NOW, name="王秀兰", phone="13812340137", **grids)
            for _ in range(2)
        )
        child = register_person(by=by, now=NOW, name="乐乐", born_on=date(2020, 5, 1), **grids)
        keep_house_with(child, wang, by=by, now=NOW)
        move_in(wang, cast.dwelling_12_301, by=by, now=NOW, since=date(2020, 7, 1))
        shop = found_organisation(by=by, now=NOW, name="便民修理铺", kind="shop")
        affiliate(wang, shop, by=by, now=NOW, post="师傅")
        content = "姓名,手机,出生日期\n王秀兰,13812340137,\n王秀兰,,\n李四,,1943-02-29\n".encode(
            "gbk"
        )
        roll = preview_roll(content, "居民名册.csv", by=by, now=NOW)
        hall = add_place(by=by, now=NOW, name="睦邻客厅", kind="hall")
        week = [Hours(3, time(8, 30), time(11, 30)), Hours(3, time(13, 30), time(17))]
        set_hours(hall, week, by=by, now=NOW)
        print_code(cast.building_12, by=by, now=NOW)
    return {
        "list": reverse("people:list"),
        "person": reverse("people:person", args=[wang.pk]),
        "child": reverse("people:person", args=[child.pk]),
        "new": reverse("people:new"),
        "merge": reverse("people:merge", args=[wang.pk, twin.pk]),
        "erase": reverse("people:erase", args=[twin.pk]),
        "duplicates": reverse("people:duplicates"),
        "imports": reverse("people:imports"),
        "import": reverse("people:import", args=[roll.pk]),
        "organisation": reverse("people:organisation", args=[shop.pk]),
        "mine": reverse("people:mine"),
        "places": reverse("places:list"),
        "building": reverse("places:building", args=[cast.building_12.pk]),
        "place": reverse("places:place", args=[hall.pk]),
        "home": reverse("places:home", args=[wang.pk]),
        "codes": reverse("places:codes"),
    }


@pytest.mark.parametrize(
    ("width", "look"),
    [(PHONE, {}), (PHONE, {"large": True}), (DESK, {"dark": True})],
    ids=["phone", "phone-large", "desk-dark"],
)
def test_every_page_is_whole_and_axe_finds_nothing(visitor, cast, pages, axe, width, look):
    desk = visitor(width=width, **look).sign_in(cast.chen)
    resident = visitor(width=width, **look).sign_in(cast.yong)
    for name, path in pages.items():
        page = (resident if name == "mine" else desk).open(path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.close()


def test_somebody_is_put_on_the_roll_and_a_number_is_read_with_a_reason(visitor, cast, live, js):
    page = visitor(width=1280, js=js).sign_in(cast.chen).open(reverse("people:new"))
    page.fill("[name=name]", "李四")
    page.fill("[name=phone]", "138 1234 0138")
    page.click("main .button.main")
    page.wait_for_url(re.compile(r"/people/\d+/"))
    assert "13812340138" not in page.content()
    page.click(".deed summary >> nth=0")
    page.select_option("[name=field]", "phone")
    page.fill("[name=reason]", "回访")
    page.click(".deed[open] button[type=submit]")
    expect(page.locator(".shown-once")).to_contain_text("13812340138")
    with in_community(cast.xinjie):
        assert Person.objects.filter(name="李四").count() == 1
