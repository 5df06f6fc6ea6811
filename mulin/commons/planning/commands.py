"""`mulin site`: the best sites of a public p-median instance, with the proof.

Exit codes: 0 done, 2 the file can't be read.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from mulin.commons.planning.orlib import InstanceRefused, read_instance
from mulin.commons.planning.siting import PROOF_SECONDS, Siting, nearest
from mulin.kit.command_line import Commands

_NOT_READABLE: Final = 2


def register(commands: Commands) -> None:
    """Add the commands of planning."""
    parser = commands.add_parser("site", help=_("the best sites of an instance, and a bound"))
    parser.add_argument("instance", type=Path, metavar="INSTANCE", help=_("OR-Library, p-median"))
    parser.add_argument(
        "--seconds", type=float, default=PROOF_SECONDS, help=_("how long to look for a proof")
    )
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=_site)


def _site(chosen: argparse.Namespace) -> int:
    try:
        costs, most = read_instance(chosen.instance)
        found = nearest(costs, most, seconds=chosen.seconds)
    except (OSError, InstanceRefused, ValueError) as error:
        print(_("It can't be read: %(why)s") % {"why": error}, file=sys.stderr)
        return _NOT_READABLE
    told = {
        "objective": _number(found.objective),
        "bound": _number(found.bound),
        "sites": [site + 1 for site in found.sites],
    }
    print(json.dumps(told) if chosen.json else _in_words(found))
    return 0


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _in_words(found: Siting) -> str:
    sites = ", ".join(str(site + 1) for site in found.sites)
    if found.is_proved:
        return _("%(total)s, proved the best: %(sites)s") % {
            "total": f"{found.objective:,.0f}", "sites": sites,
        }  # fmt: skip
    return _("%(total)s, and no choice is below %(bound)s: %(sites)s") % {
        "total": f"{found.objective:,.0f}", "bound": f"{found.bound:,.0f}", "sites": sites,
    }  # fmt: skip
