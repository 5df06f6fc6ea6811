"""Claim: a visit is saved in under 60 ms (95 of 100), on the disk when the action returns."""

import time
from random import Random
from typing import Final

from bench.lines import Line, p95
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit import clock
from mulin.kit.ids import public_code
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.visits import record_visit

TARGET_MS: Final = 60
COUNT: Final = 200


def measure(by: Actor, community: Community, database: str) -> Line:
    """Each visit in a scope of its own, as in a request: on PostgreSQL the commit is its end."""
    with in_community(community):
        ids = list(Person.objects.order_by("id").values_list("pk", flat=True))
        dice = Random(11)
        persons = list(Person.objects.filter(pk__in=dice.sample(ids, COUNT)))
    took = []
    for person in persons:
        began = time.perf_counter()
        with in_community(community):
            record_visit(
                by=by, reason="question", person=person, now=clock.now(), token=public_code(20)
            )
        took.append((time.perf_counter() - began) * 1000)
    return Line(f"{database}, saving a visit, p95 of {len(took)}", TARGET_MS, p95(took), "ms")
