"""When the childcare room has free places, for programs: by age, and nothing of a child."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.clock import local_day
from mulin.workshop.childcare.duty import Session, sessions_between

_MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class FreePlacesAnswer:
    """Free places for children of this age, in full months of life (until: not counted). 5 stands
    for five or more.
    """

    from_months: int
    until_months: int
    free: int


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """From when to when the rota has adults for children, and for how many more."""

    starts_at: datetime
    ends_at: datetime
    places: list[FreePlacesAnswer]


class SessionDaysForm(forms.Form):
    """From which day on, and for how many; without, two weeks from today."""

    day = forms.DateField(label=_("First day"), required=False)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=_MOST_DAYS, required=False)


def _list(asked: Asked) -> list[Session]:
    chosen: Any = asked.query  # Any: values of several kinds, already checked
    today = local_day(asked.now)
    # What is over is free for nobody, and would say who was booked.
    first = max(chosen["day"] or today, today)
    days = min(chosen["days"] or _DAYS_AHEAD, (date.max - first).days)
    return sessions_between(first, first + timedelta(days=days - 1))


def _shown(session: Session) -> SessionAnswer:
    return SessionAnswer(
        starts_at=session.starts_at, ends_at=session.ends_at,
        places=[
            FreePlacesAnswer(band.from_months, band.until_months, free)
            for band, free in session.free
        ],
    )  # fmt: skip


_DAYS_AHEAD: Final = 14
CALLS: Final = (
    Call(
        name="childcare", path="childcare/",
        summary=_("When places in childcare are free, and for which age"),
        scope=Scope.CHILDCARE_READ, answer=SessionAnswer, query=SessionDaysForm, do=_list,
        show=_shown, is_list=True,
    ),
)  # fmt: skip
