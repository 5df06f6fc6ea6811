"""How the numbers of a survey are put into words and lines for pages."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.notify.sharing import Shared
from mulin.kit.channels import Channel
from mulin.kit.templatetags.kit import FACES
from mulin.parlour.survey.models import FIELD_LABELS, STEP_LABELS
from mulin.parlour.survey.queries import Earlier, overall, reports
from mulin.parlour.survey.rules import STEPS, Field

_YEAR = re.compile(r"20\d\d", re.ASCII)
Line = Mapping[str, Any]  # Any: what JSON holds
_CHANGES = {
    1: _("clearly more this year"),
    -1: _("clearly fewer this year"),
    0: _("the difference may be chance"),
}


def way_words(ways: Iterable[tuple[str, int]]) -> list[tuple[Promise, int]]:
    """Ways of answering by their names."""
    return [(Channel(way).label, count) for way, count in ways]


def question_shown(line: Line, earlier: Iterable[Earlier]) -> dict[str, Any]:
    """One question of a report as the page draws it."""
    shown: dict[str, Any] = {
        **line,
        "label": FIELD_LABELS[Field(line["field"])],
        "earlier": [(one, _CHANGES[one.change]) for one in earlier],
    }
    if line["is_shown"]:
        shown["faces"] = [
            (STEP_LABELS[step], line["steps"][str(step)], face)
            for step, face in zip(STEPS, FACES[len(STEPS)], strict=True)
        ]
    return shown


def result_for_chat(ref: str, by: Actor) -> Shared | None:
    """A year's result as a chat group reads it: the figure, or that too few answered; who answered."""
    report = reports().filter(survey__year=int(ref)).first() if _YEAR.fullmatch(ref) else None
    if report is None:
        return None
    line, response = overall(report), report.figures["response"]
    figure = (
        gettext(
            "Of the households with an opinion, %(percent)s %% are satisfied or very satisfied."
        )
        % {"percent": line["percent"]}
        if line
        else gettext("Too few households answered for a figure.")
    )
    took_part = gettext("%(returned)s of %(eligible)s households answered.") % {
        "returned": response["returned"],
        "eligible": response["eligible"],
    }
    return Shared(
        title=str(report.survey),
        lines=(figure, took_part),
        path=reverse("survey:result", args=[report.survey.year]),
    )
