"""The duty screen: it rings while nobody goes, and turns red by itself when its server is gone."""

import pytest

from mulin.circle.alarms.actions.raising import press_for
from mulin.circle.alarms.actions.setting import open_screen
from mulin.kit import clock

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
    page.clock.install()
    page.goto(f"{someone.address}/alarms/screen/{xinjie.slug}/{key}/")
    page.locator("#sound").click()
    tried = page.evaluate("window.heard")
    assert tried == 1  # the note that says: it is on
    page.clock.run_for(20_000)
    assert page.evaluate("window.heard") == tried  # nothing to ring for
    assert page.locator("#lost").is_hidden()

    # The server is gone: no answer comes, and no page is loaded anew.
    page.route("**/now/", lambda route: route.abort())
    page.clock.run_for(40_000)
    assert page.locator("#lost").is_visible()
    assert "is-lost" in page.locator("body").get_attribute("class")
    assert page.evaluate("window.heard") > tried

    # It is back, and somebody has called meanwhile.
    press_for(cast.wang.person, by=cast.chen.actor, now=clock.now())
    page.unroute("**/now/")
    page.clock.run_for(1_000)
    page.locator("[data-waiting='1']").wait_for()
    page.clock.run_for(2_000)
    assert page.locator("#lost").is_hidden()
    before = page.evaluate("window.heard")
    page.clock.run_for(4_000)
    assert page.evaluate("window.heard") > before  # it rings until somebody goes
