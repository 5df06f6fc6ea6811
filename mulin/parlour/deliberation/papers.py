"""The hall's official documents: the minutes of a meeting, and a resolution that hangs out."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.ground.community.models import Community
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.paper.documents import (
    Document,
    Heading,
    Paragraph,
    Signer,
    paragraphs,
    written_day,
)
from mulin.parlour.deliberation.models import Matter, Meeting, MeetingRule, Publication, Resolution

_DECIDED = gettext_lazy("Adopted on %(day)s; %(present)s of %(seats)s seats were filled. %(how)s.")
_DECIDED_WITH_COUNT = gettext_lazy(
    "Adopted on %(day)s; %(present)s of %(seats)s seats were filled. %(how)s: %(yes)s"
    " for, %(no)s against, %(abstain)s abstained."
)


def minutes_document(meeting: Meeting, *, community: Community) -> Document:
    """The frame of the minutes; what was said to each point is the template's to fill in."""
    gathering = meeting.gathering
    where = gathering.where or _("the community")
    return Document(
        issuer=_issuer(community),
        title=_("Minutes: %(title)s") % {"title": gathering.title},
        day=local_day(gathering.ends_at),
        blocks=(
            Paragraph(
                _("The meeting took place %(when)s, at: %(where)s.")
                % {"when": _when(gathering.starts_at), "where": where}
            ),
        ),
        signers=(Signer(_("Who leads it")), Signer(_("Who writes the minutes"))),
    )


def notice_document(
    matter: Matter, resolution: Resolution, publication: Publication, *, community: Community
) -> Document:
    """A resolution with its days, how it was taken, and the code that reads it aloud."""
    decided = {
        "day": written_day(local_day(resolution.at)), "seats": resolution.seats,
        "present": resolution.present, "how": resolution.get_method_display(),
        "yes": resolution.yes, "no": resolution.no, "abstain": resolution.abstain,
    }  # fmt: skip
    days = {
        "first": written_day(publication.first_day), "last": written_day(publication.last_day),
        "phone": community.phone,
    }  # fmt: skip
    return Document(
        issuer=_issuer(community),
        title=_("Public notice: %(title)s") % {"title": matter.title},
        day=publication.first_day,
        blocks=(
            Heading(_("One: what was decided")),
            *paragraphs(resolution.words),
            Heading(_("Two: how it was decided")),
            Paragraph((_DECIDED_WITH_COUNT if resolution.is_told else _DECIDED) % decided),
            *_binding(resolution.rule),
            Heading(_("Three: until when, and whom to tell")),
            Paragraph(
                _(
                    "It hangs out from %(first)s to %(last)s. Whoever has something against it says so"
                    " in these days: at the desk, by phone %(phone)s, or by the code."
                )
                % days
            ),
        ),
        path=reverse("deliberation:public", args=[matter.code]) + "#aloud",
        scan=_("Scan: your phone shows how it went, or reads it to you"),
    )


def _binding(rule: MeetingRule) -> tuple[Paragraph, ...]:
    said = _("The result is %(binding)s.") % {"binding": rule.get_binding_display()}
    return tuple(Paragraph(one) for one in (said, rule.legal_basis) if one)


def _when(moment: datetime) -> str:
    """With its year: minutes are read in other years."""
    local = moment.astimezone(SHANGHAI)
    return f"{written_day(local.date())} {local.hour}:{local:%M}"


def _issuer(community: Community) -> str:
    return _("Residents' committee of %(community)s") % {"community": community.name}
