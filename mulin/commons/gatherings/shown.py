"""How what takes place is told in a chat group."""

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mulin.commons.gatherings.queries import gathering_behind, items_of
from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.kit.templatetags.kit import dated

#: Points of an agenda that a chat window shows.
MOST_POINTS = 5


def notice_for_chat(ref: str, by: Actor) -> Shared | None:
    """When, where, what about, as the public notice has it; who comes is told to nobody."""
    found = gathering_behind(ref)
    if found is None or not found.is_public:
        return None
    path = reverse("gatherings:notice", args=[found.code])
    if found.is_cancelled:
        why = _("It does not take place. %(why)s") % {"why": found.why_changed}
        return Shared(title=found.title, lines=(why,), path=path)
    lines = [dated(found.starts_at)]
    lines.extend(filter(None, (found.where, found.whom)))
    if found.about:
        lines.append(Truncator(" ".join(found.about.split())).chars(80))
    points = [item.title for item in items_of(found)]
    lines.extend(f"{place}. {title}" for place, title in enumerate(points[:MOST_POINTS], start=1))
    return Shared(title=found.title, lines=tuple(lines), path=path)
