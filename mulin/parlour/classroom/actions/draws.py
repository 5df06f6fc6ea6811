"""A prize draw: the list is shown first, the public number entered afterwards."""

from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.classroom.models import Draw, Lesson
from mulin.parlour.classroom.permissions import may_draw, may_teach
from mulin.parlour.classroom.redraw import fingerprint, winners
from mulin.parlour.classroom.rules import entrants_of

MOST_ENTRANTS: Final = 2000
LONGEST_NUMBER: Final = 20


def list_entrants(
    lesson: Lesson, *, entrants: str, prizes: int, source: str, source_day: date, by: Actor,
    now: datetime, token: str | None = None,
) -> Draw:  # fmt: skip
    """Show who takes part, with the list's fingerprint, before the number can be known.

    Raises NotPermitted, Refused beside the field.
    """
    if not may_teach(by):
        raise NotPermitted(_("Whoever holds lessons does this."))
    listed = entrants_of(entrants)
    if not listed or len(listed) > MOST_ENTRANTS:
        raise Refused(_("Write who takes part, one a line, 2,000 at most."), field="entrants")
    if not 1 <= prizes <= len(listed):
        raise Refused(_("There are at most as many prizes as people."), field="prizes")
    if not source.strip():
        raise Refused(_("Say which public number decides."), field="source")
    if source_day <= local_day(now):
        raise Refused(
            _("This number is known already. Choose a day that is still to come."),
            field="source_day",
        )
    with recording(by, "classroom.list_entrants", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Draw)
        draw: Draw = Draw.objects.create(
            community_id=by.community_id, lesson=lesson, entrants=listed,
            fingerprint=fingerprint(listed), prizes=prizes, source=source.strip(),
            source_day=source_day, listed_at=now,
        )  # fmt: skip
        # The record keeps the fingerprint: a list that was changed afterwards would not have it.
        act.on(draw, after={"fingerprint": draw.fingerprint, "prizes": prizes})
    return draw


def enter_number(
    draw: Draw, number: str, *, by: Actor, now: datetime, token: str | None = None
) -> Draw:
    """The public number is known: it decides, once. Raises NotPermitted, Refused, TakenMeanwhile."""
    if not may_draw(by):
        raise NotPermitted(_("The desk enters the number."))
    typed = number.strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > LONGEST_NUMBER:
        raise Refused(_("Type the digits of the number, nothing else."), field="number")
    if local_day(now) < draw.source_day:
        raise Refused(_("The number is not known before its day."), field="number")
    with recording(by, "classroom.enter_number", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Draw)
        won = winners(draw.entrants, typed, draw.prizes)
        waiting = Draw.objects.waiting().filter(pk=draw.pk)
        if waiting.update(number=typed, number_at=now, winners=won) != 1:
            raise TakenMeanwhile(_("A number was entered already, and it stands."))
        draw.number, draw.number_at, draw.winners = typed, now, won
        act.on(draw, after={"number": typed, "winners": len(won)})
    return draw
