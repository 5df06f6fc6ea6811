"""The numbers of the national rules for old people, measured on every page a resident opens.

《移动互联网应用（APP）适老化通用设计规范》, 工信部 2021: text of 18 pt and a largest step of 30 pt, lines 1.3
apart, main parts 60 by 60, nothing that moves by itself. 18 pt are 24 px, 30 pt are 40 px.
Contrast is measured by tests/kit/test_look.py.
"""

import pytest

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand

pytestmark = pytest.mark.browser

STREET = ["/", "/ours/", "/help/", "/help/ways/", "/reception/tell/", "/sign-in/"]
OWN = ["/mine/", "/account/", "/notify/", "/people/mine/"]
PHONE = 375

MEASURE = """least => {
  const found = [];
  const main = document.getElementById('main');
  const shown = el => el.offsetParent && el.getBoundingClientRect().height > 1;
  const own = el => Array.from(el.childNodes).some(n => n.nodeType === 3 && n.data.trim());
  const told = el => el.outerHTML.slice(0, 90);
  Array.from(main.querySelectorAll('*')).filter(el => shown(el) && own(el)).forEach(el => {
    const style = getComputedStyle(el);
    const size = parseFloat(style.fontSize);
    if (size < least.text) found.push(['small', size, told(el)]);
    if (style.lineHeight !== 'normal' && el.getBoundingClientRect().height > size * 2
        && parseFloat(style.lineHeight) / size < 1.29) found.push(['tight', style.lineHeight, told(el)]);
  });
  const pressed = 'a.button, button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, summary, .story, nav a, a.call';
  Array.from(document.querySelectorAll(pressed)).filter(shown).forEach(el => {
    const box = el.getBoundingClientRect();
    if (box.height < least.touch - 0.5 || box.width < least.touch - 0.5)
      found.push(['hard to press', box.width + ' x ' + box.height, told(el)]);
  });
  Array.from(document.querySelectorAll('body *')).filter(shown).forEach(el => {
    const style = getComputedStyle(el);
    if (/fixed|sticky/.test(style.position)) found.push(['floats', style.position, told(el)]);
    if (style.animationName !== 'none') found.push(['moves', style.animationName, told(el)]);
  });
  if (document.querySelector('video[autoplay], marquee')) found.push(['moves', '', '']);
  const wide = document.documentElement.scrollWidth - innerWidth;
  const widest = Array.from(document.querySelectorAll('body *')).find(el => el.getBoundingClientRect().right > innerWidth + 0.5);
  if (wide > 0) found.push(['wider than the screen', wide, widest ? told(widest) : '']);
  return found.map(one => one.join(' | '));
}"""


@pytest.fixture
def answered(cast, xinjie):
    """A demand of 阿勇 that was answered, so that its page asks whether it is solved."""
    demand = receive_demand(
        Said(words="楼下路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk), now=clock.now(),
    )  # fmt: skip
    answer_demand(demand, by=cast.chen.actor, words="灯泡换好了", now=clock.now())
    return Need.objects.get(pk=demand.need_id)


@pytest.mark.parametrize(
    ("size", "least"),
    [("large", {"text": 24, "touch": 60}), ("largest", {"text": 32, "touch": 60})],
)
def test_every_page_of_a_resident_keeps_the_rules(cast, visitor, answered, size, least):
    faults = []
    own = [*OWN, f"/reception/follow/{answered.follow_code}/"]
    for member, paths in ((None, STREET), (cast.yong, own)):
        someone = visitor(width=PHONE, large=size)
        if member:
            someone.sign_in(member)
        for path in paths:
            page = someone.open(path)
            faults += [f"{path}: {fault}" for fault in page.evaluate(MEASURE, least)]
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
        page.get_by_role("button", name=word).click()
        sizes.append(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert sizes == sorted(set(sizes))
    page.get_by_role("button", name="标准字").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == sizes[0]


#: What Chromium without sound lacks: two voices, and a speaker that ends each line when told to.
VOICES = """() => {
  window.spoken = [];
  const ended = [];
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, 'speechSynthesis', { value: {
    getVoices: () => [{ lang: 'en-US' }, { lang: 'zh-CN' }],
    speak: words => { window.spoken.push(words.text); ended.push(words); },
    cancel: () => { while (ended.length) ended.pop().onend(); },
  }});
  window.endLine = () => { const words = ended.shift(); if (words) words.onend(); };
}"""


def test_the_page_is_read_aloud_line_by_line(visitor, answered, axe):
    someone = visitor(width=390)
    someone.context.add_init_script(f"({VOICES})()")
    page = someone.open("/help/")
    button = page.get_by_role("button", name="读给我听")
    button.click()
    assert page.evaluate("spoken") == [page.locator("main h1").inner_text()]
    assert page.locator(".is-read").inner_text() == page.evaluate("spoken[0]")
    page.evaluate("endLine()")
    assert page.evaluate("spoken.length") == 2
    axe(page)
    page.get_by_role("button", name="暂停").click()
    assert page.evaluate("spoken.length") == 2
    page.get_by_role("button", name="接着读").click()
    # Read on from the line that was broken off.
    assert page.evaluate("spoken[2]") == page.evaluate("spoken[1]")
    for _line in range(200):
        page.evaluate("endLine()")
    assert page.locator(".is-read").count() == 0
    assert page.get_by_role("button", name="读给我听").is_visible()
    told = "".join(page.evaluate("spoken"))
    assert "119" in told


def test_without_a_voice_there_is_no_button(visitor, answered):
    page = visitor(width=390).open("/help/")
    assert page.evaluate("speechSynthesis.getVoices().length") == 0
    assert not page.get_by_role("button", name="读给我听").is_visible()
