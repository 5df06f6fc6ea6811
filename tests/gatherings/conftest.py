"""A meeting of 新街社区 tomorrow evening, and its people."""

from datetime import timedelta

import pytest

from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.kit.scoping import in_community
from tests.clock import NOW

BEGINS = NOW + timedelta(hours=9)
ENDS = BEGINS + timedelta(hours=2)


@pytest.fixture
def xinjie(cast):
    """新街社区, in scope."""
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def evening(cast, xinjie):
    """A meeting that begins at seven and ends at nine."""
    return plan_gathering(
        "meeting", Plan("路灯怎么装", BEGINS, ENDS, place_words="二楼会议室"),
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
