"""A year's survey in a real browser: drawn, answered from a letter and on paper, read by all."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.kit import clock
from mulin.parlour.survey.actions.asking import type_paper
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    publish_survey,
)
from mulin.parlour.survey.models import Envelope, Sampled, Survey
from mulin.parlour.survey.queries import code_of
from mulin.parlour.survey.rules import in_fours
from tests.survey.conftest import let_live, said

pytestmark = pytest.mark.browser

DESK = 1280


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def check(request, axe):
    """axe where there is script to run it; `check.js` says which."""

    def look(page):
        if request.param:
            axe(page)

    look.js = request.param
    return look


@pytest.fixture
def survey(cast, xinjie):
    """Open, of sixteen households."""
    let_live(cast.xinjie, cast.building_12, 16)
    drafted = draft_survey(2026, by=cast.zhou.actor, now=clock.now())
    last_day = clock.local_day(clock.now()) + timedelta(days=14)
    return open_survey(
        drafted, method="all", last_day=last_day, by=cast.zhou.actor, now=clock.now()
    )


def drawn(survey):
    return list(
        Sampled.objects.filter(survey=survey).select_related("survey__standard").order_by("address")
    )


def test_the_head_drafts_a_survey_and_draws_the_households(cast, xinjie, visitor, check):
    let_live(cast.xinjie, cast.building_12, 16)
    page = visitor(width=DESK, js=check.js).sign_in(cast.zhou).open("/survey/")
    page.locator("#detail form button[type=submit]").click()
    page.wait_for_url("**/survey/*/")
    check(page)
    page.locator("a[href$='/begin/']").click()
    page.locator("label[for='id_method_0']").click()
    last_day = clock.local_day(clock.now()) + timedelta(days=14)
    page.fill("[name=last_day]", f"{last_day:%Y-%m-%d}")
    check(page)
    page.locator(".desk-wide form button[type=submit]").click()
    page.wait_for_url("**/survey/*/")
    check(page)
    assert len(drawn(Survey.objects.get(state="open"))) == 16


def test_a_household_types_the_code_of_its_letter_and_presses_faces(survey, visitor, check):
    page = visitor(js=check.js, large=True).open("/survey/letter/")
    check(page)
    page.fill("[name=code]", in_fours(code_of(drawn(survey)[0])).lower())
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/survey/answer/*/")
    for number in range(1, 8):
        page.check(f"[name=q{number}][value='4']", force=True)
    page.fill("[name=words]", "多种几棵桂花树")
    check(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/survey/thanks/")
    check(page)
    assert (Sampled.objects.answered().count(), Envelope.objects.count()) == (1, 1)


def test_the_desk_types_a_sheet_and_writes_down_a_call_in_vain(cast, survey, visitor, check):
    first, second = drawn(survey)[:2]
    desk = visitor(width=DESK, js=check.js).sign_in(cast.chen)
    page = desk.open(f"/survey/{survey.pk}/paper/")
    page.fill("[name=code]", code_of(first))
    page.check("[name=q1][value='2']", force=True)
    check(page)
    with page.expect_navigation():
        page.locator(".desk-wide form button[type=submit]").click()
    page = desk.open(f"/survey/households/{second.pk}/")
    check(page)
    page.locator("label[for='id_outcome_1']").click()
    page.locator("#detail form button.main").click()
    page.wait_for_url(f"**/survey/{survey.pk}/households/")
    check(page)
    assert Sampled.objects.get(pk=first.pk).way == "paper"
    assert Sampled.objects.get(pk=second.pk).tries == 1


def test_everybody_reads_what_was_published(cast, survey, visitor, check):
    now = clock.now()
    for one, step in zip(drawn(survey), [2] + [5] * 14, strict=False):
        type_paper(one, said(survey, step), by=cast.chen.actor, now=now)
    after = now + timedelta(days=16)
    close_survey(survey, by=cast.zhou.actor, now=after)
    publish_survey(survey, by=cast.zhou.actor, now=after)
    page = visitor(js=check.js).open("/survey/results/")
    check(page)
    page.locator("a.year").click()
    page.wait_for_url("**/survey/results/*/")
    assert page.get_by_text("93.3%").first.is_visible()
    page.locator("details summary").nth(1).click()
    expect(page.locator("details").nth(1)).to_have_attribute("open", "")
    check(page)
