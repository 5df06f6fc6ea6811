"""How the numbers of a survey are put into words and lines for pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.kit.channels import Channel
from mulin.kit.templatetags.kit import FACES
from mulin.parlour.survey.models import FIELD_LABELS, STEP_LABELS
from mulin.parlour.survey.queries import Earlier
from mulin.parlour.survey.rules import STEPS, Field

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
