"""The duty screen: it rings while nobody goes, and turns red by itself when its server is gone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import open_screen
from mulin.kit import clock
from tests.support.browser import until, until_equal

pytestmark = pytest.mark.browser

#: Notes are counted instead of heard: the machine of a test has no loudspeaker.
EARS = """
window.heard = 0;
window.AudioContext = class {
  get currentTime() { return 0; }
  get destination() { return {}; }
  createGain() { return { gain: {}, connect() {} }; }
  createOscillator() {
    return { frequency: {}, connect() {}, start() { window.heard += 1; }, stop() {} };
  }
};
"""


def test_it_turns_red_and_rings_by_itself_when_its_server_is_gone(cast, xinjie, visitor):
    key = open_screen(by=cast.chen.actor, now=clock.now())
    someone = visitor(width=1280)
    page = someone.context.new_page()
    page.add_init_script(EARS)
    # Its clock stands unless told to go on: the seconds of a busy machine do not count.
    now = clock.now()
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(seconds=1))

    def a_second_passes():
        page.clock.run_for(1_000)

    page.goto(f"{someone.address}/alarms/screen/{xinjie.slug}/{key}/")
    page.locator("#sound").click()
    until_equal(page, "window.heard", 1)  # the note that says: it is on
    page.clock.run_for(20_000)
    until_equal(page, "window.heard", 1)  # nothing to ring for
    expect(page.locator("#lost")).to_be_hidden()

    # The server is gone: no answer comes, and no page is loaded anew.
    page.route("**/now/", lambda route: route.abort())
    until(page, "!document.getElementById('lost').hidden", between=a_second_passes)
    expect(page.locator("body")).to_contain_class("is-lost")
    until(page, "window.heard > 1")

    # It is back, and somebody has called meanwhile.
    press_for(cast.wang.person, by=cast.chen.actor, now=clock.now())
    page.unroute("**/now/")
    until(page, "document.querySelector('[data-waiting=\"1\"]') !== null", between=a_second_passes)
    until(page, "document.getElementById('lost').hidden", between=a_second_passes)
    until(page, "(window.before = window.heard) > 0")
    page.clock.run_for(4_000)
    until(page, "window.heard > window.before")  # it rings until somebody goes
