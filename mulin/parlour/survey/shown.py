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
from mulin.parlour.survey.models import DISPOSITION_LABELS, FIELD_LABELS, STEP_LABELS
from mulin.parlour.survey.queries import Earlier, overall, reports
from mulin.parlour.survey.rules import STEPS, Disposition, Field
from mulin.parlour.survey.telling import BLANK

_YEAR = re.compile(r"20\d\d", re.ASCII)
Line = Mapping[str, Any]  # Any: what JSON holds
_CHANGES = {
    1: _("clearly more this year"),
    -1: _("clearly fewer this year"),
    0: _("the difference may be chance"),
}
_FACE_LABELS: dict[int | str, Promise] = {BLANK: _("left blank")} | dict(STEP_LABELS.items())
_ICONS: dict[int | str, str] = dict(zip(STEPS, FACES[len(STEPS)], strict=True))


def way_words(ways: Iterable[tuple[tuple[str, ...], int]]) -> list[tuple[str, int]]:
    """Ways of answering by their names."""
    return [("、".join(str(Channel(way).label) for way in some), count) for some, count in ways]


def others_shown(response: Line) -> list[tuple[str, int]]:
    """Those who did not answer, by what became of them."""
    return [
        ("、".join(str(DISPOSITION_LABELS[Disposition(one)]) for one in some), count)
        for some, count in response["others"]
    ]


def earlier_shown(earlier: Iterable[Earlier]) -> list[tuple[Earlier, Promise]]:
    """Each earlier year with how it differs."""
    return [(one, _CHANGES[one.change]) for one in earlier]


def question_shown(line: Line, earlier: Iterable[Earlier]) -> dict[str, Any]:
    """One question of a report as the page draws it."""
    shown: dict[str, Any] = {
        **line,
        "label": FIELD_LABELS[Field(line["field"])],
        "earlier": earlier_shown(earlier),
    }
    if line["is_shown"]:
        shown["faces"] = [
            ("、".join(str(_FACE_LABELS[step]) for step in some), count, _ICONS.get(some[0]))
            for some, count in line["faces"]
        ]
    return shown


def result_for_chat(ref: str, by: Actor) -> Shared | None:
    """A year's result as a chat group reads it: the figure, or that too few answered; who answered."""
    report = reports().filter(survey__year=int(ref)).first() if _YEAR.fullmatch(ref) else None
    if report is None:
        return None
    line, response = overall(report), report.told["response"]
    figure = (
        gettext("Of the households with an opinion, %(percent)s%% are satisfied or very satisfied.")
        % {"percent": line["percent"]}
        if line
        else gettext("Too few households answered for a figure.")
    )
    took_part = (
        gettext("Fewer than five households answered.")
        if response["returned"] is None
        else gettext("%(returned)s of %(eligible)s households answered.")
        % {"returned": response["returned"], "eligible": response["eligible"]}
    )
    return Shared(
        title=str(report.survey),
        lines=(figure, took_part),
        path=reverse("survey:result", args=[report.survey.year]),
    )
