"""All ten kits run through in a real browser; a class of two phones, its teacher and its screen."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.commons.gatherings.actions.planning import Plan
from mulin.kit import clock
from mulin.parlour.classroom.actions.kits import lay_out_kits
from mulin.parlour.classroom.actions.lessons import plan_lesson
from mulin.parlour.classroom.models import Kit

pytestmark = pytest.mark.browser

DESK = 1280


@pytest.fixture
def kits(cast, xinjie):
    lay_out_kits(by=cast.chen.actor, now=clock.now())
    return list(Kit.objects.all())


def test_all_ten_kits_are_run_through(cast, kits, visitor, axe):
    page = visitor(width=DESK).sign_in(cast.chen).open("/classroom/kits/")
    house = page.url.partition("/classroom/")[0]
    hrefs = [row.get_attribute("href") for row in page.locator("a.row").all()]
    assert len(hrefs) == 10
    for number, href in enumerate(hrefs):
        page.goto(house + href)
        assert page.locator(".plan li").count() >= 5
        sheets = page.locator(f"a[href^='{href}sheets/']").all()
        assert len(sheets) == 4
        if number == 0:
            axe(page)
            # One is pressed: a sheet takes the press longer than all else here.
            sheet = page.request.get(house + sheets[0].get_attribute("href"))
            assert sheet.body().startswith(b"%PDF")
        with page.expect_navigation():
            page.locator(f"a[href='{href}quiz/']").click()
        asked = page.locator(".question").count()
        assert asked >= 5
        page.evaluate(
            "document.querySelectorAll('fieldset').forEach(f => f.querySelector('input').click())"
        )
        page.locator("main form.form button[type=submit]").click()
        expect(page.locator(".marked")).to_have_count(asked)
        page.goto(house + href)
        drill = page.locator(f"a[href='{href}drill/']")
        if drill.count():
            with page.expect_navigation():
                drill.click()
            assert page.locator(".ways a").count() >= 1
            while page.locator(".ways a").count():
                page.goto(
                    house + href + "drill/" + page.locator(".ways a").last.get_attribute("href")
                )
            assert page.locator("main .status").count() == 1


def test_two_phones_follow_the_teacher_one_of_them_without_script(cast, kits, visitor, axe):
    now = clock.now()
    kit = next(kit for kit in kits if kit.family == "refund")
    lesson = plan_lesson(
        Plan("先别急着退款", now, now + timedelta(minutes=40)), kit=kit, site="mall",
        by=cast.chen.actor, now=now,
    )  # fmt: skip
    teacher = visitor(width=DESK).sign_in(cast.chen).open(f"/classroom/lessons/{lesson.pk}/")
    with teacher.expect_navigation():
        teacher.locator("form[action$='/quiz/'] button").click()
    phones = [visitor(js=js).open(f"/classroom/c/{lesson.code}/join/") for js in (True, False)]
    for number, phone in enumerate(phones):
        phone.fill("#id_nick", f"手机{number}")
        phone.locator("form.form button[type=submit]").click()
        phone.wait_for_url("**/quiz/")
    screen = visitor(width=DESK).open(f"/classroom/c/{lesson.code}/screen/")
    with teacher.expect_navigation():
        teacher.locator("form[action$='/next/'] button").click()
    phones[0].locator(".answers").wait_for()
    axe(phones[0])
    phones[1].reload()
    for phone in phones:
        phone.locator(".answers button").nth(kit.items[0].right).click()
        phone.get_by_text("您选了").wait_for()
    screen.locator(".left").wait_for()
    axe(screen)
    with teacher.expect_navigation():
        teacher.locator("form[action$='/next/'] button").click()
    phones[0].locator(".marked").wait_for()
    phones[1].reload()
    for number, phone in enumerate(phones):
        phone.get_by_text(f"手机{number}：答对 1 题").wait_for()
    teacher.locator("form[action$='/end/'] button").click()
    phones[0].get_by_text("答题结束了").wait_for()
