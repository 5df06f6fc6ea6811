"""Public reports on other systems that no other test of reception names (docs/reports.md)."""

from dataclasses import replace
from itertools import combinations

import pytest

from mulin.commons.flow.models import Need, Step, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.parlour.reception.actions.demands import answer_demand, note_on, receive_demand
from mulin.parlour.reception.actions.visits import record_visit
from mulin.parlour.reception.models import Demand, Visit
from tests.clock import NOW


def test_the_same_words_in_another_act_are_no_duplicate(cast, xinjie, lamp):
    """F commit 6e2565d050: a note and then an answer of the same words are two things."""
    words = "灯泡换好了"
    note_on(lamp, by=cast.chen.actor, words=words, now=NOW, token="one")
    answer_demand(lamp, by=cast.chen.actor, words=words, now=NOW, token="two")
    lines = [step.line for step in Step.objects.filter(need=lamp.need).order_by("id")]
    assert sum(words in line for line in lines) == 2


@pytest.fixture
def mixed(cast, xinjie):
    """Demands and visits of both grids, named, nameless, confidential and sealed."""
    for grid, person in ((cast.grid_1, cast.wang.person), (cast.grid_2, cast.yong.person)):
        Person.objects.filter(pk=person.pk).update(grid=grid)
        building = cast.building_12 if grid == cast.grid_1 else cast.building_20
        for visibility in Visibility:
            demand = receive_demand(
                Said(words=f"{grid} {visibility}", person=person, building=building,
                     visibility=visibility),
                by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=person.pk), now=NOW,
            )  # fmt: skip
        Need.objects.filter(pk=demand.need_id).update(is_sealed=True)
        record_visit(by=cast.chen.actor, reason="chat", person=person, now=NOW)


def _sees(actor):
    return {
        (model.__name__, pk)
        for model in (Demand, Need, Person, Visit)
        for pk in model.objects.visible_to(actor).values_list("pk", flat=True)
    }


def test_two_roles_together_see_what_each_sees_and_no_more(cast, xinjie, mixed):
    """zammad#5447, #6349: two roles added up to more than their sum."""
    grants = [Grant(role, None) for role in Role if role is not Role.GRID_OFFICER]
    grants += [Grant(Role.GRID_OFFICER, grid.pk) for grid in (cast.grid_1, cast.grid_2)]
    alone = Actor(cast.xinjie.pk, account_id=cast.shen.account.pk)
    seen = {grant: _sees(replace(alone, grants=(grant,))) for grant in grants}
    assert len({frozenset(rows) for rows in seen.values()}) > 2
    for one, other in combinations(grants, 2):
        together = _sees(replace(alone, grants=(one, other)))
        assert together == seen[one] | seen[other], (one, other)
