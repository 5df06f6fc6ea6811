"""Claim: similar demands among 300,000 are there in under 100 ms."""

import time
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Final

from bench.lines import Line, p95
from bench.words import matter
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Building
from mulin.parlour.reception.similar import Here, similar, similar_in_the_street

TARGET_MS: Final = 100
COUNT: Final = 60


def measure(by: Actor, now: datetime, database: str) -> list[Line]:
    """At the desk with a building and without one, and as a resident is told."""
    dice = Random(11)
    buildings = list(Building.objects.all())
    asked = [(matter(dice)[1], Here.of(dice.choice(buildings))) for _turn in range(COUNT)]
    return [
        _line(database, "near a building", [lambda a=a: similar(by, *a, now) for a in asked]),
        _line(
            database, "in the whole community",
            [lambda a=a: similar(by, a[0], Here(), now) for a in asked],
        ),
        _line(
            database, "as a resident is told",
            [lambda a=a: similar_in_the_street(*a, now) for a in asked],
        ),
    ]  # fmt: skip


def _line(database: str, where: str, acts: Sequence) -> Line:
    took, found = [], 0
    for act in acts[:5]:
        act()
    for act in acts:
        began = time.perf_counter()
        found += bool(act())
        took.append((time.perf_counter() - began) * 1000)
    return Line(
        f"{database}, similar demands {where}, p95 of {len(acts)}", TARGET_MS, p95(took), "ms",
        note=f"{found} of {len(acts)} found something",
    )  # fmt: skip
