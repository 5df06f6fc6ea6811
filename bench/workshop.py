"""Claims: a lot's life is shown at once among a million movements; a month of thousands is closed
within the time of a cup of tea. On SQLite and on PostgreSQL; the plan of the question for a lot's
life is looked at, too.

`python -m bench.workshop MOVEMENTS WORKERS NAME` measures in the folder of its environment.
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
from tests.support.postgres import PostgresMissing, cluster
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
MOVEMENTS, WORKERS = 1_000_000, 5_000
LINES_OF_A_LOT, VERDICTS_A_MONTH = 50, 12
MOST_MS, MOST_SECONDS = 50, 10
_BATCH = 50_000


def measure(*, is_quick: bool = False) -> list[Line]:
    """Both claims, in databases made for them and thrown away."""
    size = (20_000, 200) if is_quick else (MOVEMENTS, WORKERS)
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
        lines = _measured("SQLite", size, Path(folder))
        try:
            with cluster() as address:
                lines += _measured("PostgreSQL", size, Path(folder), MULIN_DATABASE_URL=address)
        except PostgresMissing as missing:
            print(f"PostgreSQL was left out: {missing}", flush=True)
    return lines


def _measured(name: str, size: tuple[int, int], folder: Path, **more: str) -> list[Line]:
    told = environment(folder, DJANGO_SETTINGS_MODULE="mulin.settings", **more)
    subprocess.run(
        [sys.executable, "-m", "mulin", "migrate"], env=told, cwd=ROOT, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.workshop", *map(str, size), name], env=told, cwd=ROOT,
        check=True, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return [Line(**json.loads(line)) for line in done.stdout.splitlines()]


def main(movements: int, workers: int, name: str) -> None:
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
    with in_community(community):
        _check_plan(lots[0])
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
            f"a lot's life among {movements:,} movements, {name}, p95", MOST_MS, p95(waits[2:]), "ms",
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
            f"a month of {workers:,} workers' wages closed, {name}", MOST_SECONDS, took, "s",
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
    from mulin.kit.bulk import insert_rows  # noqa: PLC0415  as above
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
        columns = ("lot_id", "at", "key", *_ends(0, None))
        told = {"item_id": item.pk, "entered_at": then, "channel": "walk_in"}
        for begin in range(0, movements, _BATCH):
            insert_rows(
                m.Movement, columns,
                (
                    _row(lots[number // LINES_OF_A_LOT], number, then)
                    for number in range(begin, min(begin + _BATCH, movements))
                ),
                same=told | {"community_id": community.pk},
            )  # fmt: skip
        paid = told | {
            "community_id": community.pk, "quantity": 37, "source": "counter",
            "target": "accepted", "is_paid": True, "at": then, "entered_by_id": keeper.pk,
        }  # fmt: skip
        insert_rows(
            m.Movement, ("lot_id", "source_worker_id", "key"),
            (
                (lot.pk, lot.worker_id, f"p{number}-{each}")
                for number, lot in enumerate(lots[:workers])
                for each in range(VERDICTS_A_MONTH)
            ),
            same=paid,
        )  # fmt: skip
    _settle_statistics()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    # Not the lots of the month: those that have the ordinary number of lines.
    chosen = [lot.pk for lot in lots[workers:]] or [lot.pk for lot in lots]
    return community, client, chosen[:: max(len(chosen) // 40, 1)][:40]


# Any: a lot of the workshop, whose model is known once Django is set up.
def _row(lot: Any, number: int, then: datetime) -> tuple[object, ...]:
    place = number % LINES_OF_A_LOT
    ends = _ends(place, lot.worker_id)
    return (lot.pk, then + timedelta(minutes=place), f"b{number}", *ends.values())


def _ends(place: int, worker: int | None) -> dict[str, object]:
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
        "source_worker_id": worker if source in held else None,
        "target_worker_id": worker if target in held else None,
    }  # fmt: skip


def _settle_statistics() -> None:
    """What a database's own housekeeping does in the night after so much was written."""
    from django.db import connection  # noqa: PLC0415  Django is set up first

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _check_plan(lot: int) -> None:
    """The life of one lot is found by its index. Raises SystemExit where the table is read through."""
    from mulin.workshop.production.models import Movement  # noqa: PLC0415  Django is set up first

    plan = Movement.objects.filter(lot=lot).order_by("at", "id").explain()
    if "Seq Scan" in plan or "SCAN" in plan:
        raise SystemExit(f"a lot's life is not asked by its index:\n{plan}")


def _tell(line: Line) -> None:
    print(json.dumps(line.as_dict()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
