"""`mulin workshop balance`: count all pieces and all money of the workshop again from the lines."""

import argparse
import json
import sys
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mulin.ground.community.models import Community
from mulin.kit import clock
from mulin.kit.clock import local_day, parse_day
from mulin.kit.command_line import Commands
from mulin.kit.scoping import in_community
from mulin.workshop.production.deposits import deposit_faults
from mulin.workshop.production.queries import books
from mulin.workshop.wages.queries import faults


def register(commands: Commands) -> None:
    """Add the command of this room."""
    says = _("count all pieces and money of the workshop again; 0 when the books are right")
    parser = commands.add_parser("workshop balance", help=says, description=says)
    parser.add_argument("--until", metavar="YYYY-MM-DD", help=_("the last day that is counted"))
    parser.add_argument("--community", metavar="SLUG", help=_("which community"))
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=_balance)


def _balance(chosen: argparse.Namespace) -> int:
    """0 balanced, 1 not, 2 when the day or the community is not known."""
    try:
        until = parse_day(chosen.until) if chosen.until else local_day(clock.now())
    except ValueError:
        print(_("Write the day like 2026-11-20."), file=sys.stderr)
        return 2
    communities = Community.objects.order_by("pk")
    if chosen.community:
        communities = communities.filter(slug=chosen.community)
    counted = [_count(one, until) for one in communities]
    if not counted:
        print(_("There is no such community."), file=sys.stderr)
        return 2
    print(
        json.dumps(counted, ensure_ascii=False) if chosen.json else "\n".join(map(_line, counted))
    )
    return 0 if all(one["is_balanced"] for one in counted) else 1


# Any: what JSON holds.
def _count(community: Community, until: date) -> dict[str, Any]:
    with in_community(community):
        pieces, money, deposits = books(until), faults(until), deposit_faults(until)
    return {
        "community": community.slug, "until": until.isoformat(), "movements": pieces.movements,
        "is_balanced": pieces.is_balanced and not money and not deposits,
        "unbalanced_lots": pieces.unbalanced_lots, "below_zero": pieces.below_zero, "no_way": pieces.no_way,
        "money": [f"{one.what}: {one.said} ≠ {one.counted}" for one in money],
        "deposits": deposits,
    }  # fmt: skip


def _line(one: dict[str, Any]) -> str:  # Any: as above
    wrong = [
        *one["unbalanced_lots"],
        *one["below_zero"],
        *one["no_way"],
        *one["money"],
        *one["deposits"],
    ]
    said = _("balanced") if one["is_balanced"] else "\n".join(wrong)
    return f"{one['community']} {one['until']} ({one['movements']}): {said}"
