"""What an asker gets from reception on paper, and what an answer says as a letter."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.models import Community
from mulin.kit.clock import local_day
from mulin.kit.paper.documents import (
    Document,
    Heading,
    Paragraph,
    Quote,
    paragraphs,
    written_day,
)
from mulin.parlour.reception.models import Demand
from mulin.parlour.reception.permissions import may_print_letter, may_print_slip

SLIP: Final = "slip"
LETTER: Final = "answer-letter"


def answer_letter(demand: Demand, words: str, *, community: Community) -> Document:
    """The answer to a demand 答复书: what was said, what was done, and that the asker has the last
    word. It bears the day of the answer. Raises ValueError for a demand without one.
    """
    need, answered_at = demand.need, demand.answered_at
    if answered_at is None:
        raise ValueError("not answered")
    name = need.person.name if need.person else need.contact_name
    return Document(
        issuer=_("Residents' committee of %(community)s") % {"community": community.name},
        number=_("Answer No. %(number)s") % {"number": need.number},
        title=_("Answer to what you told us"),
        to=name or _("To whom it concerns"),
        day=local_day(answered_at),
        is_large=bool(need.person and need.person.wants_large_type),
        blocks=(
            Paragraph(
                _(
                    "What you told us on %(day)s (number %(number)s) was dealt with; this is the answer."
                )
                % {"day": written_day(local_day(need.said_at)), "number": need.number}
            ),
            Heading(_("One: what you said")),
            *(Quote(one.words) for one in paragraphs(need.words)),
            Heading(_("Two: what was done")),
            *paragraphs(words),
            Paragraph(
                _(
                    "Whether it is solved is for you to say. If it is not, or if you have a question,"
                    " call %(phone)s and say the number above; we go on with it."
                )
                % {"phone": community.phone}
            ),
        ),
        path=reverse("site:need", args=[need.follow_code]) + "#aloud",
        scan=_("Scan: your phone shows how it went, or reads it to you"),
    )


HANDED: Final = (
    HandedUse(
        kind=SLIP, label=gettext_lazy("Slips handed out"), model="reception.demand",
        page="reception:demand", may=may_print_slip,
    ),
    HandedUse(
        kind=LETTER, label=gettext_lazy("Answer letters handed out"), model="reception.demand",
        page="reception:demand", may=may_print_letter,
    ),
)  # fmt: skip
