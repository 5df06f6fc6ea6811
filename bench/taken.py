"""What `takeaway` measures, inside the process that makes the file: `python -m bench.taken`."""

import json
import resource
import sys
import time

import django

django.setup()

from bench.community import SLUG, WORKER  # noqa: E402  Django is set up first
from mulin.ground.community.models import Account, Community  # noqa: E402
from mulin.ground.community.queries import actor_of  # noqa: E402
from mulin.ground.downloads.actions import ask_for, fetch, forget, make  # noqa: E402
from mulin.ground.downloads.registry import listing_of  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402


def main() -> None:
    """Ask, make, fetch, forget; print what was measured."""
    community = Community.objects.get(slug=SLUG)
    now = clock.now()
    by = actor_of(Account.objects.get(display_name=WORKER), community, now=now)
    with in_community(community):
        asked = ask_for(
            listing_of("reception.visits"), typed="", format_="xlsx", purpose="bench",
            community=community, by=by, now=now,
        )  # fmt: skip
        began = time.perf_counter()
        make(asked, community=community, now=now)
        took = time.perf_counter() - began
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        asked.refresh_from_db()
        _name, content = fetch(asked, by=by, now=now)
        forget(asked)
    json.dump(
        {
            "rows": asked.row_count, "seconds": took, "peak_mb": peak_kb * 1024 / 1_000_000,
            "bytes": len(content),
        },
        sys.stdout,
    )  # fmt: skip


if __name__ == "__main__":
    main()
