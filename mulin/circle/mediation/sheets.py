"""The sheet on which somebody asks for mediation by hand. Picture and readings go when it is taken in.

Whoever changes a question or its place raises VERSION (tests/paper/test_channels.py).
"""

import re
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.circle.mediation.actions.intake import Told, Who, receive
from mulin.circle.mediation.models import KINDS, STOPS, Case
from mulin.circle.mediation.queries import person_called
from mulin.circle.mediation.rules import Source
from mulin.commons.paper.registry import PaperUse, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.paper.definition import Choice, Field, Form, Kind

CODE: Final = "MEDIATE"
VERSION: Final = 1
_GAPS: Final = " \u3000,，、"
_DOOR: Final = re.compile(rf"[{_GAPS}\d]")


def mediation_sheet() -> Form:
    """The form, in the language that is active."""
    return Form(
        code=CODE,
        version=VERSION,
        title=_("I would like a quarrel mediated"),
        under=_("Fold it and hand it in. It costs nothing. Only your mediators read it."),
        fields=(
            Field("stops", _("Is one of these so? Then ring 110 or us first."), Kind.MANY, _choices(STOPS), decides=True),
            Field("kind", _("What is it about?"), Kind.ONE, _choices(KINDS)),
            Field("facts", _("What happened?"), Kind.TEXT, lines=3, most=2000),
            Field("name", _("Your name"), Kind.NAME),
            Field("phone", _("Your phone number"), Kind.PHONE),
            Field("other", _("With whom? (name, building and room)"), Kind.TEXT, most=120),
        ),
    )  # fmt: skip


def _choices(named: Any) -> tuple[Choice, ...]:  # Any: pairs of a value and its words
    return tuple(Choice(str(name.value), str(label)) for name, label in named)


def take_sheet(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet becomes a case. Raises Refused, KeyAway."""
    values = taken.values
    name, phone = values.get("name") or "", values.get("phone") or ""
    who = []
    if taken.person is not None:
        person = taken.person
        who.append(
            Who(
                side="a", name=person.name, phone=phone or person.phone or "",
                address=person.address, home_town=person.home_town, person=person.pk,
            )
        )  # fmt: skip
    elif name:
        who.append(Who(side="a", name=name, phone=phone, person=person_called(name, phone, "")))
    if other := str(values.get("other") or "").strip():
        called, address = name_and_door(other)
        who.append(
            Who(side="b", name=called[:60], address=address[:60], person=person_called(called, "", address))
        )  # fmt: skip
    return receive(
        Told(facts=values.get("facts") or ""), who, kind=values.get("kind") or "other",
        source=Source.APPLIED, stops=values.get("stops") or (), by=by, now=now,
    )  # fmt: skip


def name_and_door(written: str) -> tuple[str, str]:
    """Whom somebody wrote down, and where they live: the door begins at the first gap or figure, for
    the reader of a sheet sees no gap.
    """
    match = _DOOR.search(written)
    at = match.start() if match else len(written)
    return written[:at] or written, written[at:].lstrip(_GAPS)


def number_of(record: models.Model) -> str:
    """What a sheet's record is called."""
    return record.number if isinstance(record, Case) else ""


MEDIATION_SHEET: Final = PaperUse(
    code=CODE,
    define=mediation_sheet,
    take=take_sheet,
    number=number_of,
    model="mediation.case",
    page="mediation:take-in",
    roles=DESK_ROLES,
    is_one_page=True,
    keeps_nothing=True,
    hides_person=True,
    is_unspoken=True,
)
