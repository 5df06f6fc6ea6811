"""`mulin mediation-keys`: whether the key file is there, a copy for the safe, new keys.

Exit codes: 0 done, 1 refused.
"""

import argparse
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from mulin.circle.mediation import vault
from mulin.circle.mediation.actions.keeping import rewrap_all
from mulin.circle.mediation.models import Case
from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit import clock
from mulin.kit.command_line import Commands
from mulin.kit.scoping import in_community


def register(commands: Commands) -> None:
    """Add the command of the room."""
    says = _("the keys of the mediation room, which no backup holds")
    parser = commands.add_parser("mediation-keys", help=says, description=says)
    parser.add_argument(
        "deed", choices=("check", "copy", "rotate"),
        help=_("check that every case opens, write a copy for the safe, or make new keys"),
    )  # fmt: skip
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("where the copy goes"))
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Do it; the exit code."""
    try:
        if chosen.deed == "copy":
            return _copy(chosen.file)
        if chosen.deed == "rotate":
            return _rotate()
        return _check()
    except vault.KeyAway as away:
        print(away.message, file=sys.stderr)
        return 1


def _copy(path: Path | None) -> int:
    if path is None:
        print(_("Say where the copy goes: mulin mediation-keys copy FILE"), file=sys.stderr)
        return 1
    try:
        vault.write_copy(path)
    except OSError as error:
        print(
            _("%(path)s cannot be written: %(why)s") % {"path": path, "why": error.strerror},
            file=sys.stderr,
        )
        return 1
    print(_("Written. Lock it away from database and backups: %(path)s") % {"path": path})
    return 0


def _rotate() -> int:
    """New key first, then every case, then the old ones go: broken off anywhere, all cases open."""
    vault.add_wrapping_key()
    count = 0
    for community in Community.objects.order_by("pk"):
        with in_community(community):
            count += rewrap_all(by=system(community.pk), now=clock.now())
    vault.drop_older_keys()
    print(
        _("%(count)s cases have a new key. Write a new copy; older backups need the older copy.")
        % {"count": count}
    )
    return 0


def _check() -> int:
    closed = 0
    for community in Community.objects.order_by("pk"):
        with in_community(community):
            for wrapped in Case.objects.exclude(wrapped_key="").values_list(
                "wrapped_key", flat=True
            ):
                try:
                    vault.box_of(wrapped)
                except vault.KeyAway:
                    closed += 1
    if closed:
        print(
            _("%(count)s cases cannot be opened with this file.") % {"count": closed},
            file=sys.stderr,
        )
        return 1
    print(_("Every case opens."))
    return 0
