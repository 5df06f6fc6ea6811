"""The public notice of a vote: what hangs out before it, so that everybody can compare later."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.commons.ballots.models import Election
from mulin.commons.ballots.queries import frozen_terms, print_runs, sample_rule
from mulin.commons.ballots.rules import terms_digest
from mulin.ground.community.models import Community
from mulin.kit.clock import local_day
from mulin.kit.paper.documents import Block, Document, Heading, Paragraph, Table, paragraphs
from mulin.kit.templatetags.kit import dated_limit, dated_since


@lru_cache(maxsize=1)
def script_digest() -> str:
    """The SHA-256 of the script by which a browser seals: whoever was sent another one sees it."""
    script = Path(__file__).parent / "static" / "ballots" / "vote.js"
    return hashlib.sha256(script.read_bytes()).hexdigest()


def script_integrity() -> str:
    """The same digest as a page tells it to the browser (W3C Subresource Integrity): a script that was
    changed on its way, or in a cache, does not run.
    """
    return "sha256-" + base64.b64encode(bytes.fromhex(script_digest())).decode()


def notice_document(election: Election, *, community: Community) -> Document:
    """What is voted about, who votes when and how it is counted, with every fingerprint. Before the
    opening the fingerprint of the terms is that of this moment.
    """
    online = _("online, on paper and at the door")
    ways = online if election.is_online else _("on paper and at the door")
    when = _("Voting: from %(since)s, %(until)s, %(ways)s.") % {
        "since": dated_since(election.opens_at), "until": dated_limit(election.closes_at),
        "ways": ways,
    }  # fmt: skip
    if election.waits_for_opening:
        when = _("Voting: %(minutes)s minutes from its opening, %(ways)s.") % {
            "minutes": election.lasts_minutes, "ways": ways,
        }  # fmt: skip
    groups = list(election.constituencies.all())
    return Document(
        issuer=_("Election committee of %(community)s") % {"community": community.name},
        title=pgettext("vote", "Notice: %(title)s") % {"title": election.title},
        day=local_day(election.opens_at),
        blocks=(
            Heading(_("One: what is voted about")),
            *paragraphs(election.wording),
            Table(
                (_("No."), _("Option")),
                tuple((one.number or "–", one.told) for one in election.options.all()),
            ),
            Paragraph(_chosen(election)),
            Heading(_("Two: who votes, and when")),
            Table(
                (_("Constituency"), _("Who belongs to it"), _("on the roll")),
                tuple((one.title, one.rule, str(one.roll_count or 0)) for one in groups),
            ),
            Paragraph(when),
            Heading(_("Three: how it is counted")),
            *paragraphs(election.rule),
            *_result(election),
            Paragraph(_sample(election)),
            Heading(_("Four: fingerprints to compare")),
            *_fingerprints(election),
            Heading(_("Five: what is protected, and what is not")),
            Paragraph(_protected(election)),
            Paragraph(
                _(
                    "Something is not right? Say so until %(days)s days after publication: at the"
                    " desk, by phone %(phone)s, or by the code. Each complaint is answered."
                )
                % {"days": election.complaint_days, "phone": community.phone}
            ),
        ),
        path=reverse("ballots:board", args=[election.code]),
        scan=_("Scan: the public board of this vote"),
    )


def _chosen(election: Election) -> str:
    if election.max_choices == 1:
        return _("Mark one, or none to abstain.")
    return _("Mark up to %(most)s. Fewer is valid; none is an abstention; more is void.") % {
        "most": election.max_choices
    }


def _result(election: Election) -> tuple[Paragraph, ...]:
    said = [_("The result is %(binding)s.") % {"binding": election.get_binding_display()}]
    if election.legal_basis:
        said.append(election.legal_basis)
    if election.quorum_percent:
        said.append(
            _("%(share)s of a hundred on each roll should take part.")
            % {"share": election.quorum_percent}
        )
    return tuple(Paragraph(one) for one in said)


def _sample(election: Election) -> str:
    every, least = sample_rule(election)
    return _(
        "Of the paper ballots one in %(every)s, %(least)s at least, is counted by hand again. Which"
        " ones a public number draws once all are read; anybody can draw them again."
    ) % {"every": every, "least": least}


def _fingerprints(election: Election) -> list[Block]:
    """Each with its name in a row of its own."""
    rows = [
        (
            _("Fingerprint of this vote"),
            election.terms_digest or terms_digest(frozen_terms(election)),
        )
    ]
    rows += [
        (_("Roll of %(title)s") % {"title": one.title}, one.roll_digest)
        for one in election.constituencies.all()
        if one.roll_digest
    ]
    if election.is_online:
        rows += [
            (_("Key of the urn"), election.urn_key or "–"),
            (_("Script by which a browser seals (vote.js)"), script_digest()),
        ]
    rows += [
        (_("Printed sheets of %(title)s: %(count)s") % {"title": one.title, "count": count}, digest)
        for one, count, digest in print_runs(election)
        if digest
    ]
    return [Table((_("What"), _("Fingerprint")), tuple(rows))]


def _protected(election: Election) -> str:
    if not election.is_online:
        return _(
            "No name stands on a sheet, and nobody notes who got which. The box is opened after the"
            " end, before observers."
        )
    return _(
        "Nobody who keeps the server, its logs or its backups can tie a ballot to a voter; two of"
        " three key holders open all ballots together on another machine. Not protected: somebody"
        " who looks over your shoulder, a device with malicious software, a server that sends a"
        " false page on the day. Whoever does not trust it votes on paper."
    )
