"""The desk puts an answer into the chat group; the head sets WeChat up; a resident undoes a link."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from mulin.commons.flow.said import Said
from mulin.ground.notify.models import (
    ServiceAccount,
    TextTemplate,
    WeChatLink,
    index_of_open_id,
)
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.actions.stories import show_story
from tests.support.browser import until

pytestmark = pytest.mark.browser

DESK = 1280


@pytest.fixture
def story(cast, xinjie):
    """An answered demand that the street may read."""
    said = Said(words="12幢东面的路灯不亮", person=cast.wang.person, building=cast.building_12)
    demand = receive_demand(said, by=cast.chen.actor.by(Channel.PHONE), now=clock.now())
    answer_demand(demand, by=cast.sun.actor, words="昨天换了灯头", now=clock.now())
    return show_story(
        demand, by=cast.chen.actor, words="楼下的路灯不亮", answer="昨天换了灯头", looked=True,
        now=clock.now(),
    )  # fmt: skip


def test_the_desk_copies_the_text_and_sees_the_picture(cast, story, visitor, axe, js, width):
    page = visitor(width=width, js=js).sign_in(cast.chen)
    page = page.open(reverse("reception:story", args=[story.code]))
    page.get_by_role("link", name="发到居民群").click()
    text = page.locator("#share-text")
    expect(text).to_have_value(re.compile("楼下的路灯不亮"))
    picture = page.get_by_role("img", name="图片：楼下的路灯不亮")
    picture.wait_for()
    if not js:
        # Without the script it is marked and copied by hand; the button would do nothing.
        expect(page.get_by_role("button", name="复制文字")).to_be_hidden()
        return
    page.get_by_role("button", name="复制文字").click()
    page.get_by_text("复制好了").wait_for()
    until(
        page,
        "(field => field.value.slice(field.selectionStart, field.selectionEnd) === field.value)"
        "(document.getElementById('share-text'))",
    )
    axe(page)


def test_the_head_sets_wechat_and_a_template_up(cast, xinjie, visitor, axe, look):
    head = visitor(width=DESK, **look).sign_in(cast.zhou)
    page = head.open("/notify/delivery/")
    page.locator("a.row", has_text="微信").first.click()
    page.fill("[name=app_id]", "gh_1")
    page.fill("[name=app_secret]", "s" * 32)
    with page.expect_navigation():
        page.get_by_role("button", name="设好").click()
    # What is wrong stands beside its field, and what was typed is still there; a secret is not.
    assert page.locator("#id_app_id_error").is_visible()
    assert page.input_value("[name=app_id]") == "gh_1"
    axe(page)
    page.fill("[name=app_id]", "wx0123456789abcdef")
    page.fill("[name=app_secret]", "s" * 32)
    with page.expect_navigation():
        page.get_by_role("button", name="设好").click()
    assert page.get_by_text("服务号设好了").is_visible()
    assert ServiceAccount.objects.get().app_secret == "s" * 32
    assert "s" * 32 not in page.content()
    page.goto(head.address + "/notify/delivery/texts/")
    page.select_option("[name=topic]", "need")
    page.fill("[name=approval_id]", "SMS_1")
    page.fill("[name=text]", "您的事有进展：${body}")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("SMS_1").first.wait_for()
    assert TextTemplate.objects.get().topic == "need"
    axe(page)


def test_a_resident_sees_their_wechat_and_undoes_it(cast, xinjie, visitor, axe, js, look):
    ServiceAccount.objects.create(community=xinjie, app_id="wx1", app_secret="s")
    WeChatLink.objects.create(
        community=xinjie, account=cast.yong.account, open_id="o-1",
        open_id_index=index_of_open_id(xinjie.pk, "o-1"), linked_at=clock.now(),
    )  # fmt: skip
    page = visitor(js=js, **look).sign_in(cast.yong).open("/account/")
    page.locator("a[href='/account/wechat/']").click()
    page.get_by_text("已绑定").first.wait_for()
    if js:
        axe(page)
    page.get_by_role("button", name="解除绑定").click()
    page.get_by_text("绑定已解除").wait_for()
    assert not WeChatLink.objects.standing().exists()
