"""Claims: similar demands among 300,000 are there in under 100 ms, and so are similar ideas among
100,000.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Final

from django.db import connection

from bench.lines import Line, p95
from bench.rows import new_row, write
from bench.words import matter
from mulin.commons.flow.models import Need
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Building
from mulin.parlour.reception.similar import Here, similar, similar_in_the_street
from mulin.parlour.suggestions.models import Idea, IdeaPair, PairCount
from mulin.parlour.suggestions.queries import similar_ideas
from mulin.parlour.suggestions.rules import State, pairs_of

TARGET_MS: Final = 100
COUNT: Final = 60
IDEAS: Final = 100_000


def measure(by: Actor, now: datetime, database: str) -> list[Line]:
    """At the desk with a building and without one, and as a resident is told."""
    dice = Random(11)
    buildings = list(Building.objects.all())
    asked = [(matter(dice)[1], Here.of(dice.choice(buildings))) for _turn in range(COUNT)]
    return [
        _line(database, "demands near a building", [lambda a=a: similar(by, *a, now) for a in asked]),
        _line(
            database, "demands in the whole community",
            [lambda a=a: similar(by, a[0], Here(), now) for a in asked],
        ),
        _line(
            database, "demands as a resident is told",
            [lambda a=a: similar_in_the_street(*a, now) for a in asked],
        ),
    ]  # fmt: skip


def make_ideas(now: datetime) -> None:
    """Of the needs so many are made ideas, where an earlier run has not."""
    lacking = IDEAS - Idea.objects.count()
    free = Need.objects.exclude(pk__in=Idea.objects.values("need")).order_by("id")
    needs = list(free.values_list("pk", "community_id", "words")[: max(lacking, 0)])
    rows = [
        new_row(
            community_id=community, need_id=pk, state=State.ANSWERED, came_at=now, due_at=now,
            ended_at=now, answer="",
        )
        for pk, community, _words in needs
    ]  # fmt: skip
    write(Idea, rows)
    write(
        IdeaPair,
        (
            {"community_id": community, "idea_id": row["id"], "pair": pair}
            for row, (_pk, community, words) in zip(rows, needs, strict=True)
            for pair in pairs_of(words)
        ),
    )
    if needs:
        counts = Counter(IdeaPair.objects.values_list("pair", flat=True).iterator())
        of = needs[0][1]
        write(
            PairCount,
            ({"community_id": of, "pair": pair, "count": count} for pair, count in counts.items()),
        )


def tidy() -> None:
    """What the databases do by themselves some minutes later; outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def measure_ideas(database: str) -> Line:
    """What somebody types is compared with every idea."""
    dice = Random(12)
    asked = [matter(dice)[1] for _turn in range(COUNT)]
    return _line(
        database,
        f"ideas among {Idea.objects.count():,}",
        [lambda a=a: similar_ideas(a) for a in asked],
    )


def _line(database: str, where: str, acts: Sequence) -> Line:
    took, found = [], 0
    for act in acts[:5]:
        act()
    for act in acts:
        began = time.perf_counter()
        found += bool(act())
        took.append((time.perf_counter() - began) * 1000)
    return Line(
        f"{database}, similar {where}, p95 of {len(acts)}", TARGET_MS, p95(took), "ms",
        note=f"{found} of {len(acts)} found something",
    )  # fmt: skip
