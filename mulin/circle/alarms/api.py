"""Running alarms for programs, as on the duty screen: a dashboard or a second machine that looks
whether somebody goes. Never who called, nor anything of their health.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm, AlarmQuerySet
from mulin.circle.alarms.queries import on_screen
from mulin.circle.alarms.rules import State
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope


@dataclass(frozen=True, slots=True)
class AlarmAnswer:
    """An alarm that has not ended: `open` while nobody goes. One that ended is gone from the list."""

    number: int
    place: str
    state: State
    is_trial: bool
    pressed_at: datetime
    opened_at: datetime
    going_at: datetime | None
    there_at: datetime | None


def _list(_asked: Asked) -> AlarmQuerySet:
    return on_screen()


def _shown(alarm: Alarm) -> AlarmAnswer:
    return AlarmAnswer(
        number=alarm.number, place=alarm.where, state=State(alarm.state),
        is_trial=alarm.is_trial, pressed_at=alarm.pressed_at, opened_at=alarm.opened_at,
        going_at=alarm.going_at, there_at=alarm.there_at,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="alarms", path="alarms/",
        summary=_("Running alarms, those to which nobody goes first"), scope=Scope.ALARMS_READ,
        answer=AlarmAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip
