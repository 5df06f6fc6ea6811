"""`mulin workshop balance`: count all pieces and all money of the workshop again from the lines."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.ground.community.models import Community
from mulin.kit import clock
from mulin.kit.clock import local_day, parse_day
from mulin.kit.command_line import Commands
from mulin.kit.scoping import in_community
from mulin.kit.templatetags.kit import dated, month_named
from mulin.workshop.production.deposits import deposit_faults
from mulin.workshop.production.models import Worker
from mulin.workshop.production.queries import books
from mulin.workshop.wages.models import KIND_LABELS
from mulin.workshop.wages.queries import faults
from mulin.workshop.wages.rules import Fault, Kind, Wrong

#: How each sum is called on the statement of a worker.
_SUMS: Final = {
    Wrong.EARNING: KIND_LABELS[Kind.EARNING],
    Wrong.GROSS: gettext_lazy("Gross"),
    Wrong.TAX: KIND_LABELS[Kind.TAX],
    Wrong.DEDUCTED: gettext_lazy("Damage taken off"),
    Wrong.RECOVERED: gettext_lazy("Advances taken off"),
    Wrong.NET: gettext_lazy("To be paid"),
    Wrong.FORMULA: gettext_lazy("tax by the numbers on the statement"),
    Wrong.PAID: gettext_lazy("paid to her"),
    Wrong.OWED: gettext_lazy("open for her in all"),
    Wrong.ADVANCE: gettext_lazy("advances, all in all"),
    Wrong.CLAIM: gettext_lazy("damage she bears, all in all"),
}


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
        told = _told(money)
    return {
        "community": community.slug, "name": community.name, "until": until.isoformat(), "movements": pieces.movements,
        "is_balanced": pieces.is_balanced and not money and not deposits,
        "unbalanced_lots": pieces.unbalanced_lots, "below_zero": pieces.below_zero, "no_way": pieces.no_way,
        "money": told, "deposits": deposits,
    }  # fmt: skip


def _told(money: Sequence[Fault]) -> list[str]:
    """Each sum that is wrong as a line: whose, of when, which, what is written and what it is."""
    workers = Worker.objects.filter(pk__in={one.worker for one in money}).select_related("person")
    names = {one.pk: str(one) for one in workers}
    return [
        _("%(whose)s: %(said)s yuan written down, %(counted)s counted again")
        % {
            "whose": " · ".join(filter(None, (names[one.worker], _day_of(one), str(_SUMS[one.what])))),
            "said": one.said, "counted": one.counted,
        }
        for one in money
    ]  # fmt: skip


def _day_of(one: Fault) -> str:
    if one.day is None:
        return ""
    return dated(one.day) if one.what is Wrong.EARNING else month_named(one.day)


def _line(one: dict[str, Any]) -> str:  # Any: as above
    values = {"community": one["name"], "day": one["until"], "count": one["movements"]}
    if one["is_balanced"]:
        return _("%(community)s, up to %(day)s: the books are right (%(count)s lines).") % values
    groups = (
        ("unbalanced_lots", _("Lots of which more or less came out than went in")),
        ("below_zero", _("More was given out than was there")),
        ("no_way", _("Pieces that went a way there is not")),
        ("money", _("Wages")),
        ("deposits", _("Customers' money")),
    )
    wrong = [f"{title}\n  " + "\n  ".join(one[name]) for name, title in groups if one[name]]
    head = _("%(community)s, up to %(day)s: the books are not right (%(count)s lines).") % values
    return "\n".join([head, *wrong])
