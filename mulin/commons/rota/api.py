"""Shifts of the published duty rota for programs: when, how many are needed, how many come; no name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.rota.models import Shift
from mulin.commons.rota.queries import shifts_between
from mulin.commons.rota.registry import kind_of
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.clock import local_day

#: Without days, as far ahead as one looks for somebody.
_DAYS_AHEAD: Final = 14


@dataclass(frozen=True, slots=True)
class ShiftAnswer:
    """A shift. `come` are those who are asked or promised, or came; never who."""

    kind: str
    label: str
    starts_at: datetime
    ends_at: datetime
    needed: int
    come: int


class ShiftFilterForm(forms.Form):
    """Of what kind, and on which days; without days, the next two weeks."""

    kind = forms.CharField(label=_("Kind"), max_length=30, required=False)
    first = forms.DateField(label=_("First day"), required=False)
    last = forms.DateField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if (first is None) != (last is None):
            raise forms.ValidationError(_("Give both days, or none."))
        if first and last and last < first:
            raise forms.ValidationError(_("The last day comes after the first."))
        return values


def _list(asked: Asked) -> "QuerySet[Shift]":
    today = local_day(asked.now)
    first = asked.query["first"] or today
    last = asked.query["last"] or today + timedelta(days=_DAYS_AHEAD)
    return shifts_between(first, last, asked.query["kind"])


def _shown(shift: Any) -> ShiftAnswer:  # Any: with how many come, which the query adds
    name = shift.month.kind
    known = kind_of(name)
    return ShiftAnswer(
        kind=name, label=str(known.label) if known else name, starts_at=shift.starts_at,
        ends_at=shift.ends_at, needed=shift.adults, come=shift.come,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="shifts", path="shifts/",
        summary=_("Shifts of the duty rota, and how many are needed and come"),
        scope=Scope.DUTY_READ, answer=ShiftAnswer, query=ShiftFilterForm, do=_list, show=_shown,
        is_list=True,
    ),
)  # fmt: skip
