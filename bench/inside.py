"""What is measured inside one process: `python -m bench.inside DATABASE` prints JSON lines."""

import gc
import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.test import Client  # noqa: E402

from bench import desk, search, similar, visits  # noqa: E402
from bench.community import SLUG, WORKER  # noqa: E402
from bench.lines import Line  # noqa: E402
from mulin.ground.community.models import Account, Community  # noqa: E402
from mulin.ground.community.queries import actor_of  # noqa: E402
from mulin.ground.people.models import Person  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from mulin.parlour.reception.models import Demand  # noqa: E402
from mulin.serving import collect_static  # noqa: E402


def main(database: str) -> None:
    """Measure search, first screen and visits; then say how to enter by the street door."""
    collect_static()
    community = Community.objects.get(slug=SLUG)
    worker = Account.objects.get(display_name=WORKER)
    by = actor_of(worker, community, now=clock.now())
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    client.get("/account/")  # whatever the first page of all loads
    gc.collect()
    gc.freeze()  # as `mulin serve` does once all is loaded
    with in_community(community):
        similar.make_ideas(clock.now())
    similar.tidy()
    with in_community(community):
        tell(search.measure(by, database))
        for line in similar.measure(by, clock.now(), database):
            tell(line)
        tell(similar.measure_ideas(database))
        who = Person.objects.exclude(initials="").order_by("id").values_list("initials")[0][0]
        demands = list(Demand.objects.order_by("-id").values_list("pk", flat=True)[:20])
    for line in desk.measure(client, database):
        tell(line)
    tell(visits.measure(by, community, database))
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    found = {"cookie": cookie, "community": community.pk, "demands": demands, "who": who}
    print(json.dumps(found))


def tell(line: Line) -> None:
    print(json.dumps({"line": line.as_dict()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
