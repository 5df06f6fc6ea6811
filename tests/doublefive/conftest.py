"""新街社区 with a season that collects, screened by 老周 and 小陈; two ideas."""

from datetime import date
from decimal import Decimal

import pytest

from mulin.ground.community.rules import Actor
from mulin.kit.scoping import in_community
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea
from mulin.parlour.doublefive.actions.seasons import go_on, name_screeners, open_season
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
