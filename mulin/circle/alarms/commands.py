"""`mulin alarm drill` proves on this machine that no alarm is lost; `mulin alarm box` is the second box."""

import argparse
import json
import os
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
    says = _("be the second box: hear Mulin each minute, and send texts when it is silent")
    box = commands.add_parser("alarm box", help=says, description=says)
    box.add_argument("--to", required=True, help=_("phone numbers with commas between them"))
    box.add_argument(
        "--sms", required=True, help=_("how texts go out: gammu:///… or https://… token")
    )
    box.add_argument("--name", default="Mulin", help=_("whom it hears"))
    box.add_argument("--address", default="127.0.0.1", help=_("where it listens"))
    box.add_argument("--port", type=int, default=8099)
    box.set_defaults(run=run_box)


def run_box(chosen: argparse.Namespace) -> int:
    """Listen for ever; the exit code: 2 for what can't be understood."""
    from mulin.circle.alarms import secondbox  # noqa: PLC0415  loaded for this command only
    from mulin.ground.notify.channels import sms  # noqa: PLC0415  likewise

    key = os.environ.get("MULIN_BOX_KEY", "")
    numbers = [one.strip() for one in chosen.to.split(",") if one.strip()]
    if not key or not numbers or not sms.is_target(chosen.sms):
        print(
            _("The box needs its key in MULIN_BOX_KEY, numbers, and a way by which texts go out."),
            file=sys.stderr,
        )
        return 2
    box = secondbox.Box(key=key, numbers=numbers, target=chosen.sms, name=chosen.name)
    secondbox.run(box, address=chosen.address, port=chosen.port)
    return 0


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
