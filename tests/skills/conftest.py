"""Two workers, one who would like to be one, an order that wants straw weaving."""

from dataclasses import dataclass

import pytest

from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.kit.scoping import in_community
from mulin.workshop.production.actions.setting import add_operation
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import Operation, Skill, Worker
from mulin.workshop.skills.actions import write_syllabus
from mulin.workshop.skills.models import Syllabus
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory

CRITERIA = "四角起头\n编一只杯垫\n收边藏头"


@dataclass
class School:
    """What a test of the skills chain needs."""

    by: Actor
    manager: Account
    operation: Operation
    skill: Skill
    syllabus: Syllabus
    worker: Worker
    newcomer: Person


@pytest.fixture
def school(cast):
    with in_community(cast.xinjie):
        manager = AccountFactory(display_name="管工坊的")
        MembershipFactory(community=cast.xinjie, account=manager, role=Role.WORKSHOP_MANAGER)
        by = actor_of(manager, cast.xinjie, now=NOW)
        operation = add_operation(name="草编杯垫", seconds=300, skill="草编", by=by, now=NOW)
        worker = take_on(
            PersonFactory(community=cast.xinjie, name="沈阿桂"), minutes_wished=600, by=by, now=NOW
        )
        yield School(
            by=by, manager=manager, operation=operation, skill=operation.skill,
            syllabus=write_syllabus(
                operation.skill, criteria=CRITERIA, months=12, by=by, now=NOW
            ),
            worker=worker, newcomer=PersonFactory(community=cast.xinjie, name="朱新人"),
        )  # fmt: skip
