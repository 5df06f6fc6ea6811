"""Claims: a lot's life is shown at once among a million movements; a month of thousands is closed
within the time of a cup of tea.

`python -m bench.workshop MOVEMENTS WORKERS` measures in the folder of its environment.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bench.lines import Line, p95
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
MOVEMENTS, WORKERS = 1_000_000, 5_000
LINES_OF_A_LOT, VERDICTS_A_MONTH = 50, 12
MOST_MS, MOST_SECONDS = 50, 10
_BATCH = 5_000


def measure(*, is_quick: bool = False) -> list[Line]:
    """Both claims, in a database made for them and thrown away."""
    size = (20_000, 200) if is_quick else (MOVEMENTS, WORKERS)
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
        told = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        subprocess.run(
            [sys.executable, "-m", "mulin", "migrate"], env=told, cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.workshop", *map(str, size)], env=told, cwd=ROOT,
            check=True, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    return [Line(**json.loads(line)) for line in done.stdout.splitlines()]


def main(movements: int, workers: int) -> None:
    """Make the workshop, then measure; one JSON line for each claim."""
    import django  # noqa: PLC0415  the environment is told first

    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django is set up first

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    from mulin.ground.community.rules import system  # noqa: PLC0415  as above
    from mulin.kit import clock  # noqa: PLC0415  as above
    from mulin.kit.clock import SHANGHAI  # noqa: PLC0415  as above
    from mulin.kit.scoping import in_community  # noqa: PLC0415  as above
    from mulin.workshop.wages.actions.months import close_month  # noqa: PLC0415  as above
    from mulin.workshop.wages.models import Statement  # noqa: PLC0415  as above
    from mulin.workshop.wages.queries import faults  # noqa: PLC0415  as above

    first = date(2026, 10, 1)
    then = datetime(2026, 10, 12, 9, tzinfo=SHANGHAI)
    community, client, lots = _make(movements, workers, then)
    with clock.standing_still(then + timedelta(days=30)):
        waits, works = [], []
        for lot in lots:
            began, busy = time.perf_counter(), time.process_time()
            answer = client.get(f"/production/lots/{lot}/")
            waits.append((time.perf_counter() - began) * 1000)
            works.append((time.process_time() - busy) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"the page of a lot answered {answer.status_code}")
    _tell(
        Line(
            f"a lot's life among {movements:,} movements, p95", MOST_MS, p95(waits[2:]), "ms",
            note=f"{LINES_OF_A_LOT} lines on the page; {p95(works[2:]):.0f} ms of the processor",
        )
    )  # fmt: skip
    with in_community(community):
        began, busy = time.perf_counter(), time.process_time()
        close_month(first, by=system(community.pk), now=then + timedelta(days=30))
        took, worked = time.perf_counter() - began, time.process_time() - busy
        made = Statement.objects.count()
        wrong = faults((then + timedelta(days=30)).date())
    if made != workers or wrong:
        raise SystemExit(f"{made} statements, {len(wrong)} sums that are wrong")
    _tell(
        Line(
            f"a month of {workers:,} workers' wages closed", MOST_SECONDS, took, "s",
            note=f"{workers * VERDICTS_A_MONTH:,} lines, counted again without a fault; {worked:.1f} s"
            " of the processor",
        )
    )  # fmt: skip


# Any: a community, a client of its manager, and the numbers of lots to look at.
def _make(movements: int, workers: int, then: datetime) -> tuple[Any, Any, list[int]]:
    """The workshop's rows, past the actions: what is measured is reading and closing."""
    from django.test import Client  # noqa: PLC0415  Django is set up first

    from mulin.ground.community.rules import Role  # noqa: PLC0415  as above
    from mulin.ground.people.models import Organisation, Person  # noqa: PLC0415  as above
    from mulin.kit.scoping import in_community  # noqa: PLC0415  as above
    from mulin.workshop.production import models as m  # noqa: PLC0415  as above
    from tests.factories.community import (  # noqa: PLC0415  as above
        AccountFactory,
        CommunityFactory,
        MembershipFactory,
        StreetFactory,
    )

    community = CommunityFactory(street=StreetFactory(), name="新街社区", slug="xinjie")
    owned = {"community": community}
    with in_community(community):
        keeper = AccountFactory(login_name="jinshifu", display_name="金师傅")
        MembershipFactory(community=community, account=keeper, role=Role.WORKSHOP_MANAGER)
        operation = m.Operation.objects.create(name="锁边", seconds=60, **owned)
        order = m.Order.objects.create(
            number="2026-001", product="围裙", operation=operation, quantity=movements,
            customer=Organisation.objects.create(name="服装厂", kind="firm", **owned),
            due=date(2026, 12, 1), price=Decimal(1), state="running", made_at=then, **owned,
        )  # fmt: skip
        item = m.Item.objects.create(order=order, name="套件", unit="套", is_piece=True, **owned)
        persons = [
            Person(name=f"工友{number}", created_at=then, **owned) for number in range(workers)
        ]
        Person.objects.bulk_create(persons, batch_size=_BATCH)
        staff = [
            m.Worker(person=one, minutes_wished=600, joined_on=then.date(), **owned)
            for one in persons
        ]
        m.Worker.objects.bulk_create(staff, batch_size=_BATCH)
        lots = [
            m.Lot(
                order=order, number=number + 1, code=f"C{number}", quantity=2 * LINES_OF_A_LOT,
                due=date(2026, 12, 1), worker=staff[number % workers], rate=Decimal("0.0275"),
                issued_at=then, made_at=then, **owned,
            )
            for number in range(max(movements // LINES_OF_A_LOT, workers))
        ]  # fmt: skip
        m.Lot.objects.bulk_create(lots, batch_size=_BATCH)
        batch: list[m.Movement] = []
        for number in range(movements):
            lot = lots[number // LINES_OF_A_LOT]
            place = number % LINES_OF_A_LOT
            batch.append(
                m.Movement(
                    item=item, lot=lot, at=then + timedelta(minutes=place), entered_at=then,
                    channel="walk_in", key=f"b{number}", **_ends(place, lot.worker), **owned,
                )
            )  # fmt: skip
            if len(batch) == _BATCH:
                m.Movement.objects.bulk_create(batch)
                batch.clear()
        for number, lot in enumerate(lots[:workers]):
            batch += [
                m.Movement(
                    item=item, lot=lot, quantity=37, source="counter", target="accepted",
                    source_worker=lot.worker, is_paid=True, at=then, entered_at=then,
                    entered_by=keeper, channel="walk_in", key=f"p{number}-{each}", **owned,
                )
                for each in range(VERDICTS_A_MONTH)
            ]  # fmt: skip
        m.Movement.objects.bulk_create(batch, batch_size=_BATCH)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    # Not the lots of the month: those that have the ordinary number of lines.
    chosen = [lot.pk for lot in lots[workers:]] or [lot.pk for lot in lots]
    return community, client, chosen[:: max(len(chosen) // 40, 1)][:40]


def _ends(place: int, worker: object) -> dict[str, object]:
    """The first line of a lot gives it out, the others by turns bring pieces back and judge them."""
    if place == 0:
        source, target, quantity = "store", "worker", 2 * LINES_OF_A_LOT
    else:
        way = (("counter", "accepted"), ("worker", "counter"))
        source, target = way[place % 2]
        quantity = 2
    held = {"worker", "counter"}
    return {
        "source": source, "target": target, "quantity": quantity,
        "source_worker": worker if source in held else None,
        "target_worker": worker if target in held else None,
    }  # fmt: skip


def _tell(line: Line) -> None:
    print(json.dumps(line.as_dict()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
