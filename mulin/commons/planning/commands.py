"""Public instances by the product's own engines: `mulin site`, `mulin roster`, `mulin plan`.

Exit codes: 0 done, 2 the file can't be read, 3 an answer was not found or the solver is missing.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from mulin.commons.planning.cvrplib import DeliveriesRefused, best_known, read_deliveries
from mulin.commons.planning.orlib import InstanceRefused, read_instance
from mulin.commons.planning.rosters import RosterRefused, fill_roster, read_roster
from mulin.commons.planning.routing import NoRounds, faults, rounds
from mulin.commons.planning.siting import PROOF_SECONDS, Siting, nearest
from mulin.commons.planning.solving import Impossible, NothingFound, SolverMissing, has_router
from mulin.kit.command_line import Commands

_NOT_READABLE: Final = 2
_NO_ANSWER: Final = 3
_ROSTER_SECONDS: Final = 60.0
_PLAN_SECONDS: Final = 30.0


def register(commands: Commands) -> None:
    """Add the commands of planning."""
    parser = commands.add_parser("site", help=_("the best sites of an instance, and a bound"))
    parser.add_argument("instance", type=Path, metavar="INSTANCE", help=_("OR-Library, p-median"))
    parser.add_argument(
        "--seconds", type=float, default=PROOF_SECONDS, help=_("how long to look for a proof")
    )
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=_site)
    parser = commands.add_parser("roster", help=_("who works when, of a public roster"))
    parser.add_argument("instance", type=Path, metavar="INSTANCE", help=_("employee shifts, JSON"))
    _add_usual(parser, _ROSTER_SECONDS)
    parser.set_defaults(run=_roster)
    parser = commands.add_parser("plan", help=_("delivery rounds of a public instance"))
    parser.add_argument(
        "instance",
        type=Path,
        metavar="INSTANCE",
        help=_("VRPLIB or Solomon, with or without hours; or a folder of them, for a table"),
    )
    _add_usual(parser, _PLAN_SECONDS)
    parser.set_defaults(run=_plan)


def _add_usual(parser: argparse.ArgumentParser, seconds: float) -> None:
    parser.add_argument("--seconds", type=float, default=seconds, help=_("how long to look"))
    parser.add_argument("--json", action="store_true", help=_("for programs"))


def _site(chosen: argparse.Namespace) -> int:
    try:
        costs, most = read_instance(chosen.instance)
        found = nearest(costs, most, seconds=chosen.seconds)
    except (OSError, InstanceRefused, ValueError) as error:
        return _unreadable(error)
    told = {
        "objective": _number(found.objective),
        "bound": _number(found.bound),
        "sites": [site + 1 for site in found.sites],
    }
    print(json.dumps(told) if chosen.json else _in_words(found))
    return 0


def _roster(chosen: argparse.Namespace) -> int:
    try:
        roster = read_roster(chosen.instance)
    except (OSError, RosterRefused) as error:
        return _unreadable(error)
    try:
        filled = fill_roster(roster, seconds=chosen.seconds)
    except SolverMissing:
        return _no_answer(_("The solver is not installed. make planning adds it."))
    except Impossible:
        return _no_answer(_("It is proved that no roster keeps every rule."))
    except NothingFound:
        return _no_answer(_("The time was too short for any answer."))
    if chosen.json:
        told = {
            "penalty": filled.penalty,
            "bound": filled.bound,
            "seconds": round(filled.seconds, 2),
            "assignments": filled.assignments,
        }
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for person, row in filled.assignments.items():
        print(person, " ".join(shift or "·" for shift in row))
    print(_("Penalty %(penalty)s, none is below %(bound)s; found by %(engine)s") % {
        "penalty": filled.penalty, "bound": filled.bound, "engine": filled.engine,
    })  # fmt: skip
    return 0


def _plan(chosen: argparse.Namespace) -> int:
    if chosen.instance.is_dir():
        return _plan_folder(chosen)
    try:
        deliveries = read_deliveries(chosen.instance)
    except (OSError, DeliveriesRefused) as error:
        return _unreadable(error)
    try:
        found = rounds(deliveries.stops, seconds=chosen.seconds)
    except NoRounds as error:
        return _no_answer(_("No rounds keep every rule: %(why)s") % {"why": error})
    cost, bound = found.cost / deliveries.scale, found.bound / deliveries.scale
    if chosen.json or not sys.stdout.isatty():
        told = {
            "cost": _number(cost),
            "bound": _number(bound),
            "seconds": round(found.seconds, 2),
            "routes": found.routes,
        }
        print(json.dumps(told))
        return 0
    for number, route in enumerate(found.routes, start=1):
        print(f"{number}:", " ".join(map(str, route)))
    print(_("%(cost)s in all, no rounds are below %(bound)s; found by %(engine)s") % {
        "cost": f"{cost:,.1f}", "bound": f"{bound:,.1f}", "engine": found.engine,
    })  # fmt: skip
    if not has_router():
        print(_("The router is not installed: these are by hand. make planning adds it."))
    return 0


def _plan_folder(chosen: argparse.Namespace) -> int:
    """Every instance of a folder that has a published answer beside it, one after the other: a line
    for each as soon as it is found, with its ratio to the best known.
    """
    paths = [
        one for one in sorted(chosen.instance.rglob("*")) if one.suffix in {".vrp", ".txt"}
        and one.with_suffix(".sol").exists()
    ]  # fmt: skip
    if not paths:
        return _no_answer(_("No instance with its best known answer (.sol) lies in this folder."))
    if not chosen.json:
        print(_line_of([_("instance"), _("customers"), _("cost"), _("best known"), _("ratio"),
                        _("bound"), _("seconds"), _("faults"), _("engine")]))  # fmt: skip
    for path in paths:
        try:
            told = _planned(path, chosen.seconds)
        except (OSError, DeliveriesRefused) as error:
            return _unreadable(error)
        except NoRounds as error:
            return _no_answer(_("No rounds keep every rule: %(why)s") % {"why": error})
        print(json.dumps(told) if chosen.json else _line_of(list(told.values())), flush=True)
    return 0


def _planned(path: Path, seconds: float) -> dict[str, object]:
    deliveries = read_deliveries(path)
    found = rounds(deliveries.stops, seconds=seconds)
    cost, best = found.cost / deliveries.scale, best_known(path.with_suffix(".sol"))
    return {
        "instance": path.stem, "customers": len(deliveries.stops.demands) - 1,
        "cost": _number(round(cost, 2)), "best": _number(best), "ratio": round(cost / best, 4),
        "bound": _number(round(found.bound / deliveries.scale, 2)),
        "seconds": round(found.seconds, 1), "faults": len(faults(deliveries.stops, found.routes)),
        "engine": found.engine,
    }  # fmt: skip


def _line_of(cells: list[object]) -> str:
    widths = (14, 9, 9, 10, 7, 9, 7, 6, 0)
    return "  ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, widths, strict=True))


def _unreadable(error: Exception) -> int:
    print(_("It can't be read: %(why)s") % {"why": error}, file=sys.stderr)
    return _NOT_READABLE


def _no_answer(why: str) -> int:
    print(why, file=sys.stderr)
    return _NO_ANSWER


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
