"""The rules for old people (tests/support/elders.py), measured on every page a resident opens."""

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from tests.support import elders
from tests.support.browser import until, until_equal

pytestmark = pytest.mark.browser

STREET = [
    "/", "/ours/", "/help/", "/help/ways/", "/reception/tell/", "/sign-in/", "/reception/stories/",
    "/reception/month/", "/survey/results/", "/survey/letter/",
]  # fmt: skip
OWN = ["/mine/", "/account/", "/notify/", "/people/mine/"]
PHONE = 375


@pytest.fixture
def answered(cast, xinjie):
    """A demand of 阿勇 that was answered, so that its page asks whether it is solved."""
    demand = receive_demand(
        Said(words="楼下路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk), now=clock.now(),
    )  # fmt: skip
    answer_demand(demand, by=cast.chen.actor, words="灯泡换好了", now=clock.now())
    return Need.objects.get(pk=demand.need_id)


@pytest.mark.parametrize("size", ["large", "largest"])
def test_every_page_of_a_resident_keeps_the_rules(cast, visitor, answered, size):
    faults = []
    own = [*OWN, f"/reception/follow/{answered.follow_code}/"]
    for member, paths in ((None, STREET), (cast.yong, own)):
        someone = visitor(width=PHONE, large=size)
        if member:
            someone.sign_in(member)
        for path in paths:
            page = someone.open(path)
            faults += [f"{path}: {fault}" for fault in elders.faults(page)]
            page.close()
    assert not faults, "\n".join(faults)


def test_the_largest_step_is_thirty_points_for_what_the_page_is_for(visitor, answered):
    page = visitor(width=PHONE, large="largest").open("/")
    for selector in ("main h1", "main .lead", "main .button.main"):
        size = page.evaluate(
            "what => parseFloat(getComputedStyle(document.querySelector(what)).fontSize)", selector
        )
        assert size >= 40, selector


def test_one_tap_after_the_other_makes_the_letters_larger(visitor, answered):
    page = visitor(width=PHONE).open("/")
    sizes = [page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")]
    for word in ("大字", "再大一点"):
        with page.expect_navigation():
            page.get_by_role("button", name=word).click()
        sizes.append(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert sizes == sorted(set(sizes))
    with page.expect_navigation():
        page.get_by_role("button", name="标准字").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == sizes[0]


#: What Chromium without sound lacks: two voices, and a speaker that ends each line when told to.
VOICES = """() => {
  window.spoken = [];
  window.rates = [];
  const ended = [];
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, 'speechSynthesis', { value: {
    getVoices: () => [{ lang: 'en-US' }, { lang: 'zh-CN' }],
    speak: words => { window.spoken.push(words.text); window.rates.push(words.rate); ended.push(words); },
    cancel: () => { while (ended.length) ended.pop().onend(); },
  }});
  window.endLine = () => { const words = ended.shift(); if (words) words.onend(); };
}"""


def test_the_page_is_read_aloud_line_by_line(visitor, answered, axe):
    someone = visitor(width=390)
    someone.context.add_init_script(f"({VOICES})()")
    page = someone.open("/help/")
    heading = page.locator("main h1").inner_text()
    button = page.get_by_role("button", name="读给我听")
    button.click()
    until_equal(page, "spoken", [heading])
    expect(page.locator(".is-read")).to_have_text(heading)
    until(page, "endLine() || true")
    until_equal(page, "spoken.length", 2)
    axe(page)
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="接着读")).to_be_visible()
    until_equal(page, "spoken.length", 2)
    page.get_by_role("button", name="接着读").click()
    # Read on from the line that was broken off.
    until(page, "spoken.length === 3 && spoken[2] === spoken[1]")
    until(page, "endLine() || !document.querySelector('.is-read')")
    expect(page.get_by_role("button", name="读给我听")).to_be_visible()
    until(page, "spoken.join('').includes('119')")


def test_it_is_read_as_slowly_as_one_likes(visitor, answered):
    someone = visitor(width=390)
    someone.context.add_init_script(f"({VOICES})()")
    page = someone.open("/help/")
    assert not page.locator("[data-aloud-speed]").is_visible()
    page.get_by_role("button", name="读给我听").click()
    for word in ("语速：慢", "语速：平常", "语速：很慢"):
        page.get_by_role("button", name=word).click()
    # The first line, again at each speed, and slow once more.
    until_equal(page, "rates", [0.8, 1, 0.6, 0.8])
    until_equal(page, "new Set(spoken).size", 1)


def test_the_code_of_a_printed_notice_opens_a_page_with_one_large_button(visitor, answered, axe):
    someone = visitor(width=390, large=True)
    someone.context.add_init_script(f"({VOICES})()")
    for path in ("/reception/month/#ALOUD", "/help/ways/#aloud"):
        page = someone.open(path)
        button = page.locator("main [data-aloud]")
        assert button.bounding_box()["width"] > 250
        heading = page.locator("main h1").inner_text()
        button.click()
        until_equal(page, "spoken", [heading])
        axe(page)
        page.close()


def test_a_phone_without_a_chinese_voice_says_so(visitor, answered, axe):
    page = visitor(width=390).open("/help/ways/#aloud")
    told = page.locator("[data-aloud-none]")
    assert "这台手机没有中文语音，读不出来。" in told.inner_text()
    assert not page.locator("main [data-aloud]").is_visible()
    axe(page)


def test_without_a_voice_there_is_no_button(visitor, answered):
    page = visitor(width=390).open("/help/")
    assert page.evaluate("speechSynthesis.getVoices().length") == 0
    assert not page.get_by_role("button", name="读给我听").is_visible()
