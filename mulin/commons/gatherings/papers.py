"""The notice of a gathering as an official document, for the board."""

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mulin.commons.gatherings.models import AgendaItem, Gathering
from mulin.ground.community.models import Community
from mulin.kit.paper.documents import Block, Document, Heading, Paragraph, Table, paragraphs
from mulin.kit.templatetags.kit import dated


def notice_of(
    gathering: Gathering, items: Sequence[AgendaItem], *, day: date, community: Community
) -> Document:
    """What takes place, when, where, what is talked about, and the code that reads it aloud."""
    rows = [(_("When"), f"{dated(gathering.starts_at)} – {localtime(gathering.ends_at):%H:%M}")]
    if gathering.where:
        rows.append((_("Where"), gathering.where))
    blocks: list[Block] = [
        *paragraphs(gathering.about),
        Table((_("What"), gathering.title), tuple(rows)),
    ]
    if items:
        blocks.append(Heading(_("What is talked about")))
        blocks += [Paragraph(f"{number}. {item.title}") for number, item in enumerate(items, 1)]
    blocks.append(
        Paragraph(
            _("Just come, or call %(phone)s. Scan to read on and to say that you come.")
            % {"phone": community.phone}
        )
    )
    return Document(
        issuer=_("Residents' committee of %(community)s") % {"community": community.name},
        title=_("Notice: %(title)s") % {"title": gathering.title},
        to=gathering.whom or _("Neighbours"),
        day=day,
        blocks=tuple(blocks),
        path=reverse("gatherings:notice", args=[gathering.code]) + "#aloud",
        scan=_("Scan: your phone shows it, or reads it to you"),
    )
