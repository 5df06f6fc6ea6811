"""`mulin vote rehearse`: a whole vote, held in a database of its own that is thrown away."""

import argparse
import os
import subprocess
import sys
import tempfile

from django.utils.translation import gettext as _

from mulin.commons.ballots.rehearsal import rehearse
from mulin.kit import clock
from mulin.kit.command_line import Commands

VOTERS = 1_500
#: Says to the process that is started in the folder of the rehearsal that it is there.
INSIDE = "MULIN_REHEARSAL"


def register(commands: Commands) -> None:
    """Add this floor's commands."""
    says = _("a whole vote of many voters over all ways, with faults; prints the sums")
    parser = commands.add_parser("vote rehearse", help=says, description=says)
    parser.add_argument("--voters", type=int, default=VOTERS, help=_("how many people vote"))
    parser.set_defaults(run=_rehearse)


def _rehearse(chosen: argparse.Namespace) -> int:
    """0 when every sum was equal or explained and every fault was met; else 1."""
    if os.environ.get(INSIDE):
        wrong = rehearse(chosen.voters, now=clock.now(), say=lambda text: print(text, flush=True))
        for claim in wrong:
            print(_("not so: %(claim)s") % {"claim": claim})
        return 1 if wrong else 0
    with tempfile.TemporaryDirectory(prefix="mulin-rehearsal-") as folder:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("MULIN_")}
        inside = ours | {"MULIN_DATA_DIR": folder, INSIDE: "1"}
        mulin = [sys.executable, "-m", "mulin"]
        subprocess.run([*mulin, "migrate"], env=inside, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  ourselves
        arguments = ["vote", "rehearse", "--voters", str(chosen.voters)]
        return subprocess.run([*mulin, *arguments], env=inside, check=False).returncode  # noqa: S603  ourselves
