"""A child is enrolled on paper: the guardian writes, agrees line by line and signs.

What stands on the sheet goes into the child's own record and nowhere else: picture and readings are
not kept once it was looked at.
"""

from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.commons.paper.registry import PaperUse, Taken
from mulin.ground.community.rules import Actor
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.workshop.childcare.actions.enrolment import Asking, ask_place
from mulin.workshop.childcare.models import Use
from mulin.workshop.childcare.rules import ENROLLERS

CODE: Final = "CHILDCARE"
VERSION: Final = 2


def enrolment_sheet() -> Form:
    """The form, in the language that is active."""
    return Form(
        code=CODE,
        version=VERSION,
        title=_("A place in childcare for my child"),
        under=_("Hand it in at the room or at the desk. Whoever leads the room calls you to meet."),
        fields=(
            Field("name", _("Name of the child"), Kind.NAME, is_required=True),
            Field("born_on", _("Born on"), Kind.DAY, is_required=True),
            Field("guardian", _("Name of the guardian"), Kind.NAME, is_required=True),
            Field("relation", _("What they are to the child"), Kind.TEXT, most=30, is_required=True),
            Field("phone", _("Phone of the guardian"), Kind.PHONE, is_required=True),
            Field(
                "uses", _("The guardian agrees, one by one:"), Kind.MANY,
                tuple(Choice(value, str(words)) for value, words in Use.choices), decides=True,
            ),
            Field("signed", _("Signature of the guardian, and the day"), Kind.TEXT, most=40),
        ),
    )  # fmt: skip


def take_enrolment(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Raises Refused as `ask_place` does: without the guardian's consent nothing is kept."""
    values = taken.values
    asking = Asking(
        name=values["name"], born_on=values["born_on"], guardian=values["guardian"],
        relation=values["relation"], phone=values["phone"],
        uses=frozenset(values.get("uses") or ()),
    )  # fmt: skip
    return ask_place(asking, by=by, now=now, person=taken.person)


def unnamed(_record: models.Model) -> str:
    """A child's name stands in no list of sheets."""
    return ""


ENROLMENT_SHEET: Final = PaperUse(
    code=CODE,
    define=enrolment_sheet,
    take=take_enrolment,
    number=unnamed,
    model="childcare.child",
    page="childcare:child",
    roles=ENROLLERS,
    keeps_nothing=True,
    hides_person=True,
    is_unspoken=True,
)
