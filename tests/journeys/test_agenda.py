"""The order of a meeting's agenda: dragged by whoever has a mouse, moved by keys by whoever has none."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mulin.commons.gatherings.actions.agenda import add_item
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.queries import items_of
from mulin.kit import clock
from mulin.kit.scoping import in_community
from tests.cast import make_cast

pytestmark = pytest.mark.browser


def test_an_agenda_is_ordered_by_drag_and_by_keys(live, visitor, axe):
    cast, now = make_cast(), clock.now()
    begins = now + timedelta(days=1)
    with in_community(cast.xinjie):
        meeting = plan_gathering(
            "meeting", Plan("路灯怎么装", begins, begins + timedelta(hours=1)),
            by=cast.chen.actor, now=now,
        )  # fmt: skip
        for title in ("开场", "装几盏", "散会"):
            add_item(meeting, title=title, by=cast.chen.actor, now=now)
    page = visitor(width=1280).sign_in(cast.chen).open(f"/gatherings/desk/{meeting.pk}/")
    titles = page.locator("[data-item] .agenda-words strong")
    expect(titles).to_have_text(["开场", "装几盏", "散会"])
    axe(page)
    points = page.locator("[data-item]")
    points.nth(2).locator(".agenda-words").drag_to(points.nth(0).locator(".agenda-words"))
    expect(titles).to_have_text(["散会", "开场", "装几盏"])
    points.nth(0).press("Alt+ArrowDown")
    expect(titles).to_have_text(["开场", "散会", "装几盏"])
    points.nth(2).press("Alt+ArrowUp")
    expect(titles).to_have_text(["开场", "装几盏", "散会"])
    page.reload()
    expect(titles).to_have_text(["开场", "装几盏", "散会"])
    with in_community(cast.xinjie):
        assert [one.title for one in items_of(meeting)] == ["开场", "装几盏", "散会"]
