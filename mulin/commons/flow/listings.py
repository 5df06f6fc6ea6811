"""What became of needs, and what they are about, as files for the desk."""

from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.flow.models import (
    Category,
    Step,
    Visibility,
)
from mulin.ground.community.rules import Actor
from mulin.ground.downloads.tables import for_desk, table


def _told(_actor: Actor) -> "QuerySet[Step]":
    """Not of what is sealed or was said in confidence, nor of what another room keeps to itself."""
    rows: QuerySet[Step] = Step.objects.filter(need__is_sealed=False).exclude(room="mediation")
    return rows.exclude(need__visibility=Visibility.CONFIDENTIAL)


def _by(step: Step) -> str:
    """Who asked without a name isn't named by what they added, either."""
    if step.need.visibility != Visibility.NAMED and step.by_id == step.need.asked_by_account_id:
        return _("without a name") if step.by_name else ""
    return step.by_name


LISTINGS: Final = (
    table(
        "flow.steps", gettext_lazy("What became of each demand and idea, step by step"), Step,
        may=for_desk, order=12, rows=_told, when="at", related=("need",), columns=(
            (gettext_lazy("Number"), "need.number"), (gettext_lazy("When"), "at"),
            (gettext_lazy("What happened"), "line"), (gettext_lazy("Who"), _by),
        ),
    ),
    table(
        "flow.categories", gettext_lazy("What demands are about"), Category, may=for_desk, order=12,
        related=("parent",), about_persons=False, columns=(
            (gettext_lazy("Code"), "code"), (gettext_lazy("Name"), "name"),
            (gettext_lazy("Part of"), "parent.name"), (gettext_lazy("Class of its limit"), "limit_class"),
            (gettext_lazy("In use"), "is_active"),
        ),
    ),
)  # fmt: skip
