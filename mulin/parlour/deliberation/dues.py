"""What the hall owes: matters to screen, resolutions to publish, objections to answer, tasks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.kit.clock import end_of_day
from mulin.parlour.deliberation.models import Matter, Objection, Task
from mulin.parlour.deliberation.queries import untaken_results
from mulin.parlour.deliberation.rules import State

_WHY: Final = {
    "deliberation.task": _("a meeting decided it"),
    "deliberation.screen": _("whoever brought it in waits for a yes or no"),
    "deliberation.publish": _("it was adopted and hangs nowhere yet"),
    "deliberation.secret": _("its ballots are published, and nobody has taken the result over"),
    "deliberation.unread": _("the street reads that it came, and not what it says"),
    "deliberation.objection": _("without an answer the resolution cannot stand"),
}


def parts(asked: Asked) -> Iterator[Part]:
    """Tasks of whoever has them, and what waits for the desk."""
    yield Part(
        "deliberation.task",
        Task.objects.open().filter(owner_id__in=asked.accounts, due_at__lte=asked.until),
        harm=Harm.PROMISE, due="due_at", holder="owner_id", under="matter_id", said=("what",),
    )  # fmt: skip
    if not asked.actor.is_desk:
        return
    for kind, state in (
        ("deliberation.screen", State.PROPOSED), ("deliberation.publish", State.DECIDED),
    ):  # fmt: skip
        yield Part(
            kind, Matter.objects.filter(state=state), harm=Harm.PROMISE, under="id",
            said=("title",),
        )  # fmt: skip
    yield Part(
        "deliberation.secret", untaken_results(), harm=Harm.PROMISE, under="matter_id",
        said=("matter__title",),
    )  # fmt: skip
    yield Part(
        "deliberation.unread",
        Objection.objects.unread(),
        harm=Harm.PROMISE,
        due="read_until",
        under="publication__matter_id",
        said=("words",),
    )
    yield Part(
        "deliberation.objection",
        Objection.objects.filter(answered_at__isnull=True, read_at__isnull=False),
        harm=Harm.PROMISE, under="publication__matter_id",
        # A day, not a moment: it is told as words and read again.
        said=("words", "publication__last_day"),
    )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    what, last_day = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=what[:60], why=_WHY[row.kind],
        harm=Harm(row.harm), holder_id=row.holder_id,
        due_at=end_of_day(date.fromisoformat(last_day)) if last_day else row.due_at,
        url=reverse("deliberation:matter", args=[row.under]), opens_beside=False,
    )  # fmt: skip


def _tell_secret(asked: Asked, row: Found) -> Due:
    """It is taken over where secret votes are, not on the page of the matter."""
    return replace(_tell(asked, row), url=reverse("deliberation:secret"))


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("deliberation.task", _("tasks out of resolutions"), "deliberation:desk"), _tell),
    (Kind("deliberation.screen", _("matters to screen"), "deliberation:desk"), _tell),
    (Kind("deliberation.publish", _("resolutions to publish"), "deliberation:desk"), _tell),
    (
        Kind("deliberation.secret", _("secret votes to take over"), "deliberation:secret"),
        _tell_secret,
    ),
    (Kind("deliberation.unread", _("objections to read"), "deliberation:desk"), _tell),
    (Kind("deliberation.objection", _("objections to answer"), "deliberation:desk"), _tell),
)
