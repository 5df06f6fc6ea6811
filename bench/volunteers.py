"""Claims: a month of 2,000 shifts is shown at once; a certificate is on paper within a second.

`python -m bench.volunteers SHIFTS` measures in the folder of its environment.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.lines import Line, p95
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
SHIFTS, OF_AN_ACTIVITY, VOLUNTEERS = 2_000, 4, 300
MOST_MS, MOST_SECONDS = 150, 1.0
_ROUNDS = 20
CERTIFICATES: Final = 5


def measure(*, is_quick: bool = False) -> list[Line]:
    """Both claims, in a database made for them and thrown away."""
    size = 200 if is_quick else SHIFTS
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
        told = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        subprocess.run(
            [sys.executable, "-m", "mulin", "migrate"], env=told, cwd=ROOT, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.volunteers", str(size)], env=told, cwd=ROOT, check=True,
            text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    return [Line(**json.loads(line)) for line in done.stdout.splitlines()]


def main(shifts: int) -> None:
    """Make the month, then measure; one JSON line for each claim."""
    import django  # noqa: PLC0415  the environment is told first

    django.setup()
    from django.conf import settings  # noqa: PLC0415  Django is set up first

    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    from mulin.kit import clock  # noqa: PLC0415  as above
    from mulin.kit.clock import SHANGHAI  # noqa: PLC0415  as above

    then = datetime(2026, 10, 1, 8, tzinfo=SHANGHAI)
    client, codes = _make(shifts, then)
    with clock.standing_still(then + timedelta(days=31)):
        waits = _waits(client, "/volunteers/desk/?month=2026-10", _ROUNDS)
        # Each for the first time: what was printed once is kept, and handed out again.
        papers = [_waits(client, f"/volunteers/certificate/{code}/", 1)[0] for code in codes]
    _tell(
        Line(
            f"a month of {shifts:,} shifts, p95", MOST_MS, p95(waits[2:]), "ms",
            note=f"{shifts // OF_AN_ACTIVITY} activities, each shift with somebody on duty",
        )
    )  # fmt: skip
    _tell(
        Line(
            "a certificate on paper, the slowest of 4", MOST_SECONDS, max(papers[1:]) / 1000, "s",
            note="30 activities on it; the press is started for each",
        )
    )  # fmt: skip


def _waits(client: Any, path: str, rounds: int) -> list[float]:  # Any: a test client
    waits = []
    for _round in range(rounds):
        began = time.perf_counter()
        answer = client.get(path)
        waits.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    return waits


def _make(shifts: int, then: datetime) -> tuple[Any, list[str]]:  # Any: a client of whoever leads
    """The rows of a month, past the actions: what is measured is reading and printing."""
    from django.test import Client  # noqa: PLC0415  Django is set up first

    from mulin.circle.volunteers import models as m  # noqa: PLC0415  as above
    from mulin.commons.gatherings.models import Gathering  # noqa: PLC0415  as above
    from mulin.ground.community.rules import Role  # noqa: PLC0415  as above
    from mulin.ground.people.models import Person  # noqa: PLC0415  as above
    from mulin.kit.scoping import in_community  # noqa: PLC0415  as above
    from tests.factories.community import (  # noqa: PLC0415  as above
        AccountFactory,
        CommunityFactory,
        MembershipFactory,
        StreetFactory,
    )

    community = CommunityFactory(street=StreetFactory(), name="新街社区", slug="xinjie")
    owned = {"community": community}
    with in_community(community):
        lead = AccountFactory(login_name="feiyisheng", display_name="费医生")
        MembershipFactory(community=community, account=lead, role=Role.VOLUNTEER_LEAD)
        kinds = [
            m.ActivityKind.objects.create(name=f"种类{number}", position=number, **owned)
            for number in range(8)
        ]
        people = [
            Person(name=f"志愿者{number}", created_at=then, **owned) for number in range(VOLUNTEERS)
        ]
        Person.objects.bulk_create(people)
        team = [
            m.Volunteer(person=one, number=f"2026-{number:04d}", joined_on=then.date(), **owned)
            for number, one in enumerate(people)
        ]
        m.Volunteer.objects.bulk_create(team)
        gatherings, activities, posts, duties = [], [], [], []
        for number in range(shifts // OF_AN_ACTIVITY):
            starts = then + timedelta(days=number % 30, hours=number % 9)
            gathering = Gathering(
                kind="volunteering", title=f"活动{number}", starts_at=starts, host=lead,
                ends_at=starts + timedelta(hours=2), place_words="广场", **owned,
            )  # fmt: skip
            activity = m.Activity(gathering=gathering, kind=kinds[number % 8], **owned)
            gatherings.append(gathering)
            activities.append(activity)
            for place in range(OF_AN_ACTIVITY):
                shift = m.Shift(
                    activity=activity, post=f"岗位{place}", minutes=120, wanted=2, **owned
                )
                posts.append(shift)
                duties.append(
                    m.Duty(
                        shift=shift, volunteer=team[(number * 4 + place) % VOLUNTEERS],
                        stand="going", answered_at=then, **owned,
                    )
                )  # fmt: skip
        for model, rows in (
            (Gathering, gatherings), (m.Activity, activities), (m.Shift, posts), (m.Duty, duties),
        ):  # fmt: skip
            model.objects.bulk_create(rows, batch_size=1_000)
        certificates = [
            m.Certificate.objects.create(
                volunteer=team[one], since=then.date(), until=then.date() + timedelta(days=30),
                asked_at=then, number=f"ZY2026-{one + 1:04d}", minutes=30 * 95, issued_at=then,
                issued_by=lead,
                lines=[[f"活动{number}", "2026-10-01", 95] for number in range(30)], **owned,
            )
            for one in range(CERTIFICATES)
        ]  # fmt: skip
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client, [one.code for one in certificates]


def _tell(line: Line) -> None:
    print(json.dumps(line.as_dict()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
