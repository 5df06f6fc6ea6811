"""The map in a real browser: it is drawn nearer by keys, and a press writes a point."""

import re

import pytest

from mulin.circle.proximity.models import MapCorrection
from mulin.ground.places.forms import position_typed
from mulin.kit.coordinates import metres_between
from tests.proximity.conftest import spot

pytestmark = pytest.mark.browser


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def box(page):
    said = page.locator("[data-map] svg").get_attribute("viewBox")
    return [float(part) for part in said.split()]


def test_everybody_reads_the_map_by_keys_on_a_phone(live, mapped, visitor, axe):
    for look in ({}, {"large": True, "dark": True}):
        page = visitor(**look).open(f"/proximity/?home={mapped.houses['1幢'].pk}&pace=adult")
        axe(page)
        assert wide(page) <= 0
    whole = box(page)
    page.locator("[data-map] svg").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert box(page)[2] == pytest.approx(whole[2] * 0.7)
    assert box(page)[0] > 0
    page.keyboard.press("0")
    assert box(page) == whole
    page.get_by_role("link", name="卫生站").first.click()
    axe(page)
    assert wide(page) <= 0


def test_the_desk_presses_on_the_map_and_puts_stairs_there(live, mapped, cast, visitor, axe):
    someone = visitor(width=1280).sign_in(cast.chen)
    for path in ("coverage/?service=meals", "next/", "map/"):
        page = someone.open(f"/proximity/{path}")
        axe(page)
        assert wide(page) <= 0
    figure = page.locator("[data-map]")
    numbers = {
        name: float(figure.get_attribute(f"data-{name}"))
        for name in ("west", "north", "east-metres", "north-metres")
    }
    wanted = spot(300, 0)
    # Where on the glass the middle of the street is, by the numbers that the page tells.
    on = page.evaluate(
        """([x, y]) => { const svg = document.querySelector('[data-map] svg');
        const at = svg.createSVGPoint(); at.x = x; at.y = y;
        svg.scrollIntoView(); const on = at.matrixTransform(svg.getScreenCTM());
        return [on.x, on.y]; }""",
        [
            (wanted.lon - numbers["west"]) * numbers["east-metres"],
            (numbers["north"] - wanted.lat) * numbers["north-metres"],
        ],
    )
    page.mouse.click(*on)
    typed = page.locator("[name=points]").input_value()
    assert re.fullmatch(r"\d+\.\d{6}, \d+\.\d{6}", typed)
    assert metres_between(position_typed(typed), wanted) < 3
    page.locator("[name=fix]").select_option("stairs")
    page.locator("[name=words]").fill("台阶")
    page.get_by_role("button", name="订正").click()
    page.wait_for_url("**/proximity/map/")
    assert MapCorrection.objects.get().fix == "stairs"
