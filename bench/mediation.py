"""Claim: whom to ask is proposed at once, also from a panel of two hundred.

`python -m bench.mediation PANEL` measures in the folder of its environment.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from bench.lines import Line, p95
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
PANEL, MOST_MS, TIMES = 200, 200, 20
_TOWNS: Final = ("安徽阜阳", "河南周口", "江西上饶", "贵州毕节", "四川达州")


def measure() -> list[Line]:
    """The claim, in a database made for it and thrown away."""
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
        told = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        subprocess.run(
            [sys.executable, "-m", "mulin", "migrate"], env=told, cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.mediation", str(PANEL)], env=told, cwd=ROOT, check=True,
            text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    return [Line(**json.loads(line)) for line in done.stdout.splitlines()]


def main(panel: int) -> None:
    """Make the panel and one case, then propose again and again; one JSON line."""
    import django  # noqa: PLC0415  the environment is told first

    django.setup()
    from mulin.circle.mediation.models import Case  # noqa: PLC0415  Django is set up first
    from mulin.circle.mediation.queries import proposals  # noqa: PLC0415  as above
    from mulin.ground.community.actions.founding import found_community  # noqa: PLC0415  as above
    from mulin.ground.community.rules import system  # noqa: PLC0415  as above
    from mulin.kit import clock  # noqa: PLC0415  as above
    from mulin.kit.scoping import in_community  # noqa: PLC0415  as above

    now = clock.now()
    community, _accounts = found_community(
        street="街道", name="社区", slug="bench", phone="0573-86000000", grids=("一",), founders=(),
        by=system(0), now=now,
    )  # fmt: skip
    with in_community(community):
        case_id = _fill(community, panel, now)
        taken = []
        for _again in range(TIMES):
            began = time.perf_counter()
            found = proposals(Case.objects.get(pk=case_id), today=now.date())
            taken.append((time.perf_counter() - began) * 1000)
    if len(found) != panel:
        raise SystemExit(f"{len(found)} of {panel} were proposed")
    line = Line(f"mediators proposed out of {panel}, p95", MOST_MS, p95(taken[1:]), "ms")
    print(json.dumps(line.as_dict()), flush=True)


def _fill(community: Any, panel: int, now: Any) -> int:  # Any: a community, a moment
    from mulin.circle.mediation.actions.intake import Told, Who, receive  # noqa: PLC0415  as above
    from mulin.circle.mediation.models import Mediator, Seat  # noqa: PLC0415  as above
    from mulin.ground.community.models import Account  # noqa: PLC0415  as above
    from mulin.ground.community.rules import system  # noqa: PLC0415  as above
    from mulin.ground.people.models import Affiliation, Organisation, Person  # noqa: PLC0415  as above

    dice = Random(1)
    groups = [
        Organisation.objects.create(community=community, name=f"小组{n}", kind="group")
        for n in range(20)
    ]
    people = [
        Person.objects.create(
            community=community, name=f"某人{n}", home_town=dice.choice(_TOWNS), residency="new",
            address=f"{n % 20 + 1}幢1单元{n // 20 + 1}01", created_at=now,
        )
        for n in range(panel + 20)
    ]  # fmt: skip
    for one in people:
        Affiliation.objects.create(
            community=community, organisation=dice.choice(groups), person=one
        )
    by = system(community.pk)
    cases = []
    for n in range(10):
        pair = people[panel + 2 * n : panel + 2 * n + 2]
        who = [
            Who(side=side, name=one.name, person=one.pk)
            for side, one in zip("ab", pair, strict=True)
        ]
        cases.append(
            receive(Told(facts="夜里吵"), who, kind="noise", source="oral", by=by, now=now)
        )
    for n, one in enumerate(people[:panel]):
        account = Account.objects.create(
            login_name=f"m{n}", display_name=one.name, created_at=now - timedelta(days=1)
        )
        card = Mediator.objects.create(
            community=community, person=one, account=account, kinds=["noise"], since=now.date()
        )
        Seat.objects.create(
            community=community, case=dice.choice(cases), mediator=card, asked_at=now
        )
    return int(cases[0].pk)


if __name__ == "__main__":
    main(int(sys.argv[1]))
