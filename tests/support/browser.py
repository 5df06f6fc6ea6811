"""A real Chromium before a real server: what a person sees, on each face of Mulin.

A page that breaks on the server or in the browser, goes against its own content policy, or asks
any other host for anything fails the test that opened it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mulin.site.looks import LANGUAGE_COOKIE, TYPE_COOKIE
from mulin.site.middleware import SECOND_FACTOR
from tests.support import chromium as program
from tests.support import elders
from tests.support.environment import TEST_ROOT
from tests.support.serving import running

PHONE, DESK = 390, 1280
HEIGHTS = {PHONE: 844, DESK: 800}
MILLISECONDS = 90_000  # a machine with much to do may take its time
PATIENCE = 900  # looks, a tenth of a second apart
MEANT = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items):
    if not program.PATH.exists():
        skip = pytest.mark.skip(reason="Chromium is not installed")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    # Playwright runs an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program.PATH, args=list(program.FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live_address(django_db_setup, django_db_blocker):
    """A server on the test's own database, with hashed styles and scripts, started once."""
    with django_db_blocker.unblock():
        database = connection.settings_dict["NAME"]
    with running(
        "serve", "--without-worker", data_dir=TEST_ROOT, MULIN_DATABASE_URL=f"sqlite:///{database}"
    ) as (address, _process):
        yield address


@pytest.fixture
def live(live_address, transactional_db):
    """The address of the server. What a test writes, the pages show."""
    return live_address


@dataclass
class Visitor:
    """Somebody before a screen, and what went wrong there."""

    address: str
    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """A new page at this path."""
        page = self.context.new_page()
        page.goto(self.address + path)
        return page

    def sign_in(self, member) -> "Visitor":
        """Be this member of the cast, as after the sign-in page and the second factor."""
        client = Client()
        client.force_login(member.account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[SECOND_FACTOR] = True
        session.save()
        self._keep({settings.SESSION_COOKIE_NAME: session.session_key})
        return self

    def _keep(self, cookies: dict[str, str]) -> None:
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )


def overhang(page: Page) -> int:
    """By how many px a page is wider than its screen. `innerWidth` says nothing of a phone: there it
    grows with the page, which is shown smaller.
    """
    wide: int = page.evaluate("document.documentElement.scrollWidth - screen.width")
    return wide


@pytest.fixture
def visitor(chromium: Browser, live):
    """Make visitors: `visitor(width=PHONE, js=False, dark=True, large=True, language="en")`, before
    the test's server or one at another `address`.
    """
    made: list[Visitor] = []

    def make(
        *, width=PHONE, js=True, dark=False, large=False, language="zh-hans", address=live
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            java_script_enabled=js,
            color_scheme="dark" if dark else "light",
            is_mobile=width == PHONE,
            has_touch=width == PHONE,
            locale="zh-CN" if language == "zh-hans" else "en",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(MILLISECONDS)
        someone = Visitor(address, context)
        someone._keep({LANGUAGE_COOKIE: language} | ({TYPE_COOKIE: _size(large)} if large else {}))
        _watch(someone)
        made.append(someone)
        return someone

    yield make
    faults = [fault for someone in made for fault in someone.faults]
    for someone in made:
        someone.context.close()
    assert faults == []


def until(page: Page, claim: str, *, between: Callable[[], object] | None = None) -> None:
    """Wait until a claim in JavaScript, or its promise, is true of the page; `between` two looks
    something may be done.

    Playwright's own `wait_for_function` evaluates a text within the page each time it looks again,
    which the content policy forbids.
    """
    for _pause in range(PATIENCE):
        if page.evaluate(claim):
            return
        if between is not None:
            between()
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {claim}")


def until_equal(page: Page, claim: str, wanted) -> None:
    """Wait until a claim in JavaScript has this value; on failure both stand in the message."""
    for _pause in range(PATIENCE):
        found = page.evaluate(claim)
        if found == wanted:
            return
        page.wait_for_timeout(100)
    assert found == wanted, claim


def _size(large: bool | str) -> str:
    """`large=True` is the first step; `large="largest"` the last."""
    return large if isinstance(large, str) else "large"


def _watch(someone: Visitor) -> None:
    own = urlsplit(someone.address).netloc

    def asked(request):
        parts = urlsplit(request.url)
        # The browser's own parts (its viewer for PDFs) are no host.
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != own:
            someone.faults.append(f"asked another host: {request.url}")

    def answered(response):
        if response.status >= 500:
            someone.faults.append(f"{response.status}: {response.url}")

    def said(message):
        # An answer of 404 or 403 is told of as an error, too, and may be meant; so is a look-up
        # that is cut off because the person went on to another page.
        if message.type == "error" and not any(meant in message.text for meant in MEANT):
            someone.faults.append(f"console: {message.text}")

    def broke(error):
        someone.faults.append(f"script: {error.error}")

    someone.context.on("request", asked)
    someone.context.on("response", answered)
    someone.context.on("console", said)
    someone.context.on("weberror", broke)


@pytest.fixture
def axe():
    """`axe(page)` fails with what a screen reader's or keyboard's user, or an old person would meet."""

    def check(page: Page) -> None:
        found = Axe().run(page, options={**AXE_RULES, "resultTypes": ["violations"]})
        violations = [
            f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:200] for node in one["nodes"])
            for one in found.response["violations"]
        ]
        assert violations + elders.faults(page) == [], page.url

    return check


@pytest.fixture(params=[True, False], ids=["js", "nojs"])
def js(request):
    """With JavaScript and without."""
    return request.param


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def width(request):
    """On a phone and at a desk."""
    return request.param


@pytest.fixture(params=["light", "dark", "large"])
def look(request):
    """The three looks, as arguments for `visitor`: `visitor(**look)`."""
    return {"dark": request.param == "dark", "large": request.param == "large"}
