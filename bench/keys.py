"""Claim: a visit is handled in under 10 s by keys, and faster than by mouse without letters.

A real browser before a real server; hand times are those of a practised clerk, waited out between
strokes (Card, Moran, Newell 1980: a key 0.2 s, pointing 1.1 s, a hand to the mouse 0.4 s, a thought
1.35 s): what is measured besides is how long the pages keep the hands waiting.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Final

from playwright.sync_api import Page, sync_playwright

from bench.databases import Installation
from bench.lines import Line
from bench.serving import serving
from tests.support import chromium

TARGET_SECONDS: Final = 10
ROUNDS: Final = 5
KEY, POINT, HAND, THINK = 0.2, 1.1, 0.4, 1.35
VISITS: Final = "/reception/visits/"


def measure(installation: Installation, cookie: str, who: str) -> Line:
    """The same visit of whoever is found first by these initials, by keys and by mouse, in turn;
    the medians.
    """
    by_keys, by_mouse = [], []
    with (
        serving(installation, "mulin", "serve", "--without-worker") as (address, _process),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium.PATH, args=list(chromium.FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        name, _equals, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.goto(address + VISITS)
        for _round in range(ROUNDS):
            by_keys.append(_seconds(lambda: _keys(page, who)))
            by_mouse.append(_seconds(lambda: _mouse(page, who)))
        browser.close()
    keys, mouse = median(by_keys), median(by_mouse)
    return Line(
        f"{installation.name}, a visit, handling seconds by keys", TARGET_SECONDS, keys, "s",
        note=f"{keys / mouse:.2f} of the same visit by mouse ({mouse:.1f} s); medians of {ROUNDS}",
    )  # fmt: skip


def _seconds(handling: Callable[[], None]) -> float:
    began = time.perf_counter()
    handling()
    return time.perf_counter() - began


def _keys(page: Page, who: str) -> None:
    """Name, Enter, letter: the box has the focus, and has it again afterwards."""
    time.sleep(THINK)
    for letter in who:
        time.sleep(KEY)
        page.keyboard.press(letter)
    page.wait_for_selector("#who-found .row")
    time.sleep(KEY)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    letter = page.locator("#letters [data-key]").first.get_attribute("data-key")
    time.sleep(THINK + KEY)
    with page.expect_navigation():
        page.keyboard.press(letter)


def _mouse(page: Page, who: str) -> None:
    """The box is clicked, the name typed and chosen, the kind clicked."""
    time.sleep(THINK + HAND + POINT)
    page.locator("#who").click()
    time.sleep(HAND)
    for letter in who:
        time.sleep(KEY)
        page.keyboard.press(letter)
    page.wait_for_selector("#who-found .row")
    time.sleep(THINK + HAND + POINT)
    with page.expect_navigation():
        page.locator("#who-found .row").first.click()
    time.sleep(THINK + POINT)
    with page.expect_navigation():
        page.locator("#letters button[type=submit]").first.click()
