"""Which days suit somebody, on paper: printed for one month, read back as their wishes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.commons.rota.actions.members import Said, say_wishes
from mulin.commons.rota.models import WANTED_LABELS, Member, Month, MonthState
from mulin.commons.rota.permissions import managed_by
from mulin.commons.rota.registry import kind_of
from mulin.commons.rota.rules import Wanted, days_of, last_of, month_of
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated

CODE: Final = "TURNS"
VERSION: Final = 1
ANY, UNABLE, GLADLY = "any", "unable", "gladly"
YES: Final = "yes"
_LONGEST_MONTH: Final = 31


def wish_sheet() -> Form:
    """The days of a month to tick, by their number, and whose they are."""
    days = tuple(Choice(str(day), str(day)) for day in range(1, _LONGEST_MONTH + 1))
    return Form(
        code=CODE,
        version=VERSION,
        title=_("Which days suit you?"),
        under=_("Tick only the days that matter. Hand it in at the service hall."),
        fields=(
            Field(
                ANY, "", Kind.ONE,
                (Choice(YES, _("Any day is fine")), Choice("no", _("Not every day"))),
                in_row=True, is_filled=True, is_required=True,
            ),
            Field(UNABLE, str(WANTED_LABELS[Wanted.UNABLE]), Kind.MANY, days),
            Field(GLADLY, str(WANTED_LABELS[Wanted.GLADLY]), Kind.MANY, days),
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
        ),
    )  # fmt: skip


def months_to_print(by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """Months that wait for wishes, of the kinds that whoever prints manages."""
    names = [kind.name for kind in managed_by(by)]
    rows = Month.objects.filter(
        kind__in=names, state=MonthState.OPEN, first__gte=month_of(local_day(now))
    ).order_by("first", "kind")
    return [(str(row.pk), _said(row)) for row in rows]


def month_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Which duty, which month."""
    return {str(row.pk): _said(row) for row in Month.objects.filter(pk__in=map(int, refs))}


def _said(month: Month) -> str:
    kind = kind_of(month.kind)
    return f"{kind.label if kind else ''} {month.first:%Y-%m}"


def take_wishes(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """What was ticked takes the place of what they said before.

    Raises Refused for who takes no turns, and for a day that is ticked in both rows.
    """
    month: Month = Month.objects.get(pk=int(taken.about))
    member = _member(month, taken.person)
    unable = [] if taken.values[ANY] == YES else _days(month, taken.values.get(UNABLE))
    gladly = _days(month, taken.values.get(GLADLY))
    both = sorted(set(unable) & set(gladly))
    if both:
        raise Refused(
            _("You ticked %(day)s twice. Say one thing about a day."),
            {"day": dated(both[0])},
            field=GLADLY,
        )
    said = Said(
        dict.fromkeys(unable, Wanted.UNABLE) | dict.fromkeys(gladly, Wanted.GLADLY),
        member.most_shifts, member.most_weekends,
    )  # fmt: skip
    say_wishes(month, member, said, by=by, now=now)
    return month


def _member(month: Month, person: Person | None) -> Member:
    if person is not None:
        members = Member.objects.filter(
            kind=month.kind, person__in=Person.everyone_of(person)
        ).during(month.first, last_of(month.first))
        found: Member | None = members.first()
        if found is not None:
            return found
    raise Refused(_("Choose below who it is: somebody who takes turns here."), field="person")


def _days(month: Month, ticked: object) -> list[date]:
    """The days of this month; a box beyond its end says nothing."""
    numbers = {int(one) for one in ticked} if isinstance(ticked, list | tuple | set) else set()
    return [day for day in days_of(month.first) if day.day in numbers]


def title_of(record: models.Model) -> str:
    """What a sheet is called: as its month, so that no name is beside it."""
    return _said(record) if isinstance(record, Month) else ""


WISH_SHEET: Final = PaperUse(
    code=CODE,
    define=wish_sheet,
    take=take_wishes,
    number=title_of,
    model=Month._meta.label_lower,
    page="rota:month",
    roles=DESK_ROLES,
    subjects=Subjects(due=months_to_print, rows=lambda about: [about], words=month_words),
    name=gettext_lazy("Which days suit you, for the duty rota"),
)
