"""How ideas, questions and what came of them are told in a chat group."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.parlour.suggestions.models import Idea, Topic
from mulin.parlour.suggestions.queries import consensus_of

#: Sentences that a chat window shows.
MOST_LINES = 4


def idea_for_chat(ref: str, by: Actor) -> Shared | None:
    """An idea as everybody reads it, and its answer when it has one."""
    found = Idea.objects.shown().complete().filter(pk=_number(ref)).first()
    if found is None:
        return None
    lines = [_("%(count)s are for it.") % {"count": found.supporters}]
    if found.is_adopted:
        lines.append(pgettext("idea", "Adopted: %(words)s") % {"words": found.adopted_into})
    if found.answer:
        lines.append(_("Answer: %(words)s") % {"words": _short(found.answer, 100)})
    elif found.is_open:
        lines.append(_("Say how you stand to it; it is answered in any case."))
    return Shared(
        title=_short(found.need.words, 42),
        lines=tuple(lines),
        path=reverse("suggestions:idea", args=[found.pk]),
    )


def topic_for_chat(ref: str, by: Actor) -> Shared | None:
    """A question to which everybody says how they stand, sentence by sentence."""
    found: Topic | None = Topic.objects.filter(pk=_number(ref)).first()
    if found is None:
        return None
    until = date_format(found.last_day, "DATE_FORMAT")
    return Shared(
        title=found.question,
        lines=(
            _("Agree or disagree, sentence by sentence, until %(day)s.") % {"day": until},
            _("On a sheet at the desk counts as much."),
        ),
        path=reverse("suggestions:topic", args=[found.pk]),
    )


def result_for_chat(ref: str, by: Actor) -> Shared | None:
    """What unites those who answered a question."""
    found: Topic | None = Topic.objects.filter(pk=_number(ref), computed_at__isnull=False).first()
    if found is None:
        return None
    said = [f"· {one.words}" for one in consensus_of(found)[:MOST_LINES]]
    return Shared(
        title=found.question,
        lines=(_("What unites us"), *said) if said else (_("What came of it"),),
        path=reverse("suggestions:result", args=[found.pk]),
    )


def _number(ref: str) -> int:
    return int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 19 else 0  # noqa: PLR2004


def _short(words: str, most: int) -> str:
    return Truncator(" ".join(words.split())).chars(most)
