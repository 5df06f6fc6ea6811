"""`mulin audit verify` and `mulin audit anchor`."""

import argparse
import json
import sys
from typing import Any

from django.utils.translation import gettext as _

from mulin.ground.audit.anchors import anchor, anchored
from mulin.ground.audit.queries import check_chain
from mulin.ground.audit.rules import Fault, Finding
from mulin.ground.community.models import Community
from mulin.kit import clock
from mulin.kit.command_line import Commands
from mulin.kit.scoping import in_community


def register(commands: Commands) -> None:
    """Add this floor's commands."""
    says = _("check that no act was removed, changed, doubled or cut off")
    verifying = commands.add_parser("audit verify", help=says, description=says)
    verifying.add_argument("--community", metavar="SLUG", help=_("this one only"))
    verifying.add_argument("--json", action="store_true", help=_("for programs"))
    verifying.set_defaults(run=verify)
    says = _("keep the present end of each chain in anchors.log, outside the database")
    commands.add_parser("audit anchor", help=says, description=says).set_defaults(run=keep_heads)


def verify(chosen: argparse.Namespace) -> int:
    """Check the chains; 1 when something is wrong."""
    communities = Community.objects.order_by("id")
    if chosen.community:
        communities = communities.filter(slug=chosen.community)
        if not communities:
            print(_("There is no community “%(slug)s”.") % {"slug": chosen.community})
            return 2
    try:
        anchors = anchored()
    except ValueError as damaged:
        print(_("The kept heads cannot be read: %(where)s") % {"where": damaged}, file=sys.stderr)
        return 1
    reports = [_examined(community, anchors.get(community.pk, {})) for community in communities]
    if chosen.json:
        print(json.dumps(reports, ensure_ascii=False))
    else:
        for report in reports:
            _tell(report)
    return 1 if any(report["findings"] for report in reports) else 0


def keep_heads(_chosen: argparse.Namespace) -> int:
    """Keep every head that moved."""
    for community in Community.objects.order_by("id"):
        if anchor(community, clock.now()):
            print(_("%(community)s: kept") % {"community": community.name})
        else:
            print(_("%(community)s: nothing new") % {"community": community.name})
    return 0


# Any: a report is JSON.
def _examined(community: Community, anchors: dict[int, str]) -> dict[str, Any]:
    with in_community(community):
        acts, findings = check_chain(community.pk, anchors)
    return {
        "community": community.slug,
        "acts": acts,
        "anchors": len(anchors),
        "findings": [{"fault": finding.fault.value, "seq": finding.seq} for finding in findings],
    }


def _tell(report: dict[str, Any]) -> None:
    values = {"community": report["community"], "acts": report["acts"]}
    if not report["findings"]:
        print(_("%(community)s: %(acts)s acts, nothing missing and nothing changed") % values)
    for found in report["findings"]:
        print(f"{report['community']}: {in_words(Finding(Fault(found['fault']), found['seq']))}")


def in_words(finding: Finding) -> str:
    """What is wrong, in a sentence."""
    sentences = {
        Fault.GAP: _("gap: acts are missing from number %(seq)s on"),
        Fault.EDIT: _("edit: act %(seq)s is not what was written"),
        Fault.DUPLICATE: _("duplicate: there is a second act %(seq)s"),
        Fault.CUT_TAIL: _("cut-off tail: the acts from number %(seq)s on are gone"),
        Fault.FORGED_HEAD: _(
            "forged head: the end of the chain, act %(seq)s, was not set by Mulin"
        ),
        Fault.EDITED_DETAIL: _(
            "edited detail: what stood before and after act %(seq)s was changed"
        ),
    }
    return sentences[finding.fault] % {"seq": finding.seq}
