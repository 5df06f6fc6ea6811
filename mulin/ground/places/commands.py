"""`mulin circle`: who reaches what on foot, from files.

Exit codes: 0 done, 2 a file can't be read.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from mulin.ground.places.walking.circle import TableRefused, circle, read_spots
from mulin.ground.places.walking.osm import ExtractRefused, read_extract
from mulin.ground.places.walking.reach import Pace
from mulin.kit.command_line import Commands

_NOT_READABLE: Final = 2
_ELDER: Final = 0.8
_MINUTES: Final = 10.0


def register(commands: Commands) -> None:
    """Add the commands of places."""
    parser = commands.add_parser("circle", help=_("who reaches what on foot in so many minutes"))
    parser.add_argument("extract", type=Path, metavar="EXTRACT", help=_("a map: .osm.pbf or .osm"))
    parser.add_argument(
        "--homes", type=Path, required=True, metavar="H.csv", help=_("id,lon,lat,people,kind")
    )
    parser.add_argument(
        "--places", type=Path, required=True, metavar="P.csv", help=_("id,name,service,lon,lat")
    )
    parser.add_argument("--minutes", type=_more_than_nothing, default=_MINUTES)
    parser.add_argument(
        "--speed", type=_more_than_nothing, default=_ELDER,
        help=_("metres a second: 1.2 an adult, 0.8 an elder, 0.5 with a stick"),
    )  # fmt: skip
    parser.add_argument("--no-steps", action="store_true", help=_("with a wheelchair or a pram"))
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=_circle)


def _more_than_nothing(typed: str) -> float:
    number = float(typed)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(_("must be more than nothing"))
    return number


def _circle(chosen: argparse.Namespace) -> int:
    pace = Pace(chosen.speed, steps=not chosen.no_steps)
    try:
        homes, places = read_spots(chosen.homes), read_spots(chosen.places)
        extract = read_extract(chosen.extract)
    except (OSError, UnicodeDecodeError, TableRefused, ExtractRefused) as error:
        print(_("It can't be read: %(why)s") % {"why": error}, file=sys.stderr)
        return _NOT_READABLE
    found = circle(extract, homes, places, pace, chosen.minutes * 60)
    pairs = [
        [homes[pair.home].id, places[pair.place].id, round(pair.seconds, 2), round(pair.metres, 3)]
        for pair in found.pairs
    ]
    if chosen.json:
        told = {"pairs": pairs, "unconnected": found.unconnected}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    reached = {pair.home for pair in found.pairs}
    print(
        _("%(reached)d of %(homes)d homes reach a place; %(pairs)d pairs.")
        % {"reached": len(reached), "homes": len(homes), "pairs": len(pairs)}
    )
    if found.unconnected:
        print(_("On no path: %(ids)s") % {"ids": ", ".join(found.unconnected)})
    print("© OpenStreetMap contributors")
    return 0
