"""A community whose reception is open."""

import pytest

from mulin.commons.flow.models import Category
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import system
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW


@pytest.fixture
def xinjie(cast):
    """新街社区, in scope, with its first categories and limits."""
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        yield cast.xinjie


@pytest.fixture
def lamp(cast, xinjie):
    """A demand of 王奶奶, written down by 小陈 on the phone: the lamp by building 12 is dark."""
    return receive_demand(
        Said(
            words="楼下路灯坏了三天",
            person=cast.wang.person,
            building=cast.building_12,
            place_words="单元门口",
            category=Category.objects.get(code="repair.lamp"),
        ),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk),
        minutes=6,
        now=NOW,
        token="lamp",
    )
