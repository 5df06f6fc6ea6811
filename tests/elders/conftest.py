"""幸福荟 of 新街社区: 王奶奶 in care, 阿勇 her helper, a catalogue of two services."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from mulin.circle.elders.actions.orders import Offered, add_service
from mulin.circle.elders.actions.pairs import Brings, pair_up, take_helper_on
from mulin.circle.elders.actions.records import About, take_in
from mulin.circle.elders.models import Elder, Helper, Pair, Service
from mulin.circle.elders.rules import Care, Category
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.persons import index_words
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW
from tests.factories.people import PersonFactory


@dataclass
class Home:
    """Everything a test of the room needs; `another` takes more elders in."""

    cast: object
    by: Actor
    wang: Elder
    helper: Helper
    pair: Pair
    meal: Service
    doctor: Service

    def another(self, name, *categories, **about) -> Elder:
        person = PersonFactory(community=self.cast.xinjie, name=name, born_on=date(1945, 3, 1))
        return take_in(
            person, has_agreed=True, categories=categories, source="入户", about=About(**about),
            by=self.by, now=NOW,
        )  # fmt: skip

    def person(self, name, **more):
        found = PersonFactory(community=self.cast.xinjie, name=name, **more)
        index_words([found])
        return found


@pytest.fixture
def home(cast):
    with in_community(cast.xinjie):
        open_reception(by=cast.zhou.actor, now=NOW)
        by = cast.chen.actor
        index_words([cast.wang.person, cast.yong.person])
        wang = take_in(
            cast.wang.person,
            has_agreed=True,
            categories=[Category.VERY_OLD, Category.ALONE],
            source="入户",
            about=About(dialect="海盐话", interests="越剧、种花"),
            by=by,
            now=NOW,
        )
        helper = take_helper_on(
            cast.yong.person, Brings(dialects="海盐话", interests="种花"), by=by, now=NOW
        )
        pair = pair_up(wang, helper, by=by, now=NOW)
        meal = add_service(
            Offered(kind=Care.MEALS, name="送午饭", yuan=Decimal(6), minutes=20), by=by, now=NOW
        )
        doctor = add_service(Offered(kind=Care.MEDICAL, name="上门量血压"), by=by, now=NOW)
        yield Home(cast, by, Elder.objects.get(pk=wang.pk), helper, pair, meal, doctor)
