"""What the double five owes: steps of projects, ideas to screen, appeals to hear, comments."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.dues import Asked, Due, Found, Kind, Part
from mulin.ground.community.rules import Harm
from mulin.parlour.doublefive.models import Comment, CommentState, Idea, Milestone, Screener
from mulin.parlour.doublefive.rules import Stage, State

_WHY: Final = {
    "doublefive.step": _("the neighbours chose it, and everybody reads until when"),
    "doublefive.screen": _("its author waits for a yes or no"),
    "doublefive.appeal": _("its author appealed: somebody else than before decides"),
    "doublefive.comment": _("it is shown when somebody has looked at it"),
}
_PAGES: Final = {
    "doublefive.step": "doublefive:project",
    "doublefive.screen": "doublefive:idea",
    "doublefive.appeal": "doublefive:idea",
    "doublefive.comment": "doublefive:project",
}


def parts(asked: Asked) -> Iterator[Part]:
    """Steps of whoever carries them out, ideas of whoever screens, and what the desk looks at."""
    yield Part(
        "doublefive.step",
        Milestone.objects.open().filter(
            project__owner_id__in=asked.accounts, due_at__lte=asked.until
        ),
        harm=Harm.PROMISE, due="due_at", holder="project__owner_id", under="project_id",
        said=("what", "project__chosen__idea__title"),
    )  # fmt: skip
    screening = Idea.objects.filter(season__stage=Stage.SCREEN).filter(
        Exists(Screener.objects.filter(season=OuterRef("season"), account__in=asked.accounts))
    )
    yield Part(
        "doublefive.screen", screening.filter(state=State.OFFERED), harm=Harm.PROMISE, under="id",
        said=("title",),
    )  # fmt: skip
    # Whoever refused it does not decide about the appeal.
    yield Part(
        "doublefive.appeal",
        screening.filter(state=State.APPEALED).exclude(screened_by__in=asked.accounts),
        harm=Harm.PROMISE, under="id", said=("title",),
    )  # fmt: skip
    if asked.actor.is_desk:
        yield Part(
            "doublefive.comment", Comment.objects.filter(state=CommentState.HELD),
            harm=Harm.COURTESY, under="project_id", said=("words",),
        )  # fmt: skip


def _tell(asked: Asked, row: Found) -> Due:
    what, project = row.said[:2]
    return Due(
        kind=row.kind, number=row.number, what=f"{project}：{what}"[:60] if project else what[:60],
        why=_WHY[row.kind], harm=Harm(row.harm), holder_id=row.holder_id, due_at=row.due_at,
        url=reverse(_PAGES[row.kind], args=[row.under]), opens_beside=False,
    )  # fmt: skip


#: What is told of the rows that `parts` gives.
TOLD: Final = (
    (Kind("doublefive.step", _("steps of the Double-Five"), "doublefive:list"), _tell),
    (Kind("doublefive.screen", _("ideas to screen"), "doublefive:list"), _tell),
    (Kind("doublefive.appeal", _("appeals to hear"), "doublefive:list"), _tell),
    (Kind("doublefive.comment", _("comments to look at"), "doublefive:list"), _tell),
)
