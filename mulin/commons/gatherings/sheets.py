"""Gatherings on paper: the list that is signed at the door, and the sheet on which one signs up.

Both are printed for one gathering; its reference and those of whoever stands on the list lie beside
the sheet's serial, so that no name is in a code or a definition.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.gatherings.actions.coming import read_back, say_coming
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.permissions import ROOM_HOSTS, may_keep
from mulin.commons.gatherings.queries import gatherings_for
from mulin.commons.gatherings.rules import Stand
from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.paper.definition import Choice, Field, Form, Kind, blank_rows, known_rows
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated

LIST_CODE: Final = "ATTEND"
LIST_VERSION: Final = 1
SIGN_UP_CODE: Final = "SIGNUP"
SIGN_UP_VERSION: Final = 1
#: Rows of one side: who is expected, and who comes unasked.
EXPECTED: Final = 12
UNASKED: Final = 4
HERE: Final = "here"
COMES: Final = "comes"
YES: Final = "yes"
_LINE, _GUEST = "line", "guest"
#: Far more than a community has in its calendar.
_MOST: Final = 500


def attendance_sheet() -> Form:
    """Who is expected, each with a number; below, whoever is not on the list."""
    return Form(
        code=LIST_CODE,
        version=LIST_VERSION,
        title=_("Who is here"),
        under=_("Sign beside your name, and tick the box at the end of the line."),
        foot=_("Names stand here: shred it when it is read in"),
        fields=(
            *known_rows(_LINE, EXPECTED, (Choice(HERE, _("I am here")),)),
            *blank_rows(_GUEST, _("Not on the list?"), UNASKED),
        ),
    )


def sign_up_sheet() -> Form:
    """Whether somebody comes to the gathering that its first line names."""
    return Form(
        code=SIGN_UP_CODE,
        version=SIGN_UP_VERSION,
        title=_("Shall we expect you?"),
        under=_("Hand it in at the service hall, or put it into the box."),
        fields=(
            Field(
                COMES, "", Kind.ONE, (Choice(YES, _("I come")), Choice("no", _("I do not come"))),
                in_row=True, is_filled=True, is_required=True, decides=True,
            ),
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
        ),
    )  # fmt: skip


def gatherings_to_print(by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """What is to come and kept by whoever prints, the next first."""
    rows = gatherings_for(by).to_come(now)[:_MOST]
    return [(str(one.pk), _said(one)) for one in rows if may_keep(by, one)]


def expected_at(about: str) -> Sequence[str]:
    """Everybody on the list of a gathering but who does not come, by their number."""
    rows = Attendance.objects.filter(gathering=int(about)).exclude(stand=Stand.DECLINED)
    return [str(pk) for pk in rows.order_by("line").values_list("pk", flat=True)]


def attendance_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Number and name of each line."""
    rows = Attendance.objects.filter(pk__in=map(int, refs)).select_related("person")
    return {str(row.pk): f"{row.line}. {row.person.name}" for row in rows}


def gathering_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """What takes place, when and where."""
    rows = Gathering.objects.filter(pk__in=map(int, refs)).select_related("place")
    return {str(row.pk): _said(row) for row in rows}


def _said(gathering: Gathering) -> str:
    return " ".join(filter(None, (gathering.title, dated(gathering.starts_at), gathering.where)))


def take_attendance(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each line that is ticked was here; each name below counts without a line.

    Raises Refused for a sheet on which nothing stands, NotPermitted for who does not keep the list.
    """
    gathering = _gathering(taken.about)
    ticked = [int(ref) for name, ref in taken.rows.items() if taken.values.get(name)]
    rows = Attendance.objects.filter(gathering=gathering, pk__in=ticked)
    lines = list(rows.values_list("line", flat=True))
    guests = sum(
        bool((taken.values.get(f"{_GUEST}{number}") or "").strip())
        for number in range(1, UNASKED + 1)
    )
    if not lines and not guests:
        raise Refused(_("Nothing is ticked on this sheet."))
    # Every sheet has such lines, so they are added up; what was counted by eye stays.
    read_back(gathering, lines, walk_ins=gathering.walk_ins + guests, by=by, now=now)
    return gathering


def take_sign_up(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Whoever signed the sheet comes, waits for a seat, or does not come.

    Raises Refused where nobody on the roll was chosen or it is over.
    """
    if taken.person is None:
        raise Refused(
            _("Choose below who it is. Whoever is not on the roll yet is put on it first."),
            field="person",
        )
    gathering = _gathering(taken.about)
    say_coming(gathering, taken.person, comes=taken.values[COMES] == YES, by=by, now=now)
    return gathering


def title_of(record: models.Model) -> str:
    """What a sheet of a gathering is called: as the gathering itself, so that no name is beside it."""
    return str(record)


def _gathering(about: str) -> Gathering:
    found: Gathering = Gathering.objects.get(pk=int(about))
    return found


ATTENDANCE_SHEET: Final = PaperUse(
    code=LIST_CODE,
    define=attendance_sheet,
    take=take_attendance,
    number=title_of,
    model=Gathering._meta.label_lower,
    page="gatherings:people",
    roles=ROOM_HOSTS,
    subjects=Subjects(
        due=gatherings_to_print, rows=expected_at, words=attendance_words, is_list=True
    ),
    name=gettext_lazy("List to sign at a gathering"),
)
SIGN_UP_SHEET: Final = PaperUse(
    code=SIGN_UP_CODE,
    define=sign_up_sheet,
    take=take_sign_up,
    number=title_of,
    model=Gathering._meta.label_lower,
    page="gatherings:people",
    roles=DESK_ROLES,
    subjects=Subjects(due=gatherings_to_print, rows=lambda about: [about], words=gathering_words),
    name=gettext_lazy("Sign-up for a gathering"),
)
