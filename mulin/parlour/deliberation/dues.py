"""What the hall owes: matters to screen, resolutions to publish, objections to answer, tasks."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Kind
from mulin.ground.community.rules import Harm
from mulin.kit.clock import end_of_day
from mulin.parlour.deliberation.models import Matter, Objection, Task
from mulin.parlour.deliberation.rules import State

KINDS: Final = (
    Kind("deliberation.task", _("tasks out of resolutions"), "deliberation:desk"),
    Kind("deliberation.screen", _("matters to screen"), "deliberation:desk"),
    Kind("deliberation.publish", _("resolutions to publish"), "deliberation:desk"),
    Kind("deliberation.objection", _("objections to answer"), "deliberation:desk"),
)
_DESK: Final = {
    State.PROPOSED: ("deliberation.screen", _("whoever brought it in waits for a yes or no")),
    State.DECIDED: ("deliberation.publish", _("it was adopted and hangs nowhere yet")),
}


def dues(asked: Asked) -> Iterator[Due]:
    """One question; three at the desk."""
    rows = (
        Task.objects.open()
        .filter(owner_id__in=asked.accounts, due_at__lte=asked.until)
        .order_by("due_at", "id")
        .values_list("id", "what", "due_at", "owner_id", "matter_id")
    )
    for pk, what, due_at, owner_id, matter_id in rows[: asked.most + 1]:
        yield Due(
            kind="deliberation.task", number=pk, what=what, why=_("a meeting decided it"),
            harm=Harm.PROMISE, due_at=due_at, holder_id=owner_id, url=_page(matter_id),
            opens_beside=False,
        )  # fmt: skip
    if asked.actor.is_desk:
        yield from _of_the_desk(asked)


def _of_the_desk(asked: Asked) -> Iterator[Due]:
    rows = Matter.objects.filter(state__in=list(_DESK)).order_by("proposed_at", "id")
    for pk, title, state in rows.values_list("id", "title", "state")[: asked.most + 1]:
        kind, why = _DESK[State(state)]
        yield Due(
            kind=kind, number=pk, what=title, why=why, harm=Harm.PROMISE, url=_page(pk),
            opens_beside=False,
        )  # fmt: skip
    waiting = Objection.objects.filter(answered_at__isnull=True).order_by("at", "id")
    for pk, words, last_day, matter_id in waiting.values_list(
        "id", "words", "publication__last_day", "publication__matter"
    )[: asked.most + 1]:
        yield Due(
            kind="deliberation.objection", number=pk, what=words[:60],
            why=_("without an answer the resolution cannot stand"), harm=Harm.PROMISE,
            due_at=end_of_day(last_day), url=_page(matter_id), opens_beside=False,
        )  # fmt: skip


def _page(matter_id: int) -> str:
    return reverse("deliberation:matter", args=[matter_id])
