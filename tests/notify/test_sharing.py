"""A text and a picture for chat groups: for staff, of public things, with nobody's name."""

from io import BytesIO

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mulin.commons.flow.said import Said
from mulin.ground.community.rules import system
from mulin.ground.notify import sharing
from mulin.ground.notify.sharing import Shared, register_shared, shared_of
from mulin.kit import posters
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.posters import HEIGHT, WIDTH, FontMissing, Poster, fonts, png, wrapped
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.stories import show_story, take_back_story
from tests.clock import NOW

needs_font = pytest.mark.skipif(fonts() is None, reason="no font with Chinese is installed")
LAMP = Shared(
    "12幢东面的路灯修好了", ("居民问：路灯不亮", "答复：昨天换了灯头"), "/reception/stories/ABC/"
)


@pytest.fixture
def lamp(monkeypatch):
    monkeypatch.setattr(sharing, "_kinds", {})
    register_shared("lamp", lambda ref, _by: LAMP if ref == "ABC" else None)


def test_a_room_registers_once_and_its_things_are_found(cast, lamp):
    assert shared_of("lamp", "ABC", cast.chen.actor) == LAMP
    assert shared_of("lamp", "XYZ", cast.chen.actor) is None
    assert shared_of("pigeon", "ABC", cast.chen.actor) is None


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_what_leads_elsewhere_is_not_told(path):
    with pytest.raises(ValueError, match="not a path inside Mulin"):
        Shared("灯", (), path)


def test_the_text_is_whole_and_leads_to_the_page(cast, client, lamp):
    page = cast.enter(client, cast.sun).get(reverse("notify:share", args=["lamp", "ABC"]))
    assert page.context["text"] == (
        "【新街社区】12幢东面的路灯修好了\n居民问：路灯不亮\n答复：昨天换了灯头\n"
        "看全文：http://testserver/reception/stories/ABC/\n有事打电话：" + cast.xinjie.phone
    )
    assert page.context["text"] in page.content.decode()


def test_only_staff_and_only_what_is_there(cast, client, lamp):
    for name in ("share", "poster"):
        for member, ref, status in (
            (cast.chen, "XYZ", 404), (cast.yong, "ABC", 404), (cast.auditor, "ABC", 404),
        ):  # fmt: skip
            answer = cast.enter(client, member).get(reverse(f"notify:{name}", args=["lamp", ref]))
            assert answer.status_code == status


@needs_font
def test_the_picture_is_one_that_a_phone_takes(cast, client, lamp):
    answer = cast.enter(client, cast.chen).get(reverse("notify:poster", args=["lamp", "ABC"]))
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(answer.content))
    assert picture.size == (WIDTH, HEIGHT)
    assert len(answer.content) < 200_000


@needs_font
def test_its_code_opens_the_page(tmp_path):
    zxingcpp = pytest.importorskip("zxingcpp")
    url = "http://xinjie.example/reception/stories/ABC/"
    poster = Poster("新街社区", LAMP.title, LAMP.lines, url, "微信扫一扫，看全文", "0573-86000120")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(png(poster))).convert("RGB"))
    assert code.text == url


@needs_font
@pytest.mark.parametrize("length", [0, 1, 40, 400])
def test_a_picture_is_made_however_long_the_words_are(length):
    poster = Poster("社区", "长" * length, ("话" * length,) * 5, "http://x.example/", "扫", "1")
    assert png(poster).startswith(b"\x89PNG")


def test_without_a_font_the_page_says_so_and_the_text_stays(cast, client, lamp, monkeypatch):
    monkeypatch.setattr(posters, "_FONTS", ())
    posters._font.cache_clear()
    cast.enter(client, cast.chen)
    page = client.get(reverse("notify:share", args=["lamp", "ABC"]))
    assert page.context["poster_url"] == ""
    assert client.get(reverse("notify:poster", args=["lamp", "ABC"])).status_code == 404
    with pytest.raises(FontMissing):
        png(Poster("社区", "灯", (), "http://x.example/", "扫", "1"))
    posters._font.cache_clear()


@given(st.text(alphabet="灯，。修好了ab", max_size=80), st.integers(2, 30))
def test_lines_keep_every_letter_and_never_begin_with_the_end_of_a_phrase(text, width):
    lines = list(wrapped(text, width=width, measure=len))
    assert "".join(lines) == text
    assert all(line[0] not in "，。" for line in lines[1:])


def test_a_line_ends_where_it_was_ended():
    assert list(wrapped("一\n 二三四", width=2, measure=len)) == ["一", "二三", "四"]


# ── what reception tells ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def story(cast):
    """An answered demand of grid 1, shown to the street."""
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        said = Said(words="12幢东面的路灯不亮", person=cast.wang.person, building=cast.building_12)
        demand = receive_demand(said, by=cast.chen.actor.by(Channel.PHONE), now=NOW)
        answer_demand(demand, by=cast.sun.actor, words="昨天换了灯头", now=NOW)
        return show_story(
            demand, by=cast.chen.actor, words="楼下的路灯不亮", answer="昨天换了灯头", photos=[],
            looked=True, now=NOW,
        )  # fmt: skip


def test_a_story_is_told_in_the_words_of_the_street_until_it_is_taken_back(cast, client, story):
    cast.enter(client, cast.chen)
    address = reverse("notify:share", args=["reception.story", story.code])
    text = client.get(address).context["text"]
    assert [word in text for word in ("楼下的路灯不亮", "昨天换了灯头", "12幢", "王")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert address in client.get(f"/reception/stories/{story.code}/").content.decode()
    with in_community(cast.xinjie):
        take_back_story(story, by=cast.chen.actor, now=NOW)
    assert client.get(address).status_code == 404


def test_a_month_keeps_small_counts_folded(cast, client, story):
    cast.enter(client, cast.sun)
    month = f"{local_day(NOW):%Y-%m}"
    text = client.get(reverse("notify:share", args=["reception.month", f"1-{month}"])).context[
        "text"
    ]  # fmt: skip
    assert "不到 5 件" in text
    assert f"http://testserver/m/1/{month}/" in text
    for ref in ("99-2026-11", "x", "1-2026-13", "1-2026-1"):
        answer = client.get(reverse("notify:share", args=["reception.month", ref]))
        assert answer.status_code == 404


def test_a_resident_sees_the_page_without_the_way_to_the_group(cast, client, story):
    cast.enter(client, cast.yong)
    assert "/notify/share/" not in client.get(f"/reception/stories/{story.code}/").content.decode()
