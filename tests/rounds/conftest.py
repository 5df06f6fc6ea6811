"""新街社区 with its reception open, and 王奶奶 at home in 12幢1单元301."""

from datetime import date

import pytest

from mulin.ground.community.rules import system
from mulin.ground.places.actions import move_in
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW


@pytest.fixture
def xinjie(cast):
    """The community in scope; 王奶奶, 81, lives by herself since January."""
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        move_in(
            cast.wang.person, cast.dwelling_12_301, by=cast.chen.actor, now=NOW,
            since=date(2026, 1, 5),
        )  # fmt: skip
        yield cast.xinjie
