"""Makes a county, or a part of it: `mulin bench seed [--of N]`, or `python -m bench.seed`.

A county is 400 communities with 4,000,000 people and 40,000,000 demands and visits in five years.
`--of 100` makes a hundredth of it: 4 communities of full size. People come by bulk registration;
demands, visits and the acts that tell of demands are written as rows (see `bench.community`), in
whole chains that `mulin audit verify` finds in order.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Final

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.db import connection  # noqa: E402

from bench.community import (  # noqa: E402
    SEED,
    SLUG,
    VISITS_PER_DEMAND,
    WRITTEN,
    Town,
    fill,
    make_tables,
    settle,
)  # fmt: skip
from bench.rows import Row, new_row, write  # noqa: E402
from bench.unindexed import unindexed  # noqa: E402
from mulin.ground.audit.models import Act, ActDetail, ChainHead  # noqa: E402
from mulin.ground.audit.rules import Link, digest_of_detail, head_seal, seal_of  # noqa: E402
from mulin.ground.community.models import Community  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.ids import share  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from mulin.parlour.reception.models import Demand  # noqa: E402

COMMUNITIES: Final = 400
PEOPLE: Final = 4_000_000
ROWS: Final = 40_000_000
COMMUNITIES_OF_STREET: Final = 40
#: Each process makes one community at a time, with ids of a share of their own.
AT_ONCE: Final = 2
_DETAIL: Final = '{"after": {}, "before": {}}'


@dataclass(frozen=True, slots=True)
class County:
    """So many communities, each with so many people, and with demands and visits together."""

    communities: int
    people: int
    rows: int

    @property
    def demands(self) -> int:
        return int(self.rows / (1 + VISITS_PER_DEMAND))


def part_of_county(of: int) -> County:
    """Fewer communities of the same size."""
    return County(max(1, COMMUNITIES // of), PEOPLE // COMMUNITIES, ROWS // COMMUNITIES)


def hundredth(large: County) -> County:
    """One small community: what the pages of an installation a hundred times as large are held
    against.
    """
    whole = large.communities
    return County(1, whole * large.people // 100, whole * large.rows // 100)


def seed(county: County) -> None:
    """Fill the database of the settings. Raises RuntimeError if a community lives there."""
    make_tables()
    if Community.objects.exists():
        raise RuntimeError("a community lives in this database already; name an empty one")
    now = clock.now()
    with unindexed((*WRITTEN, Act, ActDetail)):
        for told in _each(county, now):
            print(told, flush=True)
    settle()


def _each(county: County, now: datetime) -> Iterator[str]:
    numbers = range(county.communities)
    # The database of a file has one writer.
    if connection.vendor == "sqlite" or county.communities == 1:
        yield from (make_one(county, number, now) for number in numbers)
        return
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
        making = [pool.submit(make_one, county, number, now) for number in numbers]
        yield from (made.result() for made in as_completed(making))


def make_one(county: County, number: int, now: datetime) -> str:
    """Make one community of a county; says which and how long it took."""
    began = time.monotonic()
    share(number, county.communities)
    street = number // COMMUNITIES_OF_STREET + 1
    town = Town(
        county.people, county.demands, slug=f"{SLUG}{number or ''}", name=f"第{number + 1}社区",
        street=f"第{street}街道", mark=f"{SLUG}{number}-" if number else "", seed=SEED + number,
    )  # fmt: skip
    community = fill(town, now)
    with in_community(community):
        _tell_of_demands(community)
    return f"{town.name}: {time.monotonic() - began:.0f} s"


def _tell_of_demands(community: Community) -> None:
    """An act for each demand, as if it had been received by its worker."""
    key = settings.MULIN_AUDIT_KEY
    head = ChainHead.objects.get()
    changes = ActDetail._meta.get_field("changes").get_prep_value(_DETAIL)
    digest = digest_of_detail(_DETAIL, key=key)
    details: list[Row] = []

    def acts() -> Iterator[Row]:
        demands = Demand.objects.order_by("received_at", "id")
        for pk, at, owner in demands.values_list("pk", "received_at", "owner_id").iterator():
            link = Link(
                community_id=community.pk, seq=head.seq + 1, at=at, account_id=owner,
                on_behalf_of=None, channel="walk_in", verb="reception.receive",
                kind="reception.demand", record_id=pk, detail_digest=digest, previous=head.seal,
            )  # fmt: skip
            head.seq, head.seal = link.seq, seal_of(link, key=key)
            act = new_row(
                community_id=community.pk, seq=link.seq, at=at, account_id=owner,
                channel=link.channel, verb=link.verb, kind=link.kind, record_id=pk,
                detail_digest=digest, previous=link.previous, seal=head.seal,
            )  # fmt: skip
            details.append(new_row(community_id=community.pk, act_id=act["id"], changes=changes))
            yield act

    write(Act, acts())
    write(ActDetail, details)
    head.proof = head_seal(community.pk, head.seq, head.seal, key=key)
    head.save()


def main() -> int:
    """The command; 1 when there was nothing to fill."""
    parser = argparse.ArgumentParser(prog="mulin bench seed", description=__doc__)
    parser.add_argument("--of", type=int, default=100, metavar="N", help="make one part of N")
    parser.add_argument(
        "--small", action="store_true", help="one community, a hundredth of it, to compare with"
    )
    asked = parser.parse_args()
    part = part_of_county(asked.of)
    county = hundredth(part) if asked.small else part
    print(
        f"{county.communities} communities, {county.communities * county.people:,} people,"
        f" {county.communities * county.rows:,} demands and visits",
        flush=True,
    )
    began = time.monotonic()
    try:
        seed(county)
    except RuntimeError as why:
        print(why, file=sys.stderr)
        return 1
    print(f"made in {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
