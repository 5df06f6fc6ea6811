"""新街社区 with a season that collects, screened by 老周 and 小陈; two ideas."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from mulin.ground.community.rules import Actor
from mulin.kit.photos import clean_photo
from mulin.kit.scoping import in_community
from mulin.parlour.doublefive.actions.carrying import begin_project, set_milestone
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea
from mulin.parlour.doublefive.actions.seasons import go_on, name_screeners, open_season
from mulin.parlour.doublefive.models import Chosen, Idea
from tests.clock import NOW

CRITERIA = ["公共的", "社区能办", "办得起"]


def public(title="楼下装一排路灯", **changed):
    values = {"site": "12幢南", "gains": "晚归的人", "cost_yuan": Decimal(8000)}
    return Public(title=title, **(values | changed))


@pytest.fixture
def season(cast):
    with in_community(cast.xinjie):
        opened = open_season(
            2026, collects_until=date(2026, 12, 31), criteria=CRITERIA, appeal_days=5,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
        name_screeners(opened, [cast.zhou.account, cast.chen.account], by=cast.zhou.actor, now=NOW)
        yield opened


@pytest.fixture
def lamp(cast, season):
    """阿勇's."""
    return offer_idea(public(), words="晚上黑。", by=cast.yong.actor, now=NOW)


@pytest.fixture
def bench(cast, season):
    """A passer-by's, who left a phone number."""
    return offer_idea(
        public("装几把长椅"), words="", contact_phone="13900000009",
        by=Actor(cast.xinjie.pk), now=NOW,
    )  # fmt: skip


@pytest.fixture
def screening(cast, season, lamp, bench):
    """The same season, its ideas being screened."""
    return go_on(season, by=cast.zhou.actor, now=NOW)


@pytest.fixture
def five(season, lamp, bench):
    """Both were chosen: the season is carried out."""
    for place, idea in enumerate((lamp, bench), start=1):
        Idea.objects.filter(pk=idea.pk).update(state="passed")
        Chosen.objects.create(
            community_id=season.community_id, season=season, idea=idea, place=place, total=20,
            chosen_at=NOW,
        )  # fmt: skip
    season.stage = "carry_out"
    season.save()
    return season


@pytest.fixture
def project(cast, five):
    """阿勇's lamps, carried out by the officer 小孙."""
    return begin_project(
        Chosen.objects.select_related("season", "idea").get(place=1), owner=cast.sun.account,
        promise="年底前亮起来", budget_yuan=Decimal(8000), by=cast.zhou.actor, now=NOW,
    )  # fmt: skip


@pytest.fixture
def milestone(cast, project):
    """Due in ten days."""
    return set_milestone(
        project, "立杆子", due_on=(NOW + timedelta(days=10)).date(), by=cast.sun.actor, now=NOW
    )


def picture():
    """A photo as a form gives it."""
    packed = BytesIO()
    Image.new("RGB", (40, 30), "white").save(packed, "JPEG")
    return clean_photo(packed.getvalue())
