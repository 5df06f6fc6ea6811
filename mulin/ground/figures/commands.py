"""`mulin figures`: what the page of figures shows, for a terminal and for programs.

Exit codes: 0 done; 1 there is no such community; 2 the days can't be read.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from mulin.ground.community.models import Community, Membership
from mulin.ground.figures.queries import Measured, Number, by_group, measured
from mulin.ground.figures.registry import figures
from mulin.ground.figures.rules import Period
from mulin.kit import clock
from mulin.kit.command_line import Commands
from mulin.kit.scoping import in_community

#: What the report on 新街社区 tells of: from its founding to the end of 2024.
REPORTED: Final = Period(date(2020, 7, 1), date(2024, 12, 31))
_NO_COMMUNITY, _NOT_READABLE = 1, 2


def register(commands: Commands) -> None:
    """Add the command of this floor."""
    says = _("every figure of a community, computed from its records")
    parser = commands.add_parser("figures", help=says, description=says)
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.add_argument("--since", metavar="DATE", help=_("the first day, as 2024-01-01"))
    parser.add_argument("--until", metavar="DATE", help=_("the last day"))
    parser.add_argument("--community", metavar="SLUG", help=_("its short name"))
    parser.set_defaults(run=show_figures)


def show_figures(chosen: argparse.Namespace) -> int:
    """Print them; the exit code."""
    community = _community(chosen.community)
    if community is None:
        slugs = ", ".join(Community.objects.order_by("slug").values_list("slug", flat=True))
        print(_("Which community? --community with one of: %(slugs)s") % {"slugs": slugs or "–"},
              file=sys.stderr)  # fmt: skip
        return _NO_COMMUNITY
    try:
        period = _period(chosen, community)
    except ValueError:
        print(_("These days can't be read. Write them as 2024-01-01, the first one first."),
              file=sys.stderr)  # fmt: skip
        return _NOT_READABLE
    with in_community(community):
        found = measured(period, figures())
    if chosen.json:
        told = {one.figure.name: _as_json(one) for one in found}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_table(community, period, found)))
    return 0


def _community(slug: str | None) -> Community | None:
    """The one that is named, the only one, or the demonstration."""
    if slug:
        return Community.objects.filter(slug=slug).first()
    all_of_them = list(Community.objects.order_by("pk")[:2])
    if len(all_of_them) == 1:
        return all_of_them[0]
    return Community.objects.filter(pk__in=_demonstrations()).order_by("pk").first()


def _demonstrations() -> set[int]:
    shown = Membership.objects.filter(account__is_demo=True)
    return set(shown.values_list("community_id", flat=True))


def _period(chosen: argparse.Namespace, community: Community) -> Period:
    """Raises ValueError."""
    today = clock.local_day(clock.now())
    if not (chosen.since or chosen.until):
        is_shown = community.pk in _demonstrations()
        return REPORTED if is_shown else Period.of_year(today.year)
    last = clock.parse_day(chosen.until) if chosen.until else today
    first = clock.parse_day(chosen.since) if chosen.since else last.replace(month=1, day=1)
    return Period(first, last)


def _as_json(one: Measured) -> dict[str, Any]:  # Any: a JSON object
    return {
        "value": _json_number(one.value),
        "definition": str(one.figure.definition),
        "rows": one.rows,
    }


def _json_number(number: Number | None) -> int | float | None:
    # With four places at most, the shortest float that is this number has the same digits.
    return float(number) if isinstance(number, Decimal) else number


def _table(community: Community, period: Period, found: Iterable[Measured]) -> Iterable[str]:
    yield _("%(community)s, %(first)s to %(last)s") % {
        "community": community.name, "first": period.first, "last": period.last,
    }  # fmt: skip
    for group, ones in by_group(found):
        yield f"\n{group}"
        for one in ones:
            rows = _padded(_("%(count)d rows") % {"count": one.rows}, 12)
            yield f"  {one.figure.name:<28} {_said(one):>16}  {rows}  {one.figure.label}"


def _said(one: Measured) -> str:
    if one.value is None:
        return "–"
    if one.figure.is_rate:
        return f"{one.value}%"
    return f"{one.value:,}"


def _padded(text: str, width: int) -> str:
    """Right-aligned in a terminal, where a Chinese character takes two places."""
    taken = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return " " * max(width - taken, 0) + text
