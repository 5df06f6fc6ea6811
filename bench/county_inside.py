"""What is asked inside one process: `python -m bench.county_inside OF` prints JSON lines.

Each page of the desk is opened once as the worker of the last community that was made; each question
that it asks the database is explained in the same scope.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402

from bench.community import WORKER  # noqa: E402
from bench.lines import Line  # noqa: E402
from mulin.ground.community.models import Account, Community  # noqa: E402
from mulin.ground.people.models import Person  # noqa: E402
from mulin.kit.parting import parts_of  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from mulin.parlour.reception.models import Demand  # noqa: E402
from mulin.parlour.reception.rules import State  # noqa: E402
from mulin.serving import collect_static  # noqa: E402

#: Read from end to end, a table of fewer rows is no loss.
LARGE: Final = 10_000
Plan = dict[str, Any]  # Any: as PostgreSQL tells it


def pages(community: Community) -> dict[str, str]:
    """What the desk opens all day, by what it is."""
    with in_community(community):
        # In the same state, for each state's page shows other forms.
        demand = Demand.objects.filter(state=State.IN_HAND).order_by("-id")[0].pk
        person = Person.objects.order_by("-id")[10].pk
    return {
        "what I owe today": "/today/",
        "the desk's list": "/reception/",
        "one demand": f"/reception/demands/{demand}/",
        "the visits": "/reception/visits/",
        "the roll": "/people/",
        "one person": f"/people/{person}/",
        "a search of the roll": "/people/?q=王秀",
        "a search of the demands": "/reception/?q=路灯",
    }


def main(of: int) -> None:
    """Explain each page's questions; then say how to enter by the street door."""
    collect_static()
    community = Community.objects.order_by("-id")[0]
    worker = Account.objects.get(display_name=WORKER, memberships__community=community)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    found, large = pages(community), _large()
    read, parts, questions, whole = set[str](), set[str](), 0, 0
    for name, path in found.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        for sql in (one["sql"] for one in asked if one["sql"].startswith("SELECT")):
            questions += 1
            scans = [
                (node["Node Type"], node["Relation Name"])
                for node in _nodes(_explained(community, sql))
                if node.get("Relation Name") in large
            ]
            parts.update(table for _kind, table in scans if "_part" in table)
            from_end_to_end = {table for kind, table in scans if kind == "Seq Scan"}
            whole += bool(from_end_to_end)
            read.update(f"{name}: {table}" for table in from_end_to_end)
    tell(Line(
        f"PostgreSQL, a county's 1/{of}, questions of the desk's pages that read no table of"
        f" {LARGE:,} rows from end to end", 100, 100 * (1 - whole / questions), "%", is_most=False,
        note="; ".join((f"{questions} questions of {len(found)} pages", *sorted(read))),
    ))  # fmt: skip
    most = max((sum(part in parts for part in parts_of(table)) for table in PARTED), default=0)
    tell(Line(
        f"PostgreSQL, a county's 1/{of}, parts of a parted table that one community's pages open",
        1, most, "parts", note=", ".join(sorted(parts)),
    ))  # fmt: skip
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    print(json.dumps({"cookie": cookie, "pages": found}))


PARTED: Final = (
    "audit_act", "audit_actdetail", "reception_visit", "gatherings_attendance",
    "production_movement",
)  # fmt: skip


def _large() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s"
            " AND relnamespace = 'public'::regnamespace",
            [LARGE],
        )
        return {row[0] for row in cursor.fetchall()}


def _explained(community: Community, sql: str) -> Plan:
    """How PostgreSQL goes about it: asked for real, so that what it leaves out is left out."""
    with in_community(community), scopes_disabled(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT explaining")
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, FORMAT JSON) " + sql)
        (plan,) = cursor.fetchone()
        found: Plan = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
        return found


def _nodes(plan: Plan) -> Iterator[Plan]:
    if plan.get("Actual Loops"):  # what was never begun cost nothing
        yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def tell(line: Line) -> None:
    print(json.dumps({"line": line.as_dict()}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
