"""`mulin alarm drill`: proves on this machine that no alarm is lost."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from django.utils.translation import gettext as _

from mulin.kit.command_line import Commands


def register(commands: Commands) -> None:
    """Add this room's command."""
    says = _("kill the worker at every named point, and tell whether an alarm was lost")
    parser = commands.add_parser("alarm drill", help=says, description=says)
    parser.add_argument("--alarms", type=int, default=1000, help=_("alarms at each point"))
    parser.add_argument("--kills", type=int, default=20, help=_("kills at each point"))
    parser.add_argument("--points", default="all", help=_("names with commas between them"))
    parser.add_argument(
        "--together", action="store_true",
        help=_("one run for all points without a storm, and one for those of silence: quicker"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=run_drill)


def run_drill(chosen: argparse.Namespace) -> int:
    """Drill in a database of its own; the exit code: 0 when nothing was lost."""
    from django.core.management import call_command  # noqa: PLC0415  loaded for this command only

    from mulin.circle.alarms.drill import (  # noqa: PLC0415
        POINTS,
        Result,
        drill,
        grouped,
        in_own_process,
    )
    from mulin.ground.community.models import Community  # noqa: PLC0415  likewise

    named = {point.name: point for point in POINTS}
    names = list(named) if chosen.points == "all" else chosen.points.split(",")
    unknown = [name for name in names if name not in named]
    if unknown or chosen.alarms < 1 or chosen.kills < 0:
        print(
            _("There are these points: %(names)s") % {"names": ", ".join(named)}, file=sys.stderr
        )  # fmt: skip
        return 2

    def prepare() -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if Community.objects.exclude(slug__startswith="drill-").exists():
            print(
                _(
                    "People live in this database. Give the drill one of its own:"
                    " MULIN_DATA_DIR=/tmp/drill mulin alarm drill"
                ),
                file=sys.stderr,
            )
            sys.exit(1)

    # No connection may be open when the first worker is forked.
    if in_own_process(prepare) != 0:
        return 1

    def say(result: Result) -> None:
        if result.not_run and not chosen.json:
            print(f"– {result.point}: {result.not_run}", flush=True)
        elif not chosen.json:
            print(
                _(
                    "%(mark)s %(point)s: %(alarms)d alarms, %(kills)d kills, lost %(lost)d,"
                    " doubled %(doubled)d, first send %(seconds).1f s after the restart %(faults)s"
                )
                % {
                    "mark": "✓" if result.holds else "✗", "point": result.point,
                    "alarms": result.alarms, "kills": result.kills, "lost": result.lost,
                    "doubled": result.doubled, "seconds": result.seconds_to_first_send,
                    "faults": "; ".join(result.faults),
                },
                flush=True,
            )  # fmt: skip

    with tempfile.TemporaryDirectory(prefix="mulin-drill-") as folder:
        results = drill(
            grouped([named[name] for name in names], together=chosen.together),
            alarms=chosen.alarms, kills=chosen.kills, folder=Path(folder), say=say,
        )  # fmt: skip
    if chosen.json:
        print(json.dumps([result.as_dict() for result in results], ensure_ascii=False))
    return 0 if all(result.holds for result in results) else 1
