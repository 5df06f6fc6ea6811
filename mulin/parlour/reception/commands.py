"""`mulin import demands` and `mulin report demands`.

Exit codes: 0 done, also when single rows were set aside; 1 refused; 2 the file can't be read.
"""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.ground.community.actions.founding import found_community
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, system
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.command_line import Commands
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.imports import TakenIn, take_in_file
from mulin.parlour.reception.importing.mapping import ColumnMap
from mulin.parlour.reception.importing.queries import FileReport, RowReport, reports

_NOT_READABLE: Final = 2
_REJECTED_SHOWN: Final = 50


def register(commands: Commands) -> None:
    """Add the commands of this room."""
    taking = commands.add_parser("import demands", help=_("take in demands from a file"))
    taking.add_argument(
        "file", type=Path, metavar="FILE",
        help=_("a table (CSV or Excel) or GeoReport v2 (JSON or XML)"),
    )  # fmt: skip
    taking.add_argument(
        "--map", type=Path, metavar="MAP.json",
        help=_("what the columns mean; saved on the page “Demands from a file”"),
    )  # fmt: skip
    telling = commands.add_parser(
        "report demands", help=_("imported demands by file: states, limits kept, how they came")
    )
    telling.add_argument("--rows", action="store_true", help=_("with every row"))
    for parser, run in ((taking, _import), (telling, _report)):
        parser.add_argument("--community", metavar="SLUG", help=_("which community"))
        parser.add_argument("--json", action="store_true", help=_("for programs"))
        parser.set_defaults(run=run)


def _import(chosen: argparse.Namespace) -> int:
    try:
        content = chosen.file.read_bytes()
        column_map = ColumnMap.from_file(chosen.map.read_bytes()) if chosen.map else None
    except OSError as error:
        return _fail(
            _("%(file)s can't be read: %(reason)s")
            % {"file": error.filename, "reason": error.strerror}
        )
    except Refused as refusal:
        return _fail(str(refusal.message))
    try:
        community = _community(chosen.community)
        with in_community(community):
            taken = take_in_file(
                content, chosen.file.name, by=_operator(community), now=clock.now(),
                chosen=column_map,
            )  # fmt: skip
    except Refused as refusal:
        return _fail(f"{chosen.file}: {refusal.message}")
    _tell(taken, as_json=chosen.json)
    return 0


def _tell(taken: TakenIn, *, as_json: bool) -> None:
    for note in taken.notes:
        print(note, file=sys.stderr if as_json else sys.stdout)
    if as_json:
        print(json.dumps(taken.as_json(), ensure_ascii=False))
        return
    print(
        _("%(read)s rows read: %(created)s new, %(updated)s changed, %(unchanged)s as before,"
          " %(rejected)s set aside.")
        % {
            "read": taken.read, "created": taken.created, "unchanged": taken.unchanged,
            "updated": taken.updated + taken.noted, "rejected": len(taken.rejected),
        }
    )  # fmt: skip
    if taken.noted:
        print(
            ngettext(
                "%(count)s of them is being worked on here: it stays as it is, with a note.",
                "%(count)s of them are being worked on here: they stay as they are, with a note.",
                taken.noted,
            )
            % {"count": taken.noted}
        )
    for one in taken.rejected[:_REJECTED_SHOWN]:
        place = {"row": one.row, "line": one.line, "reason": one.reason}
        if one.row == one.line:
            print(_("Line %(line)s: %(reason)s") % place)
        else:
            print(_("Number %(row)s, in line %(line)s: %(reason)s") % place)
    if len(taken.rejected) > _REJECTED_SHOWN:
        print(_("… and %(count)s more: --json names them all.")
              % {"count": len(taken.rejected) - _REJECTED_SHOWN})  # fmt: skip


def _report(chosen: argparse.Namespace) -> int:
    try:
        community = _community(chosen.community)
    except Refused as refusal:
        return _fail(str(refusal.message))
    with in_community(community):
        told = list(reports())
    if chosen.json:
        print(json.dumps({one.name: _as_json(one, with_rows=chosen.rows) for one in told},
                         ensure_ascii=False, indent=1))  # fmt: skip
        return 0
    if not told:
        print(_("No file has been taken in yet: mulin import demands FILE"))
    for one in told:
        _print_report(one, with_rows=chosen.rows)
    return 0


def _as_json(one: FileReport, *, with_rows: bool) -> dict[str, Any]:  # Any: a JSON object
    return one.as_json() | ({"lines": [_row(line) for line in one.lines]} if with_rows else {})


def _row(line: RowReport) -> dict[str, Any]:  # Any: a JSON object
    return {
        "id": line.external_id, "line": line.line, "number": line.number,
        "status": line.status, "on_time": line.on_time.value, "source": line.source,
        "category": line.category, "opened": _utc(line.opened_at), "due": _utc(line.due_at),
        "closed": _utc(line.closed_at), "as_written": line.facts,
    }  # fmt: skip


def _utc(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _print_report(one: FileReport, *, with_rows: bool) -> None:
    print(_("%(name)s: %(rows)s demands") % {"name": one.name, "rows": one.rows})
    for label, counts in (
        (_("State"), one.status), (_("Limit"), one.on_time), (_("How it came"), one.source),
    ):  # fmt: skip
        said = ", ".join(f"{word or _('not stated')} {count}" for word, count in counts.items())
        print(f"  {label}: {said}")
    print("  " + _("Without a limit: %(count)s") % {"count": one.without_target})
    for line in one.lines if with_rows else ():
        print(f"  {line.number}  {line.external_id}  {line.status}  {line.on_time or '–'}  "
              f"{line.category}")  # fmt: skip


def _operator(community: Community) -> Actor:
    """Whoever may use the command line of the installation: no account, and the log says so."""
    return system(community.pk).by(Channel.IMPORT)


def _community(slug: str | None) -> Community:
    """The community that is named, or the first. A fresh installation gets its first one.

    Raises Refused for a name that nobody has.
    """
    if Community._meta.db_table not in connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    communities = Community.objects.order_by("id")
    found = communities.filter(slug=slug).first() if slug else communities.first()
    if found is not None:
        return found
    if slug:
        raise Refused(_("There is no community called %(slug)s."), {"slug": slug})
    founded, _accounts = found_community(
        street=_("Our street"), name=_("Our community"), slug="community", phone="", grids=[],
        founders=[], by=system(0), now=clock.now(),
    )  # fmt: skip
    return founded


def _fail(why: str) -> int:
    print(why, file=sys.stderr)
    return _NOT_READABLE
