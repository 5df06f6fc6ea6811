"""The guides for staff follow the pages: each word in 「」 stands on the page its picture shows.

`make pictures` keeps the pictures in docs/pictures; a test run takes them too, and lets them go.
"""

import os
import re
from pathlib import Path

import pytest
from django.utils import translation

from mulin.commons.flow.models import ContactWish
from mulin.commons.flow.said import Said
from mulin.ground.community.menu import entries
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand, take_demand
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.models import Confirmation, Demand

pytestmark = pytest.mark.browser

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = ("first-day.md", "first-month.md")
DESK = 1280

#: Picture → who looks, and where. `{demand}` is the one that is being worked on.
PAGES = {
    "day-sign-in": (None, "/sign-in/staff/"),
    "day-today": ("zhou", "/today/"),
    "day-owed": ("zhou", "/reception/"),
    "day-visit": ("zhou", "/reception/visits/"),
    "day-receive": ("zhou", "/reception/receive/"),
    "day-demand": ("zhou", "/reception/demands/{demand}/"),
    "day-calls": ("zhou", "/reception/calls/"),
    "day-ways-in": ("zhou", "/ways-in/?q=王秀英"),
    "month-team": ("zhou", "/team/"),
    "month-import": ("zhou", "/people/"),
    "month-places": ("zhou", "/places/"),
    "month-figures": ("zhou", "/figures/"),
    "month-ours": (None, "/ours/"),
    "month-downloads": ("zhou", "/downloads/"),
}
#: The three faces on the first page of the docs: who looks, where, how wide and high, a word of it.
FACES = {
    "resident": ("yong", "/", 390, 844, "旧家具"),
    "desk": ("zhou", "/reception/demands/{demand}/", 1280, 860, "楼下路灯"),
    "screen": (None, "/screen/", 1920, 1080, "街坊"),
}


def steps(guide):
    """(name of the picture, words in 「」 of the text before it)."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    before = 0
    for found in re.finditer(r"!\[[^\]]+\]\(pictures/([\w-]+)\.png\)", text):
        yield found[1], re.findall("「([^」]+)」", text[before : found.start()])
        before = found.end()


@pytest.fixture
def busy(cast, xinjie):
    """A morning at the desk: three demands, one taken, one answered and to be called, two visits."""
    now = clock.now()
    by = cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk)
    taken = receive_demand(
        Said(words="楼下路灯坏了三天，晚上看不见台阶", person=cast.wang.person,
             building=cast.building_12), by=by, now=now, minutes=6,
    )  # fmt: skip
    take_demand(taken, by=cast.chen.actor, now=now)
    receive_demand(Said(words="12幢门口电动车堵了消防通道"), by=by, now=now, minutes=5)
    called = receive_demand(
        Said(words="厨房下水道堵了", person=cast.wang.person, contact_wish=ContactWish.CALL),
        by=by, now=now, minutes=4,
    )  # fmt: skip
    answer_demand(called, by=cast.chen.actor, words="疏通好了，放水看过", now=now)
    Confirmation.objects.filter(demand=called).update(call_from=now)
    record_visit(by=cast.chen.actor, reason="papers", person=cast.yong.person, now=now)
    record_visit(by=cast.chen.actor, reason="chat", note="坐坐，喝杯茶", now=now)
    return Demand.objects.get(pk=taken.pk)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_says_stands_on_the_page_it_shows(cast, visitor, busy, tmp_path, guide):
    kept_in = DOCS / "pictures" if os.environ.get("KEEP_PICTURES") else tmp_path
    missing = []
    for name, words in steps(guide):
        member, path = PAGES[name]
        someone = visitor(width=DESK)
        if member:
            someone.sign_in(getattr(cast, member))
        page = someone.open(path.format(demand=busy.pk))
        shown = page.evaluate(
            "document.body.innerText + Array.from(document.querySelectorAll('details'))"
            ".map(one => one.textContent).join(' ')"
        )
        missing += [f"{name}: {word}" for word in words if word not in shown]
        page.screenshot(path=kept_in / f"{name}.png")
        page.close()
    assert missing == []


@pytest.mark.parametrize("name", FACES)
def test_each_face_looks_as_the_first_page_of_the_docs_shows_it(
    cast, visitor, busy, tmp_path, name
):
    kept_in = DOCS / "pictures" if os.environ.get("KEEP_PICTURES") else tmp_path
    member, path, width, height, words = FACES[name]
    own = cast.yong.actor
    receive_demand(
        Said(words="楼道里堆了旧家具，出门要侧身", person=cast.yong.person, building=cast.building_12),
        by=own, now=clock.now(), minutes=3,
    )  # fmt: skip
    someone = visitor(width=width)
    if member:
        someone.sign_in(getattr(cast, member))
    page = someone.open(path.format(demand=busy.pk))
    page.set_viewport_size({"width": width, "height": height})
    assert words in page.inner_text("body")
    page.screenshot(path=kept_in / f"{name}.png")


def test_every_picture_is_in_a_guide_and_there():
    named = [name for guide in GUIDES for name, _words in steps(guide)]
    assert sorted(named) == sorted(PAGES)
    kept = {one.stem for one in (DOCS / "pictures").glob("*.png")}
    assert kept == {*named, *FACES}
    first = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"docs/pictures/([\w-]+)\.png", first)) == set(FACES)


def test_what_a_guide_names_after_its_last_picture_is_in_the_menu():
    """Words in 「」 that no picture proves are names of the menu."""
    with translation.override("zh-hans"):
        menu = {str(entry.label) for entry in entries()}
    for guide in GUIDES:
        text = (DOCS / guide).read_text(encoding="utf-8").rpartition("](pictures/")[2]
        assert set(re.findall("「([^」]+)」", text)) <= menu
