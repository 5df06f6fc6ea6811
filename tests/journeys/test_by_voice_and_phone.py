"""What is spoken instead of typed, and what is asked over the phone and answered by keys."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.community.actions.founding import set_dictation
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.models import Confirmation, Demand
from mulin.parlour.survey.actions.holding import draft_survey, open_survey
from mulin.parlour.survey.models import Envelope, Sampled
from tests.support.browser import until, until_equal
from tests.survey.conftest import let_live

pytestmark = pytest.mark.browser

DESK = 1280

#: What Chromium without sound and network lacks: a recognition that hears what it is told to.
HEARING = """() => {
  window.listeners = [];
  window.SpeechRecognition = window.webkitSpeechRecognition = function () { window.listeners.push(this); };
  window.SpeechRecognition.prototype.start = function () { this.isOn = true; };
  window.SpeechRecognition.prototype.stop = function () { this.isOn = false; this.onend(); };
  window.hear = (words, isFinal) => {
    const result = [{ transcript: words }];
    result.isFinal = isFinal;
    window.listeners[window.listeners.length - 1].onresult({ resultIndex: 0, results: [result] });
  };
}"""


def spoken_to(visitor, member, path):
    someone = visitor(width=DESK).sign_in(member)
    someone.context.add_init_script(f"({HEARING})()")
    return someone.open(path)


def test_a_field_takes_what_is_spoken_where_the_head_has_switched_it_on(cast, xinjie, visitor, axe):
    page = spoken_to(visitor, cast.chen, "/reception/receive/")
    assert page.locator(".dictation").count() == 0
    page.close()

    page = visitor(width=DESK).sign_in(cast.zhou).open("/team/dictation/")
    axe(page)
    page.locator("[name=is_on]").check()
    with page.expect_navigation():
        page.locator("form:has([name=is_on]) button[type=submit]").click()
    cast.xinjie.refresh_from_db()
    assert cast.xinjie.takes_dictation

    page = spoken_to(visitor, cast.chen, "/reception/receive/")
    words = page.locator("textarea[name=words]")
    words.fill("路灯。")
    expect(page.locator(".dictation-note:visible")).to_contain_text("声音会传给浏览器的厂商")
    axe(page)
    field = page.locator(".field:has(> textarea[name=words])")
    field.get_by_role("button", name="说话输入").click()
    until_equal(page, "[listeners[0].lang, listeners[0].isOn]", ["zh-CN", True])
    until(page, "hear('还没说完', false) || true")
    until(page, "hear('三楼不亮', true) || true")
    expect(words).to_have_value("路灯。三楼不亮")
    until(page, "listeners[0].onerror({ error: 'network' }) || true")
    expect(field.get_by_role("status")).to_contain_text("浏览器连不上识别服务")
    field.get_by_role("button", name="停止").click()
    until_equal(page, "listeners[0].isOn", False)
    expect(field.get_by_role("button", name="说话输入")).to_be_visible()


def test_every_field_that_is_written_into_takes_it_but_a_code(cast, xinjie, visitor):
    set_dictation(cast.xinjie, is_on=True, by=cast.zhou.actor, now=clock.now())
    page = spoken_to(visitor, cast.chen, "/reception/receive/")
    written = (
        "#main textarea, #main input[type=text], #main input[type=search], #main input[type=tel]"
    )
    assert page.locator(written).count() > 4
    until_equal(
        page,
        f"document.querySelectorAll('{written}').length",
        page.locator("#main .dictation").count(),
    )
    # A name, and a number as it is said, by the key of the field itself.
    for name, heard, stands in (
        ("contact_name", "王秀英。", "王秀英"),
        ("contact_phone", "幺三八五七三零幺二三四", "13857301234"),
    ):  # fmt: skip
        box = page.locator(f"[name={name}]")
        box.press("F2")
        until(page, f"listeners[listeners.length - 1].isOn && (hear('{heard}', true) || true)")
        expect(box).to_have_value(stands)
        box.press("F2")
        until_equal(page, "listeners[listeners.length - 1].isOn", False)


def test_nothing_is_spoken_where_a_dispute_or_a_child_is_written_about(cast, xinjie, visitor):
    set_dictation(cast.xinjie, is_on=True, by=cast.zhou.actor, now=clock.now())
    for path in ("/mediation/take-in/", "/childcare/enrol/", "/paper/forms/MEDIATE/type/"):
        page = spoken_to(visitor, cast.chen, path)
        assert page.locator("#main input[type=text]").count() > 0
        assert page.locator("#main .dictation").count() == 0
        page.close()


def test_a_browser_may_listen_on_staff_pages_alone(cast, xinjie, client):
    def listens(path):
        answer = client.get(path)
        assert answer.status_code == 200
        return "microphone=(self)" in answer.headers["Permissions-Policy"]

    cast.enter(client, cast.chen)
    assert not listens("/reception/receive/")
    set_dictation(cast.xinjie, is_on=True, by=cast.zhou.actor, now=clock.now())
    assert listens("/reception/receive/")
    assert not listens("/mediation/take-in/")
    client.logout()
    assert not listens("/reception/tell/")


def test_a_browser_that_hears_nothing_shows_no_button(cast, xinjie, visitor):
    set_dictation(cast.xinjie, is_on=True, by=cast.zhou.actor, now=clock.now())
    someone = visitor(width=DESK).sign_in(cast.chen)
    gone = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition"
    someone.context.add_init_script(gone)
    page = someone.open("/reception/receive/")
    assert page.locator(".dictation:visible").count() == 0


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def test_a_demand_is_taken_over_the_phone_by_keys_alone(cast, xinjie, visitor, axe):
    page = visitor(width=DESK).sign_in(cast.chen).open("/paper/forms/DEMAND/type/")
    axe(page)
    step = page.locator("[data-caller-step]")
    assert step.inner_text() == "第 1 问，共 9 问：请念给对方听"
    page.keyboard.type("三楼楼道灯不亮")
    keys(page, "Enter")
    page.keyboard.type("12幢3楼")
    keys(page, "Enter", "2", "1", "Enter")  # public facilities, after a slip
    keys(page, "2", "Enter")  # come by
    keys(page, "1", "Enter", "Backspace", "2", "Enter")  # the desk alone, on second thought
    page.keyboard.type("王秀英")
    keys(page, "Enter")
    page.keyboard.type("13857301234")
    keys(page, "Enter", "Enter")  # no day
    expect(page.locator("[name=channel]:checked")).to_have_value("phone")
    keys(page, "Enter")
    said = page.locator("[data-caller-said]")
    expect(said).to_contain_text("三楼楼道灯不亮")
    expect(said).to_contain_text("王秀英")
    axe(page)
    keys(page, "Backspace")
    expect(step).to_contain_text("第 9 问")
    keys(page, "Enter", "Enter")
    page.wait_for_url("**/reception/demands/*/")
    need = Demand.objects.get().need
    assert (
        need.words, need.place_words, need.category.code, need.contact_wish, need.visibility,
        need.contact_name, need.contact_phone, need.channel,
    ) == (
        "三楼楼道灯不亮", "12幢3楼", "repair", "door", "anonymous", "王秀英", "13857301234", "phone",
    )  # fmt: skip


def test_what_is_missing_is_asked_again(cast, xinjie, visitor):
    page = visitor(width=DESK).sign_in(cast.chen).open("/paper/forms/DEMAND/type/")
    with page.expect_navigation():
        keys(page, *["Enter"] * 10)
    assert page.locator(".errors").count() == 1
    assert page.locator(".field.wrong textarea[name=words]").is_visible()
    assert page.locator("[data-caller-step]").inner_text().startswith("第 1 问")
    assert Demand.objects.count() == 0


def test_a_return_call_is_made_by_keys(cast, xinjie, visitor, axe):
    demand = receive_demand(
        Said(words="楼道灯不亮", contact_name="李㛃", contact_phone="13811112222"),
        by=cast.chen.actor.by(Channel.PHONE), now=clock.now(),
    )  # fmt: skip
    answer_demand(demand, by=cast.zhou.actor, words="修好了", now=clock.now())
    confirmation = Confirmation.objects.get()
    page = visitor(width=DESK).sign_in(cast.chen).open(f"/reception/calls/{confirmation.pk}/")
    assert page.locator(".field:visible").count() == 3
    keys(page, "p")
    expect(page.locator(".field:visible")).to_have_count(1)
    axe(page)
    keys(page, "1", "Enter", "2", "Enter")
    page.keyboard.type("亮了，谢谢")
    keys(page, "Enter", "Enter")
    page.wait_for_url("**/reception/calls/")
    demand.refresh_from_db()
    assert demand.state == "confirmed"


def test_a_household_answers_the_survey_over_the_phone(cast, xinjie, visitor, axe):
    let_live(cast.xinjie, cast.building_12, 2)
    by, now = cast.zhou.actor, clock.now()
    survey = draft_survey(2026, by=by, now=now)
    last_day = clock.local_day(now) + timedelta(days=14)
    survey = open_survey(survey, method="all", last_day=last_day, by=by, now=now)
    asked = survey.questions.count()
    home = Sampled.objects.filter(survey=survey).first()
    page = visitor(width=DESK).sign_in(cast.chen).open(f"/survey/households/{home.pk}/")
    keys(page, "p", "2")  # nobody there: nothing else is asked
    step = page.locator("[data-caller-step]")
    expect(step).to_contain_text("第 1 问，共 1 问")
    keys(page, "1")
    for number in range(asked):
        keys(page, "Enter", "1" if number else "5")
    expect(step).to_contain_text(f"第 {asked + 1} 问")
    axe(page)
    keys(page, "Enter", "Enter", "Enter")  # no words, read back, sent
    page.wait_for_url(f"**/survey/{survey.pk}/households/")
    home.refresh_from_db()
    assert home.way == "phone"
    assert Envelope.objects.filter(survey=survey).count() == 1


def test_without_script_the_whole_form_is_there(cast, xinjie, visitor):
    page = visitor(width=DESK, js=False).sign_in(cast.chen).open("/paper/forms/DEMAND/type/")
    assert page.locator(".field:visible").count() == 9
    assert not page.locator("[data-caller-bar]").is_visible()
    page.fill("[name=words]", "路不平")
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url("**/reception/demands/*/")
    assert Need.objects.get().words == "路不平"
