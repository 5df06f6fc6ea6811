"""An idea that is open, brought by 阿勇."""

import pytest

from mulin.commons.flow.said import Said
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.suggestions.actions.ideas import bring_idea
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _clock():
    """Pages, too, live at the moment of the tests: a topic must not close by itself."""
    with standing_still(NOW):
        yield


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def bring(cast, xinjie):
    """Bring an idea as a member of the cast, or as a passer-by for None."""

    def brought(words, member=None, *, now=NOW, token=None):
        person = member.person if member else None
        by = member.actor if member else cast.wang.actor.by("online")
        return bring_idea(Said(words=words, person=person), by=by, now=now, token=token)

    return brought


@pytest.fixture
def trees(bring, cast):
    return bring("桂花广场多种几棵桂花树", cast.yong)
