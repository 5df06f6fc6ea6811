"""How a matter of the hall is told in a chat group, by how it stands."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.kit.templatetags.kit import dated
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.deliberation.queries import Story, story_of
from mulin.parlour.deliberation.rules import State


def matter_for_chat(ref: str, by: Actor) -> Shared | None:
    """What is asked, when it is met on, what was decided, until when one may object, what came of
    it. A group reads what anybody may, so only a public matter.
    """
    found: Matter | None = Matter.objects.public().select_related("need").filter(code=ref).first()
    if found is None:
        return None
    return Shared(
        title=found.title,
        lines=tuple(_lines(found, story_of(found))),
        path=reverse("deliberation:public", args=[found.code]),
    )


def _lines(found: Matter, story: Story) -> Iterator[str]:
    state = State(found.state)
    if state is State.SECONDING:
        yield _("Neighbours ask that it be talked over: %(count)s of %(wanted)s second it.") % {
            "count": story.seconders, "wanted": found.wanted_seconders,
        }  # fmt: skip
    elif state is State.DONE:
        yield _("It is done. %(words)s") % {"words": _short(found.outcome)}
    elif state is State.REFUSED:
        yield _("Not taken up: %(words)s") % {"words": _short(found.reason)}
    elif story.resolution is not None:
        adopted = (
            _("Adopted: %(words)s") if story.resolution.is_passed else _("Not adopted: %(words)s")
        )
        yield adopted % {"words": _short(story.resolution.words)}
        if state is State.PUBLISHED and story.publication is not None:
            yield _("It hangs out until %(day)s; until then anybody may object.") % {
                "day": date_format(story.publication.last_day, "DATE_FORMAT"),
            }  # fmt: skip
        elif state is State.STANDING:
            yield _("It stands and is carried out.")
    else:
        if found.words:
            yield _short(found.words)
        for point in story.points:
            gathering = point.item.gathering
            if gathering.is_planned:
                yield _("The meeting: %(when)s %(where)s") % {
                    "when": dated(gathering.starts_at), "where": gathering.where,
                }  # fmt: skip


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(90)
