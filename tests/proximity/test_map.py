"""The map in a real browser: it is drawn nearer by keys, and a press writes a point."""

import re

import pytest
from playwright.sync_api import expect

from mulin.circle.proximity.models import MapCorrection
from mulin.kit.coordinates import Position, metres_between
from tests.proximity.conftest import spot
from tests.support.browser import overhang, until, until_equal

pytestmark = pytest.mark.browser


#: What the map shows, in metres: left, top, width, height.
BOX = "document.querySelector('[data-map] svg').getAttribute('viewBox').split(' ').map(Number)"


def test_everybody_reads_the_map_by_keys_on_a_phone(live, mapped, visitor, axe):
    for look in ({}, {"large": True, "dark": True}):
        page = visitor(**look).open(f"/proximity/?home={mapped.houses['1幢'].pk}&pace=adult")
        axe(page)
        assert overhang(page) <= 0
    whole = page.evaluate(BOX)
    page.locator("[data-map] svg").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    until(page, f"(b => Math.abs(b[2] - {whole[2]} * .7) < .001 && b[0] > 0)({BOX})")
    page.keyboard.press("0")
    until_equal(page, BOX, whole)
    with page.expect_navigation():
        page.get_by_role("link", name="卫生站").first.click()
    axe(page)
    assert overhang(page) <= 0


def test_the_desk_presses_on_the_map_and_puts_stairs_there(live, mapped, cast, visitor, axe):
    someone = visitor(width=1280).sign_in(cast.chen)
    for path in ("coverage/?service=meals", "next/", "map/"):
        page = someone.open(f"/proximity/{path}")
        axe(page)
        assert overhang(page) <= 0
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
    written = re.compile(r"^\d+\.\d{6}, \d+\.\d{6}$")
    expect(page.locator("[name=points]")).to_have_value(written)
    # By keys the same: Enter writes the middle of the map, Backspace takes the last point back.
    page.locator("[data-map] svg").focus()
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    expect(page.locator("[name=points]")).to_have_value(
        re.compile(r"^\d+\.\d{6}, \d+\.\d{6}\n\d+\.\d{6}, \d+\.\d{6}$")
    )
    page.keyboard.press("Backspace")
    expect(page.locator("[name=points]")).to_have_value(written)
    page.locator("[name=fix]").select_option("stairs")
    page.locator("[name=words]").fill("台阶")
    with page.expect_navigation():
        page.get_by_role("button", name="订正").click()
    correction = MapCorrection.objects.get()
    assert correction.fix == "stairs"
    (point,) = correction.line
    assert metres_between(Position(*point), wanted) < 3
